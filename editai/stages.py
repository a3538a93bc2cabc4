"""Stages cached by content: run it again, and only what is stale works.

A stage's key is the hash of its name, its version and everything that changes its output; its result is a model in
`result.json` beside the files that the model names. Results land by one rename, so a result is there or it is not,
also after a kill or a power cut. The folder belongs to one profile: no two stores share a file. When a result was used
last is the time of its folder; `editai.eviction` decides by it what goes when there is too much.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import Protocol, TypeVar

import psutil
from filelock import FileLock
from pydantic import BaseModel, ValidationError

from editai.models import Artifact, File, Work

M = TypeVar("M", bound=BaseModel)

KEY = re.compile(r"[0-9a-f]{32}")


def canonical(value: object) -> object:
    """`value` as plain JSON data that is equal for equal meaning, in any process, on any machine.

    A `File` counts by its content alone, not by its name. A set is refused: it has no order to rely on.
    """
    match value:
        case File():
            return value.sha256
        case BaseModel():
            return {name: canonical(getattr(value, name)) for name in type(value).model_fields if name != "folder"}
        case Mapping():
            return {str(key): canonical(item) for key, item in value.items()}
        case str() | bool() | int() | float() | None:
            return value
        case list() | tuple():
            return [canonical(item) for item in value]
    raise TypeError(f"{type(value).__name__} cannot be part of a stage's key")


def key_of(name: str, version: int, inputs: Mapping[str, object]) -> str:
    """The content key of a stage's result, 32 hex digits."""
    text = json.dumps([name, version, canonical(inputs)], sort_keys=True, ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Result:
    """A result as it lies in a cache: when it was used last (`time.time()`), and the bytes that are its own.

    A file that has another name as well takes no room here.
    """

    folder: Path
    used: float
    bytes: int


class Elsewhere(Protocol):
    """Where machines that share no disk leave the results of one profile's stages for each other.

    Neither raises what the place raises: without it the stage is worked on here.
    """

    def bring(self, name: str, key: str, to: Path) -> bool:
        """Bring a result to the folder `to`, whole or not at all; whether there was one."""

    def leave(self, name: str, key: str, folder: Path) -> None:
        """See to it that the result in `folder` is there as well."""


class NotMade(Exception):
    """There is no result of a stage that may not be worked on here."""


@dataclass(frozen=True)
class StageCache:
    """The results of one profile's stages under `folder`, as `<stage>/<key>/result.json` and files.

    What is not here is looked for `elsewhere`, and what is found or made here is left there. `here` are the stages that
    may be worked on (a clone's id behind one does not matter): for all others `run` raises NotMade where none is found.
    """

    folder: Path
    elsewhere: Elsewhere | None = None
    here: frozenset[str] | None = None

    def find(self, name: str, key: str, result: type[M]) -> M | None:
        """The finished result, or None where there is none or where it is damaged (which removes it)."""
        folder = self.folder / name / key
        if not self.has(name, key):
            return None
        try:
            model = result.model_validate_json((folder / "result.json").read_text("utf-8"))
        except (FileNotFoundError, ValidationError, UnicodeDecodeError):
            shutil.rmtree(folder, ignore_errors=True)
            return None
        model = _settled(model, folder)
        if isinstance(model, Artifact) and not _whole(model):
            shutil.rmtree(folder, ignore_errors=True)
            return None
        if self.elsewhere is not None:
            self.elsewhere.leave(name, key, folder)
        return model

    def has(self, name: str, key: str) -> bool:
        """Whether there is a result here, or is now because it was elsewhere; it is used now."""
        folder = self.folder / name / key
        return self._use(folder) or (self.elsewhere is not None and self.elsewhere.bring(name, key, folder))

    def known(self, name: str, version: int, inputs: Mapping[str, object], result: type[M]) -> M | None:
        """What `run` would find, or None where it would have to work."""
        return self.find(name, key_of(name, version, inputs), result)

    def run(
        self,
        name: str,
        version: int,
        inputs: Mapping[str, object],
        work: Callable[[Path], Work[M]],
        result: type[M],
    ) -> Work[M]:
        """The result of a stage: found, or made by `work(folder)` in a folder of its own and then kept.

        Closing this generator closes `work`; a stage that fails or is closed leaves nothing behind.
        """
        key = key_of(name, version, inputs)
        found = self.find(name, key, result)
        if found is not None:
            return found
        if self.here is not None and name.split("-")[0] not in self.here:
            raise NotMade(name)
        home = self.folder / name
        home.mkdir(parents=True, exist_ok=True)
        making = home / name_in_making()
        making.mkdir()
        try:
            made = yield from work(making)
            (making / "result.json").write_text(made.model_dump_json(indent=1), "utf-8")
            try:
                making.rename(home / key)
            except OSError:
                if not (home / key).is_dir():  # else another job of this profile has just made the same
                    raise
        finally:
            shutil.rmtree(making, ignore_errors=True)
        kept = self.find(name, key, result)
        if kept is None:
            raise RuntimeError(f"the result of stage {name} was not kept in {home / key}")
        return kept

    def abandoned(self) -> Iterator[Path]:
        """What stages of processes that are gone left half-made."""
        return (making for making in self.folder.glob("*/.*.*") if is_abandoned(making))

    # ── when there is too much ───────────────────────────────────────────────────────────────────────────────────

    def results(self) -> Iterator[Result]:
        """Every finished result."""
        for folder in self.folder.glob("*/*"):
            try:
                if KEY.fullmatch(folder.name):
                    yield Result(folder, folder.stat().st_mtime, own_bytes(folder))
            except FileNotFoundError:
                continue

    def evict(self, result: Result, before: float) -> bool:
        """Remove a result that nobody used since `before`; whether it went."""
        going = result.folder.with_name(name_in_making())
        try:
            with self._lock():
                if result.folder.stat().st_mtime >= before:
                    return False
                result.folder.rename(going)
        except OSError:  # it went with its store, or is open on a system that keeps open files
            return False
        shutil.rmtree(going, ignore_errors=True)
        return True

    def _use(self, folder: Path) -> bool:
        """Note that a result is used now; False where it is not there. From then on `evict` leaves it alone."""
        if not folder.is_dir():
            return False
        with self._lock():
            try:
                os.utime(folder)
            except FileNotFoundError:
                return False
        return True

    def _lock(self) -> FileLock:
        """Held for the moment in which a result is taken into use or away."""
        return FileLock(self.folder / ".lock")


CLOCK_MAY_JUMP_SECONDS = 3600
"""A process's start is told by today's clock: one that was set, or that woke up with the machine, moves it. To leave
rubbish for an hour costs nothing; to take a folder from somebody at work costs the work."""


def own_bytes(path: Path) -> int:
    """What removing a file, or a folder with all in it, gives back: what has another name elsewhere stays."""
    total = 0
    for each in (path, *path.rglob("*")):
        try:
            stat = each.lstat()
        except FileNotFoundError:
            continue
        total += stat.st_size if S_ISREG(stat.st_mode) and stat.st_nlink == 1 else 0
    return total


def name_in_making() -> str:
    """A name for what this process is making, in a folder where finished things have other names."""
    return f".{os.getpid()}.{uuid.uuid4().hex}"


def is_abandoned(making: Path) -> bool:
    """Whether the process that was making it is gone; a zombie is, and so is one whose number another process has."""
    try:
        process = psutil.Process(int(making.name.split(".")[1]))
        other = process.create_time() > making.stat().st_ctime + CLOCK_MAY_JUMP_SECONDS
        return bool(other or process.status() == psutil.STATUS_ZOMBIE)
    except (ValueError, FileNotFoundError, psutil.NoSuchProcess):
        return True
    except psutil.AccessDenied:  # another user's: nobody here can tell
        return False


def _settled(model: M, folder: Path) -> M:
    return model.model_copy(update={"folder": folder}) if isinstance(model, Artifact) else model


def _whole(artifact: Artifact) -> bool:
    files = [getattr(artifact, name) for name in type(artifact).model_fields]
    return all(
        path.is_file() and path.stat().st_size == file.bytes
        for file, path in ((file, artifact.path(file)) for file in files if isinstance(file, File))
    )
