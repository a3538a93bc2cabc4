"""From a script to a narration, the same for every engine: sentence by sentence, each spoken once and kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from editai import hearing
from editai.errors import InvalidInput
from editai.models import Degradation, File, Narration, Script, Sentence, Step, Utterance, Voice, Word, Work, part_of
from editai.voices.base import Samples, Studio
from editai.voices.mouth import Mouth, is_spoken
from editai.voices.registry import engine, info, price, require_licensed
from editai.voices.sound import pause, read_wav, stretched, write_wav

PAUSE_MS = 280
"""Silence between two sentences; 200 to 350 ms keeps a short clip moving without running sentences together."""
SLOWEST, FASTEST = 0.9, 1.15
"""How much a narration's tempo is changed to meet a length that was asked for, without sounding hurried or sleepy."""
_NEAR = 0.02
"""A length that is met this well is left alone."""
_REVISION = 3
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
    sentences = dict.fromkeys(script.sentences)  # a line that stands there twice is spoken once
    unspoken = (one for one in sentences if not is_spoken(one, script.language, voice, studio))
    return sum(price(known, len(sentence.spoken)) for sentence in unspoken)


def speak(
    script: Script, voice: Voice, studio: Studio, work: Path, target_ms: int | None = None, exact: bool = True
) -> Work[Narration]:
    """Speak `script` into `work`: mono WAV, and each displayed word once with start < end.

    With `target_ms` the narration is so long, within 5 %, by a tempo between 0.9 and 1.15 of the voice's own. What
    cannot meet it is refused, or, where it need not be `exact`, comes as near as it can and is told as a degradation.

    Errors: 422 `voice_not_found`, `script_language`, `script_too_short`, `script_too_long`; 409 `licence_...`; 402
    `budget_exceeded` before anything is spent; what `Engine.load` and `Speaker.say` raise.
    """
    _require_language(script, voice, studio)
    spoken: list[Utterance] = []
    letters = [len(sentence.spoken) for sentence in script.sentences]
    mouth = Mouth(voice, script.language, studio)
    studio.afford(estimate(script, voice, studio))
    for number, sentence in enumerate(script.sentences):
        start, end = (sum(letters[:count]) / sum(letters) for count in (number, number + 1))
        message = f"Speaking sentence {number + 1} of {len(letters)}"
        yield Step(start, message)
        spoken.append((yield from part_of(mouth.say(sentence), start, end, message)))
    return _joined(script, spoken, work, target_ms, exact)


def hear(sentence: Sentence, language: str, voice: Voice, studio: Studio) -> Work[Utterance]:
    """One sentence alone, kept like those of a narration. Errors as `speak`."""
    script = Script(sentences=(sentence,), language=language, origin="given")
    _require_language(script, voice, studio)
    studio.afford(estimate(script, voice, studio))
    return (yield from Mouth(voice, language, studio).say(sentence))


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


# ── the whole ────────────────────────────────────────────────────────────────────────────────────────────────────


def _joined(script: Script, spoken: Sequence[Utterance], work: Path, target_ms: int | None, exact: bool) -> Narration:
    rate = spoken[0].rate_hz
    sounds = [read_wav(utterance.path(utterance.audio))[0] for utterance in spoken]
    pauses = (len(spoken) - 1) * len(pause(PAUSE_MS, rate))
    fit = fitted(sum(map(len, sounds)) / rate, pauses / rate, target_ms)
    if fit.misses and exact:
        raise misfit(script, fit)
    parts: list[Samples] = []
    words: list[Word] = []
    at = 0
    for number, (sentence, utterance, sound) in enumerate(zip(script.sentences, spoken, sounds, strict=True)):
        if number:
            parts.append(pause(PAUSE_MS, rate))
            at += len(parts[-1])
        words += _placed(sentence, utterance, number, round(at * 1000 / rate), fit.tempo, words)
        parts.append(sound if fit.tempo == 1 else stretched(sound, rate, fit.tempo))
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
        degradations=_estimated(spoken) + _missed(script, fit),
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


@dataclass(frozen=True)
class Fit:
    """How a narration meets a length: by which tempo, and what is missed all the same (seconds, negative: too short).

    The pauses between sentences keep their length. The sound is stretched rather than spoken anew: a paid voice is not
    paid twice, a second length costs no time, and up to 15 % the ear does not tell.
    """

    tempo: float
    natural_s: float
    target_s: float
    missed_s: float = 0.0

    @property
    def misses(self) -> bool:
        """Whether it is off by more than 5 %."""
        return abs(self.missed_s) > 0.05 * self.target_s


def fitted(speech_s: float, pauses_s: float, target_ms: int | None) -> Fit:
    """The tempo that brings so much speech to a length."""
    natural = speech_s + pauses_s
    if target_ms is None:
        return Fit(1.0, natural, natural)
    target = target_ms / 1000
    wanted = speech_s / max(0.1, target - pauses_s)
    tempo = 1.0 if abs(wanted - 1) <= _NEAR else min(max(wanted, SLOWEST), FASTEST)
    return Fit(tempo, natural, target, speech_s / tempo + pauses_s - target)


def misfit(script: Script, fit: Fit) -> InvalidInput:
    """A script that is too long or too short for the length that was asked for, by so many words."""
    many, natural = _words_off(script, fit), round(fit.natural_s)
    if fit.missed_s > 0:
        return InvalidInput(
            "script_too_long",
            f"The script is too long for {fit.target_s:.0f} seconds of speech, by about {many}: this voice takes "
            f"{natural}.",
            f"Take out about {many}, or ask for a longer clip.",
        )
    return InvalidInput(
        "script_too_short",
        f"The script is too short for {fit.target_s:.0f} seconds of speech, by about {many}: this voice takes "
        f"{natural}.",
        f"Add about {many}, or ask for a shorter clip.",
    )


def _words_off(script: Script, fit: Fit) -> str:
    words = sum(len(sentence.words) for sentence in script.sentences)
    off = max(1, round(words * abs(fit.missed_s) * fit.tempo / fit.natural_s))
    return f"{off} {'word' if off == 1 else 'words'}"


def _missed(script: Script, fit: Fit) -> tuple[Degradation, ...]:
    if not fit.misses:
        return ()
    off, how = _words_off(script, fit), "longer" if fit.missed_s > 0 else "shorter"
    message = f"The speech is {abs(fit.missed_s):.0f} seconds {how} than was asked for, by about {off}: " + (
        "it could not be said any faster." if fit.missed_s > 0 else "the facts give no more to say."
    )
    return (Degradation(slug="length_missed", message=message),)


def _estimated(spoken: Sequence[Utterance]) -> tuple[Degradation, ...]:
    if all(utterance.times_from != "estimated" for utterance in spoken):
        return ()
    message = (
        "When each word is spoken could not be heard in the voice's sound, so the captions follow it by the length of "
        "the words alone."
    )
    return (Degradation(slug="word_times_estimated", message=message),)
