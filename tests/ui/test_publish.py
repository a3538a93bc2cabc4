"""The Publish tab against a Postiz server: what is drawn and checked, and that what was checked is what is sent."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from editai import products
from editai.errors import Conflict, NoAnswer
from editai.library import LOCAL_OWNER
from editai.models import Channel, DryRun, File, Insert, ListedPost, Post, Profile, Series
from editai.publish.calendar import days
from editai.publish.listing import to_do
from editai.ui.publish import calendar, changing, cover_form, fields, pieces, times
from editai.ui.publish import posts as publish_posts
from tests.postiz import rules
from tests.postiz.fixtures import postiz_server
from tests.postiz.server import PostizServer, Workspace
from tests.ui.conftest import Running
from tests.ui.strangers import DRAWING, Visit, config

__all__ = ["config", "postiz_server"]

AGAIN = "Post it again although it is there already"
MIXED = "Post it although something in it is another store's"
RIGHT = "The clip's price is right: post it as it is"
NAME, TITLE = "Lamps <b>& more</b>", "Lamp <u>1</u>"


@dataclass
class Desk:
    """A visit to the Publish tab of one store, and its Postiz."""

    running: Running
    visit: Visit
    profile: Profile
    workspace: Workspace
    shown: str = ""
    typed: dict[str, Any] = field(default_factory=dict)

    def draw(self) -> None:
        """Open the tab: the form and the posts as they are now."""
        self.visit.forget_drawn()
        told = []
        for name in DRAWING:
            told += [self.visit.fire(event, self.profile.id) for event in self.visit.named(name)]
        drawn = [answer["output"]["render_config"] for answer in told if answer["output"].get("render_config")]
        values = [part["props"].get("value") for config in drawn for part in config["components"]]
        self.shown = unescape("\n".join(value for value in values if isinstance(value, str)))

    def part(self, label: str) -> dict[str, Any]:
        """What the part with this label looks like: that of the form, not that of the plan below it."""
        found, *_ = (part["props"] for part in self.visit.parts.values() if part["props"].get("label") == label)
        return dict(found)

    def press(self, event: str, **typed: Any) -> list[Any]:
        """What a button, or typing, gives for its outputs; `typed` is what the form says, by the parts' labels."""
        found = self.visit.named(event)
        if len(found) > 1:  # forms that are alike: the one that has everything which is typed
            found = [each for each in found if typed.keys() <= {label for _, label in self.visit.inputs(each)}]
        (button,) = found
        answer = self.visit.fire(
            button, self.profile.id, typed={AGAIN: False, MIXED: False, RIGHT: False, **self.typed, **typed}
        )
        return list(answer["output"]["data"])

    def change(self) -> None:
        """Open the newest post to be changed."""
        begin = self.visit.named("begin button.click")[0]
        drawn = self.visit.fire_and_draw(begin, self.profile.id)["output"]["render_config"]["components"]
        self.shown = unescape("\n".join(str(part["props"].get("value")) for part in drawn))

    def posts(self) -> list[Post]:
        return list(self.running.shelf.outbox.posts(self.profile.id))


@pytest.fixture(scope="module")
def shop(running: Running, postiz_server: PostizServer) -> tuple[Profile, Workspace]:
    """A store in Berlin with accounts on TikTok, Instagram and Reddit and one that was switched off."""
    kit = {"time_zone": "Europe/Berlin"}
    profile = running.shelf.store.create_profile(LOCAL_OWNER, NAME, kit)
    workspace = postiz_server.workspace()
    workspace.add_channel("tiktok", "Lamps <i>daily</i>")
    workspace.add_channel("facebook", "Old page", disabled=True)
    flairs = {"is_flair_required": True, "flairs": [{"id": "f1", "name": "Shop"}]}
    found = [{"id": "t5", "title": "Lamps", "name": "/r/lamps/"}]
    workspace.add_channel("reddit", "u/lamps", lists={"subreddits": found, "restrictions": flairs})
    enum = {"enum": ["post", "story", "channel"], "type": "string"}
    newer = {"properties": {**rules.settings_of("instagram")["properties"], "post_type": enum}}
    workspace.add_channel("instagram", "Lamps today", describes={"settings": newer})
    running.shelf.secrets.connect(profile.id, workspace.connection)
    return profile, workspace


CHOSEN = {"Lamps <i>daily</i> · TikTok": True, "Old page · Facebook": False, "Who may see it": "SELF_ONLY"}
CHOSEN |= {"u/lamps · Reddit": False, "Lamps today · Instagram": False, "Cover": cover_form.POSTER}
CHOSEN |= {"Paid partnership: somebody else's brand": False}  # which is not for oneself alone


