"""The command line: files and status 0, or one line that says what to do."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from editai import bundled, library
from editai.cli import main
from editai.library import LOCAL_OWNER
from editai.models import Voice
from editai.settings import Settings
from tests.conftest import BOX
from tests.processes import half_made, renderers, wait_for

FILES = {
    "clip.mp4", "poster.jpg", "captions.srt", "captions.vtt", "captions.ass", "transcript.txt", "plan.json",
    "report.json",
}  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cli") / "home"


def command(home: Path) -> tuple[list[str], dict[str, str]]:
    root = str(Path(library.__file__).parents[2])
    return [sys.executable, "-m", "editai"], {**os.environ, "EDITAI_HOME": str(home), "PYTHONPATH": root}


def editai(home: Path, cwd: Path, *arguments: object, timeout: int = 280) -> subprocess.CompletedProcess[str]:
    program, environment = command(home)
    return subprocess.run(
        [*program, *map(str, arguments)], env=environment, cwd=cwd, capture_output=True, text=True, timeout=timeout
    )


@pytest.mark.slow
def test_the_sample_gives_a_clip_with_nothing_to_type(home: Path, tmp_path: Path) -> None:
    ran = editai(home, tmp_path, "produce", "--sample")
    assert ran.returncode == 0, ran.stderr
    paths = [tmp_path / line for line in ran.stdout.splitlines()]
    assert {path.name for path in paths} == FILES
    assert {path.parent for path in paths} == {tmp_path / "editai-alpina-biscuit-box"}
    assert all(path.stat().st_size for path in paths)
    script = json.loads(bundled.SAMPLE_BRIEF.read_text("utf-8"))["script"]
    assert json.loads((paths[0].parent / "report.json").read_text("utf-8"))["script"] == script
    assert "100 %" in ran.stderr
    assert "note: " in ran.stderr  # a 640x480 source cannot fill the picture, and that is said


@pytest.mark.slow
def test_the_same_again_goes_into_a_folder_of_its_own(home: Path, tmp_path: Path) -> None:
    (tmp_path / "editai-alpina-biscuit-box").mkdir()
    ran = editai(home, tmp_path, "produce", "--sample")
    assert ran.returncode == 0, ran.stderr
    assert {(tmp_path / line).parent.name for line in ran.stdout.splitlines()} == {"editai-alpina-biscuit-box-2"}


@pytest.mark.slow
def test_out_names_the_folder_and_an_earlier_clip_in_it_is_replaced(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "it's 100% {new}" / "deep"
    out.mkdir(parents=True)
    (out / "clip.mp4").write_bytes(b"old")
    ran = editai(home, tmp_path, "produce", "--sample", "--out", out)
    assert ran.returncode == 0, ran.stderr
    assert {path.name for path in out.iterdir()} == FILES
    assert (out / "clip.mp4").stat().st_size > 3


SMALL = ("--quality", "draft", "--format", "1:1", "--no-hook-card", "--no-end-card")
"""For what is seen of the picture nowhere: it is soon drawn."""


@pytest.mark.slow
def test_a_script_that_is_written_from_facts_ends_with_the_shops_address(home: Path, tmp_path: Path) -> None:
    facts = ["--title", "Biscuit box", "--url", "https://www.example.com/box?from=mail"]
    ran = editai(home, tmp_path, "produce", BOX, *facts, *SMALL, "--out", tmp_path / "out", "--clean")
    assert ran.returncode == 0, ran.stderr
    script = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))["script"]
    assert script.endswith("example.com/box.")
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES | {"clean.mp4"}


@pytest.mark.slow
def test_ctrl_c_ends_ffmpeg_cancels_the_job_and_leaves_nothing(home: Path, tmp_path: Path) -> None:
    program, environment = command(home)
    arguments = ["produce", "--sample", "--caption-style", "clean", "--out", str(tmp_path / "out")]
    running = subprocess.Popen(
        [*program, *arguments], env=environment, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with running:
        wait_for(lambda: renderers(home), 60, "ffmpeg")
        running.send_signal(signal.SIGINT)
        stdout, stderr = running.communicate(timeout=20)
    assert running.returncode == 130, stderr
    assert "Traceback" not in stderr
    assert (stdout, renderers(home), half_made(home)) == ("", [], [])
    assert not (tmp_path / "out").exists()
    with library.open(Settings(home=home)) as shelf:
        newest = shelf.journal.jobs(shelf.store.default_profile(LOCAL_OWNER).id)[0]
    assert newest.state == "cancelled"


@pytest.mark.slow
def test_a_command_that_was_killed_goes_on_with_its_job_when_it_is_given_again(home: Path, tmp_path: Path) -> None:
    program, environment = command(home)
    arguments = ["produce", str(BOX), "--script", "Meet the box.", *SMALL, "--out", str(tmp_path / "out")]
    settings = Settings(home=home)
    with library.open(settings) as shelf:
        profile_id = shelf.store.default_profile(LOCAL_OWNER).id
        before = {clip.id for clip in shelf.store.clips(profile_id)}
        with subprocess.Popen([*program, *arguments], env=environment, stderr=subprocess.DEVNULL) as killed:
            job = wait_for(lambda: next(iter(shelf.journal.unended(profile_id)), None), 200, "the job")
            killed.kill()
        with shelf.database.transaction() as rows:  # and half a minute later
            rows.execute("UPDATE jobs SET heartbeat = heartbeat - 30 WHERE id = ?", (job.id,))
        products = len(shelf.store.projects(profile_id))
        again = editai(home, tmp_path, *arguments, timeout=600)
        assert again.returncode == 0, again.stderr
        done = shelf.journal.whosever(job.id)
        assert (done.state, done.tries) == ("done", 2)
        assert {clip.id for clip in shelf.store.clips(profile_id)} - before == {done.clip_id}
        assert len(shelf.store.projects(profile_id)) == products
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES
    assert (renderers(home), half_made(home)) == ([], [])


DROPPED = """
import signal, sys, threading
from editai import cli
from editai.library import Journal
from editai.models import FINAL_STATES

