"""A plan's captions, edited by hand: words changed, joined, split, hidden and marked, cues joined, split and moved.

Every edit stands for itself and is applied to what those before it left. So a list of edits is all that has to be kept:
to undo is to apply it without its last one.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from itertools import accumulate

from pydantic import TypeAdapter, ValidationError

from editai import formats
from editai.captions.cues import GAP, SHORTEST
from editai.captions.emoji import clusters
from editai.captions.layout import room, squeeze, width
from editai.captions.phrases import parting
from editai.captions.shown import check_text
from editai.captions.writing import counted
from editai.errors import Conflict, InvalidInput
from editai.models import (
    CaptionEdit,
    ChangeWord,
    Cue,
    CueWord,
    EditedCaptions,
    EmphasiseWord,
    HideWord,
    JoinCues,
    JoinWords,
    Plan,
    Shift,
    SplitCue,
    SplitWord,
    joined,
)

Cues = tuple[Cue, ...]
Lines = tuple[tuple[CueWord, ...], ...]


def read_edits(given: object) -> tuple[CaptionEdit, ...]:
    """Edits as a script sends them: a list of {"kind": "change", "cue": 0, "word": 2, "text": "tea"} and the like.

    Raises InvalidInput 422 `caption_edit_invalid`.
    """
    try:
        return TypeAdapter(tuple[CaptionEdit, ...]).validate_python(given)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(
            "caption_edit_invalid",
            f"This is no edit of captions: {where or 'all of it'} ({first['msg']}).",
            "Each has a kind, the positions of its cue and word from 0, and what its kind needs.",
        ) from error


def apply(plan: Plan, edits: Sequence[CaptionEdit]) -> Plan:
    """The plan with its captions changed by `edits`, in their order; nothing else of it changes.

    The cues hold together as `make_cues` leaves them: in order and inside the clip, none shorter than `SHORTEST`, their
    words following one another from the first frame to the last, touching the next cue or at least `GAP` before it.
    Lines that have become wider than their room are broken anew.

    Raises InvalidInput: 422 `caption_not_found`, `caption_empty`, `caption_text_invalid`, `no_font_for_script`,
    `caption_unsplittable`, `caption_too_short`, `caption_too_many_words`, `caption_outside`.
    """
    cues = plan.cues
    for edit in edits:
        cues = _edited(cues, edit, plan)
    return plan.model_copy(update={"cues": cues})


def apply_to_same(plan: Plan, wanted: EditedCaptions | None) -> Plan:
    """As `apply`, where the plan's cues are those that were edited; what stood out in these is where it was.

    Raises Conflict 409 `captions_changed` where they are others.
    """
    if wanted is None:
        return plan
    if _unmarked(plan.cues) != _unmarked(wanted.base):
        raise Conflict(
            "captions_changed",
            "The captions were edited, but they have other words or other times now, so the edits do not fit them.",
            "Produce the clip again, then edit the captions of the new one.",
        )
    return apply(plan.model_copy(update={"cues": wanted.base}), wanted.edits)


def _unmarked(cues: Cues) -> list[tuple[int, int, list[list[CueWord]]]]:
    """The cues without a word as to which of their words stand out."""
    return [
        (cue.start, cue.end, [[word.model_copy(update={"emphasised": False}) for word in line] for line in cue.lines])
        for cue in cues
    ]


def word_at(plan: Plan, cue: int, word: int) -> CueWord:
    """A word of the plan's captions. Raises InvalidInput 422 `caption_not_found`."""
    return _word(_found(plan.cues, cue), word)


def _edited(cues: Cues, edit: CaptionEdit, plan: Plan) -> Cues:
    cue = _found(cues, edit.cue)
    match edit:
        case ChangeWord():
            _check(edit.text, plan)
            return _with(cues, edit.cue, _swapped(cue, edit.word, plan, text=edit.text))
        case HideWord():
            return _with(cues, edit.cue, _swapped(cue, edit.word, plan, text=""))
        case EmphasiseWord():
            return _with(cues, edit.cue, _swapped(cue, edit.word, plan, emphasised=edit.on))
        case JoinWords():
            one, other = _word(cue, edit.word), _word(cue, edit.word + 1)
            lines = _replaced(_replaced(cue.lines, edit.word + 1), edit.word, _together(one, other))
            return _with(cues, edit.cue, laid(lines, plan))
        case SplitWord():
            lines = _replaced(cue.lines, edit.word, *_halves(_word(cue, edit.word), edit.at))
            return _with(cues, edit.cue, _few(laid(lines, plan), plan))
        case JoinCues():
            following = _found(cues, edit.cue + 1)
            words = (*_until(cue, following.start).words, *following.words)
            return _with(cues, edit.cue, _few(laid((words,), plan), plan), beyond=edit.cue + 2)
        case SplitCue():
            _word(cue, edit.word)
            return _with(cues, edit.cue, *(_long(laid(part, plan)) for part in _parted(cue.lines, edit.word)))
        case Shift():
            return _shifted(cues, edit, plan)


