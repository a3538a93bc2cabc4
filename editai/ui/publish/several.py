"""Planning several clips in one go: which, where, from when on and how far apart; a check, and one button.

What was checked is what is planned, as with one clip (`form`).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import gradio as gr

from editai import publish
from editai.errors import Conflict
from editai.models import Clip, Profile
from editai.readable import count
from editai.ui import clips, looks, words
from editai.ui.context import expected, told_on_page
from editai.ui.publish import cover_form, fields, pieces, yeses
from editai.ui.publish.form import Form, Found
from editai.ui.publish.times import soon
from editai.ui.tab import DRAWING, PRIVATE, Update

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
                _draw(does, owner, listed, seen, profile, checked, sent)


def _draw(
    does: Form, owner: Profile, listed: list[Clip], seen: Found, profile: gr.Dropdown, checked: gr.State, sent: gr.State
) -> None:
    """The clips, the channels, the times, the check and the button."""
    titles = {clip.id: f"{clip.title} · {words.when(clip.created_at)}" for clip in reversed(listed)}
    chosen = gr.CheckboxGroup(
        [(title, clip) for clip, title in titles.items()], label="Clips, in the order in which they go out",
        interactive=True,
    )  # fmt: skip
    gr.HTML(pieces.OF_EACH_CLIP)
    slots = [
        fields.slot(
            does.desk, owner, None, channel, seen.described[channel.id], seen.faces.get(channel.id, ""), profile
        )
        for channel in seen.channels
        if not channel.disabled
    ]
    cover = cover_form.draw_several(does.desk, titles, profile)
    with gr.Row(elem_classes="times"):
        first = gr.DateTime(
            soon(owner.kit.time_zone), type="string", label=f"The first in {owner.kit.time_zone}", interactive=True
        )
        every = gr.Radio(list(EVERY), value="Every day", label="The next ones", interactive=True)
        jitter = gr.Checkbox(True, label="A little earlier or later each time, as a person would", interactive=True)
    check = gr.Button("Check the plan", size="lg")
    panel = gr.HTML("")
    yes = yeses.build()
    button = gr.Button(variant="primary", size="lg", visible=False)

    def said(values: Mapping[Any, Any]) -> tuple[Any, ...]:
        """What the form says: the clips, the wishes, and how."""
        order = [clip for clip in titles if clip in (values[chosen] or [])]
        wishes = [slot.wish(values) for slot in slots if values[slot.on]]
        spread = {"first_at": values[first] or "", "every_hours": EVERY[values[every]]}
        spread |= {"jitter_minutes": JITTER_MINUTES if values[jitter] else 0, "own": cover.said(values, order)}
        return order, wishes, {**spread, **yes.said(values)}

    def nothing(panel: str = "") -> list[Update]:
        return [None, panel, gr.Button(visible=False), *yes.unsaid()]

    def look_ahead(values: dict[Any, Any], request: gr.Request) -> Iterator[list[Update]]:
        yield [None, pieces.CHECKING, gr.Button(visible=False), *[gr.skip()] * len(yes.components)]
        try:
            store, wanted = does.desk.profile(request, values[profile]), said(values)
            order, wishes, how = wanted
            plan = publish.series(does.desk.library, store, order, wishes, **how)
            go = gr.Button(f"Plan {count(len(plan.runs), 'clip')} for {owner.name}", visible=not plan.refused)
            yield [{"plan": plan, "wanted": wanted}, pieces.series(plan, seen.faces), go, *yes.shown(plan.runs)]
        except Exception as error:  # noqa: BLE001 shown in the panel, logged where nobody expected it
            yield nothing(looks.error_box(expected(error)))

    def compare(values: dict[Any, Any]) -> list[Update]:
        """Nothing is checked any more, and nothing said yes to, where the form says something else than what was."""
        old = values[checked]
        return nothing() if old and old["wanted"] != said(values) else [gr.skip()] * len(verdict)

    def plan_them(values: dict[Any, Any], request: gr.Request) -> list[Update]:
        try:
            store, old = does.desk.profile(request, values[profile]), values[checked]
            if not old or old["wanted"] != said(values):
                raise Conflict(
                    "check_again", "Something was changed after the check, so nothing was planned.", "Check it again."
                )
            made = publish.publish_series(does.desk.library, store, old["plan"])
            return [*nothing(pieces.planned(len(made), owner.name)), uuid.uuid4().hex]
        except Exception as error:  # noqa: BLE001 shown in the panel, logged where nobody expected it
            return [*nothing(looks.error_box(expected(error))), gr.skip()]

    verdict = [checked, panel, button, *yes.components]
    parts = [*(part for slot in slots for part in slot.parts), *cover.parts, chosen, first, every, jitter]
    everything = {profile, checked, *yes.components, *parts}
    gr.on([part.change for part in parts], compare, everything, verdict, queue=False, trigger_mode="once", **PRIVATE)
    gr.on([check.click, *yes.triggers], look_ahead, everything, verdict, **PRIVATE)
    button.click(plan_them, everything, [*verdict, sent], **PRIVATE)
