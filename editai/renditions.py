"""A clip's smaller copy, for a placement that wants one: made when it is first sent there, and kept with the clip."""

from __future__ import annotations

import shutil
from pathlib import Path

from editai import render
from editai.library import Library
from editai.models import Clip, Work
from editai.stages import name_in_making


def smaller(shelf: Library, clip: Clip, size: tuple[int, int]) -> Work[Path]:
    """The clip with `size` (width, height, pixels), beside its other files.

    Raises NotFound 404 `clip_file_missing`, OutOfSpace 507 `disk_full`, and what `render.rendition` raises.
    """
    placed = shelf.media.placed(clip)
    kept = placed.folder / f"clip-{size[0]}x{size[1]}.mp4"
    if kept.is_file():
        return kept
    measured = shelf.media.report(clip).measurement
    shelf.media.require_space(shelf.settings.min_free_bytes + measured.bytes)
    making = placed.folder.parent / name_in_making()
    making.mkdir()
    try:
        made = yield from render.rendition(placed.path(placed.video), size, making / kept.name, measured)
        return made.replace(kept)
    finally:
        shutil.rmtree(making, ignore_errors=True)
