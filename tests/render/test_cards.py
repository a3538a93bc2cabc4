"""The hook title card: its words fit, no platform covers it, it comes and goes while the picture moves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest

import editai
from editai.models import Insert, Plan
from editai.render import cards
from tests.conftest import BOX
from tests.render.conftest import STYLE, plan_of, source_of


def plan_with(text: str, start: int = 0, end: int = 45) -> Plan:
    card = Insert(role="title", text=text, start=start, end=end)
    return plan_of([source_of(BOX)], [(0, 0, 90)], width_px=1080, height_px=1920, inserts=(card,))


def film(path: Path) -> list[npt.NDArray[np.uint8]]:
    """The frames as height x width x RGBA."""
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgba").astype(np.uint8) for frame in container.decode(video=0)]


@pytest.mark.parametrize(
    "text",
    [
        "Tea",
        "Tea that fits your pocket",
        "Donaudampfschifffahrtsgesellschaftskapitän",
        "A very long title that goes on and on, and says far more than anybody can read in two seconds of a clip",
        '{\\pos(0,0)} 100% "quoted" it\'s [x]: C:\\new <b>&amp;</b>',
        "Žluťoučký kůň, ¿señor?",
    ],
)
def test_any_words_fit_into_the_box_that_no_platform_covers(text: str, tmp_path: Path) -> None:
    drawn = cards.make(plan_with(text, end=20), tmp_path)

    frames = film(tmp_path / cards.FILE)
    height, width = frames[0].shape[:2]
    assert drawn.x >= 120
    assert drawn.x + width <= 888
    assert drawn.y >= 288
    assert drawn.y + height <= 800
    assert frames[10][:, :, 3].max() == 255


def test_it_lasts_from_its_start_up_to_its_end(tmp_path: Path) -> None:
    drawn = cards.make(plan_with("Tea", start=3, end=48), tmp_path)

    assert drawn.start == 3
    assert len(film(tmp_path / cards.FILE)) == 45


def test_it_slides_in_and_fades_out(tmp_path: Path) -> None:
    cards.make(plan_with("Tea"), tmp_path)

    frames = film(tmp_path / cards.FILE)
    opacity = [int(frame[:, :, 3].max()) for frame in frames]
    tops = [int(np.flatnonzero(frame[:, :, 3].max(axis=1) > 4)[0]) for frame in frames[:12]]
    assert opacity[0] < 40
    assert opacity[12:36] == [255] * 24
    assert opacity[-1] < 40
    assert tops == sorted(tops, reverse=True)
    assert tops[0] > tops[-1] == 0


def test_its_colour_does_not_change_while_it_fades(tmp_path: Path) -> None:
    cards.make(plan_with("Tea"), tmp_path)

    frame = film(tmp_path / cards.FILE)[4]
    assert 60 < frame[60, 20, 3] < 200
    assert frame[60, 20, :3].astype(int) == pytest.approx([255, 215, 0], abs=4)


def test_its_words_can_be_read(tmp_path: Path) -> None:
    cards.make(plan_with("MMM"), tmp_path)

    frame = film(tmp_path / cards.FILE)[20][:, :, :3].astype(int)
    assert frame.sum(axis=2).min() < 80  # dark letters on the bright panel


def test_characters_that_the_font_lacks_are_left_out_and_told(tmp_path: Path) -> None:
    drawn = cards.make(plan_with("Tea 日 🍵 time"), tmp_path)

    assert [item.slug for item in drawn.degradations] == ["title_characters_missing"]
    assert "日" in drawn.degradations[0].message
    assert drawn.file


def test_a_title_without_a_drawable_character_gives_no_card(tmp_path: Path) -> None:
    drawn = cards.make(plan_with("日本"), tmp_path)

    assert drawn.file is None
    assert [item.slug for item in drawn.degradations] == ["title_characters_missing"]


def test_a_title_that_is_cut_short_is_told(tmp_path: Path) -> None:
    drawn = cards.make(plan_with("word " * 40), tmp_path)

    assert [item.slug for item in drawn.degradations] == ["title_shortened"]


def test_without_a_card_in_the_plan_nothing_is_drawn(tmp_path: Path) -> None:
    assert cards.make(plan_of([source_of(BOX)], [(0, 0, 30)]), tmp_path) == cards.Drawn()
    assert list(tmp_path.iterdir()) == []


def test_the_words_stand_out_from_the_panel() -> None:
    for highlight in ("#FFD700", "#102040", "#FF3B30", "#FFFFFF", "#000000"):
        style = STYLE.model_copy(update={"highlight": highlight})
        assert cards.contrast(cards.readable_on(highlight, style), highlight) >= 4.5


def test_moviepy_is_imported_only_for_a_card_and_starts_nothing(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("EDITAI_HOME=/elsewhere\n", "utf-8")
    script = """
import os, subprocess, sys
import editai.render, editai.quality
assert not [name for name in sys.modules if name.startswith(("moviepy", "onnxruntime", "gradio"))]
def refuse(*_, **__): raise AssertionError("a program was started")
subprocess.Popen.__init__ = refuse
from editai.render import cards
cards._keep_moviepy_quiet()
import moviepy
assert "EDITAI_HOME" not in os.environ
"""
    environment = os.environ | {"PYTHONPATH": str(Path(editai.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
