"""Whatever the way in, another store's things are 403 or 404 and never data.

What there is to try is read off the app that runs. An endpoint, an argument, an event of the page or an input of one
that has no line in the tables here fails: whoever adds it says what of it carries an id.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from editai.library import LOCAL_OWNER
from editai.library.store import FIRST_PROFILE
from editai.ui.context import HEADLINES
from tests.conftest import BOX
from tests.postiz.fixtures import postiz_server
from tests.ui.conftest import Running
from tests.ui.strangers import (
    CARRY_IDS,
    DRAWING,
    HELD,
    NOWHERE,
    TYPED,
    Asking,
    Shop,
    Visit,
    ask,
    config,
    foreign,
    mine,
    my_other,
)

__all__ = ["ask", "config", "foreign", "mine", "my_other", "postiz_server"]

UPLOAD = "an upload"
"""Stands for a file that was uploaded."""


@dataclass(frozen=True)
class Line:
    """Which arguments of an endpoint carry an id, by what they are called; the others with a value that is as good as
    any."""

    ids: tuple[str, ...] = ()
    others: Mapping[str, object] = field(default_factory=dict)


KIT = (
    "description",
    "language",
    "voice",
    "caption_style",
    "emphasise",
    "colours",
    "font",
    "format",
    "call_to_action",
    "hashtags",
    "time_zone",
    "music_folder",
    "when_voice_fails",
    "speed",
    "monthly_budget_usd",
    "seconds",
    "writer",
    "market",
    "when_claim_fails",
    "lexicon",
    "commercial",
    "joint",
    "source_sound",
    "price_badge",
    "end_card",
    "logo_in_clips",
    "logo_place",
    "logo_margin_px",
    "files_online",
)
FACTS = {"title": "Lamp", "price": "", "points": None, "url": "", "lowest_price_30d": "", "proofs": None}  # fmt: skip
YES = {"confirm": True}
ENDPOINTS: dict[str, Line] = {
    "produce": Line(
        ("project", "profile"),
        {"video": UPLOAD, "script": "Hello there.", "title": "", "price": "", "points": None, "voice": "",
         "caption_style": "", "format": "", "hook_card": None, "seed": 0, "more_videos": None, "url": "",
         "language": "", "seconds": None, "writer": "", "lowest_price_30d": "", "proofs": None, "on_screen": "",
         "posts": None, "ai_script": None, "ai_visual": None, "paid_partnership": None,
         "more_formats": None, "variants": 1, "platforms": None, "music": None,
         "without_music": False, "source_sound": "", "tighten": None, "joint": "", "price_badge": None,
         "end_card": None, "logo": None, "quality": "", "encoder": "", "captions_burned": None,
         "emphasise": None, "translate_to": None, "burned_language": None},
    ),
    "estimate": Line(
        ("project", "profile"),
        {**FACTS, "video": UPLOAD, "script": "Hello there.", "voice": "", "caption_style": "", "format": "",
         "seed": 0, "more_videos": None, "language": "", "seconds": None, "writer": "", "platforms": None,
         "more_formats": None, "variants": 1, "translate_to": None, "burned_language": None},
    ),
    "batch": Line(("profile",), {"feed": UPLOAD, "media": None, "currency": "", "confirm": True}),
    "batch_progress": Line(("batch", "profile")),
    "retry_batch": Line(("batch", "profile")),
    "cancel_batch": Line(("batch", "profile")),
    "coverage": Line(("profile",)),
    "jobs": Line(("profile",)),
    "job": Line(("job", "profile")),
    "cancel": Line(("job", "profile")),
    "retry": Line(("job", "profile")),
    "pause_queue": Line((), {"paused": False}),
    "clips": Line(("profile",)),
    "clip": Line(("clip", "profile")),
    "clean_clip": Line(("clip", "profile")),
    "caption_styles": Line(),
    "captions": Line(("clip", "profile"), {"edits": None}),
    "preview_captions": Line(("clip", "profile"), {"cue": 0, "word": 0, "edits": None, "covered": None}),
    "edit_captions": Line(("clip", "profile"), {"edits": []}),
    "render": Line(("clip", "profile"), {"quality": "draft", "encoder": "", "captions_burned": None}),
    "voices": Line(("profile",)),
    "engines": Line(("profile",)),
    "preview_voice": Line(("profile",), {"text": "Hello there.", "voice": "", "language": ""}),
    "fetch_voices": Line(("profile",)),
    "cloned_voices": Line(("profile",)),
    "clone_voice": Line(
        ("profile",), {"sample": UPLOAD, "name": "Mine now", "language": "en", "whose": "Me", "said_by": "Me"}
    ),
    "rename_voice": Line(("clone", "profile"), {"name": "Mine now"}),
    "delete_voice": Line(("clone", "profile"), YES),
    "accept_licence": Line(("profile",), {"engine": "xtts", "stated": ""}),
    "withdraw_licence": Line(("profile",), {"engine": "xtts"}),
    "read_page": Line((), {"url": "http://127.0.0.1:1/"}),
    "read_feed": Line(("profile",), {"feed": UPLOAD, "currency": ""}),
    "write_script": Line(
        ("profile",),
        {**FACTS, "voice": "", "language": "", "seconds": None, "writer": "", "seed": 0, "video": None,
         "translate_to": None},
    ),
    "check_script": Line(("profile",), {**FACTS, "script": "Meet the lamp.", "voice": "", "language": "",
                                      "translate_to": None}),
    "connect_language_model": Line(
        ("profile",),
        {"url": "http://127.0.0.1:1/v1", "model": "m", "key": "", "sees": False, "usd_in": 0.0, "usd_out": 0.0},
    ),
    "forget_language_model": Line(("profile",), YES),
    "projects": Line(("profile",)),
    "project": Line(("project", "profile")),
    "update_project": Line(
        ("project", "profile"),
        {"script": "Mine now.", "title": "Mine now", "price": None, "points": None, "url": None,
         "caption_style": None},
    ),
    "copy_project": Line(("project", "profile"), {"into_profile": FIRST_PROFILE}),
    "delete_project": Line(("project", "profile"), YES),
    "profiles": Line(),
    "profile": Line(("profile",)),
    "create_profile": Line((), {"name": ""}),
    "update_profile": Line(("profile",), {"name": "Mine now", **dict.fromkeys(KIT)}),
    "set_default_profile": Line(("profile",)),
    "delete_profile": Line(("profile",), {"confirm_name": ""}),
    "export_profile": Line(("profile",)),
    "import_profile": Line((), {"document": UPLOAD}),
    "set_logo": Line(("profile",), {"logo": UPLOAD}),
    "remove_logo": Line(("profile",), YES),
    "fonts": Line(("profile",)),
    "add_font": Line(("profile",), {"font": UPLOAD}),
    "remove_font": Line(("font", "profile"), YES),
    "test_connection": Line((), {"url": "http://127.0.0.1:1", "key": "a key of nobody"}),
    "connect_postiz": Line(("profile",), {"url": "http://127.0.0.1:1", "key": "a key of nobody"}),
    "disconnect_postiz": Line(("profile",), YES),
    "keep_voice_key": Line(("profile",), {"key": "a key of nobody"}),
    "forget_voice_key": Line(("profile",), YES),
    "costs": Line(("profile",)),
    "channels": Line(("profile",)),
    "suggest_post": Line(("clip", "channel", "profile"), {"writer": "template"}),
    "publish": Line(
        ("clip", "channels", "profile"),
        {"texts": None, "comments": None, "settings": None, "when": "now", "at": "", "again": True, "mixed": True,
         "price_is_right": True, "music_licence": "", "cover_s": None, "alt": "", "comment_delay_min": 0,
         "confirm": True},
    ),
    "publish_series": Line(
        ("clips", "channels", "profile"),
        {"first_at": "2999-01-01T10:00", "every_hours": 24, "jitter_minutes": 0, "seed": 0, "settings": None,
         "comments": None, "comment_delay_min": 0, "own": None, "again": True, "mixed": True, "price_is_right": True,
         "music_licence": "", "confirm": True},
    ),
    "publish_repeat": Line(
        ("clip", "channels", "profile"),
        {"first_at": "2999-01-01T10:00", "every_days": 7, "count": 4, "jitter_minutes": 0, "seed": 0, "texts": None,
         "comments": None, "settings": None, "cover_s": None, "alt": "", "comment_delay_min": 0, "mixed": True,
         "price_is_right": True, "music_licence": "", "confirm": True},
    ),
    "posts": Line(
        ("clip", "channel", "profile"),
        {"states": None, "provider": "", "since": "", "until": "", "needs_owner": False, "unlinked": False,
         "limit": 1000, "offset": 0},
    ),
    "unlink_post": Line(("post", "profile"), YES),
    "analytics": Line(("profile",), {"by": "clip", "days": 30, "figure": ""}),
    "post": Line(("post", "profile")),
    "retry_post": Line(("post", "profile"), {"price_is_right": False, **YES}),
    "setting_choices": Line(("channel", "profile"), {"setting": "board", "word": ""}),
    "free_slot": Line(("channel", "profile")),
    "move_post": Line(("post", "profile"), {"at": "2999-01-01T10:00", **YES}),
    "cancel_post": Line(("post", "profile"), YES),
}  # fmt: skip
WITH_PROFILE = sorted(name for name, line in ENDPOINTS.items() if "profile" in line.ids)
WITHOUT_PROFILE = sorted(ENDPOINTS.keys() - WITH_PROFILE)
OF_A_STORE = sorted((name, item) for name, line in ENDPOINTS.items() for item in line.ids if item != "profile")


@pytest.fixture(scope="module")
def upload(running: Running) -> dict[str, Any]:
    return running.upload("box.mp4", BOX.read_bytes())


@pytest.fixture(autouse=True)
def nothing_of_theirs_changes(running: Running, my_other: Shop, foreign: Shop) -> Iterator[None]:
    before = [shop.fingerprint(running.shelf) for shop in (my_other, foreign)]
    yield
    assert [shop.fingerprint(running.shelf) for shop in (my_other, foreign)] == before


@pytest.fixture
def arguments(mine: Shop, upload: dict[str, Any]) -> Any:
    """What is sent to an endpoint: everything of the own store, and what `changed` says."""

    def make(endpoint: str, **changed: Any) -> dict[str, Any]:
        line = ENDPOINTS[endpoint]
        others = {name: upload if value is UPLOAD else value for name, value in line.others.items()}
        return {**others, **{name: mine.id(name) for name in line.ids}, **changed}

    return make


def as_sent(argument: str, of: Shop | None) -> Any:
    """The id that an argument carries for a store, or one that nothing has."""
    if of is None:
        return [NOWHERE] if argument in {"channels", "clips"} else NOWHERE
    return of.id(argument)


# ── endpoints ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_endpoint_and_every_argument_has_its_line(ask: Asking) -> None:
    told = {f"{name}({argument})" for name, known in ask.offered.items() for argument in ("", *known)}
    listed = {f"{name}({item})" for name, line in ENDPOINTS.items() for item in ("", *line.ids, *line.others)}
    assert told - listed == set()
    assert listed - told == set()


@pytest.mark.parametrize("endpoint", WITH_PROFILE)
def test_somebody_elses_store_is_403(ask: Asking, arguments: Any, foreign: Shop, endpoint: str) -> None:
    theirs = {name: foreign.id(name) for name in ENDPOINTS[endpoint].ids}
    for title, answer in (
        ask.http(endpoint, arguments(endpoint, profile=foreign.profile.id)),
        ask.http(endpoint, arguments(endpoint, **theirs)),
        ask.http(endpoint, arguments(endpoint, profile=""), foreign.profile.id),
        ask.client(endpoint, arguments(endpoint, profile=""), foreign.profile.id),
    ):
        assert title == "403 profile_forbidden"
        assert foreign.seen_in(answer) == []


@pytest.mark.parametrize("endpoint", WITH_PROFILE)
def test_a_store_that_is_made_up_is_404(ask: Asking, arguments: Any, foreign: Shop, endpoint: str) -> None:
    for title, answer in (
        ask.http(endpoint, arguments(endpoint, profile=NOWHERE)),
        ask.http(endpoint, arguments(endpoint, profile=foreign.profile.name)),
        ask.http(endpoint, arguments(endpoint, profile=""), NOWHERE),
    ):
        assert title == "404 profile_not_found"
        assert foreign.seen_in(answer) == []


@pytest.mark.parametrize(("endpoint", "argument"), OF_A_STORE)
def test_what_is_another_stores_is_404(
    ask: Asking, arguments: Any, mine: Shop, my_other: Shop, foreign: Shop, endpoint: str, argument: str
) -> None:
    theirs, strangers, nobodys = (
        arguments(endpoint, **{argument: as_sent(argument, shop)}) for shop in (my_other, foreign, None)
    )
    for title, answer in (
        ask.http(endpoint, theirs),
        ask.http(endpoint, theirs | {"profile": ""}, mine.profile.id),
        ask.client(endpoint, theirs | {"profile": ""}, mine.profile.id),
        ask.http(endpoint, strangers),
        ask.http(endpoint, nobodys),
    ):
        assert re.fullmatch(r"404 \w+_not_found", title)
        assert my_other.seen_in(answer) == foreign.seen_in(answer) == []


@pytest.mark.parametrize("endpoint", WITHOUT_PROFILE)
def test_what_takes_no_store_tells_nothing_of_somebody_elses(
    ask: Asking, arguments: Any, foreign: Shop, endpoint: str
) -> None:
    for way in (ask.http, ask.client):
        _, answer = way(endpoint, arguments(endpoint), foreign.profile.id)
        assert foreign.seen_in(answer) == []


def test_a_product_is_copied_into_no_store_but_ones_own(ask: Asking, arguments: Any, foreign: Shop) -> None:
    for into, title in ((foreign.profile.id, "403 profile_forbidden"), (NOWHERE, "404 profile_not_found")):
        said, answer = ask.http("copy_project", arguments("copy_project", into_profile=into))
        assert said == title
        assert foreign.seen_in(answer) == []


# ── the page's own events ────────────────────────────────────────────────────────────────────────────────────────

CHOICES = {
    ("dropdown", "Language"),
    ("dropdown", "Shape"),
    ("dropdown", "Style"),
    ("dropdown", "Time zone"),
    ("radio", "Font"),
    ("dropdown", "Voice"),
    ("radio", "Caption style"),
    ("radio", "When"),
    ("radio", "The next ones"),
    ("radio", "View"),
    ("radio", "By"),
    ("radio", "How far apart"),
    ("dropdown", "When each is written"),
    ("radio", "Posts of the last"),
    ("dropdown", "Count"),
    ("dropdown", "Show"),
    ("dropdown", "Platform"),
    ("checkboxgroup", "Clips, in the order in which they go out"),
    ("dropdown", "If the voice cannot speak"),
    ("dropdown", "Who writes where you give no script"),
    ("dropdown", "Length"),
    ("dropdown", "Where you sell"),
    ("dropdown", "What cannot be shown to be true"),
    ("dropdown", "Voice to hear"),
    ("dropdown", "Language of the recording"),
    ("dropdown", "Engine"),
    ("dropdown", "Product of the feed"),
    ("checkboxgroup", "Shape"),
    ("dropdown", "Made for"),
    ("dropdown", "Quality"),
    ("dropdown", "Encoder"),
    ("dropdown", "Music"),
    ("dropdown", "The videos' own sound"),
    ("dropdown", "From shot to shot"),
    ("dropdown", "Subtitle files in other languages too"),
    ("dropdown", "Language of the captions in the picture"),
    ("dropdown", "Where"),
    ("dropdown", "Show what is covered on"),
    ("dropdown", "Licence of the music"),
    ("radio", "Cover"),
}
"""Choices of the page that are the same for every store."""
COMPARED = {("html", "")}
"""What the page says that it shows: it is compared with what there is to show, and nothing is looked up by it."""
PAGE = {
    "about state.change": "refused",
    "accept button.click": "refused",
    "add_font uploadbutton.upload": "refused",
    "again tabitem.select": "refused",
    "apply state.change": "refused",
    "ask state.change": "refused",
    "at_work state.change": "refused",
    "at_work timer.tick": "refused",
    "bring accordion.expand": "refused",
    "bring_up state.change": "refused",
    "cancel button.click": "held",
    "cancel_batch button.click": "refused",
    "check_feed button.click": "refused",
    "choose gallery.select": "refused",
    "choose_row dropdown.input": "nothing",
    "choose_variant html.select": "refused",
    "choose_word dataframe.select": "refused",
    "clone button.click": "refused",
    "connect button.click": "refused",
    "copy button.click": "refused",
    "cover button.click": "refused",
    "create button.click": "nothing",
    "delete button.click": "refused",
    "delete_clone button.click": "refused",
    "disconnect button.click": "refused",
    "draw_clean button.click": "refused",
    "draw_cue dropdown.input": "refused",
    "draw_cue state.change": "refused",
    "drafted textbox.change": "nothing",
    "edit button.click": "refused",
    "edit textbox.submit": "refused",
    "export button.click": "refused",
    "fetch_voices button.click": "refused",
    "fetch_voices page.success": "refused",
    "follow state.change": "held",
    "hear_voice button.click": "refused",
    "glance tabitem.select": "refused",
    "forget_key button.click": "refused",
    "forget_writer button.click": "refused",
    "import uploadbutton.upload": "nothing",
    "keep_key button.click": "refused",
    "keep_writer button.click": "refused",
    "kit tabitem.select": "refused",
    "lambda radio.input": "nothing",
    "lambda textbox.change": "nothing",
    "look textbox.change": "refused",
    "look timer.tick": "refused",
    "make_default button.click": "refused",
    "narrow radio.input": "refused",
    "offer_clean state.change": "refused",
    "open_captions state.change": "refused",
    "open_product dropdown.input": "refused",
    "opened page.load": "default",
    "pause button.click": "nothing",
    "preview file.change": "refused",
    "preview page.success": "refused",
    "read_feed file.change": "refused",
    "read_page button.click": "nothing",
    "read_script button.click": "refused",
    "read_script state.change": "refused",
    "remove_font button.click": "refused",
    "remove_logo button.click": "refused",
    "render_again button.click": "refused",
    "rename_clone button.click": "refused",
    "retry_batch button.click": "refused",
    "sample button.click": "refused",
    "resume button.click": "nothing",
    "save button.click": "refused",
    "set_budget button.click": "refused",
    "set_logo uploadbutton.upload": "refused",
    "speaks dropdown.input": "refused",
    "start button.click": "refused",
    "start page.success": "refused",
    "start_batch button.click": "refused",
    "stays page.success": "refused",
    "switched dropdown.change": "refused",
    "take_to_publish html.publish": "refused",
    "test button.click": "refused",
    "test_kept page.success": "refused",
    "total dropdown.input": "refused",
    "total page.success": "refused",
    "undo button.click": "refused",
    "watch_batch timer.tick": "refused",
    "what_goes accordion.expand": "refused",
    "write button.click": "refused",
}
"""Every event of the page, and what it does with another store's ids: "refused" says 403 or 404; "default" goes on
with the default store; "held" looks only at what the app itself holds of this visit; "nothing" finds nothing by an
id."""
SAID = {"Script (optional)": "Meet the lamp."}
"""What is typed, so that there is something to draw."""
DRAWN = {
    "begin button.click": "refused",
    "change textbox.blur": "nothing",
    "choose button.click": "refused",
    "compare checkbox.change": "held",
    "frame radio.change": "refused",
    "correct button.click": "refused",
    "lambda button.click": "nothing",
    "lambda checkbox.change": "nothing",
    "lambda datetime.change": "nothing",
    "chosen radio.change": "nothing",
    "lambda textbox.change": "nothing",
    "draw_frame slider.release": "refused",
    "hear button.click": "own",
    "keep button.click": "nothing",
    "leave button.click": "nothing",
    "open_clip dropdown.input": "refused",
    "look button.click": "refused",
    "look_ahead button.click": "refused",
    "plan_them button.click": "refused",
    "move button.click": "refused",
    "next_slot button.click": "refused",
    "unlink button.click": "refused",
    "take_back button.click": "refused",
    "retry button.click": "refused",
    "send button.click": "refused",
    "write_texts button.click": "refused",
}
"""The same for the events of what is drawn for one store: its jobs, its form, its posts, its script. "own" holds
nothing of the store it was drawn for and works for the one that is chosen, where that is the owner's."""


