"""Many clients of one owner at once: there is one default at every moment, and nobody loses anything."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from editai.errors import EditaiError
from editai.library import Media
from editai.library.supabase import SupabaseStore
from tests.library.samples import A_KIT, at_the_same_time
from tests.supabase.fixtures import (
    NewAccount,
    admin,
    new_account,
    on_loopback,
    postgres_server,
    project,
    supabase_server,
)
from tests.supabase.server import SupabaseServer

__all__ = ["admin", "new_account", "on_loopback", "postgres_server", "project", "supabase_server"]

CLIENTS, SWITCHES = 8, 15


@pytest.fixture
def clients(new_account: NewAccount, tmp_path: Path) -> Iterator[list[SupabaseStore]]:
    """One owner, signed in eight times."""
    account = new_account()
    sessions = [account.sign_in() for _ in range(CLIENTS)]
    yield [SupabaseStore(session, Media(tmp_path).placed) for session in sessions]
    for session in sessions:
        session.close()


def owner_of(clients: list[SupabaseStore]) -> str:
    return clients[0].owner_id


def test_of_many_first_sign_ins_at_once_one_makes_the_first_store(clients: list[SupabaseStore]) -> None:
    owner = owner_of(clients)
    at_the_same_time([partial(client.welcome, owner, {"description": "Leaves"}) for client in clients])
    [profile] = clients[0].profiles(owner)
    assert (profile.name, profile.description, profile.is_default) == ("My store", "Leaves", True)


def test_of_many_first_stores_at_once_one_is_the_default(clients: list[SupabaseStore]) -> None:
    owner = owner_of(clients)
    at_the_same_time([partial(client.create_profile, owner, str(number)) for number, client in enumerate(clients)])
    assert sum(profile.is_default for profile in clients[0].profiles(owner)) == 1


def test_of_many_stores_of_one_name_at_once_one_is_made(clients: list[SupabaseStore]) -> None:
    owner, refused = owner_of(clients), list[str]()

    def create(client: SupabaseStore) -> None:
        try:
            client.create_profile(owner, "Tea")
        except EditaiError as error:
            refused.append(error.title)

    at_the_same_time([partial(create, client) for client in clients])
    assert refused == ["409 profile_name_taken"] * (CLIENTS - 1)
    assert [profile.name for profile in clients[0].profiles(owner)] == ["Tea"]


def test_eight_clients_that_switch_the_default_at_once_meet_no_error_and_leave_one_at_every_moment(
    clients: list[SupabaseStore], on_loopback: SupabaseServer
) -> None:
    owner = owner_of(clients)
    ids = [clients[0].create_profile(owner, str(number)).id for number in range(4)]
    ended, seen = threading.Event(), list[int]()

    def switch(number: int) -> None:
        for time in range(SWITCHES):
            kept = clients[number].set_default_profile(owner, ids[(number + time) % len(ids)])
            assert kept.is_default
            assert sum(profile.is_default for profile in clients[number].profiles(owner)) == 1
            clients[number].default_profile(owner)

    def watch() -> None:
        with on_loopback.database.connect() as rows:
            while not ended.is_set():
                found = rows.execute("select count(*) as n from profiles where user_id = %s and is_default", [owner])
                seen.extend(row["n"] for row in found.fetchall())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        at_the_same_time([partial(switch, number) for number in range(CLIENTS)])
    finally:
        ended.set()
        watcher.join()
    assert len(seen) > SWITCHES
    assert set(seen) == {1}


def test_a_store_that_becomes_the_default_while_it_is_deleted_is_one_or_the_other(
    clients: list[SupabaseStore],
) -> None:
    owner = owner_of(clients)
    clients[0].create_profile(owner, "First")
    for number in range(10):
        wanted = clients[0].create_profile(owner, str(number)).id
        told: list[str] = []

        def attempt(ask: object, profile_id: str = wanted, told: list[str] = told) -> None:
            try:
                ask(owner, profile_id)  # type: ignore[operator]
            except EditaiError as error:
                told.append(error.title)

        at_the_same_time(
            [partial(attempt, clients[0].set_default_profile), partial(attempt, clients[1].delete_profile)]
        )
        assert told in (["409 default_profile_protected"], ["404 profile_not_found"])
        assert sum(profile.is_default for profile in clients[0].profiles(owner)) == 1


def test_two_machines_that_change_different_fields_at_once_both_keep_theirs(clients: list[SupabaseStore]) -> None:
    owner = owner_of(clients)
    profile = clients[0].create_profile(owner, "Tea")
    changes = [{name: value} for name, value in {"name": "Coffee", "description": "Beans", **A_KIT}.items()]
    at_the_same_time(
        [
            partial(clients[number % CLIENTS].update_profile, owner, profile.id, change)
            for number, change in enumerate(changes)
        ]
    )
    after = clients[0].profile(owner, profile.id)
    assert (after.name, after.description) == ("Coffee", "Beans")
    assert {name: getattr(after.kit, name) for name in A_KIT} == A_KIT
