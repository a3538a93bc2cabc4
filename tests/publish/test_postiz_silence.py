"""The client when no answer comes: nobody knows whether the server acted, and nothing is sent a second time."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from editai.errors import EditaiError, NoAnswer
from editai.publish import postiz as client
from editai.publish.postiz import Entry, Patience, Postiz
from tests.postiz.fixtures import NewPostiz
from tests.postiz.server import Workspace
from tests.postiz.state import Account
from tests.processes import wait_for

AT = "2030-02-01T10:00:00.000Z"
NOW = datetime.now(UTC)
WIDE = (NOW - timedelta(days=1), NOW + timedelta(days=1))
IMPATIENT = Patience(answer=0.3, create=0.3, upload=0.3)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"\0\0\0\x18ftypisom" + bytes(1_000_000))
    return path


def post(server: Postiz, channel: Account) -> tuple[str, ...]:
    return server.create("now", AT, [Entry(channel.id, "<p>Tea</p>")])


SILENCES = {
    "hang_before": 0, "hang_after": 1, "drop_before": 0, "drop_during": 0, "drop_after": 1, "cut_after": 1,
    "garbage_after": 1, "500_before": 0, "500_after": 1, "502_before": 0, "504_after": 1, "408_before": 0,
}  # fmt: skip


@pytest.mark.parametrize(("how", "made"), SILENCES.items())
def test_8_4_nobody_knows_whether_it_acted_and_nothing_is_sent_again(
    postiz: Workspace, mastodon: Account, how: str, made: int
) -> None:
    postiz.fail("POST /posts", how)
    patience = IMPATIENT if how.startswith("hang") else Patience()
    with Postiz(postiz.connection, patience) as server, pytest.raises(NoAnswer) as caught:
        post(server, mastodon)
    assert caught.value.title == "504 postiz_no_answer"
    assert "look at your Postiz" in caught.value.hint
    wait_for(lambda: len(postiz.posts) == made, what="the post")


def test_a_server_may_act_when_everybody_has_gone(server: Postiz, postiz: Workspace, mastodon: Account) -> None:
    postiz.fail("POST /posts", "late")
    with pytest.raises(NoAnswer):
        post(server, mastodon)
    assert server.posts(*WIDE) == ()
    postiz.act_late()
    assert len(server.posts(*WIDE)) == 1


@pytest.mark.parametrize("how", ["hang_before", "hang_after", "drop_before", "drop_during", "drop_after", "502_after"])
def test_an_upload_without_an_answer_may_be_tried_again(postiz: Workspace, clip: Path, how: str) -> None:
    postiz.fail("POST /upload", how)
    patience = IMPATIENT if how.startswith("hang") else Patience()
    with Postiz(postiz.connection, patience) as server, pytest.raises(NoAnswer) as caught:
        server.upload(clip)
    assert caught.value.hint == "Try again in a minute."


@pytest.mark.parametrize(
    ("how", "title"),
    [("413_before", "413 postiz_too_large"), ("403_before", "403 postiz_key_refused")],
)
def test_a_proxy_that_refuses_an_upload_is_understood(
    server: Postiz, postiz: Workspace, clip: Path, how: str, title: str
) -> None:
    postiz.fail("POST /upload", how)
    with pytest.raises(EditaiError) as caught:
        server.upload(clip)
    assert caught.value.title == title
    assert postiz.media == []


def test_a_slow_answer_is_waited_for(server: Postiz, postiz: Workspace, mastodon: Account) -> None:
    postiz.fail("POST /posts", "slow", wait=0.1)
    assert len(post(server, mastodon)) == 1


@pytest.mark.parametrize("how", ["drop_before", "drop_after"])
def test_a_question_is_asked_once_more_where_the_connection_broke(server: Postiz, postiz: Workspace, how: str) -> None:
    postiz.fail("GET /is-connected", how)
    server.check()


def test_a_question_is_not_asked_for_ever(server: Postiz, postiz: Workspace) -> None:
    postiz.fail("GET /is-connected", "drop_before", times=2)
    with pytest.raises(NoAnswer) as caught:
        server.check()
    assert caught.value.hint == "Try again in a minute."
    server.check()


def test_a_question_that_takes_too_long_is_given_up(postiz: Workspace) -> None:
    postiz.fail("GET /is-connected", "hang_before", times=1)
    with Postiz(postiz.connection, IMPATIENT) as server, pytest.raises(NoAnswer, match="in time"):
        server.check()


def test_a_connection_that_the_server_is_about_to_close_is_not_used_again(
    postiz: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.KEEP_ALIVE_S < 5  # after which Postiz closes it
    monkeypatch.setattr(client, "KEEP_ALIVE_S", 0.02)
    with Postiz(postiz.connection) as server:
        server.check()
        time.sleep(0.1)
        server.check()
    assert len(postiz.organisation.connections) == 2


def test_a_restart_of_the_server_between_two_requests_is_not_noticed(new_postiz: NewPostiz) -> None:
    mine = new_postiz()
    mastodon = mine.add_channel("mastodon", "Shop")
    with Postiz(mine.connection) as server:
        server.check()
        mine.restart()
        post(server, mastodon)
        mine.restart()
        assert len(server.posts(*WIDE)) == 1
    assert len(mine.posts) == 1
