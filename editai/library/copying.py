"""A whole library copied from one keeper to the other: from this computer's data folder to a Supabase project, or back.

Everything keeps its id. First it is looked whether anything stands in the way, and then nothing is written at all; what
is there already stays as it is, so that a copy that was interrupted goes on when it is asked for again. Nothing is ever
deleted or overwritten. Files come before the rows that name them, and at the end both sides are read and compared.

A post is delivered by one library alone: what is not handed over for certain is not copied, and as long as there is
such a post nothing is. What was handed over is copied as history, so that the other library knows of it; neither sends
it again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Literal

from editai.errors import Conflict, EditaiError, Forbidden, NotFound
from editai.library.copying_files import Unit, on_one_disk, same, units
from editai.library.copying_rows import COLUMNS, FileShelf, ProjectShelf, Row, Shelf, digest, name_of
from editai.library.database import Database
from editai.library.media import Media
from editai.library.online import NOT_ONLINE, files_of
from editai.library.online_round import get_clip
from editai.library.store import LOCAL_OWNER, free_name
from editai.library.supabase_bucket import Bucket
from editai.library.supabase_session import Session
from editai.models import FINAL_STATES, OPEN_STATES, Clip
from editai.readable import count
from editai.settings import Settings

Where = Literal["supabase", "local"]
HERE, THERE = "this computer's library", "your Supabase project"
KINDS: Mapping[str, str] = {
    "profiles": "store",
    "editai_secrets": "sealed key",
    "editai_projects": "product",
    "editai_clips": "clip",
    "editai_posts": "post",
    "jobs": "job",
    "api_costs": "cost",
}
HISTORY: Mapping[str, tuple[str, ...]] = {
    "editai_posts": ("id", "profile_id", "clip_id", "channel_id", "batch", "created_at"),
    "jobs": ("id", "profile_id", "kind", "created_at"),
    "api_costs": ("id", "profile_id", "service", "operation", "created_at"),
}
"""What happened, by what never changes of it; how it went on is known to the library in which it did."""
NAMED = 3
"""Of what stands in the way; the rest is counted."""


@dataclass(frozen=True)
class Counted:
    """Of one kind of rows: how many there are, and how many of these were copied now or were there already.

    `elsewhere` are those that went on in the other library since they were copied, and stay as they are there. `sha256`
    is of all others, the same on both sides.
    """

    kind: str
    total: int
    copied: int
    elsewhere: int
    sha256: str


@dataclass(frozen=True)
class Copied:
    """What a copy did, after both sides were compared; `notes` are sentences for the owner."""

    rows: tuple[Counted, ...]
    files: int
    files_copied: int
    bytes: int
    notes: tuple[str, ...]


def copy(settings: Settings, session: Session, to: Where, say: Callable[[str], None]) -> Copied:
    """Copy the library of whoever is signed in, `to` Supabase or to this computer; `say` takes what is being done.

    Raises NotFound 404 `library_empty`; Conflict 409 `posts_under_way`, `copy_differs` or `mirror_behind`, Forbidden
    403 `library_of_another`, and then nothing was written; Conflict 409 `library_changed`, OutOfSpace 507 `disk_full`,
    EditaiError 500 `copy_not_the_same`, and whatever the way to the project brings with it (see `supabase_faults`),
    after which the same again goes on.
    """
    local, project = Media(settings.home), Media(settings.folder)
    media = (local, project) if to == "supabase" else (project, local)
    with _local(settings, to) as here:
        there = ProjectShelf(THERE, session)
        source, target = (here, there) if to == "supabase" else (there, here)
        say(f"Reading {source.name}")
        if to == "local":
            _require_mirrored(settings, session.user_id)
            _bring(session, project, there.rows("editai_clips"), say)
        plan = _look(source, target, *media)
        say(f"Copying {count(plan.missing, 'file')}")
        _copy_files(plan, *media)
        for table, rows in plan.new.items():
            if rows:
                say(f"Copying {count(len(rows), KINDS[table])}")
                target.add(table, rows)
        say("Comparing both sides")
        return _compared(plan, target)


@dataclass
class _Plan:
    """What is to be copied: all `rows` of the source by their table, which of them are `new`, and the files, of which
    so many are `missing`."""

    rows: dict[str, list[Row]]
    units: list[Unit]
    missing: int
    new: dict[str, list[Row]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


@contextmanager
def _local(settings: Settings, to: Where) -> Iterator[Shelf]:
    """This computer's own library. It is not opened as an app would, which gives an empty one a first store."""
    path = settings.home / "editai.db"
    if to == "supabase" and not path.exists():
        raise _empty(HERE)
    database = Database(path)
    try:
        yield FileShelf(HERE, database, LOCAL_OWNER)
    finally:
        database.close()


