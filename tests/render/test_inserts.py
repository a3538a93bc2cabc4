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
from PIL import Image, ImageDraw

import editai
from editai import bundled, formats
from editai.captions import layout, styles
from editai.contrast import ENOUGH, contrast
from editai.models import Box, Cue, CueWord, File, Films, Format, Insert, LogoPlace, Plan, finished
from editai.render.inserts import draw_inserts, insert_parts
from editai.render.lettering import fitted
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


def ink(films: Films, number: int = 0) -> Box:
    """Where in the clip something of a film is ever seen."""
    lies = films.films[number]
    seen = np.max([frame[:, :, 3] for frame in film(films, number)], axis=0) > 8
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    left, top = int(columns[0]) + lies.x, int(rows[0]) + lies.y
    return Box(left=left, top=top, right=int(columns[-1]) + 1 + lies.x, bottom=int(rows[-1]) + 1 + lies.y)


def inside(box: Box, clear: Box) -> bool:
    across = clear.left <= box.left < box.right <= clear.right
    return across and clear.top <= box.top < box.bottom <= clear.bottom


def apart(one: Box, other: Box) -> int:
    """How many pixels lie between them, at least across or down."""
    across = max(one.left - other.right, other.left - one.right)
    return max(across, one.top - other.bottom, other.top - one.bottom)


def colours(frame: npt.NDArray[np.uint8]) -> list[str]:
    """The colours of what is fully there, the most frequent first."""
    solid = frame[frame[:, :, 3] == 255][:, :3]
    values, counts = np.unique(solid.astype(int) @ [0x10000, 0x100, 1], return_counts=True)
    return [f"#{values[at]:06X}" for at in np.argsort(-counts)]


def mark(logo: Path, place: LogoPlace = "top_left", margin_px: int = 24) -> Insert:
    return Insert(role="logo", file=File.of(logo), place=place, margin_px=margin_px, start=0, end=90)


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
    box, clear = ink(drawn(tmp_path, plan_with(title(text, end=12), shape=shape))), formats.shape(shape).clear
    assert inside(box, clear)
    assert box.bottom <= (clear.top + clear.bottom) / 2


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


def test_a_title_that_stands_is_drawn_whole_in_every_frame(tmp_path: Path) -> None:
    frames = film(drawn(tmp_path, plan_with(title("Tea time"))))
    assert all(np.array_equal(frame, frames[20]) for frame in frames[9:37])
    assert frames[20][60, 100:140, 3].tolist() == [255] * 40


def test_letters_that_the_style_lacks_are_drawn_in_another_font(tmp_path: Path) -> None:
    plan = plan_with(title("Чай"))
    style = plan.style.model_copy(update={"font": "Anton", "font_file": "Anton_400Regular.ttf"})
    films = drawn(tmp_path, plan.model_copy(update={"style": style}))
    assert films.degradations == ()
    assert films.films


def test_characters_that_the_font_lacks_are_left_out_and_told(tmp_path: Path) -> None:
    films = drawn(tmp_path, plan_with(title("Tea 日 🍵 time")))
    assert [item.slug for item in films.degradations] == ["title_characters_missing"]
    assert "日" in films.degradations[0].message
    assert films.films


def test_a_title_without_a_drawable_character_gives_no_film(tmp_path: Path) -> None:
    films = drawn(tmp_path, plan_with(title("\U00013000\U00013001")))
    assert films.films == ()
    assert [item.slug for item in films.degradations] == ["title_characters_missing"]


def test_a_title_that_is_cut_short_is_told(tmp_path: Path) -> None:
    assert [item.slug for item in drawn(tmp_path, plan_with(title("word " * 40))).degradations] == ["title_shortened"]


def test_without_an_insert_in_the_plan_nothing_is_drawn(tmp_path: Path) -> None:
    assert drawn(tmp_path, plan_with()).films == ()
    assert list(tmp_path.iterdir()) == []


