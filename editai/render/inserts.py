"""What is laid over the clip, in motion: short films with transparency, drawn once for the same content.

MoviePy moves the pictures of `panels`; the one ffmpeg run lays the films over the shots. A film holds only what moves:
what stands is its last picture, held for as long as it takes. MoviePy is imported here only, and only when something
is to be drawn.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from editai import bundled, formats
from editai.models import Degradation, File, Film, Films, Insert, Plan, Step, Work
from editai.render import panels
from editai.render.panels import Panel, Pixels

SLIDE_PX, IN_S, OUT_S = 40, 0.3, 0.25
POP, POP_S = 0.18, 0.35
"""A price begins so much smaller, goes a little beyond its size, and settles."""

WIPE_S = 0.4


def draw_inserts(plan: Plan, files: Mapping[str, Path], work: Path) -> Work[Films]:
    """A film for each of the plan's inserts; `files` finds a logo by its sha256.

    What the font cannot draw is left out, and the degradations say so.
    """
    films: list[Film] = []
    told: list[Degradation] = []
    for number, insert in enumerate(plan.inserts):
        yield Step(number / len(plan.inserts), "Drawing title, price and end card")
        panel = _panel(plan, insert, files)
        if panel is None:
            continue
        told += [item for item in panel.degradations if item not in told]
        if not panel.pixels.size:
            continue
        name = f"insert-{number}.mov"
        _film(_frames(insert, panel.pixels, plan.fps), plan.fps, work / name)
        films.append(Film(file=File.of(work / name), x=panel.x, y=panel.y, start=insert.start, end=insert.end))
    return Films(folder=work, films=tuple(films), degradations=tuple(told))


def insert_parts(plan: Plan) -> dict[str, object]:
    """Exactly what changes the films of a plan, for the key of their cache."""
    return {
        "inserts": plan.inserts,
        "size": [plan.width_px, plan.height_px],
        "fps": plan.fps,
        "font": plan.style.font_file,
        "uppercase": plan.style.uppercase,
    }


def _panel(plan: Plan, insert: Insert, files: Mapping[str, Path]) -> Panel | None:
    shape, font = formats.of_size(plan.width_px, plan.height_px), bundled.FONTS / plan.style.font_file
    picture = files[insert.file.sha256] if insert.file else None
    match insert.role:
        case "title":
            return panels.title(insert, shape, font, uppercase=plan.style.uppercase)
        case "badge":
            return panels.badge(insert, shape, font)
        case "end_card":
            return panels.end_card(insert, shape, font, picture)
        case "logo":
            return panels.logo(insert, shape, picture) if picture else None


def _frames(insert: Insert, pixels: Pixels, fps: int) -> Iterator[Pixels]:
    count = insert.end - insert.start
    match insert.role:
        case "title":
            return _sliding(pixels, count, fps)
        case "badge":
            return _popping(pixels, count, fps)
        case "end_card":
            return _wiping(pixels, min(count, round(WIPE_S * fps)), fps)
        case "logo":
            return iter([pixels])


# ── motion ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _sliding(pixels: Pixels, count: int, fps: int) -> Iterator[Pixels]:
    """The title: slides up into its place and fades in, stands, and fades out."""
    length = count / fps
    into, out = min(IN_S, length / 2), min(OUT_S, length / 2)

    def place(time: float) -> tuple[int, int]:
        left = max(1 - time / into, 0.0)
        return 0, round(SLIDE_PX * left**3)  # eases out: fast at first, then settling

    height, width = pixels.shape[:2]
    return _moved(pixels, (width, height + SLIDE_PX), count, fps, into, out, place)


def _popping(pixels: Pixels, count: int, fps: int) -> Iterator[Pixels]:
    """The price: grows a little beyond its size and settles, stands, and fades out."""
    length = count / fps
    into, out = min(POP_S, length / 2), min(OUT_S, length / 2)

    def size(time: float) -> float:
        left = min(time / into, 1.0) - 1
        return 1 + POP * left**2 * (2.7 * left + 1.7)  # eases out beyond its aim and comes back

    height, width = pixels.shape[:2]
    return _moved(pixels, (width, height), count, fps, into / 3, out, "center", size)


def _wiping(pixels: Pixels, count: int, fps: int) -> Iterator[Pixels]:
    """The end card: comes up from below, and stays; only its coming is in the film."""
    height, width = pixels.shape[:2]

    def place(time: float) -> tuple[int, int]:
        left = max(1 - (time + 0.5 / fps) / (count / fps), 0.0)
        return 0, round(height * left**3)

    return _moved(pixels, (width, height), count, fps, 0.0, 0.0, place)


def _moved(
    pixels: Pixels,
    size: tuple[int, int],
    count: int,
    fps: int,
    into: float,
    out: float,
    place: Callable[[float], tuple[int, int]] | str,
    larger: Callable[[float], float] | None = None,
) -> Iterator[Pixels]:
    """`count` frames, RGBA, of a picture of this `size` in which `pixels` move."""
    _keep_moviepy_quiet()
    from moviepy import CompositeVideoClip, ImageClip, vfx

    length = count / fps
    effects = [vfx.CrossFadeIn(into)] * (into > 0) + [vfx.CrossFadeOut(out)] * (out > 0)
    clip = ImageClip(pixels, transparent=True, duration=length).with_effects(effects)
    if larger is not None:
        clip = clip.resized(larger)
    film = CompositeVideoClip([clip.with_position(place)], size=size).with_duration(length)
    for number in range(count):
        time = (number + 0.5) / fps
        alpha = np.clip(film.mask.get_frame(time), 0, 1)
        yield np.dstack([film.get_frame(time), np.round(alpha * 255)]).astype(np.uint8)


def _keep_moviepy_quiet() -> None:
    """Give MoviePy a ready configuration: its own would load a `.env` file and try the PATH's ffplay at import."""
    if "moviepy.config" not in sys.modules:
        config = types.ModuleType("moviepy.config")
        config.__dict__.update(FFMPEG_BINARY="unset", FFPLAY_BINARY="unset", IS_POSIX_OS=True)
        sys.modules["moviepy.config"] = config


def _film(frames: Iterator[Pixels], fps: int, path: Path) -> None:
    """Write frames as QuickTime Animation, which keeps every pixel and its transparency."""
    with av.open(str(path), "w", format="mov") as container:
        stream = container.add_stream("qtrle", rate=Fraction(fps))
        stream.pix_fmt = "argb"
        for number, pixels in enumerate(frames):
            if not number:
                stream.height, stream.width = pixels.shape[:2]
            argb = np.ascontiguousarray(pixels[:, :, [3, 0, 1, 2]])
            container.mux(stream.encode(av.VideoFrame.from_ndarray(argb, format="argb")))
        container.mux(stream.encode())
