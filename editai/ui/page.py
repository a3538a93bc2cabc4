"""The page: a header, the store above everything, three tabs. Choosing a store sets the context of all three.

Where people sign in, the header says who it is, and lets them sign out; in a demo, how long the visit lasts.
"""

from __future__ import annotations

import html

import gradio as gr

from editai.errors import EditaiError, Unavailable
from editai.ui import api, batch, looks, produce, profiles, publish, tickets
from editai.ui.context import Desk, headline, told_on_page
from editai.ui.profiles.heads import choices
from editai.ui.tab import PRIVATE, Update
from editai.ui.translated import Spoken

HOLD = """() => Array(%d).fill({ __type__: "update", interactive: false })"""
"""Keeps so many buttons from being pressed."""
LOOK_S = 15
"""How often an open page looks what waits to be carried to the project."""


def build(desk: Desk) -> Spoken:
    """The whole page with its events, and the endpoints for scripts."""
    with Spoken(desk, title="EditAI", analytics_enabled=False, delete_cache=(3600, 86_400), fill_width=True) as page:
        api.add(desk)  # first, so that no event of the page takes one of its names
        # The browser looks for each part that changes from the first on, and is not to pass all endpoints each time.
        endpoints, page.children = page.children, []
        remembered = gr.BrowserState("", storage_key="editai-store", secret="not a secret: an id")  # noqa: S106
        who = gr.HTML(elem_id="who") if desk.is_shared else None
        with gr.Row(elem_id="top"):
            gr.HTML(looks.HEADER)
            mark = gr.HTML(elem_id="mark")
            profile = gr.Dropdown(label="Store", elem_id="store", interactive=True, scale=0, min_width=240)
            # Every event asks the library for the store. Gradio's own check knows none of them in a tab that was open
            # before the app was started anew.
            profile.preprocess = lambda chosen: chosen or ""
        with gr.Tabs(selected="produce"):
            with gr.Tab("Profiles", id="profiles") as about:
                gr.HTML(looks.part("Profiles"), elem_classes="unseen")
                stores = profiles.build(desk, profile, mark, about)
            with gr.Tab("Produce", id="produce") as work:
                gr.HTML(looks.part("Produce"), elem_classes="unseen")
                wanted = gr.State(publish.NOT_WANTED)
                making = produce.build(desk, profile, work, wanted)
                many = batch.build(desk, profile)
            with gr.Tab("Publish", id="publish") as tab:
                gr.HTML(looks.part("Publish"), elem_classes="unseen")
                posting = publish.build(desk, profile, tab, wanted)
        tabs = (stores, making, many, posting)

        def opened(last: str | None, request: gr.Request) -> Update:
            """The store that this browser used last, if it is still there; else the default one."""
            with told_on_page():
                offered = choices(desk, desk.owner(request))
                return gr.Dropdown(choices=offered, value=_last(desk, last, request, offered))

        def named(request: gr.Request) -> str:
            """Who is signed in, and what of theirs the project does not have yet."""
            with told_on_page():
                return _who(desk, request)

        def switched(profile_id: str, request: gr.Request) -> list[Update]:
            """All three tabs for this store: nothing of the last one stays."""
            with told_on_page():
                chosen = desk.profile(request, profile_id)
                return [chosen.id, *(update for item in tabs for update in item.refresh(chosen))]

        shows = [remembered, *(part for item in tabs for part in item.shows)]
        page.load(opened, remembered, profile, **PRIVATE)
        if who is not None:
            page.load(named, None, who, **PRIVATE)
            page.quiet = frozenset({gr.Timer(LOOK_S).tick(named, None, who, **PRIVATE)["id"]})
        followers = [follower for item in tabs for follower in item.followers]
        profile.change(None, cancels=followers, **PRIVATE)  # first: beside a function it would come after it
        acts = [button for item in tabs for button in item.acts]
        profile.change(None, None, acts, js=HOLD % len(acts), **PRIVATE)
        profile.change(switched, profile, shows, **PRIVATE)
    page.children += endpoints
    for event in page.fns.values():
        if event.renderable:  # `gr.render` does not take what PRIVATE says
            event.show_progress_on = []
    page.queue(default_concurrency_limit=8, max_size=200)
    return page  # type: ignore[no-any-return]


def _who(desk: Desk, request: gr.Request) -> str:
    """Who is signed in and what waits; what was settled between the owner's computers is told once. In a demo, how
    long the visit lasts."""
    if desk.guests is not None:
        return looks.visit(desk.guests.seconds_left(desk.guests.of(tickets.ticket(request.headers))))
    signed_in = desk.signed_in(request)
    if desk.accounts is None or signed_in is None:
        return ""
    mirror, owner = desk.accounts.mirror, signed_in.owner
    state = mirror.state(owner.id)
    for sentence in state.told:
        gr.Info(html.escape(sentence), title="From your other computers", duration=None)
    if state.told:
        mirror.heard(owner.id)
    files = desk.library.online.state(owner.id)
    offline = str(files.error) if files.error else " ".join(list(files.stays.values()))
    return looks.signed_in(owner.email, state, offline)


def _last(desk: Desk, last: str | None, request: gr.Request, offered: list[tuple[str, str]]) -> str:
    if last:
        try:
            return desk.library.store.profile(desk.owner(request), last).id
        except EditaiError:
            pass  # deleted, or of another data folder: the default one is as good a beginning
    try:
        return desk.profile(request).id
    except Unavailable as error:  # no default one: it is made in a store that is open
        if not offered:
            raise
        gr.Warning(html.escape(str(error)), title=headline(error))
        return offered[0][1]
