"""Which sounds of a sentence belong to which word."""

from __future__ import annotations

import pytest

from editai.voices import words

ALONE = {
    "piece": "pˈiːs", "of": "ʌv", "the": "ðə", "cake,": "kˈeɪk,", "for": "fɔːɹ", "you": "juː", "to": "tuː", "be": "biː",
    "or": "ɔːɹ", "not": "nˈɑːt", "R": "ˈɑːɹ", "two": "tˈuː", "iPhones": "ˈaɪ fˈoʊnz", "now": "nˈaʊ", "—": "—",
    "好": "hau", "好，": "hau,", "现在就买吧我们的台灯": "ɕjɛ nʦai ʨjou mai pa wo mən tɤ tʰai təŋ",
}  # fmt: skip


def spans(phonemes: str, spoken: list[str]) -> list[str]:
    """What each word is heard as, positions rounded."""
    found = words.spans(phonemes, spoken, ALONE.__getitem__)
    return [phonemes[round(span[0]) : round(span[1])] if span else "" for span in found]


def test_words_said_one_by_one_have_a_group_each() -> None:
    assert spans("pˈiːs fɔːɹ juː", ["piece", "for", "you"]) == ["pˈiːs", "fɔːɹ", "juː"]


def test_words_said_as_one_share_their_group() -> None:
    assert spans("pˈiːs ʌvðə kˈeɪk, nˈaʊ", ["piece", "of", "the", "cake,", "now"]) == [
        "pˈiːs",
        "ʌv",
        "ðə",
        "kˈeɪk",
        "nˈaʊ",
    ]


def test_a_word_said_as_two_has_both_groups() -> None:
    assert spans("ˈaɪ fˈoʊnz nˈaʊ", ["iPhones", "now"]) == ["ˈaɪ fˈoʊnz", "nˈaʊ"]


def test_a_word_of_two_spoken_words_spans_them() -> None:
    assert spans("ˈɑːɹ tˈuː nˈaʊ", ["R two", "now"]) == ["ˈɑːɹ tˈuː", "nˈaʊ"]


def test_a_clause_without_spaces_spans_all_its_groups() -> None:
    heard = spans("hau, ɕjɛ nʦai ʨjou mai pa wo mən tɤ tʰai təŋ hau", ["好，", "现在就买吧我们的台灯", "好"])
    assert heard == ["hau", ALONE["现在就买吧我们的台灯"], "hau"]


def test_several_joins_in_one_sentence_are_told_apart() -> None:
    heard = spans("təbi ɔːɹ nˌɑːt təbi", ["to", "be", "or", "not", "to", "be"])
    assert heard[2:4] == ["ɔːɹ", "nˌɑːt"]
    assert "".join(heard[:2]) == "".join(heard[4:]) == "təbi"


def test_a_word_without_a_sound_has_no_place() -> None:
    assert spans("pˈiːs — nˈaʊ", ["piece", "—", "now", ""]) == ["pˈiːs", "", "nˈaʊ", ""]


@pytest.mark.parametrize(
    ("spoken", "times"),
    [
        ([(0, 3), None, (3, 6)], [(0, 2), (2, 3), (3, 6)]),
        ([None, (0, 3)], [(0, 1), (1, 3)]),
        ([None, None, (0, 6)], [(0, 1), (1, 2), (2, 6)]),
        ([(0, 9), None, None], [(0, 6), (6, 8), (8, 9)]),
    ],
)
def test_a_word_without_a_sound_takes_some_time_of_its_neighbour(
    spoken: list[words.Span | None], times: list[words.Span]
) -> None:
    found = words.timed(spoken, lambda position: position)
    assert [pytest.approx(time) for time in times] == found
