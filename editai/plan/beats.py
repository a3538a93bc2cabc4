"""When the picture changes: the clip's shots as lengths, cut where the voice pauses or a word begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

import numpy as np

from editai.models import FPS, Rhythm, Word

SHORTEST = 24
"""0.8 s: below this a shot is a flicker (craft rule of the house)."""

LONGEST = 4 * FPS
"""A cut comes within 4 s, so there are two shots in the first five seconds at the least (YouTube's ABCD guide)."""

USUAL, OPENING = 72, 45
"""The length that a shot aims at: 2.4 s (mean shots of 2 to 3 s hold attention), 1.5 s while it opens the clip, so
that three shots fit into the first five seconds."""

OPENING_FRAMES = 70

PAUSE = 5
"""Frames of silence between two words that are a pause."""

BEFORE_SPEECH = 2
"""A cut comes this many frames before the word, if there is silence for it (Netflix, timed text guide)."""

LIGHTLY, IN_PHRASE, IN_WORD = 0.1, 0.3, 8.0
"""Prices of a cut at a comma, a pause or in silence; at the start of any other word; and inside a word, which only
happens where the source has no longer take. A cut at the start of a sentence is free."""

OFF_BEAT, NEAR_BEAT = 0.5, 4
"""Price of a cut beside the music's beat, and how many frames it may be moved to lie on one: an eighth of a second is
not heard to be beside the word. With less of a price fewer cuts are on the beat; with more, sentences lose theirs."""

ATTACK, BARS = 1, 2
"""The frame on which the beat falls that opens the clip, so that its beginning is heard; and how many bars of a piece
may be left out."""

PASSED = 0.7
"""Price of a shot that runs on over the start of a sentence."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the picture may change: before the clip's frame `at`, at a price."""

    at: int
    price: float


def of_music(rhythm: Rhythm, words: tuple[Word, ...], lead: int, frames: int) -> tuple[int, ...]:
    """The clip's frames on which a beat falls, where the music is begun so that most sentences start on one."""
    if not rhythm.beats_ms:
        return ()
    starts = [first_frame(word, lead) for before, word in pairwise(words) if word.sentence != before.sentence]
    begins = in_step(rhythm, starts)
    found = (round((beat - begins) * FPS / 1000) for beat in rhythm.beats_ms)
    return tuple(beat for beat in found if 0 < beat < frames)


def in_step(rhythm: Rhythm, marks: Sequence[int]) -> int:
    """The millisecond of the music that the clip begins with, so that beats fall on most of the clip's frames `marks`.

    It is at most `BARS` bars after the first strong beat, and a beat opens the clip where that is as good.
    """
    if not rhythm.beats_ms:
        return 0
    beats, bars = np.array(rhythm.beats_ms) * FPS / 1000, rhythm.beats_ms[: 4 * BARS + 1]
    begins = [beat - mark * 1000 / FPS for mark in (ATTACK, *marks) for beat in bars]
    offered = [round(at) for at in begins if 0 <= at <= bars[-1]] or [0]

    def close(begin: int) -> float:
        off = [float(np.abs(beats - begin * FPS / 1000 - mark).min()) for mark in marks]
        return round(sum(max(0.0, 1 + NEAR_BEAT - each) for each in off), 1)

    return max(offered, key=close)


def cut(
    words: tuple[Word, ...], lead: int, frames: int, longest: int, usual: int = USUAL, beats: Sequence[int] = ()
) -> list[int]:
    """The lengths of the clip's shots in frames; together they are `frames`. `beats` are frames of the music's beat.

    `lead` is the frame where the narration starts. No shot is shorter than `SHORTEST` (unless the whole clip is) or
    longer than `longest`, which has to be at least 35; the dynamic programme takes the cheapest of all ways to cut.
    """
    longest = min(longest, LONGEST)
    offered = _places(words, lead, frames)
    places, sentences = _on_beat(offered, beats, frames), [place.at for place in offered if place.price == 0.0]
    near = NEAR_BEAT if beats else 0
    found = _cheapest(places, sentences, near, frames, longest, usual)
    if found is None:  # words or silences that are longer than the source's takes
        everywhere = {at: Place(at, IN_WORD) for at in range(1, frames)} | {place.at: place for place in places}
        found = _cheapest([everywhere[at] for at in sorted(everywhere)], sentences, near, frames, longest, usual)
    return found or [frames]


def _places(words: tuple[Word, ...], lead: int, frames: int) -> list[Place]:
    places: dict[int, float] = {}

    def offer(at: int, price: float) -> None:
        if 0 < at < frames:
            places[at] = min(price, places.get(at, price))

    for word, following in pairwise(words):
        end, start = last_frame(word, lead), first_frame(following, lead)
        at = start if end > start else max(end, start - BEFORE_SPEECH)
        if following.sentence != word.sentence:
            offer(at, 0.0)
        elif start - end >= PAUSE or word.text.endswith((",", ";", ":", "\N{EN DASH}", "\N{EM DASH}")):
            offer(at, LIGHTLY)
        else:
            offer(at, IN_PHRASE)
        _fill(places, end, start, LIGHTLY)
    _fill(places, 0, first_frame(words[0], lead), LIGHTLY)
    _fill(places, last_frame(words[-1], lead), frames, LIGHTLY)
    for word in words:
        _fill(places, first_frame(word, lead), last_frame(word, lead), IN_WORD)
    return [Place(at, places[at]) for at in sorted(places) if 0 < at < frames]


def _on_beat(places: list[Place], beats: Sequence[int], frames: int) -> list[Place]:
    """The places, and beside each that lies near a beat the beat itself, which is the better one of the two."""
    if not beats:
        return places
    known = {place.at: place.price + OFF_BEAT for place in places}
    for place in places:
        beat = min(beats, key=lambda each: abs(each - place.at))
        if abs(beat - place.at) <= NEAR_BEAT and 0 < beat < frames:
            known[beat] = min(place.price, known.get(beat, place.price))
    return [Place(at, known[at]) for at in sorted(known)]


def _fill(places: dict[int, float], start: int, end: int, price: float) -> None:
    """Offer places inside a long silence or a long word (a spoken price), half a second apart."""
    step = FPS // 2
    for at in range(start + step, end - step, step):
        places.setdefault(at, price)


def first_frame(word: Word, lead: int) -> int:
    """The frame in which the word begins to sound."""
    return lead + word.start_ms * FPS // 1000


def last_frame(word: Word, lead: int) -> int:
    """The frame after the last one in which the word sounds."""
    return lead + ceil(word.end_ms * FPS / 1000)


def _cheapest(
    places: list[Place], sentences: list[int], near: int, frames: int, longest: int, usual: int
) -> list[int] | None:
    """The lengths of the cheapest way to cut, or None where no way keeps the bounds.

    A cut within `near` frames of the start of a sentence is taken for one at it.
    """
    stops = [Place(0, 0.0), *places, Place(frames, 0.0)]
    best: list[float] = [0.0] + [float("inf")] * (len(stops) - 1)
    came = [0] * len(stops)
    for number in range(1, len(stops)):
        for earlier in range(number - 1, -1, -1):
            length = stops[number].at - stops[earlier].at
            if length > longest:
                break
            if length < SHORTEST:
                continue
            aim = min(usual, OPENING) if stops[earlier].at < OPENING_FRAMES else usual
            passed = sum(stops[earlier].at + near < at < stops[number].at - near for at in sentences)
            price = best[earlier] + ((length - aim) / aim) ** 2 + stops[number].price + PASSED * passed
            if price < best[number]:
                best[number], came[number] = price, earlier
    if best[-1] == float("inf"):
        return None
    lengths, number = [], len(stops) - 1
    while number:
        lengths.append(stops[number].at - stops[came[number]].at)
        number = came[number]
    return lengths[::-1]
