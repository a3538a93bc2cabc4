"""Two people at one app: neither sees, names or changes anything of the other's, whatever the way."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.conftest import BOX
from tests.postiz.fixtures import postiz_server
from tests.postiz.server import PostizServer
from tests.supabase.fixtures import Account, admin, at_once, postgres_server, project, supabase_server
from tests.ui.signing_in import Door, anna, ben, door
from tests.ui.strangers import Asking, Shop, open_shop
from tests.ui.test_isolation import ENDPOINTS, OF_A_STORE, UPLOAD, WITH_PROFILE, as_sent

__all__ = ["admin", "anna", "at_once", "ben", "door", "postgres_server", "postiz_server", "project", "supabase_server"]


@pytest.fixture(scope="module")
def annas(door: Door, anna: Account, postiz_server: PostizServer, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    door.ticket(anna)
    return open_shop(door.running(anna.user_id), postiz_server, anna.user_id, tmp_path_factory.mktemp("anna") / "files")


@pytest.fixture(scope="module")
def bens(door: Door, ben: Account, postiz_server: PostizServer, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    door.ticket(ben)
    return open_shop(door.running(ben.user_id), postiz_server, ben.user_id, tmp_path_factory.mktemp("ben") / "files")


@pytest.fixture
def anna_web(door: Door, anna: Account) -> Iterator[httpx.Client]:
    with door.web(door.ticket(anna)) as web:
        yield web


@pytest.fixture
def ben_web(door: Door, ben: Account) -> Iterator[httpx.Client]:
    with door.web(door.ticket(ben)) as web:
        yield web


def upload(web: httpx.Client, name: str = "box.mp4", content: bytes | None = None) -> dict[str, Any]:
    """The file data of what somebody uploaded."""
    files = {"files": (name, BOX.read_bytes() if content is None else content)}
    answer = web.post("/gradio_api/upload", files=files)
    return {"path": answer.raise_for_status().json()[0], "meta": {"_type": "gradio.FileData"}}


def test_no_endpoint_gives_anything_of_the_other(door: Door, annas: Shop, bens: Shop, ben_web: httpx.Client) -> None:
    ask, video, before = (
        Asking(door.running(bens.profile.owner_id), _web=ben_web),
        upload(ben_web),
        annas.fingerprint(door.shelf),
    )
    ask._web.base_url = httpx.URL("")

    def sent(endpoint: str, **changed: Any) -> dict[str, Any]:
        line = ENDPOINTS[endpoint]
        others = {name: video if value is UPLOAD else value for name, value in line.others.items()}
        return {**others, **{name: bens.id(name) for name in line.ids}, **changed}

    for endpoint in WITH_PROFILE:
        for header, asked in (("", annas.profile.id), (annas.profile.id, "")):
            title, answer = ask.http(endpoint, sent(endpoint, profile=asked), header)
            assert (endpoint, title) == (endpoint, "403 profile_forbidden")
            assert annas.seen_in(answer) == []
    for endpoint, argument in OF_A_STORE:
        title, answer = ask.http(endpoint, sent(endpoint, **{argument: as_sent(argument, annas)}))
        assert re.fullmatch(r"404 \w+_not_found", title), (endpoint, argument, title)
        assert annas.seen_in(answer) == []
    assert annas.fingerprint(door.shelf) == before


def test_each_sees_their_own_stores_alone(door: Door, annas: Shop, bens: Shop, anna: Account, ben: Account) -> None:
    names = {who: {store["id"] for store in door.script(who).predict(api_name="/profiles")} for who in (anna, ben)}
    assert annas.profile.id in names[anna]
    assert bens.profile.id in names[ben]
    assert names[anna] & names[ben] == set()


def test_a_file_is_served_to_whoever_it_belongs_to(annas: Shop, anna_web: httpx.Client, ben_web: httpx.Client) -> None:
    body = {"data": [annas.clip.id, annas.profile.id]}
    event = anna_web.post("/gradio_api/call/clip", json=body).json()["event_id"]
    answer = anna_web.get(f"/gradio_api/call/clip/{event}").text
    paths = set(re.findall(r'"path": ?"([^"]+)"', answer)) | {upload(anna_web, "note.txt", b"mine")["path"]}
    assert len(paths) > 5
    for path in paths:
        assert anna_web.get(f"/gradio_api/file={path}").status_code == 200
        for address in (
            f"file={path}",
            f"file/{path}",
            f"file={quote(path, safe='')}",
            f"file=/{path}",
            f"file={path}%3F",
        ):
            assert ben_web.get(f"/gradio_api/{address}").status_code in {403, 404}
        assert ben_web.head(f"/gradio_api/file={path}").status_code in {403, 404, 405}


def test_the_same_file_from_both_is_two_files(anna_web: httpx.Client, ben_web: httpx.Client) -> None:
    one, other = (upload(web, "same.txt", b"the same")["path"] for web in (anna_web, ben_web))
    assert one != other
    assert ben_web.get(f"/gradio_api/file={other}").text == "the same"
    assert ben_web.get(f"/gradio_api/file={one}").status_code == 404


def test_what_one_uploaded_the_other_cannot_work_with(anna_web: httpx.Client, ben_web: httpx.Client) -> None:
    annas_video = upload(anna_web)
    for video in (annas_video, {"path": annas_video["path"]}):
        asked = {"video": video, "script": "Meet the box.", "title": "Box"}
        event = ben_web.post("/gradio_api/call/v2/produce", json=asked).json()["event_id"]
        answer = ben_web.get(f"/gradio_api/call/produce/{event}").text
        assert json.loads(answer.rpartition("data: ")[2])["title"] == "403 path_forbidden"


def test_a_page_that_one_opened_does_nothing_for_the_other(
    door: Door, anna_web: httpx.Client, ben_web: httpx.Client
) -> None:
    """As in a tab that stayed open while its browser signed out and in again as somebody else."""
    [quiet] = door.page.quiet
    for web, title in ((anna_web, None), (ben_web, "401 not_signed_in"), (anna_web, None)):
        body = {"data": [], "fn_index": quiet, "session_hash": "annas visit"}
        web.post("/gradio_api/queue/join", json=body).raise_for_status()
        told = web.get("/gradio_api/queue/data?session_hash=annas%20visit").text
        [ended] = [line for line in told.split("\n\n") if "process_completed" in line]
        assert json.loads(ended.removeprefix("data: "))["output"].get("title") == title


def test_the_page_says_who_is_signed_in(door: Door, ben: Account, ben_web: httpx.Client) -> None:
    [quiet] = door.page.quiet
    body = {"data": [], "fn_index": quiet, "session_hash": "a visit"}
    ben_web.post("/gradio_api/queue/join", json=body).raise_for_status()
    told = ben_web.get("/gradio_api/queue/data?session_hash=a%20visit").text
    assert ben.email in told
    assert "/sign-out" in told
