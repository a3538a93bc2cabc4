"""What a store has done, and what deleting it takes with it."""

from __future__ import annotations

from datetime import datetime

from editai.library import Library
from editai.models import FINAL_STATES, Overview, Profile
from editai.readable import count, human_bytes


def overview(shelf: Library, profile: Profile, now: datetime | None = None) -> Overview:
    """What the store has done; the month is a calendar month of the store's own time zone."""
    month = shelf.costs.month_of(profile, now)
    jobs = shelf.journal.jobs(profile.id)
    projects = shelf.store.projects(profile.id)
    posts = shelf.outbox.posts(profile.id)
    moments = [profile.created_at]
    moments += [moment for job in jobs for moment in (job.created_at, job.finished_at) if moment]
    moments += [project.updated_at for project in projects] + [post.updated_at for post in posts]
    return Overview(
        clips_this_month=shelf.store.count_clips(profile.id, month),
        clips=shelf.store.count_clips(profile.id, ""),
        projects=len(projects),
        posts=len(posts),
        running_jobs=sum(job.state not in FINAL_STATES for job in jobs),
        spent=shelf.store.spent(profile.id, month),
        budget=profile.monthly_budget,
        last_activity=max(moments),
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
            f"The record of {count(seen.posts, 'post')} is deleted. What is on the platforms already, or waits in "
            "Postiz for its time, stays there."
        )
    if keys:
        said.append(f"{count(len(keys), 'key')} {_are(len(keys))} forgotten.")
    return tuple(said)


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
