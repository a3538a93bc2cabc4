"""Captions stand out by 4.5:1 from whatever is behind them, and look otherwise only where they have to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from editai import captions
from editai.behind import Look, View
from editai.captions.legible import THIN_PX, inks, legible
from editai.contrast import ENOUGH, contrast
from editai.models import BrandKit, CaptionStyle, Colours, Luminance, Moment

MINIMAL = captions.style("minimal")
every_style = pytest.mark.parametrize("style", captions.styles(), ids=lambda style: style.name)
colours = some.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06X}")


def on(*grounds: tuple[int, int]) -> list[Look]:
    """A look every five frames at a picture between two luminances in percent."""
    whole = (0.0, 0.0, 1080.0, 1920.0)
    looks = []
    for number, (low, high) in enumerate(grounds):
        light = Luminance(columns=1, low=(low,), high=(high,))
        moment = Moment(
            source=0, start_ms=0, end_ms=9, sharpness=1, motion=1, exposure=1, focus_x=0.5, focus_y=0.5, luminance=light
        )
        looks.append(Look(5 * number, (200.0, 1000.0, 880.0, 1200.0), (View(moment, whole, whole),)))
    return looks


BRIGHT, DARK = on((95, 100)), on((0, 4))


def brand(text: str, highlight: str, background: str) -> CaptionStyle:
    return captions.style("brand", BrandKit(colours=Colours(text=text, highlight=highlight, background=background)))


@every_style
def test_on_a_dark_picture_no_style_is_changed(style: CaptionStyle) -> None:
    assert legible(style, DARK, 30) == (style, ())


@every_style
def test_on_a_bright_picture_only_the_style_without_outline_and_box_is_changed(style: CaptionStyle) -> None:
    changed, told = legible(style, BRIGHT, 30)
    assert bool(told) == (style.name == "minimal") == (changed != style)


def test_white_letters_on_a_bright_picture_get_a_dark_box_and_it_is_said_when() -> None:
    style, told = legible(MINIMAL, on(*[(0, 4)] * 25, (50, 80), *[(0, 4)] * 5), 30)
    assert (style.box_opacity, style.halo_px) == (0.7, 0)
    assert [(each.slug, each.message) for each in told] == [
        (
            "captions_boxed",
            "The captions got a dark box: white letters would not have been readable on the bright picture at 0:04.",
        )
    ]


def test_a_soft_edge_is_enough_on_a_picture_of_middle_tones() -> None:
    assert legible(MINIMAL, on((0, 50)), 30) == (MINIMAL, ())
    assert legible(MINIMAL.model_copy(update={"halo_px": 0.0}), on((0, 50)), 30)[1]


def test_dark_letters_on_a_dark_picture_get_a_light_box() -> None:
    dark = MINIMAL.model_copy(update={"colour": "#101010", "outline_colour": "#FAFAFA", "halo_px": 0.0})
    style, told = legible(dark, on((2, 60)), 30)
    assert style.outline_colour == "#FAFAFA"
    assert told[0].message.startswith("The captions got a white box: dark letters would not have been readable on")


def test_large_letters_get_an_outline_instead() -> None:
    large = MINIMAL.model_copy(update={"size_px": THIN_PX + 20, "halo_px": 0.0})
    style, told = legible(large, BRIGHT, 30)
    assert style.outline_px == pytest.approx(0.075 * large.size_px, abs=0.1)
    assert style.box_opacity == 0
    assert [each.slug for each in told] == ["captions_outlined"]


def test_a_box_that_lets_too_much_through_becomes_more_solid() -> None:
    thin = captions.style("boxed").model_copy(update={"box_opacity": 0.3})
    style, told = legible(thin, BRIGHT, 30)
    assert style.box_opacity >= 0.7
    assert "a more solid dark box" in told[0].message


def test_where_nothing_is_known_of_the_picture_nothing_is_changed() -> None:
    assert legible(MINIMAL, [], 30) == (MINIMAL, ())


def test_brand_colours_that_stand_out_from_each_other_are_the_stores_own() -> None:
    own = brand("#FFFFFF", "#FFCF33", "#15110D")
    assert legible(own, BRIGHT, 30) == (own, ())


def test_brand_letters_too_near_to_their_outline_get_another_one_and_it_is_said() -> None:
    style, told = legible(brand("#FFFFFF", "#FFFFFF", "#E8E0D0"), BRIGHT, 30)
    assert style.outline_colour == "#000000"
    assert style.colour == "#FFFFFF"
    assert told[0].message == (
        "The captions got a black outline: the colours that were chosen for them are too much alike to be read."
    )


def test_a_highlight_that_no_common_outline_suits_becomes_a_plate() -> None:
    style, told = legible(brand("#FFFFFF", "#7A0010", "#15110D"), BRIGHT, 30)
    assert (style.plate, style.outline_colour) == ("#7A0010", "#15110D")
    assert contrast(style.highlight, style.plate) >= ENOUGH
    assert told[0].message.startswith("The spoken word of the captions got a plate:")


@given(colours, colours, colours)
def test_any_brand_colours_can_be_read_in_the_end(text: str, highlight: str, background: str) -> None:
    style, told = legible(brand(text, highlight, background), [], 30)
    assert all(contrast(ink, style.outline_colour) >= ENOUGH for ink in inks(style))
    assert not style.plate or contrast(style.highlight, style.plate) >= ENOUGH
    assert bool(told) == (style != brand(text, highlight, background))
    assert style.colour == text
