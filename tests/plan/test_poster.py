"""The frame that stands for the clip: sharp, well lit, of the product, with nothing over it."""

from __future__ import annotations

from typing import Any

import pytest

from editai import plan
from editai.models import FPS, Area, BrandKit, Footage, Moment, Plan
from editai.plan import poster
from tests.plan.conftest import STYLE, brief, cues, footage, narration, source

SPOKEN = narration()
EVEN = footage(source(seconds=60), sharpness=0.8, motion=0.8, exposure=0.9)


def made(seen: Footage, **more: Any) -> Plan:
    return plan.make(brief(seen, **more), seen, SPOKEN, cues(SPOKEN), STYLE, BrandKit())


def moment_of(timeline: Plan, seen: Footage) -> Moment:
    """What the poster shows."""
    at = timeline.poster_frame
    for shot in timeline.shots:
        if at < shot.frames:
            break
        at -= shot.frames
    ms = (shot.source_in + at * shot.speed) * 1000 / FPS
    return next(each for each in seen.moments if each.source == shot.source and each.start_ms <= ms < each.end_ms)


@pytest.mark.parametrize("told", [{"face": 0.3}, {"subject": Area(left=0.2, top=0.2, right=0.8, bottom=0.8)}])
def test_a_face_or_a_large_product_is_preferred_to_a_little_sharpness(told: dict[str, object]) -> None:
    timeline = made(EVEN)
    second = timeline.shots[1]
    there = range(second.source_in * 1000 // FPS, (second.source_in + second.frames - 20) * 1000 // FPS)
    moments = tuple(
        each.model_copy(update=told if each.start_ms in there else {"sharpness": 0.85}) for each in EVEN.moments
    )
    seen = EVEN.model_copy(update={"moments": moments})
    at = poster.frame(timeline, seen)
    shown = moment_of(timeline.model_copy(update={"poster_frame": at}), seen)
    assert shown.face or shown.subject


def test_it_is_taken_from_between_a_tenth_and_six_tenths_of_the_clip() -> None:
    timeline = made(EVEN, hook_card=False)
    assert 0.1 * timeline.frames - 1 <= timeline.poster_frame <= 0.6 * timeline.frames


def test_nothing_but_a_logo_lies_over_it() -> None:
    timeline = made(EVEN, price_badge=True)
    over = [insert for insert in timeline.inserts if insert.start <= timeline.poster_frame < insert.end]
    assert [insert.role for insert in over if insert.role != "logo"] == []


def test_it_lies_in_no_joint() -> None:
    for seed in range(6):
        timeline = made(footage(source(seconds=60), seed=seed), joint="fade")
        begin = 0
        for shot in timeline.shots:
            joint = shot.joint.frames if shot.joint else 0
            assert not begin - 3 <= timeline.poster_frame < begin + joint + 3
            begin += shot.frames
