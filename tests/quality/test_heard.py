"""Captions against what is heard: what counts as the same, what as a name, and what as another text."""

from __future__ import annotations

import pytest

from editai.models import Cue, CueWord, Facts, finished
from editai.quality import Heard, HeardWord, hearing_fingerprint
from editai.quality.heard import Difference, compare, listen
from editai.settings import Settings
from tests.quality.conftest import Good, _as_picture

FPS = 30


def cues(text: str) -> tuple[Cue, ...]:
    """The words of a text, half a second each."""
    words = tuple(CueWord(text=word, start=15 * n, end=15 * n + 15) for n, word in enumerate(text.split()))
    return (Cue(lines=(words,), start=0, end=words[-1].end),)


def heard(text: str, later_ms: int = 0) -> Heard:
    return Heard(
        words=tuple(
            HeardWord(text=word, start_ms=500 * n + later_ms, end_ms=500 * n + 500 + later_ms)
            for n, word in enumerate(text.split())
        )
    )


@pytest.fixture
def compared(settings: Settings) -> Compared:
    return Compared(settings)


class Compared:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def __call__(self, shown: str, told: str, language: str = "en", title: str = "", later_ms: int = 0) -> Difference:
        return compare(cues(shown), heard(told, later_ms), language, FPS, Facts(title=title), self.settings)


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        ("It costs $19.99.", "it costs 19 dollars and 99 cents"),
        ("It costs $19.99.", "It costs $19.99"),
        ("Forty biscuits", "40 biscuits"),
        ("In 1984 it began", "in nineteen eighty-four it began"),
        ("50% off", "fifty percent off"),
        ("The tea box", "the teabox"),
        ("Eco-friendly, truly!", "eco friendly truly"),
        ("It’s yours", "It's yours"),
    ],
)
def test_what_is_written_otherwise_is_the_same(compared: Compared, shown: str, told: str) -> None:
    assert compared(shown, told).wrong == 0


def test_a_word_that_is_heard_otherwise_is_counted_and_named(compared: Compared) -> None:
    found = compared("The lid closes tight", "the lid opens tight")
    assert (found.words, found.wrong, found.names) == (4, 1, 0)
    assert found.examples == (("closes", "opens"),)


def test_words_that_are_not_heard_are_counted(compared: Compared) -> None:
    assert compared("one more word for you", "one more word").wrong == 2


def test_nothing_heard_is_every_word_wrong(compared: Compared) -> None:
    assert compared("one more word", "").rate == 1


@pytest.mark.parametrize("title", ["Glow Lamp", ""])
def test_a_name_is_no_word_that_has_to_be_known(compared: Compared, title: str) -> None:
    found = compared("Meet the Zyqorra now", "meet the sick or a now", title=title)
    assert found.wrong == found.names == 3
    assert found.rate_without_names == 0


def test_a_word_of_the_products_title_is_a_name_although_it_is_a_word(compared: Compared) -> None:
    assert compared("Meet the Apple now", "meet the maple now", title="Apple").rate_without_names == 0
    assert compared("Meet the Apple now", "meet the maple now").rate_without_names == 0.25


def test_how_late_the_words_are_is_the_median_of_those_that_are_the_same(compared: Compared) -> None:
    assert compared("one two six four five", "one two three four five", later_ms=300).late_ms == 300


def test_how_late_is_not_said_of_a_few_words(compared: Compared) -> None:
    assert compared("one two", "one two", later_ms=300).late_ms is None


def test_a_language_without_spaces_is_compared_by_its_characters(compared: Compared) -> None:
    found = compared("これは箱です", "これは 箱 です", language="ja")
    assert (found.words, found.wrong) == (6, 0)


def test_other_languages_need_the_other_transcriber(settings: Settings) -> None:
    assert hearing_fingerprint("en", settings) != hearing_fingerprint("de", settings)


@pytest.mark.slow
def test_the_words_of_the_finished_clip_are_heard_in_their_time(good: Good) -> None:
    found = compare(good.plan.cues, good.heard, "en", FPS, Facts(), good.settings)
    assert (found.words, found.wrong) == (19, 0)
    assert found.late_ms is not None
    assert abs(found.late_ms) < 150


@pytest.mark.slow
def test_a_transcriber_that_was_chosen_and_is_not_here_is_named_and_not_fetched(good: Good) -> None:
    told = finished(listen(_as_picture(good.path), "en", good.settings.model_copy(update={"transcriber": "small"})))
    assert "Whisper small is not installed here" in told.unchecked
    assert "Systran/faster-whisper-small" in told.unchecked
