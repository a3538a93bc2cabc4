"""Postiz for a test: a workspace of its own on a server that the whole run shares, or servers of its own.

Import what is used into a conftest: `from tests.postiz.fixtures import *`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.postiz.server import Layout, PostizServer, Workspace

__all__ = ["new_postiz", "postiz", "postiz_server"]

NewPostiz = Callable[..., Workspace]


@pytest.fixture(scope="session")
def postiz_server() -> Iterator[PostizServer]:
    """The server that workspaces of most tests are on."""
    server = PostizServer().start()
    yield server
    server.stop()


@pytest.fixture
def postiz(postiz_server: PostizServer) -> Workspace:
    """An empty workspace with a key of its own: `.url`, `.key`, `.add_channel(...)`, `.posts`, `.fail(...)`."""
    return postiz_server.workspace()


@pytest.fixture
def new_postiz() -> Iterator[NewPostiz]:
    """Starts another server and gives a workspace of it: `new_postiz()`, `new_postiz("bare")`."""
    started: list[PostizServer] = []

    def new(layout: Layout = "docker") -> Workspace:
        started.append(PostizServer(layout).start())
        return started[-1].workspace()

    yield new
    for server in started:
        server.stop()
