"""How captions may look: the table of styles, kept as data beside the fonts."""

from __future__ import annotations

import functools

from pydantic import TypeAdapter

from editai.bundled import ASSETS
from editai.captions.fonts import families, font
from editai.errors import InvalidInput
from editai.models import BrandKit, CaptionStyle

BRAND = "brand"
"""The style that is written in a store's own colours and font."""

SAMPLE, MOST_LARGER = "Bring one home today", 1.25
"""A narrow font is drawn larger, up to a quarter, so that its words are as easy to read."""


@functools.cache
def styles() -> tuple[CaptionStyle, ...]:
    """Every caption style, the default first."""
    table = (ASSETS / "captions" / "styles.json").read_bytes()
    return TypeAdapter(tuple[CaptionStyle, ...]).validate_json(table)


def style(name: str, kit: BrandKit | None = None) -> CaptionStyle:
    """The style of that name; "brand" in the colours and the font of `kit`.

    Raises InvalidInput: 422 `caption_style_not_found` or `font_not_found`, naming those that exist.
    """
    for candidate in styles():
        if candidate.name == name:
            return _in_brand(candidate, kit) if name == BRAND and kit is not None else candidate
    names = ", ".join(candidate.name for candidate in styles())
    raise InvalidInput(
        "caption_style_not_found", f"There is no caption style “{name[:60]}”.", f"Choose one of these: {names}."
    )


def _in_brand(style: CaptionStyle, kit: BrandKit) -> CaptionStyle:
    if kit.font not in families():
        raise InvalidInput(
            "font_not_found", f"There is no font “{kit.font[:60]}”.", f"Choose one of these: {', '.join(families())}."
        )
    file = families()[kit.font]
    narrower = font(style.font_file).ink(SAMPLE).width / font(file).ink(SAMPLE).width
    larger = min(max(narrower, 1.0), MOST_LARGER)
    return style.model_copy(
        update={
            "font": kit.font,
            "font_file": file,
            "size_px": round(style.size_px * larger),
            "outline_px": round(style.outline_px * larger, 1),
            "colour": kit.colours.text,
            "highlight": kit.colours.highlight,
            "outline_colour": kit.colours.background,
        }
    )
