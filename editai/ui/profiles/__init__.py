"""The Profiles tab: the owner's stores. A list, the chosen one at a glance, and everything that it is made of."""

from __future__ import annotations

import gradio as gr

from editai import profiles
from editai.models import Profile
from editai.ui.context import Desk, told_on_page
from editai.ui.files import uploaded
from editai.ui.profiles import accounts, kit, manage, speakers
from editai.ui.profiles.heads import Heads, choices
from editai.ui.tab import PRIVATE, Tab, Update


class Profiles:
    """The list's functions. A new store is chosen at once, which shows it everywhere."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def create(self, name: str, request: gr.Request) -> list[Update]:
        """A new store: (chosen, name)."""
        with told_on_page():
            return self._chosen(profiles.create(self.desk.library, self.desk.owner(request), name))

    def import_(self, path: str, request: gr.Request) -> list[Update]:
        """A store from a file: (chosen, name)."""
        with told_on_page():
            document = profiles.read_document(uploaded(self.desk.settings, path))
            made = profiles.import_(self.desk.library, self.desk.owner(request), document)
            gr.Info(f"{made.name} is here.", duration=5)
            return self._chosen(made)

    def _chosen(self, profile: Profile) -> list[Update]:
        return [gr.Dropdown(choices=choices(self.desk, profile.owner_id), value=profile.id), ""]


def build(desk: Desk, chosen: gr.Dropdown, mark: gr.HTML, tab: gr.Tab) -> Tab:
    """Lay the tab out and connect it; `mark` is the store above all tabs."""
    does = Profiles(desk)
    with gr.Row(equal_height=False, elem_id="profiles"):
        with gr.Column(scale=3, min_width=240, elem_id="store-list"):
            stores = gr.Radio(label="Your stores", elem_id="stores")
            with gr.Group():
                name = gr.Textbox(label="A new store", placeholder="Aurora Lamps", max_length=50)
                create = gr.Button("Create store", variant="primary")
            bring = gr.UploadButton("Import a store", file_types=[".json"], size="sm")
        with gr.Column(scale=9, min_width=320):
            about = gr.HTML()
            heads = Heads(desk, chosen, mark, stores, about)
            with gr.Accordion("Brand kit: how this store looks and sounds", open=True, elem_id="brand-kit"):
                brand = kit.build(desk, heads)
            voice, voice_shows = speakers.build(desk, brand.shown)
            money, money_shows = accounts.build(desk, heads, brand.shown)
            order, order_shows = manage.build(desk, heads, brand.shown)

    def refresh(profile: Profile) -> list[Update]:
        """The whole tab for this store, with empty boxes."""
        sections = (brand.does, voice, money, order)
        return [*heads.below(profile), *(update for does in sections for update in does.refresh(profile)), ""]

    def glance(profile_id: str, request: gr.Request) -> Update:
        """What the store has done meanwhile, when the tab is opened."""
        with told_on_page():
            return heads.below(desk.profile(request, profile_id))[-1]

    stores.input(lambda picked: picked, stores, chosen, **PRIVATE)
    gr.on([create.click, name.submit], does.create, name, [chosen, name], **PRIVATE)
    bring.upload(does.import_, bring, [chosen, name], **PRIVATE)
    tab.select(glance, chosen, about, **PRIVATE)
    shows = [mark, stores, about, *brand.shows, *voice_shows, *money_shows, *order_shows, name]
    return Tab(shows, refresh)
