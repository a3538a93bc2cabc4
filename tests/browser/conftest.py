"""A real browser, one for each file. Its pictures are kept in `artifacts/browser`."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import visits
from tests.browser.visits import Visit


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Ends with its file: while it runs, no other test of this process could have an event loop of its own."""
    expect.set_options(timeout=1000 * visits.LOAD_S)
    with visits.chromium() as started:
        yield started


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """What the pictures of a test are called."""
    return re.sub(r"\W+", "-", request.node.name.removeprefix("test_")).replace("_", "-").strip("-")


@pytest.fixture
def seen(first: Visit, name: str) -> Iterator[Visit]:
    """The browser that a file's tests share, which that file has as `first`, for one test more."""
    with visits.watched(first, name) as visit:
        yield visit
