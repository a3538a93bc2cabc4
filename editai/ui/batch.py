"""Many products at once: a feed and its videos in, first what will be made, then all of it, at the foot of Produce.

Nothing here follows one job: the page asks for the batch of its store as a whole, and finds it again after a restart.
"""

from __future__ import annotations

from html import escape
from typing import Any

import gradio as gr

from editai import batch, facts
from editai.cli_batch import standing, summary
from editai.errors import Conflict, InvalidInput
from editai.models import BatchPlan, BatchProgress, Covered, Profile, Standing
from editai.readable import count
from editai.ui import looks, words
from editai.ui.context import Desk, expected
from editai.ui.files import address, show, uploaded
from editai.ui.product_form import FEEDS, SOURCE_TYPES
from editai.ui.tab import PRIVATE, Tab, Update

LOOK_SECONDS = 2.0
MOST_SHOWN = 100
"""So many products of a table are drawn; the others are counted, and are in the CSV."""
GIVEN = (
    "A feed of Google Merchant, Shopify or WooCommerce, or a table with sku, title and price. Videos and photos are "
    "found by their names: SKU.mp4, SKU-1.jpg."
)
DOES = {
    "new": ("queued", "New"),
    "changed": ("queued", "Changed"),
    "again": ("queued", "Again"),
    "making": ("running", "Being made"),
    "made": ("done", "Has its clip"),
    "missing": ("failed", "Missing"),
}
ENDED = {"failed": ("failed", "Failed"), "cancelled": ("cancelled", "Cancelled"), "missing": ("failed", "Missing")}
CLIPS = {"none": ("failed", "No clip"), "stale": ("running", "Out of date"), "fresh": ("done", "Fresh")}


class Batches:
    """The functions; each says what it returns for which outputs in `build`."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def check_feed(
        self, profile_id: str, feed: str | None, files: list[str] | None, currency: str, request: gr.Request
    ) -> list[Update]:
        """What a batch would do: (panel, plan, start button)."""
        try:
            profile = self.desk.profile(request, profile_id)
            plan = planned(self.desk, profile, feed, files or [], currency)
        except Exception as error:  # noqa: BLE001 shown in the panel, logged where nobody expected it
            return [looks.error_box(expected(error)), None, gr.Button(visible=False)]
        number = len(plan.to_make)
        label = f"Make {count(number, 'clip')} for {profile.name}"
        return [ahead(plan), plan, gr.Button(label, visible=number > 0)]

    def start_batch(self, profile_id: str, plan: BatchPlan | None, request: gr.Request) -> list[Update]:
        """Start what was checked: (panel, plan, start button, and what `stands` gives)."""
        try:
            profile = self.desk.profile(request, profile_id)
            if not isinstance(plan, BatchPlan):
                raise Conflict("check_again", "Nothing was checked.", "Check the feed first.")
            batch.start(self.desk.library, profile, plan)
        except Exception as error:  # noqa: BLE001 shown in the panel, logged where nobody expected it
            return [looks.error_box(expected(error)), None, gr.Button(visible=False), *[gr.skip()] * 4]
        return ["", None, gr.Button(visible=False), *self.stands(profile)]

    def watch_batch(self, profile_id: str, request: gr.Request) -> list[Update]:
        """How far the store's newest batch is, as `stands` gives it."""
        try:
            return self.stands(self.desk.profile(request, profile_id))
        except Exception as error:  # noqa: BLE001 shown in the panel, logged where nobody expected it
            return [looks.error_box(expected(error)), *[gr.Button(visible=False)] * 2, gr.Timer(active=False)]

    def retry_batch(self, profile_id: str, request: gr.Request) -> list[Update]:
        """Try again what failed of the store's newest batch."""
        try:
            profile = self.desk.profile(request, profile_id)
            batch.retry(self.desk.library, profile, self.desk.library.feeds.newest(profile.id))
            return self.stands(profile)
        except Exception as error:  # noqa: BLE001 shown in the panel, logged where nobody expected it
            return [looks.error_box(expected(error)), *[gr.skip()] * 3]

    def cancel_batch(self, profile_id: str, request: gr.Request) -> list[Update]:
        """Cancel what is not made yet of the store's newest batch."""
        try:
            profile = self.desk.profile(request, profile_id)
            batch.cancel(self.desk.library, profile, self.desk.library.feeds.newest(profile.id))
            return self.stands(profile)
        except Exception as error:  # noqa: BLE001 shown in the panel, logged where nobody expected it
            return [looks.error_box(expected(error)), *[gr.skip()] * 3]

    def cover(self, profile_id: str, request: gr.Request) -> Update:
        """Which products have a clip."""
        try:
            return covered(batch.coverage(self.desk.library, self.desk.profile(request, profile_id)))
        except Exception as error:  # noqa: BLE001 shown in the panel, logged where nobody expected it
            return looks.error_box(expected(error))

    def stands(self, profile: Profile) -> list[Update]:
        """The store's newest batch: (panel, retry button, cancel button, timer)."""
        feeds = self.desk.library.feeds
        newest = feeds.newest(profile.id)
        if not newest:
            return ["", *[gr.Button(visible=False)] * 2, gr.Timer(active=False)]
        now = feeds.progress(profile.id, newest)
        failed = [each for each in feeds.batch(profile.id, newest) if each.failed] if now.failed else []
        can_retry = any(each.job_id or each.product.files for each in failed)
        link = self.download(profile, newest) if now.over else ""
        return [
            progress(now, failed) + link,
            gr.Button(visible=now.over and can_retry),
            gr.Button(visible=not now.over),
            gr.Timer(active=not now.over),
        ]

    def download(self, profile: Profile, newest: str) -> str:
        """A link to the results as CSV."""
        table = batch.results(self.desk.library, profile, newest)
        path = self.desk.library.media.keep_results(profile.id, table)
        return looks.download("Results", "CSV", address(show(self.desk.settings, path)), "editai-batch.csv")

    def refresh(self, profile: Profile) -> list[Update]:
        """An empty form, and the newest batch of this store."""
        return [None, None, "", None, gr.Button(visible=False), "", *self.stands(profile)]


