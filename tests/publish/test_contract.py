"""What users of Postiz's public API stumbled over (7), and what a client of it has to do (8), each by its number.

`pytest -k test_7_13` runs what is known of number 13; the tests of some stand with the part that they are about. In
brackets are issues and pull requests of gitroomhq/postiz-app ("docs": of its documentation).

7  1 `shortLink` and `tags` are mandatory [docs 60, 81]   2 so are `image`, even empty, and each one's path [docs 81]
   3 without /api a web page answers, with 200   4 the key is sent without "Bearer"   5 posts hang in the queue [1724]
   6 DELETE says {"error": true} of a success and 500 of what is gone [1778]   7 line breaks, "<" and "&" [docs 161]
   8 a platform cannot fetch the media of a private address [1129]   9 addresses of files without an ending [1147]
   10 only MP4, told by its bytes, in a part named "file"   11 TikTok's eight settings, its inbox, unaudited apps [1563]
   12 dates without an offset are UTC [1954]   13 nothing keeps a post from being made twice [1779]
   14 the limit of an hour counts what was refused   15 lists of posts have no media and no reason [1043]
   16 accounts need to be connected anew and do not say so [1884]   17 an error may be of a post that is out
   18 Pinterest needs a board and a cover [1512]   19 drafts need all settings, an unknown type is published
   20 a status sent for a published post publishes it again; looking for a free slot of no account never ends
8  1 testing a connection   2 before publishing   3 uploading   4 creating   5 following   6 deleting, and secrets
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from editai import publish
from editai.errors import EditaiError
from editai.models import PostWish
from editai.publish import postiz as client
from editai.publish import reasons
from editai.publish.outcome import parse
from editai.publish.postiz import Entry, Postiz
from tests.postiz.fixtures import NewPostiz
from tests.postiz.server import Workspace
from tests.postiz.state import Account
from tests.publish.canned import KEY, Canned, reply
from tests.publish.stores import Store

pytestmark = pytest.mark.usefixtures("hasty")

AT = "2030-02-01T10:00:00.000Z"


def error_of(store: Store) -> dict[str, str | int]:
    return store.post.error or {}


def only(store: Store, provider: str, **more: Any) -> Account:
    """The store's only channel, of this platform."""
    store.postiz.organisation.channels.clear()
    return store.postiz.add_channel(provider, "Lamps", **more)


def planned(store: Store, channel: Account, when: Any = "now", **settings: Any) -> Any:
    """A dry run of a new clip on a channel."""
    wish = PostWish(channel_id=channel.id, text="Meet the lamp.", settings=settings)
    return publish.dry_run(store.shelf, store.profile, store.clip().id, [wish], when=when)


def rewritten(route: str, change: Any) -> Any:
    """A server whose answers on a route are changed on their way."""

    def wrapped(app: ASGIApp) -> ASGIApp:
        async def other(scope: Scope, receive: Receive, send: Send) -> None:
            async def changing(message: Message) -> None:
                if message["type"] == "http.response.start":
                    message["headers"] = [pair for pair in message["headers"] if pair[0] != b"content-length"]
                elif scope["path"].endswith(route):
                    message["body"] = change(message["body"])
                await send(message)

            await app(scope, receive, changing)

        return other

    return wrapped


def elsewhere(store: Store, new_postiz: NewPostiz, route: str, change: Any) -> Store:
    """The store at a server whose answers are changed."""
    other = new_postiz()
    other.server.wrap = rewritten(route, change)
    other.restart()
    other.add_channel("mastodon", "Lamps")
    store.shelf.secrets.connect(store.profile.id, other.connection)
    store.postiz = other
    return store


def test_every_number_has_a_test() -> None:
    names = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    there = set(re.findall(r"def test_([78]_\d+)_", names))
    assert there == {f"7_{number}" for number in range(1, 21)} | {f"8_{number}" for number in range(1, 7)}


