"""What is known before a clip is published: of its channels, its text, its product, and the time."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from editai import library
from editai.errors import Conflict, EditaiError, InvalidInput, NotFound
from editai.library import LOCAL_OWNER, Library
from editai.models import (
    Brief,
    Channel,
    Clip,
    DryRun,
    Facts,
    File,
    Finding,
    Picture,
    PlannedPost,
    Post,
    PostWish,
    Profile,
    Project,
    Report,
    Uploaded,
)
from editai.publish import check, moment, text
from editai.publish.planned import is_public
from editai.publish.postiz import Entry, Postiz
from editai.settings import Settings
from tests.library.samples import PICTURE_FILES, a_plan, a_report
from tests.postiz import rules
from tests.postiz.server import Workspace

LAMP = Facts(title="Aurora lamp", price="$49.99", points=("Warm light",))
SCRIPT = "Meet the lamp. It costs $49.99."
ZONE = "Europe/Bucharest"
LOGO = File(name="logo.png", sha256="ab" * 32, bytes=1)


@dataclass
class Store:
    """A store that is connected to a Postiz of its own."""

    shelf: Library
    profile: Profile
    postiz: Workspace
    scratch: Path

    def channel(self, provider: str = "mastodon", name: str = "My shop", **more: Any) -> str:
        return self.postiz.add_channel(provider, name, **more).id

    def clip(self, facts: Facts = LAMP, script: str = SCRIPT, *, ai_voice: bool = True, **measured: Any) -> Clip:
        """A finished clip of a product, as a job leaves it; `measured` changes the report's figures."""
        folder = self.scratch / uuid.uuid4().hex
        folder.mkdir()
        for name in PICTURE_FILES.values():
            (folder / name).write_bytes(folder.name.encode())
        files = {field: File.of(folder / name) for field, name in PICTURE_FILES.items()}
        brief = Brief(sources=(files["video"],), facts=facts, script=script)
        picture = Picture(folder=folder, **files)
        figures = {"duration_ms": 15_000, "bytes": 8_000_000, "bit_rate_kbps": 4_300} | measured
        report: Report = a_report(script)
        measurement = report.measurement.model_copy(update=figures)
        report = report.model_copy(update={"measurement": measurement, "ai_voice": ai_voice})
        clip = self.shelf.media.keep_clip(self.profile.id, uuid.uuid4().hex, brief, a_plan(), picture, report)
        product = Project(
            id=uuid.uuid4().hex,
            profile_id=self.profile.id,
            title=facts.title,
            brief=brief,
            created_at="",
            updated_at="",
        )
        self.shelf.store.keep_project(product)
        clip = clip.model_copy(update={"project_id": product.id})
        self.shelf.store.add_clip(clip)
        return clip

    def change(self, clip: Clip, **changes: Any) -> None:
        """Change the brief of the clip's product."""
        assert clip.project_id is not None
        product = self.shelf.store.project(self.profile.id, clip.project_id)
        brief = product.brief.model_copy(update=changes)
        self.shelf.store.keep_project(product.model_copy(update={"brief": brief}))

    def dry_run(self, clip: Clip, *wishes: PostWish, **how: Any) -> DryRun:
        return check.dry_run(self.shelf, self.profile, clip.id, wishes, **how)

    def planned(self, provider: str, written: str = "Meet the lamp.", **settings: Any) -> PlannedPost:
        """A new clip on a new channel of a provider."""
        wish = PostWish(channel_id=self.channel(provider), text=written, settings=settings)
        return self.dry_run(self.clip(), wish).posts[0]

    def posted(self, clip: Clip, channel: str, **state: Any) -> None:
        """A row of the outbox, as the courier leaves it."""
        known = next(each for each in check.channels(self.shelf, self.profile) if each.id == channel)
        post = Post(
            id=uuid.uuid4().hex, profile_id=self.profile.id, clip_id=clip.id, batch=uuid.uuid4().hex,
            server=self.postiz.url, channel=known, text="", when="now", publish_at="2027-01-01T00:00:00.000Z",
            created_at="2027-01-01T00:00:00.000000+00:00", updated_at="2027-01-01T00:00:00.000000+00:00", **state,
        )  # fmt: skip
        self.shelf.outbox.insert([post])


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    home = tmp_path_factory.mktemp("check") / "home"
    with library.open(Settings(_env_file=None, home=home, models_dir=None, offline=True)) as opened:
        yield opened


