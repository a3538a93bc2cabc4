"""The rows of one owner as two libraries compare them: plain values in one form, whatever keeps them.

A library is a `Shelf` of them: the SQLite file of a data folder, or a Supabase project under its owner's token.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol

from editai.errors import Conflict
from editai.library.database import Database, now
from editai.library.figures import follow
from editai.library.outbox import listed
from editai.library.store import name_key, plain
from editai.library.supabase_faults import Refused
from editai.library.supabase_rows import moment
from editai.library.supabase_session import Session
from editai.models import Post

Row = dict[str, Any]

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "profiles": ("id", "name", "description", "monthly_budget", "kit", "is_default", "created_at"),
    "editai_secrets": ("profile_id", "name", "sealed", "last_four"),
    "editai_projects": ("id", "profile_id", "created_at", "updated_at", "data"),
    "editai_clips": ("id", "profile_id", "project_id", "created_at", "data"),
    "editai_posts": (
        "id", "profile_id", "clip_id", "channel_id", "batch", "state", "not_before", "remote_id", "created_at", "data",
    ),
    "jobs": (
        "id", "profile_id", "kind", "state", "data", "progress", "clip_id", "error", "tries", "created_at",
        "started_at", "finished_at",
    ),
    "api_costs": (
        "id", "profile_id", "job_id", "service", "operation", "units", "amount", "state", "created_at", "ended_at",
    ),
}  # fmt: skip
"""What is copied, in an order in which whatever a row hangs on comes before it."""
OUTLIVING = frozenset({"jobs", "api_costs"})
"""What stays when its store is deleted, with no store."""
JSON = frozenset({"kit", "data", "progress", "error"})
TIMES = frozenset({"created_at", "updated_at", "started_at", "finished_at", "ended_at"})
AT_ONCE = 50
"""Rows of one request."""


class Shelf(Protocol):
    """One owner's rows in one library. `name` is what a person calls it."""

    name: str

    def rows(self, table: str) -> list[Row]:
        """All of them, in the order in which they were written."""
        ...

    def strangers(self, profile_ids: Collection[str]) -> set[str]:
        """Which of these ids are stores of another owner here."""
        ...

    def add(self, table: str, rows: Sequence[Row]) -> None:
        """Write rows that are not there. Raises Conflict 409 `library_changed` where one is after all."""
        ...


class FileShelf:
    """What an owner has in the SQLite file of a data folder."""

    def __init__(self, name: str, database: Database, owner_id: str) -> None:
        self.name = name
        self._database, self._owner_id = database, owner_id

    def rows(self, table: str) -> list[Row]:
        with self._database.read() as rows:
            return [_normal(table, dict(row)) for row in rows.execute(*self._asked(table))]

    def strangers(self, profile_ids: Collection[str]) -> set[str]:
        with self._database.read() as rows:
            found = rows.execute(
                "SELECT id FROM profiles WHERE owner_id <> ? AND id IN (SELECT value FROM json_each(?))",
                (self._owner_id, json.dumps(list(profile_ids))),
            ).fetchall()
        return {row["id"] for row in found}

    def add(self, table: str, rows: Sequence[Row]) -> None:
        for some in _by(AT_ONCE, rows):
            try:
                with self._database.transaction(durable=True) as written:
                    for row in some:
                        self._insert(written, table, row)
            except sqlite3.IntegrityError as error:
                raise changed() from error

    def _asked(self, table: str) -> tuple[str, tuple[str, ...]]:
        own = "profile_id IN (SELECT id FROM profiles WHERE owner_id = ?)"
        if table == "profiles":
            return (
                "SELECT id, name, is_default, created_at, data FROM profiles WHERE owner_id = ? ORDER BY rowid",
                (self._owner_id,),
            )
        if table == "editai_secrets":
            query = f"SELECT {', '.join(COLUMNS[table])} FROM secrets WHERE {own} ORDER BY profile_id, name"  # noqa: S608 constants only
            return query, (self._owner_id,)
        which = f"({own} OR profile_id IS NULL)" if table in OUTLIVING else own
        return (
            f"SELECT {', '.join(COLUMNS[table])} FROM {table} WHERE {which} ORDER BY rowid",  # noqa: S608 constants only
            (self._owner_id,),
        )

    def _insert(self, rows: sqlite3.Connection, table: str, row: Row) -> None:
        if table == "profiles":
            told = {name: row[name] for name in ("description", "kit", "monthly_budget")}
            rows.execute(
                "INSERT INTO profiles (id, owner_id, name, name_key, is_default, created_at, data) VALUES (?, ?, ?, ?, "
                "NOT EXISTS (SELECT 1 FROM profiles WHERE owner_id = ? AND is_default = 1), ?, ?)",
                (
                    row["id"], self._owner_id, row["name"], name_key(row["name"]), self._owner_id, row["created_at"],
                    _text(told),
                ),
            )  # fmt: skip
            return
        written = {name: _text(value) if name in JSON and value is not None else value for name, value in row.items()}
        if table == "jobs":
            written["data"] = _text(owned(row["data"], self._owner_id))
        if table == "editai_secrets":
            table, written["sealed"] = "secrets", bytes.fromhex(row["sealed"])
            written["updated_at"] = now()
        post = Post.model_validate(row["data"]) if table == "editai_posts" else None
        if post:
            written |= {"provider": post.channel.provider, "turn": post.turn, **listed(post)}
        names = ", ".join(written)
        marks = ", ".join("?" * len(written))
        rows.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(written.values()))  # noqa: S608 constants only
        if post:
            follow(rows, post)


