"""The part of the form for when a clip goes out: now, at a time, as a draft in Postiz, or again and again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import gradio as gr

from editai import publish
from editai.errors import EditaiError
from editai.models import When
from editai.publish import moment
from editai.ui import looks
from editai.ui.publish import pieces
from editai.ui.publish.fields import TYPING
from editai.ui.tab import Update

WHEN: Mapping[str, When] = {"Now": "now", "At a time": "scheduled", "As a draft in Postiz": "draft"}
AGAIN = "Again and again"
EVERY: Mapping[str, int] = {"Every day": 1, "Every week": 7, "Every 2 weeks": 14, "Every 4 weeks": 28}


@dataclass(frozen=True)
class Times:
    """What it is chosen with."""

    when: gr.Radio
    at: gr.DateTime
    every: gr.Radio
    count: gr.Slider

    @property
    def parts(self) -> list[gr.components.Component]:
        """Everything that can be said of it."""
        return [self.when, self.at, self.every, self.count]

    def said(self, values: Mapping[Any, Any]) -> dict[str, Any]:
        """What the form says, as `publish.repeat` takes it where it says "again and again", else `publish.dry_run`."""
        chosen, at = values[self.when], values[self.at] or ""
        if chosen == AGAIN:
            return {"first_at": at, "every_days": EVERY[values[self.every]], "count": int(values[self.count])}
        return {"when": WHEN[chosen], "at": at if WHEN[chosen] == "scheduled" else ""}


def draw(zone: str) -> Times:
    """Lay it out and connect it; `zone` is the store's."""
    with gr.Group(elem_classes="when"):
        when = gr.Radio([*WHEN, AGAIN], value=next(iter(WHEN)), label="When", interactive=True)
        with gr.Row(visible=False) as later:
            at = gr.DateTime(soon(zone), type="string", label=f"Time in {zone}", interactive=True)
            same = gr.HTML(_same_moment(soon(zone), zone))
        with gr.Row(visible=False) as repeated:
            every = gr.Radio(list(EVERY), value="Every week", label="How far apart", interactive=True)
            count = gr.Slider(2, publish.MOST_REPEATS, value=4, step=1, label="How many times", interactive=True)

    def chosen(word: str) -> list[Update]:
        timed = word == AGAIN or WHEN[word] == "scheduled"
        return [gr.Row(visible=timed), gr.Row(visible=word == AGAIN)]

    when.change(chosen, when, [later, repeated], **TYPING)
    at.change(lambda local: _same_moment(local, zone), at, same, **TYPING)
    return Times(when, at, every, count)


def soon(zone: str) -> str:
    """The next full hour but one, as a clock on the store's wall shows it."""
    soon = datetime.now(ZoneInfo(zone)) + timedelta(hours=2)
    return soon.strftime("%Y-%m-%d %H:00:00")


def _same_moment(local: str | None, zone: str) -> str:
    """The chosen time in UTC as well, or why it is none."""
    try:
        return looks.note(pieces.moment(moment.asked_for(local or "", zone, datetime.now(UTC)).utc, zone))
    except EditaiError as error:
        return looks.note(str(error))
