"""The same functions for scripts: typed endpoints with stable names, described at the foot of the page and for MCP.

The store that is meant: the `profile` argument (id or name), else the `X-Profile-Id` header, else the default store.
Errors carry the status and the slug as their title ("422 nothing_to_say"). Files arrive by upload only.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, get_args, get_origin, get_type_hints

import gradio as gr

from editai.ui.api import (
    batches,
    captioning,
    estimating,
    following,
    fonts,
    making,
    posting,
    products,
    repeating,
    speaking,
    stores,
    writing,
)
from editai.ui.context import Desk

ROOMS: tuple[tuple[type, tuple[str, ...]], ...] = (
    (making.Making, making.ENDPOINTS),
    (estimating.Estimating, estimating.ENDPOINTS),
    (batches.Batches, batches.ENDPOINTS),
    (captioning.Captioning, captioning.ENDPOINTS),
    (products.Products, products.ENDPOINTS),
    (speaking.Speaking, speaking.ENDPOINTS),
    (writing.Writing, writing.ENDPOINTS),
    (stores.Stores, stores.ENDPOINTS),
    (fonts.Fonts, fonts.ENDPOINTS),
    (posting.Posting, posting.ENDPOINTS),
    (repeating.Repeating, repeating.ENDPOINTS),
    (following.Following, following.ENDPOINTS),
)
"""The classes of endpoints, each with the names of its own; `docs/api.md` has them in this order."""

ENDPOINTS = tuple(name for _, names in ROOMS for name in names)

STREAMS = ("produce",)
"""Endpoints that follow a job for as long as it takes: they wait for nobody and nobody waits for them."""


def add(desk: Desk) -> None:
    """Add every endpoint to the page that is being built."""
    for kind, names in ROOMS:
        room = kind(desk)
        for name in names:
            endpoint = getattr(room, name)
            hints = get_type_hints(endpoint)
            if get_origin(hints["return"]) in (AsyncIterator, Iterator):
                (hints["return"],) = get_args(hints["return"])
            endpoint.__func__.__annotations__ = hints  # Gradio reads the return type as it stands, not as text
            limits: dict[str, Any] = {"concurrency_limit": None if name in STREAMS else "default"}
            if name == "preview_voice":  # one at a time, with those of the page
                limits = {"concurrency_limit": 1, "concurrency_id": "hear"}
            gr.api(endpoint, api_name=name, **limits)
