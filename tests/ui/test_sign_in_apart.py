"""Two people at one app: neither sees, names or changes anything of the other's, whatever the way."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, TextContent

from editai.ui import clips, looks
from editai.ui.context import Desk
from tests.conftest import BOX
from tests.library.samples import a_clip
from tests.postiz.fixtures import postiz_server
from tests.postiz.server import PostizServer
from tests.supabase.fixtures import (
    Account,
    NewAccount,
    admin,
    at_once,
    new_account,
    on_loopback,
    postgres_server,
    project,
    supabase_server,
)
from tests.supabase.server import SupabaseServer
from tests.ui.signing_in import Door, anna, ben, door
from tests.ui.strangers import Asking, Shop, open_shop
from tests.ui.test_isolation import ENDPOINTS, OF_A_STORE, UPLOAD, WITH_PROFILE, as_sent

__all__ = [
    "admin",
    "anna",
    "at_once",
    "ben",
    "door",
    "new_account",
    "on_loopback",
    "postgres_server",
    "postiz_server",
    "project",
    "supabase_server",
]


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
        answer = web.get("/gradio_api/queue/data?session_hash=annas%20visit").text
        [ended] = [line for line in answer.split("\n\n") if "process_completed" in line]
        assert json.loads(ended.removeprefix("data: "))["output"].get("title") == title


def test_the_page_says_who_is_signed_in(door: Door, ben: Account, ben_web: httpx.Client) -> None:
    told = door.header(ben_web)
    assert ben.email in told
    assert "/sign-out" in told


def test_the_page_says_why_it_is_not_up_to_date_although_nothing_waits(
    door: Door, new_account: NewAccount, on_loopback: SupabaseServer
) -> None:
    account = new_account()
    with door.web(door.ticket(account)) as web:
        assert "not in Supabase" not in door.header(web)
        on_loopback.fail("* /rest/v1/*", "drop_before", 3)
        door.accounts.mirror._look_after(account.user_id, woken=True)
        told = door.header(web)
    assert "Not up to date with Supabase" in told
    assert "The connection to your Supabase project broke off. Try again in a moment." in told


# ── agents ───────────────────────────────────────────────────────────────────────────────────────────────────────


def agent(door: Door, ticket: str, tool: str, **arguments: Any) -> CallToolResult:
    """What an agent is told that shows this ticket."""

    async def ask() -> CallToolResult:
        shown = {"Authorization": f"Bearer {ticket}"} if ticket else {}
        async with (
            httpx.AsyncClient(headers=shown, timeout=60) as web,
            streamable_http_client(f"{door.url}/gradio_api/mcp/", http_client=web) as (reads, writes, _),
            ClientSession(reads, writes) as session,
        ):
            await session.initialize()
            return await session.call_tool(tool, arguments)

    return asyncio.run(ask())


def told(result: CallToolResult) -> str:
    return "".join(part.text for part in result.content if isinstance(part, TextContent))


def test_an_agent_works_for_whoever_has_the_ticket_that_it_shows(
    door: Door, annas: Shop, bens: Shop, anna: Account, ben: Account
) -> None:
    seen = [told(agent(door, door.ticket(who), "profiles")) for who in (anna, ben, anna)]
    assert [(annas.profile.id in text, bens.profile.id in text) for text in seen] == [
        (True, False), (False, True), (True, False),
    ]  # fmt: skip


def test_an_agent_names_nothing_of_somebody_else(door: Door, annas: Shop, ben: Account) -> None:
    ticket = door.ticket(ben)
    for arguments, why in (
        ({"clip": annas.clip.id}, "There is no such clip in this store."),
        ({"clip": annas.clip.id, "profile": annas.profile.id}, "belongs to somebody else"),
    ):
        refused = agent(door, ticket, "clip", **arguments)
        assert refused.isError
        assert why in told(refused)
        assert annas.seen_in(told(refused)) == []


def test_a_file_that_an_agent_brings_is_whose_ticket_it_shows(door: Door, anna: Account, ben: Account) -> None:
    ticket, table = door.ticket(ben), b"sku,title,price\n1,Tea,12.90 EUR\n"
    with door.web(ticket) as web:
        [path] = web.post("/gradio_api/upload", files={"files": ("feed.csv", table)}).json()
    read = agent(door, ticket, "read_feed", feed=path)
    assert (read.isError, "Tea" in told(read)) == (False, True)
    taken = agent(door, door.ticket(anna), "read_feed", feed=path)
    assert (taken.isError, "Tea" in told(taken)) == (True, False)


@pytest.mark.parametrize("ticket", ["", "a ticket of nobody", "one that was signed out"])
def test_an_agent_that_shows_no_ticket_gets_no_word(door: Door, anna: Account, ticket: str) -> None:
    if ticket == "one that was signed out":
        ticket = door.ticket(anna)
        assert not agent(door, ticket, "profiles").isError
        door.accounts.sessions.sign_out(ticket)
    with pytest.raises(BaseExceptionGroup) as caught:
        agent(door, ticket, "profiles")
    assert caught.group_contains(httpx.HTTPStatusError, match="401")


def test_clips_of_another_computer_are_told_of_where_this_ones_are_listed(door: Door, annas: Shop) -> None:
    desk = Desk(door.settings, door.shelf, door.accounts)
    before = clips.made_elsewhere(desk, annas.profile.id)
    there = a_clip(annas.profile.id)
    door.shelf.store.add_clip(there)  # as the mirror brings it: its row
    try:
        assert clips.made_elsewhere(desk, annas.profile.id) == before + 1
    finally:
        door.shelf.store.delete_clip(annas.profile.id, there.id)
    assert "1 clip of this store was made on another computer" in looks.made_elsewhere(1)
