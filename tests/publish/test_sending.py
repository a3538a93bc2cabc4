"""A batch is sent once. Whatever goes wrong on the way, there is one post or none, and its row says which."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import av
import pytest

from editai import publish
from editai.errors import EditaiError
from editai.models import Clip, Connection, PostWish
from editai.publish import courier, sending
from editai.publish.outcome import parse
from editai.publish.postiz import Postiz
from tests.library.samples import a_report
from tests.postiz.server import Workspace
from tests.postiz.state import Account
from tests.processes import wait_for
from tests.publish.stores import Store, in_hours

pytestmark = pytest.mark.usefixtures("hasty")

NOT_ACTED = ("hang_before", "drop_during", "500_before")
ACTED = ("hang_after", "drop_after", "cut_after", "garbage_after", "500_after")


def told(store: Store) -> tuple[str, str]:
    """The state of the store's only post, and the slug of its error."""
    return store.post.state, str((store.post.error or {}).get("slug", ""))


# ── a good day ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_planned_post_goes_out_with_its_video_and_its_text(store: Store) -> None:
    store.publish(text="Meet the lamp <3\n\nA & B")
    [post] = store.settle()
    [out] = store.postiz.deliveries
    assert (post.state, out.text) == ("published", "Meet the lamp <3\n\nA & B")
    assert out.media == (store.postiz.media[0].path,)


def test_8_4_all_channels_of_an_act_are_one_upload_and_one_request(store: Store) -> None:
    store.postiz.add_channel("bluesky", "Sky")
    store.postiz.add_channel("threads", "Thread")
    store.publish()
    assert {post.state for post in store.deliver()} == {"sent"}
    assert (len(store.postiz.media), store.created, len(store.postiz.posts)) == (1, 1, 3)
    ours = {post.remote_id: post.channel.id for post in store.posts}
    assert ours == {row.id: row.channel_id for row in store.postiz.posts}


def test_a_scheduled_post_lies_in_postiz_for_its_time(store: Store) -> None:
    [planned] = store.publish(when="scheduled", at=in_hours(24))
    store.deliver()
    [row] = store.postiz.posts
    assert f"{row.publish_at:%Y-%m-%dT%H:%M:%S}.000Z" == planned.publish_at
    assert (row.state, store.post.state) == ("QUEUE", "sent")


def test_a_draft_lies_in_postiz_as_one_and_its_row_says_so(store: Store) -> None:
    store.publish(when="draft")
    store.deliver()
    assert store.postiz.publish_due() == 0
    assert [row.state for row in store.postiz.posts] == ["DRAFT"]
    assert (store.post.state, "draft" in store.post.note) == ("sent", True)


# ── faults before the creating request: nothing is published by it, so it is tried again ─────────────────────────────


@pytest.mark.parametrize("how", ["hang_before", "drop_during", "drop_after", "cut_after", "500_after"])
def test_an_upload_without_an_answer_is_done_again_and_the_post_goes_out_once(store: Store, how: str) -> None:
    store.postiz.fail("POST /upload", how)
    store.publish()
    assert (store.deliver()[0].state, store.post.note) == ("planned", "Postiz did not answer. It is tried again.")
    store.settle()
    assert (store.post.state, len(store.postiz.deliveries), store.created) == ("published", 1, 1)


@pytest.mark.parametrize(("route", "how"), [("GET /integrations", "500_before"), ("GET /posts", "drop_before")])
def test_a_question_without_an_answer_is_asked_again_and_the_post_goes_out_once(
    store: Store, route: str, how: str
) -> None:
    store.publish()
    store.postiz.fail(route, how, times=2)  # the client itself asks twice where the connection broke
    assert store.deliver()[0].state == "planned"
    store.settle()
    assert (store.post.state, len(store.postiz.deliveries), store.created) == ("published", 1, 1)


def test_an_upload_that_was_done_is_not_done_again(store: Store) -> None:
    store.publish()
    store.postiz.fail("GET /integrations", "500_before")
    store.deliver()
    store.settle()
    assert len(store.postiz.media) == 1


def test_after_three_tries_it_has_failed_and_says_that_nothing_was_sent(store: Store) -> None:
    store.publish()
    store.postiz.fail("POST /upload", "500_before", times=3)
    store.settle()
    assert told(store) == ("failed", "postiz_no_answer")
    assert "nothing was sent" in str((store.post.error or {})["message"])
    assert store.postiz.posts == []


# ── faults of the creating request: it is never sent again by itself ─────────────────────────────────────────────────


