"""The part of a form for one channel: whether it is chosen, its text, its settings and its comments.

The settings are drawn from data: those of the platform as the store's Postiz describes it. What is of no use with what
else is chosen is hidden, and not sent. A plan of several clips asks for what is the same of all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from editai import publish
from editai.models import Channel, Clip, PostWish, Profile
from editai.publish import text as text_rules
from editai.publish.providers import Provider, Setting, holds
from editai.publish.values import is_empty, names_of
from editai.ui.context import Desk, told_on_page
from editai.ui.publish import comment_form, pieces
from editai.ui.publish.comment_form import Comments
from editai.ui.tab import PRIVATE, Update

MENTIONS: Mapping[bool, str] = {
    True: "To mention somebody, type @ and their name on this platform. It is sent as you type it and not looked up.",
    False: "@ and a name stay plain text here: nobody is told of it.",
}
"""What becomes of a name in a text, by whether the platform makes a mention of it: Postiz looks nobody up."""
FEW = 4
"""Settings that are all shown; of more, those with a default are folded away."""
TYPING: dict[str, Any] = {**PRIVATE, "queue": False, "trigger_mode": "multiple"}
"""For what follows typing: "once" would leave out the last letter, and "always_last" never ends in a drawn form."""


@dataclass(frozen=True)
class Slot:
    """One channel in the form; `settings` are the parts of its settings by Postiz's names. Of several clips each has a
    text of its own, and `text` is None; so are `comments` where Postiz can write none."""

    channel: Channel
    here: Provider
    on: gr.Checkbox
    settings: Mapping[str, gr.components.Component]
    text: gr.Textbox | None
    comments: Comments | None

    @property
    def parts(self) -> list[gr.components.Component]:
        """Everything that can be said of it."""
        text = [self.text] if self.text else []
        return [self.on, *text, *self.settings.values(), *(self.comments.parts if self.comments else ())]

    def wish(self, values: Mapping[Any, Any]) -> PostWish:
        """What the form says now; a choice that was not made, and what is hidden, is left out."""
        chosen: dict[str, Any] = {}
        for item in self.here.settings:
            value = values[self.settings[item.name]] if item.name in self.settings else None
            if not is_empty(value) and holds(item.when, chosen):
                chosen[item.name] = value
        text = (values[self.text] or "") if self.text else ""
        wish = PostWish(channel_id=self.channel.id, text=text, settings=chosen)
        return self.comments.on(wish, values) if self.comments else wish


def slot(
    desk: Desk, owner: Profile, clip: Clip | None, channel: Channel, here: Provider, face: str, profile: gr.Dropdown
) -> Slot:
    """Draw one channel: its picture and name with a box to choose it, and below what is posted there. Without a clip
    it is of several: what follows from each clip, as its text and its title, is not asked for."""
    asked = here.settings if clip else [item for item in here.settings if not item.from_clip]
    same = PostWish(channel_id=channel.id, settings={item.name: item.default for item in asked})
    wish = publish.suggest(desk.library, owner, clip, channel, here) if clip else same
    with gr.Group(elem_classes=["channel", "off"] if channel.disabled else ["channel"]):
        with gr.Row(elem_classes="account"):
            gr.HTML(pieces.picture(channel, face), elem_classes="face")
            on = gr.Checkbox(label=f"{channel.name} · {here.label}", container=False, interactive=not channel.disabled)
            if channel.disabled:
                gr.HTML(pieces.disabled(channel))
        with gr.Column(visible=False, elem_classes="said") as body:
            if here.differs:
                gr.HTML(pieces.differs(here))
            text = _text(wish.text, here) if clip else None
            settings = _settings(asked, wish.settings)
            comments = comment_form.draw() if here.comments else None
    on.change(lambda chosen: gr.Column(visible=chosen), on, body, **TYPING)
    for item in asked:
        _connect(desk, channel, item, settings, on, profile)
    return Slot(channel, here, on, settings, text, comments)


def lister(desk: Desk, channel: Channel, setting: Setting) -> Callable[..., Update]:
    """What asks a channel's platform what can be chosen for a setting, once the channel is chosen, or a word is said
    to look for."""

    def choices(profile_id: str, said: bool | str, request: gr.Request) -> Update:
        word = said.strip() if isinstance(said, str) else ""
        if not said or (setting.asks and not word) or (not setting.asks_of and _is_chosen(setting, word)):
            return gr.skip()
        with told_on_page():
            profile = desk.profile(request, profile_id)
            found = publish.choices(desk.library, profile, channel.id, setting.name, word)
        return gr.Dropdown(choices=[(choice.label, choice.value) for choice in found])

    return choices


def setting_part(item: Setting, value: Any, visible: bool = True) -> gr.components.Component:
    """What a setting is chosen with."""
    told: dict[str, Any] = {"label": item.label, "info": item.hint or None, "interactive": True, "visible": visible}
    match item.kind:
        case "yes_no" | "cover":
            return gr.Checkbox(bool(value), **told)
        case "listed" | "item":
            return gr.Dropdown([], value=value, allow_custom_value=True, **told)
        case "names":
            return gr.Textbox(", ".join(names_of(value or ())), max_lines=2, **told)
        case "text" | "address":
            return gr.Textbox(value or "", max_length=item.longest or None, max_lines=1, **told)
    return gr.Radio([(choice.label, choice.value) for choice in item.choices], value=value, **told)


def _text(suggested: str, here: Provider) -> gr.Textbox:
    """The text with its counter, and what becomes of names in it."""
    text = gr.Textbox(suggested, label="Text", info=MENTIONS[here.mentions], lines=4, max_lines=12, interactive=True)
    counter = gr.HTML(_count(suggested, here))
    text.change(lambda typed: _count(typed, here), text, counter, **TYPING)
    return text


def _settings(settings: Sequence[Setting], preset: Mapping[str, Any]) -> dict[str, gr.components.Component]:
    """The platform's settings; where there are many, those that hardly anybody changes are folded away."""

    def part(item: Setting) -> gr.components.Component:
        return setting_part(item, preset.get(item.name, item.default), holds(item.when, preset))

    folded = [item for item in settings if item.default is not None] if len(settings) > FEW else []
    parts = {item.name: part(item) for item in settings if item not in folded}
    if folded:
        with gr.Accordion("More settings", open=False):
            parts |= {item.name: part(item) for item in folded}
    return parts


def _connect(
    desk: Desk,
    channel: Channel,
    item: Setting,
    parts: Mapping[str, gr.components.Component],
    on: gr.Checkbox,
    profile: gr.Dropdown,
) -> None:
    """Have a setting follow what else is said: what can be chosen for it, and whether it is of use."""
    part = parts[item.name]
    if item.tool:
        listen = parts[item.asks_of].change if item.asks_of else part.input if item.asks else on.change
        said = parts[item.asks_of] if item.asks_of else part if item.asks else on
        listen(lister(desk, channel, item), [profile, said], part, **PRIVATE)
    if item.when:
        others = [parts[name] for name in item.when]
        gr.on(
            [other.change for other in others],
            lambda *said: gr.update(visible=holds(item.when, dict(zip(item.when, said, strict=True)))),
            others, part, **TYPING,
        )  # fmt: skip


def _is_chosen(setting: Setting, word: str) -> bool:
    """Whether this is one of what the platform lists, and no word to look for."""
    return word.startswith("{") or bool(setting.pattern and re.fullmatch(setting.pattern, word))


def _count(text: str, here: Provider) -> str:
    return pieces.counter(text_rules.length(text, here.name), here.max_text)
