"""What each platform is called, takes and needs, by Postiz's name of it: data in `assets/publish/providers.json`.

The settings' names, values and lengths are those of Postiz's own schemas; the defaults are those that publish. What a
platform needs and nobody can choose for the person (who may see a video on TikTok) has no default.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from editai.bundled import ASSETS
from editai.errors import InvalidInput
from editai.models import Finding, Model

PROVIDERS = ASSETS / "publish" / "providers.json"
LONGEST_SETTING = 2000
"""Characters of a setting where a server does not say how long it may be."""
UNKNOWN_TEXT = 500
"""The length allowed where nothing is known: what all common platforms take but X and Bluesky."""


class Choice(Model):
    """A value of a setting, and what the page calls it."""

    value: str
    label: str


class Setting(Model):
    """One thing that is set for a post.

    `default` publishes; where it depends on the clip, `from_clip` says on what: its title, its product's page, whether
    it shows a product of the store's own, whether a computer made its voice or pictures, whether somebody else pays for
    it. A `required` setting without either is the person's to choose, else the post is refused as `missing_slug` with
    the sentence `missing`. Texts are `shortest` to `longest` characters long; an "address" is one of the web. What can
    be chosen for a "listed" one only the platform knows: the channel's `tool` in Postiz gives it (`check.choices`).
    """

    name: str
    label: str
    kind: Literal["choice", "yes_no", "text", "address", "listed"]
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    default: bool | str | None = None
    from_clip: Literal["", "title", "link", "own_brand", "made_with_ai", "paid_partnership"] = ""
    tool: str = ""
    required: bool = False
    missing_slug: str = "setting_missing"
    missing: str = ""
    shortest: int = 0
    longest: int = 0


class Wrapping(Model):
    """How a platform's settings are sent that are those of one of several places: as the only item of `name`, with
    what is always the same for a clip."""

    name: str
    beside: dict[str, bool | str]


class Provider(Model):
    """A platform. `max_text` is counted as `text.length` does; `hashtags` is how many a suggested text has at most.

    `cover`: the poster is sent along, "beside" the video or as its "thumbnail". `comments`: Postiz can write a first
    comment there. `known`: false for what is not in the table.
    """

    name: str
    label: str
    max_text: int
    hashtags: int = 3
    needs_text: bool = False
    cover: Literal["", "beside", "thumbnail"] = ""
    comments: bool = False
    wrapped: Wrapping | None = None
    settings: tuple[Setting, ...] = ()
    known: bool = True


@cache
def table() -> Mapping[str, Provider]:
    """Every provider that is known, by its name."""
    rows = json.loads(PROVIDERS.read_text("utf-8"))
    return {name: Provider(name=name, **row) for name, row in rows.items()}


def provider(name: str) -> Provider:
    """A provider by Postiz's identifier; one that is not known is taken to need a text and no settings."""
    found = table().get(name)
    return found or Provider(name=name, label=name.capitalize(), max_text=UNKNOWN_TEXT, needs_text=True, known=False)


def as_the_server_says(name: str, max_length: int, schema: Mapping[str, Any]) -> Provider:
    """A provider that is not in the table, as its server describes it: texts, addresses, choices, yes and no.

    What a schema holds besides (lists, objects, numbers) is left out. A "title" is the clip's, a yes or no that is
    needed is no; what else is needed is the person's to choose.
    """
    here = provider(name)
    said, described = schema.get("required"), schema.get("properties")
    needed = said if isinstance(said, list) else []
    rules = described.items() if isinstance(described, Mapping) else ()
    found = (_described(key, rule, key in needed) for key, rule in rules if isinstance(rule, Mapping))
    settings = tuple(setting for setting in found if setting is not None)
    return here.model_copy(update={"max_text": max_length or here.max_text, "settings": settings})


