"""What of a text should be seen at a glance: the price, a reduction, what is free, and other amounts with their unit.

Whether it is true is not asked here: what cannot be shown to be true was taken out before (see `settle`).
"""

from __future__ import annotations

from editai.models import Facts
from editai.script.folded import fold, masked
from editai.script.known import price_of
from editai.script.rules import finder, harmless
from editai.script.values import Value, values

LONGEST = 4
"""Words of a phrase: in more nothing stands out."""

_WEIGHT = {"percentage": 1, "price": 2, "size": 4}
"""Kinds of values that stand out, the first before the others; the product's own price before them all."""
_OWN_PRICE, _FREE = 0, 3


def standouts(text: str, facts: Facts, language: str) -> tuple[str, ...]:
    """The phrases of `text` that should stand out, in whole words as they are written there, what matters most first.

    Its lowest price of the last 30 days is no such phrase: a reduction is told by what the product costs now.
    """
    price, before = price_of(facts.price, language), price_of(facts.lowest_price_30d, language)
    found: list[tuple[int, int, int]] = []
    for value in values(text, language):
        if value.kind not in _WEIGHT or (_is(value, before) and not _is(value, price)):
            continue
        found.append((_OWN_PRICE if _is(value, price) else _WEIGHT[value.kind], value.start, value.end))
    free = finder("free", language).finditer(masked(fold(text), harmless("free", language)))
    found += [(_FREE, *match.span()) for match in free]
    phrases = (_whole_words(text, start, end) for _, start, end in sorted(found))
    return tuple(dict.fromkeys(phrase for phrase in phrases if len(phrase.split()) <= LONGEST))


def _is(value: Value, price: Value | None) -> bool:
    return price is not None and value.kind == "price" and value.equals(price)


def _whole_words(text: str, start: int, end: int) -> str:
    while start and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    return text[start:end]
