"""A clip and a post's text against what the platforms take (`editai.platforms`), as findings of a check."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from editai.models import Finding, Measurement
from editai.platforms import against, everywhere, figures, placement, rendition_size, source
from editai.publish import text


def check_file(measured: Measurement, provider: str, settings: Mapping[str, Any]) -> tuple[Finding, ...]:
    """What the platform has against the file that it gets: the clip, or a smaller copy, which is said."""
    size = rendition_size(provider, settings, measured.width_px, measured.height_px)
    if size is None:
        return _against(figures(measured), provider, settings)
    width, height = size
    sent = measured.model_copy(update={"width_px": width, "height_px": height})
    said = f"A smaller copy of the clip is sent there, {width} by {height} pixels: larger ones may not be taken."
    return (
        Finding(severity="warn", slug="smaller_copy", message=said),
        *_against(figures(sent), provider, settings),
    )


def check_text(written: str, provider: str, settings: Mapping[str, Any]) -> tuple[Finding, ...]:
    """What the platform has against hashtags, mentions and letters of the text; its length is `text.length`'s."""
    return _against(text_figures(written), provider, settings)


def check_words(shown: str, provider: str) -> tuple[Finding, ...]:
    """What the platform has against the words that are seen in the picture."""
    found = text.addresses(shown)
    if not found or not provider.startswith("tiktok"):
        return ()
    message = (
        f"{found[0]} is written in the picture. TikTok may remove videos that carry an address, a logo or a watermark "
        "of a business. Leave it out of the script to be safe."
    )
    return (Finding(severity="warn", slug="address_in_picture", message=message, source=source("T3"), sure="copy"),)


def text_figures(written: str) -> Mapping[str, float | str]:
    """What is counted in a text, under the names that rules use."""
    return {
        "hashtags": len(re.findall(r"(?<![\w&/])#\w*[^\W\d_]\w*", written)),
        "mentions": len(re.findall(r"(?<![\w@.])@\w", written)),
        "angle_brackets": written.count("<") + written.count(">"),
    }


def _against(known: Mapping[str, float | str], provider: str, settings: Mapping[str, Any]) -> tuple[Finding, ...]:
    return against(known, *filter(None, (placement(provider, settings), everywhere())))
