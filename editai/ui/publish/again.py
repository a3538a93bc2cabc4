"""Posting the chosen clip again and again: where, from when on, how far apart, how often; a check, and one button.

What was checked is what is planned, as with one post (`form`).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import gradio as gr

from editai import publish
from editai.errors import Conflict
from editai.models import PostWish, Profile
from editai.readable import count
from editai.ui import clips, looks
from editai.ui.context import expected, told_on_page
from editai.ui.publish import pieces, several
from editai.ui.publish.form import PRIVATE, Form, Found, soon
from editai.ui.tab import DRAWING, Update

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
    check = gr.Button("Check these posts", size="lg")
    panel = gr.HTML("")
    button = gr.Button(variant="primary", size="lg", visible=False)

    def said(values: Mapping[Any, Any]) -> tuple[list[PostWish], dict[str, Any]]:
        """What the form says: the wishes, and when."""
        wishes = several.wishes_of(rows, values)
        return wishes, {
            "first_at": values[first] or "",
            "every_days": EVERY[values[every]],
            "count": int(values[times]),
        }

    def foresee(values: dict[Any, Any], request: gr.Request) -> Iterator[list[Update]]:
        yield [None, pieces.CHECKING, gr.Button(visible=False)]
        try:
            store, wanted = does.desk.profile(request, values[profile]), said(values)
            plan = publish.repeat(does.desk.library, store, clip_id, wanted[0], **wanted[1])
            label = f"Plan {count(sum(len(run.posts) for run in plan.runs), 'post')} of {owner.name}"
            yield [{"plan": plan, "wanted": wanted}, pieces.series(plan), gr.Button(label, visible=not plan.refused)]
        except Exception as error:  # noqa: BLE001 shown in the panel, logged where nobody expected it
            yield [None, looks.error_box(expected(error)), gr.Button(visible=False)]

    def plan_all(values: dict[Any, Any], request: gr.Request) -> list[Update]:
        try:
            store, old = does.desk.profile(request, values[profile]), values[checked]
            if not old or old["wanted"] != said(values) or old["plan"].runs[0].clip_id != clip_id:
                raise Conflict(
                    "check_again", "Something was changed after the check, so nothing was planned.", "Check it again."
                )
            made = publish.publish_repeat(does.desk.library, store, old["plan"])
            return [None, pieces.planned(len(made), owner.name), gr.Button(visible=False), uuid.uuid4().hex]
        except Exception as error:  # noqa: BLE001 shown in the panel, logged where nobody expected it
            return [None, looks.error_box(expected(error)), gr.Button(visible=False), gr.skip()]

    parts = [part for _, on, settings in rows for part in (on, *settings.values())] + [first, every, times]
    check.click(foresee, {profile, *parts}, [checked, panel, button], **PRIVATE)
    button.click(plan_all, {profile, checked, *parts}, [checked, panel, button, sent], **PRIVATE)
