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
    """The style of that name with the fonts of `kit` for what it lacks; "brand" in the colours and the font of `kit`.

    Raises InvalidInput: 422 `caption_style_not_found` or `font_not_found`, naming those that exist.
    """
    for candidate in styles():
        if candidate.name == name:
            if kit is None:
                return candidate
            found = candidate.model_copy(update={"fonts": kit.fonts})
            return _in_brand(found, kit) if name == BRAND else found
    names = ", ".join(candidate.name for candidate in styles())
    raise InvalidInput(
        "caption_style_not_found", f"There is no caption style “{name[:60]}”.", f"Choose one of these: {names}."
    )


def font_names(kit: BrandKit) -> tuple[str, ...]:
    """What the font of a store may be: the families that come along, and the fonts that it uploaded."""
    return (*families(), *(each.name for each in kit.fonts))


def font_not_found(name: str, kit: BrandKit) -> InvalidInput:
    """422 `font_not_found`, naming those that exist."""
    names = ", ".join(font_names(kit))
    return InvalidInput("font_not_found", f"There is no font “{name[:60]}”.", f"Choose one of these: {names}.")


def _in_brand(style: CaptionStyle, kit: BrandKit) -> CaptionStyle:
    if kit.font not in font_names(kit):
        raise font_not_found(kit.font, kit)
    files = {**families(), **{each.name: each.file.name for each in kit.fonts}}
    chosen = style.model_copy(update={"font_file": files[kit.font]})
    letters = font(chosen.faces[0])
    narrower = font(style.font_file).ink(SAMPLE).width / letters.ink(SAMPLE).width
    larger = min(max(narrower, 1.0), MOST_LARGER)
    return chosen.model_copy(
        update={
            "font": letters.family,
            "size_px": round(style.size_px * larger),
            "outline_px": round(style.outline_px * larger, 1),
            "colour": kit.colours.text,
            "highlight": kit.colours.highlight,
            "emphasis": kit.colours.highlight,
            "outline_colour": kit.colours.background,
        }
    )
