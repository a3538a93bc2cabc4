"""The page as a browser gets it: nothing from elsewhere, nobody else's data."""

from __future__ import annotations

import asyncio
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import pytest

from editai.errors import EditaiError
from editai.models import Clip
from editai.settings import Settings
from editai.ui import page, server
from editai.ui.context import Desk
from editai.ui.follow import watch
from editai.ui.produce import Produce
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


def test_analytics_are_off(running: Running) -> None:
    assert httpx.get(f"{running.url}/config").json()["analytics_enabled"] is False


def test_produce_is_the_tab_that_is_open(running: Running) -> None:
    components = httpx.get(f"{running.url}/config").json()["components"]
    assert [item["props"]["selected"] for item in components if item["type"] == "tabs"] == ["produce"]
    assert [item["props"]["label"] for item in components if item["type"] == "tabitem"] == [
        "Profiles", "Produce", "Publish",
    ]  # fmt: skip


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


def test_opening_the_page_again_shows_the_job_that_is_being_made(running: Running) -> None:
    job = running.waiting_job(running.mine)
    assert "Waiting for its turn" in json.dumps(running.click("switched", [running.mine.id])["output"]["data"])
    running.shelf.journal.cancel(running.mine.id, job)


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


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "shop.example", ""])
def test_a_host_that_others_can_reach_is_refused(tmp_path: Path, running: Running, host: str) -> None:
    settings = Settings(_env_file=None, home=tmp_path, host=host)
    with pytest.raises(EditaiError) as caught:
        server.start(settings, running.shelf)
    assert caught.value.title == "403 host_not_loopback"


def test_a_port_that_is_taken_gives_the_next_free_one(running: Running) -> None:
    taken = int(running.url.rpartition(":")[2])
    assert server.free_port("127.0.0.1", taken) > taken


def test_of_what_is_drawn_anew_one_part_is_drawn_at_a_time(running: Running) -> None:
    """Gradio gives two events the same number where two parts of a visit are drawn at once."""
    built = page.build(Desk(running.settings, running.shelf))
    drawn = [each for each in built.fns.values() if each.renderable]
    assert {(each.concurrency_id, each.concurrency_limit) for each in drawn} == {("drawing", 1)}
