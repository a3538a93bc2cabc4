"""The order of words on a line that is read from right to left, or holds words that are.

Unicode's bidirectional algorithm (UAX #9) for whole words: each word is drawn for itself, so that it can be marked and
move, and libass orders the letters inside of it by the same algorithm.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import groupby

_RIGHT, _NUMBER = frozenset({"R", "AL"}), frozenset({"EN", "AN"})


def is_rtl(words: Iterable[str]) -> bool:
    """Whether most of the letters are of a script that is written from right to left."""
    kinds = [unicodedata.bidirectional(letter) for word in words for letter in word]
    return sum(kind in _RIGHT for kind in kinds) > sum(kind == "L" for kind in kinds)


def visual(words: Sequence[str], rtl: bool) -> list[int]:
    """The numbers of the words from left to right."""
    base = "R" if rtl else "L"
    kinds: list[str] = []
    for word in words:
        kind = _kind(word)
        if kind == "number":  # beside Latin words it is one of them (rule W7), else it stands for itself
            kind = "L" if kinds and kinds[-1] == "L" else base
        kinds.append(kind)
    for at, kind in enumerate(kinds):
        if not kind:  # signs and emoji go with their neighbours where these agree (N1), else with the line (N2)
            after = next((each for each in kinds[at + 1 :] if each), base)
            before = kinds[at - 1] if at else base
            kinds[at] = before if before == after else base
    order: list[int] = []
    for kind, group in groupby(range(len(words)), key=lambda at: kinds[at]):
        run = list(group)
        order += run if kind == base else run[::-1]
    return order[::-1] if rtl else order


def _kind(word: str) -> str:
    """ "L", "R", "number", or "" for signs alone, by the first letter that says."""
    kinds = [unicodedata.bidirectional(letter) for letter in word]
    strong = next((kind for kind in kinds if kind == "L" or kind in _RIGHT), "")
    if strong:
        return "L" if strong == "L" else "R"
    return "number" if _NUMBER & set(kinds) else ""
