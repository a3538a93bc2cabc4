"""Music for a clip: whether a file is some, which piece of a store's folder is played, and where its beat falls.

The beat is found as in Ellis, "Beat Tracking by Dynamic Programming" (Journal of New Music Research 36, 2007): how much
of the sound sets in at each moment, the period with which that repeats, and the chain of onsets that keeps the period
best.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler

from editai.containers import open_container
from editai.errors import EditaiError, InvalidInput
from editai.models import Piece, Rhythm, Step, Work

KINDS = frozenset({".mp3", ".m4a", ".aac", ".ogg", ".opus", ".flac", ".wav"})
"""Files that a music folder is searched for."""

MOST_BYTES = 200_000_000
SHORTEST_MS = 3000
"""A shorter sound is a jingle; begun again and again it would be a noise."""

RATE, HOP, WINDOW, BANDS = 22_050, 256, 1024, 36
"""Samples a second, between two spectra, in a spectrum; and the bands, about a quarter of an octave each."""

SECOND = 87
"""Hops in about a second."""

LISTENED_S = 75
"""More of a piece is not listened to: it is what a clip of a minute plays, begun two bars into the piece."""

LONGEST_LICENCE = 300

SLOWEST_BPM, FASTEST_BPM, USUAL_BPM, OCTAVES = 60.0, 180.0, 120.0, 0.9
"""Where people tap, and how far from the usual tempo they do, in octaves (Ellis 2007)."""

TIGHT = 100.0
"""How strictly the beats keep the period (Ellis 2007)."""

SURE = 0.25
"""The part of the onsets' energy that has to come back after a period: speech and noise stay below 0.15, music with a
beat comes to 0.35 and more."""

CANDIDATES, LIKELY = 5, 0.6
"""So many periods are tried, and none that is less likely than the likeliest by more than this."""

UNSTEADY_MS, FEWEST = 30.0, 8
"""Beats that are further off their own tempo than a frame (root mean square), or fewer, are none: of 28 pieces whose
tempo is known, 26 are told right or at an octave, and of two nothing is said."""

STRONG = 0.7
"""A beat at which so much of what sets in at the median beat sets in is one to begin with."""

FAINT_DB = 0.4
"""Where less than this sets in from hop to hop (root mean square, mean of the bands) nothing does: a hum."""

LATE_MS = 30
"""An onset is noticed when it enters a window, which is so much before it is in its middle."""

Samples = npt.NDArray[np.float32]
Curve = npt.NDArray[np.float64]


def check(path: Path) -> None:
    """Raise InvalidInput 422 `music_unreadable` for what is no music that can be played."""
    reason = _unreadable(path)
    if reason:
        raise InvalidInput(
            "music_unreadable",
            f"“{path.name[:60]}” cannot be played as music: {reason}.",
            "Choose an MP3, M4A, OGG, OPUS, FLAC or WAV file of at least three seconds, or no music.",
        )


def pick(folder: str, seed: int) -> Path:
    """The piece of this folder that the seed says: the same one for the same files, another one for the next seed.

    Raises InvalidInput 422 `music_folder_empty` where the folder is gone or has nothing that can be played.
    """
    try:
        found = sorted(path for path in Path(folder).iterdir() if path.suffix.lower() in KINDS and path.is_file())
    except OSError:
        found = []
    for turn in range(len(found)):
        path = found[(seed + turn) % len(found)]
        if not _unreadable(path):
            return path
    raise InvalidInput(
        "music_folder_empty",
        "There is no music in the store's music folder, or the folder is not there now.",
        "Put an MP3, M4A, OGG, OPUS, FLAC or WAV file into it, or choose no music.",
    )


def piece(path: Path, name: str) -> Piece:
    """What a piece is called, and what its own file says of its licence ("license" before "copyright")."""
    try:
        with open_container(path) as container:
            streams = [stream.metadata for stream in container.streams.audio]  # where Ogg keeps its tags
            tags = {key.lower(): value for told in (*streams, container.metadata) for key, value in told.items()}
    except (OSError, EditaiError, av.FFmpegError):  # that it can be played was checked when the clip was asked for
        tags = {}
    said = (" ".join(tags.get(key, "").split()) for key in ("license", "licence", "copyright"))
    return Piece(name=name, licence=next((text for text in said if text), "")[:LONGEST_LICENCE])


def rhythm(path: Path) -> Work[Rhythm]:
    """The tempo and the beats of the beginning; none where nothing comes back regularly enough to be tapped to."""
    yield Step(0.0, "Listening to the music")
    sound = _samples(path, LISTENED_S)
    yield Step(0.5, "Listening to the music")
    return _rhythm(sound)


def fingerprint() -> dict[str, object]:
    """What `rhythm` depends on besides the file."""
    return {"rhythm": 2, "av": av.__version__}


def _unreadable(path: Path) -> str:
    """Why a file is no music, "" where it is some."""
    try:
        if path.stat().st_size > MOST_BYTES:
            return f"it has more than {MOST_BYTES // 1_000_000} MB"
        with open_container(path) as container:
            if not container.streams.audio:
                return "there is no sound in it"
        if len(_samples(path, 2 * SHORTEST_MS / 1000)) < RATE * SHORTEST_MS / 1000:
            return "it is too short, or damaged"
    except (OSError, EditaiError, av.FFmpegError):
        return "it is no sound file"
    return ""


def _samples(path: Path, seconds: float) -> Samples:
    """The beginning of the first sound, in mono at `RATE`."""
    resampler, parts, most = AudioResampler("flt", "mono", RATE), list[Samples](), round(seconds * RATE)
    with open_container(path) as container:
        decoded = (frame for frame in container.decode(audio=0) if isinstance(frame, AudioFrame))
        with suppress(av.FFmpegError):  # what is damaged ends there
            for frame in decoded:
                parts += [part.to_ndarray()[0].astype(np.float32) for part in resampler.resample(frame)]
                if sum(map(len, parts)) >= most:
                    break
    return np.concatenate(parts)[:most] if parts else np.zeros(0, np.float32)


# ── the beat ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _rhythm(sound: Samples) -> Rhythm:
    """The first of the likely tempos whose beats keep it, if there is one."""
    onsets = _onsets(sound)
    for period in _periods(onsets):
        beats = np.array(_chain(onsets, period))
        if len(beats) < FEWEST:
            continue
        step, first = np.polyfit(np.arange(len(beats)), beats, 1)  # finer than a whole hop
        if np.std(beats - first - step * np.arange(len(beats))) * HOP * 1000 / RATE > UNSTEADY_MS:
            continue
        strong = int((onsets[beats] >= STRONG * np.median(onsets[beats])).argmax())
        times = np.round(beats[strong:] * HOP * 1000 / RATE + LATE_MS)
        return Rhythm(bpm=round(60 * RATE / HOP / float(step), 1), beats_ms=tuple(int(time) for time in times))
    return Rhythm()


def _onsets(sound: Samples) -> Curve:
    """How much sets in at each hop: what grows in each band of the spectrum, in decibels."""
    count = (len(sound) - WINDOW) // HOP + 1
    if count < SECOND or not np.any(sound):
        return np.zeros(0)
    bands, window = _bands(), np.hanning(WINDOW)
    views = np.lib.stride_tricks.sliding_window_view(sound, WINDOW)[::HOP]
    level = np.empty((count, BANDS))
    for start in range(0, count, 2000):  # bounded memory, whatever the length
        level[start : start + 2000] = np.abs(np.fft.rfft(views[start : start + 2000] * window)) ** 2 @ bands
    decibels = np.maximum(10 * np.log10(level + 1e-10), 10 * np.log10(level.max() + 1e-10) - 80)
    grown = np.maximum(np.diff(decibels, axis=0, prepend=decibels[:1]), 0).mean(axis=1)
    around = np.convolve(grown, np.ones(SECOND) / SECOND, "same")  # what always grows is no onset
    curve = np.convolve(grown - around, np.hanning(7) / 3, "same")
    spread = float(curve.std())
    return np.asarray(curve / spread) if spread >= FAINT_DB else np.zeros(0)


def _bands() -> Curve:
    """Triangles over the bins of a spectrum, evenly spaced in pitch from 30 Hz to 10 kHz."""
    edges = np.geomspace(30, 10_000, BANDS + 2)
    bins = np.fft.rfftfreq(WINDOW, 1 / RATE)[:, None]
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    weights = np.minimum((bins - low) / (middle - low), (high - bins) / (high - middle))
    weights = np.maximum(weights, 0)
    nearest = np.abs(bins - middle).argmin(axis=0)
    weights[nearest, np.arange(BANDS)] = np.maximum(weights[nearest, np.arange(BANDS)], 0.5)  # low ones miss every bin
    return np.asarray(weights, np.float64)


def _periods(onsets: Curve) -> list[float]:
    """The likely periods of the beat in hops, the likeliest first; none where not enough comes back.

    What is likely need not be the beat: dotted rhythms come back after three quarters of one. Their chain is unsteady.
    """
    rate = RATE / HOP
    lags = np.arange(60 * rate / FASTEST_BPM, 60 * rate / SLOWEST_BPM, 0.25)
    if len(onsets) < 4 * lags[-1]:
        return []
    spectrum = np.fft.rfft(onsets, 2 * len(onsets))
    back = np.fft.irfft(np.abs(spectrum) ** 2)[: len(onsets)]
    back = back / max(float(back[0]), 1e-9) * (len(onsets) / np.arange(len(onsets), 0, -1))
    returns = np.interp(lags, np.arange(len(back)), back)
    value = returns * np.exp(-0.5 * (np.log2(60 * rate / lags / USUAL_BPM) / OCTAVES) ** 2)
    beside = np.concatenate([[-np.inf], value, [-np.inf]])
    tops = np.flatnonzero((value >= beside[:-2]) & (value > beside[2:]) & (returns >= SURE))
    best = tops[np.argsort(-value[tops], kind="stable")][:CANDIDATES]
    return [float(lags[top]) for top in best if value[top] >= LIKELY * value[best[0]]]


def _chain(onsets: Curve, period: float) -> list[int]:
    """The hops of the beats: the chain with the strongest onsets whose steps keep the period."""
    steps = np.arange(round(period / 2), round(2 * period) + 1)
    price = -TIGHT * np.log(steps / period) ** 2
    best, came = onsets.copy(), np.full(len(onsets), -1)
    for hop in range(len(onsets)):
        before = hop - steps
        inside = before >= 0
        if inside.any():
            options = best[before[inside]] + price[inside]
            top = int(options.argmax())
            if options[top] > 0:
                best[hop] += options[top]
                came[hop] = before[inside][top]
    tail = max(0, len(onsets) - round(period))
    hop = tail + int(best[tail:].argmax())
    beats = [hop]
    while came[hop] >= 0:
        hop = int(came[hop])
        beats.append(hop)
    return beats[::-1]
