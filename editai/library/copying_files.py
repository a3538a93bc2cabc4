"""An owner's files from one data folder into another: the same bytes under a second name where the disk can do that.

What is made of them again by itself (the cache, small copies for the browser) stays behind.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from editai.library.media import ID, SHA256, Media, atomic, link, to_disk
from editai.models import File

WHOLE = {"clips": ID, "voices": ID}
"""Rooms in which a folder of this name is there as a whole or not at all."""
SINGLE = {"sources": SHA256, "brand": re.compile(r"[0-9a-f]{64}\.\w+")}
"""Rooms in which each file of such a name stands for itself."""


@dataclass(frozen=True)
class Unit:
    """What lands by one rename, in both libraries: a file, or a folder of files."""

    source: Path
    target: Path

    @property
    def files(self) -> list[tuple[Path, Path]]:
        """Each file of it, here and there."""
        if self.source.is_file():
            return [(self.source, self.target)]
        found = (path for path in sorted(self.source.rglob("*")) if path.is_file() and not path.name.startswith("."))
        return [(path, self.target / path.relative_to(self.source)) for path in found]

    @property
    def missing(self) -> list[tuple[Path, Path]]:
        """Those of its files that the other library lacks."""
        return [(here, there) for here, there in self.files if not there.is_file()]

    @property
    def differs(self) -> bool:
        """Whether the other library has something else in its place."""
        return any(there.exists() and not same(here, there) for here, there in self.files)

    def copy(self) -> None:
        """Put what is missing there; what is there stays as it is."""
        if self.source.is_dir() and not self.target.exists():
            self.target.parent.mkdir(parents=True, exist_ok=True)
            with atomic(self.target.parent) as making:
                for here, there in self.files:
                    path = making / there.relative_to(self.target)
                    path.parent.mkdir(parents=True, exist_ok=True)
                    _link(here, path)
                making.rename(self.target)
            return
        for here, there in self.missing:
            there.parent.mkdir(parents=True, exist_ok=True)
            with atomic(there.parent) as making:
                _link(here, making)
                making.replace(there)


def units(source: Media, target: Media, profile_ids: Iterable[str]) -> Iterator[Unit]:
    """Everything of these stores that is copied."""
    for profile_id in profile_ids:
        for room, name in (WHOLE | SINGLE).items():
            for path in sorted((source.folder(profile_id) / room).glob("*")):
                if name.fullmatch(path.name) and path.is_dir() == (room in WHOLE):
                    yield Unit(path, target.folder(profile_id) / room / path.name)


def same(one: Path, other: Path) -> bool:
    """Whether two files hold the same bytes; two names of one file are not read."""
    if not other.is_file():
        return False
    if one.samefile(other):
        return True
    return one.stat().st_size == other.stat().st_size and File.of(one).sha256 == File.of(other).sha256


def on_one_disk(one: Path, other: Path) -> bool:
    """Whether a file below `one` may have a second name below `other`."""
    return _there(one).stat().st_dev == _there(other).stat().st_dev


def _there(path: Path) -> Path:
    return next(folder for folder in (path, *path.absolute().parents) if folder.exists())


def _link(source: Path, target: Path) -> None:
    link(source, target)
    if os.stat(target).st_nlink == 1:  # noqa: PTH116 a copy, of which a power cut could leave the half
        to_disk(target)