@pytest.fixture(scope="module")
def desk(
    running: Running,
    config: dict[str, Any],
    shop: tuple[Profile, Workspace],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Desk]:
    """The tab with one clip, which nobody publishes."""
    running.clip(shop[0], TITLE, tmp_path_factory.mktemp("clip"))
    with Visit(running, config) as visit:
        here = Desk(running, visit, *shop, typed=CHOSEN)
        here.draw()
        yield here


@pytest.fixture
def sending(running: Running, desk: Desk, tmp_path: Path) -> Iterator[Desk]:
    """The same with a clip of its own that is chosen, to be published."""
    clip = running.clip(desk.profile, "Another lamp", tmp_path)
    desk.draw()
    yield desk
    running.shelf.delete_clip(desk.profile.id, clip.id)
    desk.draw()


def check(desk: Desk, **typed: Any) -> tuple[str, dict[str, Any]]:
    """The panel and the button after Check."""
    _, panel, button, *_ = desk.press("look button.click", **typed)
    return panel, button


# ── the form ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_store_without_a_connection_says_what_to_do(
    running: Running, config: dict[str, Any], new_store: Callable[[], Profile], tmp_path: Path
) -> None:
    profile = new_store()
    running.clip(profile, "Lamp", tmp_path)
    with Visit(running, config) as visit:
        here = Desk(running, visit, profile, None)  # type: ignore[arg-type] # it has none
        here.draw()
    assert f"{profile.name} is not connected yet" in here.shown
    assert f"Connect {profile.name}" in here.shown


def test_a_postiz_that_does_not_answer_is_said_and_can_be_asked_again(sending: Desk) -> None:
    sending.workspace.fail("GET /integrations", "500_before", times=9)
    sending.draw()
    sending.workspace.heal()
    assert "Look again" in sending.shown
    assert "Check" not in sending.shown


def test_the_channels_are_those_of_the_stores_postiz(desk: Desk) -> None:
    assert desk.part("Lamps <i>daily</i> · TikTok")["interactive"]


def test_a_channel_that_is_switched_off_cannot_be_chosen_and_says_why(desk: Desk) -> None:
    assert not desk.part("Old page · Facebook")["interactive"]
    assert "Switched off in Postiz" in desk.shown


def test_a_channel_without_a_picture_shows_the_first_letter_of_its_platform(desk: Desk) -> None:
    assert '<i class="face" aria-hidden="true">T</i>' in desk.shown


def test_who_may_see_a_tiktok_is_for_the_person_to_choose(desk: Desk) -> None:
    assert desk.part("Who may see it").get("value") is None


def test_tiktoks_disclosures_are_set_from_the_clip(desk: Desk) -> None:
    assert desk.part("Promotional content: my own brand")["value"] is True
    assert desk.part("Made with AI")["value"] is True


def test_every_part_of_the_form_can_be_written_in(desk: Desk) -> None:
    (look,) = desk.visit.named("look button.click")
    parts = [desk.visit.parts[item] for item in look["inputs"]]
    shut = [part["props"]["label"] for part in parts if part["type"] in {"textbox", "radio", "checkbox", "datetime"}
            and not part["props"].get("interactive")]  # fmt: skip
    assert shut == ["Old page · Facebook"]


@pytest.mark.parametrize(("text", "told"), [("", "0 / 2,000"), ("a\nb", "3 / 2,000"), ("🎬", "2 / 2,000")])
def test_the_counter_counts_as_the_server_does(desk: Desk, text: str, told: str) -> None:
    counters = (
        item for item in desk.visit.named("lambda textbox.change") if ("textbox", "Text") in desk.visit.inputs(item)
    )
    counter = next(counters)
    answer = desk.visit.fire(counter, desk.profile.id, typed={"Text": text})
    assert answer["output"]["data"] == [f'<p class="counter">{told}</p>']


def test_a_text_that_is_too_long_is_red() -> None:
    assert pieces.counter(2_003, 2_000) == '<p class="counter over">2,003 / 2,000, 3 too many</p>'


# ── settings ─────────────────────────────────────────────────────────────────────────────────────────────────────


def fired(desk: Desk, event: str, label: str, **typed: Any) -> list[Any]:
    """What an event gives that has the part with this label among its outputs."""
    parts = desk.visit.parts
    found, *_ = [  # of the form, not of the plan below it
        each for each in desk.visit.named(event)
        if [parts[item]["props"].get("label") for item in each["outputs"]] == [label]
    ]  # fmt: skip
    return list(desk.visit.fire(found, desk.profile.id, typed=typed)["output"]["data"])


def test_a_setting_is_shown_where_it_is_of_use(desk: Desk) -> None:
    assert desk.part("Try it out first")["visible"] is True
    assert desk.part("After the trial")["visible"] is False
    reel = {"Where it appears": "post"}
    seen = [
        fired(desk, "lambda radio.change", "After the trial", **reel, **{"Try it out first": on})[0]["visible"]
        for on in (True, False)
    ]
    assert seen == [True, False]
    [hidden] = fired(desk, "lambda radio.change", "Collaborators", **{"Where it appears": "story"})
    assert hidden["visible"] is False


