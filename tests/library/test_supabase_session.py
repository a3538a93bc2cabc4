"""A session of a Supabase project: whose it is, how long it holds, and what is said when the project is away."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from editai.errors import RateLimited
from editai.library import Media
from editai.library.supabase import SupabaseStore
from editai.library.supabase_session import Line, Session
from tests.library.samples import a_clip, a_cost, a_project, at_the_same_time
from tests.supabase.fixtures import (
    NewAccount,
    NewStore,
    Project,
    admin,
    at_once,
    new_account,
    new_store,
    on_loopback,
    postgres_server,
    project,
    raised,
    supabase_server,
    title,
)
from tests.supabase.server import SupabaseServer

__all__ = [
    "admin",
    "at_once",
    "new_account",
    "new_store",
    "on_loopback",
    "postgres_server",
    "project",
    "supabase_server",
]

READ, DELETE = "GET /rest/v1/*", "DELETE /rest/v1/*"


@pytest.fixture
def server(on_loopback: SupabaseServer) -> SupabaseServer:
    return on_loopback


@pytest.fixture
def store(server: SupabaseServer, new_store: NewStore) -> SupabaseStore:
    """Somebody's store with a profile in it."""
    made = new_store()
    made.welcome(made.owner_id)
    return made


@pytest.fixture
def expired(server: SupabaseServer, new_account: NewAccount, tmp_path: Path) -> Iterator[SupabaseStore]:
    """The store of somebody whose token has expired by now."""
    server.auth.lifetime_s = -1
    session = new_account().sign_in()
    server.auth.lifetime_s = 3600
    yield SupabaseStore(session, Media(tmp_path).placed)
    session.close()


def profile_id(store: SupabaseStore) -> str:
    return store.default_profile(store.owner_id).id


# ── signing in ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_wrong_password_is_said_without_telling_what_was_typed(new_account: NewAccount, project: Project) -> None:
    account = new_account()
    error = raised(lambda: Session(project.settings, account.email, "hunter2-hunter2"))
    assert error.title == "401 sign_in_refused"
    told = [str(error), repr(error.__cause__)]
    assert not any(text in told for text in (account.email, "hunter2-hunter2"))


def test_an_address_that_nobody_has_is_said_like_a_wrong_password(project: Project) -> None:
    error = raised(lambda: Session(project.settings, "nobody@editai.example", "hunter2-hunter2"))
    assert error.title == "401 sign_in_refused"


@pytest.fixture
def line(server: SupabaseServer, project: Project) -> Iterator[Line]:
    """The project as nobody in particular."""
    made = Line(project.settings)
    yield made
    made.close()


def new_address() -> str:
    return f"{uuid.uuid4().hex}@editai.example"


def test_who_signs_up_can_sign_in(line: Line, project: Project) -> None:
    line.sign_up(email := new_address(), "a long password")
    session = Session(project.settings, f" {email}\n", "a long password")
    assert session.select("profiles") == []
    session.close()


def test_signing_up_signs_nobody_in_on_the_way_that_all_share(line: Line) -> None:
    line.sign_up(new_address(), "a long password")
    assert title(lambda: line.select("profiles")) == "401 signed_out"


def test_an_address_that_is_to_be_confirmed_signs_in_when_it_was(
    server: SupabaseServer, line: Line, project: Project
) -> None:
    server.auth.confirms = True
    line.sign_up(email := new_address(), "a long password")
    assert server.auth.mailed == [email]
    assert title(lambda: Session(project.settings, email, "a long password")) == "401 email_not_confirmed"


def test_a_password_that_the_project_refuses_is_said_in_its_words(line: Line) -> None:
    error = raised(lambda: line.sign_up(new_address(), "short"))
    assert error.title == "422 sign_up_refused"
    assert "at least 6 characters" in error.message


def test_a_new_password_is_asked_for_by_e_mail(server: SupabaseServer, line: Line, new_account: NewAccount) -> None:
    line.reset_password(email := new_account().email)
    assert server.auth.mailed == [email]


def test_two_sessions_at_once_are_two_people(new_store: NewStore) -> None:
    stores = [new_store() for _ in range(2)]
    for store in stores:
        store.create_profile(store.owner_id, "Tea")
    owners = [[profile.owner_id for profile in store.profiles(store.owner_id)] for store in stores]
    assert owners == [[store.owner_id] for store in stores]


