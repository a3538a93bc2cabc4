"""What each platform needs: the settings that publish, and what only the person can say."""

from __future__ import annotations

from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from editai.errors import InvalidInput
from editai.publish import providers
from tests.postiz import rules

CLIP: dict[str, Any] = {"title": "Aurora lamp", "link": "https://l.example/1", "own_brand": True, "made_with_ai": True,
                        "paid_partnership": False}  # fmt: skip
PLAIN: dict[str, Any] = {"title": "Aurora lamp", "link": "", "own_brand": False, "made_with_ai": False,
                         "paid_partnership": False}  # fmt: skip
CHOSEN = {"tiktok": {"privacy_level": "PUBLIC_TO_EVERYONE"}, "discord": {"channel": "1"}, "slack": {"channel": "C1"}}
CHOSEN |= {"pinterest": {"board": "7"}, "reddit": {"subreddit": "/r/HomeDecor"}}
CHOSEN["tiktok-business"] = CHOSEN["tiktok"]
PUBLISHABLE = list(providers.table())


@pytest.mark.parametrize("name", PUBLISHABLE)
def test_the_defaults_are_what_postiz_accepts(name: str) -> None:
    schema = rules.settings_of(name)
    sent = providers.complete(name, CHOSEN.get(name, {}), CLIP)
    assert providers.missing(name, sent) == ()
    if isinstance(schema, dict):
        jsonschema.validate(providers.as_sent(name, sent), schema)
        assert providers.as_sent(name, sent).keys() <= schema["properties"].keys()


def properties_of(name: str) -> Any:
    """The schemas of a platform's settings; Reddit's are those of one of several places."""
    properties = rules.settings_of(name)["properties"]
    wrapped = providers.provider(name).wrapped
    return properties[wrapped.name]["items"]["properties"]["value"]["properties"] if wrapped else properties


@pytest.mark.parametrize("name", [name for name in PUBLISHABLE if providers.provider(name).settings])
def test_every_value_that_is_offered_is_one_of_postizs(name: str) -> None:
    for setting in providers.provider(name).settings:
        there = properties_of(name)[setting.name]
        assert ("boolean" if setting.kind == "yes_no" else "string") == there["type"]
        assert [choice.value for choice in setting.choices] == [
            choice.value for choice in setting.choices if choice.value in there.get("enum", ())
        ]
        assert setting.longest <= there.get("maxLength", setting.longest)
        assert setting.shortest >= there.get("minLength", 0)


@pytest.mark.parametrize("name", [name for name in providers.table() if name in rules.KNOWN])
def test_the_longest_text_is_that_of_the_server(name: str) -> None:
    assert providers.provider(name).max_text == rules.max_length(name)


def test_7_11_what_is_sent_to_tiktok_publishes_and_discloses() -> None:
    assert providers.complete("tiktok", CHOSEN["tiktok"], CLIP) == {
        "privacy_level": "PUBLIC_TO_EVERYONE",
        "content_posting_method": "DIRECT_POST",
        "duet": True,
        "stitch": True,
        "comment": True,
        "autoAddMusic": "no",
        "brand_organic_toggle": True,
        "brand_content_toggle": False,
        "video_made_with_ai": True,
    }


def test_what_is_disclosed_follows_from_the_clip() -> None:
    sent = providers.complete("tiktok", CHOSEN["tiktok"], PLAIN)
    assert sent["brand_organic_toggle"] is False
    assert sent["video_made_with_ai"] is False
    assert providers.complete("x", {}, CLIP)["made_with_ai"] is True
    assert providers.complete("x", {}, PLAIN)["made_with_ai"] is False


@pytest.mark.parametrize("empty", [{}, {"privacy_level": ""}, {"privacy_level": None}])
def test_who_may_see_a_video_on_tiktok_is_for_the_person_to_say(empty: dict[str, Any]) -> None:
    [finding] = providers.missing("tiktok", providers.complete("tiktok", empty, CLIP))
    assert (finding.severity, finding.slug) == ("refuse", "privacy_not_chosen")
    assert "Choose who may see" in finding.message


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("youtube", {"title": "Aurora lamp", "type": "public", "selfDeclaredMadeForKids": "no"}),
        ("instagram", {"post_type": "post"}),
        ("instagram-standalone", {"post_type": "post"}),
        ("x", {"who_can_reply_post": "everyone", "made_with_ai": True, "paid_partnership": False}),
        ("facebook", {"post_type": "post"}),
        *((name, {}) for name in ("threads", "linkedin", "linkedin-page", "bluesky", "mastodon", "telegram")),
    ],
)
def test_the_others_are_published_without_a_question(name: str, sent: dict[str, Any]) -> None:
    assert providers.complete(name, {}, CLIP) == sent
    assert providers.missing(name, sent) == ()


@pytest.mark.parametrize(
    ("title", "sent"),
    [("Ok", "Ok"), ("x" * 100, "x" * 100), ("x" * 101, "x" * 99 + "…"), ("Aurora\n lamp", "Aurora lamp")],
)
def test_a_clips_title_is_cut_to_what_youtube_takes(title: str, sent: str) -> None:
    assert providers.complete("youtube", {}, CLIP | {"title": title})["title"] == sent


