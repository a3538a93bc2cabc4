"""The plan as one ffmpeg filter graph: every shot cut, framed, brought to the clip's rate, and joined to the next.

Each shot is an input of its own, opened just before its first frame (`-ss`), so nothing of a source is decoded that
the clip does not show. A shot always gives exactly `Shot.frames` frames: `fps` puts them on the clip's grid, a last
frame that is missing is repeated (at most `SPARE_FRAMES`), what is too much is cut off. A photo is decoded once and
repeated. Where a shot begins with a joint, the one before it is drawn so many frames longer, and only these frames of
both go through the filters that join them.

Time 0 of a source is where its container says that it starts, for picture and sound alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from editai.containers import open_container
from editai.models import Crop, CropKey, Plan, Shot, Source, Transition
from editai.render import colours, ffmpeg, framing
from editai.render.colours import TAGGED_BT709

__all__ = [
    "TAGGED_BT709",
    "Opened",
    "Take",
    "chains",
    "inputs",
    "joined",
    "opened",
    "seconds",
    "seek",
    "take_at",
    "takes",
    "written",
]

SPARE_FRAMES = 15
"""How many frames at a shot's end may be missing in the source: half a second; beyond that the render fails.

Where the next shot begins with a joint, so many more may be missing as that takes."""

PHOTO_PIXELS = 1.4
"""A photo under a moving window is kept at this many pixels for each of the clip's, where it has as many: sharp, and
far from the ratios (1, 4/3, 2) at which `framing` finds no place for a window between two pixels."""

_NO_INDEX = frozenset({"mpegts", "mpeg", "flv"})  # reading begins anywhere, so it must begin a key frame earlier
_LONG_GOP = Fraction(12)  # the encoders' defaults end at 10 s between key frames
_NO_TIME = frozenset({"h264", "hevc", "m4v", "mpegvideo"})  # bare streams can only be read from their beginning


@dataclass(frozen=True, slots=True)
class Take:
    """`frames` frames of the clip out of a source, from `start` seconds of it; a shot, or a part of one.

    `beyond` further frames go on beneath the next take, and `joint` is how this one comes over the one before it. Of a
    take that is `hidden`, nothing but what lies beneath the next is shown. The last `covered` frames are under an end
    card, and may be missing in the source.
    """

    source: int
    start: Fraction
    frames: int
    speed: Fraction
    crops: tuple[CropKey, ...]
    on_blur: bool
    beyond: int = 0
    joint: Transition | None = None
    hidden: bool = False
    covered: int = 0

    @property
    def drawn(self) -> int:
        """How many frames are drawn."""
        return self.frames + self.beyond

    @property
    def joining(self) -> int:
        """During how many of its frames the take before it goes on."""
        return self.joint.frames if self.joint else 0


def takes(plan: Plan, first: int = 0, last: int | None = None) -> list[Take]:
    """The shots from number `first` up to but not including `last`.

    Where the first of them begins with a joint, the end of the shot before is a take of its own, and hidden.
    """
    numbers = range(*slice(first, last).indices(len(plan.shots)))
    found: list[Take] = []
    if joint := _joint_of(plan, first):
        before = plan.shots[first - 1]
        seen = min(before.frames, SPARE_FRAMES)  # so that there is a frame to repeat where the source ends with it
        found.append(_take(plan, before, before.frames - seen, seen, beyond=joint.frames, hidden=True))
    for number in numbers:
        shot, after = plan.shots[number], _joint_of(plan, number + 1) if number + 1 in numbers else None
        beyond = after.frames if after else 0
        found.append(_take(plan, shot, 0, shot.frames, beyond=beyond, joint=_joint_of(plan, number)))
    if numbers and numbers[-1] == len(plan.shots) - 1:
        covered = sum(insert.end - insert.start for insert in plan.inserts if insert.role == "end_card")
        found[-1] = replace(found[-1], covered=covered)
    return found


def take_at(plan: Plan, frame: int) -> Take:
    """The single frame `frame` of the clip; in a joint, of the shot that comes."""
    first = 0
    for shot in plan.shots:
        if frame < first + shot.frames:
            break
        first += shot.frames
    return _take(plan, shot, min(frame - first, shot.frames - 1), 1)


def _joint_of(plan: Plan, number: int) -> Transition | None:
    """How shot `number` begins, in at most as many frames as it has; the first shot has nothing to be joined to."""
    shot = plan.shots[number]
    if shot.joint is None or not number:
        return None
    return Transition(kind=shot.joint.kind, frames=min(shot.joint.frames, shot.frames))


def _take(
    plan: Plan, shot: Shot, offset: int, frames: int, *, beyond: int = 0, joint: Transition | None = None,
    hidden: bool = False,
) -> Take:  # fmt: skip
    """So many frames of a shot from `offset` on, framed as in the whole of it."""
    speed = Fraction(shot.speed).limit_denominator(1000)
    start = (shot.source_in + offset * speed) / plan.fps
    crops = tuple(CropKey(frame=key.frame - offset, crop=key.crop) for key in shot.crops)
    return Take(shot.source, start, frames, speed, crops, shot.on_blur, beyond, joint, hidden)


@dataclass(frozen=True, slots=True)
class Opened:
    """A source as it is read: where it lies, how its colours come to BT.709, how far before a take to open it.

    `stored` is its size in the pixels that ffmpeg's filters see; `see_through` is a photo with an alpha channel.
    """

    source: Source
    path: Path
    colours: str
    lead: Fraction
    stored: framing.Size
    see_through: bool


def opened(plan: Plan, files: Mapping[str, Path]) -> list[Opened]:
    """Every source of the plan. Raises InvalidInput: 422 `not_a_video` where one has been damaged meanwhile."""
    found = []
    for source in plan.sources:
        path = files[source.file.sha256]
        with open_container(path) as container:
            codec = {stream.index: stream.codec_context for stream in container.streams.video}[source.stream]
            scaling, see_through = colours.scaling(source, codec), source.still and colours.has_alpha(codec)
            stored = (codec.width, codec.height)
            names = set(container.format.name.split(","))
        lead = _patience(source)
        if names & _NO_INDEX:
            lead = max(lead, _LONG_GOP)
        elif names & _NO_TIME:
            lead = Fraction(source.duration_ms, 1000)
        turned = stored[::-1] if source.rotation in (90, 270) else stored
        found.append(Opened(source, path, scaling, lead, turned, see_through))
    return found


def inputs(plan: Plan, cuts: Sequence[Take], sources: Sequence[Opened]) -> list[str]:
    """The arguments that open one input per take, a little before its first frame."""
    arguments: list[str] = []
    for cut in cuts:
        origin = sources[cut.source]
        options: tuple[str, ...] = ("-threads", str(plan.threads))
        if not origin.source.still:
            lead = min(cut.start, origin.lead)
            length = lead + cut.drawn * cut.speed / plan.fps + _patience(origin.source)
            options += (*seek(cut.start - lead), "-t", seconds(length))
        arguments += ffmpeg.user_input(origin.path, *options)
    return arguments


def chains(plan: Plan, cuts: Sequence[Take], sources: Sequence[Opened]) -> list[str]:
    """The filters that turn input `i` into frames of the clip, labelled `[s<i>]`, for every take."""
    return [part for index, cut in enumerate(cuts) for part in _chain(plan, index, cut, sources[cut.source])]


def joined(plan: Plan, cuts: Sequence[Take], sources: Sequence[Opened]) -> list[str]:
    """The filters that make one picture of all takes, one after the other, labelled `[shots]`."""
    parts, shown = chains(plan, cuts, sources), []
    for index, cut in enumerate(cuts):
        head, body, tail, joint = (f"[{part}{index}]" for part in ("head", "body", "tail", "joint"))
        pieces = [
            (head, 0, cut.joining),
            (body, cut.joining, 0 if cut.hidden else cut.frames),
            (tail, cut.frames, cut.drawn),
        ]
        pieces = [piece for piece in pieces if piece[1] < piece[2]]
        parts += _divided(f"[s{index}]", pieces)
        if cut.joint:
            parts += _joint(plan, cut.joint, f"[tail{index - 1}]", head, joint)
        labels = {head: joint, body: body}
        shown += [labels[label] for label, _, _ in pieces if label in labels]
    # numbered anew, because concat takes a piece of a single frame for one without duration
    return [*parts, f"{''.join(shown)}concat=n={len(shown)}:v=1:a=0,settb=1/{plan.fps},setpts=N[shots]"]


def written(parts: Sequence[str], folder: Path) -> list[str]:
    """The arguments for a graph of these parts, which goes through a file: a command line has a limit."""
    (folder / "graph.txt").write_text(";\n".join(parts), "utf-8")
    return ["-/filter_complex", "graph.txt"]


def _chain(plan: Plan, index: int, cut: Take, origin: Opened) -> list[str]:
    source, size = origin.source, (plan.width_px, plan.height_px)
    keys, inner = list(cut.crops), size
    if cut.on_blur:
        keys, inner = framing.whole(keys, (source.width_px, source.height_px), size)
    stream, target = f"[{index}:{source.stream}]", f"[s{index}]"
    framed = f"[framed{index}]" if inner != size else target
    parts = []
    if source.still:
        if origin.see_through:
            parts, stream = _on_white(stream, index), f"[photo{index}]"
        filters = _photo(plan, keys, cut, origin, inner)
    else:
        filters = [*_timed(plan, cut, origin), *_video(plan, keys, cut, origin, inner)]
    parts.append(f"{stream}{','.join(filters)}{framed}")
    return parts if inner == size else [*parts, *framing.filled(framed, target, inner, size)]


def _timed(plan: Plan, cut: Take, origin: Opened) -> list[str]:
    """The filters that give exactly the frames of a take, at the clip's rate, from time 0."""
    return [
        *(("bwdif=mode=send_frame",) if origin.source.interlaced else ()),
        f"setpts='(PTS-{seconds(min(cut.start, origin.lead))}/TB)/{float(cut.speed):.6f}'",
        f"fps={plan.fps}:start_time=0:round=near",
        f"tpad=stop={SPARE_FRAMES + cut.beyond + cut.covered}:stop_mode=clone",
        f"trim=end_frame={cut.drawn}",
    ]


