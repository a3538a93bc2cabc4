"""The whole way of a new owner in a browser: `python app.py`, the real pipeline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import pytest
from playwright.sync_api import Browser, expect

from tests.apps import App, started
from tests.browser import visits
from tests.browser.axe import serious
from tests.browser.visits import ARTIFACTS, RENDER_S, Visit
from tests.conftest import BOX
from tests.postiz.fixtures import postiz, postiz_server
from tests.postiz.server import Workspace

__all__ = ["postiz", "postiz_server"]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

TALE = (
    "Meet the biscuit box. Inside are butter biscuits, and the box is worth keeping. They are baked every morning, "
    "in a small bakery by the lake. First comes the butter, then the flour, then a pinch of salt. Open it, and the "
    "kitchen smells of it."
)
"""So long that the clip is still being made when a slow browser has done what a test asks of it."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The app as it is started for the first time."""
    with started(tmp_path_factory.mktemp("journey") / "home") as running:
        assert running.url, running.said
        yield running


@dataclass
class Made:
    """What a new owner saw, from the first look at the page to the first clip, and the file that was downloaded."""

    at_first: str
    percents: list[int]
    messages: list[str]
    time_left: bool
    first_picture: bool
    small_copies: int
    card: str
    seconds_played: float
    file: Path


@pytest.fixture(scope="module")
def first(app: App, browser: Browser) -> Iterator[Visit]:
    """The owner's browser, at the page that is only just being shown."""
    with visits.visit(browser, app.url) as visit:
        visit.page.goto(visit.url)
        yield visit


@pytest.fixture
def owner(first: Visit, name: str) -> Iterator[Visit]:
    """The same, for one test more."""
    with visits.watched(first, name) as visit:
        visit.tab("Produce")
        yield visit


@pytest.fixture(scope="module")
def made(first: Visit) -> Made:
    """The first clip, made of the sample with one click, as soon as that can be clicked."""
    with visits.watched(first, "first-clip") as visit:
        expect(visit.panel).to_contain_text("Your clip will be here")
        at_first = visit.panel.inner_text()
        visit.page.evaluate(WATCH)
        visit.page.locator("#sample-button").click()
        visit.picture("first-look")
        expect(visit.page.locator("#panel :is(.still img, .clip video)").first).to_be_visible(timeout=1000 * RENDER_S)
        copy, clip = visit.page.locator("#first-look video"), visit.panel.locator(".clip video")
        expect(copy.or_(clip).first).to_be_visible(timeout=1000 * RENDER_S)
        visit.picture("first-clip-under-way")
        expect(clip).to_be_visible(timeout=1000 * RENDER_S)
        seen = visit.page.evaluate("window.seen")
        clip.evaluate("video => video.play()")
        visit.page.wait_for_function("document.querySelector('#panel .clip video').currentTime > 0.5")
        seconds = clip.evaluate("video => video.duration")
        with visit.page.expect_download() as download:
            visit.panel.get_by_role("link", name="Video").click()
        file = ARTIFACTS / "clip.mp4"
        download.value.save_as(file)
        card = visit.panel.inner_text()
    return Made(
        at_first,
        seen["percents"],
        seen["messages"],
        seen["left"],
        seen["still"],
        len(seen["copies"]),
        card,
        seconds,
        file,
    )


WATCH = """() => {
  const seen = window.seen = { percents: [], messages: [], left: false, still: false, copies: [] }
  const note = (list, what) => { if (what !== null && what !== "" && list.at(-1) !== what) list.push(what) }
  const look = () => {
    const find = what => document.querySelector("#panel " + what), bar = find(".bar")
    note(seen.percents, bar && Number(bar.getAttribute("aria-valuenow")))
    note(seen.messages, find(".said")?.textContent ?? "")
    seen.left ||= (find(".figures")?.textContent ?? "").includes("left")
    seen.still ||= !!find(".still img")
    const copy = document.querySelector("#first-look video")
    if (copy && !seen.copies.includes(copy)) seen.copies.push(copy)
  }
  const all = { subtree: true, childList: true, attributes: true, characterData: true }
  new MutationObserver(look).observe(document.body, all)
}"""
"""Notes everything that is shown while a clip is made."""


def under_way(visit: Visit) -> None:
    """Have a clip be made that is really under way: the one of the last test, or a new one."""
    if not visit.bar.is_visible():
        visit.give(BOX, "Biscuit box", TALE)
        visit.produce()
    visit.page.wait_for_function(f"({PERCENT})() > 2")


PERCENT = "() => Number(document.querySelector('#panel .bar')?.ariaValueNow ?? 0)"
"""How far the bar says that it is."""


def show(visit: Visit, title: str) -> None:
    """Have a finished clip of the list shown."""
    done = visit.page.locator("#recent .recent", has_text=title).filter(has_text="Done").first
    done.get_by_role("button", name="Show").click()
    expect(visit.panel.locator(".clip")).to_contain_text(title)


# ── the first clip ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_owner_is_told_what_to_do(made: Made) -> None:
    assert made.at_first.startswith("Your clip will be here")
    assert "Press Produce" in made.at_first


def test_one_click_on_the_sample_makes_a_clip_that_plays(made: Made) -> None:
    assert "Alpina" in made.card
    assert 5 < made.seconds_played < 60


def test_what_is_downloaded_is_the_clip(made: Made) -> None:
    with av.open(made.file) as video:
        picture = video.streams.video[0]
        assert (picture.width, picture.height) == (1080, 1920)
        assert picture.average_rate == 30
        assert abs(float(video.duration or 0) / av.time_base - made.seconds_played) < 0.1


