"""The music of a job: given, the product's own, from the store's folder by the seed, or none."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from editai import jobs
from editai.errors import InvalidInput
from editai.models import File
from tests.conftest import BOX, MEDIA
from tests.shop import SCRIPT, Shop

TUNE = MEDIA / "happy_electronic.opus"


@pytest.fixture
def folder(tmp_path: Path, ffmpeg: Callable[..., None]) -> Path:
    """Two pieces that differ, a picture, and what only looks like music."""
    home = tmp_path / "music"
    home.mkdir()
    shutil.copyfile(TUNE, home / "a.opus")
    ffmpeg("-i", TUNE, "-t", "6", home / "b.mp3")
    (home / "c.mp3").write_text("#EXTM3U\n/etc/hostname\n")
    (home / "cover.jpg").write_bytes(b"\xff\xd8\xff")
    return home


def music_of(shop: Shop, **wishes: Any) -> File | None:
    return shop.submit(**wishes).brief.music


def test_music_that_is_given_is_kept_with_the_sources(shop: Shop) -> None:
    found = music_of(shop, music=TUNE)

    assert found is not None
    assert shop.shelf.media.source(shop.profile.id, found).read_bytes() == TUNE.read_bytes()


def test_without_a_folder_there_is_no_music(shop: Shop) -> None:
    assert music_of(shop) is None


def test_the_seed_says_which_piece_of_the_stores_folder_is_played(shop: Shop, folder: Path) -> None:
    store = shop.with_kit(music_folder=str(folder))

    played = [music_of(store, seed=seed) for seed in (0, 1, 3, 0)]

    assert [each.sha256 for each in played if each] == [
        File.of(folder / name).sha256 for name in ("a.opus", "b.mp3", "a.opus", "a.opus")
    ]


def test_a_clip_can_be_without_music_although_the_store_has_some(shop: Shop, folder: Path) -> None:
    assert music_of(shop.with_kit(music_folder=str(folder)), without_music=True) is None


def test_music_that_is_given_goes_before_the_folder(shop: Shop, folder: Path) -> None:
    found = music_of(shop.with_kit(music_folder=str(folder)), music=folder / "b.mp3", seed=0)

    assert found is not None
    assert found.sha256 == File.of(folder / "b.mp3").sha256


def test_a_products_music_stays_until_it_is_taken_away(shop: Shop) -> None:
    product = shop.submit(music=TUNE).project_id

    again, without, after = (
        jobs.submit(shop.shelf, shop.profile, (BOX,), project=product, script=SCRIPT, without_music=silent).brief.music
        for silent in (False, True, False)
    )

    assert again is not None
    assert again.sha256 == File.of(TUNE).sha256
    assert without is None
    assert after is None


@pytest.mark.parametrize(("how", "slug"), [("given", "music_unreadable"), ("folder", "music_folder_empty")])
def test_music_that_cannot_be_played_is_refused_and_leaves_nothing(
    how: str, slug: str, shop: Shop, tmp_path: Path
) -> None:
    (tmp_path / "songs").mkdir()
    song = tmp_path / "songs" / "song.mp3"
    song.write_text("la la la")
    store = shop.with_kit(music_folder=str(song.parent)) if how == "folder" else shop

    with pytest.raises(InvalidInput) as caught:
        store.submit(**({"music": song} if how == "given" else {}))

    assert (caught.value.status, caught.value.slug) == (422, slug)
    assert not shop.shelf.store.projects(shop.profile.id)
    assert not list(shop.shelf.media.folder(shop.profile.id).glob("sources/*"))
