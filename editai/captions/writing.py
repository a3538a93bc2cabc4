"""Writing without spaces between words (Chinese, Japanese, Thai, Lao, Khmer, Burmese), and how much of any writing is
said or read in a time."""

from __future__ import annotations

import functools
import math
import unicodedata

import regex
from pydantic import TypeAdapter

from editai.bundled import ASSETS
from editai.models.base import Model

_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}ー]")
_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}ー]")
_HAN = regex.compile(r"\p{Han}")
_SMALL_KANA = frozenset("ぁぃぅぇぉゃゅょゎァィゥェォャュョヮ")
"""They are said in one with the kana before them; the small tsu is not."""

_HAN_A_WORD, _KANA_A_WORD, _LETTERS_A_WORD = 2, 3, 5
"""What is said in the 0.4 s of an English word (145 a minute): 2 of Mandarin's 5 syllables a second, 3 of Japanese's
7.8 morae (Pellegrino and others, Language 87, 2011); of Thai and its neighbours as many letters as an English word
has."""

_PAUSE = 2
"""A mark inside of what is said takes about as long as two syllables."""


class Reading(Model):
    """How fast a language is read: characters a second, as Netflix's timed text guides count them. `wide`: a character
    of half the usual width counts as half a one. `source` says where the figure is from."""

    cps: float
    wide: bool = False
    source: str


@functools.cache
def reading(language: str) -> Reading:
    """The reading speed of a language (ISO 639-1), the usual one where it has none of its own."""
    table = TypeAdapter(dict[str, Reading]).validate_json((ASSETS / "captions" / "reading.json").read_bytes())
    return table.get(language, table["any"])


def read(text: str, language: str) -> float:
    """How many characters of the language's reading speed there are to be read in `text`."""
    if not reading(language).wide:
        return len(text)
    return sum(1.0 if _is_wide(character) else 0.5 for character in text)


def is_unspaced(text: str) -> bool:
    """Whether some of its letters are of a writing that puts no spaces between words."""
    return bool(_UNSPACED.search(text))


def is_wide(character: str) -> bool:
    """Whether it is a letter or a mark of a writing without spaces, so that it needs no space beside it."""
    return is_unspaced(character) or is_wide_mark(character)


def is_wide_mark(character: str) -> bool:
    """Whether it is a mark as wide as a letter of such writing, its own space in it."""
    return unicodedata.category(character)[0] == "P" and _is_wide(character)


def counted(text: str) -> float:
    """How many words a text between two spaces counts as: one where something in it is read aloud and none where there
    are only marks ("·", "€"); without spaces as many as there is time for in what it holds."""
    letters = [letter for letter in _UNSPACED.findall(text) if unicodedata.category(letter) != "Mn"]
    if not letters:
        return float(any(character.isalnum() or character == "&" for character in text))
    han, kana = (sum(bool(script.match(letter)) for letter in letters) for script in (_HAN, _KANA))
    others = regex.split(_UNSPACED, text)
    return (
        han / _HAN_A_WORD
        + kana / _KANA_A_WORD
        + (len(letters) - han - kana) / _LETTERS_A_WORD
        + sum(any(map(str.isalnum, other)) for other in others)
    )


def said(text: str, language: str) -> float:
    """How long it takes to say, in units of its own: morae, syllables or letters, as the writing has them."""
    return max(0.1, math.fsum(_said(character, language) for character in text))


def _said(character: str, language: str) -> float:
    if character in _SMALL_KANA or unicodedata.category(character) == "Mn":
        return 0.0
    if _HAN.match(character):
        return 2.0 if language == "ja" else 1.0
    if character.isdigit():
        return 2.0
    if character.isalpha() or character == "ー":
        return 1.0 if is_unspaced(character) else 0.5
    return float(_PAUSE) if character in "、，；：。！？…—,;:.!?" else 0.0


def line_ends(text: str) -> frozenset[int]:
    """Before which characters a line may begin: neither with a closing mark or a small kana nor after an opening one,
    and not inside of an amount (Unicode, UAX 14, in its strict form)."""
    from icu4py.breakers import LineBreaker

    return _ends(LineBreaker(text, "ja@lb=strict"))


def word_ends(text: str) -> frozenset[int]:
    """Where words end that stand without spaces between them, as ICU's dictionaries know them."""
    from icu4py.breakers import WordBreaker

    return _ends(WordBreaker(text, "zh"))


def _ends(parts: object) -> frozenset[int]:
    at, ends = 0, set()
    for part in parts:  # type: ignore[attr-defined]
        at += len(part)
        ends.add(at)
    return frozenset(ends)


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in ("W", "F")
