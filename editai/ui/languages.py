"""The languages of the page: English, and each that has a file in `assets/languages`.

A text is looked up by its English, as with gettext, so that code, tests and scripts read English. A key of a file is

    a text            "Your stores"
    a template        "about {n} seconds left", whose fields stand for what varies; each translation keeps them
    inline markup     "Go to <b>Settings</b>", where a sentence is more than one piece of HTML

and its value a text, or one for each plural form of the language (CLDR's `one`, `few`, `other`) of the field `n`.

What has no translation stays English, a text as a whole: no sentence is half in one language and half in another.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from html import escape, unescape
from typing import TypeAlias

from editai.bundled import ASSETS

FOLDER = ASSETS / "languages"
ENGLISH = "en"
KEPT = 8192
"""So many texts are remembered with what was found for them, in each language."""

Told: TypeAlias = str | Mapping[str, str]
"""A translation, or one for each plural form."""

FIELD = re.compile(r"\{(\w+)\}")
NUMBERS = frozenset({"n", "m", "day", "time", "lufs", "peak", "fps"})
"""Fields that stand for numbers alone; every other stands for any text."""
OWNERS = frozenset({"store", "title", "channel", "model", "writer", "key", "url", "server", "folder", "page"})
"""Fields that stand for what the owner or another program named, which stays as it is; other texts are translated."""
SENTENCES = frozenset({"hint", "note", "what"})
"""Fields that may be whole sentences; every other ends before a full stop, so that "Connect {store}" is no sentence."""
_NUMBER = r"-?[\d.,:]*\d"
_ENDS = re.compile(r"(?<=[.!?”])\s+(?=[A-Z“\d])")
_JOINT = " · "
_NOT_INLINE = re.compile(r"(<(?!/?(?:a|b|code|br)\b)[^>]*>)")
_TAG = re.compile(r"(<[^>]*>)")
_SPOKEN = re.compile(r'(?<=\s)(aria-label|alt|title|placeholder)="([^"]*)"')
_KEPT_AS_IT_IS = re.compile(r'<(script|style)\b|<(\w+)[^>]*\stranslate="no"')
_LETTER = re.compile(r"[^\W\d_]")


def plural(code: str, number: float) -> str:
    """The plural form of a number. Source: CLDR, language plural rules."""
    if code == "fr":
        return "one" if 0 <= number < 2 else "other"
    if number == 1:
        return "one"
    if code == "ro":
        return "few" if number == 0 or number % 1 or 1 <= number % 100 <= 19 else "other"
    return "other"


@dataclass(frozen=True)
class Template:
    """A key with fields: what it fits, and its longest piece of text, which whatever it fits has in it."""

    fits: re.Pattern[str]
    anchor: str
    told: Told


class Language:
    """One language: what it says for an English text."""

    def __init__(self, code: str, told: Mapping[str, Told]) -> None:
        self.code = code
        self._told = {key: value for key, value in told.items() if not FIELD.search(key)}
        templates = [_template(key, value) for key, value in told.items() if FIELD.search(key)]
        self._templates = sorted(templates, key=lambda each: -len(each.anchor))
        self._find = lru_cache(KEPT)(self._found)

    def text(self, english: str) -> str:
        """A plain text in this language; as it is where there is no translation."""
        asked = " ".join(english.split())
        found = self._find(asked) if self.speaks and asked else None
        return english if found is None else _within(english, found)

    def markup(self, html: str) -> str:
        """HTML with its texts in this language, and what is read aloud of its pictures and buttons.

        What stands in an element with `translate="no"` is the owner's own and stays as it is.
        """
        return "".join(self._pieces(html)) if self.speaks else html

    def around(self, owners: str) -> str:
        """A text of the owner's own, with what stands around it in this language: "Aurora (default)"."""
        return _JOINT.join(self._templated(part) or part for part in owners.split(_JOINT))

    @property
    def speaks(self) -> bool:
        """Whether it has anything to say: English has not."""
        return bool(self._told or self._templates)

    def _pieces(self, html: str) -> Iterator[str]:
        until = ""
        for piece in _NOT_INLINE.split(html):
            if until:
                until = "" if piece == until else until
                yield piece
            elif kept := _KEPT_AS_IT_IS.match(piece):
                until = f"</{kept[1] or kept[2]}>"
                yield piece
            elif _NOT_INLINE.fullmatch(piece):
                yield _SPOKEN.sub(lambda found: f'{found[1]}="{escape(self.text(unescape(found[2])))}"', piece)
            else:
                yield self._inline(piece)

    def _inline(self, piece: str) -> str:
        """A piece of HTML whose only tags are inline: as a whole, else text by text."""
        if not _LETTER.search(piece):
            return piece
        if "<" in piece and (whole := self._whole(" ".join(piece.split()))) is not None:
            return _within(piece, whole)
        told, kept = [], False
        for part in _TAG.split(piece):
            if part.startswith("<"):
                kept = 'translate="no"' in part
                told.append(part)
            else:
                told.append(part if kept else self._node(part))
        return "".join(told)

    def _node(self, escaped: str) -> str:
        plain = unescape(escaped)
        told = self.text(plain)
        return escaped if told == plain else escape(told, quote=False)

    # ── looking up ───────────────────────────────────────────────────────────────────────────────────────────────

    def _found(self, english: str) -> str | None:
        """A whole text; parts that a point joins, each by itself; what is listed, or sentences, all of them."""
        if (whole := self._whole(english)) is not None:
            return whole
        if english.startswith(_JOINT.lstrip()):  # behind markup: "<b>1 clip</b> · free"
            behind = self._find(english[len(_JOINT.lstrip()) :])
            return None if behind is None else _JOINT.lstrip() + behind
        if _JOINT in english:
            return _JOINT.join(self._find(part) or part for part in english.split(_JOINT))
        if english.endswith(" …"):
            begun = self._find(english[:-2])
            return None if begun is None else f"{begun} …"
        listed = [self._told.get(each) for each in english.split(", ")]
        if len(listed) > 1 and all(isinstance(each, str) for each in listed):
            return ", ".join(map(str, listed))
        return self._sentences(_ENDS.split(english))

    def _sentences(self, parts: list[str]) -> str | None:
        """As few keys as possible from the first sentence on; None where one of them is in no key."""
        told, begin = [], 0
        while begin < len(parts):
            for end in range(len(parts), begin, -1):
                found = self._whole(" ".join(parts[begin:end]))
                if found is not None:
                    told.append(found)
                    begin = end
                    break
            else:
                return None
        return " ".join(told)

    def _whole(self, english: str) -> str | None:
        exact = self._told.get(english)
        return exact if isinstance(exact, str) else self._templated(english)

    def _templated(self, english: str) -> str | None:
        for each in self._templates:
            if each.anchor in english and (match := each.fits.fullmatch(english)):
                return self._filled(each.told, match.groupdict())
        return None

    def _filled(self, told: Told, fields: Mapping[str, str]) -> str:
        if not isinstance(told, str):
            told = told[plural(self.code, float(fields["n"].replace(",", "")))]
        said = {
            name: self._number(value) if name in NUMBERS else (name not in OWNERS and self._find(value)) or value
            for name, value in fields.items()
        }
        return FIELD.sub(lambda found: said[found[1]], told)

    def _number(self, value: str) -> str:
        """A number with this language's marks: "1,234.5" is "1.234,5", in French "1 234,5"."""
        thousands = "\N{NARROW NO-BREAK SPACE}" if self.code == "fr" else "."
        return value.translate({ord(","): thousands, ord("."): ","})


