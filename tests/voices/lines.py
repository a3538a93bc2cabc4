"""Ten advertising lines as shops write them, those of the audition, and what a listener made of them."""

from __future__ import annotations

from editai.audition import MOST_WRONG, compared, lines, plain

__all__ = ["LINES", "MOST_WRONG", "compared", "plain"]

LINES = lines("en")
