"""What is laid over the clip, in motion: short films with transparency, drawn once for the same content.

`panels` draws the pictures and `motion` moves them; the one ffmpeg run lays the films over the shots. A film holds only
what moves: what stands is its last picture, held for as long as it takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from editai import bundled, formats
from editai.models import Box, Degradation, File, Film, Films, Insert, Plan, Step, Work
from editai.render import motion, panels
from editai.render.motion import Moving
from editai.render.panels import Pixels, Told


def draw_inserts(plan: Plan, files: Mapping[str, Path], work: Path) -> Work[Films]:
    """Films for each of the plan's inserts, in their order; `files` finds a logo by its sha256.

    What cannot be drawn is left out, and the degradations say so.
    """
    films: list[Film] = []
    told: list[Degradation] = []
    logo = _logo_box(plan, files)
    for number, insert in enumerate(plan.inserts):
        yield Step(number / len(plan.inserts), "Drawing title, price and end card")
        moving, said = _moving(plan, insert, files, logo)
        told += [item for item in said if item not in told]
        for film in moving:
            path = work / f"insert-{len(films)}.mov"
            _write(film.frames, plan.fps, path)
            films.append(Film(file=File.of(path), x=film.x, y=film.y, start=insert.start, end=insert.end))
    return Films(folder=work, films=tuple(films), degradations=tuple(told))


def insert_parts(plan: Plan) -> dict[str, object]:
    """Exactly what changes the films of a plan, for the key of their cache."""
    shape = formats.of_plan(plan)
    return {
        "inserts": plan.inserts,
        "size": [plan.width_px, plan.height_px],
        "fps": plan.fps,
        "font": plan.style.font_file,
        "fonts": [each.file for each in plan.style.fonts],
        "uppercase": plan.style.uppercase,
        "clear": shape.clear,
        "captions": panels.around_captions(plan.style, shape),
    }


def _moving(plan: Plan, insert: Insert, files: Mapping[str, Path], logo: Box | None) -> tuple[tuple[Moving, ...], Told]:
    """What an insert is made of, the lowest first, and what to say of it."""
    shape = formats.of_plan(plan)
    faces = tuple(bundled.FONTS / each for each in plan.style.faces)
    picture = files[insert.file.sha256] if insert.file else None
    count, fps = insert.end - insert.start, plan.fps
    match insert.role:
        case "title":
            title, told = panels.title(insert, shape, faces, uppercase=plan.style.uppercase, beside=logo)
            return (motion.sliding(title, count, fps),) if title else (), told
        case "badge":
            badge, told = panels.badge(insert, shape, faces, beside=logo)
            return (motion.popping(badge, count, fps),) if badge else (), told
        case "logo":
            return (motion.standing(panels.logo(insert, shape, picture, plan.style)),) if picture else (), ()
        case "end_card":
            card, told = panels.end_card(insert, shape, faces, picture)
            words = (motion.gathering(card, count, fps),) if card.parts else ()
            return (motion.rising(card.ground, count, fps), *words), told


def _logo_box(plan: Plan, files: Mapping[str, Path]) -> Box | None:
    """Where the logo stands, if there is one."""
    shape = formats.of_plan(plan)
    logos = [insert for insert in plan.inserts if insert.role == "logo" and insert.file]
    boxes = [panels.logo(each, shape, files[each.file.sha256], plan.style).box for each in logos if each.file]
    return next(iter(boxes), None)


def _write(frames: Iterator[Pixels], fps: int, path: Path) -> None:
    """Write frames as QuickTime Animation, which keeps every pixel and its transparency."""
    with av.open(str(path), "w", format="mov") as container:
        stream = container.add_stream("qtrle", rate=Fraction(fps))
        stream.pix_fmt = "argb"
        for number, pixels in enumerate(frames):
            if not number:
                stream.height, stream.width = pixels.shape[:2]
            argb = np.roll(pixels, 1, axis=2)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(argb, format="argb")))
        container.mux(stream.encode())
