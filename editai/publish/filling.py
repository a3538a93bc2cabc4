"""What a filled form says: the settings of a post over their defaults, and what is missing or does not go together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from editai.errors import InvalidInput
from editai.models import Finding
from editai.publish import values
from editai.publish.providers import Provider, holds, provider


def complete(
    name: str, chosen: Mapping[str, Any], from_clip: Mapping[str, Any], here: Provider | None = None
) -> dict[str, Any]:
    """The settings that count: what the person chose over the defaults; an empty text counts as not chosen, and what
    is of no use beside the others is left out (`unused`).

    `here` is the provider as its server describes it. `from_clip` holds "title", "link", "hashtags", "own_brand",
    "made_with_ai" and "paid_partnership". Raises InvalidInput 422 `setting_unknown`, `setting_invalid`.
    """
    here = here or provider(name)
    if unknown := sorted(chosen.keys() - {setting.name for setting in here.settings}):
        raise InvalidInput(
            "setting_unknown",
            f"{here.label} has no setting named {', '.join(unknown)}.{_why_not(here, unknown)}",
            f"Its settings are {', '.join(setting.name for setting in here.settings)}."
            if here.settings
            else "It has no settings: leave them out.",
        )
    said: dict[str, Any] = {}
    for setting in here.settings:
        value = chosen.get(setting.name)
        if not values.is_empty(value):
            value = values.checked(here, setting, value)
        if not holds(setting.when, said):
            continue
        if values.is_empty(value):
            value = values.fitting(setting, from_clip[setting.from_clip]) if setting.from_clip else setting.default
        if not values.is_empty(value):
            said[setting.name] = value
    return said


def missing(name: str, settings: Mapping[str, Any], here: Provider | None = None) -> tuple[Finding, ...]:
    """What keeps a post with these settings from being published: each a "refuse" with a sentence that says it."""
    return tuple(
        Finding(severity="refuse", slug=setting.missing_slug, message=setting.missing, field=setting.name)
        for setting in (here or provider(name)).settings
        if setting.required and setting.name not in settings and holds(setting.when, settings)
    )


def excluded(here: Provider, settings: Mapping[str, Any]) -> tuple[Finding, ...]:
    """What of these settings does not go together."""
    return tuple(
        Finding(
            severity=rule.severity,
            slug=rule.slug,
            message=rule.message,
            source=rule.source,
            sure=rule.sure,
            field=next(iter(rule.settings)),
        )
        for rule in here.exclusions
        if holds(rule.settings, settings)
    )


def unused(here: Provider, chosen: Mapping[str, Any], settings: Mapping[str, Any]) -> tuple[Finding, ...]:
    """What the person chose and is not sent, because other settings leave no room for it."""
    return tuple(
        Finding(
            severity="warn",
            slug="setting_not_used",
            message=f"“{setting.label}” is of no use with what else was chosen for {here.label}, and is left out.",
            field=setting.name,
        )
        for setting in here.settings
        if setting.name not in settings
        and chosen.get(setting.name) not in (None, "", False, setting.default)
        and not holds(setting.when, settings)
    )


def _why_not(here: Provider, unknown: list[str]) -> str:
    """Why settings are none that Postiz has."""
    return "".join(f" {here.left_out[name]}" for name in unknown if name in here.left_out)