def named(kind: str, table: Mapping[str, str]) -> list[str]:
    return sorted(name for name, does in table.items() if does == kind)


@pytest.fixture
def visit(running: Running, config: dict[str, Any]) -> Iterator[Visit]:
    with Visit(running, config) as here:
        yield here


@pytest.fixture(scope="module")
def drawn(running: Running, config: dict[str, Any], my_other: Shop) -> Iterator[Visit]:
    """A visit in which everything of the owner's other store was drawn; its events are those of the drawings."""
    with Visit(running, config) as here:
        before = list(here.events)
        for name in DRAWING:
            for event in here.named(name):
                assert here.fire(event, my_other.profile.id, typed=SAID)["success"]
        (begin,) = here.named("begin button.click")
        assert here.fire_and_draw(begin, my_other.profile.id)["success"]
        here.events = [event for event in here.events if event not in before]
        yield here


def says(answer: Mapping[str, Any], status: int) -> bool:
    """Whether the page shows the headline of errors of this status."""
    return HEADLINES[status] in json.dumps(answer["output"])


def unknown_inputs(visit: Visit) -> set[tuple[str, str]]:
    """Inputs of which nobody said whether they carry ids."""
    found = {item for event in visit.events for item in visit.inputs(event) if item[0] not in HELD | TYPED}
    return found - CARRY_IDS - CHOICES - COMPARED


