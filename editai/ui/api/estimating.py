"""The endpoint that tells what clips will take, before anything is started."""

from __future__ import annotations

from typing import Any

import gradio as gr

from editai import products, profiles
from editai.models import Facts
from editai.ui.context import Desk, told_to_scripts
from editai.ui.estimated import Estimate, estimate
from editai.ui.files import uploaded
from editai.ui.product_form import listed

ENDPOINTS = ("estimate",)


class Estimating:
    """One method. Gradio gives the request; scripts see the other parameters only."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def estimate(
        self,
        request: gr.Request,
        video: gr.FileData | None = None,
        script: str = "",
        title: str = "",
        price: str = "",
        points: list[str] | None = None,
        voice: str = "",
        caption_style: str = "",
        format: str = "",
        profile: str = "",
        seed: int | None = None,
        more_videos: list[gr.FileData] | None = None,
        url: str = "",
        project: str = "",
        language: str = "",
        seconds: int | None = None,
        writer: str = "",
        lowest_price_30d: str = "",
        proofs: list[str] | None = None,
        platforms: list[str] | None = None,
        more_formats: list[str] | None = None,
        variants: int = 1,
        translate_to: list[str] | None = None,
        burned_language: str | None = None,
    ) -> dict[str, Any]:
        """What `/produce` would take with the same arguments: money, time, length, and what is missing. Nothing starts.

        Args:
            video: the product video, or a photo, uploaded; it may still be missing, and then is told as `no_video`.
            script: what the clip says. Empty: written from title, price and points, or what is said in the video.
            title: the product's name.
            price: the price as displayed, such as "$49.99".
            points: facts that are true of the product, a short phrase each.
            voice: "engine:name", one of `/voices`; empty for the store's.
            caption_style: one of `/caption_styles`; empty for the store's.
            format: the shape of the clip, "9:16", "4:5", "1:1" or "16:9"; empty for the store's.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
            seed: another number gives another opening and another order.
            more_videos: further videos and photos of the same product, uploaded.
            url: the product's page, such as "example.com/lamp".
            project: a product of the store, one of `/projects`, with what is given changed; empty for a new product.
            language: such as "it", for a voice that speaks several; empty for the store's.
            seconds: how long the clip shall be, 4 to 600; 0 for as long as it takes.
            writer: who writes where no script is given: "template", or "model" for the store's language model.
            lowest_price_30d: the lowest price of at least the last 30 days, without which no reduction is announced.
            proofs: claims that you can prove, each in the words in which it may be made.
            platforms: what the clip is meant for, names of presets; empty for all.
            more_formats: further shapes, a clip each.
            variants: how many variants of each, 1 to 10.
            translate_to: languages such as ["it", "de"] in which there shall be subtitle files as well.
            burned_language: such as "it", the language of the captions in the picture; "" for that of the speech.

        Returns:
            {clips, clip_seconds, make_seconds, measured, cost_usd, voice_usd, writing_usd, translation_usd, left_usd,
            missing}. clip_seconds is about how long each is, null where it depends on what is said in the video;
            make_seconds about how long all take once their turn has come, measured on earlier clips of the store or
            reckoned. cost_usd is the sum of what the voice takes and of what the language model takes at the most,
            left_usd what the month's budget leaves, null without one. missing: {status, slug, message, hint} of all
            that `/produce` would be refused for; empty where it can begin.
        """
        with told_to_scripts():
            meant, settings = self._desk.profile(request, profile), self._desk.settings
            videos = [uploaded(settings, given) for given in [*([video] if video else []), *(more_videos or ())]]
            known = self._desk.library.store.project(meant.id, project).brief.facts if project else Facts()
            told = {
                "title": title,
                "price": price,
                "points": listed(points),
                "url": url,
                "lowest_price_30d": lowest_price_30d,
                "proofs": listed(proofs),
            }
            wishes = {
                "script": script or None,
                "facts": products.facts(known, **{name: fact for name, fact in told.items() if fact}),
                "voice": products.voice(meant, voice),
                "caption_style": caption_style or None,
                "format": format or None,
                "seed": seed,
                "language": language or None,
                "seconds": seconds,
                "writer": writer or None,
                "platforms": None if platforms is None else tuple(platforms),
                "translate_to": None if translate_to is None else tuple(translate_to),
                "burned_language": burned_language,
            }
            several: dict[str, Any] = {"more_formats": more_formats or (), "variants": variants}
            return _as_data(estimate(self._desk, meant, videos, wishes, project=project, **several))


def _as_data(found: Estimate) -> dict[str, Any]:
    return {
        "clips": found.clips,
        "clip_seconds": found.clip_seconds,
        "make_seconds": found.make_seconds,
        "measured": found.measured,
        "cost_usd": profiles.usd(found.cost + found.writing + found.translation),
        "voice_usd": profiles.usd(found.cost),
        "writing_usd": profiles.usd(found.writing),
        "translation_usd": profiles.usd(found.translation),
        "left_usd": None if found.left is None else profiles.usd(found.left),
        "missing": list(found.missing),
    }
