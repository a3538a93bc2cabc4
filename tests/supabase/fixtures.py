"""A Supabase project for a test, with new accounts for each: what one test does another cannot see.

It is the real project that EDITAI_TEST_SUPABASE_URL, _ANON_KEY and _SERVICE_KEY name (with the migrations run, and its
limits on sign-ins raised: every test signs two people in), else one on loopback over a Postgres that the run starts
once and ends. Import what is used into a conftest and name it in its `__all__`.
"""

from __future__ import annotations

import os
import secrets
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from supabase import create_client
from supabase.lib.client_options import SyncClientOptions
from supabase_auth import SyncGoTrueAdminAPI

from editai.errors import EditaiError
from editai.library import Media
from editai.library import supabase_session as sessions
from editai.library.supabase import SupabaseStore
from editai.library.supabase_session import Session
from editai.settings import Settings
from tests.supabase.postgres import MIGRATIONS, Postgres, postgres
from tests.supabase.server import SupabaseServer

VARIABLES = tuple(f"EDITAI_TEST_SUPABASE_{name}" for name in ("URL", "ANON_KEY", "SERVICE_KEY"))


@dataclass(frozen=True)
class Project:
    """Where a project is, and the keys of it; the service key is for making accounts and never for the product."""

    url: str
    anon_key: str
    service_key: str

    @property
    def settings(self) -> Settings:
        return Settings(_env_file=None, supabase_url=self.url, supabase_key=SecretStr(self.anon_key))


@dataclass(frozen=True)
class Account:
    """Somebody who can sign in to a project."""

    project: Project
    user_id: str
    email: str
    password: str

    def sign_in(self, timeout_s: float = 15) -> Session:
        return Session(self.project.settings, self.email, self.password, timeout_s)


NewAccount = Callable[[], Account]
NewStore = Callable[[], SupabaseStore]


@contextmanager
def administration(project: Project) -> Iterator[SyncGoTrueAdminAPI]:
    """Who makes and deletes accounts of a project."""
    with httpx.Client() as http:
        yield create_client(project.url, project.service_key, SyncClientOptions(httpx_client=http)).auth.admin


def sign_up(project: Project, admin: SyncGoTrueAdminAPI) -> Account:
    """Another account of the project, which can sign in at once."""
    email, password = f"{uuid.uuid4().hex}@editai.example", secrets.token_urlsafe(16)
    made = admin.create_user({"email": email, "password": password, "email_confirm": True})
    return Account(project, made.user.id, email, password)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """The server of the whole run, whichever of its processes asks first."""
    with postgres(os.environ.get("PYTEST_XDIST_TESTRUNUID") or uuid.uuid4().hex) as server:
        yield server


@pytest.fixture(scope="session")
def supabase_server(postgres_server: Postgres) -> Iterator[SupabaseServer]:
    """A project on loopback in which every migration was run."""
    database = postgres_server.project()
    database.paste(*MIGRATIONS)
    server = SupabaseServer(database)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def project(request: pytest.FixtureRequest) -> Project:
    """The real project where one is named, else the one on loopback."""
    named = [os.environ.get(variable, "") for variable in VARIABLES]
    if all(named):
        return Project(*named)
    server: SupabaseServer = request.getfixturevalue("supabase_server")
    return Project(server.url, server.anon_key, server.service_key)


@pytest.fixture(scope="session")
def admin(project: Project) -> Iterator[SyncGoTrueAdminAPI]:
    with administration(project) as found:
        yield found


@pytest.fixture
def new_account(project: Project, admin: SyncGoTrueAdminAPI) -> Iterator[NewAccount]:
    """Makes another account: `new_account()`. All are deleted at the end, with everything that they own."""
    made: list[str] = []

    def new() -> Account:
        account = sign_up(project, admin)
        made.append(account.user_id)
        return account

    yield new
    for user_id in made:
        admin.delete_user(user_id)


@pytest.fixture
def new_store(new_account: NewAccount, tmp_path: Path) -> Iterator[NewStore]:
    """Makes the store of another account that is signed in: `new_store()`."""
    sessions: list[Session] = []

    def new() -> SupabaseStore:
        sessions.append(new_account().sign_in())
        return SupabaseStore(sessions[-1], Media(tmp_path).placed)

    yield new
    for session in sessions:
        session.close()


@pytest.fixture
def on_loopback(project: Project, request: pytest.FixtureRequest) -> Iterator[SupabaseServer]:
    """The project on loopback, for what only a test server can be made to do; afterwards it is as it was."""
    if all(os.environ.get(variable) for variable in VARIABLES):
        pytest.skip("a real project's tokens and faults are not ours to make")
    server: SupabaseServer = request.getfixturevalue("supabase_server")
    server.heal()
    yield server
    server.heal()


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits before a request is sent again."""
    monkeypatch.setattr(sessions, "PAUSES_S", (0, 0))


def raised(ask: Callable[[], object]) -> EditaiError:
    """The error that a question ends with."""
    with pytest.raises(EditaiError) as caught:
        ask()
    return caught.value


def title(ask: Callable[[], object]) -> str:
    """Its status and slug."""
    return raised(ask).title
