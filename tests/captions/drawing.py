"""Captions without a pipeline: narrations from a text, plans around cues, and the picture as ffmpeg draws it."""

from __future__ import annotations

import functools
import hashlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from editai.bundled import FONTS
from editai.captions import fonts
from editai.models import (
    CaptionStyle,
    Crop,
    CropKey,
    Cue,
    CueWord,
    File,
    Narration,
    Plan,
    Shot,
    Source,
    Word,
)

FILE = File(name="a", sha256="0" * 64, bytes=1)
GREY = 128

Pixels = NDArray[np.uint8]


def narration(text: str, cps: float = 14, pause_ms: int = 280, language: str = "en") -> Narration:
    """`text` spoken at an even pace, with a pause after each sentence."""
    words: list[Word] = []
    at = 100
    sentence = 0
    for token in text.split():
        length = round(1000 * (len(token) + 1) / cps)
        words.append(Word(text=token, start_ms=at, end_ms=at + length - 20, sentence=sentence))
        at += length
        if token[-1] in ".!?":
            sentence += 1
            at += pause_ms
    return Narration(audio=FILE, duration_ms=at, words=tuple(words), language=language, origin="voice")


def timed(*words: tuple[str, int, int], sentences: Sequence[int] = ()) -> Narration:
    """A narration of (text, start in ms, end in ms)."""
    return Narration(
        audio=FILE,
        duration_ms=words[-1][2],
        words=tuple(
            Word(text=text, start_ms=start, end_ms=end, sentence=sentences[index] if sentences else 0)
            for index, (text, start, end) in enumerate(words)
        ),
        language="en",
        origin="voice",
    )


def cue(*lines: str, start: int = 0, each: int = 10) -> Cue:
    """A cue of these lines, each word spoken for `each` frames."""
    at = start
    rows = []
    for line in lines:
        row = []
        for token in line.split():
            row.append(CueWord(text=token, start=at, end=at + each))
            at += each
        rows.append(tuple(row))
    return Cue(lines=tuple(rows), start=start, end=at)


def plan(cues: Sequence[Cue], style: CaptionStyle, width: int = 1080, height: int = 1920) -> Plan:
    frames = max(item.end for item in cues) + 10
    source = Source(
        file=FILE,
        stream=0,
        duration_ms=60_000,
        width_px=width,
        height_px=height,
        rotation=0,
        fps=30,
        codec="h264",
        has_sound=False,
    )
    crop = Crop(x=0, y=0, width=width, height=height)
    shot = Shot(source=0, source_in=0, frames=frames, crops=(CropKey(frame=0, crop=crop),))
    return Plan(
        width_px=width, height_px=height, frames=frames, sources=(source,), shots=(shot,), cues=tuple(cues), style=style
    )


@dataclass(frozen=True)
class Box:
    """What was drawn: the rectangle that holds every changed pixel; right and bottom are not part of it."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True)
class Screen:
    """The real ffmpeg drawing captions on grey."""

    ffmpeg: Callable[..., None]
    folder: Path

    def frames(
        self,
        ass: str,
        first: int,
        count: int,
        width: int = 1080,
        height: int = 1920,
        rows: tuple[int, int] | None = None,
    ) -> Pixels:
        """`count` frames from frame `first` as RGB, shape (count, height, width, 3), or only some rows of them."""
        top, bottom = rows or (0, height)
        file, raw = self.folder / "captions.ass", self.folder / "frames.raw"
        file.write_text(ass, "utf-8")
        path, beside = (str(item).replace("\\", "/").replace(":", r"\:") for item in (file, self._fonts_of(ass)))
        filters = f"setpts=(N+{first})/30/TB,subtitles=f='{path}':fontsdir='{beside}'"
        filters += f",format=rgb24,crop={width}:{bottom - top}:0:{top}"
        grey = f"color=c=0x808080:s={width}x{height}:r=30"
        self.ffmpeg("-f", "lavfi", "-i", grey, "-vf", filters, "-frames:v", count, "-f", "rawvideo", raw)
        return np.fromfile(raw, np.uint8).reshape(count, bottom - top, width, 3)

    def frame(self, ass: str, at: int) -> Pixels:
        picture: Pixels = self.frames(ass, at, 1)[0]
        return picture

    def _fonts_of(self, ass: str) -> Path:
        """A folder with the fonts that the text names, as the renderer makes one: libass opens all that lie there."""
        named = sorted(path for family, path in _families().items() if family in ass)
        folder = self.folder / hashlib.sha256(repr(named).encode()).hexdigest()[:16]
        if not folder.is_dir():
            folder.mkdir()
            for path in named:
                shutil.copyfile(path, folder / path.name)
        return folder


def drawn(picture: Pixels) -> Box | None:
    """Where the picture is not grey any more."""
    return _bounds(_apart(picture, (GREY, GREY, GREY)) > 24)


def coloured(picture: Pixels, colour: str) -> Box | None:
    """Where the picture has this colour."""
    return _bounds(_apart(picture, [int(colour[at : at + 2], 16) for at in (1, 3, 5)]) < 24)


def _apart(picture: Pixels, colour: Sequence[int]) -> NDArray[np.int16]:
    """By how much that of the three channels is off which is off the most."""
    red, green, blue = (np.abs(picture[:, :, each].astype(np.int16) - value) for each, value in enumerate(colour))
    return np.maximum(np.maximum(red, green), blue)


def _bounds(mask: NDArray[np.bool_]) -> Box | None:
    if not mask.any():
        return None
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


@functools.cache
def _families() -> dict[str, Path]:
    """Every font that comes along, by the name of its family."""
    return {fonts.font(str(path.relative_to(FONTS))).family: path for path in FONTS.rglob("*.ttf")}
