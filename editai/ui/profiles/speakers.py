"""The section Voices: which engines there are, hearing one, a voice of the store's own, licences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from editai import profiles, voices
from editai.models import LicenceAccepted, Profile, Utterance, Voice
from editai.script.language import NAMES
from editai.ui import looks
from editai.ui.context import Desk, expected, told_on_page
from editai.ui.files import forget, uploaded
from editai.ui.heard import hear, playable
from editai.ui.offered import label_of
from editai.ui.profiles import spoken_pieces as pieces
from editai.ui.profiles.pieces import well
from editai.ui.profiles.shown import meant
from editai.ui.tab import PRIVATE, Update
from editai.voices import cloning
from editai.voices.base import clones_of

ASKED = (
    "Record or upload at least six seconds of speech, better ten to thirty: one person, who speaks freely, in a quiet "
    "room. A voice is cloned only with the consent of whose it is. Which engines can speak with it, and what for, is "
    "said above."
)


class Speakers:
    """The section's functions."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def refresh(self, profile: Profile) -> list[Update]:
        """The whole section with empty boxes: (*heard, *form, *own, *licence)."""
        return [*self.heard(profile), *self.form(profile), *self.own(profile), *self.licence(profile)]

    def heard(self, profile: Profile) -> list[Update]:
        """(engines, voice, said, note, sound)."""
        studio = self.desk.studio(profile)
        listed = [(label_of(each), str(each)) for each in voices.catalogue(studio)]
        return [
            pieces.engines([(engine.info, engine.missing(studio)) for engine in voices.engines()]),
            gr.Dropdown(choices=listed, value=str(profile.kit.voice)),
            "",
            "",
            gr.Audio(value=None, visible=False),
        ]

    def form(self, profile: Profile) -> list[Update]:
        """The form for a voice of the store's own, empty: (sample, name, language, whose, said_by, agreed, result)."""
        return [None, "", profile.kit.language, "", "", False, ""]

    def own(self, profile: Profile) -> list[Update]:
        """The store's own voices: (section, told, clone, name, acts)."""
        clones = clones_of(self.desk.studio(profile))
        label = "Voices" + (f": {len(clones)} of your own" if clones else "")
        chosen = [(clone.name, clone.id) for clone in clones]
        return [
            gr.Accordion(label=label),
            pieces.clones(clones),
            gr.Dropdown(choices=chosen, value=clones[0].id if clones else None),
            "",
            gr.Row(visible=bool(clones)),
        ]

    def licence(self, profile: Profile) -> list[Update]:
        """(told, engine, stated, read)."""
        bound = [engine.info for engine in voices.engines() if engine.info.non_commercial]
        told = pieces.licences([(info, _accepted(profile, info.name)) for info in bound], profile.kit.commercial)
        engine = gr.Dropdown(choices=[(info.label, info.name) for info in bound], value=bound[0].name)
        return [told, engine, "", bound[0].name in {item.engine for item in profile.kit.licences}]

    # ── hearing ──────────────────────────────────────────────────────────────────────────────────────────────────

    def hear_voice(self, shown: str, voice: str, text: str, request: gr.Request) -> Iterator[list[Update]]:
        """Speak what was typed, or a sentence of the voice's language: (note, sound)."""
        try:
            profile = meant(self.desk, shown, request)
            yield [looks.note("Getting ready …"), gr.skip()]
            speaks = Voice.parse(voice)
            language = voices.language_of(speaks, self.desk.studio(profile), profile.kit.language)
            for step in hear(self.desk, profile, voice, text.strip() or pieces.sentence_in(language), language):
                if isinstance(step, Utterance):
                    yield ["", gr.Audio(value=playable(self.desk, step), visible=True, autoplay=True)]
                elif step.message:
                    yield [looks.note(f"{step.message} …"), gr.skip()]
        except Exception as error:  # noqa: BLE001 shown in its place, logged where nobody expected it
            yield [looks.error_box(expected(error)), gr.Audio(value=None, visible=False)]

    # ── a voice of the store's own ───────────────────────────────────────────────────────────────────────────────

    def clone(
        self,
        shown: str,
        sample: str | None,
        name: str,
        language: str,
        whose: str,
        said_by: str,
        agreed: bool,
        request: gr.Request,
    ) -> list[Update]:
        """Keep a voice that was recorded or uploaded: (*form, *own, voice)."""
        with told_on_page():
            profile = meant(self.desk, shown, request)
            try:
                path = uploaded(self.desk.settings, sample)
                said = said_by if agreed else ""
                kept = cloning.keep(self.desk.studio(profile), path, name, language, whose, said)
            except Exception as error:  # noqa: BLE001 shown below the form, logged where nobody expected it
                return [*[gr.skip()] * 6, looks.error_box(expected(error)), *[gr.skip()] * 6]
            path.unlink(missing_ok=True)  # the store has it now; somebody's voice lies nowhere else
            told = well(
                f"“{kept.name}” is one of this store's voices now. Hear it above, or choose it in the brand kit."
            )
            return [*self.form(profile)[:-1], told, *self.own(profile), self.heard(profile)[1]]

    def rename_clone(self, shown: str, clone: str, name: str, request: gr.Request) -> list[Update]:
        """Give one of the store's voices another name: (*own, voice)."""
        with told_on_page():
            profile = meant(self.desk, shown, request)
            cloning.rename(self.desk.studio(profile), clone, name)
            return [*self.own(profile), self.heard(profile)[1]]

    def delete_clone(self, shown: str, clone: str, request: gr.Request) -> list[Update]:
        """Delete one of the store's voices with everything that it spoke: (*own, voice)."""
        with told_on_page():
            profile = meant(self.desk, shown, request)
            gone, after = profiles.delete_clone(self.desk.library, profile, clone)
            forget(self.desk.settings)
            gr.Info(f"{gone.name} is deleted, with its recording and everything that it spoke.", duration=5)
            return [*self.own(after), self.heard(after)[1]]

    # ── licences ─────────────────────────────────────────────────────────────────────────────────────────────────

    def accept(self, shown: str, engine: str, stated: str, read: bool, request: gr.Request) -> list[Update]:
        """Note that a licence was read and accepted, or take that back: (*licence)."""
        with told_on_page():
            profile = meant(self.desk, shown, request)
            if read:
                after = profiles.accept_licence(self.desk.library, profile, engine, stated)
            else:
                after = profiles.withdraw_licence(self.desk.library, profile, engine)
            gr.Info("Saved.", duration=3)
            return self.licence(after)