def test_what_is_hidden_is_not_sent(desk: Desk) -> None:
    instagram = {"Lamps <i>daily</i> · TikTok": False, "Lamps today · Instagram": True}
    typed = {"Where it appears": "story", "Try it out first": True, "Collaborators": "anna"}
    panel, _ = check(desk, **instagram, **typed)
    assert "Collaborators" not in panel
    assert "of no use" not in panel
    panel, _ = check(desk, **instagram, **{**typed, "Where it appears": "post"})
    assert "Collaborators: <b>anna</b>" in panel


def test_what_the_stores_postiz_wants_otherwise_is_said_and_offered(desk: Desk) -> None:
    assert "“Where it appears” can also be “Channel” in your Postiz." in desk.shown
    asked = [part["props"] for part in desk.visit.parts.values() if part["props"].get("label") == "Where it appears"]
    offered = [["Channel", "channel"] in [list(choice) for choice in each["choices"]] for each in asked]
    assert offered == [False, True, True]


def test_communities_are_looked_for_and_their_flairs_listed(desk: Desk) -> None:
    [found] = fired(desk, "choices dropdown.input", "Community", Community="lamp")
    assert found["choices"] == [["/r/lamps", "/r/lamps"]]
    [flairs] = fired(desk, "choices dropdown.change", "Flair", Community="/r/lamps")
    assert [label for label, _ in flairs["choices"]] == ["Shop"]
    assert "choices" not in fired(desk, "choices dropdown.input", "Community", Community="/r/lamps")[0]


def test_a_frame_is_chosen_as_the_cover(desk: Desk) -> None:
    chosen = {"Cover": cover_form.CHOSEN, "Second of the clip": 1.5}
    panel, _ = check(desk, **chosen, **{"What is seen": "A <b>lamp</b>"})
    assert "Cover: <b>the picture at 1.5 s</b>" in panel
    assert "What is seen: <b>A &lt;b&gt;lamp&lt;/b&gt;</b>" in panel
    row, picture = desk.press("frame radio.change", **chosen)
    assert row["visible"] is True
    assert "not a video" in picture or "error" in picture  # the clip of this store is a few bytes
    row, picture = desk.press("frame radio.change", **{"Cover": cover_form.POSTER, "Second of the clip": 1.5})
    assert (row["visible"], picture) == (False, "")


# ── check, then one button ───────────────────────────────────────────────────────────────────────────────────────


def test_nothing_chosen_is_said(desk: Desk) -> None:
    panel, button = check(desk, **{"Lamps <i>daily</i> · TikTok": False})
    assert panel == pieces.NOTHING_CHOSEN
    assert not button["visible"]


def test_a_check_shows_what_goes_where_as_it_was_typed(desk: Desk) -> None:
    panel, button = check(desk, Text="1 < 2 & <script>x</script>\n\nnew line")
    assert "1 &lt; 2 &amp; &lt;script&gt;x&lt;/script&gt;\n\nnew line" in panel
    for said in (NAME, "Lamps <i>daily</i>", TITLE):
        assert said in unescape(panel)
        assert said not in panel
    assert "Who may see it: <b>Only me</b>" in panel
    assert button["visible"]
    assert button["value"] == f"Publish to 1 channel of {NAME}"


def test_what_is_refused_leaves_no_button(desk: Desk) -> None:
    panel, button = check(desk, **{"Who may see it": None})
    assert "Cannot be published" in panel
    assert "Choose who may see the video on TikTok" in panel
    assert not button["visible"]


def test_a_clip_that_is_chosen_anew_shows_nothing_of_the_last_check(desk: Desk) -> None:
    """A part that is drawn without a value keeps the one that it had."""
    (panel,) = (part["props"] for part in desk.visit.parts.values() if part["props"].get("elem_id") == "verdict")
    assert panel["value"] == ""


def test_a_check_sends_nothing(desk: Desk) -> None:
    check(desk)
    assert desk.posts() == []
    assert desk.workspace.posts == []


def test_the_button_publishes_what_was_checked(sending: Desk) -> None:
    check(sending, Text="Look at this")
    _, panel, button, *_ = sending.press("send button.click", Text="Look at this")
    assert "One post of" in panel
    assert not button["visible"]
    (post,) = sending.posts()
    assert (post.state, post.text, post.settings["privacy_level"]) == ("planned", "Look at this", "SELF_ONLY")