def planned(desk: Desk, profile: Profile, feed: object, files: list[Any], currency: str) -> BatchPlan:
    """What a batch of these uploads would do. Raises as `facts.read_feed` and `batch.plan`; 422 `feed_missing`."""
    if not feed:
        raise InvalidInput("feed_missing", "There is no feed yet.", "Add the file with your products.")
    path = uploaded(desk.settings, feed)
    media = batch.of_files(uploaded(desk.settings, file) for file in files)
    read = facts.read_feed(path, path.name, profile.kit.language, currency.strip().upper())
    return batch.plan(desk.library, profile, read, media)


# ── drawn ────────────────────────────────────────────────────────────────────────────────────────────────────────


def ahead(plan: BatchPlan) -> str:
    """What will be made, what is missing, what it costs and how long it takes."""
    said = "".join(f"<li>{escape(line)}</li>" for line in (*plan.lost, *plan.notes, *plan.ambiguous)[:MOST_SHOWN])
    order = ("missing", "again", "changed", "new", "making", "made")
    entries = sorted(plan.entries, key=lambda entry: order.index(entry.does))
    rows = [
        (*DOES[entry.does], entry.product.sku, entry.product.facts.title, entry.product.facts.price, entry.why)
        for entry in entries[:MOST_SHOWN]
    ]
    alone = f"Belonging to no product: {count(len(plan.unmatched), 'file')}, such as {', '.join(plan.unmatched[:5])}"
    return (
        f'<div class="card batch"><h3>{escape(summary(plan))}</h3>{f"<ul>{said}</ul>" if said else ""}'
        f"{looks.note(alone) if plan.unmatched else ''}{_table(rows, len(entries))}</div>"
    )


