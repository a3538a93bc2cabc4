"""The price that a clip shows is that of its product's page when it is posted, or its owner says otherwise."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any

import pytest

from editai import products, publish
from editai.errors import EditaiError
from editai.models import Brief, Clip, DryRun, Facts, ListedPost, PostFilter, PostText
from editai.publish import prices
from editai.publish.prices import Seen
from editai.settings import Settings
from tests.facts.site import Reply, Site, here, running
from tests.publish.stores import Store, in_hours

pytestmark = pytest.mark.usefixtures("hasty")


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The shop's site on this machine, which stands for the open internet."""
    monkeypatch.setattr(prices, "PUBLIC", here())
    with running() as site:
        yield site


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Pages may be looked at."""
    return settings.model_copy(update={"offline": False})


def asks(site: Site, price: str) -> str:
    """The lamp's page with this price; its address."""
    offer = f'{{"@type": "Offer", "price": "{price}", "priceCurrency": "USD"}}'
    told = f'{{"@context": "https://schema.org", "@type": "Product", "name": "Aurora lamp", "offers": {offer}}}'
    body = f'<html lang="en"><script type="application/ld+json">{told}</script>{html.escape(price)}</html>'
    site.replies["/lamp"] = Reply(body.encode())
    return site.url("/lamp")


def lamp(store: Store, page: Site) -> Clip:
    """A clip that says $49.99 of a lamp whose page asks that."""
    return store.clip("Aurora lamp", price="$49.99", url=asks(page, "49.99"))


def checked(store: Store, clip: Clip, **how: Any) -> DryRun:
    [channel] = store.postiz.organisation.channels
    wish = publish.suggest(store.shelf, store.profile, clip, publish.channels(store.shelf, store.profile)[0])
    assert wish.channel_id == channel
    return publish.dry_run(store.shelf, store.profile, clip.id, [wish], **how)


def listed(store: Store, **wanted: bool) -> list[ListedPost]:
    return list(publish.listed(store.shelf, store.profile, PostFilter(**wanted))[0])


def brief_of(**facts: str) -> Brief:
    return Brief.model_validate({"sources": [{"name": "a.mp4", "sha256": "0", "bytes": 1}], "facts": facts})


# ── what a page says ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("price", "seen"),
    [
        ("49.99", Seen("$49.99")),
        ("39.99", Seen("$49.99", other="$39.99")),
        ("", Seen("$49.99", unseen="The page names no price that can be compared.")),
    ],
)
def test_a_page_asks_the_clips_price_or_another_or_none_that_can_be_read(page: Site, price: str, seen: Seen) -> None:
    assert prices.look(brief_of(price="$49.99", url=asks(page, price)), False) == seen


def test_a_page_that_does_not_answer_keeps_no_post_back(page: Site) -> None:
    seen = prices.look(brief_of(price="$49.99", url=page.url("/gone")), False)
    found = prices.finding(seen, False)
    assert found is not None
    assert (found.severity, found.slug) == ("warn", "price_unchecked")


def test_a_clip_without_a_price_or_a_page_has_nobody_asked(page: Site) -> None:
    assert prices.look(brief_of(price="$49.99"), False) == prices.look(brief_of(url=page.url("/lamp")), False) == Seen()
    assert page.asked == []


# ── at the check ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_another_price_is_refused_with_both_prices_and_both_ways_on(store: Store, page: Site) -> None:
    clip = lamp(store, page)
    assert not checked(store, clip).refused
    asks(page, "39.99")
    run = checked(store, clip)
    [found] = [each for each in run.posts[0].findings if each.slug == "price_changed"]
    assert (found.severity, run.page_price) == ("refuse", "$39.99")
    for told in ("$49.99", "$39.99", "have the clip made again with its price", "say that the clip's price is right"):
        assert told in found.message
    meant = checked(store, clip, price_is_right=True)
    assert (meant.refused, [each.severity for each in meant.posts[0].findings if each.slug == "price_changed"]) == (
        False,
        ["warn"],
    )