@pytest.mark.parametrize(
    "later",
    [
        {"Text": "Something else"},
        {"Who may see it": "PUBLIC_TO_EVERYONE"},
        {"Made with AI": False},
        {"When": "As a draft in Postiz"},
        {"Lamps <i>daily</i> · TikTok": False},
    ],
)
def test_what_was_changed_after_the_check_is_not_sent(desk: Desk, later: dict[str, Any]) -> None:
    check(desk, Text="Look at this")
    _, panel, *_ = desk.press("send button.click", **{"Text": "Look at this", **later})
    assert "Something was changed after the check" in panel
    assert desk.posts() == []


def test_what_was_checked_of_another_clip_is_not_sent(running: Running, desk: Desk, tmp_path: Path) -> None:
    check(desk, Text="Look at this")
    other = running.clip(desk.profile, "Another lamp", tmp_path)
    desk.draw()
    _, panel, *_ = desk.press("send button.click", Text="Look at this")
    assert "Something was changed after the check" in panel
    assert desk.posts() == []
    running.shelf.delete_clip(desk.profile.id, other.id)
    desk.draw()


def test_a_change_takes_the_button_away_and_the_same_again_does_not(desk: Desk) -> None:
    check(desk, Text="Look at this")
    assert not desk.press("compare checkbox.change", Text="Look at that")[2]["visible"]
    check(desk, Text="Look at this")
    assert "visible" not in desk.press("compare checkbox.change", Text="Look at this")[2]


def test_the_button_works_once(sending: Desk) -> None:
    check(sending)
    sending.press("send button.click")
    assert "Something was changed after the check" in sending.press("send button.click")[1]
    assert len(sending.posts()) == 1


def test_a_clip_that_was_posted_is_posted_again_only_on_purpose(sending: Desk) -> None:
    check(sending)
    sending.press("send button.click")
    (post,) = sending.posts()
    done = post.model_copy(update={"state": "published", "remote_id": "r", "sent_at": post.created_at})
    sending.running.shelf.outbox.keep([done])
    _, panel, button, again, *_ = sending.press("look button.click")
    assert "Cannot be published" in panel
    assert again["visible"]
    assert not button["visible"]
    assert check(sending, **{AGAIN: True})[1]["visible"]


def test_what_is_another_stores_is_posted_only_where_the_person_says_so(sending: Desk) -> None:
    theirs = {"logo": File(name="theirs.png", sha256="cd" * 32, bytes=1)}
    rugs = sending.running.shelf.store.create_profile(LOCAL_OWNER, f"Rugs {uuid.uuid4().hex[:8]}", theirs)
    (clip, *_) = sending.running.shelf.store.clips(sending.profile.id)
    clip = sending.running.shelf.media.placed(clip)
    plan = sending.running.shelf.media.plan(clip)
    insert = Insert(role="logo", start=0, end=10, file=theirs["logo"])
    clip.path(clip.plan).write_text(plan.model_copy(update={"inserts": (insert,)}).model_dump_json())
    _, panel, button, _, mixed, *_ = sending.press("look button.click")
    assert "the logo of Rugs" in panel
    assert (mixed["visible"], button["visible"]) == (True, False)
    assert mixed["info"].startswith("The clip shows the logo of Rugs")
    assert check(sending, **{MIXED: True})[1]["visible"]
    sending.running.shelf.store.delete_profile(LOCAL_OWNER, rugs.id)


def test_the_texts_of_the_chosen_channels_are_written(desk: Desk) -> None:
    note, *texts = desk.press("write_texts button.click")
    assert "the templates wrote" in note
    assert any(isinstance(text, str) and text.startswith("Lamp") for text in texts)


def test_a_time_is_the_stores_and_shown_in_utc_as_well(desk: Desk) -> None:
    panel, button = check(desk, **{"When": "At a time", "Time in Europe/Berlin": "2027-02-01 11:00:00"})
    assert "Mon 1 Feb 2027, 11:00 (Europe/Berlin), that is Mon 1 Feb 2027, 10:00 (UTC)" in panel
    assert button["value"] == f"Schedule for 1 channel of {NAME}"


@pytest.mark.parametrize(("typed", "told"), [("2020-01-01 10:00:00", "is over"), ("soon", "is no time"), ("", "time")])
def test_a_time_that_cannot_be_is_said(desk: Desk, typed: str, told: str) -> None:
    panel, button = check(desk, **{"When": "At a time", "Time in Europe/Berlin": typed})
    assert told in panel
    assert not button["visible"]


