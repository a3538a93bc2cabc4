"""Variants of a clip: another opening, other shots, another order, by the seed; and every one keeps the rules."""

from __future__ import annotations

from itertools import combinations, permutations

import pytest

from editai import plan
from editai.models import FPS, BrandKit, Footage, Plan
from tests.plan.conftest import STYLE, brief, cues, footage, narration, source, spoken_in_source
from tests.plan.test_plan import holds_together, holds_words, slugs

SPOKEN = narration()


def made(seen: Footage, seed: int) -> Plan:
    asked = brief(seen, seed=seed)
    return plan.make(asked, seen, SPOKEN, cues(SPOKEN), STYLE, BrandKit())


def frames(timeline: Plan) -> set[tuple[int, int]]:
    """Every frame of a source that is shown."""
    return {
        (shot.source, shot.source_in + at) for shot in timeline.shots for at in range(int(shot.frames * shot.speed))
    }


@pytest.fixture(scope="module")
def ten() -> list[Plan]:
    seen = footage(source(seconds=60))
    return [made(seen, seed) for seed in range(10)]


def shared(one: Plan, other: Plan) -> int:
    """How many shots of one are, by more than half, in the other."""
    there = frames(other)
    return sum(
        sum((shot.source, shot.source_in + at) in there for at in range(shot.frames)) > shot.frames / 2
        for shot in one.shots
    )


def test_no_two_of_ten_open_with_the_same(ten: list[Plan]) -> None:
    openings = [timeline.shots[0] for timeline in ten]
    for one, other in combinations(openings, 2):
        assert abs(one.source_in - other.source_in) > one.frames / 2


def test_more_than_half_of_the_shots_of_any_two_of_ten_differ(ten: list[Plan]) -> None:
    for one, other in permutations(ten, 2):
        assert shared(one, other) < len(one.shots) / 2


def test_variants_that_differ_say_nothing_of_it(ten: list[Plan]) -> None:
    assert not any(slugs(timeline) & {"variant_alike"} for timeline in ten)


def test_too_little_video_for_variants_is_said() -> None:
    seen = footage(source(seconds=11))
    assert "variant_alike" not in slugs(made(seen, 0))
    assert "variant_alike" in slugs(made(seen, 3))


def test_a_variant_of_somebody_who_speaks_is_said_to_show_the_same() -> None:
    seen, spoken = footage(source(seconds=30)), spoken_in_source(2_000)
    for seed, said in ((0, False), (1, True)):
        timeline = plan.make(brief(seen, seed=seed), seen, spoken, cues(spoken), STYLE, BrandKit())
        assert ("variant_alike" in slugs(timeline)) is said


def test_other_seeds_are_variants_too() -> None:
    seen = footage(source(seconds=60))
    assert len({made(seen, seed).shots for seed in (-1, 9, 10, 123_456)}) == 4


def test_the_order_differs(ten: list[Plan]) -> None:
    orders = [[shot.source_in for shot in timeline.shots[1:]] for timeline in ten]
    assert any(order != sorted(order) for order in orders)
    assert orders[0] == sorted(orders[0])


def test_every_variant_keeps_its_promises(ten: list[Plan]) -> None:
    for timeline in ten:
        holds_together(timeline)
        holds_words(timeline, SPOKEN)


def test_no_variant_shows_a_moment_twice_while_others_are_left(ten: list[Plan]) -> None:
    for timeline in ten:
        shown = [(shot.source, shot.source_in + at) for shot in timeline.shots for at in range(shot.frames)]
        assert len(shown) == len(set(shown))


def test_several_videos_open_in_turn() -> None:
    seen = footage(source(0, seconds=40), source(1, seconds=40), source(2, seconds=40))
    assert len({made(seen, seed).shots[0].source for seed in range(3)}) == 3


def test_the_same_seed_gives_the_same_plan() -> None:
    seen = footage(source(seconds=60))
    assert made(seen, 4) == made(seen, 4)


# ── what looks alike, stands still, is black ─────────────────────────────────────────────────────────────────────


def told(seen: Footage, **at: object) -> Footage:
    """The footage with what is told of the moments whose start is in the first third."""
    moments = tuple(moment.model_copy(update=at if moment.start_ms < 20_000 else {}) for moment in seen.moments)
    return seen.model_copy(update={"moments": moments})


def in_first_third(timeline: Plan) -> int:
    return sum(shot.frames for shot in timeline.shots if shot.source_in < 20 * FPS)


def test_black_moments_are_not_shown() -> None:
    seen = footage(source(seconds=60), sharpness=0.8, motion=0.8, exposure=0.9)
    assert in_first_third(made(told(seen, black=True), 0)) == 0


def test_moments_in_which_nothing_moves_come_last() -> None:
    seen = footage(source(seconds=60), sharpness=0.8, motion=0.4, exposure=0.9)
    assert in_first_third(made(told(seen, frozen=True), 0)) < in_first_third(made(seen, 0))


def test_what_looks_like_the_opening_counts_as_shown() -> None:
    seen = footage(source(seconds=60), sharpness=0.8, motion=0.8, exposure=0.9)
    moments = tuple(moment.model_copy(update={"alike": 0 if moment.start_ms < 20_000 else moment.start_ms})
                    for moment in seen.moments)  # fmt: skip
    best = tuple(
        moment.model_copy(update={"sharpness": 1.0}) if moment.start_ms < 3000 else moment for moment in moments
    )
    timeline = made(seen.model_copy(update={"moments": best}), 0)
    assert timeline.shots[0].source_in < 3 * FPS
    assert in_first_third(timeline) == timeline.shots[0].frames


def test_no_two_shots_look_alike_while_others_are_left() -> None:
    seen = footage(source(seconds=60), sharpness=0.8, motion=0.8, exposure=0.9)
    looks = {0: 0, 1: 1, 2: 0, 3: 2, 4: 0, 5: 3}  # by tenth second; the one that comes again is the best each time
    moments = tuple(
        moment.model_copy(update={"alike": look, "sharpness": 0.8 if look else 1.0})
        for moment in seen.moments
        for look in [looks[moment.start_ms // 10_000]]
    )
    timeline = made(seen.model_copy(update={"moments": moments}), 0)
    shown = [looks[min(5, shot.source_in // (10 * FPS))] for shot in timeline.shots]
    assert len(set(shown)) == len(shown) == 4


def test_it_opens_on_a_face_where_all_else_is_equal() -> None:
    seen = footage(source(seconds=60), sharpness=0.8, motion=0.8, exposure=0.9)
    moments = tuple(moment.model_copy(update={"face": 0.4 if 40_000 <= moment.start_ms < 44_000 else 0.0})
                    for moment in seen.moments)  # fmt: skip
    opening = made(seen.model_copy(update={"moments": moments}), 0).shots[0].source_in
    assert 40 * FPS <= opening < 44 * FPS
