"""Publishing for scripts: a dry run unless it is confirmed, over plain HTTP against a Postiz server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from editai.library import LOCAL_OWNER
from editai.models import Profile
from tests.postiz.fixtures import postiz_server
from tests.postiz.server import PostizServer, Workspace
from tests.ui.conftest import Running

__all__ = ["postiz_server"]

Call = Callable[..., Any]


@pytest.fixture(scope="module")
def shop(running: Running, postiz_server: PostizServer) -> tuple[Profile, Workspace]:
    profile = running.shelf.store.create_profile(LOCAL_OWNER, "Scripted lamps", {"time_zone": "Europe/Berlin"})
    workspace = postiz_server.workspace()
    workspace.add_channel("mastodon", "Lamps")
    workspace.add_channel("tiktok", "Lamps on TikTok")
    running.shelf.secrets.connect(profile.id, workspace.connection)
    return profile, workspace


@pytest.fixture
def clip(running: Running, shop: tuple[Profile, Workspace], tmp_path: Path) -> str:
    return running.clip(shop[0], "Lamp", tmp_path).id


@pytest.fixture
def call(running: Running, shop: tuple[Profile, Workspace]) -> Call:
    """The answer of an endpoint in this store, or the title of its error."""

    def ask(endpoint: str, **arguments: Any) -> Any:
        event, answer = running.call(endpoint, profile=shop[0].id, **arguments)
        return answer["title"] if event == "error" else answer[0]

    return ask


@pytest.fixture
def mastodon(call: Call) -> str:
    return str(next(item["id"] for item in call("channels") if item["provider"] == "mastodon"))


@pytest.fixture
def tiktok(call: Call) -> str:
    return str(next(item["id"] for item in call("channels") if item["provider"] == "tiktok"))


def test_channels_say_what_can_be_set_there(call: Call) -> None:
    (channel,) = (item for item in call("channels") if item["provider"] == "tiktok")
    assert (channel["name"], channel["platform"], channel["longest_text"]) == ("Lamps on TikTok", "TikTok", 2000)
    (privacy,) = (item for item in channel["settings"] if item["name"] == "privacy_level")
    assert privacy["required"]
    assert privacy["default"] is None


def test_a_post_is_suggested_with_what_is_still_missing(call: Call, clip: str, tiktok: str) -> None:
    suggested = call("suggest_post", clip=clip, channel=tiktok)
    assert "Lamp · $49.99" in suggested["text"]
    assert suggested["settings"]["video_made_with_ai"] is True
    assert len(suggested["missing"]) == 1


def test_publish_is_a_dry_run(call: Call, clip: str, mastodon: str, shop: tuple[Profile, Workspace]) -> None:
    told = call("publish", clip=clip, channels=[mastodon], texts={mastodon: "Hello"})
    assert (told["confirmed"], told["posts"], told["dry_run"]["refused"]) == (False, [], False)
    assert [post["text"] for post in told["dry_run"]["posts"]] == ["Hello"]
    assert call("posts", clip=clip) == []
    assert shop[1].posts == []


def test_confirmed_it_is_planned(call: Call, clip: str, mastodon: str) -> None:
    told = call("publish", clip=clip, channels=[mastodon], texts={mastodon: "Hello"}, confirm=True)
    (post,) = told["posts"]
    assert (post["state"], post["text"]) == ("planned", "Hello")
    assert call("post", post=post["id"]) == post
    assert call("posts", clip=clip) == [post]
    assert post in call("posts")


def test_a_text_that_is_not_given_is_the_suggested_one(call: Call, clip: str, mastodon: str) -> None:
    suggested = call("suggest_post", clip=clip, channel=mastodon)["text"]
    assert call("publish", clip=clip, channels=[mastodon])["dry_run"]["posts"][0]["text"] == suggested


def test_settings_lie_over_the_suggested_ones(call: Call, clip: str, tiktok: str) -> None:
    told = call("publish", clip=clip, channels=[tiktok], settings={tiktok: {"privacy_level": "SELF_ONLY"}})
    settings = told["dry_run"]["posts"][0]["settings"]
    assert (settings["privacy_level"], settings["brand_organic_toggle"]) == ("SELF_ONLY", True)


def test_what_is_refused_is_not_sent_though_confirmed(call: Call, clip: str, tiktok: str) -> None:
    assert call("publish", clip=clip, channels=[tiktok])["dry_run"]["refused"]
    assert call("publish", clip=clip, channels=[tiktok], confirm=True) == "422 post_refused"
    assert call("posts", clip=clip) == []


def test_a_time_is_on_the_stores_clock_and_kept_in_utc(call: Call, clip: str, mastodon: str) -> None:
    told = call("publish", clip=clip, channels=[mastodon], when="scheduled", at="2027-07-01T10:00")
    assert told["dry_run"]["publish_at"] == "2027-07-01T08:00:00.000Z"
    assert told["dry_run"]["local_time"] == "Thu 1 Jul 2027, 10:00 (Europe/Berlin)"


def test_a_clip_is_on_a_channel_once_unless_it_is_meant(call: Call, clip: str, mastodon: str) -> None:
    call("publish", clip=clip, channels=[mastodon], confirm=True)
    assert call("publish", clip=clip, channels=[mastodon])["dry_run"]["refused"]
    assert call("publish", clip=clip, channels=[mastodon], confirm=True) == "422 post_refused"
    assert len(call("posts", clip=clip)) == 1


@pytest.mark.parametrize(
    ("wishes", "title"),
    [
        ({"channels": []}, "422 no_channel"),
        ({"channels": ["nobody's"]}, "404 channel_not_found"),
        ({"channels": ["own", "own"]}, "422 channel_twice"),
        ({"texts": {"another": "x"}}, "422 channel_not_chosen"),
        ({"settings": {"another": {}}}, "422 channel_not_chosen"),
        ({"settings": {"own": {"colour": "red"}}}, "422 setting_unknown"),
        ({"when": "scheduled"}, "422 time_missing"),
        ({"when": "scheduled", "at": "soon"}, "422 time_unreadable"),
        ({"at": "2027-07-01T10:00"}, "422 time_not_used"),
        ({"when": "whenever"}, "422 choice_unknown"),
        ({"confirm": "false"}, "422 argument_invalid"),
        ({"again": 1}, "422 argument_invalid"),
        ({"channels": "own"}, "422 argument_invalid"),
        ({"texts": {"own": ["x"]}}, "422 argument_invalid"),
        ({"settings": {"own": "x"}}, "422 argument_invalid"),
        ({"clip": "0" * 32}, "404 clip_not_found"),
    ],
)
def test_what_cannot_be_published_is_refused(
    call: Call, clip: str, mastodon: str, wishes: dict[str, Any], title: str
) -> None:
    def own(value: Any) -> Any:
        match value:
            case "own":
                return mastodon
            case list():
                return [own(item) for item in value]
            case dict():
                return {own(key): item for key, item in value.items()}
        return value

    sent = {"clip": clip, "channels": [mastodon], **{name: own(value) for name, value in wishes.items()}}
    assert call("publish", **sent) == title


def test_only_what_failed_is_sent_again(call: Call, clip: str, mastodon: str) -> None:
    (post,) = call("publish", clip=clip, channels=[mastodon], confirm=True)["posts"]
    assert call("retry_post", post=post["id"], confirm=True) == "409 post_on_its_way"
    assert call("retry_post", post="0" * 32, confirm=True) == "404 post_not_found"


def test_a_post_is_moved_and_taken_back(call: Call, clip: str, mastodon: str) -> None:
    slot = call("free_slot", channel=mastodon)
    (post,) = call("publish", clip=clip, channels=[mastodon], when="scheduled", at=slot["at"], confirm=True)["posts"]
    there = {"post": post["id"], "at": "2027-07-01T10:00", "confirm": True}
    assert call("move_post", **there)["publish_at"] == "2027-07-01T08:00:00.000Z"
    assert call("cancel_post", post=post["id"], confirm=True)["state"] == "cancelled"
    assert call("cancel_post", post=post["id"], confirm=True) == "409 post_not_planned"
    assert call("move_post", **there) == "409 post_not_planned"
    assert call("free_slot", channel="nobody's") == "404 channel_not_found"


def test_a_series_is_shown_and_then_planned(call: Call, clip: str, mastodon: str) -> None:
    asked = {"clips": [clip], "channels": [mastodon], "first_at": "2027-07-01T10:00", "every_hours": 24}
    shown = call("publish_series", **asked)
    assert (shown["confirmed"], shown["posts"], shown["series"]["refused"]) == (False, [], False)
    assert [run["publish_at"] for run in shown["series"]["runs"]] == ["2027-07-01T08:00:00.000Z"]
    assert call("posts", clip=clip) == []
    (post,) = call("publish_series", **asked, confirm=True)["posts"]
    assert post["publish_at"] == "2027-07-01T08:00:00.000Z"


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({"clips": []}, "422 no_clip"),
        ({"channels": []}, "422 no_channel"),
        ({"clips": ["0" * 32]}, "404 clip_not_found"),
        ({"channels": ["nobody's"]}, "404 channel_not_found"),
        ({"settings": {"another": {}}}, "422 channel_not_chosen"),
        ({"every_hours": 0}, "422 spread_invalid"),
        ({"every_hours": "24"}, "422 argument_invalid"),
        ({"confirm": 1}, "422 argument_invalid"),
        ({"first_at": "soon"}, "422 time_unreadable"),
    ],
)
def test_a_series_that_cannot_be_is_refused(
    call: Call, clip: str, mastodon: str, changes: dict[str, Any], title: str
) -> None:
    asked = {"clips": [clip], "channels": [mastodon], "first_at": "2027-07-01T10:00"}
    assert call("publish_series", **{**asked, **changes}) == title


def test_a_thread_is_a_list_and_one_text_the_first_comment(call: Call, clip: str, mastodon: str) -> None:
    asked = {"clip": clip, "channels": [mastodon], "comment_delay_min": 5}
    for given, comments in (("One", ["One"]), (["One", "Two"], ["One", "Two"])):
        told = call("publish", **asked, comments={mastodon: given})["dry_run"]["posts"][0]
        assert (told["comments"], told["comment_delay_min"]) == (comments, 5)
    assert call("publish", **{**asked, "comment_delay_min": 1441}) == "422 choice_unknown"
    assert call("publish", **asked, comments={mastodon: [1]}) == "422 argument_invalid"


def test_what_is_said_of_one_clip_of_a_series_lies_over_what_is_said_of_all(
    call: Call, clip: str, mastodon: str, running: Running, shop: tuple[Profile, Workspace], tmp_path: Path
) -> None:
    (tmp_path / "second").mkdir()
    second = running.clip(shop[0], "Chair", tmp_path / "second").id
    own = {second: {"texts": {mastodon: "Sit down."}, "comments": {mastodon: ["A", "B"]}, "cover_s": 1.5, "alt": "It"}}
    asked = {"clips": [clip, second], "channels": [mastodon], "first_at": "2027-07-01T10:00", "own": own}
    runs = call("publish_series", **asked, comments={mastodon: "All"})["series"]["runs"]
    first, other = (run["posts"][0] for run in runs)
    assert (first["comments"], first["cover_ms"], first["alt"]) == (["All"], None, "")
    assert (other["text"], other["comments"], other["cover_ms"], other["alt"]) == ("Sit down.", ["A", "B"], 1500, "It")
    assert call("publish_series", **{**asked, "clips": [clip]}) == "422 clip_not_chosen"
    assert call("publish_series", **{**asked, "own": {second: {"colour": "red"}}}) == "422 choice_unknown"


def test_a_store_without_a_connection_says_so(running: Running, new_store: Callable[[], Profile]) -> None:
    assert running.call("channels", profile=new_store().id)[1]["title"] == "409 postiz_not_connected"


def test_posts_are_asked_for_by_what_they_are(call: Call, clip: str, mastodon: str) -> None:
    asked = {"clip": clip, "channels": [mastodon], "when": "scheduled", "at": "2027-07-01T10:00"}
    (post,) = call("publish", **asked, confirm=True)["posts"]
    assert (post["clip_title"], post["local_time"]) == ("Lamp", "Thu 1 Jul 2027, 10:00 (Europe/Berlin)")
    assert call("posts", clip=clip, states=["planned"], channel=mastodon, provider="mastodon") == [post]
    assert call("posts", clip=clip, since="2027-07-01", until="2027-07-01") == [post]
    for other in ({"states": ["failed"]}, {"until": "2027-06-30"}, {"needs_owner": True}, {"offset": 1}, {"limit": 0}):
        assert call("posts", clip=clip, **other) == []
    for wrong, title in (
        ({"states": ["gone"]}, "422 choice_unknown"),
        ({"limit": "all"}, "422 argument_invalid"),
        ({"since": "soon"}, "422 day_unreadable"),
        ({"channel": "nobody's"}, "404 channel_not_found"),
    ):
        assert call("posts", **wrong) == title


def test_what_may_still_go_out_is_cancelled_and_what_is_over_unlinked(call: Call, clip: str, mastodon: str) -> None:
    (post,) = call("publish", clip=clip, channels=[mastodon], when="draft", confirm=True)["posts"]
    assert call("unlink_post", post=post["id"], confirm=True) == "409 post_not_over"
    call("cancel_post", post=post["id"], confirm=True)
    assert call("unlink_post", post=post["id"], confirm=True)["unlinked"]
    assert call("posts", clip=clip) == []
    assert [item["id"] for item in call("posts", clip=clip, unlinked=True)] == [post["id"]]


def test_a_clip_is_planned_again_and_again_after_it_was_shown(call: Call, clip: str, mastodon: str) -> None:
    asked = {"clip": clip, "channels": [mastodon], "first_at": "2027-03-25T10:00", "every_days": 7, "count": 2}
    shown = call("publish_repeat", **asked)
    assert (shown["confirmed"], shown["posts"], shown["series"]["refused"]) == (False, [], False)
    more = {"cover_s": 1.5, "alt": "A lamp", "comments": {mastodon: ["One", "Two"]}}
    (post,) = call("publish_repeat", **asked, **more)["series"]["runs"][1]["posts"]
    assert (post["cover_ms"], post["alt"], post["comments"]) == (1500, "A lamp", ["One", "Two"])
    posts = call("publish_repeat", **asked, confirm=True)["posts"]
    assert [post["publish_at"] for post in posts] == ["2027-03-25T09:00:00.000Z", "2027-04-01T08:00:00.000Z"]
    assert call("publish_repeat", **{**asked, "count": 1}) == "422 repeat_invalid"
    assert call("publish_repeat", **{**asked, "count": "2"}) == "422 argument_invalid"


def test_what_posts_brought_is_told_by_what_they_are(call: Call) -> None:
    told = call("analytics", by="voice", days=7)
    assert (told["by"], told["days"], told["figure"], told["lines"], told["worked"]) == ("voice", 7, "Views", [], [])
    assert call("analytics", by="luck") == "422 choice_unknown"
    assert call("analytics", days=0) == "422 days_invalid"