# ── the price ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("price", ["$12.90", "from 1.299,00 € per set"])
def test_a_price_stands_at_the_top_right_of_what_is_clear(price: str, shape: Format, tmp_path: Path) -> None:
    badge = PRICE.model_copy(update={"text": price, "end": 12})
    films, clear = drawn(tmp_path, plan_with(badge, shape=shape)), formats.shape(shape).clear
    assert inside(ink(films), clear)
    assert ink(films).right >= clear.right - 20
    assert ink(films).bottom < clear.top + 260


def test_a_price_grows_into_its_size_and_a_little_beyond(tmp_path: Path) -> None:
    widths = [int((frame[:, :, 3] > 128).any(axis=0).sum()) for frame in film(drawn(tmp_path, plan_with(PRICE)))]
    settled = widths[30]
    assert widths[3] < settled
    assert settled < max(widths) <= settled + 24


@pytest.mark.parametrize(
    ("price", "lines"),
    [
        ("from 1.299,00 € per set", ["from 1.299,00 €", "per set"]),
        ("only EUR 1.299,00 each", ["only EUR 1.299,00", "each"]),
        ("two sets for 24 zł", ["two sets", "for 24 zł"]),
    ],
)
def test_an_amount_and_its_currency_are_not_parted(price: str, lines: list[str]) -> None:
    assert fitted(price, bundled.FONTS / "Montserrat_800ExtraBold.ttf", 500, 60)[0] == lines


@pytest.mark.parametrize("price", ["￦12,900 ฿", "a price " * 20])
def test_a_price_that_would_be_another_one_is_left_out_and_told(price: str, tmp_path: Path) -> None:
    films = drawn(tmp_path, plan_with(PRICE.model_copy(update={"text": price})))
    assert films.films == ()
    assert [item.slug for item in films.degradations] == ["badge_left_out"]


# ── the end card ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("shape", SHAPES)
def test_the_end_card_covers_the_whole_picture(shape: Format, tmp_path: Path) -> None:
    films = drawn(tmp_path, plan_with(CARD, shape=shape))
    ground = film(films)[-1]
    assert ground.shape[:2] == (formats.shape(shape).height_px, formats.shape(shape).width_px)
    assert colours(ground) == ["#15110D"]
    assert ground[:, :, 3].min() == 255


@pytest.mark.parametrize("shape", SHAPES)
def test_what_the_end_card_says_lies_in_what_is_clear(shape: Format, tmp_path: Path, logo: Path) -> None:
    told = {
        "text": "Order your own pillow for tonight",
        "detail": "The orthopaedic memory pillow\nfrom 1.299,00 € a set",
    }
    card = CARD.model_copy(update={"file": File.of(logo), **told})
    films = drawn(tmp_path, plan_with(card, shape=shape), **{File.of(logo).sha256: logo})
    assert inside(ink(films, 1), formats.shape(shape).clear)
    assert films.degradations == ()


def test_what_the_end_card_says_comes_from_top_to_bottom(tmp_path: Path) -> None:
    frames = film(drawn(tmp_path, plan_with(CARD)), 1)
    seen = [np.flatnonzero(frame[:, :, 3].max(axis=1) > 8) for frame in frames[:21]]
    bottoms = [int(rows[-1]) if len(rows) else 0 for rows in seen]
    assert bottoms[0] == 0
    assert bottoms[8] < bottoms[14]
    assert all(np.array_equal(frame, frames[21]) for frame in frames[19:23])


def test_its_button_grows_once_a_little_and_is_left_as_it_was(tmp_path: Path) -> None:
    frames = film(drawn(tmp_path, plan_with(CARD)), 1)
    widths = [int((frame[:, :, 3] > 128).any(axis=0).sum()) for frame in frames[20:]]
    assert widths[0] * 1.02 < max(widths) <= widths[0] * 1.06
    assert np.array_equal(frames[-1], frames[20])


def test_what_stands_on_an_end_card_is_drawn_no_more(tmp_path: Path) -> None:
    card = CARD.model_copy(update={"end": 75})
    assert [len(film(drawn(tmp_path, plan_with(card)), number)) for number in (0, 1)] == [12, 38]


