"""Jobs on a real cluster, whose processes are killed: each ends done, once, like one that nobody disturbed."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import psutil
import pytest

from editai import jobs, library
from editai.aside import aside
from editai.cluster import link
from editai.cluster.carrier import Carrier
from editai.library import LOCAL_OWNER, Library
from editai.library.depot import Depot
from editai.models import Facts, Job, Profile
from editai.settings import Settings
from editai.workers import Supervisor
from tests.cluster.machines import Machine, Scheduler, answers
from tests.conftest import BOX
from tests.library.places import S3
from tests.processes import HANGS_S, half_made, held, is_gone, renderers, wait_for
from tests.test_survival import content
from tests.test_workers import APP

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]  # two machines, an app and a bucket on this one

WISHES: dict[str, Any] = {
    "script": "Meet the box.", "facts": Facts(title="Box"), "quality": "draft", "format": "1:1", "price_badge": False,
    "hook_card": False, "end_card": False,
}  # fmt: skip
"""A clip that is soon made; that each of its stages is taken up again is shown in `test_survival`."""
AFRESH = ("picture",)
"""What a worker does again for the next test."""


@dataclass
class Cluster:
    """A shop whose clips are made by two machines, and what its clip is like where nobody has disturbed it."""

    settings: Settings
    shelf: Library
    profile: Profile
    scheduler: Scheduler
    machines: tuple[Machine, Machine]
    media: str
    made: dict[str, str]

    def submit(self, profile: Profile | None = None) -> Job:
        for machine in self.machines:
            machine.forget(*AFRESH)
        return jobs.submit(self.shelf, profile or self.profile, [BOX], **WISHES)

    def job(self, job_id: str) -> Job:
        return self.shelf.journal.whosever(job_id)

    def rendering(self, job: Job) -> tuple[Machine, psutil.Process]:
        """Where the picture of the job is drawn, and by which ffmpeg; from then on that one stands still."""

        def look() -> tuple[Machine, psutil.Process] | None:
            row = self.job(job.id)
            assert row.error is None, row.error
            if row.progress is None or row.progress.stage != "picture":
                return None
            return next(((one, found) for one in self.machines for found in held(one.home)), None)

        return wait_for(look, 120, "ffmpeg on a machine")

    def both_render(self) -> bool:
        """Whether both machines draw at this moment; the first to begin stands still until the other does too."""
        drawing = [machine.renderers() for machine in self.machines]
        for ffmpeg in itertools.chain(*drawing):
            with suppress(psutil.NoSuchProcess):  # it has just ended
                ffmpeg.resume() if all(drawing) else ffmpeg.suspend()
        return all(drawing)

    def wait_until_done(self, job: Job) -> Job:
        def look() -> Job | None:
            row = self.job(job.id)
            assert row.error is None, row.error
            return row if row.state == "done" else None

        return wait_for(look, 240, "the job to be done")

    def assert_as_undisturbed(self, job: Job, profile: Profile | None = None) -> None:
        """It was made once, alike, without a way to the app's folder, and nothing else is left anywhere."""
        done, whose = self.wait_until_done(job), profile or self.profile
        clips = [clip for clip in self.shelf.store.clips(whose.id) if clip.job_id == job.id]
        assert [clip.id for clip in clips] == [done.clip_id]
        assert content(clips[0].folder) == self.made
        self.assert_nothing_left(whose)

    def assert_nothing_left(self, profile: Profile) -> None:
        place = Depot.open(self.media).place
        wait_for(lambda: not list(place.files(f"profiles/{profile.id}")), 30, "the depot to be empty")
        wait_for(lambda: not self.shelf.journal.tokens(), 30, "the carrier to let go")
        assert half_made(self.settings.home) == []
        assert renderers(self.settings.home) == []
        for machine in self.machines:
            assert machine.touched() == []
            assert machine.renderers() == []


