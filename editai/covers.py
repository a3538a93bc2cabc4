"""A clip's cover: a frame that the owner chooses, drawn out of the finished clip and kept in the profile's cache."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from editai import render
from editai.errors import InvalidInput, NotFound
from editai.library import Library
from editai.library.store import clip_file_missing
from editai.models import Clip, File, Measurement, Still, Work, finished
from editai.stages import StageCache


def frame(shelf: Library, clip: Clip, at_ms: int) -> Path:
    """A JPEG of the clip's size: the frame that is seen at this moment, with its captions.

    Raises InvalidInput 422 `cover_outside`, NotFound 404 `clip_file_missing`, OutOfSpace 507 `disk_full`, and what
    `render.cover` raises.
    """
    placed = shelf.media.placed(clip)
    measured = shelf.media.report(placed).measurement
    require_inside(at_ms, measured)
    video = placed.path(placed.video)
    if not video.is_file():
        raise clip_file_missing()
    number = min(int(at_ms * measured.fps / 1000), measured.frames - 1)

    def draw(work: Path) -> Work[Still]:
        drawn = yield from render.cover(video, number, measured, work)
        return Still(folder=work, picture=File.of(drawn))

    key = {"key": (placed.video.sha256, number, render.fingerprint())}
    made: Still = finished(StageCache(shelf.media.cache(clip.profile_id)).run("cover", 1, key, draw, Still))
    return made.path(made.picture)


def poster_ms(shelf: Library, clip: Clip) -> int:
    """When in the clip its poster is seen; 0, where platforms begin, for a clip whose plan is not there any more."""
    with suppress(NotFound):
        plan = shelf.media.plan(clip)
        return min(plan.poster_frame, plan.frames - 1) * 1000 // plan.fps
    return 0


def require_inside(at_ms: int, measured: Measurement) -> None:
    """Raises InvalidInput 422 `cover_outside` for a moment that the clip does not have."""
    if not 0 <= at_ms < measured.duration_ms:
        raise InvalidInput(
            "cover_outside",
            f"The clip has no picture at {at_ms / 1000:g} s.",
            f"Choose a moment between 0 and {measured.duration_ms / 1000:g} s.",
        )
