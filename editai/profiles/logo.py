"""A store's logo: whatever picture somebody gives, as a small PNG that holds nothing but the picture.

The file is read by its content, never by its name, and by three formats' readers alone. What is kept is drawn anew:
no metadata, no second picture behind the first, nothing that another program might run.
"""

from __future__ import annotations

import io
import struct
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms, ImageOps

from editai.errors import InvalidInput

FORMATS = ("PNG", "JPEG", "WEBP")
MOST_BYTES = 10_000_000
MOST_PIXELS = 50_000_000
SIDE = 1024
"""Pixels at most on each side of what is kept: the clip's picture is 1080 wide."""

DAMAGED = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    TypeError,
    OverflowError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)
"""What Pillow's readers raise for files that are not what they say."""


def read(path: Path) -> bytes:
    """The picture in the file `path` as a PNG (RGBA, sRGB, at most 1024 px a side).

    Raises InvalidInput 422 `logo_unusable`.
    """
    try:
        with path.open("rb") as stream:
            return clean(stream.read(MOST_BYTES + 1))
    except OSError as error:
        raise unusable("The picture cannot be opened.") from error


def clean(data: bytes) -> bytes:
    """The picture in `data`, the same way."""
    if not data:
        raise unusable("The file is empty.")
    if len(data) > MOST_BYTES:
        raise unusable(f"The file has more than {MOST_BYTES // 1_000_000} MB.")
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise unusable(
                    f"The picture has {picture.width} × {picture.height} pixels, which is more than a logo needs."
                )
            picture.draft("RGB", (SIDE, SIDE))  # a large JPEG is decoded small
            drawn = _plain(picture)
    except DAMAGED as error:
        raise unusable("The file is no picture that can be read, or it is damaged.") from error
    drawn.thumbnail((SIDE, SIDE))
    kept = io.BytesIO()
    drawn.save(kept, "PNG", optimize=True)
    return kept.getvalue()


def unusable(message: str) -> InvalidInput:
    """422 `logo_unusable`."""
    return InvalidInput("logo_unusable", message, "Use a PNG, JPEG or WebP picture of at most 10 MB.")


def _plain(picture: Image.Image) -> Image.Image:
    """The first picture of the file, upright, as sRGB with transparency."""
    if picture.mode.startswith("I;16"):  # Pillow would cut off everything above the darkest 256 of 65,536 greys
        picture = Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
    embedded = picture.info.get("icc_profile")
    upright = ImageOps.exif_transpose(picture)
    if isinstance(embedded, bytes):
        with suppress(ImageCms.PyCMSError, OSError):  # a damaged colour profile: the numbers are taken as they are
            profile = ImageCms.ImageCmsProfile(io.BytesIO(embedded))
            mode = "RGBA" if upright.mode == "RGBA" else "RGB"
            converted = ImageCms.profileToProfile(upright, profile, ImageCms.createProfile("sRGB"), outputMode=mode)
            upright = converted or upright
    plain = Image.new("RGBA", upright.size)
    plain.paste(upright.convert("RGBA"))
    return plain
