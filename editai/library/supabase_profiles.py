"""Profiles and their secrets as rows of the owner's Supabase project."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from editai.errors import EditaiError
from editai.library import store
from editai.library.database import now
from editai.library.supabase_faults import Refused, signed_out
from editai.library.supabase_rows import key, moment
from editai.library.supabase_session import Row, Session
from editai.models import BrandKit, Profile

COLUMNS = "id,user_id,name,description,monthly_budget,kit,is_default,created_at"


class SupabaseProfiles:
    """The part of `store.Store` that is about profiles and secrets."""

    _session: Session

    def welcome(self, owner_id: str, changes: Mapping[str, Any] | None = None) -> None:
        self._session.rpc("editai_welcome", **fields_of(self._new(owner_id, store.FIRST_PROFILE, changes)))

    def profiles(self, owner_id: str) -> Sequence[Profile]:
        self._require(owner_id)
        return tuple(map(profile_of, self._session.select("profiles", COLUMNS, order=["name_key"])))

    def profile(self, owner_id: str, profile_id: str) -> Profile:
        self._require(owner_id)
        found = self._session.select("profiles", COLUMNS, id=key(profile_id))
        if not found:
            raise self._absent(profile_id)
        return profile_of(found[0])

    def find_profile(self, owner_id: str, id_or_name: str) -> Profile:
        self._require(owner_id)
        found = self._session.select("profiles", COLUMNS, id=key(id_or_name)) or self._session.select(
            "profiles", COLUMNS, name_key=key(store.name_key(id_or_name.strip()))
        )
        if not found:
            raise self._absent(id_or_name)
        return profile_of(found[0])

    def default_profile(self, owner_id: str) -> Profile:
        self._require(owner_id)
        found = self._session.select("profiles", COLUMNS, is_default=True)
        if not found:
            raise store.no_default_profile()
        return profile_of(found[0])

    def create_profile(self, owner_id: str, name: str, changes: Mapping[str, Any] | None = None) -> Profile:
        new = self._new(owner_id, name, changes)
        try:
            return profile_of(self._session.insert("profiles", fields_of(new)))
        except Refused as refused:
            if refused.rule == "profiles_pkey":  # it was kept, and the answer was lost on its way
                return self.profile(owner_id, new.id)
            raise self._taken(refused, new.name) from refused

    def update_profile(self, owner_id: str, profile_id: str, changes: Mapping[str, Any]) -> Profile:
        before = self.profile(owner_id, profile_id)
        after = store.changed(before, changes)
        if not changes:
            return before
        fields, kit = fields_of(after), after.kit.model_dump(mode="json")
        own = {name: fields[name] for name in changes if name in fields}
        if "name" in own:
            own["name_key"] = fields["name_key"]
        changed_kit = {name: kit[name] for name in changes if name in kit}
        try:
            found = self._session.rpc("editai_change_store", id=before.id, fields=own, kit=changed_kit)
        except Refused as refused:
            raise self._taken(refused, after.name) from refused
        if not found:
            raise self._absent(profile_id)
        return profile_of(found[0])

    def set_default_profile(self, owner_id: str, profile_id: str) -> Profile:
        self._require(owner_id)
        found = self._session.rpc("editai_set_default", id=key(profile_id))
        if not found:
            raise self._absent(profile_id)
        return profile_of(found[0])

    def delete_profile(self, owner_id: str, profile_id: str) -> None:
        self._require(owner_id)
        if not self._session.delete("profiles", id=key(profile_id)):
            raise self._absent(profile_id)

    # ── secrets ──────────────────────────────────────────────────────────────────────────────────────────────────

    def keep_secret(self, profile_id: str, name: str, sealed: bytes, last_four: str) -> None:
        kept = {"profile_id": key(profile_id), "name": name, "sealed": f"\\x{sealed.hex()}", "last_four": last_four}
        self._session.rpc("editai_keep_secret", **kept)

    def sealed_secret(self, profile_id: str, name: str) -> bytes | None:
        found = self._session.select("editai_secrets", "sealed", profile_id=key(profile_id), name=name)
        return bytes.fromhex(found[0]["sealed"].removeprefix("\\x")) if found else None

    def secrets(self, profile_id: str) -> Mapping[str, str]:
        found = self._session.select("editai_secrets", "name,last_four", order=["name"], profile_id=key(profile_id))
        return {row["name"]: row["last_four"] for row in found}

    def forget_secret(self, profile_id: str, name: str) -> None:
        self._session.delete("editai_secrets", profile_id=key(profile_id), name=name)

    # ── who asks ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _require(self, owner_id: str) -> None:
        """This store answers only whoever signed in. Raises NotSignedIn 401 `signed_out`."""
        if owner_id != self._session.user_id:
            raise signed_out()

    def _absent(self, profile_id: str) -> EditaiError:
        """Why the owner's rows have no such profile."""
        whose = self._session.rpc("editai_whose_store", id=key(profile_id))
        return store.profile_forbidden() if whose == "other" else store.profile_not_found()

    def _new(self, owner_id: str, name: str, changes: Mapping[str, Any] | None) -> Profile:
        self._require(owner_id)
        known = {"id": uuid.uuid4().hex, "owner_id": owner_id, "is_default": False, "created_at": now()}
        return store.changed(Profile(name=store.clean_name(name), **known), changes or {})

    def _taken(self, refused: Refused, name: str) -> EditaiError:
        if refused.rule != "profiles_one_name":
            return refused
        found = self._session.select("profiles", "name", name_key=store.name_key(name))
        return store.profile_name_taken(found[0]["name"] if found else name)


def fields_of(profile: Profile) -> Row:
    """What a client may write of a profile's row; the rest is the database's own."""
    return {
        "id": profile.id,
        "name": profile.name,
        "name_key": store.name_key(profile.name),
        "description": profile.description,
        "monthly_budget": profile.monthly_budget,
        "kit": profile.kit.model_dump(mode="json"),
    }


def profile_of(row: Row) -> Profile:
    """The profile of a row of the project."""
    return Profile(
        id=row["id"],
        owner_id=row["user_id"],
        name=row["name"],
        description=row["description"],
        is_default=row["is_default"],
        created_at=moment(row["created_at"]),
        kit=BrandKit.model_validate(row["kit"]),
        monthly_budget=row["monthly_budget"],
    )
