"""What is offered to choose from: voices with what they cost and what there is to know, lengths, writers."""

from __future__ import annotations

from editai import captions, render, script, voices
from editai.formats import shapes
from editai.models import BrandKit, Brief, File, LanguageModel
from editai.platforms import presets
from editai.readable import at_most, dollars
from editai.script.language import NAMES
from editai.voices import EngineInfo, Studio, VoiceInfo

WRITERS = [("EditAI's own templates (free)", "template"), ("The language model of this store", "model")]
LENGTHS = [("As long as it takes", 0), *((f"{seconds} seconds", seconds) for seconds in (10, 15, 21, 30, 45, 60))]
SOURCE_SOUNDS = [
    ("Under the voice", "duck"),
    ("As loud as the voice", "keep"),
    ("Under the voice, without what is said in it", "mute_speech"),
    ("Off", "mute"),
]
JOINTS = [("Cut", "cut"), ("Fade", "fade"), ("Slide", "slide"), ("Zoom", "zoom")]
LOGO_PLACES = [
    ("Top left", "top_left"),
    ("Top right", "top_right"),
    ("Bottom left", "bottom_left"),
    ("Bottom right", "bottom_right"),
]
QUALITIES = [("Draft (fast)", "draft"), ("Standard", "standard"), ("High (larger file)", "high")]
USUAL_LETTERS = 170
"""Characters of a script for a clip of 15 seconds, for a price that says something."""


BRIEF = Brief(sources=(File(name="", sha256="", bytes=0),))
"""The brief of a clip of which nothing is known, for a price that says something."""

AS_SPOKEN = ("As they are spoken", "")
NO_TRANSLATOR = (
    "The captions can be translated as well. For this the store needs a language model: “Language model that writes” "
    "on the Profiles tab."
)


def writers(kit: BrandKit, account: LanguageModel | None) -> list[tuple[str, str]]:
    """Who can write a script, as (label, name), with what one costs, or that the store has no model that could."""
    (free, template), (label, model) = WRITERS
    if account is None:
        return [(free, template), (f"{label} (none yet)", model)]
    most = script.model_price(BRIEF, kit, kit.language, script.LETTERS_PER_SECOND, account)
    price = f"{at_most(most)} a script" if most else "free"
    return [(free, template), (f"{account.model} ({price})", model)]


def languages() -> list[tuple[str, str]]:
    """The languages into which captions can be translated, as (label, code)."""
    return sorted((name, code) for code, name in NAMES.items())


def translator(account: LanguageModel | None) -> str:
    """Who translates the captions and what that costs, or what is missing for it."""
    if account is None:
        return NO_TRANSLATOR
    most = captions.translation_price(["word"] * (USUAL_LETTERS // 5), "", ["it"], account)
    price = f"for {at_most(most)} a language, usually far less" if most else "for free"
    return f"{account.model} can translate the captions, {price}."


def formats() -> list[tuple[str, str]]:
    """The shapes of a clip, as (label, name)."""
    return [(shape.label, shape.name) for shape in shapes()]


def platforms() -> list[tuple[str, str]]:
    """What a clip can be made for, as (label, name)."""
    return [(preset.label, preset.name) for preset in presets()]


def encoders() -> list[tuple[str, str]]:
    """The encoders that work on this machine, as (label, name)."""
    return [(encoder.label, encoder.name) for encoder in render.encoders()]


def label_of(voice: VoiceInfo) -> str:
    """A voice in a list: "Heart, American woman · Kokoro · free"."""
    engine = voices.engine(voice.engine).info
    return " · ".join((voice.label, engine.label, price_of(engine)))


def price_of(engine: EngineInfo, letters: int = USUAL_LETTERS) -> str:
    """What a script of so many characters costs with an engine: "free", "about $0.04 a clip"."""
    if engine.price_per_1000_chars is None:
        return "free"
    return f"about {dollars(voices.price(engine, letters))} a clip"


def as_data(voice: VoiceInfo, studio: Studio) -> dict[str, object]:
    """A voice as scripts see it; `missing` says what keeps it from speaking here, "" where nothing does."""
    engine = voices.engine(voice.engine)
    about = engine.info
    return {
        "id": str(voice),
        **voice.model_dump(mode="json"),
        "language": voice.language,
        "engine_label": about.label,
        "licence": about.licence,
        "licence_note": about.licence_note,
        "non_commercial": about.non_commercial,
        "official": about.official,
        "local": about.local,
        "price_per_1000_chars": about.price_per_1000_chars,
        "word_times": about.word_times,
        "missing": engine.missing(studio),
    }
