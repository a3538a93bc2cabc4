"""What a clip will take, told before anything is started."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from editai import profiles, voices
from editai.models import LanguageModel, Profile
from tests.conftest import BOX
from tests.ui.conftest import Running

SCRIPT = "Meet the Aurora desk lamp. It folds flat and charges your phone. Yours for $49.99."
LAMP: dict[str, Any] = {"title": "Aurora desk lamp", "price": "$49.99", "points": ["Three light colours"]}


@pytest.fixture
def store(new_store: Callable[[], Profile]) -> Profile:
    return new_store()


@pytest.fixture(scope="module")
def paid(running: Running) -> str:
    """A voice that costs money."""
    offered = voices.catalogue(profiles.studio(running.shelf, running.mine))
    return next(str(voice) for voice in offered if voice.engine == "elevenlabs")


@pytest.fixture(scope="module")
def video(running: Running) -> dict[str, Any]:
    return running.upload("lamp.mp4", BOX.read_bytes())


@pytest.fixture
def estimate(running: Running, store: Profile, video: dict[str, Any]) -> Iterator[Callable[..., Any]]:
    """The answer for this store, or the title of the error. No job is queued by it."""

    def ask(**arguments: Any) -> Any:
        event, answer = running.call("estimate", **{"video": video, "profile": store.id, **arguments})
        return answer["title"] if event == "error" else answer[0]

    yield ask
    assert running.shelf.journal.jobs(store.id) == ()
    assert running.shelf.store.projects(store.id) == ()


def slugs(told: dict[str, Any]) -> list[str]:
    return [item["slug"] for item in told["missing"]]


def test_a_free_voice_costs_nothing_and_nothing_is_missing(estimate: Callable[..., Any]) -> None:
    told = estimate(script=SCRIPT)
    assert (told["clips"], told["cost_usd"], told["left_usd"], told["missing"]) == (1, "0.00", None, [])
    assert 4 < told["clip_seconds"] < 10
    assert told["make_seconds"] > 0
    assert not told["measured"]


def test_the_length_that_was_asked_for_is_the_clips(estimate: Callable[..., Any]) -> None:
    assert estimate(**LAMP, seconds=15)["clip_seconds"] == 15


def test_how_long_a_clip_is_that_keeps_what_is_said_is_not_known_nor_what_a_silent_one_says(
    estimate: Callable[..., Any],
) -> None:
    told = estimate()
    assert (told["clip_seconds"], told["cost_usd"], slugs(told)) == (None, "0.00", ["nothing_to_say"])


def test_all_that_is_missing_is_told_at_once_with_what_to_do(estimate: Callable[..., Any], paid: str) -> None:
    told = estimate(script=SCRIPT, video=None, voice=paid)
    assert slugs(told) == ["voice_unavailable", "no_video"]
    assert all(item["message"] and item["hint"] for item in told["missing"])


def test_a_file_that_is_no_video_is_missing_something(running: Running, estimate: Callable[..., Any]) -> None:
    assert slugs(estimate(script=SCRIPT, video=running.upload("a.mp4", b"no video"))) == ["not_a_video"]


def test_a_paid_voice_costs_by_its_letters_and_a_budget_that_is_too_small_is_told(
    running: Running, store: Profile, estimate: Callable[..., Any], paid: str
) -> None:
    running.shelf.store.update_profile(store.owner_id, store.id, {"monthly_budget": 1000})
    told = estimate(script=SCRIPT, voice=paid)
    assert 0.002 < float(told["voice_usd"]) < 0.02
    assert told["cost_usd"] == told["voice_usd"]
    assert told["left_usd"] == "0.001"
    assert "budget_exceeded" in slugs(told)


def test_variants_with_the_same_script_pay_their_voice_once(estimate: Callable[..., Any], paid: str) -> None:
    one, three = estimate(script=SCRIPT, voice=paid), estimate(script=SCRIPT, voice=paid, variants=3)
    assert three["voice_usd"] == one["voice_usd"]
    assert three["make_seconds"] > one["make_seconds"]


def test_each_further_shape_is_a_clip(estimate: Callable[..., Any]) -> None:
    assert estimate(script=SCRIPT, more_formats=["1:1", "9:16"], variants=2)["clips"] == 4


def test_a_language_model_is_paid_for_at_the_most(
    running: Running, store: Profile, estimate: Callable[..., Any]
) -> None:
    account = LanguageModel(url="http://127.0.0.1:1/v1", model="m", key="", usd_in=1, usd_out=2)
    running.shelf.secrets.connect_model(store.id, account)
    told = estimate(**LAMP, writer="model", translate_to=["it"])
    assert float(told["writing_usd"]) > 0
    assert float(told["translation_usd"]) > 0
    assert float(told["cost_usd"]) == pytest.approx(float(told["writing_usd"]) + float(told["translation_usd"]))
    assert 10 < told["clip_seconds"] < 30


def test_what_is_not_offered_is_refused(estimate: Callable[..., Any]) -> None:
    assert estimate(script=SCRIPT, format="1:3") == "422 choice_unknown"
    assert estimate(script=SCRIPT, variants=11) == "422 variants_invalid"


def test_a_store_that_made_clips_knows_how_long_they_take(
    running: Running, store: Profile, video: dict[str, Any], tmp_path: Any
) -> None:
    running.clip(store, "Lamp", tmp_path)
    told = running.call("estimate", video=video, profile=store.id, script=SCRIPT)[1][0]
    assert told["measured"]
