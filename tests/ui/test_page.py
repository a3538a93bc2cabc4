"""The page as a browser gets it: nothing from elsewhere, nobody else's data."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import pytest

from editai.errors import EditaiError
from editai.models import Clip, Profile, Progress
from editai.settings import Settings
from editai.ui import looks, page, server
from editai.ui.at_work import AtWork
from editai.ui.context import Desk
from editai.ui.follow import watch
from editai.ui.produce import Produce
from editai.ui.variants import MOST
from tests.ui.conftest import HOW, Running


class Loads(HTMLParser):
    """Collects every address that a browser would load for a page."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value for name, value in attrs if name in {"src", "href", "srcset", "poster"} and value]


def from_elsewhere(addresses: list[str]) -> list[str]:
    return [address for address in addresses if re.match(r"(https?:)?//", address)]


def test_the_page_loads_nothing_from_another_machine(running: Running) -> None:
    page = Loads()
    page.feed(httpx.get(running.url).text)
    assert page.addresses
    assert from_elsewhere(page.addresses) == []


def test_the_styles_load_nothing_from_another_machine(running: Running) -> None:
    config = httpx.get(f"{running.url}/config").json()
    styles = httpx.get(f"{running.url}/theme.css").text + json.dumps(config["css"]) + json.dumps(config["stylesheets"])
    assert "font-face" in styles
    assert from_elsewhere(re.findall(r"url\(['\"]?([^'\")]+)", styles)) == []
    assert from_elsewhere(config["stylesheets"] or []) == []


def test_the_browser_is_told_to_load_nothing_from_another_machine(running: Running) -> None:
    policy = httpx.get(running.url).headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert not re.search(r"https?:|\*", policy)


def test_the_app_fetches_nothing_for_the_browser(running: Running) -> None:
    for path in ("file=http://127.0.0.1:1/x", "file=https://127.0.0.1:1/x", "proxy=http://127.0.0.1:1/x"):
        assert httpx.get(f"{running.url}/gradio_api/{path}").status_code == 403


def test_the_app_answers_to_this_machines_names_alone(running: Running) -> None:
    port = running.url.rpartition(":")[2]
    assert httpx.get(running.url, headers={"Host": f"localhost:{port}"}).status_code == 200
    assert httpx.get(running.url, headers={"Host": f"shop.example:{port}"}).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://shop.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
def test_a_page_of_another_site_changes_nothing(running: Running, headers: dict[str, str]) -> None:
    for path, sent in (
        ("upload", {"files": {"files": ("box.mp4", b"video")}}),
        ("call/create_profile", {"json": {"data": ["From elsewhere"]}}),
        ("queue/join", {"json": {"data": [], "fn_index": 0, "session_hash": "x"}}),
        ("mcp/", {"json": {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}}),
    ):
        assert running.web.post(f"/gradio_api/{path}", headers=headers, **sent).status_code == 403


def test_a_page_of_another_site_may_read_no_answer(running: Running) -> None:
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
    for answer in (
        running.web.options("/gradio_api/call/profiles", headers=asked),
        running.web.get("/config", headers={"Origin": "https://shop.example"}),
    ):
        assert "access-control-allow-origin" not in answer.headers


def test_its_own_page_and_scripts_are_heard(running: Running) -> None:
    for headers in ({"Origin": running.url}, {"Sec-Fetch-Site": "same-origin"}, {}):
        sent = running.web.post("/gradio_api/call/profiles", headers=headers, json={"data": []})
        assert sent.status_code == 200


def test_analytics_are_off(running: Running) -> None:
    assert httpx.get(f"{running.url}/config").json()["analytics_enabled"] is False


def test_produce_is_the_tab_that_is_open(running: Running) -> None:
    components = running.config["components"]
    assert [item["props"]["selected"] for item in components if item["type"] == "tabs"] == ["produce"]
    assert [item["props"]["label"] for item in components if item["type"] == "tabitem"] == [
        "Profiles", "Produce", "Publish",
    ]  # fmt: skip


