"""A store's Postiz account: tried with what was typed and nothing else, then kept sealed."""

from __future__ import annotations

import pytest

from editai import profiles
from editai.errors import EditaiError
from editai.library import Library
from editai.models import Profile
from editai.settings import Settings
from tests.postiz.fixtures import *  # noqa: F403
from tests.postiz.server import Workspace


def test_what_was_typed_is_tried_and_gives_the_channels(settings: Settings, postiz: Workspace) -> None:
    postiz.add_channel("tiktok", "Aurora")
    found = profiles.test_connection(settings, postiz.url, postiz.key)
    assert [(channel.provider, channel.name) for channel in found] == [("tiktok", "Aurora")]


@pytest.mark.parametrize("missing", ["url", "key"])
def test_a_key_that_was_kept_is_not_used_for_what_was_not_typed(
    settings: Settings, shelf: Library, store: Profile, postiz: Workspace, missing: str
) -> None:
    profiles.connect(shelf, store, postiz.url, postiz.key)
    typed = {"url": postiz.url, "key": postiz.key} | {missing: " "}
    with pytest.raises(EditaiError) as caught:
        profiles.test_connection(settings, **typed)
    assert caught.value.title == "422 connection_incomplete"


def test_a_wrong_key_is_said_without_telling_it(settings: Settings, postiz: Workspace) -> None:
    with pytest.raises(EditaiError) as caught:
        profiles.test_connection(settings, postiz.url, "wrong-key-0123456789")
    assert caught.value.title == "403 postiz_key_refused"
    assert "wrong-key" not in str(caught.value)


def test_trying_keeps_nothing(settings: Settings, shelf: Library, store: Profile, postiz: Workspace) -> None:
    profiles.test_connection(settings, postiz.url, postiz.key)
    assert shelf.secrets.shown(store.id) == {}


def test_an_account_is_kept_and_only_its_last_four_characters_are_shown(
    shelf: Library, store: Profile, postiz: Workspace
) -> None:
    profiles.connect(shelf, store, f" {postiz.url}/ ", f" {postiz.key} ")
    assert shelf.secrets.shown(store.id) == {"postiz": f"••••{postiz.key[-4:]}"}
    assert shelf.secrets.connection(store.id).key == postiz.key


def test_an_address_that_cannot_be_is_refused_and_the_account_stays(
    shelf: Library, store: Profile, postiz: Workspace
) -> None:
    profiles.connect(shelf, store, postiz.url, postiz.key)
    before = shelf.secrets.connection(store.id)
    with pytest.raises(EditaiError) as caught:
        profiles.connect(shelf, store, "not an address", "another-key-0123456789")
    assert caught.value.title == "422 postiz_address_wrong"
    assert shelf.secrets.connection(store.id) == before
