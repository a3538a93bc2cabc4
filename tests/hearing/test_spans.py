"""Words in time, for any words and any moments."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editai.hearing.spans import Span, by_length, filled, in_order, parted

moment = st.floats(-5, 40, allow_nan=False)
span = st.tuples(moment, moment)


def assert_in_order(spans: Sequence[Span], first: float, last: float) -> None:
    """One after the other, none empty, all of them between the two."""
    assert all(start < end for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert spans[0][0] == first
    assert spans[-1][1] == last


@given(
    told=st.lists(st.none() | span, min_size=1, max_size=40).filter(any),
    pauses=st.lists(span.filter(lambda each: each[0] < each[1]), max_size=5),
    first=st.floats(0, 5),
    seconds=st.floats(0.01, 60),
)
def test_whatever_is_told_every_word_is_there_once_in_order_and_none_is_empty(
    told: list[Span | None], pauses: list[Span], first: float, seconds: float
) -> None:
    moved = iter(parted([each for each in told if each], pauses, 0.2))
    spans = in_order(filled([each and next(moved) for each in told]), first, first + seconds, 0.02)
    assert len(spans) == len(told)
    assert_in_order(spans, first, first + seconds)


@given(
    lengths=st.lists(st.integers(1, 30), min_size=1, max_size=40),
    edges=st.lists(st.integers(0, 10_000), min_size=2, max_size=8, unique=True).filter(lambda each: len(each) % 2 == 0),
)
def test_words_by_their_length_are_in_order_and_begin_and_end_in_sound(lengths: list[int], edges: list[int]) -> None:
    edges = sorted(edges)
    stretches = [(float(start), float(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]
    spans = by_length(lengths, stretches)
    assert len(spans) == len(lengths)
    for at in (at for span in spans for at in span):
        assert any(start - 0.02 <= at <= end + 0.02 for start, end in stretches)
    assert_in_order(in_order(spans, edges[0], edges[-1], 1e-6), edges[0], edges[-1])


def test_words_by_their_length_share_the_sound_by_their_letters() -> None:
    assert by_length([1, 3], [(2.0, 6.0)]) == [(2.0, 3.0), (3.0, 6.0)]


def test_a_word_that_comes_after_a_pause_begins_after_it() -> None:
    spans = by_length([2, 2], [(0.0, 2.0), (3.0, 5.0)])
    assert spans[0] == (0.0, 2.0)
    assert spans[1][0] == pytest.approx(3.0, abs=1e-4)


def test_a_pause_lies_between_the_two_words_that_meet_nearest_to_it() -> None:
    words = [(0.0, 1.0), (1.0, 1.9), (1.9, 3.0)]
    assert parted(words, [(2.0, 2.4)], 0.2) == [(0.0, 1.0), (1.0, 2.0), (2.4, 3.0)]


def test_a_word_that_is_told_to_begin_a_little_before_a_pause_comes_after_it() -> None:
    words = [(0.0, 1.0), (1.0, 1.45), (1.45, 2.0)]
    assert parted(words, [(1.1, 1.36)], 0.1, early=0.05) == [(0.0, 1.1), (1.36, 1.45), (1.45, 2.0)]


def test_a_pause_inside_a_long_word_parts_nothing() -> None:
    words = [(0.0, 1.0), (1.0, 3.0)]
    assert parted(words, [(1.8, 2.2)], 0.2) == words


def test_a_word_without_a_sound_gets_a_slice_of_its_neighbour() -> None:
    assert filled([(0.0, 3.0), None]) == [(0.0, 2.0), (2.0, 3.0)]
    assert filled([None, (0.0, 3.0)]) == [(0.0, 1.0), (1.0, 3.0)]
