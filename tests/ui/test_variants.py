"""The variants of a product side by side: what makes each different, how far it is, and what can be done with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from editai import jobs
from editai.errors import Unavailable
from editai.library import Media
from editai.models import Check, Clip, Facts, Job, Profile, Progress, Voice
from editai.ui import clips, variants
from editai.ui.at_work import AtWork
from editai.ui.context import HEADLINES, Desk
from editai.ui.files import address
from editai.ui.produce import Produce
from editai.ui.publish import Publish
from editai.ui.variants import MARKED, MOST, Choosing, Variant, differences, side_by_side
from tests.conftest import BOX
from tests.ui.conftest import REPORT, Running

LAMP = Facts(title="Lamp", price="$5")
ASKED = gr.Request(headers={})

Ask = Callable[..., list[Job]]
Finish = Callable[..., Clip]


@pytest.fixture
def desk(running: Running) -> Desk:
    return Desk(running.settings, running.shelf)


@pytest.fixture
def store(running: Running, new_store: Callable[[], Profile]) -> Iterator[Profile]:
    mine = new_store()
    yield mine
    running.shelf.journal.cancel_all(mine.id)


@pytest.fixture
def ask(running: Running, store: Profile) -> Ask:
    """Asks for clips of the product `of`, or of a new one, as the button does."""

    def submit(of: Job | None = None, **wishes: Any) -> list[Job]:
        if of is None:
            told = {"script": "Meet the lamp. It folds flat.", "facts": LAMP, **wishes}
            return jobs.submit_each(running.shelf, store, [BOX], **told)
        return jobs.submit_each(running.shelf, store, project=of.project_id, **wishes)

    return submit


@pytest.fixture
def finish(running: Running, store: Profile, tmp_path: Path) -> Finish:
    """Makes the clip of a job, without the work."""

    def done(job: Job, **how: Any) -> Clip:
        running.shelf.journal.claim(job.id, "test")
        return running.finish(store, job, tmp_path, **how)

    return done


def jobs_of(variants: list[Variant]) -> list[str]:
    return [each.job.id for each in variants]


def cards(desk: Desk, store: Profile, chosen: Job) -> list[str]:
    """The card of each variant, as HTML."""
    return variants.cards(desk, side_by_side(desk, store, chosen.id), chosen.id)


# ── which stand side by side ─────────────────────────────────────────────────────────────────────────────────────


def test_the_variants_that_were_asked_for_together_stand_side_by_side_in_their_order(
    desk: Desk, store: Profile, ask: Ask
) -> None:
    asked = ask(variants=3)
    assert jobs_of(side_by_side(desk, store, asked[1].id)) == [job.id for job in asked]


def test_a_clip_that_is_alone_has_nothing_beside_it(desk: Desk, store: Profile, ask: Ask) -> None:
    ask(variants=2)
    (alone,) = ask(script="Another product.")
    assert side_by_side(desk, store, alone.id) == []
    assert cards(desk, store, alone) == []


def test_one_that_is_asked_for_later_with_another_voice_joins_them(desk: Desk, store: Profile, ask: Ask) -> None:
    (first,) = ask()
    (second,) = ask(first, voice=Voice(engine="kokoro", name="bm_george"))
    assert jobs_of(side_by_side(desk, store, second.id)) == [first.id, second.id]


def test_a_clip_with_another_script_is_none_of_them(desk: Desk, store: Profile, ask: Ask) -> None:
    (first,) = ask()
    (second,) = ask(first, script="Meet another lamp.")
    assert side_by_side(desk, store, second.id) == []


def test_the_same_twice_is_there_once_and_what_was_cancelled_is_not(
    running: Running, desk: Desk, store: Profile, ask: Ask
) -> None:
    asked = ask(variants=3)
    (again,) = ask(asked[0])
    running.shelf.journal.cancel(store.id, asked[2].id)
    assert jobs_of(side_by_side(desk, store, again.id)) == [asked[1].id, again.id]


def test_one_that_failed_is_there_until_something_came_of_it(
    running: Running, desk: Desk, store: Profile, ask: Ask
) -> None:
    one, two = ask(variants=2)
    running.shelf.journal.claim(two.id, "test")
    running.shelf.journal.fail(two.id, "test", Unavailable("x", "The voice is not installed."))
    assert "The voice is not installed." in cards(desk, store, one)[1]
    (again,) = ask(one, seed=1)
    assert jobs_of(side_by_side(desk, store, one.id)) == [one.id, again.id]


def test_so_many_are_shown_the_newest(running: Running, desk: Desk, store: Profile, ask: Ask) -> None:
    (first,) = ask()
    brief, project = first.brief, first.project_id
    for seed in range(1, MOST + 2):
        told = brief.model_copy(update={"seed": seed})
        last = running.shelf.journal.insert(store, told, project_id=project)
    shown = side_by_side(desk, store, last.id)
    assert [each.job.brief.seed for each in shown] == list(range(2, MOST + 2))


# ── what is seen of each ─────────────────────────────────────────────────────────────────────────────────────────


def test_each_that_is_being_made_has_its_progress(running: Running, desk: Desk, store: Profile, ask: Ask) -> None:
    asked = ask(variants=2)
    running.shelf.journal.claim(asked[0].id, "test")
    told = Progress(stage="picture", percent=40, message="Rendering the picture", seconds_left=20)
    running.shelf.journal.beat(asked[0].id, "test", told)
    under_way, waiting = cards(desk, store, asked[0])
    assert 'aria-valuenow="40"' in under_way
    assert "Rendering the picture" in under_way
    assert "about 20 seconds left" in under_way
    assert "Waiting for its turn" in waiting


def test_each_that_is_done_has_its_player_its_verdict_and_what_can_be_done_with_it(
    desk: Desk, store: Profile, ask: Ask, finish: Finish
) -> None:
    one, two = ask(variants=2)
    clip = finish(one)
    finish(two)
    card, _ = cards(desk, store, two)
    assert f'src="{address(clips.shown(desk, clip, "video"))}"' in card
    assert "1 thing to look at" in card
    assert 'download="Lamp.mp4"' in card
    assert re.findall(r'data-act="(\w+)"', card) == ["choose", "publish", "edit"]
    assert set(re.findall(r'data-job="(\w+)"', card)) == {clip.job_id}


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        (("pass",), "All checks passed"),
        (("pass", "warn", "warn"), "2 things to look at"),
        (("fail",), "1 check failed"),
    ],
    ids=str,
)
def test_what_its_report_comes_to_is_said_in_words(
    desk: Desk, store: Profile, ask: Ask, finish: Finish, verdicts: tuple[str, ...], said: str
) -> None:
    one, two = ask(variants=2)
    checks = tuple(Check.model_validate({"slug": "x", "verdict": each, "message": "x"}) for each in verdicts)
    finish(one, report=REPORT.model_copy(update={"checks": checks, "degradations": ()}))
    assert said in cards(desk, store, two)[0]


def test_the_chosen_one_is_marked_and_cannot_be_chosen_again(
    desk: Desk, store: Profile, ask: Ask, finish: Finish
) -> None:
    one, two = ask(variants=2)
    for job in (one, two):
        finish(job)
    first, second = cards(desk, store, two)
    assert ("Chosen<" in first, "Choose this one" in first) == (False, True)
    assert ("Chosen<" in second, "Choose this one" in second) == (True, False)


def test_one_that_is_out_of_date_says_why_and_cannot_be_published(
    desk: Desk, store: Profile, ask: Ask, finish: Finish
) -> None:
    (first,) = ask(caption_style="bold")
    finish(first)
    (second,) = ask(first, caption_style="pop")
    card, _ = cards(desk, store, second)
    assert "Out of date: the caption style changed." in card
    assert re.findall(r'data-act="(\w+)"', card) == ["choose"]


def test_one_whose_file_is_gone_says_so_and_the_others_are_shown(
    desk: Desk, store: Profile, ask: Ask, finish: Finish
) -> None:
    one, two = ask(variants=2)
    clip = finish(one)
    finish(two)
    assert "<video" in cards(desk, store, two)[0]
    clip.path(clip.video).unlink()
    gone, there = cards(desk, store, two)
    assert "A file of it is not on this computer." in gone
    assert "<video" in there


# ── while one is being made ──────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def look(desk: Desk, store: Profile) -> Callable[[Job], list[str]]:
    """Looks at the variants of a job as the page does every few seconds; only what was sent, by its place."""
    has = [""] * MOST

    def again(watched: Job) -> list[str]:
        sent = AtWork(desk).shown(store, watched.id, [card[:MARKED] for card in has])[-MOST:]
        has[:] = [card if each == gr.skip() else each for card, each in zip(has, sent, strict=True)]
        return [each for each in sent if each != gr.skip()]

    return again


def test_a_card_is_sent_again_only_when_what_it_shows_has_changed(
    running: Running, desk: Desk, store: Profile, ask: Ask, finish: Finish, look: Callable[[Job], list[str]]
) -> None:
    done, under_way, waits = ask(variants=3)
    finish(done)
    running.shelf.journal.claim(under_way.id, "test")
    assert look(done) == cards(desk, store, done)
    assert look(done) == []
    running.shelf.journal.beat(under_way.id, "test", Progress(stage="picture", percent=40, message="Rendering"))
    (sent,) = look(done)
    assert "40 %" in sent
    running.shelf.journal.cancel(store.id, waits.id)
    assert look(done) == [""], "its place is empty"


def test_a_page_that_was_just_opened_is_sent_all_of_them(desk: Desk, store: Profile, ask: Ask) -> None:
    one, *_ = ask(variants=2)
    assert AtWork(desk).shown(store, one.id)[-MOST:] == [*cards(desk, store, one), *[""] * (MOST - 2)]


def test_what_is_told_of_a_finished_one_is_read_once(
    desk: Desk, store: Profile, ask: Ask, finish: Finish, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = ask(variants=2)
    finish(one)
    first = cards(desk, store, two)
    for read in ("plan", "report"):
        monkeypatch.setattr(Media, read, lambda *_: pytest.fail("it was read again"))
    assert cards(desk, store, two) == first


# ── what makes them different ────────────────────────────────────────────────────────────────────────────────────


def told_of(desk: Desk, store: Profile, watched: Job) -> list[list[str]]:
    return differences(side_by_side(desk, store, watched.id))


def test_where_each_opens_is_told_and_what_is_the_same_is_not(
    desk: Desk, store: Profile, ask: Ask, finish: Finish
) -> None:
    one, two = ask(variants=2)
    finish(one)
    finish(two, opens_at_s=7)
    assert told_of(desk, store, two) == [["Opens at the start of the video"], ["Opens 7 seconds into the video"]]


def test_before_it_is_made_another_cut_is_announced(desk: Desk, store: Profile, ask: Ask) -> None:
    assert told_of(desk, store, ask(variants=2)[0]) == [["The first cut"], ["Another opening, other shots"]]


def test_other_words_are_told_by_how_they_begin(desk: Desk, store: Profile, ask: Ask, finish: Finish) -> None:
    one, two = ask(variants=2, script="")
    finish(one, report=REPORT.model_copy(update={"script": "Meet the lamp. It costs $5."}))
    finish(two, report=REPORT.model_copy(update={"script": "Dark desk? Not any more."}))
    assert told_of(desk, store, two) == [["“Meet the lamp.”"], ["“Dark desk?”"]]


def test_voice_style_shape_and_edited_captions_are_told(desk: Desk, store: Profile, ask: Ask) -> None:
    (first,) = ask(caption_style="bold")
    (second,) = ask(
        first, caption_style="pop", format="1:1", voice=Voice(engine="kokoro", name="bm_george"), captions_burned=False
    )
    assert told_of(desk, store, second) == [
        ["Voice: Heart (Kokoro)", "Captions: Bold", "Upright (9:16)"],
        ["Voice: George (Kokoro)", "Captions: Word pop", "Square (1:1)", "No captions in the picture"],
    ]


# ── choosing one ─────────────────────────────────────────────────────────────────────────────────────────────────


def clicked(job: Job, act: str) -> gr.SelectData:
    return gr.SelectData(None, {"index": job.id, "value": act})


def test_the_one_that_is_chosen_is_shown_in_full(desk: Desk, store: Profile, ask: Ask, finish: Finish) -> None:
    one, two = ask(variants=2)
    for job in (one, two):
        finish(job)
    watched, editor = Choosing(desk).choose_variant(store.id, clicked(two, "choose"), ASKED)
    assert (watched["job"], editor) == (two.id, gr.skip())
    panel = Produce(desk).panel(desk.library.journal.job(store.id, watched["job"]))
    assert f'data-act="publish" data-job="{two.id}"' in panel


def test_editing_one_chooses_it_and_unfolds_its_captions(desk: Desk, store: Profile, ask: Ask) -> None:
    watched, editor = Choosing(desk).choose_variant(store.id, clicked(ask()[0], "edit"), ASKED)
    assert watched["job"]
    assert editor.open


def test_publishing_one_opens_its_clip_on_the_publish_tab(desk: Desk, store: Profile, ask: Ask, finish: Finish) -> None:
    one, two = ask(variants=2)
    clip = finish(one)
    finish(two)
    wanted = Choosing(desk).take_to_publish(store.id, clicked(one, "publish"), ASKED)
    assert (wanted["profile"], wanted["clip"]) == (store.id, clip.id)
    gallery, listed, _, _, _, chosen, *_ = Publish(desk).refresh(store, wanted["clip"])
    assert (gallery.selected_index, listed[1], chosen) == (1, clip.id, clip.id)


@pytest.mark.parametrize("act", ["choose_variant", "take_to_publish"])
def test_a_variant_of_another_store_is_not_found(
    running: Running, desk: Desk, store: Profile, ask: Ask, act: str
) -> None:
    with pytest.raises(gr.Error) as caught:
        getattr(Choosing(desk), act)(running.mine.id, clicked(ask()[0], "choose"), ASKED)
    assert caught.value.title == HEADLINES[404]
