"""A page behind a sign-in, and two people with accounts of its project."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from gradio_client import Client
from supabase_auth import SyncGoTrueAdminAPI

import app
from editai import library
from editai.library.accounts import Accounts
from editai.settings import Settings
from tests.supabase.fixtures import Account, Project, sign_up
from tests.ui.conftest import Running


@dataclass
class Door:
    """The running page, its accounts, and everything that it serves."""

    url: str
    settings: Settings
    shelf: library.Library
    accounts: Accounts
    page: Any

    def web(self, ticket: str = "") -> httpx.Client:
        """A browser, with this ticket in its cookies."""
        name = f"editai-ticket-{self.url.rpartition(':')[2]}"
        return httpx.Client(base_url=self.url, cookies={name: ticket} if ticket else {}, timeout=60)

    def ticket(self, account: Account) -> str:
        """A ticket of somebody, who is signed in from now on."""
        return self.accounts.sign_in(account.email, account.password)

    def script(self, account: Account) -> Client:
        """A script of somebody."""
        downloads, patient = self.settings.home / "downloads", {"timeout": 60}
        signs_in = (account.email, account.password)
        return Client(self.url, auth=signs_in, verbose=False, download_files=downloads, httpx_kwargs=patient)

    def fill_in(self, path: str, web: httpx.Client | None = None, **typed: str) -> httpx.Response:
        """A form of a sign-in page, sent as a browser sends it."""
        headers = {"Origin": self.url, "Sec-Fetch-Site": "same-origin"}
        with web or self.web() as browser:
            return browser.post(path, data=typed, headers=headers)

    def header(self, web: httpx.Client) -> str:
        """What the top of the page says to this browser."""
        [quiet], visit = self.page.quiet, uuid.uuid4().hex
        body = {"data": [], "fn_index": quiet, "session_hash": visit}
        web.post("/gradio_api/queue/join", json=body).raise_for_status()
        return web.get(f"/gradio_api/queue/data?session_hash={visit}").text

    def running(self, owner: str) -> Running:
        """The same page as the other tests of pages know it, with this owner's stores."""
        mine = self.shelf.store.default_profile(owner)
        return Running(self.url, self.settings, self.shelf, mine, mine, self.web())


@pytest.fixture(scope="module")
def door(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """Nothing is carried to the project in the background: what a test sees is what was asked."""
    home = tmp_path_factory.mktemp("door") / "home"
    named = {"supabase_url": project.url, "supabase_key": project.anon_key}
    settings = Settings.model_validate({"_env_file": None, "home": home, "port": 0, "offline": True, **named})
    with pytest.MonkeyPatch.context() as environment:
        for name in ("GRADIO_ANALYTICS_ENABLED", "GRADIO_TEMP_DIR", "NO_PROXY", "no_proxy"):
            environment.setenv(name, "")
        app.stay_home(settings)
        from editai.ui import server

        with library.open(settings) as shelf:
            accounts = Accounts(shelf)
            page = server.start(settings, shelf, accounts, say=lambda _: None)
            yield Door(page.local_url.rstrip("/"), settings, shelf, accounts, page)
            server.stop(page)
            accounts.stop()


@pytest.fixture(scope="module")
def anna(project: Project, admin: SyncGoTrueAdminAPI) -> Iterator[Account]:
    account = sign_up(project, admin)
    yield account
    admin.delete_user(account.user_id)


@pytest.fixture(scope="module")
def ben(project: Project, admin: SyncGoTrueAdminAPI) -> Iterator[Account]:
    account = sign_up(project, admin)
    yield account
    admin.delete_user(account.user_id)


def somebody() -> tuple[str, str]:
    """An address and a password of nobody yet."""
    return f"{uuid.uuid4().hex}@editai.example", uuid.uuid4().hex