def outside_sections(running: Running, tab: str) -> list[str]:
    """What is seen of a tab as long as nobody unfolds anything: the words on it, in their order."""
    parts = {each["id"]: each for each in running.config["components"]}

    def seen(nodes: list[dict[str, Any]]) -> Iterator[str]:
        for node in nodes:
            part = parts[node["id"]]
            if part["type"] == "accordion" or part["props"].get("visible") is False:
                continue
            if part["type"] in TOUCHED:
                yield part["props"].get("label") or part["props"]["value"]
            yield from seen(node.get("children", []))

    def find(nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for node in nodes:
            part = parts[node["id"]]
            if part["type"] == "tabitem" and part["props"]["label"] == tab:
                return list(node["children"])
            if found := find(node.get("children", [])):
                return found
        return []

    return list(seen(find(running.config["layout"]["children"])))


TOUCHED = {"button", "checkbox", "checkboxgroup", "dropdown", "file", "radio", "slider", "textbox"}


def test_the_first_look_shows_the_video_its_name_and_the_button_and_all_else_is_folded(running: Running) -> None:
    seen = outside_sections(running, "Produce")
    assert seen[:5] == ["Product videos and photos", "Try the sample", "Product's name", "Price", "Produce"]
    assert set(seen[5:]) <= {"Pause the queue"}


def test_what_viewers_have_to_be_told_is_asked_with_what_it_means_and_what_becomes_of_it(running: Running) -> None:
    parts = {each["id"]: each for each in running.config["components"]}

    def sections(nodes: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for node in nodes:
            if parts[node["id"]]["props"].get("label") == "What viewers have to be told":
                yield node
            yield from sections(node.get("children", []))

    (section,) = sections(running.config["layout"]["children"])
    inside = [parts[node["id"]] for child in section["children"] for node in (child, *child.get("children", []))]
    note, *_ = (each["props"]["value"] for each in inside if each["type"] == "html")
    asked = {each["props"]["label"]: each["props"]["info"] for each in inside if each["type"] == "checkbox"}
    assert "in the text of the post" in note
    assert list(asked) == ["Somebody else pays for this clip", "Pictures in the videos were made by a computer"]
    assert all(info for info in asked.values())


def test_what_an_event_ends_is_ended_before_its_work_begins(running: Running) -> None:
    """The browser takes the listeners of one event one after the other, each to its end. One that ended the follower
    of the last job after the work was done would end the follower of the new one."""
    events = httpx.get(f"{running.url}/config").json()["dependencies"]
    ending = [(event, tuple(target)) for event in events if event["cancels"] for target in event["targets"]]
    assert ending
    for first, target in ending:
        assert target[0] is not None
        works = [event for event in events if list(target) in event["targets"] and event["backend_fn"]]
        assert all(event["id"] > first["id"] for event in works)


def test_switching_shows_the_other_store_and_nothing_of_the_last(
    running: Running, clip_of_other: Clip, tmp_path: Path
) -> None:
    own = running.clip(running.mine, "My own clip", tmp_path)
    theirs = json.dumps(running.click("switched", [running.other.id])["output"]["data"])
    mine = json.dumps(running.click("switched", [running.mine.id])["output"]["data"])
    assert clip_of_other.title in theirs
    assert own.title not in theirs
    assert own.title in mine
    assert clip_of_other.title not in mine


def test_what_works_with_the_form_waits_until_it_is_the_stores(running: Running) -> None:
    buttons = {
        each["props"]["value"]: each["props"] for each in running.config["components"] if each["type"] == "button"
    }
    assert not any(buttons[label]["interactive"] for label in ("Produce", "Try the sample"))
    answer = running.click("switched", [running.mine.id])["output"]["data"]
    assert sum(isinstance(item, dict) and item.get("interactive") is True for item in answer) == 2


def test_choosing_another_store_ends_what_still_answers_for_the_last(running: Running) -> None:
    events = httpx.get(f"{running.url}/config").json()["dependencies"]
    names = {event["id"]: str(event["api_name"]).rstrip("0123456789").rstrip("_") for event in events}
    (switched,) = (event for event in events if names[event["id"]] == "switched")
    ended = [one for event in events if event["targets"] == switched["targets"] for one in event["cancels"]]
    assert sorted(names[one] for one in ended) == ["follow", "preview", "preview"]


def test_a_job_of_the_last_store_is_not_shown_in_the_one_that_was_chosen(running: Running) -> None:
    job = running.shelf.journal.job(running.mine.id, running.waiting_job(running.mine))

    async def first() -> tuple[Any, Any, Any, Any]:
        return await anext(Produce(Desk(running.settings, running.shelf)).follow(running.other.id, watch(job)))

    panel, cancel, moved, small = asyncio.run(first())
    running.shelf.journal.cancel(running.mine.id, job.id)
    assert panel == gr.skip()
    assert not cancel.visible
    assert not moved["job"]
    assert not small["visible"]


def test_a_store_with_nothing_under_way_shows_that_over_what_still_came_of_the_last_one(running: Running) -> None:
    does, store = Produce(Desk(running.settings, running.shelf)), running.other

    async def first(watched: dict[str, str]) -> tuple[Any, Any, Any, Any]:
        return await anext(does.follow(store.id, watched))

    assert asyncio.run(first(watch(None, store.id)))[0] == looks.EMPTY
    assert asyncio.run(first(watch(None)))[0] == gr.skip(), "an error that is shown would be gone"


def test_what_is_followed_is_marked_with_its_store(running: Running, new_store: Callable[[], Profile]) -> None:
    """So that the page can hide what comes late, when another store was chosen meanwhile."""
    store, journal = new_store(), running.shelf.journal
    job = journal.job(store.id, running.waiting_job(store))
    journal.claim(job.id, job.id)
    mark, desk = f'data-store="{store.id}"', Desk(running.settings, running.shelf)
    assert Produce(desk).panel(job).startswith(f"<div {mark}>")
    assert AtWork(desk).shown(store, "")[0].value.startswith(f"<div {mark}>")
    journal.cancel(store.id, job.id)


def test_opening_the_page_again_shows_the_job_that_is_being_made(running: Running) -> None:
    job = running.waiting_job(running.mine)
    assert "Waiting for its turn" in json.dumps(running.click("switched", [running.mine.id])["output"]["data"])
    running.shelf.journal.cancel(running.mine.id, job)


def test_opening_the_page_again_shows_how_far_every_other_job_is_and_goes_on_to_do_so(
    running: Running, new_store: Callable[[], Profile]
) -> None:
    store, journal = new_store(), running.shelf.journal
    watched, other = (journal.job(store.id, running.waiting_job(store)) for _ in range(2))
    for job in (watched, other):
        journal.claim(job.id, job.id)
    journal.beat(other.id, other.id, Progress(stage="picture", percent=40, message="Rendering the picture"))
    told, clock, *_ = AtWork(Desk(running.settings, running.shelf)).shown(store, watched.id)
    assert told.value.count("Rendering the picture") == told.value.count('class="job"') == 1
    assert clock.active
    assert "40 %" in json.dumps(running.click("switched", [store.id])["output"]["data"])
    journal.beat(other.id, other.id, Progress(stage="picture", percent=60, message="Rendering the picture"))
    asked = [store.id, None, *[""] * MOST]
    told, clock, *_ = running.click("at_work", asked)["output"]["data"]
    assert "60 % · Rendering the picture" in told["value"]
    journal.cancel_all(store.id)
    told, clock, *_ = running.click("at_work", asked)["output"]["data"]
    assert (told["visible"], clock["active"]) == (False, False)


def test_the_list_of_recent_clips_is_drawn_again_when_any_job_of_the_store_moves_on(
    running: Running, new_store: Callable[[], Profile]
) -> None:
    store, journal = new_store(), running.shelf.journal
    watched, other = running.waiting_job(store), running.waiting_job(store)
    stands = []
    for move in (lambda: None, lambda: journal.claim(other, "test"), lambda: journal.cancel(store.id, other)):
        move()
        _, _, stand, *_ = AtWork(Desk(running.settings, running.shelf)).shown(store, watched)
        stands.append(stand)
    assert len(set(stands)) == 3
    journal.cancel_all(store.id)


def test_a_store_that_this_browser_remembers_and_that_is_gone_gives_the_default_one(running: Running) -> None:
    answer = running.click("opened", ["0" * 32])["output"]["data"][0]
    assert answer["value"] == running.mine.id


def test_an_error_on_the_page_is_a_sentence_with_what_to_do(running: Running) -> None:
    facts = ["Lamp", "", "", "", "", ""]
    data = [running.mine.id, "", None, *facts, "Hello there.", "kokoro:af_heart", "bold", True, 0, "template", None]
    data += HOW.values()
    answer = json.dumps(running.click("start", data)["output"]["data"])
    assert "There is no video to work with." in answer
    assert "Add at least one product video." in answer or "Add a product video." in answer
    assert "Traceback" not in answer


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "shop.example"])
def test_a_host_that_others_can_reach_is_refused(tmp_path: Path, running: Running, host: str) -> None:
    settings = Settings(_env_file=None, home=tmp_path, host=host)
    with pytest.raises(EditaiError) as caught:
        server.start(settings, running.shelf)
    assert caught.value.title == "403 sign_in_needed"
    assert "EDITAI_SUPABASE_URL" in caught.value.hint


