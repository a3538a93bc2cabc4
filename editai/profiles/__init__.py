"""What the owner does with a store: its brand kit, logo and fonts, what it has done, taking it along, deleting it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from editai import zones
from editai.errors import InvalidInput
from editai.library import Library
from editai.models import BrandKit, Profile
from editai.profiles import logo
from editai.profiles.about import overview, what_goes
from editai.profiles.account import connect, connect_model, require_outside, test_connection
from editai.profiles.checks import checked, formats, languages, micro_dollars, usd
from editai.profiles.clones import delete_clone
from editai.profiles.exchange import export, import_, read_document
from editai.profiles.fonts import add_font, remove_font
from editai.profiles.licences import accept_licence, withdraw_licence
from editai.profiles.studio import studio, studio_of_new

__all__ = [
    "accept_licence",
    "add_font",
    "connect",
    "connect_model",
    "create",
    "delete",
    "delete_clone",
    "export",
    "formats",
    "import_",
    "languages",
    "micro_dollars",
    "overview",
    "read_document",
    "remove_font",
    "remove_logo",
    "require_outside",
    "set_logo",
    "studio",
    "studio_of_new",
    "test_connection",
    "update",
    "usd",
    "what_goes",
    "withdraw_licence",
]


def create(shelf: Library, owner: str, name: str, wishes: Mapping[str, Any] | None = None) -> Profile:
    """A new store in this machine's time zone, with `wishes` as for `update`.

    Raises like `update`.
    """
    kit = BrandKit(time_zone=zones.here())
    changes = {"time_zone": kit.time_zone, **checked(kit, wishes or {}, studio_of_new(shelf, owner))}
    return shelf.store.create_profile(owner, name, changes)


def update(shelf: Library, owner: str, profile_id: str, wishes: Mapping[str, Any]) -> Profile:
    """The store with some fields changed (see `checks.checked`); every other keeps its value, secrets too.

    Raises InvalidInput 422, its slug naming the field, NotFound 404 `profile_not_found`, Forbidden 403
    `profile_forbidden`, Conflict 409 `profile_name_taken`; then nothing was changed.
    """
    profile = shelf.store.profile(owner, profile_id)
    return shelf.store.update_profile(owner, profile_id, checked(profile.kit, wishes, studio(shelf, profile)))


def delete(shelf: Library, owner: str, profile_id: str, typed: str) -> None:
    """Delete a store with everything in it (see `what_goes`), where `typed` is its name.

    Raises InvalidInput 422 `name_not_confirmed`, NotFound 404 `profile_not_found`, Forbidden 403 `profile_forbidden`,
    Conflict 409 `default_profile_protected`.
    """
    profile = shelf.store.profile(owner, profile_id)
    if unicodedata.normalize("NFC", typed).strip() != profile.name:
        raise InvalidInput(
            "name_not_confirmed",
            "The name that was typed is not the name of this store.",
            f'Type "{profile.name}" to delete the store with everything in it.',
        )
    shelf.delete_profile(owner, profile.id)


def set_logo(shelf: Library, owner: str, profile_id: str, path: Path) -> Profile:
    """The store with the picture in the file `path` as its logo (see `logo.read`).

    Raises InvalidInput 422 `logo_unusable`, OutOfSpace 507 `disk_full`; then the store keeps the logo that it had.
    """
    before = shelf.store.profile(owner, profile_id)
    kept = shelf.media.import_logo(before.id, logo.read(path))
    after = shelf.store.update_profile(owner, before.id, {"logo": kept.model_dump()})
    if before.kit.logo not in (None, kept):
        shelf.media.delete_logo(before.id, before.kit.logo)
    return after


def remove_logo(shelf: Library, owner: str, profile_id: str) -> Profile:
    """The store without a logo."""
    before = shelf.store.profile(owner, profile_id)
    after = shelf.store.update_profile(owner, before.id, {"logo": None})
    if before.kit.logo is not None:
        shelf.media.delete_logo(before.id, before.kit.logo)
    return after