@pytest.mark.parametrize("how", ACTED)
def test_7_13_what_was_created_without_an_answer_is_found_and_not_created_again(store: Store, how: str) -> None:
    store.postiz.fail("POST /posts", how)
    store.publish()
    assert store.deliver()[0].state == "unknown"
    store.settle()
    assert (store.post.state, len(store.postiz.deliveries), store.created) == ("published", 1, 1)


@pytest.mark.parametrize("how", NOT_ACTED)
def test_8_4_what_was_not_created_is_looked_for_and_then_said_to_be_missing(store: Store, how: str) -> None:
    store.postiz.fail("POST /posts", how)
    store.publish()
    assert store.deliver()[0].state == "unknown"
    assert store.deliver(minutes=9)[0].state == "unknown"
    assert store.deliver(minutes=2)[0].state == "failed"
    assert told(store) == ("failed", "post_not_created")
    assert (store.postiz.posts, store.created) == ([], 0)


@pytest.mark.parametrize("how", ["hang_before", "hang_after"])
def test_a_server_that_restarts_while_it_creates_has_one_post_or_none(store: Store, how: str) -> None:
    store.postiz.fail("POST /posts", how)
    store.publish()
    creating = {"hang_before": lambda: store.post.state == "sending", "hang_after": lambda: store.postiz.posts}

    def restart_in_the_middle() -> None:
        wait_for(creating[how])
        store.postiz.restart()

    restart = threading.Thread(target=restart_in_the_middle)
    restart.start()
    store.deliver()
    restart.join()
    store.settle()
    acted = how == "hang_after"
    assert store.post.state == ("published" if acted else "failed")
    assert len(store.postiz.deliveries) == acted


def test_a_server_that_acts_late_has_one_post(store: Store) -> None:
    store.postiz.fail("POST /posts", "late")
    store.publish()
    store.deliver()
    assert store.deliver(minutes=5)[0].state == "unknown"
    store.postiz.act_late()
    store.settle()
    assert (store.post.state, len(store.postiz.deliveries)) == ("published", 1)


def test_of_three_channels_of_which_one_was_created_one_is_sent_and_two_are_missing(store: Store) -> None:
    for provider in ("bluesky", "threads"):
        store.postiz.add_channel(provider, provider)
    store.postiz.fail("POST /posts", "500_after")
    store.publish()
    store.deliver()
    created, *missing = store.postiz.posts
    for row in missing:  # as if the server had failed after the first of them
        row.deleted = True
    store.settle()
    assert {post.channel.id: post.state for post in store.posts} == {
        created.channel_id: "published",
        missing[0].channel_id: "failed",
        missing[1].channel_id: "failed",
    }
    assert len(store.postiz.deliveries) == 1


# ── a clear no: nothing was created ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("how", "slug"),
    [
        ("400_before", "postiz_refused"),
        ("402_before", "postiz_plan"),
        ("404_before", "postiz_address_wrong"),
    ],
)
def test_a_refusal_fails_the_whole_batch_with_its_reason(store: Store, how: str, slug: str) -> None:
    store.postiz.add_channel("bluesky", "Sky")
    store.postiz.fail("POST /posts", how)
    store.publish()
    posts = store.deliver()
    assert [(post.state, (post.error or {})["slug"]) for post in posts] == [("failed", slug)] * 2
    assert store.postiz.posts == []


@contextmanager
def cut_off(store: Store) -> Iterator[None]:
    """No network: nobody answers where the store's Postiz was."""
    store.postiz.server.stop()
    try:
        yield
    finally:
        store.postiz.server.start()


def test_a_server_that_cannot_be_reached_is_waited_for_and_the_row_says_so(store: Store) -> None:
    store.publish()
    with cut_off(store):
        [post] = store.deliver()
    assert (post.state, post.sent_at, "cannot be reached" in post.note) == ("planned", None, True)
    assert store.deliver(minutes=2)[0].state == "sent"
    assert len(store.postiz.posts) == 1


def test_after_days_without_network_what_is_to_come_goes_out_and_what_is_over_is_said(store: Store) -> None:
    late = store.publish(when="scheduled", at=in_hours(2))[0].id
    to_come = store.publish(text="Later", when="scheduled", at=in_hours(80))[0].id
    draft = store.publish(text="Draft", when="draft")[0].id
    with cut_off(store):
        for _ in range(9):
            store.deliver(hours=8)
    store.deliver(minutes=2)
    found = {post.id: post for post in store.posts}
    assert (found[late].error or {})["slug"] == "post_too_late"
    assert (found[to_come].state, found[to_come].meant_for, found[draft].state) == ("sent", "", "sent")
    assert {row.state for row in store.postiz.posts} == {"QUEUE", "DRAFT"}
    assert len(store.postiz.posts) == 2