@pytest.fixture
def unconnected(shelf: Library) -> Profile:
    kit = {"time_zone": ZONE, "logo": LOGO, "hashtags": ("#lights",), "call_to_action": "Order today"}
    return shelf.store.create_profile(LOCAL_OWNER, f"Store {uuid.uuid4().hex[:12]}", kit)


@pytest.fixture
def store(shelf: Library, unconnected: Profile, postiz: Workspace, tmp_path: Path) -> Store:
    shelf.secrets.connect(unconnected.id, postiz.connection)
    return Store(shelf, unconnected, postiz, tmp_path)


def wish(channel: str, written: str = "Meet the lamp.", **settings: Any) -> PostWish:
    return PostWish(channel_id=channel, text=written, settings=settings)


def slugs(post: PlannedPost, severity: str = "refuse") -> list[str]:
    return [finding.slug for finding in post.findings if finding.severity == severity]


def finding(post: PlannedPost, slug: str) -> Finding:
    [found] = [each for each in post.findings if each.slug == slug]
    return found


def without(route: str) -> Callable[[ASGIApp], ASGIApp]:
    """A server from before there was this route."""

    def wrapped(app: ASGIApp) -> ASGIApp:
        async def older(scope: Scope, receive: Receive, send: Send) -> None:
            path = str(scope.get("path", "")).replace(route, "/none")
            await app({**scope, "path": path}, receive, send)

        return older

    return wrapped


def dump(shelf: Library) -> Iterator[str]:
    """Everything that the database holds."""
    with closing(sqlite3.connect(shelf.database.path)) as rows:
        yield from rows.iterdump()


def slug_of(error: pytest.ExceptionInfo[EditaiError]) -> str:
    return error.value.title


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


def test_a_channel_that_is_switched_off_is_refused(store: Store) -> None:
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
    assert slugs(run.posts[0]) == (["already_posted"] if refused else [])


def test_on_another_channel_it_is_not_posted_already(store: Store) -> None:
    clip, there, elsewhere = store.clip(), store.channel(), store.channel()
    store.posted(clip, there, state="published")
    assert not store.dry_run(clip, wish(elsewhere)).refused


def test_a_platform_that_fetches_the_video_warns_of_a_server_that_it_cannot_reach(store: Store) -> None:
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


# ── text and settings ────────────────────────────────────────────────────────────────────────────────────────────────

READY: dict[str, dict[str, Any]] = {
    "tiktok": {"privacy_level": "PUBLIC_TO_EVERYONE"}, "instagram": {}, "youtube": {}, "facebook": {}, "x": {},
    "threads": {}, "linkedin": {}, "bluesky": {}, "mastodon": {}, "telegram": {}, "discord": {"channel": "1"},
}  # fmt: skip


VIDEO = Uploaded(id="v", path="https://postiz.example/uploads/v.mp4")


def taken(store: Store, post: PlannedPost, written: str) -> bool:
    """Whether the server takes the post with this text."""
    entry = Entry(post.channel.id, text.encode(written, post.channel.provider), VIDEO, post.settings)
    with Postiz(store.postiz.connection) as server:
        try:
            return bool(server.create("scheduled", "2099-01-01T00:00:00.000Z", [entry]))
        except InvalidInput:
            return False


@pytest.mark.parametrize("provider", list(READY))
def test_what_is_not_refused_here_is_accepted_there_and_one_letter_more_is_not(store: Store, provider: str) -> None:
    limit = text.limit(provider)
    post = store.planned(provider, "x" * limit, **READY[provider])
    assert slugs(post) == []
    assert taken(store, post, post.text)
    longer = store.planned(provider, "x" * (limit + 1), **READY[provider])
    assert slugs(longer) == ["text_too_long"]
    assert (longer.length, longer.limit) == (limit + 1, limit)
    assert not taken(store, longer, longer.text)


