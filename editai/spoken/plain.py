"""What is left of a word without its signs, and how what is said is shared among the words that are shown."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import accumulate

_WIDE = "。｡．，、､！？；："
"""Signs of Chinese and Japanese, which their voices know and their phonemisers turn into the narrow ones."""

OPENING = "\"'“”„‘’‚«»‹›([{<¡¿*_~`|\\「『（《〈【"
CLOSING = ".,!?;:…।॥\"'“”‘’«»‹›)]}>*_~`|\\」』）》〉】" + _WIDE
"""Signs that stand before and behind a word and are no part of it."""

_MELODY = {sign: sign for sign in '.,!?;:…"“”()「」『』（）' + _WIDE} | {"।": ".", "॥": "."}
_INSIDE = {sign: sign for sign in "'’-—"} | _MELODY


def melody(signs: str) -> str:
    """What a voice takes its melody from."""
    return "".join(_MELODY.get(sign, "") for sign in signs)


def plain(word: str) -> str:
    """The word without what no voice can say: symbols, emoji, markup."""
    kept = (
        character if unicodedata.category(character)[0] in "LMN" else _INSIDE.get(character, " ") for character in word
    )
    return " ".join("".join(kept).split())


def letters(word: str) -> str:
    """The letters of a word with their accents, without any sign."""
    return " ".join("".join(sign if unicodedata.category(sign)[0] in "LM" else " " for sign in word).split())


def sounds(spoken: str) -> bool:
    """Whether there is anything to hear in a spoken form."""
    return any(character.isalnum() for character in spoken)


def shared(said: str, displayed: Sequence[str]) -> list[str]:
    """`said` in as many pieces as there are displayed words, longer ones for longer words, in order.

    Where fewer words are said than shown, some of the shown ones get "" and a voice gives them a part of the time of
    the word before.
    """
    words = said.split()
    count = len(displayed)
    if len(words) < count:
        pieces = [""] * count
        for index, word in enumerate(words):
            pieces[index * count // len(words)] = word
        return pieces
    shown, heard = [*accumulate(map(_length, displayed))], [0, *accumulate(map(len, words))]
    pieces, start = [], 0
    for index in range(count):
        goal = heard[-1] * shown[index] / shown[-1]
        most = len(words) - (count - index - 1)
        end = start + 1
        while end < most and (index == count - 1 or (heard[end] + heard[end + 1]) / 2 <= goal):
            end += 1
        pieces.append(" ".join(words[start:end]))
        start = end
    return pieces


def _length(shown: str) -> int:
    """How long a displayed word is when it is said; a digit is as long as three letters ("two")."""
    return sum(3 if sign.isdigit() else 1 for sign in shown)


def enclosed(pieces: Sequence[str], lead: str, trail: str) -> list[str]:
    """The pieces with `lead` before the first and `trail` behind the last that is heard."""
    heard = max((index for index, piece in enumerate(pieces) if piece), default=0)
    marked = [*pieces]
    marked[0] = lead + marked[0]
    marked[heard] += trail
    return marked