def _described(name: str, rule: Mapping[str, Any], required: bool) -> Setting | None:
    label = " ".join(re.sub(r"([a-z])([A-Z])", r"\1 \2", name).replace("_", " ").split()).capitalize()
    missing = f"“{label}” is needed here: say what it is to be."
    told: dict[str, Any] = {"name": name, "label": label, "required": required, "missing": missing}
    match rule:
        case {"enum": [*values]} if values and all(isinstance(value, str) for value in values):
            choices = tuple(Choice(value=value, label=value.replace("_", " ").capitalize()) for value in values)
            return Setting(**told, kind="choice", choices=choices)
        case {"type": "boolean"}:
            return Setting(**told, kind="yes_no", default=False if required else None)
        case {"type": "string"}:
            kind: Literal["address", "text"] = "address" if rule.get("format") in ("url", "uri") else "text"
            least, most = rule.get("minLength", 1), rule.get("maxLength", LONGEST_SETTING)
            if not _are_lengths(least, most):
                return None
            follows: Literal["title", ""] = "title" if name == "title" else ""
            return Setting(**told, kind=kind, shortest=least, longest=most, from_clip=follows)
    return None


def _are_lengths(*given: object) -> bool:
    return all(isinstance(length, int) and length >= 0 for length in given)


def complete(
    name: str, chosen: Mapping[str, Any], from_clip: Mapping[str, Any], here: Provider | None = None
) -> dict[str, Any]:
    """The settings as they are sent: what the person chose over the defaults; an empty text counts as not chosen.

    `here` is the provider as its server describes it, where it is not in the table. `from_clip` holds "title", "link",
    "own_brand", "made_with_ai" and "paid_partnership". Raises InvalidInput 422 `setting_unknown`, `setting_invalid`.
    """
    here = here or provider(name)
    known = {setting.name: setting for setting in here.settings}
    if unknown := sorted(chosen.keys() - known.keys()):
        raise InvalidInput(
            "setting_unknown",
            f"{here.label} has no setting named {', '.join(unknown)}.",
            f"Its settings are {', '.join(known)}." if known else "It has no settings: leave them out.",
        )
    sent = {}
    for setting in known.values():
        value = chosen.get(setting.name)
        if value is None or value == "":
            value = _fitting(setting, from_clip[setting.from_clip]) if setting.from_clip else setting.default
        else:
            value = _checked(here, setting, value)
        if value is not None and value != "":
            sent[setting.name] = value
    return sent


def missing(name: str, settings: Mapping[str, Any], here: Provider | None = None) -> tuple[Finding, ...]:
    """What keeps a post with these settings from being published: each a "refuse" with a sentence that says it."""
    return tuple(
        Finding(severity="refuse", slug=setting.missing_slug, message=setting.missing)
        for setting in (here or provider(name)).settings
        if setting.required and setting.name not in settings
    )


def as_sent(name: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings in the shape in which Postiz takes them."""
    wrapped = provider(name).wrapped
    if wrapped is None:
        return dict(settings)
    return {wrapped.name: [{"value": {**settings, **wrapped.beside}}]}


def _fitting(setting: Setting, value: bool | str) -> bool | str:
    """A default from the clip, cut to what the setting takes."""
    if setting.kind == "address":
        return value if _is_address(value) else ""
    if isinstance(value, str) and setting.longest:
        value = _line(value)
        if len(value) > setting.longest:
            value = value[: setting.longest - 1].rstrip() + "…"
        return value if len(value) >= setting.shortest else ""
    return value


def _line(value: str) -> str:
    return " ".join(value.split())


def _checked(here: Provider, setting: Setting, value: object) -> bool | str:
    match setting.kind:
        case "yes_no" if isinstance(value, bool):
            return value
        case "choice" if isinstance(value, str) and value in {choice.value for choice in setting.choices}:
            return value
        case "address" if not _is_address(value):
            pass
        case "text" | "listed" | "address" if (
            isinstance(value, str) and setting.shortest <= len(_line(value)) <= setting.longest
        ):
            return _line(value)
    raise InvalidInput(
        "setting_invalid", f'"{setting.label}" of {here.label} cannot be {_shown(value)}.', _allowed(setting)
    )


def _is_address(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"https?://[^\s/]+\.\S+", value.strip()) is not None


def _shown(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) and len(value) <= 40 else "this"


def _allowed(setting: Setting) -> str:
    match setting.kind:
        case "yes_no":
            return "It is yes or no: true or false, without quotation marks."
        case "address":
            return "It is an address of the web that begins with https://."
        case "choice":
            return f"Choose one of {', '.join(choice.value for choice in setting.choices)}."
        case _:
            return f"It is a text of {setting.shortest} to {setting.longest} characters."
