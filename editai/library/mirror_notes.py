"""The notes of what was not carried yet; see `mirror_step`. All of it is asked inside the caller's transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from editai.errors import EditaiError
from editai.library.database import now
from editai.library.mirror_rows import DEFAULT, KINDS, OUTLIVES, Fields, is_here
from editai.library.mirror_step import NEXT

MOST_SAID = 20


@dataclass(frozen=True)
class Note:
    """A row of `mirror`. `number` is None where both sides agree, `base` where they never did."""

    kind: str
    row_id: str
    owner_id: str
    profile_id: str | None
    number: int | None
    base: Fields | None
    version: int | None


def waiting(rows: sqlite3.Connection, owner_id: str) -> Sequence[Note]:
    """What is to be carried for an owner, parents before children, what changed earlier first."""
    found = rows.execute(
        "SELECT * FROM mirror WHERE owner_id = ? AND number IS NOT NULL AND error IS NULL ORDER BY number", (owner_id,)
    ).fetchall()
    return sorted(map(_note, found), key=lambda note: KINDS.index(note.kind))


def refused_stores(rows: sqlite3.Connection, owner_id: str) -> set[str]:
    """The ids of the owner's stores that the project refused."""
    found = rows.execute(
        "SELECT row_id FROM mirror "
        "WHERE owner_id = ? AND kind = 'profiles' AND number IS NOT NULL AND error IS NOT NULL",
        (owner_id,),
    ).fetchall()
    return {row["row_id"] for row in found}


def note_of(rows: sqlite3.Connection, kind: str, row_id: str) -> Note | None:
    """What is known of a row, or None."""
    found = rows.execute("SELECT * FROM mirror WHERE kind = ? AND row_id = ?", (kind, row_id)).fetchone()
    return None if found is None else _note(found)


def settle(rows: sqlite3.Connection, note: Note, base: Fields | None = None) -> None:
    """Both sides agreed on `base`; the note goes unless the row has changed again meanwhile."""
    rows.execute(
        "UPDATE mirror SET base = ? WHERE kind = ? AND row_id = ?",
        (None if base is None else json.dumps(base), note.kind, note.row_id),
    )
    rows.execute(
        "UPDATE mirror SET number = NULL, since = NULL, error = NULL WHERE kind = ? AND row_id = ? AND number IS ?",
        (note.kind, note.row_id, note.number),
    )


def settle_default(rows: sqlite3.Connection, owner_id: str, profile_id: str) -> None:
    """Both sides agree which store is the default."""
    rows.execute(
        f"UPDATE mirror SET base = json_set(base, '$.{DEFAULT}', json(iif(row_id = ?, 'true', 'false'))) "  # noqa: S608 constants only
        "WHERE kind = 'profiles' AND owner_id = ? AND base IS NOT NULL",
        (profile_id, owner_id),
    )


def agree(rows: sqlite3.Connection, note: Note, parent_id: str | None = None) -> None:
    """Write down how far both sides agree; `note.number` is None where in everything."""
    base = None if note.base is None else json.dumps(note.base)
    rows.execute(
        "INSERT INTO mirror (kind, row_id, owner_id, profile_id, parent_id, base, version) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (kind, row_id) DO UPDATE SET base = excluded.base, version = excluded.version",
        (note.kind, note.row_id, note.owner_id, note.profile_id, parent_id, base, note.version),
    )
    if note.number is None:
        rows.execute(
            "UPDATE mirror SET number = NULL, since = NULL, error = NULL WHERE kind = ? AND row_id = ?",
            (note.kind, note.row_id),
        )


def note_again(rows: sqlite3.Connection, which: str, *values: str) -> None:
    """Note these rows, a constant condition says which, as if the project had never had them."""
    rows.execute(
        f"UPDATE mirror SET number = {NEXT}, since = coalesce(since, ?), base = NULL, version = NULL, error = NULL "  # noqa: S608 constants only
        f"WHERE {which}",
        (now(), *values),
    )


