"""Two people at one app, each in a browser of their own, signed in to a Supabase project."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import visits
from tests.browser.axe import serious
from tests.browser.visits import Visit
from tests.supabase.fixtures import Account, admin, at_once, postgres_server, project, supabase_server
from tests.ui.signing_in import Door, anna, ben, door

__all__ = ["admin", "anna", "at_once", "ben", "door", "postgres_server", "project", "supabase_server"]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


def sign_in(visit: Visit, who: Account) -> None:
    """Fill in the form that everybody meets first."""
    visit.page.goto(visit.url)
    visit.page.get_by_label("E-mail").fill(who.email)
    visit.page.get_by_label("Password").fill(who.password)
    visit.page.get_by_role("button", name="Sign in").click()
    visit.ready()
    expect(visit.page.locator("#who")).to_contain_text(who.email)


@pytest.fixture(scope="module")
def annas(door: Door, browser: Browser, anna: Account) -> Iterator[Visit]:
    with visits.visit(browser, door.url) as visit:
        sign_in(visit, anna)
        yield visit


@pytest.fixture(scope="module")
def bens(door: Door, browser: Browser, ben: Account) -> Iterator[Visit]:
    with visits.visit(browser, door.url) as visit:
        yield visit


def test_two_people_see_their_own_stores_alone(
    annas: Visit, bens: Visit, anna: Account, ben: Account, name: str
) -> None:
    annas.create_store("Anna's lamps")
    sign_in(bens, ben)
    bens.tab("Profiles")
    expect(bens.page.locator("#stores")).to_contain_text("default")
    assert "Anna's lamps" not in bens.page.content()
    assert anna.email not in bens.page.content()
    with visits.watched(annas, f"{name}-anna"), visits.watched(bens, f"{name}-ben"):
        bens.create_store("Ben's tea")
        assert "Ben's tea" not in annas.page.content()


def test_whoever_signs_out_is_asked_again_and_the_other_works_on(
    door: Door, annas: Visit, bens: Visit, ben: Account
) -> None:
    if not bens.page.locator("#who").count():
        sign_in(bens, ben)
    annas.page.get_by_role("button", name="Sign out").click()
    expect(annas.page.get_by_role("heading", name="Sign in")).to_be_visible()
    annas.page.goto(door.url)
    expect(annas.page.get_by_label("Password")).to_be_visible()
    bens.create_store("Ben's coffee")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_where_people_sign_in(door: Door, browser: Browser, scheme: str) -> None:
    found = {}
    with visits.visit(browser, door.url) as seen:
        seen.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for path in ("/sign-in", "/sign-up", "/reset-password", "/new-password"):
            seen.page.goto(door.url + path)
            seen.picture(f"{path[1:]}-{scheme}")
            found[path] = serious(seen.page)
    assert {path: lines for path, lines in found.items() if lines} == {}
