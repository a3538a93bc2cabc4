"""Photos in a clip: alone, and among videos."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from editai import plan
from editai.models import FPS, STILL_MS, BrandKit, Footage, Plan, Source
from tests.plan.conftest import STYLE, brief, cues, footage, narration, source
from tests.plan.test_plan import holds_words, slugs

SPOKEN = narration()


def photo(number: int, width: int = 3000, height: int = 2000) -> Source:
    return source(number, STILL_MS / 1000, width, height, False).model_copy(update={"still": True})


def looked_at(*sources: Source) -> Footage:
    """What is seen in them; of a photo every moment looks the same, and nothing moves."""
    seen = footage(*sources)
    moments = tuple(
        moment.model_copy(update={"motion": 0.0, "alike": moment.source, "sharpness": 0.8, "exposure": 0.9})
        if sources[moment.source].still
        else moment
        for moment in seen.moments
    )
    return seen.model_copy(update={"moments": moments})


def made(*sources: Source, **more: Any) -> Plan:
    seen = looked_at(*sources)
    return plan.make(brief(seen, **more), seen, SPOKEN, cues(SPOKEN), STYLE, BrandKit())


def owners(timeline: Plan) -> list[int]:
    return [shot.source for shot in timeline.shots]


MIXED = [
    (photo(0),),
    (photo(0), photo(1), photo(2)),
    (source(0, 20), photo(1), photo(2)),
    (photo(0), source(1, 4)),
    (source(0, 2), photo(1), photo(2), photo(3), source(4, 6)),
]


@pytest.mark.parametrize("sources", MIXED, ids=lambda sources: "".join("vp"[each.still] for each in sources))
@pytest.mark.parametrize("seed", [0, 1, 5])
def test_a_photo_is_shown_from_its_beginning_for_three_seconds_at_the_most(
    sources: tuple[Source, ...], seed: int
) -> None:
    timeline = made(*sources, seed=seed)
    assert sum(shot.frames for shot in timeline.shots) == timeline.frames
    holds_words(timeline, SPOKEN)
    for shot in timeline.shots:
        if sources[shot.source].still:
            assert (shot.source_in, shot.speed) == (0, 1.0)
            assert 21 <= shot.frames <= 3 * FPS


@pytest.mark.parametrize("sources", MIXED, ids=lambda sources: "".join("vp"[each.still] for each in sources))
def test_every_photo_and_every_video_gets_a_place(sources: tuple[Source, ...]) -> None:
    assert set(owners(made(*sources))) == set(range(len(sources)))


@pytest.mark.parametrize("count", [2, 3, 4, 8])
def test_a_photo_never_follows_itself(count: int) -> None:
    shown = owners(made(*(photo(number) for number in range(count))))
    assert all(one != other for one, other in pairwise(shown))


def test_no_photo_comes_again_before_all_others() -> None:
    shown = owners(made(photo(0), photo(1), photo(2)))
    assert len(set(shown[:3])) == 3


def test_a_video_opens_the_clip_where_something_moves_in_it() -> None:
    seen = looked_at(photo(0), source(1, 20))
    lively = seen.model_copy(
        update={
            "moments": tuple(
                moment.model_copy(update={"motion": 0.8, "sharpness": 0.8, "exposure": 0.9})
                if moment.source
                else moment
                for moment in seen.moments
            )
        }
    )
    assert plan.make(brief(lively), lively, SPOKEN, cues(SPOKEN), STYLE, BrandKit()).shots[0].source == 1


def test_photos_that_are_too_few_are_said_to_come_again_and_nothing_else() -> None:
    timeline = made(photo(0), photo(1))
    assert slugs(timeline) == {"photo_reused"}
    assert "2 photos" in next(each.message for each in timeline.degradations)


def test_photos_enough_say_nothing() -> None:
    assert made(*(photo(number) for number in range(5))).degradations == ()


def test_a_small_photo_is_called_a_photo() -> None:
    timeline = made(*(photo(number, 640, 480) for number in range(5)), format="16:9")
    (message,) = (each.message for each in timeline.degradations if each.slug == "upscaled")
    assert message.startswith("The photo is 640x480 pixels; for a clip of 1920x1080")
