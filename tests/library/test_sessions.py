"""Tickets, guesses, and who has signed in on a computer."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from editai import library, workers
from editai.cli import main
from editai.errors import RateLimited
from editai.library import LOCAL_OWNER, Library, Owner, accounts
from editai.library.guesses import FREE, LONGEST_S, Guesses
from editai.library.sessions import LASTS_S, Sessions
from editai.settings import Settings
from tests.supabase.fixtures import (
    NewAccount,
    Project,
    admin,
    at_once,
    new_account,
    on_loopback,
    postgres_server,
    project,
    raised,
    supabase_server,
    title,
)
from tests.supabase.server import SupabaseServer

__all__ = ["admin", "at_once", "new_account", "on_loopback", "postgres_server", "project", "supabase_server"]

ANNA, BEN = Owner("a", "anna@shop.example"), Owner("b", "ben@shop.example")


@pytest.fixture
def theirs(tmp_path: Path) -> Settings:
    """Settings with a project that nobody asks."""
    key = "sb_publishable_x"
    return Settings(_env_file=None, home=tmp_path / "home", supabase_url="https://ABC.supabase.co", supabase_key=key)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets time pass: `clock(5)`. For sign-ins alone: a server's loop that saw it would sleep for a month."""
    passed = [1000.0]
    for module in ("sessions", "guesses"):
        monkeypatch.setattr(f"editai.library.{module}.time", SimpleNamespace(monotonic=lambda: passed[0]))

    def wait(seconds: float) -> None:
        passed[0] += seconds

    return wait


# ── tickets ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_sign_in_has_a_ticket_and_a_session_of_its_own(project: Project, new_account: NewAccount) -> None:
    anna, ben, sessions = new_account(), new_account(), Sessions(project.settings)
    tickets = [sessions.sign_in(who.email, who.password) for who in (anna, ben, anna)]
    found = [sessions.of(ticket) for ticket in tickets]
    assert [one.owner.id for one in found] == [anna.user_id, ben.user_id, anna.user_id]
    assert len({id(one.session) for one in found}) == 3
    assert sessions.of_owner(anna.user_id) is found[2].session
    sessions.sign_out(tickets[2])
    assert title(lambda: sessions.of(tickets[2])) == "401 not_signed_in"
    assert sessions.of_owner(anna.user_id) is found[0].session
    sessions.close()
    assert sessions.of_owner(anna.user_id) is None


def test_a_ticket_is_kept_as_a_hash_alone(project: Project, new_account: NewAccount) -> None:
    account, sessions = new_account(), Sessions(project.settings)
    ticket = sessions.sign_in(account.email, account.password)
    assert ticket not in repr(vars(sessions))
    assert account.password not in repr(vars(sessions))
    sessions.close()


