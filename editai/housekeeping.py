"""Keeping the data folder in order: `python -m editai clean`, and the app now and then.

Only what can be shown to be of no use goes. A folder that no row names is not enough: its owner's rows may be kept
elsewhere. Jobs of any process may run meanwhile; what they use stays.
"""

from __future__ import annotations

import shutil
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from editai import eviction, library, render
from editai.library import Library, Media
from editai.library.depot import Depot
from editai.library.media import ID, remove
from editai.models import FINAL_STATES, Job, Profile
from editai.readable import count, human_bytes
from editai.settings import Settings
from editai.stages import own_bytes
from editai.voices.base import CLONE_FILE

OLD_DAYS = 30
"""Small copies for the page and logs are kept so long; the copies are made again in seconds when they are wanted."""

MOST_CACHE_BYTES, CACHE_SHARE = 10_000_000_000, 10
"""The stage caches may take so much, or so small a part of the disk where that is less."""


@dataclass(frozen=True)
class Freed:
    """What was removed, or would be, of one kind: `what` is one of it, in plain words."""

    what: str
    number: int
    bytes: int


def main(settings: Settings, *, dry_run: bool) -> int:
    """`python -m editai clean`; the exit status. Raises what `library.open` raises."""
    with library.open(settings) as shelf:
        freed = [each for each in clean(shelf, dry_run=dry_run) if each.number]
        would, took = ("Would free", "would be removed") if dry_run else ("Freed", "removed")
        for each in freed:
            sys.stdout.write(f"{count(each.number, each.what)} {took}: {human_bytes(each.bytes)}\n")
        total = sum(each.bytes for each in freed)
        kept = eviction.evict(shelf.media.home, sys.maxsize, None, dry_run=True).left
        told = f"{would} {human_bytes(total)}." if freed else "There is nothing to remove."
        sys.stdout.write(
            f"{told} Finished steps of clips take {human_bytes(kept)} of at most {human_bytes(cache_limit(shelf))}; "
            f"{human_bytes(shelf.media.free_bytes())} of the disk are free.\n"
        )
    return 0


def clean(shelf: Library, *, dry_run: bool = False) -> list[Freed]:
    """Remove what is of no use any more; with `dry_run` only say what that is."""
    if not dry_run:
        _take_over(shelf)
    media, old = shelf.media, time.time() - OLD_DAYS * 86_400
    kinds = {
        "abandoned work folder": media.abandoned(),
        "deleted store's folder": _of_deleted_stores(shelf),
        "deleted clip's folder": _of_no_clip(shelf),
        "old video preview": _older(media.home.glob("profiles/*/proxies/*.mp4"), old),
        "old log": _older((media.home / "logs").glob("*.log"), old),
    }
    return [*(_removed(what, paths, dry_run=dry_run) for what, paths in kinds.items()), _tidied(shelf, dry_run=dry_run)]


def clear_away(shelf: Library) -> None:
    """What processes that are gone left: their jobs go back to the queue, their ffmpeg ends, what they left half-made
    goes (notes of their ffmpeg lie in it), and what they had reserved for paid calls is settled."""
    _take_over(shelf)
    shelf.media.sweep()


def tidy(shelf: Library) -> None:
    """What the app does now and then: what deletions left, and the caches down to their limit."""
    for path in (*_of_deleted_stores(shelf), *_of_no_clip(shelf)):
        remove(path)
    _tidied(shelf)
    if shelf.settings.media_url is not None:
        tidy_depot(shelf, Depot.open(shelf.settings.media_url))


def tidy_depot(shelf: Library, depot: Depot) -> None:
    """Remove from the depot all of deleted stores, what jobs that are over left, and what no job has needed for a day.

    Stores that this computer does not know are left alone: another may exchange its files there. Raises Unavailable 503
    `media_away`.
    """
    there, deleted = depot.profile_ids(), shelf.deleted_profiles()
    for profile_id in there & deleted:
        depot.delete(profile_id)
    mine = (profile for owner in shelf.owners.here() for profile in shelf.store.profiles(owner.id))
    for profile in mine:
        if profile.id in there:
            left = depot.job_ids(profile.id)
            for job in shelf.journal.jobs(profile.id) if left else ():
                if job.id in left:
                    let_go(job, shelf.media, depot)
            depot.sweep(profile.id, _needed_of(shelf, profile))


