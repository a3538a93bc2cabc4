"""What a platform covers, drawn over a picture of the clip."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from editai import covered, platforms
from editai.errors import InvalidInput
from editai.platforms import Preset

PRESETS = pytest.mark.parametrize("preset", platforms.presets(), ids=lambda preset: preset.name)
GREY = Image.new("RGB", (540, 960), "#808080")


def changed(*presets: Preset) -> np.ndarray:
    """How much of the colour is another one at each pixel of half the clip's size."""
    drawn = np.asarray(covered.draw(GREY, presets, 1080, 1920), int)
    return np.asarray(np.abs(drawn - 128).max(axis=2))


@PRESETS
def test_a_band_lies_on_all_that_is_covered_and_on_nothing_else(preset: Preset) -> None:
    found, zone = changed(preset), preset.covered
    left, top, right, bottom = (
        round(side / 2) for side in (zone.left_px, zone.top_px, 1080 - zone.right_px, 1920 - zone.bottom_px)
    )
    clear = found[top + 4 : bottom - 4, left + 4 : right - 4]
    assert clear.max() == 0
    for band in (found[: top - 4], found[bottom + 4 :], found[:, : left - 4], found[:, right + 4 :]):
        assert (band > 20).mean() > 0.99  # but for the words on it


def test_where_more_platforms_cover_the_band_is_denser() -> None:
    found = changed(*platforms.presets())
    assert found[900, 20] > found[620, 270] > found[400, 270] == 0  # Pinterest alone covers the second


@PRESETS
def test_it_is_said_how_sure_that_is_and_where_it_is_from(preset: Preset) -> None:
    assert covered.said((preset,)).startswith(f"{preset.label} covers about this, ")
    assert covered.sources((preset,)) == (platforms.source(preset.covered.source),)


def test_the_drawing_for_a_player_leaves_out_what_is_clear() -> None:
    (tiktok,) = platforms.chosen(["tiktok"])
    drawn = covered.svg((tiktok,))
    assert 'viewBox="0 0 1080 1920"' in drawn
    assert drawn.count("M120 250H900V1460H120Z") == 2
    assert covered.svg(platforms.chosen(["tiktok", "youtube"])).count("<path") == 4


def test_on_a_clip_that_is_not_upright_nothing_lies() -> None:
    with pytest.raises(InvalidInput) as caught:
        covered.draw(Image.new("RGB", (540, 540)), platforms.presets(), 1080, 1080)
    assert caught.value.slug == "nothing_covered"