def _template(key: str, told: Told) -> Template:
    texts = FIELD.split(key)  # text, field, text …
    fits = "".join(re.escape(each) if index % 2 == 0 else _field(each) for index, each in enumerate(texts))
    return Template(re.compile(fits, re.DOTALL), max(texts[::2], key=len), told)


def _field(name: str) -> str:
    """What a field fits."""
    if name in NUMBERS:
        some = _NUMBER
    elif name == "date":  # it begins with the day
        some = r"\d.+?"
    else:
        some = ".+?" if name in SENTENCES else r".+?(?<![.!?:])"
    return f"(?P<{name}>{some})"


def _within(around: str, found: str) -> str:
    """What was found, with the white space that was before and behind what was looked for."""
    begin = around[: len(around) - len(around.lstrip())]
    return begin + found + around[len(around.rstrip()) :]


# ── which ────────────────────────────────────────────────────────────────────────────────────────────────────────


@cache
def languages() -> Mapping[str, Language]:
    """Every language by its code, English among them."""
    files = sorted(FOLDER.glob("*.json"))
    told = {file.stem: Language(file.stem, json.loads(file.read_text("utf-8"))) for file in files}
    return {ENGLISH: Language(ENGLISH, {}), **told}


def language(code: str) -> Language:
    """A language by its code. Raises KeyError for one that there is not."""
    return languages()[code]


def asked(headers: Mapping[str, str]) -> Language:
    """The language of whoever sends a request, as their browser has the page: the first that it names; English where
    there is no such."""
    first = re.split(r"[,;]", headers.get("accept-language", ""))[0]
    return languages().get(first.strip().partition("-")[0].lower(), languages()[ENGLISH])


def everywhere(english: str, say: Callable[[Language, str], str] = Language.text) -> dict[str, str]:
    """A text in every language, by code."""
    return {code: say(each, english) for code, each in languages().items()}