def _video(plan: Plan, keys: list[CropKey], cut: Take, origin: Opened, size: framing.Size) -> list[str]:
    source, stored = origin.source, origin.stored
    done = colours.finished(source)
    if not framing.moves(keys):
        picture = (source.width_px, source.height_px)
        return [*framing.resting(keys[0].crop, picture, size, origin.colours), *done]
    keys = framing.placed(keys, Crop(x=0, y=0, width=source.width_px, height=source.height_px), *stored)
    return [*framing.moving(keys, cut.drawn, stored, size, origin.colours, plan.fps, deep=source.hdr), *done]


def _photo(plan: Plan, keys: list[CropKey], cut: Take, origin: Opened, size: framing.Size) -> list[str]:
    """One frame, drawn once as far as that goes, and repeated; what moves over it is a window."""
    source, fps = origin.source, plan.fps
    picture = (source.width_px, source.height_px)
    repeated = f"settb=1/{fps},loop=loop=-1:size=1,setpts=N,fps={fps},trim=end_frame={cut.drawn}"
    done = colours.finished(source)
    if not framing.moves(keys):
        return [*framing.resting(keys[0].crop, picture, size, origin.colours), *done, repeated]
    part, border = framing.around(keys), framing.VERNIER_PX
    kept = min(1.0, PHOTO_PIXELS * size[0] / min(key.crop.width for key in keys))
    width, height = 2 * round(part.width * kept / 2), 2 * round(part.height * kept / 2)
    keys = framing.placed(keys, part, width, height, border)
    once = [*framing.resting(part, picture, (width, height), origin.colours), *done, *framing.bordered(border, border)]
    stored = width + 2 * border, height + 2 * border
    return [*once, repeated, *framing.moving(keys, cut.drawn, stored, size, colours.PLAIN, fps), "setsar=1"]