def test_a_clip_is_planned_again_and_again_as_the_form_says_it(sending: Desk) -> None:
    again: dict[str, Any] = {
        "When": times.AGAIN,
        "Time in Europe/Berlin": "2027-03-25 10:00:00",
        "How far apart": "Every week",
    }
    again |= {"How many times": 2, "Cover": cover_form.CHOSEN, "Second of the clip": 1.5, "Text": "Look at this"}
    _, panel, button, yes, *_ = sending.press("look button.click", **again)
    assert "Thu 25 Mar 2027, 10:00 (Europe/Berlin)" in panel
    assert "Thu 1 Apr 2027, 10:00 (Europe/Berlin)" in panel
    assert panel.count("What is posted of") == 1
    assert "Cover: <b>the picture at 1.5 s</b>" in panel
    assert (button["value"], yes["visible"]) == (f"Plan 2 posts of {NAME}", False)
    _, panel, *_ = sending.press("send button.click", **again)
    assert "2 posts of" in panel
    assert [(post.text, post.cover_ms, post.turn) for post in sending.posts()] == [
        ("Look at this", 1500, 2),
        ("Look at this", 1500, 1),
    ]


def test_a_thread_is_typed_with_empty_lines_between(desk: Desk) -> None:
    instagram = {"Lamps <i>daily</i> · TikTok": False, "Lamps today · Instagram": True}
    said = {"First comment": "One", "More comments": "Two\nlines\n \nThree", "When each is written": "5 minutes later"}
    panel, _ = check(desk, **instagram, **said)
    for told in (">One</blockquote>", ">Two\nlines</blockquote>", ">Three</blockquote>"):
        assert told in panel
    assert "And as comment 3, below that: (5 minutes later)" in panel


def test_what_becomes_of_a_name_in_a_text_is_said_by_the_form(desk: Desk) -> None:
    typed = [part["props"] for part in desk.visit.parts.values() if part["type"] == "textbox"]
    assert {part["info"] for part in typed if part.get("label") == "Text"} == set(fields.MENTIONS.values())


def test_a_draft_says_that_nothing_is_published(desk: Desk) -> None:
    panel, button = check(desk, When="As a draft in Postiz")
    assert "Nothing is published until you do so there." in panel
    assert button["value"] == f"Save as a draft of {NAME}"


# ── what became of the posts ─────────────────────────────────────────────────────────────────────────────────────


def a_post(**changes: Any) -> Post:
    return Post(
        **{
            "id": "p", "profile_id": "s", "clip_id": "c", "batch": "b", "server": "https://p.example",
            "channel": Channel(id="1", name="Lamps <i>", provider="tiktok"), "text": "", "when": "now",
            "publish_at": "2026-01-01T10:00:30.000Z", "state": "sent", "created_at": "2026-01-01T10:00:00+00:00",
            "updated_at": "2026-01-01T10:00:00+00:00",
        }
        | changes
    )  # fmt: skip


def row(**changes: Any) -> str:
    return pieces.post(listed_post(a_post(**changes)), "Europe/Berlin")


def listed_post(post: Post, *stale: str) -> ListedPost:
    return ListedPost(post=post, clip_title="Lamp <u>", stale=stale, to_do=to_do(post, stale))


def test_a_post_says_when_in_the_stores_time_and_in_utc() -> None:
    assert "Thu 1 Jan 2026, 11:00 (Europe/Berlin), that is Thu 1 Jan 2026, 10:00 (UTC)" in row()


def test_what_came_from_outside_is_escaped() -> None:
    told = row(note="<img>", link='https://x.example/"><script>', state="published")
    assert "<img>" not in told
    assert "<script>" not in told
    assert "<u>" not in told
    assert "<i>" not in told


def test_a_link_is_said_to_be_postizs() -> None:
    told = row(state="published", link="https://tiktok.example/1")
    assert 'href="https://tiktok.example/1"' in told
    assert "link given by Postiz" in told


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "//x.example", ""])
def test_what_is_no_web_address_is_no_link(link: str) -> None:
    assert "href" not in row(state="published", link=link)


def test_a_post_that_is_late_says_for_when_it_was_planned() -> None:
    told = row(state="published", meant_for="2026-01-01T09:00:00.000Z")
    assert "It went out late: it was planned for Thu 1 Jan 2026, 10:00 (Europe/Berlin)" in told


def a_series(**changes: Any) -> Series:
    run = DryRun(
        profile_id="s", profile_name="S", logo=None, server="https://p.example", clip_id="c", clip_title="Lamp",
        when="scheduled", publish_at="2027-01-01T10:00:00.000Z", local_time="", time_zone="Europe/Berlin",
        checked_at="2026-12-01T10:00:20+00:00", posts=(),
    )  # fmt: skip
    return Series(**{"profile_id": "s", "runs": (run,), "handed_over_by": "2026-12-01T10:00:20.000Z", **changes})


def test_a_plan_says_how_long_it_takes_to_hand_it_over_and_when_the_last_of_it_is() -> None:
    assert "within minutes" in pieces.handing_over(a_series())
    told = pieces.handing_over(a_series(handed_over_by="2026-12-01T13:00:20.000Z"))
    assert "up to 3 hours in which EditAI has to run" in told
    assert "Postiz has the last of it by Tue 1 Dec 2026, 14:00 (Europe/Berlin)" in told


