"""Captions and cuts: what changes near a cut changes at it, and no screen is empty for a moment only."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from editai import captions
from editai.models import CaptionStyle, Cue, CueWord, File, Narration, Word
from editai.plan import words
from editai.plan.words import BEFORE_CUT, GAP, SHORTEST_CUE, SNAP

AUDIO = File(name="voice.wav", sha256="voice", bytes=1)


def cue(start: int, end: int, *inner: int) -> Cue:
    """A cue whose words begin at `start` and at the `inner` frames."""
    edges = [start, *inner, end]
    line = tuple(CueWord(text="tea", start=begin, end=until) for begin, until in pairwise(edges))
    return Cue(lines=(line,), start=start, end=end)


def spans(*cues: Cue, cuts: tuple[int, ...]) -> list[tuple[int, int]]:
    return [(each.start, each.end) for each in words.place(cues, 0, 1000, cuts)]


def test_cues_that_touch_near_a_cut_change_at_it() -> None:
    for at in range(100 - SNAP, 100 + SNAP + 1):
        assert spans(cue(40, at), cue(at, 160), cuts=(100,)) == [(40, 100), (100, 160)]


def test_cues_that_touch_farther_from_a_cut_stay() -> None:
    assert spans(cue(40, 104), cue(104, 160), cuts=(100,)) == [(40, 104), (104, 160)]


def test_a_cue_that_comes_near_a_cut_comes_at_it() -> None:
    for start in range(100 - SNAP, 100 + SNAP + 1):
        assert spans(cue(start, 160), cuts=(100,)) == [(100, 160)]


def test_a_cue_that_leaves_an_empty_screen_is_gone_before_the_cut() -> None:
    for end in range(100 - BEFORE_CUT, 100 + SNAP + 1):
        assert spans(cue(40, end), cue(200, 260), cuts=(100,)) == [(40, 100 - BEFORE_CUT), (200, 260)]


def test_a_cue_that_is_gone_in_time_stays_as_it_is() -> None:
    assert spans(cue(40, 97), cue(200, 260), cuts=(100,)) == [(40, 97), (200, 260)]


def test_the_last_cue_is_gone_before_a_cut_too() -> None:
    assert spans(cue(40, 101), cuts=(100,)) == [(40, 98)]


def test_a_gap_that_a_cut_would_make_a_flicker_is_closed() -> None:
    assert spans(cue(40, 88), cue(103, 160), cuts=(100,)) == [(40, 100), (100, 160)]


def test_a_last_word_is_never_cut_away() -> None:
    assert spans(cue(40, 101, 99), cue(200, 260), cuts=(100,)) == [(40, 101), (200, 260)]


def test_no_cue_gets_too_short_to_be_read_for_a_cut() -> None:
    assert spans(cue(40, 97), cue(97, 105), cuts=(100,)) == [(40, 97), (97, 105)]


@st.composite
def narrations(draw: st.DrawFn) -> Narration:
    """Words as voices speak them, in one of four writings, with and without pauses."""
    language, letters = draw(st.sampled_from((("en", "abc"), ("zh", "茶花不的"), ("ja", "お茶のを、"), ("th", "กมา"))))
    found, at, sentence = [], draw(st.integers(0, 500)), 0
    for _ in range(draw(st.integers(1, 12))):
        text = draw(st.text(letters, min_size=1, max_size=12))
        length = max(90, len(text) * draw(st.integers(50, 160)))
        found.append(Word(text=text, start_ms=at, end_ms=at + length, sentence=sentence))
        at += length + draw(st.sampled_from((0, 0, 20, 320, 480, 560, 700, 1500)))
        sentence += draw(st.sampled_from((0, 0, 0, 1)))
    return Narration(audio=AUDIO, duration_ms=at, words=tuple(found), language=language, origin="voice")


@settings(max_examples=150, deadline=None)
@given(
    narrations(),
    st.sampled_from(captions.styles()),
    st.integers(0, 20),
    st.integers(-20, 40),
    st.lists(st.integers(1, 600), max_size=12),
)
def test_captions_of_any_narration_hold_together_over_any_cuts(
    said: Narration, style: CaptionStyle, lead: int, more: int, cuts: list[int]
) -> None:
    made = captions.make_cues(said, style)
    placed = words.place(made, lead, max(made[-1].end + lead + more, 60), sorted(set(cuts)))
    assert [word.text for each in placed for word in each.words] == [word.text for each in made for word in each.words]
    for each in placed:
        assert each.end - each.start >= SHORTEST_CUE
        assert (each.words[0].start, each.words[-1].end) == (each.start, each.end)
        assert all(word.start < word.end for word in each.words)
        assert all(before.end == after.start for before, after in pairwise(each.words))
    for before, after in pairwise(placed):
        assert after.start == before.end or after.start - before.end >= GAP
