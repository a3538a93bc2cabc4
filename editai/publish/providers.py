"""What each platform is called, takes and needs, by Postiz's name of it: data in `assets/publish/providers.json`.

The settings' names, values and lengths are those of Postiz's own schemas; the defaults are those that publish. What a
platform needs and nobody can choose for the person (who may see a video on TikTok) has no default.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from editai.bundled import ASSETS
from editai.errors import InvalidInput
from editai.models import Finding, Model

PROVIDERS = ASSETS / "publish" / "providers.json"
UNKNOWN_TEXT = 500
"""The length allowed where nothing is known: what all common platforms take but X and Bluesky."""


class Choice(Model):
    """A value of a setting, and what the page calls it."""

    value: str
    label: str


class Setting(Model):
    """One thing that is set for a post.

    `default` publishes; where it depends on the clip, `from_clip` says on what: its title, whether it shows a product
    of the store's own, whether its voice is made by a computer. A `required` setting without either is the person's
    to choose, else the post is refused as `missing_slug` with the sentence `missing`. Texts are `shortest` to
    `longest` characters long.
    """

    name: str
    label: str
    kind: Literal["choice", "yes_no", "text"]
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    default: bool | str | None = None
    from_clip: Literal["", "title", "own_brand", "ai_voice"] = ""
    required: bool = False
    missing_slug: str = "setting_missing"
    missing: str = ""
    shortest: int = 0
    longest: int = 0


class Provider(Model):
    """A platform. `max_text` is counted as `text.length` does; `hashtags` is how many a suggested text has at most.

    `ai_setting` is the setting that discloses a computer's voice; without one the text says it. `refused` says why
    nothing can be published there yet. `known`: false for what is not in the table.
    """

    name: str
    label: str
    max_text: int
    hashtags: int = 3
    ai_setting: str = ""
    needs_text: bool = False
    refused: str = ""
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


def complete(name: str, chosen: Mapping[str, Any], from_clip: Mapping[str, Any]) -> dict[str, Any]:
    """The settings as they are sent: what the person chose over the defaults; an empty text counts as not chosen.

    `from_clip` holds "title", "own_brand" and "ai_voice". Raises InvalidInput 422 `setting_unknown` and
    `setting_invalid`.
    """
    known = {setting.name: setting for setting in provider(name).settings}
    if unknown := sorted(chosen.keys() - known.keys()):
        raise InvalidInput(
            "setting_unknown",
            f"{provider(name).label} has no setting named {', '.join(unknown)}.",
            f"Its settings are {', '.join(known)}." if known else "It has no settings: leave them out.",
        )
    sent = {}
    for setting in known.values():
        value = chosen.get(setting.name)
        if value is None or value == "":
            value = _fitting(setting, from_clip[setting.from_clip]) if setting.from_clip else setting.default
        else:
            value = _checked(provider(name), setting, value)
        if value is not None and value != "":
            sent[setting.name] = value
    return sent


def missing(name: str, settings: Mapping[str, Any]) -> tuple[Finding, ...]:
    """What keeps a post with these settings from being published: each a "refuse" with a sentence that says it."""
    here = provider(name)
    lacking = [
        Finding(severity="refuse", slug=setting.missing_slug, message=setting.missing)
        for setting in here.settings
        if setting.required and setting.name not in settings
    ]
    if here.refused:
        lacking.append(Finding(severity="refuse", slug="provider_not_supported", message=here.refused))
    return tuple(lacking)


def _fitting(setting: Setting, value: bool | str) -> bool | str:
    """A default from the clip, cut to what the setting takes."""
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
        case "text" if isinstance(value, str) and setting.shortest <= len(_line(value)) <= setting.longest:
            return _line(value)
    raise InvalidInput(
        "setting_invalid", f'"{setting.label}" of {here.label} cannot be {_shown(value)}.', _allowed(setting)
    )


def _shown(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) and len(value) <= 40 else "this"


def _allowed(setting: Setting) -> str:
    match setting.kind:
        case "yes_no":
            return "It is yes or no: true or false, without quotation marks."
        case "choice":
            return f"Choose one of {', '.join(choice.value for choice in setting.choices)}."
        case _:
            return f"It is a text of {setting.shortest} to {setting.longest} characters."