def test_a_store_answers_nobody_but_who_signed_in(store: SupabaseStore, new_store: NewStore) -> None:
    other = new_store().owner_id
    seen: list[str] = []
    for ask in (
        partial(store.welcome, other),
        partial(store.profiles, other),
        partial(store.profile, other, "x"),
        partial(store.find_profile, other, "x"),
        partial(store.default_profile, other),
        partial(store.create_profile, other, "x"),
        partial(store.update_profile, other, "x", {}),
        partial(store.set_default_profile, other, "x"),
        partial(store.delete_profile, other, "x"),
    ):
        seen.append(title(ask))
    assert set(seen) == {"401 signed_out"}


def test_after_signing_out_nothing_is_asked_under_the_old_token(server: SupabaseServer, store: SupabaseStore) -> None:
    owner = store.owner_id
    store._session.sign_out()
    server.rest.seen.clear()
    assert title(lambda: store.profiles(owner)) == "401 signed_out"
    assert server.rest.seen == []


def test_signing_out_works_while_the_project_is_away(server: SupabaseServer, store: SupabaseStore) -> None:
    server.fail("POST /auth/v1/logout", "drop_before", times=9)
    store._session.sign_out()
    assert title(lambda: store.profiles(store.owner_id)) == "401 signed_out"


def test_a_session_does_not_show_its_tokens(store: SupabaseStore) -> None:
    shown = repr(vars(store._session)["_client"]) + repr(store._session)
    assert store._session._tokens.access_token not in shown


# ── how long it holds ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_token_that_expired_is_renewed_and_the_request_sent_once_more(
    server: SupabaseServer, expired: SupabaseStore
) -> None:
    created = expired.create_profile(expired.owner_id, "Tea")
    assert expired.profiles(expired.owner_id) == (created,)
    assert server.auth.refreshes == 1


def test_of_many_who_meet_an_expired_token_one_renews_it(server: SupabaseServer, expired: SupabaseStore) -> None:
    at_the_same_time([partial(expired.profiles, expired.owner_id)] * 8)
    assert server.auth.refreshes == 1


@pytest.mark.parametrize("hours", [-48, 48])
def test_a_clock_that_is_wrong_renews_nothing_by_itself(
    server: SupabaseServer, store: SupabaseStore, hours: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = time.time
    monkeypatch.setattr(time, "time", lambda: right() + hours * 3600)
    for _ in range(3):
        assert store.profiles(store.owner_id)
    assert server.auth.refreshes == 0


def test_a_sign_in_that_has_ended_is_said(server: SupabaseServer, expired: SupabaseStore) -> None:
    server.auth.forget(expired.owner_id)
    assert title(lambda: expired.profiles(expired.owner_id)) == "401 signed_out"


@pytest.mark.parametrize(
    ("how", "told"), [("503_before", "504 supabase_failed"), ("drop_before", "503 supabase_unreachable")]
)
def test_a_project_that_is_away_when_a_token_expires_ends_no_sign_in(
    server: SupabaseServer, expired: SupabaseStore, how: str, told: str
) -> None:
    server.fail("POST /auth/v1/token", how)
    assert title(lambda: expired.profiles(expired.owner_id)) == told
    assert expired.profiles(expired.owner_id) == ()


# ── what a project may answer ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("401_before", "401 signed_out"),
        ("302_before", "503 supabase_not_there"),
        ("404_before", "503 supabase_not_there"),
        ("409_before", "409 supabase_conflict"),
        ("413_before", "413 supabase_too_large"),
        ("429_before", "429 supabase_busy"),
        ("500_before", "504 supabase_failed"),
        ("503_before", "504 supabase_failed"),
        ("520_before", "504 supabase_failed"),
        ("drop_before", "504 supabase_no_answer"),
        ("cut_after", "504 supabase_no_answer"),
        ("garbage_after", "504 supabase_no_answer"),
    ],
)
def test_each_fault_is_said_in_words_of_ours(server: SupabaseServer, store: SupabaseStore, how: str, told: str) -> None:
    owner = store.owner_id
    server.fail(READ, how, times=9)
    error = raised(lambda: store.profiles(owner))
    assert error.title == told
    assert error.hint
    server.heal()
    assert store.profiles(owner)


