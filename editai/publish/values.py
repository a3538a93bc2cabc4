"""Values of settings: what a person, a script or a clip says, as Postiz takes it, or refused in words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from editai.errors import InvalidInput
from editai.publish import text
from editai.publish.providers import Provider, Setting

SEPARATOR = re.compile(r"[,;\n]")
"""What stands between names that are typed in one line."""


def is_empty(value: object) -> bool:
    """Whether nothing was said."""
    return value is None or value in ("", [], ())


def checked(here: Provider, setting: Setting, value: object) -> Any:
    """A value that somebody gave. Raises InvalidInput 422 `setting_invalid`.

    Names may be one text with commas, a list of texts, or the objects that are sent; an item the object that is sent,
    or the same as JSON. So what was checked can be checked again.
    """
    read = _read(setting, value)
    if read is None:
        message = f'"{setting.label}" of {here.label} cannot be {_shown(value)}.'
        raise InvalidInput("setting_invalid", message, _allowed(setting))
    return read


def fitting(setting: Setting, value: Any) -> Any:
    """A default from the clip, cut to what the setting takes."""
    match setting.kind:
        case "address":
            return value if is_address(value) else ""
        case "names":
            return _as_many_as_fit(setting, value)
    if isinstance(value, str) and setting.longest:
        value = line(value)
        value = text.cut(value, setting.longest)
        return value if len(value) >= setting.shortest else ""
    return value


def names_of(value: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    """The texts of names in the shape in which they are sent."""
    return tuple(next(iter(item.values())) for item in value)


def line(value: str) -> str:
    """A text in one line."""
    return " ".join(value.split())


def is_address(value: object) -> bool:
    """Whether it is an address of the web."""
    return isinstance(value, str) and re.fullmatch(r"https?://[^\s/]+\.\S+", value.strip()) is not None


def as_choice(setting: Setting, item: Mapping[str, str]) -> str:
    """What of an item that a tool gave is chosen: its text, or those of its fields that are sent, as JSON."""
    if setting.kind == "listed":
        return item.get(setting.gives, "").rstrip("/")
    return json.dumps({name: item[name] for name in setting.fields if item.get(name)}, ensure_ascii=False)


def _read(setting: Setting, value: object) -> Any:
    """The value as it counts; None where it is none."""
    match setting.kind:
        case "yes_no" | "cover":
            return value if isinstance(value, bool) else None
        case "choice":
            known = {choice.value for choice in setting.choices}
            return value if isinstance(value, str) and value in known else None
        case "names":
            return _names(setting, value)
        case "item":
            return _item(setting, value)
    if not isinstance(value, str) or (setting.kind == "address" and not is_address(value)):
        return None
    said = line(value)
    fits = setting.shortest <= len(said) <= setting.longest
    return said if fits and (not setting.pattern or re.fullmatch(setting.pattern, said)) else None


def _names(setting: Setting, value: object) -> list[dict[str, str]] | None:
    if isinstance(value, str):
        value = SEPARATOR.split(value)
    if not isinstance(value, list | tuple):
        return None
    said = [item.get(setting.fields[-1]) if isinstance(item, Mapping) else item for item in value]
    if not all(isinstance(item, str) for item in said):
        return None
    lines = (line(str(item)).lstrip("#@").strip() for item in said)
    names = list(dict.fromkeys(name for name in lines if name))
    return _objects(setting, names) if _room(names) <= setting.in_all or not setting.in_all else None


def _as_many_as_fit(setting: Setting, names: Sequence[str]) -> list[dict[str, str]]:
    kept: list[str] = []
    for name in names:
        if not setting.in_all or _room([*kept, name]) <= setting.in_all:
            kept.append(name)
    return _objects(setting, kept)


def _objects(setting: Setting, names: Sequence[str]) -> list[dict[str, str]]:
    return [dict.fromkeys(setting.fields, name) for name in names]


def _room(names: Sequence[str]) -> int:
    return sum(len(name) + 2 * (" " in name) for name in names)


def _item(setting: Setting, value: object) -> dict[str, str] | None:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    if not isinstance(value, Mapping) or value.keys() - set(setting.fields):
        return None
    item = {name: value[name] for name in setting.fields if value.get(name)}
    whole = all(name in item for name in setting.fields[: setting.needs])
    return item if whole and all(isinstance(part, str) for part in item.values()) else None


def _shown(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) and len(value) <= 40 else "this"


def _allowed(setting: Setting) -> str:
    if setting.allowed:
        return setting.allowed
    match setting.kind:
        case "yes_no" | "cover":
            return "It is yes or no: true or false, without quotation marks."
        case "address":
            return "It is an address of the web that begins with https://."
        case "choice":
            return f"Choose one of {', '.join(choice.value for choice in setting.choices)}."
        case "names":
            most = f" of {setting.in_all} characters in all" if setting.in_all else ""
            return f"It is a list of texts{most}, or one text with commas between them."
        case "item":
            return "Choose one of those that the list gives."
        case _:
            return f"It is a text of {setting.shortest} to {setting.longest} characters."
