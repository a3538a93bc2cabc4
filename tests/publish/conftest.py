"""Publishing, against a real HTTP server that behaves like Postiz, and against some that do not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from editai.publish import Postiz
from tests.postiz.fixtures import any_postiz, new_postiz, postiz, postiz_server
from tests.postiz.server import Workspace
from tests.postiz.state import Account
from tests.publish.canned import Canned
from tests.publish.stores import hasty, store

__all__ = ["any_postiz", "hasty", "new_postiz", "postiz", "postiz_server", "store"]


@pytest.fixture
def server(postiz: Workspace) -> Iterator[Postiz]:
    """The client of that workspace."""
    with Postiz(postiz.connection) as opened:
        yield opened


@pytest.fixture
def mastodon(postiz: Workspace) -> Account:
    return postiz.add_channel("mastodon", "Shop on Mastodon")


@pytest.fixture
def canned() -> Iterator[type[Canned]]:
    """Servers that answer whatever a test says: `canned(b"HTTP/1.1 200 OK...")`."""
    yield Canned
    Canned.stop_all()
