"""The variants of a product on the page: one is looked at while another is being made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from editai import jobs
from editai.models import Facts, Job, Progress
from editai.ui.variants import MARKED
from tests.browser import visits
from tests.browser.visits import Visit
from tests.conftest import BOX
from tests.ui.conftest import Running, serving

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

SECONDS = 300
"""So long is the clip that is played: longer than the test."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A page of this file's own: no worker takes up its jobs."""
    with serving(tmp_path_factory.mktemp("variants") / "home") as page:
        yield page


@pytest.fixture(scope="module")
def under_way(running: Running, tmp_path_factory: pytest.TempPathFactory, ffmpeg: Callable[..., None]) -> Job:
    """The last of three variants, which is being made; the clips of the others can be played."""
    lamp, script = Facts(title="Lamp", price="$5"), "Meet the lamp. It folds flat."
    asked = jobs.submit_each(running.shelf, running.mine, [BOX], facts=lamp, script=script, variants=3)
    for job in asked:
        running.shelf.journal.claim(job.id, "test")
    for job in asked[:2]:
        clip = running.shelf.media.placed(running.finish(running.mine, job, tmp_path_factory.mktemp("clip")))
        picture = f"testsrc=size=90x160:rate=5:duration={SECONDS}"
        ffmpeg("-f", "lavfi", "-i", picture, "-pix_fmt", "yuv420p", "-movflags", "+faststart", clip.path(clip.video))
    return asked[-1]


@pytest.fixture(scope="module")
def first(running: Running, under_way: Job, browser: Browser) -> Iterator[Visit]:
    with visits.visit(browser, running.url) as visit:
        visit.open()
        yield visit


def card(visit: Visit, number: int) -> Locator:
    return visit.page.locator(".variant", has_text=f"Variant {number}")


PLAY = """video => {
  video.muted = true
  video.stopped = []
  for (const event of ["pause", "emptied", "seeking"]) video.addEventListener(event, () => video.stopped.push(event))
  return video.play()
}"""


def test_one_that_is_played_plays_on_while_another_is_made(
    running: Running, under_way: Job, seen: Visit, tmp_path: Path
) -> None:
    expect(seen.page.locator(".variant")).to_have_count(3)
    video = card(seen, 1).locator("video")
    video.evaluate(PLAY)
    for percent in (20, 40, 60):
        told = Progress(stage="picture", percent=percent, message="Rendering the picture")
        running.shelf.journal.beat(under_way.id, "test", told)
        expect(card(seen, 3)).to_contain_text(f"{percent} %")
    running.finish(running.mine, under_way, tmp_path, opens_at_s=7)
    expect(card(seen, 3).locator("video")).to_be_visible()
    expect(card(seen, 1)).to_contain_text("Opens at the start of the video")
    assert video.evaluate("video => [video.stopped, video.paused]") == [[], False]
    assert video.evaluate("video => video.currentTime") > 0


def test_the_page_asks_for_what_has_changed_by_the_marks_of_its_cards(seen: Visit) -> None:
    with seen.page.expect_request(lambda request: "data-card" in (request.post_data or "")) as caught:
        seen.page.locator("#recent .recent").last.get_by_role("button", name="Show").click()
    data: list[object] = (caught.value.post_data_json or {})["data"]
    assert [len(str(each)) for each in data if str(each).startswith("<article")] == [MARKED] * 3
    expect(card(seen, 1)).to_contain_text("Chosen")


def test_the_button_of_a_card_chooses_it(seen: Visit) -> None:
    for chosen, other in ((2, 1), (1, 2)):
        card(seen, chosen).get_by_role("button", name="Choose this one").click()
        expect(card(seen, chosen)).to_contain_text("Chosen")
        expect(card(seen, other)).not_to_contain_text("Chosen")


def test_a_store_without_any_shows_none_and_coming_back_shows_them(running: Running, seen: Visit) -> None:
    seen.create_store("Another store")
    seen.tab("Produce")
    expect(seen.panel).to_contain_text("Your clip will be here")
    expect(seen.page.locator("#variants")).to_be_hidden()
    seen.choose_store(running.mine.name)
    seen.page.locator("#recent .recent").last.get_by_role("button", name="Show").click()
    expect(card(seen, 1)).to_contain_text("Chosen")
    expect(seen.page.locator(".variant")).to_have_count(3)
