"""One post in the store's list, and what can be done with it: change it (`changing`), send it again, take it off the
list."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import gradio as gr

from editai import publish
from editai.models import ListedPost, Post, Profile
from editai.publish.planning import OVER
from editai.ui.context import Desk, told_on_page
from editai.ui.publish import changing, pieces, repricing
from editai.ui.publish.changing import of
from editai.ui.tab import PRIVATE, Update

SEEN = """
const box = element.closest('[id^=picked-]') ?? element
if (window.pickedPost !== box.id) {
  window.pickedPost = box.id
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches
  requestAnimationFrame(() => box.scrollIntoView({behavior: still ? 'auto' : 'smooth', block: 'center'}))
}
"""
"""Brings a post that was just picked into view, once: it is drawn anew whenever something about it changes."""


class Acts:
    """What the buttons of a post do. Each gives what tells the list that something changed."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def retrier(self, post_id: str, *, price_is_right: bool = False) -> Callable[..., Update]:
        """What the button does that sends a failed post again."""

        def retry(profile_id: str, request: gr.Request) -> Update:
            with told_on_page():
                owner = self.desk.profile(request, profile_id)
                publish.retry(self.desk.library, owner, post_id, price_is_right=price_is_right)
                return uuid.uuid4().hex

        return retry

    def repricer(self, post_id: str) -> Callable[..., Update]:
        """What the button does that gives the product of a post the price of its page, and has its clip made again."""

        def correct(profile_id: str, request: gr.Request) -> Update:
            with told_on_page():
                owner = self.desk.profile(request, profile_id)
                post = self.desk.library.outbox.post(owner.id, post_id)
                return repricing.reprice(self.desk.library, owner, post.clip_id, post.page_price)

        return correct

    def unlinker(self, post_id: str) -> Callable[..., Update]:
        """What the button does that takes a post off the list."""

        def unlink(profile_id: str, request: gr.Request) -> Update:
            with told_on_page():
                publish.unlink(self.desk.library, self.desk.profile(request, profile_id), post_id)
                return uuid.uuid4().hex

        return unlink


def draw(
    does: Acts, owner: Profile, listed: ListedPost, profile: gr.Dropdown, opened: gr.State, sent: gr.State, *,
    picked: bool = False,
) -> None:  # fmt: skip
    """A post with its buttons; `opened` is the post that is being changed. What reached the server may be out: before
    that is sent again, it is asked twice."""
    post = listed.post
    failed = post.state == "failed" and not post.unlinked and not post.is_mispriced  # which has ways on of its own
    with gr.Row(elem_classes="recent"):
        seen: dict[str, Any] = {"elem_id": f"picked-{post.id}", "js_on_load": SEEN} if picked else {}
        gr.HTML(pieces.post(listed, owner.kit.time_zone), **seen)
        if failed:
            retry = gr.Button("Retry", size="sm", scale=0)
        if changing.waits(post):
            change = gr.Button("Change", size="sm", scale=0)
            begin = changing.Changes(does.desk).beginner(post.id)
            begun = change.click(begin, profile, opened, js=changing.LEAVING, **of(post, "change"))
            begun.failure(None, js=changing.STAYS, **of(post, "stays"))
        if post.state in OVER and not post.unlinked:
            off = gr.Button("Take off the list", size="sm", scale=0)
    if failed:
        _retry(does, post, retry, profile, sent)
    if post.is_mispriced and post.state in {"failed", "sent"} and not post.unlinked:
        _mispriced(does, post, profile, sent)
    if post.state in OVER and not post.unlinked:
        _take_off(does, post, off, profile, sent)


def _retry(does: Acts, post: Post, retry: gr.Button, profile: gr.Dropdown, sent: gr.State) -> None:
    if post.sent_at:
        with gr.Row(visible=False, elem_classes="recent") as sure:
            gr.HTML(pieces.BEFORE_RETRYING)
            send = gr.Button("It is not there: send it again", size="sm", scale=0)
        retry.click(lambda: (gr.Button(visible=False), gr.Row(visible=True)), None, [retry, sure], **PRIVATE)
        retry = send
    retry.click(does.retrier(post.id), profile, sent, **of(post, "retry"))


def _mispriced(does: Acts, post: Post, profile: gr.Dropdown, sent: gr.State) -> None:
    """The two ways on where the product's page asks another price: it is corrected, or it was read wrongly."""
    with gr.Row(elem_classes="recent"):
        price = gr.Button(repricing.label(post.page_price), size="sm", scale=0)
        if post.state == "failed":
            right = gr.Button("The clip's price is right: post it as it is", size="sm", scale=0)
            right.click(does.retrier(post.id, price_is_right=True), profile, sent, **of(post, "right"))
    told = gr.HTML("")
    price.click(does.repricer(post.id), profile, told, **of(post, "reprice"))


def _take_off(does: Acts, post: Post, off: gr.Button, profile: gr.Dropdown, sent: gr.State) -> None:
    """What is published stays so, which is said before it leaves the list."""
    if post.state == "published":
        with gr.Row(visible=False, elem_classes="recent") as sure:
            gr.HTML(pieces.stays_published(post.channel.name))
            unlink = gr.Button("Take it off", size="sm", scale=0)
        off.click(lambda: (gr.Button(visible=False), gr.Row(visible=True)), None, [off, sure], **PRIVATE)
        off = unlink
    off.click(does.unlinker(post.id), profile, sent, **of(post, "unlink"))
