"""What only the server and its platforms know of a post: the settings of today, and what can be chosen for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from editai.errors import EditaiError, InvalidInput, NotFound
from editai.models import Channel, Finding
from editai.publish import schemas, values
from editai.publish.answers import Listed
from editai.publish.postiz import Postiz
from editai.publish.providers import Choice, Provider, Setting, provider

AT_A_TIME = 4
FEW = 8
"""So many things to choose are named in a sentence."""


def described(postiz: Postiz, found: Sequence[Channel]) -> Mapping[str, Provider]:
    """The platforms of these channels by the channels' ids, as the server describes them now.

    One that it does not describe is as the table has it; of a server that is too old to be asked nothing is said, of
    any other that did not answer `differs` says so.
    """
    with ThreadPoolExecutor(AT_A_TIME, "settings") as pool:
        platforms = pool.map(lambda channel: _described(postiz, channel), found)
        return {channel.id: here for channel, here in zip(found, platforms, strict=True)}


def choices(postiz: Postiz, channel: Channel, setting: str, word: str = "") -> tuple[Choice, ...]:
    """What can be chosen for a "listed" text or an "item" of a channel, as the platform says now: boards, channels,
    communities that a `word` finds, the flairs of the community that it names.

    Raises NotFound 404 `setting_not_listed`, InvalidInput 422 `word_missing`, and what `Postiz.run_tool` raises.
    """
    here = provider(channel.provider)
    listed = here.setting(setting)
    if listed is None or not listed.tool:
        raise NotFound(
            "setting_not_listed",
            f"{here.label} has no list for a setting named {setting[:40]!r}.",
            "Look at what /channels says of its settings.",
        )
    if listed.asks and not word.strip():
        of = here.setting(listed.asks_of)
        hint = f"Choose the {of.label.lower()} first." if of else "Type a word to look for."
        raise InvalidInput("word_missing", f"There is nothing to look for “{listed.label}” with.", hint)
    asked = {listed.asks: word.strip()} if listed.asks else {}
    found = postiz.run_tool(channel.id, listed.tool, **asked)
    return tuple(Choice(value=values.as_choice(listed, item), label=_named(item)) for item in found.items)


class Lists:
    """What the platforms of a store's channels list, each asked for once: many clips of a plan ask the same."""

    def __init__(self, postiz: Postiz) -> None:
        self._postiz = postiz
        self._known: dict[tuple[str, str, str], Listed | EditaiError] = {}

    def of(self, channel: Channel, setting: Setting, word: str) -> Listed:
        """What can be chosen for a setting that asks for a word. Raises what `Postiz.run_tool` raises."""
        asked = (channel.id, setting.tool, word)
        if asked not in self._known:
            try:
                self._known[asked] = self._postiz.run_tool(channel.id, setting.tool, **{setting.asks: word})
            except EditaiError as error:
                self._known[asked] = error
        if isinstance(found := self._known[asked], EditaiError):
            raise found
        return found


def still_needed(lists: Lists, channel: Channel, here: Provider, settings: Mapping[str, Any]) -> Iterator[Finding]:
    """What the platform wants said, as its tool tells: a flair, where the community has posts with one only."""
    for setting in here.settings:
        of = settings.get(setting.asks_of)
        if not setting.told_needed or not of or setting.name in settings:
            continue
        try:
            found = lists.of(channel, setting, str(of))
        except EditaiError:
            told = f"{here.label} did not say whether {of} wants “{setting.label}”: without it the post may fail."
            yield Finding(severity="warn", slug="need_unknown", message=told, field=setting.name)
            continue
        if found.said.get(setting.told_needed) and found.items:
            yield _needed(setting, [_named(item) for item in found.items])


def _needed(setting: Setting, names: Sequence[str]) -> Finding:
    more = ", …" if len(names) > FEW else ""
    told = f"{setting.missing} There are: {', '.join(names[:FEW])}{more}."
    return Finding(severity="refuse", slug=setting.missing_slug, message=told, field=setting.name)


def _described(postiz: Postiz, channel: Channel) -> Provider:
    here = provider(channel.provider)
    try:
        rules = postiz.settings_schema(channel.id)
    except EditaiError as error:
        if error.slug == "postiz_too_old":
            return here
        told = f"Your Postiz did not say what {here.label} needs now; what EditAI knows of it counts."
        return here.model_copy(update={"differs": (told,)})
    return schemas.as_the_server_says(here.name, rules.max_length, rules.schema)


def _named(item: Mapping[str, str]) -> str:
    """What a thing to choose is called, with what tells it from others of the same name."""
    called = item.get("name") or item.get("title") or item["id"]
    return " · ".join(part for part in (called.rstrip("/"), item.get("artist"), item.get("address")) if part)
