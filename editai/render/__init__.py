"""Rendering: the sound (`mix`), then the picture with it (`draw`), each by the one ffmpeg runner."""

from __future__ import annotations

import functools
import importlib.metadata
from collections.abc import Sequence
from pathlib import Path

from editai import bundled
from editai.models import File
from editai.render.cover import cover
from editai.render.encodings import chosen, encoders
from editai.render.ffmpeg import Capabilities, capabilities, end_orphans
from editai.render.inserts import draw_inserts, insert_parts
from editai.render.picture import draw, preview, still
from editai.render.proxy import proxy
from editai.render.rendition import rendition
from editai.render.sound import heard, mix

__all__ = [
    "Capabilities",
    "capabilities",
    "chosen",
    "cover",
    "draw",
    "draw_inserts",
    "encoders",
    "end_orphans",
    "fingerprint",
    "heard",
    "insert_parts",
    "mix",
    "pens",
    "preview",
    "proxy",
    "rendition",
    "still",
]

REVISION = 9
"""To be counted up when this room draws or mixes the same plan differently than before."""


def fingerprint() -> dict[str, object]:
    """What a render depends on besides its plan: this code and the ffmpeg build."""
    return {"revision": REVISION, "ffmpeg": capabilities().version}


def pens(fonts: Sequence[str] = ()) -> dict[str, str]:
    """What a picture is drawn with besides ffmpeg: the sha256 of each font, the packages that draw the title card.

    `fonts` are those of its captions; one that does not come along may be another one under the same name tomorrow.
    """
    others = [Path(font) for font in fonts if Path(font).is_absolute()]
    return _bundled_pens() | {font.name: File.of(font).sha256 for font in others}


@functools.cache
def _bundled_pens() -> dict[str, str]:
    fonts = {font.name: File.of(font).sha256 for font in sorted(bundled.FONTS.rglob("*.ttf"))}
    return fonts | {package: importlib.metadata.version(package) for package in ("moviepy", "pillow")}
