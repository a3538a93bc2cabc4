"""The caption editor of the page: what each button makes of the chosen word, and what is sent when it renders again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from editai import products
from editai.models import ChangeWord, Clip, Profile, Progress
from editai.ui import caption_editor
from editai.ui.caption_editor import CLOSED, NOTHING, STALE, Editor
from editai.ui.context import Desk
from editai.ui.follow import watch
from tests.ui.conftest import Running
from tests.ui.test_captioning_api import captioned

ASKING = gr.Request(headers={})


@pytest.fixture
def does(running: Running) -> Editor:
    return Editor(Desk(running.settings, running.shelf))


@pytest.fixture
def clip(running: Running, new_store: Callable[[], Profile], tmp_path: Path) -> Clip:
    return captioned(running, new_store(), tmp_path, "Golden", "leaf", "tea")


def opened(does: Editor, clip: Clip) -> list[Any]:
    job = does.desk.library.journal.job(clip.profile_id, clip.job_id)
    return does.open_captions(clip.profile_id, watch(job), ASKING)


def press(does: Editor, clip: Clip, editing: dict[str, Any], label: str, text: str = "") -> list[Any]:
    return does.editor(label)(clip.profile_id, editing, text, ASKING)


def chosen(does: Editor, clip: Clip, row: str) -> dict[str, Any]:
    """What the page holds after a click on the row of that word."""
    _, editing, *_ = opened(does, clip)
    event = gr.SelectData(None, {"index": [0, 1], "value": "", "row_value": [row, "", "", "", ""]})
    held: dict[str, Any] = does.choose_word(clip.profile_id, editing, event, ASKING)[0]
    return held


def words(table: list[list[str]]) -> list[str]:
    return [row[1] for row in table]


def test_it_opens_with_the_words_of_the_clip_and_their_seconds(does: Editor, clip: Clip) -> None:
    box, _, table, word, _ = opened(does, clip)
    assert box.visible
    assert table[1] == ["1.2", "leaf", "0.50", "1.00", ""]
    assert word == "Golden"


def test_it_is_closed_while_a_job_runs_and_where_nobody_speaks(
    does: Editor, running: Running, new_store: Callable[[], Profile], tmp_path: Path
) -> None:
    store = new_store()
    silent = running.clip(store, "Lamp", tmp_path)
    waiting = running.shelf.journal.job(store.id, running.waiting_job(store))
    assert not opened(does, silent)[0].visible
    assert not does.open_captions(store.id, watch(waiting), ASKING)[0].visible
    assert not does.open_captions(store.id, watch(None), ASKING)[0].visible


def test_what_is_typed_takes_the_place_of_the_chosen_word(does: Editor, clip: Clip) -> None:
    editing, table, word, _ = press(does, clip, chosen(does, clip, "1.2"), "Change", r"{\an8} 100%")
    assert words(table) == ["Golden", r"{\an8} 100%", "tea"]
    assert word == r"{\an8} 100%"
    assert editing["edits"] == [{"kind": "change", "cue": 0, "word": 1, "text": r"{\an8} 100%"}]


@pytest.mark.parametrize(
    ("label", "rows"),
    [
        ("Hide", [("1.1", "Golden", ""), ("1.2", "–", "hidden"), ("1.3", "tea", "")]),
        ("Stand out", [("1.1", "Golden", ""), ("1.2", "leaf", "stands out"), ("1.3", "tea", "")]),
        ("Join with next word", [("1.1", "Golden", ""), ("1.2", "leaf tea", "")]),
        ("Split word", [("1.1", "Golden", ""), ("1.2", "le", ""), ("1.3", "af", ""), ("1.4", "tea", "")]),
        ("New caption from here", [("1.1", "Golden", ""), ("2.1", "leaf", ""), ("2.2", "tea", "")]),
    ],
)
def test_each_button_edits_the_chosen_word(does: Editor, clip: Clip, label: str, rows: list[tuple[str, ...]]) -> None:
    _, table, *_ = press(does, clip, chosen(does, clip, "1.2"), label)
    assert [(row[0], row[1], row[4]) for row in table] == rows


def times(table: list[list[str]]) -> list[list[str]]:
    return [row[2:4] for row in table]


def test_a_caption_is_moved_by_a_tenth_of_a_second(does: Editor, clip: Clip) -> None:
    editing, table, *_ = press(does, clip, chosen(does, clip, "1.1"), "Caption later")
    assert times(table) == [["0.10", "0.60"], ["0.60", "1.10"], ["1.10", "1.60"]]
    _, table, *_ = press(does, clip, editing, "Caption earlier")
    assert times(table) == [["0.00", "0.50"], ["0.50", "1.00"], ["1.00", "1.50"]]


def test_a_word_alone_begins_a_tenth_of_a_second_later_or_earlier(does: Editor, clip: Clip) -> None:
    """The one before it is shown for so much longer or shorter."""
    editing, table, *_ = press(does, clip, chosen(does, clip, "1.2"), "Word later")
    assert times(table) == [["0.00", "0.60"], ["0.60", "1.00"], ["1.00", "1.50"]]
    for _ in range(2):
        editing, table, *_ = press(does, clip, editing, "Word earlier")
    assert times(table) == [["0.00", "0.40"], ["0.40", "1.00"], ["1.00", "1.50"]]


@pytest.mark.parametrize("label", caption_editor.MAKES)
def test_undo_takes_back_what_each_button_did(does: Editor, clip: Clip, label: str) -> None:
    editing, before, *_ = press(does, clip, chosen(does, clip, "1.2"), "Caption later")
    if label == "Join with next caption":
        editing, before, *_ = press(does, clip, editing, "New caption from here")
        editing = {**editing, "cue": 0, "word": 0}
    editing, table, *_ = press(does, clip, editing, label, "loaf")
    assert table != before
    assert does.undo(clip.profile_id, editing, ASKING)[1] == before


def test_captions_that_were_parted_are_joined(does: Editor, clip: Clip) -> None:
    editing, *_ = press(does, clip, chosen(does, clip, "1.2"), "New caption from here")
    editing, table, *_ = press(does, clip, editing, "Join with next caption")
    assert [row[0] for row in table] == ["1.1", "1.2", "1.3"]


def test_undo_takes_the_last_edit_back_and_then_the_one_before(does: Editor, clip: Clip) -> None:
    editing, *_ = press(does, clip, chosen(does, clip, "1.2"), "Hide")
    editing, *_ = press(does, clip, editing, "Join with next word")
    for left in (["Golden", "–", "tea"], ["Golden", "leaf", "tea"], ["Golden", "leaf", "tea"]):
        editing, table, *_ = does.undo(clip.profile_id, editing, ASKING)
        assert words(table) == left


def test_what_cannot_be_is_said_in_plain_words(does: Editor, clip: Clip) -> None:
    with pytest.raises(gr.Error, match="Hide the word instead"):
        press(does, clip, chosen(does, clip, "1.2"), "Change", "  ")


def test_the_chosen_caption_is_drawn_as_it_is_edited(does: Editor, clip: Clip) -> None:
    editing = chosen(does, clip, "1.2")
    before = does.draw_cue(clip.profile_id, editing, NOTHING, ASKING)
    after = does.draw_cue(clip.profile_id, press(does, clip, editing, "Change", "loaf")[0], NOTHING, ASKING)
    assert before != after
    assert before.count("<img") == after.count("<img") == 1


def test_what_a_platform_covers_is_shown_on_the_frame_and_where_that_is_from(does: Editor, clip: Clip) -> None:
    editing = chosen(does, clip, "1.2")
    plain, bands, all_ = (
        does.draw_cue(clip.profile_id, editing, each, ASKING) for each in (NOTHING, "TikTok", "All of these")
    )
    assert "covers" not in plain
    assert "TikTok covers about this, as others have measured it" in bands
    assert "socaptions.com" in bands
    assert "The denser the band" in all_
    assert len({frame.split('src="')[1].split('"')[0] for frame in (plain, bands, all_)}) == 3


def test_on_a_clip_that_is_not_upright_nothing_is_shown_and_it_is_said_why(does: Editor, clip: Clip) -> None:
    plan = does.desk.library.media.plan(clip).model_copy(update={"width_px": 1080, "height_px": 1080})
    clip.path(clip.plan).write_text(plan.model_dump_json(), "utf-8")
    drawn = does.draw_cue(clip.profile_id, chosen(does, clip, "1.2"), "TikTok", ASKING)
    assert "<img" in drawn
    assert "Only upright clips" in drawn


def test_rendering_again_queues_the_edits_and_they_are_there_in_the_new_clip(
    does: Editor, running: Running, clip: Clip, tmp_path: Path
) -> None:
    editing, *_ = press(does, clip, chosen(does, clip, "1.2"), "Change", "loaf")
    watched = does.render_again(clip.profile_id, editing, ASKING)
    job = running.shelf.journal.job(clip.profile_id, watched["job"])
    assert (job.state, watched["profile"]) == ("queued", clip.profile_id)
    assert job.brief.captions is not None
    assert job.brief.captions.edits == (ChangeWord(cue=0, word=1, text="loaf"),)
    again = clip.model_copy(update={"id": "1" * 32, "job_id": job.id, "brief": job.brief})
    clip.folder.joinpath("..", again.id).resolve().symlink_to(clip.folder.resolve())
    running.shelf.store.add_clip(again)
    running.shelf.journal.claim(job.id, "test")
    running.shelf.journal.finish(job.id, "test", again.id, Progress(stage="done", percent=100))
    _, editing, table, *_ = opened(does, again)
    assert words(table) == ["Golden", "loaf", "tea"]
    assert words(does.undo(clip.profile_id, editing, ASKING)[1]) == ["Golden", "leaf", "tea"]


def test_what_is_held_of_another_store_is_left_alone(does: Editor, running: Running, clip: Clip) -> None:
    editing = chosen(does, clip, "1.2")
    assert does.draw_cue(running.mine.id, editing, NOTHING, ASKING) == ""
    for press in (does.editor("Hide"), lambda *asked: does.render_again(asked[0], asked[1], asked[3])):
        with pytest.raises(gr.Error, match="not open any more"):
            press(running.mine.id, editing, "", ASKING)
    with pytest.raises(gr.Error):
        does.undo(running.mine.id, {**editing, "profile": running.mine.id}, ASKING)


def test_a_clip_whose_product_was_changed_since_says_that_it_cannot_be_rendered_again(
    does: Editor, running: Running, new_store: Callable[[], Profile], tmp_path: Path
) -> None:
    shelf, store = running.shelf, new_store()
    made = captioned(running, store, tmp_path, "Golden", "leaf", "tea", of_product=True)
    assert STALE not in opened(does, made)[-1]
    products.update(shelf, store, made.project_id or "", {"script": "Meet the bag."})
    assert STALE in opened(does, made)[-1]


def test_a_button_that_meets_no_open_captions_says_so(does: Editor, clip: Clip) -> None:
    with pytest.raises(gr.Error, match="Press Show beside the clip"):
        does.render_again(clip.profile_id, CLOSED, ASKING)


def test_a_word_is_split_at_its_space_or_in_its_middle() -> None:
    assert caption_editor._middle("green tea bag") == 5
    assert caption_editor._middle("teabox") == 3
    assert caption_editor._middle("a") == 1
