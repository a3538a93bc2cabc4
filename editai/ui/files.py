"""Files at the border: what a client may name, and how a file of a profile is shown without telling where it lies.

Gradio serves whatever lies in its upload folder to whoever has the address, and checks an uploaded path only where the
client marked it as a file. So every path from a client is resolved here and must lie in that folder before anything
opens it, and a profile's file is shown through a link whose address nobody can guess.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import gradio as gr

from editai.errors import Forbidden, InvalidInput
from editai.settings import Settings
from editai.ui.context import told_to_scripts

KEPT_SECONDS = 86_400
SECRET = secrets.token_bytes(32)
"""Of this process: makes the addresses of shown files unguessable and, for one file, the same each time."""


class Page(gr.Blocks):  # type: ignore[misc] # Gradio is not typed
    """Blocks that refuse every path a client made up, before Gradio or one of our functions touches it."""

    def __init__(self, settings: Settings, **wanted: Any) -> None:
        super().__init__(**wanted)
        self._settings = settings

    async def preprocess_data(self, block_fn: Any, inputs: list[Any], *rest: Any, **named: Any) -> Any:
        """Check the paths in `inputs`, then go on as Gradio does."""
        with told_to_scripts():
            for path in _paths(inputs):
                uploaded(self._settings, path)
        return await super().preprocess_data(block_fn, inputs, *rest, **named)


def uploaded(settings: Settings, given: object) -> Path:
    """Where a file lies that a client uploaded; `given` is a path or Gradio's file data with a `path`.

    Raises Forbidden 403 `path_forbidden` for everything that is not a file inside the upload folder once links and
    ".." are followed, InvalidInput 422 `no_video` for nothing at all.
    """
    path = given.get("path") if isinstance(given, Mapping) else given
    if not path:
        raise InvalidInput("no_video", "There is no video to work with.", "Add a product video.")
    try:
        resolved = Path(path).resolve(strict=True) if isinstance(path, str) else None
    except (OSError, ValueError, RuntimeError):  # not there, a null byte, links in a circle
        resolved = None
    if resolved is None or not resolved.is_relative_to(settings.uploads.resolve()) or not resolved.is_file():
        raise Forbidden(
            "path_forbidden",
            "Only files that were uploaded here can be used.",
            "Upload the file first; a path or an address of your own is not accepted.",
        )
    return resolved


def show(settings: Settings, path: Path, name: str = "") -> str | None:
    """A second name for `path` in the upload folder, where the browser may fetch it; None where the file is gone.

    Nothing is copied where the file system has links. `name` is what a download is called.
    """
    try:
        seen = path.stat()
        token = hashlib.blake2b(f"{path}|{seen.st_ino}|{seen.st_mtime_ns}".encode(), key=SECRET, digest_size=20)
        folder = settings.uploads / "shown" / token.hexdigest()
        shown = folder / (name or path.name)
        if not shown.exists():
            folder.mkdir(parents=True, exist_ok=True)
            _link(path, shown)
    except FileNotFoundError:
        return None
    return str(shown)


def address(shown: str | None) -> str:
    """Where the browser finds what `show` returned."""
    return "" if shown is None else "/gradio_api/file=" + quote(shown.replace("\\", "/"), safe="/:")


def forget(settings: Settings) -> None:
    """Remove the second names of files that are gone; where they are copies, the next look makes them anew."""
    for shown in settings.uploads.glob("shown/*/[!.]*"):  # a name with a dot is a copy in the making
        with suppress(FileNotFoundError):  # another request may forget it at the same moment
            if shown.lstat().st_nlink == 1:
                shown.unlink()


def sweep(settings: Settings) -> None:
    """Remove what earlier runs left in the upload folder more than a day ago."""
    before = time.time() - KEPT_SECONDS
    for path in (*settings.uploads.glob("*"), *settings.uploads.glob("shown/*")):
        with suppress(FileNotFoundError):  # another start may sweep at the same moment
            if path.name == "shown" or path.lstat().st_ctime > before:
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()


def _paths(value: object) -> Iterator[object]:
    """Every path inside what a client sent: any dict with a "path" may become a file."""
    match value:
        case Mapping():
            if "path" in value:
                yield value["path"]
            for item in value.values():
                yield from _paths(item)
        case list() | tuple():
            for item in value:
                yield from _paths(item)


def _link(source: Path, target: Path) -> None:
    making = target.with_name(f".{os.getpid()}.{secrets.token_hex(8)}")
    try:
        os.link(source, making)
    except OSError:
        shutil.copyfile(source, making)
    making.replace(target)
