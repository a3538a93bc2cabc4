"""What every Store must do with secrets, which it knows only sealed."""

from __future__ import annotations

import uuid

import pytest

from editai.errors import EditaiError
from editai.library import Store
from tests.library.samples import OWNER

SEALED = bytes(range(256))


class SecretContract:
    """Part of `StoreContract`."""

    def test_a_secret_reads_back_as_it_was_sealed(self, store: Store) -> None:
        profile = store.create_profile(OWNER, "Tea")
        store.keep_secret(profile.id, "postiz", SEALED, "abcd")
        assert store.sealed_secret(profile.id, "postiz") == SEALED
        assert store.secrets(profile.id) == {"postiz": "abcd"}

    def test_a_secret_takes_the_place_of_an_earlier_one(self, store: Store) -> None:
        profile = store.create_profile(OWNER, "Tea")
        store.keep_secret(profile.id, "postiz", b"old", "abcd")
        store.keep_secret(profile.id, "elevenlabs", b"other", "1234")
        store.keep_secret(profile.id, "postiz", b"new", "")
        assert store.sealed_secret(profile.id, "postiz") == b"new"
        assert store.secrets(profile.id) == {"elevenlabs": "1234", "postiz": ""}

    def test_a_secret_that_is_not_there_is_none(self, store: Store) -> None:
        profile = store.create_profile(OWNER, "Tea")
        assert store.sealed_secret(profile.id, "postiz") is None
        assert store.secrets(profile.id) == {}

    def test_a_secret_is_forgotten_and_forgetting_it_again_is_no_error(self, store: Store) -> None:
        profile = store.create_profile(OWNER, "Tea")
        store.keep_secret(profile.id, "postiz", b"sealed", "abcd")
        for _ in range(2):
            store.forget_secret(profile.id, "postiz")
            assert store.sealed_secret(profile.id, "postiz") is None

    def test_another_profiles_secrets_do_not_exist(self, store: Store) -> None:
        mine, other = (store.create_profile(OWNER, name) for name in ("A", "B"))
        store.keep_secret(other.id, "postiz", b"sealed", "abcd")
        store.forget_secret(mine.id, "postiz")
        assert (store.sealed_secret(mine.id, "postiz"), store.secrets(mine.id)) == (None, {})
        assert store.sealed_secret(other.id, "postiz") == b"sealed"

    def test_a_secret_of_a_profile_that_is_not_there_is_refused(self, store: Store) -> None:
        nobody = uuid.uuid4().hex
        with pytest.raises(EditaiError) as caught:
            store.keep_secret(nobody, "postiz", b"sealed", "abcd")
        assert caught.value.title == "404 profile_not_found"
        assert store.sealed_secret(nobody, "postiz") is None
