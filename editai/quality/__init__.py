"""The proof of the finished file: what is there, what is wrong with it, and what each platform has against it.

    Picture ──measure──▶ Measurement ──┐
       └──────listen───▶ Heard ────────┴─judge──▶ Checks

`measure` and `listen` take nothing from the renderer's word: they open the MP4. `judge` compares with the plan and with
what the clip is meant for.
"""

from __future__ import annotations

from editai.quality.boxes import boxes
from editai.quality.checks import judge
from editai.quality.heard import Heard, HeardWord, hearing_fingerprint, listen
from editai.quality.measure import fingerprint, measure

__all__ = ["Heard", "HeardWord", "boxes", "fingerprint", "hearing_fingerprint", "judge", "listen", "measure"]
