"""How shots follow one another where the owner wants more than a cut."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from editai.models import FPS, Crop, CropKey, Footage, Joint, Shot, Transition

FRAMES = {"fade": 9, "slide": 8}
"""A quarter to a third of a second: long enough to be seen as meant, short enough not to slow the clip down."""

PART = 3
"""A joint takes at most this part of either shot, else neither is seen."""

LEAP = FPS
"""Frames of a source between two shots from which on time has passed, which a fade or a slide tells. In an action that
goes on, or over two sizes of the same moment, it would only show everything double."""

PUNCH, SETTLE = 0.12, 7
"""A shot that is zoomed into begins so much closer and settles within a quarter of a second."""


def joined(shots: Sequence[Shot], joint: Joint, footage: Footage) -> tuple[Shot, ...]:
    """The shots with the joint wherever both sides are long enough, have picture for it and are not of the same action;
    a cut elsewhere. A zoom suits any cut but the first frame's."""
    if joint == "cut" or not shots:
        return tuple(shots)
    found = [shots[0]]
    for before, shot in pairwise(shots):
        if joint == "zoom":
            found.append(shot.model_copy(update={"crops": punched(shot)}))
        elif (
            min(before.frames, shot.frames) >= PART * FRAMES[joint]
            and not _is_same_action(before, shot, footage)
            and _goes_on(before, FRAMES[joint], footage)
        ):
            found.append(shot.model_copy(update={"joint": Transition(kind=joint, frames=FRAMES[joint])}))
        else:
            found.append(shot)
    return tuple(found)


def punched(shot: Shot) -> tuple[CropKey, ...]:
    """The shot's crop, begun closer: around the same middle, so that it stays inside of the picture."""
    last = min(SETTLE, shot.frames - 1)
    keys = [
        CropKey(frame=frame, crop=_closer(_at(shot.crops, frame), 1 + PUNCH * (1 - frame / max(last, 1)) ** 3))
        for frame in range(last + 1)
    ]
    return (*keys, *(key for key in shot.crops if key.frame > last))


def _is_same_action(before: Shot, shot: Shot, footage: Footage) -> bool:
    """Whether a shot goes on about where the one before it ended; two shots of one photo are that as well."""
    if before.source != shot.source:
        return False
    ends = before.source_in + before.frames * before.speed
    return footage.sources[shot.source].still or 0 <= shot.source_in - ends < LEAP


def _goes_on(shot: Shot, frames: int, footage: Footage) -> bool:
    """Whether the source goes on in the same take for so many frames after the shot; a photo always does."""
    if footage.sources[shot.source].still:
        return True
    ends = (shot.source_in + shot.frames * shot.speed) * 1000 / FPS
    needed = ends + frames * shot.speed * 1000 / FPS
    return any(take.source == shot.source and take.start_ms < ends and needed <= take.end_ms for take in footage.shots)


def _at(keys: Sequence[CropKey], frame: int) -> Crop:
    """The crop at a frame of the shot; it moves evenly between two keys."""
    for before, after in pairwise(keys):
        if before.frame <= frame < after.frame:
            way = (frame - before.frame) / (after.frame - before.frame)
            start, end = before.crop.model_dump(), after.crop.model_dump()
            return Crop(**{side: start[side] + (end[side] - start[side]) * way for side in start})
    return keys[-1].crop if frame >= keys[-1].frame else keys[0].crop


def _closer(crop: Crop, factor: float) -> Crop:
    width, height = crop.width / factor, crop.height / factor
    x, y = crop.x + (crop.width - width) / 2, crop.y + (crop.height - height) / 2
    return Crop(x=x, y=y, width=width, height=height)
