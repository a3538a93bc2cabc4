"""Whether a translation says what its original says: its figures, names and addresses, and nothing that claims more.

Figures are compared by their value, as the script's are (`script.values`). What a language writes otherwise is let be
where that can be read ("three" as "3", "$12.90" as "12,90 Dollar"); elsewhere digits and signs have to be there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from editai.models import Facts, Market
from editai.script.claims import SCRIPT, check
from editai.script.folded import words
from editai.script.known import names_in
from editai.script.language import NAMES, foreign
from editai.script.rules import UNSUPPORTED, rule, rules
from editai.script.values import Value, reads_words, values, written

_KEPT = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[a-z]{2,}(?:/\S*)?|\S+@\S+|[#@]\w+")
"""Web and mail addresses, hashtags and the names of accounts."""

_LONGEST, _ANYWAY = 3, 40
"""So many times as long as its original, and so many characters more, no translation is."""

_ORDINARY = 3
"""So many words of small letters in a row are no name."""


def unlike(said: str, text: str, spoken: str, language: str, names: Sequence[str]) -> Iterator[str]:
    """What is wrong with `text` as the translation of one caption from `spoken` into `language`, a sentence each.

    `names` are those of the product and the shop.
    """
    if not text or (_has_words(said) and not _has_words(text)):
        yield "It is empty."
        return
    if len(text) > _LONGEST * len(said) + _ANYWAY:
        yield f"It is far too long: {len(text)} characters for {len(said)}."
    for figure in _lost(said, text, spoken, language):
        yield f"“{figure.text}” is missing in it, or is another figure there."
    if reads_words(spoken) and reads_words(language):
        for figure in _lost(text, said, language, spoken):
            yield f"“{figure.text}” is not in the original."
    kept = [found.rstrip(".,;:!?…") for found in _KEPT.findall(said)]
    kept += [part for name in names for part in names_in(said, name)]
    for part in dict.fromkeys(kept):
        if "".join(words(part)) not in "".join(words(text)):
            yield f"“{part}” is a name or an address and stays as it is."


def unlike_as_a_whole(
    said: Sequence[str], texts: Sequence[str], spoken: str, language: str, names: Sequence[str], market: Market
) -> Iterator[str]:
    """What is wrong with all of a translation, a sentence each: its language, and claims that the original has not."""
    whole, original = " ".join(texts), " ".join(said)
    same = whole.casefold() == original.casefold() and re.search(rf"(?:\b[a-zß-ÿ]+\W+){{{_ORDINARY}}}", f"{whole} ")
    if found := foreign(whole, language):
        yield f"It seems to be {found} and not in {NAMES[language]}."
    elif same:
        yield f"It is not translated into {NAMES[language]}."
    if not any(spoken in each.patterns for each in rules()):
        return  # what the original claims is not known
    facts = Facts(title=names[0] if names else "")
    claimed = {rule(claim.rule).group for claim in check({SCRIPT: [original]}, facts, market, spoken, own_words=False)}
    for claim in check({SCRIPT: [whole]}, facts, market, language, own_words=False):
        if claim.rule != UNSUPPORTED and rule(claim.rule).group not in claimed:
            yield f"“{claim.text}” claims more than the original says ({rule(claim.rule).kind})."


def _has_words(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _lost(said: str, text: str, spoken: str, language: str) -> Iterator[Value]:
    """The values that stand in digits in `said` and are not in `text`."""
    others = values(text, language)
    bare = [
        (numeral, readings)
        for start, numeral, readings in written(text)
        if not any(other.unit and other.start <= start < other.end for other in others)
    ]
    for value in values(said, spoken):
        if any(character.isdigit() for character in value.text) and not _is_in(value, text, others, bare):
            yield value


def _is_in(value: Value, text: str, others: Sequence[Value], bare: Sequence[tuple[str, frozenset[Decimal]]]) -> bool:
    """Whether one of the values `others` of `text` is this, or else its digits and its sign are there; `bare` are the
    numbers beside which no unit is known, such as one whose name is of another language."""
    if any(value.equals(other) for other in others):
        return True
    sign = {"price": value.unit, "percentage": "%"}.get(value.kind, "")
    if sign.casefold() not in text.casefold():
        return False
    return all(
        any(amounts & readings or numeral == other for other, readings in bare)
        for _, numeral, amounts in written(value.text)
    )
