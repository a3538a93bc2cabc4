"""What is known of a piece of music."""

from __future__ import annotations

from editai.models.base import Model


class Rhythm(Model):
    """The tempo of a piece of music in beats a minute, and its beats from the file's beginning; None, () for none."""

    bpm: float | None = None
    beats_ms: tuple[int, ...] = ()
