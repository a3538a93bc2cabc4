"""Taking a store along, copying a product of it, making it the default one, deleting it."""

from __future__ import annotations

import json
from typing import Any

import gradio as gr

from editai import profiles
from editai.errors import InvalidInput
from editai.models import Profile
from editai.readable import safe_name
from editai.ui import looks
from editai.ui.context import Desk, told_on_page
from editai.ui.files import forget, hand_out
from editai.ui.profiles import pieces
from editai.ui.profiles.heads import Heads, choices
from editai.ui.profiles.shown import meant
from editai.ui.tab import PRIVATE, Update

START_DOWNLOAD = "() => document.querySelector('#export-link a')?.click()"


class Manage:
    """The functions of these sections."""

    def __init__(self, desk: Desk, heads: Heads) -> None:
        self.desk = desk
        self.heads = heads

    def refresh(self, profile: Profile) -> list[Update]:
        """(link, products, into, copied, end, default, goes, typed, delete)."""
        library = self.desk.library
        products = [(project.title, project.id) for project in library.store.projects(profile.id)]
        others = [item for item in choices(self.desk, profile.owner_id) if item[1] != profile.id]
        return [
            "",
            gr.Dropdown(choices=products, value=products[0][1] if products else None),
            gr.Dropdown(choices=others, value=others[0][1] if others else None),
            "",
            gr.Accordion(open=False),  # what goes with a store is counted when it is opened
            gr.Button(interactive=not profile.is_default),
            "",
            gr.Textbox(value="", visible=not profile.is_default),
            gr.Button(visible=not profile.is_default),
        ]

    def export(self, shown: str, request: gr.Request) -> str:
        """The store as a file, behind a link that nobody can guess."""
        with told_on_page():
            profile = meant(self.desk, shown, request)
            document = json.dumps(profiles.export(self.desk.library, profile), ensure_ascii=False, indent=1)
            name = f"{safe_name(profile.name)}.json"
            return pieces.download(hand_out(self.desk.settings, profile.owner_id, name, document), name)

    def copy(self, shown: str, product: str | None, into: str | None, request: gr.Request) -> str:
        """Copy a product into another store."""
        with told_on_page():
            profile = meant(self.desk, shown, request)
            if not product:
                raise InvalidInput("no_product", "There is no product to copy.", "Make a clip of it here first.")
            if not into:
                raise InvalidInput("no_other_store", "There is no other store.", "Create one first.")
            other = self.desk.library.store.profile(profile.owner_id, into)
            copy = self.desk.library.copy_project(profile.owner_id, profile.id, product, other.id)
            return pieces.well(f"“{copy.title}” is in {other.name} now, with that store's voice and captions.")

    def make_default(self, shown: str, request: gr.Request) -> list[Update]:
        """Make it the store that is meant where nothing is said: (*heads, *manage)."""
        with told_on_page():
            profile = meant(self.desk, shown, request)
            after = self.desk.library.store.set_default_profile(profile.owner_id, profile.id)
            return [*self.heads.refresh(after), *self.refresh(after)]

    def what_goes(self, shown: str, request: gr.Request) -> str:
        """What deleting takes with it, counted when somebody looks."""
        with told_on_page():
            profile = meant(self.desk, shown, request)
            if profile.is_default:
                return looks.note("The default store cannot be deleted. Make another store the default first.")
            return pieces.goes(profiles.what_goes(self.desk.library, profile))

    def delete(self, shown: str, typed: str, request: gr.Request) -> list[Update]:
        """Delete the store whose name was typed; the default one is chosen: (chosen, typed)."""
        with told_on_page():
            profile = meant(self.desk, shown, request)
            profiles.delete(self.desk.library, profile.owner_id, profile.id, typed)
            forget(self.desk.settings)
            gr.Info(f"{profile.name} is deleted.", duration=5)
            default = self.desk.library.store.default_profile(profile.owner_id)
            return [gr.Dropdown(choices=choices(self.desk, profile.owner_id), value=default.id), ""]


def build(desk: Desk, heads: Heads, shown: gr.Textbox) -> tuple[Manage, list[Any]]:
    """Lay the sections out and connect them: what they do, what they show."""
    does = Manage(desk, heads)
    with gr.Accordion("Copy a product into another store", open=False):
        with gr.Row():
            products = gr.Dropdown(label="Product", min_width=200)
            into = gr.Dropdown(label="Into the store", min_width=200)
        for box in (products, into):
            box.preprocess = lambda chosen: chosen or ""  # the library says whether there is one like that
        with gr.Row(elem_classes="acts"):
            copy = gr.Button("Copy", scale=0, min_width=110)
        copied = gr.HTML()
    with gr.Accordion("Take this store along", open=False):
        gr.HTML(
            looks.note(
                "A file with the brand kit, the logo and the fonts, for another computer or as the beginning of a new "
                "store. Keys, clips and the music folder are not in it."
            )
        )
        with gr.Row(elem_classes="acts"):
            export = gr.Button("Export", scale=0, min_width=110)
        link = gr.HTML(elem_id="export-link")
    with gr.Accordion("Make default, or delete", open=False) as end:
        gr.HTML(
            looks.note("The default store is the one that is open when EditAI starts, and the one that scripts mean.")
        )
        with gr.Row(elem_classes="acts"):
            default = gr.Button("Make default", scale=0, min_width=140)
        goes = gr.HTML()
        with gr.Row(elem_classes="acts"):
            typed = gr.Textbox(label="To delete the store, type its name", max_length=50, scale=0, min_width=260)
            delete = gr.Button("Delete store", variant="stop", scale=0, min_width=130)
    shows = [link, products, into, copied, end, default, goes, typed, delete]
    export.click(does.export, shown, link, **PRIVATE).success(None, None, None, js=START_DOWNLOAD)
    copy.click(does.copy, [shown, products, into], copied, **PRIVATE)
    default.click(does.make_default, shown, [*heads.shows, *shows], **PRIVATE)
    end.expand(does.what_goes, shown, goes, **PRIVATE)
    delete.click(does.delete, [shown, typed], [heads.chosen, typed], **PRIVATE)
    return does, shows