# ── the words ────────────────────────────────────────────────────────────────────────────────────────────────────


def _swapped(cue: Cue, word: int, plan: Plan, **changed: object) -> Cue:
    return laid(_replaced(cue.lines, word, _word(cue, word).model_copy(update=changed)), plan)


def _replaced(lines: Lines, word: int, *new: CueWord) -> Lines:
    """The lines with others in the place of a word; a line that is left without words is gone."""
    kept, first = [], 0
    for line in lines:
        at = word - first
        first += len(line)
        kept.append((*line[:at], *new, *line[at + 1 :]) if 0 <= at < len(line) else line)
    return tuple(line for line in kept if line)


def _together(one: CueWord, other: CueWord) -> CueWord:
    """Two words as one, as they are seen beside each other."""
    both = {"text": joined((one, other)), "end": other.end, "emphasised": one.emphasised or other.emphasised}
    return one.model_copy(update=both)


def _halves(word: CueWord, at: int) -> tuple[CueWord, CueWord]:
    """A word in two; each gets its part of the time by its letters. A space between them is no part of either."""
    left, right = word.text[:at].rstrip(), word.text[at:].lstrip()
    if not (_is_seen(left) and _is_seen(right)) or _is_inside_a_letter(word.text, at):
        raise InvalidInput(
            "caption_unsplittable",
            f"“{word.text}” cannot be split there.",
            "Split it between two of its letters.",
        )
    if word.end - word.start < 2:
        raise _too_short(word.text)
    frames = word.end - word.start
    cut = word.start + min(max(round(frames * len(left) / (len(left) + len(right))), 1), frames - 1)
    glued = len(left) + len(right) == len(word.text)
    return (
        word.model_copy(update={"text": left, "end": cut}),
        word.model_copy(update={"text": right, "start": cut, "glued": glued}),
    )


def _is_inside_a_letter(text: str, at: int) -> bool:
    """Whether what is seen as one sign would be torn apart: a letter and its accent, the parts of an emoji."""
    return at not in accumulate(map(len, clusters(text)), initial=0)


def _is_seen(text: str) -> bool:
    """Whether some character of it draws something: no space, no control, no zero-width mark."""
    return any(unicodedata.category(character)[0] not in "CZ" for character in text)


def _check(text: str, plan: Plan) -> None:
    if any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in text):
        raise InvalidInput(
            "caption_text_invalid",
            "A word of a caption has no line breaks and no control characters.",
            "Leave them out; lines are broken where they fit.",
        )
    if not _is_seen(text):
        raise InvalidInput("caption_empty", "There is nothing to be seen in this text.", "Hide the word instead.")
    check_text(text, plan.style)


# ── the cues ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _found(cues: Cues, number: int) -> Cue:
    if not 0 <= number < len(cues):
        raise InvalidInput(
            "caption_not_found",
            f"There is no caption {number + 1}: there are {len(cues)}.",
            "Choose one of those that are listed.",
        )
    return cues[number]


def _word(cue: Cue, number: int) -> CueWord:
    if not 0 <= number < len(cue.words):
        raise InvalidInput(
            "caption_not_found",
            f"There is no word {number + 1} in the caption “{_quoted(cue)}”: it has {len(cue.words)}.",
            "Choose one of those that are listed.",
        )
    return cue.words[number]


def _with(cues: Cues, at: int, *new: Cue, beyond: int | None = None) -> Cues:
    """The cues with others in the place of those from `at` up to `beyond`, which is the next one."""
    return (*cues[:at], *new, *cues[at + 1 if beyond is None else beyond :])


def laid(lines: Lines, plan: Plan) -> Cue:
    """A cue of these words: in these lines where they fit, else in one, else in two broken where it reads best."""
    style = plan.style
    shape = formats.of_plan(plan)
    most = squeeze(style) * room(style, shape) + 1  # of letters side by side and of a whole line: a pixel is no matter
    words = tuple(word for line in lines for word in line)

    def wide(line: Sequence[CueWord]) -> float:
        return width(joined(line), style) if len(line) > 1 else 0.0  # a word alone is shrunk or broken when drawn

    if any(wide(line) > most for line in lines):
        lines = (words,)
        if wide(words) > most and style.max_lines > 1:

            def price(at: int) -> tuple[bool, float]:
                left, right = words[at - 1], words[at]
                longer = max(wide(words[:at]), wide(words[at:]))
                torn = parting(left.text, right.text, plan.language, glued=right.glued)
                return longer > most, torn + 12.0 * longer / most

            at = min(range(1, len(words)), key=price)
            lines = (words[:at], words[at:])
    return Cue(lines=lines, start=words[0].start, end=words[-1].end)


