"""Captions are read in the picture by somebody else: tesseract, as drawn by the real ffmpeg."""

from __future__ import annotations

import re
import subprocess
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from editai import captions
from editai.captions.ass import ass
from editai.captions.layout import block
from editai.models import CaptionStyle

from .drawing import Pixels, Screen, cue, plan

SAID = {
    "eng": ("en", "Fresh green tea", "Only $24.99 today"),
    "rus": ("ru", "Свежий зелёный чай", "только сегодня"),
    "ara": ("ar", "شاي أخضر طازج", "اليوم فقط"),
    "hin": ("hi", "ताज़ी हरी चाय", "केवल आज"),
    "chi_sim": ("zh", "新鲜的绿茶", "今天就买"),
}
SAME = 0.85
"""Parts of the letters that have to be read; tesseract errs a little on any picture."""


def read(picture: Path, script: str) -> str:
    """What tesseract reads in a line of text of that script."""
    command = ["tesseract", str(picture), "-", "-l", script, "--psm", "7"]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def black_on_white(picture: Pixels, style: CaptionStyle) -> Image.Image:
    """The letters as a scanner would give them, which is what tesseract was taught on: what has a colour of theirs."""
    colours = [[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in (style.colour, style.highlight)]
    far = np.min([np.abs(picture.astype(np.int16) - colour).max(axis=2) for colour in colours], axis=0)
    return Image.fromarray(np.clip(far * 2, 0, 255).astype(np.uint8))


def letters(text: str) -> str:
    """What a script is compared by: its letters and digits, without case and marks that stand apart."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(re.findall(r"\w", plain))


def alike(one: str, other: str) -> float:
    """The part of the longest common row of letters."""
    rows = [0] * (len(other) + 1)
    for letter in one:
        before = 0
        for at, each in enumerate(other, 1):
            before, rows[at] = rows[at], before + 1 if letter == each else max(rows[at], rows[at - 1])
    return rows[-1] / max(len(one), len(other), 1)


@pytest.mark.parametrize("script", SAID)
@pytest.mark.parametrize("name", ["bold", "boxed", "clean", "typewriter"])
def test_every_script_is_read_as_it_was_typed(name: str, script: str, screen: Screen, tmp_path: Path) -> None:
    language, *lines = SAID[script]
    style = captions.style(name)
    item = cue(*lines)
    said = plan([item], style).model_copy(update={"language": language})
    page, seen = black_on_white(screen.frame(ass(said), item.end - 1), style), ""
    laid = block(item, style)
    assert laid is not None
    for line in laid.lines:
        high = round(0.75 * laid.size)
        strip = page.crop((100, round(line.middle) - high, 980, round(line.middle) + high))
        ImageOps.expand(strip, 30, 255).save(tmp_path / "line.png")
        seen += read(tmp_path / "line.png", script)
    assert alike(letters(" ".join(lines)), letters(seen)) >= SAME, seen