# ── 7 ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_7_2_a_post_without_media_says_so_and_one_with_a_video_has_its_id_and_its_path(store: Store) -> None:
    [channel] = store.postiz.organisation.channels
    with Postiz(store.postiz.connection) as server:
        server.create("draft", AT, [Entry(channel, "<p>a</p>", comments=["<p>b</p>"])])
    store.publish()
    store.deliver()
    images = [[part["image"] for part in body["posts"][0]["value"]] for body in store.postiz.bodies]
    [media] = store.postiz.media
    assert images == [[[], []], [[{"id": media.id, "path": media.path, "alt": "Lamp"}]]]


def test_7_4_the_key_is_sent_as_it_is(canned: type[Canned]) -> None:
    server = canned(reply({"connected": True}))
    with Postiz(server.connection) as opened:
        opened.check()
    assert [key for _, _, key in server.requests] == [KEY]


def test_7_6_what_is_not_there_any_more_counts_as_deleted(store: Store) -> None:
    store.publish(when="draft")
    store.deliver()
    store.postiz.posts[0].deleted = True
    assert publish.cancel(store.shelf, store.profile, store.post.id).state == "cancelled"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Only photo or video can be accepted as media type", "its address has to be public"),
        ("unaudited_client_can_only_post_to_private_accounts", "Only me"),
        ("url_ownership_unverified", "wants its domain verified"),
    ],
)
def test_7_8_and_7_11_what_a_platform_says_is_told_with_what_to_do(store: Store, said: str, told: str) -> None:
    [channel] = store.postiz.organisation.channels.values()
    channel.refuses = said
    store.publish()
    store.settle()
    assert said in str(error_of(store)["message"])
    assert told in str(error_of(store)["hint"])


def test_7_8_a_reason_has_its_source() -> None:
    assert all(reason.source and reason.hint.endswith(".") for reason in reasons.table())


@pytest.mark.parametrize("ending", [b"", b".MP4", b".bin"])
def test_7_9_a_video_that_is_kept_under_no_name_of_a_video_is_not_posted(
    store: Store, new_postiz: NewPostiz, ending: bytes
) -> None:
    elsewhere(store, new_postiz, "/upload", lambda body: body.replace(b".mp4", ending))
    store.publish()
    store.deliver()
    assert (store.post.state, error_of(store)["slug"]) == ("failed", "postiz_too_old")
    assert store.created == 0


def test_7_9_the_clip_is_uploaded_and_never_fetched_from_an_address(store: Store) -> None:
    store.publish()
    store.settle()
    assert "POST /upload" in store.postiz.requests
    assert not [request for request in store.postiz.requests if "upload-from-url" in request]


def test_7_11_tiktok_gets_its_eight_settings_from_one_choice(store: Store) -> None:
    tiktok = only(store, "tiktok")
    publish.publish(store.shelf, store.profile, planned(store, tiktok, privacy_level="SELF_ONLY"))
    store.settle()
    with Postiz(store.postiz.connection) as server:
        needed = set(server.settings_schema(tiktok.id).schema["required"])
    assert len(needed) == 8
    assert needed <= store.postiz.bodies[0]["posts"][0]["settings"].keys()


def test_7_12_a_time_of_the_stores_clock_is_sent_in_utc_with_its_z(store: Store) -> None:
    store.profile = store.profile.changed({"time_zone": "Asia/Kolkata"})
    year = parse(store.watch().isoformat()).year + 1
    ahead = parse(f"{year}-01-15T05:00:00Z") - store.watch()
    typed = f"{year}-01-15T10:30" if ahead.days < 366 else f"{year - 1}-12-31T10:30"
    store.publish(when="scheduled", at=typed)
    store.deliver()
    assert store.postiz.bodies[0]["date"] == f"{typed[:11]}05:00:00.000Z"


def test_7_14_what_is_refused_here_spends_nothing_of_the_hour(store: Store) -> None:
    run = planned(store, only(store, "tiktok"))
    with pytest.raises(EditaiError):
        publish.publish(store.shelf, store.profile, run)
    store.deliver()
    assert run.refused
    assert store.postiz.organisation.hits == 0


def test_7_15_a_post_is_followed_without_its_media_and_with_settings_as_a_text(store: Store) -> None:
    store.publish()
    store.deliver()
    with Postiz(store.postiz.connection) as server:
        [listed] = server.posts(store.watch() - timedelta(days=1), parse(AT))
    assert not {"image", "media", "settings"} & vars(listed).keys()
    store.settle()
    assert store.post.state == "published"