def test_a_post_that_goes_out_late_says_for_when_it_was_meant(store: Store) -> None:
    [planned] = store.publish(when="scheduled", at=in_hours(2))
    with cut_off(store):
        store.deliver(hours=2, minutes=20)
    store.deliver(minutes=2)
    store.postiz.publish_due(store.watch())
    [post] = store.deliver(minutes=2)
    assert (post.state, post.meant_for) == ("published", planned.publish_at)
    assert parse(post.publish_at) - parse(planned.publish_at) >= timedelta(minutes=20)


def test_a_full_hour_that_moves_a_post_says_for_when_it_was_meant(store: Store) -> None:
    store.postiz.organisation.limit = 0
    [planned] = store.publish(when="scheduled", at=in_hours(0.2))
    [post] = store.deliver()
    assert (post.state, post.meant_for) == ("planned", planned.publish_at)
    assert parse(post.publish_at) > parse(planned.publish_at)


def test_without_network_one_try_is_enough_for_all_that_waits(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = []

    def send(*given: Any) -> None:
        sent.append(given)
        sending.send(*given)

    monkeypatch.setattr(courier, "send", send)
    for number in range(3):
        store.publish(text=f"Lamp {number}", when="scheduled", at=in_hours(5 + number))
    with cut_off(store):
        posts = store.deliver()
    assert ([post.state for post in posts], len(sent)) == (["planned"] * 3, 1)
    store.deliver(minutes=2)
    assert {post.state for post in store.posts} == {"sent"}


def test_no_answer_is_no_end_for_a_post_whose_time_is_to_come(store: Store) -> None:
    store.publish(when="scheduled", at=in_hours(5))
    store.postiz.fail("POST /upload", "500_before", times=5)
    for _ in range(5):
        assert store.deliver(minutes=11)[0].state == "planned"
    assert store.deliver(minutes=11)[0].state == "sent"


def test_8_4_a_full_hour_is_waited_for_as_the_server_says_and_the_row_says_until_when(store: Store) -> None:
    store.postiz.organisation.limit = 0
    store.publish()
    store.deliver()
    store.postiz.organisation.blocked_until, store.postiz.organisation.limit = None, 9
    assert (store.post.state, "goes out by itself after" in store.post.note) == ("planned", True)
    assert store.deliver(minutes=58)[0].state == "planned"
    assert store.deliver(minutes=3)[0].state == "sent"
    assert len(store.postiz.posts) == 1


# ── what is not sent any more ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("change", ["disabled", "deleted"])
def test_8_2_a_channel_that_is_gone_since_the_check_is_left_out_and_others_go_out(store: Store, change: str) -> None:
    gone = store.postiz.add_channel("bluesky", "Sky")
    store.publish()
    setattr(gone, change, True)
    kept, left_out = store.deliver()
    assert (kept.state, left_out.state) == ("sent", "failed")
    slug = {"disabled": "channel_disabled", "deleted": "channel_vanished"}[change]
    assert (left_out.error or {})["slug"] == slug
    assert [row.channel_id for row in store.postiz.posts] == [kept.channel.id]


def test_what_should_have_gone_out_hours_ago_is_not_sent(store: Store) -> None:
    store.publish()
    store.deliver(hours=2)
    assert told(store) == ("failed", "post_too_late")
    assert store.postiz.requests.count("POST /upload") == 0


def test_a_draft_is_never_too_late(store: Store) -> None:
    store.publish(when="draft")
    assert store.deliver(hours=20)[0].state == "sent"


def test_a_clip_that_became_stale_while_it_waited_is_not_sent(store: Store) -> None:
    clip = store.clip()
    store.publish(clip)
    store.change_product(clip)
    store.deliver()
    assert told(store) == ("failed", "clip_stale")
    assert store.postiz.posts == []


def test_a_clip_whose_video_is_gone_is_said(store: Store) -> None:
    clip = store.clip()
    store.publish(clip)
    clip.path(clip.video).unlink()
    store.deliver()
    assert told(store) == ("failed", "clip_file_missing")


def test_a_clip_that_was_deleted_is_sent_nowhere(store: Store) -> None:
    clip = store.clip()
    store.publish(clip)
    store.shelf.delete_clip(store.profile.id, clip.id)
    assert store.deliver() == []
    assert store.postiz.posts == []


def test_what_was_planned_for_another_server_goes_to_neither(store: Store, new_postiz: Callable[[], Workspace]) -> None:
    store.publish()
    other = new_postiz()
    store.shelf.secrets.connect(store.profile.id, other.connection)
    store.deliver()
    assert told(store) == ("failed", "connection_changed")
    assert store.postiz.posts == other.posts == []


def test_what_was_planned_for_another_account_on_the_same_server_goes_to_neither(store: Store) -> None:
    store.publish()
    other = store.postiz.server.workspace()
    other.add_channel("mastodon", "Lamps")
    store.shelf.secrets.connect(store.profile.id, other.connection)
    store.deliver()
    assert told(store) == ("failed", "channel_vanished")
    assert store.postiz.posts == other.posts == []


def test_a_store_that_was_disconnected_sends_nothing(store: Store) -> None:
    store.publish()
    store.shelf.secrets.disconnect(store.profile.id)
    store.deliver()
    assert told(store) == ("failed", "postiz_not_connected")


@pytest.mark.parametrize(
    ("meanwhile", "slug"),
    [
        (lambda store: store.shelf.secrets.disconnect(store.profile.id), "postiz_not_connected"),
        (
            lambda store: store.change_product(store.shelf.store.clip(store.profile.id, store.post.clip_id)),
            "clip_stale",
        ),
    ],
    ids=["disconnected", "changed"],
)
def test_what_changes_during_a_long_upload_is_seen_before_anything_is_created(
    store: Store, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[Store], None], slug: str
) -> None:
    upload = Postiz.upload

    def long(*arguments: Any) -> Any:
        meanwhile(store)
        return upload(*arguments)

    monkeypatch.setattr(Postiz, "upload", long)
    store.publish()
    store.deliver()
    store.deliver()
    assert (told(store), store.post.sent_at, store.created) == (("failed", slug), None, 0)


