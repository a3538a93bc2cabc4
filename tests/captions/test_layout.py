from __future__ import annotations

import pytest

from editai import captions
from editai.captions.layout import SAFE_BOTTOM, SAFE_LEFT, SAFE_RIGHT, SAFE_TOP, block, plain
from editai.models import CaptionStyle

from .drawing import cue

every_style = pytest.mark.parametrize("style", captions.styles(), ids=lambda style: style.name)
BOLD = captions.style("bold")

LONG = "Donaudampfschifffahrtsgesellschaftskapitänswitwenrente"


@every_style
def test_an_ordinary_cue_has_the_styles_size_and_its_middle_in_place(style: CaptionStyle) -> None:
    laid = block(cue("Made for", "tea"), style)
    assert laid is not None
    assert laid.size == style.size_px
    assert 1050 <= (laid.lines[0].middle + laid.lines[-1].middle) / 2 <= 1200
    assert laid.left + laid.right == 1080


@every_style
@pytest.mark.parametrize("text", ["tea", "sustainability", LONG, "www.a-shop.example/" + "x" * 200, "g" * 1000])
def test_every_word_lies_in_the_safe_box(style: CaptionStyle, text: str) -> None:
    laid = block(cue(text), style)
    assert laid is not None
    assert SAFE_LEFT <= laid.left < laid.right <= SAFE_RIGHT
    assert SAFE_TOP <= laid.top < laid.bottom <= SAFE_BOTTOM


def test_a_word_a_little_too_wide_is_shrunk_and_stays_whole() -> None:
    laid = block(cue("goldenleaf.example"), BOLD)
    assert laid is not None
    assert len(laid.lines) == 1
    assert 0.72 * BOLD.size_px <= laid.size < BOLD.size_px


def test_a_word_much_too_wide_is_broken_after_a_sign_and_stays_readable() -> None:
    laid = block(cue("www.goldenleaf.example/offers/autumn"), BOLD)
    assert laid is not None
    rows = [plain(line.pieces) for line in laid.lines]
    assert "".join(rows) == "www.goldenleaf.example/offers/autumn"
    assert len(rows) > 1
    assert not rows[0][-1].isalnum()
    assert laid.size >= 0.5 * BOLD.size_px


def test_a_cue_of_what_cannot_be_drawn_draws_nothing() -> None:
    assert block(cue("🔥"), BOLD) is None


def test_stacked_marks_stay_in_the_safe_box() -> None:
    laid = block(cue("Z" + "\u0323" * 40 + "algo"), BOLD)
    assert laid is not None
    assert SAFE_TOP <= laid.top < laid.bottom <= SAFE_BOTTOM
