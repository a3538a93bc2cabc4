"""A shop to fetch pages from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.facts.site import Site, running


@pytest.fixture
def site() -> Iterator[Site]:
    with running() as shop:
        yield shop
