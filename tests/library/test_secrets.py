"""Secrets: sealed for one store with one key, shown as four characters, told to nobody."""

from __future__ import annotations

import base64
import logging
import os
import stat
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from pydantic import SecretStr

from editai import library
from editai.errors import EditaiError
from editai.library import LOCAL_OWNER, Library
from editai.models import Brief, Connection, File, LanguageModel, Profile
from editai.settings import Settings

KEY = "sk_0123456789abcdef"
ACCOUNT = Connection(url="https://api.postiz.example", key="postiz-key-0123456789")
WRITER = LanguageModel(url="https://api.openai.com/v1", model="gpt", key="sk-writer-0123456789", sees=True, usd_in=0.4)
ALONE = 0o600 if os.name == "posix" else 0o666  # elsewhere the folder says who may read


def a_secret_key(number: int) -> SecretStr:
    return SecretStr(base64.urlsafe_b64encode(bytes([number]) * 32).decode())


def with_secret_key(settings: Settings, number: int) -> Settings:
    return settings.model_copy(update={"secret_key": a_secret_key(number)})


# ── kept and used ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_secret_is_revealed_to_who_uses_it_and_shown_by_its_end(shelf: Library, profile: Profile) -> None:
    shelf.secrets.keep(profile.id, "elevenlabs", f" {KEY}\n")
    assert shelf.secrets.reveal(profile.id, "elevenlabs") == KEY
    assert shelf.secrets.shown(profile.id) == {"elevenlabs": "••••cdef"}


@pytest.mark.parametrize(("key", "shown"), [("12345678901", "••••"), ("123456789012", "••••9012")])
def test_nothing_is_shown_of_a_short_key(shelf: Library, profile: Profile, key: str, shown: str) -> None:
    shelf.secrets.keep(profile.id, "elevenlabs", key)
    shelf.secrets.connect(profile.id, Connection(url=ACCOUNT.url, key=key))
    assert shelf.secrets.shown(profile.id) == {"elevenlabs": shown, "postiz": shown}


def test_a_secret_that_was_never_entered_is_none_and_makes_no_key_file(
    shelf: Library, profile: Profile, settings: Settings
) -> None:
    assert shelf.secrets.reveal(profile.id, "elevenlabs") is None
    assert shelf.secrets.shown(profile.id) == {}
    assert not settings.key_file.exists()


def test_an_account_is_kept_with_its_address_and_forgotten_with_it(shelf: Library, profile: Profile) -> None:
    shelf.secrets.connect(profile.id, ACCOUNT)
    assert shelf.secrets.connection(profile.id) == ACCOUNT
    assert shelf.secrets.shown(profile.id) == {"postiz": "••••6789"}
    shelf.secrets.disconnect(profile.id)
    assert shelf.secrets.shown(profile.id) == {}


def test_a_store_that_is_not_connected_says_so(shelf: Library, profile: Profile) -> None:
    with pytest.raises(EditaiError) as caught:
        shelf.secrets.connection(profile.id)
    assert caught.value.title == "409 postiz_not_connected"


def test_another_stores_account_is_never_used(shelf: Library, profile: Profile) -> None:
    other = shelf.store.create_profile(LOCAL_OWNER, "Other")
    shelf.secrets.connect(other.id, ACCOUNT)
    with pytest.raises(EditaiError) as caught:
        shelf.secrets.connection(profile.id)
    assert caught.value.title == "409 postiz_not_connected"


def test_a_row_that_was_copied_to_another_store_does_not_open(shelf: Library, profile: Profile) -> None:
    other = shelf.store.create_profile(LOCAL_OWNER, "Other")
    shelf.secrets.connect(other.id, ACCOUNT)
    sealed = shelf.store.sealed_secret(other.id, "postiz")
    assert sealed is not None
    shelf.store.keep_secret(profile.id, "postiz", sealed, "6789")
    with pytest.raises(EditaiError) as caught:
        shelf.secrets.connection(profile.id)
    assert caught.value.title == "409 secret_locked"


@pytest.mark.parametrize(
    "value", ["", " \n", "two words", "line\nbreak-9", "ключ-ключ-ключ", "nul\0nul-9", "\ud800-surrogate"]
)
def test_what_is_no_key_is_refused_and_not_told(shelf: Library, profile: Profile, value: str) -> None:
    shelf.secrets.keep(profile.id, "elevenlabs", KEY)
    for keep in (
        partial(shelf.secrets.keep, profile.id, "elevenlabs", value),
        partial(shelf.secrets.connect, profile.id, Connection(url=ACCOUNT.url, key=value)),
        *(
            [partial(shelf.secrets.connect_model, profile.id, WRITER.model_copy(update={"key": value}))]
            if value.strip()
            else []
        ),
    ):
        with pytest.raises(EditaiError) as caught:
            keep()
        assert caught.value.title == "422 secret_invalid"
        assert not value.strip() or value.strip() not in str(caught.value)
    assert shelf.secrets.shown(profile.id) == {"elevenlabs": "••••cdef"}


