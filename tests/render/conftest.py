"""Plans made by hand, sources whose frames and claps can be recognised, and what is in a finished file."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest

from editai.models import (
    CaptionStyle,
    Crop,
    CropKey,
    File,
    Films,
    Mix,
    Picture,
    Plan,
    Shot,
    Source,
    Span,
    Subtitles,
    Track,
    finished,
)
from editai.render import draw_inserts, feed, graph, picture, sound

WIDTH, HEIGHT = 480, 270
STRIPES, STRIPE_PX, STRIPES_X = 9, 14, 177

STYLE = CaptionStyle(
    name="bold",
    label="Bold",
    font="Montserrat ExtraBold",
    font_file="Montserrat_800ExtraBold.ttf",
    size_px=72,
    colour="#FFFFFF",
    highlight="#FFD700",
    outline_colour="#000000",
    outline_px=5,
)

ASS = """[Script Info]
ScriptType: v4.00+
PlayResX: 1080
PlayResY: 1920

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, OutlineColour, BackColour, Bold, BorderStyle, Outline, Alignment, \
Encoding
Style: A,{font},90,&H00FFFFFF,&H00000000,&H00000000,0,1,6,5,-1

[Events]
Format: Layer, Start, End, Style, Text
{events}
"""


def subtitles(*events: tuple[str, str, str], font: str = "Montserrat ExtraBold") -> Subtitles:
    """Captions at the middle of the lower half: (start, end, text) each."""
    lines = [f"Dialogue: 0,{start},{end},A,{{\\pos(504,1130)}}{text}" for start, end, text in events]
    text = ASS.format(font=font, events="\n".join(lines))
    return Subtitles(ass=text, srt="1\n", vtt="WEBVTT\n", fonts=("Montserrat_800ExtraBold.ttf",))


def source_of(path: Path, **changes: Any) -> Source:
    """What the footage stage would say of a file made here."""
    with av.open(str(path)) as container:
        video = container.streams.video[0]
        told: dict[str, Any] = {
            "file": File.of(path),
            "stream": video.index,
            "duration_ms": (container.duration or 0) // 1000,
            "width_px": video.codec_context.width,
            "height_px": video.codec_context.height,
            "rotation": 0,
            "fps": float(video.average_rate or 30),
            "codec": video.codec_context.name,
            "has_sound": bool(container.streams.audio),
        }
    return Source(**told | changes)


def tall(source: Source) -> tuple[CropKey, ...]:
    """The middle of the picture at 9:16."""
    width = source.height_px * 9 / 16
    crop = Crop(x=(source.width_px - width) / 2, y=0, width=width, height=source.height_px)
    return (CropKey(frame=0, crop=crop),)


def plan_of(
    sources: Sequence[Source],
    cuts: Sequence[tuple[int, int, int] | tuple[int, int, int, float]],
    *,
    tracks: Sequence[Track] = (Track(role="source"),),
    speech: Sequence[tuple[int, int]] = (),
    **changes: Any,
) -> Plan:
    """A plan of (source, source_in, frames[, speed]) cuts from the middle of the picture, 270x480 for speed."""
    shots = [
        Shot(source=cut[0], source_in=cut[1], frames=cut[2], speed=cut[3] if len(cut) > 3 else 1.0,
             crops=tall(sources[cut[0]]))
        for cut in cuts
    ]  # fmt: skip
    told: dict[str, Any] = {
        "width_px": 270,
        "height_px": 480,
        "frames": sum(shot.frames for shot in shots),
        "sources": tuple(sources),
        "shots": tuple(shots),
        "style": STYLE,
        "tracks": tuple(tracks),
        "speech": tuple(Span(start=start, end=end) for start, end in speech),
    }
    return Plan(**told | changes)


Render = Callable[..., Picture]


@pytest.fixture
def render(tmp_path: Path) -> Render:
    """Mix and draw a plan: `render(plan, path, ...)` with the files it needs."""
    made: list[int] = []

    def render(plan: Plan, *paths: Path, captions: Subtitles | None = None) -> Picture:
        made.append(1)
        files = {File.of(path).sha256: path for path in paths}
        (hearing := tmp_path / f"sound{len(made)}").mkdir()
        (drawing := tmp_path / f"picture{len(made)}").mkdir()
        (laying := tmp_path / f"inserts{len(made)}").mkdir()
        mix: Mix = finished(sound.mix(plan, files, hearing))
        films: Films = finished(draw_inserts(plan, files, laying))
        return finished(picture.draw(plan, captions or subtitles(), mix, films, files, drawing))

    return render


def drawn(plan: Plan, work: Path, *paths: Path) -> npt.NDArray[np.uint8]:
    """The brightness of every frame (frame, row, column) as it goes to the encoder; of a plan without tracks, say."""
    files = {File.of(path).sha256: path for path in paths}
    data = bytearray()
    with feed.feeding(plan, graph.opened(plan, files), work, limit_s=60) as fed:
        while more := os.read(fed.pipe, 1 << 20):
            data += more
        fed.check()
    size = plan.width_px * plan.height_px
    frames = np.frombuffer(bytes(data), np.uint8).reshape(-1, size * 3 // 2)
    return frames[:, :size].reshape(-1, plan.height_px, plan.width_px)


def with_shots(plan: Plan, *changes: dict[str, Any]) -> Plan:
    """The plan with these fields of its shots changed, shot by shot."""
    changed = [shot.model_copy(update=change) for shot, change in zip(plan.shots, changes, strict=True)]
    return plan.model_copy(update={"shots": tuple(changed)})


def keys(*given: tuple[int, float, float, float, float]) -> tuple[CropKey, ...]:
    """Crop keys of (frame, x, y, width, height)."""
    return tuple(CropKey(frame=at, crop=Crop(x=x, y=y, width=w, height=h)) for at, x, y, w, h in given)


# ── sources that can be recognised ───────────────────────────────────────────────────────────────────────────────


def numbered(target: Path, frames: int = 60, fps: Fraction = Fraction(30), codec: str = "libx264") -> Path:
    """Every frame shows its number as black and white stripes (binary, from the left) in its middle."""
    with av.open(str(target), "w") as container:
        stream = container.add_stream(codec, rate=fps)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {"g": "25", "crf": "18", "bf": "2"}
        for number in range(frames):
            pixels = np.full((HEIGHT, WIDTH, 3), 128, np.uint8)
            for bit in range(STRIPES):
                left = STRIPES_X + bit * STRIPE_PX
                pixels[60:210, left : left + STRIPE_PX] = 235 if number >> (STRIPES - 1 - bit) & 1 else 16
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode())
    return target


def numbers(clip: Path) -> list[int]:
    """The frame numbers that a clip of a `numbered` source shows, in order."""
    width = HEIGHT * 9 / 16
    offset = (WIDTH - width) / 2
    found = []
    for luma in lumas(clip):
        middle = luma[luma.shape[0] // 2 - 20 : luma.shape[0] // 2 + 20].mean(axis=0)
        scale = luma.shape[1] / width
        at = [round((STRIPES_X + (bit + 0.5) * STRIPE_PX - offset) * scale) for bit in range(STRIPES)]
        found.append(sum(int(middle[x - 2 : x + 3].mean() > 128) << (STRIPES - 1 - bit) for bit, x in enumerate(at)))
    return found


def lumas(clip: Path) -> list[npt.NDArray[np.float64]]:
    """The brightness of every frame."""
    with av.open(str(clip)) as container:
        return [frame.to_ndarray(format="gray").astype(np.float64) for frame in container.decode(video=0)]


def samples(clip: Path) -> npt.NDArray[np.float64]:
    """The sound as it is played, channels x samples, from time 0."""
    with av.open(str(clip)) as container:
        return np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1).astype(np.float64)


@pytest.fixture(scope="session")
def clapper(tmp_path_factory: pytest.TempPathFactory, ffmpeg: Callable[..., None]) -> Path:
    """Six seconds, black and silent; at half of every second a white frame and a short burst of sound."""
    path = tmp_path_factory.mktemp("clapper") / "clapper.mp4"
    ffmpeg(
        *("-f", "lavfi", "-i", f"color=black:s={WIDTH}x{HEIGHT}:r=30:d=6"),
        *("-f", "lavfi", "-i", "aevalsrc='if(between(mod(t,1),0.5,0.52),0.7*sin(2*PI*1000*t),0)':s=44100:d=6"),
        *("-vf", "drawbox=c=white:t=fill:enable='eq(mod(n,30),15)'", "-c:v", "libx264", "-preset", "ultrafast"),
        *("-pix_fmt", "yuv420p", "-c:a", "aac", path),
    )
    return path


def claps(clip: Path) -> tuple[list[float], list[float]]:
    """When it flashes and when it claps, in seconds."""
    flashes = [number / 30 for number, luma in enumerate(lumas(clip)) if luma.mean() > 128]
    sound = np.abs(samples(clip)).max(axis=0)
    loud = np.flatnonzero(sound > sound.max() / 4)
    starts = [loud[0], *(b for a, b in itertools.pairwise(loud) if b - a > 9600)]
    return flashes, [float(start) / 48000 for start in starts]
