"""A store's accounts and money: its Postiz, the keys of paid voices, what may be spent in a month.

A key goes from the page to the library and never back: what is shown of it are its last four characters.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any, Literal

import gradio as gr

from editai import profiles
from editai.errors import EditaiError
from editai.models import Profile
from editai.publish import pictures
from editai.publish.address import normalise
from editai.ui import looks
from editai.ui.context import Desk, expected, told_on_page
from editai.ui.files import address, show
from editai.ui.profiles import pieces
from editai.ui.profiles.heads import Heads
from editai.ui.profiles.shown import answer, hidden, meant, show_if_meant
from editai.ui.tab import Update

VOICES: Literal["elevenlabs"] = "elevenlabs"
SAVED = "Saved. Posts of this store go through this account from now on."


class Accounts:
    """The functions of these three sections."""

    def __init__(self, desk: Desk, heads: Heads) -> None:
        self.desk = desk
        self.heads = heads

    def refresh(self, profile: Profile) -> list[Update]:
        """Empty boxes, and what is kept: (*postiz, *voices, *money)."""
        return [*self.postiz(profile), *self.voices(profile), *self.money(profile)]

    # ── Postiz ───────────────────────────────────────────────────────────────────────────────────────────────────

    def postiz(self, profile: Profile, result: str = "") -> list[Update]:
        """(section, state, address, key, result, disconnect)."""
        key = self.desk.library.secrets.shown(profile.id).get("postiz")
        if key is None:
            state = looks.note("Not connected yet: clips of this store can be downloaded and posted by hand.")
            label = "Publishing: not connected"
        else:
            try:
                where = self.desk.library.secrets.connection(profile.id).url
                state = f"<p>Posts go to <code>{escape(where)}</code> with the key <code>{escape(key)}</code>.</p>"
            except EditaiError as error:
                state = looks.error_box(error)
            label = f"Publishing: connected to Postiz ({key})"
        boxes = ["", gr.Textbox(value="", placeholder=key or "")]
        return [gr.Accordion(label=label), state, *boxes, result, gr.Button(visible=key is not None)]

    def test(self, shown: str, url: str, key: str, request: gr.Request) -> Iterator[str]:
        """Ask the Postiz that was typed, with the key that was typed, for its channels."""
        try:
            profile = meant(self.desk, shown, request)
            yield answer(shown, looks.note("Asking Postiz …"))
            yield answer(shown, self._found(profile, url, key))
        except Exception as error:  # noqa: BLE001 shown below the boxes, logged where nobody expected it
            yield answer(shown, looks.error_box(expected(error)))

    def test_kept(self, shown: str, request: gr.Request) -> Iterator[str]:
        """Ask the Postiz that was just saved for its channels, so that a wrong key is known before the first post."""
        try:
            profile = meant(self.desk, shown, request)
            kept = self.desk.library.secrets.connection(profile.id)
            yield answer(shown, pieces.well(SAVED) + looks.note("Asking Postiz …"))
            yield answer(shown, pieces.well(SAVED) + self._found(profile, kept.url, kept.key))
        except Exception as error:  # noqa: BLE001 shown below the boxes, logged where nobody expected it
            yield answer(
                shown, looks.note("Saved, but nothing can be published yet.") + looks.error_box(expected(error))
            )

    def _found(self, profile: Profile, url: str, key: str) -> str:
        found = profiles.test_connection(url, key)
        seen = pictures.fetch(self.desk.library.media, profile.id, found, normalise(url))
        faces = {channel: address(show(self.desk.settings, path)) for channel, path in seen.items()}
        return pieces.channels([(channel, faces.get(channel.id, "")) for channel in found])

    def connect(self, shown: str, url: str, key: str, request: gr.Request) -> list[Update]:
        """Keep the account that was typed."""
        with told_on_page():
            profile = meant(self.desk, shown, request)
            profiles.connect(self.desk.library, profile, url, key)
            return self.postiz(profile, pieces.well(SAVED))

    def disconnect(self, shown: str, request: gr.Request) -> list[Update]:
        """Forget the account."""
        with told_on_page():
            profile = meant(self.desk, shown, request)
            self.desk.library.secrets.disconnect(profile.id)
            return self.postiz(profile, looks.note("The address and the key are forgotten."))

    # ── voices ───────────────────────────────────────────────────────────────────────────────────────────────────

    def voices(self, profile: Profile) -> list[Update]:
        """(section, key, remove)."""
        key = self.desk.library.secrets.shown(profile.id).get(VOICES)
        label = "Keys of paid voices: none" if key is None else f"Keys of paid voices: ElevenLabs ({key})"
        return [
            gr.Accordion(label=label),
            gr.Textbox(value="", placeholder=key or ""),
            gr.Button(visible=key is not None),
        ]

    def keep_key(self, shown: str, key: str, request: gr.Request) -> list[Update]:
        """Keep the key that was typed."""
        with told_on_page():
            profile = meant(self.desk, shown, request)
            self.desk.library.secrets.keep(profile.id, VOICES, key)
            gr.Info("The key is kept.", duration=3)
            return self.voices(profile)

    def forget_key(self, shown: str, request: gr.Request) -> list[Update]:
        """Forget the key."""
        with told_on_page():
            profile = meant(self.desk, shown, request)
            self.desk.library.secrets.forget(profile.id, VOICES)
            return self.voices(profile)

    # ── money ────────────────────────────────────────────────────────────────────────────────────────────────────

    def money(self, profile: Profile) -> list[Update]:
        """(section, budget, costs)."""
        seen = profiles.overview(self.desk.library, profile)
        budget = "" if seen.budget is None else profiles.usd(seen.budget)
        label = f"Budget: {pieces.spending(seen)}"
        return [gr.Accordion(label=label), budget, pieces.costs(self.desk.library.costs.list(profile))]

    def set_budget(self, shown: str, budget: str, request: gr.Request) -> list[Update]:
        """Keep the budget: (*heads, *money)."""
        with told_on_page():
            profile = meant(self.desk, shown, request)
            after = profiles.update(self.desk.library, profile.owner_id, profile.id, {"monthly_budget_usd": budget})
            gr.Info("Saved.", duration=3)
            return [*self.heads.refresh(after), *self.money(after)]


def build(desk: Desk, heads: Heads, shown: gr.Textbox) -> tuple[Accounts, list[Any]]:
    """Lay the sections out and connect them: what they do, what they show."""
    does = Accounts(desk, heads)
    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    with gr.Accordion("Publishing", open=False, elem_id="postiz") as postiz:
        state = gr.HTML()
        with gr.Row():
            url = gr.Textbox(
                label="Address of your Postiz", placeholder="https://api.postiz.com", scale=3, min_width=220
            )
            key = gr.Textbox(label="Key", type="password", scale=2, min_width=180, html_attributes=NO_MEMORY)
        gr.HTML(pieces.WHERE_THE_KEY_IS)
        with gr.Row(elem_classes="acts"):
            test = gr.Button("Test", scale=0, min_width=110)
            connect = gr.Button("Save", variant="primary", scale=0, min_width=110)
            disconnect = gr.Button("Disconnect", variant="stop", scale=0, min_width=130, visible=False)
        result, tested = gr.HTML(), hidden("Channels found")
    account = [postiz, state, url, key, result, disconnect]
    with gr.Accordion("Keys of paid voices", open=False) as voices:
        gr.HTML(pieces.VOICE_KEY)
        voice_key = gr.Textbox(label="Key of ElevenLabs", type="password", html_attributes=NO_MEMORY)
        with gr.Row(elem_classes="acts"):
            keep = gr.Button("Save", variant="primary", scale=0, min_width=110)
            forget = gr.Button("Remove", variant="stop", scale=0, min_width=110, visible=False)
    voice = [voices, voice_key, forget]
    with gr.Accordion("Budget", open=False) as money:
        gr.HTML(looks.note("Before a paid service is used, its price is set aside. What would go over is not begun."))
        with gr.Row(elem_classes="acts"):
            budget = gr.Textbox(
                label="US dollars a month", placeholder="No limit", max_length=20, scale=0, min_width=180
            )
            limit = gr.Button("Save", variant="primary", scale=0, min_width=110)
        costs = gr.HTML()
    spending = [money, budget, costs]

    test.click(does.test, [shown, url, key], tested, **private)
    show_if_meant(tested, shown, result)
    connect.click(does.connect, [shown, url, key], account, **private).success(does.test_kept, shown, tested, **private)
    disconnect.click(does.disconnect, shown, account, **private)
    keep.click(does.keep_key, [shown, voice_key], voice, **private)
    forget.click(does.forget_key, shown, voice, **private)
    gr.on([limit.click, budget.submit], does.set_budget, [shown, budget], [*heads.shows, *spending], **private)
    return does, [*account, *voice, *spending]


NO_MEMORY = gr.InputHTMLAttributes(autocomplete="new-password", spellcheck=False)
"""A browser neither fills such a box in nor offers to remember what is in it."""
