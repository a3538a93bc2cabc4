"""The brand kit: how a store looks and sounds, with a caption as it will be on a frame of the store's last clip."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr

from editai import captions, preview, profiles, zones
from editai.models import BrandKit, Profile
from editai.profiles.checks import drafted
from editai.script.language import NAMES
from editai.ui import looks, offered
from editai.ui.context import Desk, expected, told_on_page
from editai.ui.files import address, forget, show, uploaded
from editai.ui.profiles import pieces
from editai.ui.profiles.heads import Heads
from editai.ui.profiles.shown import (
    COLOURS,
    LABELS,
    answer,
    as_text,
    changed,
    failing,
    hidden,
    meant,
    show_if_meant,
    values,
    voices_of,
    wishes,
)
from editai.ui.tab import PRIVATE, Update

MARKETS = [("Everywhere (the strictest rules)", "all"), ("European Union", "eu"), ("United States", "us")]
UNPROVEN = [("Is taken out, and I am told", "remove"), ("Stops the clip", "stop")]
SEEN = ("caption_style", "emphasise", *COLOURS, "font")
"""The fields that change how a caption looks."""
CHOICES = (
    "caption_style", "font", "language", "voice", "when_voice_fails", "format", "time_zone", "writer", "seconds",
    "market", "when_claim_fails", "source_sound", "joint", "logo_place",
)  # fmt: skip
PICTURES = [".png", ".jpg", ".jpeg", ".webp"]
FONTS = [".ttf", ".otf"]
AS_ONE = "(...values) => JSON.stringify(values)"


class Kit:
    """The form's functions."""

    def __init__(self, desk: Desk, heads: Heads) -> None:
        self.desk = desk
        self.heads = heads

    def refresh(self, profile: Profile) -> list[Update]:
        """The store as it is kept: (shown, before, *form, status, save, logo, remove, own fonts, remove font)."""
        form = values(profile)
        fields = [form[name] for name in LABELS]
        studio = self.desk.studio(profile)
        fields[list(LABELS).index("when_voice_fails")] = gr.Dropdown(
            choices=failing(studio, profile.kit.language), value=form["when_voice_fails"]
        )
        fields[list(LABELS).index("voice")] = gr.Dropdown(
            choices=voices_of(profile.kit.language, studio), value=form["voice"]
        )
        fields[list(LABELS).index("font")] = gr.Radio(choices=captions.font_names(profile.kit), value=form["font"])
        return [
            profile.id,
            as_text(profile),
            *fields,
            pieces.saved(()),
            gr.Button(interactive=False),
            *self.logo(profile),
            *self.own_fonts(profile),
        ]

    def own_fonts(self, profile: Profile) -> list[Update]:
        """The fonts that the store uploaded, and the button that removes one."""
        own = [each.name for each in profile.kit.fonts]
        value = own[-1] if own else None
        return [gr.Dropdown(choices=own, value=value, visible=bool(own)), gr.Button(visible=bool(own))]

    def logo(self, profile: Profile) -> list[Update]:
        """The logo and the button that removes it."""
        box = pieces.logo_box(profile, self.heads.logo(profile))
        return [box, gr.Button(visible=profile.kit.logo is not None)]

    def drafted(self, before: str, *form: Any) -> list[Update]:
        """What is not saved yet: (status, save)."""
        with told_on_page():
            names = [LABELS[name] for name in changed(before, form)]
            return [pieces.saved(names), gr.Button(interactive=bool(names))]

    def speaks(self, request: gr.Request, shown: str, language: str) -> Update:
        """The voices of the language that was chosen."""
        with told_on_page():
            found = voices_of(language, self.desk.studio(meant(self.desk, shown, request)))
        return gr.Dropdown(choices=found, value=found[0][1] if found else None)

    def look(self, request: gr.Request, shown: str, before: str, *form: Any) -> str:
        """A caption as the form has it now, saved or not."""
        try:
            profile = meant(self.desk, shown, request)
            fields = {name: value for name, value in changed(before, form).items() if name in SEEN}
            kit = drafted(profile, wishes(fields), self.desk.studio(profile)).kit
            path = preview.preview_caption(self.desk.library, profile, kit)
            return answer(shown, pieces.preview(address(show(self.desk.settings, path)), bool(fields)))
        except Exception as error:  # noqa: BLE001 shown in the place of the picture, logged where nobody expected it
            return answer(shown, looks.error_box(expected(error)))

    def save(self, request: gr.Request, shown: str, before: str, *form: Any) -> list[Update]:
        """Keep what was changed, and nothing else."""
        with told_on_page():
            profile = meant(self.desk, shown, request)
            fields = wishes(changed(before, form))
            after = profiles.update(self.desk.library, profile.owner_id, profile.id, fields)
            gr.Info("Saved.", duration=3)
            return [*self.heads.refresh(after), *self.refresh(after)]

    def set_logo(self, shown: str, path: str, request: gr.Request) -> list[Update]:
        """Keep a logo at once: (*heads, logo, remove)."""
        with told_on_page():
            profile = meant(self.desk, shown, request)
            picture = uploaded(self.desk.settings, path)
            after = profiles.set_logo(self.desk.library, profile.owner_id, profile.id, picture)
            return [*self.heads.refresh(after), *self.logo(after)]

    def remove_logo(self, shown: str, request: gr.Request) -> list[Update]:
        """Take the logo away: (*heads, logo, remove)."""
        with told_on_page():
            profile = meant(self.desk, shown, request)
            after = profiles.remove_logo(self.desk.library, profile.owner_id, profile.id)
            forget(self.desk.settings)
            return [*self.heads.refresh(after), *self.logo(after)]

    def add_font(self, shown: str, path: str, request: gr.Request) -> list[Update]:
        """Keep a font at once: (fonts to choose from, those of the store's own, remove)."""
        with told_on_page():
            profile = meant(self.desk, shown, request)
            font = uploaded(self.desk.settings, path)
            kept, after = profiles.add_font(self.desk.library, profile.owner_id, profile.id, font)
            gr.Info(
                f"“{escape(kept.name)}” is kept. The style “Brand” is written in it once you choose it.", duration=6
            )
            return [gr.Radio(choices=captions.font_names(after.kit)), *self.own_fonts(after)]

    def remove_font(self, shown: str, name: str, request: gr.Request) -> list[Update]:
        """Remove a font of the store's own: (fonts to choose from, those of the store's own, remove)."""
        with told_on_page():
            profile = meant(self.desk, shown, request)
            after = profiles.remove_font(self.desk.library, profile.owner_id, profile.id, name)
            return [gr.Radio(choices=captions.font_names(after.kit)), *self.own_fonts(after)]


