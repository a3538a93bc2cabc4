"""Take in what the owner's other machines changed, in one transaction, without losing what was changed here.

A profile and a product are taken in field by field: what was changed here and not carried yet stays, everything else is
as the project has it. What both sides changed is this machine's: its change arrives there last. A deletion on one
machine gives way to a change on another. What had to be settled is told to the owner.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from editai.errors import NotFound
from editai.library import mirror_notes as notes
from editai.library import mirror_rows as local
from editai.library import store
from editai.library.journal_rows import cancel_where
from editai.library.media import Media
from editai.library.mirror_fetch import Change, Fetched
from editai.library.mirror_notes import Note
from editai.library.mirror_profiles import merge_profiles
from editai.library.mirror_rows import WHAT
from editai.library.supabase_rows import moment
from editai.models import Clip, Cost, File, Post, Project

Opens = Callable[[str, str, bytes], bool]
"""Whether this machine can open a secret: profile id, name, sealed."""
NEWER = "Another of your computers works with a newer EditAI: some of what it made is shown here after an update."
KEPT = "was deleted on another of your computers while it was changed here. It was kept, with the files that are here."

log = logging.getLogger(__name__)


@dataclass
class Merged:
    """What is left to do. `version` is how far the project was read; `anew`: it is to be read from the beginning;
    `unread`: something of it could not be read; `folders` are the media of what was deleted."""

    version: int
    anew: bool = False
    unread: bool = False
    folders: list[tuple[Note, Path]] = field(default_factory=list)


class Merge:
    """What was fetched for an owner, on its way into the rows of this machine; inside one transaction."""

    def __init__(self, rows: sqlite3.Connection, owner_id: str, media: Media, opens: Opens) -> None:
        self._rows = rows
        self._owner_id = owner_id
        self._media = media
        self._opens = opens

    def run(self, fetched: Fetched) -> Merged:
        """Take it in. A row that this EditAI cannot read is left for a later one."""
        merged = Merged(fetched.version)
        if fetched.anew:
            self._begin_anew()
        changes = [change for change in fetched.changes if self._is_sound(change)]
        if restored := [change for change in changes if self._contradicts_deletion(change)]:
            for change in restored:
                self._restore(change)
            return Merged(-1, anew=True)
        with notes.unnoted(self._rows):
            self._take_deletions([change for change in changes if change.row is None], merged)
            unread = self._take_rows([change for change in changes if change.row is not None])
        if unread:
            merged.unread = True
            notes.say(self._rows, self._owner_id, NEWER)
        return merged

    def _is_sound(self, change: Change) -> bool:
        """Whether a row is its owner's own through and through.

        The project vouches for its columns. What else is in it can be written by whoever has the token: on a machine
        that several people use, no row may name another one's store, row or file.
        """
        note, row = notes.note_of(self._rows, change.kind, change.row_id), change.row or {}
        whose = note.owner_id if note else row.get("user_id", self._owner_id)
        data = row.get("data") or {}
        same = all(data.get(name, row.get(name)) == row.get(name) for name in ("id", "profile_id"))
        if not same or whose != self._owner_id:
            log.error("a row of %s is not its owner's own and was left: %s", change.kind, change.row_id)
            return False
        return True

    def _begin_anew(self) -> None:
        """The project has lost what it had: everything that is here goes there again."""
        for note in notes.of_owner(self._rows, self._owner_id):
            notes.forget_absent(self._rows, note)
        notes.note_again(self._rows, "owner_id = ?", self._owner_id)
        notes.say(
            self._rows, self._owner_id, "Your Supabase project was begun anew; what is here is copied to it again."
        )

    # ── deleted here, changed there ──────────────────────────────────────────────────────────────────────────────

    def _contradicts_deletion(self, change: Change) -> bool:
        """Whether another machine changed what is to be deleted there, or put something new into it."""
        if change.row is None:
            return False
        note = notes.note_of(self._rows, change.kind, change.row_id)
        if note is None:
            parents = [("profiles", change.row.get("profile_id")), ("editai_projects", change.row.get("project_id"))]
            return change.kind not in local.OUTLIVES and any(self._is_deleted_here(*parent) for parent in parents)
        if change.kind not in {"profiles", "editai_projects"} or local.is_here(self._rows, change.kind, change.row_id):
            return False
        if change.kind == "profiles" and change.row["is_default"]:
            return True
        with suppress(ValidationError):
            there = local.read_fields(change.kind, change.row)
            return note.base is not None and bool(local.changed(there, note.base))
        return True

    def _is_deleted_here(self, kind: str, row_id: str | None) -> bool:
        if row_id is None or notes.note_of(self._rows, kind, row_id) is None:
            return False
        return not local.is_here(self._rows, kind, row_id)

    def _restore(self, change: Change) -> None:
        """Take a deletion back: its notes are forgotten, and everything comes again from the project."""
        row = change.row or {}
        lost = [
            (change.kind, change.row_id),
            ("editai_projects", row.get("project_id")),
            ("profiles", row.get("profile_id")),
        ]
        for kind, row_id in lost:
            if row_id and self._is_deleted_here(kind, row_id):
                note = notes.note_of(self._rows, kind, row_id)
                for each in notes.hanging_on(self._rows, kind, row_id):
                    notes.forget_absent(self._rows, each)
                if kind == "editai_projects":  # a store says so when it comes again
                    title = note.base["title"] if note and note.base else ""
                    notes.say(self._rows, self._owner_id, local.is_there_again(f'The product "{title}"'))

    # ── deleted there ────────────────────────────────────────────────────────────────────────────────────────────

    def _take_deletions(self, gone: Iterable[Change], merged: Merged) -> None:
        for change in sorted(gone, key=lambda change: local.KINDS.index(change.kind)):
            note = notes.note_of(self._rows, change.kind, change.row_id)
            if change.kind == "editai_posts":
                self._rows.execute("DELETE FROM posts_elsewhere WHERE id = ?", (change.row_id,))
            if note is None or (note.version is not None and note.version > change.version):
                continue
            if local.is_here(self._rows, change.kind, change.row_id):
                if note.base is None and note.version is None and note.number is not None:
                    continue  # kept a moment ago, with what it hangs on
                if self._keeps(note):
                    continue
                self._delete(note)
            folder = self._folder(note)
            for each in notes.hanging_on(self._rows, change.kind, change.row_id):
                if not (folder and each.row_id == note.row_id):  # that one goes with its files
                    notes.forget_absent(self._rows, each)
            if folder:
                merged.folders.append((note, folder))

    def _keeps(self, note: Note) -> bool:
        """Keep what was deleted there where something of it was changed here that the project does not have."""
        of_it = notes.hanging_on(self._rows, note.kind, note.row_id)
        if not any(map(self._is_unsent, of_it)):
            return False
        for each in of_it:
            notes.note_again(self._rows, "kind = ? AND row_id = ?", each.kind, each.row_id)
        notes.say(self._rows, self._owner_id, f"{self._called(note)} {KEPT}")
        return True

    def _is_unsent(self, note: Note) -> bool:
        if note.number is None or not local.is_here(self._rows, note.kind, note.row_id):
            return False
        if note.kind == "profiles" and note.base is not None and (here := local.profile(self._rows, note.row_id)):
            switched = here.is_default and not note.base[local.DEFAULT]
            return switched or bool(local.changed(local.of_profile(here), note.base))
        return True

    def _called(self, note: Note) -> str:
        if note.kind == "profiles" and (profile := local.profile(self._rows, note.row_id)):
            return f'The store "{profile.name}"'
        if note.kind == "editai_projects" and (project := local.project(self._rows, note.row_id)):
            return f'The product "{project.title}"'
        return WHAT[note.kind]

    def _delete(self, note: Note) -> None:
        if note.kind == "profiles":
            cancel_where(self._rows, "profile_id = ?", note.row_id)
        if note.kind == "editai_projects" and note.profile_id:
            cancel_where(
                self._rows, "profile_id = ? AND json_extract(data, '$.project_id') = ?", note.profile_id, note.row_id
            )
        if note.kind == "secrets":
            self._rows.execute("DELETE FROM secrets WHERE profile_id || '/' || name = ?", (note.row_id,))
        elif note.kind != "editai_posts":  # those go with their clip
            self._rows.execute(f"DELETE FROM {note.kind} WHERE id = ?", (note.row_id,))  # noqa: S608 one of KINDS

    def _folder(self, note: Note) -> Path | None:
        with suppress(NotFound):  # an id of another make, which has no folder
            if note.kind == "profiles":
                return self._media.folder(note.row_id)
            if note.kind == "editai_clips" and note.profile_id:
                return self._media.clip_folder(note.profile_id, note.row_id)
        return None

    # ── new or changed there ─────────────────────────────────────────────────────────────────────────────────────

    def _take_rows(self, changes: list[Change]) -> list[Change]:
        """Take them in, parents first; which of them this version cannot read."""
        unread = merge_profiles(self._rows, self._owner_id, [each for each in changes if each.kind == "profiles"])
        take = {
            "secrets": self._secret,
            "editai_projects": self._project,
            "editai_clips": self._clip,
            "editai_posts": self._post,
            "api_costs": self._cost,
        }
        for change in sorted(changes, key=lambda change: local.KINDS.index(change.kind)):
            if change.kind in take:
                try:
                    if not take[change.kind](change):
                        unread.append(change)
                except ValidationError:
                    unread.append(change)
        return unread

    def _agree(self, change: Change, note: Note | None, base: local.Fields | None, waits: bool) -> None:
        row = change.row or {}
        number = (note.number if note else None) if waits else None
        profile_id = row.get("profile_id")
        agreed = Note(change.kind, change.row_id, self._owner_id, profile_id, number, base, change.version)
        notes.agree(self._rows, agreed, row.get("project_id"))

    def _has_store(self, profile_id: str | None) -> bool:
        found = self._rows.execute(
            "SELECT 1 FROM profiles WHERE id = ? AND owner_id = ?", (profile_id, self._owner_id)
        ).fetchone()
        return found is not None

    def _secret(self, change: Change) -> bool:
        """A secret that this machine cannot open does not take the place of one that it can: machines that seal with
        keys of their own keep what was entered on each."""
        row = change.row or {}
        note, here = notes.note_of(self._rows, change.kind, change.row_id), local.secret(self._rows, change.row_id)
        if note and note.number is not None:
            self._agree(change, note, None, waits=True)
            return True
        if not self._has_store(row["profile_id"]):
            return False
        sealed = bytes.fromhex(row["sealed"].removeprefix("\\x"))
        named = row["profile_id"], row["name"]
        if here is None or self._opens(*named, sealed) or not self._opens(*named, bytes(here["sealed"])):
            self._rows.execute(
                "INSERT INTO secrets (profile_id, name, sealed, last_four, updated_at) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (profile_id, name) DO UPDATE SET "
                "sealed = excluded.sealed, last_four = excluded.last_four, updated_at = excluded.updated_at",
                (*named, sealed, row["last_four"], moment(row["updated_at"])),
            )
        self._agree(change, note, None, waits=False)
        return True

    def _project(self, change: Change) -> bool:
        row = change.row or {}
        there = Project.model_validate(row["data"])
        base = local.of_project(there)
        note, here = notes.note_of(self._rows, change.kind, change.row_id), local.project(self._rows, change.row_id)
        if here is None:
            if note is not None:  # to be deleted there, as it was known here
                self._agree(change, note, base, waits=True)
                return True
            if not self._has_store(row["profile_id"]):
                return False
            local.write_project(self._rows, there)
            self._agree(change, note, base, waits=False)
            return True
        kept = there
        if note and note.number is not None:
            mine = local.changed(local.of_project(here), note.base or {})
            try:
                kept = local.with_fields(there, mine)
            except ValidationError:
                kept = here
        if kept != here:
            local.write_project(self._rows, kept)
        self._agree(change, note, base, waits=kept != there)
        return True

    def _clip(self, change: Change) -> bool:
        row = change.row or {}
        clip = Clip.model_validate(row["data"])
        if any(Path(file.name).name != file.name for file in _files(clip)):
            log.error("a clip names files that are not its own and was left: %s", clip.id)
            return True
        note = notes.note_of(self._rows, change.kind, change.row_id)
        if note is None:
            product = row["project_id"]
            if not self._has_store(row["profile_id"]) or (
                product and not local.is_here(self._rows, "editai_projects", product)
            ):
                return False
            self._rows.execute(
                "INSERT INTO editai_clips (id, profile_id, project_id, created_at, data) VALUES (?, ?, ?, ?, ?)",
                (clip.id, row["profile_id"], row["project_id"], clip.created_at, store.as_json(clip)),
            )
        here = local.is_here(self._rows, "editai_clips", clip.id)
        self._agree(change, note, None, waits=not here)
        return True

    def _post(self, change: Change) -> bool:
        """A post of another machine is looked at here, and never delivered from here."""
        row = change.row or {}
        post = Post.model_validate(row["data"])
        if notes.note_of(self._rows, change.kind, change.row_id):
            return True  # this machine's own, which alone knows what became of it
        if not self._has_store(post.profile_id) or not local.is_here(self._rows, "editai_clips", post.clip_id):
            return notes.note_of(self._rows, "editai_clips", row["clip_id"]) is not None
        self._rows.execute(
            "INSERT INTO posts_elsewhere (id, profile_id, clip_id, remote_id, created_at, data) "
            "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
            "remote_id = excluded.remote_id, data = excluded.data",
            (post.id, post.profile_id, post.clip_id, post.remote_id, post.created_at, post.model_dump_json()),
        )
        return True

    def _cost(self, change: Change) -> bool:
        """What another machine spent counts against the store's budget here too."""
        row = change.row or {}
        if notes.note_of(self._rows, change.kind, change.row_id):
            return True  # this machine's own
        cost = Cost.model_validate({name: row[name] for name in Cost.model_fields})
        whose = cost.profile_id if self._has_store(cost.profile_id) else None
        ended = row["ended_at"] and moment(row["ended_at"])
        spent = cost.service, cost.operation, cost.units, cost.amount, cost.state
        self._rows.execute(
            "INSERT INTO api_costs (id, profile_id, job_id, service, operation, units, amount, state, created_at, "
            "ended_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
            "amount = excluded.amount, state = excluded.state, ended_at = excluded.ended_at",
            (cost.id, whose, cost.job_id, *spent, moment(cost.created_at), ended),
        )
        return True


def _files(clip: Clip) -> Iterator[File]:
    """Every file of a clip."""
    for files in (clip, *clip.translations):
        yield from (value for _, value in files if isinstance(value, File))
