"""What each platform needs: the settings that publish, and what only the person can say."""

from __future__ import annotations

from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from editai.errors import InvalidInput
from editai.publish import filling, providers, schemas
from tests.postiz import rules

CLIP: dict[str, Any] = {"title": "Aurora lamp", "link": "https://l.example/1", "own_brand": True, "made_with_ai": True,
                        "paid_partnership": False, "hashtags": ("lamp", "warm light")}  # fmt: skip
PLAIN: dict[str, Any] = {"title": "Aurora lamp", "link": "", "own_brand": False, "made_with_ai": False,
                         "paid_partnership": False, "hashtags": ()}  # fmt: skip
CHOSEN = {"tiktok": {"privacy_level": "PUBLIC_TO_EVERYONE"}, "discord": {"channel": "1"}, "slack": {"channel": "C1"}}
CHOSEN |= {"pinterest": {"board": "7"}, "reddit": {"subreddit": "/r/HomeDecor"}}
CHOSEN["tiktok-business"] = CHOSEN["tiktok"]
PUBLISHABLE = list(providers.table())


@pytest.mark.parametrize("name", PUBLISHABLE)
def test_the_defaults_are_what_postiz_accepts(name: str) -> None:
    schema = rules.settings_of(name)
    sent = filling.complete(name, CHOSEN.get(name, {}), CLIP)
    assert filling.missing(name, sent) == ()
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
        kind = schemas.TYPES.get(setting.kind, "string")
        assert there.get("type", kind) == kind
        assert [choice.value for choice in setting.choices] == [
            choice.value for choice in setting.choices if choice.value in there.get("enum", ())
        ]
        assert setting.longest <= there.get("maxLength", setting.longest)
        assert setting.shortest >= there.get("minLength", 0)


@pytest.mark.parametrize("name", [name for name in providers.table() if name in rules.KNOWN])
def test_the_longest_text_is_that_of_the_server(name: str) -> None:
    assert providers.provider(name).max_text == rules.max_length(name)


def test_7_11_what_is_sent_to_tiktok_publishes_and_discloses() -> None:
    assert filling.complete("tiktok", CHOSEN["tiktok"], CLIP) == {
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
    sent = filling.complete("tiktok", CHOSEN["tiktok"], PLAIN)
    assert sent["brand_organic_toggle"] is False
    assert sent["video_made_with_ai"] is False
    assert filling.complete("x", {}, CLIP)["made_with_ai"] is True
    assert filling.complete("x", {}, PLAIN)["made_with_ai"] is False


@pytest.mark.parametrize("empty", [{}, {"privacy_level": ""}, {"privacy_level": None}])
def test_who_may_see_a_video_on_tiktok_is_for_the_person_to_say(empty: dict[str, Any]) -> None:
    [finding] = filling.missing("tiktok", filling.complete("tiktok", empty, CLIP))
    assert (finding.severity, finding.slug) == ("refuse", "privacy_not_chosen")
    assert "Choose who may see" in finding.message


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        (
            "youtube",
            {
                "title": "Aurora lamp",
                "type": "public",
                "selfDeclaredMadeForKids": "no",
                "thumbnail": False,
                "tags": [{"value": "lamp", "label": "lamp"}, {"value": "warm light", "label": "warm light"}],
            },
        ),
        ("instagram", {"post_type": "post"}),
        ("instagram-standalone", {"post_type": "post"}),
        ("x", {"who_can_reply_post": "everyone", "made_with_ai": True, "paid_partnership": False}),
        ("facebook", {"post_type": "post"}),
        *((name, {}) for name in ("threads", "linkedin", "linkedin-page", "bluesky", "mastodon", "telegram")),
    ],
)
def test_the_others_are_published_without_a_question(name: str, sent: dict[str, Any]) -> None:
    assert filling.complete(name, {}, CLIP) == sent
    assert filling.missing(name, sent) == ()


@pytest.mark.parametrize(
    ("title", "sent"),
    [("Ok", "Ok"), ("x" * 100, "x" * 100), ("x" * 101, "x" * 99 + "…"), ("Aurora\n lamp", "Aurora lamp")],
)
def test_a_clips_title_is_cut_to_what_youtube_takes(title: str, sent: str) -> None:
    assert filling.complete("youtube", {}, CLIP | {"title": title})["title"] == sent


