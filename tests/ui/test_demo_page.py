"""A demo from the outside: two visitors at once, what is refused them, and what is left when their hour is over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

import app
from editai import demo, library
from editai.library.guests import PREFIX, Guests
from editai.settings import Settings
from tests.conftest import BOX
from tests.ui.conftest import GRADIO

BROWSER = {"Accept": "text/html,application/xhtml+xml", "Sec-Fetch-Site": "none"}


@dataclass
class Demo:
    """The running page, and the clock of its visitors."""

    url: str
    settings: Settings
    shelf: library.Library
    hours: list[float]

    @contextmanager
    def browser(self) -> Iterator[httpx.Client]:
        """Somebody who opens the page, and is let in."""
        with httpx.Client(base_url=self.url, timeout=60, follow_redirects=True) as web:
            assert web.get("/", headers=BROWSER).status_code == 200
            yield web

    def script(self) -> Client:
        downloads = self.settings.home / "downloads"
        return Client(self.url, auth=("demo", "demo"), verbose=False, download_files=downloads)


@pytest.fixture(scope="module")
def open_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    home = tmp_path_factory.mktemp("demo") / "home"
    settings = Settings.model_validate({"_env_file": None, "home": home, "port": 0, "offline": True, "demo": True})
    settings = demo.limited(settings)
    with pytest.MonkeyPatch.context() as environment:
        for name in (*GRADIO, "NO_PROXY", "no_proxy"):
            environment.setenv(name, "")
        app.stay_home(settings)
        from editai.ui import server

        with library.open(settings) as shelf:
            hours = [0.0]
            visitors = Guests(shelf, lambda: hours[0] * 3600)
            page = server.start(settings, shelf, say=lambda _: None, guests=visitors)
            yield Demo(page.local_url.rstrip("/"), settings, shelf, hours)
            server.stop(page)


def ticket(web: httpx.Client) -> str:
    [value] = [value for name, value in web.cookies.items() if name.startswith("editai-ticket-")]
    return value


def upload(web: httpx.Client) -> str:
    answer = web.post("/gradio_api/upload", files={"files": ("lamp.mp4", b"a lamp of mine")})
    path: str = answer.raise_for_status().json()[0]
    return path


def refusal(act: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises(AppError) as caught:
        act(*arguments, **named)
    return str(caught.value.title)


def test_whoever_opens_the_page_is_somebody_new(open_demo: Demo) -> None:
    with open_demo.browser() as one, open_demo.browser() as other:
        assert ticket(one) != ticket(other)


def test_coming_back_is_the_same_visit(open_demo: Demo) -> None:
    with open_demo.browser() as web:
        before = ticket(web)
        assert web.get("/", headers=BROWSER).status_code == 200
        assert ticket(web) == before


def test_a_browser_that_keeps_no_cookie_is_told_instead_of_being_sent_in_circles(open_demo: Demo) -> None:
    with httpx.Client(base_url=open_demo.url, timeout=60) as web:
        answer = web.get("/?visit", headers=BROWSER)
        assert (answer.status_code, "cookie" in answer.text) == (403, True)


def test_on_an_encrypted_connection_the_ticket_is_sent_inside_the_page_of_a_space_too(open_demo: Demo) -> None:
    with httpx.Client(base_url=open_demo.url, timeout=60) as web:
        answer = web.get("/", headers={**BROWSER, "X-Forwarded-Proto": "https"})
        assert {"Secure", "SameSite=None", "Partitioned", "HttpOnly"} <= set(answer.headers["set-cookie"].split("; "))
        assert "https://huggingface.co" in answer.headers["content-security-policy"]


def test_without_a_visit_nothing_is_answered(open_demo: Demo) -> None:
    with httpx.Client(base_url=open_demo.url, timeout=60) as web:
        assert web.get("/config").status_code == 401
        assert web.post("/gradio_api/call/profiles", json={"data": []}).status_code == 401


def test_a_page_of_another_site_can_do_nothing_in_a_visitors_name(open_demo: Demo) -> None:
    with open_demo.browser() as web:
        answer = web.post("/gradio_api/queue/join", json={}, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403


def test_two_visitors_see_nothing_of_each_other(open_demo: Demo) -> None:
    one, other = open_demo.script(), open_demo.script()
    store = one.predict("Lamps", api_name="/create_profile")
    assert [each["name"] for each in one.predict(api_name="/profiles")] == ["Lamps", "My store"]
    assert [each["name"] for each in other.predict(api_name="/profiles")] == ["My store"]
    assert refusal(other.predict, profile=store["id"], api_name="/clips") == "403 profile_forbidden"


def test_what_one_uploads_is_served_to_nobody_else(open_demo: Demo) -> None:
    with open_demo.browser() as one, open_demo.browser() as other:
        path = upload(one)
        assert one.get(f"/gradio_api/file={path}").content == b"a lamp of mine"
        assert other.get(f"/gradio_api/file={path}").status_code == 404


def test_keys_publishing_folders_and_the_queue_are_refused(open_demo: Demo) -> None:
    script = open_demo.script()
    [store] = script.predict(api_name="/profiles")
    refused = [
        refusal(script.predict, "https://postiz.example", "k" * 20, api_name="/test_connection"),
        refusal(script.predict, "https://postiz.example", "k" * 20, profile=store["id"], api_name="/connect_postiz"),
        refusal(script.predict, "k" * 20, profile=store["id"], api_name="/keep_voice_key"),
        refusal(script.predict, api_name="/channels"),
        refusal(script.predict, api_name="/pause_queue"),
    ]
    assert refused == ["403 not_in_demo"] * 5
    folder = {"music_folder": str(BOX.parent), "api_name": "/update_profile"}
    assert refusal(script.predict, store["id"], **folder).startswith("422")


def test_a_clip_of_theirs_waits_in_the_queue_and_more_than_so_many_are_refused(open_demo: Demo) -> None:
    script = open_demo.script()
    wishes = {"script": "Meet the box.", "api_name": "/produce"}
    making = [script.submit(handle_file(str(BOX)), **wishes) for _ in range(demo.MOST_EACH)]
    assert [next(iter(each))["state"] for each in making] == ["queued"] * demo.MOST_EACH
    assert refusal(script.predict, handle_file(str(BOX)), **wishes) == "429 demo_busy"


def test_when_the_hour_is_over_everything_is_gone_and_the_page_begins_anew(open_demo: Demo) -> None:
    script = open_demo.script()
    with open_demo.browser() as web:
        path, before = upload(web), ticket(web)
        open_demo.hours[0] += 1
        assert web.get("/config").status_code == 401
        assert web.get(f"/gradio_api/file={path}").status_code == 401
        assert refusal(script.predict, api_name="/profiles") == "401 visit_over"
        guests = Guests(open_demo.shelf)  # as a new start would
        guests.see_out()
        assert not Path(path).exists()
        assert not [each for each in open_demo.shelf.owners.with_stores() if each.startswith(PREFIX)]
        assert web.get("/", headers=BROWSER).status_code == 200
        assert ticket(web) != before
