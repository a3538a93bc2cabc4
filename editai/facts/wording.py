"""What shops write about a product, as facts: plain sentences, and prices as people of the language write them."""

from __future__ import annotations

import functools
import html
import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from editai.bundled import ASSETS
from editai.models import Facts

if TYPE_CHECKING:
    from babel import Locale

LONGEST_TITLE, LONGEST_POINT, LONGEST_PRICE, LONGEST_URL, MOST_POINTS = 200, 500, 50, 2000, 50
"""What `script.check` takes of facts."""

_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--")
_SENTENCE_END = re.compile(r"(?<=\w{3}[.!?…])\s+(?=[^\W\d_a-zß-öø-ÿ]|[¿¡\"“„«(])|(?<=[。！？])")
"""After a word of three letters or more, before a capital: "approx. 5 cm" and "Dr. Martens" stay whole."""
_MARKS = " \t-–—*·•▪‣►✓✔✅☑"
_NUMBER = re.compile(r"\d(?:[\d.,'’\s]*\d)?")
_DEAREST = 10**9
_ROUND = re.compile(r"[.,]-+")
"""How a price without cents is ended in some countries: "49,-"."""


# ── texts ────────────────────────────────────────────────────────────────────────────────────────────────────────


def lines(text: str) -> list[str]:
    """The lines of a text, without tags, entities, what cannot be seen, and marks of lists."""
    text = html.unescape(text)
    if _TAG.search(text):
        import html_text

        text = html_text.extract_text(text)
    seen = (" ".join(_visible(line).split()).strip(_MARKS) for line in text.splitlines())
    return [line for line in seen if line]


def line(text: object) -> str:
    """A text in one line; "" for what is no text."""
    return " ".join(lines(text)) if isinstance(text, str) else ""


def sentences(text: object) -> list[str]:
    """The sentences of a description, and each line of its lists."""
    if not isinstance(text, str):
        return []
    return [part.strip() for part in (part for whole in lines(text) for part in _SENTENCE_END.split(whole)) if part]


def facts(title: str, points: Iterable[str], price: str, url: str) -> Facts:
    """What was found as facts, within the lengths that a script takes.

    A point that is too long is left out: half a sentence may say what the whole one does not.
    """
    title = _shortened(title)
    kept = {point.casefold(): point for point in points if 1 < len(point) <= LONGEST_POINT}
    kept.pop(title.casefold(), None)
    return Facts(
        title=title,
        points=tuple(kept.values())[:MOST_POINTS],
        price=price if len(price) <= LONGEST_PRICE else "",
        url=url if len(url) <= LONGEST_URL else "",
    )


def labelled(name: str, value: str, language: str) -> str:
    """A property as a point: "Material: oak". `name` is one of `properties()`."""
    known = _labels()["properties"][name]
    return f"{known.get(language[:2], known['en'])}: {value}" if value else ""


def properties() -> tuple[str, ...]:
    """The properties of schema.org that are taken as facts; product feeds name them alike."""
    return tuple(_labels()["properties"])


def unit(code: str) -> str:
    """The sign of a unit that is given by its UN/CEFACT code ("CMT"); another is given as it is written."""
    return str(_labels()["units"].get(code.upper(), code))


@functools.cache
def _labels() -> dict[str, Any]:
    read: dict[str, Any] = json.loads((ASSETS / "facts" / "labels.json").read_text("utf-8"))
    return read


def _visible(text: str) -> str:
    return "".join(
        character if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co") or character in "\u200d\t" else ""
        for character in text
    )


def _shortened(title: str) -> str:
    words = title.split()
    while len(words) > 1 and len(" ".join(words)) > LONGEST_TITLE:
        words.pop()
    return " ".join(words)[:LONGEST_TITLE]


# ── prices ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, order=True)
class Money:
    """A price; `shown` is how people of the language write it, "" where nobody says in what currency it is."""

    amount: Decimal
    shown: str


def money(value: object, currency: object, language: str) -> Money | None:
    """ "49.99" and "USD" as "$49.99"; None for what is no price of one product ("from $5", "0").

    A currency in the text itself ("49,99 EUR") counts where none is given. Digits in groups of three after a single
    sign are thousands ("1.299"), unless the value is a number of JSON.
    """
    text = _ROUND.sub("", " ".join(_visible(html.unescape(str(value))).split()))
    found = _NUMBER.findall(text)
    if len(found) != 1 or isinstance(value, bool):
        return None
    around = "".join(text.split(found[0])).strip()
    amount = Decimal(str(value)) if isinstance(value, int | float) else _amount(found[0])
    if amount is None or not 0 < amount < _DEAREST or (around and not _is_currency(around)):
        return None
    code = _code(currency) or _code(around)
    return Money(amount, shown(amount, code, language) if code else text if around else "")


def shown(amount: Decimal, code: str, language: str) -> str:
    """An amount as people of the language write it, without cents where there are none."""
    from babel.numbers import format_currency

    locale = _locale(language)
    pattern = str(locale.currency_formats["standard"].pattern)
    whole = amount == amount.to_integral_value()
    written = format_currency(
        amount,
        code,
        format=re.sub(r"0\.0+", "0", pattern) if whole else pattern,
        locale=locale,
        currency_digits=not whole,
        decimal_quantization=False,
    )
    return " ".join(_visible(written).split())


def _amount(number: str) -> Decimal | None:
    from price_parser import Price

    amount: Decimal | None = Price.fromstring(re.sub(r"['’\s]", "", number)).amount
    return amount


@functools.lru_cache(maxsize=256)
def _is_currency(text: str) -> bool:
    from price_parser import Price

    return bool(_code(text)) or Price.fromstring(f"{text} 1").currency == text


@functools.lru_cache(maxsize=256)
def _code(currency: object) -> str:
    """An ISO 4217 code, or "" for what is none."""
    from babel.numbers import list_currencies

    code = currency.strip().upper() if isinstance(currency, str) else ""
    return code if code in list_currencies() else ""


@functools.lru_cache(maxsize=64)
def _locale(language: str) -> Locale:
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(language.replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")