# ── looking ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _look(source: Shelf, target: Shelf, here: Media, there: Media) -> _Plan:
    """What is to be copied, once it is clear that nothing stands in the way."""
    rows = {table: source.rows(table) for table in COLUMNS}
    rows["profiles"].sort(key=lambda row: not row["is_default"])  # the first of an owner becomes the default
    if not rows["profiles"]:
        raise _empty(source.name)
    _require_delivered(rows["editai_posts"], source)
    ids = [row["id"] for row in rows["profiles"]]
    if target.strangers(ids):
        raise Forbidden(
            "library_of_another",
            f"These stores belong to another account in {target.name}.",
            "Sign in with the account to which this library was copied first.",
        )
    files = list(units(here, there, ids))
    plan = _Plan(rows, files, sum(len(unit.missing) for unit in files))
    plan.notes += _left_out(rows)
    known = {table: {name_of(row): row for row in target.rows(table)} for table in COLUMNS}
    plan.notes += _named(rows["profiles"], known["profiles"], source, target)
    differing = [
        _called(table, row)
        for table, some in rows.items()
        for row in some
        if (other := known[table].get(name_of(row))) and _compare(table, row, other) == "different"
    ]
    differing += [f"the file {unit.target.name}" for unit in plan.units if unit.differs]
    _require_the_same(differing, source, target)
    plan.new = {table: [row for row in some if name_of(row) not in known[table]] for table, some in rows.items()}
    plan.notes += _default_there(rows["profiles"], known["profiles"], target)
    plan.notes += _files_elsewhere(rows, here, there)
    return plan


def _require_delivered(posts: list[Row], source: Shelf) -> None:
    waiting = [row for row in posts if row["state"] in OPEN_STATES]
    if waiting:
        raise Conflict(
            "posts_under_way",
            f"Not handed over to Postiz yet, of {source.name}: {count(len(waiting), 'post')}.",
            "Each is sent by the library in which it was planned, and by no other. Wait until they are sent, or cancel "
            "them, and copy then.",
        )


def _left_out(rows: dict[str, list[Row]]) -> Iterator[str]:
    """Take out what is not at its end, and say so."""
    running = [row for row in rows["jobs"] if row["state"] not in FINAL_STATES]
    reserved = [row for row in rows["api_costs"] if row["state"] == "reserved"]
    rows["jobs"] = [row for row in rows["jobs"] if row not in running]
    rows["api_costs"] = [row for row in rows["api_costs"] if row not in reserved]
    if running:
        yield f"{count(len(running), 'job')} still under way stayed behind. When they are done, copy again."
    if reserved:
        yield f"{count(len(reserved), 'paid call')} still under way stayed behind. When they are done, copy again."


def _named(profiles: list[Row], known: dict[str, Row], source: Shelf, target: Shelf) -> Iterator[str]:
    """Give each store the name that it has in the other library: a number where another has its own there."""
    taken = [row["name"] for row in known.values()]
    for row in profiles:
        name = row["name"]
        if there := known.get(row["id"]):
            if _unnumbered(there["name"]) == _unnumbered(name):
                row["name"] = there["name"]
        else:
            row["name"] = free_name(name, taken)
            taken.append(row["name"])
        if row["name"] != name:
            yield f'The store "{name}" of {source.name} is called "{row["name"]}" in {target.name}.'


def _unnumbered(name: str) -> str:
    return re.sub(r" \(\d+\)$", "", name)


def _require_the_same(differing: list[str], source: Shelf, target: Shelf) -> None:
    if differing:
        more = len(differing) - NAMED
        told = ", ".join(differing[:NAMED]) + (f" and {more} more" if more > 0 else "")
        raise Conflict(
            "copy_differs",
            f"This is in both libraries and was changed in one of them: {told}.",
            f"Nothing is overwritten. Make it the same in both, or delete it in {target.name} where the one of "
            f"{source.name} is to come in its place, and copy again.",
        )


def _compare(table: str, row: Row, other: Row) -> Literal["same", "went on", "different"]:
    """How the same row is in both libraries. The default store is each library's own choice."""
    if table == "profiles":
        row, other = ({**each, "is_default": None} for each in (row, other))
    if row == other:
        return "same"
    fixed = HISTORY.get(table)
    if fixed and all(row[name] == other[name] for name in fixed):
        return "went on"
    return "different"


def _called(table: str, row: Row) -> str:
    match table:
        case "profiles":
            return f'the store "{row["name"]}"'
        case "editai_secrets":
            return f"a store's key for {row['name']}"
        case "editai_projects" | "editai_clips":
            return f'the {KINDS[table]} "{row["data"].get("title", "")}"'
    return f"a {KINDS[table]} of {row['created_at'][:10]}"


