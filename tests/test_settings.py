"""Settings as they come from the environment."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from editai.errors import InvalidInput
from editai.hearing.transcribers import TRANSCRIBERS
from editai.settings import Settings, read_settings


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


# ── Supabase ─────────────────────────────────────────────────────────────────────────────────────────────────────

URL = "https://abcdefgh.supabase.co"


def a_token(role: str) -> str:
    """A key as Supabase's dashboard shows it, signed by nobody."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({}, {"role": role})]
    return ".".join([*parts, "signature"])


def with_supabase(monkeypatch: pytest.MonkeyPatch, url: str = URL, key: str = a_token("anon")) -> Settings:
    monkeypatch.setenv("EDITAI_SUPABASE_URL", url)
    monkeypatch.setenv("EDITAI_SUPABASE_KEY", key)
    return read_settings()


@pytest.mark.parametrize("key", [a_token("anon"), "sb_publishable_0123456789"])
def test_a_public_key_of_supabase_is_taken(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    settings = with_supabase(monkeypatch, key=key)
    assert settings.supabase_key is not None
    assert settings.supabase_key.get_secret_value() == key


@pytest.mark.parametrize("key", [a_token("service_role"), "sb_secret_0123456789"])
def test_a_key_that_passes_by_row_level_security_is_refused_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    with pytest.raises(InvalidInput, match=r"EDITAI_SUPABASE_KEY: .*row-level security.*anon") as caught:
        with_supabase(monkeypatch, key=key)
    assert not any(key in text for text in (str(caught.value), str(caught.value.__cause__)))


@pytest.mark.parametrize("key", ["hunter2", "a.b.c", a_token("authenticated"), "a.W10.c"])
def test_what_is_no_key_of_supabase_is_refused(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    with pytest.raises(InvalidInput, match="EDITAI_SUPABASE_KEY"):
        with_supabase(monkeypatch, key=key)


@pytest.mark.parametrize("url", [URL, f"{URL}/", f" {URL}/rest/v1/ ", "http://localhost:54321"])
def test_the_address_of_a_project_is_kept_without_what_is_behind_it(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    assert with_supabase(monkeypatch, url).supabase_url in {URL, "http://localhost:54321"}


@pytest.mark.parametrize(
    "url", ["abcdefgh", "http://abcdefgh.supabase.co", "https://u:p@x", "https://x/?a=b", "ftp://x"]
)
def test_what_is_no_address_of_a_project_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    with pytest.raises(InvalidInput, match="EDITAI_SUPABASE_URL"):
        with_supabase(monkeypatch, url)


@pytest.mark.parametrize(("url", "key"), [(URL, ""), ("", a_token("anon"))])
def test_address_and_key_of_supabase_are_set_together(monkeypatch: pytest.MonkeyPatch, url: str, key: str) -> None:
    with pytest.raises(InvalidInput, match="is missing"):
        with_supabase(monkeypatch, url, key)


@pytest.mark.parametrize("url", ["s3://bucket/editai", "s3://bucket/editai/", "memory://x", "sftp://me@host/media"])
def test_files_are_exchanged_at_an_address(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("EDITAI_MEDIA_URL", url)
    assert read_settings().media_url == url.rstrip("/")


def test_or_in_a_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EDITAI_MEDIA_URL", "shared")
    assert read_settings().media_url == str(tmp_path / "shared")


@pytest.mark.parametrize("url", ["sftp://me:hunter2@host/media", "filecache::s3://bucket", "s3://", "S3 ://x y"])
def test_an_address_that_tells_a_password_or_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("EDITAI_MEDIA_URL", url)
    with pytest.raises(InvalidInput, match="EDITAI_MEDIA_URL") as caught:
        read_settings()
    assert "hunter2" not in f"{caught.value}{caught.value.__cause__}"
