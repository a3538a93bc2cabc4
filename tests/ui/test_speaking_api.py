"""Voices for scripts: who there is, what they cost, hearing one, a voice of the store's own, licences."""

from __future__ import annotations

import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from editai.library import LOCAL_OWNER
from editai.models import Profile
from tests.ui.conftest import Running
from tests.ui.strangers import recording


@pytest.fixture
def store(new_store: Callable[[], Profile]) -> Profile:
    return new_store()


@pytest.fixture
def client(running: Running, store: Profile) -> Client:
    return running.client(store.id)


def title_of(client: Client, endpoint: str, *arguments: Any, **named: Any) -> str:
    with pytest.raises(AppError) as caught:
        client.predict(*arguments, **named, api_name=endpoint)
    return str(caught.value.title)


def test_every_engine_is_there_with_its_licence_and_its_price(client: Client) -> None:
    engines = {engine["name"]: engine for engine in client.predict(api_name="/engines")}
    assert engines.keys() >= {"kokoro", "espeak", "piper", "coqui", "xtts", "elevenlabs", "edge"}
    assert all(engine["licence"] and engine["licence_note"] for engine in engines.values())
    assert engines["kokoro"]["price_per_1000_chars"] is None
    assert engines["elevenlabs"]["price_per_1000_chars"] > 0
    assert engines["xtts"]["non_commercial"]


def test_what_is_missing_says_how_to_install_it(client: Client) -> None:
    missing = {engine["name"]: engine["missing"] for engine in client.predict(api_name="/engines")}
    assert missing["kokoro"] == missing["espeak"] == ""
    assert "pip install" in missing["xtts"]
    assert "key" in missing["elevenlabs"]


def test_voices_of_every_engine_that_has_some_can_be_chosen(client: Client) -> None:
    offered = client.predict(api_name="/voices")
    assert {voice["engine"] for voice in offered} >= {"kokoro", "espeak", "elevenlabs", "edge", "xtts"}
    assert all(voice["licence"] and "price_per_1000_chars" in voice for voice in offered)


@pytest.mark.slow
def test_a_sentence_is_heard_with_a_time_for_each_word(client: Client) -> None:
    *_, last = client.submit("It folds flat.", voice="espeak:en-us", api_name="/preview_voice")
    with wave.open(last["audio"] if isinstance(last["audio"], str) else last["audio"]["path"]) as sound:
        assert sound.getnframes() > 0.3 * sound.getframerate()
    assert len(last["words"]) == 3
    assert all(start < end for start, end in last["words"])


def test_a_voice_that_does_not_exist_is_422(client: Client) -> None:
    assert title_of(client, "/preview_voice", "Hello.", voice="kokoro:nobody") == "422 voice_not_found"


def test_a_paid_voice_without_a_key_is_503_and_costs_nothing(client: Client) -> None:
    voice = next(voice["id"] for voice in client.predict(api_name="/voices") if voice["engine"] == "elevenlabs")
    assert title_of(client, "/preview_voice", "Hello.", voice=voice) == "503 voice_unavailable"
    assert client.predict(api_name="/costs")["spent_usd"] == "0.00"


# ── a voice of the store's own ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def clone(client: Client, tmp_path: Path) -> dict[str, Any]:
    sample = handle_file(str(recording(tmp_path)))
    made: dict[str, Any] = client.predict(sample, "Mia", "en", "Mia Berg", "Mia Berg", api_name="/clone_voice")
    return made


def test_a_cloned_voice_is_one_of_the_stores_voices(client: Client, clone: dict[str, Any]) -> None:
    assert f"xtts:{clone['id']}" in {voice["id"] for voice in client.predict(api_name="/voices") if voice["cloned"]}
    [kept] = client.predict(api_name="/cloned_voices")
    assert (kept["name"], kept["consent"]["whose"]) == ("Mia", "Mia Berg")


def test_a_cloned_voice_can_be_renamed_and_deleted(
    running: Running, store: Profile, client: Client, clone: dict[str, Any]
) -> None:
    assert client.predict(clone["id"], "Mia Two", api_name="/rename_voice")["name"] == "Mia Two"
    client.predict(clone["id"], confirm=True, api_name="/delete_voice")
    assert client.predict(api_name="/cloned_voices") == []
    assert list(running.shelf.media.voices(store.id).glob("*/*.wav")) == []


def test_the_recording_that_was_uploaded_lies_nowhere_else(running: Running, client: Client, tmp_path: Path) -> None:
    before = set(running.settings.uploads.rglob("*.wav"))
    client.predict(handle_file(str(recording(tmp_path))), "Mia", "en", "Mia", "Mia", api_name="/clone_voice")
    assert set(running.settings.uploads.rglob("*.wav")) == before


def test_without_consent_nothing_is_kept(client: Client, tmp_path: Path) -> None:
    sample = handle_file(str(recording(tmp_path)))
    assert title_of(client, "/clone_voice", sample, "Mia", "en", "", "") == "422 consent_missing"
    assert client.predict(api_name="/cloned_voices") == []


def test_a_recording_that_is_too_short_says_so(client: Client, tmp_path: Path) -> None:
    with wave.open(str(recording(tmp_path))) as whole, wave.open(str(tmp_path / "short.wav"), "wb") as short:
        short.setparams(whole.getparams())
        short.writeframes(whole.readframes(2 * whole.getframerate()))
    sample = handle_file(str(tmp_path / "short.wav"))
    assert title_of(client, "/clone_voice", sample, "Mia", "en", "Mia", "Mia") == "422 sample_unusable"


# ── licences ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_licence_is_accepted_and_taken_back_store_by_store(running: Running, store: Profile, client: Client) -> None:
    [accepted] = client.predict("xtts", "Agreement no. 114", api_name="/accept_licence")
    assert (accepted["engine"], accepted["stated"]) == ("xtts", "Agreement no. 114")
    assert running.shelf.store.default_profile(LOCAL_OWNER).kit.licences == ()
    assert client.predict("xtts", api_name="/withdraw_licence") == []


def test_an_engine_that_anybody_may_use_needs_no_accepting(client: Client) -> None:
    assert title_of(client, "/accept_licence", "kokoro") == "422 licence_not_needed"


def test_accepted_licences_do_not_travel_with_an_export(client: Client) -> None:
    client.predict("xtts", api_name="/accept_licence")
    assert "licences" not in client.predict(api_name="/export_profile")["kit"]