def test_every_event_of_the_page_has_its_line(visit: Visit) -> None:
    assert {visit.name(event) for event in visit.events} == PAGE.keys()
    assert unknown_inputs(visit) == set()


def test_every_event_of_what_is_drawn_has_its_line(drawn: Visit) -> None:
    assert {drawn.name(event) for event in drawn.events} == DRAWN.keys()
    assert unknown_inputs(drawn) == set()


@pytest.fixture(scope="module")
def of_theirs(running: Running, config: dict[str, Any], foreign: Shop) -> Iterator[Visit]:
    """A visit whose header names somebody else's store."""
    with Visit(running, config, foreign.profile.id) as here:
        yield here


@pytest.fixture(scope="module")
def of_anybody(running: Running, config: dict[str, Any]) -> Iterator[Visit]:
    """A visit that goes on from one event to the next, as a browser's does."""
    with Visit(running, config) as here:
        yield here


@pytest.mark.parametrize("name", named("refused", PAGE))
def test_an_event_of_the_page_refuses_a_store_that_is_not_ones_own(
    of_anybody: Visit, of_theirs: Visit, foreign: Shop, upload: dict[str, Any], name: str
) -> None:
    for visit, store, status in (
        (of_anybody, foreign.profile.id, 403),
        (of_theirs, "", 403),
        (of_anybody, NOWHERE, 404),
    ):
        for event in visit.named(name):
            answer = visit.fire(event, store, [upload])
            assert says(answer, status)
            assert foreign.seen_in(json.dumps(answer)) == []


