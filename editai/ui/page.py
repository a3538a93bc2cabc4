"""The page: a header, the store above everything, three tabs. Choosing a store sets the context of all three."""

from __future__ import annotations

from typing import Any

import gradio as gr

from editai.errors import EditaiError
from editai.models import Profile
from editai.ui import api, batch, looks, produce, profiles, publish
from editai.ui.context import Desk, told_on_page
from editai.ui.files import Page
from editai.ui.profiles.heads import choices
from editai.ui.tab import Update


def build(desk: Desk) -> Page:
    """The whole page with its events, and the endpoints for scripts."""
    with Page(
        desk.settings, title="EditAI", analytics_enabled=False, delete_cache=(3600, 86_400), fill_width=True
    ) as page:
        api.add(desk)  # first, so that no event of the page takes one of its names
        remembered = gr.BrowserState("", storage_key="editai-store", secret="not a secret: an id")  # noqa: S106
        with gr.Row(elem_id="top"):
            gr.HTML(looks.HEADER)
            mark = gr.HTML(elem_id="mark")
            profile = gr.Dropdown(label="Store", elem_id="store", interactive=True, scale=0, min_width=240)
            # Every event asks the library for the store. Gradio's own check knows none of them in a tab that was open
            # before the app was started anew.
            profile.preprocess = lambda chosen: chosen or ""
        with gr.Tabs(selected="produce"):
            with gr.Tab("Profiles", id="profiles") as about:
                stores = profiles.build(desk, profile, mark, about)
            with gr.Tab("Produce", id="produce") as work:
                making = produce.build(desk, profile, work)
                many = batch.build(desk, profile)
            with gr.Tab("Publish", id="publish") as tab:
                posting = publish.build(desk, profile, tab)
        tabs = (stores, making, many, posting)

        def opened(last: str | None, request: gr.Request) -> Update:
            """The store that this browser used last, if it is still there; else the default one."""
            with told_on_page():
                offered = choices(desk, desk.owner(request))
                return gr.Dropdown(choices=offered, value=_last(desk, last, request).id)

        def switched(profile_id: str, request: gr.Request) -> list[Update]:
            """All three tabs for this store: nothing of the last one stays."""
            with told_on_page():
                chosen = desk.profile(request, profile_id)
                return [chosen.id, *(update for item in tabs for update in item.refresh(chosen))]

        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        shows = [remembered, *(part for item in tabs for part in item.shows)]
        page.load(opened, remembered, profile, **private)
        followers = [follower for item in tabs for follower in item.followers]
        profile.change(None, cancels=followers, **private)  # first: beside a function it would come after it
        profile.change(switched, profile, shows, **private)
    page.queue(default_concurrency_limit=8, max_size=200)
    return page  # type: ignore[no-any-return]


def _last(desk: Desk, last: str | None, request: gr.Request) -> Profile:
    if last:
        try:
            return desk.library.store.profile(desk.owner(request), last)
        except EditaiError:
            pass  # deleted, or of another data folder: the default one is as good a beginning
    return desk.profile(request)
