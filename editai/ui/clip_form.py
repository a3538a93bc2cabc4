"""How the clip is made: shape, music, brand. The store has a default for each, so all of it stays out of the way."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

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


WISHES = (
    "formats", "variants", "platforms", "music", "track", "source_sound", "tighten", "joint", "price_badge", "end_card",
    "logo", "captions_burned", "emphasise", "translate_to", "burned_language", "quality", "encoder",
)  # fmt: skip
"""What is chosen, by the components' names in the order in which they are filled and read."""


@dataclass(frozen=True)
class ClipForm:
    """The components. `languages` holds those for translations, `translator` says who translates or what is missing."""

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
    captions_burned: gr.Checkbox
    emphasise: gr.Textbox
    translate_to: gr.Dropdown
    burned_language: gr.Dropdown
    quality: gr.Dropdown
    encoder: gr.Dropdown
    languages: gr.Column
    translator: gr.HTML

    @property
    def wishes(self) -> list[gr.components.Component]:
        """What `wishes` reads."""
        return [getattr(self, name) for name in WISHES]

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
    with gr.Accordion("Shape and variants", open=False):
        formats = gr.CheckboxGroup(offered.formats(), label="Shape", info="A clip is made in each that is chosen.")
        with gr.Row():
            variants = gr.Slider(
                1, MOST_VARIANTS, value=1, step=1, label="Variants", info="Other shots, another opening.", min_width=160
            )
            platforms = gr.Dropdown(
                offered.platforms(), multiselect=True, label="Made for", info="Nothing chosen: for all.", min_width=200
            )
        with gr.Row():
            quality = gr.Dropdown(offered.QUALITIES, value="standard", label="Quality", min_width=140)
            encoder = gr.Dropdown([("x264", "x264")], value="x264", label="Encoder", visible=False, min_width=140)
    with gr.Accordion("Music and sound", open=False):
        with gr.Row():
            music = gr.Dropdown(MUSIC, value=FOLDER, label="Music", min_width=240)
            source_sound = gr.Dropdown(
                offered.SOURCE_SOUNDS, value="duck", label="The videos' own sound", min_width=180
            )
        track = gr.File(label="Or a piece of music that you may use", file_types=MUSIC_TYPES, height=130)
        tighten = gr.Checkbox(label="Shorten long pauses of the speech")
    with gr.Accordion("Brand", open=False):
        joint = gr.Dropdown(offered.JOINTS, value="cut", label="From shot to shot")
        with gr.Row():
            price_badge = gr.Checkbox(label="Show the price", min_width=120)
            end_card = gr.Checkbox(label="End with a card that carries the call to action", min_width=200)
            logo = gr.Checkbox(label="Show the logo", min_width=120)
    with gr.Accordion("Captions", open=False):
        captions_burned = gr.Checkbox(
            value=True, label="Captions in the picture", info="Without it they are in the subtitle files alone."
        )
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
            burned_language = gr.Dropdown(
                [offered.AS_SPOKEN, *offered.languages()], value="", label="Language of the captions in the picture"
            )
    for choice in (music, source_sound, joint, burned_language, quality, encoder):
        choice.preprocess = lambda chosen: chosen or ""  # what is not offered is refused in our own words
    for several in (formats, platforms, translate_to):
        several.preprocess = lambda chosen: chosen or []
    return ClipForm(
        formats, variants, platforms, music, track, source_sound, tighten, joint, price_badge, end_card, logo,
        captions_burned, emphasise, translate_to, burned_language, quality, encoder, languages, translator,
    )  # fmt: skip


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
