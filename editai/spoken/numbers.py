"""Numbers in words, by the rules that Unicode's CLDR keeps for each language."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from editai.spoken.language import Language, Noun

if TYPE_CHECKING:
    from unicode_rbnf import RbnfEngine

LONGEST = 12
"""Digits; a longer number is said digit by digit."""

_GROUPED = (
    r"\d{1,3}(?:,\d{3})+(?:\.\d+)?",
    r"\d{1,3}(?:\.\d{3})+(?:,\d+)?",
    r"\d{1,3}(?:['’]\d{3})+(?:[.,]\d+)?",
    r"\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?",
)
_SPACED = r"\d{1,3}(?:\s\d{3})+(?:[.,]\d+)?"
_SIMPLE = r"\d+(?:[.,]\d+)?|[.,]\d+"


def pattern(language: Language) -> str:
    """What a number looks like: "1.299,00", "1,299.00", "1 299", "1,00,000", ".5"."""
    kinds = [*([_SPACED] if language.spaced else []), *_GROUPED, _SIMPLE]
    return rf"(?:(?:{'|'.join(kinds)})(?!\d))"


def split(number: str, language: Language, money: bool = False) -> tuple[str, str]:
    """Whole part and decimals, thousands separators taken out.

    A single sign before three digits sets thousands apart, unless it is the language's own decimal sign; before money
    it always does ("$1,299", "1.299 €"), since there are no thousandths of a coin.
    """
    number = re.sub(r"[\s'’]", "", number)
    signs = re.findall(r"[.,]", number)
    if not signs:
        return number, ""
    last = number.rindex(signs[-1])
    three = re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", number) is not None
    if len(set(signs)) == 1 and (len(signs) > 1 or (three and (money or signs[0] != language.decimal))):
        return re.sub(r"[.,]", "", number), ""
    return re.sub(r"[.,]", "", number[:last]) or "0", number[last + 1 :]


@functools.cache
def _engine(code: str) -> RbnfEngine | None:
    from unicode_rbnf import RbnfEngine

    try:
        return RbnfEngine.for_language(code)
    except ValueError:
        return None


@functools.lru_cache(maxsize=4096)
def said(number: int, code: str, rules: str = "") -> str:
    """A whole number by one of the language's sets of rules, "" for plain counting; its digits where it has none."""
    engine = _engine(code)
    if engine is None:
        return str(number)
    words = engine.format_number(number, ruleset_names=[rules] if rules else None).text
    return words.replace(",", "")


def digits(text: str, language: Language) -> str:
    """Each digit by itself; whatever else is there is left out."""
    return " ".join(said(int(digit), language.code, language.cardinals[""]) for digit in text if digit.isdecimal())


def whole(number: str, language: Language, gender: str = "") -> str:
    """Digits as a number, or one by one where they begin with 0 as in "007" or are too many."""
    if (len(number) > 1 and int(number[0]) == 0) or len(number) > LONGEST:
        return digits(number, language)
    agrees = gender in language.cardinals and (language.agree or int(number) == 1)
    return said(int(number), language.code, language.cardinals[gender if agrees else ""])


def cardinal(number: str, language: Language, gender: str = "") -> str:
    """A number as it is written, decimals included."""
    before, after = split(number, language)
    if not after:
        return whole(before, language, gender)
    if language.digits or len(after) > 2:
        decimals = digits(after, language)
    else:
        zeros = after[: len(after) - len(after.lstrip("0"))]
        rest = after.lstrip("0")
        decimals = " ".join(filter(None, (digits(zeros, language), whole(rest, language) if rest else "")))
    return f"{whole(before, language)} {language.point} {decimals}"


def bare(number: str, language: Language) -> str:
    """A number that stands alone: a year where it looks like one."""
    if re.fullmatch(r"19\d\d|20[1-9]\d", number):
        return year(int(number), language)
    return cardinal(number, language)


def year(number: int, language: Language) -> str:
    """A year: "nineteen eighty-four"."""
    if language.hundred_years and 1100 <= number < 2000:
        hundreds, rest = divmod(number, 100)
        words = language.hundred_years.format(hundreds=said(hundreds, language.code))
        return f"{words} {said(rest, language.code)}" if rest else words
    return said(number, language.code, language.years or language.cardinals[""])


def is_one(number: str, language: Language) -> bool:
    """Whether what is counted stands in the singular after this number."""
    before, after = split(number, language)
    if language.singular == "below two":
        return before in ("0", "1")
    return before == "1" and not after.strip("0") and len(after) < 2


def form(noun: Noun, number: str, language: Language) -> str:
    """A noun in the number that its count asks for."""
    return noun.one if is_one(number, language) or not noun.many else noun.many
