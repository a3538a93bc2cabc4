"""What the three tabs have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import gradio as gr

from editai.models import Profile

Update: TypeAlias = Any
"""What Gradio takes for an output: a value, `gr.skip()`, or a component that says what changes."""

PRIVATE: Mapping[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "show_progress_on": ()}
"""How the page's own events are: no endpoints, and without Gradio's animation, on no part. With each step of any event
Gradio's front end looks through the whole page for every part on which it might show one, hidden or not; see also
`page.js`. `python -m benchmarks.page` tells what a page costs its browser."""
DRAWING: Mapping[str, Any] = {"show_progress": "hidden", "concurrency_limit": 1, "concurrency_id": "drawing"}
"""How parts of the page are drawn anew: one after another. Gradio numbers the events of a visit without a lock, so that
of two that are drawn at once a button can get the number, and with it the function, of another."""


@dataclass(frozen=True)
class Tab:
    """What a tab shows of the store, and how that is read when another store is chosen.

    `refresh` gives an update for each of `shows`; `followers` are the events that have to end before.
    `acts` are buttons that work with what the form says: they cannot be pressed from the choice of a store until the
    form is that store's, and `refresh` sets them free.
    """

    shows: Sequence[gr.components.Component]
    refresh: Callable[[Profile], list[Update]]
    followers: Sequence[Any] = ()
    acts: Sequence[gr.Button] = ()
