"""The dry run of texts and settings: nothing that is not refused here is refused there."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from editai.errors import EditaiError, InvalidInput
from editai.library import LOCAL_OWNER
from editai.models import (
    Facts,
)
from editai.publish import text
from tests.postiz import rules
from tests.publish.checking import (
    READY,
    Store,
    finding,
    shelf,
    slug_of,
    slugs,
    store,
    taken,
    unconnected,
    wish,
    without,
)

__all__ = ["shelf", "store", "unconnected"]


# ── text and settings ────────────────────────────────────────────────────────────────────────────────────────────────


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
def test_8_2_letters_are_counted_as_the_server_counts_them(store: Store, provider: str, letters: str) -> None:
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
    assert "also needs tags," in finding(post, "setting_missing").message
    assert post.settings == {"title": "Aurora lamp"}
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
        ("linkedin", {}, ["text_empty"], ["not_disclosed"]),
        ("mastodon", {}, [], ["text_empty", "not_disclosed"]),
        ("instagram", {"post_type": "story"}, [], ["server_not_public", "not_disclosed"]),
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
    assert slugs(post)[0] in {"board_missing", "community_missing", "setting_missing"}


def test_a_platform_that_is_not_known_may_publish_what_the_server_asks_nothing_more_for(store: Store) -> None:
    post = store.planned("nostr")
    assert (slugs(post), post.settings) == ([], {})
    assert taken(store, post, post.text)


def test_a_file_that_a_platform_does_not_take_is_refused(store: Store) -> None:
    long = store.clip(duration_ms=61_000)
    run = store.dry_run(long, wish(store.channel("instagram"), post_type="story"), wish(store.channel("youtube")))
    assert slugs(run.posts[0]) == ["limit_length_s"]
    assert slugs(run.posts[1], "warn") == ["not_disclosed", "limit_length_s"]


# ── what a text claims ───────────────────────────────────────────────────────────────────────────────────────────────


def warned(store: Store, text: str) -> set[str]:
    return {finding.slug for finding in store.planned("facebook", text).findings if finding.severity == "warn"}


def test_what_a_post_claims_beyond_the_facts_is_a_warning(store: Store) -> None:
    assert "claim_unproven" in warned(store, "The best lamp of all.")
    assert "claim_unproven" not in warned(store, "Meet the lamp.")


def test_a_text_too_long_to_be_read_for_claims_says_so(store: Store) -> None:
    assert "claims_unread" in warned(store, "Meet the lamp. " * 400)
    assert "claims_unread" not in warned(store, "Meet the lamp. " * 100)
