"""Captions edited and rendered again: on a clip that the real line made, with the real stages."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from editai import captions, jobs, products, recaption
from editai.errors import EditaiError
from editai.job_run import STAGES
from editai.models import CaptionEdit, ChangeWord, Clip, HideWord, Job, Shift
from editai.preview import SMALLER, preview_cue
from editai.publish.check import require_fresh
from tests.shop import Shop

EDITS: tuple[CaptionEdit, ...] = (ChangeWord(cue=0, word=2, text="crate!"), HideWord(cue=0, word=1))
KEPT = tuple(name for name in STAGES if name not in ("picture", "report"))
"""Every stage but the one that draws the picture and the one that measures it."""


@pytest.fixture(scope="module", autouse=True)
def _shop_is_left_as_it_was(busy: Shop) -> Iterator[None]:
    """Others look at its newest clip."""
    before = {clip.id for clip in busy.shelf.store.clips(busy.profile.id)}
    yield
    for clip in busy.shelf.store.clips(busy.profile.id):
        if clip.id not in before:
            busy.shelf.delete_clip(busy.profile.id, clip.id)


@pytest.fixture(scope="module")
def made(busy: Shop) -> Clip:
    """The clip of “Meet the box.”"""
    return busy.shelf.media.placed(busy.shelf.store.clips(busy.profile.id)[-1])


def run(shop: Shop, clip: Clip, edits: tuple[CaptionEdit, ...] = EDITS) -> Job:
    job = jobs.submit_edited(shop.shelf, shop.profile, clip.id, edits, claimed_by="test")
    return jobs.run_job(job.id, shop.settings, "test")


def clip_of(shop: Shop, job: Job) -> Clip:
    assert job.state == "done", job.error
    return shop.shelf.media.placed(shop.shelf.store.clip(shop.profile.id, job.clip_id or ""))


def done(shop: Shop) -> dict[str, dict[Path, int]]:
    return {stage: shop.results(stage) for stage in STAGES}


@pytest.fixture(scope="module")
def again(busy: Shop, made: Clip) -> tuple[Clip, dict[str, dict[Path, int]], dict[str, dict[Path, int]], float]:
    """The clip with its captions edited, what the stages had made before and afterwards, and its seconds."""
    before, began = done(busy), time.monotonic()
    clip = clip_of(busy, run(busy, made))
    return clip, before, done(busy), time.monotonic() - began


Again = tuple[Clip, dict[str, dict[Path, int]], dict[str, dict[Path, int]], float]
Pixels = npt.NDArray[np.int16]


def frame(clip: Clip, number: int) -> Pixels:
    """A frame of the finished clip at the size of previews."""
    with av.open(str(clip.path(clip.video))) as container:
        pictures = container.decode(video=0)
        seen = next(picture for index, picture in enumerate(pictures) if index == number)
    small = seen.reformat(
        1080 // SMALLER,
        1920 // SMALLER,
        "rgb24",
        src_colorspace="ITU709",
        dst_colorspace="ITU709",
        interpolation="AREA",
    )
    return small.to_ndarray().astype(np.int16)


def picture(path: Path) -> Pixels:
    with Image.open(path) as opened:
        return np.asarray(opened.convert("RGB"), np.int16)


@pytest.mark.slow
def test_no_model_runs_and_nothing_is_looked_at_again(again: Again, measured: Callable[[str], None]) -> None:
    _, before, after, seconds = again
    measured(f"a clip rendered again after an edit of its captions: {seconds:.1f} s")
    assert [stage for stage in KEPT if after[stage] != before[stage]] == []
    assert {stage: len(after[stage].keys() - before[stage].keys()) for stage in ("picture", "report")} == {
        "picture": 1,
        "report": 1,
    }


@pytest.mark.slow
def without_times(path: Path) -> str:
    """The text of a subtitle file without the times of its words."""
    return re.sub(r"<[\d:.]+>", "", path.read_text("utf-8"))


def test_the_new_words_are_in_the_files(again: Again, made: Clip) -> None:
    clip, *_ = again
    for name in ("srt", "vtt"):
        assert "Meet crate!\n" in without_times(clip.path(getattr(clip, name)))
        assert "Meet the box.\n" in without_times(made.path(getattr(made, name)))
    cues = json.loads(clip.path(clip.plan).read_text("utf-8"))["cues"]
    assert [word["text"] for cue in cues for line in cue["lines"] for word in line] == ["Meet", "", "crate!"]


@pytest.mark.slow
def test_the_new_words_are_in_the_picture_as_the_preview_showed_them(busy: Shop, again: Again, made: Clip) -> None:
    clip, *_ = again
    plan = recaption.edited(busy.shelf, made, EDITS)
    for word in (0, 2):
        spoken = captions.word_at(plan, 0, word)
        seen = frame(clip, (spoken.start + spoken.end) // 2)
        new, old = (picture(preview_cue(busy.shelf, made, edits, 0, word)) for edits in (EDITS, ()))
        assert np.abs(seen - new).mean() < 3
        words = np.abs(new - old).max(axis=2) > 100  # where other letters stand
        assert words.sum() > 1000
        assert np.abs(seen - new)[words].mean() * 5 < np.abs(seen - old)[words].mean()


@pytest.mark.slow
def test_the_sound_and_all_but_the_captions_stay_as_they_were(busy: Shop, again: Again, made: Clip) -> None:
    clip, *_ = again
    now, then = busy.shelf.media.plan(clip), busy.shelf.media.plan(made)
    assert now.model_copy(update={"cues": then.cues}) == then
    one, other = busy.shelf.media.report(clip), busy.shelf.media.report(made)
    assert one.measurement.sound_sha256 == other.measurement.sound_sha256
    assert clip.video.sha256 != made.video.sha256
    assert clip.poster.sha256 == made.poster.sha256  # it has no captions


@pytest.mark.slow
def test_the_report_counts_the_words_that_are_shown_and_blames_nobody_for_the_edits(busy: Shop, again: Again) -> None:
    report = busy.shelf.media.report(again[0])
    assert report.words == 2
    checks = {check.slug: check.verdict for check in report.checks}
    assert checks["heard"] == checks.get("in_step", "pass") == "pass"


@pytest.mark.slow
def test_the_clip_is_of_the_same_product_and_both_may_be_published(busy: Shop, again: Again, made: Clip) -> None:
    clip, *_ = again
    assert clip.project_id == made.project_id
    assert recaption.edits_of(clip) == EDITS
    assert recaption.edits_of(made) == ()
    require_fresh(busy.shelf, clip)
    require_fresh(busy.shelf, made)
    assert busy.shelf.store.project(busy.profile.id, clip.project_id or "").brief.captions is None


@pytest.mark.slow
def test_an_edited_clip_is_edited_on_from_the_captions_of_its_script(busy: Shop, again: Again, made: Clip) -> None:
    clip, *_ = again
    assert recaption.before_edits(busy.shelf, clip) == busy.shelf.media.plan(made)
    assert recaption.edited(busy.shelf, clip, EDITS[:-1]).cues[0].text == "Meet the crate!"
    assert recaption.brief_with(busy.shelf, clip, ()).captions is None


def title_of(act: Callable[[], object]) -> str:
    with pytest.raises(EditaiError) as caught:
        act()
    return caught.value.title


@pytest.mark.slow
def test_what_was_not_edited_is_not_rendered_again(busy: Shop, made: Clip, again: Again) -> None:
    assert title_of(lambda: run(busy, made, ())) == "409 captions_unchanged"
    assert title_of(lambda: run(busy, again[0], EDITS)) == "409 captions_unchanged"


@pytest.mark.slow
def test_a_clip_of_another_store_is_not_there(busy: Shop, made: Clip) -> None:
    other = busy.shelf.store.create_profile("local", "Not this one")
    assert title_of(lambda: jobs.submit_edited(busy.shelf, other, made.id, EDITS)) == "404 clip_not_found"


@pytest.mark.slow
def test_an_edit_that_cannot_be_queues_no_job(busy: Shop, made: Clip) -> None:
    before = busy.shelf.journal.jobs(busy.profile.id)
    assert title_of(lambda: run(busy, made, (Shift(cue=0, frames=-100),))) == "422 caption_outside"
    assert busy.shelf.journal.jobs(busy.profile.id) == before


@pytest.mark.slow
def test_a_product_that_says_something_else_by_now_is_produced_again_instead(busy: Shop, made: Clip) -> None:
    product = busy.shelf.store.project(busy.profile.id, made.project_id or "")
    products.update(busy.shelf, busy.profile, product.id, {"script": "Meet the bag."})
    try:
        assert title_of(lambda: run(busy, made)) == "409 clip_stale"
    finally:
        busy.shelf.store.keep_project(product)


@pytest.mark.slow
def test_edits_are_never_applied_to_other_words(busy: Shop, made: Clip) -> None:
    """Here by a brief that was tampered with; a lexicon or a voice that changed since does the same."""
    brief = recaption.brief_with(busy.shelf, made, EDITS).model_copy(
        update={"caption_style": "pop", "script": "Meet it."}
    )
    job = busy.shelf.journal.insert(busy.profile, brief, "test", project_id=made.project_id)
    ended = jobs.run_job(job.id, busy.settings, "test")
    assert ended.state == "failed"
    assert ended.error is not None
    assert ended.error["slug"] == "captions_changed"
