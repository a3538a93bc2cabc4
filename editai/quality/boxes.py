"""The boxes of an MP4, as the file itself has them (ISO/IEC 14496-12)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_BOXES_WITHIN = frozenset({b"moov", b"trak", b"edts"})


def boxes(path: Path) -> Iterator[tuple[bytes, int]]:
    """The boxes of an MP4 in file order as (type, offset), going into those that may hold an edit list."""
    with path.open("rb") as stream:
        yield from _walk(stream, 0, path.stat().st_size)


def _walk(stream: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int]]:
    while start + 8 <= end:
        stream.seek(start)
        size, name = struct.unpack(">I4s", stream.read(8))
        header = 8
        if size == 1:
            size, header = struct.unpack(">Q", stream.read(8))[0], 16
        elif size == 0:  # up to the end of the file
            size = end - start
        if size < header:
            return
        yield name, start
        if name in _BOXES_WITHIN:
            yield from _walk(stream, start + header, min(start + size, end))
        start += size
