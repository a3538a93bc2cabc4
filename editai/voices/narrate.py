"""From a script to a narration, the same for every engine: sentence by sentence, each spoken once and kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from editai import hearing
from editai.errors import InvalidInput, PaymentRequired, RateLimited, Unavailable
from editai.models import Degradation, File, Narration, Script, Sentence, Step, Utterance, Voice, Word, Work, part_of
from editai.voices.base import Samples, Speaker, Spoken, Studio
from editai.voices.cloning import stage_of
from editai.voices.registry import engine, info, price, require_licensed
from editai.voices.sound import Span, pause, read_wav, stretched, trimmed, write_wav

PAUSE_MS = 280
"""Silence between two sentences; 200 to 350 ms keeps a short clip moving without running sentences together."""
SLOWEST, FASTEST = 0.9, 1.15
"""How much a narration's tempo is changed to meet a length that was asked for, without sounding hurried or sleepy."""
_NEAR = 0.02
"""A length that is met this well is left alone."""
_REVISION = 2
"""Raised when this module makes other sound from the same input."""


def fingerprint(voice: Voice, studio: Studio) -> dict[str, object]:
    """Everything besides script, voice and length that changes what `speak()` makes.

    A service may leave word times out, whatever it offers; they are then found by hearing.
    """
    about = engine(voice.engine).info
    return {
        "revision": _REVISION,
        "pause_ms": PAUSE_MS,
        "engine": engine(voice.engine).fingerprint(voice, studio),
        "hearing": {} if about.word_times and about.local else hearing.fingerprint(studio.settings),
    }


def estimate(script: Script, voice: Voice, studio: Studio) -> int:
    """What speaking the script would cost now, in micro-dollars; sentences that were spoken before are free."""
    known = engine(voice.engine).info
    if known.price_per_1000_chars is None:
        return 0
    return sum(price(known, len(sentence.spoken)) for sentence in _unspoken(script, voice, studio))


def speak(script: Script, voice: Voice, studio: Studio, work: Path, seconds: int | None = None) -> Work[Narration]:
    """Speak `script` into `work`: mono WAV, and each displayed word once with start < end.

    With `seconds` the narration is so long, within 5 %, by a tempo between 0.9 and 1.15 of the voice's own.

    Errors: 422 `voice_not_found`, `script_language`, `script_too_short`, `script_too_long`; 409 `licence_...`; 402
    `budget_exceeded` before anything is spent; what `Engine.load` and `Speaker.say` raise.
    """
    _require_language(script, voice, studio)
    spoken: list[Utterance] = []
    letters = [len(sentence.spoken) for sentence in script.sentences]
    mouth = _Mouth(voice, script.language, studio)
    studio.afford(estimate(script, voice, studio))
    for number, sentence in enumerate(script.sentences):
        start, end = (sum(letters[:count]) / sum(letters) for count in (number, number + 1))
        message = f"Speaking sentence {number + 1} of {len(letters)}"
        yield Step(start, message)
        spoken.append((yield from part_of(mouth.say(sentence), start, end, message)))
    return _joined(script, spoken, work, seconds)


def hear(sentence: Sentence, language: str, voice: Voice, studio: Studio) -> Work[Utterance]:
    """One sentence alone, kept like those of a narration. Errors as `speak`."""
    script = Script(sentences=(sentence,), language=language, origin="given")
    _require_language(script, voice, studio)
    studio.afford(estimate(script, voice, studio))
    return (yield from _Mouth(voice, language, studio).say(sentence))


def _require_language(script: Script, voice: Voice, studio: Studio) -> None:
    require_licensed(engine(voice.engine).info, studio.kit)
    spoken = info(voice, studio).languages
    if script.language not in spoken:
        raise InvalidInput(
            "script_language",
            f"The script is in another language ({script.language}) than the voice {voice} speaks "
            f"({', '.join(spoken)}).",
            "Choose a voice of the script's language, or translate the script.",
        )


# ── one sentence ─────────────────────────────────────────────────────────────────────────────────────────────────


def _key(sentence: Sentence, language: str, voice: Voice, studio: Studio) -> dict[str, object]:
    return {"sentence": sentence, "language": language, "voice": voice, "made_by": fingerprint(voice, studio)}


def _unspoken(script: Script, voice: Voice, studio: Studio) -> list[Sentence]:
    stage = stage_of("sentence", voice)
    return [
        sentence
        for sentence in script.sentences
        if studio.cache.known(stage, 1, _key(sentence, script.language, voice, studio), Utterance) is None
    ]