@pytest.mark.parametrize(
    ("ground", "accent", "ink_"), [("#15110D", "#FFCF33", "#FFFFFF"), ("#FFF8EC", "#1F5EFF", "#1B2A4A")]
)
def test_every_word_of_the_end_card_can_be_read(ground: str, accent: str, ink_: str, tmp_path: Path) -> None:
    card = CARD.model_copy(update={"panel": ground, "accent": accent, "ink": ink_})
    frame = film(drawn(tmp_path, plan_with(card)), 1)[-1]
    button, *words = colours(frame)[:3]
    assert button == accent
    assert ink_ in colours(frame)
    assert max(contrast(button, each) for each in words) >= ENOUGH


def test_words_have_no_edges_of_another_colour(tmp_path: Path) -> None:
    films = drawn(tmp_path, plan_with(CARD.model_copy(update={"text": "\U00013000\U00013001", "detail": "Alpina"})))
    frame = film(films, 1)[-1]
    half = (frame[:, :, 3] > 60) & (frame[:, :, 3] < 200)
    assert half.any()
    assert frame[half][:, :3].min() >= 235


def test_a_dark_logo_stands_on_a_bright_plate_of_a_dark_end_card(tmp_path: Path) -> None:
    dark = tmp_path / "dark.png"
    Image.new("RGBA", (300, 300), (10, 10, 30, 255)).save(dark)
    card = CARD.model_copy(update={"file": File.of(dark)})
    frame = film(drawn(tmp_path, plan_with(card), **{File.of(dark).sha256: dark}), 1)[-1]
    assert {"#FFFFFF", "#0A0A1E"} <= set(colours(frame)[:4])


def test_an_end_card_of_which_nothing_can_be_drawn_is_a_card_in_the_brands_colour(tmp_path: Path) -> None:
    films = drawn(tmp_path, plan_with(CARD.model_copy(update={"text": "\U00013000\U00013001", "detail": ""})))
    assert [each.y for each in films.films] == [0]
    assert [item.slug for item in films.degradations] == ["end_card_characters_missing"]


def test_a_call_that_is_too_long_is_told(tmp_path: Path) -> None:
    card = CARD.model_copy(update={"text": "word " * 40})
    assert [item.slug for item in drawn(tmp_path, plan_with(card)).degradations] == ["end_card_shortened"]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    "insert",
    [title("Highly unbelievable biscuit boxes from Alpina", end=12), title("W" * 28, end=12), PRICE,
     PRICE.model_copy(update={"text": "only 12,90 € for a set of six boxes"})],
    ids=lambda insert: insert.text,
)  # fmt: skip
def test_title_and_price_reach_no_further_down_than_captions_know(
    insert: Insert, shape: Format, tmp_path: Path
) -> None:
    box = ink(drawn(tmp_path, plan_with(insert, shape=shape)))
    assert box.bottom <= formats.shape(shape).clear.top + formats.TITLE_PX


# ── the logo ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("place", "right"), [("top_left", False), ("top_right", True)])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_logo_stands_in_its_corner_of_what_is_clear(
    place: LogoPlace, right: bool, shape: Format, tmp_path: Path, logo: Path
) -> None:
    box = ink(drawn(tmp_path, plan_with(mark(logo, place, 20), shape=shape), **{File.of(logo).sha256: logo}))
    size, clear = formats.shape(shape), formats.shape(shape).clear
    assert abs((clear.right - box.right if right else box.left - clear.left) - 20) <= 1
    assert abs(box.top - clear.top - 20) <= 1
    assert box.right - box.left <= 0.22 * size.width_px + 1
    assert box.bottom - box.top <= 0.10 * size.height_px + 1


@pytest.mark.parametrize("style", styles(), ids=lambda style: style.name)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_logo_at_the_bottom_stands_above_the_captions(style: Any, shape: Format, tmp_path: Path, logo: Path) -> None:
    line = (CueWord(text="Highly", start=0, end=9),)
    caption = layout.block(Cue(lines=(line, line), start=0, end=9), style, formats.shape(shape))
    plan = plan_with(mark(logo, "bottom_left"), shape=shape).model_copy(update={"style": style})
    box = ink(drawn(tmp_path, plan, **{File.of(logo).sha256: logo}))
    assert caption is not None
    assert 40 <= caption.top - box.bottom <= 100


