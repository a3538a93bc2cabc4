"""Feeds and folders of files, made by code."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from editai.batch import folder_of, plan
from editai.facts import Feed, read_feed
from editai.models import BatchPlan
from tests.conftest import BOX
from tests.shop import Shop

COLUMNS = ("sku", "title", "price", "video", "script")


def feed_of(*rows: tuple[str, ...]) -> Feed:
    """A table of one's own with these rows, what is left out at their ends being empty."""
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(COLUMNS)
    table.writerows([*row, *[""] * (len(COLUMNS) - len(row))] for row in rows)
    return read_feed(written.getvalue().encode(), "feed.csv")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "media"
    home.mkdir()
    return home


@pytest.fixture
def put(folder: Path) -> Callable[..., None]:
    """Puts the sample video into the folder under these names."""

    def put(*names: str) -> None:
        for name in names:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(BOX.read_bytes())

    return put


@pytest.fixture
def planned(shop: Shop, folder: Path) -> Callable[..., BatchPlan]:
    """The plan of a table with these rows and what the folder holds."""

    def planned(*rows: tuple[str, ...]) -> BatchPlan:
        return plan(shop.shelf, shop.profile, feed_of(*rows), folder_of(folder))

    return planned
