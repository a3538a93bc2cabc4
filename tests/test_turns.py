"""Two stores that fill the queue at once: real jobs, taken by the real workers, each once and turn by turn."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psutil
import pytest

from editai import jobs, library
from editai.library import LOCAL_OWNER
from editai.models import Clip, Facts, Job, Profile
from editai.settings import Settings
from editai.workers import NICE, Supervisor
from tests.conftest import BOX
from tests.processes import children_named, half_made, renderers, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

EACH = 2
"""Jobs of each of the two stores."""


@dataclass(frozen=True)
class Story:
    """What was seen of a queue that was filled by one store and then by the other."""

    stores: tuple[Profile, Profile]
    jobs: list[Job]
    clips: list[Clip]
    pictures: int
    nice: set[int]
    left: tuple[object, ...]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, ffmpeg: Callable[..., None]) -> Story:
    folder = tmp_path_factory.mktemp("turns")
    ffmpeg("-ss", "4", "-i", BOX, "-t", "2", "-vf", "crop=ih*9/16:ih,scale=360:640", folder / "small.mp4")
    settings = Settings(_env_file=None, home=folder / "home", models_dir=None, offline=True, workers=1)
    with library.open(settings) as shelf:
        stores = shelf.store.default_profile(LOCAL_OWNER), shelf.store.create_profile(LOCAL_OWNER, "Other")
        shelf.journal.pause()
        for store in stores:
            for number in range(EACH):
                facts = Facts(title=f"Box {number}")
                wishes: dict[str, Any] = {
                    "script": "Meet the box.",
                    "quality": "draft",
                    "format": "1:1",
                    "end_card": False,
                }
                jobs.submit(shelf, store, [folder / "small.mp4"], facts=facts, **wishes)
        supervisor, nice = Supervisor(settings), set[int]()
        supervisor.start()
        try:
            shelf.journal.resume()

            def look() -> bool:
                time.sleep(0.2)
                for drawing in renderers(settings.home):
                    with suppress(psutil.Error):  # it has just ended
                        nice.add(drawing.nice())
                return not sum(shelf.journal.counts().values())

            wait_for(look, 600, "the queue to be empty")
        finally:
            supervisor.stop()
        return Story(
            stores=stores,
            jobs=[job for store in stores for job in shelf.journal.jobs(store.id)],
            clips=[clip for store in stores for clip in shelf.store.clips(store.id)],
            pictures=sum(1 for _ in settings.home.glob("profiles/*/cache/picture/*/result.json")),
            nice=nice,
            left=(children_named("worker"), renderers(settings.home), half_made(settings.home)),
        )


def test_every_job_is_done_once(story: Story) -> None:
    assert [(job.state, job.tries) for job in story.jobs] == [("done", 1)] * 2 * EACH
    assert Counter(clip.job_id for clip in story.clips) == Counter(job.id for job in story.jobs)
    assert story.pictures == 2 * EACH


def test_the_stores_take_turns_whoever_was_first(story: Story) -> None:
    turns = [job.profile_id for job in sorted(story.jobs, key=lambda job: job.started_at or "")]
    assert turns in ([store.id for store in story.stores] * EACH, [store.id for store in story.stores[::-1]] * EACH)


def test_workers_and_their_ffmpeg_let_the_page_go_first(story: Story) -> None:
    assert story.nice == {psutil.Process().nice() + NICE}


def test_nothing_is_left(story: Story) -> None:
    assert story.left == ([], [], [])
