"""What the tests of the library share: an open data folder, and processes that are at hand."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import pytest

from editai.library import LOCAL_OWNER, Library
from editai.models import Profile


@pytest.fixture
def profile(shelf: Library) -> Profile:
    return shelf.store.default_profile(LOCAL_OWNER)


@pytest.fixture(scope="package")
def processes() -> Iterator[ProcessPoolExecutor]:
    """Sixteen processes that were started anew, as on every system; they are kept from test to test."""
    with ProcessPoolExecutor(16, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool
