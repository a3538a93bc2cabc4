"""From what is displayed to what is said: "$49.99," is spoken "forty-nine dollars and ninety-nine cents,".

One displayed word (what stands between spaces) always gives one spoken form, so that captions can show the one while
the other is heard. Punctuation stays, because the voice takes its melody from it. English only; in other languages
a word is spoken as it is displayed, without its signs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from num2words import num2words

from editai.models import ScriptWord

_CURRENCIES = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "€": ("euro", "euros", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
    "¥": ("yen", "yen", "", ""),
    "₹": ("rupee", "rupees", "paisa", "paise"),
}
_CODES = {"USD": "$", "US$": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹"}
_SCALES = {"k": "thousand", "m": "million", "bn": "billion", "b": "billion"}

_UNITS = {
    "ml": "milliliter", "cl": "centiliter", "dl": "deciliter", "l": "liter", "L": "liter",
    "mm": "millimeter", "cm": "centimeter", "m": "meter", "km": "kilometer",
    "mg": "milligram", "g": "gram", "kg": "kilogram", "oz": "ounce", "lb": "pound", "lbs": "pound", "ft": "*feet",
    "W": "watt", "kW": "kilowatt", "kWh": "kilowatt hour", "V": "volt", "mAh": "milliamp hour", "Ah": "amp hour",
    "Hz": "*hertz", "kHz": "*kilohertz", "MHz": "*megahertz", "GHz": "*gigahertz",
    "KB": "kilobyte", "MB": "megabyte", "GB": "gigabyte", "TB": "terabyte", "Mbps": "*megabits per second",
    "s": "second", "sec": "second", "min": "minute", "h": "hour", "hr": "hour", "hrs": "hour",
    "kcal": "kilocalorie", "pcs": "piece", "fps": "*frames per second", "mph": "*miles per hour",
    "km/h": "*kilometers per hour", "dB": "decibel", "lm": "lumen", "m²": "square meter", "m2": "square meter",
    "°C": "*degrees Celsius", "°F": "*degrees Fahrenheit", "°": "degree", "%": "*percent", '"': "*inch", "″": "*inch",
    "am": "*A M", "AM": "*A M", "pm": "*P M", "PM": "*P M",
}  # fmt: skip
"""A unit after a number, in the singular; "*": it stays as it is after any number."""

_SHORT = {
    "e.g.": "for example", "i.e.": "that is", "etc.": "et cetera", "vs.": "versus", "vs": "versus",
    "approx.": "approximately", "incl.": "including", "dr.": "Doctor", "mr.": "Mister", "mrs.": "Missis",
    "w/": "with", "w/o": "without", "&": "and", "+": "plus", "=": "equals", "@": "at", "×": "by",
    "-": "—", "–": "—", "--": "—", "—": "—", "½": "a half", "¼": "a quarter", "¾": "three quarters",
}  # fmt: skip
_PARTED = {"&": "and", "+": "plus"}
_HALVES = {"1/2": "one half", "1/3": "one third", "2/3": "two thirds", "1/4": "one quarter", "3/4": "three quarters"}
_SAID_TLDS = {"co", "me", "to", "so", "is"}

_OPENING = "\"'“”‘’«»([{<¡¿*_~`|\\"
_CLOSING = ".,!?;:…\"'“”‘’»)]}>*_~`|\\"
_MELODY = frozenset('.,!?;:…"“”()')

_NUMBER = r"(?:\d{1,3}(?:[,.]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?|\.\d+)"
_SIGN = "|".join(re.escape(sign) for sign in (*_CODES, *_CURRENCIES))
_UNIT = "|".join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))
_WEB = r"(?:https?://)?(?:www\.)?(?P<host>(?:[\w-]+\.)+(?P<tld>[a-z]{2,12}))(?P<path>/\S*)?"


def speak(displayed: Sequence[str], language: str) -> tuple[ScriptWord, ...]:
    """The words of one sentence with their spoken forms; one for one, in order."""
    words = []
    for index, word in enumerate(displayed):
        before = displayed[index - 1] if index else ""
        after = displayed[index + 1] if index + 1 < len(displayed) else ""
        said = _english(word, before, after) if language == "en" else _plain(word)
        words.append(ScriptWord(displayed=word, spoken=said))
    return tuple(words)


def sounds(spoken: str) -> bool:
    """Whether there is anything to hear in a spoken form."""
    return any(character.isalnum() for character in spoken)


def _english(word: str, before: str, after: str) -> str:
    if word.lower() in _SHORT:
        return _SHORT[word.lower()]
    lead, core, trail = _apart(word)
    if core.lower() + "." in _SHORT and trail.startswith("."):
        core, trail = _SHORT[core.lower() + "."], trail[1:]
    elif core.lower() in ("no", "nr") and trail == "." and after[:1].isdigit():
        core, trail = "number", ""
    elif core in _UNITS | _CODES | _CURRENCIES and _is_number(before):
        core = _unit_after(core, before)
    elif _is_number(core) and re.fullmatch(_UNIT, _apart(after)[1]) and not _is_number(after):
        core = _cardinal(core)
    else:
        core = _core(core)
    return _melody(lead) + core + _melody(trail)


def _apart(word: str) -> tuple[str, str, str]:
    """Opening signs, the word itself, closing signs; an inch sign after a digit belongs to the word."""
    core = word.lstrip(_OPENING)
    lead = word[: len(word) - len(core)]
    inner = core.rstrip(_CLOSING)
    trail = core[len(inner) :]
    if inner[-1:].isdigit() and trail.startswith('"') and '"' not in lead:
        inner, trail = inner + '"', trail[1:]
    return lead, inner, trail


def _melody(signs: str) -> str:
    return "".join(sign for sign in signs if sign in _MELODY)


def _core(core: str) -> str:
    """A word without the punctuation around it, by the first rule that knows it."""
    if not core or core.isalpha():
        return core
    if core in _HALVES:
        return _HALVES[core]
    for pattern, say in _RULES:
        if match := pattern.fullmatch(core):
            return say(match)
    if re.search(r"[/&+]", core) or re.search(r"\d.*[-–—]|[-–—].*\d", core):
        parts = re.split(r"([/&+–—-])", core)
        return " ".join(filter(None, (_PARTED.get(part, "") if part in "/&+–—-" else _core(part) for part in parts)))
    if re.search(r"\d", core):
        return _mixed(core)
    return _plain(core)


def _plain(word: str) -> str:
    """The word without what no voice can say: symbols, emoji, markup."""
    kept = (
        character if unicodedata.category(character)[0] in "LMN" or character in "'’-.,!?;:…\"“”()—" else " "
        for character in word
    )
    return " ".join("".join(kept).split())


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _is_number(word: str) -> bool:
    return re.fullmatch(_NUMBER, _apart(word)[1]) is not None


def _digits(text: str) -> str:
    return " ".join(str(num2words(int(digit))) for digit in text if digit.isdecimal())


def _split(number: str) -> tuple[str, str]:
    """Whole part and decimals of a number as it is written, thousands separators taken out."""
    grouped = re.fullmatch(r"(\d{1,3}(?:,\d{3})+)(?:\.(\d+))?|(\d{1,3}(?:\.\d{3})+),(\d{1,2})", number)
    if grouped:
        whole, decimals = (grouped[1], grouped[2]) if grouped[1] else (grouped[3], grouped[4])
        return re.sub(r"\D", "", whole), decimals or ""
    whole, _, decimals = number.replace(",", ".").partition(".")
    return whole or "0", decimals


def _cardinal(number: str) -> str:
    whole, decimals = _split(number)
    if (len(whole) > 1 and whole.startswith("0")) or len(whole) > 12:
        said = _digits(whole)
    else:
        said = str(num2words(int(whole))).replace(",", "")
    return f"{said} point {_digits(decimals)}" if decimals else said


def _bare(number: str) -> str:
    """A number that stands alone: a year where it looks like one."""
    return str(num2words(int(number), to="year")) if re.fullmatch(r"19\d\d|20[1-9]\d", number) else _cardinal(number)


def _mixed(core: str) -> str:
    """Letters and digits together, as in names of products: "X200", "WH1000XM5"."""
    said = []
    for run in re.findall(r"\d+|[^\W\d_]+", core):
        if not run.isdecimal():
            said.append(run)
        elif len(run) == 4 and not run.startswith("0") and not run.endswith("00"):
            said.append(f"{_cardinal(run[:2])} {_cardinal(run[2:]) if run[2] != '0' else 'oh ' + _cardinal(run[3])}")
        else:
            said.append(_cardinal(run) if len(run) <= 4 else _digits(run))
    return " ".join(said)


def _money(sign: str, number: str, scale: str = "") -> str:
    one, many, cent, cents = _CURRENCIES[_CODES.get(sign, sign)]
    whole, decimals = _split(number)
    if scale:
        return f"{_cardinal(number)} {_SCALES[scale.lower()]} {many}"
    if len(decimals) == 3 and int(whole[:1]):  # 1.299 is one thousand two hundred and ninety-nine where it is money
        whole, decimals = whole + decimals, ""
    if len(decimals) > 2:  # parts of a cent
        return f"{_cardinal(number)} {many}"
    count = int(whole[:13])  # whether it is none, one or more; Python refuses to read thousands of digits
    small = int(decimals.ljust(2, "0")) if decimals and cent else 0
    said = [f"{_cardinal(whole)} {one if count == 1 else many}"] if count or not small else []
    if small:
        said.append(f"{_cardinal(str(small))} {cent if small == 1 else cents}")
    return " and ".join(said)


def _unit_after(unit: str, number: str) -> str:
    """A unit, or a currency that stands behind its number, in the right number."""
    single = _apart(number)[1] in ("1", "1.0")
    if unit in _CODES or unit in _CURRENCIES:
        return _CURRENCIES[_CODES.get(unit, unit)][0 if single else 1]
    name = _UNITS[unit]
    return name[1:] if name.startswith("*") else name if single else f"{name}s"


def _clock(match: re.Match[str]) -> str:
    hour, minute, half = match["hour"], match["minute"], match["half"] or ""
    said = _cardinal(hour)
    if int(minute):
        said += f" oh {_cardinal(minute[1])}" if minute.startswith("0") else f" {_cardinal(minute)}"
    elif not half:
        said += " o'clock" if 0 < int(hour) <= 12 else " hundred"
    return f"{said} {' '.join(half.upper())}".strip()


def _range(match: re.Match[str]) -> str:
    first, last, unit = match["first"], match["last"], match["unit"] or ""
    if match["sign"]:
        return f"{_cardinal(first)} to {_money(match['sign'], last)}"
    said = _bare if not unit else _cardinal
    return f"{said(first)} to {said(last)} {_unit_after(unit, last) if unit else ''}".strip()


def _sizes(match: re.Match[str]) -> str:
    numbers = re.split("[x×]", match["sizes"])
    unit = match["unit"] or ""
    return f"{' by '.join(map(_cardinal, numbers))} {_unit_after(unit, '2') if unit else ''}".strip()


def _decade(match: re.Match[str]) -> str:
    said = str(num2words(int(match[1]), to="year")) if len(match[1]) == 4 else _cardinal(match[1])
    return re.sub("y$", "ie", said) + "s"


def _address(match: re.Match[str]) -> str:
    """An e-mail or web address: the parts said, the signs named."""
    labels = match["host"].split(".")
    tail = [label if len(label) != 2 or label in _SAID_TLDS else " ".join(label.upper()) for label in labels[1:]]
    said = " dot ".join([labels[0], *tail]) + (match["path"] or "").rstrip("/").replace("/", " slash ")
    if match.groupdict().get("user"):
        said = f"{match['user'].replace('.', ' dot ')} at {said}"
    said = re.sub(r"[-_]", lambda sign: " dash " if sign[0] == "-" else " underscore ", said)
    return " ".join(_mixed(part) if re.search(r"\d", part) else _plain(part) for part in said.split())


_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = tuple(
    (re.compile(pattern), say)
    for pattern, say in (
        (rf"(?P<user>[\w.+-]+)@{_WEB}", _address),
        (_WEB, _address),
        (r"@(\w+)", lambda match: f"at {_core(match[1].replace('_', ' '))}"),
        (r"#(\d+)", lambda match: f"number {_cardinal(match[1])}"),
        (r"#(\w+)", lambda match: f"hashtag {_core(match[1])}"),
        (r"[-−](?![-−+])(.*\d.*)", lambda match: f"minus {_core(match[1])}"),
        (r"\+(?![-−+])(.*\d.*)", lambda match: f"plus {_core(match[1])}"),
        (rf"({_SIGN})({_NUMBER})(k|K|M|m|bn|B|b)?", lambda match: _money(match[1], match[2], match[3] or "")),
        (rf"({_NUMBER})(k|K|M|m|bn|B|b)?({_SIGN})", lambda match: _money(match[3], match[1], match[2] or "")),
        (rf"({_SIGN})({_NUMBER})/(\w+)", lambda match: f"{_money(match[1], match[2])} per {match[3]}"),
        (r"\d{3}-\d{4}", lambda match: _digits(match[0])),
        (
            rf"(?P<sign>{_SIGN})?(?P<first>{_NUMBER})[-–—](?:{_SIGN})?(?P<last>{_NUMBER})(?P<unit>{_UNIT})?",
            _range,
        ),
        (rf"(?P<sizes>{_NUMBER}(?:[x×]{_NUMBER})+)(?P<unit>{_UNIT})?", _sizes),
        (r"(?P<hour>\d|1\d|2[0-3]):(?P<minute>[0-5]\d)(?P<half>am|pm|AM|PM)?", _clock),
        (r"(24)/(7)", lambda match: f"{_cardinal(match[1])} {_cardinal(match[2])}"),
        (
            r"(\d*)([½¼¾])",
            lambda match: f"{_cardinal(match[1])} and {_SHORT[match[2]]}" if match[1] else _SHORT[match[2]],
        ),
        (r"(\d{1,12})(?:st|nd|rd|th)", lambda match: str(num2words(int(match[1]), to="ordinal")).replace(",", "")),
        (r"(\d\d|[12]\d\d0)'?s", _decade),
        (rf"({_NUMBER})[xX×]", lambda match: f"{_cardinal(match[1])} times"),
        (rf"({_NUMBER})({_UNIT})", lambda match: f"{_cardinal(match[1])} {_unit_after(match[2], match[1])}"),
        (rf"({_NUMBER})-([^\W\d].*)", lambda match: f"{_cardinal(match[1])} {_core(match[2])}"),
        (_NUMBER, lambda match: _bare(match[0])),
    )
)
"""What a word may be, and how it is said; the first that fits the whole word counts."""
