"""What changes a post that is not out yet: another time, or not at all.

It has a place of its own beside the list and the calendar, which are drawn anew whenever something becomes of a post:
what is being typed here stays. On a long list it stays in view.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import gradio as gr

from editai import publish
from editai.models import ListedPost, Post, Profile
from editai.ui.context import Desk, told_on_page
from editai.ui.publish import pieces
from editai.ui.tab import DRAWING, PRIVATE, Update

SOON = timedelta(minutes=2)
SHOWN = """
const box = element.closest('.changing')
box.classList.remove('leaving')
box.tabIndex = -1
requestAnimationFrame(() => { box.scrollIntoView({block: 'nearest'}); box.focus({preventScroll: true}) })
"""
"""Brings it to whoever opened it, with the keyboard as well; what is drawn takes the place of what was `LEAVING`."""
LEAVING = """(...given) => {
  document.querySelector('#posts .changing')?.classList.add('leaving')
  return given
}"""
"""What was open for another post cannot be pressed from the click on: whoever opens one and presses "Cancel it" before
its own buttons are there means that one."""
STAYS = "() => document.querySelector('#posts .leaving')?.classList.remove('leaving')"
"""What was open goes on to be: the other one could not be opened."""


@dataclass(frozen=True)
class Changing:
    """The post that is being changed, "" for none. Opened a second time, it is drawn anew."""

    post_id: str = ""
    opened: str = field(default_factory=lambda: uuid.uuid4().hex)

    def __hash__(self) -> int:
        """Gradio's way to see that a state has changed."""
        return hash((self.post_id, self.opened))


def waits(post: Post) -> bool:
    """Whether this post can still be given another time, or be taken back."""
    return post.state in {"planned", "uploading"} or (post.state == "sent" and post.when != "now")


def of(post: Post, act: str) -> dict[str, Any]:
    """What an act on a post is connected with: it is the same act however often its button is drawn anew. Without a
    key the button that is still seen while it is drawn anew would do nothing."""
    return {**PRIVATE, "key": (act, post.id)}


class Changes:
    """What the buttons do. Those that changed the post give (what tells the list of it, that nothing is open)."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def beginner(self, post_id: str) -> Callable[..., Changing]:
        """What the button does that opens a post to be changed."""

        def begin(profile_id: str, request: gr.Request) -> Changing:
            with told_on_page():
                owner = self.desk.profile(request, profile_id)
                return Changing(self.desk.library.outbox.post(owner.id, post_id).id)

        return begin

    def mover(self, post_id: str) -> Callable[..., list[Update]]:
        """What the button does that gives a post another time; a draft is scheduled by it."""

        def move(profile_id: str, at: str, request: gr.Request) -> list[Update]:
            with told_on_page():
                publish.move(self.desk.library, self.desk.profile(request, profile_id), post_id, at or "")
                return [uuid.uuid4().hex, Changing()]

        return move

    def taker_back(self, post_id: str) -> Callable[..., list[Update]]:
        """What the button does that takes a post back."""

        def take_back(profile_id: str, request: gr.Request) -> list[Update]:
            with told_on_page():
                publish.cancel(self.desk.library, self.desk.profile(request, profile_id), post_id)
                return [uuid.uuid4().hex, Changing()]

        return take_back

    def slot_finder(self, post_id: str) -> Callable[..., Update]:
        """What the button does that looks up the channel's next free time, for the box in which a time is chosen."""

        def next_slot(profile_id: str, request: gr.Request) -> Update:
            with told_on_page():
                owner = self.desk.profile(request, profile_id)
                post = self.desk.library.outbox.post(owner.id, post_id)
                at = datetime.fromisoformat(publish.free_slot(self.desk.library, owner, post.channel.id))
                return f"{at.astimezone(ZoneInfo(owner.kit.time_zone)):%Y-%m-%d %H:%M:%S}"

        return next_slot

    def leave(self) -> Changing:
        """Nothing is changed."""
        return Changing()


def build(desk: Desk, profile: gr.Dropdown, changing: gr.State, sent: gr.State) -> None:
    """Lay it out and connect it; it is drawn for the post in `changing`, and `sent` changes when the post did."""
    does = Changes(desk)

    @gr.render(inputs=[profile, changing], triggers=[changing.change], **DRAWING)  # type: ignore[untyped-decorator]
    def change(profile_id: str, now: Changing, request: gr.Request) -> None:
        with told_on_page():
            owner = desk.profile(request, profile_id)
            if not now.post_id:
                return
            (one,) = publish.told(desk.library, owner, [desk.library.outbox.post(owner.id, now.post_id)])
        _draw(does, owner, one, profile, changing, sent)


def _draw(
    does: Changes, owner: Profile, one: ListedPost, profile: gr.Dropdown, changing: gr.State, sent: gr.State
) -> None:
    """Which post it is, its time, and what can be done."""
    post, zone = one.post, owner.kit.time_zone
    with gr.Row(elem_classes="recent changing"):
        gr.HTML(pieces.changing(one, zone), js_on_load=SHOWN)
        label = f"Publish this draft at ({zone})" if post.when == "draft" else f"New time in {zone}"
        at = gr.DateTime(_local(post, zone), type="string", label=label, interactive=True)
        slot = gr.Button("Next free time", size="sm", scale=0)
        move = gr.Button("Schedule it" if post.when == "draft" else "Move it", size="sm", scale=0)
        cancel = gr.Button("Cancel it", variant="stop", size="sm", scale=0)
        leave = gr.Button("Leave it as it is", size="sm", scale=0)
    slot.click(does.slot_finder(post.id), profile, at, **of(post, "slot"))
    move.click(does.mover(post.id), [profile, at], [sent, changing], **of(post, "move"))
    cancel.click(does.taker_back(post.id), profile, [sent, changing], **of(post, "cancel"))
    leave.click(does.leave, None, changing, **of(post, "leave"))


def _local(post: Post, zone: str) -> str:
    """When the post goes out, on the store's clock; a draft, and what is over, tomorrow at that hour."""
    at = datetime.fromisoformat(post.publish_at).astimezone(ZoneInfo(zone))
    now = datetime.now(ZoneInfo(zone))
    if at <= now + SOON:
        at = at.replace(year=now.year, month=now.month, day=now.day) + timedelta(days=1)
    return f"{at:%Y-%m-%d %H:%M:00}"
