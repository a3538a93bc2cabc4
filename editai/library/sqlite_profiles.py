"""Profiles and their secrets as rows of the data folder's SQLite file."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from editai.library import store
from editai.library.database import Database, now
from editai.models import Profile

COLUMNS = "id, owner_id, name, is_default, created_at, data"


class SqliteProfiles:
    """The part of `store.Store` that is about profiles and secrets."""

    _database: Database

    def welcome(self, owner_id: str, changes: Mapping[str, Any] | None = None) -> None:
        with self._database.transaction() as rows:
            if not rows.execute("SELECT 1 FROM profiles WHERE owner_id = ?", (owner_id,)).fetchone():
                _change(rows, owner_id, _insert(rows, owner_id, store.FIRST_PROFILE), changes or {})

    def profiles(self, owner_id: str) -> Sequence[Profile]:
        with self._database.read() as rows:
            found = rows.execute(
                f"SELECT {COLUMNS} FROM profiles WHERE owner_id = ? ORDER BY name_key",  # noqa: S608 constants only
                (owner_id,),
            ).fetchall()
        return tuple(profile_of(row) for row in found)

    def profile(self, owner_id: str, profile_id: str) -> Profile:
        with self._database.read() as rows:
            return _own(rows, owner_id, profile_id)

    def find_profile(self, owner_id: str, id_or_name: str) -> Profile:
        with self._database.read() as rows:
            found = rows.execute(
                f"SELECT {COLUMNS} FROM profiles WHERE owner_id = ? AND (id = ? OR name_key = ?) "  # noqa: S608 constants only
                "ORDER BY id = ? DESC LIMIT 1",
                (owner_id, wanted := store.plain(id_or_name), store.name_key(id_or_name.strip()), wanted),
            ).fetchone()
            return profile_of(found) if found else _own(rows, owner_id, id_or_name)

    def default_profile(self, owner_id: str) -> Profile:
        with self._database.read() as rows:
            found = rows.execute(
                f"SELECT {COLUMNS} FROM profiles WHERE owner_id = ? AND is_default = 1",  # noqa: S608 constants only
                (owner_id,),
            ).fetchone()
        if found is None:
            raise store.no_default_profile()
        return profile_of(found)

    def create_profile(self, owner_id: str, name: str, changes: Mapping[str, Any] | None = None) -> Profile:
        with self._database.transaction() as rows:
            return _change(rows, owner_id, _insert(rows, owner_id, name), changes or {})

    def update_profile(self, owner_id: str, profile_id: str, changes: Mapping[str, Any]) -> Profile:
        with self._database.transaction() as rows:
            return _change(rows, owner_id, _own(rows, owner_id, profile_id), changes)

    def set_default_profile(self, owner_id: str, profile_id: str) -> Profile:
        with self._database.transaction() as rows:
            _own(rows, owner_id, profile_id)
            rows.execute("UPDATE profiles SET is_default = 0 WHERE owner_id = ? AND is_default = 1", (owner_id,))
            rows.execute("UPDATE profiles SET is_default = 1 WHERE id = ?", (profile_id,))
            return _own(rows, owner_id, profile_id)

    def delete_profile(self, owner_id: str, profile_id: str) -> None:
        with self._database.transaction() as rows:
            if _own(rows, owner_id, profile_id).is_default:
                raise store.default_profile_protected()
            rows.execute("DELETE FROM profiles WHERE id = ?", (profile_id,))

    # ── secrets ──────────────────────────────────────────────────────────────────────────────────────────────────

    def keep_secret(self, profile_id: str, name: str, sealed: bytes, last_four: str) -> None:
        with self._database.transaction(durable=True) as rows:
            require_profile(rows, profile_id)
            rows.execute(
                "INSERT INTO secrets (profile_id, name, sealed, last_four, updated_at) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (profile_id, name) DO UPDATE SET "
                "sealed = excluded.sealed, last_four = excluded.last_four, updated_at = excluded.updated_at",
                (profile_id, name, sealed, last_four, now()),
            )

    def sealed_secret(self, profile_id: str, name: str) -> bytes | None:
        with self._database.read() as rows:
            found = rows.execute(
                "SELECT sealed FROM secrets WHERE profile_id = ? AND name = ?", (store.plain(profile_id), name)
            ).fetchone()
        return None if found is None else bytes(found["sealed"])

    def secrets(self, profile_id: str) -> Mapping[str, str]:
        with self._database.read() as rows:
            found = rows.execute(
                "SELECT name, last_four FROM secrets WHERE profile_id = ? ORDER BY name", (store.plain(profile_id),)
            ).fetchall()
        return {row["name"]: row["last_four"] for row in found}

    def forget_secret(self, profile_id: str, name: str) -> None:
        with self._database.transaction(durable=True) as rows:
            rows.execute("DELETE FROM secrets WHERE profile_id = ? AND name = ?", (store.plain(profile_id), name))


def require_profile(rows: sqlite3.Connection, profile_id: str) -> None:
    """Raises NotFound 404 `profile_not_found` where there is no such profile, whoever's it is."""
    if not rows.execute("SELECT 1 FROM profiles WHERE id = ?", (store.plain(profile_id),)).fetchone():
        raise store.profile_not_found()


def _own(rows: sqlite3.Connection, owner_id: str, profile_id: str) -> Profile:
    found = rows.execute(
        f"SELECT {COLUMNS} FROM profiles WHERE id = ?",  # noqa: S608 constants only
        (store.plain(profile_id),),
    ).fetchone()
    if found is None:
        raise store.profile_not_found()
    if found["owner_id"] != owner_id:
        raise store.profile_forbidden()
    return profile_of(found)


def _require_free(rows: sqlite3.Connection, owner_id: str, name: str, besides: str = "") -> None:
    taken = rows.execute(
        "SELECT name FROM profiles WHERE owner_id = ? AND name_key = ? AND id != ?",
        (owner_id, store.name_key(name), besides),
    ).fetchone()
    if taken:
        raise store.profile_name_taken(taken["name"])


def _change(rows: sqlite3.Connection, owner_id: str, profile: Profile, changes: Mapping[str, Any]) -> Profile:
    changed = store.changed(profile, changes)
    if changed.name != profile.name:
        _require_free(rows, owner_id, changed.name, besides=profile.id)
    data = store.as_json(changed, include={"description", "kit", "monthly_budget"})
    rows.execute(
        "UPDATE profiles SET name = ?, name_key = ?, data = ? WHERE id = ?",
        (changed.name, store.name_key(changed.name), data, profile.id),
    )
    return _own(rows, owner_id, profile.id)


def _insert(rows: sqlite3.Connection, owner_id: str, typed: str) -> Profile:
    """A new profile; the first of its owner becomes the default."""
    name = store.clean_name(typed)
    _require_free(rows, owner_id, name)
    profile_id = uuid.uuid4().hex
    rows.execute(
        "INSERT INTO profiles (id, owner_id, name, name_key, is_default, created_at) VALUES (?, ?, ?, ?, "
        "NOT EXISTS (SELECT 1 FROM profiles WHERE owner_id = ? AND is_default = 1), ?)",
        (profile_id, owner_id, name, store.name_key(name), owner_id, now()),
    )
    return _own(rows, owner_id, profile_id)


def profile_of(row: sqlite3.Row) -> Profile:
    """The profile of a row with these `COLUMNS`."""
    return Profile(
        id=row["id"],
        owner_id=row["owner_id"],
        name=row["name"],
        is_default=bool(row["is_default"]),
        created_at=row["created_at"],
        **json.loads(row["data"]),
    )