# ── the language model ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_language_model_is_kept_with_its_address_and_forgotten_with_it(shelf: Library, profile: Profile) -> None:
    shelf.secrets.connect_model(profile.id, WRITER)
    assert shelf.secrets.language_model(profile.id) == WRITER
    assert shelf.secrets.shown(profile.id) == {"language_model": "••••6789"}
    shelf.secrets.forget(profile.id, "language_model")
    assert shelf.secrets.language_model(profile.id) is None


def test_a_language_model_without_a_key_is_kept_and_shown_so(shelf: Library, profile: Profile) -> None:
    ollama = LanguageModel(url="http://127.0.0.1:11434/v1", model="llama3.2")
    shelf.secrets.connect_model(profile.id, ollama)
    assert shelf.secrets.language_model(profile.id) == ollama
    assert shelf.secrets.shown(profile.id) == {"language_model": "no key"}


def test_another_stores_language_model_is_never_used(shelf: Library, profile: Profile) -> None:
    other = shelf.store.create_profile(LOCAL_OWNER, "Other")
    shelf.secrets.connect_model(other.id, WRITER)
    assert shelf.secrets.language_model(profile.id) is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" https://api.openai.com/v1/ ", "https://api.openai.com/v1"),
        ("https://api.openai.com/v1/chat/completions", "https://api.openai.com/v1"),
        ("https://api.openai.com", "https://api.openai.com/v1"),
        ("https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1"),
        ("https://models.example/v1beta/openai/", "https://models.example/v1beta/openai"),
        ("http://localhost:11434", "http://localhost:11434/v1"),
        ("http://192.168.1.20:11434/v1", "http://192.168.1.20:11434/v1"),
        ("http://[::1]:11434/v1", "http://[::1]:11434/v1"),
        ("http://ollama:11434/v1", "http://ollama:11434/v1"),
        ("http://studio.local/v1", "http://studio.local/v1"),
    ],
)
def test_the_address_of_a_language_model_is_kept_as_the_base_of_its_api(
    shelf: Library, profile: Profile, typed: str, kept: str
) -> None:
    shelf.secrets.connect_model(profile.id, LanguageModel(url=typed, model="m"))
    account = shelf.secrets.language_model(profile.id)
    assert account is not None
    assert account.url == kept


