"""The private bucket of a Supabase project, for one signed-in owner: see `migrations/005_storage.sql`.

An object's path begins with its owner's and its store's id, and its name has the SHA-256 of what is in it: what is
there under a name is what belongs there, so that nothing is replaced and the same is never sent twice.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import httpx

from editai.errors import Conflict, EditaiError, Forbidden, NoAnswer, NotFound, RateLimited, TooLarge, Unavailable
from editai.library import supabase_faults as faults
from editai.library.media import BLOCK, atomic, to_disk
from editai.library.supabase_session import CONNECT_S, Session, certificates
from editai.models import File

if TYPE_CHECKING:
    from storage3 import SyncStorageClient
    from storage3._sync.file_api import SyncBucketProxy
    from storage3.exceptions import StorageApiError

NAME = "editai"
TIMEOUT_S = 120.0
"""For one part of a file on its way, and for the answer once all of it is there."""
PAGE = 1000
SIGNED_S = 600
"""For how long an address of one file holds."""
OUTDATED_TOKEN = re.compile(r"jwt|token|signature|\bexp\b", re.IGNORECASE)
"""What Storage says of a token that it does not take; it has the status of any other refusal."""
TYPES = {
    ".mp4": "video/mp4", ".jpg": "image/jpeg", ".png": "image/png", ".srt": "application/x-subrip", ".vtt": "text/vtt",
    ".json": "application/json", ".ttf": "font/ttf",
}  # fmt: skip
T = TypeVar("T")


class Bucket:
    """An owner's part of the bucket; paths are without the owner's id.

    Everything raises what the way to the project brings with it (see `supabase_faults`), and Unavailable 503
    `bucket_missing` where the project has no such bucket.
    """

    def __init__(self, session: Session, timeout_s: float = TIMEOUT_S) -> None:
        self._session = session
        timeout = httpx.Timeout(timeout_s, connect=min(CONNECT_S, timeout_s))
        self._http = httpx.Client(verify=certificates(), timeout=timeout, event_hooks={"response": [faults.judge]})
        self._plain = httpx.Client(verify=certificates(), timeout=timeout)  # what it gives are files, and no JSON

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()
        self._plain.close()

    def folders(self, below: str = "") -> list[str]:
        """The names of the folders in this one."""
        return [name for name, is_file in self._listed(below) if not is_file]

    def files(self, below: str) -> list[str]:
        """The names of the files in this folder."""
        return [name for name, is_file in self._listed(below) if is_file]

    def put(self, path: str, source: Path, file: File) -> None:
        """Keep a file; one that is there is not sent again.

        Raises TooLarge 413 `file_too_large_for_bucket`, NotFound 404 `file_changed` where `source` is not `file`.
        """
        if not source.is_file() or File.of(source).sha256 != file.sha256:
            raise NotFound("file_changed", f"{source.name} is not what it was.", "Produce the clip again.")
        kind = TYPES.get(source.suffix, "application/octet-stream")

        def send(bucket: SyncBucketProxy) -> None:
            bucket.upload(self._path(path), source, {"content-type": kind, "upsert": "false"})

        try:
            self._ask(send)
        except TooLarge as error:
            raise TooLarge(
                "file_too_large_for_bucket",
                f"{source.name} is larger than your Supabase project takes; it stays on this computer.",
                "Raise the limit under Storage in the project's settings, or leave it as it is.",
            ) from error
        except _AlreadyThere:
            return

    def get(self, path: str, target: Path, file: File) -> None:
        """Bring a file here, whole or not at all.

        Raises NotFound 404 `not_in_bucket`, NoAnswer 504 `file_damaged` where it is not what it should be.
        """
        url = self.address(path)
        hashed = hashlib.sha256()
        try:
            with atomic(target.parent) as making, making.open("wb") as copy:
                with self._plain.stream("GET", url) as answer:
                    if answer.status_code >= 400:
                        answer.read()
                        faults.judge(answer)
                        raise not_in_bucket()
                    for block in answer.iter_bytes(BLOCK):
                        hashed.update(block)
                        copy.write(block)
                if hashed.hexdigest() != file.sha256:
                    raise NoAnswer("file_damaged", f"{file.name} arrived damaged.", faults.LATER)
                copy.flush()
                to_disk(making)
                making.replace(target)
        except httpx.HTTPError as error:
            raise faults.unreached(error) from error

    def address(self, path: str) -> str:
        """An address at which the file can be had for ten minutes, by whoever has it. Raises NotFound 404."""
        found = self._ask(lambda bucket: bucket.create_signed_url(self._path(path), SIGNED_S))
        return str(found["signedURL"])

    def remove(self, paths: Sequence[str]) -> None:
        """Delete files; what is not there is no error."""
        for start in range(0, len(paths), PAGE):
            some = [self._path(path) for path in paths[start : start + PAGE]]
            self._ask(lambda bucket, some=some: bucket.remove(some))  # type: ignore[misc]

    def _listed(self, below: str) -> Iterator[tuple[str, bool]]:
        offset = 0
        while True:
            options = {"limit": PAGE, "offset": offset, "sortBy": {"column": "name", "order": "asc"}}
            found = self._ask(
                lambda bucket, options=options: bucket.list(self._path(below), options)  # type: ignore[misc]
            )
            yield from ((each["name"], each["id"] is not None) for each in found)
            offset += len(found)
            if len(found) < PAGE:
                return

    def _path(self, path: str) -> str:
        return f"{self._session.user_id}/{path}".rstrip("/")

    def _ask(self, ask: Callable[[SyncBucketProxy], T]) -> T:
        return self._session.under_token(lambda url, headers: self._asked(ask, url, dict(headers)))

    def _asked(self, ask: Callable[[SyncBucketProxy], T], url: str, headers: dict[str, str]) -> T:
        from storage3 import SyncStorageClient
        from storage3.exceptions import StorageApiError

        client: SyncStorageClient = SyncStorageClient(f"{url}/storage/v1/", headers, http_client=self._http)
        try:
            return ask(client.from_(NAME))
        except StorageApiError as error:
            raise _told(error) from error
        except httpx.HTTPError as error:
            raise faults.unreached(error) from error


class _AlreadyThere(Conflict):
    """An object of this name is there."""


def not_in_bucket() -> NotFound:
    """The bucket has no such file."""
    return NotFound("not_in_bucket", "This file is not in your Supabase project.", "Produce the clip again.")


def _told(error: StorageApiError) -> EditaiError:
    """What Storage said. Its answers have the status 400, and their own in the body."""
    status, said = str(error.status), f"{error.code} {error.message}"
    if "bucket not found" in said.lower():
        return Unavailable(
            "bucket_missing",
            "Your Supabase project has no bucket for files yet.",
            "Run `migrations/005_storage.sql` in its SQL editor.",
        )
    match status:
        case "401":
            return faults.signed_out()
        case "403" if OUTDATED_TOKEN.search(error.message):
            return faults.signed_out()
        case "403":
            return Forbidden("supabase_refused", "This belongs to somebody else.", "Work with your own stores.")
        case "404":
            return not_in_bucket()
        case "409":
            return _AlreadyThere("already_there", "This file is there already.")
        case "413":
            return TooLarge("supabase_too_large", "This is larger than your Supabase project takes.")
        case "429":
            return RateLimited("supabase_busy", "Your Supabase project was asked too much.", faults.LATER, 60)
    return NoAnswer("supabase_failed", f"Your Supabase project answered with an error ({status}).", faults.LATER)