def note_changed(rows: sqlite3.Connection, kind: str, row_id: str) -> None:
    """Note that a row is to be carried, whatever was known of it."""
    rows.execute(
        f"UPDATE mirror SET number = coalesce(number, {NEXT}), since = coalesce(since, ?), error = NULL "  # noqa: S608 constants only
        "WHERE kind = ? AND row_id = ?",
        (now(), kind, row_id),
    )


def refuse(rows: sqlite3.Connection, note: Note, error: EditaiError) -> None:
    """The project refuses this change for good: it is not tried again until the row changes, or its owner signs in."""
    rows.execute(
        "UPDATE mirror SET error = ? WHERE kind = ? AND row_id = ? AND number IS ?",
        (json.dumps(error.as_dict()), note.kind, note.row_id, note.number),
    )


def allow(rows: sqlite3.Connection, owner_id: str) -> None:
    """What the owner's project refused is to be tried again."""
    rows.execute("UPDATE mirror SET error = NULL WHERE owner_id = ? AND error IS NOT NULL", (owner_id,))


def refusal(told: str | None) -> EditaiError | None:
    """Why a change was refused, as `refuse` wrote it down."""
    return None if told is None else EditaiError.from_dict(json.loads(told))


def forget_absent(rows: sqlite3.Connection, note: Note) -> None:
    """The row is on neither side any more, or is to come again; one that is here keeps its note."""
    if not is_here(rows, note.kind, note.row_id):
        rows.execute("DELETE FROM mirror WHERE kind = ? AND row_id = ?", (note.kind, note.row_id))


def of_owner(rows: sqlite3.Connection, owner_id: str) -> Sequence[Note]:
    """All that is known of an owner's rows."""
    return tuple(map(_note, rows.execute("SELECT * FROM mirror WHERE owner_id = ?", (owner_id,)).fetchall()))


def hanging_on(rows: sqlite3.Connection, kind: str, row_id: str) -> Sequence[Note]:
    """The notes of a row and of what is deleted with it."""
    own = "(kind = ? AND row_id = ?)"
    match kind:
        case "profiles":
            marks = ", ".join("?" * len(OUTLIVES))
            which = f"{own} OR (profile_id = ? AND kind NOT IN ({marks}))"
            values: tuple[str, ...] = (kind, row_id, row_id, *OUTLIVES)
        case "editai_projects":
            clips = "SELECT row_id FROM mirror WHERE kind = 'editai_clips' AND parent_id = ?"
            which = f"{own} OR parent_id = ? OR parent_id IN ({clips})"
            values = (kind, row_id, row_id, row_id)
        case "editai_clips":
            which, values = f"{own} OR parent_id = ?", (kind, row_id, row_id)
        case _:
            which, values = own, (kind, row_id)
    found = rows.execute(f"SELECT * FROM mirror WHERE {which}", values).fetchall()  # noqa: S608 constants only
    return tuple(map(_note, found))


def say(rows: sqlite3.Connection, owner_id: str, sentence: str) -> None:
    """Tell the owner what was settled; the same is said once until it was heard, and of the oldest no more."""
    known = "SELECT 1 FROM mirror_said WHERE owner_id = ? AND said = ?"
    if rows.execute(known, (owner_id, sentence)).fetchone():
        return
    rows.execute("INSERT INTO mirror_said (owner_id, at, said) VALUES (?, ?, ?)", (owner_id, now(), sentence))
    rows.execute(
        "DELETE FROM mirror_said WHERE owner_id = ? AND id NOT IN "
        "(SELECT id FROM mirror_said WHERE owner_id = ? ORDER BY id DESC LIMIT ?)",
        (owner_id, owner_id, MOST_SAID),
    )


@contextmanager
def unnoted(rows: sqlite3.Connection) -> Iterator[None]:
    """What is written meanwhile came from the project and is not noted; it is inside a transaction, as all of it."""
    rows.execute("INSERT INTO mirror_fetching DEFAULT VALUES")
    yield
    rows.execute("DELETE FROM mirror_fetching")


def _note(row: sqlite3.Row) -> Note:
    return Note(
        kind=row["kind"],
        row_id=row["row_id"],
        owner_id=row["owner_id"],
        profile_id=row["profile_id"],
        number=row["number"],
        base=None if row["base"] is None else json.loads(row["base"]),
        version=row["version"],
    )
