"""Cues as subtitle files: SRT and WebVTT, with the text exactly as it was typed."""

from __future__ import annotations

import unicodedata

from editai.captions.ass import ass, files_of
from editai.captions.shown import left_out
from editai.models import Cue, Plan, Subtitles


def write(plan: Plan) -> Subtitles:
    """The plan's cues as ASS (to burn in), SRT and VTT; times are the cues' frames."""
    return Subtitles(
        ass=ass(plan),
        srt="\n".join(_srt(number, cue, plan.fps) for number, cue in enumerate(plan.cues, 1)),
        vtt="\n".join(["WEBVTT\n", *(_vtt(cue, plan.fps) for cue in plan.cues)]),
        fonts=files_of(plan),
        degradations=left_out((word.text for cue in plan.cues for word in cue.words), plan.style),
    )


def _srt(number: int, cue: Cue, fps: int) -> str:
    times = f"{_time(cue.start, fps, ',')} --> {_time(cue.end, fps, ',')}"
    return f"{number}\n{times}\n{_text(cue)}\n"


def _vtt(cue: Cue, fps: int) -> str:
    text = _text(cue).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"{_time(cue.start, fps, '.')} --> {_time(cue.end, fps, '.')}\n{text}\n"


def _text(cue: Cue) -> str:
    """The cue's lines; a control character would end a line or the file and shows nothing, so it goes."""
    lines = (
        "".join(c for c in line if unicodedata.category(c) not in ("Cc", "Zl", "Zp")) for line in cue.text.split("\n")
    )
    return "\n".join(line for line in lines if line.strip()) or "\u200b"


def _time(frame: int, fps: int, point: str) -> str:
    seconds, milliseconds = divmod(round(frame * 1000 / fps), 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{milliseconds:03}"
