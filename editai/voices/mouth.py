"""One sentence, spoken: once, kept, paid once, and with a time for every word."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from editai import hearing
from editai.errors import InvalidInput, NotFound, PaymentRequired, RateLimited, Unavailable
from editai.hearing.spans import by_length
from editai.models import File, Sentence, Step, Take, Utterance, Voice, Work, part_of
from editai.stages import key_of
from editai.voices.base import Speaker, Spoken, Studio
from editai.voices.cloning import stage_of, still_there
from editai.voices.registry import engine, price
from editai.voices.sound import Span, read_wav, trimmed, write_wav

_REVISION = 2
"""Raised when this module makes other sound from the same input."""


def take_key(sentence: Sentence, language: str, voice: Voice, studio: Studio) -> dict[str, object]:
    """Everything that changes what a voice makes of a sentence; not how its words are found in it."""
    made_by = engine(voice.engine).fingerprint(voice, studio)
    return {"sentence": sentence, "language": language, "voice": voice, "made_by": made_by, "revision": _REVISION}


def is_spoken(sentence: Sentence, language: str, voice: Voice, studio: Studio) -> bool:
    """Whether the voice has spoken this sentence before, so that it need not again."""
    key = take_key(sentence, language, voice, studio)
    return studio.cache.known(stage_of("take", voice), 1, key, Take) is not None


@dataclass
class Mouth:
    """A voice that is loaded at the first sentence that was not spoken before."""

    voice: Voice
    language: str
    studio: Studio
    speaker: Speaker | None = None

    def say(self, sentence: Sentence) -> Work[Utterance]:
        """The sentence with a time for every word."""
        take = yield from part_of(self._take(sentence), 0.0, 0.9)
        if take.words is not None:
            return _utterance(take, take.words, "voice")
        key = {**take_key(sentence, self.language, self.voice, self.studio), "sound": take.audio}
        heard = {**key, "hearing": hearing.fingerprint(self.studio.settings)}
        aligning = self.studio.cache.run(
            stage_of("sentence", self.voice), 1, heard, lambda work: self._aligned(sentence, take, work), Utterance
        )
        try:
            return (yield from part_of(aligning, 0.9, 1.0, "Finding each word in the sound"))
        except Unavailable:  # the transcriber, not the voice: what was spoken, and paid, is not lost over it
            sound, rate = read_wav(take.path(take.audio))
            spans = by_length([max(1, len(word.spoken)) for word in sentence.words], [(0.0, float(len(sound)))])
            return _utterance(take, _in_ms(spans, rate), "estimated")

    # ── the sound ────────────────────────────────────────────────────────────────────────────────────────────────

    def _take(self, sentence: Sentence) -> Work[Take]:
        key, stage = take_key(sentence, self.language, self.voice, self.studio), stage_of("take", self.voice)
        if engine(self.voice.engine).info.price_per_1000_chars is None:
            return (yield from self.studio.cache.run(stage, 1, key, lambda work: self._speak(sentence, work), Take))
        lock = self._lock(key_of(stage, 1, key))  # who has the same sentence spoken at this moment pays for both
        yield from _acquired(lock)
        try:
            return (yield from self.studio.cache.run(stage, 1, key, lambda work: self._speak(sentence, work), Take))
        finally:
            lock.release()

    def _lock(self, name: str) -> FileLock:
        folder = self.studio.cache.folder / "takes"
        folder.mkdir(parents=True, exist_ok=True)
        return FileLock(folder / f"{name}.lock", thread_local=False)

    def _speak(self, sentence: Sentence, work: Path) -> Work[Take]:
        start = 0.0
        if self.speaker is None:
            using = engine(self.voice.engine)
            if absent := using.missing(self.studio):
                raise Unavailable("voice_unavailable", f"{using.info.label} cannot speak here.", absent)
            loading = using.load(self.voice, self.language, self.studio)
            start = 0.3
            self.speaker = yield from part_of(loading, 0.0, start, "Loading the voice")
        spoken = yield from part_of(self._paid(self.speaker, sentence), start, 1.0)
        try:
            sound, times = trimmed(spoken.sound, spoken.rate, spoken.times)
        except ValueError as error:
            raise _silent(sentence) from error
        if not still_there(self.voice, self.studio):
            raise NotFound("voice_not_found", "This voice was deleted while it spoke.", "Choose another voice.")
        write_wav(work / "sentence.wav", sound, spoken.rate)
        words = None if times is None else _in_ms(times, spoken.rate)
        return Take(folder=work, audio=File.of(work / "sentence.wav"), rate_hz=spoken.rate, words=words)

    def _paid(self, speaker: Speaker, sentence: Sentence) -> Work[Spoken]:
        """Say it, and where that costs something, reserve that before and settle it after."""
        known = engine(self.voice.engine).info
        if known.price_per_1000_chars is None:
            return (yield from speaker.say(sentence))
        letters = len(sentence.spoken)
        with self.studio.paid(known.name, "speak", letters, price(known, letters)) as call:
            try:
                spoken = yield from speaker.say(sentence)
            except (InvalidInput, PaymentRequired, RateLimited, Unavailable):
                call.free()  # it was refused; whatever else ends the call may have been charged
                raise
            if spoken.charged is not None:
                call.cost(spoken.charged)
            return spoken

    # ── its words ────────────────────────────────────────────────────────────────────────────────────────────────

    def _aligned(self, sentence: Sentence, take: Take, work: Path) -> Work[Utterance]:
        sound, rate = read_wav(take.path(take.audio))
        words = [(word.displayed, word.spoken) for word in sentence.words]
        times, times_from = yield from hearing.align(sound, rate, words, self.language, self.studio.settings)
        shutil.copyfile(take.path(take.audio), work / take.audio.name)
        return _utterance(take.model_copy(update={"folder": work}), _in_ms(times, rate), times_from)


def _acquired(lock: FileLock) -> Work[None]:
    """Wait for a lock, saying so."""
    while True:
        try:
            lock.acquire(timeout=0.4)
            return
        except Timeout:
            yield Step(0.0, "Waiting for the same sentence, which is being spoken")


def _utterance(
    take: Take, words: tuple[tuple[int, int], ...], times_from: Literal["voice", "aligned", "estimated"]
) -> Utterance:
    return Utterance(folder=take.folder, audio=take.audio, rate_hz=take.rate_hz, words=words, times_from=times_from)


def _in_ms(times: Sequence[Span], rate: int) -> tuple[tuple[int, int], ...]:
    """The times in whole milliseconds, in order, each at least one long."""
    timed: list[tuple[int, int]] = []
    for start, end in times:
        start_ms = max(timed[-1][1] if timed else 0, round(start * 1000 / rate))
        timed.append((start_ms, max(start_ms + 1, round(end * 1000 / rate))))
    return tuple(timed)


def _silent(sentence: Sentence) -> InvalidInput:
    return InvalidInput(
        "script_empty",
        f"There is nothing to hear in {sentence.displayed[:60]!r}.",
        "Write at least one word there that can be spoken, or leave it out.",
    )
