"""The text as it is burned in: what the font can draw of what was typed, and what is said about the rest."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable

from editai.captions import emoji, fonts
from editai.errors import InvalidInput
from editai.models import CaptionStyle, Degradation

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that draw nothing: controls, joiners, directions, unassigned."""

_JOINERS = "\u200c\u200d"
"""They draw nothing but change the letters beside them (Persian, Hindi)."""

_WRITING = {"CJK": "Chinese"}
"""Where the beginning of Unicode's names is not what people call it."""


def shown(text: str, style: CaptionStyle) -> str:
    """`text` as it is drawn in `style`: its case, and without what the font cannot draw.

    A character that the font lacks is drawn as its plain twin where Unicode names one (a bold mathematical letter
    as the letter), else left out: never a box. `missing()` tells what was left out.
    """
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    if style.uppercase:
        text = text.upper()
    return "".join(_part(cluster, style) for cluster in emoji.clusters(text)).strip()


def missing(texts: Iterable[str], style: CaptionStyle) -> str:
    """The visible characters of `texts` that cannot be drawn, each once, in order of appearance."""
    lost: dict[str, None] = {}
    for text in texts:
        for cluster in emoji.clusters(unicodedata.normalize("NFC", text)):
            for character in "" if emoji.is_meant(cluster) else cluster:
                drawn = "".join(_drawn(part, style) for part in (character.upper() if style.uppercase else character))
                if not drawn and not character.isspace() and not _is_invisible(character):
                    lost[character] = None
    return "".join(lost)


def left_out(texts: Iterable[str], style: CaptionStyle) -> tuple[Degradation, ...]:
    """The degradation `caption_glyphs`, where some characters are only in the subtitle files."""
    lost = missing(texts, style)
    if not lost:
        return ()
    named = ", ".join(f"{character} ({_name(character)})" for character in lost[:12])
    more = f" and {len(lost) - 12} more" if len(lost) > 12 else ""
    return (
        Degradation(
            slug="caption_glyphs",
            message=f"No font here has {named}{more}. They are left out of the picture and kept in the subtitle files.",
        ),
    )


def check_text(text: str, style: CaptionStyle) -> None:
    """Refuse a text in a writing system of which no font has a letter.

    Raises InvalidInput: 422 `no_font_for_script`, naming the writing system and how to add a font for it.
    """
    letters = {c for c in missing([text], style) if unicodedata.category(c).startswith("L")}
    for script in sorted({_script(letter) for letter in letters}):
        if not _writes(style, script):
            named = _WRITING.get(script, script.title())
            raise InvalidInput(
                "no_font_for_script",
                f"There is no font for {named} letters here, which this text uses.",
                "Choose “Upload a font” in the brand kit, on the Profiles tab, for a TTF or OTF file that has them; "
                "the Noto fonts cover every script.",
            )


def _part(cluster: str, style: CaptionStyle) -> str:
    """What is drawn of a character with its marks, or of an emoji."""
    return cluster if emoji.is_meant(cluster) else "".join(_drawn(character, style) for character in cluster)


def _drawn(character: str, style: CaptionStyle) -> str:
    if character == " ":
        return character
    if _is_invisible(character) and character not in _JOINERS:
        return ""  # a direction override, for one, would turn the rest of the line around
    if fonts.has(character, style.faces):
        return character
    plain = unicodedata.normalize("NFKC", character)
    if plain.strip() and all(fonts.has(part, style.faces) for part in plain):
        return plain
    return character if fonts.has(character, style.faces, somewhere=True) else ""


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in _INVISIBLE or 0xFE00 <= ord(character) <= 0xFE0F


def _name(character: str) -> str:
    return unicodedata.name(character, f"U+{ord(character):04X}").lower()


def _script(letter: str) -> str:
    """The writing system of a letter, as its Unicode name begins: "CYRILLIC SMALL LETTER A"."""
    return unicodedata.name(letter, "UNKNOWN").split()[0].split("-")[0]


def _writes(style: CaptionStyle, script: str) -> bool:
    own = any(script in _scripts(file) for file in fonts.chain(style.faces))
    return own or any(script in _scripts(file) for file in fonts.installed())


@functools.cache
def _scripts(file: str) -> frozenset[str]:
    """The writing systems of which a font has letters."""
    return frozenset(_script(chr(code)) for code in fonts.font(file).characters if chr(code).isalpha())
