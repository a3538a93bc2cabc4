"""What only the server and its platforms know: the forms of today, lists to choose from, what a community wants."""

from __future__ import annotations

from typing import Any

import pytest

from editai import publish
from editai.errors import EditaiError
from editai.models import PlannedPost
from tests.postiz import rules
from tests.postiz.state import Account
from tests.publish.checking import Store, finding, shelf, slugs, store, unconnected, wish, without
from tests.publish.stores import in_hours

__all__ = ["shelf", "store", "unconnected"]

FLAIRS = {"subreddit": "/r/lamps", "allow": ["self", "link"], "is_flair_required": True,
          "flairs": [{"id": "f1", "name": "Shop"}, {"id": "f2", "name": "Show"}]}  # fmt: skip
FOUND = [{"title": "All about lamps", "name": "/r/lamps/", "id": "t5_1"}]


@pytest.fixture
def reddit(store: Store) -> Account:
    return store.postiz.add_channel("reddit", "u/lamps", lists={"subreddits": FOUND, "restrictions": FLAIRS})


def planned(store: Store, channel: Account, **settings: Any) -> PlannedPost:
    """A new clip of the store on this channel."""
    return store.dry_run(store.clip(), wish(channel.id, **settings)).posts[0]


def chosen_of(store: Store, channel: Account, setting: str, word: str = "") -> list[tuple[str, str]]:
    found = publish.choices(store.shelf, store.profile, channel.id, setting, word)
    return [(choice.value, choice.label) for choice in found]


# ── lists ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_communities_are_looked_for_with_a_word(store: Store, reddit: Account) -> None:
    assert chosen_of(store, reddit, "subreddit", " lamp ") == [("/r/lamps", "/r/lamps")]
    assert reddit.asked == [("subreddits", {"word": "lamp"})]


def test_flairs_are_those_of_the_community(store: Store, reddit: Account) -> None:
    [first, _] = chosen_of(store, reddit, "flair", "/r/lamps")
    assert first == ('{"id": "f1", "name": "Shop"}', "Shop")
    assert reddit.asked == [("restrictions", {"subreddit": "/r/lamps"})]
    assert slugs(planned(store, reddit, subreddit="/r/lamps", flair=first[0])) == []


def test_places_are_chosen_with_their_address(store: Store) -> None:
    place = {"id": "p1", "name": "Lamp shop", "address": "Main Street 1", "distance": 12}
    tiktok = store.postiz.add_channel("tiktok-business", "Lamps", lists={"locationSearch": [place]})
    [(value, label)] = chosen_of(store, tiktok, "location", "lamp")
    assert label == "Lamp shop · Main Street 1"
    post = planned(store, tiktok, location=value, privacy_level="PUBLIC_TO_EVERYONE")
    assert post.settings["location"] == {"id": "p1", "name": "Lamp shop", "address": "Main Street 1"}


@pytest.mark.parametrize("setting", ["subreddit", "flair"])
def test_without_a_word_there_is_nothing_to_look_for(store: Store, reddit: Account, setting: str) -> None:
    with pytest.raises(EditaiError) as refused:
        chosen_of(store, reddit, setting, " ")
    assert refused.value.title == "422 word_missing"
    assert reddit.asked == []


# ── what a community wants ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_flair_that_the_community_wants_is_asked_for_by_name(store: Store, reddit: Account) -> None:
    found = finding(planned(store, reddit, subreddit="/r/lamps"), "flair_missing")
    assert (found.severity, found.field) == ("refuse", "flair")
    assert "There are: Shop, Show." in found.message


def test_where_no_flair_is_wanted_none_is_asked_for(store: Store, reddit: Account) -> None:
    reddit.lists["restrictions"] = {**FLAIRS, "is_flair_required": False}
    assert slugs(planned(store, reddit, subreddit="/r/lamps")) == []


def test_a_community_that_does_not_say_what_it_wants_is_warned_of(store: Store, reddit: Account) -> None:
    reddit.refuses = "Down."
    post = planned(store, reddit, subreddit="/r/lamps")
    assert slugs(post) == []
    assert finding(post, "need_unknown").field == "flair"


# ── the server of today ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_dry_run_says_what_the_server_wants_otherwise(store: Store) -> None:
    schema = {**rules.settings_of("facebook"), "required": ["audience"]}
    schema["properties"] = {**schema["properties"], "audience": {"type": "string", "enum": ["all", "some"]}}
    facebook = store.postiz.add_channel("facebook", "Lamps", describes={"settings": schema, "maxLength": 100})
    post = planned(store, facebook)
    assert post.limit == 100
    assert finding(post, "setting_missing").field == "audience"
    assert "“Audience” is new in your Postiz" in finding(post, "server_differs").message
    assert slugs(planned(store, facebook, audience="all")) == []


def test_a_platform_that_nobody_knows_has_the_form_that_its_server_describes(store: Store) -> None:
    schema = {"properties": {"list": {"type": "string", "enum": ["news", "sale"]}}, "required": ["list"]}
    other = store.postiz.add_channel("newsletter", "Lamps", describes={"settings": schema})
    assert finding(planned(store, other), "setting_missing").field == "list"
    post = planned(store, other, list="news")
    assert (slugs(post), post.settings) == ([], {"list": "news"})
    [found] = publish.channels(store.shelf, store.profile)
    assert publish.described(store.shelf, store.profile, [found])[other.id].settings[0].label == "List"


def test_a_server_that_is_too_old_to_be_asked_changes_nothing_and_is_not_complained_of(
    store: Store, new_postiz: Any
) -> None:
    older = new_postiz()
    older.server.wrap = without("/integration-settings")
    older.restart()
    store.shelf.secrets.connect(store.profile.id, older.connection)
    store.postiz = older
    post = store.planned("tiktok", privacy_level="SELF_ONLY")
    assert slugs(post) == []
    assert "server_differs" not in slugs(post, "warn")


def test_a_server_that_does_not_answer_is_told_and_what_is_known_counts(store: Store) -> None:
    tiktok = store.postiz.add_channel("tiktok", "Lamps")
    store.postiz.fail(f"GET /integration-settings/{tiktok.id}", "500_before", times=9)
    post = planned(store, tiktok, privacy_level="SELF_ONLY")
    store.postiz.heal()
    assert slugs(post) == []
    assert "what EditAI knows of it counts" in finding(post, "server_differs").message


def test_a_series_asks_for_each_platform_once(store: Store) -> None:
    channel = store.channel("mastodon")
    clips = [store.clip().id for _ in range(3)]
    publish.series(store.shelf, store.profile, clips, [wish(channel, "")], first_at=in_hours(5), every_hours=24)
    assert store.postiz.requests.count(f"GET /integration-settings/{channel}") == 1


# ── people ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_mention_that_stays_plain_text_is_said(store: Store) -> None:
    assert "mention_is_text" in slugs(store.planned("linkedin", "With @anna"), "warn")
    assert "mention_is_text" not in slugs(store.planned("bluesky", "With @anna"), "warn")


def test_replies_of_mentioned_accounts_alone_need_a_mention(store: Store) -> None:
    nobody = store.planned("x", "Hello", who_can_reply_post="mentionedUsers")
    assert "nobody_mentioned" in slugs(nobody, "warn")
    somebody = store.planned("x", "Hello @anna", who_can_reply_post="mentionedUsers")
    assert "nobody_mentioned" not in slugs(somebody, "warn")
