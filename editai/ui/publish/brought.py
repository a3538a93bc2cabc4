"""What the store's posts brought: lines over time, what worked, and how many posts stand behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import gradio as gr

from editai import publish
from editai.models import Brought, By, ChannelLine, Line, Worked
from editai.publish.brought import FEW
from editai.readable import count
from editai.ui import looks, words
from editai.ui.context import Desk, told_on_page
from editai.ui.publish import charts
from editai.ui.tab import PRIVATE, Update

BY: Mapping[str, By] = {"Clip": "clip", "Voice": "voice", "Caption style": "style", "How it begins": "opening"}
DAYS: Mapping[str, int] = {"7 days": 7, "30 days": 30, "90 days": 90, "A year": 365}
NOTHING = """
<div class="card empty"><h3>Nothing is known yet</h3>
<p>The day after a post is published, its views and likes are fetched from Postiz and shown here, as far as its platform
tells them. You need not do anything.</p></div>
"""


def unopened() -> list[Update]:
    """What `build` gives, as it looks before anybody has opened it."""
    return [gr.Accordion(open=False), gr.Dropdown(choices=[], value=None), ""]


def build(desk: Desk, profile: gr.Dropdown) -> Sequence[gr.components.Component]:
    """Lay it out and connect it: what it shows of a store."""
    with gr.Accordion("What it brought", open=False, elem_id="brought") as whole:
        with gr.Row(elem_classes="filters"):
            by = gr.Radio(list(BY), value="Clip", label="By", interactive=True)
            days = gr.Radio(list(DAYS), value="30 days", label="Posts of the last", interactive=True)
            figure = gr.Dropdown([], label="Count", interactive=True, min_width=130)
        panel = gr.HTML()
    figure.preprocess = lambda chosen: chosen or ""  # its choices are what the store's platforms count

    def bring(profile_id: str, kind: str, back: str, counted: str, request: gr.Request) -> list[Update]:
        with told_on_page():
            owner = desk.profile(request, profile_id)
            told: dict[str, Any] = {"by": BY.get(kind, "clip"), "days": DAYS.get(back, 30)}
            found = publish.brought(desk.library, owner, **told)
            if counted in found.figures and counted != found.figure:
                found = publish.brought(desk.library, owner, **told, figure=counted)
            return [gr.Dropdown(list(found.figures), value=found.figure if found.figures else None), html(found)]

    says = [profile, by, days, figure]
    gr.on([whole.expand, by.input, days.input, figure.input], bring, says, [figure, panel], **PRIVATE)
    return [whole, figure, panel]


def html(found: Brought) -> str:
    """All of it."""
    if not found.posts and not found.channels:
        return NOTHING
    named = [line.model_copy(update={"name": called(found.by, line.name)}) for line in found.lines]
    head = f"{found.figure} so far of the posts of the last {count(found.days, 'day')}"
    over_time = f"<h4>{escape(head)}</h4>{charts.lines(named, head)}" if named else ""
    return f'<div class="brought">{over_time}{_worked(found)}{_channels(found.channels)}</div>'


def called(by: By, name: str) -> str:
    """A kind as people read it: a voice is "Heart (Kokoro)"."""
    if by == "voice" and ":" in name:
        return words.voice_name(name)
    if name == "source":
        return "The video's own sound"
    return name.capitalize() if by == "style" else name


def _worked(found: Brought) -> str:
    """The kinds side by side; honest about how little a handful of posts says."""
    head, left_out = "<h4>What worked</h4>", _left_out(found)
    if not found.worked:
        return head + looks.note(f"No post is out for a week yet, so nothing can be compared. {left_out}")
    most = max(one.median for one in found.worked) or 1
    rows = "".join(_row(found.by, one, most) for one in found.worked)
    note = f"{found.figure} of each post a week after it went out; half of the posts had more, half less. {left_out}"
    few = f"Below {FEW} posts a number says more about chance than about the clip: it is shown pale."
    return (
        f'{head}<table class="worked"><thead><tr><th>{_title(found.by)}</th><th>Posts</th>'
        f"<th>{escape(found.figure)}, the middle one</th><th>From, to</th></tr></thead><tbody>{rows}</tbody></table>"
        f"{looks.note(note)}{looks.note(few) if any(one.few for one in found.worked) else ''}"
    )


def _left_out(found: Brought) -> str:
    told = []
    if found.young:
        told.append(f"Not in it yet: {count(found.young, 'post')} out for less than a week.")
    if found.unknown:
        told.append(f"Of {count(found.unknown, 'post')} nothing is known from the first week.")
    return " ".join(told)


def _row(by: By, one: Worked, most: float) -> str:
    css = ' class="few"' if one.few else ""
    bar = f'<span class="bar"><i style="width: {100 * one.median / most:.0f}%"></i></span>'
    return (
        f"<tr{css}><td>{escape(called(by, one.name))}</td><td>{one.posts:,}</td>"
        f"<td>{bar}<b>{charts.short(one.median)}</b></td>"
        f"<td>{charts.short(one.lowest)} to {charts.short(one.highest)}</td></tr>"
    )


def _title(by: By) -> str:
    return next(name for name, value in BY.items() if value == by)


def _channels(found: Sequence[ChannelLine]) -> str:
    """The figures of whole channels, a picture for each of their names."""
    names = list(dict.fromkeys(one.line.name for one in found))
    drawn = []
    for name in names:
        of = [Line(name=one.channel, points=one.line.points) for one in found if one.line.name == name]
        drawn.append(f"<h5>{escape(name)}</h5>{charts.lines(of[:6], f'{name} of each channel')}")
    sections = "".join(f"<section>{one}</section>" for one in drawn)
    return f'<h4>Channels</h4><div class="several">{sections}</div>' if drawn else ""
