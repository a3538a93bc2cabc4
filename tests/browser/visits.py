"""A browser that a test drives as its owner would: what it asks for, what goes wrong in it, a picture at the end."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from tests.apps import ROOT

ARTIFACTS = ROOT / "artifacts" / "browser"
NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync")
WIDE, PHONE = (1280, 1000), (390, 844)
LOAD_S = 240
"""For the page to be there, and for whatever follows a click, on a machine that does much else."""
RENDER_S = 600
"""For a clip."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """This machine's own Chromium; nothing is fetched. Without one the test is skipped, and in CI it fails."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        without = "there is no Chromium on this machine (on Debian: apt-get install chromium)"
        if os.environ.get("CI"):
            pytest.fail(without)
        pytest.skip(without)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        yield browser
        browser.close()


@dataclass
class Visit:
    """One browser of one person at an app; it has cookies and a memory of its own.

    `asked` are the addresses of all its requests, `wrong` is what its scripts failed with or were forbidden.
    """

    context: BrowserContext
    url: str
    page: Page
    asked: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def strangers(self) -> list[str]:
        """What was asked of other machines."""
        return [address for address in self.asked if not address.startswith((self.url, "data:", "blob:"))]

    # ── what a person does ───────────────────────────────────────────────────────────────────────────────────────

    def open(self) -> None:
        """The page, once it shows a store."""
        self.page.goto(self.url)
        self.ready()

    def ready(self) -> None:
        """Wait until the page shows a store."""
        expect(self.page.locator("#mark .store-mark")).to_be_visible()

    def close_and_open_again(self) -> None:
        """Close the tab, and open the page in another one of this browser."""
        self.page.close()
        self.page = self.context.new_page()
        self.open()

    def tab(self, name: str) -> None:
        """Open one of the page's three tabs."""
        self.page.get_by_role("tab", name=name).click()

    def unfold(self, name: str) -> None:
        """Open a section that is folded."""
        self.page.get_by_role("button", name=name, expanded=False).first.click()

    def choose(self, box: Locator, option: str) -> None:
        """Choose something in a list."""
        box.click()
        self.page.get_by_role("option", name=option).click()

    def choose_store(self, name: str) -> None:
        """Work with another store from here on."""
        self.choose(self.page.get_by_role("combobox", name="Store", exact=True), name)
        expect(self.page.locator("#mark")).to_contain_text(name)

    def create_store(self, name: str) -> None:
        """Make another store, which is chosen at once."""
        self.tab("Profiles")
        self.page.get_by_label("A new store").fill(name)
        self.page.get_by_role("button", name="Create store").click()
        expect(self.page.locator("#mark")).to_contain_text(name)

    def connect(self, url: str, key: str, channel: str) -> None:
        """Connect the store with Postiz, where it has a channel of that name."""
        self.tab("Profiles")
        account = self.page.locator("#postiz")
        if not account.get_by_label("Address of your Postiz").is_visible():
            self.unfold("Publishing")
        account.get_by_label("Address of your Postiz").fill(url)
        account.get_by_label("Key", exact=True).fill(key)
        account.get_by_role("button", name="Save").click()
        expect(account).to_contain_text(channel)

    def give(self, video: Path, title: str, script: str) -> None:
        """Fill in the form of the Produce tab."""
        self.page.locator("#drop input[type=file]").set_input_files(video)
        expect(self.page.locator("#drop")).to_contain_text(video.stem)
        self.page.get_by_label("Product's name").fill(title)
        box = self.page.get_by_label("Script (optional)")
        if not box.is_visible():
            self.unfold("Script")
        box.fill(script)

    def produce(self) -> None:
        """Press the button."""
        self.page.locator("#produce-button").click()

    # ── what a person sees ───────────────────────────────────────────────────────────────────────────────────────

    @property
    def panel(self) -> Locator:
        """Where the clip is made and shown."""
        return self.page.locator("#panel")

    @property
    def bar(self) -> Locator:
        """The progress of the clip that is being made."""
        return self.panel.get_by_role("progressbar")

    def percent(self) -> int:
        """How far the bar says that it is."""
        return int(self.bar.get_attribute("aria-valuenow") or 0)

    def look(self, scheme: str, size: tuple[int, int]) -> None:
        """The same page in a window of this size, where its owner likes it "light" or "dark"."""
        width, height = size
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        self.page.evaluate("dark => document.body.classList.toggle('dark', dark)", scheme == "dark")  # as Gradio does

    def picture(self, name: str) -> None:
        """Keep what is seen now."""
        ARTIFACTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=ARTIFACTS / f"{name}.png", full_page=True)


@contextmanager
def visit(browser: Browser, url: str, language: str = "en-US") -> Iterator[Visit]:
    """A browser of somebody new at this address. Loading the page is most of the work, so tests of a file share it."""
    width, height = WIDE
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme="light", locale=language)
    context.set_default_timeout(1000 * LOAD_S)
    seen = Visit(context, url, context.new_page())
    context.on("request", lambda request: seen.asked.append(request.url))
    context.on("weberror", lambda error: seen.wrong.append(str(error.error)))
    yield seen
    context.close()


@contextmanager
def watched(seen: Visit, name: str) -> Iterator[Visit]:
    """One test's part of a visit: a picture of where it ended is kept, and nothing was asked of another machine."""
    yield seen
    seen.picture(name)
    assert seen.strangers == []
    assert seen.wrong == []
