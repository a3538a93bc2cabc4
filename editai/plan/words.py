"""Where words meet the picture: speech and captions in the frames of the clip."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from editai.models import Cue, Narration, Span
from editai.plan.beats import first_frame, last_frame

SPEECH_GAP = 24
"""Silence up to 0.8 s between two words does not let the other sound up."""

SNAP = 3
"""A cue that ends or changes within this many frames of a cut does so at the cut (Netflix, timed text guide)."""

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
    """The cues in the clip: shifted by `lead`, inside the clip, their changes on the cuts where these are near."""
    kept = [_moved(cue, lead, frames) for cue in cues]
    for number in range(len(kept) - 1, -1, -1):  # a source that ends with the last word leaves its cue no time
        latest = (kept[number + 1].start if number + 1 < len(kept) else frames) - SHORTEST_CUE
        if kept[number].start > latest >= 0:
            kept[number] = _with_times(kept[number], latest, latest + SHORTEST_CUE, _evenly(kept[number], latest))
        elif kept[number].end > latest + SHORTEST_CUE:  # the next one was moved to before its end
            kept[number] = _cut_off(kept[number], latest + SHORTEST_CUE)
    for number, cue in enumerate(kept):
        at = min(cuts, key=lambda each: abs(each - cue.end), default=cue.end)
        if not 0 < abs(at - cue.end) <= SNAP:
            continue
        following = kept[number + 1] if number + 1 < len(kept) else None
        touching = following is not None and following.start - cue.end < SNAP
        ended = _ending(cue, at)
        begun = _starting(following, at) if touching and following is not None else following
        if ended is None or (touching and begun is None):
            continue
        if begun is not None and begun.start < at:
            continue
        kept[number] = ended
        if begun is not None:
            kept[number + 1] = begun
    return tuple(kept)


def _moved(cue: Cue, lead: int, frames: int) -> Cue:
    """The cue `lead` frames later and not beyond the clip's end."""
    end = min(cue.end + lead, frames)
    times = [(min(word.start + lead, end), min(word.end + lead, end)) for word in cue.words]
    return _with_times(cue, min(cue.start + lead, end), end, times)


def _cut_off(cue: Cue, end: int) -> Cue:
    """The cue until `end`, at which all of its words were said."""
    times = [(min(word.start, end), min(word.end, end)) for word in cue.words]
    if any(start >= beyond for start, beyond in times):
        times = _evenly(cue, cue.start, end - cue.start)
    return _with_times(cue, cue.start, end, times)


def _evenly(cue: Cue, start: int, frames: int = SHORTEST_CUE) -> list[tuple[int, int]]:
    """Times for the cue's words in so many frames from `start`."""
    count = len(cue.words)
    edges = [start + frames * number // count for number in range(count + 1)]
    return list(pairwise(edges))


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
