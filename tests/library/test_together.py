"""Many processes on one data folder: nobody loses anything, and nobody ever sees half of a change."""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from editai import library
from editai.library import LOCAL_OWNER, Library
from editai.models import Profile, Progress
from editai.settings import Settings
from tests.library.samples import a_brief

SWITCHING, WRITING = 8, 16


def meet(folder: Path, name: str, count: int) -> None:
    """Wait until `count` processes have come here."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).touch()
    while sum(1 for _ in folder.iterdir()) < count:
        time.sleep(0.002)


def _first_start(settings: Settings, number: int) -> str:
    meet(settings.home.parent / "meeting", str(number), SWITCHING)
    with library.open(settings) as opened:
        return opened.store.default_profile(LOCAL_OWNER).id


def test_many_first_starts_at_once_make_one_default_profile(settings: Settings, processes: ProcessPoolExecutor) -> None:
    ids = set(processes.map(_first_start, [settings] * SWITCHING, range(SWITCHING)))
    assert len(ids) == 1
    with library.open(settings) as opened:
        assert [profile.name for profile in opened.store.profiles(LOCAL_OWNER)] == ["My store"]


def _switch_defaults(settings: Settings, ids: list[str], number: int) -> list[int]:
    """Switch the default back and forth; how many defaults there were at each look in between."""
    seen = []
    with library.open(settings) as opened:
        meet(settings.home / "meeting", str(number), SWITCHING)
        for profile_id in (ids[number % len(ids) :] + ids) * 4:
            opened.store.set_default_profile(LOCAL_OWNER, profile_id)
            seen.append(sum(profile.is_default for profile in opened.store.profiles(LOCAL_OWNER)))
            opened.store.default_profile(LOCAL_OWNER)
    return seen


def test_switching_the_default_from_many_processes_leaves_exactly_one_at_every_moment(
    settings: Settings, shelf: Library, processes: ProcessPoolExecutor
) -> None:
    ids = [shelf.store.create_profile(LOCAL_OWNER, str(number)).id for number in range(4)]
    seen = processes.map(_switch_defaults, [settings] * SWITCHING, [ids] * SWITCHING, range(SWITCHING))
    assert {count for one in seen for count in one} == {1}
    assert sum(profile.is_default for profile in shelf.store.profiles(LOCAL_OWNER)) == 1


def _write_progress(settings: Settings, profile_id: str, job_id: str) -> list[float]:
    """Beat a hundred times; what the row said after each, from first to last."""
    seen = []
    with library.open(settings) as opened:
        meet(settings.home / "meeting", job_id, WRITING)
        for percent in range(1, 101):
            progress = Progress(stage="picture", percent=percent, message="Rendering the picture")
            assert opened.journal.beat(job_id, job_id, progress)
            kept = opened.journal.job(profile_id, job_id).progress
            seen.append(kept.percent if kept else -1)
    return seen


def test_sixteen_processes_that_write_progress_lose_nothing(
    settings: Settings, shelf: Library, profile: Profile, processes: ProcessPoolExecutor
) -> None:
    ids = [f"{number:032x}" for number in range(WRITING)]
    for job_id in ids:
        _insert_running(shelf, profile, job_id)
    seen = list(processes.map(_write_progress, [settings] * WRITING, [profile.id] * WRITING, ids))
    assert seen == [list(range(1, 101))] * WRITING
    last = [shelf.journal.job(profile.id, job_id).progress for job_id in ids]
    assert last == [Progress(stage="picture", percent=100, message="Rendering the picture")] * WRITING


def _insert_running(shelf: Library, profile: Profile, job_id: str) -> None:
    """A job that runs under a token that is its own id."""
    job = shelf.journal.insert(profile, a_brief(), claimed_by=job_id)
    with shelf.database.transaction() as rows:
        rows.execute("UPDATE jobs SET id = ? WHERE id = ?", (job_id, job.id))
