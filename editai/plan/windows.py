"""Which moments of the sources are shown: the best one first, then the rest in the order in which it was filmed.

The hook shows the strongest moment of all. What follows keeps to the order of the sources and of the time within
each, spread over the whole of it: what hands do in a product video makes sense in that order only, and the owner
gave the sources in an order for a reason. No moment is shown twice while others are left.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from editai.models import FPS, Footage, Moment
from editai.plan.beats import SHORTEST

Frames: TypeAlias = npt.NDArray[np.float64]

CUT_MARGIN, END_MARGIN = 3, 2
"""Frames that are left out beside a cut of the source, and at its end."""

SLOWEST = 0.8
"""Slower than this looks like slow motion."""

FILLED = 0.9
"""More of a source than this cannot be filled with shots of given lengths without showing something twice."""

DARK = 0.15
"""Exposure below which there is nothing to see; such frames cost `DARK_PRICE` instead of being worth something."""

DARK_PRICE = 2.0

AGAIN, ASTRAY = 20.0, 0.5
"""What a window loses for frames that were shown already (nothing outweighs that), and for being a whole source away
from its even place in the order."""

HOOKS = 24
"""How many openings are tried, the best first, until the rest fits beside one of them without showing it again."""

LOT_MS, LOTS, FAVOURED = 2500, 10, 3.0
"""Seed 0 has the best that is known. For every other seed the source is dealt out, in stretches as long as a shot, and
a variant has those that fell to it, which are worth so many times more to it. The opening is not dealt: the seeds go
through the best ones in turn. What seed 0 shows is worth so many times less to all others."""

ALIKE = 0.4
"""What a window loses where it looks like what was shown before (`Moment.alike`)."""

FROZEN = 0.4
"""What a moment in which nothing moves at all is worth, against one that was filmed."""

MEANT = 1.2
"""How much more an opening is worth that has a face in it, or the product at a third of the picture's height at least
(tight framing: YouTube's ABCD guide)."""

MEANT_HEIGHT = 0.35


@dataclass(frozen=True, slots=True)
class Stretch:
    """Frames `start` up to `end` of a source, at the clip's rate, without a cut; `take` tells stretches apart."""

    source: int
    start: int
    end: int
    take: int

    @property
    def length(self) -> int:
        return self.end - self.start


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


def stretches(footage: Footage) -> list[Stretch]:
    """What can be shown of each source: its takes without their edges, or all of it where the takes are too short."""
    found: list[Stretch] = []
    for number, source in enumerate(footage.sources):
        last = source.duration_ms * FPS // 1000 - END_MARGIN
        own = [shot for shot in footage.shots if shot.source == number]
        edges = [(ceil(shot.start_ms * FPS / 1000), shot.end_ms * FPS // 1000) for shot in own]
        takes = [
            (start + (CUT_MARGIN if take else 0), min(last, end - (CUT_MARGIN if take < len(edges) - 1 else 0)))
            for take, (start, end) in enumerate(edges)
        ]
        takes = [(start, end) for start, end in takes if end - start >= SHORTEST]
        if not takes or max(end - start for start, end in takes) < FPS - END_MARGIN:
            takes = [(edges[0][0] if edges and edges[0][0] < last - SHORTEST else 0, last)]
        found += [Stretch(number, start, end, len(found) + take) for take, (start, end) in enumerate(takes)]
    return found


class Material:
    """The sources by the frame: how good each frame is, and how often it has been shown."""

    def __init__(self, footage: Footage, seed: int) -> None:
        self.stretches = stretches(footage)
        self.sources = len(footage.sources)
        self._still = [source.still for source in footage.sources]
        self._footage, self._seed = footage, seed
        self._alike: list[npt.NDArray[np.int64]] = []
        self._meant: list[Frames] = []
        self._seen: set[int] = set()
        self._known: list[Frames] = []
        self._worth: list[Frames] = []
        self._motion: list[Frames] = []
        self._shown: list[Frames] = []
        for number, source in enumerate(footage.sources):
            frames = source.duration_ms * FPS // 1000 + 1
            moments = [moment for moment in footage.moments if moment.source == number]
            self._known.append(by_frame(moments, frames, worth))
            dealt = _dealt(source.duration_ms // LOT_MS + 1, number, seed)
            tipped = by_frame(moments, frames, lambda moment, dealt=dealt: dealt[moment.start_ms // LOT_MS])  # type: ignore[misc]
            self._worth.append(self._known[-1] * tipped)
            self._alike.append(by_frame(moments, frames, lambda moment: moment.alike).astype(np.int64))
            self._meant.append(by_frame(moments, frames, lambda moment: MEANT if _is_meant(moment) else 1.0))
            self._motion.append(by_frame(moments, frames, lambda moment: moment.motion))
            self._shown.append(np.zeros(frames))

    def usable(self, source: int) -> int:
        """Frames of a source that can be shown."""
        return sum(stretch.length for stretch in self.stretches if stretch.source == source)

    def longest(self, source: int) -> int:
        """Frames of a source's longest take."""
        return max(stretch.length for stretch in self.stretches if stretch.source == source)

    def strongest(self, frames: int) -> int:
        """The source with the best moment to open with."""
        fitting = [source for source in range(self.sources) if fits(frames, self.longest(source))]
        fitting.sort(key=lambda source: -float(self._hooks(source, min(frames, self.longest(source))).max()))
        return fitting[self._seed % len(fitting)]

    def choose(self, lengths: Sequence[int], owners: Sequence[int]) -> list[Window]:
        """A window for each shot of the clip; `owners` says of which source (see `share`)."""
        speeds = self._speeds(lengths, owners)
        spans = [span(frames, speed) for frames, speed in zip(lengths, speeds, strict=True)]
        starts: dict[int, int] = {}
        if self._seed:
            for window in Material(self._footage, 0).choose(lengths, owners):
                self._worth[window.source][window.source_in : window.source_in + window.span] /= FAVOURED
        for source in dict.fromkeys(owners):
            mine = [number for number, owner in enumerate(owners) if owner == source]
            places = self._opened if mine[0] == 0 else self._spread
            found = places(source, [spans[number] for number in mine])
            for start, number in zip(found, mine, strict=True):
                self._look(source, start, spans[number])
            found = self._turned(source, found, [spans[number] for number in mine], 1 if mine[0] == 0 else 0)
            starts.update(zip(mine, found, strict=True))
        return self._windows(lengths, owners, speeds, starts)

    def _speeds(self, lengths: Sequence[int], owners: Sequence[int]) -> list[float]:
        needed = {
            source: sum(n for n, owner in zip(lengths, owners, strict=True) if owner == source) for source in owners
        }
        return [
            1.0  # a photo is as long as it is needed
            if self._still[source]
            else max(
                SLOWEST,
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
        values = self._hooks(source, spans[0])
        possible = np.flatnonzero(np.isfinite(values))
        tried: list[int] = []
        for start in possible[np.argsort(-values[possible], kind="stable")].tolist():
            if len(tried) < HOOKS and all(abs(start - each) >= FPS for each in tried):
                tried.append(start)
        turn = self._seed % len(tried)
        tried = tried[turn:] + tried[:turn]
        for hook in (*tried, int(possible[0]), int(possible[-1])):  # at the ends it leaves the most room
            self._shown[source][hook : hook + spans[0]] = 1
            before, self._seen = self._seen, self._seen | self._groups(source, hook, spans[0])
            rest = self._laid(source, spans[1:], again=False)
            if rest is not None:
                return [hook, *rest]
            self._shown[source][:], self._seen = 0, before
        self._shown[source][tried[0] : tried[0] + spans[0]] = 1
        return [tried[0], *self._spread(source, spans[1:])]

    def _spread(self, source: int, spans: Sequence[int]) -> list[int]:
        """Where the shots begin: in order over the source, or over it more than once where it is too short."""
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
        """The best places for the shots one after the other, in the source's order; None where they do not fit.

        With `again`, frames that were shown are avoided; without, they are forbidden. A dynamic programme over the
        source's frames: the best of all ways, exactly.
        """
        frames = len(self._worth[source])
        best, ways = np.zeros(frames + 1), []
        for number, consumed in enumerate(spans):
            value = self._values(source, consumed, again=again)
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

    def _turned(self, source: int, starts: list[int], spans: list[int], first: int) -> list[int]:
        """The places from number `first` on in another order, for a variant: in the source's own, begun elsewhere.

        Where a longer shot would then run over the end of its take, or over another one, the order stays.
        """
        rest, turn = starts[first:], self._seed % max(1, len(starts) - first)
        turned = rest[turn:] + rest[:turn]
        taken = sorted(zip([*starts[:first], *turned], spans, strict=True))
        apart = all(start + consumed <= after for (start, consumed), (after, _) in pairwise(taken))
        whole = all(
            any(
                each.source == source and each.start <= start and start + consumed <= each.end
                for each in self.stretches
            )
            for start, consumed in taken
        )
        return [*starts[:first], *turned] if apart and whole else starts

    def _groups(self, source: int, start: int, consumed: int) -> set[int]:
        """What the frames of a window look like."""
        return set(np.unique(self._alike[source][start : start + consumed]).tolist()) - {-1}

    def _look(self, source: int, start: int, consumed: int) -> None:
        self._seen |= self._groups(source, start, consumed)

    def _hooks(self, source: int, consumed: int) -> Frames:
        """What an opening that begins at each frame is worth: in its first half second something moves."""
        value = self._values(source, consumed, again=False, worth=self._known[source])
        motion = _means(self._motion[source], min(consumed, FPS // 2))[: len(value)]
        meant = self._meant[source][: len(value)]
        return np.asarray(value * np.where(value > 0, (0.6 + 0.4 * motion) * meant, 1.0), float)

    def _values(self, source: int, consumed: int, *, again: bool, worth: Frames | None = None) -> Frames:
        """What a window that begins at each frame of the source is worth; minus infinity where none may begin."""
        value = np.full(len(self._worth[source]) - consumed + 1, -np.inf)
        worth = self._worth[source] if worth is None else worth
        good, shown = _means(worth, consumed), _means(self._shown[source], consumed)
        good -= ALIKE * _means(np.isin(self._alike[source], list(self._seen)).astype(float), consumed)
        for stretch in self.stretches:
            if stretch.source == source and stretch.length >= consumed:
                inside = slice(stretch.start, stretch.end - consumed + 1)
                value[inside] = good[inside] - AGAIN * shown[inside]
        if not again:
            value[shown > 0] = -np.inf
        return value


def share(lengths: Sequence[int], material: Material) -> list[int]:
    """The source of each shot: the strongest for the hook, then each in turn, by how much there is of it.

    A source that comes with no shot was too short for any, or there are more sources than shots.
    """
    hook = material.strongest(lengths[0])
    rest = len(lengths) - 1
    usable = [material.usable(source) for source in range(material.sources)]
    quota = [0 if source == hook else 1 for source in range(material.sources)]
    while sum(quota) < rest:
        quota[max(range(material.sources), key=lambda source: usable[source] / (quota[source] + 0.5))] += 1
    owners = [hook, *(source for source in range(material.sources) for _ in range(quota[source]))][: len(lengths)]
    roomy = max(range(material.sources), key=material.longest)
    for number, source in enumerate(owners):
        if not fits(lengths[number], material.longest(source)):
            owners[number] = roomy
    for source in set(range(material.sources)) - set(owners):
        for number in range(len(owners) - 1, 0, -1):
            if owners.count(owners[number]) > 1 and fits(lengths[number], material.longest(source)):
                owners[number] = source
                break
    return owners


def fits(frames: int, longest: int) -> bool:
    """Whether a shot of the clip can be had from a take of this many frames, slowed if need be."""
    return span(frames, SLOWEST) <= longest


def _dealt(lots: int, source: int, seed: int) -> list[float]:
    """What each lot of a source is worth to a variant."""
    if not seed:
        return [1.0] * lots
    hands = [lot % LOTS for lot in range(lots)]
    random.Random(source).shuffle(hands)  # noqa: S311 - for variety, not for secrets
    return [FAVOURED if hand == seed % LOTS else 1.0 for hand in hands]


def worth(moment: Moment) -> float:
    """How much a moment is worth being shown: sharp and lively and well lit, all three."""
    if moment.black or moment.exposure < DARK:
        return -DARK_PRICE
    moves = FROZEN if moment.frozen else 0.4 + 0.6 * moment.motion
    return moment.sharpness * moves * moment.exposure


def _is_meant(moment: Moment) -> bool:
    """Whether a face or a large product is in it."""
    height = moment.subject.bottom - moment.subject.top if moment.subject else 0.0
    return moment.face > 0 or height >= MEANT_HEIGHT


def by_frame(moments: Sequence[Moment], frames: int, value: Callable[[Moment], float]) -> Frames:
    """A value of the moments for each frame of their source; before, between and after them the nearest counts."""
    if not moments:
        return np.zeros(frames)
    starts = np.array([moment.start_ms * FPS / 1000 for moment in moments])
    which = np.clip(np.searchsorted(starts, np.arange(frames), side="right") - 1, 0, len(moments) - 1)
    return np.array([value(moment) for moment in moments], float)[which]


def _means(values: Frames, length: int) -> Frames:
    """The mean of each `length` values in a row."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    return np.asarray((sums[length:] - sums[:-length]) / length, float)


def _hundredths(speed: float) -> float:
    """A speed that is exact as a fraction of a hundred, never faster than asked."""
    return int(min(speed, 1.0) * 100 + 1e-9) / 100