@pytest.fixture(scope="module")
def media(s3_server: S3, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A bucket, of which the app and the machines are told as their owner would."""
    none = str(tmp_path_factory.mktemp("aws") / "none")
    told = {**s3_server.environment, "AWS_CONFIG_FILE": none, "AWS_SHARED_CREDENTIALS_FILE": none}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in told.items():
            patch.setenv(name, value)
        yield s3_server.new_bucket()


@pytest.fixture(scope="module")
def cluster(media: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    alone = Settings(_env_file=None, home=folder / "alone", models_dir=None, offline=True, workers=1)
    with library.open(alone) as shelf:
        profile = shelf.store.default_profile(LOCAL_OWNER)
        done = jobs.run_job(jobs.submit(shelf, profile, [BOX], **WISHES).id, alone)
        assert done.error is None, done.error
        made = content(shelf.media.clip_folder(profile.id, done.clip_id or ""))
    scheduler = Scheduler()
    scheduler.start()
    home = folder / "app"
    settings = alone.model_copy(update={"home": home, "cluster": scheduler.address, "media_url": media})
    first, second = (Machine(folder / name, scheduler.address, media, home) for name in ("one", "two"))
    for machine in (first, second):
        machine.start()
    with library.open(settings) as shelf:
        profile = shelf.store.default_profile(LOCAL_OWNER)
        yield Cluster(settings, shelf, profile, scheduler, (first, second), media, made)
    assert [first.stop(), second.stop()] == [0, 0]
    scheduler.kill()
    assert not answers(scheduler.port)


@contextmanager
def carried(settings: Settings) -> Iterator[None]:
    """An app that has its jobs made by the cluster; at its end no process of its own is left."""
    supervisor = Supervisor(settings)
    supervisor.start()
    try:
        yield
    finally:
        supervisor.stop()
        assert [child for child in psutil.Process().children() if child.cmdline()[-1:] == ["worker"]] == []


def test_two_machines_make_the_clips_of_two_stores(cluster: Cluster) -> None:
    other = cluster.shelf.store.create_profile(LOCAL_OWNER, "Other")
    first, second = cluster.submit(), cluster.submit(other)
    with carried(cluster.settings):
        wait_for(cluster.both_render, 240, "both machines to render")
        cluster.assert_as_undisturbed(first)
        cluster.assert_as_undisturbed(second, other)


def test_a_killed_worker_costs_nothing_but_time(cluster: Cluster) -> None:
    job = cluster.submit()
    with carried(cluster.settings):
        machine, ffmpeg = cluster.rendering(job)
        killed = machine.worker()
        killed.kill()
        wait_for(lambda: is_gone(ffmpeg.pid), what="its ffmpeg to end")
        cluster.assert_as_undisturbed(job)
    assert machine.worker().pid != killed.pid


def test_a_scheduler_that_goes_away_and_comes_back_costs_nothing_but_time(cluster: Cluster) -> None:
    job = cluster.submit()
    with carried(cluster.settings):
        _, ffmpeg = cluster.rendering(job)
        cluster.scheduler.kill()

        def says_so() -> bool:
            progress = cluster.job(job.id).progress
            return progress is not None and "does not answer" in progress.message

        wait_for(says_so, 60, "the job's row to say so")
        wait_for(lambda: is_gone(ffmpeg.pid), what="ffmpeg to end")
        cluster.scheduler.start()
        cluster.assert_as_undisturbed(job)
    assert cluster.job(job.id).tries == 1


def test_a_worker_that_falls_silent_is_left_and_what_it_says_later_changes_nothing(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "SILENT_SECONDS", 4)
    with link.Link(cluster.scheduler.address) as way:
        wait_for(lambda: way.places() == 2, what="both machines")
        job = cluster.submit()
        carrying = aside(partial(Carrier(cluster.settings, way).run, job.id, "carrier"), "carrier")
        machine, ffmpeg = cluster.rendering(job)
        stuck = machine.worker()
        stuck.suspend()
        try:
            wait_for(carrying.done, 240, "the other machine to make the clip")
        finally:
            stuck.resume()
        wait_for(lambda: is_gone(ffmpeg.pid), what="its ffmpeg to end")
        cluster.assert_as_undisturbed(job)
    assert cluster.job(job.id).tries == 1


def test_cancelling_ends_ffmpeg_on_the_other_machine_and_keeps_its_worker(cluster: Cluster) -> None:
    job = cluster.submit()
    with carried(cluster.settings):
        machine, ffmpeg = cluster.rendering(job)
        worker = machine.worker()
        jobs.cancel(cluster.shelf, cluster.profile.id, job.id)
        wait_for(lambda: is_gone(ffmpeg.pid), HANGS_S, "ffmpeg to end")
        cluster.assert_nothing_left(cluster.profile)
    assert machine.worker().pid == worker.pid
    assert cluster.job(job.id).state == "cancelled"


def test_an_app_that_is_killed_takes_its_job_from_the_cluster_and_goes_on_at_the_next_start(cluster: Cluster) -> None:
    job = cluster.submit()
    command = [sys.executable, "-c", APP, cluster.settings.model_dump_json()]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True) as app:
        _, ffmpeg = cluster.rendering(job)
        (carrier,) = psutil.Process(app.pid).children()
        app.kill()
    wait_for(lambda: is_gone(carrier.pid) and is_gone(ffmpeg.pid), what="carrier and ffmpeg to end")
    assert cluster.job(job.id).state == "queued"
    with carried(cluster.settings):
        cluster.assert_as_undisturbed(job)
    assert cluster.job(job.id).tries == 1