def test_7_15_where_the_server_says_why_a_post_failed_that_is_told(store: Store, new_postiz: NewPostiz) -> None:
    why = b'"state":"ERROR","error":"Aspect ratio is not supported"'
    elsewhere(store, new_postiz, "/posts", lambda body: body.replace(b'"state":"ERROR"', why))
    [channel] = store.postiz.organisation.channels.values()
    channel.refuses = "Something else"
    store.publish()
    store.settle()
    assert 'to Lamps: "Aspect ratio is not supported".' in str(error_of(store)["message"])


def test_7_16_an_account_that_has_to_be_connected_anew_looks_well_and_its_post_says_what_to_do(store: Store) -> None:
    [channel] = store.postiz.organisation.channels.values()
    channel.needs_reconnect = True
    run = store.checked(store.clip())
    assert not run.refused
    publish.publish(store.shelf, store.profile, run)
    store.settle()
    assert "you need to reconnect it" in str(error_of(store)["message"])
    assert "connect this account again" in str(error_of(store)["hint"])


def test_7_17_an_error_of_what_is_out_is_not_sent_again_by_itself_and_says_to_look_first(store: Store) -> None:
    [channel] = store.postiz.organisation.channels.values()
    channel.unconfirmed = True
    store.publish()
    store.settle()
    store.deliver(hours=1)
    assert (store.post.state, len(store.postiz.deliveries), store.created) == ("failed", 1, 1)
    assert "Look at the account before you try again" in str(error_of(store)["hint"])


def test_7_19_a_draft_is_checked_like_any_other_post_and_stays_one(store: Store) -> None:
    tiktok = only(store, "tiktok")
    assert planned(store, tiktok, "draft").refused
    publish.publish(store.shelf, store.profile, planned(store, tiktok, "draft", privacy_level="SELF_ONLY"))
    store.deliver()
    store.postiz.publish_due()
    assert [row.state for row in store.postiz.posts] == ["DRAFT"]


def test_7_20_no_status_is_ever_sent(store: Store) -> None:
    store.publish()
    store.deliver()
    assert store.settle()[0].state == "published"
    assert [asked for asked in store.postiz.requests if asked.startswith(("PUT", "PATCH"))] == []


# ── 8 ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_8_1_a_connection_is_tested_by_its_own_route_first(postiz: Workspace) -> None:
    with Postiz(postiz.connection) as server:
        server.check()
        server.channels()
    assert postiz.requests == ["GET /is-connected", "GET /integrations"]


def test_8_2_the_accounts_are_asked_for_before_every_check_and_before_every_sending(store: Store) -> None:
    store.publish()
    assert store.postiz.requests.count("GET /integrations") == 1
    store.deliver()
    assert store.postiz.requests.count("GET /integrations") == 2


def test_8_2_yes_and_no_are_sent_as_such(store: Store) -> None:
    run = planned(store, only(store, "tiktok"), privacy_level="SELF_ONLY")
    publish.publish(store.shelf, store.profile, run)
    store.deliver()
    sent = store.postiz.bodies[0]["posts"][0]["settings"]
    assert [sent[name] for name in ("duet", "brand_content_toggle")] == [True, False]
    assert store.postiz.bodies[0]["shortLink"] is False


def test_8_3_a_clip_is_uploaded_with_a_name_and_a_type_and_waited_for_longer_than_a_question(store: Store) -> None:
    store.publish()
    store.deliver()
    [media] = store.postiz.media
    assert (media.filename, media.content_type) == ("clip.mp4", "video/mp4")
    assert client.Patience().upload >= 10 * client.Patience().answer


def test_8_5_a_post_is_looked_for_around_its_time_and_not_at_it(store: Store) -> None:
    """The server's "now" is its own minute, which began before the request."""
    store.publish()
    store.deliver()
    [row] = store.postiz.posts
    assert row.publish_at <= parse(store.post.sent_at or "")
    assert store.settle()[0].state == "published"
