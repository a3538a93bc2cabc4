from __future__ import annotations

import pytest

from editai import captions, formats, platforms
from editai.captions.layout import block, plain, room, squeeze
from editai.formats import Shape
from editai.models import CaptionStyle, Cue, CueWord

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
@pytest.mark.parametrize("text", ["شاي أخضر طازج", "תה ירוק טרי", "ताज़ी हरी चाय", "fresh green tea"])
def test_a_block_holds_its_words_whatever_their_font(style: CaptionStyle, text: str) -> None:
    """Between words of another font stand the spaces of the style's, which are wide in a typewriter."""
    laid = block(cue(text), style)
    assert laid is not None
    pieces = [piece for line in laid.lines for piece in line.pieces]
    assert laid.left <= min(piece.left for piece in pieces)
    assert max(piece.left + piece.width for piece in pieces) <= laid.right
    if style.box_opacity:
        assert min(piece.left for piece in pieces) - laid.left > 0.3 * laid.size


def test_glued_words_stand_side_by_side() -> None:
    glued = Cue(
        lines=(
            (CueWord(text="お茶の", start=0, end=10), CueWord(text="香り", start=10, end=20, glued=True)),
            (CueWord(text="です", start=20, end=30, glued=True),),
        ),
        start=0,
        end=30,
    )
    laid = block(glued, BOLD)
    assert laid is not None
    (first, second), (third,) = (line.pieces for line in laid.lines)
    assert second.left == pytest.approx(first.left + first.width)
    assert plain(laid.lines[0].pieces) == "お茶の香り"
    assert third.left == pytest.approx(540 - third.width / 2)


def test_a_style_with_large_letters_may_shrink_a_phrase_to_58_pixels_and_by_a_quarter_at_most() -> None:
    for style in captions.styles():
        assert 1.08 <= squeeze(style) <= 1.25
        assert style.size_px / squeeze(style) >= 58 or squeeze(style) == 1.08


@every_style
def test_captions_for_pinterest_are_inside_what_it_leaves(style: CaptionStyle) -> None:
    shape = platforms.shape("9:16", ["pinterest"])
    for item in (cue("Only $24.99", "for 50 bags,"), cue("Unbelievably", "comfortable")):
        laid = block(item, style, shape)
        assert laid is not None
        assert shape.clear.left <= laid.left < laid.right <= shape.clear.right
        assert shape.clear.top <= laid.top < laid.bottom <= shape.clear.bottom
