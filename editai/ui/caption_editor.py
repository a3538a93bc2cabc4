"""The captions of the clip that is shown, to be edited: its words in a table, one of them chosen, its caption drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from editai import captions, covered, jobs, platforms, recaption
from editai.errors import Conflict
from editai.models import (
    FPS,
    CaptionEdit,
    ChangeWord,
    Clip,
    CueWord,
    EmphasiseWord,
    HideWord,
    JoinCues,
    JoinWords,
    Plan,
    Profile,
    Shift,
    SplitCue,
    SplitWord,
)
from editai.platforms import Preset
from editai.preview import preview_cue
from editai.publish.check import changed_since
from editai.ui import clips, looks
from editai.ui.context import Desk, expected, told_on_page
from editai.ui.files import address, show
from editai.ui.follow import watch
from editai.ui.tab import PRIVATE, Update

HEADERS = ["No.", "Word", "From", "To", ""]
STEP = 3
"""Frames by which a caption, or the moment at which a word begins, is moved: a tenth of a second."""
CLOSED: dict[str, Any] = {}
"""What the page's state holds while no clip is edited."""
NOTHING = "Nothing"
COVERED: Mapping[str, tuple[Preset, ...]] = {
    **{preset.label: (preset,) for preset in platforms.presets()},
    "All of these": platforms.presets(),
}
"""What lies over a clip, by the name in the list of choices."""
ABOUT = (
    "Choose a word in the table. Edits are of this clip alone: rendering again makes a new one of it, and no voice "
    "speaks again. A clip that is produced anew begins with the captions of its script."
)

STALE = "Its product was changed since, so that it cannot be rendered again: produce the clip anew."

MAKES: Mapping[str, Callable[[int, int, CueWord, str], CaptionEdit]] = {
    "Change": lambda cue, word, _, text: ChangeWord(cue=cue, word=word, text=text),
    "Hide": lambda cue, word, *_: HideWord(cue=cue, word=word),
    "Stand out": lambda cue, word, old, _: EmphasiseWord(cue=cue, word=word, on=not old.emphasised),
    "Join with next word": lambda cue, word, *_: JoinWords(cue=cue, word=word),
    "Split word": lambda cue, word, old, _: SplitWord(cue=cue, word=word, at=_middle(old.text)),
    "New caption from here": lambda cue, word, *_: SplitCue(cue=cue, word=max(word, 1)),
    "Join with next caption": lambda cue, *_: JoinCues(cue=cue),
    "Caption earlier": lambda cue, *_: Shift(cue=cue, frames=-STEP),
    "Caption later": lambda cue, *_: Shift(cue=cue, frames=STEP),
    "Word earlier": lambda cue, word, *_: Shift(cue=cue, word=word, frames=-STEP),
    "Word later": lambda cue, word, *_: Shift(cue=cue, word=word, frames=STEP),
}
"""Each button's edit of the chosen word, by its cue, its position, itself, and what was typed."""


