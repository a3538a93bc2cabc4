"""The foot of a form that plans several posts: a check, and one button. What was checked is what is planned."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from editai.errors import Conflict
from editai.models import Post, Profile, Series
from editai.ui import looks
from editai.ui.context import expected
from editai.ui.publish import pieces
from editai.ui.publish.form import PRIVATE, Form
from editai.ui.tab import Update


@dataclass(frozen=True)
class Plan:
    """What one form does: `said` reads it, `check` makes the dry run of what it says, `send` plans what was checked.

    `check_label` is on the first button, `send_label` says what the second would do, `told` how many posts it planned.
    """

    said: Callable[[Mapping[Any, Any]], tuple[Any, ...]]
    check: Callable[..., Series]
    send: Callable[[Profile, Series], Sequence[Post]]
    check_label: str
    send_label: Callable[[Series], str]
    told: Callable[[int], str]


def foot(does: Form, plan: Plan, profile: gr.Dropdown, parts: Sequence[Any], checked: gr.State, sent: gr.State) -> None:
    """Lay it out below the `parts`; `checked` keeps what was checked, `sent` changes when it was planned."""
    check = gr.Button(plan.check_label, size="lg")
    panel = gr.HTML("")
    button = gr.Button(variant="primary", size="lg", visible=False)

    def look_ahead(values: dict[Any, Any], request: gr.Request) -> Iterator[list[Update]]:
        yield [None, pieces.CHECKING, gr.Button(visible=False)]
        try:
            store, wanted = does.desk.profile(request, values[profile]), plan.said(values)
            run = plan.check(store, *wanted)
            kept = {"plan": run, "wanted": wanted}
            yield [kept, pieces.series(run), gr.Button(plan.send_label(run), visible=not run.refused)]
        except Exception as error:  # noqa: BLE001 shown in the panel, logged where nobody expected it
            yield [None, looks.error_box(expected(error)), gr.Button(visible=False)]

    def plan_them(values: dict[Any, Any], request: gr.Request) -> list[Update]:
        try:
            store, old = does.desk.profile(request, values[profile]), values[checked]
            if not old or old["wanted"] != plan.said(values):
                raise Conflict(
                    "check_again", "Something was changed after the check, so nothing was planned.", "Check it again."
                )
            made = plan.send(store, old["plan"])
            return [None, plan.told(len(made)), gr.Button(visible=False), uuid.uuid4().hex]
        except Exception as error:  # noqa: BLE001 shown in the panel, logged where nobody expected it
            return [None, looks.error_box(expected(error)), gr.Button(visible=False), gr.skip()]

    check.click(look_ahead, {profile, *parts}, [checked, panel, button], **PRIVATE)
    button.click(plan_them, {profile, checked, *parts}, [checked, panel, button, sent], **PRIVATE)
