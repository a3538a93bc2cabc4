"""Which moments of the sources are shown: the best one first, then the rest in the order in which it was filmed.

The hook shows the strongest moment of all. What follows keeps to the order of the sources and of the time within
each, spread over the whole of it: what hands do in a product video makes sense in that order only, and the owner
gave the sources in an order for a reason. A variant begins elsewhere in that order and comes round to its beginning.
No moment is shown twice while others are left, and what looks like one that was shown counts as shown.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

import numpy as np
import numpy.typing as npt

from editai.models import FPS, Footage
from editai.plan.moments import LIVELY, Frames, by_frame, is_meant, means, stretches, worth

SLOWEST = 0.8
"""Slower than this looks like slow motion."""

FILLED = 0.9
"""More of a source than this cannot be filled with shots of given lengths without showing something twice."""

STILL_LONGEST = 3 * FPS
"""A photo is looked at for three seconds (a still shot that lasts longer loses people; craft rule of the house)."""

AGAIN, ASTRAY = 20.0, 0.5
"""What a window loses for frames that were shown already (nothing outweighs that), and for being a whole source away
from its even place in the order."""

HOOKS = 24
"""How many openings are tried, the best first, until the rest fits beside one of them without showing it again."""

ALIKE, ALIKE_ROUNDS = 1.0, 4
"""What a window loses where it looks like what was shown before (`Moment.alike`), which no other moment outweighs
unless it is black; and how often the shots of a source are laid until no two of them look alike."""

SAME = 0.5
"""Variants that share so much of their shots are the same clip."""

TAKEN, TRIES = 0.5, 20
"""What a frame loses for each variant that shows it, and how often a variant is laid, more for those that it is too
much like, until it shares less than half of its shots with each."""

CHANCE, MORE_CHANCE = 0.3, 1.0
"""By how much chance tips what a moment is worth to a variant, and to one with a seed beyond the first ten."""

OPENS_ALIKE = 0.5
"""What an opening is worth to a variant where it looks like that of another."""

GOLDEN = 0.618
"""The parts of its way by which the variants' orders are turned lie evenly apart, however many there are."""

MEANT, QUIET = 1.2, 0.5
"""How much more an opening is worth that has a face in its first frame, or the product large, and what it is worth
where there is neither and nothing moves."""


@dataclass(frozen=True, slots=True)
class Window:
    """`frames` frames of the clip from a source; `repeated` of what they consume was shown before."""

    source: int
    source_in: int
    frames: int
    speed: float
    take: int
    repeated: int = 0

    @property
    def span(self) -> int:
        return span(self.frames, self.speed)


def span(frames: int, speed: float) -> int:
    """How many frames of the source a shot consumes."""
    return ceil(round(frames * speed, 6))


