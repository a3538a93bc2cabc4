"""Many products at once, on the page and for scripts: first what will be made, then all of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import handle_file
from gradio_client.exceptions import AppError

from editai import batch
from editai.models import Profile
from tests.conftest import BOX
from tests.ui.conftest import Running

FEED = "sku,title,price,script\nA-1,Lamp <b>x</b>,$5,Meet the lamp.\nA-2,Chair,$6,Meet the chair.\nA-3,,$7,\n"


@pytest.fixture
def store(running: Running, new_store: Callable[[], Profile]) -> Iterator[Profile]:
    """A store of its own, of which nothing is left to do."""
    made = new_store()
    yield made
    running.shelf.journal.cancel_all(made.id)
    if newest := running.shelf.feeds.newest(made.id):
        batch.cancel(running.shelf, made, newest)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """(a feed of two products and a row that is none, the video of the first)."""
    feed, video = tmp_path / "feed.csv", tmp_path / "a_1.mp4"
    feed.write_text(FEED)
    video.write_bytes(BOX.read_bytes())
    return feed, video


def asked(running: Running, store: Profile, files: tuple[Path, Path], **wishes: Any) -> dict[str, Any]:
    feed, video = map(str, files)
    client = running.client(store.id)
    return dict(client.predict(handle_file(feed), [handle_file(video)], api_name="/batch", **wishes))


def test_a_script_sees_first_what_will_be_made(running: Running, store: Profile, files: tuple[Path, Path]) -> None:
    answer = asked(running, store, files)
    assert (answer["confirmed"], answer["batch"], answer["plan"]["to_make"], answer["plan"]["lost"]) == (
        False, "", 1, ["Line 4 has no title."],
    )  # fmt: skip
    assert [(each["sku"], each["does"], each["files"]) for each in answer["plan"]["products"]] == [
        ("A-1", "new", ["a_1.mp4"]), ("A-2", "missing", []),
    ]  # fmt: skip
    assert running.shelf.feeds.products(store.id) == ()


def test_a_script_starts_a_batch_follows_it_and_knows_what_has_a_clip(
    running: Running, store: Profile, files: tuple[Path, Path]
) -> None:
    started = asked(running, store, files, confirm=True)["batch"]
    client = running.client(store.id)
    assert client.predict(started, api_name="/batch_progress")["waiting"] == 1
    batch.take_in(running.shelf)
    now = client.predict(started, api_name="/batch_progress")
    assert [(each["sku"], each["state"], each["reason"]) for each in now["results"]] == [
        ("A-1", "queued", ""), ("A-2", "missing", "There is no video or photo named A-2."),
    ]  # fmt: skip
    assert client.predict(started, api_name="/cancel_batch")["over"]
    assert client.predict(started, api_name="/retry_batch")["queued"] == 1
    assert [each["clip"] for each in client.predict(api_name="/coverage")] == ["none", "none"]


def test_the_page_says_what_will_be_made_makes_it_and_finds_it_again(
    running: Running, store: Profile, files: tuple[Path, Path]
) -> None:
    feed, video = (running.upload(path.name, path.read_bytes()) for path in files)
    panel, _, button = clicked(running, "check_feed", [store.id, feed, [video], ""])
    assert "1 clip to make, 2 that cannot be made." in panel
    assert "There is no video or photo named A-2." in panel
    assert "Lamp x" in panel
    assert button["value"] == f"Make 1 clip for {store.name}"

    plan = batch.plan(running.shelf, store, _read(files[0]), batch.of_files([files[1]]))
    batch.start(running.shelf, store, plan)
    for _ in range(2):  # as it stands, and as a page that was opened anew finds it
        stands, retry, cancel, clock = clicked(running, "watch_batch", [store.id])
        assert "0 of 2 made, 1 failed or missing" in stands
        assert (retry["visible"], cancel["visible"], clock["active"]) == (False, True, True)
    switched = json.dumps(running.click("switched", [store.id])["output"]["data"])
    assert "0 of 2 made, 1 failed or missing" in switched

    stands, retry, cancel, clock = clicked(running, "cancel_batch", [store.id])
    assert (retry["visible"], cancel["visible"], clock["active"]) == (True, False, False)
    (link,) = [part for part in stands.split('"') if part.startswith("/gradio_api/file=")]
    assert b"A-2,Chair,$6,missing" in httpx.get(running.url + link).content
    assert "2 products: 2 without a clip" in clicked(running, "cover", [store.id])[0]


def test_the_page_and_scripts_say_why_a_batch_does_not_go_on(
    running: Running, store: Profile, files: tuple[Path, Path]
) -> None:
    started = asked(running, store, files, confirm=True)["batch"]
    running.shelf.feeds.hold("The disk is full.")
    stands, *_ = clicked(running, "watch_batch", [store.id])
    told = running.client(store.id).predict(started, api_name="/batch_progress")
    running.shelf.feeds.hold("")
    assert "The disk is full." in stands
    assert told["held"] == "The disk is full."


def test_what_was_not_checked_is_not_started(running: Running, store: Profile) -> None:
    panel, *_ = clicked(running, "start_batch", [store.id, None])
    assert "Check the feed first." in panel


@pytest.mark.parametrize(
    ("content", "title"),
    [
        (b"", "422 feed_unreadable"),
        (b"colour,size\nred,M\n", "422 feed_unknown"),
        (b"<rss><item>", "422 feed_unreadable"),
    ],
    ids=["empty", "other columns", "broken XML"],
)
def test_a_feed_that_cannot_be_read_is_said(
    running: Running, store: Profile, tmp_path: Path, content: bytes, title: str
) -> None:
    (tmp_path / "feed.csv").write_bytes(content)
    with pytest.raises(AppError) as caught:
        running.client(store.id).predict(handle_file(str(tmp_path / "feed.csv")), api_name="/batch")
    assert caught.value.title == title


def clicked(running: Running, function: str, data: list[Any]) -> list[Any]:
    """What an event of the page gave."""
    return list(running.click(function, data)["output"]["data"])


def _read(path: Path) -> Any:
    from editai.facts import read_feed

    return read_feed(path)
