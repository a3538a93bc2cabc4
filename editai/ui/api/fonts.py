"""Endpoints for the fonts of a store: those to choose from, and those of its own."""

from __future__ import annotations

from typing import Any

import gradio as gr

from editai import captions, profiles
from editai.models import BrandKit
from editai.ui.api.confirming import require
from editai.ui.api.stores import given
from editai.ui.context import Desk, told_to_scripts
from editai.ui.files import uploaded

ENDPOINTS = ("fonts", "add_font", "remove_font")


class Fonts:
    """One method for each endpoint. Gradio gives the request; scripts see the other parameters only."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def fonts(self, request: gr.Request, profile: str = "") -> list[dict[str, Any]]:
        """The fonts that the caption style "brand" may be written in; `name` is what `/update_profile` takes.

        Args:
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.

        Returns:
            [{name, own, chosen}, ...]; own says that the store uploaded it, chosen that it is the store's font.
        """
        with told_to_scripts():
            return _fonts(self._desk.profile(request, profile).kit)

    def add_font(self, request: gr.Request, font: gr.FileData, profile: str = "") -> dict[str, Any]:
        """Keep a font of a store's own. Captions use it where it is chosen, and for letters that no other font has.

        Args:
            font: a TTF or OTF file of at most 20 MB, uploaded (in Python: `handle_file("acme-bold.ttf")`); of a
                variable font its bold is kept.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.

        Returns:
            {name, fonts}; name is what `/update_profile` takes as font, fonts are as `/fonts` gives them.
        """
        with told_to_scripts():
            found = self._desk.profile(request, profile)
            path = uploaded(self._desk.settings, given(font))
            kept, after = profiles.add_font(self._desk.library, found.owner_id, found.id, path)
            return {"name": kept.name, "fonts": _fonts(after.kit)}

    def remove_font(
        self, request: gr.Request, font: str, confirm: bool = False, profile: str = ""
    ) -> list[dict[str, Any]]:
        """Remove a font of a store's own; one that is chosen stays until another one is. Clips stay as they are.

        Args:
            font: its name, as `/fonts` gives it.
            confirm: true removes it; without it nothing is done, and the refusal says what would be.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.

        Returns:
            The fonts that are left, as `/fonts` gives them.
        """
        with told_to_scripts():
            found = self._desk.profile(request, profile)
            if any(each.name == font for each in found.kit.fonts):
                require(confirm, f'It would delete the font "{font}", which the store uploaded.')
            return _fonts(profiles.remove_font(self._desk.library, found.owner_id, found.id, font).kit)


def _fonts(kit: BrandKit) -> list[dict[str, Any]]:
    own = {each.name for each in kit.fonts}
    return [{"name": name, "own": name in own, "chosen": name == kit.font} for name in captions.font_names(kit)]
