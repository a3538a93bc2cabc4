"""Rows of both sides in one form, so that they can be compared field by field."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import Any, TypeVar

from editai.library import store, supabase_profiles
from editai.library.sqlite_profiles import COLUMNS, profile_of
from editai.models import Profile, Project

Fields = dict[str, Any]
"""A profile's or a project's fields by their path ("name", "kit/font", "brief/facts/title"). What is one value to the
person is one field: a voice is not half of one machine's and half of another's."""

KINDS = ("profiles", "secrets", "editai_projects", "editai_clips", "editai_posts", "jobs", "api_costs")
"""The tables that are mirrored, parents before children."""
WHAT = {
    "profiles": "A store",
    "secrets": "A key of a store",
    "editai_projects": "A product",
    "editai_clips": "A clip",
    "editai_posts": "A post",
    "jobs": "A job",
    "api_costs": "A cost",
}
"""What a row of each is called."""
OUTLIVES = ("jobs", "api_costs")
"""What stays when its store is deleted."""
REMOTE = {"editai_secrets": "secrets"}
"""Tables whose names differ there, and what they are called here."""
DEFAULT = "is_default"
Noun = TypeVar("Noun", Profile, Project)


def of_profile(profile: Profile) -> Fields:
    """What may change of a profile."""
    told = profile.model_dump(mode="json", exclude={"id", "owner_id", "created_at"})
    return _flat(told, ("kit",))


def of_project(project: Project) -> Fields:
    """What may change of a project."""
    told = project.model_dump(mode="json", exclude={"id", "profile_id", "created_at"})
    return _flat(told, ("brief", "brief/facts"))


def with_fields(row: Noun, fields: Fields) -> Noun:
    """The row with these fields in place of its own. Raises pydantic's ValidationError where that cannot be."""
    told = row.model_dump(mode="json")
    for path, value in fields.items():
        *rooms, name = path.split("/")
        room = told
        for each in rooms:
            room = room[each]
        room[name] = value
    return type(row).model_validate(told)


def changed(here: Fields, base: Fields) -> Fields:
    """What of a row is not as both sides last agreed. Which store is the default is said by another question."""
    return {path: value for path, value in here.items() if path != DEFAULT and base.get(path, ...) != value}


def read_fields(kind: str, row: Mapping[str, Any]) -> Fields:
    """The fields of a profile or a project as the owner's project has it. Raises pydantic's ValidationError."""
    return (
        of_profile(supabase_profiles.profile_of(dict(row)))
        if kind == "profiles"
        else of_project(Project.model_validate(row["data"]))
    )


def beside(fields: Fields, room: str) -> Fields:
    """The fields that lie right in a room ("" for those in none), by their names there."""
    parts = {path: path.rpartition("/") for path in fields}
    return {parts[path][2]: value for path, value in fields.items() if parts[path][0] == room}


def _flat(told: Mapping[str, Any], rooms: tuple[str, ...], at: str = "") -> Fields:
    fields: Fields = {}
    for name, value in told.items():
        path = f"{at}{name}"
        fields |= _flat(value, rooms, f"{path}/") if path in rooms else {path: value}
    return fields


def is_there_again(what: str) -> str:
    """What its owner is told of something that a deletion did not take away after all."""
    return (
        f"{what}, which had been deleted, is there again: another of your computers had changed it meanwhile. Its "
        "files are gone from this computer; those that are in Supabase, or on the other one, are still there."
    )


# ── the local side ───────────────────────────────────────────────────────────────────────────────────────────────


def profile(rows: sqlite3.Connection, profile_id: str) -> Profile | None:
    """A profile of this machine, or None."""
    found = rows.execute(f"SELECT {COLUMNS} FROM profiles WHERE id = ?", (profile_id,)).fetchone()  # noqa: S608 constants only
    return None if found is None else profile_of(found)


def project(rows: sqlite3.Connection, project_id: str) -> Project | None:
    """A project of this machine, or None."""
    found = rows.execute("SELECT data FROM editai_projects WHERE id = ?", (project_id,)).fetchone()
    return None if found is None else Project.model_validate_json(found["data"])


def secret(rows: sqlite3.Connection, row_id: str) -> sqlite3.Row | None:
    """A sealed secret of this machine by "profile id/name", or None."""
    profile_id, _, name = row_id.partition("/")
    found: sqlite3.Row | None = rows.execute(
        "SELECT * FROM secrets WHERE profile_id = ? AND name = ?", (profile_id, name)
    ).fetchone()
    return found


def plain_row(rows: sqlite3.Connection, kind: str, row_id: str) -> dict[str, Any] | None:
    """A row as the project takes it whole; `data` and `error` as the objects that they are."""
    found = rows.execute(f"SELECT * FROM {kind} WHERE id = ?", (row_id,)).fetchone()  # noqa: S608 one of KINDS
    if found is None:
        return None
    row = dict(found)
    for name in ("data", "error"):
        if row.get(name) is not None:
            row[name] = json.loads(row[name])
    return row


def is_here(rows: sqlite3.Connection, kind: str, row_id: str) -> bool:
    """Whether this machine has the row."""
    if kind == "secrets":
        return secret(rows, row_id) is not None
    return rows.execute(f"SELECT 1 FROM {kind} WHERE id = ?", (row_id,)).fetchone() is not None  # noqa: S608 one of KINDS


def write_profile(rows: sqlite3.Connection, kept: Profile) -> None:
    """Change a profile's row, all but which is the default."""
    data = store.as_json(kept, include={"description", "kit", "monthly_budget"})
    rows.execute(
        "UPDATE profiles SET name = ?, name_key = ?, data = ? WHERE id = ?",
        (kept.name, store.name_key(kept.name), data, kept.id),
    )


def write_project(rows: sqlite3.Connection, kept: Project) -> None:
    """Insert a project's row, or change it."""
    rows.execute(
        "INSERT INTO editai_projects (id, profile_id, created_at, updated_at, data) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET updated_at = excluded.updated_at, data = excluded.data "
        "WHERE profile_id = excluded.profile_id",
        (kept.id, kept.profile_id, kept.created_at, kept.updated_at, store.as_json(kept)),
    )
