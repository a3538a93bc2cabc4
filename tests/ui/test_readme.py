"""The examples of the README, run as they stand there: only the port is that of this test's app."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from gradio_client import Client

from editai import jobs
from editai.library import LOCAL_OWNER
from editai.models import Profile
from tests.conftest import BOX
from tests.postiz.fixtures import postiz_server
from tests.postiz.server import PostizServer
from tests.ui.conftest import Running

__all__ = ["postiz_server"]

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
ADDRESS = "http://127.0.0.1:7860"
LONGEST = 10
"""Lines of an example that say something."""


def example(language: str, holding: str) -> str:
    """The one block of the README in this language that holds these words."""
    (found,) = [text for kind, text in BLOCKS if kind == language and holding in text]
    return str(found)


@pytest.fixture(scope="module")
def store(running: Running) -> Iterator[Profile]:
    """The default store, while the examples run; its jobs are done as a worker would do them."""
    keep = running.shelf.store
    store = keep.create_profile(LOCAL_OWNER, "Aurora Lamps", {"format": "1:1", "end_card": False})
    keep.set_default_profile(LOCAL_OWNER, store.id)
    over = threading.Event()

    def work() -> None:
        while not over.wait(0.1):
            for job in running.shelf.journal.jobs(store.id):
                if job.state == "queued":
                    jobs.run_job(job.id, running.settings)

    worker = threading.Thread(target=work)
    worker.start()
    yield store
    over.set()
    worker.join()
    keep.set_default_profile(LOCAL_OWNER, running.mine.id)
    running.shelf.delete_profile(LOCAL_OWNER, store.id)


@pytest.fixture
def run(running: Running, store: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Runs an example in Python in a folder with `lamp.mp4`."""
    shutil.copyfile(BOX, tmp_path / "lamp.mp4")
    monkeypatch.chdir(tmp_path)

    def execute(code: str) -> None:
        assert ADDRESS in code
        exec(code.replace(ADDRESS, running.url), {"Client": Client, "__name__": "example"})

    return execute


@pytest.mark.parametrize(
    ("language", "holding"), [("python", "handle_file"), ("sh", "curl "), ("python", "mcp"), ("python", '"/publish"')]
)
def test_an_example_is_ten_lines(language: str, holding: str) -> None:
    lines = [line for line in example(language, holding).splitlines() if line.strip() and not line.startswith("import")]
    assert len([line for line in lines if not line.startswith("from")]) <= LONGEST


@pytest.mark.slow
def test_the_example_in_python_makes_a_clip(run: Callable[[str], None], capsys: pytest.CaptureFixture[str]) -> None:
    run(example("python", "handle_file"))
    *progress, video = capsys.readouterr().out.splitlines()
    assert "100.0 The clip is ready" in progress
    assert Path(video).suffix == ".mp4"
    assert Path(video).stat().st_size > 100_000


@pytest.mark.slow
def test_the_example_with_curl_makes_a_clip(running: Running, run: object, store: Profile) -> None:
    if not shutil.which("curl"):
        without = "there is no curl on this machine"
        if os.environ.get("CI"):
            pytest.fail(without)
        pytest.skip(without)
    script = example("sh", "curl ").replace(ADDRESS, running.url)
    said = subprocess.run(["sh", "-e", "-c", script], capture_output=True, text=True, timeout=300, check=True).stdout
    told = [json.loads(line) for line in re.findall(r"^data: (\[.*)$", said, re.MULTILINE)]
    assert re.findall(r"^event: (\w+)$", said, re.MULTILINE)[-1] == "complete"
    assert told[-1][0]["clip"]["id"] in {clip.id for clip in running.shelf.store.clips(store.id)}


@pytest.mark.slow
def test_the_example_for_agents_makes_a_clip(run: Callable[[str], None], capsys: pytest.CaptureFixture[str]) -> None:
    run(example("python", "mcp"))
    said = capsys.readouterr().out
    assert "'state': 'done'" in said
    assert ".mp4" in said


def test_the_example_of_publishing_sends_what_its_dry_run_shows(
    running: Running,
    run: Callable[[str], None],
    store: Profile,
    postiz_server: PostizServer,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    workspace = postiz_server.workspace()
    workspace.add_channel("mastodon", "Lamps")
    running.shelf.secrets.connect(store.id, workspace.connection)
    running.clip(store, "Lamp", tmp_path)
    run(example("python", '"/publish"'))
    *_, dry, sent = capsys.readouterr().out.splitlines()
    assert "'confirmed': False" in dry
    assert "'confirmed': True" in sent
    assert [post.channel.name for post in running.shelf.outbox.posts(store.id)] == ["Lamps"]
