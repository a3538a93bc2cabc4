"""Golden frames: how a caption looks in each style, as ffmpeg drew it when somebody had looked at it and liked it.

python -m tests.captions.golden             says how like its golden frame each style is drawn now
python -m tests.captions.golden bold pop    draws the golden frames of these styles anew; look at them, then commit
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from editai import captions
from editai.captions.ass import ass
from editai.models import CaptionStyle, Plan
from editai.render import ffmpeg

from .drawing import Pixels, Screen, cue, plan

FOLDER = Path(__file__).parent / "golden"

WIDTH, HEIGHT = 540, 960
ROWS, COLUMNS = (480, 630), slice(130, 410)
"""Of the picture at half its size: where these captions stand."""

ALIKE = 0.985
"""What is drawn on other machines is as like as this; see `test_golden` for what is not."""


def planned(style: CaptionStyle) -> Plan:
    """A caption of which one word has been said, one is being said and the last is still to come."""
    item = cue("Save", each=20) if style.max_words == 1 else cue("Only $9.99", "today", each=20)
    return plan([item], style, WIDTH, HEIGHT)


def frame_of(timeline: Plan) -> int:
    """The frame in which the middle one of its words is half said, or its only one stands."""
    words = timeline.cues[0].words
    return words[len(words) // 2].start + 10


def drawn(timeline: Plan, screen: Screen) -> Pixels:
    """That frame, shape (height, width, 3)."""
    return pictured(ass(timeline), frame_of(timeline), screen)


def pictured(text: str, at: int, screen: Screen) -> Pixels:
    """A frame of an ASS file, where captions stand."""
    picture: Pixels = screen.frames(text, at, 1, WIDTH, HEIGHT, ROWS)[0][:, COLUMNS]
    return picture


def golden(style: CaptionStyle) -> Pixels:
    with Image.open(FOLDER / f"{style.name}.png") as picture:
        return np.asarray(picture.convert("RGB"))


def ssim(one: Pixels, other: Pixels) -> float:
    """The structural similarity of two pictures, 1.0 for the same: the mean of the worst of their three colours
    (Wang et al. 2004, with a Gaussian window of 1.5 pixels), where either shows anything."""
    a, b = one.astype(np.float64), other.astype(np.float64)

    def blurred(picture: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(cv2.GaussianBlur(picture, (11, 11), 1.5))

    mean_a, mean_b = blurred(a), blurred(b)
    var_a, var_b = blurred(a * a) - mean_a**2, blurred(b * b) - mean_b**2
    both = blurred(a * b) - mean_a * mean_b
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    alike = (2 * mean_a * mean_b + c1) * (2 * both + c2) / ((mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2))
    shown = (var_a + var_b).max(axis=2) > 1
    return float(alike[shown].mean(axis=0).min()) if shown.any() else 1.0


def main(names: list[str]) -> None:
    def run(*arguments: object) -> None:
        subprocess.run([ffmpeg.program(), "-y", "-v", "error", *map(str, arguments)], check=True)

    with tempfile.TemporaryDirectory() as work:
        screen = Screen(run, Path(work))
        for style in captions.styles():
            picture = drawn(planned(style), screen)
            if style.name in names:
                FOLDER.mkdir(exist_ok=True)
                Image.fromarray(picture).save(FOLDER / f"{style.name}.png", optimize=True)
            elif not names:
                print(f"{style.name}: {ssim(picture, golden(style)):.4f}")


if __name__ == "__main__":
    main(sys.argv[1:])
