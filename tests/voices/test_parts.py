"""A sentence in as many parts as a model needs."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from editai.errors import InvalidInput
from editai.models import ScriptWord, Sentence, Step, Work
from editai.voices.base import Samples
from editai.voices.parts import PartwiseSpeaker, apart
from tests.voices.studios import finished

RATE = 1000


@dataclass
class Mouth:
    """Ten samples a letter. What is longer than `ends` never comes to its end."""

    ends: int = 1000
    said: list[str] = field(default_factory=list)

    def speak(self, text: str) -> Work[tuple[Samples, bool]]:
        yield Step(0.0)
        self.said.append(text)
        return np.full(10 * len(text), 0.5, dtype=np.float32), len(text) <= self.ends


def sentence(text: str) -> Sentence:
    return Sentence(words=tuple(ScriptWord(displayed=word, spoken=word) for word in text.split()))


def speaker(mouth: Mouth, longest: int) -> PartwiseSpeaker:
    return PartwiseSpeaker(RATE, lambda text: len(text) <= longest, mouth.speak)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("one two three, four five six", ("one two three,", "four five six")),
        ("a, one two three four five six", ("a, one two three", "four five six")),
        ("one two three four", ("one two", "three four")),
        ("你好世界，我们来了", ("你好世界，", "我们来了")),
        ("Donaudampfschifffahrt", ("Donaudampf", "schifffahrt")),
    ],
)
def test_it_is_taken_apart_at_a_comma_near_the_middle_else_between_words(text: str, parts: tuple[str, str]) -> None:
    assert apart(text) == parts


@given(st.text(alphabet="ab ,;，", min_size=2, max_size=80).map(str.strip).filter(lambda text: len(text) > 1))
def test_no_letter_is_lost_and_both_parts_are_shorter(text: str) -> None:
    first, second = apart(text)
    assert "".join((first + second).split()) == "".join(text.split())
    assert max(len(first), len(second)) < len(text)


def test_what_fits_is_spoken_in_one() -> None:
    mouth = Mouth()
    spoken = finished(speaker(mouth, 100).say(sentence("It folds flat, and fits in a bag.")))
    assert mouth.said == ["It folds flat, and fits in a bag."]
    assert (len(spoken.sound), spoken.rate, spoken.times) == (330, RATE, None)


def test_what_does_not_fit_is_spoken_in_parts_that_do() -> None:
    mouth = Mouth()
    finished(speaker(mouth, 12).say(sentence("one two three four five six seven")))
    assert " ".join(mouth.said) == "one two three four five six seven"
    assert max(map(len, mouth.said)) <= 12


def test_what_did_not_come_to_its_end_is_spoken_again_in_parts() -> None:
    mouth = Mouth(ends=8)
    spoken = finished(speaker(mouth, 100).say(sentence("one two three four")))
    assert mouth.said == ["one two three four", "one two", "three four", "three", "four"]
    assert len(spoken.sound) >= 10 * len("one two" + "three" + "four")


def test_a_single_word_is_taken_as_it_came() -> None:
    mouth = Mouth(ends=2)
    finished(speaker(mouth, 100).say(sentence("Hello.")))
    assert mouth.said == ["Hello."]


def test_parts_are_a_short_pause_apart_at_a_comma_alone() -> None:
    with_comma = finished(speaker(Mouth(), 9).say(sentence("one two, six ten")))
    without = finished(speaker(Mouth(), 9).say(sentence("one two. six ten")))
    assert len(with_comma.sound) - len(without.sound) == 50  # 120 ms, less what is kept around each part


def test_signs_alone_are_not_given_to_the_model() -> None:
    mouth = Mouth()
    with pytest.raises(InvalidInput, match="nothing to hear"):
        finished(speaker(mouth, 100).say(sentence("— !")))
    assert mouth.said == []


def test_progress_goes_up_part_by_part() -> None:
    work = speaker(Mouth(), 9).say(sentence("one two three four five six"))
    fractions = [step.fraction for step in work]
    assert fractions == sorted(fractions)
    assert 0 == fractions[0] < fractions[-1] < 1
