"""Carry what was noted to the owner's Supabase project: each row as it is now, one by one, parents before children.

Every request does the same when it is sent twice, so a process may end between a request and the forgetting of its
note. A row that the project refuses stands in no other row's way.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from editai.errors import Conflict, EditaiError, Forbidden, InvalidInput, NoAnswer, NotFound, TooLarge
from editai.library import mirror_notes as notes
from editai.library import mirror_rows as local
from editai.library import store
from editai.library.database import Database
from editai.library.mirror_notes import Note
from editai.library.mirror_rows import Fields, beside
from editai.library.outbox import Outbox
from editai.library.supabase_faults import Refused
from editai.library.supabase_profiles import fields_of
from editai.library.supabase_session import Session
from editai.models import Profile, Project

FOR_GOOD = (TooLarge, InvalidInput, Forbidden, Refused)
"""What the project says of a row, and would say of it again."""
AGAIN = "It is tried again the next time that you sign in."
UNANSWERED = 2
"""So many rows without an answer, and the others wait for another time."""
TABLES = {here: there for there, here in local.REMOTE.items()}


class Push:
    """One round of carrying for the owner of a session."""

    def __init__(self, database: Database, session: Session) -> None:
        self._database = database
        self._outbox = Outbox(database)
        self._session = session
        self._owner_id = session.user_id
        with database.read() as rows:
            self._stores_behind = notes.refused_stores(rows, session.user_id)

    def run(self) -> EditaiError | None:
        """Carry everything that waits; what kept a row from being carried, if anything did.

        Raises what keeps all of them: NotSignedIn 401, RateLimited 429, Unavailable 503, NoAnswer 504.
        """
        unanswered = 0
        last: EditaiError | None = None
        for note in self._in_order():
            if note.profile_id in self._stores_behind:
                continue  # what belongs to one waits for it
            try:
                self._carry(note)
            except NoAnswer as error:
                unanswered, last = unanswered + 1, error
                self._hold(note)
                if unanswered == UNANSWERED:
                    raise
            except NotFound as error:  # what it hangs on is not there, or not yet: the next look at the project tells
                last = last or error
                self._hold(note)
            except FOR_GOOD as error:
                if not self._gives_way(note, error):
                    self._refuse(note, error)
                    last = error
            except Conflict as error:  # of two machines one was faster: the same
                last = last or error
                self._hold(note)
        return last

    def _in_order(self) -> Iterator[Note]:
        """Rows that are there, then those that were deleted: a store before what hung on it, which goes with it."""
        with self._database.read() as rows:
            found = notes.waiting(rows, self._owner_id)
            there = [local.is_here(rows, note.kind, note.row_id) for note in found]
        yield from (note for note, is_there in zip(found, there, strict=True) if is_there)
        yield from (note for note, is_there in zip(found, there, strict=True) if not is_there)

    def _hold(self, note: Note) -> None:
        """What belongs to a store that could not be carried waits for it: a job or a cost would name none for good."""
        if note.kind == "profiles":
            self._stores_behind.add(note.row_id)

    def _gives_way(self, note: Note, error: EditaiError) -> bool:
        """Two machines planned one clip for one channel while they did not know of each other: the first keeps it."""
        if not isinstance(error, Refused) or error.rule != "editai_posts_once" or note.profile_id is None:
            return False
        return self._outbox.give_way(note.profile_id, note.row_id)

    def _refuse(self, note: Note, error: EditaiError) -> None:
        self._hold(note)
        with self._database.transaction() as rows:
            notes.refuse(rows, note, error)
            told = f"{local.WHAT[note.kind]} could not be copied to your Supabase project and stays on this computer."
            notes.say(rows, self._owner_id, f"{told} {error.message} {AGAIN}")

    def _carry(self, note: Note) -> None:
        with self._database.read() as rows:
            now = notes.note_of(rows, note.kind, note.row_id)
            if now is None or now.number is None:
                return  # it went with its store
            profile, project, secret, row = None, None, None, None
            match note.kind:
                case "profiles":
                    profile = local.profile(rows, note.row_id)
                case "editai_projects":
                    project = local.project(rows, note.row_id)
                case "secrets":
                    secret = local.secret(rows, note.row_id)
                case _:
                    row = local.plain_row(rows, note.kind, note.row_id)
        if profile:
            self._profile(now, profile)
        elif project:
            self._project(now, project)
        elif secret:
            kept = {"sealed": f"\\x{bytes(secret['sealed']).hex()}", "last_four": secret["last_four"]}
            self._session.rpc("editai_keep_secret", profile_id=secret["profile_id"], name=secret["name"], **kept)
            self._settle(now)
        elif row:
            self._whole(now, row)
        else:
            self._delete(now)

    # ── stores and products: the fields that changed here ────────────────────────────────────────────────────────

    def _profile(self, note: Note, profile: Profile) -> None:
        here = local.of_profile(profile)
        changed = local.changed(here, note.base or {})
        name = profile.name
        try:
            there = self._keep_profile(note, profile, changed)
        except Refused as refused:
            if refused.rule != "profiles_one_name":
                raise
            name = self._in_between(profile)
            named = profile.model_copy(update={"name": name})
            there = self._keep_profile(note, named, {**changed, "name": name})
        if not there:
            return  # deleted on another machine: the next look at the project tells
        was_default = bool(note.base and note.base[local.DEFAULT])
        base = {**here, "name": name, local.DEFAULT: was_default}
        with self._database.transaction() as rows:
            notes.settle(rows, note, base)
            if name != profile.name:
                notes.note_changed(rows, "profiles", profile.id)
        if profile.is_default and not was_default:
            self._switch_default(note)

    def _keep_profile(self, note: Note, profile: Profile, changed: Fields) -> bool:
        """Insert the store, or change some of its fields; False where it is not there any more."""
        fields = fields_of(profile)
        if note.base is None:
            try:
                self._session.insert("profiles", {**fields, "created_at": profile.created_at})
                return True
            except Refused as refused:
                if refused.rule != "profiles_pkey":
                    raise
        own = {name: fields[name] for name in beside(changed, "")}
        if "name" in own:
            own["name_key"] = fields["name_key"]
        kit = beside(changed, "kit")
        if not own and not kit:
            return True
        found = self._session.rpc("editai_change_store", id=profile.id, fields=own, kit=kit)
        if not found and note.base is None:
            raise _of_somebody_else()
        return bool(found)

    def _in_between(self, profile: Profile) -> str:
        """A name for now, where the project has the wanted one for a store that this machine is about to rename or
        delete. Where it is another's for good, that is settled after the next look at the project: Conflict 409."""
        others = [each for each in self._session.select("profiles", "id,name") if each["id"] != profile.id]
        holder = next((each for each in others if store.name_key(each["name"]) == store.name_key(profile.name)), None)
        with self._database.read() as rows:
            if holder and not notes.note_of(rows, "profiles", holder["id"]):
                raise Conflict("profile_name_taken", "Another machine was faster with this name.", "")
            own = "SELECT name FROM profiles WHERE owner_id = ? AND id <> ?"
            held = rows.execute(own, (self._owner_id, profile.id)).fetchall()
        return store.free_name(profile.name, [each["name"] for each in (*held, *others)])

    def _switch_default(self, note: Note) -> None:
        if self._session.rpc("editai_set_default", id=note.row_id):
            with self._database.transaction() as rows:
                notes.settle_default(rows, self._owner_id, note.row_id)

    def _project(self, note: Note, project: Project) -> None:
        here = local.of_project(project)
        if note.base is None:
            self._session.rpc("editai_keep_project", **_columns(project), data=project.model_dump(mode="json"))
        elif changed := local.changed(here, note.base):
            times = {"updated_at": project.updated_at}
            there = self._session.rpc(
                "editai_change_project",
                id=project.id,
                profile_id=project.profile_id,
                **times,
                fields=beside(changed, "") | times,
                brief=beside(changed, "brief"),
                facts=beside(changed, "brief/facts"),
            )
            if not there:
                return
        self._settle(note, here)

    # ── rows that are carried whole ──────────────────────────────────────────────────────────────────────────────

    def _whole(self, note: Note, row: dict[str, Any]) -> None:
        match note.kind:
            case "editai_clips":
                try:
                    self._session.insert("editai_clips", row)
                except Refused as refused:
                    if refused.rule != "editai_clips_pkey":
                        raise
                    if not self._session.select("editai_clips", "id", id=note.row_id):
                        raise _of_somebody_else() from refused
            case "editai_posts":
                self._session.rpc("editai_keep_post", row=row)
            case "jobs":
                untold = {"progress", "token", "heartbeat"}  # how far it is, is this machine's own
                self._session.rpc("editai_keep_job", row={name: row[name] for name in row if name not in untold})
            case _:
                self._session.rpc("editai_keep_cost", row=row)
        self._settle(note)

    def _settle(self, note: Note, base: Fields | None = None) -> None:
        with self._database.transaction() as rows:
            notes.settle(rows, note, base)

    # ── what was deleted here ────────────────────────────────────────────────────────────────────────────────────

    def _delete(self, note: Note) -> None:
        """Delete a row there: a store or a product only as this machine knew it, so that nobody's change is lost."""
        table = TABLES.get(note.kind, note.kind)
        if note.kind == "secrets":
            profile_id, _, name = note.row_id.partition("/")
            self._session.delete(table, profile_id=profile_id, name=name)
        elif note.kind not in {"profiles", "editai_projects"}:
            self._session.delete(table, id=note.row_id)
        elif note.version is not None and not self._session.delete(table, id=note.row_id, version=note.version):
            return  # changed or deleted by another machine: the next look at the project tells
        with self._database.transaction() as rows:
            for each in notes.hanging_on(rows, note.kind, note.row_id):
                notes.forget_absent(rows, each)


def _columns(project: Project) -> dict[str, str]:
    return {name: getattr(project, name) for name in ("id", "profile_id", "created_at", "updated_at")}


def _of_somebody_else() -> Forbidden:
    return Forbidden(
        "mirror_id_taken",
        "Another account of this Supabase project has the same one.",
        "It was copied from the same computer; work with it in one of the accounts.",
    )
