"""The plan as one ffmpeg filter graph: every shot cut, framed and brought to the clip's rate.

Each shot is an input of its own, opened just before its first frame (`-ss`), so nothing of a source is decoded that
the clip does not show. A shot always gives exactly `Shot.frames` frames: `fps` puts them on the clip's grid, a last
frame that is missing is repeated (at most `SPARE_FRAMES`), what is too much is cut off.

Time 0 of a source is where its container says that it starts, for picture and sound alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from editai.containers import open_container
from editai.models import Crop, CropKey, Plan, Shot, Source
from editai.render import ffmpeg

SPARE_FRAMES = 15
"""How many frames at a shot's end may be missing in the source: half a second; beyond that the render fails."""

TAGGED_BT709 = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"

_NO_INDEX = frozenset({"mpegts", "mpeg", "flv"})  # reading begins anywhere, so it must begin a key frame earlier
_LONG_GOP = Fraction(12)  # the encoders' defaults end at 10 s between key frames
_NO_TIME = frozenset({"h264", "hevc", "m4v", "mpegvideo"})  # bare streams can only be read from their beginning

_SCALER = "flags=bicubic+accurate_rnd"  # without accurate_rnd every colour comes out darker by up to two of 255
_UNSPECIFIED = 2  # ITU-T H.273: no primaries, transfer or matrix is told
_HD_PIXELS = 1280 * 720  # from this size on, video that tells no matrix is BT.709, below it BT.601
_HDR_WHITE_NITS = 203  # ITU-R BT.2408: where HDR puts the white of a page


@dataclass(frozen=True, slots=True)
class Take:
    """`frames` frames of the clip out of a source, from `start` seconds of it; a shot, or a part of one."""

    source: int
    start: Fraction
    frames: int
    speed: Fraction
    crops: tuple[CropKey, ...]


def takes(plan: Plan) -> list[Take]:
    """The shots, one by one."""
    return [_take(plan, shot) for shot in plan.shots]


def take_at(plan: Plan, frame: int) -> Take:
    """The single frame `frame` of the clip."""
    first = 0
    for shot in plan.shots:
        if frame < first + shot.frames:
            break
        first += shot.frames
    whole, offset = _take(plan, shot), min(frame - first, shot.frames - 1)
    crops = tuple(CropKey(frame=key.frame - offset, crop=key.crop) for key in shot.crops)  # framed as in the shot
    return Take(whole.source, whole.start + offset * whole.speed / plan.fps, 1, whole.speed, crops)


def _take(plan: Plan, shot: Shot) -> Take:
    speed = Fraction(shot.speed).limit_denominator(1000)
    return Take(shot.source, Fraction(shot.source_in, plan.fps), shot.frames, speed, shot.crops)


@dataclass(frozen=True, slots=True)
class Opened:
    """A source as it is read: where it lies, how its colours come to BT.709, how far before a take to open it."""

    source: Source
    path: Path
    colours: str
    lead: Fraction


def opened(plan: Plan, files: Mapping[str, Path]) -> list[Opened]:
    """Every source of the plan. Raises InvalidInput: 422 `not_a_video` where one has been damaged meanwhile."""
    found = []
    for source in plan.sources:
        path = files[source.file.sha256]
        with open_container(path) as container:
            matrix = int(getattr(container.streams[source.stream].codec_context, "colorspace", _UNSPECIFIED))
            names = set(container.format.name.split(","))
        lead = _patience(source)
        if names & _NO_INDEX:
            lead = max(lead, _LONG_GOP)
        elif names & _NO_TIME:
            lead = Fraction(source.duration_ms, 1000)
        found.append(Opened(source, path, _colours(source, matrix), lead))
    return found


def inputs(plan: Plan, cuts: Sequence[Take], sources: Sequence[Opened]) -> list[str]:
    """The arguments that open one input per take, a little before its first frame."""
    arguments: list[str] = []
    for cut in cuts:
        origin = sources[cut.source]
        lead = min(cut.start, origin.lead)
        length = lead + cut.frames * cut.speed / plan.fps + _patience(origin.source)
        options = ("-threads", str(plan.threads), *seek(cut.start - lead), "-t", seconds(length))
        arguments += ffmpeg.user_input(origin.path, *options)
    return arguments


def chains(plan: Plan, cuts: Sequence[Take], sources: Sequence[Opened]) -> list[str]:
    """The filters that turn input `i` into frames of the clip, labelled `[s<i>]`, for every take."""
    return [_chain(plan, index, cut, sources[cut.source]) for index, cut in enumerate(cuts)]


def joined(plan: Plan, cuts: Sequence[Take], sources: Sequence[Opened]) -> list[str]:
    """The filters that make one picture of all takes, one after the other, labelled `[shots]`."""
    labels = "".join(f"[s{index}]" for index in range(len(cuts)))
    return [*chains(plan, cuts, sources), f"{labels}concat=n={len(cuts)}:v=1:a=0[shots]"]


def written(parts: Sequence[str], folder: Path) -> list[str]:
    """The arguments for a graph of these parts, which goes through a file: a command line has a limit."""
    (folder / "graph.txt").write_text(";\n".join(parts), "utf-8")
    return ["-/filter_complex", "graph.txt"]


