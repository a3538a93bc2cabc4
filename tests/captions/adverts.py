"""What shops say in their clips, in seventeen languages, spoken at an even pace; and what is wrong with its cues.

`adverts.json` has scripts as people write them (prices, names, dashes, lone signs), and products of which the template
writer makes scripts in its languages.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from editai.captions.layout import room, squeeze, width
from editai.captions.phrases import DESCRIBED, LEANING, partings
from editai.captions.writing import counted, is_unspaced, read, reading, said
from editai.models import FPS, CaptionStyle, Cue, CueWord, Facts, Narration, Word, joined
from editai.script import split, template

from .drawing import FILE

ADVERTS: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("adverts.json").read_text("utf-8"))
PACE = {"zh": 5.0, "ja": 7.8, "th": 11.0, "ko": 7.0}
"""Syllables, morae or letters a second; where no other is said the 14 letters a second at which people read aloud."""


def scripts(language: str) -> Iterator[str]:
    """Everything that is said in the language."""
    yield from ADVERTS[language]["scripts"]
    for product in ADVERTS[language].get("products", ()):
        for seed in range(6):
            made = template.draft(Facts.model_validate(product), language, 20, 14, seed)
            if made is not None:
                yield made.text


def narrated(text: str, language: str) -> Narration:
    """The text at the language's pace, 0.28 s between sentences and 0.15 s after a comma."""
    words: list[Word] = []
    at = 100
    for number, sentence in enumerate(split(text, language)):
        for token in sentence:
            letters = said(token, language) if is_unspaced(token) else len(token) + 1
            length = round(1000 * letters / PACE.get(language, 14.0))
            words.append(Word(text=token, start_ms=at, end_ms=at + length - 20, sentence=number))
            at += length + 150 * token.endswith((",", "،", ":"))
        at += 280
    return Narration(audio=FILE, duration_ms=at, words=tuple(words), language=language, origin="voice")


def faults(cues: Sequence[Cue], said: Narration, style: CaptionStyle) -> Counter[str]:
    """How many cues there are, and how many of them are one word of a longer sentence ("lone"), part what belongs
    together ("parted", lines too), are read faster than the language is ("fast") or leave too soon ("brief")."""
    found = Counter({"cues": len(cues)})
    whole = {sentence[0].text for sentence in said.sentences() if len(sentence) == 1}
    for cue in cues:
        text, frames = cue.text.replace("\n", ""), cue.end - cue.start
        found["lone"] += sum(counted(word.text) for word in cue.words) <= 1 and cue.text not in whole
        found["fast"] += read(text, said.language) * FPS / frames > reading(said.language).cps + 1
        found["brief"] += frames < (15 if style.max_words <= 3 else 25)
    found["parted"] = len(parted(cues, said.language, style))
    found["described"] = len(parted(cues, said.language, style, DESCRIBED)) - found["parted"]
    return found


def parted(cues: Sequence[Cue], language: str, style: CaptionStyle, least: float = LEANING) -> list[tuple[str, str]]:
    """The pairs of words that a new cue or a new line parts and that should not be, by what that costs; not those that
    no line has room for."""
    rows = [line for cue in cues for line in cue.lines]
    costs = partings([word for row in rows for word in _as_spoken(row)], language)
    found, at = [], 0
    for before, after in pairwise(rows):
        at += len(before)
        pair = before[-1], after[0]
        if costs[at - 1] >= least and width(joined(pair), style) <= squeeze(style) * room(style):
            found.append((pair[0].text, pair[1].text))
    return found


def _as_spoken(row: Sequence[CueWord]) -> Iterator[Word]:
    for word in row:
        yield Word(text=word.text, start_ms=0, end_ms=1, sentence=0, glued=word.glued)
