"""Worker processes: a killed worker or app costs a retry from the last finished stage and leaves nothing behind."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from pydantic import SecretStr

from editai import jobs, library, workers
from editai.library import LOCAL_OWNER, Library
from editai.models import Facts, Job, Profile
from editai.render.ffmpeg import PID_FILE
from editai.settings import Settings
from editai.workers import Supervisor
from tests.conftest import BOX
from tests.library.samples import a_brief
from tests.processes import HANGS_S, children_named, half_made, is_gone, renderers, wait_for

pytestmark = pytest.mark.slow

SCRIPT = "Meet the box."
APP = """
import sys, time
from editai.settings import Settings
from editai.workers import Supervisor
Supervisor(Settings.model_validate_json(sys.argv[1])).start()
print("started", flush=True)
time.sleep(600)
"""


@dataclass
class Shop:
    """A data folder in which the script was spoken and the video looked at, so that a new job begins to render soon."""

    settings: Settings
    shelf: Library
    profile: Profile
    seed: int = 0

    def submit(self, again: bool = False) -> Job:
        """A job that renders a picture which is not there yet, or the last one `again`."""
        self.seed += not again
        wishes: dict[str, Any] = {"quality": "draft", "format": "1:1", "end_card": False}
        facts = Facts(title=f"Box {self.seed}")
        return jobs.submit(self.shelf, self.profile, [BOX], script=SCRIPT, facts=facts, **wishes)

    def job(self, job_id: str) -> Job:
        return self.shelf.journal.whosever(job_id)

    def wait_for_state(self, job_id: str, state: str, seconds: float = 90) -> Job:
        def look() -> Job | None:
            job = self.job(job_id)
            assert job.error is None, job.error
            return job if job.state == state else None

        return wait_for(look, seconds, f"the job to be {state}")

    def rendering(self, job_id: str) -> psutil.Process:
        """Wait until ffmpeg draws the picture of the job, and it is noted whose it is; then it stands still."""

        def look() -> psutil.Process | None:
            progress = self.job(job_id).progress
            found = renderers(self.settings.home) if progress and progress.stage == "picture" else []
            notes: list[str] = []
            with suppress(FileNotFoundError):  # an ffmpeg has just ended, and its folder went with it: look again
                notes = [note.read_text("utf-8") for note in self.settings.home.rglob(PID_FILE)]
            for one in found:
                with suppress(psutil.NoSuchProcess):  # the same
                    if any(str(one.pid) in note for note in notes):
                        one.suspend()
                        return one
            return None

        return wait_for(look, 90, "ffmpeg")

    def taken_again(self, job_id: str, tries: int) -> None:
        """Wait until the job is being rendered on its n-th try; that is enough to see, so it is cancelled then."""
        wait_for(lambda: self.job(job_id).tries == tries and self.job(job_id).state == "running", what="another try")
        ffmpeg = self.rendering(job_id)
        jobs.cancel(self.shelf, self.profile.id, job_id)
        wait_for(lambda: is_gone(ffmpeg.pid), what="ffmpeg to end")

    def results(self, *stages: str) -> dict[Path, int]:
        cache = self.shelf.media.cache(self.profile.id)
        return {path: path.stat().st_mtime_ns for stage in stages for path in cache.glob(f"{stage}/*/result.json")}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    home = tmp_path_factory.mktemp("workers") / "home"
    settings = Settings(_env_file=None, home=home, models_dir=None, offline=True, workers=1)
    with library.open(settings) as shelf:
        shop = Shop(settings, shelf, shelf.store.default_profile(LOCAL_OWNER))
        assert jobs.run_job(shop.submit().id, settings).state == "done"
        yield shop


@pytest.fixture
def supervisor(shop: Shop) -> Iterator[Supervisor]:
    supervisor = Supervisor(shop.settings)
    supervisor.start()
    yield supervisor
    supervisor.stop()
    assert children_named("worker") == []
    assert renderers(shop.settings.home) == []
    assert half_made(shop.settings.home) == []


def worker() -> psutil.Process:
    """The worker process that is there, or will be in a moment."""
    return wait_for(lambda: next(iter(children_named("worker")), None), what="a worker")


def test_a_worker_takes_a_job_and_stays_for_the_next(shop: Shop, supervisor: Supervisor) -> None:
    first, second = shop.submit(), shop.submit(again=True)
    ffmpeg = shop.rendering(first.id)
    pid = worker().pid
    assert shop.job(second.id).state == "queued"  # one render at a time
    ffmpeg.resume()
    assert shop.wait_for_state(first.id, "done").clip_id
    assert shop.wait_for_state(second.id, "done").clip_id
    assert worker().pid == pid


def test_a_killed_worker_costs_a_retry_from_the_last_finished_stage(shop: Shop, supervisor: Supervisor) -> None:
    job = shop.submit()
    ffmpeg = shop.rendering(job.id)
    finished = shop.results("narration", "footage")
    killed = worker().pid
    os.kill(killed, signal.SIGKILL)
    done = shop.wait_for_state(job.id, "done")
    assert done.tries == 2
    assert is_gone(ffmpeg.pid)
    assert shop.results("narration", "footage") == finished
    assert worker().pid != killed
    assert [clip.job_id for clip in shop.shelf.store.clips(shop.profile.id)].count(job.id) == 1


def test_cancelling_ends_ffmpeg_within_two_seconds_and_keeps_the_worker(shop: Shop, supervisor: Supervisor) -> None:
    job = shop.submit()
    ffmpeg = shop.rendering(job.id)
    pid = worker().pid
    jobs.cancel(shop.shelf, shop.profile.id, job.id)
    wait_for(lambda: is_gone(ffmpeg.pid), HANGS_S, "ffmpeg to end")
    jobs.retry(shop.shelf, shop.profile.id, job.id)
    shop.taken_again(job.id, tries=1)
    assert worker().pid == pid


def test_a_worker_that_does_not_hear_a_cancel_is_replaced(shop: Shop, supervisor: Supervisor) -> None:
    job = shop.submit()
    ffmpeg = shop.rendering(job.id)
    stuck = worker()
    stuck.suspend()
    jobs.cancel(shop.shelf, shop.profile.id, job.id)
    wait_for(lambda: is_gone(stuck.pid), what="the stuck worker to end")
    wait_for(lambda: is_gone(ffmpeg.pid), what="its ffmpeg to end")
    assert shop.job(job.id).state == "cancelled"
    jobs.retry(shop.shelf, shop.profile.id, job.id)
    shop.taken_again(job.id, tries=1)


def test_a_worker_that_is_terminated_hands_its_job_back_without_counting_a_try(
    shop: Shop, supervisor: Supervisor
) -> None:
    job = shop.submit()
    shop.rendering(job.id)
    asked = worker()
    asked.terminate()
    wait_for(lambda: is_gone(asked.pid), what="the worker to end")
    shop.taken_again(job.id, tries=1)


def test_stopping_puts_the_job_back_and_the_next_start_goes_on(shop: Shop) -> None:
    first = Supervisor(shop.settings)
    first.start()
    job = shop.submit()
    ffmpeg = shop.rendering(job.id)
    first.stop()
    assert is_gone(ffmpeg.pid)
    assert children_named("worker") == []
    assert (shop.job(job.id).state, shop.job(job.id).tries) == ("queued", 0)
    second = Supervisor(shop.settings)
    second.start()
    try:
        shop.wait_for_state(job.id, "done")
    finally:
        second.stop()


def test_a_killed_app_leaves_no_worker_and_no_ffmpeg_and_its_job_goes_on(shop: Shop) -> None:
    command: list[Any] = [sys.executable, "-c", APP, shop.settings.model_dump_json()]
    app = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
    with app:
        assert app.stdout is not None
        app.stdout.readline()
        job = shop.submit()
        ffmpeg = shop.rendering(job.id)
        pid = worker().pid
        app.kill()
    wait_for(lambda: is_gone(pid) and is_gone(ffmpeg.pid), what="worker and ffmpeg to end")
    assert (shop.job(job.id).state, shop.job(job.id).tries) == ("queued", 0)
    again = Supervisor(shop.settings)
    again.start()
    try:
        shop.taken_again(job.id, tries=1)
    finally:
        again.stop()
    assert half_made(shop.settings.home) == []


def test_everything_killed_at_once_is_taken_over_at_the_next_start(shop: Shop) -> None:
    """As after a power cut: nobody could hand anything back, and ffmpeg may even run on."""
    command: list[Any] = [sys.executable, "-c", APP, shop.settings.model_dump_json()]
    app = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
    with app:
        assert app.stdout is not None
        app.stdout.readline()
        job = shop.submit()
        ffmpeg = shop.rendering(job.id)
        alive = worker()
        alive.suspend()
        app.kill()
        alive.kill()
    wait_for(lambda: is_gone(alive.pid), what="the killed worker to be gone")
    assert shop.job(job.id).state == "running"
    with shop.shelf.database.transaction() as rows:  # and half a minute later
        rows.execute("UPDATE jobs SET heartbeat = heartbeat - 30 WHERE id = ?", (job.id,))
    again = Supervisor(shop.settings)
    again.start()
    try:
        wait_for(lambda: is_gone(ffmpeg.pid), what="the orphaned ffmpeg to end")
        shop.taken_again(job.id, tries=2)
    finally:
        again.stop()
    assert half_made(shop.settings.home) == []


def test_a_worker_begins_with_the_first_job_and_leaves_when_there_is_nothing_to_do(settings: Settings) -> None:
    with library.open(settings) as shelf:
        supervisor = Supervisor(settings.model_copy(update={"workers": 2}), idle_s=0.5)
        supervisor.start()
        try:
            time.sleep(1.0)
            assert children_named("worker") == []
            job = shelf.journal.insert(shelf.store.default_profile(LOCAL_OWNER), a_brief())
            first = worker()
            wait_for(lambda: shelf.journal.whosever(job.id).error, what="the job to be looked at")
            wait_for(lambda: is_gone(first.pid), what="the worker to leave")
            assert children_named("worker") == []
        finally:
            supervisor.stop()


@pytest.mark.parametrize(("end", "said"), [("kill -9 $$", "was ended by"), ("exit 3", "crashed with status 3")])
def test_how_the_last_worker_of_three_died_is_told(settings: Settings, end: str, said: str) -> None:
    with library.open(settings) as shelf:
        job = shelf.journal.insert(shelf.store.default_profile(LOCAL_OWNER), a_brief())
        for token in ("first", "second"):
            shelf.journal.claim(job.id, token)
            shelf.journal.lost(token)
        slot = workers._Slot(settings, 0, "third", subprocess.Popen(["sh", "-c", end], stdin=subprocess.PIPE))
        shelf.journal.claim(job.id, "third")
        assert slot.process is not None
        slot.process.wait()
        slot.look_after(shelf)
        ended = shelf.journal.whosever(job.id)
    assert ended.state == "failed"
    assert ended.error is not None
    assert said in str(ended.error["message"])


def test_a_paused_queue_starts_no_worker(settings: Settings) -> None:
    with library.open(settings) as shelf:
        shelf.journal.pause()
        job = shelf.journal.insert(shelf.store.default_profile(LOCAL_OWNER), a_brief())
        supervisor = Supervisor(settings)
        supervisor.start()
        try:
            time.sleep(1.0)
            assert children_named("worker") == []
            shelf.journal.resume()
            wait_for(lambda: shelf.journal.whosever(job.id).error, what="the job to be looked at")
        finally:
            supervisor.stop()


def test_a_worker_works_where_a_key_of_the_owners_seals_secrets(settings: Settings) -> None:
    key = SecretStr(base64.urlsafe_b64encode(bytes(32)).decode())
    keyed = settings.model_copy(update={"secret_key": key, "workers": 1})
    with library.open(keyed) as shelf:
        job = shelf.journal.insert(shelf.store.default_profile(LOCAL_OWNER), a_brief())
        supervisor = Supervisor(keyed)
        supervisor.start()
        wait_for(lambda: shelf.journal.whosever(job.id).error, what="the job to be looked at")
        supervisor.stop()
        assert (shelf.journal.whosever(job.id).error or {})["slug"] == "source_not_found"
