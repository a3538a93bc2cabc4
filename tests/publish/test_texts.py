"""Texts that the store's writer writes for its posts: by platform, within limits, and nothing that cannot be shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from editai.models import Channel
from editai.publish import text
from editai.publish.texts import Texts, write
from tests.publish.checking import Store, shelf, store, unconnected
from tests.script.vendors import Vendor, running, said, wrong

__all__ = ["shelf", "store", "unconnected"]

PLACES = ("instagram", "x", "bluesky")
CHANNELS = [Channel(id=f"c-{name}", name="Shop", provider=name) for name in PLACES]


@pytest.fixture
def vendor(store: Store) -> Iterator[Vendor]:
    """The store's language model."""
    with running() as server:
        store.shelf.secrets.connect_model(store.profile.id, server.account())
        yield server


def answer(*posts: tuple[str, str, list[str]]) -> Any:
    return said({"posts": [dict(zip(("platform", "text", "hashtags"), post, strict=True)) for post in posts]})


def written(store: Store, **changes: Any) -> Texts:
    return write(store.shelf, store.profile, store.clip(**changes), CHANNELS)


GOOD: tuple[tuple[str, str, list[str]], ...] = (
    ("instagram", "Warm light for late pages.", ["reading"]),
    ("x", "Late pages, warm light.", []),
    ("bluesky", "A lamp for late pages.", ["lamp"]),
)


def test_each_platform_has_its_own_text_with_the_stores_hashtags_and_what_is_to_be_disclosed(
    store: Store, vendor: Vendor
) -> None:
    vendor.will(answer(*GOOD))
    made = written(store)
    assert made.texts["c-instagram"] == "Warm light for late pages.\n\nAI voice\n\n#lights #reading"
    assert made.texts["c-x"] == "Late pages, warm light.\n\n#lights"
    assert (made.writer, made.notes) == ("writer-1", ())


def test_the_model_is_told_the_language_the_facts_and_the_room_of_each_platform(store: Store, vendor: Vendor) -> None:
    vendor.will(answer(*GOOD))
    store.profile = store.profile.changed({"language": "de"})
    made = written(store)
    told = vendor.requests[0].text
    assert "Write in German" in told
    assert "Aurora lamp" in told
    assert "instagram, at most 400 characters" in told
    assert "KI-Stimme" in made.texts["c-instagram"]


def test_a_text_that_the_facts_do_not_bear_is_not_taken_over_and_that_is_told(store: Store, vendor: Vendor) -> None:
    vendor.will(answer(("instagram", "The best lamp in the world, now 50 % off!", []), *GOOD[1:]))
    made = written(store)
    assert made.texts["c-instagram"].startswith("Aurora lamp · $49.99")
    assert made.texts["c-x"].startswith("Late pages")
    assert "Instagram was not taken over" in made.notes[0]


def test_what_is_too_long_is_asked_for_again_once(store: Store, vendor: Vendor) -> None:
    vendor.will(answer(("instagram", "Warm light. " * 60, []), *GOOD[1:]), answer(*GOOD))
    made = written(store)
    assert len(vendor.requests) == 2
    assert made.texts["c-instagram"].startswith("Warm light for late pages.")


def test_a_text_in_another_language_is_asked_for_again(store: Store, vendor: Vendor) -> None:
    french: tuple[str, str, list[str]] = (
        "instagram",
        "Une lumière douce pour vos soirées, à voir dans la boutique.",
        [],
    )
    vendor.will(answer(french, *GOOD[1:]), answer(*GOOD))
    assert written(store).texts["c-instagram"].startswith("Warm light for late pages.")


@pytest.mark.parametrize("name", PLACES)
def test_no_text_is_longer_than_its_platform_takes(store: Store, vendor: Vendor, name: str) -> None:
    vendor.will(answer(*((place, "Warm light. " * 12, ["a" * 40] * 5) for place in PLACES)))
    made = written(store)
    assert text.length(made.texts[f"c-{name}"], name) <= text.limit(name)


def test_where_the_model_fails_the_templates_write_and_that_is_told(store: Store, vendor: Vendor) -> None:
    vendor.will(wrong(401, {"error": {"message": "Incorrect API key", "code": "invalid_api_key"}}))
    made = written(store)
    assert made.texts["c-instagram"].startswith("Aurora lamp · $49.99")
    assert (made.writer, "So the templates wrote." in made.notes[0]) == ("", True)


def test_without_a_model_the_templates_write(store: Store) -> None:
    made = written(store)
    assert set(made.texts) == {channel.id for channel in CHANNELS}
    assert "no language model" in made.notes[0]
