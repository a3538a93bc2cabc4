"""What the owner gets of a command: the clip's files, in a folder of theirs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from editai.errors import InvalidInput, OutOfSpace, is_full
from editai.library.media import CLIP_FILES
from editai.models import Clip
from editai.readable import safe_name
from editai.stages import name_in_making


@contextmanager
def out_folder(out: Path | None) -> Iterator[None]:
    """See before the work that the files can be written; a folder made for nothing is removed again."""
    folder = out or Path()
    made = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        usable = os.access(folder, os.W_OK)
    except OSError:
        usable = False
    if not usable:
        raise InvalidInput(
            "out_not_writable", f"{folder.absolute()} is no folder that can be written to.", "Give another --out DIR."
        )
    try:
        yield
    finally:
        if made:
            with suppress(OSError):
                folder.rmdir()  # only where it is empty


def hand_out(clip: Clip, out: Path | None, clean: Path | None = None) -> list[Path]:
    """Copy the clip's files, and its `clean` master where there is one.

    They go over those of an earlier run in `out`, else into a new folder named by the title.
    """
    folder = _new_folder(clip.title) if out is None else out
    written = []
    try:
        files = {name: clip.folder / name for name in CLIP_FILES.values()}
        for each in clip.translations:
            files |= {file.name: clip.path(file) for file in (each.srt, each.vtt, each.transcript)}
        if clean is not None:
            files["clean.mp4"] = clean
        for name, path in files.items():
            making = folder / name_in_making()
            try:
                shutil.copyfile(path, making)
                making.replace(folder / name)
            finally:
                making.unlink(missing_ok=True)
            written.append(folder / name)
    except OSError as error:
        hint = f"The clip itself is kept in {clip.folder}."
        if is_full(error):
            raise OutOfSpace("disk_full", f"The disk that holds {folder.absolute()} is full.", hint) from error
        raise InvalidInput("out_not_writable", f"{folder.absolute()} cannot be written to.", hint) from error
    return written


def _new_folder(title: str) -> Path:
    base = f"editai-{safe_name(title).lower()}"
    for number in range(1, 10_000):
        folder = Path(base if number == 1 else f"{base}-{number}")
        with suppress(FileExistsError):
            folder.mkdir()
            return folder
    raise InvalidInput("out_not_writable", f"There are 10,000 folders named {base} here.", "Give --out DIR.")
