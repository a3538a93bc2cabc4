"""Which two words must not be parted, neither by a new cue nor by a new line: a table per language.

Rules and their sources: the subtitle guidelines of the BBC and Netflix (article and noun, number and unit, currency
and amount, first and last name, negation and verb stay together; a break goes before a conjunction or preposition).
A language without a table is broken by punctuation, pauses and width alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

NEVER = 40.0
"""Cost of parting what belongs together."""
RATHER_NOT = 8.0
"""Cost of a break that reads badly."""


@dataclass(frozen=True)
class Words:
    """The small words of a language, lower case."""

    articles: frozenset[str]
    negations: frozenset[str]
    openers: frozenset[str]  # conjunctions and prepositions: a break goes before them, never after
    leaners: frozenset[str]  # pronouns and auxiliaries: they lean on the verb that follows
    numbers: frozenset[str]
    units: frozenset[str]


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


LANGUAGES: dict[str, Words] = {
    "en": Words(
        articles=_set("a an the this that these those my your our its his her their every each any some"),
        negations=_set(
            "no not never don't doesn't didn't isn't aren't wasn't weren't won't wouldn't can't cannot couldn't "
            "shouldn't hasn't haven't hadn't without"
        ),
        openers=_set(
            "and or but nor so because if when while although though until unless than as that which who where "
            "of in on at to for from with by into onto over under about after before between through during per "
            "against within like"
        ),
        leaners=_set(
            "i you he she it we they i'm you're he's she's it's we're they're i've you've we've i'll you'll we'll "
            "is are was were be been has have had will would can could should may might must do does did"
        ),
        numbers=_set(
            "one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty sixty "
            "seventy eighty ninety hundred thousand million billion half"
        ),
        units=_set(
            "percent % dollars dollar cents cent euros euro pounds pound usd eur gbp seconds second minutes minute "
            "hours hour days day weeks week months month years year grams gram g kg kilos mg ml cl l litres liters "
            "oz ounces inches inch in cm mm m meters metres feet ft miles km watts w kw mah v gb tb mb degrees stars "
            "star times hundred thousand million billion x am pm a.m. p.m."
        ),
    ),
}

_CURRENCIES = _set("$ € £ ¥ ₹ usd eur gbp us$")
_NUMBER = re.compile(r"[^\w\s]*\d[\d.,:/-]*[^\w\s]*$")
_CLOSING = "\"'”’»)]}"
_PAUSE_MARKS = ",;:–—…"
_END_MARKS = ".!?"


def parting(left: str, right: str, language: str, first: bool = False) -> float:
    """What a break between two words costs: above 0 it is bad, below 0 it is welcome.

    `first`: `left` opens a sentence, so that its capital letter says nothing.
    """
    tail = left.rstrip(_CLOSING)
    if tail[-1:] and tail[-1] in _END_MARKS + _PAUSE_MARKS and not _abbreviated(tail):
        return -12.0 if tail[-1] in _END_MARKS else -10.0
    before, after = _bare(left), _bare(right)
    if left.lower() in _CURRENCIES or (_NUMBER.match(left) and right.lower() in _CURRENCIES):
        return NEVER
    words = LANGUAGES.get(language)
    if words is None:
        return 0.0
    if _NUMBER.match(left) or before in words.numbers:
        if after in words.units or after in words.numbers or _NUMBER.match(right):
            return NEVER
        return -2.0 if after in words.openers else RATHER_NOT
    if before in words.articles or before in words.negations:
        return NEVER
    if _is_title(left) and _is_title(right) and after not in words.openers:
        return RATHER_NOT if first else NEVER
    if before in words.openers or before in words.leaners:
        return RATHER_NOT
    return -2.0 if after in words.openers else 0.0


def _bare(word: str) -> str:
    return word.lower().replace("’", "'").strip(_CLOSING + _PAUSE_MARKS + _END_MARKS + "“‘«([{¿¡-")


def _is_title(word: str) -> bool:
    return len(word) > 1 and word[0].isupper() and any(character.islower() for character in word)


def _abbreviated(word: str) -> bool:
    """ "Dr." and "J." end no sentence."""
    return word in ("Mr.", "Mrs.", "Ms.", "Dr.", "St.", "No.", "vs.") or bool(re.fullmatch(r"[A-Z]\.", word))
