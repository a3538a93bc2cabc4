"""The disclosure of a clip in its own file: one tag for each fact that holds, which ffprobe and any MP4 reader shows.

The tags go with the file wherever it is uploaded by hand, where no field of a platform says the same.
"""

from __future__ import annotations

from pathlib import Path

from editai.containers import open_container
from editai.models import Disclosure

PREFIX = "disclosure_"
"""Before each fact's name, so that a tag is told from one of somebody else's."""


def options(disclosure: Disclosure) -> list[str]:
    """ffmpeg's options for the MP4 that is written next; beside them stands `+use_metadata_tags` in `-movflags`."""
    facts = [name for name, holds in disclosure if holds]
    return [part for name in facts for part in ("-metadata", f"{PREFIX}{name}=yes")]


def read(clip: Path) -> Disclosure:
    """What a file discloses. Raises InvalidInput 422 for what is no video."""
    with open_container(clip) as container:
        tags = {name for name, value in container.metadata.items() if value == "yes"}
    return Disclosure(**{name: PREFIX + name in tags for name in Disclosure.model_fields})
