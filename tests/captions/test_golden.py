"""Every style is drawn as it was when somebody looked at it and liked it; see `golden` for how to draw it anew."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest

from editai import captions
from editai.captions.ass import ass
from editai.models import CaptionStyle

from . import golden
from .drawing import Pixels, Screen

every_style = pytest.mark.parametrize("style", captions.styles(), ids=lambda style: style.name)

Change = Callable[[CaptionStyle], dict[str, object]]

CHANGES: dict[str, Change] = {
    "another font": lambda style: (
        {"font_file": "Inter_700Bold.ttf", "font": "Inter"}
        if style.font != "Inter"
        else {"font_file": "Montserrat_800ExtraBold.ttf", "font": "Montserrat ExtraBold"}
    ),
    "letters of another colour": lambda style: {"colour": "#FF7A7A"},
    "larger by 2 pixels": lambda style: {"size_px": style.size_px + 2},
    "lower by 6 pixels": lambda style: {"centre_y_px": style.centre_y_px + 6},
    "what the letters stand on is missing": lambda style: {
        "plate": "", "box_opacity": 0.0, "halo_px": 0.0, "outline_px": 0.0 if not style.plate else style.outline_px,
    },
    "another colour of what is marked": lambda style: {"highlight": "#C04DFF"},
}  # fmt: skip


def with_a_word_moved(screen: Screen, style: CaptionStyle) -> Pixels:
    """The golden frame's plan, but the word that is spoken stands 6 pixels (of a full picture) further to the right."""
    timeline = golden.planned(style)
    at = golden.frame_of(timeline)
    spoken = timeline.cues[0].words[len(timeline.cues[0].words) // 2].text
    spoken = spoken.upper() if style.uppercase else spoken
    text = "".join(
        _to_the_right(line) if re.sub(r"\{[^}]*\}", "", line.split(",,0,0,0,,")[-1]).strip() == spoken else line
        for line in ass(timeline).splitlines(keepends=True)
    )
    assert text != ass(timeline)
    return golden.pictured(text, at, screen)


def _to_the_right(line: str) -> str:
    place = re.search(r"(?:pos|move)\(([\d.]+),", line)
    assert place is not None
    return line.replace(f"{place[1]},", f"{float(place[1]) + 3:.2f},")


@every_style
def test_a_style_looks_as_its_golden_frame(style: CaptionStyle, screen: Screen) -> None:
    assert golden.ssim(golden.drawn(golden.planned(style), screen), golden.golden(style)) >= golden.ALIKE


@every_style
def test_a_word_that_stands_6_pixels_aside_is_noticed(style: CaptionStyle, screen: Screen) -> None:
    assert golden.ssim(with_a_word_moved(screen, style), golden.golden(style)) < golden.ALIKE


def changed(style: CaptionStyle, change: str) -> CaptionStyle:
    return style.model_copy(update=CHANGES[change](style))


def shown(style: CaptionStyle) -> list[str]:
    """What is drawn in the style, without the table of styles, which may say more than is used."""
    return [line for line in ass(golden.planned(style)).splitlines() if line.startswith("Dialogue")]


NOTICED = [
    pytest.param(style, change, id=f"{style.name}-{change}")
    for style in captions.styles()
    for change in CHANGES
    if shown(changed(style, change)) != shown(style)  # else the style has nothing of it
]


@pytest.mark.slow
@pytest.mark.parametrize(("style", "change"), NOTICED)
def test_what_is_drawn_otherwise_is_noticed(style: CaptionStyle, change: str, screen: Screen) -> None:
    picture = golden.drawn(golden.planned(changed(style, change)), screen)
    assert golden.ssim(picture, golden.golden(style)) < golden.ALIKE


def test_the_same_picture_is_like_itself_and_noise_is_not() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (60, 60, 3)).astype(np.uint8)
    assert golden.ssim(noise, noise) == pytest.approx(1.0)
    assert golden.ssim(noise, noise[::-1]) < 0.2
