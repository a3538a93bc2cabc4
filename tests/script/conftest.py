"""A vendor of scripts on this machine, and a store that buys there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from editai.library import LOCAL_OWNER, Library
from tests.script.desk import Desk
from tests.script.vendors import Vendor, running


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with running() as server:
        yield server
        assert server.faults == []


@pytest.fixture
def desk(shelf: Library) -> Desk:
    return Desk(shelf, shelf.store.default_profile(LOCAL_OWNER))