@dataclass(frozen=True)
class Built:
    """The form on the page; `shown` says which store it is."""

    does: Kit
    shown: gr.Textbox
    shows: list[Any]


def build(desk: Desk, heads: Heads) -> Built:
    """Lay the form out and connect it."""
    does = Kit(desk, heads)
    shown, before, drawn = (hidden(label) for label in ("Store shown", "As it was shown", "Caption"))
    typed, typed_looks = hidden("Typed"), hidden("Looks typed")
    with gr.Row(equal_height=False, elem_id="kit"):
        with gr.Column(scale=7, min_width=320):
            form, (upload, remove, logo), (add, own, take) = _form(desk)
            with gr.Row(elem_id="kit-save"):
                status = gr.HTML(pieces.saved(()))
                save = gr.Button("Save", variant="primary", interactive=False, scale=0, min_width=140)
        with gr.Column(scale=4, min_width=260, elem_id="kit-preview"):
            picture = gr.HTML()
    fields = [form[name] for name in LABELS]
    shows = [shown, before, *fields, status, save, logo, remove, own, take]

    latest: dict[str, Any] = {"trigger_mode": "always_last", **PRIVATE}
    # `change` and not `input`, which Gradio leaves out for what is pasted, and for a colour that is typed.
    # Every box says that it has changed when it is drawn, too; the app is asked where all of them together say
    # something else.
    digest: dict[str, Any] = {"fn": None, "js": AS_ONE, "trigger_mode": "multiple", **PRIVATE}
    gr.on([field.change for field in fields], inputs=[before, *fields], outputs=typed, **digest)
    typed.change(does.drafted, [before, *fields], [status, save], **latest)
    seen = [before, *(form[name] for name in SEEN)]
    gr.on([part.change for part in seen], inputs=[shown, *seen], outputs=typed_looks, **digest)
    typed_looks.change(does.look, [shown, before, *fields], drawn, concurrency_limit=2, **latest)
    show_if_meant(drawn, shown, picture)
    shown.change(
        None, None, picture, js="() => ''", **PRIVATE
    )  # drawing takes a moment; the last store's is gone at once
    form["language"].input(does.speaks, [shown, form["language"]], form["voice"], **PRIVATE)
    save.click(does.save, [shown, before, *fields], [*heads.shows, *shows], **PRIVATE)
    upload.upload(does.set_logo, [shown, upload], [*heads.shows, logo, remove], **PRIVATE)
    remove.click(does.remove_logo, shown, [*heads.shows, logo, remove], **PRIVATE)
    add.upload(does.add_font, [shown, add], [form["font"], own, take], **PRIVATE)
    take.click(does.remove_font, [shown, own], [form["font"], own, take], **PRIVATE)
    return Built(does, shown, shows)


