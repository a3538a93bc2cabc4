"""Which two words must not be parted, neither by a new cue nor by a new line: a table per language.

Rules and their sources: the subtitle guidelines of the BBC and Netflix (article and noun, adjective and noun, pronoun
and verb, auxiliary or negation and verb, first and last name, number and unit, currency and amount stay together; a
break goes before a conjunction or preposition, never after one). The tables lie in `assets/captions/phrases`, a file
per language. A language without one is broken by punctuation, amounts, pauses and width alone.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from itertools import pairwise
from typing import Annotated

from pydantic import BeforeValidator

from editai.bundled import ASSETS
from editai.models.base import Model

NEVER = 40.0
"""Cost of parting what belongs together."""
LEANING = 30.0
"""Cost of parting what belongs together only a little less: where a longer phrase must be parted, it is here."""
RATHER_NOT = 8.0
"""Cost of a break that reads badly."""
WELCOME = -2.0
"""A break that reads well."""

Small = Annotated[frozenset[str], BeforeValidator(lambda text: frozenset(text.split()))]
"""Words in small letters; in the file one text with spaces."""


class Words(Model):
    """The small words of a language, in small letters.

    A word may be in several lists. `articles` are whatever determines a noun, prepositions that hold an article ("zum",
    "du", "nel") too. `openers` are conjunctions and prepositions; `closers` belong to the word before (Hindi's
    postpositions, the French "pas"). `pronouns` are subjects of the verb after them; `leaners` lean less ("it").
    `adjectives` and `adjectives_after` stand before and after their noun, with one of `adjective_endings` or none;
    `adjective_suffixes` make one where a capital follows in a language whose `nouns_are_capitals`. There two capitals
    are a name only after one of `given_names`. `before_number` as "only 12.90". Parts of `together` are never parted.
    """

    articles: Small = frozenset()
    negations: Small = frozenset()
    openers: Small = frozenset()
    closers: Small = frozenset()
    pronouns: Small = frozenset()
    auxiliaries: Small = frozenset()
    leaners: Small = frozenset()
    adjectives: Small = frozenset()
    adjectives_after: Small = frozenset()
    adjective_endings: Small = frozenset()
    adjective_suffixes: Small = frozenset()
    numbers: Small = frozenset()
    before_number: Small = frozenset()
    units: Small = frozenset()
    titles: Small = frozenset()
    given_names: Small = frozenset()
    nouns_are_capitals: bool = False
    together: tuple[str, ...] = ()

    @functools.cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """The neighbours in `together`."""
        return frozenset(pair for phrase in self.together for pair in pairwise(phrase.split()))

    def is_adjective(self, word: str, stems: frozenset[str]) -> bool:
        return word in stems or any(
            word.endswith(ending) and word.removesuffix(ending) in stems for ending in self.adjective_endings
        )


@functools.cache
def table(language: str) -> Words:
    """The small words of a language (ISO 639-1), empty where there is no file of it."""
    path = ASSETS / "captions" / "phrases" / f"{language}.json"
    return Words.model_validate_json(path.read_bytes()) if language.isalpha() and path.is_file() else Words()


_UNITS = "any"
"""The file of the units that are written the same everywhere."""
_CURRENCIES = frozenset(
    (
        "$",
        "€",
        "£",
        "¥",
        "₹",
        "₽",
        "us$",
        "r$",
        "a$",
        "c$",
        "usd",
        "eur",
        "gbp",
        "chf",
        "pln",
        "inr",
        "rs",
        "rs.",
        "rp",
        "zł",
    )
)
_NUMBER = re.compile(r"[^\w\s]*\d[\d.,:/×x–-]*[^\w\s]*$")
_OPENING = "\"'“‘„«‹([{¿¡-"
_CLOSING = "\"'”’“»›)]}"
_PAUSE_MARKS = ",;:–—…،؛"
_END_MARKS = ".!?।॥؟۔"
_INITIAL = re.compile(r"[^\W\d_]\.")


def parting(left: str, right: str, language: str, first: bool = False) -> float:
    """What a break between two words of a sentence costs: above 0 it is bad, below 0 it is welcome.

    `first`: `left` opens the sentence, so that its capital letter says nothing.
    """
    words = table(language)
    if not is_spoken(right):  # a lone mark or emoji belongs to what it follows, an opening quote to what follows it
        return NEVER if right.strip(_OPENING) or not is_spoken(left) else WELCOME
    if not is_spoken(left) and (first or not left.strip(_OPENING)):
        return NEVER
    tail = left.rstrip(_CLOSING)
    if tail[-1:] and tail[-1] in _END_MARKS + _PAUSE_MARKS and not _abbreviated(left, right, words):
        return -12.0 if tail[-1] in _END_MARKS else -10.0
    before, after = _bare(left), _bare(right)
    return max(_amount(left, right, words), _phrase(left, right, words, first)) or (
        WELCOME if after in words.openers or before in words.closers else 0.0
    )


def is_spoken(word: str) -> bool:
    """Whether there is anything to read aloud in it: a mark or an emoji alone is no word."""
    return any(
        character.isalnum() or unicodedata.category(character) == "Sc" or character in "%&" for character in word
    )


def _amount(left: str, right: str, words: Words) -> float:
    """What a break costs that would part a number from its unit, its currency or the word before it."""
    before, after = _bare(left), _bare(right)
    number, follows = _is_number(left, words), _is_number(right, words)
    if number and (follows or after in _CURRENCIES or after in words.units):
        return NEVER
    if number and after in table(_UNITS).units - words.openers:
        return NEVER
    if follows and before in _CURRENCIES:
        return NEVER
    if (follows or after in _CURRENCIES) and before in words.before_number:
        return LEANING
    if not number or after in words.openers or after in words.closers:
        return 0.0
    return RATHER_NOT if any(unicodedata.category(character) == "Sc" for character in left) else 2 * RATHER_NOT


def _phrase(left: str, right: str, words: Words, first: bool) -> float:
    """What a break costs that would part a phrase."""
    before, after = _bare(left), _bare(right)
    if (before, after) in words.pairs or after in words.closers or before in words.titles:
        return NEVER
    if after in words.openers and before not in words.openers | words.articles:
        return 0.0  # "give it to", "as you can, and"
    if before in words.articles or before in words.negations or _is_name(left, right, words, first):
        return NEVER
    if before in words.openers | words.pronouns | words.auxiliaries or (
        before in words.leaners and after in words.auxiliaries
    ):
        return LEANING
    if _is_described(left, right, words):
        return LEANING
    titled = _is_title(left) and _is_title(right)
    return RATHER_NOT if titled or before in words.leaners else 0.0


def _is_described(left: str, right: str, words: Words) -> bool:
    """Whether one of the two is an adjective and the other its noun."""
    before, after = _bare(left), _bare(right)
    if words.nouns_are_capitals:
        ends = any(before.endswith(suffix) for suffix in words.adjective_suffixes)
        return _is_title(right) and (ends or words.is_adjective(before, words.adjectives))
    if words.is_adjective(before, words.adjectives):
        return True
    return words.is_adjective(after, words.adjectives_after)


def _is_name(left: str, right: str, words: Words, first: bool) -> bool:
    """Whether these may be a first and a last name: two capitals, where a capital says so."""
    if not _is_title(right) or not (_is_title(left) or _INITIAL.fullmatch(left)):
        return False
    if words.nouns_are_capitals:
        return _bare(left) in words.given_names or bool(_INITIAL.fullmatch(left))
    return not first and _bare(right) not in words.openers


def _is_number(word: str, words: Words) -> bool:
    return bool(_NUMBER.match(word)) or _bare(word) in words.numbers


def _bare(word: str) -> str:
    bare = word.lower().replace("’", "'").strip(_OPENING + _CLOSING + _PAUSE_MARKS + "!?।॥؟۔")
    return bare if bare.count(".") > 1 or bare[:-1] in _SHORTENED else bare.rstrip(".")


_SHORTENED = frozenset(
    (
        "mr",
        "mrs",
        "ms",
        "dr",
        "st",
        "prof",
        "sr",
        "sra",
        "srta",
        "sig",
        "dott",
        "dhr",
        "mevr",
        "ca",
        "руб",
        "коп",
        "डॉ",
        "रु",
        "rs",
        "vs",
        "no",
        "nr",
    )
)
"""Words that are written with a full stop, without it."""


def _is_title(word: str) -> bool:
    word = word.lstrip(_OPENING)
    return len(word) > 1 and word[0].isupper() and any(character.islower() for character in word)


def _abbreviated(left: str, right: str, words: Words) -> bool:
    """ "Dr." and "J." end no sentence, nor does "руб." before a small letter."""
    bare = _bare(left)
    if bare in words.titles and left.endswith("."):
        return True
    if bare.removesuffix(".") in _SHORTENED and left.endswith("."):
        return not right[:1].isupper() or bare in ("vs.", "no.", "nr.")
    return bool(_INITIAL.fullmatch(left)) and left[0].isupper()
