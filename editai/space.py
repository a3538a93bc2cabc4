"""How much room on the disk a job needs: from the length of what it is made of, and from the format it is made in."""

from __future__ import annotations

from collections.abc import Sequence

from editai import formats
from editai.models import Brief, Source
from editai.models.base import Quality
from editai.script import LETTERS_PER_SECOND
from editai.settings import Settings

PICTURE_MBIT: dict[Quality, int] = {"draft": 8, "standard": 12, "high": 20}
"""What the encoder is held to, each second of 1080x1920 (see `assets/render/encodings.json`)."""

TWICE = 2
"""The picture is there twice while its index is moved to its front."""
SPEECH_BYTES, SOUND_BYTES, PREVIEW_BYTES, SEEN_BYTES = 150_000, 25_000, 250_000, 16_000
"""A second of speech (as WAV, whole and sentence by sentence), of the mix, of the small copy; of what was seen in a
second of a source."""
PANELS_BYTES = 20_000_000
"""Title, price and end card as films, stills, subtitle files. The sample's take 3 MB."""

LARGEST = 1080 * 1920


def needed_bytes(brief: Brief, sources: Sequence[Source], settings: Settings) -> int:
    """An upper bound of what a job writes, its sources not counted, which lie there already."""
    seconds, seen = clip_seconds(brief, sources, settings), sum(source.duration_ms for source in sources) / 1000
    shape = formats.shape(brief.format)
    picture = PICTURE_MBIT[brief.quality] * 1_000_000 / 8 * shape.width_px * shape.height_px / LARGEST
    each_second = TWICE * picture + SPEECH_BYTES + SOUND_BYTES + (PREVIEW_BYTES if brief.preview else 0)
    return round(seconds * each_second + seen * SEEN_BYTES) + PANELS_BYTES


def clip_seconds(brief: Brief, sources: Sequence[Source], settings: Settings) -> float:
    """How long the clip may become at most: as its script is spoken, or what is wished, or as its videos are."""
    if brief.script.strip():
        told = len(brief.script) / LETTERS_PER_SECOND / brief.voice.speed
    elif brief.seconds:
        told = float(brief.seconds)
    else:
        told = max(30.0, sum(source.duration_ms for source in sources) / 1000)
    return min(2 * told, settings.max_clip_seconds)
