"""Planning several clips in one go: which, where, from when on and how far apart; a check, and one button.

What was checked is what is planned, as with one clip (`form`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import gradio as gr

from editai import publish
from editai.models import Channel, PostWish, Profile, Series
from editai.publish.providers import provider
from editai.readable import count
from editai.ui import clips, words
from editai.ui.context import told_on_page
from editai.ui.publish import pieces, plans
from editai.ui.publish.form import PRIVATE, Form, Found, setting_part, soon
from editai.ui.tab import DRAWING

EVERY: Mapping[str, float] = {
    "Every 6 hours": 6,
    "Every 12 hours": 12,
    "Every day": 24,
    "Every 2 days": 48,
    "Every week": 168,
}
JITTER_MINUTES = 20
"""What "a little earlier or later" means."""


def build(does: Form, profile: gr.Dropdown, found: gr.State, sent: gr.State) -> None:
    """Lay it out; it is drawn for the store of `found`, and `sent` changes when posts were planned."""
    checked = gr.State(None)

    @gr.render(inputs=[profile, found], triggers=[found.change], **DRAWING)  # type: ignore[untyped-decorator]
    def several(profile_id: str, seen: Found, request: gr.Request) -> None:
        with told_on_page():
            owner = does.desk.profile(request, profile_id)
            listed = clips.newest(does.desk, owner.id)
        if seen.channels and listed and seen.profile is not None and seen.profile.id == owner.id:
            with gr.Accordion("Plan several clips", open=False, elem_id="several"):
                titles = [(f"{clip.title} · {words.when(clip.created_at)}", clip.id) for clip in reversed(listed)]
                _draw(does, owner, titles, seen, profile, checked, sent)


def _draw(
    does: Form,
    owner: Profile,
    titles: list[tuple[str, str]],
    seen: Found,
    profile: gr.Dropdown,
    checked: gr.State,
    sent: gr.State,
) -> None:
    """The clips, the channels, the times, the check and the button."""
    chosen = gr.CheckboxGroup(titles, label="Clips, in the order in which they go out", interactive=True)
    rows = [channel_row(does, channel, profile) for channel in seen.channels if not channel.disabled]
    with gr.Row():
        first = gr.DateTime(
            soon(owner.kit.time_zone), type="string", label=f"The first in {owner.kit.time_zone}", interactive=True
        )
        every = gr.Radio(list(EVERY), value="Every day", label="The next ones", interactive=True)
        jitter = gr.Checkbox(True, label="A little earlier or later each time, as a person would", interactive=True)

    def said(values: Mapping[Any, Any]) -> tuple[Any, ...]:
        """What the form says: the clips, the wishes, and when."""
        wishes = wishes_of(rows, values)
        order = [clip for _, clip in titles if clip in (values[chosen] or [])]
        spread = {"first_at": values[first] or "", "every_hours": EVERY[values[every]]}
        return order, wishes, {**spread, "jitter_minutes": JITTER_MINUTES if values[jitter] else 0}

    def check(store: Profile, order: list[str], wishes: list[PostWish], spread: dict[str, Any]) -> Series:
        return publish.series(does.desk.library, store, order, wishes, **spread)

    plan = plans.Plan(
        said=said,
        check=check,
        send=partial(publish.publish_series, does.desk.library),
        check_label="Check the plan",
        send_label=lambda run: f"Plan {count(len(run.runs), 'clip')} for {owner.name}",
        told=lambda number: pieces.published(number, owner.name),
    )
    parts = [part for _, on, settings in rows for part in (on, *settings.values())] + [chosen, first, every, jitter]
    plans.foot(does, plan, profile, parts, checked, sent)


Row = tuple[str, gr.Checkbox, dict[str, gr.components.Component]]
"""A channel to choose: its id, the box, what only the person can say of it by the settings' names."""


def wishes_of(rows: Sequence[Row], values: Mapping[Any, Any]) -> list[PostWish]:
    """What is wanted on the channels that are chosen."""
    wishes = []
    for channel_id, on, settings in rows:
        if values[on]:
            typed = {name: values[part] for name, part in settings.items() if values[part] not in (None, "")}
            wishes.append(PostWish(channel_id=channel_id, settings=typed))
    return wishes


def channel_row(does: Form, channel: Channel, profile: gr.Dropdown) -> Row:
    """Draw a channel to choose."""
    here = provider(channel.provider)
    asked = [item for item in here.settings if item.required and item.default is None and not item.from_clip]
    with gr.Row(elem_classes="account"):
        on = gr.Checkbox(label=f"{channel.name} · {here.label}", container=False, interactive=True)
        parts = {item.name: setting_part(item, None) for item in asked}
    for item in asked:
        if item.kind == "listed":
            on.change(does.lister(channel, item), [profile, on], parts[item.name], **PRIVATE)
    return channel.id, on, parts
