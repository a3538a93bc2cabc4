"""Rules of trade: what is disclosed and where, and what music may be heard where."""

from __future__ import annotations

from typing import Any

import pytest

from editai import publish
from editai.errors import Conflict
from editai.models import Clip, Disclosure, DryRun, LicenceAccepted, Piece, PlannedPost
from editai.publish import disclosing, filling, music_rights, providers
from tests.publish.checking import Store, finding, shelf, slugs, store, unconnected, wish

__all__ = ["shelf", "store", "unconnected"]

EVERYTHING = Disclosure(
    ai_voice=True, ai_voice_cloned=True, ai_visual=True, ai_script=True, own_brand=True, paid_partnership=True
)


def reported(store: Store, clip: Clip, **changes: Any) -> Clip:
    """The clip with another report."""
    report = store.shelf.media.report(clip).model_copy(update=changes)
    placed = store.shelf.media.placed(clip)
    placed.path(placed.report).write_text(report.model_dump_json())
    return clip


def posted(store: Store, clip: Clip, provider: str, written: str = "Meet it. AI voice", **how: Any) -> PlannedPost:
    run: DryRun = store.dry_run(clip, wish(store.channel(provider), written), **how)
    return run.posts[0]


# ── disclosure ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", list(providers.table()))
def test_every_fact_has_a_field_or_words_on_every_platform(name: str) -> None:
    said = disclosing.in_text(name, EVERYTHING, "en")
    for rule in disclosing.rules():
        in_field = rule.field(name) is not None
        assert in_field or rule.fact == "own_brand" or rule.said("en") in said
        assert not (in_field and rule.said("en") in said)


@pytest.mark.parametrize("name", list(providers.table()))
def test_what_is_suggested_for_a_platform_discloses_everything_there(store: Store, name: str) -> None:
    clip = reported(store, store.clip(), ai_visual=True, paid_partnership=True)
    channel = store.channel(name)
    [where] = [each for each in publish.channels(store.shelf, store.profile) if each.id == channel]
    suggested = publish.suggest(store.shelf, store.profile, clip, where)
    [post] = store.dry_run(clip, suggested).posts
    assert "not_disclosed" not in slugs(post, "warn")
    silent = post.settings | {field.name: False for rule in disclosing.rules() if (field := rule.field(name))}
    [post] = store.dry_run(clip, wish(channel, "Meet it.", **silent)).posts
    assert "not_disclosed" in slugs(post, "warn")


def test_a_clip_is_out_of_date_where_its_product_has_to_disclose_something_else_now(store: Store) -> None:
    clip, channel = store.clip(), store.channel()
    store.change(clip, paid_partnership=True)
    with pytest.raises(Conflict) as stale:
        store.dry_run(clip, wish(channel))
    assert (stale.value.title, "what it discloses" in stale.value.message) == ("409 clip_stale", True)


def test_fields_follow_from_the_clip() -> None:
    facts = {"title": "Lamp", "link": "", "hashtags": (), **disclosing.settings_of(EVERYTHING)}
    sent = filling.complete("tiktok", {"privacy_level": "SELF_ONLY"}, facts)
    assert (sent["video_made_with_ai"], sent["brand_organic_toggle"], sent["brand_content_toggle"]) == (True,) * 3
    assert disclosing.settings_of(Disclosure(ai_script=True)) == {
        "made_with_ai": False, "own_brand": False, "paid_partnership": False,
    }  # fmt: skip


def test_a_text_discloses_in_the_clips_own_language() -> None:
    assert disclosing.in_text("instagram", Disclosure(ai_voice=True, paid_partnership=True), "de") == (
        "KI-Stimme",
        "Bezahlte Partnerschaft",
    )
    assert disclosing.in_text("instagram", Disclosure(ai_voice=True), "fi") == ("AI voice",)


def test_what_is_neither_in_a_field_nor_in_the_text_is_warned_of_with_who_asks_for_it(store: Store) -> None:
    clip = reported(store, store.clip(), paid_partnership=True)
    silent = finding(posted(store, clip, "youtube", "AI voice. Meet it."), "not_disclosed")
    assert "Paid partnership" in silent.message
    assert (silent.sure, "154235" in silent.source) == ("official", True)
    assert "not_disclosed" not in slugs(posted(store, clip, "youtube", "AI voice, paid partnership"), "warn")
    assert "not_disclosed" not in slugs(posted(store, clip, "x", "Meet it."), "warn")


