"""When words are said, as arithmetic: order, pauses, words without a sound. Times are in any one unit."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

Span = tuple[float, float]
"""Start and end."""


def by_length(lengths: Sequence[float], stretches: Sequence[Span]) -> list[Span]:
    """Words that take turns in the `stretches` in which something is heard, each as long as its `lengths` says."""
    whole = sum(end - start for start, end in stretches)
    total = sum(lengths)
    spans: list[Span] = []
    before = 0.0
    for length in lengths:
        start, end = (whole * part / total for part in (before, before + length))
        spans.append((_place(start, stretches, 1e-6 * whole), _place(end, stretches, 0.0)))
        before += length
    return spans


def _place(heard: float, stretches: Sequence[Span], over: float) -> float:
    """Where so much of the stretches has passed; what is `over` less than a whole stretch belongs to the next."""
    for start, end in stretches[:-1]:
        if heard <= end - start - over:
            return start + max(0.0, heard)
        heard -= end - start
    return stretches[-1][0] + max(0.0, heard)


def parted(spans: Sequence[Span], pauses: Sequence[Span], reach: float, early: float = 0.0) -> list[Span]:
    """The words with each pause between the two that meet nearest to it, at most `reach` away; in order.

    A meeting up to `early` before a pause counts as one in it.
    """
    moved = list(spans)
    if len(moved) < 2:
        return moved
    for start, end in pauses:
        meetings = [(before[1] + after[0]) / 2 for before, after in pairwise(moved)]
        away, index = min((max(0.0, start - early - at, at - end), index) for index, at in enumerate(meetings))
        if away <= reach:
            moved[index] = (moved[index][0], start)
            moved[index + 1] = (end, moved[index + 1][1])
    return moved


def filled(spans: Sequence[Span | None]) -> list[Span]:
    """Every word with a time; at least one has one.

    A word without a sound (a dash, an emoji) gets the last third of the word before it, or, where it stands first,
    the first third of the word after it.
    """
    times: list[Span] = []
    waiting = 0
    for span in spans:
        if span is None and not times:
            waiting += 1
        elif span is None:
            start, end = times.pop()
            times += [(start, end - (end - start) / 3), (end - (end - start) / 3, end)]
        else:
            start, end = span
            step = (end - start) / (3 * waiting) if waiting else 0.0
            times += [(start + number * step, start + (number + 1) * step) for number in range(waiting)]
            times.append((start + waiting * step, end))
            waiting = 0
    return times


def in_order(spans: Sequence[Span], first: float, last: float, least: float) -> tuple[Span, ...]:
    """The words one after the other from `first` to `last`, each `least` long, or half its share where that is less."""
    room = min(least, (last - first) / (2 * len(spans)))
    starts = [first]
    for start, _ in spans[1:]:
        starts.append(max(start, starts[-1] + room))
    starts = [min(start, last - room * (len(spans) - index)) for index, start in enumerate(starts)]
    nexts = [*starts[1:], last]
    ends = [min(max(end, start + room), after) for (_, end), start, after in zip(spans, starts, nexts, strict=True)]
    return tuple(zip(starts, [*ends[:-1], last], strict=True))