# ── when it is sent ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_page_that_asks_another_price_before_the_post_is_sent_keeps_it_back_until_its_owner_decides(
    store: Store, page: Site
) -> None:
    clip = lamp(store, page)
    publish.publish(store.shelf, store.profile, checked(store, clip))
    asks(page, "39.99")
    [post] = store.deliver()
    assert (post.state, (post.error or {})["slug"], post.page_price) == ("failed", "price_changed", "$39.99")
    assert "says $49.99, and the product's page $39.99 by now" in str((post.error or {})["message"])
    assert (store.postiz.posts, store.postiz.media) == ([], [])
    [one] = listed(store, needs_owner=True)
    for way in ("Nothing was sent", "have the clip made again with its price", "say that the clip's price is right"):
        assert way in one.to_do
    store.retry()
    assert store.deliver()[0].state == "failed", "a page that still asks another price lets nothing through"
    publish.retry(store.shelf, store.profile, post.id, price_is_right=True)
    assert store.deliver()[0].state == "sent"
    assert len(store.postiz.posts) == 1


def test_a_page_that_asks_the_clips_price_again_lets_a_plain_retry_through(store: Store, page: Site) -> None:
    publish.publish(store.shelf, store.profile, checked(store, lamp(store, page)))
    asks(page, "39.99")
    store.deliver()
    asks(page, "49.99")
    store.retry()
    [post] = store.deliver()
    assert (post.state, post.page_price, post.price_is_right) == ("sent", "", False)


def test_a_yes_holds_for_the_price_that_was_seen_and_for_no_other(store: Store, page: Site) -> None:
    clip = lamp(store, page)
    asks(page, "39.99")
    publish.publish(store.shelf, store.profile, checked(store, clip, price_is_right=True))
    asks(page, "29.99")
    assert store.deliver()[0].state == "failed"
    publish.retry(store.shelf, store.profile, store.post.id, price_is_right=True)
    assert store.deliver()[0].state == "sent"


def test_a_yes_at_the_check_holds_when_it_is_sent(store: Store, page: Site) -> None:
    clip = lamp(store, page)
    asks(page, "39.99")
    publish.publish(store.shelf, store.profile, checked(store, clip, price_is_right=True))
    assert store.deliver()[0].state == "sent"
    assert listed(store, needs_owner=True) == []


def test_a_post_that_lies_in_postiz_is_out_of_date_where_the_price_is_another_shortly_before_its_time(
    store: Store, page: Site
) -> None:
    clip = lamp(store, page)
    run = checked(store, clip, when="scheduled", at=in_hours(5))
    publish.publish(store.shelf, store.profile, run)
    publish_at = store.post.publish_at
    assert store.deliver()[0].state == "sent"
    asks(page, "39.99")
    before = len(page.asked)
    store.deliver(hours=4)
    assert len(page.asked) == before, "nobody looks hours before"
    [post] = store.deliver(minutes=50)
    assert (post.state, post.page_price, post.publish_at) == ("sent", "$39.99", publish_at)
    [one] = listed(store, needs_owner=True)
    assert one.stale == ("the price on the product's page",)
    assert "Postiz has it as it was" in one.to_do
    assert len(store.postiz.posts) == 1, "it is for a person to take it back"


# ── putting it right ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_corrected_price_is_corrected_in_every_word_that_names_the_old_one() -> None:
    brief = Brief.model_validate(
        brief_of(price="$5").model_dump()
        | {"script": "Only $5! Not $50, nor $5.50.", "on_screen": "$5", "posts": [{"text": "For $5."}]}
    )
    told = products.repriced(brief, "$4.50")
    assert told["facts"] == Facts(price="$4.50")
    assert (told["script"], told["on_screen"]) == ("Only $4.50! Not $50, nor $5.50.", "$4.50")
    assert told["posts"] == (PostText(text="For $4.50."),)


def test_a_corrected_price_makes_the_clip_stale(store: Store, page: Site) -> None:
    clip = lamp(store, page)
    assert clip.project_id is not None
    product = store.shelf.store.project(store.profile.id, clip.project_id)
    told = products.repriced(product.brief, "$39.99")
    products.keep(store.shelf, store.profile, product.brief.model_copy(update=told), product)
    with pytest.raises(EditaiError) as stale:
        checked(store, clip)
    assert stale.value.title == "409 clip_stale"
