"""A long synthesis that is cancelled, by an engine that another package brings and that its entry point names."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from editai import jobs, library, voices
from editai.library import LOCAL_OWNER, Library
from editai.models import Job, Profile, Voice
from editai.settings import Settings
from editai.workers import CANCEL_SECONDS, Supervisor
from tests.conftest import BOX
from tests.processes import children_named, is_gone, wait_for

pytestmark = pytest.mark.slow

ENGINE = """
import os, time
from pathlib import Path
import numpy as np
from editai.models import Step
from editai.voices import EngineInfo, Spoken, VoiceInfo

LOG = Path(os.environ["BROUGHT_LOG"])
MODEL = {}

def note(what):
    with LOG.open("a") as log:
        log.write(f"{os.getpid()} {what}\\n")

class Engine:
    info = EngineInfo(name="brought", label="Brought", licence="MIT", licence_note="For tests.")

    def voices(self, studio):
        names = ("willing", "stubborn")
        return tuple(VoiceInfo(engine="brought", name=name, label=name, languages=("en",)) for name in names)

    def missing(self, studio):
        return ""

    def fingerprint(self, voice, studio):
        return {"engine": "brought"}

    def load(self, voice, language, studio):
        yield Step(0.0)
        note("kept" if MODEL else "loaded")
        MODEL["is"] = "here"
        return Speaker(voice.name)

class Speaker:
    def __init__(self, name):
        self.name = name

    def say(self, sentence):
        note(f"says {sentence.displayed}")
        if self.name == "stubborn":
            time.sleep(120)
        for _ in range(5):
            time.sleep(0.2)
            yield Step(0.0)
        sound = np.sin(np.arange(16_000, dtype=np.float32) * 0.2)
        spans = np.linspace(0, 16_000, len(sentence.words) + 1)
        return Spoken(sound, 16_000, tuple(zip(spans, spans[1:])))
"""


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """What the engine notes; it is installed for this test, here and in the workers."""
    installed = tmp_path / "site"
    about = installed / "brought-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: brought\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[editai.voices]\nbrought = brought_voice:Engine\n")
    (installed / "brought_voice.py").write_text(ENGINE)
    (tmp_path / "log").touch()
    monkeypatch.setenv("BROUGHT_LOG", str(tmp_path / "log"))
    monkeypatch.setenv("PYTHONPATH", str(installed))
    monkeypatch.syspath_prepend(str(installed))
    voices.engines.cache_clear()
    yield tmp_path / "log"
    voices.engines.cache_clear()
    sys.modules.pop("brought_voice", None)


@pytest.fixture
def shelf(settings: Settings) -> Iterator[Library]:
    with library.open(settings.model_copy(update={"workers": 1})) as opened:
        yield opened


@pytest.fixture
def profile(shelf: Library) -> Profile:
    return shelf.store.default_profile(LOCAL_OWNER)


@pytest.fixture
def workers(shelf: Library, log: Path) -> Iterator[None]:
    supervisor = Supervisor(shelf.settings)
    supervisor.start()
    yield
    supervisor.stop()
    assert children_named("worker") == []


def submit(shelf: Library, profile: Profile, voice: str, sentences: int = 30) -> Job:
    script = "\n".join(f"This is line {number}." for number in range(sentences))
    return jobs.submit(shelf, profile, [BOX], script=script, voice=Voice.parse(f"brought:{voice}"))


def said(log: Path) -> list[str]:
    return [line.partition(" ")[2] for line in log.read_text().splitlines()]


@pytest.mark.usefixtures("workers")
def test_a_cancelled_script_ends_at_the_sentence_and_the_model_stays_loaded(
    shelf: Library, profile: Profile, log: Path
) -> None:
    job = submit(shelf, profile, "willing")
    wait_for(lambda: len(said(log)) >= 3, 40, "two sentences")
    jobs.cancel(shelf, profile.id, job.id)
    [worker] = children_named("worker")
    wait_for(lambda: shelf.journal.clinging(0) == set(), CANCEL_SECONDS, "the worker to let go")
    spoken = len(said(log))
    again = submit(shelf, profile, "willing", sentences=spoken + 1)
    wait_for(lambda: len(said(log)) > spoken + 1, 40, "the next job to speak")
    assert said(log)[spoken] == "kept"
    assert said(log)[spoken + 1] not in said(log)[: spoken - 1]  # what was spoken before is not spoken again
    assert [one.pid for one in children_named("worker")] == [worker.pid]
    jobs.cancel(shelf, profile.id, again.id)


@pytest.mark.usefixtures("workers")
def test_a_model_that_cannot_be_stopped_goes_with_its_worker(shelf: Library, profile: Profile, log: Path) -> None:
    job = submit(shelf, profile, "stubborn")
    wait_for(lambda: len(said(log)) >= 2, 40, "the first sentence")
    [worker] = children_named("worker")
    jobs.cancel(shelf, profile.id, job.id)
    wait_for(lambda: is_gone(worker.pid), CANCEL_SECONDS + 5, "the worker to end")
    assert shelf.journal.whosever(job.id).state == "cancelled"
    submit(shelf, profile, "willing", sentences=1)
    wait_for(lambda: children_named("worker"), what="another worker for the next job")