def test_an_address_in_the_internet_is_refused_without_a_sign_in(tmp_path: Path, running: Running) -> None:
    with pytest.raises(EditaiError) as caught:
        server.start(Settings(_env_file=None, home=tmp_path, share=True), running.shelf)
    assert caught.value.title == "403 sign_in_needed"
    assert "--share" in caught.value.message


def test_a_port_that_is_taken_gives_the_next_free_one(running: Running) -> None:
    taken = int(running.url.rpartition(":")[2])
    assert server.free_port("127.0.0.1", taken) > taken


def test_of_what_is_drawn_anew_one_part_is_drawn_at_a_time(running: Running) -> None:
    """Gradio gives two events the same number where two parts of a visit are drawn at once."""
    built = page.build(Desk(running.settings, running.shelf))
    drawn = [each for each in built.fns.values() if each.renderable]
    assert {(each.concurrency_id, each.concurrency_limit) for each in drawn} == {("drawing", 1)}


def test_the_browser_comes_to_every_part_of_the_page_before_the_endpoints(running: Running) -> None:
    """It looks for each part that changes from the first on, and the endpoints are as many as all other parts."""
    kinds = {each["id"]: each["type"] for each in running.config["components"]}
    order = [kinds[each["id"]] for each in running.config["layout"]["children"]]
    assert order.index("api") > max(index for index, kind in enumerate(order) if kind != "api")
