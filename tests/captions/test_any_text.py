"""Whatever is typed lies in what platforms leave clear, as it is laid out and as ffmpeg draws it, or is refused by an
error that names the writing system."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from editai import captions, formats
from editai.captions.ass import ass
from editai.captions.layout import block
from editai.errors import InvalidInput
from editai.formats import Shape
from editai.models import CaptionStyle

from .drawing import Box, Screen, cue, drawn, plan

every_style = pytest.mark.parametrize("style", captions.styles(), ids=lambda style: style.name)

WRITTEN = [
    "abcdefghijklmnopqrstuvwxyzßéñőłİıﬁ",
    "ABCΩΨΛдйщЮЁ",
    "0123456789%$€.,:;!?-–—'\"()[]{}\\/|<>&#*_~^`",
    "ابتثجحخدشصضطظعغفقكلمنهويأإآءةىلا",
    "אבגדהוזחטיכלמנסעפצקרשת",
    "\u064b\u064e\u0650\u0651\u0652\u05b0\u05b8\u05c1",
    "कखगघचजटडतदनपबमयरलवशसहािीुूेैोौंः़्",
    "กขคงจชดตทนบปพมยรลวสหอาิีึืุูเแโใไ่้",
    "的一是不了人我在有他这中大来",
    "あいうえおアイウエオ日本語",
    "가나다라마바사",
    "Tiếngviệtđặcsắc",
    "🔥🎁👍🏽👩‍🚀🇩🇪❤️1️⃣",
    "\u0300\u0323\u0338\u20dd\u0489",
    "\u200b\u200c\u200d\u200e\u200f\u202e\u2066\u2069\ufeff\u00ad",
]
"""Letters of each script that is drawn here, marks that stack, and what cannot be seen but turns text around."""

ROUNDED = 2
"""Pixels at half the size by which a word of many fonts may be drawn wider than the sum of what these measure."""

texts = some.one_of(
    some.text(some.characters(exclude_categories=["Cs"]), min_size=1, max_size=40),
    some.text(some.characters(max_codepoint=0x24F, exclude_categories=["Cc"]), min_size=1, max_size=40),
    some.sampled_from(WRITTEN).flatmap(lambda letters: some.text(letters + " ", min_size=1, max_size=40)),
    some.text("".join(WRITTEN) + " ", min_size=1, max_size=40),
).filter(lambda text: text.strip() != "")


def is_refused(text: str, style: CaptionStyle) -> bool:
    """Whether the text is refused; the error says of which writing system there is no font."""
    try:
        captions.check_text(text, style)
    except InvalidInput as error:
        if error.slug != "no_font_for_script" or not error.hint:
            raise
        return True
    return False


def inside(inner: Box, outer: Box) -> bool:
    return (
        outer.left <= inner.left
        and outer.top <= inner.top
        and inner.right <= outer.right
        and inner.bottom <= outer.bottom
    )


@given(texts, some.sampled_from(captions.styles()), some.sampled_from(formats.shapes()))
@settings(max_examples=150, deadline=None)
def test_any_text_is_laid_out_in_what_is_clear_or_refused_by_name(text: str, style: CaptionStyle, shape: Shape) -> None:
    if is_refused(text, style):
        return
    laid = block(cue(text), style, shape)
    if laid is not None:
        clear = shape.clear
        assert clear.left <= laid.left < laid.right <= clear.right
        assert clear.top <= laid.top < laid.bottom <= clear.bottom
        for piece in (piece for line in laid.lines for piece in line.pieces):
            assert laid.left - 1 <= piece.left <= piece.left + piece.width <= laid.right + 1


@pytest.mark.slow
@every_style
@given(words=some.lists(texts, min_size=8, max_size=8))
@settings(
    max_examples=1,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_text_is_drawn_in_what_is_clear(screen: Screen, style: CaptionStyle, words: list[str]) -> None:
    shown = [" ".join(word.split()[:6]) for word in words if not is_refused(word, style)]
    cues = [cue(text, start=6 * index, each=6) for index, text in enumerate(shown)]
    cues = [item.model_copy(update={"end": item.start + 6}) for item in cues]
    if not cues:
        return
    frames = screen.frames(ass(plan(cues, style, 540, 960)), 0, 6 * len(cues), 540, 960)
    clear = formats.shape("9:16").clear
    zone = Box(
        clear.left // 2 - ROUNDED, clear.top // 2 - ROUNDED, clear.right // 2 + ROUNDED, clear.bottom // 2 + ROUNDED
    )
    for item in cues:
        laid = block(item, style)
        for at in (item.start, item.end - 1):
            seen = drawn(frames[at])
            assert laid is not None or seen is None, item.text
            assert seen is None or inside(seen, zone), item.text