def test_tiktoks_inbox_is_told_apart_from_published() -> None:
    assert "finish it there" in row(state="published", inbox=True)


def test_an_error_is_told_with_what_to_do() -> None:
    error = NoAnswer("postiz_no_answer", "Postiz did not answer.", "Look at the account.").as_dict()
    told = row(state="failed", error=error)
    assert "Postiz did not answer." in told
    assert "<b>What to do:</b> Look at the account." in told


def test_a_post_of_a_stale_clip_is_flagged_with_what_to_do() -> None:
    told = pieces.post(listed_post(a_post(), "the price", "the script"), "UTC")
    assert "Out of date: the price and the script changed since the clip was made." in told
    assert "It will not be sent like this." in told


@pytest.mark.parametrize(
    ("changes", "moves"),
    [
        ({"state": "planned"}, True),
        ({"state": "unknown"}, True),
        ({"state": "sent", "publish_at": "2026-01-01T10:00:00.000Z"}, True),
        ({"state": "sent", "when": "scheduled", "publish_at": "2999-01-01T10:00:00.000Z"}, False),
        ({"state": "sent", "when": "draft"}, False),
        ({"state": "published"}, False),
        ({"state": "failed"}, False),
    ],
)
def test_the_list_looks_again_by_itself_while_something_moves(changes: dict[str, Any], moves: bool) -> None:
    assert publish_posts.moving(a_post(**changes)) is moves


def test_the_list_looks_seldom_while_all_waits_and_never_where_nothing_will_happen_by_itself() -> None:
    waiting = a_post(when="scheduled", publish_at="2999-01-01T10:00:00.000Z")
    assert publish_posts.look_seconds([waiting, a_post(state="planned")]) == publish_posts.LOOK_SECONDS
    assert publish_posts.look_seconds([waiting, a_post(state="failed")]) == publish_posts.SELDOM_SECONDS
    assert publish_posts.look_seconds([a_post(state="published"), a_post(when="draft")]) == 0


@pytest.mark.parametrize("sent_at", [None, "2026-01-01T10:00:00+00:00"], ids=["never sent", "maybe out"])
def test_what_may_be_out_is_sent_again_only_after_a_warning(sending: Desk, sent_at: str | None) -> None:
    check(sending)
    sending.press("send button.click")
    (post,) = sending.posts()
    error = NoAnswer("postiz_no_answer", "It failed.", "").as_dict()
    failed = post.model_copy(update={"state": "failed", "error": error, "sent_at": sent_at})
    sending.running.shelf.outbox.keep([failed])
    sending.draw()
    assert ("Look at the account first" in sending.shown) is bool(sent_at)
    sending.press("retry button.click")
    assert [item.state for item in sending.posts()] == ["planned"]


@pytest.fixture
def mispriced(sending: Desk) -> Post:
    """A post that was held back because the product's page asks another price than its clip says."""
    check(sending)
    sending.press("send button.click")
    (post,) = sending.posts()
    error = Conflict("price_changed", "It says $49.99, and the page $39.99.", "Change it.").as_dict()
    failed = post.model_copy(update={"state": "failed", "error": error, "page_price": "$39.99"})
    (kept,) = sending.running.shelf.outbox.keep([failed])
    sending.draw()
    return kept


def test_a_price_that_the_page_has_and_the_clip_not_can_be_said_to_be_right(sending: Desk, mispriced: Post) -> None:
    retry = sending.visit.named("retry button.click")[-1]
    sending.visit.fire(retry, sending.profile.id)
    assert [(item.state, item.price_is_right) for item in sending.posts()] == [("planned", True)]


def test_a_price_that_the_page_has_and_the_clip_not_is_corrected_in_one_step(sending: Desk, mispriced: Post) -> None:
    shelf, profile = sending.running.shelf, sending.profile
    clip = shelf.store.clip(profile.id, mispriced.clip_id)
    product = products.keep(shelf, profile, shelf.journal.job(profile.id, clip.job_id).brief)
    shelf.delete_clip(profile.id, clip.id)
    shelf.store.add_clip(clip.model_copy(update={"project_id": product.id, "brief": product.brief}))
    shelf.outbox.insert([mispriced])
    sending.draw()
    assert "The page's price is right: make the clip again with $39.99" in [
        part["props"].get("value") for part in sending.visit.parts.values()
    ]
    correct = sending.visit.named("correct button.click")[-1]
    (told,) = sending.visit.fire(correct, profile.id)["output"]["data"]
    assert "The price is $39.99 now" in told
    job = shelf.journal.jobs(profile.id)[0]
    assert (job.project_id, job.brief.facts.price) == (product.id, "$39.99")
    assert job.brief.script == "Meet the lamp. It costs $39.99."
    assert shelf.store.project(profile.id, product.id).brief == job.brief
    shelf.journal.cancel(profile.id, job.id)


