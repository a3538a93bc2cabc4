"""The client against the test server: what it sends, what it makes of every answer, and of none."""

from __future__ import annotations

import os
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from editai.errors import EditaiError, InvalidInput, NotFound, RateLimited, TooLarge
from editai.models import Channel, Connection, Uploaded, When
from editai.publish.postiz import Entry, Postiz
from tests.postiz.fixtures import NewPostiz
from tests.postiz.server import Workspace
from tests.postiz.state import Account

AT = "2030-02-01T10:00:00.000Z"
NOW = datetime.now(UTC)
WIDE = (NOW - timedelta(days=1), NOW + timedelta(days=1))
VIDEO = Uploaded(id="1", path="https://files.example/clip.mp4")
TIKTOK = {
    "privacy_level": "SELF_ONLY",
    "duet": False,
    "stitch": False,
    "comment": True,
    "autoAddMusic": "no",
    "brand_content_toggle": False,
    "brand_organic_toggle": True,
    "content_posting_method": "DIRECT_POST",
}


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "a clip of mine.mov"
    path.write_bytes(b"\0\0\0\x18ftypisom" + os.urandom(1_000_000))
    return path


def post(server: Postiz, *channels: Account, kind: When = "now") -> tuple[str, ...]:
    return server.create(kind, AT, [Entry(channel.id, "<p>Tea</p>") for channel in channels])


def refused(server: Postiz, *entries: Entry) -> EditaiError:
    with pytest.raises(EditaiError) as caught:
        server.create("now", AT, entries)
    return caught.value


# ── what is sent ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_7_1_a_post_is_sent_in_the_form_that_has_no_second_meaning(
    server: Postiz, postiz: Workspace, mastodon: Account
) -> None:
    tiktok = postiz.add_channel("tiktok", "Shop")
    entries = [Entry(mastodon.id, "<p>a</p>"), Entry(tiktok.id, "<p>é</p>", VIDEO, TIKTOK)]
    server.create("scheduled", "2030-02-01T12:00:00+02:00", entries)
    assert postiz.bodies == [
        {
            "type": "schedule",
            "date": "2030-02-01T10:00:00.000Z",
            "shortLink": False,
            "tags": [],
            "posts": [
                {"integration": {"id": mastodon.id}, "value": [{"content": "<p>a</p>", "image": []}], "settings": {}},
                {
                    "integration": {"id": tiktok.id},
                    "value": [{"content": "<p>é</p>", "image": [{"id": "1", "path": VIDEO.path}]}],
                    "settings": TIKTOK,
                },
            ],
        }
    ]


@pytest.mark.parametrize(
    ("kind", "sent", "state"),
    [("now", "now", "QUEUE"), ("scheduled", "schedule", "QUEUE"), ("draft", "draft", "DRAFT")],
)
def test_7_19_every_kind_has_a_type_that_postiz_knows(
    server: Postiz, postiz: Workspace, mastodon: Account, kind: When, sent: str, state: str
) -> None:
    post(server, mastodon, kind=kind)
    assert postiz.bodies[0]["type"] == sent
    assert postiz.posts[0].state == state


