"""How much a colour stands out from another: the contrast ratio of WCAG 2.2."""

from __future__ import annotations

ENOUGH = 4.5
"""The least contrast of a text with what it stands on (WCAG 2.2, 1.4.3)."""


def contrast(a: str, b: str) -> float:
    """The contrast ratio of two colours ("#RRGGBB"), 1 to 21."""
    light, dark = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def readable(ground: str, *wished: str) -> str:
    """The colour of those wished for that stands out most from the ground; black or white where none does enough."""
    best = max(wished, key=lambda each: contrast(each, ground), default=ground)
    if contrast(best, ground) >= ENOUGH:
        return best
    return max(("#000000", "#FFFFFF"), key=lambda each: contrast(each, ground))


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
