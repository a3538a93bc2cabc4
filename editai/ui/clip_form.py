"""How the clip is made: shape, music, brand; and what it discloses. There is a default for each, so all of it stays
out of the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from editai import captions
from editai.jobs import MOST_VARIANTS
from editai.models import Brief, LanguageModel, Profile
from editai.profiles.checks import emphasised
from editai.ui import looks, offered
from editai.ui.context import Desk
from editai.ui.files import uploaded
from editai.ui.tab import Update

MUSIC_TYPES = [".mp3", ".m4a", ".aac", ".ogg", ".opus", ".flac", ".wav"]
FOLDER, KEPT, NO_MUSIC = "folder", "kept", "none"
MOST_LANGUAGES = 10
MUSIC = [("From the store's music folder", FOLDER), ("None", NO_MUSIC)]
DISCLOSED = (
    "Platforms want their viewers to know this. What you switch on is told in the platform's own field, or in the text "
    "of the post. That a computer speaks is told by itself."
)


WISHES = (
    "formats", "variants", "platforms", "music", "track", "source_sound", "tighten", "joint", "price_badge", "end_card",
    "logo", "paid_partnership", "ai_visual", "captions_burned", "emphasise", "translate_to", "burned_language",
    "quality", "encoder",
)  # fmt: skip
"""What is chosen, by the components' names in the order in which they are filled and read."""


@dataclass(frozen=True)
class ClipForm:
    """The components. `languages` holds those for translations, `translator` says who translates or what is missing.

    `style` and `card` are read and filled by the form around this one.
    """

    formats: gr.CheckboxGroup
    variants: gr.Slider
    platforms: gr.Dropdown
    music: gr.Dropdown
    track: gr.File
    source_sound: gr.Dropdown
    tighten: gr.Checkbox
    joint: gr.Dropdown
    price_badge: gr.Checkbox
    end_card: gr.Checkbox
    logo: gr.Checkbox
    paid_partnership: gr.Checkbox
    ai_visual: gr.Checkbox
    captions_burned: gr.Checkbox
    emphasise: gr.Textbox
    translate_to: gr.Dropdown
    burned_language: gr.Dropdown
    quality: gr.Dropdown
    encoder: gr.Dropdown
    languages: gr.Column
    translator: gr.HTML
    style: gr.Radio
    card: gr.Checkbox

    @property
    def wishes(self) -> list[gr.components.Component]:
        """What `wishes` reads."""
        return [getattr(self, name) for name in WISHES]

    @property
    def translations(self) -> list[gr.components.Component]:
        """The languages that the captions are wanted in besides their own."""
        return [self.translate_to, self.burned_language]

    @property
    def translating(self) -> list[Any]:
        """What `translators` gives an update for."""
        return [self.languages, self.translator]

    @property
    def fields(self) -> list[Any]:
        """What `filled` gives an update for."""
        return [*self.wishes, *self.translating]


def build() -> ClipForm:
    """Lay it out."""
    style, card, captions_burned, emphasise, translator, languages, translate_to, burned_language = _captions()
    with gr.Accordion("Shape and variants", open=False):
        variants = gr.Slider(
            1,
            MOST_VARIANTS,
            value=1,
            step=1,
            label="Variants",
            info="Each opens with something else and shows other shots; a script that is written for you is in other "
            "words too. They are shown side by side.",
        )
        formats = gr.CheckboxGroup(offered.formats(), label="Shape", info="A clip is made in each that is chosen.")
        platforms = gr.Dropdown(
            offered.platforms(), multiselect=True, label="Made for", info="Nothing chosen: for all."
        )
        with gr.Row():
            quality = gr.Dropdown(offered.QUALITIES, value="standard", label="Quality", min_width=140)
            encoder = gr.Dropdown([("x264", "x264")], value="x264", label="Encoder", visible=False, min_width=140)
    with gr.Accordion("Music and sound", open=False):
        music = gr.Dropdown(MUSIC, value=FOLDER, label="Music")
        source_sound = gr.Dropdown(offered.SOURCE_SOUNDS, value="duck", label="The videos' own sound")
        track = gr.File(label="Or a piece of music that you may use", file_types=MUSIC_TYPES, height=130)
        tighten = gr.Checkbox(label="Shorten long pauses of the speech")
    with gr.Accordion("Brand", open=False):
        joint = gr.Dropdown(offered.JOINTS, value="cut", label="From shot to shot")
        price_badge = gr.Checkbox(label="Show the price")
        end_card = gr.Checkbox(label="End with a card that carries the call to action")
        logo = gr.Checkbox(label="Show the logo")
    with gr.Accordion("What viewers have to be told", open=False):
        gr.HTML(looks.note(DISCLOSED))
        paid_partnership = gr.Checkbox(
            label="Somebody else pays for this clip",
            info="A paid partnership. Leave it off for what you sell yourself: that is told as your own brand.",
        )
        ai_visual = gr.Checkbox(
            label="Pictures in the videos were made by a computer",
            info="Scenes or people that an AI made. What EditAI does, cutting and captions, does not count.",
        )
    for choice in (music, source_sound, joint, burned_language, quality, encoder):
        choice.preprocess = lambda chosen: chosen or ""  # what is not offered is refused in our own words
    for several in (formats, platforms, translate_to):
        several.preprocess = lambda chosen: chosen or []
    return ClipForm(
        formats, variants, platforms, music, track, source_sound, tighten, joint, price_badge, end_card, logo,
        paid_partnership, ai_visual, captions_burned, emphasise, translate_to, burned_language, quality, encoder,
        languages, translator, style, card,
    )  # fmt: skip


