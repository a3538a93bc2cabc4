"""`python app.py` from the outside: started, interrupted in mid-render, started again, as its owner does it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import psutil
import pytest
from gradio_client import Client, handle_file

from editai import library
from editai.models import Job
from editai.settings import Settings
from tests.conftest import BOX
from tests.processes import half_made, renderers, wait_for

ROOT = Path(__file__).parent.parent
SCRIPT = "Meet the box. It costs $12.90."


@dataclass
class App:
    """A running app: its process, where it listens, and every line that it said."""

    process: subprocess.Popen[str]
    url: str = ""
    said: list[str] = field(default_factory=list)

    def end(self, how: signal.Signals = signal.SIGINT) -> tuple[int, list[psutil.Process]]:
        """End it; its exit status, and which of its processes are still there after that."""
        family = psutil.Process(self.process.pid).children(recursive=True)
        self.process.send_signal(how)
        status = self.process.wait(timeout=30)
        return status, psutil.wait_procs(family, timeout=0.5)[1]


@contextmanager
def started(home: Path, **environment: str) -> Iterator[App]:
    """`python app.py` with its own data folder."""
    known = os.environ | {"EDITAI_HOME": str(home), "EDITAI_PORT": "0", "EDITAI_OFFLINE": "1", "CI": "1"}
    process = subprocess.Popen(
        [sys.executable, "-u", "app.py"],
        cwd=ROOT,
        env=known | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    app = App(process)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            app.said.append(line.rstrip())
            if found := re.search(r"http://[\d.]+:\d+", line):
                app.url = found.group()
                break
        yield app
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(timeout=30)
        if process.stdout is not None:
            process.stdout.close()


def test_a_second_app_takes_the_next_port_and_says_so(tmp_path: Path) -> None:
    with socket.socket() as first:
        first.bind(("127.0.0.1", 0))
        first.listen()
        taken = first.getsockname()[1]
        with started(tmp_path / "home", EDITAI_PORT=str(taken)) as app:
            assert re.fullmatch(rf"Port {taken} is taken, so EditAI uses (\d+)\.", app.said[0])
            assert int(app.url.rpartition(":")[2]) > taken


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"EDITAI_HOST": "0.0.0.0"}, "EditAI answers on this machine only"),
        ({"EDITAI_PORT": "no number"}, "A setting cannot be used. EDITAI_PORT"),
        ({"EDITAI_HOME": __file__}, "cannot be opened"),
    ],
)
def test_what_cannot_work_is_one_sentence_and_exit_status_1(
    tmp_path: Path, environment: dict[str, str], said: str
) -> None:
    with started(tmp_path / "home", **environment) as app:
        assert app.process.wait(timeout=30) == 1
        assert len(app.said) == 1
        assert said in app.said[0]


BROWSER_CASES = """
import os, sys
from editai.ui import server
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
    server.open_browser("http://127.0.0.1:1/" + name.replace(" ", "-"))
"""


def test_the_browser_is_opened_only_where_there_is_one(tmp_path: Path) -> None:
    browser = f"{sys.executable} -c 'import sys; open(sys.argv[1], chr(97)).write(sys.argv[2])' {tmp_path / 'seen'} %s"
    known = os.environ | {"BROWSER": browser}
    subprocess.run([sys.executable, "-c", BROWSER_CASES], env=known, cwd=ROOT, check=True, timeout=60)
    assert (tmp_path / "seen").read_text("utf-8") == "http://127.0.0.1:1/with-a-display"


@dataclass
class Story:
    """What was seen: an app interrupted while it rendered, and the next one that found the job."""

    status: int
    left: list[psutil.Process]
    rendering: int
    half_made: list[Path]
    interrupted: Job
    streamed: list[dict[str, Any]]
    said: list[str]
    job: dict[str, Any]
    terminated: tuple[int, list[psutil.Process]]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    home = tmp_path_factory.mktemp("story") / "home"
    settings = Settings(_env_file=None, home=home)
    with started(home) as app:
        stream = Client(app.url, verbose=False).submit(
            handle_file(str(BOX)), script=SCRIPT, title="Biscuit Box", api_name="/produce"
        )
        wait_for(lambda: renderers(home), 120, "ffmpeg at work")
        streamed = list(stream.outputs())
        status, left = app.end()
        rendering, begun = len(renderers(home)), half_made(home)
        with library.open(settings) as shelf:
            profile = shelf.store.default_profile(library.LOCAL_OWNER)
            (interrupted,) = shelf.journal.jobs(profile.id)
    with started(home) as again:
        client = Client(again.url, verbose=False, download_files=home / "downloads")

        def look() -> dict[str, Any] | None:
            told: dict[str, Any] = client.predict(interrupted.id, api_name="/job")
            assert told["error"] is None, told["error"]
            return told if told["state"] == "done" else None

        job = wait_for(look, 200, "the job to go on by itself")
        said = app.said + again.said
        terminated = again.end(signal.SIGTERM)
    return Story(status, left, rendering, begun, interrupted, streamed, said, job, terminated)


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
def test_an_interrupted_job_waits_for_the_next_start(story: Story) -> None:
    assert (story.interrupted.state, story.interrupted.error) == ("queued", None)


@pytest.mark.slow
def test_it_goes_on_by_itself_and_gives_the_clip(story: Story) -> None:
    with av.open(story.job["clip"]["video"]) as video:
        picture = video.streams.video[0]
        assert (picture.width, picture.height) == (1080, 1920)
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
