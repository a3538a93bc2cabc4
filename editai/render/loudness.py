"""Loudness as EBU R 128 has it, measured by ffmpeg's ebur128."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from editai.models import Work
from editai.render import ffmpeg

SILENT_LUFS = -60.0
"""Below this there is nothing that somebody would hear; ebur128 itself ends at -70."""


@dataclass(frozen=True, slots=True)
class Loudness:
    """Integrated loudness in LUFS and true peak in dBTP; both None where there is nothing to hear."""

    lufs: float | None
    peak_dbtp: float | None


def measure(arguments: Sequence[str], cwd: Path, *, limit_s: float = 300) -> Work[Loudness]:
    """The loudness of the first sound of the input that `arguments` open."""
    told = yield from ffmpeg.run(
        [*arguments, "-map", "0:a:0", "-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"],
        cwd,
        limit_s=limit_s,
    )
    summary = told[told.rfind("Integrated loudness:") :]
    lufs = re.search(r"\bI:\s+(-?[\d.]+) LUFS", summary)
    peak = re.search(r"\bPeak:\s+(-?[\d.]+) dBFS", summary)
    if lufs is None or peak is None or float(lufs[1]) <= SILENT_LUFS:
        return Loudness(None, None)
    return Loudness(float(lufs[1]), float(peak[1]))
