"""What the pipeline is before it has anything to do, and when a voice fails; what it makes is in `test_one_click`."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from editai import jobs, pipeline, profiles, voices
from editai.errors import EditaiError, InvalidInput, NoAnswer, PaymentRequired, RateLimited, Unavailable
from editai.job_run import STAGES
from editai.models import Job, Report, Sentence, Step, Voice, Work
from editai.voices import EngineInfo, Speaker, Spoken, Studio, VoiceInfo, registry
from tests.shop import Shop

HEAVY = ("onnxruntime", "kokoro_onnx", "faster_whisper", "ctranslate2", "moviepy", "torch", "gradio")


def test_importing_it_loads_no_model_library_and_starts_no_program() -> None:
    script = f"""
import sys
started = []
sys.addaudithook(lambda event, _: started.append(event) if event == "subprocess.Popen" else None)
import editai.pipeline
print([name for name in {HEAVY} if name in sys.modules], started)
"""
    seen = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert seen.stdout.strip() == "[] []"


# ── a voice that fails ───────────────────────────────────────────────────────────────────────────────────────────

FAILURES: dict[str, EditaiError] = {
    "away": Unavailable("voice_unavailable", "Far away does not answer."),
    "silent": NoAnswer("voice_no_answer", "Far away did not answer in time."),
    "busy": RateLimited("voice_rate_limited", "Far away was asked too often."),
    "unpaid": PaymentRequired("budget_exceeded", "This month's budget is spent."),
}
MISTAKES: dict[str, EditaiError] = {
    "broken": EditaiError("internal_error", "Something is wrong in here."),
    "choosy": InvalidInput("script_unspeakable", "This cannot be said."),
}


class Far:
    """An engine whose voices begin to speak and then fail, each in its own way; "ana" and "eva" speak Spanish."""

    info = EngineInfo(name="far", label="Far", licence="none", licence_note="For tests.", local=False)

    def voices(self, studio: Studio) -> tuple[VoiceInfo, ...]:
        languages = {**dict.fromkeys(FAILURES | MISTAKES, "en"), "ana": "es", "eva": "es"}
        return tuple(
            VoiceInfo(engine="far", name=name, label=f"Far {name}", languages=(language,))
            for name, language in languages.items()
        )

    def missing(self, studio: Studio) -> str:
        return ""

    def fingerprint(self, voice: Voice, studio: Studio) -> dict[str, object]:
        return {"engine": self.info.name}

    def load(self, voice: Voice, language: str, studio: Studio) -> Work[Speaker]:
        yield Step(0.5, "Asking far away")
        return Failing(voice.name)


@dataclass(frozen=True)
class Failing:
    name: str

    def say(self, sentence: Sentence) -> Work[Spoken]:
        yield Step(0.5, "Asking far away")
        raise (FAILURES | MISTAKES).get(self.name, Unavailable("voice_unavailable", "Far away does not answer."))


@pytest.fixture
def far(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The engine is there like one that a package brings."""
    monkeypatch.setattr(registry, "BUILT_IN", (*registry.BUILT_IN, Far()))
    registry.engines.cache_clear()
    yield
    registry.engines.cache_clear()


def run(shop: Shop, voice: str, **wishes: Any) -> Job:
    return jobs.run_job(shop.submit(voice=Voice.parse(f"far:{voice}"), **wishes).id, shop.settings)


def report_of(shop: Shop, job: Job) -> Report:
    return shop.shelf.media.report(shop.shelf.store.clip(shop.profile.id, job.clip_id or ""))


@pytest.mark.slow
@pytest.mark.usefixtures("far")
@pytest.mark.parametrize("voice", FAILURES)
def test_a_voice_that_fails_gives_way_to_the_default_voice_where_the_store_allows_it(busy: Shop, voice: str) -> None:
    job = run(busy.with_kit(when_voice_fails="default_voice"), voice)
    assert job.state == "done", job.error
    report = report_of(busy, job)
    assert (report.voice, report.ai_voice) == ("kokoro:af_heart", True)
    assert job.progress is not None
    for told in (report.degradations, job.progress.degradations):
        [said] = [item.message for item in told if item.slug == "voice_fell_back"]
        assert FAILURES[voice].message in said
        assert f"Far {voice}" in said
        assert "Heart" in said


@pytest.mark.slow
@pytest.mark.usefixtures("far")
def test_the_bar_does_not_go_back_when_the_default_voice_begins(busy: Shop) -> None:
    allowed = busy.with_kit(when_voice_fails="default_voice")
    job = allowed.submit(voice=Voice.parse("far:away"), claimed_by="test")
    steps = pipeline.produce(
        job.brief, allowed.profile, job.id, busy.shelf.media, profiles.studio(busy.shelf, allowed.profile, job.id)
    )
    percents = [step.percent for step in steps]
    assert percents == sorted(percents)
    assert any(0 < percent < STAGES["narration"][1] for percent in percents)


@pytest.mark.usefixtures("far")
@pytest.mark.parametrize("voice", FAILURES)
def test_a_voice_that_fails_ends_the_job_where_the_store_wants_it_so(shop: Shop, voice: str) -> None:
    job = run(shop.with_kit(when_voice_fails="stop"), voice)
    assert (job.state, job.error) == ("failed", FAILURES[voice].as_dict())


@pytest.mark.usefixtures("far")
@pytest.mark.parametrize("voice", MISTAKES)
def test_what_is_not_the_voices_failure_ends_the_job_whatever_the_store_wants(shop: Shop, voice: str) -> None:
    job = run(shop.with_kit(when_voice_fails="default_voice"), voice)
    assert (job.state, job.error) == ("failed", MISTAKES[voice].as_dict())


@pytest.mark.usefixtures("far")
def test_the_default_voice_speaks_at_the_pace_that_was_asked_for(shop: Shop) -> None:
    studio = profiles.studio(shop.shelf, shop.with_kit(when_voice_fails="default_voice").profile)
    wanted = Voice(engine="far", name="away", speed=1.2)
    assert voices.stand_in(wanted, "en", studio) == Voice(engine="kokoro", name="af_heart", speed=1.2)


@pytest.mark.usefixtures("far")
def test_the_voice_that_the_store_names_speaks_where_another_fails(shop: Shop) -> None:
    studio = profiles.studio(shop.shelf, shop.with_kit(when_voice_fails="kokoro:am_michael").profile)
    assert str(voices.stand_in(Voice.parse("far:away"), "en", studio)) == "kokoro:am_michael"


@pytest.mark.usefixtures("far")
def test_a_named_voice_of_another_language_gives_way_to_the_default_voice_of_the_scripts(shop: Shop) -> None:
    studio = profiles.studio(shop.shelf, shop.with_kit(when_voice_fails="kokoro:am_michael").profile)
    found = voices.stand_in(Voice.parse("far:ana"), "es", studio)
    assert found is not None
    assert "es" in voices.info(found, studio).languages


@pytest.mark.usefixtures("far")
def test_nobody_stands_in_where_the_store_says_to_stop(shop: Shop) -> None:
    studio = profiles.studio(shop.shelf, shop.with_kit(when_voice_fails="stop").profile)
    assert voices.stand_in(Voice.parse("far:away"), "en", studio) is None
