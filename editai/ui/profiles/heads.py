"""What shows the store's name and colours outside its form: the choice and the mark above the tabs, the list, the card.

It is drawn again after everything that changes a store.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from editai import profiles
from editai.errors import NotFound
from editai.models import Profile
from editai.ui.context import Desk
from editai.ui.files import address, show
from editai.ui.profiles import pieces
from editai.ui.tab import Update


@dataclass(frozen=True)
class Heads:
    """The components, and how they are read for a store."""

    desk: Desk
    chosen: gr.Dropdown
    mark: gr.HTML
    stores: gr.Radio
    about: gr.HTML

    @property
    def shows(self) -> list[Any]:
        """The components that `refresh` gives updates for, in its order."""
        return [self.chosen, self.mark, self.stores, self.about]

    def refresh(self, profile: Profile) -> list[Update]:
        """All of them for this store."""
        return [gr.Dropdown(choices=choices(self.desk, profile.owner_id), value=profile.id), *self.below(profile)]

    def below(self, profile: Profile) -> list[Update]:
        """All but the choice, which says itself which store it is: (mark, stores, about)."""
        stores = self.desk.library.store.profiles(profile.owner_id)
        offered = [(f"{item.name} (default)" if item.is_default else item.name, item.id) for item in stores]
        logo = self.logo(profile)
        seen = profiles.overview(self.desk.library, profile)
        return [
            pieces.mark(profile, logo),
            gr.Radio(choices=offered, value=profile.id),
            pieces.about(profile, seen, logo),
        ]

    def logo(self, profile: Profile) -> str:
        """Where the browser finds the logo; "" where there is none."""
        if profile.kit.logo is None:
            return ""
        try:
            path = self.desk.library.media.logo(profile.id, profile.kit.logo)
        except NotFound:  # its file was removed by hand; the form offers to upload another
            return ""
        return address(show(self.desk.settings, path, "logo.png"))


def choices(desk: Desk, owner: str) -> list[tuple[str, str]]:
    """The owner's stores as (name, id)."""
    return [(profile.name, profile.id) for profile in desk.library.store.profiles(owner)]