def test_a_key_that_cannot_be_opened_is_waited_for(store: Store) -> None:
    store.publish()
    store.shelf.secrets.disconnect(store.profile.id)
    connection = Connection(url=store.postiz.url, key=store.postiz.key)
    key_file = store.shelf.media.home / "secret.key"
    shutil.move(key_file, key_file.with_suffix(".lost"))
    other_machine = store.shelf.secrets
    other_machine.connect(store.profile.id, connection)
    key_file.unlink()
    store.deliver()
    assert (store.post.state, "Enter the key" in store.post.note) == ("planned", True)
    other_machine.connect(store.profile.id, connection)
    assert store.deliver(minutes=1)[0].state == "sent"


def test_two_posts_that_look_alike_do_not_go_out_while_one_of_them_is_open(store: Store) -> None:
    store.postiz.fail("POST /posts", "drop_before")
    store.publish(store.clip("Lamp"))
    store.deliver()
    publish.publish(store.shelf, store.profile, store.checked(store.clip("Lamp again")))
    first, second = store.deliver(seconds=3)
    assert (first.state, second.state) == ("unknown", "planned")
    assert "same text" in second.note
    first, second = store.settle()
    assert (first.state, second.state, len(store.postiz.deliveries)) == ("failed", "published", 1)


def test_what_was_left_open_just_now_holds_up_what_looks_like_it(store: Store) -> None:
    store.publish(store.clip("Lamp"))
    store.publish(store.clip("Lamp again"))
    store.postiz.fail("POST /posts", "500_before")
    assert [post.state for post in store.deliver()] == ["unknown", "planned"]


