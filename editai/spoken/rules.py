"""What a word may be and how it is said: one table of rules for all languages, tried in order."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from editai.spoken import addresses, amounts, moments, numbers
from editai.spoken.amounts import SIGN
from editai.spoken.language import Language, Parts
from editai.spoken.names import mixed
from editai.spoken.plain import CLOSING, OPENING, enclosed, melody, plain, shared, sounds

_END = rf"(?=[{re.escape(CLOSING)}]*(?:\s|$))"


class Rule(NamedTuple):
    """`say` gives what is said in pieces, one for each word that is shown where they are as many, or None where the
    match is no such thing after all."""

    pattern: re.Pattern[str]
    say: Callable[[re.Match[str], Language], Parts | None]


def say(words: Sequence[str], language: Language) -> list[str]:
    """The spoken form of each of these words of a sentence. What belongs together is said together ("R$ 49,90")."""
    text = " ".join(("", *words))
    said: list[str] = []
    at = 1
    while len(said) < len(words):
        first = len(said)
        said += _next(words[first], text, at, language)
        at += sum(len(word) + 1 for word in words[first : len(said)])
    return said


def _next(word: str, text: str, at: int, language: Language) -> list[str]:
    """How the word at this place of the text is said, and those after it that belong to it."""
    core = word.lstrip(OPENING)
    start = at + len(word) - len(core)
    until = _end_of_quotation(text, start)
    for begin, sign in ((start, ""), (start + 1, _sign(core, language))):
        for rule in rules(language) if begin == start or sign else ():
            match = rule.pattern.match(text, begin, until)
            if match and (parts := rule.say(match, language)) is not None:
                return _placed(match, [f"{sign} {parts[0]}".strip(), *parts[1:]], at)
    inner = core.rstrip(CLOSING)
    lead, trail = word[: len(word) - len(core)], core[len(inner) :]
    return [melody(lead) + _loose(inner, language) + melody(trail)]


def _end_of_quotation(text: str, start: int) -> int:
    """Where a quotation ends that this place is in, or the text: the sign there is not that of inches."""
    opened = text.rfind(' "', 0, start)
    closed = text.find('"', opened + 2)
    return closed if opened >= 0 and closed >= start else len(text)


def _sign(core: str, language: Language) -> str:
    """What a minus or a plus before a number is called."""
    found = re.match(r"[-−+](?![-−+])(?=\S*\d)", core)
    return "" if not found else language.plus if found[0] == "+" else language.minus


def _placed(match: re.Match[str], parts: Parts, at: int) -> list[str]:
    """The parts, one for each word that the match covers, with the punctuation around the whole."""
    text = match.string
    last = text.find(" ", match.end())
    last = last if last >= 0 else len(text)
    shown = text[at:last].split(" ")
    if len(parts) > len(shown):
        parts = [" ".join(parts)]
    apart = len(shown) - len(parts) + 1  # what is left over belongs to the first piece, a number: "1 299 €"
    pieces = [*shared(parts[0], shown[:apart]), *parts[1:]]
    return enclosed(pieces, melody(text[at : match.start()]), melody(text[match.end() : last]))


def _loose(core: str, language: Language) -> str:
    """A word that no rule knows: in its parts where signs join them, its digits as numbers."""
    if core.isalpha():
        return core
    if re.search(r"[/&+]", core) or re.search(r"\d.*[-–—]|[-–—].*\d", core):
        parts = re.split(r"([/&+–—-])", core)
        said = (language.short.get(part, "") if part in "/&+–—-" else say([part], language)[0] for part in parts)
        return " ".join(part for part in said if sounds(part))
    return mixed(core, language) if any(sign.isdigit() for sign in core) else plain(core)


# ── the table ────────────────────────────────────────────────────────────────────────────────────────────────────


@functools.cache
def rules(language: Language) -> tuple[Rule, ...]:
    """The rules in a language, compiled once."""
    number = numbers.pattern(language)
    unit = _any(language.units)
    return tuple(
        Rule(re.compile(f"(?:{pattern}){_END}"), say)
        for pattern, say in (
            *_names(language, number),
            *_dates(language),
            *_amounts(language, number, unit),
            *_times(language),
            *_counts(language, number, unit),
        )
    )


_Row = tuple[str, Callable[[re.Match[str], Language], Parts | None]]


def _any(words: Iterable[str]) -> str:
    """A pattern for one of these words, the longest first; a space in one may be left out."""
    found = (re.escape(word).replace(r"\ ", r"\s?") for word in sorted(words, key=len, reverse=True))
    return "|".join(found) or "(?!)"


def _per(unit: str) -> str:
    return rf"(?:/(?P<per>{unit}|[^\W\d]+))?"


def _names(language: Language, number: str) -> Iterator[_Row]:
    """Short forms, addresses, numbers with a word before them, telephone numbers."""
    yield rf"(?i:{_any(language.short)})", _short
    yield addresses.MAIL, addresses.address
    yield addresses.WEB, addresses.address
    yield r"@(?P<name>[^\s@]+?)", addresses.handle
    yield rf"(?:#|(?i:{_any(language.number_signs)}))\s?(?P<number>{number})", _numbered
    yield r"#(?P<name>[^\s#]+?)", addresses.hashtag
    yield r"\d{4}-\d\d-\d\d", moments.iso_date
    yield r"\+\d{1,3}(?:[\s./-]\(?\d{1,5}\)?)+|\+\d{8,}", _telephone
    yield r"\d{3}\)?[\s-]\d{3}-\d{4}|\d{3}-\d{4}|\d{1,4}(?:-\d{3,4}){2,}", _telephone


def _dates(language: Language) -> Iterator[_Row]:
    dates = language.dates
    yield r"(?P<first>\d{1,2})(?P<between>[/.-])(?P<second>\d{1,2})(?P=between)(?P<year>\d{4}|\d\d)", moments.date
    yield r"(?P<first>\d\d)(?P<between>/)(?!(?P=first))(?P<second>\d\d)", moments.date
    if language.cases:
        yield r"(?P<first>\d{1,2})(?P<between>\.)(?P<second>\d{1,2})\.", moments.date
    day, month = r"(?P<day>0?[1-9]|[12]\d|3[01])", _any(dates.months)
    month = month if dates.months[0][0].isupper() else f"(?i:{month})"
    link = rf"(?:{dates.link}\s)?" if dates.link else ""
    yield rf"{day}\.?\s(?P<month>{link}(?:{month}))", moments.day_before_month
    if dates.order == "mdy":
        yield rf"(?P<month>{month})\s{day}", moments.day_after_month
    yield r"0\d+(?:[\s./-]\d{2,})+", _telephone


def _amounts(language: Language, number: str, unit: str) -> Iterator[_Row]:
    """Money, ranges and sizes."""
    scale, per, only = _any(language.scales), _per(unit), r"(?:,[-–—]|/-)?"
    before = rf"(?:(?P<sign>{SIGN})\s?)?"
    yield rf"(?P<number>\d+)(?P<sign>{SIGN})(?P<cents>\d\d)", amounts.money
    yield rf"(?P<sign>{SIGN})\s?(?P<number>{number})(?:\s?(?P<scale>{scale}))?{only}{per}", amounts.money
    yield rf"(?P<number>{number})(?:\s?(?P<scale>{scale}))?{only}\s?(?P<sign>{SIGN}){per}", amounts.money
    yield rf"(?P<number>{number}),[-–—]", lambda match, language: [numbers.cardinal(match["number"], language)]
    yield (
        rf"{before}(?P<first>{number})(?:{unit}|{SIGN})?[-–—](?:(?:{SIGN})\s?)?(?P<last>{number})"
        rf"(?:\s?(?:(?P<unit>{unit})|(?P<behind>{SIGN})))?",
        amounts.span,
    )
    yield SIGN, amounts.alone
    yield rf"(?P<sizes>{number}(?:\s?[x×]\s?{number})+)(?:\s?(?P<unit>{unit}))?", amounts.sizes


def _times(language: Language) -> Iterator[_Row]:
    """Times of day, decades, ordinals."""
    hour, minute = r"(?P<hour>[01]?\d|2[0-4])", r"(?P<minute>[0-5]\d)"
    half, suffix = r"(?:\s?(?P<half>[ap]\.?\s?m\.?|[AP]\.?M\.?))?", language.clock.suffix
    yield rf"{hour}(?::|\s?h\s?){minute}{half}" + (rf"(?:\s?(?:{suffix}))?" if suffix else ""), moments.clock
    if suffix:
        yield rf"{hour}\.{minute}(?P<half>)\s?(?:{suffix})", moments.clock
    if language.decade:
        yield language.decade.pattern, moments.decade
    for behind, rules in language.ordinals:
        yield rf"(?P<number>\d{{1,6}})(?P<suffix>{behind})", functools.partial(moments.ordinal, rules=rules)


def _counts(language: Language, number: str, unit: str) -> Iterator[_Row]:
    """Fractions, and numbers alone or with what they count."""
    behind = rf"(?:\s?(?P<unit>{unit}))?"
    yield rf"(?P<fraction>{_any(language.fractions)}){behind}", amounts.fraction
    yield rf"(?P<number>\d{{1,6}})(?P<fraction>[½¼¾]){behind}", amounts.mixed_fraction
    yield rf"(?P<number>\d{{1,3}})\s(?P<fraction>1/2|1/4|3/4){behind}", amounts.mixed_fraction
    yield rf"(?P<number>{number})/(?P<most>5|10|100)", amounts.rating
    yield rf"(?P<number>{number})[xX×]", amounts.times
    yield rf"(?P<number>{number})\s?(?P<unit>{unit}){_per(unit)}", amounts.quantity
    yield number, lambda match, language: [numbers.bare(match[0], language)]


def _short(match: re.Match[str], language: Language) -> Parts:
    shown = "".join(match[0].lower().split())
    return [said for short, said in language.short.items() if short.replace(" ", "") == shown]


def _numbered(match: re.Match[str], language: Language) -> Parts:
    """ "#1", "Nr. 5", "n.º 1"."""
    return [language.number, numbers.cardinal(match["number"], language)]


def _telephone(match: re.Match[str], language: Language) -> Parts:
    said = [numbers.digits(part, language) for part in match[0].split()]
    return [f"{language.plus} {said[0]}", *said[1:]] if match[0].startswith("+") else said
