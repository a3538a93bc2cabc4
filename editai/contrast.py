"""How much a colour stands out from another: the contrast ratio of WCAG 2.2."""

from __future__ import annotations

ENOUGH = 4.5
"""The least contrast of a text with what it stands on (WCAG 2.2, 1.4.3)."""

CHANNELS = (0.2126, 0.7152, 0.0722)
"""What linear red, green and blue count in the relative luminance."""


def contrast(a: str, b: str) -> float:
    """The contrast ratio of two colours ("#RRGGBB"), 1 to 21."""
    return ratio(luminance(a), luminance(b))


def ratio(a: float, b: float) -> float:
    """The contrast ratio of two relative luminances, 1 to 21."""
    dark, light = sorted((a, b))
    return (light + 0.05) / (dark + 0.05)


def readable(ground: str, *wished: str) -> str:
    """The colour of those wished for that stands out most from the ground; black or white where none does enough."""
    best = max(wished, key=lambda each: contrast(each, ground), default=ground)
    if contrast(best, ground) >= ENOUGH:
        return best
    return max(("#000000", "#FFFFFF"), key=lambda each: contrast(each, ground))


def luminance(colour: str) -> float:
    """The relative luminance of a colour ("#RRGGBB"): 0 is black, 1 is white."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return sum(weight * linear(part) for weight, part in zip(CHANNELS, parts, strict=True))


def linear(part: float) -> float:
    """A channel of sRGB (0 to 1) as light."""
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def encoded(light: float) -> float:
    """Light (0 to 1) as a channel of sRGB has it; the other way of `linear`."""
    return light * 12.92 if light <= 0.0031308 else float(1.055 * light ** (1 / 2.4) - 0.055)
