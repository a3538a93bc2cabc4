"""`python app.py` from the outside: started, interrupted in mid-render, started again, as its owner does it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import psutil
import pytest
from gradio_client import Client, handle_file

from editai import library
from editai.models import Job
from editai.settings import Settings
from tests.apps import ROOT, started
from tests.conftest import BOX
from tests.processes import half_made, held, renderers, wait_for

SCRIPT = "Meet the box. It costs $12.90."
SMALL: dict[str, Any] = {"quality": "draft", "format": "1:1", "hook_card": False, "end_card": False}
"""A clip that is soon drawn."""


@dataclass(frozen=True)
class Beside:
    """An app that was told to take a port which was taken, and a second start of it."""

    taken: int
    said: list[str]
    url: str
    again: list[str]
    status: int


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Beside:
    home = tmp_path_factory.mktemp("beside") / "home"
    with socket.socket() as first:
        first.bind(("127.0.0.1", 0))
        first.listen()
        taken = first.getsockname()[1]
        with started(home, "--port", str(taken)) as app, started(home, "--port", "0") as second:
            status = second.process.wait(timeout=60)
            return Beside(taken, app.said, app.url, second.said, status)


def test_a_port_that_another_program_has_gives_the_next_one_and_that_is_said(beside: Beside) -> None:
    assert re.fullmatch(rf"Port {beside.taken} is taken, so EditAI uses (\d+)\.", beside.said[0])
    assert int(beside.url.rpartition(":")[2]) > beside.taken


def test_a_second_start_finds_the_first_and_leaves(beside: Beside) -> None:
    assert beside.again == [f"EditAI is running already, at {beside.url}."]
    assert beside.status == 0


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        (("--host", "0.0.0.0"), {}, "other computers can reach EditAI, and nobody would have to sign in"),
        ((), {"EDITAI_PORT": "no number"}, "A setting cannot be used. EDITAI_PORT"),
        ((), {"EDITAI_HOME": __file__}, "cannot be opened"),
    ],
)
def test_what_cannot_work_is_one_sentence_and_exit_status_1(
    tmp_path: Path, arguments: tuple[str, ...], environment: dict[str, str], said: str
) -> None:
    with started(tmp_path / "home", *arguments, **environment) as app:
        assert app.process.wait(timeout=30) == 1
        assert len(app.said) == 1
        assert said in app.said[0]


BROWSER_CASES = """
import os, sys
from editai import browser
for name, case in {
    "with a display": {"DISPLAY": ":0"},
    "without a display": {},
    "in CI": {"DISPLAY": ":0", "CI": "1"},
    "over SSH": {"DISPLAY": ":0", "SSH_CONNECTION": "1"},
}.items():
    for variable in ("DISPLAY", "WAYLAND_DISPLAY", "CI", "SSH_CONNECTION", "SSH_TTY"):
        os.environ.pop(variable, None)
    os.environ.update(case)
    sys.platform = "linux"
    browser.open_page("http://127.0.0.1:1/" + name.replace(" ", "-"))
"""


def test_the_browser_is_opened_only_where_there_is_one(tmp_path: Path) -> None:
    browser = f"{sys.executable} -c 'import sys; open(sys.argv[1], chr(97)).write(sys.argv[2])' {tmp_path / 'seen'} %s"
    known = os.environ | {"BROWSER": browser}
    subprocess.run([sys.executable, "-c", BROWSER_CASES], env=known, cwd=ROOT, check=True, timeout=60)
    assert (tmp_path / "seen").read_text("utf-8") == "http://127.0.0.1:1/with-a-display"


TRACE = """
import os, sys