def _middle(text: str) -> int:
    """Where a word is split: at the space nearest to its middle, or there."""
    half = max(1, len(text) // 2)
    return min((at for at, sign in enumerate(text) if sign == " " and at), key=lambda at: abs(at - half), default=half)


@dataclass(frozen=True)
class Opened:
    """The clip that is edited, with its edits, its captions as they make them, and the chosen word."""

    clip: Clip
    edits: tuple[CaptionEdit, ...]
    plan: Plan
    cue: int
    word: int

    @property
    def chosen(self) -> CueWord:
        return captions.word_at(self.plan, self.cue, self.word)


class Editor:
    """The functions of this part of the tab; each says what it returns for which outputs in `build`."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def open_captions(self, profile_id: str, watched: dict[str, str], request: gr.Request) -> list[Update]:
        """The captions of the watched job's clip, once it is done: (box, editing, table, word, note)."""
        with told_on_page():
            profile = self.desk.profile(request, profile_id)
            nothing = [*closed(), [], "", ""]
            if not watched["job"] or watched["profile"] != profile.id:
                return nothing
            job = self.desk.library.journal.job(profile.id, watched["job"])
            if job.state != "done" or not job.clip_id:
                return nothing
            clip = clips.find(self.desk, profile.id, job.clip_id)
            opened = self._as_edited(clip, recaption.edits_of(clip), 0, 0)
            if not opened.plan.cues:
                return nothing
            return [gr.Accordion(visible=True), *self._shown(opened)]

    def choose_word(
        self, profile_id: str, editing: dict[str, Any], event: gr.SelectData, request: gr.Request
    ) -> list[Update]:
        """The word whose row was clicked: (editing, table, word, note)."""
        with told_on_page():
            opened = self._opened(self.desk.profile(request, profile_id), editing)
            if opened is None or not event.row_value:
                return [gr.skip()] * 4
            cue, word = (int(number) - 1 for number in str(event.row_value[0]).split("."))
            found, _, word_box, note = self._shown(self._as_edited(opened.clip, opened.edits, cue, word))
            return [found, gr.skip(), word_box, note]

    def editor(self, label: str) -> Callable[..., list[Update]]:
        """What a button does with the chosen word: (editing, table, word, note)."""

        def edit(profile_id: str, editing: dict[str, Any], text: str, request: gr.Request) -> list[Update]:
            with told_on_page():
                opened = self._meant(self.desk.profile(request, profile_id), editing)
                made = captions.read_edits([MAKES[label](opened.cue, opened.word, opened.chosen, text).model_dump()])
                return self._shown(self._as_edited(opened.clip, opened.edits + made, opened.cue, opened.word))

        return edit

    def undo(self, profile_id: str, editing: dict[str, Any], request: gr.Request) -> list[Update]:
        """The captions without the last edit: (editing, table, word, note)."""
        with told_on_page():
            opened = self._meant(self.desk.profile(request, profile_id), editing)
            return self._shown(self._as_edited(opened.clip, opened.edits[:-1], opened.cue, opened.word))

    def draw_cue(self, profile_id: str, editing: dict[str, Any], covered_on: str, request: gr.Request) -> str:
        """The frame in which the chosen word is spoken, with its caption and what is covered on a platform."""
        try:
            opened = self._opened(self.desk.profile(request, profile_id), editing)
            if opened is None:
                return ""
            on, about = COVERED.get(covered_on, ()), ""
            if on and not covered.is_upright(opened.plan.width_px, opened.plan.height_px):
                on, about = (), covered.NOTHING
            drawn = preview_cue(self.desk.library, opened.clip, opened.edits, opened.cue, opened.word, on)
        except Exception as error:  # noqa: BLE001 shown in its place, logged where nobody expected it
            return looks.error_box(expected(error))
        return looks.caption(
            address(show(self.desk.settings, drawn)), covered.said(on) if on else about, covered.sources(on)
        )

    def render_again(self, profile_id: str, editing: dict[str, Any], request: gr.Request) -> Update:
        """Queue the clip with its edits; which job is watched then."""
        with told_on_page():
            opened = self._meant(self.desk.profile(request, profile_id), editing)
            owner = self.desk.profile(request, opened.clip.profile_id)
            return watch(jobs.submit_edited(self.desk.library, owner, opened.clip.id, opened.edits))

    # ── what they share ──────────────────────────────────────────────────────────────────────────────────────────

    def _opened(self, profile: Profile, editing: dict[str, Any]) -> Opened | None:
        """What is edited in this store; None where that is nothing."""
        if not editing or editing["profile"] != profile.id:
            return None
        clip = clips.find(self.desk, profile.id, editing["clip"])
        return self._as_edited(clip, captions.read_edits(editing["edits"]), editing["cue"], editing["word"])

    def _meant(self, profile: Profile, editing: dict[str, Any]) -> Opened:
        """What is edited in this store. Raises Conflict 409 `captions_closed` where that is nothing."""
        opened = self._opened(profile, editing)
        if opened is None:
            said = "The captions that you see are not open any more: another clip or store was chosen meanwhile."
            raise Conflict("captions_closed", said, "Press Show beside the clip once more, then edit its captions.")
        return opened

    def _as_edited(self, clip: Clip, edits: tuple[CaptionEdit, ...], cue: int, word: int) -> Opened:
        """The clip with these edits; the chosen word is the nearest that there is."""
        plan = recaption.edited(self.desk.library, clip, edits)
        cue = min(cue, len(plan.cues) - 1)
        return Opened(clip, edits, plan, cue, min(word, len(plan.cues[cue].words) - 1) if plan.cues else 0)

    def _shown(self, opened: Opened) -> list[Update]:
        """(editing, table, word, note)."""
        held = {"profile": opened.clip.profile_id, "clip": opened.clip.id, "cue": opened.cue, "word": opened.word}
        held["edits"] = [edit.model_dump(mode="json") for edit in opened.edits]
        if not opened.plan.cues:
            return [held, [], "", ""]
        count = len(opened.edits)
        edits = f" {count} edit{'s' if count > 1 else ''} so far." if count else ""
        again = " What is changed is translated again when it is rendered." if opened.plan.translations else ""
        stale = f" {STALE}" if changed_since(self.desk.library, opened.clip) else ""
        note = looks.note(f"Caption {opened.cue + 1}, word {opened.word + 1}.{edits}{again}{stale}")
        return [held, _rows(opened.plan), opened.chosen.text, note]


def closed() -> list[Update]:
    """(box, editing) while there is no clip to edit."""
    return [gr.Accordion(visible=False), CLOSED]


def _rows(plan: Plan) -> list[list[str]]:
    """The words with their times in seconds."""
    return [
        [
            f"{number + 1}.{place + 1}",
            word.text or "–",
            f"{word.start / FPS:.2f}",
            f"{word.end / FPS:.2f}",
            "hidden" if not word.text else "stands out" if word.emphasised else "",
        ]
        for number, cue in enumerate(plan.cues)
        for place, word in enumerate(cue.words)
    ]


def build(
    desk: Desk, profile: gr.Dropdown, watched: gr.State, moved: gr.State, follower: Any
) -> list[gr.components.Component]:
    """Lay it out and connect it; what has to be closed when another store is chosen: (box, editing).

    It opens when `moved` tells of a job that is done; `follower` is the event that follows the job in `watched`.
    """
    does = Editor(desk)
    editing = gr.State(CLOSED)
    buttons: dict[str, gr.Button] = {}
    with gr.Accordion("Edit the captions", open=False, visible=False, elem_id="caption-editor") as box:
        gr.HTML(looks.note(ABOUT))
        with gr.Row(equal_height=False):
            with gr.Column(scale=3, min_width=300):
                table = gr.Dataframe(
                    headers=HEADERS, type="array", interactive=False, max_height=420, wrap=True, label="Words",
                    column_widths=[54, 112, 58, 58, 60], buttons=[],
                )  # fmt: skip
            with gr.Column(scale=2, min_width=240):
                picture = gr.HTML(elem_id="caption-frame")
                shown_on = gr.Dropdown(
                    [NOTHING, *COVERED], value=NOTHING, label="Show what is covered on", elem_id="covered-on"
                )
        note = gr.HTML()
        with gr.Row(elem_classes="acts"):
            word = gr.Textbox(label="Word", max_lines=1, max_length=200, scale=3, interactive=True, min_width=160)
            buttons["Change"] = gr.Button("Change", size="sm", scale=0, min_width=100)
        with gr.Row(elem_classes="caption-acts"):
            for label in [each for each in MAKES if each != "Change"]:
                buttons[label] = gr.Button(label, size="sm", scale=0, min_width=100)
            undo = gr.Button("Undo", size="sm", scale=0, min_width=100)
        again = gr.Button("Render again", variant="primary", elem_id="render-again")
    view = [editing, table, word, note]

    moved.change(does.open_captions, [profile, moved], [box, *view], **PRIVATE)
    table.select(does.choose_word, [profile, editing], view, **PRIVATE)
    for label, button in buttons.items():
        button.click(does.editor(label), [profile, editing, word], view, **PRIVATE)
    word.submit(does.editor("Change"), [profile, editing, word], view, **PRIVATE)
    undo.click(does.undo, [profile, editing], view, **PRIVATE)
    drawing: dict[str, Any] = {"concurrency_limit": 2, "concurrency_id": "preview", "trigger_mode": "always_last"}
    for change in (editing.change, shown_on.input):
        change(does.draw_cue, [profile, editing, shown_on], picture, **drawing, **PRIVATE)
    again.click(None, cancels=[follower], **PRIVATE)
    again.click(does.render_again, [profile, editing], watched, **PRIVATE)
    return [box, editing]
