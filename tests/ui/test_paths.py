"""A path that a client made up is refused before anything opens it, whichever way it comes in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from editai.models import Clip
from tests.ui.conftest import Running

MARK = {"meta": {"_type": "gradio.FileData"}}
Lies = Callable[[Running, Path], object]

LIES: dict[str, Lies] = {
    "without the mark": lambda _running, path: {"path": str(path)},
    "with the mark": lambda _running, path: {"path": str(path)} | MARK,
    "as plain text": lambda _running, path: str(path),
    "with dots": lambda running, path: {"path": f"{running.settings.uploads}/../../..{path}"} | MARK,
    "relative": lambda _running, _path: {"path": "app.py"},
    "as an address": lambda _running, _path: {"path": "http://127.0.0.1:1/box.mp4"} | MARK,
    "as a file address": lambda _running, path: {"path": f"file://{path}"},
    "as a playlist": lambda _running, path: {"path": f"concat:{path}"},
    "with a null byte": lambda _running, path: {"path": f"{path}\0.mp4"},
    "as a list": lambda _running, path: {"path": [str(path)]},
    "the database": lambda running, _path: {"path": str(running.settings.database)} | MARK,
    "the folder itself": lambda running, _path: {"path": str(running.settings.uploads)} | MARK,
    "not there": lambda running, _path: {"path": str(running.settings.uploads / "none.mp4")} | MARK,
}


@pytest.fixture
def outside(tmp_path: Path, box: Path) -> Path:
    """A good video that was never uploaded."""
    video = tmp_path / "outside.mp4"
    video.write_bytes(box.read_bytes())
    return video


def refused(answer: Any) -> bool:
    return bool(answer["title"] == "403 path_forbidden")


@pytest.mark.parametrize("lie", LIES)
def test_the_endpoint_refuses_it(running: Running, outside: Path, lie: str) -> None:
    name, answer = running.call("produce", video=LIES[lie](running, outside), script="Hello there.")
    assert name == "error"
    assert refused(answer)


@pytest.mark.parametrize("lie", LIES)
def test_the_endpoint_refuses_it_among_more_videos(running: Running, outside: Path, box: Path, lie: str) -> None:
    sent = running.upload("box.mp4", box.read_bytes())
    more = [LIES[lie](running, outside)]
    assert refused(running.call("produce", video=sent, script="Hello there.", more_videos=more)[1])


def test_the_endpoint_refuses_a_link_that_leads_out_of_the_folder(running: Running, outside: Path) -> None:
    link = running.settings.uploads / "link.mp4"
    link.symlink_to(outside)
    assert refused(running.call("produce", video={"path": str(link)} | MARK, script="Hello there.")[1])


@pytest.mark.parametrize("event", ["preview", "start"])
@pytest.mark.parametrize("lie", ["without the mark", "with the mark", "with dots", "as an address", "the database"])
def test_the_pages_own_events_refuse_it(running: Running, outside: Path, event: str, lie: str) -> None:
    files = [LIES[lie](running, outside)]
    data: list[Any] = [running.mine.id, "", files]
    if event == "start":
        data += ["Lamp", "", "", "", "Hello there.", "kokoro:af_heart", "bold", True]
    answer = running.click(event, data)
    assert not answer["success"]
    assert refused(answer["output"])


def test_a_clips_files_are_not_served_from_where_they_lie(running: Running, clip_of_other: Clip) -> None:
    for file in (clip_of_other.video, clip_of_other.report):
        assert httpx.get(f"{running.url}/gradio_api/file={clip_of_other.path(file)}").status_code == 403


def test_a_file_of_a_clip_that_leads_into_another_store_is_not_shown(
    running: Running, clip_of_other: Clip, tmp_path: Path
) -> None:
    media = running.shelf.media
    mine = media.placed(running.clip(running.mine, "Mine", tmp_path))
    theirs = media.placed(clip_of_other)
    poster = mine.path(mine.poster)
    poster.unlink()
    poster.symlink_to(theirs.path(theirs.poster))
    name, answer = running.call("clip", clip=mine.id, profile=running.mine.id)
    running.shelf.delete_clip(running.mine.id, mine.id)
    assert name == "error"
    assert answer["title"] == "404 clip_file_missing"


def test_the_database_and_what_seals_its_secrets_are_not_served(running: Running) -> None:
    running.settings.key_file.touch()  # an empty one is as none
    for path in (running.settings.database, running.settings.key_file, f"{running.settings.uploads}/../editai.db"):
        assert httpx.get(f"{running.url}/gradio_api/file={path}").status_code == 403