def _default_there(profiles: list[Row], known: dict[str, Row], target: Shelf) -> Iterator[str]:
    here = next((row for row in profiles if row["is_default"]), None)
    there = next((row for row in known.values() if row["is_default"]), None)
    if here and there and here["id"] != there["id"]:
        yield f'The default store of {target.name} stays "{there["name"]}".'


def _files_elsewhere(rows: dict[str, list[Row]], here: Media, there: Media) -> Iterator[str]:
    """What is known of is copied, also where its files are on another computer alone."""

    def is_clip_on(media: Media, row: Row) -> bool:
        return media.clip_folder(row["profile_id"], row["id"]).is_dir()

    def are_videos_on(media: Media, row: Row) -> bool:
        home = media.folder(row["profile_id"]) / "sources"
        return all((home / each["sha256"]).is_file() for each in row["data"]["brief"].get("sources", ()))

    clips = [row for row in rows["editai_clips"] if not (is_clip_on(here, row) or is_clip_on(there, row))]
    products = [row for row in rows["editai_projects"] if not (are_videos_on(here, row) or are_videos_on(there, row))]
    if clips:
        yield f"The files of {count(len(clips), 'clip')} are not on this computer; what is known of them was copied."
    if products:
        yield f"The videos of {count(len(products), 'product')} are not on this computer: add them again to work on."


def _require_mirrored(settings: Settings, owner_id: str) -> None:
    """What this computer has not carried to the project yet would be missing from a copy of the project."""
    path = settings.folder / "editai.db"
    if not path.exists():
        return
    database = Database(path)
    try:
        with database.read() as rows:
            waiting = rows.execute("SELECT count(*) FROM mirror WHERE owner_id = ? AND number IS NOT NULL", (owner_id,))
            number = waiting.fetchone()[0]
    finally:
        database.close()
    if number:
        raise Conflict(
            "mirror_behind",
            f"Not in your Supabase project yet, of what you did on this computer: {count(number, 'change')}.",
            "Start EditAI and sign in; when its page says that everything is in the project, copy again.",
        )


def _bring(session: Session, media: Media, clips: list[Row], say: Callable[[str], None]) -> None:
    """Get the clips that another computer made, where their files are in the project too."""
    for row in clips:
        clip = media.placed(Clip.model_validate(row["data"]))
        missing = [] if clip.folder.is_dir() else files_of(clip)
        if not missing:
            continue
        media.require_space(sum(file.bytes for file in missing))
        try:
            with closing(Bucket(session)) as bucket, media.or_out_of_space():
                get_clip(bucket, clip, missing)
        except EditaiError as error:
            if error.slug not in NOT_ONLINE:
                raise
        else:
            say(f'Fetched the clip "{clip.title}"')


# ── copying and comparing ────────────────────────────────────────────────────────────────────────────────────────


def _copy_files(plan: _Plan, here: Media, there: Media) -> None:
    missing = [each for unit in plan.units for each, _ in unit.missing]
    if not on_one_disk(here.home, there.home):
        there.require_space(sum(path.stat().st_size for path in missing))
    with there.or_out_of_space():
        for unit in plan.units:
            unit.copy()


def _compared(plan: _Plan, target: Shelf) -> Copied:
    """Read both sides again, as the other library has them now."""
    counted, wrong = [], []
    for table, rows in plan.rows.items():
        there = {name_of(row): row for row in target.rows(table)}
        found = [_compare(table, row, there[name_of(row)]) if name_of(row) in there else "missing" for row in rows]
        alike = [row for row, how in zip(rows, found, strict=True) if how == "same"]
        others = [there[name_of(row)] for row in alike]
        one, other = (digest(_bare(table, row) for row in some) for some in (alike, others))
        if one != other or {"missing", "different"} & set(found):
            wrong.append(KINDS[table])
        counted.append(Counted(KINDS[table], len(rows), len(plan.new[table]), found.count("went on"), one))
    files = [pair for unit in plan.units for pair in unit.files]
    if not all(same(here, there) for here, there in files):
        wrong.append("file")
    if wrong:
        raise EditaiError(
            "copy_not_the_same",
            f"Both sides were compared, and are not the same: {', '.join(f'{each}s' for each in wrong)}.",
            "Run the same command again. Both libraries are as they were, with what was copied so far.",
        )
    size = sum(path.stat().st_size for path, _ in files)
    return Copied(tuple(counted), len(files), plan.missing, size, tuple(plan.notes))


def _bare(table: str, row: Row) -> Row:
    return {**row, "is_default": None} if table == "profiles" else row


def _empty(name: str) -> NotFound:
    return NotFound("library_empty", f"There is nothing in {name} yet.", "Look at EDITAI_HOME and at who signs in.")
