"""What the store has under way besides the job that the panel follows: the variants of its product, and other clips.
All of it is looked at as it goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from editai.models import Profile
from editai.ui import looks, queue, variants
from editai.ui.context import Desk, told_on_page
from editai.ui.tab import PRIVATE, Update

LOOK_SECONDS = 2.0
RECENT = 6
"""So many of the store's last jobs are listed."""


class AtWork:
    """The functions of this part of the tab; each returns (list, timer, stand, *how the queue stands, *variants)."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def at_work(self, request: gr.Request, profile_id: str, watched: dict[str, str], *seen: object) -> list[Update]:
        """How far they are by now; `seen` is what the browser has of the variants (see `variants.SEEN`)."""
        with told_on_page():
            return self.shown(self.desk.profile(request, profile_id), watched["job"], seen)

    def shown(self, profile: Profile, watched: str, seen: Sequence[object] = ()) -> list[Update]:
        """What runs besides the watched job and its variants, how the store's last jobs stand, and those variants that
        are others than were `seen`; it is looked again for as long as any of its jobs is not through."""
        journal = self.desk.library.journal
        beside = variants.side_by_side(self.desk, profile, watched) if watched else []
        elsewhere = {watched, *(each.job.id for each in beside)}
        running = (job for job in journal.running(profile.id) if job.id not in elsewhere)
        rows = "".join(looks.job_row(job, live=True) for job in running)
        told = f"<h3>Being made as well</h3>{rows}" if rows else ""
        return [
            gr.HTML(looks.of_store(profile.id, told), visible=bool(rows)),
            gr.Timer(active=bool(journal.unended(profile.id, 1))),
            " ".join(f"{job.id} {job.state}" for job in journal.jobs(profile.id, RECENT)),
            *queue.Queue(self.desk).shown(),
            *variants.changed(variants.cards(self.desk, beside, watched), seen),
        ]


def build(
    desk: Desk,
    profile: gr.Dropdown,
    watched: gr.State,
    moved: gr.State,
    places: list[gr.HTML],
    waiting: list[gr.components.Component],
) -> list[gr.components.Component]:
    """Lay it out and connect it; what shows them: (list, timer, stand, *waiting, *places), of which `waiting` show the
    queue, `places` the variants."""
    does = AtWork(desk)
    clock = gr.Timer(LOOK_SECONDS, active=False)
    others, stand = gr.HTML("", visible=False, elem_id="at-work"), gr.State("")
    shown: list[gr.components.Component] = [others, clock, stand, *waiting, *places]
    look: dict[str, Any] = {"fn": does.at_work, "inputs": [profile, watched, *places], "outputs": shown}
    look |= {"js": variants.SEEN, **PRIVATE}
    clock.tick(**look)
    moved.change(**look)
    return shown