@pytest.mark.parametrize("title", ["", "x", " "])
def test_without_a_title_that_youtube_takes_one_is_asked_for(title: str) -> None:
    [finding] = providers.missing("youtube", providers.complete("youtube", {}, CLIP | {"title": title}))
    assert (finding.severity, finding.slug) == ("refuse", "title_missing")


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("tiktok", {"duet": "false"}),
        ("tiktok", {"duet": 0}),
        ("tiktok", {"privacy_level": "EVERYONE"}),
        ("tiktok", {"privacy_level": ["SELF_ONLY"]}),
        ("tiktok", {"autoAddMusic": False}),
        ("youtube", {"title": "x"}),
        ("youtube", {"title": "x" * 101}),
        ("youtube", {"title": " x "}),
        ("youtube", {"title": 12}),
        ("youtube", {"selfDeclaredMadeForKids": False}),
        ("youtube", {"type": "Public"}),
        ("instagram", {"post_type": "reel"}),
        ("x", {"who_can_reply_post": {}}),
    ],
)
def test_8_2_a_value_that_is_none_is_refused(name: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refused:
        providers.complete(name, wrong, CLIP)
    assert refused.value.title == "422 setting_invalid"
    assert refused.value.hint


@pytest.mark.parametrize(("name", "unknown"), [("tiktok", "privacyLevel"), ("threads", "post_type"), ("nostr", "a")])
def test_a_setting_that_there_is_not_is_refused(name: str, unknown: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        providers.complete(name, {unknown: "x"}, CLIP)
    assert refused.value.title == "422 setting_unknown"
    assert unknown in refused.value.message


@pytest.mark.parametrize(
    ("name", "slug", "named"),
    [
        ("pinterest", "board_missing", "board"),
        ("discord", "setting_missing", "channel"),
        ("slack", "setting_missing", "channel"),
    ],
)
def test_what_a_platform_still_lacks_is_said_in_words(name: str, slug: str, named: str) -> None:
    [finding] = providers.missing(name, {})
    assert (finding.severity, finding.slug) == ("refuse", slug)
    assert named in finding.message


def test_reddit_is_told_where_and_what() -> None:
    sent = providers.complete("reddit", {"subreddit": "/r/HomeDecor"}, CLIP)
    assert providers.as_sent("reddit", sent) == {
        "subreddit": [
            {
                "value": {
                    "subreddit": "/r/HomeDecor",
                    "title": "Aurora lamp",
                    "type": "media",
                    "is_flair_required": False,
                }
            }
        ]
    }


@pytest.mark.parametrize("link", ["", "shop.example", "javascript:alert(1)", "https://"])
def test_what_is_no_address_is_no_link_of_a_pin(link: str) -> None:
    assert "link" not in providers.complete("pinterest", {"board": "7"}, CLIP | {"link": link})
    if link:
        with pytest.raises(InvalidInput):
            providers.complete("pinterest", {"board": "7", "link": link}, CLIP)


def test_a_platform_that_is_not_known_needs_nothing_that_is_known() -> None:
    assert providers.complete("nostr", {}, CLIP) == {}
    assert providers.missing("nostr", {}) == ()
    assert not providers.provider("nostr").known


LIVE: dict[str, Any] = {
    "type": "object",
    "required": ["publication", "subtitle", "sendEmail"],
    "properties": {
        "publication": {"type": "string", "enum": ["my_news", "other"]},
        "subtitle": {"type": "string", "minLength": 2, "maxLength": 10},
        "sendEmail": {"type": "boolean"},
        "canonical": {"type": "string", "format": "url"},
        "tags": {"type": "array"},
        "strange": True,
        "odd": {"type": "string", "minLength": "two"},
    },
}


def test_a_platform_that_is_not_known_is_as_its_server_describes_it() -> None:
    here = providers.as_the_server_says("newsletter", 900, LIVE)
    assert here.max_text == 900
    assert [(setting.name, setting.label, setting.kind) for setting in here.settings] == [
        ("publication", "Publication", "choice"),
        ("subtitle", "Subtitle", "text"),
        ("sendEmail", "Send email", "yes_no"),
        ("canonical", "Canonical", "address"),
    ]
    none = providers.complete("newsletter", {}, CLIP, here)
    assert none == {"sendEmail": False}
    assert len(providers.missing("newsletter", none, here)) == 2
    sent = providers.complete("newsletter", {"publication": "other", "subtitle": "News"}, CLIP, here)
    assert providers.missing("newsletter", sent, here) == ()
    with pytest.raises(InvalidInput):
        providers.complete("newsletter", {"publication": "third"}, CLIP, here)


@pytest.mark.parametrize(
    "schema", [{}, {"properties": []}, {"properties": {"a": None}}, {"required": None, "properties": {"a": {}}}]
)
def test_a_schema_that_says_nothing_asks_for_nothing(schema: dict[str, Any]) -> None:
    assert providers.as_the_server_says("newsletter", 0, schema).settings == ()


def test_every_required_setting_without_a_default_says_what_is_missing() -> None:
    for provider in providers.table().values():
        for setting in provider.settings:
            if setting.required and setting.default is None and not setting.from_clip:
                assert setting.missing.endswith("."), (provider.name, setting.name)
