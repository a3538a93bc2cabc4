from __future__ import annotations

import pytest

from editai import captions, formats, platforms
from editai.captions.layout import block, plain, room
from editai.formats import Shape
from editai.models import CaptionStyle

from .drawing import cue

every_shape = pytest.mark.parametrize("shape", formats.shapes(), ids=lambda shape: shape.name)
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


@every_shape
@every_style
@pytest.mark.parametrize("text", ["tea", "sustainability", LONG, "www.a-shop.example/" + "x" * 200, "g" * 1000])
def test_every_word_lies_in_what_the_format_leaves_clear(style: CaptionStyle, text: str, shape: Shape) -> None:
    laid = block(cue(text), style, shape)
    assert laid is not None
    assert shape.clear.left <= laid.left < laid.right <= shape.clear.right
    assert shape.clear.top <= laid.top < laid.bottom <= shape.clear.bottom


@every_shape
@every_style
def test_a_block_lies_as_far_down_in_what_is_clear_in_every_format(style: CaptionStyle, shape: Shape) -> None:
    laid = block(cue("Made for", "tea"), style, shape)
    assert laid is not None
    assert laid.left + laid.right == shape.width_px
    assert laid.size == style.size_px
    middle = (laid.lines[0].middle + laid.lines[-1].middle) / 2
    assert 0.8 <= (middle - shape.clear.top) / (shape.clear.bottom - shape.clear.top) <= 0.92


def test_a_line_in_a_wide_picture_takes_three_fifths_of_it_at_the_most() -> None:
    assert 0.5 * 1920 < room(BOLD, formats.shape("16:9")) <= 0.6 * 1920


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
    assert block(cue("𓀀"), BOLD) is None


def test_stacked_marks_stay_in_the_safe_box() -> None:
    laid = block(cue("Z" + "\u0323" * 40 + "algo"), BOLD)
    assert laid is not None
    clear = formats.shape("9:16").clear
    assert clear.top <= laid.top < laid.bottom <= clear.bottom


@every_style
def test_captions_for_pinterest_are_inside_what_it_leaves(style: CaptionStyle) -> None:
    shape = platforms.shape("9:16", ["pinterest"])
    for item in (cue("Only $24.99", "for 50 bags,"), cue("Unbelievably", "comfortable")):
        laid = block(item, style, shape)
        assert laid is not None
        assert shape.clear.left <= laid.left < laid.right <= shape.clear.right
        assert shape.clear.top <= laid.top < laid.bottom <= shape.clear.bottom
