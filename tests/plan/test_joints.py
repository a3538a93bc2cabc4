"""How shots follow one another: where both sides have room for it."""

from __future__ import annotations

import pytest

from editai import plan
from editai.models import BrandKit, Footage, Joint, Plan
from tests.plan.conftest import STYLE, brief, cues, footage, narration, source, spoken_in_source


def made(seen: Footage, joint: Joint) -> Plan:
    spoken = narration()
    return plan.make(brief(seen, joint=joint), seen, spoken, cues(spoken), STYLE, BrandKit())


def test_a_cut_is_no_joint() -> None:
    timeline = made(footage(source()), "cut")
    assert {shot.joint for shot in timeline.shots} == {None}
    assert timeline.shots[0].crops[0].frame == 0


@pytest.mark.parametrize("joint", ["fade", "slide"])
def test_every_shot_but_the_first_begins_with_the_joint(joint: Joint) -> None:
    first, *others = made(footage(source(seconds=60)), joint).shots
    assert first.joint is None
    assert {shot.joint.kind if shot.joint else None for shot in others} == {joint}


def test_a_joint_takes_no_more_than_a_third_of_a_shot() -> None:
    timeline = made(footage(source(seconds=60)), "fade")
    assert all(3 * shot.joint.frames <= shot.frames for shot in timeline.shots if shot.joint)


def test_a_joint_changes_no_length() -> None:
    seen = footage(source(seconds=60))
    assert [shot.frames for shot in made(seen, "fade").shots] == [shot.frames for shot in made(seen, "cut").shots]


def test_where_the_take_ends_with_the_shot_there_is_a_cut() -> None:
    seen = footage(source(seconds=60), cuts={0: list(range(1500, 60_000, 1500))})
    timeline, takes = made(seen, "fade"), seen.shots
    for before, shot in zip(timeline.shots, timeline.shots[1:], strict=False):
        ends = (before.source_in + before.frames * before.speed) * 1000 / 30
        room = max(take.end_ms - ends for take in takes if take.start_ms < ends)
        assert (shot.joint is None) == (room < 300 * before.speed)


@pytest.mark.parametrize("joint", ["fade", "slide"])
def test_an_action_that_goes_on_is_cut_and_not_laid_over_itself(joint: Joint) -> None:
    seen, spoken = footage(source(seconds=30)), spoken_in_source(2_000)
    timeline = plan.make(brief(seen, joint=joint), seen, spoken, cues(spoken), STYLE, BrandKit())
    assert len(timeline.shots) > 1
    assert {shot.joint for shot in timeline.shots} == {None}


def test_a_zoom_begins_closer_around_the_same_middle_and_settles() -> None:
    seen = footage(source(seconds=60))
    plain, zoomed = made(seen, "cut").shots[1], made(seen, "zoom").shots[1]
    start, settled = zoomed.crops[0].crop, zoomed.crops[7].crop
    assert start.width == pytest.approx(plain.crops[0].crop.width / 1.12)
    assert start.x + start.width / 2 == pytest.approx(plain.crops[0].crop.x + plain.crops[0].crop.width / 2)
    widths = [key.crop.width for key in zoomed.crops[:8]]
    assert widths == sorted(widths)
    assert settled.width == pytest.approx(plain.crops[0].crop.width, rel=0.02)


def test_the_opening_shot_is_not_zoomed() -> None:
    seen = footage(source(seconds=60))
    assert made(seen, "zoom").shots[0] == made(seen, "cut").shots[0]