def trace(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        with open(os.environ["EDITAI_TRACE"], "a") as lines:
            print(event, repr(arguments[0 if event == "socket.getaddrinfo" else 1]), file=lines)

sys.addaudithook(trace)
"""
"""Every Python process that is started with it notes whom it connects to."""


@dataclass
class Story:
    """What was seen: an app interrupted while it rendered, and the next one that found the job.

    `log` are the lines of its log, `connected` whom its processes connected to, `temporary` what they left in the
    folder for temporary files, `ports` whether something still answered where it had listened.
    """

    status: int
    left: list[psutil.Process]
    rendering: int
    half_made: list[Path]
    interrupted: Job
    streamed: list[dict[str, Any]]
    said: list[str]
    job: dict[str, Any]
    terminated: tuple[int, list[psutil.Process]]
    log: list[str]
    connected: list[str]
    temporary: list[Path]
    answers: list[bool]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("story")
    home, trace, temporary = folder / "home", folder / "trace", folder / "temporary"
    trace.mkdir()
    temporary.mkdir()
    (trace / "sitecustomize.py").write_text(TRACE, "utf-8")
    told = {
        "EDITAI_OFFLINE": "",
        "PYTHONPATH": str(trace),
        "EDITAI_TRACE": str(trace / "connected"),
        "TMPDIR": str(temporary),
    }
    settings = Settings(_env_file=None, home=home)
    with started(home, **told) as app:
        stream = Client(app.url, verbose=False).submit(
            handle_file(str(BOX)), script=SCRIPT, title="Biscuit Box", **SMALL, api_name="/produce"
        )
        wait_for(lambda: held(home), 120, "ffmpeg at work")
        streamed = list(stream.outputs())
        status, left = app.end()
        rendering, begun = len(renderers(home)), half_made(home)
        with library.open(settings) as shelf:
            profile = shelf.store.default_profile(library.LOCAL_OWNER)
            (interrupted,) = shelf.journal.jobs(profile.id)
    with started(home, **told) as again:
        client = Client(again.url, verbose=False, download_files=home / "downloads")

        def look() -> dict[str, Any] | None:
            told: dict[str, Any] = client.predict(interrupted.id, api_name="/job")
            assert told["error"] is None, told["error"]
            return told if told["state"] == "done" else None

        job = wait_for(look, 200, "the job to go on by itself")
        said = app.said + again.said
        terminated = again.end(signal.SIGTERM)
    log = (settings.folder / "logs" / "editai.log").read_text("utf-8").splitlines()
    connected = (trace / "connected").read_text("utf-8").splitlines()
    answers = [is_open(one.url) for one in (app, again)]
    left_over = [path for path in temporary.rglob("*") if path.is_file()]
    ends = (terminated, log, connected, left_over, answers)
    return Story(status, left, rendering, begun, interrupted, streamed, said, job, *ends)


def is_open(url: str) -> bool:
    """Whether something listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(url.rpartition(":")[2]))) == 0


@pytest.mark.slow
def test_ctrl_c_ends_the_app_in_order(story: Story) -> None:
    assert story.status == 0


@pytest.mark.slow
def test_ctrl_c_leaves_no_process_behind(story: Story) -> None:
    assert story.left == []
    assert story.rendering == 0


@pytest.mark.slow
def test_ctrl_c_leaves_nothing_half_written(story: Story) -> None:
    assert story.half_made == []


@pytest.mark.slow
def test_ctrl_c_leaves_no_port_and_no_temporary_file_behind(story: Story) -> None:
    assert story.answers == [False, False]
    assert story.temporary == []


@pytest.mark.slow
def test_a_start_and_a_clip_connect_to_no_other_machine(story: Story) -> None:
    """As everybody starts it, with a hub of models allowed; only what Python itself connects to is seen here."""
    assert any("127.0.0.1" in line for line in story.connected)
    here = re.compile(r"socket\.\w+ (\('(127\.0\.0\.1|::1)', .*\)|'(127\.0\.0\.1|localhost|::1)'|b?'/.*')")
    assert [line for line in story.connected if not here.fullmatch(line)] == []


@pytest.mark.slow
def test_each_event_is_a_line_of_the_log_with_its_store_and_its_job(story: Story) -> None:
    line = re.compile(r"[\d-]+T[\d:.]+Z INFO profile=(\S+) job=(\S+) editai\.\S+: (.*)")
    read = [found.groups() for entry in story.log if (found := line.fullmatch(entry))]
    job, store = story.interrupted.id, story.interrupted.profile_id
    of_job = [what for profile, number, what in read if (profile, number) == (store, job)]
    assert of_job[:2] == ["queued", "begun"]
    assert {"stage narration", "stage picture", "queued"} <= set(of_job)
    assert of_job[-1] == f"done, clip {story.job['clip']['id']}"
    assert [what for profile, _, what in read if profile == "-" and what == "ended"] == ["ended", "ended"]


@pytest.mark.slow
def test_an_interrupted_job_waits_for_the_next_start(story: Story) -> None:
    assert (story.interrupted.state, story.interrupted.error) == ("queued", None)


@pytest.mark.slow
def test_it_goes_on_by_itself_and_gives_the_clip(story: Story) -> None:
    with av.open(story.job["clip"]["video"]) as video:
        picture = video.streams.video[0]
        assert (picture.width, picture.height) == (1080, 1080)
        assert sum(1 for _ in video.decode(picture)) == story.job["clip"]["figures"]["frames"]


@pytest.mark.slow
def test_progress_was_streamed_forward(story: Story) -> None:
    percents = [item["percent"] for item in story.streamed]
    assert percents == sorted(percents)
    assert percents[-1] > 0
    assert {"narration", "footage"} <= {item["stage"] for item in story.streamed}
    assert all(item["clip"] is None for item in story.streamed)


@pytest.mark.slow
def test_it_says_where_it_runs_and_nothing_else(story: Story) -> None:
    assert len(story.said) == 2
    assert all(
        re.fullmatch(r"EditAI is running at http://127\.0\.0\.1:\d+ \(Ctrl-C ends it\)\.", line) for line in story.said
    )
