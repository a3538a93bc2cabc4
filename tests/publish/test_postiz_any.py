"""What holds on any Postiz: the test server, or the real one that the environment names. Nothing is published."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from editai.errors import Forbidden, InvalidInput, NotFound
from editai.models import Channel, Connection, Uploaded
from editai.publish import text
from editai.publish.postiz import Entry, Postiz, RemotePost, normalise

TEXT = 'Tea & cups <3 — "50 %" off\n\nTwo lines later: 茶 🍵'
PLAIN = {"mastodon", "threads", "bluesky", "telegram", "linkedin", "linkedin-page"}
FAR = datetime.now(UTC).replace(microsecond=0) + timedelta(days=300)
AT = f"{FAR:%Y-%m-%dT%H:%M:%S}.000Z"

Draft = Callable[..., RemotePost]


@pytest.fixture
def server(any_postiz: Connection) -> Iterator[Postiz]:
    with Postiz(any_postiz) as opened:
        yield opened


@pytest.fixture
def channel(server: Postiz) -> Channel:
    """An account that posts without settings."""
    return next(item for item in server.channels() if item.provider in PLAIN and not item.disabled)


@pytest.fixture
def draft(server: Postiz, channel: Channel, any_postiz: Connection) -> Iterator[Draft]:
    """Makes a draft and gives it as the server lists it; it is deleted afterwards."""
    made: list[str] = []

    def make(content: str = TEXT, media: Uploaded | None = None, remote_id: str | None = None) -> RemotePost:
        entry = Entry(channel.id, text.encode(content, channel.provider), media, remote_id=remote_id)
        (post_id,) = server.create("draft", AT, [entry])
        made.append(post_id)
        return next(post for post in server.posts(FAR, FAR) if post.id == post_id)

    yield make
    for post_id in set(made):
        url = f"{normalise(any_postiz.url)}/posts/{post_id}"
        httpx.delete(url, headers={"Authorization": any_postiz.key}, timeout=30)


def test_a_good_connection_passes_the_check(server: Postiz) -> None:
    server.check()


def test_a_slash_at_the_end_of_the_address_does_no_harm(any_postiz: Connection) -> None:
    with Postiz(Connection(url=any_postiz.url + "//", key=any_postiz.key)) as server:
        server.check()


def test_7_4_a_key_is_taken_with_the_bearer_that_was_copied_along(any_postiz: Connection) -> None:
    with Postiz(Connection(url=any_postiz.url, key=f" Bearer {any_postiz.key}\n")) as server:
        server.check()


@pytest.mark.parametrize("key", ["0123456789abcdef", "pos_0123456789abcdef"])
def test_8_1_another_key_is_refused(any_postiz: Connection, key: str) -> None:
    with (
        Postiz(Connection(url=any_postiz.url, key=key)) as server,
        pytest.raises(Forbidden, match="does not know this key") as caught,
    ):
        server.check()
    assert caught.value.title == "403 postiz_key_refused"


def test_accounts_have_ids_of_their_own_and_a_platform(server: Postiz) -> None:
    channels = server.channels()
    assert channels
    assert len({item.id for item in channels}) == len(channels)
    assert all(item.provider for item in channels)


def test_the_rules_of_an_account_name_its_longest_text(server: Postiz, channel: Channel) -> None:
    assert server.settings_schema(channel.id).max_length >= 280


def test_an_account_that_is_not_there_has_no_rules(server: Postiz) -> None:
    with pytest.raises(NotFound) as caught:
        server.settings_schema("c0000000000000000000000")
    assert caught.value.title == "404 channel_not_found"


def test_a_video_is_uploaded_and_followed(server: Postiz, box: Path) -> None:
    told: list[float] = []
    uploaded = server.upload(box, told.append)
    assert uploaded.id
    assert uploaded.path.endswith(".mp4")
    assert told == sorted(told)
    assert told[-1] == 1


def test_a_text_file_that_is_called_mp4_is_refused(server: Postiz, tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_text("This is no video.")
    with pytest.raises(InvalidInput, match="Unsupported file type") as caught:
        server.upload(tmp_path / "clip.mp4")
    assert caught.value.title == "422 postiz_refused"


def test_a_time_without_posts_is_empty(server: Postiz) -> None:
    long_ago = datetime(2001, 2, 3, tzinfo=UTC)
    assert server.posts(long_ago, long_ago + timedelta(hours=1)) == ()


def test_a_draft_is_listed_where_it_was_put(draft: Draft, channel: Channel) -> None:
    post = draft()
    assert (post.channel_id, post.publish_at, post.state, post.link) == (channel.id, AT, "DRAFT", None)


def test_the_text_of_a_draft_reads_as_it_was_typed(draft: Draft) -> None:
    assert text.decode(draft().content) == TEXT


def test_a_draft_can_be_replaced(draft: Draft) -> None:
    first = draft()
    second = draft("Another text", remote_id=first.id)
    assert second.id == first.id
    assert text.decode(second.content) == "Another text"


def test_a_post_with_a_video_is_accepted(server: Postiz, draft: Draft, box: Path) -> None:
    assert draft(media=server.upload(box)).state == "DRAFT"


def test_an_unknown_account_refuses_the_whole_request(server: Postiz, channel: Channel) -> None:
    at = FAR + timedelta(days=1)
    entries = [Entry(channel.id, "<p>a</p>"), Entry("c0000000000000000000000", "<p>a</p>")]
    with pytest.raises(InvalidInput, match="no longer in your Postiz"):
        server.create("draft", at.isoformat(), entries)
    assert server.posts(at, at) == ()


def test_notifications_are_listed_newest_first(server: Postiz) -> None:
    told = [item.created_at for item in server.notifications()]
    assert told == sorted(told, reverse=True)
