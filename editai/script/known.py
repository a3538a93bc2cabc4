"""What the facts hold, in the forms in which claims are held against them."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from editai.models import Facts
from editai.script.folded import MASK, fold, masked, pattern_of, phrase, words
from editai.script.values import Value, numerals, values

_OF_MANY_THINGS = frozenset(("s", "months"))
"""A product has one weight and one width more often than not, and times of all kinds."""


@dataclass(frozen=True)
class Known:
    """Facts, read once. `reduction` is the percentage from the lowest price of the last 30 days down to the price,
    None where there is no such price or no reduction."""

    name: tuple[str, ...]
    whole_name: re.Pattern[str] | None
    proofs: tuple[str, ...]
    statements: tuple[str, ...]
    values: tuple[Value, ...]
    numbers: frozenset[Decimal]
    words: frozenset[str]
    reduction: Decimal | None

    @property
    def percentage(self) -> int | None:
        """The reduction in whole percent, never more than it is."""
        return None if self.reduction is None else int(self.reduction.to_integral_value(ROUND_FLOOR))

    def without_names(self, text: str) -> str:
        """`text`, folded, without the product's name: what it is called is no claim.

        The whole name counts in whatever letters it is written; a part of it, two words or more, and a name of one word
        in the letters of the name alone.
        """
        folded = fold(text)
        for start, end in _parts_of(self.name, text):
            folded = folded[:start] + MASK * (end - start) + folded[end:]
        return masked(folded, self.whole_name) if self.whole_name else folded

    def hold(self, value: Value) -> bool:
        """Whether a value is in the facts."""
        if value.kind == "code":
            return set(words(value.text)) <= self.words
        if value.kind == "number" and value.amounts & self.numbers:
            return True
        return any(value.equals(other) for other in self.values)

    def contradict(self, value: Value) -> bool:
        """Whether the facts hold another value of the same thing.

        A price contradicts a price and a weight a weight; a number, a percentage or a time only where the same word
        stands beside both.
        """
        for other in self.values:
            alike = other.kind == value.kind and (other.unit == value.unit or value.kind == "price")
            whole = value.kind == "price" or (value.kind == "size" and value.unit not in _OF_MANY_THINGS)
            if alike and (whole or value.near & other.near):
                return True
        return False


@functools.lru_cache(maxsize=64)
def known(facts: Facts, language: str) -> Known:
    """The facts of a product, read as texts of `language`."""
    texts = (facts.title, *facts.points, *facts.proofs)
    whole = "\n".join((*texts, facts.price, facts.lowest_price_30d, facts.url))
    found = values("\n".join(texts), language)
    prices = [price for text in (facts.price, facts.lowest_price_30d) for price in _prices(text, language)]
    reduction, saved = _reduction(facts, language)
    if reduction is not None:
        found.append(Value("percentage", frozenset({reduction.to_integral_value(ROUND_FLOOR)}), "%", "", 0, 0))
        prices.append(Value("price", frozenset({saved}), prices[0].unit, "", 0, 0))
    every = (*found, *prices)
    codes = [value.text for value in found if value.kind == "code"]
    amounts = frozenset(amount for value in every for amount in value.amounts)
    return Known(
        name=tuple(re.findall(r"\w+", facts.title)),
        whole_name=pattern_of(facts.title) if len(words(facts.title)) > 1 else None,
        proofs=tuple(phrase(proof) for proof in facts.proofs),
        statements=tuple(phrase(text) for text in texts),
        values=every,
        numbers=amounts | frozenset(numerals("\n".join((facts.url, *codes)))) | _as_written(found),
        words=frozenset(words(whole)),
        reduction=reduction,
    )


def names_in(text: str, name: str) -> list[str]:
    """What of a product's or a shop's name stands in a text in the name's own letters (see `Known.without_names`)."""
    return [text[start:end] for start, end in _parts_of(tuple(re.findall(r"\w+", name)), text)]


def price_of(text: str, language: str) -> Value | None:
    """The price that `text` is, None where it holds more than a price or none."""
    found = _prices(text, language)
    return found[0] if len(found) == 1 and found[0].text == text.strip() else None


def percentage_off(facts: Facts, language: str) -> int | None:
    """The reduction that may be announced, in whole percent; None where there is none."""
    return known(facts, language).percentage


def _prices(text: str, language: str) -> list[Value]:
    """The prices in a field that holds prices: a number without a currency is one there."""
    return [
        value if value.kind == "price" else Value("price", value.amounts, "", value.text, value.start, value.end)
        for value in values(text.strip(), language)
        if value.kind in ("price", "number")
    ]


def _reduction(facts: Facts, language: str) -> tuple[Decimal | None, Decimal]:
    """From the lowest price down to the price, in percent and in money."""
    now, lowest = price_of(facts.price, language), price_of(facts.lowest_price_30d, language)
    if now is None or lowest is None or (now.unit and lowest.unit and now.unit != lowest.unit):
        return None, Decimal(0)
    price, before = max(now.amounts), max(lowest.amounts)  # 1.299 is one thousand two hundred and ninety-nine
    saved = before - price
    return (saved * 100 / before, saved) if 0 < saved < before and saved * 100 >= before else (None, Decimal(0))


def _as_written(found: list[Value]) -> frozenset[Decimal]:
    """The numbers of sizes as they are written: 1.5 of "1.5 l", which is 1500 ml."""
    numbers = (re.search(r"\d+(?:[.,]\d+)?", value.text) for value in found)
    return frozenset(Decimal(number[0].replace(",", ".")) for number in numbers if number)


def _parts_of(name: tuple[str, ...], text: str) -> Iterator[tuple[int, int]]:
    """Where parts of a name stand in a text, each as long as it goes."""
    tokens = list(re.finditer(r"\w+", text))
    least = min(2, len(name))
    index = 0
    while index < len(tokens):
        run = max((_run(name[start:], tokens[index : index + len(name)]) for start in range(len(name))), default=0)
        if run >= least > 0:
            yield tokens[index].start(), tokens[index + run - 1].end()
        index += run if run >= least > 0 else 1


def _run(name: Sequence[str], tokens: Sequence[re.Match[str]]) -> int:
    """How many words of a text are those of a name, from the first on."""
    count = 0
    for word, token in zip(name, tokens, strict=False):
        if word != token[0]:
            break
        count += 1
    return count