def _accepted(profile: Profile, engine: str) -> LicenceAccepted | None:
    return next((item for item in profile.kit.licences if item.engine == engine), None)


def build(desk: Desk, shown: gr.Textbox) -> tuple[Speakers, list[Any]]:
    """Lay the section out and connect it: what it does, what it shows."""
    does = Speakers(desk)
    with gr.Accordion("Voices", open=False, elem_id="voices") as section:
        heard, hears = _heard()
        form, add = _form(desk)
        own, rename, delete = _own()
        licence, save = _licence()
    mine = [section, *own]
    hears.click(
        does.hear_voice, [shown, heard[1], heard[2]], heard[3:], concurrency_limit=1, concurrency_id="hear", **PRIVATE
    )
    add.click(does.clone, [shown, *form[:-1]], [*form, *mine, heard[1]], **PRIVATE)
    rename.click(does.rename_clone, [shown, own[1], own[2]], [*mine, heard[1]], **PRIVATE)
    delete.click(does.delete_clone, [shown, own[1]], [*mine, heard[1]], **PRIVATE)
    save.click(does.accept, [shown, *licence[1:]], licence, **PRIVATE)
    return does, [*heard, *form, *mine, *licence]


def _heard() -> tuple[list[Any], gr.Button]:
    engines = gr.HTML()
    gr.HTML("<h3>Hear a voice</h3>")
    with gr.Row():
        voice = _choice("Voice to hear")
        said = gr.Textbox(label="What it says", placeholder="A sentence of your own", max_length=600, scale=3)
    with gr.Row(elem_classes="acts"):
        hears = gr.Button("Hear it", scale=0, min_width=110)
    note, sound = gr.HTML(), gr.Audio(label="How it sounds", visible=False, interactive=False)
    return [engines, voice, said, note, sound], hears


def _form(desk: Desk) -> tuple[list[Any], gr.Button]:
    gr.HTML("<h3>A voice of your own</h3>")
    gr.HTML(looks.note(ASKED))
    sample = gr.Audio(label="Recording", sources=["upload", "microphone"], type="filepath")
    with gr.Row():
        name = gr.Textbox(label="What it is called", max_length=50, min_width=180)
        languages = [(NAMES.get(code, code), code) for code in profiles.languages(desk.studio())]
        language = gr.Dropdown(languages, label="Language of the recording", min_width=160)
    with gr.Row():
        whose = gr.Textbox(label="Whose voice it is", placeholder="First and last name", max_length=100, min_width=180)
        said_by = gr.Textbox(
            label="Who says that it may be used", placeholder="Your name", max_length=100, min_width=180
        )
    agreed = gr.Checkbox(label="This person has agreed that the voice is cloned and speaks in this store's clips")
    with gr.Row(elem_classes="acts"):
        add = gr.Button("Add this voice", variant="primary", scale=0, min_width=150)
    return [sample, name, language, whose, said_by, agreed, gr.HTML()], add


def _own() -> tuple[list[Any], gr.Button, gr.Button]:
    told = gr.HTML()
    with gr.Row(elem_classes="acts", visible=False) as acts:
        clone = _choice("Voice of your own")
        name = gr.Textbox(label="New name", max_length=50, min_width=160)
        rename = gr.Button("Rename", scale=0, min_width=110)
        delete = gr.Button("Delete", variant="stop", scale=0, min_width=110)
    return [told, clone, name, acts], rename, delete


def _licence() -> tuple[list[Any], gr.Button]:
    gr.HTML("<h3>Licences</h3>")
    told = gr.HTML()
    with gr.Row():
        engine = _choice("Engine")
        stated = gr.Textbox(
            label="A licence of your own (optional)",
            placeholder="Who gave it, when, its number",
            max_length=300,
            scale=3,
        )
    read = gr.Checkbox(label="I have read this engine's licence and accept it for this store")
    with gr.Row(elem_classes="acts"):
        save = gr.Button("Save", variant="primary", scale=0, min_width=110)
    return [told, engine, stated, read], save


def _choice(label: str) -> gr.Dropdown:
    """A list whose items are the store's own; the library says whether there is one like that."""
    box = gr.Dropdown(label=label, min_width=200, scale=2)
    box.preprocess = lambda chosen: chosen or ""
    return box
