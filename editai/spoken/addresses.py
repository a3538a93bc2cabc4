"""E-mail addresses, web addresses, names with an @ and hashtags: the parts said, the signs named."""

from __future__ import annotations

import re

from editai.spoken.language import Language, Parts
from editai.spoken.names import mixed
from editai.spoken.plain import plain

_SAID = frozenset(("co", "me", "to", "so", "is", "es", "it"))
"""Ends of addresses that are said as a word although they have two letters."""

WEB = r"(?!\d+\.\w\w\b)(?:https?://)?(?:www\.)?(?P<host>(?:[\w-]+\.)+(?P<tld>[a-z]{2,12}))(?P<path>/\S*)?"
MAIL = rf"(?P<user>[\w.+-]+)@{WEB}"


def address(match: re.Match[str], language: Language) -> Parts:
    """A match of WEB or MAIL."""
    dot = f" {language.dot} "
    labels = match["host"].split(".")
    tail = [label if len(label) != 2 or label in _SAID else " ".join(label.upper()) for label in labels[1:]]
    path = (match["path"] or "").rstrip("/").replace("/", f" {language.slash} ")
    said = dot.join([labels[0], *tail]) + path
    if match.groupdict().get("user"):
        said = f"{match['user'].replace('.', dot)} {language.at} {said}"
    said = said.replace("-", f" {language.dash} ").replace("_", f" {language.underscore} ")
    return [" ".join(mixed(part, language) if re.search(r"\d", part) else plain(part) for part in said.split())]


def handle(match: re.Match[str], language: Language) -> Parts:
    """ "@shop_name"."""
    return [f"{language.at} {_parts(match['name'], language)}"]


def hashtag(match: re.Match[str], language: Language) -> Parts:
    """ "#SummerSale"."""
    return [f"{language.hashtag} {_parts(match['name'], language)}"]


def _parts(name: str, language: Language) -> str:
    return " ".join(mixed(part, language) for part in re.split(r"[_.-]+", name) if part)
