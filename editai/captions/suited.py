"""A style as it suits what is behind the captions: off the subject, and in colours that can be read there.

One decision for the whole clip: captions that jump, or that have a box in one shot and none in the next, distract.
Everything is reckoned from the plan and from what the footage knows; no picture is opened.
"""

from __future__ import annotations

from dataclasses import replace

from editai import formats
from editai.behind import EVERY, Behind, Look
from editai.captions.layout import block
from editai.captions.legible import legible
from editai.captions.place import off_subject
from editai.models import CaptionStyle, Degradation, Footage, Plan

Told = tuple[Degradation, ...]


def suited(plan: Plan, footage: Footage) -> tuple[CaptionStyle, Told]:
    """The plan's style with another place, outline or box where the picture asks for it, and why.

    With a box there is less room for words: where the style is not the plan's own, cues are made for it anew.
    """
    if not plan.captions_burned:
        return plan.style, ()
    looks = _looks(plan, footage)
    placed, dy, moved = off_subject(plan, looks)
    there = [replace(look, box=(look.box[0], look.box[1] + dy, look.box[2], look.box[3] + dy)) for look in looks]
    style, changed = legible(placed, there, plan.fps)
    return style, moved + changed


def _looks(plan: Plan, footage: Footage) -> list[Look]:
    """What is behind each cue, a few times a second while it stands."""
    shape, behind = formats.of_plan(plan), Behind(plan, footage)
    found = []
    for cue in plan.cues:
        laid = block(cue, plan.style, shape)
        if laid is None:
            continue
        box = (laid.left, laid.top, laid.right, laid.bottom)
        for frame in range(cue.start, max(cue.start + 1, cue.end), EVERY):
            found.append(Look(frame, box, tuple(behind.views(frame))))
    return found
