"""Cues as files: SRT and WebVTT with the text exactly as it was typed, and all that is said as a plain text.

Right-to-left text lies in the order in which it is read; whoever shows it turns it around (Unicode, UAX 9).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from editai.captions.ass import ass, files_of
from editai.captions.shown import left_out
from editai.captions.translated import in_language, in_picture
from editai.captions.writing import read, reading
from editai.models import Cue, CueWord, Degradation, Plan, Subtitles, TranslatedSubtitles, Translation, joined

PARAGRAPH_S = 2
"""After a pause as long as this the plain text begins a new paragraph."""

_HURRIED = 1.15
"""So much faster than is easy nobody notices."""

_ENDS_A_LINE = re.compile("[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
"""What some readers take for the end of a line, and WebVTT and SRT do not mean by it."""

_NEVER_WRITTEN = ("Cc", "Cs")
"""Unicode categories that draw nothing and may end a file: controls, halves of a surrogate pair."""

_TIMES = re.compile(r"(\d+:\d+:\d+[,.]\d+\s*-->\s*\d+:)(\d+:\d+[,.]\d+)")
_NOT_TIMES = "\\1\u200b\\2"
"""What stands over a cue of an SRT file, and how it is written where it was typed."""


def write(plan: Plan) -> Subtitles:
    """The plan's cues as ASS (to burn in), SRT, VTT and plain text; times are the cues' and words' frames.

    Its translations have the same times and an SRT, a VTT and a plain text each.
    """
    return Subtitles(
        ass=ass(plan),
        srt=srt(plan.cues, plan.fps),
        vtt=vtt(plan.cues, plan.fps),
        transcript=transcript(plan.cues, plan.fps),
        translations=tuple(_translated(plan, each) for each in plan.translations),
        fonts=files_of(plan),
        degradations=_left_out(plan) + _hurried(plan),
    )


def burned(plan: Plan, subtitles: Subtitles) -> Subtitles:
    """What of the plan's `subtitles` the renderer gets: no captions where they are not to be in the picture, and a
    translation where that is what the picture shows."""
    if not plan.captions_burned:
        return subtitles.model_copy(update={"ass": ass(plan.model_copy(update={"cues": ()})), "degradations": ()})
    shown = in_picture(plan)
    if shown is plan:
        return subtitles
    drawn = {"ass": ass(shown), "fonts": files_of(shown), "degradations": _left_out(shown) + _hurried(shown)}
    return subtitles.model_copy(update=drawn)


def _translated(plan: Plan, translation: Translation) -> TranslatedSubtitles:
    cues = in_language(plan, translation).cues
    return TranslatedSubtitles(
        language=translation.language,
        srt=srt(cues, plan.fps),
        vtt=vtt(cues, plan.fps),
        transcript=transcript(cues, plan.fps),
    )


def _left_out(plan: Plan) -> tuple[Degradation, ...]:
    return left_out((word.text for cue in plan.cues for word in cue.words), plan.style)


def srt(cues: Sequence[Cue], fps: int) -> str:
    """The cues as SubRip, which has no way to escape what players take for markup: it stays as it was typed.

    Only what reads as the times of another cue has a zero-width space in the second of them.
    """
    return "\n".join(
        f"{number}\n{_time(cue.start, fps, ',')} --> {_time(cue.end, fps, ',')}\n{_TIMES.sub(_NOT_TIMES, _text(cue))}\n"
        for number, cue in enumerate(cues, 1)
    )


def vtt(cues: Sequence[Cue], fps: int) -> str:
    """The cues as WebVTT. The time of each word stands before it, so that players can highlight word by word
    (www.w3.org/TR/webvtt1/#webvtt-cue-timestamp)."""
    blocks = [f"{_time(cue.start, fps, '.')} --> {_time(cue.end, fps, '.')}\n{_timed_text(cue, fps)}\n" for cue in cues]
    return "\n".join(["WEBVTT\n", *blocks])


def transcript(cues: Sequence[Cue], fps: int) -> str:
    """All that is said, without times: a paragraph a line, with an empty line between two."""
    paragraphs: list[list[CueWord]] = []
    for number, cue in enumerate(cues):
        if not number or cue.start - cues[number - 1].end >= PARAGRAPH_S * fps:
            paragraphs.append([])
        paragraphs[-1] += cue.words
    lines = (" ".join(_clean(joined(words)).split()) for words in paragraphs)
    return "\n".join(f"{line}\n" for line in lines if line)


def _hurried(plan: Plan) -> tuple[Degradation, ...]:
    """The degradation `captions_hurried`, where the voice is so fast that a caption cannot be read in its time."""
    speed = reading(plan.language).cps
    rates = [
        (read(cue.text, plan.language) * plan.fps / (cue.end - cue.start), cue)
        for cue in plan.cues
        if len(cue.words) > 1  # a word alone is taken in at once
    ]
    fast = [each for each in rates if each[0] > _HURRIED * speed]
    if not fast:
        return ()
    rate, cue = max(fast, key=lambda each: each[0])
    others = f", and {len(fast) - 1} more" if len(fast) > 1 else ""
    return (
        Degradation(
            slug="captions_hurried",
            message=f"The caption “{cue.text.replace(chr(10), ' ')}”{others} would have to be read at {rate:.0f} "
            f"characters a second; {speed:.0f} is easy. A slower voice helps, or fewer words.",
        ),
    )


def _timed_text(cue: Cue, fps: int) -> str:
    """The cue's lines with a time before each word that begins after the one before it, and inside of the cue."""
    text, at = "", cue.start
    for line in cue.lines:
        shown_words = [(word, shown) for word in line if (shown := _without_empty_lines(word.text))]
        for number, (word, shown) in enumerate(shown_words):
            text += "" if word.glued or not number else " "
            if at < word.start < cue.end:
                text += f"<{_time(word.start, fps, '.')}>"
                at = word.start
            text += shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        text += "\n"
    return _without_empty_lines(text) or "\u200b"


def _text(cue: Cue) -> str:
    return _without_empty_lines(cue.text) or "\u200b"


def _without_empty_lines(text: str) -> str:
    """`text` in lines of which none is empty: an empty line would end the cue."""
    return "\n".join(line for line in _clean(text).split("\n") if line.strip())


def _clean(text: str) -> str:
    return "".join(
        character
        for character in _ENDS_A_LINE.sub(" ", text)
        if character in "\n\t" or unicodedata.category(character) not in _NEVER_WRITTEN
    )


def _time(frame: int, fps: int, point: str) -> str:
    seconds, milliseconds = divmod(round(frame * 1000 / fps), 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{milliseconds:03}"
