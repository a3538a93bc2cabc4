"""Files of a store are served at addresses that the app gave out, and nowhere else; and no longer than the store is."""

from __future__ import annotations

import functools
import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import httpx
import pytest

from editai.library import LOCAL_OWNER
from editai.ui.clips import FILES
from tests.postiz.fixtures import postiz_server
from tests.postiz.server import PostizServer
from tests.ui.conftest import Running
from tests.ui.strangers import DRAWING, Asking, Shop, Visit, ask, config, mine, my_other, open_shop

__all__ = ["ask", "config", "mine", "my_other", "postiz_server"]

ADDRESS = re.compile(r"/gradio_api/file=([^\"'\\\s]+)|\"path\": ?\"([^\"]+)\"")
Fetch = Callable[[str], httpx.Response]
Addresses = Callable[[Shop], set[str]]
GIVE_FILES = {"job": ("job", "profile"), "clip": ("clip", "profile"), "profile": ("profile",)}
"""Endpoints whose answer may hold files, with their arguments."""


@pytest.fixture(scope="module")
def addresses(running: Running, config: dict[str, Any], ask: Asking) -> Addresses:
    """Every address of a file that the app gives for a store, on the page and to scripts."""

    @functools.cache
    def all_of(shop: Shop) -> set[str]:
        told = [ask.http(name, {item: shop.id(item) for item in ids})[1] for name, ids in GIVE_FILES.items()]
        with Visit(running, config) as visit:
            for name in DRAWING:
                told += [json.dumps(visit.fire(event, shop.profile.id)) for event in visit.named(name)]
        found = {quote(unquote(one or other)) for text in told for one, other in ADDRESS.findall(text)}
        return {path for path in found if path.startswith("/")}

    return all_of


@pytest.fixture(scope="module")
def fetch(running: Running) -> Iterator[Fetch]:
    """What is served of a path."""
    with httpx.Client(verify=False) as web:
        yield lambda path: web.get(f"{running.url}/gradio_api/file={path}")


def test_an_address_that_was_given_is_served_and_one_like_it_is_not(
    fetch: Fetch, addresses: Addresses, mine: Shop
) -> None:
    given = addresses(mine)
    assert len(given) >= len(FILES)
    for path in given:
        *_, token, name = path.split("/")
        assert re.fullmatch(r"[0-9a-f]{40}", token)
        assert fetch(path).status_code == 200
        for guess in (token[:-1] + ("0" if token[-1] != "0" else "1"), "", "*"):
            assert fetch(path.replace(token, guess)).status_code in {403, 404}
        assert fetch(path.removesuffix(f"/{name}")).status_code in {403, 404}


def test_two_stores_share_no_address(addresses: Addresses, mine: Shop, my_other: Shop) -> None:
    assert addresses(mine) & addresses(my_other) == set()


WAYS_IN: dict[str, Callable[[Path, Path], str]] = {
    "as it is": lambda _uploads, path: f"{path}",
    "by dots": lambda uploads, path: f"{uploads}/../{path.relative_to(uploads.parent)}",
    "by encoded dots": lambda uploads, path: f"{uploads}/%2e%2e/{path.relative_to(uploads.parent)}",
    "encoded": lambda _uploads, path: quote(str(path), safe=""),
    "encoded twice": lambda _uploads, path: quote(quote(str(path), safe=""), safe=""),
    "with two slashes": lambda _uploads, path: f"/{path}",
    "with a backslash": lambda uploads, path: f"{uploads}/..%5c{path.relative_to(uploads.parent)}",
    "as an address": lambda _uploads, path: f"file://{path}",
    "with a null byte": lambda _uploads, path: f"{path}%00.jpg",
    "from the working folder": lambda _uploads, path: os.path.relpath(path),
}


@pytest.mark.parametrize("way", WAYS_IN)
def test_what_lies_in_the_data_folder_is_not_served(running: Running, fetch: Fetch, my_other: Shop, way: str) -> None:
    settings, folder = running.settings, running.shelf.media.folder(my_other.profile.id)
    private = [*folder.rglob("*"), *settings.home.glob("*")]
    private = [path for path in private if path.is_file() and path.stat().st_size]
    assert {settings.database, settings.key_file} < set(private)
    for path in private:
        sent = fetch(WAYS_IN[way](settings.uploads, path))
        assert sent.status_code in {403, 404}
        assert path.read_bytes()[:64] not in sent.content


def test_a_link_that_leads_out_of_the_upload_folder_is_not_followed(
    running: Running, fetch: Fetch, my_other: Shop
) -> None:
    clip = running.shelf.media.placed(my_other.clip)
    for target in (clip.path(clip.video), running.settings.database, running.settings.key_file):
        link = running.settings.uploads / "shown" / f"{my_other.post.id}.mp4"
        link.symlink_to(target)
        try:
            assert fetch(str(link)).status_code in {403, 404}
        finally:
            link.unlink()


def test_what_was_shown_of_a_store_is_gone_with_it(
    running: Running,
    fetch: Fetch,
    postiz_server: PostizServer,
    ask: Asking,
    addresses: Addresses,
    tmp_path: Path,
) -> None:
    doomed = open_shop(running, postiz_server, LOCAL_OWNER, tmp_path / "files")
    given = addresses(doomed)
    assert {fetch(path).status_code for path in given} == {200}
    by_name = {"profile": doomed.profile.id, "confirm_name": doomed.profile.name}
    assert ask.http("delete_profile", by_name)[0] == ""
    assert {fetch(path).status_code for path in given} <= {403, 404}
    assert ask.http("profile", {"profile": doomed.profile.id})[0] == "404 profile_not_found"