def _parted(lines: Lines, word: int) -> tuple[Lines, Lines]:
    """The lines before a word, and those from it on."""
    before, after, first = [], [], 0
    for line in lines:
        at = max(0, word - first)
        first += len(line)
        before.append(line[:at])
        after.append(line[at:])
    return tuple(line for line in before if line), tuple(line for line in after if line)


def _few(cue: Cue, plan: Plan) -> Cue:
    """The cue, where its words may stand together: as many as `make_cues` allows."""
    most = plan.style.max_words + 1
    count = math.ceil(sum(counted(word.text) for word in cue.words))
    if count > most and len(cue.words) > 1:
        raise InvalidInput(
            "caption_too_many_words",
            f"A caption in the style “{plan.style.label}” has at most {most} words; this would have {count}.",
            "Split the caption first, or join words of it.",
        )
    return cue


def _long(cue: Cue) -> Cue:
    if cue.end - cue.start < SHORTEST:
        raise _too_short(_quoted(cue))
    return cue


def _too_short(text: str) -> InvalidInput:
    return InvalidInput(
        "caption_too_short",
        f"“{text}” would not stand for long enough to be seen: a caption needs 0.2 seconds, a word one frame.",
        "Move it less, or join it with what is beside it.",
    )


def _quoted(cue: Cue) -> str:
    return cue.text.replace("\n", " ")


# ── when they are seen ───────────────────────────────────────────────────────────────────────────────────────────


def _shifted(cues: Cues, edit: Shift, plan: Plan) -> Cues:
    cue = cues[edit.cue]
    if edit.word is None:
        return _settled(
            cues, edit.cue, _timed(cue, [(w.start + edit.frames, w.end + edit.frames) for w in cue.words]), plan
        )
    begins = _word(cue, edit.word).start + edit.frames
    if edit.word == 0:
        return _settled(cues, edit.cue, _from(cue, begins), plan)
    times = [(word.start, word.end) for word in cue.words]
    times[edit.word - 1] = times[edit.word - 1][0], begins
    times[edit.word] = begins, times[edit.word][1]
    return _with(cues, edit.cue, _timed(cue, times))


def _settled(cues: Cues, at: int, moved: Cue, plan: Plan) -> Cues:
    """The cues with one that was moved between its neighbours: they make room for it, and no short gap is left."""
    if moved.start < 0 or moved.end > plan.frames:
        raise InvalidInput(
            "caption_outside",
            f"“{_quoted(moved)}” would be shown outside of the clip.",
            f"The clip lasts {plan.frames / plan.fps:.1f} seconds; move it less.",
        )
    before, after = cues[max(0, at - 1) : at], cues[at + 1 : at + 2]
    if before and before[0].end != moved.start < before[0].end + GAP:
        before = (_until(before[0], moved.start),)
    if after and after[0].start < moved.end:
        after = (_from(after[0], moved.end),)
    elif after and moved.end != after[0].start < moved.end + GAP:
        moved = _until(moved, after[0].start)
    return (*cues[: max(0, at - 1)], *before, moved, *after, *cues[at + 2 :])


def _from(cue: Cue, start: int) -> Cue:
    """The cue from `start` on, its first word shorter or longer."""
    times = [(word.start, word.end) for word in cue.words]
    return _timed(cue, [(start, times[0][1]), *times[1:]])


def _until(cue: Cue, end: int) -> Cue:
    """The cue until `end`, its last word shorter or longer."""
    times = [(word.start, word.end) for word in cue.words]
    return _timed(cue, [*times[:-1], (times[-1][0], end)])


def _timed(cue: Cue, times: Sequence[tuple[int, int]]) -> Cue:
    """The cue with these times of its words."""
    if any(start >= end for start, end in times) or times[-1][1] - times[0][0] < SHORTEST:
        raise _too_short(_quoted(cue))
    new = iter(times)
    lines = tuple(
        tuple(word.model_copy(update=dict(zip(("start", "end"), next(new), strict=True))) for word in line)
        for line in cue.lines
    )
    return Cue(lines=lines, start=times[0][0], end=times[-1][1])
