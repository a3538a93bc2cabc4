"""What is heard: the voice, music under it, and the videos' own sound as the brief wants it."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor
from typing import Any

from editai.models import FPS, Brief, Footage, Narration, Rhythm, Span, Track
from editai.plan.windows import Window

GAP_LU, DUCK_LU = -7.0, -15.0
"""What plays under the voice, against it: where nobody speaks, and while somebody does (Torcoli et al., JAES 67, 2019:
people want speech 10 LU above what accompanies it, and those who are no experts 4 LU more)."""

BESIDE_MUSIC_LU = -7.0
"""The videos' own sound lies so much lower again where there is music: two beds at once are a noise."""

KEPT_LU, KEPT_DUCK_LU = 0.0, -10.0
"""A sound that is to be kept is as loud as the voice where nobody speaks, and while somebody does as loud as words
allow (the least that Torcoli et al. found)."""

FADE_IN, FADE_OUT = 6, FPS
"""Frames in which music comes and goes: at once, so that the first frame has it, and over the last second."""


def tracks(
    brief: Brief,
    footage: Footage,
    narration: Narration,
    shown: Sequence[Window],
    lead: int,
    cuts: Sequence[int],
    rhythm: Rhythm,
) -> tuple[Track, ...]:
    """The tracks of the clip whose picture changes at `cuts`; `rhythm` is the music's.

    Where somebody speaks in the source and that is kept, its own sound is the voice, whatever else is wished.
    """
    heard = []
    if narration.origin == "source":
        heard.append(Track(role="source"))
    else:
        heard.append(Track(role="voice", file=narration.audio, start=lead))
        if brief.source_sound != "mute" and any(footage.sources[window.source].has_sound for window in shown):
            gain, duck = (KEPT_LU, KEPT_DUCK_LU) if brief.source_sound == "keep" else (GAP_LU, DUCK_LU)
            lower = BESIDE_MUSIC_LU if brief.music and brief.source_sound != "keep" else 0.0
            muted = _said(footage, shown) if brief.source_sound == "mute_speech" else ()
            heard.append(Track(role="source", gain_lu=gain + lower, duck_lu=duck + lower, muted=muted))
    if brief.music:
        under: dict[str, Any] = {"gain_lu": GAP_LU, "duck_lu": DUCK_LU, "fade_in": FADE_IN, "fade_out": FADE_OUT}
        heard.append(in_step(Track(role="music", file=brief.music, **under), rhythm, cuts))
    return tuple(heard)


def _said(footage: Footage, shown: Sequence[Window]) -> tuple[Span, ...]:
    """The frames of the clip in which somebody is heard to speak in a source."""
    spans, at = [], 0
    for window in shown:
        first, beyond = window.source_in * 1000 / FPS, (window.source_in + window.span) * 1000 / FPS
        for said in footage.speech:
            if said.source == window.source and said.start_ms < beyond and said.end_ms > first:
                begins = max(0, floor((said.start_ms - first) * FPS / 1000 / window.speed))
                ends = min(window.frames, ceil((said.end_ms - first) * FPS / 1000 / window.speed))
                spans.append(Span(start=at + begins, end=at + ends))
        at += window.frames
    return tuple(spans)


def in_step(track: Track, music: Rhythm, cuts: Sequence[int]) -> Track:
    """The music begun where its beats fall on the most cuts of the picture; as it is where it has no beat.

    It is begun at most one bar into the piece, so that its beginning is heard.
    """
    if not music.beats_ms or not cuts:
        return track
    beats = [beat * FPS / 1000 for beat in music.beats_ms]
    bar = 4 * 60 * FPS / (music.bpm or 120)

    def off(begins: float) -> float:
        return sum(min(abs(cut + begins - beat) for beat in beats) for cut in cuts)

    best = min((frame for frame in range(int(beats[0] + bar) + 1)), key=lambda frame: (round(off(frame)), frame))
    return track.model_copy(update={"file_in_ms": round(best * 1000 / FPS)})
