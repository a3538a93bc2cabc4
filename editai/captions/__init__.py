"""Captions: what was said becomes words on the picture, cue by cue, the spoken word marked.

    Narration ──make_cues──▶ Cues ──(plan)──▶ Plan ──write──▶ Subtitles (ASS to burn in, SRT, VTT)

`listen` makes the Narration where somebody speaks in the source itself; `suited` gives a Plan's style another place, an
outline or a box where the picture asks for it; `apply_edits` changes a Plan's cues by hand.
"""

from __future__ import annotations

from editai.captions.cues import make_cues
from editai.captions.edits import apply as apply_edits
from editai.captions.edits import apply_to_same, read_edits, word_at
from editai.captions.files import burned, write
from editai.captions.fonts import families
from editai.captions.listen import listen, listening_fingerprint
from editai.captions.shown import check_text
from editai.captions.styles import style, styles
from editai.captions.suited import suited
from editai.hearing.speech import has_speech

__all__ = [
    "apply_edits",
    "apply_to_same",
    "burned",
    "check_text",
    "families",
    "has_speech",
    "listen",
    "listening_fingerprint",
    "make_cues",
    "read_edits",
    "style",
    "styles",
    "suited",
    "word_at",
    "write",
]
