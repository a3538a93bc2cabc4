"""Rules of trade: what is disclosed and where, what music may be heard where, and prices that are still those."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any

import pytest

from editai.models import Clip, Disclosure, DryRun, Facts, LicenceAccepted, Piece, PlannedPost
from editai.publish import disclosing, music_rights, prices, providers
from tests.facts.site import Reply, Site, here, running
from tests.publish.checking import LAMP, Store, finding, shelf, slugs, store, unconnected, wish

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


def test_fields_follow_from_the_clip() -> None:
    facts = {"title": "Lamp", "link": "", **disclosing.settings_of(EVERYTHING)}
    sent = providers.complete("tiktok", {"privacy_level": "SELF_ONLY"}, facts)
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


# ── the price ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The shop's site on this machine, which stands for the open internet."""
    monkeypatch.setattr(prices, "PUBLIC", here())
    with running() as site:
        yield site


def sells(site: Site, price: str) -> Facts:
    """The lamp's page with this price; the facts of the lamp."""
    offer = f'{{"@type": "Offer", "price": "{price}", "priceCurrency": "USD"}}'
    told = f'{{"@context": "https://schema.org", "@type": "Product", "name": "Aurora lamp", "offers": {offer}}}'
    body = f'<html lang="en"><script type="application/ld+json">{told}</script>{html.escape(price)}</html>'
    site.replies["/lamp"] = Reply(body.encode())
    return LAMP.model_copy(update={"url": site.url("/lamp")})


@pytest.mark.parametrize(("price", "severity"), [("49.99", None), ("39.99", "refuse"), ("", "warn")])
def test_the_price_of_the_page_is_that_of_the_clip_or_it_is_said(
    store: Store, page: Site, price: str, severity: str | None
) -> None:
    brief = store.clip(sells(page, price)).brief
    clip = store.clip(sells(page, price))
    found = prices.look(brief or store.shelf.store.project(store.profile.id, clip.project_id or "").brief, False)
    assert (found.severity if found else None) == severity
    if severity == "refuse":
        assert found is not None
        assert "$49.99" in found.message
        assert "$39.99" in found.message


def test_a_page_that_does_not_answer_keeps_no_post_back(page: Site, store: Store) -> None:
    facts = LAMP.model_copy(update={"url": page.url("/gone")})
    brief = store.shelf.store.project(store.profile.id, store.clip(facts).project_id or "").brief
    found = prices.look(brief, False)
    assert found is not None
    assert (found.severity, found.slug) == ("warn", "price_unchecked")
    prices.require_same(brief, False)


def test_a_clip_without_a_price_or_a_page_asks_nobody(page: Site, store: Store) -> None:
    brief = store.shelf.store.project(store.profile.id, store.clip().project_id or "").brief
    assert prices.look(brief, False) is None
    assert page.asked == []
