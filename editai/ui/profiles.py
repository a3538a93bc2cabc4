"""The Profiles tab: the owner's stores. Create, rename, switch, make one the default, delete one."""

from __future__ import annotations

from html import escape
from typing import Any

import gradio as gr

from editai.errors import InvalidInput
from editai.models import Profile
from editai.ui import words
from editai.ui.context import Desk, told_on_page
from editai.ui.files import forget
from editai.ui.tab import Tab, Update


class Profiles:
    """The tab's functions; those that change something return updates for (the dropdown above the tabs, *shows)."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def choices(self, request: gr.Request) -> list[tuple[str, str]]:
        """The owner's stores as (name, id)."""
        return [(profile.name, profile.id) for profile in self.desk.library.store.profiles(self.desk.owner(request))]

    def refresh(self, profile: Profile) -> list[Update]:
        """The list, the chosen store, and empty boxes."""
        stores = self.desk.library.store.profiles(profile.owner_id)
        offered = [(f"{item.name} (default)" if item.is_default else item.name, item.id) for item in stores]
        return [
            gr.Radio(choices=offered, value=profile.id),
            self._about(profile),
            profile.name,
            gr.Button(interactive=not profile.is_default),
            "",
            "",
        ]

    def create(self, name: str, request: gr.Request) -> list[Update]:
        """A new store, which is chosen at once."""
        with told_on_page():
            return self._changed(self.desk.library.store.create_profile(self.desk.owner(request), name), request)

    def rename(self, profile_id: str, name: str, request: gr.Request) -> list[Update]:
        """The chosen store under its new name."""
        with told_on_page():
            profile = self.desk.profile(request, profile_id)
            owner = self.desk.owner(request)
            return self._changed(self.desk.library.store.update_profile(owner, profile.id, {"name": name}), request)

    def make_default(self, profile_id: str, request: gr.Request) -> list[Update]:
        """The chosen store as the one that is meant where nothing is said."""
        with told_on_page():
            profile = self.desk.profile(request, profile_id)
            owner = self.desk.owner(request)
            return self._changed(self.desk.library.store.set_default_profile(owner, profile.id), request)

    def delete(self, profile_id: str, typed: str, request: gr.Request) -> list[Update]:
        """The chosen store is deleted once its name was typed; the default one is chosen."""
        with told_on_page():
            profile = self.desk.profile(request, profile_id)
            owner = self.desk.owner(request)
            if typed.strip() != profile.name:
                raise InvalidInput(
                    "name_not_confirmed",
                    "The name that was typed is not the name of this store.",
                    f'Type "{profile.name}" to delete the store with its clips.',
                )
            self.desk.library.delete_profile(owner, profile.id)
            forget(self.desk.settings)
            return self._changed(self.desk.library.store.default_profile(owner), request)

    def _changed(self, profile: Profile, request: gr.Request) -> list[Update]:
        return [gr.Dropdown(choices=self.choices(request), value=profile.id), *self.refresh(profile)]

    def _about(self, profile: Profile) -> str:
        count = len(self.desk.library.store.clips(profile.id))
        kind = "The default store: it is meant where nothing else is said. " if profile.is_default else ""
        made = f"{count} {'clip' if count == 1 else 'clips'}. Created {words.when(profile.created_at)}."
        return (
            f'<div class="card"><h3>{escape(profile.name)}</h3><p>{kind}{made}</p>'
            f'<p class="note">For scripts: X-Profile-Id <code>{escape(profile.id)}</code></p></div>'
        )


def build(desk: Desk, profile: gr.Dropdown) -> Tab:
    """Lay the tab out and connect it."""
    does = Profiles(desk)
    with gr.Row(equal_height=False):
        with gr.Column(min_width=300):
            stores = gr.Radio(label="Your stores", elem_id="stores")
            name = gr.Textbox(label="Name of a new store", placeholder="Aurora Lamps", max_length=50)
            create = gr.Button("Create store", variant="primary")
        with gr.Column(min_width=300):
            about = gr.HTML()
            new_name = gr.Textbox(label="Name", max_length=50)
            with gr.Row():
                rename = gr.Button("Rename")
                default = gr.Button("Make default")
            with gr.Accordion("Delete this store", open=False):
                gr.Markdown("Its clips, videos and running jobs go with it. The default store cannot be deleted.")
                typed = gr.Textbox(label="Type the store's name", max_length=50)
                delete = gr.Button("Delete store", variant="stop")
    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    shows = [stores, about, new_name, default, name, typed]
    changed = [profile, *shows]
    stores.input(lambda chosen: chosen, stores, profile, **private)
    gr.on([create.click, name.submit], does.create, name, changed, **private)
    gr.on([rename.click, new_name.submit], does.rename, [profile, new_name], changed, **private)
    default.click(does.make_default, profile, changed, **private)
    delete.click(does.delete, [profile, typed], changed, **private)
    return Tab(shows, does.refresh)
