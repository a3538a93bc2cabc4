from __future__ import annotations

import pytest

from editai.captions.direction import is_rtl, visual


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("one two three", "one two three"),
        ("אחת שתיים שלוש", "שלוש שתיים אחת"),
        ("קנו iPhone 15 עכשיו", "עכשיו iPhone 15 קנו"),
        ("רק 10 20 היום", "היום 20 10 רק"),
        ("קנו 🔥 עכשיו", "עכשיו 🔥 קנו"),
        ("please say שלום עולם now", "please say עולם שלום now"),
        ("אמרו לנו hello you , היום", "היום , hello you לנו אמרו"),
    ],
)
def test_words_stand_in_the_order_of_the_bidirectional_algorithm(text: str, seen: str) -> None:
    words = text.split()
    assert [words[at] for at in visual(words, is_rtl(words))] == seen.split()


@pytest.mark.parametrize(("text", "rtl"), [("", False), ("12 €", False), ("مرحبا OK", True), ("hello م", False)])
def test_a_line_goes_the_way_of_most_of_its_letters(text: str, rtl: bool) -> None:
    assert is_rtl(text.split()) is rtl