@pytest.mark.parametrize("moment", ["2030-02-01T10:00:00", "2030-02-01", "tomorrow", ""])
def test_7_12_a_time_of_which_nobody_knows_the_zone_is_not_sent(server: Postiz, postiz: Workspace, moment: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        server.create("scheduled", moment, [])
    assert caught.value.title == "422 moment_invalid"
    assert postiz.bodies == []


def test_the_ids_come_in_the_order_of_the_accounts(server: Postiz, postiz: Workspace) -> None:
    channels = [postiz.add_channel("mastodon", f"Shop {i}") for i in range(5)]
    made = post(server, *channels)
    assert [row.channel_id for post_id in made for row in postiz.posts if row.id == post_id] == [c.id for c in channels]


def test_7_10_an_upload_is_declared_as_every_server_wants_it(server: Postiz, postiz: Workspace, clip: Path) -> None:
    uploaded = server.upload(clip)
    (media,) = postiz.media
    assert (media.filename, media.content_type, media.bytes) == ("clip.mp4", "video/mp4", clip.stat().st_size)
    assert (uploaded.id, uploaded.path) == (media.id, media.path)


def test_an_upload_takes_the_same_memory_whatever_the_size(server: Postiz, postiz: Workspace, clip: Path) -> None:
    size = 64_000_000
    os.truncate(clip, size)  # the rest is zeros that take no room on the disk
    tracemalloc.start()
    try:
        server.upload(clip)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert postiz.media[0].bytes == size
    assert peak < 12_000_000  # of which the test server takes some


def test_an_upload_is_followed_and_can_be_called_off(server: Postiz, postiz: Workspace, clip: Path) -> None:
    class CalledOff(Exception):
        pass

    def told(part: float) -> None:
        if part > 0.5:
            raise CalledOff

    with pytest.raises(CalledOff):
        server.upload(clip, told)
    assert postiz.media == []


def test_8_3_a_video_that_postiz_would_not_take_is_not_sent(server: Postiz, postiz: Workspace, clip: Path) -> None:
    os.truncate(clip, 1024**3 + 1)
    with pytest.raises(TooLarge) as caught:
        server.upload(clip)
    assert caught.value.title == "413 postiz_too_large"
    assert postiz.requests == []


def test_a_video_that_is_gone_is_said_to_be(server: Postiz, tmp_path: Path) -> None:
    with pytest.raises(NotFound) as caught:
        server.upload(tmp_path / "gone.mp4")
    assert caught.value.title == "404 clip_file_missing"


# ── what comes back ──────────────────────────────────────────────────────────────────────────────────────────────


def test_accounts_come_with_their_picture_handle_and_state(server: Postiz, postiz: Workspace) -> None:
    known = postiz.add_channel("x", "Shop", disabled=True, picture="https://cdn.example/a.jpg", handle="@shop")
    bare = postiz.add_channel("some-new-platform", "", picture="/no-picture.jpg")
    assert server.channels() == (
        Channel(id=known.id, name="Shop", provider="x", picture=known.picture, handle="@shop", disabled=True),
        Channel(id=bare.id, name="", provider="some-new-platform"),
    )


def test_a_published_post_has_its_link(server: Postiz, postiz: Workspace, mastodon: Account) -> None:
    (post_id,) = post(server, mastodon)
    postiz.publish_due()
    (found,) = server.posts(*WIDE)
    assert (found.id, found.state, found.link) == (post_id, "PUBLISHED", postiz.posts[0].release_url)


def test_what_tiktok_holds_in_the_inbox_is_told_apart(server: Postiz, postiz: Workspace) -> None:
    tiktok = postiz.add_channel("tiktok", "Shop")
    settings = TIKTOK | {"content_posting_method": "UPLOAD"}
    server.create("now", AT, [Entry(tiktok.id, "<p>Tea</p>", VIDEO, settings)])
    postiz.publish_due()
    assert [(found.state, found.release_id) for found in server.posts(*WIDE)] == [("PUBLISHED", "missing")]


def test_a_failed_post_is_told_of_in_a_notification(server: Postiz, postiz: Workspace, mastodon: Account) -> None:
    mastodon.refuses = "The video is too long."
    post(server, mastodon)
    postiz.publish_due()
    assert [found.state for found in server.posts(*WIDE)] == ["ERROR"]
    assert "The video is too long." in server.notifications()[0].content


def test_now_is_listed_under_the_minute_that_had_begun(server: Postiz, mastodon: Account) -> None:
    post(server, mastodon)
    (found,) = server.posts(*WIDE)
    assert found.publish_at.endswith(":00.000Z")
    assert datetime.fromisoformat(found.publish_at) <= datetime.now(UTC)


def test_a_repeating_post_is_listed_once(server: Postiz, postiz: Workspace, mastodon: Account) -> None:
    post(server, mastodon, kind="scheduled")
    postiz.posts[0].interval = 7
    start = datetime.fromisoformat(AT)
    assert [found.publish_at for found in server.posts(start, start + timedelta(days=30))] == [AT]


def test_the_rules_of_tiktok_say_what_must_be_set(server: Postiz, postiz: Workspace) -> None:
    rules = server.settings_schema(postiz.add_channel("tiktok", "Shop").id)
    assert rules.max_length == 2000
    assert set(rules.schema["required"]) == set(TIKTOK)


# ── what is refused ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_complaint_about_a_field_names_the_account_and_the_field(
    server: Postiz, postiz: Workspace, mastodon: Account
) -> None:
    tiktok = postiz.add_channel("tiktok", "My tea shop")
    error = refused(
        server,
        Entry(mastodon.id, "<p>Tea</p>"),
        Entry(tiktok.id, "<p>Tea</p>", VIDEO, TIKTOK | {"privacy_level": "ALL", "duet": 1}),
    )
    assert error.title == "422 postiz_refused"
    assert "My tea shop: privacy level must be one of these: PUBLIC_TO_EVERYONE," in error.message
    assert "My tea shop: duet must be yes or no." in error.message
    assert "posts." not in error.message


def test_many_complaints_are_counted(server: Postiz, postiz: Workspace) -> None:
    tiktok = postiz.add_channel("tiktok", "Shop")
    assert refused(server, Entry(tiktok.id, "<p>Tea</p>", VIDEO)).message.endswith("And 3 more.")


def test_accounts_are_numbered_where_their_names_cannot_be_learned(server: Postiz, postiz: Workspace) -> None:
    postiz.fail("GET /integrations", "500_before")
    tiktok = postiz.add_channel("tiktok", "Shop")
    error = refused(server, Entry(tiktok.id, "<p>Tea</p>", VIDEO, TIKTOK | {"duet": 1}))
    assert "Account 1: duet must be yes or no." in error.message


