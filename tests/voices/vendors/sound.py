"""The sound that the vendors' servers speak: a hum for every word, silence in between, as MP3."""

from __future__ import annotations

import functools
import io
from collections.abc import Sequence

import av
import numpy as np
from av.audio.frame import AudioFrame


@functools.lru_cache(maxsize=64)
def hummed(spans: Sequence[tuple[float, float]], seconds: float, rate: int, bits_per_s: int) -> bytes:
    """MP3, mono: a hum in each span (seconds), so much in all. `spans` is a tuple of tuples."""
    at = np.arange(round(seconds * rate)) / rate
    sound = np.zeros_like(at)
    for start, end in spans:
        inside = (at >= start) & (at < end)
        sound[inside] = 0.4 * np.sin(2 * np.pi * 220 * at[inside])
    return encoded(sound.astype(np.float32), rate, bits_per_s)


def encoded(sound: np.ndarray, rate: int, bits_per_s: int) -> bytes:
    """A mono sound as MP3 with a constant bit rate, without the header that would tell its length."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp3", options={"write_xing": "0", "id3v2_version": "0"}) as container:
        stream = container.add_stream("mp3", rate=rate)
        stream.bit_rate = bits_per_s
        stream.layout = "mono"
        frame = AudioFrame.from_ndarray(sound.reshape(1, -1), format="fltp", layout="mono")
        frame.sample_rate = rate
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
    return file.getvalue()
