"""How light a picture is from place to place."""

from __future__ import annotations

from pathlib import Path
from statistics import mean

import numpy as np
import pytest
from PIL import Image

from editai.contrast import luminance
from editai.footage.luminance import FINER, LONG_SIDE, cells
from editai.models import Footage
from tests import sources
from tests.footage.conftest import watch
from tests.sources import Ffmpeg


def picture(width: int, height: int, colour: str) -> np.ndarray:
    rgb = [int(colour[at : at + 2], 16) for at in (5, 3, 1)]
    return np.full((height, width, 3), rgb, np.uint8)


def test_a_plain_picture_has_the_luminance_of_its_colour_everywhere() -> None:
    found = cells(picture(320, 180, "#C0392B"))
    assert np.allclose(found, luminance("#C0392B"), atol=0.002)


def test_cells_are_about_square_and_the_long_side_has_as_many_in_every_shape() -> None:
    assert cells(picture(320, 180, "#000000")).shape == (2, 14, LONG_SIDE)
    assert cells(picture(180, 320, "#000000")).shape == (2, LONG_SIDE, 14)
    assert cells(picture(320, 320, "#000000")).shape == (2, LONG_SIDE, LONG_SIDE)


def test_a_bright_place_lightens_its_own_cell_alone() -> None:
    dark = picture(320, 320, "#000000")
    dark[100:108, 200:208] = 255
    low, high = cells(dark)
    assert high.max() > 0.95
    assert (high > 0.05).sum() <= 4
    assert low.max() < 0.05


def test_a_highlight_smaller_than_a_stroke_counts_little() -> None:
    dark = picture(320, 320, "#000000")
    dark[100, 200] = 255
    assert cells(dark)[1].max() <= 2 / (320 / LONG_SIDE / FINER) ** 2


def test_every_moment_says_how_light_it_is(seen_box: Footage) -> None:
    for moment in seen_box.moments:
        assert moment.luminance is not None
        assert len(moment.luminance.low) == len(moment.luminance.high) == 24 * 18
        assert all(
            0 <= low <= high <= 100 for low, high in zip(moment.luminance.low, moment.luminance.high, strict=True)
        )


def test_a_dark_take_and_a_bright_one_are_told_apart(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    footage, _ = watch(sources.scenes(ffmpeg, tmp_path / "a.mp4", ["black", "white"], seconds=1))
    first, last = footage.moments[0].luminance, footage.moments[-1].luminance
    assert first is not None
    assert last is not None
    assert mean(first.high) < 10
    assert mean(last.low) > 60


@pytest.mark.parametrize(("curve", "white"), [("smpte2084", 573), ("arib-std-b67", 721)])
def test_a_white_page_in_hdr_is_as_light_as_the_clip_shows_it(
    curve: str, white: int, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    """Levels of 1023 in video range (ITU-R BT.2408), which would be a middle grey in a common video."""
    tags = f"setparams=color_primaries=bt2020:color_trc={curve}:colorspace=bt2020nc:range=tv"
    page = f"format=yuv420p10le,geq=lum={white}:cb=512:cr=512,{tags}"
    ffmpeg(
        *("-f", "lavfi", "-i", "color=gray:s=480x270:r=30:d=2", "-vf", page),
        *("-c:v", "libx265", "-x265-params", "log-level=error", tmp_path / "hdr.mp4"),
    )
    footage, _ = watch(tmp_path / "hdr.mp4")
    assert footage.sources[0].hdr
    assert footage.moments[0].luminance is not None
    assert min(footage.moments[0].luminance.low) >= 90


def test_a_photo_has_one_luminance_in_all_of_its_moments(tmp_path: Path) -> None:
    Image.new("RGB", (600, 800), "#808080").save(tmp_path / "a.png")
    footage, _ = watch(tmp_path / "a.png")
    assert len({moment.luminance for moment in footage.moments}) == 1
    assert footage.moments[0].luminance is not None
    assert 20 <= footage.moments[0].luminance.low[0] <= footage.moments[0].luminance.high[0] <= 23