def test_a_complaint_about_a_channel_names_it(server: Postiz, postiz: Workspace) -> None:
    youtube = postiz.add_channel("youtube", "Tea TV")
    error = refused(server, Entry(youtube.id, "<p>Tea</p>", None, {"title": "Tea", "type": "public"}))
    assert error.title == "422 postiz_refused"
    assert "Tea TV: You need one media." in error.message


def test_what_is_published_already_is_not_published_again(server: Postiz, postiz: Workspace, mastodon: Account) -> None:
    (post_id,) = post(server, mastodon)
    postiz.publish_due()
    error = refused(server, Entry(mastodon.id, "<p>Tea</p>", remote_id=post_id))
    assert "published already" in error.message
    assert len(postiz.deliveries) == 1


def test_an_id_that_is_gone_makes_a_new_post_under_another(server: Postiz, mastodon: Account) -> None:
    (made,) = server.create("now", AT, [Entry(mastodon.id, "<p>Tea</p>", remote_id="cgone")])
    assert made != "cgone"


def test_too_much_text_is_too_large(server: Postiz, postiz: Workspace, mastodon: Account) -> None:
    error = refused(server, Entry(mastodon.id, "x" * 110_000))
    assert error.title == "413 postiz_too_large"
    assert "texts" in f"{error.message} {error.hint}"
    assert "clip" not in f"{error.message} {error.hint}"
    assert postiz.posts == []


def test_a_plan_that_is_used_up_is_402(server: Postiz, postiz: Workspace, mastodon: Account) -> None:
    postiz.organisation.plan_refusal = "You have reached the maximum number of posts for your plan"
    error = refused(server, Entry(mastodon.id, "<p>Tea</p>"))
    assert error.title == "402 postiz_plan"
    assert "You have reached the maximum number of posts for your plan." in error.message


def test_7_14_the_limit_of_an_hour_says_when_to_come_anew(server: Postiz, postiz: Workspace, mastodon: Account) -> None:
    postiz.organisation.limit = 1
    post(server, mastodon)
    for _ in range(2):
        with pytest.raises(RateLimited, match="60 minutes") as caught:
            post(server, mastodon)
        assert 3590 <= caught.value.retry_after_s <= 3600
    assert len(postiz.posts) == 1
    assert len(server.posts(*WIDE)) == 1  # questions are not limited


def test_a_server_that_does_not_have_a_route_yet_is_too_old(server: Postiz, postiz: Workspace) -> None:
    for route in ("GET /notifications", "GET /integration-settings/*"):
        postiz.fail(route, "404_before")
    for ask in (server.notifications, lambda: server.settings_schema("c1")):
        with pytest.raises(EditaiError) as caught:
            ask()
        assert caught.value.title == "503 postiz_too_old"


# ── which Postiz ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_7_3_the_front_end_is_told_from_the_api(postiz: Workspace) -> None:
    wrong = Connection(url=f"{postiz.server.home}/public/v1", key=postiz.key)
    with Postiz(wrong) as server, pytest.raises(InvalidInput, match="web page") as caught:
        server.channels()
    assert caught.value.title == "422 postiz_address_wrong"
    assert "/api" in caught.value.hint


def test_a_page_of_a_postiz_leads_to_its_api(postiz: Workspace) -> None:
    with Postiz(Connection(url=f"{postiz.server.home}/launches?display=week", key=postiz.key)) as server:
        server.check()


def test_a_backend_alone_is_reached_by_its_own_address(new_postiz: NewPostiz) -> None:
    bare = new_postiz("bare")
    with Postiz(bare.connection) as server:
        server.check()
    with (
        Postiz(Connection(url=bare.server.home, key=bare.key)) as server,
        pytest.raises(InvalidInput, match="no Postiz API") as caught,
    ):
        server.check()
    assert caught.value.title == "422 postiz_address_wrong"


def test_two_stores_on_two_servers_do_not_meet(new_postiz: NewPostiz) -> None:
    one, two = new_postiz(), new_postiz()
    here, there = one.add_channel("mastodon", "One"), two.add_channel("mastodon", "Two")
    with Postiz(one.connection) as first, Postiz(two.connection) as second:
        post(first, here)
        assert refused(second, Entry(here.id, "<p>Tea</p>")).title == "422 postiz_refused"
        assert [channel.id for channel in second.channels()] == [there.id]
        assert second.posts(*WIDE) == ()
    assert two.posts == []


def test_a_workspace_does_not_see_that_of_another_key(postiz: Workspace, mastodon: Account) -> None:
    other = postiz.server.workspace()
    with Postiz(other.connection) as server:
        assert server.channels() == ()
        assert refused(server, Entry(mastodon.id, "<p>Tea</p>")).title == "422 postiz_refused"
