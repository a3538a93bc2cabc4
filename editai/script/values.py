"""The prices, percentages, sizes and numbers in a text, by their value and not by how they are written.

"$49.99", "49,99 $" and "forty-nine dollars and ninety-nine cents" are one price; "three" is 3; "1.5 l" is "1500 ml".
The names of units and currencies, and the numbers that say nothing ("24/7"), are in `assets/script/values.json`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from num2words import num2words
from pydantic import TypeAdapter

from editai.bundled import ASSETS
from editai.models.base import Model
from editai.script.folded import fold, masked

Kind = Literal["price", "percentage", "size", "number", "code"]
"""A "code" is letters and digits that mean something together: "IP67", "WH1000XM5"."""

_NUMERAL = re.compile(r"\d{1,3}(?:[ ']\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,/]\d+)*[½¼¾]?|[½¼¾]")
_FRACTIONS = {"½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75")}
_ADDRESS = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[a-z]{2,}(?:/\S*)?|\S+@\S+")
_NUMBERING = re.compile(r"^\s*\d{1,2}[.)](?=\s)", re.MULTILINE)
_LONGEST = 9
"""Words of a number that is written in words ("nine hundred and ninety-nine thousand" ...)."""


@dataclass(frozen=True)
class Value:
    """A value as it stands in a text at [start, end).

    `amounts` holds every way to read it ("1,299" is 1299 or 1.299); a size's are in the unit that its `unit` names, a
    price's `unit` is its currency, "" where none is given. `near` are the words beside it.
    """

    kind: Kind
    amounts: frozenset[Decimal]
    unit: str
    text: str
    start: int
    end: int
    near: frozenset[str] = frozenset()

    def equals(self, other: Value) -> bool:
        """Whether both say the same."""
        if self.kind == "code" or other.kind == "code":
            return fold(self.text) == fold(other.text)
        one_currency = self.kind == other.kind == "price" and not (self.unit and other.unit)
        return (
            self.kind == other.kind and (self.unit == other.unit or one_currency) and bool(self.amounts & other.amounts)
        )


class _NumberWords(Model):
    languages: dict[str, str]
    more: dict[str, dict[str, int]]
    other_meanings: dict[str, tuple[str, ...]]


class _Names(Model):
    percent: tuple[str, ...]
    cents: tuple[str, ...]
    currencies: dict[str, tuple[str, ...]]
    units: dict[str, dict[str, Decimal]]
    joins: tuple[str, ...]
    ands: tuple[str, ...]
    number_words: _NumberWords
    harmless: dict[str, tuple[str, ...]]


@functools.cache
def names() -> _Names:
    """The table of names."""
    return TypeAdapter(_Names).validate_json((ASSETS / "script" / "values.json").read_bytes())


def values(text: str, language: str) -> list[Value]:
    """Every value in `text` but the harmless ones, in order."""
    return [value for value in _read(text, language) if value.amounts != {Decimal(1)} or value.kind != "number"]


def numerals(text: str) -> Iterator[Decimal]:
    """Every run of digits as a number, also inside addresses and codes."""
    return (Decimal(run) for run in re.findall(r"\d+", text))


def written(text: str) -> list[tuple[int, str, frozenset[Decimal]]]:
    """Every number in `text` that is written in digits: where it begins, itself, and every way to read it; there is
    none for a date or a version."""
    folded = fold(text)
    return [(start, folded[start:end], amounts) for start, end, amounts in _digits(folded)]


def reads_words(language: str) -> bool:
    """Whether numbers and units are known that are written in words of this language."""
    return language in names().number_words.languages


def _read(text: str, language: str) -> list[Value]:
    folded = masked(masked(masked(fold(text), _harmless(language)), _ADDRESS), _NUMBERING)
    found: list[Value] = []
    for start, end, amounts in sorted([*_digits(folded), *_words(folded, language)], key=lambda each: each[:2]):
        after = found[-1].end if found else 0
        if start >= after:
            found.append(_named(folded, text, start, end, amounts, after))
    return [replace(value, near=_near(folded, value)) for value in _joined(folded, text, found)]


def _digits(folded: str) -> Iterator[tuple[int, int, frozenset[Decimal]]]:
    for found in _NUMERAL.finditer(folded):
        yield found.start(), found.end(), _readings(found[0])


def _readings(numeral: str) -> frozenset[Decimal]:
    """The numbers that a numeral may mean; none for a date or a version."""
    fraction = _FRACTIONS.get(numeral[-1], Decimal(0))
    digits = re.sub(r"[ '½¼¾]", "", numeral)
    if "/" in digits:
        above, _, below = digits.partition("/")
        return (
            frozenset({Decimal(above) / Decimal(below)})
            if below.isdecimal() and int(below) and above.isdecimal()
            else frozenset()
        )
    signs = re.findall(r"[.,]", digits)
    parts = re.split(r"[.,]", digits or "0")
    whole = "".join(parts)
    if not signs:
        return frozenset({Decimal(whole) + fraction})
    grouped = all(len(part) == 3 for part in parts[1:]) and len(parts[0]) <= 3 and not parts[0].startswith("0")
    decimal = Decimal(f"{''.join(parts[:-1])}.{parts[-1]}")
    if len(signs) == 1:
        return frozenset({decimal, Decimal(whole)}) if grouped else frozenset({decimal})
    if len(set(signs)) == 1:
        return frozenset({Decimal(whole)}) if grouped else frozenset()
    return frozenset({decimal}) if signs.count(signs[-1]) == 1 else frozenset()


def _words(folded: str, language: str) -> Iterator[tuple[int, int, frozenset[Decimal]]]:
    """Numbers that are written in words; "one" is an article more often than a number and none here."""
    known = _number_words(language)
    tokens = list(re.finditer(r"[^\W\d_]+", folded))
    index = 0
    while index < len(tokens):
        for length in range(min(_LONGEST, len(tokens) - index), 0, -1):
            run = tokens[index : index + length]
            number = known.get(tuple(token[0] for token in run))
            if number is not None and all(folded[a.end() : b.start()] in (" ", "-") for a, b in pairwise(run)):
                yield run[0].start(), run[-1].end(), frozenset({Decimal(number)})
                index += length
                break
        else:
            index += 1


@functools.cache
def _number_words(language: str) -> dict[tuple[str, ...], int]:
    table = names().number_words
    known: dict[tuple[str, ...], int] = {}
    if language in table.languages:
        for number in (*range(2, 1000), *range(1000, 10_000, 100), *range(10_000, 100_001, 1000), 1_000_000):
            spelt = fold(str(num2words(number, lang=table.languages[language]))).replace(",", "").replace("-", " ")
            known[tuple(spelt.split())] = number
            known[tuple(word for word in spelt.split() if word != "and")] = number
    for spelt, number in table.more.get(language, {}).items():
        known[tuple(spelt.split())] = number
    for word in table.other_meanings.get(language, ()):
        known.pop((word,), None)
    return known


@functools.cache
def small_numbers(language: str) -> tuple[str, ...]:
    """The numbers below a hundred that are one word in a language, longest first."""
    small = {words[0] for words, number in _number_words(language).items() if len(words) == 1 and number < 100}
    return tuple(sorted(small, key=len, reverse=True))


@functools.cache
def _harmless(language: str) -> re.Pattern[str]:
    table = names().harmless
    return re.compile(rf"(?<!\w)(?:{'|'.join((*table['any'], *table.get(language, ())))})(?!\w)")


@functools.cache
def _units() -> tuple[dict[str, tuple[Kind, str, Decimal]], re.Pattern[str], re.Pattern[str]]:
    """What each name of a unit means, and what finds one after and a currency before a number."""
    table = names()
    meant: dict[str, tuple[Kind, str, Decimal]] = {name: ("percentage", "%", Decimal(1)) for name in table.percent}
    meant |= {name: ("price", "", Decimal("0.01")) for name in table.cents}
    money = {name: sign for sign, aliases in table.currencies.items() for name in aliases}
    meant |= {name: ("price", sign, Decimal(1)) for name, sign in money.items()}
    meant |= {name: ("size", unit, factor) for unit, aliases in table.units.items() for name, factor in aliases.items()}
    return meant, _any_of(meant, r"[ -]?(", r")(?![\w'])"), _any_of(money, r"(?<![a-z])(", r") ?\Z")


def _any_of(
    aliases: dict[str, object] | dict[str, str] | dict[str, tuple[Kind, str, Decimal]], before: str, after: str
) -> re.Pattern[str]:
    return re.compile(before + "|".join(re.escape(name) for name in sorted(aliases, key=len, reverse=True)) + after)


def _named(folded: str, text: str, start: int, end: int, amounts: frozenset[Decimal], after: int) -> Value:
    """The value of a numeral with the unit that stands beside it; the value before it ends at `after`."""
    meant, behind, before = _units()
    if unit := behind.match(folded, end):
        kind, name, factor = meant[unit[1]]
        scaled = frozenset(amount * factor for amount in amounts)
        return Value(kind, scaled, name, text[start : unit.end()], start, unit.end())
    if sign := before.search(folded[max(after, start - 5) : start]):
        first = start - len(sign[0])
        return Value("price", amounts, meant[sign[1]][1], text[first:end], first, end)
    whole = re.search(r"\w*\Z", folded[after:start])
    tail = re.compile(r"\w*").match(folded, end)
    first, last = (after + whole.start() if whole else start), (tail.end() if tail else end)
    if (first, last) == (start, end) or folded[end:last] in ("x", "×"):
        return Value("number" if amounts else "code", amounts, "", text[start:end], start, end)
    return Value("code", amounts, "", text[first:last], first, last)


def _joined(folded: str, text: str, found: list[Value]) -> list[Value]:
    """Euros with their cents as one price; the numbers of a range or of a format with the unit of its last one."""
    table = names()
    ands = re.compile(rf",? ?(?:(?:{'|'.join(table.ands)}) )?")
    joins = re.compile(rf" ?(?:{'|'.join(map(re.escape, table.joins))}) ?")
    made: list[Value] = []
    for value in reversed(found):
        after = made[-1] if made else None
        between = folded[value.end : after.start] if after else ""
        if after and value.kind == "price" and _cents(after, folded) and ands.fullmatch(between):
            small = after.amounts if after.kind == "price" else frozenset(each / 100 for each in after.amounts)
            sums = frozenset(big + cents for big in value.amounts for cents in small)
            made[-1] = replace(value, amounts=sums, text=text[value.start : after.end], end=after.end)
        elif after and value.kind == "number" and after.kind in ("size", "percentage") and joins.fullmatch(between):
            factor = _factor(after)
            made.append(
                replace(
                    value, kind=after.kind, unit=after.unit, amounts=frozenset(each * factor for each in value.amounts)
                )
            )
        else:
            made.append(value)
    return made[::-1]


def _cents(value: Value, folded: str) -> bool:
    if value.kind == "price":
        return value.unit == "" and all(amount < 1 for amount in value.amounts)
    ends = re.compile(r"\s*(?:[.,!?;:)]|$)").match(folded, value.end)
    return value.kind == "number" and ends is not None and all(10 <= amount < 100 for amount in value.amounts)


def _factor(value: Value) -> Decimal:
    numeral = re.match(r"[\d.,']+", value.text)
    meant, _, _ = _units()
    unit = fold(value.text[numeral.end() :] if numeral else value.text).strip(" -")
    return meant.get(unit, ("size", "", Decimal(1)))[2]


def _near(folded: str, value: Value) -> frozenset[str]:
    """The long words right beside a value: what it is a value of."""
    before = re.findall(r"\w{4,}", re.split(r"[.,;:!?\n]", folded[: value.start])[-1])[-1:]
    after = re.findall(r"\w+", re.split(r"[.,;:!?\n]", folded[value.end :], maxsplit=1)[0])[:3]
    return frozenset([*before, *(word for word in after if len(word) > 3)])
