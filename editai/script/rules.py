"""The rules for claims, as data: what may not be said of a product, in which markets, and what makes it sayable.

`assets/script/claims.json` holds them in the order in which they are looked at: of two that find the same words the
first counts. Its patterns are regular expressions in folded letters (see `folded`), whole words, in which a space is
any gap between two words, " _" one more word if there is one, and <percent>, <money> and <number> what they say.
Patterns under "any" are looked for in every language. What `unless` finds is harmless and no claim of its rule.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from typing import Literal

from pydantic import Field, TypeAdapter

from editai.bundled import ASSETS
from editai.models import Market
from editai.models.base import Model
from editai.script.values import names, small_numbers

UNSUPPORTED = "unsupported"
WRONG_PERCENTAGE = "reduction_percentage"


class Rule(Model):
    """One rule. `source` is the law or the platform's policy behind it, `message` and `hint` are for the owner.

    `lifted_by`: the claim's words in a stored proof, in any of the product's facts, a price below the lowest one of
    the last 30 days, or nothing (""). `percentage` is the reduction that the words announce ("half price": 50), and a
    `spoken` rule looks at what a synthetic voice says and a machine wrote, not at a post that the owner wrote.
    """

    name: str
    kind: str
    markets: tuple[Market, ...]
    lifted_by: Literal["proof", "fact", "lowest_price_30d", ""]
    percentage: int | None = None
    spoken: bool = False
    source: str
    message: str
    hint: str
    unless: Mapping[str, tuple[str, ...]] = Field(default={})
    patterns: Mapping[str, tuple[str, ...]]

    @property
    def group(self) -> str:
        """Its name; those for reductions, which are one matter in many words, share one."""
        return self.lifted_by if self.lifted_by == "lowest_price_30d" else self.name

    def holds_in(self, market: Market) -> bool:
        """Whether it is a rule of `market`, "all" being every one."""
        return market == "all" or market in self.markets


@functools.cache
def rules() -> tuple[Rule, ...]:
    """Every rule, in order."""
    return TypeAdapter(tuple[Rule, ...]).validate_json((ASSETS / "script" / "claims.json").read_bytes())


def rule(name: str) -> Rule:
    """The rule of that name."""
    return next(rule for rule in rules() if rule.name == name)


@functools.cache
def finder(name: str, language: str) -> re.Pattern[str]:
    """What finds the claims of a rule in a folded text."""
    patterns = rule(name).patterns
    return _compiled((*patterns.get(language, ()), *patterns.get("any", ())), language)


@functools.cache
def harmless(name: str, language: str) -> re.Pattern[str]:
    """What finds the words in which a rule sees nothing."""
    return _compiled(rule(name).unless.get(language, ()), language)


def _compiled(patterns: Iterable[str], language: str) -> re.Pattern[str]:
    written = "|".join(patterns)
    if not written:
        return re.compile(r"(?!)")
    meant = _macros(language)
    written = re.sub("|".join(meant), lambda short: meant[short[0].replace("?", r"\?")], written)
    return re.compile(rf"(?<!\w)(?:{written})(?!\w)", re.MULTILINE)


@functools.cache
def _macros(language: str) -> dict[str, str]:
    """What the short forms of a pattern mean, by the expression that finds them."""
    table = names()
    money = "|".join(re.escape(name) for aliases in table.currencies.values() for name in aliases)
    number = rf"(?:\d+(?:[.,' ]\d+){{0,4}}|{'|'.join(map(re.escape, small_numbers(language))) or '(?!)'})"
    percent = rf"{number}[ -]?(?:{'|'.join(map(re.escape, table.percent))})"
    return {
        "<percent>": percent,
        "<money>": rf"(?:(?:{money}) ?{number}|{number} ?(?:{money}))",
        "<number>": number,
        " _": r"(?:[ -]+\w+)?",
        r" \?": "[ -]*",
        " ": "[ -]+",
    }
