"""Files at the border: what a client may name, and how a file of a profile is shown without telling where it lies.

Gradio serves whatever lies in its upload folder to whoever has the address, and checks an uploaded path only where the
client marked it as a file. So every path from a client is resolved here and must lie in that folder before anything
opens it, and a profile's file is shown through a link whose address nobody can guess.

Where people sign in, an address alone is not enough: the upload folder says whose each file is, and nobody else is
served it or may name it.

    of/<owner>/<hash>/<name>          what an owner uploaded, or took out
    shown/<profile>/<token>/<name>    a file of a profile
    shown/everybody/<token>/<name>    what comes along with EditAI
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import gradio as gr
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message

from editai.bundled import ASSETS
from editai.errors import EditaiError, Forbidden, InvalidInput, NotSignedIn
from editai.library import Library
from editai.settings import Settings
from editai.ui.arguments import checked
from editai.ui.context import Desk, told_to_scripts

KEPT_SECONDS = 86_400
SECRET = secrets.token_bytes(32)
"""Of this process: makes the addresses of shown files unguessable and, for one file, the same each time."""
UPLOAD = "/gradio_api/upload"
FILE = re.compile(r"/gradio_api/file\b[=/]?")
EVERYBODY = "everybody"
VISITS = 10_000
"""Whose each visit of the page is, is known of so many, the newest."""


class Page(gr.Blocks):  # type: ignore[misc] # Gradio is not typed
    """Blocks that refuse every path a client made up, before Gradio or one of our functions touches it."""

    def __init__(self, desk: Desk, **wanted: Any) -> None:
        super().__init__(**wanted)
        self._desk, self._settings = desk, desk.settings
        self.quiet: frozenset[int] = frozenset()
        """Events that the page fires by itself; nobody is told where one of them is refused."""
        self._visits: OrderedDict[str, str] = OrderedDict()

    async def process_api(self, block_fn: Any, inputs: list[Any], *rest: Any, **named: Any) -> Any:
        """Every event and each step of it: see what a script sends, whose it is, and that it names no file of somebody
        else."""
        with told_to_scripts():
            if block_fn.api_visibility == "public":
                inputs = checked(block_fn.fn, inputs)
            owner = self._desk.owner(named.get("request"))
            self._require_same(named.get("session_hash"), owner)
            for path in _paths(inputs) if self._desk.is_shared else ():
                if not is_of(self._desk.library, owner, uploaded(self._settings, path)):
                    raise _forbidden()
        return await super().process_api(block_fn, inputs, *rest, **named)

    def _require_same(self, visit: str | None, owner: str) -> None:
        """A page that was opened by one is no good to another who signs in beside it: Gradio holds what it shows.

        Raises NotSignedIn 401 `not_signed_in`.
        """
        if visit is None or self._visits.setdefault(visit, owner) == owner:
            if len(self._visits) > VISITS:
                self._visits.popitem(last=False)
            return
        raise NotSignedIn("not_signed_in", "This page was opened by somebody else.", "Open it again.")

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
        raise _forbidden()
    return resolved


def _forbidden() -> Forbidden:
    return Forbidden(
        "path_forbidden",
        "Only files that were uploaded here can be used.",
        "Upload the file first; a path or an address of your own is not accepted.",
    )


def show(settings: Settings, path: Path, name: str = "") -> str | None:
    """A second name for `path` in the upload folder, where the browser may fetch it; None where the file is gone.

    Nothing is copied where the file system has links. `name` is what a download is called.
    """
    try:
        seen = path.stat()
        token = hashlib.blake2b(f"{path}|{seen.st_ino}|{seen.st_mtime_ns}".encode(), key=SECRET, digest_size=20)
        folder = settings.uploads / "shown" / _whose(settings, path) / token.hexdigest()
        shown = folder / (name or path.name)
        if not shown.exists():
            folder.mkdir(parents=True, exist_ok=True)
            _link(path, shown)
    except FileNotFoundError:
        return None
    return str(shown)


def _whose(settings: Settings, path: Path) -> str:
    """The id of the profile in whose folder a file lies."""
    if path.is_relative_to(ASSETS):
        return EVERYBODY
    return path.relative_to(settings.folder / "profiles").parts[0]


def hand_out(settings: Settings, owner: str, name: str, content: str) -> str:
    """The address of a file that is made for this owner to take away."""
    path = settings.uploads / "of" / owner / secrets.token_hex(20) / name
    path.parent.mkdir(parents=True)
    path.write_text(content, "utf-8")
    return address(str(path))


def address(shown: str | None) -> str:
    """Where the browser finds what `show` returned."""
    return "" if shown is None else "/gradio_api/file=" + quote(shown.replace("\\", "/"), safe="/:")


def forget(settings: Settings) -> None:
    """Remove the second names of files that are gone; where they are copies, the next look makes them anew."""
    for shown in settings.uploads.glob("shown/*/*/[!.]*"):  # a name with a dot is a copy in the making
        with suppress(FileNotFoundError):  # another request may forget it at the same moment
            if shown.lstat().st_nlink == 1:
                shown.unlink()


def sweep(settings: Settings) -> None:
    """Remove what earlier runs left in the upload folder more than a day ago."""
    before = time.time() - KEPT_SECONDS
    for path in (found for each in ("*", "shown/*/*", "of/*/*") for found in settings.uploads.glob(each)):
        with suppress(FileNotFoundError):  # another start may sweep at the same moment
            if path.name in {"shown", "of"} or path.lstat().st_ctime > before:
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


# ── where people sign in ─────────────────────────────────────────────────────────────────────────────────────────


def is_address(path: str) -> bool:
    """Whether this is where Gradio serves a file; `path` is that of a request, decoded."""
    return FILE.match(path) is not None


def is_served(library: Library, owner: str, path: str) -> bool:
    """Whether the file at this address is served to this owner."""
    try:
        return is_of(library, owner, Path(FILE.sub("", path, count=1)).resolve(strict=True))
    except (OSError, ValueError, RuntimeError):  # not there, a null byte, links in a circle
        return False


def is_of(library: Library, owner: str, path: Path) -> bool:
    """Whether a file of the upload folder is this owner's, or everybody's; `path` is resolved."""
    uploads = library.settings.uploads.resolve()
    match path.relative_to(uploads).parts if path.is_relative_to(uploads) else ():
        case ("of", whose, _, _):
            return whose == owner
        case ("shown", profile_id, _, _):
            return profile_id == EVERYBODY or _owns(library, owner, profile_id)
    return False


async def keep_upload(app: ASGIApp, request: Request, settings: Settings, owner: str) -> Response:
    """Gradio's answer to an upload, with the files where they are this owner's.

    Gradio keeps a file by what is in it, in one place for all. Its own copy stays there, is served to nobody, and goes
    within a day: the same file may be coming from somebody else at this moment.
    """
    answered: list[Message] = []

    async def hold(message: Message) -> None:
        answered.append(message)

    await app(request.scope, request.receive, hold)
    status = next((message["status"] for message in answered if message["type"] == "http.response.start"), 500)
    body = b"".join(message.get("body", b"") for message in answered)
    if status != 200:
        return Response(body, status)
    kept = []
    for path in map(Path, json.loads(body)):
        mine = settings.uploads / "of" / owner / path.parent.name / path.name
        mine.parent.mkdir(parents=True, exist_ok=True)
        _link(path, mine)
        kept.append(str(mine))
    return JSONResponse(kept)


def _owns(library: Library, owner: str, profile_id: str) -> bool:
    try:
        library.store.profile(owner, profile_id)
    except EditaiError:
        return False
    return True