def progress(now: BatchProgress, failed: list[Standing]) -> str:
    """A batch on its way or at its end, with everything that failed and why."""
    left = words.left(now.seconds_left) if not now.over else ""
    rows = [
        (*ENDED[batch.state_of(each)], each.product.sku, each.product.facts.title, "", each.why)
        for each in failed[:MOST_SHOWN]
    ]
    headline = "All products at once" if not now.over else "Done"
    return f"""
<div class="card batch"><h3>{headline}: {escape(standing(now))}</h3>
<div class="bar" role="progressbar" aria-label="Progress of all" aria-valuemin="0" aria-valuemax="100"
     aria-valuenow="{now.percent:.0f}"><i style="width:{now.percent:.1f}%"></i></div>
<p class="figures"><span>{now.percent:.0f} %</span><span>{escape(left)}</span></p>
{looks.note(now.held) if now.held else ""}{_table(rows, len(failed)) if rows else ""}</div>"""


def covered(found: tuple[Covered, ...]) -> str:
    """The coverage as a table, what needs something first."""
    if not found:
        return looks.note("No batch was started in this store yet.")
    numbers = {name: sum(each.clip == name for each in found) for name in CLIPS}
    rows = [(*CLIPS[each.clip], each.sku, each.title, "", each.why) for each in found[:MOST_SHOWN]]
    lacking = {"without a clip": numbers["none"], "with one that is out of date": numbers["stale"]}
    said = ", ".join(f"{number:,} {what}" for what, number in lacking.items() if number)
    told = f"{count(len(found), 'product')}: {said or 'all with a clip that is up to date'}"
    return f'<div class="card batch"><h3>{told}</h3>{_table(rows, len(found))}</div>'


def _table(rows: list[tuple[str, str, str, str, str, str]], of: int) -> str:
    priced = any(price for *_, price, _ in rows)
    lines = "".join(
        f'<tr><td><i class="state {state}">{escape(label)}</i></td><td>{escape(sku[:60])}</td>'
        f"<td>{escape(title)}</td>{f'<td>{escape(price)}</td>' if priced else ''}<td>{escape(why)}</td></tr>"
        for state, label, sku, title, price, why in rows
    )
    more = looks.note(f"And {of - len(rows):,} more.") if of > len(rows) else ""
    head = f"<tr><th></th><th>SKU</th><th>Product</th>{'<th>Price</th>' if priced else ''}<th></th></tr>"
    return f'<div class="wide"><table>{head}{lines}</table></div>{more}'


# ── on the page ──────────────────────────────────────────────────────────────────────────────────────────────────


def build(desk: Desk, profile: gr.Dropdown) -> Tab:
    """Lay it out and connect it."""
    does = Batches(desk)
    with gr.Accordion("Many products at once", open=False, elem_id="batch"):
        gr.HTML(looks.note(GIVEN))
        with gr.Row():
            feed = gr.File(
                label="Feed",
                file_types=FEEDS,
                height=150,
            )
            files = gr.File(
                label="Videos and photos",
                file_count="multiple",
                file_types=SOURCE_TYPES,
                height=150,
            )
        currency = gr.Textbox(
            label="Currency of its prices", placeholder="USD", max_length=3, info="If the feed does not say it."
        )
        check = gr.Button("See what will be made", size="lg")
        panel, plan = gr.HTML(), gr.State(None)
        start = gr.Button(variant="primary", size="lg", visible=False)
        stands = gr.HTML(elem_id="batch-progress")
        with gr.Row():
            retry = gr.Button("Try again what failed", size="sm", visible=False)
            cancel = gr.Button("Cancel the rest", size="sm", visible=False)
        look = gr.Button("Which products have a clip?", size="sm")
        cover = gr.HTML()
        clock = gr.Timer(LOOK_SECONDS, active=False)
    now = [stands, retry, cancel, clock]
    limits: dict[str, Any] = {"concurrency_limit": 2, "concurrency_id": "feeds"}
    check.click(does.check_feed, [profile, feed, files, currency], [panel, plan, start], **limits, **PRIVATE)
    start.click(does.start_batch, [profile, plan], [panel, plan, start, *now], **limits, **PRIVATE)
    retry.click(does.retry_batch, profile, now, **PRIVATE)
    cancel.click(does.cancel_batch, profile, now, **PRIVATE)
    look.click(does.cover, profile, cover, **PRIVATE)
    clock.tick(does.watch_batch, profile, now, **PRIVATE)
    return Tab([feed, files, panel, plan, start, cover, *now], does.refresh)
