"""A store: its brand kit, its money, and the products it has made clips of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from editai.models.base import File, Model
from editai.models.brief import MOST_PHRASES, Brief, Format, Joint, Phrase, SourceSound, Voice, Writer
from editai.models.plan import LogoPlace, UploadedFont

Colour = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]


class Colours(Model):
    """The brand's colours, "#RRGGBB": captions are written in `text`, the spoken word in `highlight`, both on or
    outlined in `background`."""

    text: Colour = "#FFFFFF"
    highlight: Colour = "#FFCF33"
    background: Colour = "#15110D"


class Pronunciation(Model):
    """A line of a store's lexicon: what is `displayed` (a word or a few, in whatever case) is `spoken` like this."""

    language: str
    displayed: str = Field(min_length=1, max_length=60)
    spoken: str = Field(min_length=1, max_length=200)


class LicenceAccepted(Model):
    """That the owner read an engine's licence for this store; `stated` is the licence that the owner says to hold."""

    engine: str
    accepted_at: str
    stated: str = Field(default="", max_length=300)


Market = Literal["all", "eu", "us"]
"""Whose rules for claims hold; "all": those of every market."""

MOST_FONTS = 12
"""Fonts that a store may have of its own."""


class BrandKit(Model):
    """How a store looks and sounds; what a brief does not say is taken from here.

    `logo` and `fonts` lie in the profile's media; `font` is a bundled family or the name of one of `fonts`. `language`
    is ISO 639-1 and the voice's own. `hashtags` are kept with their "#". `time_zone` is an IANA name. `seconds` as in
    a brief. `commercial`: the clips sell something.

    `when_voice_fails`: "stop" and say so, or go on and say so, with the "default_voice" of the language or with the
    voice named here ("kokoro:am_michael"). `when_claim_fails`: take out of the script what cannot be shown to be true,
    or stop. `emphasise` are phrases that stand out in captions. `logo_in_clips` is off unless the owner wants it:
    TikTok's sharing guidelines (2026-09) bar logos on what an app posts. `files_online`: finished clips and the files
    of this kit are kept in the owner's Supabase project too.
    """

    logo: File | None = None
    colours: Colours = Colours()
    font: str = "Montserrat ExtraBold"
    fonts: tuple[UploadedFont, ...] = Field(default=(), max_length=MOST_FONTS)
    caption_style: str = "bold"
    emphasise: tuple[Phrase, ...] = Field(default=(), max_length=MOST_PHRASES)
    voice: Voice = Voice(engine="kokoro", name="af_heart")
    language: str = "en"
    format: Format = "9:16"
    music_folder: str = ""
    joint: Joint = "cut"
    source_sound: SourceSound = "duck"
    price_badge: bool = True
    end_card: bool = True
    logo_in_clips: bool = False
    logo_place: LogoPlace = "top_left"
    logo_margin_px: int = Field(default=24, ge=0, le=200)
    call_to_action: str = Field(default="", max_length=60)
    hashtags: tuple[str, ...] = Field(default=(), max_length=5)
    time_zone: str = "UTC"
    when_voice_fails: str = "stop"
    seconds: int | None = Field(default=None, ge=4, le=600)
    writer: Writer = "template"
    market: Market = "all"
    when_claim_fails: Literal["remove", "stop"] = "remove"
    lexicon: tuple[Pronunciation, ...] = Field(default=(), max_length=500)
    commercial: bool = True
    licences: tuple[LicenceAccepted, ...] = Field(default=(), max_length=20)
    files_online: bool = False

    def wishes(self) -> dict[str, Any]:
        """What a brief that says nothing of it has from here."""
        names = (
            "voice", "language", "seconds", "writer", "caption_style", "format", "call_to_action", "joint",
            "source_sound", "price_badge", "end_card", "emphasise",
        )  # fmt: skip
        return {name: getattr(self, name) for name in names} | {"logo": self.logo_in_clips}


class Profile(Model):
    """A store. Everything else belongs to exactly one profile; `created_at` is UTC, ISO 8601.

    `monthly_budget` is in micro-dollars (1 USD = 1,000,000) for a calendar month of the store's time zone; None is
    no limit.
    """

    id: str
    owner_id: str
    name: str
    description: str = Field(default="", max_length=500)
    is_default: bool
    created_at: str
    kit: BrandKit = BrandKit()
    monthly_budget: int | None = Field(default=None, ge=0)

    def changed(self, changes: Mapping[str, Any]) -> Profile:
        """This profile with some of its fields or of its kit's fields changed; every other keeps its value.

        Raises pydantic's ValidationError for a value that is none, ValueError for a field that cannot be changed.
        """
        kit = {name: value for name, value in changes.items() if name in BrandKit.model_fields}
        own = {name: value for name, value in changes.items() if name in {"name", "description", "monthly_budget"}}
        if unknown := changes.keys() - kit.keys() - own.keys():
            raise ValueError(f"not a field of a store: {', '.join(sorted(unknown))}")
        old = self.model_dump()
        return Profile.model_validate(old | own | {"kit": old["kit"] | kit})


class Project(Model):
    """A product of a profile: the brief as it is now. Clips were made from it as it was then.

    A clip whose script, facts or caption style differ from its project's is stale and is not published.
    """

    id: str
    profile_id: str
    title: str
    brief: Brief
    created_at: str
    updated_at: str


class Cost(Model):
    """A paid call: reserved before it, then settled with what it cost, or released where nothing was charged.

    `units` counts what the service charges for (characters, tokens); `amount` is in micro-dollars.
    """

    id: str
    profile_id: str | None
    job_id: str | None
    service: str
    operation: str
    units: int = Field(ge=0)
    amount: int = Field(ge=0)
    state: Literal["reserved", "settled", "released"]
    created_at: str


class Connection(Model):
    """A store's own Postiz account. The key is in no log, no error, no export."""

    url: str
    key: str = Field(repr=False)


class LanguageModel(Model):
    """A store's own account for writing: an OpenAI-compatible endpoint, a model there, and its key ("" for none).

    `sees`: pictures may be sent to it. Prices are in US dollars for a million tokens, 0 where it is free.
    """

    url: str
    model: str
    key: str = Field(default="", repr=False)
    sees: bool = False
    usd_in: float = Field(default=0.0, ge=0)
    usd_out: float = Field(default=0.0, ge=0)


class CloneConsent(Model):
    """Whose voice it is, who says that it may be used, and when that was said (UTC, ISO 8601)."""

    whose: str
    said_by: str
    at: str


class Clone(Model):
    """A voice of a store's own, cloned from a sample. `speech_ms` is how much speech the sample holds."""

    id: str
    name: str
    language: str
    sample: File
    speech_ms: int
    consent: CloneConsent
    created_at: str


class Overview(Model):
    """What a store's page shows: `spent` and `budget` in micro-dollars of this month, times in UTC, ISO 8601."""

    clips_this_month: int
    clips: int
    projects: int
    posts: int
    running_jobs: int
    spent: int
    budget: int | None
    last_activity: str
