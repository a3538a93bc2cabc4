"""A translation as cues: under the times of the captions that it is of, the words of each sharing its time.

Nobody speaks these words, so each is the marked one for as long as its letters are a part of the cue's.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import accumulate, groupby, pairwise

from editai import formats
from editai.captions.cues import SHORTEST, make_cues
from editai.captions.edits import laid
from editai.captions.emphasis import emphasise
from editai.captions.shown import check_text
from editai.captions.tokens import pieces
from editai.models import FPS, Cue, CueWord, File, Narration, Plan, Translation, Word, joined


def said_in(cues: Sequence[Cue]) -> tuple[str, ...]:
    """What each cue shows, in one line."""
    return tuple(" ".join(joined(cue.words).split()) for cue in cues)


def still_true(translation: Translation, said: Sequence[str]) -> tuple[str | None, ...]:
    """The translation of each of these captions, as far as it was made of them; None for one that says something else.

    Captions may have been changed, parted, joined and moved since.
    """
    found: list[str | None] = [None if text else "" for text in said]
    for before, now, length in SequenceMatcher(None, translation.said, said, autojunk=False).get_matching_blocks():
        found[now : now + length] = translation.texts[before : before + length]
    return tuple(found)


def in_language(plan: Plan, translation: Translation) -> Plan:
    """The plan with its captions in another language: each a cue of one line at the time of its original.

    What says something else by now than what was translated stays as it is.
    """
    texts = still_true(translation, said_in(plan.cues))
    cues = (_over(cue, text, translation.language) if text else cue for cue, text in zip(plan.cues, texts, strict=True))
    return plan.model_copy(update={"cues": tuple(cues), "language": translation.language})


def in_picture(plan: Plan) -> Plan:
    """The plan with the captions that its picture shows; itself, where these are in the language of the speech.

    A translation of more words than the style's cues have is parted inside of its time, like any other text; what sells
    stands out in it. Raises InvalidInput 422 `no_font_for_script`.
    """
    shown = [each for each in plan.translations if each.language == plan.burned_language]
    if not shown:
        return plan
    whole = in_language(plan, shown[0])
    check_text(" ".join(said_in(whole.cues)), plan.style)
    cues = (
        part
        for cue, own in zip(whole.cues, plan.cues, strict=True)
        for part in ((cue,) if cue is own else _fit(cue, whole))
    )
    return emphasise(whole.model_copy(update={"cues": tuple(cues)}), (), shown[0].phrases)


def _over(cue: Cue, text: str, language: str) -> Cue:
    """`text` in the time of `cue`, each word in its part of it by its letters."""
    parts = [(part, number > 0) for word in text.split() for number, part in enumerate(pieces(word, language))]
    if len(parts) > cue.end - cue.start:  # not a frame for each
        parts = [(text, False)]
    edges = _shared(cue.start, cue.end, [len(part) for part, _ in parts])
    words = tuple(
        CueWord(text=part, start=start, end=end, glued=glued)
        for (part, glued), (start, end) in zip(parts, pairwise(edges), strict=True)
    )
    return Cue(lines=(words,), start=cue.start, end=cue.end)


def _shared(start: int, end: int, letters: Sequence[int]) -> list[int]:
    """The frames between which each part stands, one at least."""
    count, whole = len(letters), sum(letters)
    edges = [start + round((end - start) * before / whole) for before in accumulate(letters, initial=0)]
    for number in range(1, count):
        edges[number] = min(max(edges[number], edges[number - 1] + 1), end - (count - number))
    return edges


def _fit(cue: Cue, plan: Plan) -> tuple[Cue, ...]:
    """The cue in lines that fit, parted where it is too long for the style, as far as there is time for it."""
    parts = _parted(cue, plan)
    if _long(parts):
        return parts
    ways = (_in_parts(cue, count, plan) for count in range(len(parts), 1, -1))
    return next(filter(_long, ways), (laid(cue.lines, plan),))


def _long(parts: Sequence[Cue]) -> bool:
    """Whether none of them is gone before it can be read."""
    return all(part.end - part.start >= SHORTEST for part in parts)


def _in_parts(cue: Cue, count: int, plan: Plan) -> tuple[Cue, ...]:
    """The cue in so many parts of about the same time, or fewer where its words are long."""
    length = 2 * (cue.end - cue.start)
    groups = groupby(cue.words, key=lambda word: (word.start + word.end - 2 * cue.start) * count // length)
    return tuple(laid((tuple(words),), plan) for _, words in groups)


def _parted(cue: Cue, plan: Plan) -> tuple[Cue, ...]:
    """The cue as `make_cues` cuts its words, from its first frame to its last."""
    words = tuple(
        Word(
            text=word.text,
            start_ms=-(-word.start * 1000 // FPS),
            end_ms=word.end * 1000 // FPS,
            sentence=0,
            glued=word.glued,
        )
        for word in cue.words
    )
    silent = File(name="", sha256="", bytes=0)
    spoken = Narration(audio=silent, duration_ms=words[-1].end_ms, words=words, language=plan.language, origin="voice")
    *parts, last = make_cues(spoken, plan.style, formats.of_plan(plan))
    *lines, line = last.lines
    line = (*line[:-1], line[-1].model_copy(update={"end": cue.end}))
    return (*parts, Cue(lines=(*lines, line), start=last.start, end=cue.end))