class Dropped:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)
        for _ in range(10):  # the handler runs here, and what it raises is dropped
            pass

dropped = []
look = Journal.whosever

def whosever(journal, job_id):
    seen = look(journal, job_id)
    now = not AT_LAST or seen.state in FINAL_STATES
    if now and not dropped and threading.current_thread() is threading.main_thread():
        dropped.append(True)
        Dropped()
    return seen

Journal.whosever = whosever
sys.exit(cli.main(sys.argv[1:]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("at_last", [False, True], ids=["at work", "as the work ends"])
def test_a_ctrl_c_that_python_drops_while_it_tidies_up_is_heard(home: Path, tmp_path: Path, at_last: bool) -> None:
    program, environment = command(home)
    code = DROPPED.replace("AT_LAST", str(at_last))
    arguments = ["produce", "--sample", *SMALL, "--out", str(tmp_path / "out")]
    ended = subprocess.run(
        [program[0], "-c", code, *arguments], env=environment, cwd=tmp_path, capture_output=True, timeout=120
    )
    assert b"Exception ignored in" in ended.stderr
    assert ended.returncode == 130


@pytest.mark.parametrize(
    ("arguments", "title"),
    [
        (["notes.txt"], "422 not_a_video"),
        (["missing.mp4"], "422 not_a_video"),
        (["empty.mp4"], "422 empty_file"),
        ([BOX, "--script", " "], "422 script_empty"),
        ([BOX], "422 nothing_to_say"),
        ([BOX, "--script-file", "missing.txt"], "422 script_file_unreadable"),
        ([BOX, "--script-file", BOX], "422 script_"),
        ([BOX, "--script-file", "/dev/zero"], "422 script_"),
        ([BOX, "--script", "Hi there.", "--voice", "nobody"], "422 voice_not_found"),
        ([BOX, "--script", "Hi there.", "--translate-to", "it"], "409 language_model_missing"),
        ([BOX, "--script", "Hi there.", "--burn-language", "xx"], "422 language_unknown"),
        ([BOX, "--script", "Hi there.", "--caption-style", "none"], "422 caption_style_not_found"),
        ([BOX, "--script", "Hi there.", "--profile", "nobody's"], "404 profile_not_found"),
        ([BOX, "--script", "Hi there.", "--out", "notes.txt"], "422 out_not_writable"),
    ],
    ids=str,
)
def test_an_error_is_one_line_and_status_1(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    arguments: list[object],
    title: str,
) -> None:
    (tmp_path / "notes.txt").write_text("my notes")
    (tmp_path / "empty.mp4").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EDITAI_HOME", str(tmp_path / "home"))
    assert main(["produce", *map(str, arguments)]) == 1
    said = capfd.readouterr()
    assert said.out == ""
    [line] = said.err.splitlines()
    assert line.startswith(title)
    assert sorted(path.name for path in tmp_path.iterdir()) in (
        ["empty.mp4", "home", "notes.txt"],
        ["empty.mp4", "notes.txt"],
    )


def test_what_is_not_said_is_as_the_store_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Shown by a store whose choices are gone: each is refused unless the command says another one."""
    monkeypatch.setenv("EDITAI_HOME", str(tmp_path / "home"))
    with library.open(Settings(home=tmp_path / "home")) as shelf:
        gone = {"caption_style": "gone", "voice": Voice(engine="kokoro", name="gone")}
        shelf.store.create_profile(LOCAL_OWNER, "Tea", gone)
    command = ["produce", str(BOX), "--script", "Hi there.", "--profile", "tea", "--out", str(tmp_path / "out")]
    for said, title in (([], "422 voice_not_found"), (["--voice", "kokoro:af_bella"], "422 caption_style_not_found")):
        assert main([*command, *said]) == 1
        assert capfd.readouterr().err.startswith(title)


def test_a_setting_that_cannot_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EDITAI_PORT", "many")
    assert main(["produce", "--sample"]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert "EDITAI_PORT" in line


def test_an_error_that_nobody_foresaw_is_one_line_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setenv("EDITAI_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("editai.library.open", fails)
    assert main(["produce", "--sample", "--out", str(tmp_path / "out")]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("500 internal_error")
    assert "division by zero" in (tmp_path / "home" / "logs" / "command-line.log").read_text("utf-8")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["produce"],
        ["produce", "--sample", "video.mp4"],
        ["produce", "x.mp4", "--format", "4:3"],
        ["produce", "x.mp4", "--script", "a", "--script-file", "b"],
        ["produce", "x.mp4", "--seed", "one"],
        ["publish"],
    ],
    ids=str,
)
def test_a_wrong_call_is_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage:" in capsys.readouterr().err
