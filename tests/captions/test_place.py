"""Captions go where they cover less of the subject, and only there where they may."""

from __future__ import annotations

import pytest

from editai import captions, formats
from editai.behind import Look, View
from editai.captions.layout import block
from editai.captions.place import covered, off_subject
from editai.models import Area, Box, CaptionStyle, Insert, Moment, Plan

from .drawing import cue, plan

STYLE = captions.style("bold")
WHOLE = (0.0, 0.0, 1080.0, 1920.0)
ITEM = cue("Only $24.99", "for 50 bags")


def looks(*subjects: tuple[float, float], timeline: Plan | None = None) -> list[Look]:
    """The cue where the plan puts it, before subjects over the whole width from one height to another (0 to 1)."""
    timeline = timeline or plan([ITEM], STYLE)
    laid = block(ITEM, timeline.style, formats.of_plan(timeline))
    assert laid is not None
    found = []
    for top, bottom in subjects:
        moment = Moment(
            source=0, start_ms=0, end_ms=9, sharpness=1, motion=1, exposure=1, focus_x=0.5, focus_y=0.5,
            subject=Area(left=0, top=top, right=1, bottom=bottom),
        )  # fmt: skip
        found.append(Look(0, (laid.left, laid.top, laid.right, laid.bottom), (View(moment, WHOLE, WHOLE),)))
    return found


def moved(timeline: Plan, *subjects: tuple[float, float]) -> tuple[CaptionStyle, float]:
    style, dy, told = off_subject(timeline, looks(*subjects, timeline=timeline))
    assert [each.slug for each in told] == (["captions_moved"] if dy else [])
    return style, dy


def test_captions_that_cover_nothing_stay_at_the_styles_place() -> None:
    assert moved(plan([ITEM], STYLE), (0.1, 0.5)) == (STYLE, 0)


def test_captions_on_a_subject_below_go_above_it_and_it_is_said_why() -> None:
    timeline = plan([ITEM], STYLE)
    style, dy, told = off_subject(timeline, looks((0.45, 1.0)))
    assert dy < 0
    assert covered(looks((0.45, 1.0), timeline=timeline.model_copy(update={"style": style})), 0) < 0.05
    assert told[0].message == (
        "The captions stand higher than usual, where 0% of them lie on the product: "
        "at their usual place it would be 100%."
    )


def test_they_go_no_further_than_they_have_to() -> None:
    _, dy = moved(plan([ITEM], STYLE), (0.5, 1.0))
    assert covered(looks((0.5, 1.0)), dy) <= 0.03
    assert covered(looks((0.5, 1.0)), dy + 20) > 0.03


def test_one_place_serves_the_whole_clip() -> None:
    """A subject that is above for half of the time leaves no better place."""
    assert moved(plan([ITEM], STYLE), (0.5, 1.0), (0.1, 0.5)) == (STYLE, 0)


def test_a_subject_that_is_everywhere_is_covered_where_people_expect_captions() -> None:
    assert moved(plan([ITEM], STYLE), (0.0, 1.0)) == (STYLE, 0)


@pytest.mark.parametrize("bottom", [0.35, 0.5, 0.6])
def test_wherever_they_go_they_are_inside_what_is_clear(bottom: float) -> None:
    timeline = plan([ITEM], STYLE)
    style, _ = moved(timeline, (bottom, 1.0))
    laid, clear = block(ITEM, style), formats.shape("9:16").clear
    assert laid is not None
    assert clear.top <= laid.top < laid.bottom <= clear.bottom


def test_they_stay_below_a_title_and_a_price() -> None:
    title = Insert(role="title", text="Tea", start=0, end=60)
    free = plan([ITEM], STYLE)
    taken = free.model_copy(update={"inserts": (title,)})
    below = (0.33, 1.0)
    assert moved(free, below)[1] < 0
    assert moved(taken, below) == (STYLE, 0)


def test_they_do_not_move_to_where_a_logo_stands_at_the_bottom() -> None:
    high = plan([ITEM], STYLE.model_copy(update={"centre_y_px": 500}))
    logo = Insert(role="logo", place="bottom_left", start=0, end=60)
    assert moved(high, (0.2, 0.5))[1] > 0
    assert moved(high.model_copy(update={"inserts": (logo,)}), (0.2, 0.5))[1] <= 0


def test_a_plan_with_less_room_keeps_them_in_it() -> None:
    narrow = plan([ITEM], STYLE).model_copy(update={"clear": Box(left=120, top=600, right=888, bottom=1130)})
    style, _ = moved(narrow, (0.5, 1.0))
    laid = block(ITEM, style, formats.of_plan(narrow))
    assert laid is not None
    assert 600 <= laid.top < laid.bottom <= 1130
