"""How a line is said, displayed word by displayed word."""

from __future__ import annotations

from editai import spoken
from editai.models import Pronunciation


def forms(displayed: str, language: str, *lexicon: Pronunciation) -> list[str]:
    """The spoken form of each word of a line."""
    return [word.spoken for word in spoken.speak(displayed.split(" "), language, lexicon)]


def said(displayed: str, language: str) -> str:
    """A line as it is heard."""
    return " ".join(form for form in forms(displayed, language) if form)
