"""Where words meet the picture: speech and captions in the frames of the clip."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from editai.models import Cue, Narration, Span
from editai.plan.beats import first_frame, last_frame

SPEECH_GAP = 24
"""Silence up to 0.8 s between two words does not let the other sound up."""

SNAP = 3
"""A cue that comes or changes within this many frames of a cut does so at the cut (Netflix, timed text guide)."""

BEFORE_CUT = 2
"""A cue that would leave an empty screen within `SNAP` frames of a cut is gone this many frames before it (the same).
"""

GAP = 15
"""Less than half a second without a caption is a flicker."""

SHORTEST_CUE = 6
"""0.2 s: less cannot be read."""


def speech(narration: Narration, lead: int, frames: int) -> tuple[Span, ...]:
    """When somebody speaks, in frames of the clip."""
    spans: list[Span] = []
    for word in narration.words:
        start, end = first_frame(word, lead), min(frames, last_frame(word, lead))
        if spans and start - spans[-1].end <= SPEECH_GAP:
            spans[-1] = Span(start=spans[-1].start, end=max(spans[-1].end, end))
        elif end > start:
            spans.append(Span(start=start, end=end))
    return tuple(spans)


def place(cues: Sequence[Cue], lead: int, frames: int, cuts: Sequence[int]) -> tuple[Cue, ...]:
    """The cues in the clip: shifted by `lead`, inside the clip, in step with cuts that are near."""
    kept = [_moved(cue, lead) for cue in cues]
    limit = frames
    for number in range(len(kept) - 1, -1, -1):  # a source that ends with the last word leaves its cue no time
        kept[number] = _until(kept[number], limit)
        limit = kept[number].start
    if kept and (at := _near(kept[0].start, cuts)) is not None:
        kept[0] = _starting(kept[0], at) or kept[0]
    for number in range(len(kept) - 1):
        kept[number : number + 2] = _meeting(kept[number], kept[number + 1], cuts)
    return (*kept[:-1], *(_gone_before(cue, cuts) for cue in kept[-1:]))


def _meeting(one: Cue, other: Cue, cuts: Sequence[int]) -> tuple[Cue, Cue]:
    """Two cues, one after the other, that change at a cut near by, or the one gone before it and the other come at it;
    the screen between them is not empty for less than `GAP`."""
    at = _near(other.start, cuts)
    begun = _starting(other, at) if at is not None else None
    if one.end == other.start:
        ended = _ending(one, at) if at is not None else None
        return (ended, begun) if ended and begun else (one, other)
    if begun is not None and begun.start > one.end:
        other = begun
    one = _gone_before(one, cuts)
    if other.start - one.end < GAP:
        one = _ending(one, other.start) or one
    return one, other


def _gone_before(cue: Cue, cuts: Sequence[int]) -> Cue:
    """The cue, gone from the screen before a cut near its end."""
    at = _near(cue.end, cuts)
    if at is None or cue.end <= at - BEFORE_CUT:
        return cue
    return _ending(cue, at - BEFORE_CUT) or cue


def _near(frame: int, cuts: Sequence[int]) -> int | None:
    """The cut within `SNAP` frames, None where there is none."""
    at = min(cuts, key=lambda each: abs(each - frame), default=None)
    return at if at is not None and abs(at - frame) <= SNAP else None


def _moved(cue: Cue, lead: int) -> Cue:
    """The cue `lead` frames later."""
    times = [(word.start + lead, word.end + lead) for word in cue.words]
    return _with_times(cue, cue.start + lead, cue.end + lead, times)


def _until(cue: Cue, end: int) -> Cue:
    """The cue, over by `end`, where all of its words were said; it begins earlier where that is too short a time."""
    if cue.end <= end:
        return cue
    start = max(0, min(cue.start, end - max(SHORTEST_CUE, len(cue.words))))
    times = [(min(word.start, end), min(word.end, end)) for word in cue.words]
    if start < cue.start or any(begins >= ends for begins, ends in times):
        times = _evenly(cue, start, end)
    return _with_times(cue, start, end, times)


def _evenly(cue: Cue, start: int, end: int) -> list[tuple[int, int]]:
    """Times for the cue's words that share the frames from `start` to `end`."""
    count = len(cue.words)
    return list(pairwise(start + (end - start) * number // count for number in range(count + 1)))


def _ending(cue: Cue, at: int) -> Cue | None:
    """The cue until `at`, None where its last word or itself would become too short."""
    times = [(word.start, word.end) for word in cue.words]
    last = times[-1]
    if at - cue.start < SHORTEST_CUE or at <= last[0]:
        return None
    times[-1] = (last[0], at if last[1] == cue.end else min(last[1], at))
    return _with_times(cue, cue.start, at, times)


def _starting(cue: Cue, at: int) -> Cue | None:
    """The cue from `at` on, None where its first word or itself would become too short."""
    times = [(word.start, word.end) for word in cue.words]
    first = times[0]
    if cue.end - at < SHORTEST_CUE or at >= first[1]:
        return None
    times[0] = (at if first[0] == cue.start else max(first[0], at), first[1])
    return _with_times(cue, at, cue.end, times)


def _with_times(cue: Cue, start: int, end: int, times: Sequence[tuple[int, int]]) -> Cue:
    new = iter(times)
    lines = []
    for line in cue.lines:
        words = []
        for word in line:
            begins, ends = next(new)
            words.append(word.model_copy(update={"start": begins, "end": ends}))
        lines.append(tuple(words))
    return Cue(lines=tuple(lines), start=start, end=end)