@dataclass
class _Mouth:
    """A voice that is loaded at the first sentence that was not spoken before."""

    voice: Voice
    language: str
    studio: Studio
    speaker: Speaker | None = None

    def say(self, sentence: Sentence) -> Work[Utterance]:
        key = _key(sentence, self.language, self.voice, self.studio)
        stage = stage_of("sentence", self.voice)
        return (yield from self.studio.cache.run(stage, 1, key, lambda work: self._speak(sentence, work), Utterance))

    def _speak(self, sentence: Sentence, work: Path) -> Work[Utterance]:
        start = 0.0
        if self.speaker is None:
            using = engine(self.voice.engine)
            if absent := using.missing(self.studio):
                raise Unavailable("voice_unavailable", f"{using.info.label} cannot speak here.", absent)
            loading = using.load(self.voice, self.language, self.studio)
            start = 0.3
            self.speaker = yield from part_of(loading, 0.0, start, "Loading the voice")
        spoken = yield from part_of(self._paid(self.speaker, sentence), start, 0.9)
        try:
            sound, times = trimmed(spoken.sound, spoken.rate, spoken.times)
        except ValueError as error:
            raise _silent(sentence) from error
        times_from: Literal["voice", "aligned", "estimated"] = "voice"
        if times is None:
            words = [(word.displayed, word.spoken) for word in sentence.words]
            aligning = hearing.align(sound, spoken.rate, words, self.language, self.studio.settings)
            times, times_from = yield from part_of(aligning, 0.9, 1.0, "Finding each word in the sound")
        write_wav(work / "sentence.wav", sound, spoken.rate)
        return Utterance(
            folder=work,
            audio=File.of(work / "sentence.wav"),
            rate_hz=spoken.rate,
            words=_in_ms(times, spoken.rate),
            times_from=times_from,
        )

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


# ── the whole ────────────────────────────────────────────────────────────────────────────────────────────────────


def _joined(script: Script, spoken: Sequence[Utterance], work: Path, seconds: int | None) -> Narration:
    rate = spoken[0].rate_hz
    sounds = [read_wav(utterance.path(utterance.audio))[0] for utterance in spoken]
    pauses = (len(spoken) - 1) * len(pause(PAUSE_MS, rate))
    tempo = _tempo(script, sum(map(len, sounds)) / rate, pauses / rate, seconds)
    parts: list[Samples] = []
    words: list[Word] = []
    at = 0
    for number, (sentence, utterance, sound) in enumerate(zip(script.sentences, spoken, sounds, strict=True)):
        if number:
            parts.append(pause(PAUSE_MS, rate))
            at += len(parts[-1])
        words += _placed(sentence, utterance, number, round(at * 1000 / rate), tempo, words)
        parts.append(sound if tempo == 1 else stretched(sound, rate, tempo))
        at += len(parts[-1])
    whole = np.concatenate(parts)
    write_wav(work / "narration.wav", whole, rate)
    return Narration(
        folder=work,
        audio=File.of(work / "narration.wav"),
        duration_ms=len(whole) * 1000 // rate,
        words=tuple(words),
        language=script.language,
        origin="voice",
        degradations=_estimated(spoken),
    )


def _placed(
    sentence: Sentence, utterance: Utterance, number: int, at_ms: int, tempo: float, before: Sequence[Word]
) -> list[Word]:
    placed: list[Word] = []
    least = before[-1].end_ms if before else 0
    for word, (start, end) in zip(sentence.words, utterance.words, strict=True):
        start_ms = max(least, at_ms + round(start / tempo))
        least = max(start_ms + 1, at_ms + round(end / tempo))
        placed.append(Word(text=word.displayed, start_ms=start_ms, end_ms=least, sentence=number))
    return placed


def _tempo(script: Script, speech_s: float, pauses_s: float, seconds: int | None) -> float:
    """The tempo at which the narration takes `seconds`; the pauses between sentences keep their length.

    The sound is stretched rather than spoken anew: a paid voice is not paid twice, a second length costs no time, and
    up to 15 % the ear does not tell. Raises InvalidInput 422 `script_too_long` or `script_too_short`.
    """
    if seconds is None:
        return 1.0
    tempo = speech_s / max(0.1, seconds - pauses_s)
    if abs(tempo - 1) <= _NEAR:
        return 1.0
    if SLOWEST <= tempo <= FASTEST:
        return tempo
    near = min(max(tempo, SLOWEST), FASTEST)
    if abs(speech_s / near + pauses_s - seconds) <= 0.05 * seconds:
        return near
    words = sum(len(sentence.words) for sentence in script.sentences)
    off = max(1, abs(round(words * (1 - (seconds - pauses_s) * near / speech_s))))
    natural = round(speech_s + pauses_s)
    many = "word" if off == 1 else "words"
    if tempo > FASTEST:
        raise InvalidInput(
            "script_too_long",
            f"The script is too long for {seconds} seconds, by about {off} {many}: this voice takes {natural}.",
            f"Take out about {off} {many}, or ask for a longer clip.",
        )
    raise InvalidInput(
        "script_too_short",
        f"The script is too short for {seconds} seconds, by about {off} {many}: this voice takes {natural}.",
        f"Add about {off} {many}, or ask for a shorter clip.",
    )


def _estimated(spoken: Sequence[Utterance]) -> tuple[Degradation, ...]:
    if all(utterance.times_from != "estimated" for utterance in spoken):
        return ()
    message = (
        "When each word is spoken could not be heard in the voice's sound, so the captions follow it by the length of "
        "the words alone."
    )
    return (Degradation(slug="word_times_estimated", message=message),)
