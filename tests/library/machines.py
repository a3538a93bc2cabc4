"""Machines of an owner: each with a data folder, a mirror, and whoever is signed in there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from editai import library
from editai.errors import EditaiError
from editai.library import Library
from editai.library.mirror import Mirror
from editai.library.sqlite import SqliteStore
from editai.library.supabase_session import Session
from editai.models import Profile
from tests.supabase.fixtures import Account, NewAccount


class SignedIn:
    """The sessions of one app."""

    def __init__(self) -> None:
        self.sessions: dict[str, Session] = {}

    def of_owner(self, owner_id: str) -> Session | None:
        return self.sessions.get(owner_id)


class Machine:
    """A data folder and its mirror; `sync` is what the thread does, at once."""

    def __init__(self, home: Path, account: Account) -> None:
        self.settings = account.project.settings.model_copy(update={"home": home})
        self.account, self.owner = account, account.user_id
        self.sessions = SignedIn()
        self._made: list[Session] = []
        self.open()

    def open(self) -> None:
        """Start the app here."""
        self.shelf: Library = library.open(self.settings)
        self.store: SqliteStore = self.shelf.store  # type: ignore[assignment]
        self.mirror = Mirror(self.shelf, self.sessions)

    def close(self) -> None:
        """End it; who was signed in is not any more."""
        self.mirror.stop()
        for session in self._made:
            session.close()
        self.sessions.sessions.clear()
        self.shelf.close()

    def sign_in(self, account: Account | None = None) -> Session:
        session = (account or self.account).sign_in()
        self._made.append(session)
        self.sessions.sessions[session.user_id] = session
        return session

    @property
    def session(self) -> Session:
        return self.sessions.sessions[self.owner]

    def sync(self) -> str:
        """Take in and carry once; the error's title, "" for none."""
        try:
            error = self.mirror.sync(self.session)
        except EditaiError as raised:
            error = raised
        return error.title if error else ""

    def waiting(self) -> list[tuple[str, str]]:
        """What was not carried, in the order in which it was noted."""
        with self.shelf.database.read() as rows:
            found = rows.execute("SELECT kind, row_id FROM mirror WHERE number IS NOT NULL ORDER BY number").fetchall()
        return [tuple(row) for row in found]

    def names(self) -> dict[str, bool]:
        """The stores by name, and which is the default."""
        return {profile.name: profile.is_default for profile in self.store.profiles(self.owner)}

    def default(self) -> Profile:
        return self.store.default_profile(self.owner)

    def told(self) -> str:
        return " ".join(self.mirror.state(self.owner).told)

    def change(self, profile_id: str, **changes: Any) -> None:
        self.store.update_profile(self.owner, profile_id, changes)


NewMachine = Callable[..., Machine]


@pytest.fixture
def account(new_account: NewAccount) -> Account:
    """The owner of the machines."""
    return new_account()


@pytest.fixture
def new_machine(account: Account, tmp_path: Path) -> Iterator[NewMachine]:
    """Makes another machine of the owner, who is signed in and welcomed there: `new_machine()`."""
    made: list[Machine] = []

    def new(welcome: bool = True) -> Machine:
        machine = Machine(tmp_path / f"machine {len(made)}", account)
        made.append(machine)
        if welcome:
            machine.mirror.welcome(machine.sign_in())
            assert machine.sync() == ""
        return machine

    yield new
    for machine in made:
        machine.close()


@pytest.fixture
def laptop(new_machine: NewMachine) -> Machine:
    return new_machine()


@pytest.fixture
def desktop(laptop: Machine, new_machine: NewMachine) -> Machine:
    """A second machine, with what the laptop has."""
    return new_machine()
