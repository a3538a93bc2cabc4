"""The line beside the button: how many clips, for how much, in what time; and the prices beside the choices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from editai import profiles, voices
from editai.library import LOCAL_OWNER
from editai.models import LanguageModel, Profile
from editai.ui import offered
from tests.ui.conftest import Running

SCRIPT = "Meet the Aurora desk lamp. It folds flat and charges your phone. Yours for $49.99."
ACCOUNT = LanguageModel(url="http://127.0.0.1:1/v1", model="writer-1", key="", usd_in=1, usd_out=2)


@pytest.fixture
def store(new_store: Callable[[], Profile]) -> Profile:
    return new_store()


@pytest.fixture
def paid(running: Running, store: Profile) -> str:
    """A voice that costs money."""
    offered_here = voices.catalogue(profiles.studio(running.shelf, store))
    return next(str(voice) for voice in offered_here if voice.engine == "elevenlabs")


@pytest.fixture
def total(running: Running, store: Profile) -> Callable[..., str]:
    """The line for these choices, all others as a new store has them."""

    def ask(**chosen: Any) -> str:
        data = {
            "product": "", "title": "", "price": "", "url": "", "points": "", "lowest": "", "proofs": "", "script": "",
            "voice": "kokoro:af_heart", "seconds": 0, "writer": "template", "formats": ["9:16"], "variants": 1,
            "end_card": True, "translate_to": [], "burned_language": "",
        }  # fmt: skip
        answer = running.click("total", [store.id, *(data | chosen).values()])
        return str(answer["output"]["data"][0])

    return ask


def test_a_clip_with_a_free_voice_is_free_and_its_length_and_time_are_told(total: Callable[..., str]) -> None:
    assert "<b>1 clip of about 8 seconds</b> · free · about 1 minute to make" in total(script=SCRIPT)


def test_every_variant_in_every_shape_is_a_clip_and_takes_its_time(total: Callable[..., str]) -> None:
    told = total(script=SCRIPT, variants=2, formats=["9:16", "1:1"])
    assert "4 clips of about" in told
    assert "about 1 minute to make" not in told


def test_a_paid_voice_costs_by_what_it_says(total: Callable[..., str], paid: str) -> None:
    assert "· about $0.0" in total(script=SCRIPT, voice=paid)


def test_while_nothing_is_typed_a_paid_voice_has_its_usual_price(total: Callable[..., str], paid: str) -> None:
    told = total(voice=paid)
    assert "a clip ·" in told
    assert "free" not in told


def test_a_language_model_is_told_at_the_most(running: Running, store: Profile, total: Callable[..., str]) -> None:
    running.shelf.secrets.connect_model(store.id, ACCOUNT)
    assert "at most $0." in total(title="Lamp", writer="model")
    assert "at most $0." in total(script=SCRIPT, translate_to=["it"])


def test_a_budget_that_is_too_small_is_told_with_what_is_left(
    running: Running, store: Profile, total: Callable[..., str], paid: str
) -> None:
    running.shelf.store.update_profile(LOCAL_OWNER, store.id, {"monthly_budget": 1000})
    told = total(script=SCRIPT, voice=paid)
    assert "$0.001 of this month's budget left" in told
    assert "This would cost about" in told


def test_what_is_wrong_with_the_choices_is_told_in_its_place(total: Callable[..., str]) -> None:
    assert "wrong" in total(script=SCRIPT, formats=["1:3"])


def test_it_follows_the_choices_without_a_turn_in_the_queue(running: Running) -> None:
    names = ("total", "total_1")
    lines = [event for event in running.config["dependencies"] if event["api_name"] in names]
    assert len(lines) == 2
    assert not any(event["queue"] for event in lines)


def test_the_form_of_a_store_comes_with_its_line(running: Running, store: Profile) -> None:
    answer = running.click("switched", [store.id])["output"]["data"]
    assert sum("1 clip</b> · free" in str(item) for item in answer) == 1


@pytest.mark.parametrize(
    ("account", "label"),
    [
        (None, "The language model of this store (none yet)"),
        (ACCOUNT, "writer-1 (at most $0."),
        (ACCOUNT.model_copy(update={"usd_in": 0, "usd_out": 0}), "writer-1 (free)"),
    ],
    ids=["none", "paid", "free"],
)
def test_a_writer_has_its_price_beside_it(store: Profile, account: LanguageModel | None, label: str) -> None:
    (template, _), (model, _) = offered.writers(store.kit, account)
    assert template.endswith("(free)")
    assert model.startswith(label)
