"""Whisper, ready to hear: loaded once from checked weights."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from editai import loaded, weights
from editai.hearing.speech import Sound, read
from editai.models import Step, Work, part_of
from editai.settings import Settings


@loaded.model(most=2)
def load(found: weights.Found) -> Any:
    """faster-whisper's `WhisperModel` on the processor; the two that heard last stay loaded."""
    from faster_whisper import WhisperModel

    given = {"device": "cpu", "compute_type": "int8", "cpu_threads": 2, "local_files_only": True}
    if all(len(pieces) == 1 for _, pieces in found.files):
        return WhisperModel(str(found.folder), **given)
    return WhisperModel(found.weights.label, files=found.contents(), **given)  # pip brings the larger model in parts


def segments(whisper: Any, heard: Sound, language: str) -> list[Any]:
    """faster-whisper's `Segment`s of what is said in this language (ISO 639-1), as it is understood.

    The same sound gives the same words, and one wrong guess does not lead to the next.
    """
    found, _ = whisper.transcribe(heard, language=language, temperature=0.0, condition_on_previous_text=False)
    return list(found)


def transcribe(path: Path, spans_ms: Sequence[tuple[int, int]], settings: Settings) -> Work[list[str]]:
    """What is said in English in each of these stretches of a sound file. Raises what `weights.obtain` raises."""
    found = yield from part_of(weights.obtain(weights.WHISPER, settings), 0.0, 0.2)
    model = load(found)
    heard: list[str] = []
    for number, (start, end) in enumerate(spans_ms):
        yield Step(0.2 + 0.8 * number / len(spans_ms))
        sound = read(path, max(0, start) / 1000, (end - max(0, start)) / 1000)
        segments, _ = model.transcribe(sound, language="en", beam_size=1)
        heard.append(" ".join(segment.text.strip() for segment in segments))
    return heard
