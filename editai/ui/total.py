"""The line beside the button that says what is about to be made: it follows the choices of the form."""

from __future__ import annotations

from typing import Any

import gradio as gr

from editai import products
from editai.errors import NotFound
from editai.ui import product_form as form
from editai.ui.context import Desk, told_on_page
from editai.ui.tab import PRIVATE
from editai.ui.total_line import total_line


class Total:
    """The function of this part of the form."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def total(
        self,
        profile_id: str,
        product: str,
        title: str,
        price: str,
        url: str,
        points: str,
        lowest: str,
        proofs: str,
        script: str,
        voice: str,
        seconds: int,
        writer: str,
        formats: list[str],
        variants: int,
        end_card: bool,
        translate_to: list[str],
        burned_language: str,
        request: gr.Request,
    ) -> str:
        """What the choices come to; it is asked again with each of them, so no video is looked at."""
        with told_on_page():
            profile = self.desk.profile(request, profile_id)
            try:
                project = self.desk.library.store.project(profile.id, product) if product else None
            except NotFound:  # another store was chosen at this moment, and its form is on its way
                return ""
            wishes = {
                "script": script,
                "facts": form.facts_of(title, price, url, points, lowest, proofs),
                "voice": products.voice(profile, voice),
                "seconds": seconds,
                "writer": writer or None,
                "format": formats[0] if formats else None,
                "end_card": end_card,
                "translate_to": tuple(translate_to),
                "burned_language": burned_language,
            }
            return total_line(self.desk, profile, project, wishes, formats[1:], int(variants))


def connect(desk: Desk, profile: gr.Dropdown, asks: form.Form, opened: Any) -> None:
    """Have the line follow what is chosen, and what the store says when the tab is `opened`."""
    does, how = Total(desk), asks.how
    chosen = [asks.voice, asks.seconds, asks.writer, how.formats, how.variants, how.end_card, *how.translations]
    typed = [asks.script, *asks.facts]
    light: dict[str, Any] = {
        "fn": does.total,
        "inputs": [profile, asks.product, *asks.facts, asks.script, *chosen],
        "outputs": asks.total,
        "queue": False,
        **PRIVATE,
    }
    triggers = [*(part.input for part in chosen), *(part.blur for part in typed), asks.looked.change]
    gr.on(triggers, trigger_mode="always_last", **light)
    opened.success(**light)