def test_its_making_is_told_in_words_and_never_goes_back(made: Made) -> None:
    assert made.percents == sorted(made.percents)
    assert len(made.messages) > 3
    assert made.time_left


def test_a_first_picture_and_a_small_copy_are_there_before_it(made: Made) -> None:
    assert made.first_picture
    assert made.small_copies == 1, "drawn anew it would begin anew"


def test_its_report_is_in_plain_words(made: Made) -> None:
    for said in ("1080 × 1920 at 30 frames a second", "LUFS (the target is -14)", "made by a computer"):
        assert said in made.card


# ── the finished clip ────────────────────────────────────────────────────────────────────────────────────────────


def test_captions_are_edited_and_the_clip_is_rendered_again(owner: Visit, made: Made) -> None:
    show(owner, "Alpina")
    owner.unfold("Edit the captions")
    editor = owner.page.locator("#caption-editor")
    editor.get_by_text("Alpina", exact=True).filter(visible=True).first.click()
    word = editor.get_by_label("Word", exact=True)
    expect(word).to_have_value("Alpina")
    word.fill("Zirbina")
    editor.get_by_role("button", name="Change", exact=True).click()
    expect(editor).to_contain_text("1 edit so far")
    expect(editor.locator("#caption-frame img")).to_be_visible()
    assert serious(owner.page) == []
    owner.page.locator("#render-again").click()
    expect(owner.bar).to_be_visible()
    again = owner.panel.locator(".clip")
    expect(again).to_be_visible(timeout=1000 * RENDER_S)
    with owner.page.expect_download() as download:
        again.get_by_role("link", name="Transcript").click()
    assert "Zirbina" in download.value.path().read_text("utf-8")


def test_it_is_published_to_the_stores_account(owner: Visit, made: Made, postiz: Workspace) -> None:
    postiz.add_channel("mastodon", "Alpina on Mastodon")
    postiz.work()
    owner.connect(postiz.url, postiz.key, "Alpina on Mastodon")
    owner.tab("Produce")
    show(owner, "Alpina")
    owner.panel.get_by_role("button", name="Publish").click()
    form = owner.page.locator("#form")
    form.get_by_label("Alpina on Mastodon").filter(visible=True).first.check()
    form.get_by_role("textbox", name="Text").filter(visible=True).first.fill("Tea & <biscuits>, only today: 5 > 4.")
    owner.page.locator("#check-button").click()
    publish = owner.page.locator("#publish-button")
    expect(publish).to_be_visible()
    assert postiz.deliveries == []
    publish.click()
    post = owner.page.locator("#posts .recent", has_text="Alpina on Mastodon")
    expect(post).to_contain_text("Published")
    (sent,) = postiz.deliveries
    assert sent.text == "Tea & <biscuits>, only today: 5 > 4."


def test_a_file_that_is_no_video_is_told_with_what_to_do_and_can_be_taken_out(owner: Visit, tmp_path: Path) -> None:
    (tmp_path / "holiday.mp4").write_text("not a video")
    owner.give(tmp_path / "holiday.mp4", "Biscuit box", TALE)
    told = owner.panel.get_by_role("alert")
    expect(told).to_contain_text("What to do:")
    owner.produce()
    expect(told).to_contain_text("What to do:")
    expect(owner.bar).to_be_hidden()
    drop = owner.page.locator("#drop")
    drop.get_by_role("button", name="Clear").click()
    expect(drop).not_to_contain_text("holiday")


# ── while a clip is made: one of them, and one test after the other ──────────────────────────────────────────────


def test_a_tab_that_is_closed_and_opened_again_shows_the_work_going_on(owner: Visit) -> None:
    under_way(owner)
    before = owner.percent()
    owner.close_and_open_again()
    expect(owner.bar).to_be_visible()
    owner.page.wait_for_function(f"before => ({PERCENT})() > before", arg=before)


def test_a_job_of_one_store_is_not_seen_in_another_and_goes_on_meanwhile(owner: Visit) -> None:
    under_way(owner)
    before = owner.percent()
    owner.create_store("Bergtal Tea")
    owner.tab("Produce")
    expect(owner.page.get_by_text("Your clip will be here").filter(visible=True)).to_be_visible()
    expect(owner.bar).to_be_hidden()
    expect(owner.page.locator("#cancel-button")).to_be_hidden()
    expect(owner.page.locator("#recent")).not_to_contain_text("Biscuit box")
    owner.choose_store("My store")
    expect(owner.bar).to_be_visible()
    owner.page.wait_for_function(f"before => ({PERCENT})() > before", arg=before)


def test_what_is_cancelled_ends(owner: Visit) -> None:
    under_way(owner)
    owner.page.locator("#cancel-button").click()
    expect(owner.panel).to_contain_text("Cancelled")
    expect(owner.bar).to_be_hidden()
    expect(owner.page.locator("#recent .recent").first).to_contain_text("Cancelled")


def test_what_still_comes_of_another_store_is_hidden(owner: Visit) -> None:
    """A browser that is behind puts it into the panel after the store was chosen."""
    ended = owner.panel.get_by_text("Cancelled")
    expect(ended).to_be_visible()
    owner.page.evaluate("document.querySelector('#panel [data-store]').dataset.store = 'another'")
    expect(ended).to_be_hidden()
    expect(owner.page.get_by_text("Your clip will be here").filter(visible=True)).to_be_visible()


def test_what_was_cancelled_is_begun_again_and_becomes_a_clip(owner: Visit) -> None:
    latest = owner.page.locator("#recent .recent").first
    latest.get_by_role("button", name="Retry").click()
    expect(owner.panel.locator(".clip")).to_contain_text("Biscuit box", timeout=1000 * RENDER_S)
    expect(latest).to_contain_text("Done")