@pytest.mark.parametrize(
    ("changes", "can_be_changed"),
    [
        ({"state": "planned"}, True),
        ({"state": "sent", "when": "scheduled"}, True),
        ({"state": "sent", "when": "draft"}, True),
        ({"state": "sent", "when": "now"}, False),
        ({"state": "unknown"}, False),
        ({"state": "published"}, False),
        ({"state": "failed"}, False),
        ({"state": "cancelled"}, False),
    ],
)
def test_what_is_not_out_yet_can_be_changed(changes: dict[str, Any], can_be_changed: bool) -> None:
    assert changing.waits(a_post(**changes)) is can_be_changed


def test_the_post_that_was_picked_is_marked_in_the_calendar_and_no_other() -> None:
    day = date(2027, 2, 1)
    posts = [listed_post(a_post(id=name, publish_at="2027-02-01T10:00:00.000Z")) for name in ("one", "two")]
    shown = days(day, 7, posts, (), "UTC")
    drawn = calendar.grid("week", shown, day, day, picked="two")
    assert re.findall(r'data-post="(\w+)"[^>]*aria-pressed="true"', drawn) == ["two"]
    assert "aria-pressed" not in calendar.grid("week", shown, day, day, picked="")


def test_a_post_is_given_another_time_on_the_stores_clock_and_taken_back(sending: Desk) -> None:
    check(sending)
    sending.press("send button.click")
    sending.draw()
    sending.change()
    assert "Another lamp → Lamps <i>daily</i> · TikTok" in sending.shown
    sending.press("move button.click", **{"New time in Europe/Berlin": "2027-07-01 10:00:00"})
    assert [(item.when, item.publish_at) for item in sending.posts()] == [("scheduled", "2027-07-01T08:00:00.000Z")]
    sending.draw()
    assert "Thu 1 Jul 2027, 10:00 (Europe/Berlin)" in sending.shown
    sending.change()
    sending.press("take_back button.click")
    assert [item.state for item in sending.posts()] == ["cancelled"]


def test_a_button_that_is_seen_while_it_is_drawn_anew_acts_on_its_post(sending: Desk) -> None:
    check(sending)
    sending.press("send button.click")
    sending.draw()
    sending.change()
    (seen,) = sending.visit.named("take_back button.click")
    sending.change()
    assert sending.visit.fire(seen, sending.profile.id)["success"]
    assert [item.state for item in sending.posts()] == ["cancelled"]


