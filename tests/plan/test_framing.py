"""The subject stays in the picture: against boxes that were drawn by eye, and one that was made by code."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from editai.footage import look
from editai.models import FPS, Crop, File, Footage, Moment, finished
from editai.models.footage import Area, Source, SourceShot
from editai.plan import framing
from editai.plan.moments import stretches
from editai.plan.windows import Window
from editai.render.framing import path as crops_of
from tests.conftest import BOX

MEDIA = Path(__file__).parents[1] / "media"
BOXES = Path(__file__).parents[1] / "footage" / "boxes"
UPRIGHT = 9 / 16
LABELLED = {"box": BOX, "bunny": MEDIA / "bigbuckbunny.mp4", "tree": MEDIA / "trailer_tree.mp4"}
SHOT = 75
"""Frames of the shots that cover a source from end to end: 2.5 s, as a clip has them."""

Box = tuple[float, float, float, float]
Ffmpeg = Callable[..., None]


def seen_in(path: Path) -> Footage:
    file = File.of(path)
    return finished(look((file,), {file.sha256: path}))


def shown(seen: Footage, aspect: float = UPRIGHT) -> dict[int, Crop]:
    """The crop of every frame of source 0 at the clip's rate, in shots that cover all of it."""
    found: dict[int, Crop] = {}
    for stretch in stretches(seen):
        count = max(1, round(stretch.length / SHOT))
        edges = [stretch.start + stretch.length * number // count for number in range(count + 1)]
        for begin, end in pairwise(edges):
            window = Window(0, begin, end - begin, 1.0, stretch.take)
            frame = framing.framed(window, seen, 1.0, aspect)
            crops = crops_of(frame.crops) if len(frame.crops) > 1 else [frame.crops[0].crop]
            crops += [crops[-1]] * (end - begin - len(crops))
            width = min(crop.width for crop in crops)
            jumps = [abs(after.x - before.x) + abs(after.y - before.y) for before, after in pairwise(crops)]
            assert max(jumps, default=0) <= 0.02 * width
            found.update(zip(range(begin, end), crops, strict=True))
    return found


def inside(box: Box, crop: Crop, source: Source) -> bool:
    """Whether nine tenths of the box lie in the crop."""
    left, top, right, bottom = box
    left, right = left * source.width_px, right * source.width_px
    top, bottom = top * source.height_px, bottom * source.height_px
    across = max(0.0, min(right, crop.x + crop.width) - max(left, crop.x))
    down = max(0.0, min(bottom, crop.y + crop.height) - max(top, crop.y))
    return across * down >= 0.9 * (right - left) * (bottom - top)


def centred(source: Source, aspect: float = UPRIGHT) -> Crop:
    width, height = framing.fit(source, aspect)
    return Crop(x=(source.width_px - width) / 2, y=(source.height_px - height) / 2, width=width, height=height)


def kept(boxes: list[tuple[int, Box]], seen: Footage) -> tuple[float, float]:
    """In what part of the frames the box is in our crop, and in one of the middle."""
    source, crops = seen.sources[0], shown(seen)
    ours = [inside(box, crops[min(crops, key=lambda at: abs(at - ms * FPS / 1000))], source) for ms, box in boxes]
    middle = [inside(box, centred(source), source) for _, box in boxes]
    return float(np.mean(ours)), float(np.mean(middle))


def labelled(name: str) -> list[tuple[int, Box]]:
    rows = json.loads((BOXES / f"{name}.json").read_text("utf-8"))["boxes"]
    return [(at, (left, top, right, bottom)) for at, left, top, right, bottom in rows]


@pytest.mark.parametrize("name", LABELLED)
def test_a_labelled_subject_stays_in_the_upright_crop(name: str, measured: Callable[[str], None]) -> None:
    boxes = labelled(name)
    ours, middle = kept(boxes, seen_in(LABELLED[name]))
    measured(f"{name}: in the upright crop in {ours:.0%} of {len(boxes)} frames, in one of the middle in {middle:.0%}")
    assert len(boxes) >= 30
    assert middle <= 0.6
    assert ours >= 0.95


@pytest.fixture(scope="module")
def crossing(ffmpeg: Ffmpeg, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A red product of 140 x 160 pixels that crosses a grey, grainy picture of 640 x 360 in ten seconds."""
    path = tmp_path_factory.mktemp("crossing") / "crossing.mp4"
    place = "250-235*cos(2*PI*t/20)"
    ffmpeg(
        "-f", "lavfi", "-i", "color=0x808078:s=640x360:r=30:d=10,noise=alls=12:allf=t:all_seed=7",
        "-f", "lavfi", "-i", "color=0xc02818:s=140x160:r=30:d=10",
        "-filter_complex", f"[0][1]overlay=x='{place}':y=110", "-pix_fmt", "yuv420p", "-c:v", "libx264", path,
    )  # fmt: skip
    return path


def test_a_product_that_crosses_the_picture_stays_in_the_upright_crop(
    crossing: Path, measured: Callable[[str], None]
) -> None:
    boxes: list[tuple[int, Box]] = []
    for at in range(100, 9900, 100):
        left = (250 - 235 * np.cos(2 * np.pi * at / 20_000)) / 640
        boxes.append((at, (left, 110 / 360, left + 140 / 640, 270 / 360)))
    ours, middle = kept(boxes, seen_in(crossing))
    measured(f"made: in the upright crop in {ours:.0%} of {len(boxes)} frames, in one of the middle in {middle:.0%}")
    assert middle <= 0.6
    assert ours >= 0.95


# ── made up ──────────────────────────────────────────────────────────────────────────────────────────────────────


def footage_of(subject: Area, width: int = 1920, height: int = 1080, *, still: bool = False) -> Footage:
    """A source of 10 s in which the subject stands still."""
    source = Source(
        file=File(name="a", sha256="a", bytes=1), stream=0, duration_ms=10_000, width_px=width, height_px=height,
        rotation=0, fps=30, codec="h264", has_sound=False, still=still,
    )  # fmt: skip
    moments = [
        Moment(
            source=0, start_ms=at, end_ms=at + 500, sharpness=1, motion=1, exposure=1, subject=subject,
            focus_x=(subject.left + subject.right) / 2, focus_y=(subject.top + subject.bottom) / 2,
        )
        for at in range(0, 10_000, 500)
    ]  # fmt: skip
    takes = (SourceShot(source=0, start_ms=0, end_ms=10_000),)
    return Footage(sources=(source,), shots=takes, moments=tuple(moments))


def frame(seen: Footage, aspect: float = UPRIGHT, frames: int = 60, closer: float = 1.0) -> framing.Framed:
    return framing.framed(Window(0, 30, frames, 1.0, 0), seen, closer, aspect)


NARROW = Area(left=0.6, top=0.3, right=0.75, bottom=0.8)
WIDE = Area(left=0.2, top=0.3, right=0.8, bottom=0.8)


@pytest.mark.parametrize("aspect", [9 / 16, 4 / 5, 1.0, 16 / 9])
def test_a_subject_that_fits_fills_the_screen(aspect: float) -> None:
    found = frame(footage_of(NARROW), aspect)
    assert not found.on_blur
    assert found.crops[0].crop.width / found.crops[0].crop.height == pytest.approx(aspect, rel=0.001)


def test_a_subject_that_is_wider_than_the_crop_is_shown_whole_on_a_fill() -> None:
    found = frame(footage_of(WIDE))
    crop = found.crops[0].crop
    assert found.on_blur
    assert crop.x <= 0.2 * 1920
    assert crop.x + crop.width >= 0.8 * 1920


def test_a_subject_that_is_higher_than_a_wide_crop_is_shown_whole_on_a_fill() -> None:
    found = frame(footage_of(Area(left=0.2, top=0.1, right=0.8, bottom=0.9), 1080, 1920), 16 / 9)
    crop = found.crops[0].crop
    assert found.on_blur
    assert crop.y <= 0.1 * 1920
    assert crop.y + crop.height >= 0.9 * 1920


def test_a_sliver_at_the_edge_is_worth_a_picture_that_fills_the_screen() -> None:
    assert not frame(footage_of(Area(left=0.3, top=0.3, right=0.3 + 1.04 * 0.3164, bottom=0.8))).on_blur


def test_a_subject_that_stands_still_is_not_panned_over() -> None:
    assert len(frame(footage_of(NARROW)).crops) == 1


def test_a_still_shot_of_more_than_three_seconds_is_gone_into_slowly() -> None:
    first, last = frame(footage_of(NARROW), frames=100).crops
    assert last.crop.width < first.crop.width


def test_a_closer_shot_is_no_closer_than_the_subject_allows() -> None:
    fills = footage_of(Area(left=0.4, top=0.3, right=0.4 + 0.3, bottom=0.8))
    assert frame(footage_of(NARROW), closer=1.15).crops[0].crop.width == pytest.approx(1080 * UPRIGHT / 1.15, abs=1)
    assert frame(fills, closer=1.15).crops[0].crop.width >= 0.3 * 1920


def test_a_photo_always_moves() -> None:
    assert len(frame(footage_of(NARROW, still=True), frames=40).crops) == 2