@pytest.mark.parametrize("title", ["", "x", " "])
def test_without_a_title_that_youtube_takes_one_is_asked_for(title: str) -> None:
    [finding] = filling.missing("youtube", filling.complete("youtube", {}, CLIP | {"title": title}))
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
        ("x", {"community": "https://x.com/shop"}),
        ("youtube", {"tags": ["x" * 251, "y" * 250]}),
        ("youtube", {"tags": ["a b" * 100, "c d" * 66]}),
        ("youtube", {"tags": [1]}),
        ("youtube", {"tags": {"label": "x"}}),
        ("youtube", {"thumbnail": {"id": "1", "path": "https://p.example/a.jpg"}}),
        ("instagram", {"is_trial_reel": "yes"}),
        ("instagram", {"collaborators": 5}),
        ("pinterest", {"board": "7", "dominant_color": "red"}),
        ("reddit", {"subreddit": "lamps"}),
        ("reddit", {"subreddit": "/r/lamps", "flair": {"id": "1"}}),
        ("reddit", {"subreddit": "/r/lamps", "flair": {"id": 1, "name": "Shop"}}),
        ("reddit", {"subreddit": "/r/lamps", "flair": {"id": "1", "name": "Shop", "url": "x"}}),
        ("reddit", {"subreddit": "/r/lamps", "flair": "Shop"}),
        ("tiktok-business", {"location": '{"id": "1"}'}),
    ],
)
def test_8_2_a_value_that_is_none_is_refused(name: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refused:
        filling.complete(name, wrong, CLIP)
    assert refused.value.title == "422 setting_invalid"
    assert refused.value.hint


@pytest.mark.parametrize(("name", "unknown"), [("tiktok", "privacyLevel"), ("threads", "post_type"), ("nostr", "a")])
def test_a_setting_that_there_is_not_is_refused(name: str, unknown: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        filling.complete(name, {unknown: "x"}, CLIP)
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
    [finding] = filling.missing(name, {})
    assert (finding.severity, finding.slug) == ("refuse", slug)
    assert named in finding.message


def test_reddit_is_told_where_and_what() -> None:
    sent = filling.complete("reddit", {"subreddit": "/r/HomeDecor"}, CLIP)
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
    assert "link" not in filling.complete("pinterest", {"board": "7"}, CLIP | {"link": link})
    if link:
        with pytest.raises(InvalidInput):
            filling.complete("pinterest", {"board": "7", "link": link}, CLIP)


FLAIR = {"id": "f1", "name": "Shop"}


@pytest.mark.parametrize("said", [FLAIR, '{"id": "f1", "name": "Shop"}'])
def test_a_flair_is_sent_as_the_list_gave_it_and_said_to_be_needed(said: Any) -> None:
    sent = filling.complete("reddit", {"subreddit": "/r/HomeDecor", "flair": said}, CLIP)
    [place] = providers.as_sent("reddit", sent)["subreddit"]
    assert (place["value"]["flair"], place["value"]["is_flair_required"]) == (FLAIR, True)
    jsonschema.validate(providers.as_sent("reddit", sent), rules.settings_of("reddit"))


@pytest.mark.parametrize("said", ["Lamp, #warm  light,, lamp", ["Lamp", "warm light", "lamp"], [{"label": "Lamp"}]])
def test_tags_are_a_list_however_they_are_typed(said: Any) -> None:
    tags = filling.complete("youtube", {"tags": said}, CLIP)["tags"]
    assert tags[0] == {"value": "Lamp", "label": "Lamp"}
    assert filling.complete("youtube", {"tags": tags}, CLIP)["tags"] == tags


def test_tags_are_as_long_as_youtube_counts_them() -> None:
    most = ["x" * 248, "y" * 125, "z z" + "z" * 122]  # 248 + 125 + 125 + 2 for the space
    assert len(filling.complete("youtube", {"tags": most}, CLIP)["tags"]) == 3
    with pytest.raises(InvalidInput, match="Tags"):
        filling.complete("youtube", {"tags": [*most[:2], most[2] + "z"]}, CLIP)


def test_people_are_named_without_their_at_sign() -> None:
    sent = filling.complete("instagram", {"collaborators": "@anna, bela"}, CLIP)
    assert sent["collaborators"] == [{"label": "anna"}, {"label": "bela"}]


# ── what depends on what, and what does not go together ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("chosen", "sent"),
    [
        ({}, {"post_type": "post"}),
        ({"is_trial_reel": True}, {"post_type": "post", "is_trial_reel": True, "graduation_strategy": "MANUAL"}),
        ({"graduation_strategy": "SS_PERFORMANCE"}, {"post_type": "post"}),
        ({"post_type": "story", "is_trial_reel": True, "collaborators": "anna"}, {"post_type": "story"}),
        ({"is_trial_reel": False, "graduation_strategy": "MANUAL"}, {"post_type": "post", "is_trial_reel": False}),
    ],
)
def test_what_is_of_no_use_beside_the_rest_is_not_sent(chosen: dict[str, Any], sent: dict[str, Any]) -> None:
    assert filling.complete("instagram", chosen, CLIP) == sent


def test_what_was_chosen_and_is_not_sent_is_said_by_its_field() -> None:
    here = providers.provider("instagram")
    chosen = {"post_type": "story", "is_trial_reel": True, "graduation_strategy": "MANUAL", "collaborators": "anna"}
    found = filling.unused(here, chosen, filling.complete("instagram", chosen, CLIP))
    assert [(item.severity, item.field) for item in found] == [("warn", "is_trial_reel"), ("warn", "collaborators")]
    assert filling.unused(here, {}, filling.complete("instagram", {}, CLIP)) == ()


def test_7_11_a_paid_partnership_is_not_for_oneself_alone() -> None:
    here = providers.provider("tiktok")
    sent = filling.complete("tiktok", {"privacy_level": "SELF_ONLY", "brand_content_toggle": True}, CLIP)
    [found] = filling.excluded(here, sent)
    assert (found.severity, found.field) == ("refuse", "brand_content_toggle")
    assert found.source
    assert filling.excluded(here, sent | {"privacy_level": "PUBLIC_TO_EVERYONE"}) == ()


@pytest.mark.parametrize("name", PUBLISHABLE)
def test_what_depends_on_a_setting_stands_below_it(name: str) -> None:
    above: set[str] = set()
    for setting in providers.provider(name).settings:
        assert setting.when.keys() <= above
        assert not setting.asks_of or setting.asks_of in above
        above.add(setting.name)


@pytest.mark.parametrize("name", [name for name in PUBLISHABLE if isinstance(rules.settings_of(name), dict)])
def test_every_setting_of_postiz_is_offered_or_left_out_for_a_reason(name: str) -> None:
    here = providers.provider(name)
    fixed = {*here.wrapped.beside, *here.wrapped.whether} if here.wrapped else set()
    offered = {setting.name for setting in here.settings}
    assert properties_of(name).keys() - fixed == offered | here.left_out.keys() - fixed
    assert not offered & here.left_out.keys()
    assert all(reason.endswith(".") for reason in here.left_out.values())


def test_a_setting_that_is_left_out_says_why() -> None:
    with pytest.raises(InvalidInput, match="an article is a long text of its own"):
        filling.complete("x", {"post_type": "article"}, CLIP)


@pytest.mark.parametrize("name", [name for name in PUBLISHABLE if name in rules.KNOWN])
def test_a_list_is_asked_of_a_tool_that_postiz_has(name: str) -> None:
    tools = {tool["methodName"]: [item["key"] for item in tool["dataSchema"]] for tool in rules.KNOWN[name]["tools"]}
    for setting in providers.provider(name).settings:
        if setting.tool:
            assert ([setting.asks] if setting.asks else []) == tools[setting.tool]


def test_a_platform_that_is_not_known_needs_nothing_that_is_known() -> None:
    assert filling.complete("nostr", {}, CLIP) == {}
    assert filling.missing("nostr", {}) == ()
    assert not providers.provider("nostr").known


def test_every_required_setting_without_a_default_says_what_is_missing() -> None:
    for provider in providers.table().values():
        for setting in provider.settings:
            if setting.is_open:
                assert setting.missing.endswith("."), (provider.name, setting.name)
