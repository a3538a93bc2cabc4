"""Money, percentages, sizes and ranges: numbers with what they count."""

from __future__ import annotations

import re

from editai.spoken import numbers
from editai.spoken.language import Language, Noun, Parts
from editai.spoken.names import mixed

_CODES = {
    "$": "USD", "US$": "USD", "USD": "USD", "€": "EUR", "EUR": "EUR", "£": "GBP", "GBP": "GBP", "¥": "JPY",
    "JPY": "JPY", "₹": "INR", "INR": "INR", "Rs.": "INR", "Rs": "INR", "R$": "BRL", "BRL": "BRL", "CHF": "CHF",
    "MX$": "MXN", "MXN": "MXN", "CA$": "CAD", "C$": "CAD", "CAD": "CAD", "AU$": "AUD", "A$": "AUD", "AUD": "AUD",
}  # fmt: skip
"""The signs of money, by the codes under which a language names it."""

SIGN = "|".join(re.escape(sign) for sign in sorted(_CODES, key=len, reverse=True))

_LENGTHS = frozenset(("mm", "cm", "m", "km", "ft", '"', "″"))


def quantity(match: re.Match[str], language: Language) -> Parts:
    """ "500 ml", "20 %", "12cm", "2 años"."""
    return _per(match, _counted(match["number"], language.units[match["unit"]], language), language)


def money(match: re.Match[str], language: Language) -> Parts:
    """ "$49.99", "19,99 €", "R$ 49,90", "2 Mio. €", "19€99", "49,-"; behind it "/month"."""
    found = match.groupdict()
    currency, number = language.currencies[_CODES[match["sign"]]], match["number"]
    unit, part = currency.unit, currency.part
    before, after = numbers.split(number, language, money=True)
    after = found.get("cents") or after
    cents = str(int(after.ljust(2, "0"))) if part and 0 < len(after) <= 2 else "0"
    if scale := found.get("scale"):
        parts = _scaled(number, language.scales[scale], unit, language)
    elif len(after) > 2:  # parts of a cent
        parts = [numbers.cardinal(number, language, unit.gender), unit.many or unit.one]
    elif cents == "0" or part is None:
        parts = _counted(before, unit, language)
    elif not before.strip("0"):
        parts = _counted(cents, part, language)
    else:
        gender = part.gender if "{part}" in language.money else ""
        small = {"cents": numbers.whole(cents, language, gender), "part": numbers.form(part, cents, language)}
        count, name = _counted(before, unit, language)
        parts = [count, language.money.format(unit=name, **small)]
    return _per(match, parts, language)


def _scaled(number: str, scale: Noun, unit: Noun, language: Language) -> Parts:
    """ "2 million dollars"; a thousand is not linked to what is counted ("dos mil euros", "dos millones de euros")."""
    of = language.of if scale.gender else ""
    count = numbers.cardinal(number, language, scale.gender or unit.gender)
    return [count, numbers.form(scale, number, language), _joined(of, unit.many or unit.one, language)]


def span(match: re.Match[str], language: Language) -> Parts:
    """A range of numbers, of money or of what a unit counts: "3-5", "$5-$10", "10–20 %"."""
    sign = match["sign"] or match["behind"]
    counted = match["unit"]
    first, last = match["first"], match["last"]
    if sign:
        noun = language.currencies[_CODES[sign]].unit
    elif counted:
        noun = language.units[counted]
    else:
        return [f"{numbers.bare(first, language)} {language.to} {numbers.bare(last, language)}"]
    start = numbers.cardinal(first, language, noun.gender)
    count, name = _counted(last, noun, language)
    return [f"{start} {language.to} {count}", name]


def sizes(match: re.Match[str], language: Language) -> Parts:
    """ "10x20cm", "10 × 20 × 5 cm": a word that is shown alone is said alone."""
    said = []
    measured = not match["unit"] or match["unit"] in _LENGTHS
    by = language.by if measured else language.times.many or language.times.one  # "3 x 500 ml" is no size
    for shown in match["sizes"].split():
        pieces = (part for part in re.split("([x×])", shown) if part)
        said.append(" ".join(by if part in "x×" else numbers.cardinal(part, language) for part in pieces))
    if match["unit"]:
        noun = language.units[match["unit"]]
        said.append(noun.many or noun.one)
    return said


def times(match: re.Match[str], language: Language) -> Parts:
    """ "3x"."""
    return [" ".join(_counted(match["number"], language.times, language))]


def alone(match: re.Match[str], language: Language) -> Parts:
    """The sign of a currency without a number."""
    unit = language.currencies[_CODES[match[0]]].unit
    return [unit.many or unit.one]


def fraction(match: re.Match[str], language: Language) -> Parts:
    """ "½", "3/4 l"."""
    said = [language.fractions[match["fraction"]]]
    if match["unit"]:
        of = "" if match["fraction"] in ("½", "1/2") else language.of
        said.append(_joined(of, language.units[match["unit"]].one, language))
    return said


def mixed_fraction(match: re.Match[str], language: Language) -> Parts:
    """ "1½", "1 1/2 kg"."""
    whole, sign = match["number"], {"1/2": "½", "1/4": "¼", "3/4": "¾"}.get(match["fraction"], match["fraction"])
    template = language.mixed.get(whole + sign, language.mixed[sign])
    said = [template.format(number=numbers.whole(whole, language))]
    return [*said, numbers.form(language.units[match["unit"]], "2", language)] if match["unit"] else said


def rating(match: re.Match[str], language: Language) -> Parts | None:
    """ "4.8/5"; None where it is more than the most."""
    if int(numbers.split(match["number"], language)[0][:4]) > int(match["most"]):
        return None
    said, most = numbers.cardinal(match["number"], language), numbers.cardinal(match["most"], language)
    return [language.out_of.format(number=said, most=most)]


def _counted(number: str, noun: Noun, language: Language) -> Parts:
    """A number that agrees with what it counts, and that in the right number: "dos mil", "libras"."""
    before, after = numbers.split(number, language)
    name = numbers.form(noun, number, language)
    million = not after and len(before.lstrip("0")) > 6 and before.endswith("000000")
    return [numbers.cardinal(number, language, noun.gender), _joined(language.of if million else "", name, language)]


def _joined(of: str, name: str, language: Language) -> str:
    words = f"{of} {name}".strip()
    return language.contractions.get(words, words)


def _per(match: re.Match[str], parts: Parts, language: Language) -> Parts:
    """What stands behind a "/" goes with the last piece: "dollars per month"."""
    per = match.groupdict().get("per")
    if not per:
        return parts
    name = language.units[per].one if per in language.units else mixed(per, language)
    return [*parts[:-1], f"{parts[-1]} {language.per} {name}"]
