"""Fonts made by code: each letter is a box of its own width."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

from fontTools.designspaceLib import AxisDescriptor
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

EM = 1000
LATIN = "".join(chr(code) for code in range(0x20, 0x7F))
HIEROGLYPHS = "𓀀𓀁𓂀"
"""Letters that no font has which comes along, nor one that a computer usually has."""


def font(
    letters: str = LATIN,
    *,
    family: str = "Acme",
    kind: str = "Regular",
    height: int = 700,
    fs_type: int = 0,
    cff: bool = False,
    varies: bool = False,
    change: Callable[[TTFont], object] = lambda _: None,
) -> bytes:
    """A font file with these letters, as high as `height` thousandths of an em; with `varies` they get wider by weight
    from 400 to 900. `change` may change the font before it is written."""
    names = {letter: f"u{ord(letter):X}" for letter in letters}
    order = [".notdef", *names.values()]
    widths = {name: 500 + 10 * (number % 7) for number, name in enumerate(order)}
    builder = FontBuilder(EM, isTTF=not cff)
    builder.font.recalcTimestamp = False  # the same font is the same file, whenever it is made
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap({ord(letter): name for letter, name in names.items()})
    if cff:
        drawn = {
            name: _box(T2CharStringPen(width, None), width, height).getCharString() for name, width in widths.items()
        }
        builder.setupCFF(f"{family}-{kind}", {}, drawn, {})
    else:
        builder.setupGlyf({name: _box(TTGlyphPen(None), width, height).glyph() for name, width in widths.items()})
    builder.setupHorizontalMetrics({name: (width, 50) for name, width in widths.items()})
    builder.setupHorizontalHeader(ascent=900, descent=-250)
    builder.setupNameTable({"familyName": family, "styleName": kind})
    builder.setupOS2(usWinAscent=950, usWinDescent=250, sCapHeight=height, fsType=fs_type)
    builder.setupPost()
    if varies:
        _vary(builder, order)
    change(builder.font)
    made = io.BytesIO()
    builder.save(made)
    return made.getvalue()


def opened(data: bytes) -> TTFont:
    return TTFont(io.BytesIO(data))


def _box(pen: Any, width: int, height: int) -> Any:
    pen.moveTo((50, 0))
    for point in ((50, height), (width - 50, height), (width - 50, 0)):
        pen.lineTo(point)
    pen.closePath()
    return pen


def _vary(builder: FontBuilder, order: list[str]) -> None:
    from fontTools.ttLib.tables.TupleVariation import TupleVariation

    axis = AxisDescriptor(tag="wght", name="Weight", minimum=400, default=400, maximum=900)
    builder.setupFvar([(axis.tag, axis.minimum, axis.default, axis.maximum, axis.name)], [])
    wider: Mapping[str, Any] = {
        name: [
            TupleVariation({"wght": (0, 1, 1)}, [(0, 0), (0, 0), (100, 0), (100, 0), (0, 0), (100, 0), (0, 0), (0, 0)])
        ]
        for name in order
    }
    builder.setupGvar(dict(wider))