# ── a platform that wants a smaller file ─────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def real(store: Store, ffmpeg: Callable[..., None]) -> Clip:
    """A clip of 1080x1920 that can really be scaled, in a store that is on X as well."""
    store.postiz.add_channel("x", "Lamps on X")
    clip = store.shelf.media.placed(store.clip())
    lines = ("color=teal:s=1080x1920:r=30:d=1", "sine=f=440:r=48000:d=1")
    inputs = [part for line in lines for part in ("-f", "lavfi", "-i", line)]
    ffmpeg(*inputs, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", clip.path(clip.video))
    return clip


def test_x_gets_a_smaller_copy_and_every_other_channel_the_clip(store: Store, real: Clip) -> None:
    [said] = [item for post in store.checked(real).posts for item in post.findings if item.slug == "smaller_copy"]
    assert "720 by 1280" in said.message
    store.publish(real)
    store.settle()
    large, small = store.postiz.media
    by_channel = {out.channel_id: out.media for out in store.postiz.deliveries}
    names = {channel.id: channel.provider for channel in store.postiz.organisation.channels.values()}
    assert {names[channel]: media for channel, media in by_channel.items()} == {
        "mastodon": (large.path,),
        "x": (small.path,),
    }
    with av.open(str(real.folder / "clip-720x1280.mp4")) as made:
        assert (made.streams.video[0].width, made.streams.video[0].height) == (720, 1280)


def test_the_smaller_copy_is_made_once(store: Store, real: Clip) -> None:
    store.publish(real)
    store.settle()
    made = (real.folder / "clip-720x1280.mp4").stat().st_mtime_ns
    publish.publish(store.shelf, store.profile, store.checked(real, again=True))
    store.settle()
    assert (real.folder / "clip-720x1280.mp4").stat().st_mtime_ns == made


def test_where_the_smaller_copy_cannot_be_made_the_others_go_out(store: Store) -> None:
    store.postiz.add_channel("x", "Lamps on X")
    store.publish()  # a clip that is no video
    store.settle()
    assert {post.channel.provider: post.state for post in store.posts} == {"mastodon": "published", "x": "failed"}


# ── what goes beside the video ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def boards(store: Store) -> Account:
    """The store is on Pinterest and Reddit as well."""
    store.postiz.add_channel("reddit", "u/lamps")
    lists = [{"id": "7", "name": "Lamps"}, {"id": "8", "name": "Sale"}]
    return store.postiz.add_channel("pinterest", "Lamp boards", lists=lists)


def wishes(store: Store, **settings: dict[str, str]) -> list[PostWish]:
    """One post for each of these platforms, with its settings."""
    channels = {channel.provider: channel.id for channel in store.postiz.organisation.channels.values()}
    return [PostWish(channel_id=channels[name], text="Meet it.", settings=given) for name, given in settings.items()]


def test_7_18_a_pin_has_its_board_and_the_poster_as_cover_and_reddit_has_it_as_thumbnail(
    store: Store, boards: Account
) -> None:
    clip = store.shelf.media.placed(store.clip())
    report = a_report("Hi.")
    long = report.measurement.model_copy(update={"duration_ms": 5_000, "frames": 150})
    clip.path(clip.report).write_text(report.model_copy(update={"measurement": long}).model_dump_json())
    asked = wishes(store, pinterest={"board": "7"}, reddit={"subreddit": "/r/lamps"}, mastodon={})
    publish.publish(store.shelf, store.profile, publish.dry_run(store.shelf, store.profile, clip.id, asked))
    store.settle()
    video, poster = store.postiz.media
    assert (video.content_type, poster.content_type) == ("video/mp4", "image/jpeg")
    rows = {store.postiz.organisation.channels[row.channel_id].provider: row for row in store.postiz.posts}
    paths = {name: [image["path"] for image in row.images] for name, row in rows.items()}
    assert paths == {"pinterest": [video.path, poster.path], "reddit": [video.path], "mastodon": [video.path]}
    assert rows["reddit"].images[0]["thumbnail"] == poster.path
    assert rows["pinterest"].settings["board"] == "7"
    assert rows["reddit"].settings["subreddit"][0]["value"]["subreddit"] == "/r/lamps"
    assert {post.state for post in store.posts} == {"published"}


def test_what_is_seen_is_said_for_those_who_do_not_see_it(store: Store) -> None:
    store.publish(store.clip("Aurora lamp"))
    store.deliver()
    assert store.postiz.posts[0].images[0]["alt"] == "Aurora lamp"


def test_the_boards_to_choose_of_are_the_platforms(store: Store, boards: Account) -> None:
    found = publish.choices(store.shelf, store.profile, boards.id, "board")
    assert [(choice.value, choice.label) for choice in found] == [("7", "Lamps"), ("8", "Sale")]


@pytest.mark.parametrize(
    ("changes", "setting", "title"),
    [
        ({"needs_reconnect": True}, "board", "409 channel_disconnected"),
        ({"refuses": "Down."}, "board", "504 postiz_no_answer"),
        ({"deleted": True}, "board", "404 channel_not_found"),
        ({}, "title", "404 setting_not_listed"),
        ({}, "nothing", "404 setting_not_listed"),
    ],
)
def test_a_list_that_cannot_be_had_is_said_so(
    store: Store, boards: Account, changes: dict[str, Any], setting: str, title: str
) -> None:
    for name, value in changes.items():
        setattr(boards, name, value)
    with pytest.raises(EditaiError) as refused:
        publish.choices(store.shelf, store.profile, boards.id, setting)
    assert refused.value.title == title
