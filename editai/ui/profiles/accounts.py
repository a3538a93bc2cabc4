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
from editai.readable import count
from editai.ui import looks
from editai.ui.context import Desk, expected, told_on_page
from editai.ui.files import address, show
from editai.ui.profiles import pieces
from editai.ui.profiles.heads import Heads
from editai.ui.profiles.shown import answer, hidden, meant, show_if_meant
from editai.ui.tab import PRIVATE, Update
from editai.voices import elevenlabs

VOICES: Literal["elevenlabs"] = "elevenlabs"
SAVED = "Saved. Posts of this store go through this account from now on."


class Accounts:
    """The functions of these three sections."""

    def __init__(self, desk: Desk, heads: Heads) -> None:
        self.desk = desk
        self.heads = heads

    def refresh(self, profile: Profile) -> list[Update]:
        """Empty boxes, and what is kept: (*postiz, *voices, found, *writer, *money)."""
        return [*self.postiz(profile), *self.voices(profile), "", *self.writer(profile), *self.money(profile)]

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
        profiles.require_outside(self.desk.settings, url)
        found = profiles.test_connection(self.desk.settings, url, key)
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
        """(section, key, remove, ask)."""
        key = self.desk.library.secrets.shown(profile.id).get(VOICES)
        label = "Keys of paid voices: none" if key is None else f"Keys of paid voices: ElevenLabs ({key})"
        return [
            gr.Accordion(label=label),
            gr.Textbox(value="", placeholder=key or ""),
            gr.Button(visible=key is not None),
            gr.Button(visible=key is not None),
        ]

    def keep_key(self, shown: str, key: str, request: gr.Request) -> list[Update]:
        """Keep the key that was typed."""
        with told_on_page():
            profile = meant(self.desk, shown, request)
            self.desk.library.secrets.keep(profile.id, VOICES, key)
            gr.Info("The key is kept.", duration=3)
            return self.voices(profile)

    def fetch_voices(self, shown: str, request: gr.Request) -> Iterator[str]:
        """Ask ElevenLabs for the voices of this store's account, and for what is left of its characters."""
        try:
            profile = meant(self.desk, shown, request)
            yield answer(shown, looks.note("Asking ElevenLabs …"))
            engine, studio = elevenlabs.ElevenLabs(), self.desk.studio(profile)
            found = engine.fetch_voices(studio)
            left = engine.quota(studio)
            told = f"{count(found, 'voice')} of this account can be chosen now. {left}."
            yield answer(shown, pieces.well(told))
        except Exception as error:  # noqa: BLE001 shown below the box, logged where nobody expected it
            yield answer(shown, looks.error_box(expected(error)))

    def forget_key(self, shown: str, request: gr.Request) -> list[Update]:
        """Forget the key."""
        with told_on_page():
            profile = meant(self.desk, shown, request)
            self.desk.library.secrets.forget(profile.id, VOICES)
            return self.voices(profile)

    # ── the writer ───────────────────────────────────────────────────────────────────────────────────────────────

    def writer(self, profile: Profile, result: str = "") -> list[Update]:
        """(section, address, model, key, sees, in, out, result, remove)."""
        try:
            kept = self.desk.library.secrets.language_model(profile.id)
        except EditaiError as error:  # sealed with another key
            kept, result = None, looks.error_box(error)
        key = self.desk.library.secrets.shown(profile.id).get("language_model")
        label = "Language model that writes: none" if kept is None else f"Language model that writes: {kept.model}"
        return [
            gr.Accordion(label=label),
            kept.url if kept else "",
            kept.model if kept else "",
            gr.Textbox(value="", placeholder=key or ""),
            bool(kept and kept.sees),
            kept.usd_in if kept else 0,
            kept.usd_out if kept else 0,
            result,
            gr.Button(visible=kept is not None),
        ]

    def keep_writer(
        self,
        shown: str,
        url: str,
        model: str,
        key: str,
        sees: bool,
        usd_in: float,
        usd_out: float,
        request: gr.Request,
    ) -> list[Update]:
        """Keep the language model that was typed, with its key."""
        with told_on_page():
            profile = meant(self.desk, shown, request)
            profiles.connect_model(self.desk.library, profile, url, model, key, sees, usd_in, usd_out)
            return self.writer(profile, pieces.well(f"Saved. {model.strip()} writes where the brand kit says so."))

    def forget_writer(self, shown: str, request: gr.Request) -> list[Update]:
        """Forget the language model and its key."""
        with told_on_page():
            profile = meant(self.desk, shown, request)
            self.desk.library.secrets.forget(profile.id, "language_model")
            return self.writer(profile, looks.note("The address, the model and the key are forgotten."))

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
            ask = gr.Button("Fetch its voices", scale=0, min_width=160, visible=False)
            forget = gr.Button("Remove", variant="stop", scale=0, min_width=110, visible=False)
        found, fetched = gr.HTML(), hidden("Voices found")
    voice = [voices, voice_key, forget, ask]
    writer, keep_writer, forget_writer = _writer()
    with gr.Accordion("Budget", open=False) as money:
        gr.HTML(looks.note("Before a paid service is used, its price is set aside. What would go over is not begun."))
        with gr.Row(elem_classes="acts"):
            budget = gr.Textbox(
                label="US dollars a month", placeholder="No limit", max_length=20, scale=0, min_width=180
            )
            limit = gr.Button("Save", variant="primary", scale=0, min_width=110)
        costs = gr.HTML()
    spending = [money, budget, costs]

    test.click(does.test, [shown, url, key], tested, **PRIVATE)
    show_if_meant(tested, shown, result)
    connect.click(does.connect, [shown, url, key], account, **PRIVATE).success(does.test_kept, shown, tested, **PRIVATE)
    disconnect.click(does.disconnect, shown, account, **PRIVATE)
    fetch: dict[str, Any] = {"fn": does.fetch_voices, "inputs": shown, "outputs": fetched}
    keep.click(does.keep_key, [shown, voice_key], voice, **PRIVATE).success(**fetch, **PRIVATE)
    ask.click(**fetch, **PRIVATE)
    show_if_meant(fetched, shown, found)
    keep_writer.click(does.keep_writer, [shown, *writer[1:-2]], writer, **PRIVATE)
    forget_writer.click(does.forget_writer, shown, writer, **PRIVATE)
    forget.click(does.forget_key, shown, voice, **PRIVATE)
    gr.on([limit.click, budget.submit], does.set_budget, [shown, budget], [*heads.shows, *spending], **PRIVATE)
    return does, [*account, *voice, found, *writer, *spending]


