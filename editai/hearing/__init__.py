"""Listening to sound: where somebody speaks, what is said, and when each word of a known text is heard."""

from __future__ import annotations

from editai.hearing.align import align, fingerprint
from editai.hearing.pauses import shorten, shortening_fingerprint
from editai.hearing.speech import has_speech, spoken_in
from editai.hearing.transcriber import transcribe

__all__ = ["align", "fingerprint", "has_speech", "shorten", "shortening_fingerprint", "spoken_in", "transcribe"]
