"""A clip's clean master: everything that the clip shows and says, without the captions in its picture.

It is drawn from the kept plan when it is first asked for, by the same renderer and beside the finished clip's own
sound, which is copied: no voice speaks again, and a job takes no longer for it. It waits for one of the slots that jobs
render in. Then it is kept with the clip.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from editai import captions, render
from editai.library import Library
from editai.models import Clip, Mix, Plan, Step, Work, part_of
from editai.slots import POLL_SECONDS, WAITING, Slot
from editai.stages import name_in_making

NAME = "clean.mp4"


def differs(shelf: Library, clip: Clip) -> bool:
    """Whether the clip has captions in its picture. Raises NotFound 404 `clip_file_missing`."""
    plan = shelf.media.plan(clip)
    return bool(plan.cues) and plan.captions_burned


def clean(shelf: Library, clip: Clip) -> Work[Path]:
    """The clip without captions in its picture, beside its other files; the clip itself where it has none.

    Raises NotFound 404 `source_not_found`, `logo_not_found` or `font_not_found` where what it is made of is no longer
    there, `clip_file_missing` for a plan of an older EditAI; OutOfSpace 507 `disk_full`; EditaiError as `render.draw`.
    """
    placed = shelf.media.placed(clip)
    if not differs(shelf, clip):
        return placed.path(placed.video)
    kept = placed.folder / NAME
    if kept.is_file():
        return kept
    making = placed.folder.parent / name_in_making()
    with Slot(shelf.settings) as slot:
        while not slot.take():
            yield Step(0.0, WAITING)
            time.sleep(POLL_SECONDS)
        if kept.is_file():  # it was being drawn for somebody else
            return kept
        shelf.media.require_space(shelf.settings.min_free_bytes)
        try:
            return (yield from _drawn(shelf, placed, shelf.media.plan(clip), making)).replace(kept)
        finally:
            shutil.rmtree(making, ignore_errors=True)


def _drawn(shelf: Library, clip: Clip, plan: Plan, making: Path) -> Work[Path]:
    media = shelf.media
    files = {source.file.sha256: media.source(clip.profile_id, source.file) for source in plan.sources}
    logos = [insert.file for insert in plan.inserts if insert.file is not None]
    files |= {logo.sha256: media.logo(clip.profile_id, logo) for logo in logos}
    for folder in (making, making / "films", making / "picture"):
        folder.mkdir()
    bare = plan.model_copy(update={"captions_burned": False})
    none = captions.burned(bare, captions.write(bare))
    films = yield from part_of(render.draw_inserts(plan, files, making / "films"), 0.0, 0.1)
    sound = Mix(folder=clip.folder, audio=clip.video, loudness_lufs=None, peak_dbtp=None)
    disclosure = media.report(clip).disclosure
    picture = yield from part_of(render.draw(bare, none, sound, films, files, making / "picture", disclosure), 0.1, 1.0)
    return picture.path(picture.video)