class Material:
    """The sources by the frame: how good each frame is, and how often it has been shown.

    `others` are the variants before this one, which is to show something else.
    """

    def __init__(self, footage: Footage, seed: int, others: Sequence[Sequence[Window]] = ()) -> None:
        self.stretches = stretches(footage)
        self.sources = len(footage.sources)
        self.turn = len(others)
        self._still = [source.still for source in footage.sources]
        self._others = others
        chance = random.Random(seed)  # noqa: S311 - for variety, not for secrets
        most = 0.0 if not others else CHANCE if seed == len(others) else MORE_CHANCE
        self._alike: list[npt.NDArray[np.int64]] = []
        self._meant: list[Frames] = []
        self._worth: list[Frames] = []
        self._motion: list[Frames] = []
        for number, source in enumerate(footage.sources):
            frames = source.duration_ms * FPS // 1000 + 1
            moments = [moment for moment in footage.moments if moment.source == number]
            tipped = by_frame(moments, frames, lambda _: 1 + most * chance.random())
            self._worth.append(by_frame(moments, frames, worth) * tipped)
            self._alike.append(by_frame(moments, frames, lambda moment: moment.alike).astype(np.int64))
            self._meant.append(by_frame(moments, frames, lambda moment: MEANT if is_meant(moment) else 1.0))
            self._motion.append(by_frame(moments, frames, lambda moment: moment.motion))
        self._openings = self._marks([(other[0], 1.0) for other in others])
        self._opened_like = {group for other in others for group in self._groups(other[0])}
        self._begin([0.0] * len(others))

    def _begin(self, weights: Sequence[float]) -> None:
        """Nothing is shown yet; each of the other variants weighs so much."""
        self._shown = [np.zeros(len(frames)) for frames in self._worth]
        self._seen: set[int] = set()
        self._taken = self._marks(
            [(window, weight) for other, weight in zip(self._others, weights, strict=True) for window in other]
        )

    def _marks(self, windows: Sequence[tuple[Window, float]]) -> list[Frames]:
        """For each frame of the sources how much the windows over it weigh."""
        marks = [np.zeros(len(frames)) for frames in self._worth]
        for window, weight in windows:
            marks[window.source][window.source_in : window.source_in + window.span] += weight
        return marks

    def is_still(self, source: int) -> bool:
        """Whether it is a photo."""
        return self._still[source]

    def usable(self, source: int) -> int:
        """Frames of a source that can be shown."""
        if self._still[source]:
            return STILL_LONGEST
        return sum(stretch.length for stretch in self.stretches if stretch.source == source)

    def longest(self, source: int) -> int:
        """Frames of a source's longest take."""
        if self._still[source]:
            return STILL_LONGEST
        return max(stretch.length for stretch in self.stretches if stretch.source == source)

    @property
    def longest_shot(self) -> int:
        """Frames of the longest shot that can be had of any source, slowed if need be."""
        return max(int(self.longest(source) / self._slowest(source)) for source in range(self.sources))

    def fits(self, frames: int, source: int) -> bool:
        """Whether a shot of so many frames can be had of a source, slowed if need be."""
        return span(frames, self._slowest(source)) <= self.longest(source)

    def _slowest(self, source: int) -> float:
        return 1.0 if self._still[source] else SLOWEST  # a photo is as long as it is needed

    def strongest(self, frames: int) -> int:
        """The source with the best moment to open with; for a variant, of those that opened the fewest others."""

        def best(source: int) -> tuple[bool, int, float]:
            value = float(self._hooks(source, min(frames, self.longest(source))).max())
            opened = sum(other[0].source == source for other in self._others)
            return value < -AGAIN / 2, opened, -value

        return min((source for source in range(self.sources) if self.fits(frames, source)), key=best)

    def choose(self, lengths: Sequence[int], owners: Sequence[int]) -> list[Window]:
        """A window for each shot of the clip; `owners` says of which source (see `variants.share`)."""
        speeds = self._speeds(lengths, owners)
        weights = [TAKEN] * len(self._others)
        best, least = list[Window](), float("inf")
        for _ in range(TRIES):
            self._begin(weights)
            found = self._chosen(lengths, owners, speeds)
            like = [shared(found, other) for other in self._others]
            if max(like, default=0.0) < least:
                best, least = found, max(like, default=0.0)
            if least < SAME:
                break
            weights = [weight + TAKEN * (each >= SAME) for weight, each in zip(weights, like, strict=True)]
        return best

    def _chosen(self, lengths: Sequence[int], owners: Sequence[int], speeds: Sequence[float]) -> list[Window]:
        spans = [span(frames, speed) for frames, speed in zip(lengths, speeds, strict=True)]
        starts: dict[int, int] = {}
        for source in dict.fromkeys(owners):
            mine = [number for number, owner in enumerate(owners) if owner == source]
            places = self._opened if mine[0] == 0 else self._spread
            found = places(source, [spans[number] for number in mine])
            starts.update(zip(mine, found, strict=True))
            for start, number in zip(found, mine, strict=True):
                self._seen |= self._looks(source, start, spans[number])
        return self._windows(lengths, owners, speeds, starts)

    def _speeds(self, lengths: Sequence[int], owners: Sequence[int]) -> list[float]:
        needed = {
            source: sum(n for n, owner in zip(lengths, owners, strict=True) if owner == source) for source in owners
        }
        return [
            max(
                self._slowest(source),
                min(
                    _hundredths(FILLED * self.usable(source) / needed[source]),
                    _hundredths(self.longest(source) / frames),
                ),
            )
            for frames, source in zip(lengths, owners, strict=True)
        ]

    def _windows(
        self, lengths: Sequence[int], owners: Sequence[int], speeds: Sequence[float], starts: dict[int, int]
    ) -> list[Window]:
        shown = [np.zeros(len(frames), bool) for frames in self._shown]
        windows = []
        for number, (frames, source, speed) in enumerate(zip(lengths, owners, speeds, strict=True)):
            start, consumed = starts[number], span(frames, speed)
            repeated = 0 if self._still[source] else int(shown[source][start : start + consumed].sum())
            shown[source][start : start + consumed] = True
            take = next(
                each.take for each in self.stretches if each.source == source and each.start <= start < each.end
            )
            windows.append(Window(source, start, frames, speed, take, repeated))
        return windows

    def _opened(self, source: int, spans: Sequence[int]) -> list[int]:
        """Where the hook and the source's other shots begin: the best hook that leaves room for them all."""
        if self._still[source]:
            return [0] * len(spans)
        values = self._hooks(source, spans[0])
        possible = np.flatnonzero(np.isfinite(values))
        tried: list[int] = []
        for start in possible[np.argsort(-values[possible], kind="stable")].tolist():
            if len(tried) < HOOKS and all(abs(start - each) >= FPS for each in tried):
                tried.append(start)
        for hook in (*tried, int(possible[0]), int(possible[-1])):  # at the ends it leaves the most room
            self._shown[source][hook : hook + spans[0]] = 1
            before, self._seen = self._seen, self._seen | self._looks(source, hook, spans[0])
            rest = self._laid(source, spans[1:], again=False)
            if rest is not None:
                return [hook, *rest]
            self._shown[source][:], self._seen = 0, before
        self._shown[source][tried[0] : tried[0] + spans[0]] = 1
        return [tried[0], *self._spread(source, spans[1:])]

    def _spread(self, source: int, spans: Sequence[int]) -> list[int]:
        """Where the shots begin: in order over the source, or over it more than once where it is too short."""
        if self._still[source]:
            return [0] * len(spans)
        laid = self._laid(source, spans, again=False)
        rounds = 0
        while laid is None:
            rounds += 1  # at the most one for each shot: each fits into the longest take
            laid = self._laid_again(source, spans, rounds)
        return laid

    def _laid_again(self, source: int, spans: Sequence[int], rounds: int) -> list[int] | None:
        """The shots in so many rounds over the source, each avoiding what was shown before."""
        before, starts = self._shown[source].copy(), list[int]()
        edges = [len(spans) * number // rounds for number in range(rounds + 1)]
        for begin, end in pairwise(edges):
            laid = self._laid(source, spans[begin:end], again=True)
            if laid is None:
                self._shown[source] = before
                return None
            for start, consumed in zip(laid, spans[begin:end], strict=True):
                self._shown[source][start : start + consumed] += 1
            starts += laid
        return starts

    def _laid(self, source: int, spans: Sequence[int], *, again: bool) -> list[int] | None:
        """The best places for the shots, no two of which look alike where there are others; None where they do not
        fit. In the source's order; a variant begins elsewhere in it and comes to its beginning later."""
        turn = 0 if again else int(len(spans) * (GOLDEN * self.turn % 1))
        ordered = [*spans[turn:], *spans[:turn]]
        price = np.zeros(len(self._worth[source]))
        best = self._in_order(source, ordered, price, again=again)
        if best is None:
            return None
        twice = self._twice(source, best, ordered)
        for _ in range(ALIKE_ROUNDS):
            if not twice:
                break
            price[np.isin(self._alike[source], list(twice))] = ALIKE
            for start, consumed in zip(best, ordered, strict=True):
                if not self._looks(source, start, consumed) <= twice:
                    price[start : start + consumed] = 0
            found = self._in_order(source, ordered, price, again=again)
            like = self._twice(source, found, ordered) if found else twice
            if found is None or len(like) >= len(twice):
                break
            best, twice = found, like
        return [*best[len(spans) - turn :], *best[: len(spans) - turn]]

    def _twice(self, source: int, starts: Sequence[int], spans: Sequence[int]) -> set[int]:
        """What shots look like that look like nothing but what better ones of them look like."""
        by_worth = sorted(
            zip(starts, spans, strict=True),
            key=lambda each: -float(self._worth[source][each[0] : each[0] + each[1]].mean()),
        )
        seen: set[int] = set()
        twice: set[int] = set()
        for start, consumed in by_worth:
            looks = self._looks(source, start, consumed)
            twice |= looks if looks and looks <= seen else set()
            seen |= looks
        return twice

    def _in_order(self, source: int, spans: Sequence[int], price: Frames, *, again: bool) -> list[int] | None:
        """The best places for the shots one after the other, in the source's order; None where they do not fit.

        With `again`, frames that were shown are avoided; without, they are forbidden. `price` is of each frame. A
        dynamic programme over the source's frames: the best of all ways, exactly.
        """
        frames = len(self._worth[source])
        best, ways = np.zeros(frames + 1), []
        for number, consumed in enumerate(spans):
            value = self._values(source, consumed, again=again) - means(price + self._taken[source], consumed)
            middles = np.arange(len(value)) + consumed / 2
            value -= ASTRAY * np.abs(middles / frames - (number + 0.5) / len(spans))
            way = np.full(frames + 1, -np.inf)
            way[consumed : consumed + len(value)] = value + best[: len(value)]
            ways.append(way)
            best = np.maximum.accumulate(way)
        if not np.isfinite(best[-1]):
            return None
        starts, end = [], frames
        for way, consumed in zip(reversed(ways), reversed(spans), strict=True):
            end = int(way[: end + 1].argmax()) - consumed
            starts.append(end)
        return starts[::-1]

    def _groups(self, window: Window) -> set[int]:
        return self._looks(window.source, window.source_in, window.span)

    def _looks(self, source: int, start: int, consumed: int) -> set[int]:
        """What the frames of a window look like."""
        return set(np.unique(self._alike[source][start : start + consumed]).tolist()) - {-1}

    def _hooks(self, source: int, consumed: int) -> Frames:
        """What an opening that begins at each frame is worth: in its first half second something moves.

        A variant opens with nothing that another one opens with, or only what is left.
        """
        value = self._values(source, consumed, again=False)
        motion = means(self._motion[source], min(consumed, FPS // 2))[: len(value)]
        like = np.isin(self._alike[source], list(self._opened_like))[: len(value)]
        meant = self._meant[source][: len(value)]
        quiet = (meant == 1.0) & (self._motion[source][: len(value)] < LIVELY) & (not self._still[source])
        factor = (0.6 + 0.4 * motion) * meant * np.where(like, OPENS_ALIKE, 1.0) * np.where(quiet, QUIET, 1.0)
        opened = means(self._openings[source], consumed)
        return np.asarray(value * np.where(value > 0, factor, 1.0) - AGAIN * opened, float)

    def _values(self, source: int, consumed: int, *, again: bool) -> Frames:
        """What a window that begins at each frame of the source is worth; minus infinity where none may begin."""
        value = np.full(len(self._worth[source]) - consumed + 1, -np.inf)
        good, shown = means(self._worth[source], consumed), means(self._shown[source], consumed)
        good -= ALIKE * means(np.isin(self._alike[source], list(self._seen)).astype(float), consumed)
        for stretch in self.stretches:
            if stretch.source == source and stretch.length >= consumed:
                inside = slice(stretch.start, stretch.end - consumed + 1)
                value[inside] = good[inside] - AGAIN * shown[inside]
        if not again:
            value[shown > 0] = -np.inf
        return value


def shared(windows: Sequence[Window], others: Sequence[Window]) -> float:
    """The part of the shots of either of which more than half is in the other too."""
    return max(
        sum(_covered(window, other) > 0.5 for window in one) / len(one)
        for one, other in ((windows, others), (others, windows))
    )


def opens_like(windows: Sequence[Window], others: Sequence[Window]) -> bool:
    """Whether the first shots of both have more than half in common."""
    return _covered(windows[0], others[:1]) > 0.5


def _covered(window: Window, others: Sequence[Window]) -> float:
    frames = set(range(window.source_in, window.source_in + window.span))
    for other in others:
        if other.source == window.source:
            frames -= set(range(other.source_in, other.source_in + other.span))
    return 1 - len(frames) / window.span


def _hundredths(speed: float) -> float:
    """A speed that is exact as a fraction of a hundred, never faster than asked."""
    return int(min(speed, 1.0) * 100 + 1e-9) / 100
