"""The Profiles tab, by its own functions as the page calls them: on the store that is seen, and what changed alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from editai import products, profiles
from editai.library import LOCAL_OWNER
from editai.models import Profile
from editai.ui.profiles.pieces import ink_on
from editai.ui.profiles.shown import LABELS, as_hex, as_text, values
from tests.fonts import font
from tests.postiz.fixtures import *  # noqa: F403
from tests.postiz.server import Workspace
from tests.ui.conftest import Running

NewStore = Callable[[], Profile]
KEY = "sk_0123456789abcdef-SECRET"


def kept(running: Running, store: Profile) -> Profile:
    return running.shelf.store.profile(LOCAL_OWNER, store.id)


def form(store: Profile, **changed: Any) -> list[Any]:
    """What the page sends of a form in which some fields were changed: the store, the form as shown, the fields."""
    return [store.id, as_text(store), *(values(store) | changed).values()]


def said(answer: dict[str, Any]) -> str:
    return json.dumps(answer["output"], ensure_ascii=False)


def shown(answer: dict[str, Any]) -> str:
    """The HTML of what took a while."""
    (late,) = answer["output"]["data"]
    return str(json.loads(late)["html"])


# ── the brand kit ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_form_shows_every_field_that_can_be_changed_there(running: Running) -> None:
    assert list(values(running.mine)) == list(LABELS)


def test_saving_changes_what_was_changed_and_nothing_else(running: Running, new_store: NewStore) -> None:
    store = new_store()
    sent = form(store, highlight="rgba(92.4, 240, 138, 1)", hashtags="lamps #home lamps")
    meanwhile = profiles.update(running.shelf, LOCAL_OWNER, store.id, {"call_to_action": "Written elsewhere"})
    assert running.click("save", sent)["success"]
    after = kept(running, store).kit
    assert after.colours.highlight == "#5CF08A"
    assert after.hashtags == ("#lamps", "#home")
    assert after.call_to_action == meanwhile.kit.call_to_action


def test_a_form_that_is_as_it_was_shown_changes_nothing(running: Running, new_store: NewStore) -> None:
    store = new_store()
    assert running.click("save", form(store))["success"]
    assert kept(running, store) == store


def test_what_is_not_saved_yet_is_said_by_its_names(running: Running, new_store: NewStore) -> None:
    _, *rest = form(new_store(), text="#ff0000", speed=1.2)
    assert "Not saved yet</i> text colour, speed" in said(running.click("drafted", rest)).replace('\\"', '"')


def test_a_field_that_cannot_be_is_refused_in_words_and_nothing_is_kept(running: Running, new_store: NewStore) -> None:
    store = new_store()
    answer = running.click("save", form(store, hashtags="#desk-lamp", description="Light"))
    assert not answer["success"]
    assert "is no hashtag" in said(answer)
    assert kept(running, store) == store


def test_a_form_that_shows_no_store_saves_nothing(running: Running) -> None:
    answer = running.click("save", ["", *form(running.mine, name="Mine no more")[1:]])
    assert "Reload the page." in said(answer)
    assert kept(running, running.mine).name == running.mine.name


@pytest.mark.parametrize(
    ("picked", "colour"),
    [
        ("#ffcf33", "#FFCF33"),
        ("#fc3", "#FFCC33"),
        ("rgb(255, 207, 51)", "#FFCF33"),
        ("rgba(255, 206.6, 51.2, 0.5)", "#FFCF33"),
        ("red; }", "red; }"),
        (None, ""),
    ],
)
def test_what_a_colour_picker_gives_is_read(picked: str | None, colour: str) -> None:
    assert as_hex(picked) == colour


@pytest.mark.parametrize(("colour", "ink"), [("#FFCF33", "#000000"), ("#0C3B66", "#FFFFFF"), ("#777777", "#000000")])
def test_a_letter_on_the_stores_colour_can_be_read(colour: str, ink: str) -> None:
    assert ink_on(colour) == ink


@pytest.mark.slow
def test_the_preview_follows_the_form_and_says_what_is_not_saved(running: Running, new_store: NewStore) -> None:
    store = new_store()
    pictures = []
    for changes in ({}, {"caption_style": "brand", "highlight": "#5cf08a"}):
        html = shown(running.click("look", form(store, **changes)))
        assert ("Not saved yet" in html) is bool(changes)
        picture = httpx.get(running.url + html.partition('<img src="')[2].partition('"')[0])
        assert picture.headers["content-type"] == "image/jpeg"
        pictures.append(picture.content)
    assert pictures[0] != pictures[1]


def test_a_preview_that_cannot_be_says_why_in_its_place(running: Running, new_store: NewStore) -> None:
    html = shown(running.click("look", form(new_store(), text="blue")))
    assert "The colours are" in html
    assert "Traceback" not in html


def test_a_logo_is_kept_at_once_and_seen_above_the_tabs(running: Running, new_store: NewStore, tmp_path: Path) -> None:
    store = new_store()
    Image.new("RGB", (40, 40), "#147863").save(tmp_path / "logo.png")
    sent = running.upload("logo.png", (tmp_path / "logo.png").read_bytes())
    answer = running.click("set_logo", [store.id, sent])
    assert kept(running, store).kit.logo
    mark = answer["output"]["data"][1]
    assert f'class="store-mark" data-store="{store.id}"' in mark
    assert httpx.get(running.url + mark.partition('<img src="')[2].partition('"')[0]).status_code == 200
    assert running.click("remove_logo", [store.id])["success"]
    assert kept(running, store).kit.logo is None


def test_a_font_is_kept_at_once_and_can_be_chosen_then(running: Running, new_store: NewStore) -> None:
    store = new_store()
    answer = running.click("add_font", [store.id, running.upload("acme.ttf", font())])
    offered, own, remove = answer["output"]["data"]
    assert offered["choices"][-1] == ["Acme", "Acme"]
    assert (own["value"], own["visible"], remove["visible"]) == ("Acme", True, True)
    assert running.click("save", form(kept(running, store), font="Acme"))["success"]
    assert kept(running, store).kit.font == "Acme"


def test_the_font_of_the_store_is_not_removed_before_another_is_chosen(running: Running, new_store: NewStore) -> None:
    store = new_store()
    running.click("add_font", [store.id, running.upload("acme.otf", font(cff=True))])
    running.click("save", form(kept(running, store), font="Acme"))
    assert "Choose another font" in said(running.click("remove_font", [store.id, "Acme"]))
    running.click("save", form(kept(running, store), font="Anton"))
    offered, own, remove = running.click("remove_font", [store.id, "Acme"])["output"]["data"]
    assert ["Acme", "Acme"] not in offered["choices"]
    assert (own["visible"], remove["visible"]) == (False, False)
    assert kept(running, store).kit.fonts == ()


def test_what_is_no_font_is_refused_in_words(running: Running, new_store: NewStore) -> None:
    store = new_store()
    answer = running.click("add_font", [store.id, running.upload("acme.ttf", b"wOF2" + bytes(99))])
    assert "This is a web font (WOFF2)" in said(answer)
    assert kept(running, store).kit.fonts == ()


def test_words_that_stand_out_are_typed_with_commas(running: Running, new_store: NewStore) -> None:
    store = new_store()
    assert running.click("save", form(store, emphasise="handmade, free shipping\nHandmade"))["success"]
    assert kept(running, store).kit.emphasise == ("handmade", "free shipping")
    assert values(kept(running, store))["emphasise"] == "handmade, free shipping"


def test_what_is_no_logo_is_refused_in_words(running: Running, new_store: NewStore) -> None:
    store = new_store()
    answer = running.click("set_logo", [store.id, running.upload("logo.png", b"<svg/>")])
    assert "Use a PNG, JPEG or WebP picture" in said(answer)
    assert kept(running, store).kit.logo is None


@pytest.mark.parametrize("event", ["set_logo", "add_font", "import_"])
def test_a_path_that_was_not_uploaded_is_not_read(running: Running, new_store: NewStore, event: str) -> None:
    file = {"path": str(running.settings.database)}
    answer = running.click(event, [new_store().id, file] if event != "import_" else [file])
    assert answer["output"]["title"] == "403 path_forbidden"


# ── accounts and money ───────────────────────────────────────────────────────────────────────────────────────────


def test_testing_lists_the_channels_and_keeps_nothing(running: Running, new_store: NewStore, postiz: Workspace) -> None:
    store = new_store()
    postiz.add_channel("youtube", "Aurora <TV>")
    html = shown(running.click("test", [store.id, postiz.url, postiz.key]))
    assert "The connection works. 1 channel found:" in html
    assert "Aurora &lt;TV&gt;" in html
    assert "YouTube" in html
    assert running.shelf.secrets.shown(store.id) == {}


def test_testing_uses_no_key_that_was_kept(running: Running, new_store: NewStore, postiz: Workspace) -> None:
    store = new_store()
    profiles.connect(running.shelf, store, postiz.url, postiz.key)
    assert "Both the address and the key are needed." in shown(running.click("test", [store.id, postiz.url, ""]))


def test_an_account_that_was_saved_is_asked_for_its_channels(
    running: Running, new_store: NewStore, postiz: Workspace
) -> None:
    store = new_store()
    postiz.add_channel("youtube", "Aurora TV")
    profiles.connect(running.shelf, store, postiz.url, postiz.key)
    assert "The connection works." in shown(running.click("test_kept", [store.id]))


def test_a_key_that_does_not_fit_is_said_when_it_is_saved(
    running: Running, new_store: NewStore, postiz: Workspace
) -> None:
    store = new_store()
    profiles.connect(running.shelf, store, postiz.url, "not-the-key")
    html = shown(running.click("test_kept", [store.id]))
    assert "Saved, but nothing can be published yet." in html
    assert "The key does not fit" in html


def test_what_is_seen_of_the_last_store_is_gone_before_the_next_ones_is_drawn(running: Running) -> None:
    config = running.config
    boxes = {item["id"]: item["props"].get("label") for item in config["components"]}
    emptied = [event for event in config["dependencies"] if event["js"] == "() => ''"]
    assert [[boxes[target] for target, _ in event["targets"]] for event in emptied] == [["Store shown"]]


def test_a_time_zone_is_found_as_people_write_it(running: Running) -> None:
    [zone] = [item for item in running.config["components"] if item["props"].get("label") == "Time zone"]
    assert ["America/New York", "America/New_York"] in zone["props"]["choices"]


def test_a_key_that_was_saved_is_never_sent_back(running: Running, new_store: NewStore, postiz: Workspace) -> None:
    store = new_store()
    answers = [
        running.click("connect", [store.id, postiz.url, postiz.key]),
        running.click("keep_key", [store.id, KEY]),
        running.click("set_budget", [store.id, "12.50"]),
        running.click("switched", [store.id]),
    ]
    assert all(answer["success"] for answer in answers)
    for answer in answers:
        assert postiz.key not in said(answer)
        assert KEY not in said(answer)
    assert f"••••{postiz.key[-4:]}" in said(answers[-1])
    assert f"••••{KEY[-4:]}" in said(answers[-1])


def test_accounts_are_forgotten(running: Running, new_store: NewStore, postiz: Workspace) -> None:
    store = new_store()
    profiles.connect(running.shelf, store, postiz.url, postiz.key)
    running.shelf.secrets.keep(store.id, "elevenlabs", KEY)
    assert running.click("disconnect", [store.id])["success"]
    assert running.click("forget_key", [store.id])["success"]
    assert running.shelf.secrets.shown(store.id) == {}


def test_a_budget_is_set_and_what_was_spent_of_it_is_seen(running: Running, new_store: NewStore) -> None:
    store = new_store()
    with running.shelf.costs.paid(store, None, "elevenlabs", "speech", 100, 2_500_000):
        pass
    answer = said(running.click("set_budget", [store.id, "$10"]))
    assert kept(running, store).monthly_budget == 10_000_000
    assert "$2.50 of $10.00 spent this month" in answer
    assert "width: 25.0%" in answer
    assert "elevenlabs: speech" in answer


@pytest.mark.parametrize("budget", ["-1", "lots", "NaN"])
def test_a_budget_that_is_none_is_refused(running: Running, new_store: NewStore, budget: str) -> None:
    store = new_store()
    assert "Write it like 25 or 12.50" in said(running.click("set_budget", [store.id, budget]))
    assert kept(running, store).monthly_budget is None


# ── making, taking along, deleting ───────────────────────────────────────────────────────────────────────────────


def test_a_new_store_is_chosen_at_once(running: Running, new_store: NewStore) -> None:
    name = new_store().name + " new"
    chosen, box = running.click("create", [name])["output"]["data"]
    assert [label for label, id_ in chosen["choices"] if id_ == chosen["value"]] == [name]
    assert box == ""


def test_a_store_goes_out_as_a_file_and_comes_back(running: Running, new_store: NewStore) -> None:
    store = new_store()
    running.shelf.secrets.keep(store.id, "elevenlabs", KEY)
    (link,) = running.click("export", [store.id])["output"]["data"]
    content = httpx.get(running.url + link.partition('href="')[2].partition('"')[0]).content
    assert json.loads(content)["name"] == store.name
    assert KEY.encode() not in content
    chosen, _ = running.click("import_", [running.upload("store.json", content)])["output"]["data"]
    assert running.shelf.store.profile(LOCAL_OWNER, chosen["value"]).name == f"{store.name} 2"


def test_a_file_that_is_no_store_is_refused_in_words(running: Running) -> None:
    answer = said(running.click("import_", [running.upload("store.json", b"{}")]))
    assert "This file cannot be imported." in answer


def test_a_product_is_copied_into_another_store(running: Running, new_store: NewStore, tmp_path: Path) -> None:
    store, other = new_store(), new_store()
    brief = running.shelf.journal.job(store.id, running.clip(store, "Lamp", tmp_path).job_id).brief
    product = products.keep(running.shelf, store, brief)
    answer = said(running.click("copy", [store.id, product.id, other.id]))
    assert f"is in {other.name} now" in answer
    assert [project.title for project in running.shelf.store.projects(other.id)] == ["Lamp"]


def test_another_store_becomes_the_default_one(running: Running, new_store: NewStore) -> None:
    store = new_store()
    assert running.click("make_default", [store.id])["success"]
    assert kept(running, store).is_default
    assert running.click("make_default", [running.mine.id])["success"]


def test_a_store_is_deleted_only_by_its_name(running: Running) -> None:
    store = running.shelf.store.create_profile(LOCAL_OWNER, "To be <b>deleted</b>")
    refused = running.click("delete", [store.id, "something else"])
    assert not refused["success"]
    assert "To be &lt;b&gt;deleted&lt;/b&gt;" in refused["output"]["error"]
    assert running.click("delete", [store.id, store.name])["success"]
    assert store.id not in {profile.id for profile in running.shelf.store.profiles(LOCAL_OWNER)}


def test_what_deleting_takes_along_is_said_with_numbers(running: Running, new_store: NewStore, tmp_path: Path) -> None:
    store = new_store()
    running.clip(store, "Lamp", tmp_path)
    assert "1 clip and 0 products are deleted" in said(running.click("what_goes", [store.id]))


def test_a_name_with_markup_is_text_everywhere(running: Running) -> None:
    store = running.shelf.store.create_profile(LOCAL_OWNER, '<img src=x onerror="alert(1)">')
    profiles.update(running.shelf, LOCAL_OWNER, store.id, {"description": "</div><script>alert(1)</script>"})
    answer = running.click("switched", [store.id])
    typed = {store.name, "</div><script>alert(1)</script>"}  # as the values of text boxes
    html = [part for part in answer["output"]["data"] if str(part).lstrip().startswith("<") and part not in typed]
    assert html
    assert [part for part in html if "<script>" in part or "<img src=x" in part] == []
    running.shelf.delete_profile(LOCAL_OWNER, store.id)
