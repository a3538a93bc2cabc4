"""The part of a channel's form for what is written below the post: its first comment, and a thread of more."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from editai.models import PostWish

BETWEEN = re.compile(r"\n[^\S\n]*\n")
"""What stands between two comments that are typed in one box: an empty line."""
WAITS: Mapping[str, int] = {
    "At once": 0,
    "1 minute later": 1,
    "5 minutes later": 5,
    "15 minutes later": 15,
    "1 hour later": 60,
}


@dataclass(frozen=True)
class Comments:
    """What they are typed with."""

    first: gr.Textbox
    more: gr.Textbox
    wait: gr.Dropdown

    @property
    def parts(self) -> list[gr.components.Component]:
        """Everything that can be said of them."""
        return [self.first, self.more, self.wait]

    def on(self, wish: PostWish, values: Mapping[Any, Any]) -> PostWish:
        """A wish with the comments that the form says."""
        said = [values[self.first] or "", *BETWEEN.split(values[self.more] or "")]
        written = tuple(comment.strip() for comment in said if comment.strip())
        wait = WAITS[values[self.wait]] if written else 0
        return wish.model_copy(update={"comments": written, "comment_delay_min": wait})


def draw() -> Comments:
    """Lay them out."""
    first = gr.Textbox(
        label="First comment", info="Written below the post by your own account. May be left out.",
        lines=1, max_lines=4, interactive=True,
    )  # fmt: skip
    with gr.Accordion("A thread of more comments", open=False):
        more = gr.Textbox(
            label="More comments", info="Each is written below the one before. Leave an empty line between two.",
            lines=3, max_lines=12, interactive=True,
        )  # fmt: skip
        wait = gr.Dropdown(
            list(WAITS), value="At once", label="When each is written", info="Counted from the post, or the comment, "
            "that it is written below.", interactive=True,
        )  # fmt: skip
    return Comments(first, more, wait)
