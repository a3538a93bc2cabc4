"""Posting the chosen clip again and again: where, from when on, how far apart, how often; a check, and one button.

What was checked is what is planned, as with one post (`form`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import gradio as gr

from editai import publish
from editai.models import PostWish, Profile, Series
from editai.readable import count
from editai.ui import clips
from editai.ui.context import told_on_page
from editai.ui.publish import pieces, plans, several
from editai.ui.publish.form import Form, Found, soon
from editai.ui.tab import DRAWING

EVERY: Mapping[str, int] = {"Every day": 1, "Every week": 7, "Every 2 weeks": 14, "Every 4 weeks": 28}


def build(does: Form, profile: gr.Dropdown, found: gr.State, chosen: gr.State, sent: gr.State) -> None:
    """Lay it out; it is drawn for the clip in `chosen`, and `sent` changes when posts were planned."""
    checked = gr.State(None)

    @gr.render(inputs=[profile, found, chosen], triggers=[found.change, chosen.change], **DRAWING)  # type: ignore[untyped-decorator]
    def again(profile_id: str, seen: Found, clip_id: str, request: gr.Request) -> None:
        with told_on_page():
            owner = does.desk.profile(request, profile_id)
            if not (clip_id and seen.channels and seen.profile is not None and seen.profile.id == owner.id):
                return
            clip = clips.find(does.desk, owner.id, clip_id)
        with gr.Accordion("Post this clip again and again", open=False, elem_id="repeat"):
            _draw(does, owner, clip.id, seen, profile, checked, sent)


def _draw(
    does: Form, owner: Profile, clip_id: str, seen: Found, profile: gr.Dropdown, checked: gr.State, sent: gr.State
) -> None:
    """The channels, the times, the check and the button."""
    rows = [several.channel_row(does, channel, profile) for channel in seen.channels if not channel.disabled]
    zone = owner.kit.time_zone
    with gr.Row():
        first = gr.DateTime(soon(zone), type="string", label=f"The first time in {zone}", interactive=True)
        every = gr.Radio(list(EVERY), value="Every week", label="How far apart", interactive=True)
        times = gr.Slider(2, publish.MOST_REPEATS, value=4, step=1, label="How many times", interactive=True)

    def said(values: Mapping[Any, Any]) -> tuple[str, list[PostWish], dict[str, Any]]:
        """What the form says: the clip, the wishes, and when."""
        spread = {"first_at": values[first] or "", "every_days": EVERY[values[every]], "count": int(values[times])}
        return clip_id, several.wishes_of(rows, values), spread

    def check(store: Profile, clip: str, wishes: list[PostWish], spread: dict[str, Any]) -> Series:
        return publish.repeat(does.desk.library, store, clip, wishes, **spread)

    plan = plans.Plan(
        said=said,
        check=check,
        send=partial(publish.publish_repeat, does.desk.library),
        check_label="Check these posts",
        send_label=lambda run: f"Plan {count(sum(len(each.posts) for each in run.runs), 'post')} of {owner.name}",
        told=lambda number: pieces.planned(number, owner.name),
    )
    parts = [part for _, on, settings in rows for part in (on, *settings.values())] + [first, every, times]
    plans.foot(does, plan, profile, parts, checked, sent)
