"""What a store may not name where people from elsewhere use this EditAI: this computer's folders and its network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from editai import jobs, library, profiles
from editai.errors import EditaiError
from editai.library import LOCAL_OWNER, Library
from editai.models import Profile
from editai.settings import Settings
from tests.conftest import BOX


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Library]:
    """A library that is served to others."""
    with library.open(Settings(_env_file=None, home=tmp_path / "home", host="0.0.0.0", offline=True)) as opened:
        yield opened


@pytest.fixture
def store(shelf: Library) -> Profile:
    return shelf.store.default_profile(LOCAL_OWNER)


def title_of(act: Callable[[], object]) -> str:
    with pytest.raises(EditaiError) as caught:
        act()
    return caught.value.title


@pytest.mark.parametrize("url", ["http://127.0.0.1:4007", "http://192.168.1.5/api", "http://postiz.local"])
def test_an_address_inside_the_house_is_not_asked(shelf: Library, store: Profile, url: str) -> None:
    assert title_of(lambda: profiles.connect(shelf, store, url, "a-key")) == "403 address_inside"
    assert title_of(lambda: profiles.connect_model(shelf, store, url, "m")) == "403 address_inside"
    assert title_of(lambda: profiles.require_outside(shelf.settings, url)) == "403 address_inside"
    assert shelf.secrets.shown(store.id) == {}


def test_an_address_in_the_internet_is_kept(shelf: Library, store: Profile) -> None:
    profiles.connect(shelf, store, "https://postiz.example.com/api", "a-key")
    assert shelf.secrets.connection(store.id).url.startswith("https://postiz.example.com")


def test_no_folder_of_the_computer_is_named(shelf: Library, store: Profile, tmp_path: Path) -> None:
    wishes = {"music_folder": str(tmp_path)}
    assert title_of(lambda: profiles.update(shelf, LOCAL_OWNER, store.id, wishes)) == "422 music_folder_invalid"


def test_a_folder_that_was_named_elsewhere_is_not_opened(shelf: Library, store: Profile, tmp_path: Path) -> None:
    named = store.changed({"music_folder": str(tmp_path)})
    assert title_of(lambda: jobs.submit(shelf, named, [BOX], script="Hello there.")) == "403 music_folder_closed"
    assert shelf.journal.jobs(store.id) == ()
