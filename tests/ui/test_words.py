"""Facts in plain words."""

from __future__ import annotations

from typing import get_args

import pytest

from editai.errors import InvalidInput
from editai.models import Brief, Check, Degradation, Facts, File, Job, Progress, ScriptOrigin
from editai.settings import Settings
from editai.ui import looks, words
from tests.ui.conftest import REPORT

SOURCE = File(name="a" * 64, sha256="a" * 64, bytes=1)
EVIL = '<script>alert("x")</script>{{x}}${1}'


def job(**changes: object) -> Job:
    known = {
        "id": "1", "profile_id": "2", "kind": "produce", "state": "running",
        "brief": Brief(sources=(SOURCE,), facts=Facts(title=EVIL)), "progress": None, "clip_id": None, "error": None,
        "tries": 1, "created_at": "2026-01-02T03:04:05+00:00", "started_at": None, "finished_at": None,
    }  # fmt: skip
    return Job.model_validate({**known, **changes})


@pytest.mark.parametrize(
    ("milliseconds", "said"), [(21_400, "21.4 seconds"), (65_000, "1:05 minutes"), (600_000, "10:00 minutes")]
)
def test_a_length(milliseconds: int, said: str) -> None:
    assert words.length(milliseconds) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, ""),
        (3, "a few seconds left"),
        (42, "about 45 seconds left"),
        (60, "about 1 minute left"),
        (61, "about 2 minutes left"),
    ],
)
def test_what_is_left(seconds: int | None, said: str) -> None:
    assert words.left(seconds) == said


def test_a_script_is_counted_at_fourteen_characters_a_second() -> None:
    assert words.script_length("x" * 140) == "140 characters, about 10 seconds when spoken."


def test_the_report_says_the_loudness_against_its_target() -> None:
    said = dict(words.report_lines(REPORT))
    assert said["Sound"] == "-14.1 LUFS (the target is -14), peaks at -1.4 dBTP (at most -1)"
    assert said["Voice"].startswith("Heart (Kokoro)")


@pytest.mark.parametrize("origin", get_args(ScriptOrigin))
def test_the_report_says_who_wrote_the_script(origin: ScriptOrigin) -> None:
    assert dict(words.report_lines(REPORT.model_copy(update={"script_origin": origin})))["Script"]


def test_the_report_says_what_the_file_is() -> None:
    assert dict(words.report_lines(REPORT))["File"] == "8.2 MB, H.264 High with AAC"


def test_the_report_of_a_silent_clip_says_so() -> None:
    silent = REPORT.model_copy(update={"measurement": REPORT.measurement.model_copy(update={"loudness_lufs": None})})
    assert dict(words.report_lines(silent))["Sound"] == "There is nothing to hear in this clip."


def test_the_limits_are_those_of_the_settings(settings: Settings) -> None:
    assert words.limits(settings) == "Up to 30 minutes and 2 GB a video."


def test_progress_shows_the_stages_that_are_done_and_the_one_that_is_not() -> None:
    now = Progress(stage="footage", percent=40, seconds_left=20, message="Looking at the video")
    shown = looks.progress(job(progress=now), "")
    assert '<li class="done">Speaking the script</li>' in shown
    assert '<li class="now" aria-current=step>Looking at the video</li>' in shown
    assert '<li class="next">Rendering the picture</li>' in shown
    assert "40 %" in shown
    assert "about 20 seconds left" in shown


def test_whatever_was_typed_is_shown_as_text() -> None:
    evil = Progress(stage="footage", percent=1, message=EVIL, degradations=(Degradation(slug="evil", message=EVIL),))
    failed = job(state="failed", error=InvalidInput("evil", EVIL, EVIL).as_dict())
    files = [("Video", "1 MB", '"><script>', '"><script>')] * 2
    pieces = (
        looks.progress(job(progress=evil), '"><script>'),
        looks.ended(failed),
        looks.job_row(failed),
        looks.clip(EVIL, EVIL, files, REPORT.model_copy(update={"degradations": evil.degradations})),
        looks.preview('"><script>', EVIL, EVIL),
    )
    assert all("<script>" not in piece for piece in pieces)


def test_what_is_wrong_and_what_was_not_looked_at_are_shown_and_what_is_right_is_folded() -> None:
    found = {"pass": "A right one.", "unchecked": "One for nobody.", "fail": "A wrong one.", "warn": "A doubtful one."}
    checks = tuple(
        Check.model_validate({"slug": verdict, "verdict": verdict, "message": said}) for verdict, said in found.items()
    )
    told = looks.checks(REPORT.model_copy(update={"checks": checks}))
    open_, folded = told.split("<details>")
    assert [open_.find(found[verdict]) for verdict in ("fail", "warn", "unchecked")] == sorted(
        open_.find(found[verdict]) for verdict in ("fail", "warn", "unchecked")
    )
    assert all(found[verdict] in open_ for verdict in ("fail", "warn", "unchecked"))
    assert found["pass"] in folded


@pytest.mark.parametrize(("burned", "where"), [(True, "on the picture and in files"), (False, "in files alone")])
def test_where_the_captions_are_is_told_as_it_is(burned: bool, where: str) -> None:
    told = dict(words.report_lines(REPORT.model_copy(update={"captions_burned": burned})))
    assert told["Captions"] == f"{REPORT.words} words, {where}"


def test_a_translation_is_told_with_its_languages_and_who_made_it() -> None:
    report = REPORT.model_copy(update={"translations": ("it", "de"), "burned_language": "it"})
    told = dict(words.report_lines(report))
    assert told["Captions"] == f"{REPORT.words} words, on the picture in Italian and in files"
    assert told["Translated"].startswith("Into Italian, German, by the store's language model")
    assert "Translated" not in dict(words.report_lines(REPORT))
