"""Licences of voice engines: read and accepted by the owner, store by store."""

from __future__ import annotations

from editai import voices
from editai.errors import InvalidInput
from editai.library import Library
from editai.library.database import now
from editai.models import LicenceAccepted, Profile

STATED_LENGTH = 300


def accept_licence(shelf: Library, profile: Profile, engine: str, stated: str = "") -> Profile:
    """Note that the owner accepted an engine's licence for this store; `stated` is a licence that the owner holds.

    Raises InvalidInput 422 `voice_not_found`, `licence_not_needed`, `licence_invalid`.
    """
    about = voices.engine(engine).info
    if not about.non_commercial:
        raise InvalidInput(
            "licence_not_needed", f"{about.label} may be used by every store.", "There is nothing to accept."
        )
    line = " ".join(stated.split())
    if len(line) > STATED_LENGTH or not line.isprintable():
        raise InvalidInput(
            "licence_invalid",
            f"The licence that you hold is told in one line of up to {STATED_LENGTH} characters.",
            "Write who gave it and when, such as “Agreement with the publisher of 3 May 2026, no. 114”.",
        )
    accepted = LicenceAccepted(engine=engine, accepted_at=now(), stated=line)
    return _keep(shelf, profile, engine, [accepted.model_dump()])


def withdraw_licence(shelf: Library, profile: Profile, engine: str) -> Profile:
    """Forget that it was accepted; its voices do not speak for this store any more."""
    return _keep(shelf, profile, engine, [])


def _keep(shelf: Library, profile: Profile, engine: str, instead: list[dict[str, object]]) -> Profile:
    others = [item.model_dump() for item in profile.kit.licences if item.engine != engine]
    return shelf.store.update_profile(profile.owner_id, profile.id, {"licences": [*others, *instead]})