def test_a_cloned_voice_without_a_stored_consent_is_warned_of(store: Store) -> None:
    cloned = reported(store, store.clip(), ai_voice_cloned=True)
    assert "consent_not_stored" in slugs(posted(store, cloned, "mastodon"), "warn")
    agreed = reported(store, store.clip(), ai_voice_cloned=True, ai_voice_consent=True)
    assert "consent_not_stored" not in slugs(posted(store, agreed, "mastodon"), "warn")


def test_what_somebody_else_pays_for_is_no_brand_of_ones_own(store: Store) -> None:
    brief = store.clip().brief
    assert brief is None or brief.own_brand
    assert brief is None or not brief.model_copy(update={"paid_partnership": True}).own_brand


# ── music and voices ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("http://creativecommons.org/licenses/by-nc-sa/3.0/", "cc-nc"),
        ("https://creativecommons.org/licenses/by-nd/4.0/", "cc-nd"),
        ("CC BY-SA 4.0", "cc-sa"),
        ("Licensed to the public under https://creativecommons.org/licenses/by/4.0/", "cc-by"),
        ("CC0 1.0 Universal", "public-domain"),
        ("TikTok Commercial Music Library", "tiktok"),
        ("YouTube Audio Library", "youtube"),
        ("(c) 2024 Somebody", None),
        ("", None),
    ],
)
def test_a_licence_is_known_by_what_the_file_says(said: str, name: str | None) -> None:
    found = music_rights.licence_of(Piece(name="song.mp3", licence=said), "")
    assert (found.name if found else None) == name


def test_what_the_file_says_counts_more_than_what_is_stated() -> None:
    song = Piece(name="song.mp3", licence="CC BY-NC 4.0")
    assert getattr(music_rights.licence_of(song, "bought"), "name", "") == "cc-nc"
    assert getattr(music_rights.licence_of(Piece(name="song.mp3"), "bought"), "name", "") == "bought"


@pytest.mark.parametrize(
    ("licence", "provider", "refused", "warned"),
    [
        ("CC BY-NC", "mastodon", True, False),
        ("CC BY-ND", "mastodon", True, True),
        ("CC BY-SA", "mastodon", False, True),
        ("CC BY", "mastodon", False, True),
        ("CC0", "mastodon", False, False),
        ("TikTok Commercial Music Library", "tiktok-business", False, False),
        ("TikTok Commercial Music Library", "instagram", True, False),
        ("Meta Sound Collection", "instagram-standalone", False, False),
        ("Meta Sound Collection", "youtube", True, False),
    ],
)
def test_music_is_heard_only_where_its_licence_lets_it(
    store: Store, licence: str, provider: str, refused: bool, warned: bool
) -> None:
    clip = reported(store, store.clip(), music=Piece(name="song.mp3", licence=licence))
    post = posted(store, clip, provider)
    assert ("music_licence" in slugs(post)) is refused
    assert ("music_licence" in slugs(post, "warn")) is warned


def test_a_store_that_sells_nothing_may_use_music_that_is_not_for_selling(store: Store) -> None:
    clip = reported(store, store.clip(), music=Piece(name="song.mp3", licence="CC BY-NC"))
    store.profile = store.profile.changed({"commercial": False})
    assert "music_licence" not in slugs(posted(store, clip, "mastodon"))


def test_music_of_which_nobody_knows_the_licence_is_named_and_may_be_stated(store: Store) -> None:
    clip = reported(store, store.clip(), music=Piece(name="song.mp3"))
    assert "song.mp3" in finding(posted(store, clip, "mastodon"), "music_licence_unknown").message
    assert "music_licence_unknown" not in slugs(posted(store, clip, "mastodon", music_licence="bought"), "warn")
    assert "music_licence" in slugs(posted(store, clip, "mastodon", music_licence="private"))


def test_a_voice_that_may_not_sell_is_not_published_by_a_store_that_sells(store: Store) -> None:
    clip = reported(store, store.clip(), voice="xtts:Ana")
    assert "licence_not_accepted" in slugs(posted(store, clip, "mastodon"))
    read = LicenceAccepted(engine="xtts", accepted_at="2026-11-01T00:00:00+00:00")
    store.profile = store.profile.changed({"licences": (read,)})
    assert "licence_commercial" in slugs(posted(store, clip, "mastodon"))
    store.profile = store.profile.changed({"commercial": False})
    assert not posted(store, clip, "mastodon").refused


def test_a_voice_whose_engine_is_gone_says_nothing_of_its_licence(store: Store) -> None:
    assert not posted(store, reported(store, store.clip(), voice="gone:Ana"), "mastodon").refused
