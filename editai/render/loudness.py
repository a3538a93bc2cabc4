"""Loudness as EBU R 128 has it: measured by ffmpeg's ebur128, and reached, after AAC, under a true-peak limiter."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from editai.models import Work, part_of
from editai.render import ffmpeg

SILENT_LUFS = -60.0
"""Below this there is nothing that somebody would hear; ebur128 itself ends at -70."""

RATE = 48_000
RAW = ("-f", "f32le", "-ar", str(RATE), "-ac", "2")
"""Stereo samples in a file of our own."""

PRIMING = 1024
"""The samples that ffmpeg's own AAC encoder puts before the sound, at every rate."""

ENCODER = shlex.split("-c:a aac -b:a 128k -aac_pns 0 -ar 48000 -ac 2 -flags:a +bitexact")
"""Without noise substitution, which makes new peaks of up to 2 dB out of short knocks."""

MUXER = shlex.split("-map_metadata -1 -fflags +bitexact -use_editlist 0 -f mp4")

BEGIN_MS = 15
"""Over so much the sound comes in, against a click."""

TOLERANCE_LU, ACCEPTED_LU = 0.2, 0.3
"""What is tried for, and what is good enough not to be told; ebur128 rounds to a tenth, so the first leaves room."""

ROUNDING_DB = 0.05
"""A peak that is told as -1.0 may be at -0.95."""

MARGIN_DB, SAFER_DB = 0.5, 0.1
"""So much lower than the peak that is allowed the limiter is set, because AAC adds peaks; and by so much more than a
peak that came out too high."""

TRIES = 7

MOST_INPUTS = 10
"""More pieces of sound than this are decoded by several runs, one after the other."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Loudness:
    """Integrated loudness in LUFS and true peak in dBTP; both None where there is nothing to hear."""

    lufs: float | None
    peak_dbtp: float | None


@dataclass(frozen=True, slots=True)
class Aim:
    """What is to be reached, and the length of it in samples."""

    lufs: float
    peak_dbtp: float
    samples: int

    @property
    def limit_s(self) -> float:
        """How long one run over it may take, with as many inputs as a run ever opens."""
        return ffmpeg.limit_s(inputs=MOST_INPUTS, sound_s=self.samples / RATE)


def measure(arguments: Sequence[str], cwd: Path, *, limit_s: float) -> Work[Loudness]:
    """The loudness of the first sound of the input that `arguments` open."""
    summary = yield from _summary(arguments, "peak=true", cwd, limit_s)
    lufs, peak = _lufs(summary), re.search(r"\bPeak:\s+(-?[\d.]+) dBFS", summary)
    return Loudness(None, None) if lufs is None or peak is None else Loudness(lufs, float(peak[1]))


def integrated(arguments: Sequence[str], cwd: Path, *, limit_s: float) -> Work[float | None]:
    """The integrated loudness alone, in LUFS; None where there is nothing to hear. Most of what `measure` takes goes
    into the true peak, between the samples."""
    return _lufs((yield from _summary(arguments, "peak=none", cwd, limit_s)))


def _summary(arguments: Sequence[str], peak: str, cwd: Path, limit_s: float) -> Work[str]:
    """What ebur128 says at its end."""
    options = ("-map", "0:a:0", "-af", f"ebur128={peak}:framelog=quiet", "-f", "null", "-")
    told = yield from ffmpeg.run([*arguments, *options], cwd, limit_s=limit_s)
    return told[told.rfind("Integrated loudness:") :]


def _lufs(summary: str) -> float | None:
    found = re.search(r"\bI:\s+(-?[\d.]+) LUFS", summary)
    return None if found is None or float(found[1]) <= SILENT_LUFS else float(found[1])


def reach(aim: Aim, raw: str, target: str, work: Path) -> Work[Loudness]:
    """Encode the samples `raw` as AAC in `target`, both in `work`, so that the AAC has the loudness aimed at.

    Each try is measured, and the next one is reckoned from all before it: how loud the sound is below the limiter's
    ceiling depends on nothing but how far it was driven above it, so that every try is a point of one rising curve,
    whatever its ceiling was. Where the limiter begins to work, the curve is known beforehand.
    """
    loud = yield from _steps(measure([*RAW, "-i", raw], work, limit_s=aim.limit_s), 0.0, 0.1)
    ceiling = aim.peak_dbtp - MARGIN_DB
    if loud.lufs is None or loud.peak_dbtp is None:
        return (yield from _steps(_encode(0.0, ceiling, aim, raw, target, work), 0.1, 1.0))
    gain = aim.lufs - loud.lufs
    curve = dict[float, float]()  # how far it is driven above the ceiling: its loudness above the ceiling
    if loud.peak_dbtp + gain > ceiling:
        curve[-loud.peak_dbtp] = loud.lufs - loud.peak_dbtp
    tried: list[tuple[float, float, float]] = []  # how bad, gain, ceiling
    for turn in range(TRIES):
        run = _encode(gain, ceiling, aim, raw, target, work)
        found = yield from _steps(run, 0.1 + 0.8 * turn / TRIES, 0.1 + 0.8 * (turn + 1) / TRIES)
        if found.lufs is None or found.peak_dbtp is None:
            return found
        off, over = abs(aim.lufs - found.lufs), found.peak_dbtp + ROUNDING_DB - aim.peak_dbtp
        if off <= TOLERANCE_LU and over <= 0:
            return found
        tried.append((off + 10 * max(over, 0), gain, ceiling))
        curve[gain - ceiling] = found.lufs - ceiling
        if over > 0:
            ceiling -= over + SAFER_DB
        gain = ceiling + _driven(curve, aim.lufs - ceiling)
    _, gain, ceiling = min(tried)
    return (yield from _steps(_encode(gain, ceiling, aim, raw, target, work), 0.9, 1.0))


def _driven(curve: dict[float, float], wanted: float) -> float:
    """Where a rising curve, known at one point or more, comes to `wanted`: between two points, or beyond the last.

    Below its first point it rises with slope 1, above its last one as between the last two.
    """
    points = sorted(curve.items())
    if wanted <= points[0][1] or len(points) == 1:
        return points[0][0] + wanted - points[0][1]
    for (low, below), (high, above) in pairwise(points):
        if below < wanted <= above:
            return low + (high - low) * (wanted - below) / (above - below)
    (low, below), (high, above) = points[-2:]
    slope = min(max((above - below) / (high - low), 0.2), 1.0)
    return high + (wanted - above) / slope


def _encode(gain_db: float, ceiling_db: float, aim: Aim, raw: str, target: str, work: Path) -> Work[Loudness]:
    """One try: gain, limit at 192 kHz (where the true peaks are), leave the priming out, encode, measure."""
    filters = (
        f"volume={gain_db:.2f}dB:precision=float,aresample=192000,"
        f"alimiter=limit={10 ** (ceiling_db / 20):.6f}:attack=5:release=60:level=0:latency=1,"
        f"aresample={RATE},apad=whole_len={aim.samples},"
        f"atrim=start_sample={PRIMING}:end_sample={aim.samples},asetpts=N/SR/TB,afade=t=in:d={BEGIN_MS / 1000}"
    )
    arguments = [*RAW, "-i", raw, "-af", filters, *ENCODER, *MUXER, target]
    yield from _steps(ffmpeg.run(arguments, work, limit_s=aim.limit_s), 0.0, 0.7)
    return (yield from _steps(measure(["-i", target], work, limit_s=aim.limit_s), 0.7, 1.0))


def _steps(run: Work[T], begin: float, end: float) -> Work[T]:
    return part_of(run, begin, end, "Mixing the sound")
