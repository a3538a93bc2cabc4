"""Take in stores that other machines changed, all at once: names and the default are of all of an owner's stores."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from editai.library import mirror_notes as notes
from editai.library import mirror_rows as local
from editai.library.mirror_fetch import Change
from editai.library.mirror_notes import Note
from editai.library.mirror_rows import DEFAULT, Fields
from editai.library.store import free_name, name_key
from editai.library.supabase_profiles import profile_of
from editai.models import Profile


@dataclass
class _Store:
    """A store on its way: as it is `here` (None: not yet), what the project has (`agreed`), as it is `kept`."""

    kept: Profile
    here: Profile | None
    note: Note | None
    agreed: Fields | None
    version: int | None


def merge_profiles(rows: sqlite3.Connection, owner_id: str, changes: Sequence[Change]) -> list[Change]:
    """Take them in; which of them this version cannot read."""
    stores, unread = _all_here(rows, owner_id), []
    default_here = next((each.kept.id for each in stores.values() if each.kept.is_default), None)
    default_agreed = _agreed_default(rows, owner_id)
    switched_here = default_agreed is not None and default_here not in {None, default_agreed}
    for change in changes:
        try:
            there = profile_of(change.row or {})
        except ValidationError:
            unread.append(change)
            continue
        note = notes.note_of(rows, "profiles", change.row_id)
        if change.row_id not in stores and note:  # to be deleted there, as it was known here
            notes.agree(rows, _agreed(note, local.of_profile(there), change.version, waits=True))
            continue
        if change.row_id not in stores and _was_deleted(rows, change.row_id):
            notes.say(rows, owner_id, local.is_there_again(f'The store "{there.name}"'))
        stores[change.row_id] = _merged(there, stores.get(change.row_id), note, change.version)
    if changes:
        default_agreed = next((id_ for id_, each in stores.items() if _is_default_there(each)), default_agreed)
    _settle_names(rows, owner_id, stores)
    default = default_here if switched_here and default_here in stores else default_agreed
    if default not in stores:
        default = default_here
    _write(rows, stores, default)
    for each in stores.values():
        if each.version is not None:
            _settle(rows, each, owner_id, switched_here)
    return unread


def _all_here(rows: sqlite3.Connection, owner_id: str) -> dict[str, _Store]:
    ids = [row["id"] for row in rows.execute("SELECT id FROM profiles WHERE owner_id = ? ORDER BY id", (owner_id,))]
    found = [
        (profile, notes.note_of(rows, "profiles", profile.id)) for id_ in ids if (profile := local.profile(rows, id_))
    ]
    return {here.id: _Store(here, here, note, note.base if note else None, None) for here, note in found}


def _was_deleted(rows: sqlite3.Connection, profile_id: str) -> bool:
    return rows.execute("SELECT 1 FROM deleted_profiles WHERE id = ?", (profile_id,)).fetchone() is not None


def _agreed_default(rows: sqlite3.Connection, owner_id: str) -> str | None:
    found = rows.execute(
        f"SELECT row_id FROM mirror WHERE kind = 'profiles' AND owner_id = ? AND json_extract(base, '$.{DEFAULT}')",  # noqa: S608 constants only
        (owner_id,),
    ).fetchone()
    return None if found is None else str(found["row_id"])


def _is_default_there(each: _Store) -> bool:
    return each.version is not None and bool(each.agreed and each.agreed[DEFAULT])


def _merged(there: Profile, store: _Store | None, note: Note | None, version: int) -> _Store:
    agreed = local.of_profile(there)
    here = store.here if store else None
    kept = there
    if here and note and note.number is not None:
        mine = local.changed(local.of_profile(here), note.base or {})
        try:
            kept = local.with_fields(there, mine)
        except ValidationError:
            kept = here
    return _Store(kept, here, note, agreed, version)


def _settle_names(rows: sqlite3.Connection, owner_id: str, stores: dict[str, _Store]) -> None:
    """Of two stores of one name, the one that the project has under it keeps it."""
    by_right = sorted(stores.values(), key=lambda each: not (each.agreed and each.agreed["name"] == each.kept.name))
    taken = [each.agreed["name"] for each in stores.values() if each.agreed]
    keys: set[str] = set()
    for each in by_right:
        if (key := name_key(each.kept.name)) in keys:
            name = free_name(each.kept.name, [*taken, *(other.kept.name for other in stores.values())])
            told = f'Another of your computers has a store named "{each.kept.name}" too'
            notes.say(rows, owner_id, f'{told}; the one that was named so here is now "{name}".')
            each.kept = each.kept.model_copy(update={"name": name})
            key = name_key(name)
        keys.add(key)


def _write(rows: sqlite3.Connection, stores: dict[str, _Store], default: str | None) -> None:
    """Names and the default change places without two stores having one at any moment."""
    changed = [
        each for each in stores.values() if each.here != each.kept or each.here.is_default != (default == each.kept.id)
    ]
    for each in changed:
        if each.here is None:
            rows.execute(
                "INSERT INTO profiles (id, owner_id, name, name_key, is_default, created_at) "
                "VALUES (?, ?, '', ?, 0, ?)",
                (each.kept.id, each.kept.owner_id, f"\n{each.kept.id}", each.kept.created_at),
            )
        else:
            rows.execute(
                "UPDATE profiles SET name_key = ?, is_default = 0 WHERE id = ?", (f"\n{each.kept.id}", each.kept.id)
            )
    for each in changed:
        local.write_profile(rows, each.kept)
    if default is not None:
        rows.execute("UPDATE profiles SET is_default = 1 WHERE id = ? AND NOT is_default", (default,))


def _settle(rows: sqlite3.Connection, each: _Store, owner_id: str, switched_here: bool) -> None:
    now = local.profile(rows, each.kept.id)
    if now is None or each.agreed is None:
        return
    switched = switched_here and now.is_default and not each.agreed[DEFAULT]
    waits = switched or bool(local.changed(local.of_profile(now), each.agreed))
    note = each.note or Note("profiles", now.id, owner_id, now.id, None, None, None)
    notes.agree(rows, _agreed(note, each.agreed, each.version, waits))
    if waits:
        notes.note_changed(rows, "profiles", now.id)


def _agreed(note: Note, base: Fields, version: int | None, waits: bool) -> Note:
    return Note(note.kind, note.row_id, note.owner_id, note.profile_id, note.number if waits else None, base, version)
