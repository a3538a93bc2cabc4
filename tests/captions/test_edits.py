from __future__ import annotations

from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from pydantic import TypeAdapter

from editai import captions
from editai.captions.cues import GAP, SHORTEST
from editai.captions.writing import counted
from editai.errors import Conflict, InvalidInput
from editai.models import (
    CaptionEdit,
    CaptionStyle,
    ChangeWord,
    Crop,
    CropKey,
    Cue,
    CueWord,
    EditedCaptions,
    EmphasiseWord,
    HideWord,
    JoinCues,
    JoinWords,
    Plan,
    Shift,
    Shot,
    Source,
    SplitCue,
    SplitWord,
)

from .adverts import narrated
from .drawing import FILE, narration, timed

ADVERT = "Meet the Golden Leaf tea box. Only $24.99 for 50 bags, and no plastic at all. Steep it for three minutes."
BOLD = captions.style("bold")


def planned(cues: tuple[Cue, ...], style: CaptionStyle = BOLD, frames: int = 600) -> Plan:
    whole = CropKey(frame=0, crop=Crop(x=0, y=0, width=1080, height=1920))
    source = Source(
        file=FILE, stream=0, duration_ms=30_000, width_px=1080, height_px=1920, rotation=0, fps=30, codec="h264",
        has_sound=False,
    )  # fmt: skip
    shot = Shot(source=0, source_in=0, frames=frames, crops=(whole,))
    return Plan(frames=frames, sources=(source,), shots=(shot,), cues=cues, style=style)


def a_cue(*words: str, start: int = 0, each: int = 10) -> Cue:
    """A cue of one line, so many frames for each word."""
    line = tuple(
        CueWord(text=text, start=start + number * each, end=start + (number + 1) * each)
        for number, text in enumerate(words)
    )
    return Cue(lines=(line,), start=start, end=line[-1].end)


TEA = planned((a_cue("Golden", "Leaf", "tea"), a_cue("in", "a", "box.", start=30), a_cue("Buy", "it!", start=100)))


def edited(*edits: CaptionEdit, plan: Plan = TEA) -> tuple[Cue, ...]:
    return captions.apply_edits(plan, edits).cues


def said(cues: tuple[Cue, ...]) -> list[str]:
    return [cue.text for cue in cues]


def times(cue: Cue) -> list[tuple[int, int]]:
    return [(word.start, word.end) for word in cue.words]


def slug_of(edit: CaptionEdit, plan: Plan = TEA) -> str:
    with pytest.raises(InvalidInput) as caught:
        captions.apply_edits(plan, [edit])
    return caught.value.slug


def hold_together(plan: Plan) -> None:
    """What `make_cues` says of every cue."""
    assert plan.cues[0].start >= 0
    assert plan.cues[-1].end <= plan.frames
    for cue in plan.cues:
        words = cue.words
        assert cue.end - cue.start >= SHORTEST
        assert (words[0].start, words[-1].end) == (cue.start, cue.end)
        assert all(word.end > word.start for word in words)
        assert all(before.end == after.start for before, after in pairwise(words))
        assert len(cue.lines) <= plan.style.max_lines
        assert sum(counted(word.text) for word in words) <= plan.style.max_words + 1
    for before, after in pairwise(plan.cues):
        assert after.start == before.end or after.start - before.end >= GAP


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_changed_word_keeps_its_time_and_its_neighbours() -> None:
    first, *rest = edited(ChangeWord(cue=0, word=1, text="Loaf"))
    assert first.text == "Golden Loaf tea"
    assert times(first) == times(TEA.cues[0])
    assert tuple(rest) == TEA.cues[1:]


@pytest.mark.parametrize("text", [r"{\an8}\N", "100 %", "“tea”", "a  b", "-->", "e\u0301", "te\u200ba", "5<6&amp;"])
def test_what_is_typed_is_what_stands_there(text: str) -> None:
    plan = captions.apply_edits(TEA, [ChangeWord(cue=0, word=1, text=text)])
    assert plan.cues[0].words[1].text == text
    assert f"Golden {text} tea" in captions.write(plan).srt.replace("\n", " ")


