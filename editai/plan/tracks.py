"""What is heard: the voice, music under it, and the videos' own sound as the brief wants it."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor

from editai.models import FPS, Brief, Footage, Narration, Rhythm, Span, Track
from editai.plan import beats
from editai.plan.windows import Window

GAP_LU, DUCK_LU = -7.0, -15.0
"""What plays under the voice, against it: where nobody speaks, and while somebody does (Torcoli et al., JAES 67, 2019:
people want speech 10 LU above what accompanies it, and those who are no experts 4 LU more)."""

BESIDE_MUSIC_LU = -7.0
"""The videos' own sound lies so much lower again where there is music: two beds at once are a noise."""

KEPT_LU, KEPT_DUCK_LU = 0.0, -10.0
"""A sound that is to be kept is as loud as the voice where nobody speaks, and while somebody does as loud as words
allow (the least that Torcoli et al. found)."""

AROUND_MS, BREATH = 100, 12
"""Voice activity is noticed up to so much after a word begins, and ends as much too early; and frames (0.4 s) of a
pause in which the sound would only come up to go again."""

FADE_IN, FADE_OUT = beats.ATTACK, FPS
"""Frames in which music comes and goes: before the beat that opens the clip, and over the last second."""


BED_OUT = 12
"""Frames in which the videos' own sound goes at the clip's end."""

AFTER_LAST = 4
"""Frames for the last word to die away, where the next sentence is not to be heard."""


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
        heard.append(Track(role="source", muted=_beyond(narration, shown)))
    else:
        heard.append(Track(role="voice", file=narration.audio, start=lead))
        if brief.source_sound != "mute" and any(footage.sources[window.source].has_sound for window in shown):
            gain, duck = (KEPT_LU, KEPT_DUCK_LU) if brief.source_sound == "keep" else (GAP_LU, DUCK_LU)
            lower = BESIDE_MUSIC_LU if brief.music and brief.source_sound != "keep" else 0.0
            muted = _said(footage, shown) if brief.source_sound == "mute_speech" else ()
            levels = {"gain_lu": gain + lower, "duck_lu": duck + lower}
            heard.append(Track(role="source", **levels, fade_out=BED_OUT, muted=muted))
    if brief.music:
        heard.append(
            Track(
                role="music",
                file=brief.music,
                file_in_ms=beats.in_step(rhythm, cuts),
                gain_lu=GAP_LU,
                duck_lu=DUCK_LU,
                fade_in=FADE_IN,
                fade_out=FADE_OUT,
            )
        )
    return tuple(heard)


def _beyond(narration: Narration, shown: Sequence[Window]) -> tuple[Span, ...]:
    """Where the source goes on with what the clip has no room for: after the last word."""
    ends, frames = beats.last_frame(narration.words[-1], 0) + AFTER_LAST, sum(window.frames for window in shown)
    more = any(each.slug == "speech_cut" for each in narration.degradations) and ends < frames
    return (Span(start=ends, end=frames),) if more else ()


def _said(footage: Footage, shown: Sequence[Window]) -> tuple[Span, ...]:
    """The frames of the clip in which somebody is heard to speak in a source; short pauses are part of the speech."""
    found, at = list[Span](), 0
    for window in shown:
        first, beyond = window.source_in * 1000 / FPS, (window.source_in + window.span) * 1000 / FPS
        for said in footage.speech:
            begins, ends = said.start_ms - AROUND_MS, said.end_ms + AROUND_MS
            if said.source == window.source and begins < beyond and ends > first:
                start = at + max(0, floor((begins - first) * FPS / 1000 / window.speed))
                end = at + min(window.frames, ceil((ends - first) * FPS / 1000 / window.speed))
                if found and start - found[-1].end < BREATH:
                    found[-1] = Span(start=found[-1].start, end=max(end, found[-1].end))
                else:
                    found.append(Span(start=start, end=end))
        at += window.frames
    return tuple(found)
