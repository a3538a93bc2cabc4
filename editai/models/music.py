"""What is known of a piece of music."""

from __future__ import annotations

from editai.models.base import Model


class Rhythm(Model):
    """The tempo of a piece of music in beats a minute, and its beats, counted from the file's beginning; None, () for
    none. They begin with the first strong one and end where nobody listened any more."""

    bpm: float | None = None
    beats_ms: tuple[int, ...] = ()
