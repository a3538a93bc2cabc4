"""What is laid over the clip: its words fit, no platform covers it, it comes and goes while the picture moves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

import editai
from editai import formats
from editai.models import File, Films, Format, Insert, Plan, finished
from editai.render.inserts import draw_inserts
from tests.conftest import BOX
from tests.render.conftest import plan_of, source_of

SHAPES = [shape.name for shape in formats.shapes()]
PRICE = Insert(role="badge", text="$12.90", start=0, end=60)
CARD = Insert(
    role="end_card", text="Order yours today", detail="Alpina Biscuit Box\n$12.90", start=0, end=54, panel="#15110D",
    ink="#FFFFFF", accent="#FFCF33",
)  # fmt: skip


def plan_with(*inserts: Insert, shape: Format = "9:16") -> Plan:
    size = formats.shape(shape)
    plan = plan_of([source_of(BOX)], [(0, 0, 90)], inserts=inserts)
    return plan.model_copy(update={"width_px": size.width_px, "height_px": size.height_px})


def title(text: str = "Tea", start: int = 0, end: int = 45, **more: Any) -> Insert:
    return Insert(role="title", text=text, start=start, end=end, **more)


def drawn(work: Path, plan: Plan, **files: Path) -> Films:
    return finished(draw_inserts(plan, files, work))


def film(films: Films, number: int = 0) -> list[npt.NDArray[np.uint8]]:
    """The frames as height x width x RGBA."""
    with av.open(str(films.path(films.films[number].file))) as container:
        return [frame.to_ndarray(format="rgba").astype(np.uint8) for frame in container.decode(video=0)]


def ink(films: Films, number: int = 0) -> tuple[int, int, int, int]:
    """Where in the clip something of the film's last full frame is seen: left, top, right, bottom."""
    frames, lies = film(films, number), films.films[number]
    seen = max((frame[:, :, 3] for frame in frames), key=lambda alpha: int(alpha.astype(int).sum())) > 8
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    left, top = int(columns[0]) + lies.x, int(rows[0]) + lies.y
    return left, top, int(columns[-1]) + 1 + lies.x, int(rows[-1]) + 1 + lies.y


@pytest.fixture
def logo(tmp_path: Path) -> Path:
    picture = Image.new("RGBA", (400, 200), (0, 0, 0, 0))
    picture.paste((200, 30, 30, 255), (100, 50, 300, 150))
    picture.save(tmp_path / "logo.png")
    return tmp_path / "logo.png"


# ── the title ────────────────────────────────────────────────────────────────────────────────────────────────────


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
@pytest.mark.parametrize("shape", SHAPES)
def test_any_words_fit_into_the_box_that_no_platform_covers(text: str, shape: Format, tmp_path: Path) -> None:
    left, top, right, bottom = ink(drawn(tmp_path, plan_with(title(text, end=12), shape=shape)))
    clear = formats.shape(shape).clear
    assert clear.left <= left < right <= clear.right
    assert clear.top <= top < bottom <= (clear.top + clear.bottom) / 2


def test_a_title_lasts_from_its_start_up_to_its_end(tmp_path: Path) -> None:
    films = drawn(tmp_path, plan_with(title(start=3, end=48)))
    assert (films.films[0].start, films.films[0].end, len(film(films))) == (3, 48, 45)


def test_a_title_slides_in_and_fades_out(tmp_path: Path) -> None:
    frames = film(drawn(tmp_path, plan_with(title())))
    opacity = [int(frame[:, :, 3].max()) for frame in frames]
    tops = [int(np.flatnonzero(frame[:, :, 3].max(axis=1) > 4)[0]) for frame in frames[:12]]
    assert opacity[0] < 40
    assert opacity[12:36] == [255] * 24
    assert opacity[-1] < 40
    assert tops == sorted(tops, reverse=True)
    assert tops[0] > tops[-1] == 0


def test_its_colour_does_not_change_while_it_fades(tmp_path: Path) -> None:
    frame = film(drawn(tmp_path, plan_with(title(panel="#FFD700"))))[4]
    assert 60 < frame[60, 20, 3] < 200
    assert frame[60, 20, :3].astype(int) == pytest.approx([255, 215, 0], abs=4)


def test_its_words_can_be_read(tmp_path: Path) -> None:
    frame = film(drawn(tmp_path, plan_with(title("MMM"))))[20][:, :, :3].astype(int)
    assert frame.sum(axis=2).min() < 80  # dark letters on the bright panel


def test_characters_that_the_font_lacks_are_left_out_and_told(tmp_path: Path) -> None:
    films = drawn(tmp_path, plan_with(title("Tea 日 🍵 time")))
    assert [item.slug for item in films.degradations] == ["title_characters_missing"]
    assert "日" in films.degradations[0].message
    assert films.films


