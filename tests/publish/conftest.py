"""Publishing, against a real HTTP server that behaves like Postiz, and against some that do not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.postiz.fixtures import any_postiz, new_postiz, postiz, postiz_server
from tests.publish.canned import Canned
from tests.publish.stores import hasty, store

__all__ = ["any_postiz", "hasty", "new_postiz", "postiz", "postiz_server", "store"]


@pytest.fixture
def canned() -> Iterator[type[Canned]]:
    """Servers that answer whatever a test says: `canned(b"HTTP/1.1 200 OK...")`."""
    yield Canned
    Canned.stop_all()