def _captions() -> tuple[Any, ...]:
    """What is written in the picture: (style, card, captions_burned, emphasise, translator, languages, translate_to,
    burned_language)."""
    with gr.Accordion("Captions and title card", open=False):
        styles = [(style.label, style.name) for style in captions.styles()]
        style = gr.Radio(styles, value=styles[0][1], label="Caption style")
        with gr.Row():
            burned = gr.Checkbox(value=True, label="Captions in the picture", min_width=160)
            card = gr.Checkbox(Brief.model_fields["hook_card"].default, label="Title card at the start", min_width=160)
        emphasise = gr.Textbox(
            label="Words that stand out in the captions (optional)",
            placeholder="handmade, free shipping",
            info="Prices and other amounts do so by themselves.",
        )
        translator = gr.HTML(looks.note(offered.NO_TRANSLATOR))
        with gr.Column(visible=False) as languages:
            translate_to = gr.Dropdown(
                offered.languages(),
                value=[],
                multiselect=True,
                max_choices=MOST_LANGUAGES,
                label="Subtitle files in other languages too",
            )
            spoken = [offered.AS_SPOKEN, *offered.languages()]
            burned_language = gr.Dropdown(spoken, value="", label="Language of the captions in the picture")
    return style, card, burned, emphasise, translator, languages, translate_to, burned_language


def translators(account: LanguageModel | None) -> list[Update]:
    """(languages, translator) for a store with this language model, or with none."""
    return [gr.Column(visible=account is not None), looks.note(offered.translator(account))]


def filled(profile: Profile, brief: Brief | None, account: LanguageModel | None) -> list[Update]:
    """As the product has it, or for a new one the store: an update for each of `ClipForm.fields`."""
    has = profile.kit.wishes() | (brief.model_dump() if brief else {})
    kept = [("The music of this product", KEPT)] if brief and brief.music else []
    encoders = offered.encoders()
    return [
        [has["format"]],
        1,
        list(has.get("platforms", ())),
        gr.Dropdown(choices=[*kept, *MUSIC], value=KEPT if kept else FOLDER),
        None,
        has["source_sound"],
        has.get("tighten", False),
        has["joint"],
        has["price_badge"],
        has["end_card"],
        has["logo"],
        has.get("paid_partnership", False),
        has.get("ai_visual", False),
        has.get("captions_burned", True),
        ", ".join(has["emphasise"]),
        list(has.get("translate_to", ())) if account else [],
        has.get("burned_language", "") if account else "",
        has.get("quality", "standard"),
        gr.Dropdown(choices=encoders, value=has.get("encoder", "x264"), visible=len(encoders) > 1),
        *translators(account),
    ]


def wishes(desk: Desk, chosen: tuple[Any, ...]) -> dict[str, Any]:
    """What was chosen, as `jobs.submit_each` takes it."""
    named = dict(zip(WISHES, chosen, strict=True))
    shapes, music, track = named.pop("formats"), named.pop("music"), named.pop("track")
    given: Path | None = uploaded(desk.settings, track) if track else None
    return {
        **named,
        "variants": int(named["variants"]),
        "format": shapes[0] if shapes else None,
        "more_formats": shapes[1:],
        "platforms": tuple(named["platforms"]),
        "translate_to": tuple(named["translate_to"]),
        "emphasise": emphasised(named["emphasise"]),
        "music": given,
        "without_music": music == NO_MUSIC and given is None,
        "preview": True,
    }
