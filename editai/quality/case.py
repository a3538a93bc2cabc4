"""What a check looks at, and how it says what it found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from editai.models import Brief, Check, Measurement, Plan, Run, Verdict
from editai.quality.heard import Heard
from editai.settings import Settings

Checks = Iterator[Check]

LONGEST_EXAMPLE = 6
"""Words of an example; more are not read."""


@dataclass(frozen=True)
class Case:
    """One finished clip: what was measured and heard, what was planned, what it is meant for."""

    found: Measurement
    heard: Heard | None
    plan: Plan
    brief: Brief
    settings: Settings

    @property
    def frame_ms(self) -> float:
        return 1000 / self.plan.fps


def check(slug: str, verdict: Verdict, message: str, source: str = "") -> Check:
    """One thing that was looked at."""
    return Check(slug=slug, verdict=verdict, message=message, source=source)


def ok(slug: str, message: str, source: str = "") -> Check:
    """One thing that is as it should be."""
    return check(slug, "pass", message, source)


def graded(amount: float, warns: float, fails: float) -> Verdict:
    """How bad an amount is that should not be above `warns`."""
    return "fail" if amount > fails else "warn" if amount > warns else "pass"


def when(run: Run) -> str:
    """A stretch of the clip in words."""
    return f"from {run.start_ms / 1000:.1f} to {run.end_ms / 1000:.1f} seconds"


def for_example(pairs: Sequence[tuple[str, str]]) -> str:
    """The first of what is shown and heard differently, in words."""
    if not pairs:
        return ""
    shown, heard = (_shortened(text) for text in pairs[0])
    if not heard:
        return f": “{shown}” is not heard"
    return f": “{shown}” is heard as “{heard}”" if shown else f": “{heard}” is heard and not shown"


def _shortened(text: str) -> str:
    words = text.split()
    return " ".join(words[:LONGEST_EXAMPLE]) + (" …" if len(words) > LONGEST_EXAMPLE else "")