class ProjectShelf:
    """What an owner has in a Supabase project, asked under that owner's token."""

    def __init__(self, name: str, session: Session) -> None:
        self.name = name
        self._session = session

    def rows(self, table: str) -> list[Row]:
        columns = ",".join(COLUMNS[table])
        if table == "editai_secrets":
            stores = [row["id"] for row in self._session.pages("profiles", "id")]
            asked = (self._session.select(table, columns, ["name"], profile_id=store) for store in sorted(stores))
            return [_normal(table, row) for some in asked for row in some]
        if table == "profiles":
            return sorted((_normal(table, row) for row in self._session.pages(table, columns)), key=_made)
        if table in OUTLIVING:
            found = list(self._session.pages(table, f"{columns},nr", user_id=self._session.user_id))
        else:
            stores = [row["id"] for row in self._session.pages("profiles", "id")]
            found = [row for store in stores for row in self._session.pages(table, f"{columns},nr", profile_id=store)]
        return [_normal(table, row) for row in sorted(found, key=lambda row: row.pop("nr"))]

    def strangers(self, profile_ids: Collection[str]) -> set[str]:
        return {each for each in profile_ids if self._session.rpc("editai_whose_store", id=each) == "other"}

    def add(self, table: str, rows: Sequence[Row]) -> None:
        for some in _by(1 if table == "profiles" else AT_ONCE, rows):
            try:
                self._session.insert_all(table, [self._written(table, row) for row in some])
            except Refused as refused:
                self._add_one_by_one(table, some, refused)

    def _add_one_by_one(self, table: str, rows: Sequence[Row], refused: Refused) -> None:
        """Some were kept, and the answer was lost on its way; else a row of this id is another owner's."""
        there = {name_of(row) for row in self.rows(table)}
        missing = [row for row in rows if name_of(row) not in there]
        if not refused.rule.endswith("_pkey") or len(missing) == len(rows) == 1:
            raise changed() from refused
        for row in missing:
            self.add(table, [row])

    def _written(self, table: str, row: Row) -> Row:
        if table == "profiles":
            kept = {name: value for name, value in row.items() if name != "is_default"}
            return {**kept, "name_key": name_key(row["name"])}
        if table == "editai_secrets":
            return {**row, "sealed": f"\\x{row['sealed']}"}
        if table == "jobs":
            return {**row, "data": owned(row["data"], self._session.user_id)}
        return row


def name_of(row: Row) -> str:
    """What names a row in its table: its id; a sealed key by its store and its own name."""
    return str(row["id"]) if "id" in row else f"{row['profile_id']}/{row['name']}"


def owned(data: Row, owner_id: str) -> Row:
    """A job's data with the store that it was started for under this owner's name."""
    return {**data, "profile": {**data["profile"], "owner_id": owner_id}} if data.get("profile") else data


def digest(rows: Iterable[Row]) -> str:
    """What two lists of the same rows have in common, and no others."""
    whole = hashlib.sha256()
    for line in sorted(_text(row) for row in rows):
        whole.update(line.encode() + b"\n")
    return whole.hexdigest()


def changed() -> Conflict:
    """A row was there after all."""
    return Conflict(
        "library_changed",
        "One of the two libraries changed while it was copied, or another account has what was to be copied.",
        "Run the same command again: it goes on where it stopped, and says what stands in the way.",
    )


def _normal(table: str, row: Row) -> Row:
    """A row in the one form: times as UTC texts, JSON as values, bytes as hexadecimal digits, no owner."""
    for name in JSON & row.keys():
        row[name] = json.loads(row[name]) if isinstance(row[name], str) else row[name]
    for name in TIMES & row.keys():
        row[name] = moment(row[name]) if row[name] else None
    if table == "profiles":
        row = {"description": "", "kit": {}, "monthly_budget": None, **row, **row.get("data", {})}  # of the file
        row["is_default"] = bool(row["is_default"])
    if table == "editai_secrets":
        sealed = row["sealed"]
        row["sealed"] = sealed.removeprefix("\\x") if isinstance(sealed, str) else bytes(sealed).hex()
    if table == "jobs":
        row["data"] = owned(row["data"], "")
        if row["progress"]:  # these two lie in the cache, which is not copied
            row["progress"] = {**row["progress"], "still": None, "preview": None}
    return {name: _value(row[name]) for name in COLUMNS[table]}


def _value(value: Any) -> Any:
    """A value as both kinds of database give it back: no text that one of them cannot hold, 1 for 1.0."""
    match value:
        case str():
            return plain(value).replace("\0", "?")
        case float() if value.is_integer():
            return int(value)
        case dict():
            return {_value(name): _value(item) for name, item in value.items()}
        case list():
            return [_value(item) for item in value]
    return value


def _made(row: Row) -> tuple[str, str]:
    return row["created_at"], row["id"]


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _by(number: int, rows: Sequence[Row]) -> Iterable[Sequence[Row]]:
    return (rows[start : start + number] for start in range(0, len(rows), number))
