"""What lies behind a rectangle of the clip: geometry, reckoned by hand."""

from __future__ import annotations

import pytest

from editai.behind import Behind, View, overlap
from editai.models import Area, Crop, CropKey, File, Footage, Luminance, Moment, Plan, Shot, Source, Transition
from tests.plan.conftest import STYLE

QUARTERS = Luminance(columns=2, low=(0, 20, 40, 60), high=(10, 30, 50, 70))
"""Top left, top right, bottom left, bottom right."""


def source(number: int, width: int, height: int) -> Source:
    return Source(
        file=File(name="a", sha256=str(number), bytes=1), stream=0, duration_ms=4000, width_px=width, height_px=height,
        rotation=0, fps=30, codec="h264", has_sound=False,
    )  # fmt: skip


def moment(number: int = 0, start_ms: int = 0, end_ms: int = 4000, **more: object) -> Moment:
    values = dict.fromkeys(("sharpness", "motion", "exposure", "focus_x", "focus_y"), 0.5)
    told = {"source": number, "start_ms": start_ms, "end_ms": end_ms, "luminance": QUARTERS}
    return Moment.model_validate(values | told | more)


def shot(x: float, y: float, width: float, height: float, **more: object) -> Shot:
    key = CropKey(frame=0, crop=Crop(x=x, y=y, width=width, height=height))
    return Shot.model_validate({"source": 0, "source_in": 0, "frames": 60, "crops": (key,), **more})


def seen(*shots: Shot, moments: tuple[Moment, ...] = (moment(),), size: tuple[int, int] = (1920, 1080)) -> Behind:
    frames = sum(each.frames for each in shots)
    sources = tuple(source(number, *size) for number in range(1 + max(each.source for each in shots)))
    plan = Plan(frames=frames, sources=sources, shots=shots, style=STYLE)
    return Behind(plan, Footage(sources=sources, shots=(), moments=moments))


def only(behind: Behind, frame: int = 0) -> View:
    (view,) = behind.views(frame)
    return view


UPRIGHT = (960.0, 0.0, 607.5, 1080.0)
"""A crop from the middle to the right."""


def test_a_rectangle_sees_the_cells_under_it() -> None:
    view = only(seen(shot(*UPRIGHT)))
    assert view.luminance((100, 100, 900, 800)) == (0.2, 0.3)
    assert view.luminance((100, 1000, 900, 1800)) == (0.6, 0.7)
    assert view.luminance((100, 800, 900, 1100)) == (0.2, 0.7)


def test_a_crop_on_the_other_half_sees_the_other_cells() -> None:
    assert only(seen(shot(300, 0, 607.5, 1080))).luminance((100, 100, 900, 800)) == (0.0, 0.1)


def test_a_crop_that_moves_sees_what_it_moved_to() -> None:
    keys = (
        CropKey(frame=0, crop=Crop(x=0, y=0, width=607.5, height=1080)),
        CropKey(frame=50, crop=Crop(x=1200, y=0, width=607.5, height=1080)),
    )
    behind = seen(shot(*UPRIGHT).model_copy(update={"crops": keys}))
    assert only(behind, 0).luminance((100, 100, 900, 800)) == (0.0, 0.1)
    assert only(behind, 50).luminance((100, 100, 900, 800)) == (0.2, 0.3)


def test_where_the_subject_is_seen_follows_the_crop() -> None:
    subject = moment(subject=Area(left=0.5, top=0.25, right=0.75, bottom=0.5))
    found = only(seen(shot(*UPRIGHT), moments=(subject,))).subject
    assert found == pytest.approx((0, 480, 480 / 607.5 * 1080, 960))


def test_a_subject_outside_of_the_crop_is_not_seen() -> None:
    subject = moment(subject=Area(left=0.0, top=0.25, right=0.4, bottom=0.5))
    assert only(seen(shot(*UPRIGHT), moments=(subject,))).subject is None


def test_the_moment_is_that_of_the_sources_time() -> None:
    bright = moment(start_ms=1000, luminance=Luminance(columns=1, low=(90,), high=(95,)))
    behind = seen(shot(*UPRIGHT, source_in=15, speed=0.5), moments=(moment(end_ms=1000), bright))
    assert only(behind, 20).luminance((100, 100, 900, 800)) == (0.2, 0.3)
    assert only(behind, 40).luminance((100, 100, 900, 800)) == (0.9, 0.95)


def test_while_a_shot_is_faded_over_both_are_seen() -> None:
    joint = Transition(kind="fade", frames=10)
    behind = seen(shot(*UPRIGHT), shot(300, 0, 607.5, 1080, joint=joint))
    assert [view.luminance((100, 100, 900, 800)) for view in behind.views(65)] == [(0.0, 0.1), (0.2, 0.3)]
    assert len(list(behind.views(70))) == 1


def test_beside_a_picture_that_stands_whole_its_blurred_copy_is_seen() -> None:
    view = only(seen(shot(0, 0, 1920, 1080, on_blur=True)))
    assert view.luminance((600, 700, 900, 900)) == (0.2, 0.3)  # the picture is 1080 x 607.5 from y 656 on
    assert view.luminance((600, 100, 900, 500)) == (0.2, 0.3)  # its copy covers the whole clip
    assert view.luminance((600, 1300, 900, 1500)) == (0.6, 0.7)
    assert view.subject is None


def test_without_measurements_nothing_is_said() -> None:
    assert only(seen(shot(*UPRIGHT), moments=(moment(luminance=None),))).luminance((0, 0, 10, 10)) is None
    assert list(seen(shot(*UPRIGHT), moments=()).views(0)) == []


def test_an_overlap_is_a_part_of_the_first() -> None:
    assert overlap((0, 0, 100, 100), (50, 0, 1000, 50)) == 0.25
    assert overlap((0, 0, 100, 100), (100, 0, 200, 100)) == 0