def test_a_logo_at_the_bottom_stays_there_where_captions_were_moved_up(tmp_path: Path, logo: Path) -> None:
    plan = plan_with(mark(logo, "bottom_left"))
    moved = plan.model_copy(update={"style": plan.style.model_copy(update={"centre_y_px": 760})})
    box = ink(drawn(tmp_path, moved, **{File.of(logo).sha256: logo}))
    assert abs(formats.shape("9:16").clear.bottom - 24 - box.bottom) <= 1
    assert insert_parts(plan) != insert_parts(moved)


def test_inserts_keep_to_what_the_plan_leaves_clear(tmp_path: Path, logo: Path) -> None:
    plan = plan_with(mark(logo, "top_right"))
    narrow = plan.model_copy(update={"clear": Box(left=200, top=400, right=800, bottom=1130)})
    box = ink(drawn(tmp_path, narrow, **{File.of(logo).sha256: logo}))
    assert abs(box.right - 776) <= 1
    assert abs(box.top - 424) <= 1
    assert insert_parts(plan) != insert_parts(narrow)


@pytest.mark.parametrize("place", ["top_left", "top_right"])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("over", [title("Alpina biscuit box", end=12), PRICE.model_copy(update={"end": 12})])
def test_title_and_price_keep_away_from_the_logo(
    over: Insert, shape: Format, place: LogoPlace, tmp_path: Path, logo: Path
) -> None:
    films = drawn(tmp_path, plan_with(over, mark(logo, place), shape=shape), **{File.of(logo).sha256: logo})
    assert apart(ink(films, 0), ink(films, 1)) >= 24
    assert inside(ink(films, 0), formats.shape(shape).clear)


def test_empty_edges_of_a_logo_count_for_nothing(tmp_path: Path, logo: Path) -> None:
    films = drawn(tmp_path, plan_with(mark(logo)), **{File.of(logo).sha256: logo})
    assert ink(films).right - ink(films).left == pytest.approx(0.22 * 1080, abs=2)


def test_a_logo_keeps_its_shape_and_its_edges_have_no_other_colour(tmp_path: Path) -> None:
    disc = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    ImageDraw.Draw(disc).ellipse((20, 20, 380, 380), fill=(200, 30, 30, 255))
    disc.save(tmp_path / "disc.png")
    file = File.of(tmp_path / "disc.png")
    (frame,) = film(drawn(tmp_path, plan_with(mark(tmp_path / "disc.png")), **{file.sha256: tmp_path / "disc.png"}))
    half = (frame[:, :, 3] > 60) & (frame[:, :, 3] < 200)
    assert half.any()
    assert frame[half][:, :3].astype(int) == pytest.approx(np.tile([200, 30, 30], (int(half.sum()), 1)), abs=20)


# ── once for the same content ────────────────────────────────────────────────────────────────────────────────────


def test_other_captions_are_no_other_films() -> None:
    plan = plan_with(title(), PRICE, CARD)
    word = CueWord(text="Tea", start=3, end=9)
    other = plan.model_copy(update={"cues": (Cue(lines=((word,),), start=3, end=9),), "loudness_lufs": -16.0})
    assert insert_parts(other) == insert_parts(plan)


def test_the_same_inserts_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    a, b = (drawn(tmp_path / name, plan_with(title(end=12), PRICE, CARD)) for name in ("a", "b"))
    assert [each.file.sha256 for each in a.films] == [each.file.sha256 for each in b.films]


# ── on its own ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_moviepy_is_imported_only_for_an_insert_and_starts_nothing(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("EDITAI_HOME=/elsewhere\n", "utf-8")
    script = """
import os, subprocess, sys
import editai.render, editai.quality
assert not [name for name in sys.modules if name.startswith(("moviepy", "onnxruntime", "gradio"))]
def refuse(*_, **__): raise AssertionError("a program was started")
subprocess.Popen.__init__ = refuse
from editai.render import motion
motion._keep_moviepy_quiet()
import moviepy
assert "EDITAI_HOME" not in os.environ
"""
    environment = os.environ | {"PYTHONPATH": str(Path(editai.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
