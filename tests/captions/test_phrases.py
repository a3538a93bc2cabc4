from __future__ import annotations

import pytest

from editai.captions.phrases import NEVER, parting


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("20", "percent"),
        ("2.5", "kg"),
        ("1,000", "mAh"),
        ("five", "minutes"),
        ("twenty", "five"),
        ("$", "49.99"),
        ("49.99", "€"),
        ("49", "dollars"),
        ("the", "box"),
        ("your", "kitchen"),
        ("no", "plastic"),
        ("not", "included"),
        ("don’t", "wait"),
        ("Ada", "Lovelace"),
    ],
)
def test_what_belongs_together_is_never_parted(left: str, right: str) -> None:
    assert parting(left, right, "en") == NEVER


@pytest.mark.parametrize(("left", "right"), [("box", "and"), ("made", "from"), ("tea,", "coffee"), ("now.", "Buy")])
def test_a_break_before_a_conjunction_and_after_a_mark_is_welcome(left: str, right: str) -> None:
    assert parting(left, right, "en") < 0


def test_a_break_after_a_preposition_reads_badly() -> None:
    assert 0 < parting("at", "home", "en") < NEVER


def test_an_abbreviated_title_ends_nothing() -> None:
    assert parting("Dr.", "Brown", "en") > 0


def test_the_first_word_of_a_sentence_is_no_first_name() -> None:
    assert parting("Meet", "Ada", "en", first=True) < NEVER


def test_a_language_without_a_table_is_broken_by_its_marks() -> None:
    assert parting("kettle,", "blau", "xx") < 0 == parting("die", "Box", "xx")
