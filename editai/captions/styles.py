"""How captions may look: the table of styles, kept as data beside the fonts."""

from __future__ import annotations

import functools

from pydantic import TypeAdapter

from editai.bundled import ASSETS
from editai.errors import InvalidInput
from editai.models import CaptionStyle


@functools.cache
def styles() -> tuple[CaptionStyle, ...]:
    """Every caption style, the default first."""
    table = (ASSETS / "captions" / "styles.json").read_bytes()
    return TypeAdapter(tuple[CaptionStyle, ...]).validate_json(table)


def style(name: str) -> CaptionStyle:
    """The style of that name.

    Raises InvalidInput: 422 `caption_style_not_found`, naming those that exist.
    """
    for candidate in styles():
        if candidate.name == name:
            return candidate
    names = ", ".join(candidate.name for candidate in styles())
    raise InvalidInput(
        "caption_style_not_found", f"There is no caption style “{name[:60]}”.", f"Choose one of these: {names}."
    )
