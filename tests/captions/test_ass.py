"""The captions as the real ffmpeg draws them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from editai import captions, formats
from editai.bundled import FONTS
from editai.captions.ass import ass
from editai.captions.layout import block
from editai.captions.tags import timestamp
from editai.formats import Shape
from editai.models import CaptionStyle

from .drawing import GREY, Box, Screen, coloured, cue, drawn, narration, plan

BOLD, POP, BOXED = captions.style("bold"), captions.style("pop"), captions.style("boxed")
SMALL = BOLD.model_copy(update={"size_px": 58, "outline_px": 3.5})
every_style = pytest.mark.parametrize("style", captions.styles(), ids=lambda style: style.name)

HOSTILE = [
    r"C:\New\nice\home",
    "{curly}",
    r"{\b1}x{\b0}",
    r"a\Nb",
    r"\n",
    "\\",
    r"\\",
    r"\{\}",
    "{",
    "}{",
    "100%",
    "%{pts}",
    "-dash",
    "“quotes”",
    "it's",
    "<i>&amp;</i>",
    "0:00,x",
    "#1",
    "a:b='c'[d];e",
]


def inside(inner: Box, outer: Box) -> bool:
    return (
        outer.left <= inner.left
        and outer.top <= inner.top
        and inner.right <= outer.right
        and inner.bottom <= outer.bottom
    )


@every_style
def test_the_picture_shows_the_cue_where_the_layout_says(style: CaptionStyle, screen: Screen) -> None:
    item = cue("Only $24.99", "for 50 bags,")
    laid = block(item, style)
    assert laid is not None
    seen = drawn(screen.frame(ass(plan([item], style)), item.end - 1))
    assert seen is not None
    edge = 16 if style.plate or style.halo_px else 8  # a plate lies under one word only, a soft edge fades
    edge += 2 if style.entrance == "pop" else 0  # and what pops has room for it
    assert abs(seen.left - laid.left) <= edge
    assert abs(seen.right - laid.right) <= edge
    assert abs(seen.top - laid.top) <= edge + 6
    assert abs(seen.bottom - laid.bottom) <= edge + 6


@pytest.mark.parametrize(
    "style",
    [style for style in captions.styles() if style.mark == "spoken" and not style.entrance and not style.plate],
    ids=lambda style: style.name,
)
def test_in_every_frame_one_word_is_highlighted_and_it_is_the_spoken_one(style: CaptionStyle, screen: Screen) -> None:
    cues = captions.make_cues(narration("Green tea, no bags.", cps=24), style)
    text = ass(plan(cues, style))
    last = cues[-1].end
    frames = screen.frames(text, 0, last + 1, rows=(900, 1300))
    assert drawn(frames[cues[0].start - 1]) is None
    assert drawn(frames[last]) is None
    for item in cues:
        laid = block(item, style)
        assert laid is not None
        places: list[Box] = []
        for word in item.words:
            seen = [coloured(frames[at], style.highlight) for at in range(word.start, word.end)]
            assert seen[0] is not None
            assert all(box == seen[0] for box in seen)
            places.append(seen[0])
        rows = [[places.pop(0) for _ in line] for line in item.lines]
        assert all(left.right < right.left for row in rows for left, right in pairwise(row))
        assert all(upper[0].bottom <= lower[0].top + 4 for upper, lower in pairwise(rows))


def test_a_word_that_pops_is_larger_at_first_and_then_as_large_as_it_was(screen: Screen) -> None:
    frames = screen.frames(ass(plan([cue("one two three")], POP)), 0, 30)
    two = [coloured(frames[at], POP.highlight) for at in range(10, 20)]
    assert all(two)
    wide = [box.right - box.left for box in two if box]
    assert 1.06 * wide[-1] < wide[0] <= 1.13 * wide[-1]
    assert len(set(wide[5:])) == 1


def test_in_karaoke_a_word_is_filled_while_it_is_said_and_stays_so(screen: Screen) -> None:
    style = captions.style("karaoke")
    frames = screen.frames(ass(plan([cue("one two three")], style)), 0, 30)
    filled = [coloured(frame, style.highlight) for frame in frames]
    rights = [box.right if box else 0 for box in filled[1:]]
    assert rights == sorted(rights)
    assert len(set(rights)) >= 15
    assert filled[29] is not None
    assert filled[29].right - filled[29].left > 2.5 * (filled[9].right - filled[9].left if filled[9] else 999)


def test_a_plate_lies_under_the_spoken_word_alone(screen: Screen) -> None:
    style = captions.style("boxed_word")
    item = cue("one two three")
    laid = block(item, style)
    assert laid is not None
    frames = screen.frames(ass(plan([item], style)), 0, 30)
    for number, piece in enumerate(laid.lines[0].pieces):
        plate = coloured(frames[10 * number + 5], style.plate)
        assert plate is not None
        assert plate.left < piece.left < piece.left + piece.width < plate.right
        assert plate.right - plate.left < piece.width + 0.5 * laid.size


def test_a_highlighters_stroke_grows_with_what_is_said(screen: Screen) -> None:
    style = captions.style("highlighter")
    frames = screen.frames(ass(plan([cue("one two three")], style)), 0, 30)
    strokes = [coloured(frames[at], style.plate) for at in (8, 18, 28)]
    assert all(strokes)
    assert len({stroke.left for stroke in strokes if stroke}) == 1
    assert [stroke.right for stroke in strokes if stroke] == sorted({stroke.right for stroke in strokes if stroke})


def test_a_typewriter_shows_letter_by_letter_what_is_said_and_nothing_before(screen: Screen) -> None:
    style = captions.style("typewriter")
    frames = screen.frames(ass(plan([cue("alpha beta")], style)), 0, 20)
    written = [coloured(frame, style.colour) for frame in frames]
    rights = [box.right if box else 0 for box in written]
    assert rights == sorted(rights)
    assert len(set(rights[:10])) >= 4
    assert max(rights[:10]) < 540 + 60
    assert len(set(rights[10:])) >= 4


def test_a_cue_that_rises_does_so_only_where_nothing_stood_before_it(screen: Screen) -> None:
    style = captions.style("minimal")
    frames = screen.frames(ass(plan([cue("alone"), cue("alone", start=10)], style)), 0, 20)
    boxes = [drawn(frame) for frame in frames]
    assert boxes[1] is not None
    assert boxes[9] is not None
    assert boxes[1].top > boxes[9].top
    assert {box.top for box in boxes[9:] if box} == {boxes[9].top}


def test_the_second_line_of_two_tones_has_the_other_colour(screen: Screen) -> None:
    style = captions.style("two_tone")
    frame = screen.frame(ass(plan([cue("one two", "three")], style)), 5)
    first, second = coloured(frame, style.colour), coloured(frame, style.highlight)
    assert first is not None
    assert second is not None
    assert first.bottom <= second.top


@every_style
def test_an_emoji_is_drawn_in_its_colours_beside_its_word(style: CaptionStyle, screen: Screen) -> None:
    item = cue("🔥") if style.max_words == 1 else cue("hot 🔥")
    frame = screen.frame(ass(plan([item], style)), item.end - 1)
    flame = coloured(frame, "#F4900C")
    laid = block(item, style)
    assert flame is not None
    assert laid is not None
    assert laid.left < flame.left < flame.right < laid.right
    assert laid.top < flame.top < flame.bottom < laid.bottom


def test_an_emphasised_word_stands_out_while_it_is_not_spoken(screen: Screen) -> None:
    item = cue("only today")
    words = (item.words[0], item.words[1].model_copy(update={"emphasised": True}))
    frame = screen.frame(ass(plan([item.model_copy(update={"lines": (words,)})], BOLD)), 5)
    marked, only = coloured(frame, BOLD.emphasis), coloured(screen.frame(ass(plan([item], BOLD)), 5), BOLD.highlight)
    assert marked is not None
    assert only is not None
    assert marked.right > only.right + 50


@pytest.mark.parametrize("text", ["واحد اثنان ثلاثة", "אחת שתיים שלוש"], ids=["arabic", "hebrew"])
def test_words_of_a_script_from_right_to_left_are_marked_from_right_to_left(text: str, screen: Screen) -> None:
    frames = screen.frames(ass(plan([cue(text)], BOLD)), 0, 30)
    marked = [coloured(frames[at], BOLD.highlight) for at in (5, 15, 25)]
    assert all(marked)
    lefts = [box.left for box in marked if box]
    assert lefts == sorted(lefts, reverse=True)
    assert all(after.right <= before.left for before, after in pairwise(box for box in marked if box))


@pytest.mark.parametrize(
    "text", ["今すぐ買う", "立即购买", "지금 구매", "ซื้อเลย", "अभी ख़रीदें", "Αγορά", "Купить", "شاي", "طازج", "קנו"]
)
def test_words_of_every_script_are_as_large_and_where_they_were_measured(text: str, screen: Screen) -> None:
    laid = block(cue(text), BOLD)
    seen = drawn(screen.frame(ass(plan([cue(text)], BOLD)), 5))
    assert laid is not None
    assert seen is not None
    assert abs(seen.left - laid.left) <= 14
    assert abs(seen.right - laid.right) <= 14
    assert laid.top - 4 <= seen.top < seen.bottom <= laid.bottom + 4


def test_the_words_around_the_spoken_one_do_not_move(screen: Screen) -> None:
    frames = screen.frames(ass(plan([cue("one two three")], BOLD)), 0, 30)
    boxes = {drawn(frames[at]) for at in (5, 15, 25)}
    assert len(boxes) == 1


@pytest.mark.parametrize("frame", [0, 1, 2, 3, 29, 100, 1799, 5399])
@pytest.mark.parametrize("fps", [24, 25, 30, 50, 60])
def test_a_time_lies_between_its_frame_and_the_one_before(frame: int, fps: int) -> None:
    hours, minutes, seconds = timestamp(frame, fps).split(":")
    milliseconds = round((int(hours) * 3600 + int(minutes) * 60 + float(seconds)) * 1000)
    assert milliseconds <= frame * 1000 // fps
    assert frame == 0 or milliseconds > (frame - 1) * 1000 / fps


@pytest.mark.slow
def test_hostile_texts_are_drawn_as_typed(screen: Screen) -> None:
    """Each is as wide and as high as Pillow draws the same characters, so nothing was eaten, added or wrapped."""
    cues = [cue(text, start=index, each=1) for index, text in enumerate(HOSTILE)]
    frames = screen.frames(ass(plan(cues, SMALL)), 0, len(cues))
    for item, picture in zip(cues, frames, strict=True):
        seen = drawn(picture)
        assert seen is not None
        assert (picture.shape[0], inked(seen, item.text)) == (1920, True), item.text


def inked(seen: Box, text: str) -> bool:
    """Whether what was drawn is as large as the ink of `text` with its outline and shadow, to 6 px."""
    from PIL import ImageFont

    face = ImageFont.truetype(str(FONTS / SMALL.font_file), SMALL.size_px)
    left, top, right, bottom = face.getbbox(text, anchor="ls")
    around = 2 * SMALL.outline_px
    return (
        abs(seen.right - seen.left - (right - left) - around) <= 6
        and abs(seen.bottom - seen.top - (bottom - top) - around) <= 6
    )


def test_a_braced_word_is_the_pixels_that_pillow_draws(screen: Screen) -> None:
    from PIL import Image, ImageDraw, ImageFont

    text = r"{\N}"
    picture = screen.frame(ass(plan([cue(text)], BOLD)), 0)
    image = Image.new("L", (1080, 1920))
    face = ImageFont.truetype(str(FONTS / BOLD.font_file), BOLD.size_px)
    laid = block(cue(text), BOLD)
    assert laid is not None
    ImageDraw.Draw(image).text((540, laid.lines[0].middle + 0.35 * laid.size), text, 255, face, anchor="ms")
    expected = np.asarray(image) > 128
    highlight = np.array([int(BOLD.highlight[at : at + 2], 16) for at in (1, 3, 5)])
    seen = np.abs(picture.astype(np.int16) - highlight).max(axis=2) < 110
    assert (seen & expected).sum() / (seen | expected).sum() > 0.85


@pytest.mark.parametrize("shape", formats.shapes(), ids=lambda shape: shape.name)
@every_style
def test_in_every_format_what_is_drawn_lies_in_what_it_leaves_clear(
    shape: Shape, style: CaptionStyle, screen: Screen
) -> None:
    spoken = narration("Extraordinarily good-looking; see www.goldenleaf.example/offers/autumn today!")
    lines = captions.make_cues(spoken, style, shape)
    cues = [cue(*item.text.split("\n"), start=at, each=5) for at, item in zip(range(0, 990, 90), lines, strict=False)]
    size = shape.width_px, shape.height_px
    text = ass(plan(cues, style, *size))
    for item in (cues[0], cues[-1]):
        seen = drawn(screen.frames(text, item.end - 1, 1, *size)[0])
        assert seen is not None
        assert inside(seen, Box(**shape.clear.model_dump()))


def test_a_smaller_picture_has_the_same_captions_smaller(screen: Screen) -> None:
    item = cue("Only $24.99")
    large = drawn(screen.frame(ass(plan([item], BOLD)), 0))
    small = drawn(screen.frames(ass(plan([item], BOLD, 540, 960)), 0, 1, 540, 960)[0])
    assert large is not None
    assert small is not None
    assert abs(small.left * 2 - large.left) <= 4
    assert abs(small.bottom * 2 - large.bottom) <= 4


def test_the_box_is_of_one_shade_without_seams(screen: Screen) -> None:
    picture = screen.frame(ass(plan([cue("one two three")], BOXED)), 0)
    seen = drawn(picture)
    assert seen is not None
    margin = picture.astype(np.int16)[seen.top + 3 : seen.top + 9, seen.left + 40 : seen.right - 40]
    assert np.ptp(margin, axis=(0, 1)).max() <= 2
    assert margin.max() < GREY / 2


def test_a_cue_that_cannot_be_drawn_has_no_event() -> None:
    assert "Dialogue" not in ass(plan([cue("\U00013000")], BOLD))
