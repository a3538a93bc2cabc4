"""What the owner asks for."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from editai.models.base import Encoder, File, Model, Quality
from editai.models.edits import EditedCaptions


class Voice(Model):
    """A voice of an engine ("kokoro", "af_heart"); `speed` 1.0 is the voice's own pace, 0.5 to 2.0 is accepted."""

    engine: str
    name: str
    speed: float = Field(default=1.0, ge=0.5, le=2.0)

    @staticmethod
    def parse(text: str) -> Voice:
        """ "kokoro:af_heart" as a voice; whether there is one like that is `voices.info`'s to say."""
        engine, _, name = text.partition(":")
        return Voice(engine=engine, name=name)

    def __str__(self) -> str:
        return f"{self.engine}:{self.name}"


class Facts(Model):
    """What is known to be true of the product; nothing else may be claimed. Prices as displayed ("$49.99").

    `lowest_price_30d` is the lowest price of at least the 30 days before, without which no reduction is announced.
    `proofs` are claims that the owner can prove, each in the words in which it may be made ("Best lamp of 2026, Light
    Awards").
    """

    title: str = ""
    points: tuple[str, ...] = ()
    price: str = ""
    url: str = ""
    lowest_price_30d: str = ""
    proofs: tuple[str, ...] = ()


class PostText(Model):
    """What is written beside a clip on one platform ("tiktok", "instagram"; "" is for every other one)."""

    platform: str = ""
    text: str
    hashtags: tuple[str, ...] = ()


Phrase = Annotated[str, Field(min_length=1, max_length=60)]
MOST_PHRASES = 30

Format = Literal["9:16", "4:5", "1:1", "16:9"]
SourceSound = Literal["keep", "duck", "mute", "mute_speech"]
"""The videos' own sound: as loud as the voice, under it, not at all, or under it without what is said in them."""

Joint = Literal["cut", "fade", "slide", "zoom"]
"""How one shot follows another: at once, faded over, pushed out by the next, or with a quick zoom into the next."""

Writer = Literal["template", "model"]
"""Who writes a script where none is given: our own templates, or the store's language model."""


class Brief(Model):
    """What the owner asked for. `sources` were imported into the profile's media and are found there by hash.

    `language` is ISO 639-1; a voice that does not speak it speaks its own. `seconds` is how long the clip shall be,
    None as long as it takes. `on_screen` are the words of the title card, "" for the product's name, and `posts`
    what is written beside the clip; `ai_script`: a language model wrote the text that is given as `script`;
    `ai_visual`: pictures in the videos were made by a computer; `paid_partnership`: somebody else pays for the clip.

    `platforms` are the names of the presets that the clip is meant for, () for all of them. `music` lies in the
    profile's media like the sources. `tighten`: long pauses of the speech are shortened. `seed` 0 is the best cut that
    is known, another number another variant. `logo` is the store's own, in the clip. Without `captions_burned` the
    captions are in files alone; `emphasise` are phrases that stand out in them, besides the price and other amounts.
    `encoder` is "x264" or one of the machine's own (see `render.encoders`); `preview`: a
    small copy of the clip is drawn first. `captions` are those of an earlier clip of the same brief, edited by hand.

    `translate_to` are languages (ISO 639-1) in which there shall be captions as well, each in files of its own;
    `burned_language` is one more, which the picture shows instead of the words that are spoken ("" for these). The
    store's language model translates.
    """

    @model_validator(mode="before")
    @classmethod
    def _as_it_was_called(cls, given: Any) -> Any:
        """A brief that an earlier EditAI kept says `burn_captions`."""
        if not isinstance(given, dict) or "burn_captions" not in given:
            return given
        others = {name: value for name, value in given.items() if name != "burn_captions"}
        return {"captions_burned": given["burn_captions"], **others}

    sources: tuple[File, ...] = Field(min_length=1)
    facts: Facts = Facts()
    script: str = ""
    voice: Voice = Voice(engine="kokoro", name="af_heart")
    language: str = ""
    seconds: int | None = Field(default=None, ge=4, le=600)
    writer: Writer = "template"
    on_screen: str = Field(default="", max_length=60)
    posts: tuple[PostText, ...] = Field(default=(), max_length=20)
    ai_script: bool = False
    ai_visual: bool = False
    paid_partnership: bool = False
    caption_style: str = "bold"
    captions_burned: bool = True
    translate_to: tuple[str, ...] = Field(default=(), max_length=10)
    burned_language: str = ""
    emphasise: tuple[Phrase, ...] = Field(default=(), max_length=MOST_PHRASES)
    format: Format = "9:16"
    platforms: tuple[str, ...] = Field(default=(), max_length=20)
    music: File | None = None
    source_sound: SourceSound = "duck"
    tighten: bool = False
    joint: Joint = "cut"
    hook_card: bool = True
    price_badge: bool = True
    end_card: bool = True
    logo: bool = False
    quality: Quality = "standard"
    encoder: Encoder = "x264"
    preview: bool = False
    call_to_action: str = Field(default="", max_length=60)
    seed: int = 0
    captions: EditedCaptions | None = None

    @property
    def own_brand(self) -> bool:
        """Whether the clip is for a product of the store's own: it is named or priced, and nobody else pays for it."""
        return not self.paid_partnership and bool(self.facts.title.strip() or self.facts.price.strip())
