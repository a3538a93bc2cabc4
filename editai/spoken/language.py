"""How a language says what is written in signs and digits: a table for each, kept as data."""

from __future__ import annotations

import functools
from typing import Literal, NamedTuple

from editai.bundled import ASSETS
from editai.models.base import Model

Parts = list[str]
"""What is said, in pieces: where as many words are shown, each of them has one."""


class Noun(NamedTuple):
    """What is counted. `many` "" is the same as one; `gender` is a key of `Language.cardinals`."""

    one: str
    many: str = ""
    gender: str = ""


class Currency(Model):
    """`part` is the hundredth, None where nobody counts it."""

    unit: Noun
    part: Noun | None = None


class Decade(Model):
    """ "1990s": the pattern, and how the number's last letters change ("ninety", "nineties")."""

    pattern: str
    endings: dict[str, str]


class Clock(Model):
    """Templates for the time of day. `late` is the full hour after noon or at zero, `early` a minute below ten.

    `suffix` is a pattern of what may stand behind the digits and is said by the template.
    """

    full: str
    minutes: str
    late: str = ""
    early: str = ""
    suffix: str = ""
    gender: str = ""


class Dates(Model):
    """How a date is written and said.

    `first` and `other` are the rule sets for the first and for every other day of a month, "" where the words before
    decide. `day_month` and `year` are the templates of a date of digits, `before` that of a day before its month's
    name ("5 May"), between which `link` may stand ("5 de mayo").
    """

    order: Literal["dmy", "mdy"]
    months: tuple[str, ...]
    link: str = ""
    first: str
    other: str
    day_month: str
    year: str = "{day_month} {year}"
    before: str = "{day}"


class Language(Model):
    """One language. Rule sets are those of Unicode CLDR's rule-based number formats.

    Numbers: `cardinals` are the rule sets for a number alone ("") and before what is counted, by its gender; without
    `agree` only 1 has a gender. `years` is the rule set of years, `hundred_years` the template of those from 1100 to
    1999. `ordinals` are what stands behind the digits, a pattern, and the rule set for it: "+" is the number with just
    that behind it, "" where the words before decide; then `cases` has the rule sets with those words, the last for
    every other word. `decimal` is the sign before decimals, which are said one by one (`digits`) or as a number;
    `spaced`: a space may set thousands apart. `singular` "one" is 1 alone, "below two" 0, 1 and 1.5. `zero_between`:
    four digits of a name are said in pairs, with this for a zero.

    `of` links a million to what is counted, `contractions` are what becomes of that. `counted` are ordinary words that
    a number agrees with, by gender. `short` are signs and short forms; a space in one may be left out.
    """

    code: str
    cardinals: dict[str, str]
    agree: bool = True
    years: str = ""
    hundred_years: str = ""
    ordinals: tuple[tuple[str, str], ...] = ()
    cases: dict[str, tuple[str, ...]]
    decimal: Literal[",", "."]
    spaced: bool = True
    digits: bool = False
    singular: Literal["one", "below two"] = "one"
    zero_between: str = ""
    point: str
    minus: str
    plus: str
    to: str
    by: str
    per: str
    times: Noun
    out_of: str
    number: str
    number_signs: tuple[str, ...]
    at: str
    dot: str
    slash: str
    dash: str
    underscore: str
    hashtag: str
    money: str
    of: str = ""
    contractions: dict[str, str]
    currencies: dict[str, Currency]
    scales: dict[str, Noun]
    units: dict[str, Noun]
    counted: dict[str, tuple[str, ...]]
    clock: Clock
    decade: Decade | None = None
    dates: Dates
    fractions: dict[str, str]
    mixed: dict[str, str]
    short: dict[str, str]

    def __hash__(self) -> int:
        return hash(self.code)


@functools.cache
def known(code: str) -> Language | None:
    """The table of a language (ISO 639-1), or None where there is none."""
    path = ASSETS / "spoken" / f"{code}.json"
    if not (code.isalpha() and path.is_file()):
        return None
    language = Language.model_validate_json(path.read_bytes())
    counted = {name: Noun(name, name, gender) for gender, names in language.counted.items() for name in names}
    scales = {name: noun for name, noun in language.scales.items() if len(name) > 2}
    return language.model_copy(update={"units": {**counted, **scales, **language.units}})
