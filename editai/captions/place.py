"""Where captions stand: at the style's place, or off the subject where they would cover it there and not elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from editai import formats
from editai.behind import Look, overlap
from editai.formats import CAPTIONS_APART, LOGO_HEIGHT, TITLE_PX, Shape
from editai.models import CaptionStyle, Degradation, Plan

COVERS = 0.3
"""Captions of which so great a part lies on the subject, on the average of their time, look for another place."""

BETTER = 0.5
"""They go where no more than so much of that is left, or stay: a usual place is worth something too."""

STEP_PX = 20
"""Places are tried so far apart ..."""

ALIKE = 0.03
"""... and of those that are about as good the one nearest to the usual place is taken."""


def off_subject(plan: Plan, looks: Sequence[Look]) -> tuple[CaptionStyle, float, tuple[Degradation, ...]]:
    """The plan's style at the best place for all of its cues, by how many pixels that is lower, and why.

    The place is inside what is clear and below title, price and a logo at the top, whenever those are there.
    """
    usual = covered(looks, 0.0)
    if usual < COVERS:
        return plan.style, 0.0, ()
    shape = formats.of_plan(plan)
    middle = formats.captions_middle(plan.style, shape)
    tried = {dy: covered(looks, dy) for dy in _free(plan, shape, looks)}
    least = min(tried.values(), default=usual)
    if least > BETTER * usual:
        return plan.style, 0.0, ()
    dy = min((each for each, share in tried.items() if share <= least + ALIKE), key=abs)
    style = plan.style.model_copy(update={"centre_y_px": formats.captions_centre(middle + dy, shape)})
    where = "lower" if dy > 0 else "higher"
    message = (
        f"The captions stand {where} than usual, where {tried[dy]:.0%} of them lie on the product: "
        f"at their usual place it would be {usual:.0%}."
    )
    return style, dy, (Degradation(slug="captions_moved", message=message),)


def covered(looks: Sequence[Look], dy: float) -> float:
    """What part of captions that are `dy` pixels lower lies on the subject, on the average of their time."""
    shares = []
    for look in looks:
        left, top, right, bottom = look.box
        subjects = [view.subject for view in look.views]
        box = (left, top + dy, right, bottom + dy)
        shares.append(max((overlap(box, each) for each in subjects if each is not None), default=0.0))
    return float(np.mean(shares)) if shares else 0.0


def _free(plan: Plan, shape: Shape, looks: Sequence[Look]) -> list[int]:
    """The places, in pixels below the usual one, where captions are inside what is clear and meet no panel."""
    top, bottom = _between(plan, shape)
    highest, lowest = min(look.box[1] for look in looks), max(look.box[3] for look in looks)
    return [
        dy for dy in range(-shape.height_px, shape.height_px, STEP_PX) if top <= highest + dy and lowest + dy <= bottom
    ]


def _between(plan: Plan, shape: Shape) -> tuple[float, float]:
    """The y between which captions may stand. Title and price are at the top, and below a logo that stands there."""
    top, bottom = shape.clear.top, shape.clear.bottom
    for logo in (insert for insert in plan.inserts if insert.role == "logo"):
        height = round(LOGO_HEIGHT * shape.height_px) + logo.margin_px + CAPTIONS_APART
        top, bottom = (top + height, bottom) if logo.place.startswith("top") else (top, bottom - height)
    if any(insert.role in ("title", "badge") for insert in plan.inserts):
        top += TITLE_PX + CAPTIONS_APART
    return top, bottom
