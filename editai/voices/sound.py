"""The sound of a sentence: the silence around it cut away, pauses, another length, a WAV file."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from editai.voices.base import Samples

Span = tuple[float, float]
"""Start and end, in samples."""

BEFORE_MS, AFTER_MS = 10, 60
"""Speech is where 5 ms are louder than -40 dB of the loudest; so much is kept around it, faded in and out."""
_QUIET = 10 ** (-40 / 20)


def silence(ms: int, rate: int) -> Samples:
    """So much silence; none for less than nothing."""
    return np.zeros(max(0, ms) * rate // 1000, dtype=np.float32)


def pause(ms: int, rate: int) -> Samples:
    """What lies between two trimmed sounds so that `ms` pass from the end of one speech to the begin of the next."""
    return silence(ms - BEFORE_MS - AFTER_MS, rate)


def speech(sound: Samples, rate: int) -> tuple[int, int]:
    """First and last + 1 sample of the speech, silence on both sides left out. ValueError where there is none."""
    window = max(1, rate // 200)
    loud = np.sqrt((sound[: len(sound) // window * window].reshape(-1, window) ** 2).mean(axis=1))
    if not loud.size or loud.max() < 1e-4:
        raise ValueError("there is nothing to hear")
    over = np.flatnonzero(loud > loud.max() * _QUIET)
    return int(over[0]) * window, min(int(over[-1] + 1) * window, len(sound))


def trimmed(sound: Samples, rate: int, times: Sequence[Span] | None) -> tuple[Samples, tuple[Span, ...] | None]:
    """The speech alone with a moment around it, faded so that no join clicks, and the times moved along.

    The first word begins and the last ends with the speech; every word keeps a sample at least, in order.
    """
    first, last = speech(sound, rate)
    before, after = BEFORE_MS * rate // 1000, AFTER_MS * rate // 1000
    kept = np.pad(sound, (before, after))[first : before + last + after].astype(np.float32)
    kept[:before] *= np.linspace(0, 1, before, dtype=np.float32)
    kept[-after:] *= np.linspace(1, 0, after, dtype=np.float32)
    return kept, None if times is None else _inside(times, first, last, before - first)


def _inside(times: Sequence[Span], first: int, last: int, lead: int) -> tuple[Span, ...]:
    """The times, kept in order and inside the speech, counted from the beginning of the trimmed sound."""
    fixed = [(float(start), float(end)) for start, end in times]
    fixed[0] = (float(first), fixed[0][1])
    fixed[-1] = (fixed[-1][0], float(last))
    least = float(first)
    kept: list[Span] = []
    for index, (start, end) in enumerate(fixed):
        most = last - (len(fixed) - 1 - index)  # a sample at least is left for each word to come
        start = min(max(start, least), most - 1)
        least = min(max(end, start + 1), most)
        kept.append((start + lead, least + lead))
    return tuple(kept)


def stretched(sound: Samples, rate: int, tempo: float) -> Samples:
    """The sound `tempo` times as fast at the same pitch (ffmpeg's `atempo`), exactly `len(sound) / tempo` long.

    `atempo` gives the middle of its first window first, so that its sound comes half a window early; as much silence
    before it puts everything where it belongs. Its window is the power of two from a 24th of a second on.
    """
    import av
    from av.audio.frame import AudioFrame

    wanted = round(len(sound) / tempo)
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=rate, format="flt", layout="mono", time_base=None)
    tempo_filter, sink = graph.add("atempo", f"{tempo:.6f}"), graph.add("abuffersink")
    source.link_to(tempo_filter)
    tempo_filter.link_to(sink)
    graph.configure()
    half = (1 << (rate // 24 - 1).bit_length()) // 2
    padded = np.pad(sound, (half, 2 * half))
    frame = AudioFrame.from_ndarray(padded.reshape(1, -1), format="flt", layout="mono")
    frame.sample_rate = rate
    frame.pts = 0
    graph.push(frame)
    graph.push(None)
    parts: list[Samples] = []
    while True:
        try:
            parts.append(graph.pull().to_ndarray().reshape(-1).astype(np.float32))
        except (av.error.BlockingIOError, av.error.EOFError):
            break
    made = np.concatenate(parts) if parts else np.zeros(0, dtype=np.float32)
    return np.pad(made, (0, max(0, wanted - len(made))))[:wanted]


def write_wav(path: Path, sound: Samples, rate: int) -> None:
    """Keep a sound as mono WAV, 16 bit."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(sound, -1, 1) * 32767).round().astype("<i2").tobytes())


def read_wav(path: Path) -> tuple[Samples, int]:
    """A sound that `write_wav` kept, and its rate."""
    with wave.open(str(path)) as file:
        data, rate = file.readframes(file.getnframes()), file.getframerate()
    return np.frombuffer(data, "<i2").astype(np.float32) / np.float32(32767), rate
