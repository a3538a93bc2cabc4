"""Holding the queue and letting it go on: the same for every store, because the queue is this machine's."""

from __future__ import annotations

import gradio as gr

from editai import demo
from editai.ui import looks
from editai.ui.context import Desk, told_on_page
from editai.ui.tab import PRIVATE, Update

HELD = "The queue is paused: what is being made is finished, and nothing new begins until you go on."


class Queue:
    """The functions of this part of the tab; each returns (note, pause, resume)."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def pause(self) -> list[Update]:
        """Hold what waits."""
        with told_on_page():
            demo.refuse(self.desk.settings, "has one queue for everybody")
            self.desk.library.journal.pause()
            return self.shown()

    def resume(self) -> list[Update]:
        """Let it go on."""
        with told_on_page():
            self.desk.library.journal.resume()
            return self.shown()

    def shown(self) -> list[Update]:
        """The queue as it stands; it can be held where something waits in it."""
        journal = self.desk.library.journal
        paused = journal.is_paused()
        can_pause = not paused and not self.desk.settings.demo and journal.counts()["queued"] > 0
        return [
            gr.HTML(looks.note(HELD) if paused else "", visible=paused),
            gr.Button(visible=can_pause),
            gr.Button(visible=paused),
        ]


def build(desk: Desk) -> list[gr.components.Component]:
    """Lay it out and connect it; what shows the queue: (note, pause, resume)."""
    does = Queue(desk)
    note = gr.HTML("", visible=False, elem_id="queue-held")
    with gr.Row():
        pause = gr.Button("Pause the queue", size="sm", scale=0, elem_id="pause-button", visible=False)
        resume = gr.Button("Go on", size="sm", scale=0, visible=False, elem_id="resume-button")
    shown: list[gr.components.Component] = [note, pause, resume]
    pause.click(does.pause, None, shown, **PRIVATE)
    resume.click(does.resume, None, shown, **PRIVATE)
    return shown
