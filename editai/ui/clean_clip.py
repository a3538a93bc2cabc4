"""The clip that is shown without captions in its picture: drawn when somebody asks for it, then to take along."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import gradio as gr

from editai import masters
from editai.models import Clip
from editai.readable import human_bytes
from editai.ui import clips, looks
from editai.ui.context import Desk, expected, told_on_page
from editai.ui.files import address
from editai.ui.tab import PRIVATE, Update

LABEL = "The clip without captions"


class CleanClip:
    """The functions of this part of the tab; each says what it returns for which outputs in `build`."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def offer_clean(self, profile_id: str, watched: dict[str, str], request: gr.Request) -> list[Update]:
        """The button, where the watched job's clip has captions in its picture: (button, panel)."""
        with told_on_page():
            clip = self._clip(profile_id, watched, request)
            return [gr.Button(visible=clip is not None and masters.differs(self.desk.library, clip)), ""]

    def draw_clean(
        self, profile_id: str, watched: dict[str, str], request: gr.Request
    ) -> Iterator[tuple[Update, Update]]:
        """How far it is, and at the end, in the button's place, the file to take along: (button, panel)."""
        try:
            clip = self._clip(profile_id, watched, request)
            if clip is None:
                yield gr.skip(), ""
                return
            with closing(masters.clean(self.desk.library, clip)) as work:
                while True:
                    try:
                        step = next(work)
                    except StopIteration as done:
                        path = done.value
                        break
                    yield gr.skip(), looks.note(f"{step.message} · {100 * step.fraction:.0f} %")
            shown = clips.shown_master(self.desk, clip, path)
            size = human_bytes(path.stat().st_size)
            yield gr.Button(visible=False), looks.download(LABEL, size, address(shown), clips.master_name(clip))
        except Exception as error:  # noqa: BLE001 shown in its place, logged where nobody expected it
            yield gr.skip(), looks.error_box(expected(error))

    def _clip(self, profile_id: str, watched: dict[str, str], request: gr.Request) -> Clip | None:
        """The clip of the watched job of this store, once there is one."""
        profile = self.desk.profile(request, profile_id)
        if not watched["job"] or watched["profile"] != profile.id:
            return None
        job = self.desk.library.journal.job(profile.id, watched["job"])
        return clips.find(self.desk, profile.id, job.clip_id) if job.state == "done" and job.clip_id else None


def closed() -> list[Update]:
    """(button, panel) while no clip is shown."""
    return [gr.Button(visible=False), ""]


def build(desk: Desk, profile: gr.Dropdown, moved: gr.State) -> list[gr.components.Component]:
    """Lay it out and connect it; what has to be closed when another store is chosen: (button, panel).

    It is offered when `moved` tells of a job that is done.
    """
    does = CleanClip(desk)
    button = gr.Button(LABEL, visible=False, size="sm", elem_id="clean-button")
    panel = gr.HTML(elem_id="clean-clip")
    moved.change(does.offer_clean, [profile, moved], [button, panel], **PRIVATE)
    button.click(does.draw_clean, [profile, moved], [button, panel], concurrency_limit=4, **PRIVATE)
    return [button, panel]
