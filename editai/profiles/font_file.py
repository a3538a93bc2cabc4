"""A store's fonts: whatever file somebody gives, as a font of outlines under a name of its own, or refused in words.

The file is read by its content, never by its name. What is kept has the tables that draw letters and no others: no
programs, no pictures, no signatures. libass finds a font by the name inside of it, so what is kept is called by its
content there; the name that people know is kept beside it.
"""

from __future__ import annotations

import hashlib
import io
import logging
import struct
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont
from PIL import ImageFont

from editai.errors import InvalidInput

MOST_BYTES = 20_000_000
"""Enough for the letters of Chinese, Japanese and Korean."""

MOST_POINTS = 2_000_000
"""Points of all outlines of a variable font, which are moved to its bold one by one."""

MOST_CHARACTERS = 400_000
"""That its tables of characters claim together; Chinese, the script with the most, has about 100,000."""

NAME_LENGTH = 60
BOLD = 700
"""The weight of a variable font that is kept: captions are read at a glance."""

NEEDED = ("head", "hhea", "maxp", "OS/2", "hmtx", "cmap", "name")
OUTLINES = ("glyf", "CFF ", "CFF2")
VARYING = ("fvar", "avar", "gvar", "cvar", "cvt ", "HVAR", "MVAR", "VVAR", "STAT")
"""What the bold of a variable font is drawn from, and is not kept."""
DRAWING = (*NEEDED, *OUTLINES, "loca", "post", "VORG", "BASE", "GDEF", "GPOS", "GSUB", "kern", "vhea", "vmtx")
"""The tables that are kept. Captions are drawn unhinted, so the programs that hint are left out."""

DOWNLOAD = "Upload its TTF or OTF file: where the font is offered, “Download” gives one."
CONTAINERS = {
    b"wOFF": ("a web font (WOFF)", DOWNLOAD),
    b"wOF2": ("a web font (WOFF2)", DOWNLOAD),
    b"ttcf": ("a collection of several fonts (TTC)", "Upload the one that you want as a TTF or OTF file by itself."),
    b"PK\x03\x04": ("a ZIP file", "Unpack it, and upload the TTF or OTF files in it one by one."),
}
"""What is often taken for a font file, by its first bytes: what it is, and what to do."""

RESTRICTED = 0x0002
"""OS/2 fsType: not to be "modified, embedded or exchanged in any manner without first obtaining explicit permission of
the legal owner" (learn.microsoft.com/typography/opentype/spec/os2#fstype)."""

logging.getLogger("fontTools").setLevel(logging.CRITICAL)  # it has a line to say for every damaged name, of thousands


def read(path: Path) -> tuple[str, bytes]:
    """The name of the font in the file `path`, and the font as it is kept: static, TrueType or CFF outlines.

    Raises InvalidInput 422 `font_unusable`.
    """
    try:
        with path.open("rb") as stream:
            return clean(stream.read(MOST_BYTES + 1))
    except OSError as error:
        raise unusable("The font cannot be opened.") from error


def clean(data: bytes) -> tuple[str, bytes]:
    """The name of the font in `data` and what is kept of it, the same way."""
    if not data:
        raise unusable("The file is empty.")
    if len(data) > MOST_BYTES:
        raise unusable(f"The file has more than {MOST_BYTES // 1_000_000} MB.")
    if data[:4] in CONTAINERS:
        what, hint = CONTAINERS[data[:4]]
        raise unusable(f"This is {what}.", hint)
    if data[:4] not in (b"\0\1\0\0", b"OTTO", b"true"):
        raise unusable("The file is no font.")
    try:
        name, kept = _cleaned(data)
        _check_drawn(kept)
    except InvalidInput:
        raise
    except Exception as error:  # for a file that is not what it says fontTools raises anything at all
        raise unusable("The font is damaged.") from error
    return name, kept


def unusable(message: str, hint: str = "") -> InvalidInput:
    """422 `font_unusable`."""
    usual = f"Upload a TTF or OTF file of at most {MOST_BYTES // 1_000_000} MB."
    return InvalidInput("font_unusable", message, hint or usual)


def _cleaned(data: bytes) -> tuple[str, bytes]:
    with TTFont(io.BytesIO(data), lazy=True, recalcBBoxes=False, recalcTimestamp=False) as font:
        if not (all(tag in font for tag in NEEDED) and any(tag in font for tag in OUTLINES)):
            raise unusable("The font has no outlines of letters, or is not whole.")
        if font["OS/2"].fsType & 0x000F == RESTRICTED:
            raise unusable(
                "The maker of this font does not allow it to be used in this way: its licence says “restricted”.",
                "Ask the maker for a licence that allows embedding and the font that goes with it, or take another.",
            )
        _check_letters(font)
        _check_measures(font)
        name = _name(font)
        _keep_only(font, DRAWING + VARYING)
        if "fvar" in font:
            name += _make_bold(font)
        _keep_only(font, DRAWING)
        _rename(font, f"EditAI {hashlib.sha256(data).hexdigest()[:16]}")
        kept = io.BytesIO()
        font.save(kept)
    return name[:NAME_LENGTH].strip(), kept.getvalue()


