"""A clip whose captions the store's language model translates: its files, its picture, its price, where it fails."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pysubs2
import pytest
import webvtt

from editai import captions, jobs
from editai.errors import EditaiError
from editai.job_run import STAGES
from editai.models import CaptionEdit, ChangeWord, Clip, EmphasiseWord, Facts, Job, Shift
from editai.preview import preview_cue
from tests.script.vendors import Request, Vendor, openai_error, running, said, translates
from tests.shop import Shop, a_shop
from tests.test_recaption import frame, picture

pytestmark = pytest.mark.slow

SCRIPT = "Meet the Alpina box with butter biscuits. Take one home for $12.90."
WORDS = {
    "Meet": "Ecco", "the": "la", "box": "scatola", "with": "con", "butter": "burrosi", "biscuits.": "biscotti.",
    "Take": "Portala", "one": "subito", "home": "casa", "for": "per", "tin": "latta",
}  # fmt: skip
ITALIAN = "Ecco la Alpina scatola con burrosi biscotti. Portala subito casa per $12.90."


@pytest.fixture(scope="module")
def vendor() -> Iterator[Vendor]:
    with running() as server:
        yield server
        assert server.faults == []


@pytest.fixture(scope="module")
def shop(vendor: Vendor, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    for made in a_shop(tmp_path_factory.mktemp("translation") / "home"):
        connect(made, vendor)
        yield made


def connect(shop: Shop, vendor: Vendor) -> None:
    """A language model that takes two dollars for a million tokens read and ten for as many written."""
    shop.shelf.secrets.connect_model(shop.profile.id, vendor.account(usd_in=2.0, usd_out=10.0))


def produced(shop: Shop, **wishes: object) -> Job:
    facts = Facts(title="Alpina", price="$12.90")
    job = shop.submit(script=SCRIPT, facts=facts, price_badge=False, end_card=False, **wishes)
    return jobs.run_job(job.id, shop.settings)


def clip_of(shop: Shop, job: Job) -> Clip:
    assert job.state == "done", job.error
    return shop.shelf.media.placed(shop.shelf.store.clip(shop.profile.id, job.clip_id or ""))


def slugs(shop: Shop, clip: Clip) -> set[str]:
    return {item.slug for item in shop.shelf.media.report(clip).degradations}


@pytest.fixture(scope="module")
def with_files(shop: Shop, vendor: Vendor) -> Clip:
    """The clip with Italian captions in files of their own."""
    vendor.will(translates(WORDS))
    return clip_of(shop, produced(shop, translate_to=("it",)))


@pytest.fixture(scope="module")
def burned(shop: Shop, vendor: Vendor, with_files: Clip) -> Clip:
    """The same clip with the Italian captions in its picture."""
    vendor.will(translates(WORDS))
    return clip_of(shop, produced(shop, burned_language="it"))


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_other_programs_read_the_translation_under_the_times_of_the_captions(with_files: Clip) -> None:
    (files,) = with_files.translations
    own, srt = (pysubs2.load(str(with_files.path(each)), encoding="utf-8") for each in (with_files.srt, files.srt))
    vtt = webvtt.read(str(with_files.path(files.vtt)))
    assert [(line.start, line.end) for line in srt] == [(line.start, line.end) for line in own]
    assert [(item.start, item.end) for item in vtt.captions] == [
        (item.start, item.end) for item in webvtt.read(str(with_files.path(with_files.vtt))).captions
    ]
    assert " ".join(line.plaintext for line in srt) == " ".join(item.text for item in vtt.captions) == ITALIAN
    assert " ".join(with_files.path(files.transcript).read_text("utf-8").split()) == ITALIAN
    assert [with_files.path(each).name for each in (files.srt, files.vtt, files.transcript)] == [
        "captions.it.srt", "captions.it.vtt", "transcript.it.txt",
    ]  # fmt: skip


def test_the_captions_own_files_and_the_picture_say_what_is_spoken(shop: Shop, with_files: Clip) -> None:
    srt = pysubs2.load(str(with_files.path(with_files.srt)), encoding="utf-8")
    assert " ".join(line.plaintext.replace("\n", " ") for line in srt) == SCRIPT
    report = shop.shelf.media.report(with_files)
    assert (report.translations, report.burned_language) == (("it",), "")


def test_it_is_paid_once_and_nothing_is_drawn_anew_for_a_file(shop: Shop, vendor: Vendor, with_files: Clip) -> None:
    assert [(cost.operation, cost.amount) for cost in shop.shelf.costs.list(shop.profile)][-1] == (
        "translate", 900 * 2 + 200 * 10,
    )  # fmt: skip
    asked, before = len(vendor.requests), {stage: shop.results(stage) for stage in STAGES}
    plain = clip_of(shop, produced(shop, translate_to=()))
    again = clip_of(shop, produced(shop, translate_to=("it",)))
    assert {stage: shop.results(stage) for stage in STAGES} == before
    assert len(vendor.requests) == asked
    assert plain.translations == ()
    assert again.translations == with_files.translations
    assert plain.video.sha256 == again.video.sha256 == with_files.video.sha256


def test_the_language_of_the_speech_is_not_translated_into_and_that_is_said(shop: Shop, with_files: Clip) -> None:
    clip = clip_of(shop, produced(shop, translate_to=("en",), burned_language="en"))
    assert "translation_not_needed" in slugs(shop, clip)
    assert clip.translations == ()
    assert clip.video.sha256 == with_files.video.sha256


# ── in the picture ───────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_burned_in_is_the_translation_and_is_seen_in_the_picture(
    shop: Shop, burned: Clip, with_files: Clip
) -> None:
    report = shop.shelf.media.report(burned)
    assert (report.translations, report.burned_language) == (("it",), "it")
    assert burned.video.sha256 != with_files.video.sha256
    checks = {check.slug: check.verdict for check in report.checks}
    assert (checks["captions"], checks["captions_place"], checks["heard"]) == ("pass", "pass", "pass")
    plan = shop.shelf.media.plan(burned)
    shown = captions.in_picture(plan)
    assert " ".join(word.text for item in shown.cues for word in item.words) == ITALIAN
    assert all(item.start >= plan.cues[0].start and item.end <= plan.cues[-1].end for item in shown.cues)


def test_the_preview_of_a_caption_shows_the_translation_as_the_picture_does(
    shop: Shop, burned: Clip, with_files: Clip
) -> None:
    cue = shop.shelf.media.plan(burned).cues[0]
    seen = frame(burned, (cue.words[1].start + cue.words[1].end) // 2)
    italian, english = (picture(preview_cue(shop.shelf, clip, (), 0, 1)) for clip in (burned, with_files))
    assert np.abs(seen - italian).mean() < 3
    assert np.abs(seen - italian).mean() * 1.5 < np.abs(seen - english).mean()


def test_its_files_are_those_of_the_clip_without_it(burned: Clip, with_files: Clip) -> None:
    assert (burned.srt.sha256, burned.vtt.sha256) == (with_files.srt.sha256, with_files.vtt.sha256)
    assert burned.translations == with_files.translations


# ── where it fails ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_clip_is_made_without_what_could_not_be_translated_and_that_is_said(
    shop: Shop, vendor: Vendor, with_files: Clip
) -> None:
    for answer in (openai_error(401, "Incorrect API key provided."), said("No.")):
        vendor.will(answer)
        clip = clip_of(shop, produced(shop, translate_to=("it", "de")))
        assert [files.language for files in clip.translations] == ["it"]
        assert "translation_missing" in slugs(shop, clip)
        told = [item.message for item in shop.shelf.media.report(clip).degradations if "German" in item.message]
        assert told[0].endswith("So this clip has no captions in German.")


def test_where_the_picture_was_to_show_it_the_job_says_why_there_is_no_clip(shop: Shop, vendor: Vendor) -> None:
    vendor.will(openai_error(429, "Slow down", retry_after="120"))
    job = produced(shop, burned_language="fr")
    assert job.state == "failed"
    assert job.error is not None
    assert job.error["slug"] == "script_model_rate_limited"
    assert "leave the translation out" in str(job.error["hint"])


def test_without_a_language_model_it_is_refused_at_once(shop: Shop, vendor: Vendor, with_files: Clip) -> None:
    before = shop.shelf.journal.jobs(shop.profile.id)
    shop.shelf.secrets.forget(shop.profile.id, "language_model")
    try:
        for wish in ({"translate_to": ("it",)}, {"burned_language": "it"}):
            with pytest.raises(EditaiError) as caught:
                produced(shop, **wish)
            assert caught.value.title == "409 language_model_missing"
            assert "translate the captions" in caught.value.message
        assert shop.shelf.journal.jobs(shop.profile.id) == before
    finally:
        connect(shop, vendor)


def test_a_language_model_that_is_gone_by_then_is_said_in_the_clip(
    shop: Shop, vendor: Vendor, with_files: Clip
) -> None:
    job = shop.submit(script=SCRIPT, facts=Facts(title="Alpina"), translate_to=("nl",), price_badge=False)
    shop.shelf.secrets.forget(shop.profile.id, "language_model")
    try:
        clip = clip_of(shop, jobs.run_job(job.id, shop.settings))
    finally:
        connect(shop, vendor)
    assert "translation_missing" in slugs(shop, clip)


def test_a_language_that_is_none_is_refused_at_once(shop: Shop) -> None:
    with pytest.raises(EditaiError) as caught:
        produced(shop, translate_to=("it", "klingon"))
    assert caught.value.title == "422 language_unknown"


# ── edited captions ──────────────────────────────────────────────────────────────────────────────────────────────


def edited(shop: Shop, clip: Clip, *edits: CaptionEdit) -> Job:
    job = jobs.submit_edited(shop.shelf, shop.profile, clip.id, edits)
    return jobs.run_job(job.id, shop.settings)


def asked_for(request: Request) -> list[str]:
    listed = json.loads(request.body["messages"][1]["content"].split("\n")[-1])["captions"]
    return [each["text"] for each in listed if "translation" not in each]


def test_only_a_caption_that_was_changed_is_translated_again(shop: Shop, vendor: Vendor, with_files: Clip) -> None:
    cues = shop.shelf.media.plan(with_files).cues
    at, word = next((n, m) for n, item in enumerate(cues) for m, each in enumerate(item.words) if each.text == "box")
    asked = len(vendor.requests)
    vendor.will(translates(WORDS))
    changed = clip_of(shop, edited(shop, with_files, ChangeWord(cue=at, word=word, text="tin")))
    (request,) = vendor.requests[asked:]
    (one,) = asked_for(request)
    assert "tin" in one
    srt = pysubs2.load(str(changed.path(changed.translations[0].srt)), encoding="utf-8")
    assert " ".join(line.plaintext for line in srt) == ITALIAN.replace("scatola", "latta")


def test_what_changes_no_text_asks_nobody(shop: Shop, vendor: Vendor, with_files: Clip) -> None:
    asked = len(vendor.requests)
    shop.shelf.secrets.forget(shop.profile.id, "language_model")
    try:
        moved = clip_of(shop, edited(shop, with_files, EmphasiseWord(cue=0, word=0), Shift(cue=0, frames=2)))
    finally:
        connect(shop, vendor)
    assert len(vendor.requests) == asked
    assert [files.language for files in moved.translations] == ["it"]
    own, srt = (pysubs2.load(str(moved.path(each)), "utf-8") for each in (moved.srt, moved.translations[0].srt))
    assert [(line.start, line.end) for line in srt] == [(line.start, line.end) for line in own]


def test_a_changed_caption_that_nobody_can_translate_leaves_the_language_out_and_says_so(
    shop: Shop, vendor: Vendor, with_files: Clip
) -> None:
    vendor.will(openai_error(401, "Incorrect API key provided."))
    changed = clip_of(shop, edited(shop, with_files, ChangeWord(cue=0, word=0, text="Take")))
    assert changed.translations == ()
    assert "translation_missing" in slugs(shop, changed)
