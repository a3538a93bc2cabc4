from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from editai.captions import emoji


@pytest.mark.parametrize("text", ["🔥", "👩🏽‍🚀", "🇩🇪", "1️⃣", "❤️", "👍🏿", "👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "™️"])
def test_an_emoji_is_one_picture_of_coloured_shapes(text: str) -> None:
    assert emoji.clusters(text) == [text]
    assert emoji.is_meant(text)
    assert emoji.layers(text)


@pytest.mark.parametrize("text", ["a", "7", "#", "©", "é", "茶", "☎\ufe0e"])
def test_a_letter_or_a_sign_is_no_emoji(text: str) -> None:
    assert not emoji.is_meant(text)


def test_shapes_lie_in_the_picture_from_its_top_to_its_bottom() -> None:
    points = [point for layer in emoji.layers("🔥") for _, step in layer.steps for point in step]
    assert all(-0.06 <= x <= 1.06 and -0.06 <= y <= 1.06 for x, y in points)
    assert max(y for _, y in points) - min(y for _, y in points) > 0.8


def test_a_fire_is_orange_and_yellow() -> None:
    assert [layer.colour for layer in emoji.layers("🔥")] == ["#F4900C", "#FFCC4D"]


def test_several_clips_that_are_checked_at_once_find_the_same_pictures() -> None:
    texts, often = "🔥🎁👍🏽🇷🇴❤️", sys.getswitchinterval()
    for kept in (emoji.layers, emoji._glyph, emoji._ligatures, emoji._font):
        kept.cache_clear()
    together = threading.Barrier(8)

    def found(_: int) -> list[int]:
        together.wait()
        return [len(emoji.layers(each)) for each in emoji.clusters(texts)]

    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            first, *others = pool.map(found, range(8))
    finally:
        sys.setswitchinterval(often)
    assert all(each == first for each in others)
    assert all(first)
