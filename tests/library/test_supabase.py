"""The Supabase store: the contract that the SQLite store keeps, through supabase-py, on a real Postgres."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from editai.library import Store
from editai.library.supabase import SupabaseStore
from editai.models import Profile
from tests.library.contract import StoreContract
from tests.library.samples import OWNER, STRANGER
from tests.supabase.fixtures import admin, new_account, new_store, postgres_server, project, supabase_server

__all__ = ["admin", "new_account", "new_store", "postgres_server", "project", "supabase_server"]


KIND: type[Store] = SupabaseStore
"""The type checker's part of the contract."""


class TwoOwners:
    """Two people's stores as one, because a store of Supabase answers only whoever signed in.

    The contract's owners stand for them; what names no owner is asked by the first.
    """

    def __init__(self, stores: dict[str, SupabaseStore]) -> None:
        self._stores = stores
        self._names = {store.owner_id: name for name, store in stores.items()}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def ask(*arguments: Any, **named: Any) -> Any:
            first = arguments[0] if arguments else None
            if first not in self._stores:
                return getattr(self._stores[OWNER], name)(*arguments, **named)
            store = self._stores[cast(str, first)]
            return self._told(getattr(store, name)(store.owner_id, *arguments[1:], **named))

        return ask

    def _told(self, found: Any) -> Any:
        if isinstance(found, tuple):
            return tuple(map(self._told, found))
        if isinstance(found, Profile):
            return found.model_copy(update={"owner_id": self._names[found.owner_id]})
        return found


class TestSupabaseStore(StoreContract):
    @pytest.fixture
    def store(self, new_store: Callable[[], SupabaseStore]) -> Store:
        return cast(Store, TwoOwners({OWNER: new_store(), STRANGER: new_store()}))
