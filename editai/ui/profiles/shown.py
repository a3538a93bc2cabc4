"""Which store the Profiles tab shows, and with which values: what a button acts on is what is seen.

The choice above the tabs may be a moment ahead of the form below it. Every button of the tab takes its store from here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import gradio as gr

from editai import voices
from editai.errors import Conflict
from editai.models import Profile
from editai.spoken import lexicon
from editai.ui import offered
from editai.ui.context import Desk
from editai.ui.tab import PRIVATE
from editai.voices import Studio

LABELS = {
    "name": "name",
    "description": "description",
    "caption_style": "caption style",
    "emphasise": "words that stand out",
    "text": "text colour",
    "highlight": "colour of the spoken word",
    "background": "outline colour",
    "font": "font",
    "language": "language",
    "voice": "voice",
    "speed": "speed",
    "when_voice_fails": "what a failing voice does",
    "lexicon": "pronunciation",
    "writer": "who writes",
    "seconds": "length",
    "market": "market",
    "when_claim_fails": "what is not proven",
    "commercial": "whether it sells",
    "format": "shape",
    "call_to_action": "call to action",
    "hashtags": "hashtags",
    "time_zone": "time zone",
    "music_folder": "music folder",
    "source_sound": "the videos' own sound",
    "joint": "how shots follow",
    "price_badge": "price badge",
    "end_card": "end card",
    "logo_in_clips": "logo in the clips",
    "logo_place": "place of the logo",
    "logo_margin_px": "margin of the logo",
    "files_online": "files in the Supabase project",
}
"""The fields of the form, in its order, with what they are called in a sentence."""

IF_MEANT = """(late, shown) => {
  const answer = JSON.parse(late || "{}");
  return answer.store && answer.store === shown ? answer.html : "";
}"""

COLOURS = ("text", "highlight", "background")


def values(profile: Profile) -> dict[str, Any]:
    """A store as its form shows it."""
    kit = profile.kit
    return {
        "name": profile.name,
        "description": profile.description,
        "caption_style": kit.caption_style,
        "emphasise": ", ".join(kit.emphasise),
        **kit.colours.model_dump(),
        "font": kit.font,
        "language": kit.language,
        "voice": str(kit.voice),
        "speed": kit.voice.speed,
        "when_voice_fails": kit.when_voice_fails,
        "lexicon": lexicon.as_text(kit.lexicon),
        "writer": kit.writer,
        "seconds": kit.seconds or 0,
        "market": kit.market,
        "when_claim_fails": kit.when_claim_fails,
        "commercial": kit.commercial,
        "format": kit.format,
        "call_to_action": kit.call_to_action,
        "hashtags": " ".join(kit.hashtags),
        "time_zone": kit.time_zone,
        "music_folder": kit.music_folder,
        "source_sound": kit.source_sound,
        "joint": kit.joint,
        "price_badge": kit.price_badge,
        "end_card": kit.end_card,
        "logo_in_clips": kit.logo_in_clips,
        "logo_place": kit.logo_place,
        "logo_margin_px": kit.logo_margin_px,
        "files_online": kit.files_online,
    }


def as_text(profile: Profile) -> str:
    """What the form shows, to be compared with what it holds later; nothing of it is secret."""
    return json.dumps(values(profile))


def hidden(label: str) -> gr.Textbox:
    """A box that holds something for the page and is not seen."""
    return gr.Textbox(label=label, visible="hidden", elem_classes="nowhere")


def answer(shown: str, html: str) -> str:
    """What took a while to find out about the store that was shown, for `show_if_meant`."""
    return json.dumps({"store": shown, "html": html})


def show_if_meant(late: gr.Textbox, shown: gr.Textbox, target: gr.HTML) -> None:
    """Show an `answer` in `target`, unless another store was chosen while it was on its way."""
    late.change(None, [late, shown], target, js=IF_MEANT, **PRIVATE)


def meant(desk: Desk, shown: str, request: gr.Request) -> Profile:
    """The store that the page shows. Raises Conflict 409 `page_outdated` where it shows none, and as `Desk.profile`."""
    profile = desk.profile(request, shown)
    if shown != profile.id:
        raise Conflict("page_outdated", "This page does not show a store yet.", "Reload the page.")
    return profile


def changed(before: str, form: tuple[Any, ...]) -> dict[str, Any]:
    """The fields of the form that are not as they were shown, by name."""
    was = json.loads(before or "{}")
    now = dict(zip(LABELS, form, strict=True))
    now |= {name: as_hex(now[name]) for name in COLOURS}
    return {name: value for name, value in now.items() if value != was.get(name)}


def wishes(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Changed fields as `profiles.update` takes them."""
    colours = {name: fields[name] for name in COLOURS if name in fields}
    others = {name: value for name, value in fields.items() if name not in COLOURS}
    return {**others, **({"colours": colours} if colours else {})}


def as_hex(colour: object) -> str:
    """What a colour picker gives ("#ffcf33", "rgba(255, 207, 51, 1)") as "#FFCF33"; anything else as it is."""
    typed = str(colour or "").strip()
    if found := re.match(r"rgba?\(\s*([\d.]+)\s*,\s*([\d.]+)\s*,\s*([\d.]+)", typed):
        return "#" + "".join(f"{min(255, round(float(part))):02X}" for part in found.groups())
    if found := re.fullmatch(r"#([0-9A-Fa-f])([0-9A-Fa-f])([0-9A-Fa-f])", typed):
        return "#" + "".join(2 * digit for digit in found.groups()).upper()
    return typed.upper() if typed.startswith("#") else typed


def voices_of(language: str, studio: Studio) -> list[tuple[str, str]]:
    """The voices that speak a language, as (label, id)."""
    return [(offered.label_of(each), str(each)) for each in voices.catalogue(studio) if language in each.languages]


def failing(studio: Studio, language: str) -> list[tuple[str, str]]:
    """What a voice that cannot speak may do: stop, or one of the free voices of this computer speaks."""
    free = [
        (f"Go on with {each.label}, and tell me", str(each))
        for each in voices.catalogue(studio)
        if language in each.languages and voices.is_free_and_local(voices.engine(each.engine).info) and not each.cloned
    ]
    default = ("Go on with the default voice of the language, and tell me", "default_voice")
    return [("Stop and tell me", "stop"), default, *free]
