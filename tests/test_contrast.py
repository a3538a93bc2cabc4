"""Contrast as WCAG 2.2 reckons it."""

from __future__ import annotations

import pytest

from editai.contrast import contrast, encoded, linear, luminance, ratio, readable


def test_black_on_white_is_21_and_the_grey_of_the_guideline_4_54() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.005)


def test_it_is_the_same_both_ways_and_of_the_luminances() -> None:
    assert contrast("#C0392B", "#FFCF33") == contrast("#FFCF33", "#C0392B")
    assert contrast("#C0392B", "#FFCF33") == ratio(luminance("#C0392B"), luminance("#FFCF33"))


@pytest.mark.parametrize("part", [0.0, 0.02, 0.2, 0.5, 1.0])
def test_a_channel_comes_back_from_light(part: float) -> None:
    assert encoded(linear(part)) == pytest.approx(part, abs=1e-4)


def test_where_no_wished_colour_can_be_read_it_is_black_or_white() -> None:
    assert readable("#FFCF33", "#15110D", "#FFFFFF") == "#15110D"
    assert readable("#FFFFFF", "#FFE000") == "#000000"
    assert readable("#101010", "#202020") == "#FFFFFF"
