"""Endpoints for what is said: facts from pages and feeds, a script written, read and checked before it is spoken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from editai import facts as known
from editai import profiles
from editai.models import Facts
from editai.ui.api.confirming import require
from editai.ui.context import Desk, told_to_scripts
from editai.ui.files import uploaded
from editai.ui.product_form import listed
from editai.ui.written import Written, brief_of, look, script_of, write

ENDPOINTS = (
    "read_page",
    "read_feed",
    "write_script",
    "check_script",
    "connect_language_model",
    "forget_language_model",
)


class Writing:
    """One method for each endpoint. Gradio gives the request; scripts see the other parameters only."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def read_page(self, url: str) -> dict[str, Any]:
        """Read a product's page: its name, price and facts, as the page itself states them.

        Args:
            url: an address on the internet, such as "https://example.com/lamp".

        Returns:
            {facts, ...}: title, price, points and url for `/produce`, and where they were found.
        """
        with told_to_scripts():
            return known.from_page(url).model_dump(mode="json")

    def read_feed(
        self, request: gr.Request, feed: gr.FileData, currency: str = "", profile: str = ""
    ) -> dict[str, Any]:
        """Read a product feed: Google Merchant (TSV, CSV, XML), Shopify or WooCommerce (CSV).

        Args:
            feed: the file, uploaded (in Python: `handle_file("products.csv")`).
            currency: such as "EUR", for a file that does not name one: those of Shopify and WooCommerce do not.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.

        Returns:
            {kind, rows, problems}: facts for each product, and a sentence for each row that could not be read.
        """
        with told_to_scripts():
            found = self._desk.profile(request, profile)
            path = uploaded(self._desk.settings, feed)
            return known.read_feed(path, path.name, found.kit.language, currency.strip().upper()).model_dump(
                mode="json"
            )

    def write_script(
        self,
        request: gr.Request,
        title: str = "",
        price: str = "",
        points: list[str] | None = None,
        url: str = "",
        lowest_price_30d: str = "",
        proofs: list[str] | None = None,
        voice: str = "",
        language: str = "",
        seconds: int | None = None,
        writer: str = "",
        seed: int = 0,
        video: gr.FileData | None = None,
        profile: str = "",
        translate_to: list[str] | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Have a script written from facts, to be read and changed before `/produce` takes it as `script`.

        Args:
            title: the product's name.
            price: the price as displayed, such as "$49.99".
            points: facts that are true of the product, a short phrase each.
            url: the product's page, such as "example.com/lamp".
            lowest_price_30d: the lowest price of at least the last 30 days, without which no reduction is announced.
            proofs: claims that you can prove, each in the words in which it may be made.
            voice: "engine:name", one of `/voices`; empty for the store's. Its pace decides how much fits.
            language: such as "it", for a voice that speaks several; empty for the store's.
            seconds: how long it shall be, 4 to 600; empty for the store's length, or 15.
            writer: "template" or "model"; empty for the store's.
            seed: another number gives other wordings of the templates.
            video: the product video, uploaded, for a language model that sees.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
            translate_to: languages such as ["it"] for the captions, to know what that costs.

        Returns:
            {message, script, sentences, on_screen, posts, claims, seconds, cost_usd, translation_usd, ...}; script is
            "" until the last one. cost_usd is what the voice takes, translation_usd what translating takes at the most.
        """
        with told_to_scripts():
            found = self._desk.profile(request, profile)
            facts = _facts(title, price, points, url, lowest_price_30d, proofs)
            wishes = {"language": language or None, "seconds": seconds, "writer": writer or None, "seed": seed}
            brief = brief_of(found, facts, voice, translate_to=tuple(translate_to or ()), **wishes)
            videos = [uploaded(self._desk.settings, video)] if video else []
            for step in write(self._desk, found, brief, videos):
                yield _told(step) if isinstance(step, Written) else {"message": step.message, "script": ""}

    def check_script(
        self,
        request: gr.Request,
        script: str,
        title: str = "",
        price: str = "",
        points: list[str] | None = None,
        url: str = "",
        lowest_price_30d: str = "",
        proofs: list[str] | None = None,
        voice: str = "",
        language: str = "",
        profile: str = "",
        translate_to: list[str] | None = None,
    ) -> dict[str, Any]:
        """Read a script as it will be spoken, and name what in it the facts do not hold or a rule does not allow.

        Args:
            script: the text.
            title: the product's name.
            price: the price as displayed, such as "$49.99".
            points: facts that are true of the product, a short phrase each.
            url: the product's page, such as "example.com/lamp".
            lowest_price_30d: the lowest price of at least the last 30 days, without which no reduction is announced.
            proofs: claims that you can prove, each in the words in which it may be made.
            voice: "engine:name", one of `/voices`; empty for the store's.
            language: such as "it", for a voice that speaks several; empty for the store's.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
            translate_to: languages such as ["it"] for the captions, to know what that costs.

        Returns:
            {script, sentences, claims, seconds, cost_usd, translation_usd, ...}; each claim names its rule, the words
            and the sentence. cost_usd is what the voice takes, translation_usd what translating takes at the most.
        """
        with told_to_scripts():
            found = self._desk.profile(request, profile)
            facts = _facts(title, price, points, url, lowest_price_30d, proofs)
            wishes = {"language": language or None, "translate_to": tuple(translate_to or ())}
            brief = brief_of(found, facts, voice, script=script, **wishes)
            return _told(look(self._desk, found, brief, script_of(self._desk, found, brief)))

    def connect_language_model(
        self,
        request: gr.Request,
        url: str,
        model: str,
        key: str = "",
        sees: bool = False,
        usd_in: float = 0.0,
        usd_out: float = 0.0,
        profile: str = "",
    ) -> dict[str, Any]:
        """Keep the language model that writes for this store, sealed: any OpenAI-compatible address.

        Args:
            url: such as "https://api.openai.com/v1", or "http://127.0.0.1:11434/v1" for Ollama on this computer.
            model: its name there.
            key: a key for it; empty where none is needed, or to keep the one that is there for this address.
            sees: whether it understands pictures; up to six frames of the video are then sent to it.
            usd_in: US dollars for a million tokens that it reads, 0 where it is free.
            usd_out: US dollars for a million tokens that it writes, 0 where it is free.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            found = self._desk.profile(request, profile)
            profiles.connect_model(self._desk.library, found, url, model, key, sees, usd_in, usd_out)
            kept = self._desk.library.secrets.language_model(found.id)
            return kept.model_dump(exclude={"key"}) if kept else {}

    def forget_language_model(self, request: gr.Request, confirm: bool = False, profile: str = "") -> dict[str, str]:
        """Forget the language model of this store and its key.

        Args:
            confirm: true forgets them; without it nothing is done, and the refusal says what would be.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            found = self._desk.profile(request, profile)
            require(confirm, f'It would forget the language model of the store "{found.name}", and its key.')
            self._desk.library.secrets.forget(found.id, "language_model")
            return dict(self._desk.library.secrets.shown(found.id))


def _facts(
    title: str, price: str, points: list[str] | None, url: str, lowest_price_30d: str, proofs: list[str] | None
) -> Facts:
    return Facts(
        title=title,
        price=price,
        points=listed(points),
        url=url,
        lowest_price_30d=lowest_price_30d,
        proofs=listed(proofs),
    )


def _told(written: Written) -> dict[str, Any]:
    return {
        "message": "",
        "script": written.draft.text,
        "sentences": [{"displayed": sentence.displayed, "spoken": sentence.spoken} for sentence in written.sentences],
        "on_screen": written.draft.on_screen,
        "posts": [post.model_dump(mode="json") for post in written.draft.posts],
        "claims": [claim.model_dump(mode="json") for claim in written.claims],
        "seconds": round(written.seconds, 1),
        "cost_usd": profiles.usd(written.cost),
        "translation_usd": profiles.usd(written.translation),
        "language": written.language,
    }
