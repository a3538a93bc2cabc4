"""Secrets: a store's keys for other services, sealed before they reach a row.

What seals them is `EDITAI_SECRET_KEY`, or a key of this machine in a file beside the database, which only its owner can
read. A row that was copied to another machine, or to another store, does not open.
"""

from __future__ import annotations

import ipaddress
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import SplitResult, urlsplit

from filelock import FileLock
from pydantic import SecretStr, ValidationError

from editai.errors import Conflict, InvalidInput, Unavailable, not_in_demo
from editai.library.store import Store
from editai.models import Connection, LanguageModel

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

SecretName = Literal["postiz", "elevenlabs", "language_model"]
SERVICES: dict[SecretName, str] = {
    "postiz": "Postiz",
    "elevenlabs": "ElevenLabs",
    "language_model": "the language model",
}
HIDDEN = "••••"
KEYLESS, NO_KEY = "-", "no key"
"""In the place of the last four characters of a key where there is none, and how that is shown."""
SHORTEST_SHOWN = 12
"""Of a key shorter than this not even the last four characters are shown."""


class Secrets:
    """The secrets of all stores. None of them is in a log, an error, a job or an export.

    `key` is what seals them; without it a key is kept in `key_file`.
    """

    def __init__(self, store: Store, key: SecretStr | None, key_file: Path, *, keeps: bool = True) -> None:
        """`keeps` is false in a demo: then there is no secret, and none is kept (Forbidden 403 `not_in_demo`)."""
        self._store = store
        self._key = key
        self._key_file = key_file
        self._keeps = keeps

    def keep(self, profile_id: str, name: Literal["elevenlabs"], value: str) -> None:
        """Keep a voice service's key in the place of an earlier one.

        Raises InvalidInput 422 `secret_invalid`, NotFound 404 `profile_not_found`, Unavailable 503
        `key_file_unusable`.
        """
        value = _clean(value, name)
        self._seal(profile_id, name, value, value)

    def reveal(self, profile_id: str, name: SecretName) -> str | None:
        """The secret for whoever uses it, or None where there is none; never for the page.

        Raises Conflict 409 `secret_locked` where it was sealed with another key, Unavailable 503 `key_file_unusable`.
        """
        sealed = self._store.sealed_secret(profile_id, name)
        if sealed is None:
            return None
        value = self._opened(profile_id, name, sealed)
        if value is None:
            raise _locked(name)
        return value

    def opens(self, profile_id: str, name: str, sealed: bytes) -> bool:
        """Whether this machine can open a secret that was sealed for this profile. Raises like `reveal`."""
        return self._opened(profile_id, name, sealed) is not None

    def _opened(self, profile_id: str, name: str, sealed: bytes) -> str | None:
        from cryptography.fernet import InvalidToken

        fernet = _fernet(self._key.get_secret_value().encode() if self._key else _read(self._key_file))
        if fernet is not None:
            with suppress(InvalidToken):
                whose, what, value = json.loads(fernet.decrypt(sealed))
                if (whose, what) == (profile_id, name):
                    return str(value)
        return None

    def shown(self, profile_id: str) -> Mapping[str, str]:
        """Each secret of this profile as it may be shown ("••••abcd", or "no key"), by its name."""
        kept = self._store.secrets(profile_id)
        return {name: NO_KEY if last_four == KEYLESS else HIDDEN + last_four for name, last_four in kept.items()}

    def forget(self, profile_id: str, name: SecretName) -> None:
        """Delete a secret; one that is not there is no error."""
        self._store.forget_secret(profile_id, name)

    def connect(self, profile_id: str, connection: Connection) -> None:
        """Keep the store's Postiz account: address and key together, so that a key never goes to another address.

        Raises like `keep`.
        """
        kept = Connection(url=connection.url.strip(), key=_clean(connection.key, "postiz"))
        self._seal(profile_id, "postiz", kept.model_dump_json(), kept.key)

    def connection(self, profile_id: str) -> Connection:
        """The store's own Postiz account. Raises Conflict 409 `postiz_not_connected`, and like `reveal`; in a demo
        Forbidden 403 `not_in_demo`."""
        if not self._keeps:
            raise not_in_demo("publishes nothing")
        value = self.reveal(profile_id, "postiz")
        if value is None:
            raise Conflict(
                "postiz_not_connected",
                "This store is not connected to Postiz.",
                "Enter the address and the key of its Postiz account in the store's settings.",
            )
        try:
            return Connection.model_validate_json(value)
        except ValidationError:
            raise _locked("postiz") from None  # the error would tell the value

    def disconnect(self, profile_id: str) -> None:
        """Forget the store's Postiz account; where there is none, that is no error."""
        self.forget(profile_id, "postiz")

    def connect_model(self, profile_id: str, account: LanguageModel) -> None:
        """Keep the store's language model: address, model and key together, so that a key never goes to another
        address. One without a key is kept too.

        Raises InvalidInput 422 `model_address_invalid`, and like `keep`.
        """
        url, model = model_address(account.url), account.model.strip()
        key = _clean(account.key, "language_model") if account.key.strip() else ""
        kept = account.model_copy(update={"url": url, "model": model, "key": key})
        self._seal(profile_id, "language_model", kept.model_dump_json(), kept.key)

    def language_model(self, profile_id: str) -> LanguageModel | None:
        """The store's own language model, or None where it has none. Raises like `reveal`."""
        value = self.reveal(profile_id, "language_model")
        if value is None:
            return None
        try:
            return LanguageModel.model_validate_json(value)
        except ValidationError:
            raise _locked("language_model") from None  # the error would tell the value

    def sealed_by(self) -> str:
        """What seals the secrets here, as a sentence. Raises Unavailable 503 `key_file_unusable`."""
        if self._key is not None:
            return "Sealed with EDITAI_SECRET_KEY."
        found = _read(self._key_file)
        if found is None:
            return f"None was entered yet; the first makes {self._key_file}."
        if _fernet(found) is None:
            raise _unusable(self._key_file, "holds no key", "Put the right file back, or enter the stores' keys again.")
        return f"Sealed with {self._key_file}, which can be read; it belongs into a backup, apart from the database."

    def _seal(self, profile_id: str, name: SecretName, value: str, key: str) -> None:
        if not self._keeps:
            raise not_in_demo("keeps no keys")
        text = json.dumps([profile_id, name, value])
        fernet = _fernet(self._key.get_secret_value().encode()) if self._key else _fernet_of(self._key_file)
        if fernet is None:
            raise ValueError("EDITAI_SECRET_KEY is no key")  # the settings have checked it
        last_four = key[-4:] if len(key) >= SHORTEST_SHOWN else "" if key else KEYLESS
        self._store.keep_secret(profile_id, name, fernet.encrypt(text.encode()), last_four)


