"""The library: what is kept between two starts.

The rows of stores, their products and clips, their sealed keys, their costs; the journal of jobs, the outbox of posts
and what they brought; the folders of media.

`open(settings)` is the one way in. Three seams lie behind it: `Store` (rows), `Media` (files) and work, which is
always local: the `Journal` of jobs, the `Feeds` that batches are made of, the `Outbox` of posts and their `Figures`.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from types import TracebackType

from editai import zones
from editai.library.costs import Costs
from editai.library.database import Database, now
from editai.library.feeds import Feeds
from editai.library.figures import Figures
from editai.library.journal import Journal
from editai.library.media import Media
from editai.library.online import Online
from editai.library.outbox import Outbox
from editai.library.owners import Owner, Owners
from editai.library.secrets import Secrets
from editai.library.sqlite import SqliteStore
from editai.library.store import LOCAL_OWNER, Store, context
from editai.models import Clip, Project
from editai.settings import Settings

__all__ = [
    "LOCAL_OWNER",
    "Costs",
    "Feeds",
    "Figures",
    "Journal",
    "Library",
    "Media",
    "Outbox",
    "Owner",
    "Owners",
    "Secrets",
    "Store",
    "context",
    "open",
]


OF_THE_OTHER_STORE = {"music": None, "translate_to": (), "burned_language": ""}
"""What a copied product leaves behind: its music's file, and what only that store's language model can do."""


@dataclass(frozen=True)
class Library:
    """A data folder in use; safe to share between threads. As a context manager it closes itself at the end."""

    settings: Settings
    store: Store
    secrets: Secrets
    costs: Costs
    journal: Journal
    feeds: Feeds
    outbox: Outbox
    figures: Figures
    owners: Owners
    media: Media
    online: Online
    database: Database

    def opened(self, profile_id: str, clip_id: str) -> Clip:
        """A clip of this profile with its folder; files that are not on this computer are got where they are online.

        Raises NotFound 404 `clip_not_found`, and what `Online.bring` raises.
        """
        clip = self.media.placed(self.store.clip(profile_id, clip_id))
        self.online.bring(clip)
        return clip

    def delete_profile(self, owner_id: str, profile_id: str) -> None:
        """Delete a profile with its clips, files and cache, and cancel its jobs.

        Raises NotFound 404 `profile_not_found`, Forbidden 403 `profile_forbidden`, Conflict 409
        `default_profile_protected`.
        """
        if not self.store.profile(owner_id, profile_id).is_default:
            self.journal.cancel_all(profile_id)
        self.store.delete_profile(owner_id, profile_id)
        self.media.delete_profile_media(profile_id)

    def deleted_profiles(self) -> set[str]:
        """The ids of profiles of which this data folder knows that they are no more.

        One that it does not know is none of them: its rows may be kept elsewhere.
        """
        with self.database.read() as rows:
            noted = rows.execute("SELECT id FROM deleted_profiles").fetchall()
            named = rows.execute(  # also those that were deleted before that was noted
                "SELECT DISTINCT json_extract(data, '$.profile_id') FROM jobs WHERE profile_id IS NULL "
                "AND json_extract(data, '$.profile.owner_id') = ?",
                (LOCAL_OWNER,),
            ).fetchall()
            there = rows.execute("SELECT id FROM profiles").fetchall()
        return {row[0] for row in (*noted, *named)} - {row[0] for row in there}

    def delete_clip(self, profile_id: str, clip_id: str) -> None:
        """Delete a clip of this profile with its files. Raises NotFound 404 `clip_not_found`."""
        self.store.delete_clip(profile_id, clip_id)
        self.media.delete_clip_media(profile_id, clip_id)

    def copy_project(self, owner_id: str, profile_id: str, project_id: str, into_profile_id: str) -> Project:
        """Copy a product into another of the owner's profiles: its facts, its script, and its videos as new files.

        It sounds and looks like the store it comes into: voice, caption style, format, music and call to action are
        taken from that one's brand kit. Raises NotFound 404 `profile_not_found`, `project_not_found` or
        `source_not_found`, Forbidden 403 `profile_forbidden`, OutOfSpace 507 `disk_full`.
        """
        whose, into = (self.store.profile(owner_id, each) for each in (profile_id, into_profile_id))
        original = self.store.project(whose.id, project_id)
        paths = [self.media.source(whose.id, file) for file in original.brief.sources]
        sources = tuple(self.media.import_source(into.id, path) for path in paths)
        moment = now()
        copy = original.model_copy(
            update={
                "id": uuid.uuid4().hex,
                "profile_id": into.id,
                "brief": original.brief.model_copy(
                    update={**into.kit.wishes(), "sources": sources, **OF_THE_OTHER_STORE}
                ),
                "created_at": moment,
                "updated_at": moment,
            }
        )
        self.store.keep_project(copy)
        return copy

    def delete_project(self, profile_id: str, project_id: str) -> None:
        """Delete a product with its clips, their files and posts, and cancel its jobs.

        Raises NotFound 404 `project_not_found`.
        """
        self.store.project(profile_id, project_id)
        self.journal.cancel_project(profile_id, project_id)  # first: what ends later is refused and removes its files
        clips = [clip for clip in self.store.clips(profile_id) if clip.project_id == project_id]
        self.store.delete_project(profile_id, project_id)
        for clip in clips:
            self.media.delete_clip_media(profile_id, clip.id)

    def close(self) -> None:
        self.database.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open(settings: Settings) -> Library:
    """Open the data folder, bring it up to date, and see to it that the local owner has a default profile.

    Where people sign in to a Supabase project, or visit a demo, it is a folder of its own (`Settings.folder`), and
    nobody is local: an owner's first profile comes with the first sign-in (see `accounts`) or visit (see `guests`).

    Raises Unavailable 503 `data_folder_unusable` or `database_too_new`, OutOfSpace 507 `disk_full`.
    """
    database = Database(settings.database)
    media = Media(settings.folder)
    store = SqliteStore(database, media.placed)
    signs_in = settings.supabase_url is not None or settings.demo
    try:
        if not signs_in:
            store.welcome(LOCAL_OWNER, {"time_zone": zones.here()})
    except BaseException:
        database.close()
        raise
    return Library(
        settings=settings,
        store=store,
        secrets=Secrets(store, settings.secret_key, settings.key_file, keeps=not settings.demo),
        costs=Costs(store, settings.folder / "paid"),
        journal=Journal(database),
        feeds=Feeds(database),
        outbox=Outbox(database),
        owners=Owners(database, signs_in),
        figures=Figures(database),
        media=media,
        online=Online(store, media),
        database=database,
    )
