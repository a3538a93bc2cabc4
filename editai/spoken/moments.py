"""Dates, times of day, decades and ordinals."""

from __future__ import annotations

import re

from editai.spoken import numbers
from editai.spoken.language import Language, Parts


def ordinal(match: re.Match[str], language: Language, rules: str) -> Parts:
    """ "1st", "2.ª", "3e", "5." by a set of rules, "" where the words before ask for one, "+" for the number with what
    stands behind it."""
    number = int(match["number"])
    if rules == "+":
        return [numbers.said(number, language.code, language.cardinals[""]) + match["suffix"]]
    return [numbers.said(number, language.code, rules or _case(match, language))]


def date(match: re.Match[str], language: Language) -> Parts | None:
    """A date of digits: "12/05/2026", "2026-05-12", "12.05.", "31/12"; None where there is no such day."""
    first, second, year = int(match["first"]), int(match["second"]), match.groupdict().get("year")
    day, month = first, second
    if match["between"] != "." and language.dates.order == "mdy":
        day, month = second, first
    if month > 12:
        day, month = month, day
    return _said(match, day, month, year, language)


def iso_date(match: re.Match[str], language: Language) -> Parts | None:
    """ "2026-05-12"."""
    year, month, day = match[0].split("-")
    return _said(match, int(day), int(month), year, language)


def _said(match: re.Match[str], day: int, month: int, year: str | None, language: Language) -> Parts | None:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    dates = language.dates
    said = dates.day_month.format(day=_day(match, day, language), month=dates.months[month - 1])
    if not year:
        return [said]
    full = int(year) + (2000 if len(year) == 2 else 0)
    return [dates.year.format(day_month=said, year=numbers.year(full, language))]


def day_before_month(match: re.Match[str], language: Language) -> Parts:
    """ "5 May", "5 de mayo", "5. Mai": the day as it is said in a date, the rest as it is shown."""
    day = language.dates.before.format(day=_day(match, int(match["day"]), language))
    return [day, *match["month"].split()]


def day_after_month(match: re.Match[str], language: Language) -> Parts:
    """ "May 5"."""
    return [match["month"], _day(match, int(match["day"]), language)]


def _day(match: re.Match[str], day: int, language: Language) -> str:
    rules = language.dates.first if day == 1 else language.dates.other
    return numbers.said(day, language.code, rules or _case(match, language))


def _case(match: re.Match[str], language: Language) -> str:
    """The rule set that the word before asks for ("am fünften Mai", "der fünfte Mai")."""
    before = match.string[: match.start()].rsplit(maxsplit=1)[-1:]
    for rules, words in language.cases.items():
        if not words or (before and before[0].lower() in words):
            return rules
    return language.cardinals[""]


def clock(match: re.Match[str], language: Language) -> Parts:
    """ "9:30", "9h30", "9:05am", "18:30 Uhr"."""
    clock, half = language.clock, match["half"] or ""
    hour, minute = int(match["hour"]), int(match["minute"])
    said = numbers.whole(str(hour), language, clock.gender)
    if minute:
        template = clock.early if clock.early and minute < 10 else clock.minutes
    elif half:
        template = "{hour}"
    else:
        template = clock.late if clock.late and not 0 < hour <= 12 else clock.full
    hours = numbers.form(language.units["h"], str(hour), language)
    words = template.format(hour="\0", hours=hours, minute=numbers.whole(str(minute), language))
    rest = f"{words.partition(chr(0))[2]} {' '.join(half.upper().replace('.', ''))}".strip()
    return [said, rest] if rest else [said]


def decade(match: re.Match[str], language: Language) -> Parts:
    """ "1990s", "90er"."""
    number = match["number"]
    said = numbers.year(int(number), language) if len(number) == 4 else numbers.whole(number, language)
    for end, instead in language.decade.endings.items() if language.decade else ():
        if said.endswith(end):
            return [said[: len(said) - len(end)] + instead]
    return [said]