def _keep_only(font: Any, tables: tuple[str, ...]) -> None:
    for tag in [tag for tag in font.keys() if tag not in (*tables, "GlyphOrder")]:  # noqa: SIM118 no iterator
        del font[tag]


def _check_letters(font: Any) -> None:
    """Whether it has letters, counted before anything is unfolded: a few bytes may claim every number there is."""
    table = bytes(font.reader["cmap"])
    (count,) = struct.unpack_from(">H", table, 2)
    claimed = 0
    for number in range(count):
        (start,) = struct.unpack_from(">L", table, 8 + 8 * number)
        claimed += sum(_claimed(table, start))
    if claimed > MOST_CHARACTERS:
        raise unusable("The font is damaged.")
    if not any(chr(code).isalpha() for code in font.getBestCmap() or {}):
        raise unusable("The font has no letters, only signs or pictures.")


def _claimed(table: bytes, start: int) -> Iterator[int]:
    """How many characters a subtable of `cmap` says to have, where it may say more than it has bytes for."""
    (kind,) = struct.unpack_from(">H", table, start)
    if kind not in (8, 12, 13):
        return
    at = start + 12 + (8192 if kind == 8 else 0)
    (groups,) = struct.unpack_from(">L", table, at)
    for number in range(min(groups, len(table) // 12)):
        first, last = struct.unpack_from(">LL", table, at + 4 + 12 * number)
        yield max(0, last - first + 1)


def _check_measures(font: Any) -> None:
    """Whether its line is about as high as its letters; libass sizes a font by it."""
    line = (font["OS/2"].usWinAscent + font["OS/2"].usWinDescent) / font["head"].unitsPerEm
    if not 0.3 <= line <= 6:
        raise unusable(f"The font says that its lines are {line:.1f} times as high as its letters, so it is damaged.")


def _name(font: Any) -> str:
    """What people call it: its family, and its weight where that is not the usual one."""
    names = font["name"]
    family = names.getDebugName(16) or names.getDebugName(1) or ""
    kind = names.getDebugName(17) or names.getDebugName(2) or ""
    whole = family if kind.casefold() in ("", "regular", "normal", "roman", "book") else f"{family} {kind}"
    return called(whole) or "Font without a name"


def called(name: str) -> str:
    """A name as it is shown: one line of characters that are seen."""
    plain = " ".join(unicodedata.normalize("NFC", name).split())
    return "".join(letter for letter in plain if letter.isprintable())[:NAME_LENGTH].strip()


def _make_bold(font: Any) -> str:
    """Draw the bold of a variable font, as bold as it goes, everything else as it comes; what that is called."""
    if "glyf" in font and _points(font) > MOST_POINTS:
        raise unusable(
            "The font is variable and has too many outlines to be made bold here.",
            "Upload its bold as a file by itself; many fonts have one in a folder “static”.",
        )
    axes = {axis.axisTag: axis for axis in font["fvar"].axes}
    where = {tag: axis.defaultValue for tag, axis in axes.items()}
    if weight := axes.get("wght"):
        where["wght"] = min(max(BOLD, weight.minValue), weight.maxValue)
    from fontTools.varLib import instancer  # with all that it brings a tenth of what the app imports

    instancer.instantiateVariableFont(font, where, inplace=True)
    return " Bold" if where.get("wght") == BOLD else ""


def _points(font: Any) -> int:
    """How many points the outlines of its letters have, without reading them."""
    outlines, points = bytes(font.reader["glyf"]), 0
    for start, end in pairwise(font["loca"].locations):
        (contours,) = struct.unpack_from(">h", outlines, start) if end - start >= 12 else (0,)
        if contours > 0:
            points += 1 + struct.unpack_from(">H", outlines, start + 8 + 2 * contours)[0]
    return points


def _rename(font: Any, family: str) -> None:
    """Give it this name and no other, beside what says whose it is and on what terms."""
    plain, table = family.replace(" ", "-"), font["name"]
    said = [(each.nameID, each.toUnicode()) for each in table.names if each.nameID in (0, 7, 8, 9, 13, 14)]
    table.names = []
    for number, text in (*said, (1, family), (2, "Regular"), (3, plain), (4, family), (5, "Version 1.000"), (6, plain)):
        table.setName(text, number, 3, 1, 0x409)


def _check_drawn(data: bytes) -> None:
    """Whether the program that draws it can read it, and its letters draw something."""
    with TTFont(io.BytesIO(data), lazy=True) as font:
        letters = "".join(chr(code) for code in sorted(font.getBestCmap()) if chr(code).isalpha())
    left, top, right, bottom = ImageFont.truetype(io.BytesIO(data), 100).getbbox(letters[:60], anchor="ls")
    if right - left < 1 or bottom - top < 1:
        raise unusable("The font draws none of its letters.")
