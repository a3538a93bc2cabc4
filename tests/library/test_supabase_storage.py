"""The bucket's policies by themselves: as SQL under two owners' tokens."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from editai.library.supabase import SupabaseStore
from tests.supabase.fixtures import (
    NewStore,
    admin,
    new_account,
    new_store,
    on_loopback,
    postgres_server,
    project,
    supabase_server,
)
from tests.supabase.postgres import Rows
from tests.supabase.server import SupabaseServer

__all__ = ["admin", "new_account", "new_store", "on_loopback", "postgres_server", "project", "supabase_server"]


@contextmanager
def signed_in(server: SupabaseServer, user_id: str = "") -> Iterator[Rows]:
    """A transaction as Supabase Storage makes one: under somebody's token, or nobody's."""
    with server.database.connect("authenticator") as rows, rows.transaction():
        rows.execute("set local role authenticated" if user_id else "set local role anon")
        rows.execute("select set_config('request.jwt.claims', %s, true)", [json.dumps({"sub": user_id or None})])
        yield rows


def folder_of(store: SupabaseStore) -> str:
    """Where a new profile of this owner keeps its files."""
    owner = store.owner_id
    return f"{owner}/{store.create_profile(owner, uuid.uuid4().hex).id}"


def put(rows: Rows, path: str) -> None:
    rows.execute("insert into storage.objects (bucket_id, name) values ('editai', %s)", [path])


@pytest.fixture
def clip(on_loopback: SupabaseServer, new_store: NewStore) -> tuple[SupabaseStore, str]:
    """A, and the path of a file that A keeps."""
    a = new_store()
    path = f"{folder_of(a)}/clips/clip.mp4"
    with signed_in(on_loopback, a.owner_id) as rows:
        put(rows, path)
    return a, path


def paths(rows: Rows) -> list[str]:
    return [row["name"] for row in rows.execute("select name from storage.objects").fetchall()]


def test_the_bucket_is_private(on_loopback: SupabaseServer) -> None:
    assert on_loopback.database.ask("select id, public from storage.buckets") == [{"id": "editai", "public": False}]


def test_an_owner_keeps_sees_and_deletes_files_of_its_stores(
    on_loopback: SupabaseServer, clip: tuple[SupabaseStore, str]
) -> None:
    a, path = clip
    with signed_in(on_loopback, a.owner_id) as rows:
        assert paths(rows) == [path]
        assert rows.execute("delete from storage.objects where name = %s", [path]).rowcount == 1


def test_b_sees_changes_and_deletes_no_file_of_a(
    on_loopback: SupabaseServer, clip: tuple[SupabaseStore, str], new_store: NewStore
) -> None:
    _, path = clip
    with signed_in(on_loopback, new_store().owner_id) as rows:
        assert paths(rows) == []
        assert rows.execute("update storage.objects set name = 'stolen' where name = %s", [path]).rowcount == 0
        assert rows.execute("delete from storage.objects where name = %s", [path]).rowcount == 0
    assert on_loopback.database.ask("select 1 from storage.objects where name = %s", path)


@pytest.mark.parametrize("where", ["a folder of A", "A's store in a folder of its own", "no store", "the top"])
def test_b_puts_nothing_where_it_has_no_store(
    on_loopback: SupabaseServer, clip: tuple[SupabaseStore, str], new_store: NewStore, where: str
) -> None:
    a, path = clip
    b = new_store().owner_id
    store_of_a = path.split("/")[1]
    tried = {
        "a folder of A": f"{a.owner_id}/{store_of_a}/x.mp4",
        "A's store in a folder of its own": f"{b}/{store_of_a}/x.mp4",
        "no store": f"{b}/x.mp4",
        "the top": "x.mp4",
    }
    with pytest.raises(psycopg.errors.InsufficientPrivilege), signed_in(on_loopback, b) as rows:
        put(rows, tried[where])


def test_b_moves_no_file_of_its_own_to_a(
    on_loopback: SupabaseServer, clip: tuple[SupabaseStore, str], new_store: NewStore
) -> None:
    _, path = clip
    b = new_store()
    own = f"{folder_of(b)}/x.mp4"
    with signed_in(on_loopback, b.owner_id) as rows:
        put(rows, own)
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        signed_in(on_loopback, b.owner_id) as rows,
    ):
        rows.execute("update storage.objects set name = %s where name = %s", [f"{path}.mp4", own])


@pytest.mark.parametrize("who", ["B", "nobody"])
def test_the_bucket_itself_is_seen_and_changed_by_nobody(
    on_loopback: SupabaseServer, new_store: NewStore, who: str
) -> None:
    with signed_in(on_loopback, new_store().owner_id if who == "B" else "") as rows:
        assert rows.execute("select id from storage.buckets").fetchall() == []
        assert rows.execute("update storage.buckets set public = true").rowcount == 0
        assert rows.execute("delete from storage.buckets").rowcount == 0
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        signed_in(on_loopback, new_store().owner_id if who == "B" else "") as rows,
    ):
        rows.execute("insert into storage.buckets (id, name) values ('of B', 'of B')")


def test_who_is_not_signed_in_reaches_no_file(on_loopback: SupabaseServer, clip: tuple[SupabaseStore, str]) -> None:
    _, path = clip
    with signed_in(on_loopback) as rows:
        assert paths(rows) == []
        assert rows.execute("delete from storage.objects where name = %s", [path]).rowcount == 0
    with pytest.raises(psycopg.errors.InsufficientPrivilege), signed_in(on_loopback) as rows:
        put(rows, f"{path}.mp4")


def test_files_of_other_buckets_are_none_of_ours(on_loopback: SupabaseServer, new_store: NewStore) -> None:
    on_loopback.database.ask("insert into storage.buckets (id, name) values ('other', 'other') on conflict do nothing")
    b = new_store()
    path = f"{folder_of(b)}/x.mp4"
    with pytest.raises(psycopg.errors.InsufficientPrivilege), signed_in(on_loopback, b.owner_id) as rows:
        rows.execute("insert into storage.objects (bucket_id, name) values ('other', %s)", [path])
    on_loopback.database.ask("delete from storage.buckets where id = 'other'")
