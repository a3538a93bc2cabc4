"""Settings as they come from the environment."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from editai.errors import InvalidInput
from editai.hearing.transcribers import TRANSCRIBERS
from editai.settings import read_settings


def test_a_folder_is_meant_from_where_the_app_was_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EDITAI_HOME", "data")
    assert read_settings().home == tmp_path / "data"


def test_a_folder_may_be_below_the_owners_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITAI_HOME", "~/data")
    assert read_settings().home == Path.home() / "data"


def test_an_empty_variable_is_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EDITAI_HOME", raising=False)
    default = read_settings().home
    for name in ("HOME", "PORT", "MODELS_DIR"):
        monkeypatch.setenv(f"EDITAI_{name}", "")
    settings = read_settings()
    assert (settings.home, settings.port, settings.models_dir) == (default, 7860, None)


@pytest.mark.parametrize(("name", "value"), [("PORT", "70000"), ("PORT", "x"), ("WORKERS", "0"), ("OFFLINE", "maybe")])
def test_a_setting_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"EDITAI_{name}", value)
    with pytest.raises(InvalidInput, match=f"EDITAI_{name}") as caught:
        read_settings()
    assert caught.value.title == "422 settings_invalid"


def test_a_transcriber_that_does_not_exist_is_answered_with_those_that_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITAI_TRANSCRIBER", "huge")
    with pytest.raises(InvalidInput, match="EDITAI_TRANSCRIBER") as caught:
        read_settings()
    assert caught.value.title == "422 settings_invalid"
    assert all(f"'{name}'" in caught.value.message for name in TRANSCRIBERS)


@pytest.mark.parametrize("value", ["hunter2-hunter2", "é" * 44, "A" * 43, base64.urlsafe_b64encode(bytes(31)).decode()])
def test_a_secret_key_that_seals_nothing_is_refused_in_one_line_that_does_not_tell_it(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("EDITAI_SECRET_KEY", value)
    with pytest.raises(InvalidInput, match="EDITAI_SECRET_KEY") as caught:
        read_settings()
    assert caught.value.title == "422 settings_invalid"
    told = [str(caught.value), *map(str, (caught.value.__cause__, caught.value.__context__))]
    assert "\n" not in told[0]
    assert not any(value in text for text in told)


def test_a_secret_key_is_hidden_wherever_the_settings_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    key = base64.urlsafe_b64encode(bytes(range(32))).decode()
    monkeypatch.setenv("EDITAI_SECRET_KEY", key)
    settings = read_settings()
    assert not any(key in text for text in (repr(settings), str(settings), settings.model_dump_json()))
