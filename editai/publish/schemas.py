"""A platform as its server describes it today: Postiz's JSON schema of the settings, laid over what is in the table.

What the table alone knows stays: the words, the defaults, which settings go together. What the server says of names,
values, lengths and what is needed counts. A platform that is not in the table has its whole form from here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from editai.publish.providers import Choice, Provider, Setting, provider

LONGEST_SETTING = 2000
"""Characters of a setting where a server does not say how long it may be."""

TYPES = {"yes_no": "boolean", "names": "array", "item": "object", "cover": "object"}
"""How a schema has settings of these kinds; the others are strings there."""


def as_the_server_says(name: str, max_length: int, schema: Mapping[str, Any]) -> Provider:
    """A provider as its server describes it; a server that describes no settings leaves those of the table.

    Of what the table does not know, texts, addresses, choices, yes and no, and lists of texts are read: a "title" is
    the clip's, a yes or no that is needed is no, what else is needed is the person's to choose. What a schema needs
    besides (objects, numbers) is `lacking`.
    """
    here = provider(name)
    here = here.model_copy(update={"max_text": max_length or here.max_text})
    rules, needed = _described_by(here, schema)
    if not rules:
        return here
    kept = [(setting, _narrowed(setting, rules.get(setting.name), needed)) for setting in here.settings]
    fixed = {*here.wrapped.beside, *here.wrapped.whether} if here.wrapped else set()
    others = [key for key in rules if here.setting(key) is None and key not in fixed]
    fresh = [
        setting
        for key in others
        if (key in needed or key not in here.left_out) and (setting := described(key, rules[key], key in needed))
    ]
    found = [now for _, now in kept if now is not None] + fresh
    differs = [sentence for then, now in kept for sentence in _differences(then, now)]
    differs += [f"“{each.label}” is new in your Postiz: it is offered as Postiz describes it." for each in fresh]
    lacking = sorted({*needed} - {each.name for each in found} - fixed)
    return here.model_copy(
        update={
            "settings": tuple(found),
            "differs": tuple(differs) if here.known else (),
            "lacking": tuple(lacking),
        }
    )


def described(name: str, rule: Mapping[str, Any], required: bool) -> Setting | None:
    """A setting as a schema has it; None for what cannot be asked of a person in one line."""
    missing = f"“{label_of(name)}” is needed here: say what it is to be."
    told: dict[str, Any] = {"name": name, "label": label_of(name), "required": required, "missing": missing}
    match rule:
        case {"enum": [*values]} if values and all(isinstance(value, str) for value in values):
            return Setting(**told, kind="choice", choices=tuple(_choice(value) for value in values))
        case {"type": "boolean"}:
            return Setting(**told, kind="yes_no", default=False if required else None)
        case {"type": "array", "items": {"type": "object", "properties": {"label": {"type": "string"}, **others}}}:
            if others.keys() <= {"value"}:
                return Setting(**told, kind="names", fields=(*others, "label"), hint="With commas between them.")
        case {"type": "string"}:
            least, most = rule.get("minLength", 1), rule.get("maxLength", LONGEST_SETTING)
            if _are_lengths(least, most):
                kind: Any = "address" if rule.get("format") in ("url", "uri") else "text"
                follows: Any = "title" if name == "title" else ""
                return Setting(**told, kind=kind, shortest=least, longest=most, from_clip=follows)
    return None


def label_of(name: str) -> str:
    """A setting's name as words: "selfDeclared_kids" is "Self declared kids"."""
    return " ".join(re.sub(r"([a-z])([A-Z])", r"\1 \2", name).replace("_", " ").split()).capitalize()


def _described_by(here: Provider, schema: Mapping[str, Any]) -> tuple[Mapping[str, Mapping[str, Any]], set[str]]:
    """The rules of the settings by their names, and which are needed; of a wrapped platform those of one place."""
    if here.wrapped is not None:
        for key in ("properties", here.wrapped.name, "items", "properties", "value"):
            inner = schema.get(key)
            schema = inner if isinstance(inner, Mapping) else {}
    said, rules = schema.get("required"), schema.get("properties")
    needed = {name for name in said if isinstance(name, str)} if isinstance(said, list) else set()
    if not isinstance(rules, Mapping):
        return {}, needed
    return {name: rule for name, rule in rules.items() if isinstance(rule, Mapping)}, needed


def _narrowed(setting: Setting, rule: Mapping[str, Any] | None, needed: set[str]) -> Setting | None:
    """A setting of the table as the server has it today; None where it knows none of that name, or of another kind."""
    if rule is None or rule.get("type", TYPES.get(setting.kind, "string")) != TYPES.get(setting.kind, "string"):
        return None if rule is None else _reread(setting, rule, needed)
    changed: dict[str, Any] = {"required": setting.required or setting.name in needed}
    if setting.kind == "choice" and isinstance(values := rule.get("enum"), list):
        there = [value for value in values if isinstance(value, str)]
        known = {choice.value: choice for choice in setting.choices}
        choices = [choice for choice in setting.choices if choice.value in there]
        choices += [_choice(value) for value in there if value not in known]
        changed |= {"choices": tuple(choices), "default": setting.default if setting.default in there else None}
    least, most = rule.get("minLength", 0), rule.get("maxLength", setting.longest)
    if setting.longest and _are_lengths(least, most):
        changed |= {"shortest": max(setting.shortest, least), "longest": min(setting.longest, most)}
    if changed["required"] and not setting.missing:
        changed["missing"] = f"“{setting.label}” is needed here: say what it is to be."
    return setting.model_copy(update=changed)


def _reread(setting: Setting, rule: Mapping[str, Any], needed: set[str]) -> Setting | None:
    """A setting that is of another kind by now, under the name that people know."""
    read = described(setting.name, rule, setting.name in needed)
    return read and read.model_copy(update={"label": setting.label, "hint": setting.hint, "when": setting.when})


def _differences(then: Setting, now: Setting | None) -> Iterator[str]:
    """What has changed of a setting, in sentences."""
    if now is None:
        yield f"“{then.label}” is not known to your Postiz, so it is not sent."
        return
    if then.kind != now.kind:
        yield f"“{then.label}” is asked for in another way by your Postiz."
        return
    before, after = {each.value: each.label for each in then.choices}, {each.value: each.label for each in now.choices}
    if gone := [label for value, label in before.items() if value not in after]:
        yield f"“{then.label}” can no longer be {_either(gone)} in your Postiz."
    if fresh := [label for value, label in after.items() if value not in before]:
        yield f"“{then.label}” can also be {_either(fresh)} in your Postiz."
    if now.required and not then.required:
        yield f"“{then.label}” is needed by your Postiz."
    if (now.shortest, now.longest) != (then.shortest, then.longest) and now.longest:
        yield f"“{then.label}” has {now.shortest} to {now.longest} characters in your Postiz."


def _choice(value: str) -> Choice:
    return Choice(value=value, label=value.replace("_", " ").capitalize())


def _either(labels: list[str]) -> str:
    return " or ".join(f"“{label}”" for label in labels)


def _are_lengths(*given: object) -> bool:
    return all(isinstance(length, int) and length >= 0 for length in given)
