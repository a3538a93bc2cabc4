"""The page for everybody: what axe-core says of each tab, by keyboard, on a phone, in the dark; and what it loads."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from editai.library import LOCAL_OWNER
from tests.browser import visits
from tests.browser.axe import serious
from tests.browser.visits import PHONE, WIDE, Visit
from tests.conftest import BOX
from tests.postiz.fixtures import postiz_server
from tests.postiz.server import PostizServer
from tests.ui.conftest import Running, serving
from tests.ui.strangers import Shop, open_shop

__all__ = ["postiz_server"]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A page of this file's own: no worker takes up its jobs."""
    with serving(tmp_path_factory.mktemp("accessible") / "home") as page:
        yield page


@pytest.fixture(scope="module")
def shop(running: Running, postiz_server: PostizServer, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A store with something of everything, a clip that can be looked at, and one that is waited for."""
    made = open_shop(running, postiz_server, LOCAL_OWNER, tmp_path_factory.mktemp("shop") / "files")
    clip = running.shelf.media.placed(made.clip)
    shutil.copyfile(BOX, clip.path(clip.video))
    Image.new("RGB", (270, 480), (60, 110, 90)).save(clip.path(clip.poster))
    running.waiting_job(made.profile)
    return made


def unfold_all(visit: Visit) -> None:
    """Open every section of the tab that is shown; some are inside others."""
    visit.page.evaluate(UNFOLD)


UNFOLD = """async () => {
  const all = () => [...document.querySelectorAll("button[aria-expanded=false].label-wrap")]
  const folded = () => all().filter(each => each.offsetParent)
  while (folded().length) {
    folded().forEach(each => each.click())
    await new Promise(done => setTimeout(done, 100))
  }
}"""


COME_TO_REST = """() => Promise.all(document.getAnimations().filter(
  each => each.effect.getComputedTiming().iterations !== Infinity).map(each => each.finished.catch(() => {})))"""
"""What was unfolded fades in, and has less contrast meanwhile."""


def open_publish(visit: Visit) -> None:
    """The form with a channel that is chosen, and what was found when it was checked."""
    visit.page.locator("#form .account input").first.check()
    visit.page.locator("#check-button").click()
    expect(visit.page.locator("#verdict .check")).to_be_visible()


TABS: dict[str, Callable[[Visit], object]] = {
    "Produce": lambda visit: expect(visit.bar).to_be_visible(),
    "Publish": open_publish,
    "Profiles": lambda visit: expect(visit.page.locator(".caption-preview img")).to_be_visible(),
}
"""The page's tabs, and what to wait for in each."""


@pytest.fixture(scope="module")
def first(running: Running, shop: Shop, browser: Browser) -> Iterator[Visit]:
    """One browser; what it asked for until the page was there comes first in `asked`."""
    with visits.visit(browser, running.url) as visit:
        visit.open()
        yield visit


def test_the_first_load_asks_nothing_of_another_machine(seen: Visit) -> None:
    assert len(seen.asked) > 10
    assert seen.strangers == []


def test_no_part_is_searched_for_that_has_no_progress_to_show(seen: Visit) -> None:
    """With each step of an event Gradio looks through the whole page for each part that it keeps a status of."""
    assert seen.page.evaluate(KEPT) == ["2"]
    events = [each for each in seen.page.evaluate("window.gradio_config.dependencies") if each["targets"]]
    assert [each["id"] for each in events if each["outputs"] and each["show_progress_on"] != []] == []


KEPT = """async () => {
  const bundle = performance.getEntriesByType("resource").find(each => /statustracker-.*\\.js$/.test(each.name))
  const { LoadingStatus } = Object.values(await import(bundle.name)).find(part => part?.LoadingStatus)
  const kept = new LoadingStatus()
  kept.register(1, [2], [3, 4], "full")
  kept.update({ fn_index: 1, status: "complete", stream_state: "closed" })
  return Object.keys(kept.current)
}"""
"""The parts of which Gradio keeps a status after an event that shows its progress on 2, of the inputs 3 and 4."""


def test_a_keyboard_goes_from_the_store_to_the_button_and_presses_it(seen: Visit) -> None:
    seen.page.get_by_role("combobox", name="Store", exact=True).focus()
    passed: list[list[object]] = []
    left_open: list[object] = []
    for _ in range(80):
        seen.page.keyboard.press("Tab")
        passed.append(seen.page.evaluate(FOCUSED))
        left_open += seen.page.evaluate(LEFT_OPEN)
        if passed[-1][2] == "produce-button":
            break
    assert [what for what, ring, _ in passed if not ring] == []
    assert left_open == []
    seen.page.keyboard.press("Enter")
    expect(seen.panel.get_by_role("alert")).to_contain_text("There is no video to work with.")


LEFT_OPEN = """() => [...document.querySelectorAll("[role=combobox][aria-expanded=true]")]
  .filter(each => each !== document.activeElement).map(each => each.getAttribute("aria-label"))"""
"""The lists to choose from that are open without having the focus."""

LANGUAGES = {
    "de-DE": ("de", ["Profile", "Erstellen", "Veröffentlichen"], "Hier kommt dein Clip", "Name des Produkts"),
    "ja-JP": ("en", ["Profiles", "Produce", "Publish"], "Your clip will be here", "Product's name"),
}
"""What a browser asks for: the language that the page says it speaks, its tabs, where the clip will be, a label."""


@pytest.mark.parametrize("asked", LANGUAGES)
def test_the_page_speaks_the_language_of_its_browser(running: Running, browser: Browser, asked: str, name: str) -> None:
    spoken, tabs, empty, label = LANGUAGES[asked]
    with visits.visit(browser, running.url, asked) as first, visits.watched(first, name) as visit:
        visit.open()
        expect(visit.page.locator("html")).to_have_attribute("lang", spoken)
        expect(visit.page.get_by_role("tab")).to_have_text(tabs)
        expect(visit.page.locator("#produce-button")).to_have_text(tabs[1])
        expect(visit.panel).to_contain_text(empty)
        expect(visit.page.get_by_label(label, exact=True)).to_be_visible()
        assert "__i18n__" not in visit.page.locator("body").inner_text()


FOCUSED = """() => {
  const at = document.activeElement, around = at.closest(".wrap, label, button") ?? at
  const ring = [at, at.parentElement, around].some(each => {
    const style = getComputedStyle(each)
    return (style.outlineStyle !== "none" && style.outlineWidth !== "0px") || style.boxShadow.includes("3px")
  })
  const said = at.innerText?.trim() || at.getAttribute("aria-label") || at.closest("label")?.innerText.trim()
  return [said || at.outerHTML.slice(0, 200), ring, at.id]
}"""
"""What has the focus, by the words on it; whether that can be seen; its id."""


@pytest.mark.parametrize("tab", TABS)
def test_axe_finds_nothing_serious(shop: Shop, seen: Visit, tab: str) -> None:
    """In light and dark, in a wide window and on a phone."""
    seen.look("light", WIDE)
    if shop.profile.name not in seen.page.locator("#mark").inner_text():
        seen.choose_store(shop.profile.name)
    seen.tab(tab)
    TABS[tab](seen)
    unfold_all(seen)
    found, wider = {}, {}
    for scheme in ("light", "dark"):
        for size in (WIDE, PHONE):
            seen.look(scheme, size)
            seen.page.evaluate(COME_TO_REST)
            seen.picture(f"{tab.lower()}-{scheme}-{size[0]}")
            found[scheme, size] = serious(seen.page)
            wider[size] = seen.page.evaluate("document.documentElement.scrollWidth") > size[0]
    assert {look: lines for look, lines in found.items() if lines} == {}
    assert not any(wider.values()), "the page is wider than the window"