def test_a_text_that_is_too_wide_for_its_line_is_broken_anew() -> None:
    long = edited(ChangeWord(cue=0, word=1, text="extraordinary"), ChangeWord(cue=0, word=2, text="camomiles"))[0]
    assert len(long.lines) == 2
    assert [word.text for word in long.words] == ["Golden", "extraordinary", "camomiles"]


def test_a_hidden_word_is_not_shown_and_keeps_its_time() -> None:
    first = edited(HideWord(cue=0, word=1))[0]
    assert first.text == "Golden tea"
    assert times(first) == times(TEA.cues[0])


def test_a_hidden_word_is_in_no_file() -> None:
    told = captions.write(captions.apply_edits(TEA, [HideWord(cue=0, word=1)]))
    assert "GOLDEN" in told.ass.upper()
    for text in (told.ass, told.srt, told.vtt):
        assert "LEAF" not in text.upper()


def test_a_hidden_word_is_seen_again_with_a_text() -> None:
    assert edited(HideWord(cue=0, word=1), ChangeWord(cue=0, word=1, text="Leaf")) == TEA.cues


def test_a_word_is_emphasised_and_not_any_more() -> None:
    marked = edited(EmphasiseWord(cue=1, word=2))
    assert [word.emphasised for word in marked[1].words] == [False, False, True]
    assert edited(EmphasiseWord(cue=1, word=2), EmphasiseWord(cue=1, word=2, on=False)) == TEA.cues


def test_two_words_become_one_with_the_time_of_both() -> None:
    first = edited(JoinWords(cue=0, word=1))[0]
    assert [word.text for word in first.words] == ["Golden", "Leaf tea"]
    assert times(first) == [(0, 10), (10, 30)]


def test_words_of_two_lines_are_joined_on_the_first() -> None:
    one, *others = a_cue("Golden", "Leaf", "tea").words
    plan = planned((Cue(lines=((one,), tuple(others)), start=0, end=30),))
    assert said(edited(JoinWords(cue=0, word=0), plan=plan)) == ["Golden Leaf\ntea"]


@pytest.mark.parametrize(
    ("text", "at", "halves", "glued"),
    [
        ("green tea", 5, ["green", "tea"], False),
        ("green tea", 6, ["green", "tea"], False),
        ("teabox", 3, ["tea", "box"], True),
    ],
)
def test_a_split_word_looks_as_before(text: str, at: int, halves: list[str], glued: bool) -> None:
    plan = planned((a_cue("My", text),))
    first = edited(SplitWord(cue=0, word=1, at=at), plan=plan)[0]
    assert [word.text for word in first.words] == ["My", *halves]
    assert first.words[2].glued is glued
    assert first.text == plan.cues[0].text


def test_phrases_of_writing_without_spaces_are_joined_split_and_counted_as_they_are_seen() -> None:
    made = captions.make_cues(narrated("新しいお茶の香りをお届けします。", "ja"), BOLD)
    plan = planned(made).model_copy(update={"language": "ja"})
    joined_words = edited(JoinWords(cue=0, word=0), plan=plan)[0]
    assert joined_words.words[0].text == "新しいお茶の"
    assert joined_words.text.replace("\n", "") == made[0].text.replace("\n", "")
    assert edited(SplitCue(cue=0, word=1), plan=plan)[1].words[0].text == "お茶の"
    assert slug_of(JoinCues(cue=0), plan) == "caption_too_many_words"  # six words' worth of characters


def test_a_line_of_phrases_that_became_too_wide_is_broken_between_two_of_them() -> None:
    made = captions.make_cues(narrated("お茶の香りを楽しむ。", "ja"), BOLD)
    changed = edited(ChangeWord(cue=0, word=0, text="とても新しいお茶の"), plan=planned(made))[0]
    assert len(changed.lines) == 2
    assert changed.lines[1][0].text in [word.text for word in made[0].words]


def test_the_halves_of_a_word_share_its_time_by_their_letters() -> None:
    first = edited(SplitWord(cue=0, word=0, at=3), plan=planned((a_cue("teaboxes", each=16),)))[0]
    assert times(first) == [(0, 6), (6, 16)]


@pytest.mark.parametrize(
    ("text", "at"), [("tea", 3), ("tea", 99), ("te\u0301a", 2), ("\U0001f469\u200d\U0001f373", 1), ("t\u200b", 1)]
)
def test_a_letter_is_not_torn_apart(text: str, at: int) -> None:
    assert slug_of(SplitWord(cue=0, word=0, at=at), planned((a_cue(text),))) == "caption_unsplittable"


