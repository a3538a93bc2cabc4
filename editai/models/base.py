"""What every noun is made of: frozen models, files known by content, artifacts, degradations."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator


class Model(BaseModel):
    """A frozen value; unknown fields are refused, so that a misspelt name is not lost silently."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class File(Model):
    """A file known by its content: `name` inside its artifact's folder (or the owner's own name for a source)."""

    name: str
    sha256: str
    bytes: int

    @staticmethod
    def of(path: Path) -> File:
        """Read `path` once and name it by what is in it."""
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return File(name=path.name, sha256=digest, bytes=path.stat().st_size)


class Tree(Model):
    """A folder known by its content: every file in it and below, `name` its path from there, with "/" between.

    A path that would lead out of the folder, or mean another file on another system, is refused: a tree may come from
    another machine.
    """

    files: tuple[File, ...]

    @field_validator("files")
    @classmethod
    def _stay_inside(cls, files: tuple[File, ...]) -> tuple[File, ...]:
        names = [file.name for file in files]
        for name in names:
            if not all(_PART.fullmatch(part) and part.strip(".") for part in name.split("/")):
                raise ValueError(f"{name[:60]!r} is no path of a file inside a folder")
        folded = {name.casefold() for name in names}
        if len(folded) < len(names) or any(folder in folded for name in folded for folder in _above(name)):
            raise ValueError("two files of a folder have the same path")
        return files

    @staticmethod
    def of(folder: Path) -> Tree:
        """Read every file of `folder` once. Raises ValueError where there is a link, or anything else but files."""
        found = sorted(path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
        if odd := next((path for path in found if path.is_symlink() or not path.is_file()), None):
            raise ValueError(f"{odd} is a link, or no file")
        named = ((path, path.relative_to(folder).as_posix()) for path in found)
        return Tree(files=tuple(File.of(path).model_copy(update={"name": name}) for path, name in named))

    @property
    def bytes(self) -> int:
        """What all of it takes."""
        return sum(file.bytes for file in self.files)


_PART = re.compile(r"[^\x00-\x1f/\\:]+")


def _above(name: str) -> list[str]:
    """Every folder that a path is in."""
    parts = name.split("/")
    return ["/".join(parts[:number]) for number in range(1, len(parts))]


class Artifact(Model):
    """A noun with files of its own; `folder` is where they lie and is not part of its JSON."""

    folder: Path = Field(default=Path(), exclude=True, repr=False)

    def path(self, file: File) -> Path:
        """Where one of this artifact's files lies now."""
        return self.folder / file.name


class Degradation(Model):
    """Something that came out less good than asked for, said to the owner in the progress and in the report.

    `slug` names the kind ("upscaled", "source_reused"), `message` is a sentence for the page.
    """

    slug: str
    message: str


FPS = 30
"""The rate of every clip: constant 30 fps fits all platforms, and a frame of the clip is the unit of every plan."""

Encoder = Literal["x264", "nvenc", "qsv", "videotoolbox"]
Quality = Literal["draft", "standard", "high"]