def _chain(plan: Plan, index: int, cut: Take, origin: Opened) -> str:
    source = origin.source
    filters = [
        f"setpts='(PTS-{seconds(min(cut.start, origin.lead))}/TB)/{float(cut.speed):.6f}'",
        f"fps={plan.fps}:start_time=0:round=near",
        f"tpad=stop={SPARE_FRAMES}:stop_mode=clone",
        f"trim=end_frame={cut.frames}",
        *_framing(plan, cut, source, origin.colours),
        *(_tone_mapping() if source.hdr else ()),
        "format=yuv420p",
        TAGGED_BT709,
        "setsar=1",
    ]
    return f"[{index}:{source.stream}]{','.join(filters)}[s{index}]"


def _patience(source: Source) -> Fraction:
    """Two frames of the source, between a tenth of a second and three seconds: the one on screen is among them."""
    frame = 1 / Fraction(source.fps).limit_denominator(1000) if source.fps > 0.01 else Fraction(1)
    return min(max(2 * frame, Fraction(1, 10)), Fraction(3))


def seek(time: Fraction) -> tuple[str, ...]:
    """The option that begins to read at `time`; none for the beginning, where some containers would go astray."""
    return ("-ss", seconds(time)) if time > 0 else ()


def seconds(time: Fraction) -> str:
    """A time as ffmpeg reads it, exact to a microsecond."""
    return f"{float(time):.6f}"


# ── framing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _framing(plan: Plan, cut: Take, source: Source, colours: str) -> list[str]:
    """Crop, and scale to the clip's size.

    A crop is given to ffmpeg in parts of the picture, because a picture whose pixels are not square has fewer (or
    more) pixels across than `width_px` says; scaling to the clip's size makes them square.
    """
    first, last = cut.crops[0], cut.crops[-1]
    if first.crop == last.crop or last.frame <= first.frame:
        return [_crop(first.crop, source), f"scale={plan.width_px}:{plan.height_px}:{colours}"]
    around = _around(first.crop, last.crop)
    return [_crop(around, source), *_moving(plan, first, last, around, colours, source.hdr)]


def _crop(crop: Crop, source: Source) -> str:
    w, x = crop.width / source.width_px, crop.x / source.width_px
    h, y = crop.height / source.height_px, crop.y / source.height_px
    return f"crop=w='max(2,round(iw*{w:.6f}))':h='max(2,round(ih*{h:.6f}))':x='round(iw*{x:.6f})':y='round(ih*{y:.6f})'"


def _around(a: Crop, b: Crop) -> Crop:
    """The smallest rectangle that holds both."""
    x, y = min(a.x, b.x), min(a.y, b.y)
    return Crop(x=x, y=y, width=max(a.x + a.width, b.x + b.width) - x, height=max(a.y + a.height, b.y + b.height) - y)


def _moving(plan: Plan, first: CropKey, last: CropKey, around: Crop, colours: str, hdr: bool) -> list[str]:
    """A pan or a push-in: all that the window passes over is scaled until the window is as large as the clip.

    The window is then placed on pixels of the clip, not of the source, so its steps are too small to see. HDR gets
    its colour for every pixel before: at an odd x, `crop` would cut the two bytes of a 10-bit colour apart (magenta).
    """
    # the frame's number by its time: `n` counts from 1 in scale and from 0 in crop
    way = f"clip((round(t*{plan.fps})-{first.frame})/{last.frame - first.frame},0,1)"
    start, end = first.crop.model_dump(), last.crop.model_dump()

    def along(side: str, less: float = 0.0) -> str:
        return f"({start[side] - less:.4f}+({end[side] - start[side]:.4f})*{way})"

    width = f"2*round({around.width * plan.width_px:.4f}/{along('width')}/2)"
    height = f"2*round({around.height * plan.height_px:.4f}/{along('height')}/2)"
    x = f"round({along('x', around.x)}*{plan.width_px}/{along('width')})"
    y = f"round({along('y', around.y)}*{plan.height_px}/{along('height')})"
    return [
        f"scale=w='{width}':h='{height}':eval=frame:{colours}",
        *(("format=yuv444p10",) if hdr else ()),
        f"crop=w={plan.width_px}:h={plan.height_px}"
        f":x='clip({x},0,{width}-{plan.width_px})':y='clip({y},0,{height}-{plan.height_px})':exact=1",
    ]


# ── colours ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _colours(source: Source, matrix: int) -> str:
    """The options of `scale` that bring this source's colours to BT.709; HDR keeps its own until it is mapped."""
    if source.hdr:
        return _SCALER
    guess = "bt709" if source.width_px * source.height_px >= _HD_PIXELS else "bt601"
    told = "auto" if matrix != _UNSPECIFIED else guess
    return f"{_SCALER}:in_color_matrix={told}:out_color_matrix=bt709:out_range=tv"


def _tone_mapping() -> tuple[str, ...]:
    """HDR (PQ or HLG, BT.2020) to BT.709, page white to white, with the highlights rolled off above it."""
    return (
        f"zscale=transfer=linear:npl={_HDR_WHITE_NITS}",
        "format=gbrpf32le",
        "zscale=primaries=bt709",
        "tonemap=tonemap=mobius:desat=0",
        "zscale=transfer=bt709:matrix=bt709:range=tv",
    )
