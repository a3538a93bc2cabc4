"""What a store has done, and what deleting it takes with it."""

from __future__ import annotations

from datetime import datetime

from editai.library import Library
from editai.models import Overview, Profile
from editai.readable import count, human_bytes


def overview(shelf: Library, profile: Profile, now: datetime | None = None) -> Overview:
    """What the store has done; the month is a calendar month of the store's own time zone."""
    month = shelf.costs.month_of(profile, now)
    running_jobs, job_moved = shelf.journal.activity(profile.id)
    projects, project_changed = shelf.store.count_projects(profile.id)
    posts, post_changed = shelf.outbox.activity(profile.id)
    return Overview(
        clips_this_month=shelf.store.count_clips(profile.id, month),
        clips=shelf.store.count_clips(profile.id, ""),
        projects=projects,
        posts=posts,
        running_jobs=running_jobs,
        spent=shelf.store.spent(profile.id, month),
        budget=profile.monthly_budget,
        last_activity=max(profile.created_at, job_moved, project_changed, post_changed),
    )


def what_goes(shelf: Library, profile: Profile) -> tuple[str, ...]:
    """What deleting the store takes with it and what it leaves, as sentences with numbers."""
    seen = overview(shelf, profile)
    keys = shelf.secrets.shown(profile.id)
    size = human_bytes(shelf.media.used_bytes(profile.id))
    said = [
        f"{count(seen.clips, 'clip')} and {count(seen.projects, 'product')} are deleted, with {size} of files."
        if seen.clips or seen.projects
        else f"It has no clips and no products yet; {size} of files are deleted."
    ]
    if seen.running_jobs:
        said.append(f"{count(seen.running_jobs, 'clip')} in the making {_are(seen.running_jobs)} cancelled.")
    if seen.posts:
        said.append(
            f"The record of {count(seen.posts, 'post')} is deleted. What is on the platforms stays there, and what "
            "waits in Postiz for its time is still published: delete it there if it is not to be."
        )
    if keys:
        said.append(f"{count(len(keys), 'key')} {_are(len(keys))} forgotten.")
    return tuple(said)


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
