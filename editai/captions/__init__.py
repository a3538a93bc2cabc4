"""Captions: what was said becomes words on the picture, cue by cue, the spoken word marked.

    Narration ──make_cues──▶ Cues ──(plan)──▶ Plan ──write──▶ Subtitles (ASS to burn in, SRT, VTT)

`listen` makes the Narration where somebody speaks in the source itself; `suited` gives a Plan's style another place, an
outline or a box where the picture asks for it; `apply_edits` changes a Plan's cues by hand; `translate` has them in
another language, and `in_picture` is the plan as its picture shows it.
"""

from __future__ import annotations

from editai.captions.ass import with_used_fonts
from editai.captions.cues import make_cues
from editai.captions.edits import apply as apply_edits
from editai.captions.edits import apply_to_same, read_edits, word_at
from editai.captions.emphasis import emphasise
from editai.captions.files import burned, write
from editai.captions.fonts import families
from editai.captions.listen import listen, listening_fingerprint
from editai.captions.shown import check_text
from editai.captions.styles import font_names, font_not_found, style, styles
from editai.captions.suited import suited
from editai.captions.translate import fingerprint as translating_fingerprint
from editai.captions.translate import languages, no_translator, translate, wish
from editai.captions.translate import price as translation_price
from editai.captions.translated import in_picture
from editai.hearing.speech import has_speech

__all__ = [
    "apply_edits",
    "apply_to_same",
    "burned",
    "check_text",
    "emphasise",
    "families",
    "font_names",
    "font_not_found",
    "has_speech",
    "in_picture",
    "languages",
    "listen",
    "listening_fingerprint",
    "make_cues",
    "no_translator",
    "read_edits",
    "style",
    "styles",
    "suited",
    "translate",
    "translating_fingerprint",
    "translation_price",
    "wish",
    "with_used_fonts",
    "word_at",
    "write",
]
