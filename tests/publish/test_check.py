"""What is known before a clip is published: of its channels, its text, its product, and the time."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from editai.errors import Conflict, InvalidInput, NotFound
from editai.library import LOCAL_OWNER, Library
from editai.models import (
    Channel,
    Clip,
    Facts,
    PostWish,
    Profile,
)
from editai.publish import check, moment
from editai.publish.planned import is_public
from tests.publish.checking import (
    LAMP,
    READY,
    ZONE,
    Store,
    dump,
    shelf,
    slug_of,
    slugs,
    store,
    taken,
    unconnected,
    wish,
)

__all__ = ["shelf", "store", "unconnected"]


# ── what a dry run shows ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_dry_run_shows_what_goes_where_and_for_which_store(store: Store) -> None:
    clip, channel = store.clip(), store.channel("mastodon", "Lamps", handle="@lamps")
    run = store.dry_run(clip, wish(channel, "Meet\r\nthe lamp."))
    [post] = run.posts
    assert (run.profile_id, run.profile_name, run.logo) == (
        store.profile.id,
        store.profile.name,
        store.profile.kit.logo,
    )
    assert (run.server, run.clip_id, run.clip_title, run.when) == (store.postiz.url, clip.id, "Aurora lamp", "now")
    assert (post.channel.name, post.channel.provider) == ("Lamps", "mastodon")
    assert (post.text, post.length, post.limit, post.settings) == ("Meet\nthe lamp.", 14, 500, {})
    assert not run.refused


def test_a_dry_run_asks_and_neither_sends_nor_writes(store: Store) -> None:
    clip, channel = store.clip(), store.channel("x")
    before = sorted(dump(store.shelf))
    store.dry_run(clip, wish(channel, "long " * 100), again=True)
    assert {request.split()[0] for request in store.postiz.requests} == {"GET"}
    assert store.postiz.posts == []
    assert store.shelf.outbox.posts(store.profile.id) == ()
    assert sorted(dump(store.shelf)) == before


def test_the_channels_are_those_of_the_stores_own_postiz(store: Store, new_postiz: Any) -> None:
    other = new_postiz()
    other.add_channel("x", "Somebody else's")
    store.channel("tiktok", "Mine")
    assert [channel.name for channel in check.channels(store.shelf, store.profile)] == ["Mine"]


def test_without_a_postiz_there_is_nothing_to_check(shelf: Library, unconnected: Profile, tmp_path: Path) -> None:
    store = Store(shelf, unconnected, None, tmp_path)  # type: ignore[arg-type]
    with pytest.raises(Conflict) as refused:
        check.dry_run(shelf, unconnected, store.clip().id, [wish("c1")])
    assert slug_of(refused) == "409 postiz_not_connected"


def test_a_clip_of_another_store_is_not_there(store: Store, shelf: Library) -> None:
    other = shelf.store.create_profile(LOCAL_OWNER, f"Store {uuid.uuid4().hex[:12]}")
    with pytest.raises(NotFound) as refused:
        check.dry_run(shelf, other, store.clip().id, [wish("c1")])
    assert slug_of(refused) == "404 clip_not_found"


def test_a_clip_whose_video_is_gone_is_said(store: Store) -> None:
    clip = store.clip()
    clip.path(clip.video).unlink()
    with pytest.raises(NotFound) as refused:
        store.dry_run(clip, wish(store.channel()))
    assert slug_of(refused) == "404 clip_file_missing"


# ── channels ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_8_2_a_channel_that_is_switched_off_is_refused(store: Store) -> None:
    run = store.dry_run(store.clip(), wish(store.channel(disabled=True)))
    assert slugs(run.posts[0]) == ["channel_disabled"]
    assert run.refused


def test_a_channel_that_vanished_is_refused_and_the_others_are_checked(store: Store) -> None:
    run = store.dry_run(store.clip(), wish("cvanished"), wish(store.channel()))
    assert [slugs(post) for post in run.posts] == [["channel_gone"], []]


def test_a_channel_of_another_workspace_is_as_good_as_gone(store: Store, postiz_server: Any) -> None:
    foreign = postiz_server.workspace().add_channel("x", "Somebody else's").id
    [post] = store.dry_run(store.clip(), wish(foreign)).posts
    assert slugs(post) == ["channel_gone"]
    assert "Somebody else" not in post.model_dump_json()


def test_no_channel_and_one_channel_twice_are_refused(store: Store) -> None:
    clip, channel = store.clip(), store.channel()
    with pytest.raises(InvalidInput) as none:
        store.dry_run(clip)
    with pytest.raises(InvalidInput) as twice:
        store.dry_run(clip, wish(channel), wish(channel, "Another text"))
    assert (slug_of(none), slug_of(twice)) == ("422 no_channel", "422 channel_twice")


@pytest.mark.parametrize(
    ("state", "again", "refused"),
    [
        ("planned", False, True),
        ("unknown", True, True),
        ("published", False, True),
        ("published", True, False),
        ("sent", False, True),
        ("failed", False, False),
    ],
)
def test_a_clip_that_is_there_or_on_its_way_is_refused(store: Store, state: str, again: bool, refused: bool) -> None:
    clip, channel = store.clip(), store.channel()
    store.posted(clip, channel, state=state)
    run = store.dry_run(clip, wish(channel), again=again)
    there = "on_its_way" if state in {"planned", "unknown"} else "already_posted"
    assert slugs(run.posts[0]) == ([there] if refused else [])


def test_on_another_channel_it_is_not_posted_already(store: Store) -> None:
    clip, there, elsewhere = store.clip(), store.channel(), store.channel()
    store.posted(clip, there, state="published")
    assert not store.dry_run(clip, wish(elsewhere)).refused


def test_7_8_a_platform_that_fetches_the_video_warns_of_a_server_that_it_cannot_reach(store: Store) -> None:
    assert "server_not_public" in slugs(store.planned("instagram"), "warn")
    assert "server_not_public" not in slugs(store.planned("tiktok", privacy_level="SELF_ONLY"), "warn")


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("https://api.postiz.com/public/v1", True),
        ("http://shop.example/api/public/v1", False),
        ("https://192.168.1.4/api/public/v1", False),
        ("https://localhost/api/public/v1", False),
        ("https://[::1]/api", False),
        ("https://nas.local/api", False),
        ("https://93.184.215.14/api", True),
    ],
)
def test_an_address_that_the_internet_can_reach(url: str, public: bool) -> None:
    assert is_public(url) is public


# ── a clip that is out of date ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"facts": LAMP.model_copy(update={"price": "$39.99"})}, "the price changed"),
        ({"facts": LAMP.model_copy(update={"title": "Aurora 2"})}, "the title changed"),
        ({"facts": LAMP.model_copy(update={"points": ()})}, "the points changed"),
        ({"facts": LAMP.model_copy(update={"url": "shop.example"})}, "the address changed"),
        ({"script": "Another."}, "the script changed"),
        ({"caption_style": "calm"}, "the caption style changed"),
        ({"script": "Another.", "caption_style": "calm"}, "the script and the caption style changed"),
    ],
)
def test_a_clip_is_stale_when_its_product_changed(store: Store, changes: dict[str, Any], named: str) -> None:
    clip = store.clip()
    store.change(clip, **changes)
    with pytest.raises(Conflict) as refused:
        store.dry_run(clip, wish(store.channel()))
    assert slug_of(refused) == "409 clip_stale"
    assert named in refused.value.message


@pytest.mark.parametrize("changes", [{}, {"seed": 7}, {"hook_card": False}, {"call_to_action": "Buy"}])
def test_what_a_clip_does_not_claim_makes_it_not_stale(store: Store, changes: dict[str, Any]) -> None:
    clip = store.clip()
    store.change(clip, **changes)
    check.require_fresh(store.shelf, clip)


def test_a_clip_whose_product_was_never_kept_is_fresh(store: Store) -> None:
    clip = store.clip()
    check.require_fresh(store.shelf, clip.model_copy(update={"brief": None}))
    check.require_fresh(store.shelf, clip.model_copy(update={"project_id": None}))


def test_a_clip_whose_product_is_deleted_at_this_moment_is_not_published(store: Store) -> None:
    clip = store.clip()
    with pytest.raises(NotFound) as error:
        check.require_fresh(store.shelf, clip.model_copy(update={"project_id": "0" * 32}))
    assert slug_of(error) == "404 project_not_found"


# ── when ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def soon(**later: int) -> datetime:
    return (datetime.now(UTC) + timedelta(days=30, **later)).replace(microsecond=0)


def test_a_time_is_on_the_stores_clock_and_both_are_shown(store: Store) -> None:
    meant = soon()
    typed = f"{meant.astimezone(ZoneInfo(ZONE)):%Y-%m-%dT%H:%M:%S}"
    run = store.dry_run(store.clip(), wish(store.channel()), when="scheduled", at=typed)
    assert (run.when, run.publish_at, run.time_zone) == ("scheduled", moment.written(meant), ZONE)
    assert run.local_time == moment.words(run.publish_at, ZONE)


def test_a_time_that_the_clock_shows_twice_is_the_first_and_that_is_said(store: Store) -> None:
    hours = [soon(hours=hour) for hour in range(330 * 24)]
    zones = (ZONE, "Australia/Sydney")  # one sets the clock back in October, one in April
    second, zone = next((hour, zone) for hour in hours for zone in zones if hour.astimezone(ZoneInfo(zone)).fold)
    store.profile = store.profile.changed({"time_zone": zone})
    typed = f"{second.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M:%S}"
    run = store.dry_run(store.clip(), wish(store.channel()), when="scheduled", at=typed)
    assert run.publish_at == moment.written(second - timedelta(hours=1))
    assert "time_twice" in slugs(run.posts[0], "warn")


@pytest.mark.parametrize("when", ["now", "draft"])
def test_without_a_time_it_is_the_moment_of_the_check(store: Store, when: str) -> None:
    before = moment.written(datetime.now(UTC))
    run = store.dry_run(store.clip(), wish(store.channel()), when=when)
    assert before <= run.publish_at <= moment.written(datetime.now(UTC))


@pytest.mark.parametrize(
    ("when", "at", "slug"),
    [
        ("scheduled", "", "422 time_missing"),
        ("scheduled", "2020-01-01T10:00", "422 time_in_past"),
        ("scheduled", "some day", "422 time_unreadable"),
        ("now", "2099-01-01T10:00", "422 time_not_used"),
        ("draft", "2099-01-01T10:00", "422 time_not_used"),
    ],
)
def test_a_time_has_to_be_one_and_to_be_meant(store: Store, when: str, at: str, slug: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        store.dry_run(store.clip(), wish(store.channel()), when=when, at=at)
    assert slug_of(refused) == slug


# ── what is proposed ─────────────────────────────────────────────────────────────────────────────────────────────────


def proposed(store: Store, clip: Clip, provider: str) -> PostWish:
    return check.suggest(store.shelf, store.profile, clip, Channel(id="c1", name="Shop", provider=provider))


def test_what_is_proposed_is_the_clips_facts_and_the_stores_words(store: Store) -> None:
    wished = proposed(store, store.clip(ai_voice=False), "instagram")
    assert wished.text == "Aurora lamp · $49.99\n\nMeet the lamp.\n\nOrder today\n\n#lights #aurora #lamp"
    assert wished.settings == {"post_type": "post"}


@pytest.mark.parametrize("provider", [name for name in READY if name not in {"tiktok", "discord"}])
def test_what_is_proposed_can_be_published_as_it_is(store: Store, provider: str) -> None:
    clip, channel = store.clip(), store.channel(provider)
    wished = check.suggest(store.shelf, store.profile, clip, check.channels(store.shelf, store.profile)[0])
    assert wished.channel_id == channel
    [post] = store.dry_run(clip, wished).posts
    assert slugs(post) == []
    assert taken(store, post, post.text)


def test_only_who_may_see_it_is_left_open_for_tiktok(store: Store) -> None:
    wished = proposed(store, store.clip(), "tiktok")
    assert "privacy_level" not in wished.settings
    channel = store.channel("tiktok")
    chosen = wish(channel, wished.text, **wished.settings, privacy_level="SELF_ONLY")
    assert not store.dry_run(store.clip(), chosen).refused


def test_a_clip_without_a_brief_is_proposed_by_its_title(store: Store) -> None:
    clip = store.clip(Facts(), "One lamp.").model_copy(update={"brief": None})
    assert proposed(store, clip, "mastodon").text.startswith("One lamp.")
