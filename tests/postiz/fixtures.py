"""Postiz for a test: a workspace of its own on a server that the whole run shares, or servers of its own.

Import what is used into a conftest and name it in its `__all__`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from editai.models import Connection
from tests.postiz.server import Layout, PostizServer, Workspace

NewPostiz = Callable[..., Workspace]


@pytest.fixture(scope="session")
def postiz_server() -> Iterator[PostizServer]:
    """The server that workspaces of most tests are on."""
    server = PostizServer().start()
    yield server
    server.stop()


@pytest.fixture
def postiz(postiz_server: PostizServer) -> Iterator[Workspace]:
    """An empty workspace with a key of its own: `.url`, `.key`, `.add_channel(...)`, `.posts`, `.fail(...)`."""
    workspace = postiz_server.workspace()
    yield workspace
    workspace.rest()


@pytest.fixture
def new_postiz() -> Iterator[NewPostiz]:
    """Starts another server and gives a workspace of it: `new_postiz()`, `new_postiz("bare")`."""
    made: list[Workspace] = []

    def new(layout: Layout = "docker") -> Workspace:
        made.append(PostizServer(layout).start().workspace())
        return made[-1]

    yield new
    for workspace in made:
        workspace.rest()
        workspace.server.stop()


@pytest.fixture
def any_postiz(request: pytest.FixtureRequest) -> Connection:
    """The real Postiz that EDITAI_TEST_POSTIZ_URL and EDITAI_TEST_POSTIZ_KEY name, else the test server.

    It has an account that needs no settings (Mastodon, Threads, Bluesky, Telegram or LinkedIn). What a test makes
    there it makes as a draft, and takes away again.
    """
    url, key = os.environ.get("EDITAI_TEST_POSTIZ_URL", ""), os.environ.get("EDITAI_TEST_POSTIZ_KEY", "")
    if url and key:
        return Connection(url=url, key=key)
    workspace: Workspace = request.getfixturevalue("postiz")
    workspace.add_channel("tiktok", "A shop on TikTok")
    workspace.add_channel("mastodon", "A shop on Mastodon")
    return workspace.connection