def _on_white(stream: str, index: int) -> list[str]:
    """The graph that lays a photo with see-through parts on white, labelled `[photo<index>]`."""
    return [
        f"{stream}format=rgba,split[cut_out{index}][paper{index}]",
        f"[paper{index}]drawbox=c=white:t=fill:replace=1[white{index}]",
        f"[white{index}][cut_out{index}]overlay=format=rgb[photo{index}]",
    ]


def _divided(source: str, pieces: Sequence[tuple[str, int, int]]) -> list[str]:
    """The graph that takes a stream apart into (label, first frame, end)."""
    raw = [label.replace("[", "[uncut_") for label, _, _ in pieces]
    return [f"{source}split={len(pieces)}{''.join(raw)}"] + [
        f"{uncut}trim=start_frame={first}:end_frame={end},setpts=N{label}"
        for uncut, (label, first, end) in zip(raw, pieces, strict=True)
    ]


def _joint(plan: Plan, joint: Transition, before: str, after: str, target: str) -> list[str]:
    """The graph that joins the last frames of a take with the first of the next, as many of each.

    Frame f of n shows (f + 1) / (n + 1) of what comes, so that no frame is of one shot alone. It is faded by alpha, or
    pushed in by a window over both side by side, because `xfade` takes three and forty times as long for the same.
    """
    steps = joint.frames + 1
    if joint.kind == "slide":
        eased = f"st(0,(round(t*{plan.fps})+1)/{steps});{plan.width_px}*ld(0)*ld(0)*(3-2*ld(0))"
        return [f"{before}{after}hstack,crop=w={plan.width_px}:h={plan.height_px}:x='{eased}':y=0{target}"]
    veil = after.replace("[", "[veil_")
    return [
        f"{after}format=yuva420p,setpts=N+1,fade=alpha=1:duration={seconds(Fraction(steps, plan.fps))},setpts=N{veil}",
        f"{before}{veil}overlay=format=yuv420,{TAGGED_BT709}{target}",
    ]


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
