"""A sentence that may be too long for a model, spoken in as many parts as it takes, by an engine without word times."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from editai.errors import InvalidInput
from editai.models import Sentence, Work, part_of
from editai.voices.base import Samples, Spoken
from editai.voices.sound import pause, trimmed

_COMMA_MS = 120
"""The pause where a sentence is taken apart at a comma."""

_COMMA = re.compile(r"[,;:—،、，；：]\W*$")


@dataclass(frozen=True)
class PartwiseSpeaker:
    """One voice of a loaded model.

    `speak(text)` gives the sound of a text that `fits`, and whether the model ended it of its own accord.
    """

    rate: int
    fits: Callable[[str], bool]
    speak: Callable[[str], Work[tuple[Samples, bool]]]

    def say(self, sentence: Sentence) -> Work[Spoken]:
        """One sentence of any length: what does not fit, or did not come to its end, is spoken in two parts."""
        waiting = [sentence.spoken.strip()]
        spoken: list[tuple[str, Samples]] = []
        while waiting:
            text = waiting.pop(0)
            if not any(letter.isalnum() for letter in text):
                continue
            sound, ended = None, False
            if self.fits(text):
                said = sum(len(part) for part, _ in spoken) / len(sentence.spoken)
                sound, ended = yield from part_of(self.speak(text), said, 1.0)
            if sound is None or not (ended or len(text.split()) == 1):
                waiting[:0] = apart(text)
            else:
                spoken.append((text, sound))
        if not spoken:
            raise _silent(sentence.displayed)
        return Spoken(self._joined(spoken), self.rate)

    def _joined(self, spoken: list[tuple[str, Samples]]) -> Samples:
        if len(spoken) == 1:
            return spoken[0][1]
        sounds: list[Samples] = []
        for number, (text, sound) in enumerate(spoken):
            if number:
                sounds.append(pause(_COMMA_MS if _COMMA.search(spoken[number - 1][0]) else 0, self.rate))
            try:
                sounds.append(trimmed(sound, self.rate, None)[0])
            except ValueError as error:
                raise _silent(text) from error
        return np.concatenate(sounds)


def apart(text: str) -> tuple[str, str]:
    """The text in two: after a comma in its middle half, else between two words, else anywhere near the middle."""
    commas = [cut.end() for cut in re.finditer(r"[,;:—،]\s+|[、，；：]\s*", text)]
    near = [cut for cut in commas if len(text) / 4 <= cut <= len(text) * 3 / 4]
    cuts = near or [cut.end() for cut in re.finditer(r"\s+", text)] or [len(text) // 2]
    cut = min(cuts, key=lambda cut: abs(cut - len(text) / 2))
    return text[:cut].strip(), text[cut:].strip()


def _silent(text: str) -> InvalidInput:
    return InvalidInput(
        "script_empty",
        f"There is nothing to hear in {text[:60]!r}.",
        "Write at least one word there that can be spoken, or leave it out.",
    )