def test_a_ticket_ends_after_its_time(
    project: Project, new_account: NewAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, sessions = new_account(), Sessions(project.settings)
    monkeypatch.setattr("editai.library.sessions.LASTS_S", -1)
    ticket = sessions.sign_in(account.email, account.password)
    assert sessions.of_owner(account.user_id) is None
    assert title(lambda: sessions.of(ticket)) == "401 not_signed_in"
    assert LASTS_S == 30 * 86_400
    sessions.close()


def test_of_several_sign_ins_of_one_owner_the_newest_that_holds_carries_their_rows(
    project: Project, new_account: NewAccount, on_loopback: SupabaseServer
) -> None:
    account, sessions = new_account(), Sessions(project.settings)
    tickets = [sessions.sign_in(account.email, account.password) for _ in range(2)]
    older, newer = (sessions.of(ticket).session for ticket in tickets)
    on_loopback.fail("GET /rest/v1/*", "401_before", 2)
    on_loopback.fail("POST /auth/v1/token", "503_before")
    assert title(lambda: newer.select("profiles")) == "504 supabase_failed"
    assert sessions.of_owner(account.user_id) is newer  # the project is away, which ends no sign-in
    on_loopback.auth.end(newer._tokens.refresh_token)
    assert title(lambda: newer.select("profiles")) == "401 signed_out"
    assert sessions.of_owner(account.user_id) is older
    assert sessions.of(tickets[1]).session is newer  # the page stays, and says so
    older.sign_out()
    assert sessions.of_owner(account.user_id) is None
    sessions.close()


def test_an_address_is_the_same_however_it_is_typed(project: Project, new_account: NewAccount) -> None:
    account, sessions = new_account(), Sessions(project.settings)
    ticket = sessions.sign_in(f"  {account.email.upper()} ", account.password)
    assert sessions.of(ticket).owner == Owner(account.user_id, account.email)
    sessions.close()


def test_a_project_that_does_not_answer_counts_as_no_guess(
    project: Project, new_account: NewAccount, on_loopback: SupabaseServer
) -> None:
    account, sessions = new_account(), Sessions(project.settings)
    on_loopback.fail("POST /auth/v1/*", "500_before", times=20)
    for _ in range(2 * FREE["email"]):
        assert raised(lambda: sessions.sign_in(account.email, account.password)).status in {503, 504}
    on_loopback.heal()
    sessions.sign_in(account.email, account.password)
    sessions.close()


# ── guesses ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_after_some_wrong_guesses_each_has_to_wait_twice_as_long(clock: Callable[[float], None]) -> None:
    guesses, waits = Guesses(), []
    for _ in range(FREE["email"] + 12):
        try:
            guesses.attempt("anna", "here")
        except RateLimited as error:
            waits.append(error.retry_after_s)
            clock(error.retry_after_s)
            guesses.attempt("anna", "here")
    assert waits == [min(2**number, LONGEST_S) for number in range(12)]


def test_one_who_waits_keeps_nobody_else_from_trying(clock: Callable[[float], None]) -> None:
    guesses = Guesses()
    for _ in range(FREE["email"]):
        guesses.attempt("anna", "here")
    assert title(lambda: guesses.attempt("anna", "there")) == "429 too_many_tries"
    guesses.attempt("ben", "here")


def test_many_addresses_from_one_place_have_to_wait(clock: Callable[[float], None]) -> None:
    guesses = Guesses()
    for number in range(FREE["address"]):
        guesses.attempt(f"nobody {number}", "here")
    assert title(lambda: guesses.attempt("ben", "here")) == "429 too_many_tries"
    guesses.attempt("ben", "there")


def test_the_right_password_is_forgiven_what_was_wrong_before(clock: Callable[[float], None]) -> None:
    guesses = Guesses()
    for _ in range(3):
        for _ in range(FREE["email"]):
            guesses.attempt("anna", "here")
        guesses.forgive("anna", "here", all_of_it=True)


def test_guesses_at_once_are_no_way_around_it() -> None:
    guesses, let_through = Guesses(), []

    def guess() -> None:
        try:
            guesses.attempt("anna", "here")
            let_through.append(1)
        except RateLimited:
            pass

    threads = [threading.Thread(target=guess) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(let_through) == FREE["email"]


# ── who has signed in here ───────────────────────────────────────────────────────────────────────────────────────


def test_a_project_has_a_folder_of_its_own_and_the_computer_keeps_weights_and_key(theirs: Settings) -> None:
    home = theirs.home
    assert theirs.folder == home / "supabase" / "abc.supabase.co"
    assert theirs.database.parent == theirs.uploads.parent == theirs.folder
    assert (theirs.weights, theirs.key_file) == (home / "models", home / "secret.key")
    with library.open(theirs) as shelf:
        assert shelf.store.profiles(LOCAL_OWNER) == ()


def test_a_worker_gets_the_settings_as_they_are(theirs: Settings) -> None:
    assert Settings.model_validate(json.loads(json.dumps(workers.told(theirs)))) == theirs


def test_without_a_project_the_command_line_is_for_the_local_owner(shelf: Library) -> None:
    assert shelf.owners.meant() == LOCAL_OWNER
    assert title(lambda: shelf.owners.meant("anna@shop.example")) == "404 owner_not_found"


def test_with_a_project_the_command_line_is_for_whoever_signed_in_here(theirs: Settings) -> None:
    with library.open(theirs) as shelf:
        assert title(shelf.owners.meant) == "401 not_signed_in"
        shelf.owners.signed_in(ANNA)
        assert shelf.owners.meant() == ANNA.id
        shelf.owners.signed_in(BEN)
        several = raised(shelf.owners.meant)
        assert several.title == "422 owner_needed"
        assert "--owner" in several.hint
        assert shelf.owners.meant(" Anna@shop.example") == ANNA.id
        assert title(lambda: shelf.owners.meant("carl@shop.example")) == "404 owner_not_found"


def test_an_address_belongs_to_whoever_signed_in_with_it_last(theirs: Settings) -> None:
    with library.open(theirs) as shelf:
        for owner in (ANNA, Owner("a", "new@shop.example"), Owner("c", "new@shop.example")):
            shelf.owners.signed_in(owner)
        assert shelf.owners.here() == (Owner("c", "new@shop.example"),)


def test_the_command_line_says_that_nobody_has_signed_in(
    theirs: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EDITAI_HOME", str(theirs.home))
    monkeypatch.setenv("EDITAI_SUPABASE_URL", "https://abc.supabase.co")
    monkeypatch.setenv("EDITAI_SUPABASE_KEY", "sb_publishable_x")
    assert main(["produce", "--sample"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("401 not_signed_in: Nobody has signed in on this computer yet.")
    assert "python app.py" in said


def test_rows_and_files_are_carried_while_the_app_runs(theirs: Settings) -> None:
    before = set(threading.enumerate())
    with library.open(theirs) as shelf:
        with accounts.opened(shelf):
            assert {each.name for each in set(threading.enumerate()) - before} == {"mirror", "online"}
        assert "online" not in {each.name for each in set(threading.enumerate()) - before}