@pytest.mark.parametrize(
    "url",
    [
        "", "api.openai.com/v1", "ftp://models.example", "https://", "http://models.example/v1", "http://8.8.8.8/v1",
        "https://[::1", "https://models.example:99999/v1", "https://models.example/a b", "file:///etc/passwd",
        "https://owner:sk-hidden@models.example/v1", "https://models.example/v1?key=sk-hidden",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_language_model_is_refused_and_not_told(
    shelf: Library, profile: Profile, url: str
) -> None:
    with pytest.raises(EditaiError) as caught:
        shelf.secrets.connect_model(profile.id, LanguageModel(url=url, model="m"))
    assert caught.value.title == "422 model_address_invalid"
    assert "sk-hidden" not in f"{caught.value!r}{caught.value}"
    assert shelf.secrets.shown(profile.id) == {}


# ── the key that seals ───────────────────────────────────────────────────────────────────────────────────────────


def test_with_a_key_in_the_environment_no_file_is_made(settings: Settings) -> None:
    with library.open(with_secret_key(settings, 1)) as shelf:
        profile = shelf.store.default_profile(LOCAL_OWNER)
        shelf.secrets.keep(profile.id, "elevenlabs", KEY)
        assert shelf.secrets.reveal(profile.id, "elevenlabs") == KEY
    assert not settings.key_file.exists()


def locked_with_another_environment(settings: Settings) -> Settings:
    return with_secret_key(settings, 2)


def locked_by_another_file(settings: Settings) -> Settings:
    settings.key_file.write_text(a_secret_key(3).get_secret_value())
    return settings


def locked_by_a_missing_file(settings: Settings) -> Settings:
    settings.key_file.unlink()
    return settings


def locked_by_a_damaged_file(settings: Settings) -> Settings:
    settings.key_file.write_bytes(b"\0" * 44)
    return settings


@pytest.mark.parametrize(
    "lock",
    [locked_with_another_environment, locked_by_another_file, locked_by_a_missing_file, locked_by_a_damaged_file],
)
def test_a_secret_that_does_not_open_here_is_said_and_entered_again(
    settings: Settings, lock: Callable[[Settings], Settings]
) -> None:
    with library.open(settings) as shelf:
        profile = shelf.store.default_profile(LOCAL_OWNER)
        shelf.secrets.connect(profile.id, ACCOUNT)
    with library.open(lock(settings)) as shelf:
        for use in (lambda: shelf.secrets.reveal(profile.id, "postiz"), lambda: shelf.secrets.connection(profile.id)):
            with pytest.raises(EditaiError) as caught:
                use()
            assert caught.value.title == "409 secret_locked"
            assert "again" in caught.value.hint
        assert shelf.secrets.shown(profile.id) == {"postiz": "••••6789"}
        shelf.secrets.connect(profile.id, ACCOUNT)
        assert shelf.secrets.connection(profile.id) == ACCOUNT


def test_a_key_file_that_holds_no_key_is_put_aside_not_lost(
    shelf: Library, profile: Profile, settings: Settings
) -> None:
    settings.key_file.write_text("my key, with a slip of the pen")
    shelf.secrets.keep(profile.id, "elevenlabs", KEY)
    assert (settings.home / "secret.key.damaged").read_text() == "my key, with a slip of the pen"


def test_a_key_file_that_ends_with_a_line_break_is_the_same_key(
    shelf: Library, profile: Profile, settings: Settings
) -> None:
    shelf.secrets.keep(profile.id, "elevenlabs", KEY)
    settings.key_file.write_bytes(settings.key_file.read_bytes() + b"\r\n")
    assert shelf.secrets.reveal(profile.id, "elevenlabs") == KEY


def test_the_key_file_is_its_owners_alone_and_is_made_so_again(
    shelf: Library, profile: Profile, settings: Settings
) -> None:
    shelf.secrets.keep(profile.id, "elevenlabs", KEY)
    assert stat.S_IMODE(settings.key_file.stat().st_mode) == ALONE
    settings.key_file.chmod(0o644)
    assert shelf.secrets.reveal(profile.id, "elevenlabs") == KEY
    assert stat.S_IMODE(settings.key_file.stat().st_mode) == ALONE


def test_a_key_file_that_cannot_be_read_is_said(shelf: Library, profile: Profile, settings: Settings) -> None:
    shelf.secrets.keep(profile.id, "elevenlabs", KEY)
    settings.key_file.unlink()
    settings.key_file.mkdir()
    with pytest.raises(EditaiError) as revealed:
        shelf.secrets.reveal(profile.id, "elevenlabs")
    with pytest.raises(EditaiError) as kept:
        shelf.secrets.keep(profile.id, "elevenlabs", KEY)
    assert revealed.value.title == kept.value.title == "503 key_file_unusable"
    assert str(settings.key_file) in revealed.value.message


def _first_secret(settings: Settings, name: str) -> str:
    with library.open(settings) as opened:
        profile = opened.store.create_profile(LOCAL_OWNER, name)
        opened.secrets.keep(profile.id, "elevenlabs", KEY)
        return profile.id


def test_many_first_secrets_at_once_end_with_one_key(
    shelf: Library, settings: Settings, processes: ProcessPoolExecutor
) -> None:
    ids = list(processes.map(_first_secret, [settings] * 8, map(str, range(8))))
    assert [shelf.secrets.reveal(profile_id, "elevenlabs") for profile_id in ids] == [KEY] * 8
    assert sorted(path.name for path in settings.home.glob("secret*")) == ["secret.key", "secret.key.lock"]


# ── told to nobody ───────────────────────────────────────────────────────────────────────────────────────────────


def below(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_no_secret_is_on_the_disk_as_it_was_typed(shelf: Library, profile: Profile, settings: Settings) -> None:
    shelf.secrets.connect(profile.id, ACCOUNT)
    shelf.secrets.keep(profile.id, "elevenlabs", KEY)
    shelf.secrets.connect_model(profile.id, WRITER)
    brief = Brief(sources=(File(name="x", sha256="ab" * 32, bytes=1),))
    shelf.journal.insert(shelf.store.profile(LOCAL_OWNER, profile.id), brief)
    written = below(settings.home)
    assert b"elevenlabs" in written
    assert not any(secret.encode() in written for secret in (KEY, ACCOUNT.key, WRITER.key))


def test_no_secret_is_in_a_text_about_it(
    shelf: Library, profile: Profile, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        shelf.secrets.connect(profile.id, ACCOUNT)
        told = [repr(shelf), repr(shelf.secrets), repr(shelf.secrets.connection(profile.id)), repr(ACCOUNT)]
        shelf.secrets.connect_model(profile.id, WRITER)
        told += [repr(shelf.secrets.language_model(profile.id)), repr(WRITER)]
        told += [str(shelf.secrets.shown(profile.id)), repr(shelf.store.profile(LOCAL_OWNER, profile.id))]
        settings.key_file.unlink()
        with pytest.raises(EditaiError) as caught:
            shelf.secrets.connection(profile.id)
        told += [str(caught.value), repr(caught.value.as_dict()), caplog.text]
    assert not any(key in text for text in told for key in (ACCOUNT.key, WRITER.key))