@pytest.mark.parametrize("provider", ["x", "bluesky"])
@pytest.mark.parametrize("letters", ["日", "😀", "👨‍👩‍👧", "é", "&lt;", "<b", "a.co ", "\n"])
def test_letters_are_counted_as_the_server_counts_them(store: Store, provider: str, letters: str) -> None:
    limit, one = text.limit(provider), text.length(letters, provider)
    fits = letters * (limit // one) + "x" * (limit % one)
    assert text.length(fits, provider) == limit
    post = store.planned(provider, fits, **READY[provider])
    assert slugs(post) == []
    assert taken(store, post, fits)


def test_a_premium_account_on_x_may_write_as_much_as_the_server_says(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert slugs(store.planned("x", "x" * 1000)) == ["text_too_long"]
    monkeypatch.setitem(rules.KNOWN["x"], "maxLength", 4000)  # as Postiz answers for a Premium channel
    post = store.planned("x", "x" * 1000)
    assert (slugs(post), post.limit) == ([], 4000)
    assert slugs(store.planned("x", "x" * 4001)) == ["text_too_long"]


def test_what_the_server_wants_for_a_platform_that_is_not_known_is_named(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    schema = {"type": "object", "properties": {"title": {"type": "string"}}, "required": ["title", "tags"]}
    monkeypatch.setitem(rules.KNOWN, "devto", {"settings": schema, "maxLength": 9000, "tools": []})
    post = store.planned("devto", "x" * 5000)
    assert (slugs(post), post.limit) == (["setting_missing"], 9000)
    assert "title, tags" in finding(post, "setting_missing").message
    monkeypatch.setitem(schema, "required", None)
    assert slugs(store.planned("devto")) == []


def test_a_server_that_is_too_old_to_be_asked_is_taken_at_the_table(store: Store, new_postiz: Any) -> None:
    old = new_postiz()
    old.server.wrap = without("/integration-settings")
    old.restart()
    store.shelf.secrets.connect(store.profile.id, old.connection)
    store.postiz = old
    post = store.planned("nostr", "x" * 501)
    assert (slugs(post), post.limit) == (["text_too_long"], 500)


def test_a_server_that_does_not_answer_is_said(store: Store) -> None:
    store.postiz.fail("GET /integrations", "500_before")
    with pytest.raises(EditaiError) as failed:
        store.planned("mastodon")
    assert failed.value.slug == "postiz_no_answer"


@pytest.mark.parametrize(
    ("provider", "settings", "refused", "warned"),
    [
        ("linkedin", {}, ["text_empty"], []),
        ("mastodon", {}, [], ["text_empty"]),
        ("instagram", {"post_type": "story"}, [], ["server_not_public"]),
    ],
)
def test_a_post_without_a_text(
    store: Store, provider: str, settings: dict[str, str], refused: list[str], warned: list[str]
) -> None:
    post = store.planned(provider, " \n", **settings)
    assert slugs(post) == refused
    assert slugs(post, "warn") == warned


def test_an_account_that_another_store_has_too_is_said_to_be_shared(store: Store) -> None:
    assert "account_shared" not in slugs(store.planned("mastodon"), "warn")
    other = store.shelf.store.create_profile(LOCAL_OWNER, f"Other {uuid.uuid4().hex[:12]}")
    store.shelf.secrets.connect(other.id, store.postiz.connection)
    post = store.planned("mastodon")
    assert slugs(post) == []
    assert other.name in finding(post, "account_shared").message


def test_a_story_is_shown_without_its_text(store: Store) -> None:
    assert "text_not_shown" in slugs(store.planned("instagram", post_type="story"), "warn")


def test_the_texts_of_all_channels_go_in_one_request(store: Store) -> None:
    wishes = [wish(store.channel("facebook"), "日" * 20_000) for _ in range(2)]
    run = store.dry_run(store.clip(), *wishes)
    assert [slugs(post) for post in run.posts] == [["texts_too_long"], ["texts_too_long"]]
    assert not store.dry_run(store.clip(), wishes[0]).refused


def test_what_is_in_a_request_besides_the_texts_counts_too(store: Store) -> None:
    wishes = [wish(store.channel("mastodon"), "é" * 420) for _ in range(100)]
    run = store.dry_run(store.clip(), *wishes)
    assert {tuple(slugs(post)) for post in run.posts} == {("texts_too_long",)}


def test_tiktok_wants_the_person_to_choose_who_sees_it(store: Store) -> None:
    assert slugs(store.planned("tiktok")) == ["privacy_not_chosen"]
    post = store.planned("tiktok", privacy_level="SELF_ONLY")
    assert slugs(post) == []
    assert (post.settings["content_posting_method"], post.settings["privacy_level"]) == ("DIRECT_POST", "SELF_ONLY")


def test_what_a_clip_shows_is_disclosed_and_switching_that_off_is_warned_of(store: Store) -> None:
    chosen = {"privacy_level": "SELF_ONLY"}
    post = store.planned("tiktok", **chosen)
    assert (post.settings["brand_organic_toggle"], post.settings["video_made_with_ai"]) == (True, True)
    post = store.planned("tiktok", **chosen, brand_organic_toggle=False, video_made_with_ai=False)
    assert [each.slug for each in post.findings] == ["not_disclosed", "not_disclosed"]
    plain = store.clip(Facts(), ai_voice=False)
    [post] = store.dry_run(plain, wish(store.channel("tiktok"), **chosen)).posts
    assert (post.settings["brand_organic_toggle"], post.settings["video_made_with_ai"]) == (False, False)
    assert post.findings == ()


def test_the_inbox_of_tiktok_is_no_publishing_and_that_is_said(store: Store) -> None:
    post = store.planned("tiktok", privacy_level="SELF_ONLY", content_posting_method="UPLOAD")
    assert slugs(post, "warn") == ["tiktok_inbox"]


def test_an_address_that_is_said_in_the_clip_is_warned_of_on_tiktok(store: Store) -> None:
    clip = store.clip(script="Meet the lamp. See it at shop.example.")
    [post] = store.dry_run(clip, wish(store.channel("tiktok"), privacy_level="SELF_ONLY")).posts
    assert "shop.example" in finding(post, "address_in_picture").message


def test_settings_that_are_none_are_refused_before_anything_else(store: Store) -> None:
    for settings, slug in (({"duet": "false"}, "422 setting_invalid"), ({"duett": True}, "422 setting_unknown")):
        with pytest.raises(InvalidInput) as refused:
            store.planned("tiktok", **settings)
        assert slug_of(refused) == slug


def test_a_title_is_kept_on_one_line_without_what_cannot_be_sent(store: Store) -> None:
    assert store.planned("youtube", title="Meet\r\nthe \ud83dlamp\x00").settings["title"] == "Meet the lamp"


def test_whatever_is_typed_in_a_wish_is_shown_or_refused_and_can_be_written_down(store: Store) -> None:
    evil = "\ud83d<script>\x00{{x}}${1}"
    run = store.dry_run(store.clip(), wish(evil, evil), wish(store.channel("youtube"), evil, title=evil))
    assert "<script>" in run.model_dump_json()
    for settings in ({evil: True}, {"type": evil}, {"title": [evil]}):
        with pytest.raises(InvalidInput) as refused:
            store.planned("youtube", **settings)
        assert str(refused.value).encode()


def test_youtube_takes_no_angle_brackets_in_the_title_either(store: Store) -> None:
    assert slugs(store.planned("youtube", title="I <3 it")) == ["limit_angle_brackets"]


@pytest.mark.parametrize("provider", ["pinterest", "reddit", "discord", "slack"])
def test_a_platform_that_needs_more_says_what(store: Store, provider: str) -> None:
    post = store.planned(provider)
    assert len(slugs(post)) == 1
    assert slugs(post)[0] in {"provider_not_supported", "setting_missing"}


def test_a_platform_that_is_not_known_may_publish_what_the_server_asks_nothing_more_for(store: Store) -> None:
    post = store.planned("nostr")
    assert (slugs(post), post.settings) == ([], {})
    assert taken(store, post, post.text)


def test_a_file_that_a_platform_does_not_take_is_refused(store: Store) -> None:
    long = store.clip(duration_ms=61_000)
    run = store.dry_run(long, wish(store.channel("instagram"), post_type="story"), wish(store.channel("youtube")))
    assert slugs(run.posts[0]) == ["limit_length_s"]
    assert slugs(run.posts[1], "warn") == ["limit_length_s"]


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


def test_a_clip_whose_product_is_gone_or_was_never_kept_is_fresh(store: Store) -> None:
    clip = store.clip()
    check.require_fresh(store.shelf, clip.model_copy(update={"brief": None}))
    check.require_fresh(store.shelf, clip.model_copy(update={"project_id": None}))
    check.require_fresh(store.shelf, clip.model_copy(update={"project_id": "0" * 32}))


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
    assert slugs(run.posts[0], "warn") == ["time_twice"]


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
