"""Which text the model is asked about at a time; the model itself is asked in test_align."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count, pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editai.hearing.forced import Token, in_windows, sounds
from editai.models import Step, Work, finished

WORDS = st.lists(st.lists(st.booleans(), min_size=1, max_size=12), min_size=1, max_size=300)


def numbered(words: Sequence[Sequence[bool]]) -> list[list[Token]]:
    """Each token known by a number of its own."""
    numbers = count()
    return [[Token(next(numbers), sounds) for sounds in word] for word in words]


class Steady:
    """Somebody who says every token at the same pace, and a listener who hears it so; notes what it was asked."""

    def __init__(self, words: Sequence[Sequence[bool]], seconds: float) -> None:
        self.pace = seconds / sum(len(word) for word in words)
        self.asked: list[tuple[int, float]] = []

    def __call__(self, tokens: Sequence[int], start: float, end: float) -> Work[Sequence[float]]:
        yield Step(0.0)
        self.asked.append((len(tokens), end - start))
        return [min(max(0.0, token * self.pace - start), end - start) for token in (*tokens, tokens[-1] + 1)]


@given(words=WORDS, seconds=st.floats(0.2, 200))
def test_every_word_is_told_once_and_in_order(words: list[list[bool]], seconds: float) -> None:
    spans = finished(in_windows(numbered(words), seconds, Steady(words, seconds)))
    assert len(spans) == len(words)
    assert all(start <= end for start, end in spans)
    assert all(before[0] <= after[0] + 0.2 for before, after in pairwise(spans))


@given(words=WORDS, seconds=st.floats(0.2, 200))
def test_the_model_is_never_asked_about_more_than_it_takes(words: list[list[bool]], seconds: float) -> None:
    ask = Steady(words, seconds)
    finished(in_windows(numbered(words), seconds, ask))
    assert all(count <= 400 and length <= 28.01 for count, length in ask.asked)


@given(words=WORDS, seconds=st.floats(0.2, 200), chance=st.randoms(use_true_random=False))
def test_a_model_that_tells_nonsense_loses_no_word(words: list[list[bool]], seconds: float, chance: Random) -> None:
    def ask(tokens: Sequence[int], start: float, end: float) -> Work[Sequence[float]]:
        yield Step(0.0)
        return sorted(chance.uniform(0, end - start) for _ in (*tokens, None))

    assert len(finished(in_windows(numbered(words), seconds, ask))) == len(words)


@pytest.mark.parametrize(("tokens", "seconds"), [(2, 100.0), (8, 25.0)])
def test_words_of_a_long_sentence_are_told_where_they_are(tokens: int, seconds: float) -> None:
    words = [[True] * tokens] * 150
    spans = finished(in_windows(numbered(words), seconds, Steady(words, seconds)))
    for index, (start, end) in enumerate(spans):
        assert abs(start - index * seconds / 150) < 0.01
        assert abs(end - (index + 1) * seconds / 150) < 0.01


def test_a_words_time_ends_before_its_comma() -> None:
    words = [[True, False], [True]]
    assert finished(in_windows(numbered(words), 3.0, Steady(words, 3.0))) == [(0.0, 1.0), (2.0, 3.0)]


def test_signs_that_are_spoken_sound_and_others_do_not() -> None:
    assert all(sounds(text) for text in ("lamp", "49", "किलो", "&", "20%"))
    assert not any(sounds(text) for text in ("—", "🎉", "...", "“”", ""))
