"""What each platform is called, takes and needs, by Postiz's name of it: data in `assets/publish/providers.json`.

The settings' names, values and lengths are those of Postiz's own schemas; the defaults are those that publish. What a
platform needs and nobody can choose for the person (who may see a video on TikTok) has no default. What a server of
today says otherwise lies over it (`schemas`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from pydantic import Field

from editai.bundled import ASSETS
from editai.models import Model, Uploaded
from editai.models.post import Sureness

PROVIDERS = ASSETS / "publish" / "providers.json"
UNKNOWN_TEXT = 500
"""The length allowed where nothing is known: what all common platforms take but X and Bluesky."""

Kind = Literal["choice", "yes_no", "text", "address", "listed", "names", "item", "cover"]
FromClip = Literal["", "title", "link", "hashtags", "own_brand", "made_with_ai", "paid_partnership"]
Conditions = Mapping[str, tuple[bool | str, ...]]
"""Settings by their names, each with the values of which it has to have one."""


class Choice(Model):
    """A value of a setting, and what the page calls it."""

    value: str
    label: str


class Setting(Model):
    """One thing that is set for a post.

    `default` publishes; where it depends on the clip, `from_clip` says on what: its title, its product's page, its
    hashtags, whether it shows a product of the store's own, whether a computer made its voice or pictures, whether
    somebody else pays for it. `when`: it is of use only where other settings, which stand before it, have one of these
    values; else it is neither shown nor sent. A `required` setting without a default is the person's to choose, else
    the post is refused as `missing_slug` with the sentence `missing`.

    Texts are `shortest` to `longest` characters long and of the `pattern`, which `allowed` puts into words; an
    "address" is one of the web. "names" are several texts, sent as objects of which each of the `fields` is the text;
    all together they have at most `in_all` characters, a name with a space counting two more. "cover" is yes or no:
    whether the clip's cover is sent along for it.

    What can be chosen for a "listed" text or an "item" only the platform knows: the channel's `tool` in Postiz gives
    it (`check.choices`). The tool is asked with a word as its argument `asks`: what the person types, or what the
    setting `asks_of` says. A text is what it gives as `gives`; an item is sent with those of the `fields` that it has,
    the first `needs` of which it must have. `told_needed` is how the tool says that the person has to choose.
    """

    name: str
    label: str
    kind: Kind
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    default: bool | str | None = None
    from_clip: FromClip = ""
    when: dict[str, tuple[bool | str, ...]] = Field(default_factory=dict)
    required: bool = False
    missing_slug: str = "setting_missing"
    missing: str = ""
    shortest: int = 0
    longest: int = 0
    pattern: str = ""
    allowed: str = ""
    fields: tuple[str, ...] = ()
    in_all: int = 0
    tool: str = ""
    asks: str = ""
    asks_of: str = ""
    gives: str = "id"
    needs: int = 1
    told_needed: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it is needed and nobody but the person can say it."""
        return self.required and self.default is None and not self.from_clip


class Exclusion(Model):
    """Settings that do not go together: with these values the post is refused, or that is said beside it."""

    settings: dict[str, tuple[bool | str, ...]]
    severity: Literal["refuse", "warn"] = "refuse"
    slug: str
    message: str
    source: str = ""
    sure: Sureness = "house"


class Wrapping(Model):
    """How a platform's settings are sent that are those of one of several places: as the only item of `name`, with
    what is always the same for a clip, and by name whether another setting is there."""

    name: str
    beside: dict[str, bool | str]
    whether: dict[str, str] = Field(default_factory=dict)


class Provider(Model):
    """A platform. `max_text` is counted as `text.length` does; `hashtags` is how many a suggested text has at most.

    `cover`: a picture of the clip is sent along "beside" the video or as its "thumbnail", or its "moment" in the clip.
    `comments`: Postiz can write a first comment there. `mentions`: "@name" in a text becomes a mention there.
    `left_out` are settings of Postiz's schema that a clip has no use for, and why. `known`: false for what is not in
    the table. `differs` are sentences on what the server says otherwise; `lacking` what it needs and cannot be sent.
    """

    name: str
    label: str
    max_text: int
    hashtags: int = 3
    needs_text: bool = False
    cover: Literal["", "beside", "thumbnail", "moment"] = ""
    comments: bool = False
    mentions: bool = True
    wrapped: Wrapping | None = None
    settings: tuple[Setting, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    left_out: dict[str, str] = Field(default_factory=dict)
    known: bool = True
    differs: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()

    def setting(self, name: str) -> Setting | None:
        """One of its settings."""
        return next((setting for setting in self.settings if setting.name == name), None)


@cache
def table() -> Mapping[str, Provider]:
    """Every provider that is known, by its name."""
    rows = json.loads(PROVIDERS.read_text("utf-8"))
    return {name: Provider(name=name, **row) for name, row in rows.items()}


def provider(name: str) -> Provider:
    """A provider by Postiz's identifier; one that is not known is taken to need a text and no settings."""
    found = table().get(name)
    return found or Provider(name=name, label=name.capitalize(), max_text=UNKNOWN_TEXT, needs_text=True, known=False)


def holds(conditions: Conditions, settings: Mapping[str, Any]) -> bool:
    """Whether the settings have the values that are asked for; none asked for holds."""
    return all(settings.get(name) in values for name, values in conditions.items())


def takes_cover(name: str, settings: Mapping[str, Any]) -> bool:
    """Whether a picture of the clip is uploaded for a post with these settings."""
    here = provider(name)
    asked = any(setting.kind == "cover" and settings.get(setting.name) for setting in here.settings)
    return here.cover in {"beside", "thumbnail"} or asked


def as_sent(name: str, settings: Mapping[str, Any], cover: Uploaded | None = None) -> dict[str, Any]:
    """The settings in the shape in which Postiz takes them."""
    here = provider(name)
    sent: dict[str, Any] = {}
    for key, value in settings.items():
        setting = here.setting(key)
        if setting is None or setting.kind != "cover":
            sent[key] = value
        elif value and cover is not None:
            sent[key] = cover.model_dump()
    if here.wrapped is None:
        return sent
    told = {key: other in sent for key, other in here.wrapped.whether.items()}
    return {here.wrapped.name: [{"value": {**sent, **here.wrapped.beside, **told}}]}
