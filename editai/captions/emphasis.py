"""Which words of the captions stand out by themselves: those that the owner chose, and what the script's facts give.

Where much stands out nothing does. So what was chosen stands out wherever it is said, and of the rest one phrase in a
caption, with a plain caption before and after it. What is edited by hand comes later and wins.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from editai.models import Cue, Plan

APART = 4
"""Words between two phrases that stand out, at the least: captions of one word would else alternate."""

_OF_AN_AMOUNT = "%‰°′″"
"""Punctuation, as Unicode has it, that a price or a size is not the same without."""


def emphasise(plan: Plan, chosen: Sequence[str], phrases: Sequence[str]) -> Plan:
    """The plan whose captions emphasise the `chosen` phrases, and of `phrases`, those that matter most first, as many
    as stand apart; nothing where the style has no colour for it.

    Phrases are found as whole words, in capitals or not, without the punctuation around them.
    """
    if not plan.style.emphasis:
        return plan
    said = _Said.of(plan.cues)
    marked: set[int] = set()
    for phrase in chosen:
        for found in said.places(phrase):
            marked |= set(found)
    for phrase in phrases:
        for found in said.places(phrase):
            if said.stands_apart(found, marked):
                marked |= set(found)
    return plan.model_copy(update={"cues": _with_marks(plan.cues, marked)})


@dataclass(frozen=True)
class _Said:
    """The captions' words as one text in which phrases are found: where each word begins and ends, and in which cue."""

    text: str
    starts: dict[int, int]
    ends: dict[int, int]
    cue_of: tuple[int, ...]

    @staticmethod
    def of(cues: Sequence[Cue]) -> _Said:
        text, starts, ends = "", {}, {}
        words = [(number, word) for number, cue in enumerate(cues) for word in cue.words]
        for index, (_, word) in enumerate(words):
            plain = normalised(word.text)
            if not plain:
                continue
            text += "" if word.glued or not text else " "
            starts[len(text)] = index
            text += plain
            ends[len(text)] = index
        return _Said(text, starts, ends, tuple(number for number, _ in words))

    def places(self, phrase: str) -> Iterator[range]:
        """The words, by their number, of each place where the phrase is said."""
        wanted = " ".join(filter(None, map(normalised, phrase.split())))
        for found in re.finditer(re.escape(wanted), self.text) if wanted else ():
            first, last = self.starts.get(found.start()), self.ends.get(found.end())
            if first is not None and last is not None:
                yield range(first, last + 1)

    def stands_apart(self, words: range, marked: set[int]) -> bool:
        """Whether nothing stands out near these words, nor in their cues and those beside them."""
        first, last = self.cue_of[words[0]], self.cue_of[words[-1]]
        near = range(words[0] - APART, words[-1] + APART + 1)
        return not any(word in near or first - 1 <= self.cue_of[word] <= last + 1 for word in marked)


def normalised(word: str) -> str:
    """A word as it is compared: in small letters, without the punctuation around it."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).casefold())
    inside = [at for at, sign in enumerate(plain) if not _is_around(sign)]
    return plain[inside[0] : inside[-1] + 1] if inside else ""


def _is_around(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "PZC" and sign not in _OF_AN_AMOUNT


def _with_marks(cues: Sequence[Cue], marked: set[int]) -> tuple[Cue, ...]:
    number, made = 0, []
    for cue in cues:
        lines = []
        for line in cue.lines:
            lines.append(
                tuple(
                    word.model_copy(update={"emphasised": at in marked}) for at, word in enumerate(line, start=number)
                )
            )
            number += len(line)
        made.append(cue.model_copy(update={"lines": tuple(lines)}))
    return tuple(made)
