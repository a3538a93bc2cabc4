"""EditAI as an agent meets it: a real MCP client at the running app. A clip is made this way in `test_readme`."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

import pytest
from mcp import ClientSession, types
from mcp.client.streamable_http import streamablehttp_client

from editai.models import Profile
from editai.ui.agents import INSTRUCTIONS
from editai.ui.api import ENDPOINTS
from tests.ui.conftest import Running

FEED = b"sku,title,description,price\nL-1,Lamp,A lamp,$5\n"
NOT_TOOLS = {"profile", "video", "confirm", "findings", "upload_file_to_gradio"}
"""What the instructions name besides tools."""

Asked = Callable[[ClientSession], Awaitable[Any]]


@pytest.fixture
def store(new_store: Callable[[], Profile]) -> Profile:
    return new_store()


def connected(running: Running, store: Profile, ask: Asked) -> Any:
    """What an agent gets that works for this store."""

    async def talk() -> Any:
        where = f"{running.url}/gradio_api/mcp/"
        async with (
            streamablehttp_client(where, headers={"X-Profile-Id": store.id}) as (read, write, _),
            ClientSession(read, write) as session,
        ):
            return await ask(session)

    return asyncio.run(talk())


def call(running: Running, store: Profile, tool: str, **arguments: Any) -> tuple[bool, str]:
    """Whether a tool did what was asked, and what it said."""

    async def ask(session: ClientSession) -> types.CallToolResult:
        await session.initialize()
        return await session.call_tool(tool, arguments)

    answer = connected(running, store, ask)
    return not answer.isError, "\n".join(item.text for item in answer.content if isinstance(item, types.TextContent))


@pytest.fixture(scope="module")
def met(running: Running) -> tuple[str, dict[str, types.Tool]]:
    """What an agent is told when it connects, and the tools that it is offered."""

    async def ask(session: ClientSession) -> Any:
        told = await session.initialize()
        return told.instructions, {tool.name: tool for tool in (await session.list_tools()).tools}

    found: tuple[str, dict[str, types.Tool]] = connected(running, running.mine, ask)
    return found


def test_every_endpoint_is_a_tool_that_says_what_it_does_and_gives(met: tuple[str, dict[str, types.Tool]]) -> None:
    _, tools = met
    assert set(tools) == set(ENDPOINTS)
    assert [name for name, tool in tools.items() if not tool.description] == []


def test_an_agent_is_told_the_way_by_tools_that_there_are(met: tuple[str, dict[str, types.Tool]]) -> None:
    told, tools = met
    assert told == INSTRUCTIONS
    named = set(re.findall(r"`(\w+)`", told))
    assert named - NOT_TOOLS <= set(tools)
    assert {"profiles", "estimate", "produce", "job", "channels", "publish", "posts"} <= named


def test_what_deletes_or_publishes_shows_that_it_wants_a_confirmation(met: tuple[str, dict[str, types.Tool]]) -> None:
    _, tools = met
    for name in ("delete_project", "delete_voice", "publish", "publish_series", "publish_repeat", "cancel_post"):
        assert tools[name].inputSchema["properties"]["confirm"]["type"] == "boolean"
        assert "confirm" not in tools[name].inputSchema.get("required", [])


def test_every_file_is_asked_for_in_the_same_way(met: tuple[str, dict[str, types.Tool]]) -> None:
    _, tools = met
    files = {
        (name, argument): kind.get("items", kind)["type"]
        for name, tool in tools.items()
        for argument, kind in tool.inputSchema["properties"].items()
        if "the address that its upload answered" in kind.get("description", "")
    }
    assert {("produce", "video"), ("produce", "more_videos"), ("read_feed", "feed"), ("set_logo", "logo")} <= set(files)
    assert set(files.values()) == {"string"}
    assert "FileData" not in str([tool.inputSchema for tool in tools.values()])


def test_a_tool_that_deletes_does_nothing_unasked(running: Running, store: Profile) -> None:
    did, said = call(running, store, "delete_profile", profile=store.name)
    assert not did
    assert "Nothing was done yet. It would delete the store" in said
    assert running.shelf.store.profile(store.owner_id, store.id) == store


def test_the_header_says_which_store_is_meant(running: Running, store: Profile) -> None:
    did, said = call(running, store, "profile")
    assert did
    assert store.name in said


def test_what_an_agent_uploaded_is_taken_by_its_path_and_by_its_address(running: Running, store: Profile) -> None:
    path = running.upload("feed.csv", FEED)["path"]
    for named in (path, f"{running.url}/gradio_api/file={quote(path)}"):
        did, said = call(running, store, "read_feed", feed=named, currency="USD")
        assert did, said
        assert "Lamp" in said


@pytest.mark.parametrize("named", ["/etc/hostname", "http://127.0.0.1:1/feed.csv", "../editai.db", "file:///etc/hosts"])
def test_what_was_not_uploaded_is_not_taken(running: Running, store: Profile, named: str) -> None:
    did, said = call(running, store, "read_feed", feed=named)
    assert not did
    assert "Only files that were uploaded here can be used" in said
