"""The place that a depot lies in, as fsspec knows it: written whole or not at all, and with errors of ours.

Stores of objects (S3) show a file once all of it is there. Elsewhere it is sent under another name, looked at, and
renamed. Everything may be asked twice, because what is written is named by what is in it; how often is bounded here.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from editai.errors import Cancelled, EditaiError, OutOfSpace, is_full
from editai.library import depot_faults as faults

PART_BYTES = 8 << 20
"""S3 takes and gives larger files in such parts, AT_ONCE at a time; so much memory does it take."""
AT_ONCE = 4
S3: dict[str, Any] = {
    "default_block_size": PART_BYTES,
    "max_concurrency": AT_ONCE,
    "use_listings_cache": False,  # others write as well
    "config_kwargs": {
        "connect_timeout": 5,
        "read_timeout": 60,
        "retries": {"mode": "standard", "total_max_attempts": 3},
        "request_checksum_calculation": "when_required",  # newer than what many others than Amazon's take
        "response_checksum_validation": "when_required",
    },
}
S3_TRIES = 2
"""How often s3fs asks by itself, each time as often as its `retries` say."""
FOLDER: dict[str, Any] = {"auto_mkdir": True}
OPTIONS = {"s3": S3, "s3a": S3, "file": FOLDER, "local": FOLDER}
"""What fsspec is told of a kind of place; others are taken as they are."""
APPEAR_WHOLE = {"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss"}
"""Stores of objects: what is being sent to them cannot be seen before all of it is there."""

TIMES = ("LastModified", "mtime", "updated", "modified", "created")
"""What the kinds of places call the time at which a file was written."""


class Place:
    """Files below an address; every path is relative to it. Safe to share between threads.

    Everything raises Unavailable 503 `media_away` and OutOfSpace 507 `media_full` (see `depot_faults`).
    """

    def __init__(self, url: str) -> None:
        """Look at an address or a folder. A folder has to be there; what else there is shows at the first use."""
        import fsspec

        self.url = url
        self._kind = url.partition("://")[0] if "://" in url else "file"
        try:
            if "://" in url:
                options = OPTIONS.get(self._kind, {})
                self._fs, root = fsspec.core.url_to_fs(url, skip_instance_cache=True, **options)
            else:
                self._fs, root = fsspec.filesystem("file", **FOLDER), Path(url).absolute().as_posix()
        except Exception as error:  # whatever the package of that kind of place raises
            raise faults.told(error, url) from error
        self._root = str(root).rstrip("/")
        self._is_s3 = OPTIONS.get(self._kind) is S3
        self._is_folder = OPTIONS.get(self._kind) is FOLDER
        if self._is_s3:
            self._fs.retries = S3_TRIES
        self._require_folder()

    def send(self, source: Path, path: str, size: int, over: threading.Event | None) -> None:
        """Write a file of `size` bytes, whole or not at all. Raises Cancelled 499 once `over` is set."""
        with self._told():
            if self._kind in APPEAR_WHOLE:
                parts = {"chunksize": PART_BYTES} if self._is_s3 else {}
                self._fs.put_file(str(source), self._at(path), callback=_watch(over), **parts)
                return
            with self._renamed(path) as making:
                self._fs.put_file(str(source), making, callback=_watch(over))
                if self._fs.info(making)["size"] != size:
                    raise faults.changed(source.name)

    def bring(self, path: str, to: Path, name: str, over: threading.Event | None) -> None:
        """Read a file into `to`, which is nobody else's. Raises NotFound 404 `not_in_depot` with its `name`,
        OutOfSpace 507 `disk_full`, Cancelled 499."""
        with self._told(missing=name), or_disk_full(to):
            self._fs.get_file(self._at(path), str(to), callback=_watch(over))

    def write(self, path: str, content: bytes) -> None:
        """Write a small file, whole or not at all."""
        with self._told():
            if self._kind in APPEAR_WHOLE:
                self._fs.pipe_file(self._at(path), content)
                return
            with self._renamed(path) as making:
                self._fs.pipe_file(making, content)

    def read(self, path: str) -> bytes | None:
        """All of a small file; None where there is none."""
        with self._told():
            try:
                return bytes(self._fs.cat_file(self._at(path)))
            except FileNotFoundError as error:
                self._require_place(error)
                return None

    def size(self, path: str) -> int | None:
        """The bytes of a file; None where there is none."""
        with self._told():
            try:
                info = self._fs.info(self._at(path))
            except FileNotFoundError as error:
                self._require_place(error)
                return None
        return int(info["size"]) if info["type"] == "file" else None

    def files(self, below: str) -> list[tuple[str, datetime]]:
        """Every file below a path, and when it was written (now, where the place does not tell)."""
        with self._told():
            try:
                found = self._fs.find(self._at(below), detail=True)
            except FileNotFoundError as error:
                self._require_place(error)
                return []
        return [(str(path)[len(self._at("")) :], _written(info)) for path, info in found.items()]

    def folders(self, below: str) -> list[str]:
        """The names of what lies in a folder."""
        with self._told():
            try:
                found = self._fs.ls(self._at(below), detail=False)
            except FileNotFoundError as error:
                self._require_place(error)
                return []
        return [str(path).rstrip("/").rpartition("/")[2] for path in found]

    def remove(self, path: str) -> None:
        """Remove a file; one that is not there is no error."""
        with self._told(), suppress(FileNotFoundError):
            self._fs.rm_file(self._at(path))

    def remove_all(self, below: str) -> None:
        """Remove a folder with all that is in it."""
        if self._kind in APPEAR_WHOLE:  # one by one: of many at once S3 does not say which it has not removed
            for path, _ in self.files(below):
                self.remove(path)
            return
        with self._told(), suppress(FileNotFoundError):
            self._fs.rm(self._at(below), recursive=True)

    def end_halves(self, below: str, before: datetime) -> int:
        """End what was sent to S3 in parts and has never come to its end: nobody sees it, and it takes room."""
        if not self._is_s3:
            return 0
        bucket, key, _ = self._fs.split_path(self._at(below))
        with self._told():
            found = self._fs.call_s3("list_multipart_uploads", Bucket=bucket, Prefix=f"{key}/").get("Uploads", [])
            old = [{"Key": each["Key"], "UploadId": each["UploadId"]} for each in found if each["Initiated"] < before]
            for each in old:
                with suppress(FileNotFoundError):  # it has just come to its end
                    self._fs.call_s3("abort_multipart_upload", Bucket=bucket, **each)
        return len(old)

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}"

    @contextmanager
    def _renamed(self, path: str) -> Iterator[str]:
        """A name under which a file is written that gets its own at the end, in a folder `incoming` at the root."""
        making, target = self._at(f"incoming/{uuid.uuid4().hex}"), self._at(path)
        self._require_folder()
        for each in (making, target):
            self._fs.makedirs(each.rpartition("/")[0], exist_ok=True)
        try:
            yield making
            if self._is_folder:
                Path(making).replace(target)  # at once, also where another has just written the same
            else:
                self._fs.mv(making, target)
        except BaseException:
            with suppress(Exception):
                self._fs.rm_file(making)
            raise

    def _require_folder(self) -> None:
        if self._is_folder and not Path(self._root).is_dir():
            raise faults.no_folder(self.url)

    def _require_place(self, error: FileNotFoundError) -> None:
        """A file that is not there may be so because its bucket is not, or its folder is not mounted any more."""
        self._require_folder()
        if faults.has_no_bucket(error):
            raise error

    @contextmanager
    def _told(self, missing: str = "") -> Iterator[None]:
        """Errors of the place as errors of ours; `missing` is the file that is not there where none is found."""
        try:
            yield
        except EditaiError:
            raise
        except FileNotFoundError as error:
            self._require_folder()
            if missing and not faults.has_no_bucket(error):
                raise faults.not_there(missing) from error
            raise faults.told(error, self.url) from error
        except Exception as error:  # a place of any kind raises what its own package knows
            raise faults.told(error, self.url) from error


@contextmanager
def or_disk_full(to: Path) -> Iterator[None]:
    """Raises OutOfSpace 507 `disk_full` where the disk of this machine is full in the middle of it."""
    try:
        yield
    except OSError as error:
        if not is_full(error):
            raise
        raise OutOfSpace("disk_full", f"The disk that holds {to.parent} is full.", "Free some space there.") from error


def _watch(over: threading.Event | None) -> Any:
    """What fsspec calls after each part that has moved."""
    import fsspec

    def look(*_: object, **__: object) -> None:
        if over is not None and over.is_set():
            raise Cancelled("cancelled", "This job was cancelled.")

    look()
    return fsspec.Callback(hooks={"over": look})


def _written(info: dict[str, Any]) -> datetime:
    told = next(
        (info[name] for name in ("LastModified", "mtime", "updated", "modified", "created") if name in info), None
    )
    match told:
        case datetime():
            return told if told.tzinfo else told.replace(tzinfo=UTC)
        case int() | float():
            return datetime.fromtimestamp(told, UTC)
        case str():
            with suppress(ValueError):
                return _written({"created": datetime.fromisoformat(told)})
    return datetime.now(UTC)
