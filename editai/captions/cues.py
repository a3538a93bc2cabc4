"""Words with times become cues: a few words that stand on screen together, in whole frames.

Every way to cut the words into cues is priced, and the cheapest is taken (dynamic programming, so that a good break
now is not paid for by a bad one later). The figures follow the subtitle guidelines of the BBC and Netflix.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from editai.captions.layout import UPRIGHT, room, squeeze, width
from editai.captions.phrases import partings
from editai.captions.shown import check_text
from editai.captions.tokens import tokens
from editai.captions.writing import counted, read, reading
from editai.formats import Shape
from editai.models import FPS, CaptionStyle, Cue, CueWord, Narration, Word

SHORTEST = 6
"""No cue is shorter than 0.2 s."""
_SHORT = 15
_COMFORTABLE = 25
"""0.5 s is a quick cue, 0.83 s an easy one."""
_LONGEST = 4 * FPS
_TAIL = 6
"""A cue stays 0.2 s after its last word."""
GAP = 15
"""Nothing on screen for less than half a second is a flicker: the cue stays until the next one."""
_PAUSE = 9
_LONE = 28.0
"""What a cue of one word costs: it is read, and nothing is understood."""
_MOST = 8
"""A cue of so many words and marks for each that its style wants is not thought of."""


def make_cues(narration: Narration, style: CaptionStyle, shape: Shape = UPRIGHT) -> tuple[Cue, ...]:
    """The narration's words as cues in frames at `FPS`, as wide as the format allows; frame 0 is where the narration
    begins.

    Every word is there once and in order, in writing without spaces phrase by phrase. A cue has at most
    `style.max_words` words (`writing.counted`), one more where a phrase would be parted. A line is at most
    `layout.squeeze` times as wide as its room, unless a single word is wider (`layout.block` draws it smaller). The
    spans of a cue's words follow one another from its first frame to its last.
    Raises InvalidInput: 422 `no_font_for_script`.
    """
    check_text(" ".join(word.text for word in narration.words), style)
    return _Cutter(narration, style, shape).cues()


class _Cutter:
    """One narration in one style: its frames and widths, and the price of every cue."""

    def __init__(self, narration: Narration, style: CaptionStyle, shape: Shape) -> None:
        self.words: Sequence[Word] = tokens(narration)
        self.language = narration.language
        self.style = style
        self.starts = _frames(self.words)
        last = self.words[-1]
        self.stop = max(-(-last.end_ms * FPS // 1000), self.starts[-1] + 1)  # the frame at which all is said
        self.room = room(style, shape)
        self.most = squeeze(style) * self.room
        self.widths = [width(word.text, style) for word in self.words]
        self.space = width("x x", style) - width("xx", style)
        self.easy = _SHORT if style.max_words <= 3 else _COMFORTABLE  # words that pop may be quick
        self.cps = reading(self.language).cps
        self.characters = [read(word.text, self.language) for word in self.words]
        self.counts = [counted(word.text) for word in self.words]
        self.breaks = partings(self.words, self.language)

    def cues(self) -> tuple[Cue, ...]:
        cuts = self._cuts()
        return tuple(self._cue(first, beyond) for first, beyond in pairwise(cuts))

    def _cuts(self) -> list[int]:
        """Where the cues begin, as indexes of words, and the end: the cheapest of all ways."""
        count = len(self.words)
        best = [0.0] + [float("inf")] * count
        came_from = [0] * (count + 1)
        for beyond in range(1, count + 1):
            for first in range(beyond - 1, max(0, beyond - _MOST * self.style.max_words) - 1, -1):
                if sum(self.counts[first:beyond]) > 2 * self.style.max_words + 2 and first < beyond - 1:
                    break
                price = best[first] + self._price(first, beyond)
                if price < best[beyond]:
                    best[beyond], came_from[beyond] = price, first
        cuts = [count]
        while cuts[-1]:
            cuts.append(came_from[cuts[-1]])
        return cuts[::-1]

    def _price(self, first: int, beyond: int) -> float:
        """What the cue of words `first` up to `beyond` costs; lines that do not fit are out of the question."""
        count = sum(self.counts[first:beyond])
        over = max(0.0, count - self.style.max_words) if beyond - first > 1 else 0.0
        lines = self._lines(first, beyond)
        if lines is None:
            return float("inf")
        price = sum(3.0 + max(0.0, self.breaks[second - 1]) for second, _ in lines[1:])
        price += self._shrinking(max(self._width(*line) for line in lines))
        price += (25.0 if over else 0.0) + 200.0 * max(0.0, over - 1)
        price += _LONE if count <= 1 < self.style.max_words else 0.0
        price += 0.4 * (self.style.max_words - count) ** 2
        frames = self._end(beyond) - self.starts[first]
        price += 5000.0 if frames < SHORTEST else 60.0 if frames < _SHORT else 0.0
        price += 24.0 + 2.0 * (self.easy - frames) if frames < self.easy else 0.0
        price += 20.0 if frames > _LONGEST else 0.0
        price += 4.0 * max(0.0, self._characters(first, beyond) * FPS / max(frames, 1) - self.cps)
        for index in range(first, beyond - 1):  # what should have been a break and is not
            left, right = self.words[index], self.words[index + 1]
            price += 1000.0 if left.sentence != right.sentence else 0.0
            price += 14.0 if self._silence(index) >= _PAUSE else 0.0
            price += 1.8 * max(0.0, -self.breaks[index])
        if beyond < len(self.words) and self.words[beyond - 1].sentence == self.words[beyond].sentence:
            price += max(0.0, self.breaks[beyond - 1]) * (0.25 if self._silence(beyond - 1) >= _PAUSE else 1.0)
        return price

    def _lines(self, first: int, beyond: int) -> list[tuple[int, int]] | None:
        """The words as one line, or as two broken where it reads best; None where they do not fit."""
        if self._fits(first, beyond):
            return [(first, beyond)]
        if self.style.max_lines < 2:
            return None
        ways = [at for at in range(first + 1, beyond) if self._fits(first, at) and self._fits(at, beyond)]
        if not ways:
            return None

        def price(at: int) -> float:
            longer = max(self._width(first, at), self._width(at, beyond))
            return self.breaks[at - 1] + 12.0 * longer / self.room

        at = min(ways, key=price)
        return [(first, at), (at, beyond)]

    def _fits(self, first: int, beyond: int) -> bool:
        """A word alone always fits: it is shrunk or broken when it is drawn."""
        return beyond - first == 1 or self._width(first, beyond) <= self.most

    def _shrinking(self, width: float) -> float:
        """What a line of this width costs, whose letters would have to be smaller than the style's."""
        return 6.0 + 80.0 * (min(width, self.most) / self.room - 1.0) if width > self.room else 0.0

    def _width(self, first: int, beyond: int) -> float:
        return sum(self.widths[first:beyond]) + self.space * self._spaces(first, beyond)

    def _characters(self, first: int, beyond: int) -> float:
        return sum(self.characters[first:beyond]) + self._spaces(first, beyond)

    def _spaces(self, first: int, beyond: int) -> int:
        return sum(not word.glued for word in self.words[first + 1 : beyond])

    def _silence(self, index: int) -> int:
        """Frames between the end of a word and the start of the next."""
        return self.starts[index + 1] - self.words[index].end_ms * FPS // 1000

    def _end(self, beyond: int) -> int:
        """The frame at which a cue leaves the screen: touching the next one, or well before it."""
        if beyond == len(self.words):
            return self.stop + _TAIL
        said = min(max(self.words[beyond - 1].end_ms * FPS // 1000, self.starts[beyond - 1] + 1), self.starts[beyond])
        return said + _TAIL if self.starts[beyond] - (said + _TAIL) >= GAP else self.starts[beyond]

    def _cue(self, first: int, beyond: int) -> Cue:
        start, end = self.starts[first], self._end(beyond)
        following = self.starts[beyond] if beyond < len(self.words) else end + _COMFORTABLE
        if end < following:
            end = min(max(end, start + _COMFORTABLE), max(end, following - GAP))
        ends = [*self.starts[first + 1 : beyond], end]
        words = [
            CueWord(text=word.text, start=begin, end=stop, glued=word.glued)
            for word, begin, stop in zip(self.words[first:beyond], self.starts[first:beyond], ends, strict=True)
        ]
        lines = self._lines(first, beyond) or [(first, beyond)]
        return Cue(lines=tuple(tuple(words[a - first : b - first]) for a, b in lines), start=start, end=end)


def _frames(words: Sequence[Word]) -> list[int]:
    """The frame in which each word begins, each later than the one before."""
    frames: list[int] = []
    for word in words:
        frame = word.start_ms * FPS // 1000
        frames.append(max(frame, frames[-1] + 1) if frames else max(frame, 0))
    return frames
