"""The truth check: what a text says that the facts do not hold or that a rule does not allow.

The rules are data (`rules`), figures are compared by their value (`values`). `check()` names what it finds; `settle()`
does what the store wants done about it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from editai.models import Claim, Facts, Market
from editai.script.folded import masked, words
from editai.script.known import Known, known
from editai.script.rules import UNSUPPORTED, WRONG_PERCENTAGE, Rule, finder, harmless, rule, rules
from editai.script.values import values

SCRIPT, TITLE_CARD, POST = "script", "title card", "post"
"""Where a claim stands."""

_ARTICLES = frozenset(
    """the our a an el la los las lo nuestro nuestra le les notre der die das den dem unser unsere il i gli un una
    o os as nosso nossa""".split()  # noqa: SIM905 a list of words reads better as one
)
"""A proof says "Best lamp of 2026", a sentence "the best lamp"."""


def check(
    texts: Mapping[str, Sequence[str]], facts: Facts, market: Market, language: str, own_words: bool
) -> tuple[Claim, ...]:
    """The claims in the script's sentences, the title card's words and the texts of posts, in their order.

    `own_words`: the owner typed the texts. A figure there about which the facts are silent is the owner's statement:
    it is reported as `kept` and need not go.
    """
    held = known(facts, language)
    claims: list[Claim] = []
    for where, parts in texts.items():
        for number, text in enumerate(parts):
            found = _Reading(text, where, number if where == SCRIPT else None, held, market, language, own_words)
            claims += found.claims()
    return tuple(claims)


class _Reading:
    """One text, read for claims."""

    def __init__(
        self, text: str, where: str, sentence: int | None, held: Known, market: Market, language: str, own_words: bool
    ) -> None:
        self.text, self.where, self.sentence, self.held = text, where, sentence, held
        self.market, self.language, self.own_words = market, language, own_words
        self.folded = held.without_names(text)
        self.found: list[tuple[int, int, Claim]] = []
        self.granted: list[tuple[int, int]] = []
        """Where reductions are announced that are as large as they are said to be."""

    def claims(self) -> list[Claim]:
        """What is found, in the order of the text."""
        for each in rules():
            spoken_only = each.spoken and self.where == POST and self.own_words
            if each.holds_in(self.market) and not spoken_only:
                self._look(each)
        self._figures()
        return [claim for _, _, claim in sorted(self.found, key=lambda each: each[:2])]

    def _look(self, one: Rule) -> None:
        text = masked(self.folded, harmless(one.name, self.language))
        for found in finder(one.name, self.language).finditer(text):
            if not self._lifted(one, found):
                self._add(one, *found.span())

    def _lifted(self, one: Rule, found: re.Match[str]) -> bool:
        """Whether the facts make the claim sayable; a reduction also has to be as large as it is said to be."""
        match one.lifted_by:
            case "proof":
                return _said_in(self.held.proofs, found[0])
            case "fact":
                return _said_in(self.held.statements, found[0])
            case "lowest_price_30d":
                reduction = self.held.reduction
                if reduction is None:
                    return False
                said = [
                    amount for value in values(found[0], self.language) if value.unit == "%" for amount in value.amounts
                ]
                right = all(0 <= reduction - amount < 1 for amount in said) and reduction >= (one.percentage or 0)
                if right:
                    self.granted.append(found.span())
                else:
                    self._add(rule(WRONG_PERCENTAGE), *found.span())
                return True
        return False

    def _figures(self) -> None:
        for value in values(self.folded, self.language):
            granted = value.kind == "percentage" and any(start <= value.start < end for start, end in self.granted)
            if not granted and not self.held.hold(value):
                kept = self.own_words and not self.held.contradict(value)
                self._add(rule(UNSUPPORTED), value.start, value.end, kept)

    def _add(self, one: Rule, start: int, end: int, kept: bool = False) -> None:
        if any(start < other_end and other_start < end for other_start, other_end, _ in self.found):
            return
        said = self.text[start:end].strip()
        claim = Claim(
            rule=one.name,
            text=said,
            where=self.where,
            sentence=self.sentence,
            message=f"{one.message.format(words=said)} ({one.source})",
            hint=one.hint.format(percentage=self.held.percentage),
            kept=kept,
        )
        self.found.append((start, end, claim))


def _said_in(facts: Sequence[str], claim: str) -> bool:
    """Whether one of the facts' phrases holds the claim's words, an article before them aside.

    Stars and a lone number are no words: "#1" is not proved by "1 lamp".
    """
    said = words(claim)
    if len(said) > 1 and said[0] in _ARTICLES:
        said = said[1:]
    return any(word.isalpha() for word in said) and any(f" {' '.join(said)} " in fact for fact in facts)