# ── cues ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_joined_cues_stand_from_the_first_word_to_the_last() -> None:
    plan = planned((a_cue("Golden", "Leaf"), a_cue("tea", start=40), a_cue("box.", start=60)))
    first, last = edited(JoinCues(cue=0), plan=plan)
    assert times(first) == [(0, 10), (10, 40), (40, 50)]
    assert last == plan.cues[2]


def test_more_words_than_the_style_shows_together_are_not_joined() -> None:
    assert slug_of(JoinCues(cue=0)) == "caption_too_many_words"


def test_a_split_cue_is_two_that_touch() -> None:
    first, second, *_ = edited(SplitCue(cue=0, word=2))
    assert (first.text, second.text) == ("Golden Leaf", "tea")
    assert first.end == second.start == 20


def test_a_cue_that_was_split_is_joined_again() -> None:
    assert edited(SplitCue(cue=0, word=1), JoinCues(cue=0)) == TEA.cues


def test_a_part_too_short_to_be_read_is_no_cue() -> None:
    assert slug_of(SplitCue(cue=0, word=1), planned((a_cue("a", "b", each=5),))) == "caption_too_short"


# ── times ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_cue_moves_with_its_words() -> None:
    *_, last = edited(Shift(cue=2, frames=12))
    assert times(last) == [(112, 122), (122, 132)]


def test_a_cue_that_moves_later_takes_its_time_from_the_next_and_the_one_before_waits_for_it() -> None:
    first, second, third = edited(Shift(cue=0, frames=4))
    assert times(first) == [(4, 14), (14, 24), (24, 34)]
    assert times(second)[0] == (34, 40)
    assert third == TEA.cues[2]
    before, moved, _ = edited(Shift(cue=1, frames=4))
    assert before.end == moved.start == 34


def test_a_cue_that_moves_earlier_takes_its_time_from_the_one_before() -> None:
    first, second, _ = edited(Shift(cue=1, frames=-4))
    assert times(first)[-1] == (20, 26)
    assert times(second)[0] == (26, 36)


def test_no_short_gap_is_left_where_a_cue_was_moved_away() -> None:
    _, second, third = edited(Shift(cue=2, frames=-30))
    assert second.end == third.start == 70
    _, second, third = edited(Shift(cue=2, frames=-20))
    assert (second.end, third.start) == (60, 80)


def test_one_word_begins_later_where_the_one_before_it_ends() -> None:
    assert times(edited(Shift(cue=0, word=1, frames=3))[0]) == [(0, 13), (13, 20), (20, 30)]


def test_a_cue_begins_later_with_its_first_word() -> None:
    first, second, _ = edited(Shift(cue=1, word=0, frames=3))
    assert first.end == second.start == 33
    assert times(second)[1:] == times(TEA.cues[1])[1:]


def test_a_cue_is_not_made_shorter_than_can_be_read() -> None:
    plan = planned((a_cue("Now!"),))
    assert times(edited(Shift(cue=0, word=0, frames=4), plan=plan)[0]) == [(4, 10)]
    assert slug_of(Shift(cue=0, word=0, frames=5), plan) == "caption_too_short"


