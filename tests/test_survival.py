"""kill -9, wherever a job is: it ends done, once, and its clip is the one that an undisturbed run gives."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import pytest

from editai import jobs, library
from editai.library import LOCAL_OWNER, Library
from editai.models import Facts, Job, Profile
from editai.settings import Settings
from editai.workers import Supervisor
from tests.conftest import BOX, MEDIA
from tests.dying import dying_in
from tests.processes import children_named, half_made, is_gone, renderers, wait_for
from tests.script.vendors import SCRIPT, Reply, Request, running, said, translates
from tests.test_workers import APP

pytestmark = pytest.mark.slow

WISHES: dict[str, Any] = {
    "script": "Meet the box.", "facts": Facts(title="Box", price="$12.90"), "quality": "draft", "format": "1:1",
    "preview": True, "tighten": True, "source_sound": "mute_speech", "end_card": False,
}  # fmt: skip
"""A short clip that goes through every stage for which nobody else has to be asked: for the two others see `TOLD`."""

DEATHS = (
    ("script", "narration"),
    ("pauses", "footage"),
    ("speech", "music"),
    ("plan", "sound"),
    ("inserts", "preview"),
    ("picture",),
    ("report", "heard"),
    ("clip", "row"),
)
"""Every stage, two in a job: it has three tries. "clip" is between keeping the files and writing the row, "row" between
that and the end of the job."""


TOLD: dict[str, Any] = {
    "script": "", "writer": "model", "translate_to": ("it",), "format": "1:1", "quality": "draft", "end_card": False,
    "facts": Facts(title="Aurora desk lamp", points=("Three colours of light", "Dims to a candle"), price="$49.99"),
}  # fmt: skip
"""A clip for which a language model writes the script and translates the captions."""


@dataclass
class Undisturbed:
    """A store in which the job was done, what was wished for, and what came of it."""

    settings: Settings
    shelf: Library
    profile: Profile
    wishes: dict[str, Any]
    made: dict[str, str]

    def submit(self, *without: str) -> Job:
        """The same job again, of which these stages were not done yet."""
        cache = self.shelf.media.cache(self.profile.id)
        for stage in (*without, *(("take",) if "narration" in without else ())):
            shutil.rmtree(cache / stage, ignore_errors=True)
        return submit(self.shelf, self.profile, self.wishes)

    def wait_until_done(self, job: Job) -> Job:
        def look() -> Job | None:
            row = self.shelf.journal.whosever(job.id)
            assert row.error is None, row.error
            return row if row.state == "done" else None

        return wait_for(look, 240, "the job to be done")

    def assert_as_undisturbed(self, job: Job) -> None:
        """It was made once, alike, and nothing else is there."""
        clips = [clip for clip in self.shelf.store.clips(self.profile.id) if clip.job_id == job.id]
        assert [clip.id for clip in clips] == [job.clip_id]
        assert content(clips[0].folder) == self.made
        assert half_made(self.settings.home) == []
        assert renderers(self.settings.home) == []


def submit(shelf: Library, profile: Profile, wishes: dict[str, Any]) -> Job:
    return jobs.submit(shelf, profile, [BOX], music=MEDIA / "happy_electronic.opus", **wishes)


def content(folder: Path) -> dict[str, str]:
    """The plan, and a hash of every frame and of the sound, decoded."""
    hashes = {"picture": hashlib.sha256(), "sound": hashlib.sha256()}
    with av.open(str(folder / "clip.mp4")) as clip:
        for frame in clip.decode(video=0):
            hashes["picture"].update(frame.to_ndarray().tobytes())
    with av.open(str(folder / "clip.mp4")) as clip:
        for sound in clip.decode(audio=0):
            hashes["sound"].update(sound.to_ndarray().tobytes())
    return {"plan": (folder / "plan.json").read_text("utf-8"), **{each: hashes[each].hexdigest() for each in hashes}}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Undisturbed]:
    home = tmp_path_factory.mktemp("survival") / "home"
    settings = Settings(_env_file=None, home=home, models_dir=None, offline=True, workers=1)
    with library.open(settings) as shelf:
        yield done(settings, shelf, shelf.store.default_profile(LOCAL_OWNER), WISHES)


@pytest.fixture
def told(undisturbed: Undisturbed) -> Iterator[Undisturbed]:
    """The same store with a language model that writes and translates."""
    translate = translates({"Meet": "Ecco", "the": "la", "It": "Questa", "costs": "costa"})
    script = {**SCRIPT, "hook": "Meet the Aurora desk lamp.", "lines": ["It costs $49.99."], "call_to_action": ""}

    def answer(request: Request) -> Reply:
        return translate(request) if "You translate" in request.body["messages"][0]["content"] else said(script)

    settings, shelf, profile = undisturbed.settings, undisturbed.shelf, undisturbed.profile
    with running() as vendor:
        vendor.will(answer)
        shelf.secrets.connect_model(profile.id, vendor.account(usd_in=2.0, usd_out=10.0))
        yield done(settings, shelf, profile, TOLD)
        shelf.secrets.forget(profile.id, "language_model")
        assert vendor.faults == []


def done(settings: Settings, shelf: Library, profile: Profile, wishes: dict[str, Any]) -> Undisturbed:
    """The store after a job of these wishes that nothing came in the way of."""
    ended = jobs.run_job(submit(shelf, profile, wishes).id, settings)
    assert ended.error is None, ended.error
    made = content(shelf.media.clip_folder(profile.id, ended.clip_id or ""))
    return Undisturbed(settings, shelf, profile, wishes, made)


@contextmanager
def supervised(settings: Settings) -> Iterator[None]:
    supervisor = Supervisor(settings)
    supervisor.start()
    try:
        yield
    finally:
        supervisor.stop()
        assert children_named("worker") == []


@pytest.mark.parametrize("stages", DEATHS, ids="+".join)
def test_a_worker_that_is_killed_in_a_stage_costs_nothing_but_time(
    undisturbed: Undisturbed, tmp_path: Path, stages: tuple[str, ...]
) -> None:
    job = undisturbed.submit(*stages)
    with dying_in(stages, tmp_path / "hook") as left, supervised(undisturbed.settings):
        ended = undisturbed.wait_until_done(job)
    assert json.loads(left.read_text("utf-8")) == []
    assert ended.tries == len(stages) + 1
    undisturbed.assert_as_undisturbed(ended)


def test_a_worker_that_is_killed_while_a_model_answers_has_it_asked_again(told: Undisturbed, tmp_path: Path) -> None:
    job = told.submit("script", "translation")
    with dying_in(("script", "translation"), tmp_path / "hook") as left, supervised(told.settings):
        ended = told.wait_until_done(job)
    assert json.loads(left.read_text("utf-8")) == []
    assert ended.tries == 3
    told.assert_as_undisturbed(ended)
    assert {cost.state for cost in told.shelf.costs.list(told.profile)} <= {"settled", "released"}


def test_an_app_that_is_killed_costs_nothing_but_time(undisturbed: Undisturbed) -> None:
    job = undisturbed.submit("picture")
    command = [sys.executable, "-c", APP, undisturbed.settings.model_dump_json()]
    with subprocess.Popen(command, start_new_session=True) as app:
        ffmpeg = wait_for(lambda: next(iter(renderers(undisturbed.settings.home)), None), 120, "ffmpeg")
        (worker,) = children_named("worker")
        app.kill()
    wait_for(lambda: is_gone(worker.pid) and is_gone(ffmpeg.pid), what="worker and ffmpeg to end")
    with supervised(undisturbed.settings):
        ended = undisturbed.wait_until_done(job)
    assert ended.tries == 1
    undisturbed.assert_as_undisturbed(ended)
