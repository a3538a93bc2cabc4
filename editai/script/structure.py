"""How a clip of a length is built: its slots, their times, and how many characters can be said in them.

The table is `assets/script/structures.json`: house numbers, for which no platform gives official ones. Between two of
its lengths a slot's time lies between theirs; what is beyond the last goes to the benefit.
"""

from __future__ import annotations

import functools
from collections.abc import Collection
from itertools import pairwise

from pydantic import TypeAdapter

from editai.bundled import ASSETS
from editai.models import Facts
from editai.models.base import Model

SLOTS = ("hook", "problem", "benefit", "proof", "offer", "call")
SHORTEST_SLOT_MS = 1000
"""In less nothing can be said; such a slot is left out."""


class Slot(Model):
    """A part of a script: its time in the clip, and how many spoken characters fit into it."""

    name: str
    start_ms: int
    end_ms: int
    characters: int


class _Length(Model):
    seconds: int
    slots_ms: dict[str, int]


class _Table(Model):
    """`ends_ms` of a clip nobody speaks, at its two ends; of the rest `spoken_share` is speech and not a pause."""

    ends_ms: int
    spoken_share: float
    lengths: tuple[_Length, ...]


@functools.cache
def _table() -> _Table:
    return TypeAdapter(_Table).validate_json((ASSETS / "script" / "structures.json").read_bytes())


def budget(seconds: float, letters_per_second: float) -> int:
    """The characters, as they are spoken and with their spaces, that fit into a clip of this length."""
    table = _table()
    return max(0, int((seconds - table.ends_ms / 1000) * letters_per_second * table.spoken_share))


def filled_by(facts: Facts) -> frozenset[str]:
    """The slots for which the facts have something to say; no fact tells a problem, so a template never has one."""
    filled = {"hook", "benefit", "call"}
    return frozenset(filled | {name for name, known in (("proof", facts.proofs), ("offer", facts.price)) if known})


def slots(seconds: int, letters_per_second: float, filled: Collection[str] = SLOTS) -> tuple[Slot, ...]:
    """The slots of a script in their order, without gaps; the time of those that are not `filled` is the benefit's."""
    times = _times(seconds)
    kept = {name: ms for name, ms in times.items() if name in filled and ms >= SHORTEST_SLOT_MS}
    kept["benefit"] = kept.get("benefit", 0) + seconds * 1000 - sum(kept.values())
    whole = budget(seconds, letters_per_second)
    made, start = [], 0
    for name in SLOTS:
        if ms := kept.get(name):
            made.append(Slot(name=name, start_ms=start, end_ms=start + ms, characters=whole * ms // (seconds * 1000)))
            start += ms
    return tuple(made)


def _times(seconds: int) -> dict[str, int]:
    lengths = _table().lengths
    first, last = lengths[0], lengths[-1]
    if seconds <= first.seconds:
        return {name: ms * seconds // first.seconds for name, ms in first.slots_ms.items()}
    for shorter, longer in pairwise(lengths):
        if seconds <= longer.seconds:
            part = (seconds - shorter.seconds) / (longer.seconds - shorter.seconds)
            return {
                name: round(shorter.slots_ms.get(name, 0) * (1 - part) + longer.slots_ms.get(name, 0) * part)
                for name in SLOTS
            }
    return last.slots_ms