def test_a_title_without_a_drawable_character_gives_no_film(tmp_path: Path) -> None:
    films = drawn(tmp_path, plan_with(title("日本")))
    assert films.films == ()
    assert [item.slug for item in films.degradations] == ["title_characters_missing"]


def test_a_title_that_is_cut_short_is_told(tmp_path: Path) -> None:
    assert [item.slug for item in drawn(tmp_path, plan_with(title("word " * 40))).degradations] == ["title_shortened"]


def test_without_an_insert_in_the_plan_nothing_is_drawn(tmp_path: Path) -> None:
    assert drawn(tmp_path, plan_with()).films == ()
    assert list(tmp_path.iterdir()) == []


# ── the price ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("shape", SHAPES)
def test_a_price_stands_at_the_top_right_of_what_is_clear(shape: Format, tmp_path: Path) -> None:
    left, top, right, bottom = ink(drawn(tmp_path, plan_with(PRICE, shape=shape)))
    clear = formats.shape(shape).clear
    assert formats.shape(shape).width_px / 2 < left < right <= clear.right
    assert clear.top <= top < bottom < clear.top + 200


def test_a_price_grows_into_its_size_and_a_little_beyond(tmp_path: Path) -> None:
    widths = [int((frame[:, :, 3] > 128).any(axis=0).sum()) for frame in film(drawn(tmp_path, plan_with(PRICE)))]
    settled = widths[30]
    assert widths[3] < settled
    assert settled < max(widths) <= settled + 24


# ── the end card ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("shape", SHAPES)
def test_the_end_card_covers_the_whole_picture(shape: Format, tmp_path: Path) -> None:
    last = film(drawn(tmp_path, plan_with(CARD, shape=shape)))[-1]
    assert last.shape[:2] == (formats.shape(shape).height_px, formats.shape(shape).width_px)
    assert last[:, :, 3].min() == 255


@pytest.mark.parametrize("shape", SHAPES)
def test_what_the_end_card_says_lies_in_what_is_clear(shape: Format, tmp_path: Path, logo: Path) -> None:
    file = File.of(logo)
    card = CARD.model_copy(update={"file": file, "text": "Order your own biscuit box right now"})
    last = film(drawn(tmp_path, plan_with(card, shape=shape), **{file.sha256: logo}))[-1][:, :, :3].astype(int)
    said = np.abs(last - np.array([0x15, 0x11, 0x0D])).sum(axis=2) > 60
    rows, columns = np.flatnonzero(said.any(axis=1)), np.flatnonzero(said.any(axis=0))
    clear = formats.shape(shape).clear
    assert clear.left <= columns[0] < columns[-1] < clear.right
    assert clear.top <= rows[0] < rows[-1] < clear.bottom


def test_the_end_card_is_a_film_of_its_coming_alone(tmp_path: Path) -> None:
    assert len(film(drawn(tmp_path, plan_with(CARD)))) == 12


# ── the logo ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("place", "right", "below"), [("top_left", 0, 0), ("bottom_right", 1, 1)])
def test_the_logo_stands_in_its_corner_of_what_is_clear(
    place: str, right: int, below: int, tmp_path: Path, logo: Path
) -> None:
    file = File.of(logo)
    mark = Insert.model_validate({"role": "logo", "file": file, "place": place, "margin_px": 20, "start": 0, "end": 90})
    films = drawn(tmp_path, plan_with(mark), **{file.sha256: logo})
    lies, clear = films.films[0], formats.shape("9:16").clear
    height, width = film(films)[0].shape[:2]
    assert (width, height) == (238, 120)
    assert lies.x == (clear.left + 20 if not right else clear.right - 20 - width)
    assert lies.y == (clear.top + 20 if not below else clear.bottom - 20 - height)


def test_a_logo_keeps_its_shape_and_its_edges_have_no_other_colour(tmp_path: Path, logo: Path) -> None:
    file = File.of(logo)
    mark = Insert(role="logo", file=file, start=0, end=90)
    (frame,) = film(drawn(tmp_path, plan_with(mark), **{file.sha256: logo}))
    half = (frame[:, :, 3] > 60) & (frame[:, :, 3] < 200)
    assert half.any()
    assert frame[half][:, :3].astype(int) == pytest.approx(np.tile([200, 30, 30], (int(half.sum()), 1)), abs=20)


# ── on its own ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_moviepy_is_imported_only_for_a_card_and_starts_nothing(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("EDITAI_HOME=/elsewhere\n", "utf-8")
    script = """
import os, subprocess, sys
import editai.render, editai.quality
assert not [name for name in sys.modules if name.startswith(("moviepy", "onnxruntime", "gradio"))]
def refuse(*_, **__): raise AssertionError("a program was started")
subprocess.Popen.__init__ = refuse
from editai.render import inserts
inserts._keep_moviepy_quiet()
import moviepy
assert "EDITAI_HOME" not in os.environ
"""
    environment = os.environ | {"PYTHONPATH": str(Path(editai.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