def _writer() -> tuple[list[Any], gr.Button, gr.Button]:
    """The language model's boxes, and its buttons Save and Remove."""
    with gr.Accordion("Language model that writes", open=False) as section:
        gr.HTML(pieces.WRITER)
        with gr.Row():
            url = gr.Textbox(
                label="Address", placeholder="http://127.0.0.1:11434/v1", max_length=500, scale=3, min_width=220
            )
            model = gr.Textbox(label="Model", placeholder="llama3.2", max_length=200, scale=2, min_width=160)
            key = gr.Textbox(
                label="Key of the model", type="password", scale=2, min_width=160, html_attributes=NO_MEMORY
            )
        with gr.Row():
            usd_in = gr.Number(0, label="US dollars for a million tokens read", minimum=0, min_width=160)
            usd_out = gr.Number(0, label="US dollars for a million tokens written", minimum=0, min_width=160)
        sees = gr.Checkbox(label="It understands pictures: send it up to six frames of the video")
        with gr.Row(elem_classes="acts"):
            keep = gr.Button("Save", variant="primary", scale=0, min_width=110)
            forget = gr.Button("Remove", variant="stop", scale=0, min_width=110, visible=False)
        result = gr.HTML()
    return [section, url, model, key, sees, usd_in, usd_out, result, forget], keep, forget


NO_MEMORY = gr.InputHTMLAttributes(autocomplete="new-password", spellcheck=False)
"""A browser neither fills such a box in nor offers to remember what is in it."""
