from __future__ import annotations

import pytest

from editai import captions
from editai.bundled import FONTS
from editai.captions.fonts import font
from editai.errors import InvalidInput
from editai.models import BrandKit, Brief, CaptionStyle, Colours

every_style = pytest.mark.parametrize("style", captions.styles(), ids=lambda style: style.name)


def luminance(colour: str) -> float:
    """WCAG 2 relative luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def test_there_are_at_least_ten_styles_of_different_names() -> None:
    names = [style.name for style in captions.styles()]
    assert len(names) >= 10
    assert len(set(names)) == len(names)


def test_the_default_of_a_brief_is_the_first_style() -> None:
    assert Brief.model_fields["caption_style"].default == captions.styles()[0].name


def test_a_style_is_found_by_its_name() -> None:
    assert captions.style("pop").name == "pop"


def test_an_unknown_style_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(InvalidInput) as error:
        captions.style("wobbly")
    assert error.value.title == "422 caption_style_not_found"
    assert all(style.name in error.value.hint for style in captions.styles())


KIT = BrandKit(colours=Colours(text="#FFE600", highlight="#FF2D95", background="#1B0A3D"), font="Anton")


def test_the_brand_style_is_in_the_stores_colours_and_font() -> None:
    style = captions.style("brand", KIT)
    assert (style.colour, style.highlight, style.outline_colour) == ("#FFE600", "#FF2D95", "#1B0A3D")
    assert (style.font, style.font_file) == ("Anton", "Anton_400Regular.ttf")


def test_a_narrow_font_is_drawn_larger_with_its_outline() -> None:
    usual, narrow = captions.style("brand", BrandKit()), captions.style("brand", KIT)
    assert 1.2 < narrow.size_px / usual.size_px < 1.3
    assert narrow.outline_px / narrow.size_px == pytest.approx(usual.outline_px / usual.size_px, rel=0.02)


def test_the_brand_style_of_a_new_store_is_as_in_the_table() -> None:
    assert captions.style("brand", BrandKit()) == captions.style("brand")


@pytest.mark.parametrize("name", [style.name for style in captions.styles() if style.name != "brand"])
def test_another_style_is_the_same_in_every_store(name: str) -> None:
    assert captions.style(name, KIT) == captions.style(name)


def test_a_font_that_is_not_there_is_refused_and_those_that_are_there_are_named() -> None:
    with pytest.raises(InvalidInput) as error:
        captions.style("brand", KIT.model_copy(update={"font": "Comic Sans"}))
    assert error.value.title == "422 font_not_found"
    assert all(family in error.value.hint for family in captions.families())


@every_style
def test_a_style_names_a_bundled_font_by_the_family_that_is_in_it(style: CaptionStyle) -> None:
    from fontTools.ttLib import TTFont

    with TTFont(FONTS / style.font_file, lazy=True) as file:
        assert file["name"].getDebugName(1) == style.font


@every_style
def test_the_words_stand_out_from_what_is_around_them(style: CaptionStyle) -> None:
    """At least 4.5 to 1, by the outline, or by the box over the worst picture there is: white."""
    around = luminance(style.outline_colour)
    if style.box_opacity:
        assert not style.outline_px
        shade = round(255 * (1 - style.box_opacity))
        around = luminance(f"#{shade:02X}{shade:02X}{shade:02X}")
    assert contrast(luminance(style.colour), around) >= 4.5
    assert contrast(luminance(style.highlight), luminance(style.plate) if style.plate else around) >= 4.5
    assert not style.emphasis or contrast(luminance(style.emphasis), around) >= 4.5


@every_style
def test_an_emphasised_word_is_in_a_colour_of_its_own(style: CaptionStyle) -> None:
    """In the brand's it has the one that the store marks words with: there is no third."""
    assert style.emphasis not in ({style.colour} if style.name == "brand" else {style.colour, style.highlight})


@every_style
def test_sizes_and_places_are_those_that_read_well_on_a_phone(style: CaptionStyle) -> None:
    assert 58 <= style.size_px <= (115 if style.uppercase else 72)
    assert style.box_opacity or style.halo_px or 0.06 <= style.outline_px / style.size_px <= 0.08
    assert 1050 <= style.centre_y_px <= 1200


@every_style
def test_the_licence_of_every_font_lies_beside_it(style: CaptionStyle) -> None:
    licence = (FONTS / f"OFL-{style.font.split()[0]}.txt").read_text("utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert font(style.font_file).has("A")