def _clean(key: str, name: SecretName) -> str:
    """A key as it is sent in a header. Raises InvalidInput 422 `secret_invalid`, which does not tell it."""
    key = key.strip()
    if not (key and key.isascii() and key.isprintable() and " " not in key):
        raise InvalidInput(
            "secret_invalid",
            f"This is no key for {SERVICES[name]}." if key else f"The key for {SERVICES[name]} is missing.",
            "Copy the key there and paste it here, without anything around it.",
        )
    return key


def model_address(url: str) -> str:
    """The base address of an OpenAI-compatible endpoint, without a slash at its end; a bare server has it at /v1.

    Only inside a house is it spoken to without encryption. Raises InvalidInput 422 `model_address_invalid`, which
    does not repeat what was typed: it may hold a password.
    """
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise _no_endpoint("This is not an address.") from None
    if parts.scheme not in ("http", "https") or not host or any(letter.isspace() for letter in url.strip()):
        raise _no_endpoint("The address of a language model begins with https:// (or http:// inside your own network).")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise _no_endpoint("The address has a password, a key or something else in it that does not belong there.")
    if parts.scheme == "http" and not in_the_house(host):
        raise _no_endpoint("Over http:// the key could be read on its way; outside your own network use https://.")
    path = parts.path.rstrip("/").removesuffix("/chat/completions") or "/v1"
    return SplitResult(parts.scheme, parts.netloc, path, "", "").geturl()


def in_the_house(host: str) -> bool:
    """Whether this is a computer of one's own: by its address, or by a name that only a network at home has."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".lan", ".internal", ".home.arpa"))
    return address.is_loopback or address.is_private


def _no_endpoint(message: str) -> InvalidInput:
    return InvalidInput(
        "model_address_invalid",
        message,
        "It looks like https://api.openai.com/v1, or http://127.0.0.1:11434/v1 for Ollama on this computer.",
    )


def _fernet(key: bytes | None) -> Fernet | None:
    from cryptography.fernet import Fernet  # takes 0.1 s to import

    with suppress(ValueError):
        return None if key is None else Fernet(key)
    return None


def _fernet_of(key_file: Path) -> Fernet:
    """What this machine seals with; its key is made at the first use, once, whoever else comes at the same time."""
    from cryptography.fernet import Fernet

    if (there := _fernet(_read(key_file))) is not None:
        return there
    try:
        key_file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(key_file.with_name(f"{key_file.name}.lock")):
            if (there := _fernet(_read(key_file))) is not None:
                return there
            with suppress(FileNotFoundError):  # what cannot open anything is put aside, its owner may know better
                key_file.replace(key_file.with_name(f"{key_file.name}.damaged"))
            key = Fernet.generate_key()
            making = key_file.with_name(f"{key_file.name}.making")
            making.unlink(missing_ok=True)
            with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
                stream.write(key)
                stream.flush()
                os.fsync(stream.fileno())
            making.replace(key_file)
    except OSError as error:
        hint = "Make its folder writable for you, and free some space if the disk is full."
        raise _unusable(key_file, f"cannot be written ({error.strerror})", hint) from error
    return Fernet(key)


def _read(key_file: Path) -> bytes | None:
    """The key of this machine; who else could read the file cannot any more."""
    try:
        if os.name == "posix" and key_file.stat().st_mode & 0o077:
            key_file.chmod(0o600)
        return key_file.read_bytes().strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unusable(key_file, f"cannot be read by you alone ({error.strerror})") from error


def _unusable(key_file: Path, what: str, hint: str = "Make it a file of your own that you can read.") -> Unavailable:
    return Unavailable("key_file_unusable", f"The file {key_file}, which seals the stores' keys, {what}.", hint)


def _locked(name: SecretName) -> Conflict:
    return Conflict(
        "secret_locked",
        f"The key for {SERVICES[name]} was sealed on another machine or with another EDITAI_SECRET_KEY, "
        "and cannot be opened here.",
        f"Enter the key for {SERVICES[name]} again in the store's settings.",
    )
