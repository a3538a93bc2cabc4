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
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated

from pydantic import BeforeValidator

from editai.bundled import ASSETS
from editai.captions.writing import is_unspaced, line_ends
from editai.models import Word
from editai.models.base import Model

NEVER = 100.0
"""Cost of parting what belongs together."""
LEANING = 80.0
"""Cost of parting what belongs together only a little less: where a longer phrase must be parted, it is here."""
DESCRIBED = 35.0
"""Cost of parting an adjective from its noun, or the words of a long name: avoided where it costs little."""
RATHER_NOT = 8.0
"""Cost of a break that reads badly."""
WELCOME = -2.0
"""A break that reads well."""
_SPACE = -8.0
"""A space in writing without spaces is as good as a comma."""

Small = Annotated[frozenset[str], BeforeValidator(lambda text: frozenset(text.split()))]
"""Words in small letters; in the file one text with spaces."""


class Words(Model):
    """The small words of a language, in small letters.

    A word may be in several lists. `articles` are whatever determines a noun, prepositions that hold an article ("zum",
    "du", "nel") too. `openers` are conjunctions and prepositions; `closers` belong to the word before (Hindi's
    postpositions, the French "pas"). `pronouns` are subjects of the verb after them; `leaners` lean less ("it").
    `adjectives` and `adjectives_after` stand before and after their noun, with one of `adjective_endings` or none;
    `adjective_suffixes` make one where a capital follows in a language whose `nouns_are_capitals`. There, and at the
    beginning of a sentence, two capitals are a name only after one of `given_names`. `before_number` as "only 12.90".
    `percent` is the name of % where it has two words. Parts of `together` are never parted.
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
    currencies: Small = frozenset()
    shortened: Small = frozenset()
    nouns_are_capitals: bool = False
    percent: str = ""
    together: tuple[str, ...] = ()

    @functools.cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """The neighbours in `together`."""
        return frozenset(pair for phrase in self.together for pair in pairwise(phrase.split()))

    @functools.cached_property
    def small(self) -> frozenset[str]:
        """What belongs to the word after it."""
        return self.articles | self.negations | self.openers | self.pronouns | self.auxiliaries | self.leaners

    def is_adjective(self, word: str, stems: frozenset[str]) -> bool:
        return word in stems or any(
            word.endswith(ending) and word.removesuffix(ending) in stems for ending in self.adjective_endings
        )


@functools.cache
def table(language: str) -> Words:
    """The small words of a language (ISO 639-1), empty where there is no file of it."""
    path = ASSETS / "captions" / "phrases" / f"{language}.json"
    return Words.model_validate_json(path.read_bytes()) if language.isalpha() and path.is_file() else Words()


_ANY = "any"
"""The file of what is the same everywhere: signs of units and currencies, given names, words that are written with a
full stop (without it)."""
_NUMBER = re.compile(r"[^\w\s]*\d[\d.,:/×x–-]*[^\w\s]*$")
_OPENING = "\"'“‘„«‹([{¿¡「『（《〈【"
_CLOSING = "\"'”’“»›)]}」』）》〉】"
_PAUSE_MARKS = ",;:–—…،؛、，；：·•|"
_END_MARKS = ".!?।॥؟۔。！？｡"
_MARKS = frozenset(_PAUSE_MARKS + _END_MARKS)
_DASHES = frozenset("-–—")
"""Alone they part what they stand between; a hyphen at a word's end does not ("Vor- und Nachteile")."""
_JOINING = frozenset({"&", "+"})
"""They are read as "and"."""
_INITIAL = re.compile(r"[^\W\d_]\.")


def partings(words: Sequence[Word], language: str) -> list[float]:
    """What a break after each of the words but the last costs. After a mark that stands alone it costs what it would
    without the mark, where that is a lot: "instead of · 19.90"."""
    costs: list[float] = []
    for index, (left, right) in enumerate(pairwise(words)):
        first = index == 0 or words[index - 1].sentence != left.sentence
        cost = parting(left.text, right.text, language, first, right.glued)
        if not first and not is_spoken(left.text) and is_spoken(right.text):
            without = parting(words[index - 1].text, right.text, language)
            cost = without if without >= LEANING else cost
        costs.append(NEVER if _is_percentage(words[index : index + 3], language) else cost)
    return _with_long_names(words, costs)