@pytest.mark.parametrize("name", named("held", PAGE) + named("nothing", PAGE))
def test_an_event_that_looks_at_no_id_of_the_browsers_tells_nothing(
    visit: Visit, foreign: Shop, upload: dict[str, Any], name: str
) -> None:
    for event in visit.named(name):
        assert foreign.seen_in(json.dumps(visit.fire(event, foreign.profile.id, [upload]))) == []


@pytest.mark.parametrize("name", named("default", PAGE))
def test_a_store_that_the_browser_only_remembers_gives_the_default_one(
    running: Running, visit: Visit, foreign: Shop, name: str
) -> None:
    for event in visit.named(name):
        answer = visit.fire(event, foreign.profile.id)
        assert answer["output"]["data"][0]["value"] == running.shelf.store.default_profile(LOCAL_OWNER).id
        assert foreign.seen_in(json.dumps(answer)) == []


@pytest.mark.parametrize("name", named("refused", DRAWN))
def test_what_was_drawn_for_one_store_does_nothing_in_another(
    drawn: Visit, mine: Shop, my_other: Shop, foreign: Shop, name: str
) -> None:
    checks = {
        "send button.click": drawn.named("look button.click"),
        "plan_them button.click": drawn.named("look_ahead button.click"),
    }
    events = drawn.named(name)
    before = checks.get(name, [None] * len(events))
    for store, statuses in ((mine.profile.id, (403, 404)), (foreign.profile.id, (403,)), (NOWHERE, (404,))):
        for event, check in zip(events, before, strict=True):
            if check is not None:
                drawn.fire(check, my_other.profile.id)  # else there would be nothing to send
            answer = drawn.fire(event, store)
            assert any(says(answer, status) for status in statuses)
            assert my_other.seen_in(json.dumps(answer)) == foreign.seen_in(json.dumps(answer)) == []


@pytest.mark.parametrize("name", named("own", DRAWN))
def test_what_was_drawn_works_for_no_store_but_ones_own(drawn: Visit, foreign: Shop, name: str) -> None:
    for store, status in ((foreign.profile.id, 403), (NOWHERE, 404)):
        for event in drawn.named(name):
            answer = drawn.fire(event, store)
            assert says(answer, status)
            assert foreign.seen_in(json.dumps(answer)) == []


def test_a_clip_that_the_page_holds_of_another_store_is_404(visit: Visit, mine: Shop, my_other: Shop) -> None:
    (again,), (choose,) = visit.named("again tabitem.select"), visit.named("choose gallery.select")
    assert my_other.seen_in(json.dumps(visit.fire(again, my_other.profile.id)))
    answer = visit.fire(choose, mine.profile.id)
    assert says(answer, 404)
    assert my_other.seen_in(json.dumps(answer)) == []