def let_go(job: Job, media: Media, depot: Depot) -> None:
    """Remove from the depot what was made for a job from where nobody goes on.

    One that failed can be tried again, but not with a voice that was deleted since, and nothing that it spoke is kept.
    Raises Unavailable 503 `media_away`.
    """
    if job.profile_id is None:
        return
    spoken = job.brief.voice.name
    deleted = ID.fullmatch(spoken) is not None and not (media.voices(job.profile_id) / spoken / CLONE_FILE).is_file()
    if job.state in {"done", "cancelled"} or (job.state == "failed" and deleted):
        depot.own(job.id).delete(job.profile_id)


def _needed_of(shelf: Library, profile: Profile) -> set[str]:
    """What jobs of the store that have not ended are made of."""
    briefs = [job.brief for job in shelf.journal.jobs(profile.id) if job.state not in FINAL_STATES]
    files = [file for brief in briefs for file in (*brief.sources, brief.music)]
    files += [profile.kit.logo, *(font.file for font in profile.kit.fonts)]
    return {file.sha256 for file in files if file is not None}


def make_room(shelf: Library, needed: int) -> None:
    """See to it that `needed` bytes are free, with results that are used no more if it must be.

    Raises OutOfSpace 507 `disk_full` where that is not enough.
    """
    lacking = needed - shelf.media.free_bytes()
    if lacking > 0:
        taken = eviction.evict(shelf.media.home, sys.maxsize, None, dry_run=True).left
        eviction.evict(shelf.media.home, max(0, taken - lacking), shelf.journal.running_since())
    shelf.media.require_space(needed)


def cache_limit(shelf: Library) -> int:
    """How many bytes the stage caches of all stores may take together."""
    chosen = shelf.settings.max_cache_bytes
    if chosen is not None:
        return chosen
    return min(MOST_CACHE_BYTES, shutil.disk_usage(shelf.media.home).total // CACHE_SHARE)


def _take_over(shelf: Library) -> None:
    shelf.journal.requeue_expired()
    render.end_orphans(shelf.media.home / "profiles")
    shelf.costs.tidy_up()


def _tidied(shelf: Library, *, dry_run: bool = False) -> Freed:
    since = shelf.journal.running_since()
    gone = eviction.evict(shelf.media.home, cache_limit(shelf), since, dry_run=dry_run)
    return Freed("unused finished step", gone.results, gone.bytes)


def _removed(what: str, paths: Iterator[Path], *, dry_run: bool) -> Freed:
    number = size = 0
    for path in list(paths):
        number, size = number + 1, size + own_bytes(path)
        if not dry_run:
            remove(path)
    return Freed(what, number, size)


def _of_deleted_stores(shelf: Library) -> Iterator[Path]:
    """Folders of profiles of which it is known that they were deleted: a late file of theirs, or a deletion that was
    killed."""
    folders = (shelf.media.home / "profiles" / profile_id for profile_id in shelf.deleted_profiles())
    return (folder for folder in folders if folder.is_dir())


def _of_no_clip(shelf: Library) -> Iterator[Path]:
    """Folders of clips of this machine's own stores without a row, and whose job will not add one.

    Looked at in this order, so that a clip that is kept meanwhile is seen: its row is there before its job has ended.
    """
    stores = [profile.id for owner in shelf.owners.here() for profile in shelf.store.profiles(owner.id)]
    found = {each: list((shelf.media.folder(each) / "clips").glob("[!.]*")) for each in stores}
    making = {uuid.uuid5(uuid.NAMESPACE_OID, job_id).hex for job_id in shelf.journal.unfinished()}
    for profile_id, folders in found.items():
        kept = {clip.id for clip in shelf.store.clips(profile_id)} if folders else set()
        yield from (folder for folder in folders if folder.name not in kept | making)


def _older(paths: Iterator[Path], before: float) -> Iterator[Path]:
    return (path for path in paths if path.stat().st_mtime < before)
