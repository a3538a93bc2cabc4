"""Clip, logo, voice and links of one store: what is another's is named, and posted only where that is meant."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from editai.errors import InvalidInput
from editai.library import LOCAL_OWNER
from editai.models import Clip, Facts, File, Insert, Profile, Voice
from editai.publish import publish
from editai.publish.belonging import domain_of
from tests.library.samples import a_project
from tests.publish.checking import LAMP, LOGO, Store, finding, shelf, slugs, store, unconnected, wish

__all__ = ["shelf", "store", "unconnected"]

THEIRS = File(name="theirs.png", sha256="cd" * 32, bytes=1)
MINE = LAMP.model_copy(update={"url": "https://www.aurora.example/lamp", "price": ""})


@pytest.fixture
def other(store: Store) -> Iterator[Profile]:
    """Another store of the same owner, with a logo, a voice and a product of its own."""
    kit = {"logo": THEIRS, "voice": Voice(engine="kokoro", name="am_michael")}
    made = store.shelf.store.create_profile(LOCAL_OWNER, f"Rugs {uuid.uuid4().hex[:8]}", kit)
    product = a_project(made.id)
    rug = product.brief.model_copy(update={"facts": Facts(title="Rug", url=f"https://{made.id[:8]}.example/rug")})
    store.shelf.store.keep_project(product.model_copy(update={"brief": rug}))
    yield made
    store.shelf.delete_profile(LOCAL_OWNER, made.id)  # else the next test's logo would be this one's as well


def showing(store: Store, logo: File) -> Clip:
    """A clip in which this logo is seen."""
    clip = store.shelf.media.placed(store.clip(MINE))
    plan = store.shelf.media.plan(clip)
    inserts = (Insert(role="logo", start=0, end=30, file=logo),)
    clip.path(clip.plan).write_text(plan.model_copy(update={"inserts": inserts}).model_dump_json())
    return clip


def spoken(store: Store, voice: str) -> Clip:
    clip = store.shelf.media.placed(store.clip(MINE))
    report = store.shelf.media.report(clip).model_copy(update={"voice": voice})
    clip.path(clip.report).write_text(report.model_dump_json())
    return clip


def found(store: Store, clip: Clip, severity: str, written: str = "AI voice", **how: Any) -> list[str]:
    [post] = store.dry_run(clip, wish(store.channel(), written), **how).posts
    return [slug for slug in slugs(post, severity) if "another_store" in slug or slug == "link_unknown"]


def test_a_clip_with_the_stores_own_logo_voice_and_address_says_nothing(store: Store, other: Profile) -> None:
    clip = showing(store, LOGO)
    assert found(store, clip, "refuse", "See aurora.example/lamp, https://shop.aurora.example") == []
    assert found(store, clip, "warn") == []


def test_the_logo_of_another_store_is_named(store: Store, other: Profile) -> None:
    [post] = store.dry_run(showing(store, THEIRS), wish(store.channel())).posts
    assert other.name in finding(post, "logo_of_another_store").message


def test_a_logo_that_the_store_has_no_more_is_named(store: Store) -> None:
    old = showing(store, LOGO)
    store.profile = store.profile.changed({"logo": None})
    assert found(store, old, "refuse") == ["logo_of_another_store"]


def test_the_voice_of_another_store_is_named(store: Store, other: Profile) -> None:
    assert found(store, spoken(store, "kokoro:am_michael"), "refuse") == ["voice_of_another_store"]


def test_a_voice_that_both_stores_speak_with_or_that_nobody_chose_is_nobodys(store: Store, other: Profile) -> None:
    assert found(store, spoken(store, "kokoro:bf_emma"), "refuse") == []
    store.profile = store.profile.changed({"voice": Voice(engine="kokoro", name="am_michael")})
    assert found(store, spoken(store, "kokoro:am_michael"), "refuse") == []
    assert found(store, spoken(store, "kokoro:af_heart"), "refuse") == []


@pytest.mark.parametrize("written", ["https://{}/rug", "see {}", "https://www.{}?a=1"])
def test_a_link_to_where_another_store_sells_is_named(store: Store, other: Profile, written: str) -> None:
    theirs = f"{other.id[:8]}.example"
    clip = store.clip(MINE)
    assert found(store, clip, "refuse", written.format(theirs)) == ["link_of_another_store"]


def test_a_link_of_a_setting_is_looked_at_as_well(store: Store, other: Profile) -> None:
    channel = store.channel("pinterest")
    asked = wish(channel, "AI voice", board="7", link=f"https://{other.id[:8]}.example/rug")
    [post] = store.dry_run(store.clip(MINE), asked).posts
    assert "link_of_another_store" in slugs(post)


def test_a_link_that_is_nobodys_is_a_warning(store: Store, other: Profile) -> None:
    assert found(store, store.clip(MINE), "warn", "linktree.example/lamps") == ["link_unknown"]


def test_it_is_posted_only_where_the_person_says_so_of_this_post(store: Store, other: Profile) -> None:
    clip, channel = showing(store, THEIRS), store.channel()
    refused = store.dry_run(clip, wish(channel))
    with pytest.raises(InvalidInput) as caught:
        publish(store.shelf, store.profile, refused)
    assert caught.value.title == "422 post_refused"
    meant = store.dry_run(clip, wish(channel), mixed=True)
    assert (meant.mixed, meant.refused) == (True, False)
    assert slugs(meant.posts[0], "warn")[0:1] == ["logo_of_another_store"]
    assert len(publish(store.shelf, store.profile, meant)) == 1


@pytest.mark.parametrize(
    ("address", "host"),
    [("https://www.Shop.example/a", "shop.example"), ("shop.example", "shop.example"), ("", ""), ("//x", "x")],
)
def test_an_address_leads_to_its_host(address: str, host: str) -> None:
    assert domain_of(address) == host
