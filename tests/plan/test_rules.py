"""What holds attention, as rules: each catches what it is for, and an ordinary clip keeps them all."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from editai import plan
from editai.models import FPS, BrandKit, Crop, CropKey, Footage, Insert, Plan, Span
from editai.models.footage import Area
from editai.plan import rules
from tests.plan.conftest import STYLE, brief, cues, footage, narration, source

SPOKEN = narration()
SEEN = footage(source(seconds=60), sharpness=0.8, motion=0.8, exposure=0.9)


@pytest.fixture(scope="module")
def ordinary() -> Plan:
    return plan.make(brief(SEEN), SEEN, SPOKEN, cues(SPOKEN), STYLE, BrandKit())


def told(timeline: Plan, seen: Footage = SEEN) -> set[str]:
    return {item.slug for item in rules.broken(timeline, seen, SPOKEN)}


def test_an_ordinary_clip_keeps_them_all(ordinary: Plan) -> None:
    assert told(ordinary) == set()


def test_every_rule_has_a_ground_a_source_and_a_measure() -> None:
    assert {rule.slug for rule in rules.rules()} == rules.MEASURES.keys()
    for rule in rules.rules():
        assert rule.ground
        assert rule.source
        assert rule.least is not None or rule.most is not None


def one_shot(timeline: Plan, **more: object) -> Plan:
    shot = timeline.shots[0].model_copy(update={"frames": timeline.frames, **more})
    return timeline.model_copy(update={"shots": (shot,)})


def with_short_shot(timeline: Plan) -> Plan:
    first, second, *others = timeline.shots
    cut = first.frames - 15
    shots = (
        first.model_copy(update={"frames": 15}),
        second.model_copy(update={"frames": second.frames + cut}),
        *others,
    )
    return timeline.model_copy(update={"shots": shots})


def panned(timeline: Plan) -> Plan:
    first, *others = timeline.shots
    crop = first.crops[0].crop
    keys = (CropKey(frame=0, crop=crop), CropKey(frame=15, crop=crop.model_copy(update={"x": crop.x - crop.width})))
    return timeline.model_copy(update={"shots": (first.model_copy(update={"crops": keys}), *others)})


def late(timeline: Plan) -> Plan:
    return timeline.model_copy(update={"speech": (Span(start=30, end=timeline.frames - 20),)})


def cut_off(timeline: Plan) -> Plan:
    return timeline.model_copy(update={"speech": (Span(start=6, end=timeline.frames - 3),)})


def long_card(timeline: Plan) -> Plan:
    card = Insert(role="end_card", text="Buy", start=timeline.frames - 90, end=timeline.frames)
    return timeline.model_copy(update={"inserts": (card,)})


@pytest.mark.parametrize(
    ("broken", "slug"),
    [
        (one_shot, "rule_shots_early"),
        (one_shot, "rule_mean_shot"),
        (with_short_shot, "rule_shortest_shot"),
        (panned, "rule_pan_speed"),
        (late, "rule_first_word"),
        (cut_off, "rule_last_word"),
        (long_card, "rule_end_card"),
    ],
)
def test_what_breaks_a_rule_is_said(ordinary: Plan, broken: Callable[[Plan], Plan], slug: str) -> None:
    assert slug in told(broken(ordinary))


def seen_with(**at: object) -> Footage:
    return SEEN.model_copy(update={"moments": tuple(moment.model_copy(update=at) for moment in SEEN.moments)})


def test_an_opening_in_which_nothing_moves_and_nothing_is_near_is_said(ordinary: Plan) -> None:
    assert "rule_first_frame" in told(ordinary, seen_with(motion=0.05))


def test_a_large_product_is_as_good_as_motion(ordinary: Plan) -> None:
    large = Area(left=0.3, top=0.2, right=0.6, bottom=0.9)
    assert "rule_first_frame" not in told(ordinary, seen_with(motion=0.05, subject=large))


def test_a_product_that_comes_near_late_is_said(ordinary: Plan) -> None:
    small, large = (Area(left=0.4, top=0.4, right=0.5, bottom=bottom) for bottom in (0.5, 0.95))
    last = ordinary.shots[-1].source_in * 1000 / FPS
    moments = tuple(
        moment.model_copy(update={"subject": large if moment.end_ms > last else small}) for moment in SEEN.moments
    )
    assert "rule_product_by" in told(ordinary, SEEN.model_copy(update={"moments": moments}))


def test_a_shot_that_stands_still_for_long_is_said(ordinary: Plan) -> None:
    whole = CropKey(frame=0, crop=Crop(x=0, y=0, width=607, height=1080))
    still = one_shot(ordinary, crops=(whole,))
    assert "rule_still_shot" in told(still, seen_with(frozen=True))


def test_a_sentence_names_the_ground(ordinary: Plan) -> None:
    (said,) = [item for item in rules.broken(late(ordinary), SEEN, SPOKEN) if item.slug == "rule_first_word"]
    assert said.message == (
        "Nothing is said for the first 1.0 seconds (the first word comes 0.1 to 0.4 seconds in, a figure of the house)."
    )
