"""Whether captions can be read on what is behind them, and the outline or box that they get where they cannot.

Letters need a contrast of 4.5:1 with what they stand on, against the worst frame (WCAG 2.2, 1.4.3). That is their box
or their outline, where these are there and wide enough, else the picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from editai.behind import Look
from editai.contrast import ENOUGH, contrast, encoded, linear, luminance, ratio, readable
from editai.models import CaptionStyle, Degradation

OUTLINE_EM, LEAST_OUTLINE_EM = 0.075, 0.06
"""How wide an outline is drawn, and from what on it counts: 6 to 8 % of the letters' size (a figure of the house)."""

SOFT_EDGE = 1 / 3
"""What a soft dark edge leaves of the light behind it, as far from a letter as its strokes are wide: measured on white
(0.32) and on light grey (0.34) in the finished picture."""

THIN_PX = 64
"""Letters up to this size have strokes that an outline would drown; they get a box."""

BOX_OPACITY, MOST_OPACITY = 0.7, 0.95
"""A box is as see-through as it may be: 60 to 80 % is usual (a figure of the house)."""


@dataclass(frozen=True, slots=True)
class Worst:
    """The place behind captions that is most like an ink: its relative luminance, and the frame."""

    luminance: float
    frame: int


def legible(style: CaptionStyle, looks: Sequence[Look], fps: int) -> tuple[CaptionStyle, tuple[Degradation, ...]]:
    """The style, with an outline or a box where it cannot be read without, and why."""
    if style.outline_px and not style.box_opacity:
        return _outlined(style)
    for ink in inks(style):
        worst = _worst(style, ink, looks)
        if worst is not None and ratio(luminance(ink), _shining(style, worst.luminance)) < ENOUGH:
            return _protected(style, ink, looks, worst.frame, fps)
    return style, ()


def inks(style: CaptionStyle) -> tuple[str, ...]:
    """The colours of letters that stand on the picture, their outline or their box, and not on a plate."""
    marked = [] if style.plate or style.mark == "none" else [style.highlight]
    return tuple(dict.fromkeys([style.colour, *marked, *filter(None, [style.emphasis])]))


def _worst(style: CaptionStyle, ink: str, looks: Sequence[Look]) -> Worst | None:
    """Where the contrast is least; None where nothing is known of the picture."""
    found = []
    for look in looks:
        ranges = [each for each in (view.luminance(look.box) for view in look.views) if each is not None]
        for low, high in ranges:
            found += [Worst(each, look.frame) for each in (low, min(max(luminance(ink), low), high), high)]
    return min(found, key=lambda each: ratio(luminance(ink), _shining(style, each.luminance)), default=None)


def _shining(style: CaptionStyle, behind: float) -> float:
    """The luminance of what letters stand on, where the picture behind has this one and nothing outlines them."""
    if style.box_opacity:
        return _through(style.outline_colour, style.box_opacity, behind)
    return behind * SOFT_EDGE if style.halo_px else behind


def _through(ground: str, opacity: float, behind: float) -> float:
    """The luminance of a box with the picture shining through; pictures are mixed as they are encoded."""
    return linear(opacity * encoded(luminance(ground)) + (1 - opacity) * encoded(behind))


def _outlined(style: CaptionStyle) -> tuple[CaptionStyle, tuple[Degradation, ...]]:
    """The style with an outline that stands out from its letters: whatever is behind, they are read against that.

    Where no outline suits both colours of a brand, the marked word stands on a plate of its own colour.
    """
    wide = style.outline_px >= LEAST_OUTLINE_EM * style.size_px
    if wide and all(contrast(ink, style.outline_colour) >= ENOUGH for ink in inks(style)):
        return style, ()
    ground = _ground(style)
    change: dict[str, object] = {
        "outline_colour": ground,
        "outline_px": style.outline_px if wide else round(OUTLINE_EM * style.size_px, 1),
    }
    told = f"The captions got {_a(ground)} outline"
    if any(contrast(ink, ground) < ENOUGH for ink in inks(style)):
        on_plate = readable(style.highlight, style.colour, style.outline_colour)
        change |= {"plate": style.highlight, "highlight": on_plate, "emphasis": ""}
        told = "The spoken word of the captions got a plate"
        told += f" and the letters {_a(ground)} outline" if ground != style.outline_colour else ""
    message = f"{told}: the colours that were chosen for them are too much alike to be read."
    return style.model_copy(update=change), (Degradation(slug="captions_outlined", message=message),)


def _protected(
    style: CaptionStyle, ink: str, looks: Sequence[Look], frame: int, fps: int
) -> tuple[CaptionStyle, tuple[Degradation, ...]]:
    """The style with an outline, or a box where its letters are thin, and the frame that it is for."""
    ground = _ground(style)
    bare = {"halo_px": 0.0, "outline_colour": ground}
    suits = all(contrast(each, ground) >= ENOUGH for each in inks(style))
    if not style.box_opacity and style.size_px > THIN_PX and suits:
        better = style.model_copy(update=bare | {"outline_px": round(OUTLINE_EM * style.size_px, 1)})
        slug, got = "captions_outlined", f"{_a(ground)} outline"
    else:
        better = _boxed(style.model_copy(update=bare | {"outline_px": 0.0}), looks)
        slug, got = (
            "captions_boxed",
            f"{_a(ground)} box" if not style.box_opacity else f"a more solid {_shade(ground)} box",
        )
    light = "dark" if _shade(ink) == "dark" or _shade(ink) == "black" else "bright"
    seconds = frame // fps
    message = (
        f"The captions got {got}: {_shade(ink)} letters would not have been readable on the {light} picture "
        f"at {seconds // 60}:{seconds % 60:02}."
    )
    return better, (Degradation(slug=slug, message=message),)


def _boxed(style: CaptionStyle, looks: Sequence[Look]) -> CaptionStyle:
    """The style with a box that is as see-through as can be."""
    opacity = max(style.box_opacity, BOX_OPACITY)
    while opacity < MOST_OPACITY:
        better = style.model_copy(update={"box_opacity": round(opacity, 2)})
        worst = [(ink, _worst(better, ink, looks)) for ink in inks(better)]
        if all(at is None or ratio(luminance(ink), _shining(better, at.luminance)) >= ENOUGH for ink, at in worst):
            return better
        opacity += 0.05
    return style.model_copy(update={"box_opacity": MOST_OPACITY})


def _ground(style: CaptionStyle) -> str:
    """What outlines or underlies the letters: the style's own colour for that, where they stand out from it."""
    if all(contrast(ink, style.outline_colour) >= ENOUGH for ink in inks(style)):
        return style.outline_colour
    both = [each for each in ("#000000", "#FFFFFF") if all(contrast(ink, each) >= ENOUGH for ink in inks(style))]
    return both[0] if both else readable(style.colour, style.outline_colour)


def _a(colour: str) -> str:
    return f"a {_shade(colour)}"


def _shade(colour: str) -> str:
    """A colour as it is called where only its lightness counts."""
    light = luminance(colour)
    if light > 0.9:
        return "white"
    return "light" if light > 0.18 else "dark" if light > 0.002 else "black"