def _is_percentage(words: Sequence[Word], language: str) -> bool:
    """Whether these are a number and "per cent" in two words."""
    small = table(language)
    named = bool(small.percent) and small.percent == " ".join(_bare(word.text) for word in words[1:])
    return named and _is_number(words[0].text, small)


def _with_long_names(words: Sequence[Word], costs: Sequence[float]) -> list[float]:
    """A first and a last name are never parted; three capitals or more are what a thing is called, and may be."""
    named = [
        cost == NEVER and _is_title(left.text) and _is_title(right.text) and not _is_person(left.text)
        for cost, (left, right) in zip(costs, pairwise(words), strict=True)
    ]
    return [
        DESCRIBED if named[at] and any(named[max(0, at - 1) : at] + named[at + 1 : at + 2]) else cost
        for at, cost in enumerate(costs)
    ]


def parting(left: str, right: str, language: str, first: bool = False, glued: bool = False) -> float:
    """What a break between two words of a sentence costs: above 0 it is bad, below 0 it is welcome.

    `first`: `left` opens the sentence, so that its capital letter says nothing. `glued`: there is no space between
    them, so that only writing without spaces may be broken there, and by its rules.
    """
    words = table(language)
    if glued and len(left) not in line_ends(left + right):
        return NEVER
    if right in _DASHES:
        return NEVER
    if not is_spoken(right):  # a lone mark or emoji belongs to what it follows, an opening quote to what follows it
        return NEVER if right.strip(_OPENING) or not is_spoken(left) else WELCOME
    if not is_spoken(left) and (first or not left.strip(_OPENING)):
        return NEVER
    tail = left if left in _DASHES else left.rstrip(_CLOSING)
    if (left in _DASHES or tail[-1:] in _MARKS) and not _abbreviated(left, right, words):
        return -12.0 if tail[-1] in _END_MARKS else -10.0
    before, after = _bare(left), _bare(right)
    cost = max(_amount(left, right, words), _phrase(left, right, words, first))
    if cost:
        return cost
    if not glued and is_unspaced(left) and is_unspaced(right):
        return _SPACE
    return WELCOME if after in words.openers | _JOINING or before in words.closers else 0.0


def is_spoken(word: str) -> bool:
    """Whether there is anything to read aloud in it: a mark or an emoji alone is no word."""
    return any(
        character.isalnum() or unicodedata.category(character) == "Sc" or character in "%&" for character in word
    )


def _amount(left: str, right: str, words: Words) -> float:
    """What a break costs that would part a number from its unit, its currency or the word before it."""
    before, after = _bare(left), _bare(right)
    number, follows, currencies = _is_number(left, words), _is_number(right, words), table(_ANY).currencies
    if number and (follows or after in currencies or after in words.units):
        return NEVER
    if number and after in table(_ANY).units - words.openers:
        return NEVER
    if follows and before in currencies:
        return NEVER
    if (follows or after in currencies) and before in words.before_number:
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
    if before in words.openers | words.pronouns | words.auxiliaries | _JOINING or (
        before in words.leaners and after in words.auxiliaries
    ):
        return LEANING
    if _is_described(left, right, words):
        return DESCRIBED
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
    return _is_person(left) or (not words.nouns_are_capitals and not first and _bare(right) not in words.openers)


def _is_person(name: str) -> bool:
    return _bare(name) in table(_ANY).given_names or bool(_INITIAL.fullmatch(name))


def _is_number(word: str, words: Words) -> bool:
    return bool(_NUMBER.match(word)) or _bare(word) in words.numbers


def _bare(word: str) -> str:
    bare = word.lower().replace("’", "'").strip(_OPENING + _CLOSING + _PAUSE_MARKS + _END_MARKS[1:])
    return bare if bare.count(".") > 1 or bare[:-1] in table(_ANY).shortened else bare.rstrip(".")


def _is_title(word: str) -> bool:
    word = word.lstrip(_OPENING)
    return len(word) > 1 and word[0].isupper() and any(character.islower() for character in word)


def _abbreviated(left: str, right: str, words: Words) -> bool:
    """ "Dr." and "J." end no sentence, nor does "руб." before a small letter."""
    bare = _bare(left)
    if bare in words.titles and left.endswith("."):
        return True
    if bare.removesuffix(".") in table(_ANY).shortened and left.endswith("."):
        return not right[:1].isupper() or bare in ("vs.", "no.", "nr.")
    return bool(_INITIAL.fullmatch(left)) and left[0].isupper()
