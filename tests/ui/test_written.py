"""A script changed sentence by sentence: nothing else in it moves, and nothing is overwritten by mistake."""

from __future__ import annotations

import pytest

from editai.errors import Conflict
from editai.ui.written import replaced

TEXT = "Alpha is bright. Beta is small.\nGamma folds flat."


@pytest.mark.parametrize(
    ("number", "was", "now", "text"),
    [
        (0, "Alpha is bright.", "Alpha is warm.", "Alpha is warm. Beta is small.\nGamma folds flat."),
        (2, "Gamma folds flat.", "Gamma folds.", "Alpha is bright. Beta is small.\nGamma folds."),
        (1, "Beta is small.", "", "Alpha is bright.\nGamma folds flat."),
        (2, "Gamma folds flat.", " ", "Alpha is bright. Beta is small."),
        (
            1,
            "Beta is small.",
            "Beta is small. It is red.",
            "Alpha is bright. Beta is small. It is red.\nGamma folds flat.",
        ),
    ],
)
def test_a_sentence_is_changed_and_the_others_stay(number: int, was: str, now: str, text: str) -> None:
    assert replaced(TEXT, number, was, now, "en") == text


@pytest.mark.parametrize(("number", "was"), [(1, "Alpha is bright."), (0, "Beta is small."), (9, "Delta."), (3, "")])
def test_a_sentence_that_is_not_where_it_was_is_left_alone(number: int, was: str) -> None:
    with pytest.raises(Conflict) as refused:
        replaced(TEXT, number, was, "Another.", "en")
    assert refused.value.slug == "script_changed"
