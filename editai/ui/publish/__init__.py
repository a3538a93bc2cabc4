"""The Publish tab: the store's finished clips, where the chosen one is published, and what became of the posts."""

from __future__ import annotations

import uuid

import gradio as gr

from editai.errors import EditaiError
from editai.models import Clip, Profile
from editai.publish.check import suggest_text
from editai.ui import clips, looks, words
from editai.ui.context import Desk, told_on_page
from editai.ui.publish import brought, several
from editai.ui.publish import form as publishing
from editai.ui.publish import posts as posted
from editai.ui.publish.form import Found
from editai.ui.publish.posts import Wanted
from editai.ui.tab import PRIVATE, Tab, Update

NOT_WANTED: dict[str, str] = {"beat": "", "job": "", "profile": "", "clip": ""}
"""What the page's state holds until a clip is wanted here from elsewhere."""

HOW = """
Download the video above, open TikTok, Instagram or YouTube, and add it as a new post with the text from here. Where a
cover is asked for, take the poster. Where the report says that the voice is made by a computer, switch on the label for
AI-made content.
"""

SEEN = """() => {
  const card = document.querySelector('#chosen-clip')
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches
  if (card.getBoundingClientRect().top > innerHeight / 2)
    card.scrollIntoView({behavior: still ? 'auto' : 'smooth', block: 'start'})
}"""
"""Brings the clip that was clicked into view: below many clips, and on a phone, it opens out of sight."""


class Publish:
    """The tab's functions."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def refresh(self, profile: Profile, wanted: str = "") -> list[Update]:
        """The store's clips, the wanted or else the newest of them opened, and Postiz asked for the store's
        channels."""
        return [*self.shelf(profile, clips.newest(self.desk, profile.id), wanted), Found(), uuid.uuid4().hex]

    def again(self, profile: Profile, listed: list[str]) -> list[Update]:
        """What is new when the tab is opened; where nothing is, whatever was typed stays."""
        found = clips.newest(self.desk, profile.id)
        same = [clip.id for clip in found] == listed
        return [*([gr.skip()] * 6 if same else self.shelf(profile, found)), gr.skip(), uuid.uuid4().hex]

    def shelf(self, profile: Profile, found: list[Clip], wanted: str = "") -> list[Update]:
        """(gallery, its clips, and what `opened` gives for the wanted of them, or else for the first)."""
        place = next((place for place, clip in enumerate(found) if clip.id == wanted), 0)
        posters = [
            (clips.shown(self.desk, clip, "poster"), f"{clip.title} · {words.when(clip.created_at)}")
            for clip in found
            if clip.path(clip.poster).is_file()
        ]
        gallery = gr.Gallery(value=posters, visible=bool(found), selected_index=place if found else None)
        return [gallery, [clip.id for clip in found], *self.opened(profile, found[place].id if found else "")]

    def opened(self, profile: Profile, clip_id: str) -> list[Update]:
        """One clip: (its card, the text of a post, how to post by hand, what is published).

        Of a clip that lacks a file the card says so: the store's others can still be opened.
        """
        if not clip_id:
            return [looks.NO_CLIPS, "", gr.Accordion(visible=False), ""]
        clip = clips.find(self.desk, profile.id, clip_id)
        try:
            card, text = clips.card(self.desk, clip), suggest_text(self.desk.library, profile, clip)
        except EditaiError as error:
            return [looks.error_box(error), "", gr.Accordion(visible=False), ""]
        return [card, text, gr.Accordion(visible=True), clip.id]

    def choose(self, profile_id: str, listed: list[str], event: gr.SelectData, request: gr.Request) -> list[Update]:
        """The clip whose poster was clicked."""
        with told_on_page():
            return self.opened(self.desk.profile(request, profile_id), listed[event.index])


def build(desk: Desk, profile: gr.Dropdown, tab: gr.Tab, wanted_clip: gr.State) -> Tab:
    """Lay the tab out and connect it; it opens where `wanted_clip` says that a clip is wanted here."""
    does = Publish(desk)
    listed = gr.State([])
    chosen = gr.State("")
    gallery = gr.Gallery(
        label="Clips of this store",
        columns=6,
        fit_columns=False,
        height="auto",
        object_fit="cover",
        allow_preview=False,
        interactive=False,
        buttons=[],
        visible=False,
        elem_id="clips",
    )
    card = gr.HTML(looks.NO_CLIPS, elem_id="chosen-clip")
    form = gr.Column(elem_id="form")
    with gr.Accordion("Post by hand instead", open=False, visible=False) as by_hand:
        gr.Markdown(HOW, elem_id="how")
        text = gr.Textbox(label="Text of the post", lines=6, buttons=["copy"], interactive=True, elem_id="post-text")
    with gr.Column(elem_id="posts"):
        posts, wanted, listed_posts, sent = posted.build(desk, profile)
        figures = brought.build(desk, profile)
    with form:
        does_form, found, store = publishing.build(desk, profile, tab, chosen, sent)
        several.build(does_form, profile, found, sent)
    shows = [gallery, listed, card, text, by_hand, chosen, found, store, *listed_posts, *figures]

    def refresh(owner: Profile, wanted: str = "") -> list[Update]:
        return [*does.refresh(owner, wanted), *posts.anew(owner), *brought.unopened()]

    def bring_up(profile_id: str, asked: dict[str, str], request: gr.Request) -> list[Update]:
        """The tab with the clip that is wanted; once it is there, it is the one that is seen."""
        with told_on_page():
            owner = desk.profile(request, profile_id)
            if asked["profile"] != owner.id:
                return [gr.skip()] * (len(shows) + 1)
            return [*refresh(owner, asked["clip"]), gr.Tabs(selected=tab.id)]

    def again(profile_id: str, clips_seen: list[str], looked_at: Wanted, request: gr.Request) -> list[Update]:
        with told_on_page():
            owner = desk.profile(request, profile_id)
            return [*does.again(owner, clips_seen), *posts.opened(owner, looked_at), *[gr.skip()] * len(figures)]

    picked = gallery.select(does.choose, [profile, listed], [card, text, by_hand, chosen], **PRIVATE)
    picked.success(None, js=SEEN, **PRIVATE)
    tab.select(again, [profile, listed, wanted], shows, **PRIVATE)
    wanted_clip.change(bring_up, [profile, wanted_clip], [*shows, tab.parent], **PRIVATE)
    return Tab(shows, refresh)