@pytest.mark.parametrize(
    ("edit", "slug"),
    [
        (Shift(cue=0, frames=-1), "caption_outside"),
        (Shift(cue=2, frames=481), "caption_outside"),
        (Shift(cue=0, frames=10), "caption_too_short"),
        (Shift(cue=0, word=1, frames=10), "caption_too_short"),
        (Shift(cue=0, word=1, frames=-10), "caption_too_short"),
        (Shift(cue=0, word=3, frames=1), "caption_not_found"),
        (ChangeWord(cue=3, word=0, text="x"), "caption_not_found"),
        (HideWord(cue=0, word=3), "caption_not_found"),
        (JoinWords(cue=0, word=2), "caption_not_found"),
        (JoinCues(cue=2), "caption_not_found"),
        (SplitCue(cue=0, word=3), "caption_not_found"),
        (ChangeWord(cue=0, word=0, text=" \u200b"), "caption_empty"),
        (ChangeWord(cue=0, word=0, text="a\nb"), "caption_text_invalid"),
        (ChangeWord(cue=0, word=0, text="\U00013000"), "no_font_for_script"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_by_name(edit: CaptionEdit, slug: str) -> None:
    assert slug_of(edit) == slug


# ── lists of edits ───────────────────────────────────────────────────────────────────────────────────────────────


def test_positions_are_those_that_the_edits_before_left() -> None:
    assert said(edited(SplitCue(cue=0, word=1), ChangeWord(cue=1, word=0, text="Loaf")))[:2] == ["Golden", "Loaf tea"]


def test_without_its_last_edit_a_list_undoes_it() -> None:
    edits = (HideWord(cue=0, word=0), JoinWords(cue=1, word=0), Shift(cue=2, frames=9))
    assert captions.apply_edits(captions.apply_edits(TEA, edits[:2]), edits[2:]) == captions.apply_edits(TEA, edits)
    assert captions.apply_edits(TEA, ()) == TEA


def test_edits_are_applied_to_the_captions_that_were_edited_and_to_no_others() -> None:
    wanted = EditedCaptions(base=TEA.cues, edits=(ChangeWord(cue=0, word=1, text="Loaf"),))
    assert captions.apply_to_same(TEA, wanted).cues[0].text == "Golden Loaf tea"
    other = TEA.model_copy(update={"cues": edited(Shift(cue=2, frames=1))})
    with pytest.raises(Conflict, match="do not fit") as caught:
        captions.apply_to_same(other, wanted)
    assert caught.value.title == "409 captions_changed"


@pytest.mark.parametrize(
    "given",
    [None, [{}], [{"kind": "change"}], [{"kind": "burn", "cue": 0}], [{"kind": "join_cues", "cue": -1}],
     [{"kind": "change", "cue": 0, "word": 0, "text": "\ud83d"}], [{"kind": "hide", "cue": 0, "word": 0, "text": "x"}]],
    ids=repr,
)  # fmt: skip
def test_what_is_no_edit_is_refused(given: object) -> None:
    with pytest.raises(InvalidInput) as caught:
        captions.read_edits(given)
    assert caught.value.slug == "caption_edit_invalid"


places = some.integers(0, 5)
EDITS: tuple[some.SearchStrategy[CaptionEdit], ...] = (
    some.builds(ChangeWord, cue=places, word=places, text=some.text(min_size=1, max_size=30)),
    some.builds(HideWord, cue=places, word=places),
    some.builds(EmphasiseWord, cue=places, word=places, on=some.booleans()),
    some.builds(JoinWords, cue=places, word=places),
    some.builds(SplitWord, cue=places, word=places, at=some.integers(1, 9)),
    some.builds(JoinCues, cue=places),
    some.builds(SplitCue, cue=places, word=some.integers(1, 5)),
    some.builds(Shift, cue=places, word=some.none() | places, frames=some.integers(-4, 4) | some.integers(-60, 60)),
)
PLANS = {each.name: planned(captions.make_cues(narration(ADVERT), each), each) for each in captions.styles()}


@settings(max_examples=150, deadline=None)
@given(some.sampled_from(sorted(PLANS)), some.lists(some.one_of(EDITS), max_size=20))
def test_any_edits_leave_captions_that_hold_together(style: str, edits: list[CaptionEdit]) -> None:
    plan = PLANS[style]
    for edit in edits:
        with suppress(InvalidInput):
            plan = captions.apply_edits(plan, [edit])
        hold_together(plan)
    assert captions.write(plan)


@settings(max_examples=60, deadline=None)
@given(some.lists(some.one_of(EDITS), min_size=1, max_size=8))
def test_edits_are_the_same_after_json(edits: list[CaptionEdit]) -> None:
    kept = EditedCaptions(base=TEA.cues, edits=tuple(edits))
    assert EditedCaptions.model_validate_json(kept.model_dump_json()) == kept
    sent = TypeAdapter(tuple[CaptionEdit, ...]).dump_python(tuple(edits), mode="json")
    assert captions.read_edits(sent) == tuple(edits)


def test_captions_that_were_made_hold_together_before_any_edit() -> None:
    for plan in PLANS.values():
        hold_together(plan)
    hold_together(planned(captions.make_cues(timed(("One.", 0, 500), ("Two.", 2900, 3400), sentences=(0, 1)), BOLD)))
