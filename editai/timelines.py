"""A clip's plan as a file for other editing programs, its media linked where they lie on this computer now."""

from __future__ import annotations

from pathlib import Path

from editai.library import Library
from editai.models import Clip, File
from editai.plan.timeline import timeline
from editai.stages import name_in_making


def write(shelf: Library, clip: Clip) -> Path:
    """Write a clip's `timeline.otio` beside its other files.

    A voice that is in the cache no more is linked to the finished clip, in which it is heard. Raises NotFound 404
    `source_not_found` where a video of the clip is no longer there, `clip_file_missing` for a plan of an older EditAI.
    """
    placed = shelf.media.placed(clip)
    plan = shelf.media.plan(clip)
    files = {source.file.sha256: shelf.media.source(clip.profile_id, source.file) for source in plan.sources}
    for track in plan.tracks:
        if track.file is not None and track.role == "music":
            files[track.file.sha256] = shelf.media.source(clip.profile_id, track.file)
        elif track.file is not None:
            files[track.file.sha256] = _voice(shelf.media.cache(clip.profile_id), track.file) or placed.path(clip.video)
    making = placed.folder / name_in_making()
    making.write_text(timeline(plan, files, clip.title), "utf-8")
    return making.replace(placed.folder / "timeline.otio")


def _voice(cache: Path, file: File) -> Path | None:
    """The narration of that content among the results of the stages."""
    for result in (*cache.glob("narration*/*/result.json"), *cache.glob("pauses*/*/result.json")):
        try:
            if file.sha256 in result.read_text("utf-8") and File.of(result.parent / file.name) == file:
                return result.parent / file.name
        except OSError:
            continue
    return None
