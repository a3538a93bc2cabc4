"""Endpoints for many products at once: a feed and its videos, what will be made of them, and what became of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from editai.batch import cancel, coverage, retry, start, state_of
from editai.models import BatchPlan, Entry, Standing
from editai.ui.batch import planned
from editai.ui.context import Desk, told_to_scripts

ENDPOINTS = ("batch", "batch_progress", "retry_batch", "cancel_batch", "coverage")


class Batches:
    """One method for each endpoint. Gradio gives the request; scripts see the other parameters only."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def batch(
        self,
        request: gr.Request,
        feed: gr.FileData,
        media: list[gr.FileData] | None = None,
        currency: str = "",
        confirm: bool = False,
        profile: str = "",
    ) -> dict[str, Any]:
        """Make a clip of each product of a feed. Without `confirm` it is a dry run: nothing is made.

        The same feed again makes only what is new, what has changed, and what failed. It goes on by itself, also after
        a restart: follow it with `/batch_progress`.

        Args:
            feed: Google Merchant (TSV, CSV, XML), Shopify or WooCommerce CSV, or a table with the columns sku, title,
                description, price, video; uploaded.
            media: videos and photos named by SKU ("AB-12.mp4", "AB-12-1.jpg"), uploaded. A product that was made
                before keeps its own.
            currency: of prices that name none, such as "USD".
            confirm: true makes them; look at the dry run first.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.

        Returns:
            {confirmed, batch, plan}: plan is {kind, products, to_make, missing, lost, notes, unmatched, ambiguous,
            cost_usd, seconds, measured}; each of its products {sku, line, title, price, does, why, files, cost_usd,
            seconds}, where does is "new", "changed", "again", "making", "made" or "missing". `batch` is "" for a dry
            run.
        """
        with told_to_scripts():
            owner = self._desk.profile(request, profile)
            plan = planned(self._desk, owner, feed, media or [], currency)
            started = start(self._desk.library, owner, plan) if confirm else ""
            return {"confirmed": confirm, "batch": started, "plan": _plan(plan)}

    def batch_progress(self, request: gr.Request, batch: str, profile: str = "") -> dict[str, Any]:
        """How far a batch is, and what became of each of its products.

        Args:
            batch: the id that `/batch` gives.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.

        Returns:
            {batch, products, waiting, queued, running, done, failed, percent, seconds_left, started_at, held, over,
            results}; results are {sku, title, state, percent, reason, job, clip}. `held` says why nothing goes
            on for now, as on a full disk.
        """
        with told_to_scripts():
            owner = self._desk.profile(request, profile)
            return self._stands(owner.id, batch)

    def retry_batch(self, request: gr.Request, batch: str, profile: str = "") -> dict[str, Any]:
        """Try again what failed of a batch, and nothing else; what misses something needs `/batch` again.

        Args:
            batch: the id that `/batch` gives.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.

        Returns:
            As `/batch_progress`.
        """
        with told_to_scripts():
            owner = self._desk.profile(request, profile)
            retry(self._desk.library, owner, batch)
            return self._stands(owner.id, batch)

    def cancel_batch(self, request: gr.Request, batch: str, profile: str = "") -> dict[str, Any]:
        """Cancel what of a batch is not made yet.

        Args:
            batch: the id that `/batch` gives.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.

        Returns:
            As `/batch_progress`.
        """
        with told_to_scripts():
            owner = self._desk.profile(request, profile)
            cancel(self._desk.library, owner, batch)
            return self._stands(owner.id, batch)

    def coverage(self, request: gr.Request, profile: str = "") -> list[dict[str, Any]]:
        """Which products of the store's feeds have a clip, those without one first, then those with a stale one.

        Args:
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.

        Returns:
            Products {sku, title, clip, why, clip_id}; clip is "none", "stale" or "fresh".
        """
        with told_to_scripts():
            found = coverage(self._desk.library, self._desk.profile(request, profile))
            return [each.model_dump() for each in found]

    def _stands(self, profile_id: str, batch_id: str) -> dict[str, Any]:
        feeds = self._desk.library.feeds
        now = feeds.progress(profile_id, batch_id)
        results = [_result(each) for each in feeds.batch(profile_id, batch_id)]
        return {**now.model_dump(), "over": now.over, "results": results}


def _plan(plan: BatchPlan) -> dict[str, Any]:
    return {
        "kind": plan.kind,
        "products": [_entry(entry) for entry in plan.entries],
        "to_make": len(plan.to_make),
        "missing": plan.count("missing"),
        **plan.model_dump(include={"lost", "notes", "unmatched", "ambiguous", "seconds", "measured"}),
        "cost_usd": plan.cost / 1e6,
    }


def _entry(entry: Entry) -> dict[str, Any]:
    product = entry.product
    return {
        "sku": product.sku,
        "line": product.line,
        "title": product.facts.title,
        "price": product.facts.price,
        "does": entry.does,
        "why": entry.why,
        "files": [Path(taken.path).name for taken in product.files],
        "cost_usd": entry.cost / 1e6,
        "seconds": entry.seconds,
    }


def _result(standing: Standing) -> dict[str, Any]:
    return {
        "sku": standing.product.sku,
        "title": standing.product.facts.title,
        "state": state_of(standing),
        "percent": standing.percent,
        "reason": standing.why,
        "job": standing.job_id,
        "clip": standing.clip_id,
    }
