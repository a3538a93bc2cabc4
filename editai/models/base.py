"""What every noun is made of: frozen models, files known by content, artifacts, degradations."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


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