def _form(desk: Desk) -> tuple[dict[str, Any], tuple[Any, Any, Any], tuple[Any, Any, Any]]:
    """The fields by name, and what belongs to the logo and to the fonts of the store's own."""
    form: dict[str, Any] = {}
    with gr.Row():
        form["name"] = gr.Textbox(label="Name of the store", max_length=50, scale=2, min_width=200)
        form["description"] = gr.Textbox(label="What it sells (for yourself)", max_length=500, scale=3, min_width=200)
    with gr.Row(elem_id="logo"):
        logo = gr.HTML()
        upload = gr.UploadButton("Upload a logo", file_types=PICTURES, size="sm", scale=0, min_width=150)
        remove = gr.Button("Remove it", size="sm", scale=0, min_width=110, visible=False)
    gr.HTML("<h3>Captions</h3>")
    styles = [(style.label, style.name) for style in captions.styles()]
    form["caption_style"] = gr.Dropdown(
        styles, label="Style", info="The style “Brand” is written in your colours and font."
    )
    form["emphasise"] = gr.Textbox(
        value="",  # the caption is drawn with it, maybe before the store's own is there
        label="Words that stand out (optional)",
        placeholder="handmade, free shipping",
        info="Prices and other amounts do so by themselves. Some styles have no colour for it.",
    )
    with gr.Row(elem_id="colours"):
        form["text"] = gr.ColorPicker(label="Text", min_width=100)
        form["highlight"] = gr.ColorPicker(label="Spoken word", min_width=100)
        form["background"] = gr.ColorPicker(label="Outline", min_width=100)
    form["font"] = gr.Radio(list(captions.families()), label="Font")
    with gr.Row(elem_id="own-fonts"):
        own = gr.Dropdown(label="Fonts of your own", visible=False, min_width=200)
        own.preprocess = lambda chosen: chosen or ""  # the list is the store's own
        add = gr.UploadButton("Upload a font", file_types=FONTS, size="sm", scale=0, min_width=150)
        take = gr.Button("Remove it", size="sm", scale=0, min_width=110, visible=False)
    gr.HTML("<h3>Voice</h3>")
    with gr.Row():
        languages = [(NAMES.get(code, code), code) for code in profiles.languages(desk.studio())]
        form["language"] = gr.Dropdown(languages, label="Language", scale=1, min_width=140)
        form["voice"] = gr.Dropdown(
            voices_of(BrandKit().language, desk.studio()), label="Voice", scale=3, min_width=200
        )
        form["speed"] = gr.Slider(0.5, 2, step=0.05, label="Speed (1 is the voice's own)", scale=2, min_width=180)
    form["when_voice_fails"] = gr.Dropdown(
        failing(desk.studio(), BrandKit().language), label="If the voice cannot speak"
    )
    form["lexicon"] = gr.Textbox(
        label="Pronunciation (optional)",
        placeholder="Lumora = loo-MOR-ah\nXS = extra small",
        info="One line for each word that a voice says wrong: as it is written = as it is said.",
        lines=2,
        max_lines=8,
    )
    gr.HTML("<h3>Script</h3>")
    with gr.Row():
        form["writer"] = gr.Dropdown(offered.WRITERS, label="Who writes where you give no script", min_width=200)
        form["seconds"] = gr.Dropdown(offered.LENGTHS, label="Length", min_width=140)
    with gr.Row():
        form["market"] = gr.Dropdown(
            MARKETS, label="Where you sell", info="Whose rules for claims hold.", min_width=200
        )
        form["when_claim_fails"] = gr.Dropdown(UNPROVEN, label="What cannot be shown to be true", min_width=200)
    form["commercial"] = gr.Checkbox(label="This store sells something (some voices may not be used for that)")
    gr.HTML("<h3>Clips and posts</h3>")
    with gr.Row():
        form["format"] = gr.Dropdown(offered.formats(), label="Shape", min_width=200)
        form["call_to_action"] = gr.Textbox(
            label="Call to action", placeholder="Shop now at aurora.example", max_length=60, min_width=200
        )
    with gr.Row():
        form["hashtags"] = gr.Textbox(label="Hashtags (up to five)", placeholder="#lamps #home", min_width=200)
        form["time_zone"] = gr.Dropdown(
            [(zone.replace("_", " "), zone) for zone in sorted(zones.known())],
            label="Time zone",
            info="Posts are scheduled by this clock.",
            min_width=200,
        )
    form["music_folder"] = gr.Textbox(
        label="Music folder (optional)",
        placeholder="/home/you/Music/shop",
        info="A folder on this computer with music that you may use.",
    )
    with gr.Row():
        form["source_sound"] = gr.Dropdown(offered.SOURCE_SOUNDS, label="The videos' own sound", min_width=200)
        form["joint"] = gr.Dropdown(offered.JOINTS, label="From shot to shot", min_width=200)
    with gr.Row():
        form["price_badge"] = gr.Checkbox(label="Show the price")
        form["end_card"] = gr.Checkbox(label="End with a card that carries the call to action")
    with gr.Row():
        form["logo_in_clips"] = gr.Checkbox(
            label="Show the logo in the clips", info="TikTok may remove videos that carry a logo.", min_width=200
        )
        form["logo_place"] = gr.Dropdown(offered.LOGO_PLACES, label="Where", min_width=140)
        form["logo_margin_px"] = gr.Number(label="Margin in pixels", precision=0, minimum=0, maximum=200, min_width=110)
    form["files_online"] = gr.Checkbox(
        label="Keep finished clips and the brand kit in my Supabase project too",
        info="Your other computers get them from there. They lie in a private bucket that nobody else can open.",
        visible=desk.settings.supabase_url is not None,
    )
    for name in CHOICES:  # what is not offered is refused in our own words, and what no longer is can stay
        form[name].preprocess = lambda chosen: chosen or ""
    form["seconds"].preprocess = lambda chosen: chosen or 0
    return {name: form[name] for name in LABELS}, (upload, remove, logo), (add, own, take)
