"""A platform as its server describes it today, over what is known of it."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from editai.errors import InvalidInput
from editai.publish import filling, providers, schemas
from editai.publish.providers import Provider
from tests.postiz import rules
from tests.publish.test_providers import CHOSEN, CLIP, PUBLISHABLE

# ── a platform that is known ─────────────────────────────────────────────────────────────────────────────────────────


def schema_of(name: str) -> dict[str, Any]:
    return copy.deepcopy(dict(rules.settings_of(name)))


def live(name: str, schema: dict[str, Any]) -> Provider:
    return schemas.as_the_server_says(name, 0, schema)


@pytest.mark.parametrize("name", PUBLISHABLE)
def test_a_server_as_it_is_known_changes_nothing(name: str) -> None:
    said = rules.settings_of(name)
    here = schemas.as_the_server_says(name, rules.max_length(name), said if isinstance(said, dict) else {})
    assert (here.differs, here.lacking) == ((), ())
    assert filling.complete(name, CHOSEN.get(name, {}), CLIP, here) == filling.complete(
        name, CHOSEN.get(name, {}), CLIP
    )


@pytest.mark.parametrize("schema", [{}, {"properties": {}}, {"properties": None}])
def test_a_server_that_describes_no_settings_leaves_those_that_are_known(schema: dict[str, Any]) -> None:
    assert live("tiktok", schema).settings == providers.provider("tiktok").settings


def test_the_longest_text_is_that_of_the_account() -> None:
    assert schemas.as_the_server_says("x", 4000, {}).max_text == 4000
    assert schemas.as_the_server_says("x", 0, {}).max_text == 280


def test_a_value_that_is_gone_is_not_offered_and_cannot_be_sent() -> None:
    schema = schema_of("tiktok")
    schema["properties"]["privacy_level"]["enum"].remove("SELF_ONLY")
    here = live("tiktok", schema)
    assert here.differs == ("“Who may see it” can no longer be “Only me” in your Postiz.",)
    with pytest.raises(InvalidInput, match="SELF_ONLY"):
        filling.complete("tiktok", {"privacy_level": "SELF_ONLY"}, CLIP, here)


def test_a_default_that_is_gone_is_the_persons_to_choose() -> None:
    schema = schema_of("youtube")
    schema["properties"]["type"]["enum"] = ["private", "members_only"]
    here = live("youtube", schema)
    [found] = filling.missing("youtube", filling.complete("youtube", {}, CLIP, here), here)
    assert found.field == "type"
    assert "“Who may see it”" in found.message
    assert filling.complete("youtube", {"type": "members_only"}, CLIP, here)["type"] == "members_only"
    assert "can also be “Members only”" in " ".join(here.differs)


def test_a_setting_that_the_server_does_not_know_is_not_sent() -> None:
    schema = schema_of("x")
    del schema["properties"]["made_with_ai"]
    here = live("x", schema)
    assert "made_with_ai" not in filling.complete("x", {}, CLIP, here)
    assert here.differs == ("“Made with AI” is not known to your Postiz, so it is not sent.",)


def test_a_new_setting_is_offered_and_a_needed_one_asked_for() -> None:
    schema = schema_of("facebook")
    schema["properties"]["audience"] = {"type": "string", "enum": ["everyone", "friends"]}
    schema["properties"]["place"] = {"type": "object"}
    schema["required"] = ["audience", "post_type", "place"]
    here = live("facebook", schema)
    [found] = filling.missing("facebook", filling.complete("facebook", {}, CLIP, here), here)
    assert found.message == "“Audience” is needed here: say what it is to be."
    assert here.lacking == ("place",)
    assert "“Audience” is new in your Postiz" in " ".join(here.differs)


def test_what_was_left_out_is_asked_for_where_the_server_needs_it() -> None:
    schema = schema_of("tiktok")
    schema["required"].append("title")
    here = live("tiktok", schema)
    assert filling.complete("tiktok", CHOSEN["tiktok"], CLIP, here)["title"] == "Aurora lamp"
    assert live("tiktok", schema_of("tiktok")).setting("title") is None


def test_a_length_that_changed_counts() -> None:
    schema = schema_of("youtube")
    schema["properties"]["title"]["maxLength"] = 8
    here = live("youtube", schema)
    assert filling.complete("youtube", {}, CLIP, here)["title"] == "Aurora…"
    assert here.differs == ("“Title” has 2 to 8 characters in your Postiz.",)


def test_a_setting_of_another_kind_is_asked_for_in_that_way() -> None:
    schema = schema_of("youtube")
    schema["properties"]["selfDeclaredMadeForKids"] = {"type": "boolean"}
    here = live("youtube", schema)
    asked = here.setting("selfDeclaredMadeForKids")
    assert asked is not None
    assert (asked.kind, asked.label) == ("yes_no", "Made for children")
    assert here.differs == ("“Made for children” is asked for in another way by your Postiz.",)


def test_the_settings_of_a_community_are_read_where_reddit_has_them() -> None:
    schema = schema_of("reddit")
    place = schema["properties"]["subreddit"]["items"]["properties"]["value"]
    place["properties"]["title"]["maxLength"] = 100
    place["required"].append("flair")
    here = live("reddit", schema)
    sent = filling.complete("reddit", CHOSEN["reddit"], CLIP, here)
    assert [found.slug for found in filling.missing("reddit", sent, here)] == ["flair_missing"]
    assert here.lacking == ()


# ── one that is not ──────────────────────────────────────────────────────────────────────────────────────────────────


LIVE: dict[str, Any] = {
    "type": "object",
    "required": ["publication", "subtitle", "sendEmail"],
    "properties": {
        "publication": {"type": "string", "enum": ["my_news", "other"]},
        "subtitle": {"type": "string", "minLength": 2, "maxLength": 10},
        "sendEmail": {"type": "boolean"},
        "canonical": {"type": "string", "format": "url"},
        "tags": {"type": "array"},
        "people": {"type": "array", "items": {"type": "object", "properties": {"label": {"type": "string"}}}},
        "strange": True,
        "odd": {"type": "string", "minLength": "two"},
    },
}


def test_a_platform_that_is_not_known_is_as_its_server_describes_it() -> None:
    here = schemas.as_the_server_says("newsletter", 900, LIVE)
    assert here.max_text == 900
    assert [(setting.name, setting.label, setting.kind) for setting in here.settings] == [
        ("publication", "Publication", "choice"),
        ("subtitle", "Subtitle", "text"),
        ("sendEmail", "Send email", "yes_no"),
        ("canonical", "Canonical", "address"),
        ("people", "People", "names"),
    ]
    none = filling.complete("newsletter", {}, CLIP, here)
    assert none == {"sendEmail": False}
    assert len(filling.missing("newsletter", none, here)) == 2
    sent = filling.complete("newsletter", {"publication": "other", "subtitle": "News"}, CLIP, here)
    assert filling.missing("newsletter", sent, here) == ()
    with pytest.raises(InvalidInput):
        filling.complete("newsletter", {"publication": "third"}, CLIP, here)


@pytest.mark.parametrize(
    "schema", [{}, {"properties": []}, {"properties": {"a": None}}, {"required": None, "properties": {"a": {}}}]
)
def test_a_schema_that_says_nothing_asks_for_nothing(schema: dict[str, Any]) -> None:
    assert schemas.as_the_server_says("newsletter", 0, schema).settings == ()
