"""Words that come or fill bit by bit do so in the order in which they are read, in every script, as ffmpeg draws it."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from editai import captions
from editai.captions.ass import ass
from editai.captions.layout import block

from .drawing import Pixels, Screen, cue, plan

ROWS = (1000, 1260)
KARAOKE, TYPED = captions.style("karaoke"), captions.style("typewriter")

from_right = pytest.mark.parametrize("text", ["شاي أخضر طازج", "תה ירוק טרי"], ids=["arabic", "hebrew"])
every_way = pytest.mark.parametrize(
    "text",
    ["fresh tea", "الأخضر فَوَائِدُ", "שָׁלוֹם ירוק", "ताज़ी क्षमता", "สวัสดี น้ำ"],
    ids=["latin", "arabic", "hebrew", "devanagari", "thai"],
)


def like(picture: Pixels, colour: str) -> NDArray[np.bool_]:
    """Where the picture has about this colour."""
    wanted = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)])
    mask: NDArray[np.bool_] = np.abs(picture.astype(np.int16) - wanted).max(axis=2) < 40
    return mask


def around(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The mask and the pixels beside it."""
    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((3, 3), np.uint8)), bool)


def columns(mask: NDArray[np.bool_], left: float, right: float) -> NDArray[np.intp]:
    found = np.flatnonzero(mask.any(axis=0))
    return found[(found >= left) & (found < right)]


@from_right
def test_in_karaoke_a_word_that_is_read_from_the_right_is_filled_from_the_right(text: str, screen: Screen) -> None:
    item = cue(text, each=12)
    laid = block(item, KARAOKE)
    assert laid is not None
    frames = screen.frames(ass(plan([item], KARAOKE)), 0, item.end, rows=ROWS)
    for piece in laid.lines[0].pieces:
        reached = []
        for at in range(piece.word.start + 2, piece.word.end):
            filled = columns(like(frames[at], KARAOKE.highlight), piece.left, piece.left + piece.width)
            rest = columns(like(frames[at], KARAOKE.colour), piece.left, piece.left + piece.width)
            assert piece.left + piece.width - filled[-1] < 8  # a letter's own room
            assert not len(rest) or rest[-1] <= filled[0] + 1
            reached.append(int(filled[0]))
        assert reached == sorted(reached, reverse=True)
        assert len(set(reached)) >= 6


@every_way
def test_in_karaoke_a_word_is_half_filled_in_half_its_time_and_wholly_at_its_end(text: str, screen: Screen) -> None:
    item = cue(text, each=20)
    frames = screen.frames(ass(plan([item], KARAOKE)), 0, item.end, rows=ROWS)
    filled = [int(like(frame, KARAOKE.highlight).sum()) for frame in frames]
    assert 0.25 < filled[10] / filled[20] < 0.75
    assert filled[0] == 0
    assert filled[19] >= 0.9 * filled[20]


@every_way
def test_nothing_but_the_colour_changes_while_a_word_is_filled(text: str, screen: Screen) -> None:
    item = cue(text)
    frames = screen.frames(ass(plan([item], KARAOKE)), 0, item.end, rows=ROWS)
    dark = [(frame.max(axis=2) < 60) for frame in frames]  # the outline
    changed = [int((one ^ other).sum()) for one, other in pairwise(dark)]
    assert max(changed) < 0.01 * dark[0].sum()


@every_way
def test_a_typewriter_adds_letters_and_changes_none_that_is_there(text: str, screen: Screen) -> None:
    """Arabic letters are joined from the start as they are in the whole word; marks come with their letter. Only what
    fonts put closer together (kerning) moves by a pixel when a word stands."""
    item = cue(text, each=40)
    laid = block(item, TYPED)
    assert laid is not None
    frames = screen.frames(ass(plan([item], TYPED)), 0, item.end, rows=ROWS)
    written = [like(frame, TYPED.colour) for frame in frames]
    assert all((one & ~around(other)).sum() == 0 for one, other in pairwise(written))
    assert len({int(mask.sum()) for mask in written[:40]}) >= 2
    first = laid.lines[0].pieces[0]
    there = slice(round(first.left), round(first.left + first.width))
    typed, stands = written[39][:, there], written[40][:, there]
    assert (stands & ~around(typed)).sum() == 0


@from_right
def test_a_typewriter_writes_from_right_to_left_what_is_read_so(text: str, screen: Screen) -> None:
    item = cue(text, each=30)
    frames = screen.frames(ass(plan([item], TYPED)), 0, item.end, rows=ROWS)
    edges = [columns(like(frame, TYPED.colour), 0, 1080) for frame in frames[1:]]
    assert len({int(edge[-1]) for edge in edges if len(edge)}) <= 2  # a letter's dots may reach further than it does
    lefts = [int(edge[0]) for edge in edges if len(edge)]
    assert lefts == sorted(lefts, reverse=True)
    assert len(set(lefts)) >= 8
