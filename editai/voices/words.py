"""From the phonemes of a sentence to its words: which sounds belong to which displayed word.

The phonemiser gives a sentence as groups of phonemes, mostly one per word, but it joins what is spoken as one ("of
the" becomes "ʌvðə") and takes apart what is spoken as several ("R2" becomes "ar two"). The groups are therefore
matched with the phonemes of each word spoken alone, by least difference.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from editai.hearing.spans import filled

BREAKS = frozenset(' ;:,.!?—…"()“”')
"""What separates groups among the characters of Kokoro's vocabulary; everything else is a sound or its stress."""

_JOINED = 4
_APART = 6
_BAND = 12
"""At most so many words in one group, so many groups for one word, and so far may the counts run apart."""

Span = tuple[float, float]


def sounds(phonemes: str) -> list[tuple[int, int]]:
    """The groups of `phonemes` as (first, last + 1) positions."""
    found: list[tuple[int, int]] = []
    start = None
    for position, phoneme in enumerate(phonemes + " "):
        if phoneme in BREAKS:
            if start is not None:
                found.append((start, position))
            start = None
        elif start is None:
            start = position
    return found


def length(phonemes: str) -> int:
    """How many of them are in groups: 0 where there is nothing to hear."""
    return sum(end - start for start, end in sounds(phonemes))


def spans(phonemes: str, words: Sequence[str], alone: Callable[[str], str]) -> list[Span | None]:
    """Where each spoken word lies in the `phonemes` of its sentence, as (first, last + 1) positions, or None.

    `words` may hold several tokens each ("nineteen dollars"), or nothing that sounds (None is given then).
    `alone(token)` phonemises one token, which may have several groups, as a clause of Chinese has. Positions are
    fractions only inside a joined group.
    """
    tokens = [
        (index, plain)
        for index, word in enumerate(words)
        for token in word.split()
        for group in _groups(alone(token))
        if (plain := _plain(group))
    ]
    groups = sounds(phonemes)
    spoken: list[Span | None] = [None] * len(words)
    for (index, _), span in zip(tokens, _match(phonemes, groups, [plain for _, plain in tokens]), strict=True):
        if span is not None:
            known = spoken[index]
            spoken[index] = (known[0], span[1]) if known else span
    return spoken


def timed(spoken: Sequence[Span | None], at: Callable[[float], float]) -> list[Span]:
    """Start and end of every word in the unit of `at`, which maps a position to time; in order, none empty.

    A word without a sound (a dash, an emoji) gets the last third of the word before it, or, where it stands first,
    the first third of the word after it. At least one word has a sound.
    """
    return filled([span and (at(span[0]), at(span[1])) for span in spoken])


def _groups(phonemes: str) -> list[str]:
    return [phonemes[start:end] for start, end in sounds(phonemes)]


def _plain(phonemes: str) -> str:
    return "".join(phoneme for phoneme in phonemes if phoneme not in BREAKS and phoneme not in "ˈˌː")


def _match(phonemes: str, groups: Sequence[tuple[int, int]], tokens: Sequence[str]) -> list[Span | None]:
    """The span of each token: the cheapest way to walk through groups and tokens together."""
    plain = [_plain(group) for group in _groups(phonemes)]
    steps = [(1, 1)]
    steps += [(1, count) for count in range(2, _JOINED + 1)]
    steps += [(count, 1) for count in range(2, _APART + 1)]
    steps += [(0, 1), (1, 0)]
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]] = {(0, 0): (0.0, (0, 0))}
    slope = len(groups) / max(1, len(tokens))
    for j in range(len(tokens) + 1):
        for i in range(len(groups) + 1):
            if abs(i - j * slope) > _BAND or (i, j) == (0, 0):
                continue
            ways = [
                (best[i - g, j - t][0] + _cost("".join(plain[i - g : i]), "".join(tokens[j - t : j])), (g, t))
                for g, t in steps
                if (i - g, j - t) in best
            ]
            if ways:
                best[i, j] = min(ways)
    return _walk_back(best, groups, tokens)


def _walk_back(
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]],
    groups: Sequence[tuple[int, int]],
    tokens: Sequence[str],
) -> list[Span | None]:
    found: list[Span | None] = [None] * len(tokens)
    i, j = len(groups), len(tokens)
    while (i, j) != (0, 0):
        g, t = best[i, j][1]
        if g and t:
            start, end = groups[i - g][0], groups[i - 1][1]
            total = sum(len(token) for token in tokens[j - t : j])
            before = 0
            for index in range(j - t, j):
                after = before + len(tokens[index])
                found[index] = (start + (end - start) * before / total, start + (end - start) * after / total)
                before = after
        i, j = i - g, j - t
    return found


@lru_cache(maxsize=4096)
def _cost(one: str, other: str) -> float:
    """How many insertions, deletions and replacements lie between the two (Levenshtein)."""
    if one == other:
        return 0
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        above, row[0] = row[0], i
        for j, right in enumerate(other, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (left != right))
    return row[-1]