def test_how_long_to_wait_is_said(server: SupabaseServer, store: SupabaseStore) -> None:
    server.fail(READ, "429_before", wait=7)
    error = raised(lambda: store.profiles(store.owner_id))
    assert isinstance(error, RateLimited)
    assert error.retry_after_s == 7


def test_a_project_that_is_slow_is_given_up(server: SupabaseServer, new_account: NewAccount) -> None:
    session = new_account().sign_in(timeout_s=0.5)
    server.fail(READ, "hang_before", times=9)
    assert title(lambda: session.select("profiles")) == "504 supabase_no_answer"
    session.close()


def test_a_statement_that_takes_too_long_is_given_up_by_the_database(
    server: SupabaseServer, store: SupabaseStore
) -> None:
    server.database.ask("alter role authenticator set statement_timeout = '100ms'")
    try:
        server.rest.close()
        with server.database.connect() as rows, rows.transaction():
            rows.execute("lock table profiles in access exclusive mode")
            assert title(lambda: store.profiles(store.owner_id)) == "503 supabase_slow"
    finally:
        server.database.ask("alter role authenticator reset statement_timeout")
        server.rest.close()


# ── asked again, where that is safe ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("how", ["drop_before", "drop_after", "503_before", "500_after"])
def test_what_does_the_same_twice_is_asked_again_and_done_once(
    server: SupabaseServer, store: SupabaseStore, how: str
) -> None:
    owner, mine = store.owner_id, profile_id(store)
    project, cost = a_project(mine), a_cost(mine, amount=7)
    clip = a_clip(mine, project_id=project.id)
    server.fail("* /rest/v1/*", how)
    created = store.create_profile(owner, "Tea")
    for ask in (
        partial(store.profiles, owner),
        partial(store.update_profile, owner, mine, {"description": "Leaves"}),
        partial(store.keep_project, project),
        partial(store.add_clip, clip),
        partial(store.keep_secret, mine, "postiz", b"sealed", ""),
        partial(store.reserve_cost, cost, ""),
        partial(store.end_cost, cost.id, "settled", 7),
        partial(store.set_default_profile, owner, created.id),
    ):
        server.fail("* /rest/v1/*", how)
        ask()
    assert [profile.name for profile in store.profiles(owner)] == ["My store", "Tea"]
    assert store.projects(mine) == (project,)
    assert [found.id for found in store.clips(mine)] == [clip.id]
    assert [(found.state, found.amount) for found in store.costs(mine, "")] == [("settled", 7)]
    assert store.default_profile(owner).id == created.id


def test_a_deletion_whose_answer_was_lost_is_not_asked_again(server: SupabaseServer, store: SupabaseStore) -> None:
    mine = profile_id(store)
    store.add_clip(clip := a_clip(mine))
    server.fail(DELETE, "drop_after")
    error = raised(lambda: store.delete_clip(mine, clip.id))
    assert error.title == "504 supabase_no_answer"
    assert "before you do it again" in error.hint
    assert store.clips(mine) == ()


def test_a_transaction_that_postgres_gave_up_for_another_is_sent_again(
    server: SupabaseServer, store: SupabaseStore
) -> None:
    server.database.ask("create sequence public.inserts")
    server.database.ask("grant usage on sequence public.inserts to authenticated")
    server.database.ask(
        "create function public.in_the_way() returns trigger language plpgsql as $$ begin "
        "if nextval('public.inserts') = 1 then raise exception 'deadlock detected' using errcode = '40P01'; end if; "
        "return new; end $$"
    )
    server.database.ask(
        "create trigger in_the_way before insert on editai_clips for each row execute function public.in_the_way()"
    )
    try:
        store.add_clip(clip := a_clip(mine := profile_id(store)))
        assert [found.id for found in store.clips(mine)] == [clip.id]
    finally:
        server.database.ask("drop function public.in_the_way cascade")
        [tried] = server.database.ask("select last_value as times from public.inserts")
        server.database.ask("drop sequence public.inserts")
    assert tried["times"] == 2