@pytest.fixture
def plan(sending: Desk, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """What the form says of a plan of two clips that nobody else publishes."""
    (tmp_path / "more").mkdir()
    second = sending.running.clip(sending.profile, "A chair", tmp_path / "more")
    first = sending.running.shelf.store.clips(sending.profile.id)[1]
    sending.draw()
    yield {
        "Clips, in the order in which they go out": [first.id, second.id],
        "The first in Europe/Berlin": "2027-03-27 10:00:00",
        "The next ones": "Every day",
        "A little earlier or later each time, as a person would": False,
    }
    sending.running.shelf.delete_clip(sending.profile.id, second.id)


def test_several_clips_are_planned_in_one_go_after_a_check(sending: Desk, plan: dict[str, Any]) -> None:
    _, panel, button, *_ = sending.press("look_ahead button.click", **plan)
    assert "Sat 27 Mar 2027, 10:00 (Europe/Berlin)" in panel
    assert "Sun 28 Mar 2027, 10:00 (Europe/Berlin)" in panel
    assert button["visible"]
    assert sending.posts() == []
    sending.press("plan_them button.click", **plan)
    assert [item.publish_at for item in sending.posts()] == ["2027-03-28T08:00:00.000Z", "2027-03-27T09:00:00.000Z"]


def test_a_plan_takes_the_settings_of_a_channel_and_the_cover_of_a_clip(sending: Desk, plan: dict[str, Any]) -> None:
    chair = plan["Clips, in the order in which they go out"][1]
    where = {"Lamps <i>daily</i> · TikTok": False, "u/lamps · Reddit": True, "Community": "/r/lamps"}
    panel = sending.press("look_ahead button.click", **plan, **where)[1]
    assert "This community wants a flair: choose one. There are: Shop. (u/lamps: 2 clips)" in panel
    at = {"Choose a picture of": chair, "Second of the clip": 1.5}
    chooser, slider, _ = sending.press("open_clip dropdown.input", **at)
    assert (chooser["visible"], slider["maximum"]) == (True, 13.6)
    sending.press("keep button.click", **at)
    where |= {"Flair": '{"id": "f1", "name": "Shop"}', "First comment": "Hello"}
    _, panel, button, *_ = sending.press("look_ahead button.click", **plan, **where)
    assert (panel.count("Flair: <b>Shop</b>"), panel.count(">Hello</blockquote>")) == (2, 2)
    assert panel.count("Cover: <b>the picture at 1.5 s</b>") == 1
    assert button["visible"]
    sending.press("leave button.click", **at)
    assert "the picture at" not in sending.press("look_ahead button.click", **plan, **where)[1]


def test_a_plan_that_was_changed_after_its_check_is_not_made(sending: Desk, plan: dict[str, Any]) -> None:
    sending.press("look_ahead button.click", **plan)
    panel = sending.press("plan_them button.click", **{**plan, "The next ones": "Every week"})[1]
    assert "Something was changed after the check" in panel
    assert sending.posts() == []


def test_a_plan_takes_the_same_yeses_as_a_post_and_forgets_them_when_it_becomes_another(
    sending: Desk, plan: dict[str, Any]
) -> None:
    published(sending)
    _, panel, button, again, *_ = sending.press("look_ahead button.click", **plan)
    assert "was sent to" in panel
    assert (again["visible"], button["visible"]) == (True, False)
    said = {**plan, AGAIN: True}
    assert sending.press("look_ahead button.click", **said)[2]["visible"]
    _, _, button, again, *_ = sending.press("compare checkbox.change", **{**said, "The next ones": "Every week"})
    assert (again["value"], button["visible"]) == (False, False)
    sending.press("look_ahead button.click", **said)
    sending.press("plan_them button.click", **said)
    assert len(sending.posts()) == 3


def test_a_plan_of_nothing_says_what_is_missing(sending: Desk, plan: dict[str, Any]) -> None:
    _, panel, button, *_ = sending.press(
        "look_ahead button.click", **{**plan, "Clips, in the order in which they go out": []}
    )
    assert "No clip was chosen" in panel
    assert not button["visible"]


def published(sending: Desk) -> Post:
    """The post of the clip that is chosen, out in the account."""
    check(sending)
    sending.press("send button.click")
    (post,) = sending.posts()
    out = {"state": "published", "remote_id": "r", "sent_at": post.created_at, "publish_at": "2026-03-29T08:00:00.000Z"}
    (kept,) = sending.running.shelf.outbox.keep([post.model_copy(update=out)])
    return kept


def test_what_is_published_is_taken_off_the_list_after_it_was_said_that_it_stays(sending: Desk) -> None:
    published(sending)
    sending.draw()
    assert "It stays published on Lamps <i>daily</i>" in sending.shown
    sending.press("unlink button.click")
    assert [item.unlinked for item in sending.posts()] == [True]
    sending.draw()
    assert "No posts of" in sending.shown


def narrowed(sending: Desk, **typed: Any) -> None:
    """Set the filters, and draw what they leave."""
    told = []
    for name in ("narrow radio.input", "look timer.tick", "apply state.change"):
        for event in sending.visit.named(name):
            told.append(sending.visit.fire(event, sending.profile.id, typed={**FILTERS, **typed}))
    drawn = [part for answer in told for part in (answer["output"].get("render_config") or {}).get("components", ())]
    sending.shown = unescape("\n".join(str(part["props"].get("value")) for part in drawn))


FILTERS = {"View": "List", "Show": "All posts", "Platform": "", "Channel": "", "Clip": "", "From": None, "To": None}


def test_what_is_shown_is_what_the_filters_leave(sending: Desk) -> None:
    published(sending)
    sending.draw()  # what there is to choose from is told when the tab is opened
    narrowed(sending, Show="Published", Platform="tiktok", From="2026-03-29", To="2026-03-29")
    assert "Another lamp →" in sending.shown
    narrowed(sending, Show="Failed")
    assert "No post fits these filters" in sending.shown
    narrowed(sending, View="Week")
    assert 'class="calendar week"' in sending.shown
    narrowed(sending)
    assert "Another lamp →" in sending.shown


def test_the_list_is_drawn_again_only_where_something_changed(sending: Desk) -> None:
    check(sending)
    sending.press("send button.click")
    (look,) = sending.visit.named("look timer.tick")
    first, second = (sending.visit.fire(look, sending.profile.id)["output"] for _ in range(2))
    assert first["changed_state_ids"]
    assert not second["changed_state_ids"]


def test_opening_the_tab_again_keeps_what_was_typed(desk: Desk) -> None:
    (again,) = desk.visit.named("again tabitem.select")
    (ask,) = desk.visit.named("ask state.change")
    desk.visit.fire(again, desk.profile.id)
    assert desk.visit.fire(ask, desk.profile.id)["output"]["changed_state_ids"] == []


def test_a_channels_picture_is_shown_from_this_machine(desk: Desk) -> None:
    shown = pieces.picture(Channel(id="1", name="x", provider="tiktok", picture="https://cdn.example/x"), "/f")
    assert shown == '<img class="face" src="/f" alt="">'
    assert "cdn.example" not in desk.shown
