"""Edits of a clip's captions by hand.

Each names a cue, and in it a word, by position, counted from 0 in the captions as the edits before it left them.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from editai.models.base import Model
from editai.models.plan import Cue, Translation

Position: TypeAlias = Annotated[int, Field(ge=0)]


class ChangeWord(Model):
    """Another text for a word, exactly as it is typed; a word that was hidden is seen again."""

    kind: Literal["change"] = "change"
    cue: Position
    word: Position
    text: str = Field(max_length=200)


class HideWord(Model):
    """A word is not drawn and in no subtitle file; its time stays."""

    kind: Literal["hide"] = "hide"
    cue: Position
    word: Position


class EmphasiseWord(Model):
    """A word stands out also while it is not spoken; or, with `on` false, does so no more."""

    kind: Literal["emphasise"] = "emphasise"
    cue: Position
    word: Position
    on: bool = True


class JoinWords(Model):
    """A word and the one after it, in the same cue, become one."""

    kind: Literal["join_words"] = "join_words"
    cue: Position
    word: Position


class SplitWord(Model):
    """A word becomes two, the second from its character `at` on; nothing of what is seen changes."""

    kind: Literal["split_word"] = "split_word"
    cue: Position
    word: Position
    at: int = Field(gt=0)


class JoinCues(Model):
    """A cue and the one after it become one."""

    kind: Literal["join_cues"] = "join_cues"
    cue: Position


class SplitCue(Model):
    """A cue becomes two; the second begins with `word`."""

    kind: Literal["split_cue"] = "split_cue"
    cue: Position
    word: int = Field(gt=0)


class Shift(Model):
    """`frames` later, or earlier below 0: a whole cue, or the moment at which one `word` of it begins."""

    kind: Literal["shift"] = "shift"
    cue: Position
    word: Position | None = None
    frames: int = Field(ge=-100_000, le=100_000)


CaptionEdit: TypeAlias = Annotated[
    ChangeWord | HideWord | EmphasiseWord | JoinWords | SplitWord | JoinCues | SplitCue | Shift,
    Field(discriminator="kind"),
]


class EditedCaptions(Model):
    """Edits, in their order, and the cues on which the first of them was made.

    Of other cues they would change other words; so they are applied to these or not at all. `translations` are those of
    the clip that was edited: what stays as it was is not translated again.
    """

    base: tuple[Cue, ...]
    edits: tuple[CaptionEdit, ...] = Field(min_length=1, max_length=5000)
    translations: tuple[Translation, ...] = ()
