"""Starting a batch, and trying again what of it failed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from editai import demo, jobs
from editai.errors import Conflict, EditaiError, InvalidInput
from editai.library import Library
from editai.models import BatchPlan, Entry, FeedProduct, Profile, Standing
from editai.models.batch import CANCELLED

OPEN = frozenset({"queued", "running"})


def start(shelf: Library, profile: Profile, plan: BatchPlan) -> str:
    """Put what `plan` will make into rows that wait to be taken in, and what is missing with its reasons: the batch's
    id. From here on it goes on by itself, also after a restart. What is being made already becomes a part of it.

    A job that makes an earlier state of a product is cancelled. Raises InvalidInput 422 `nothing_to_make`, Conflict
    409 `batch_of_another_store`.
    """
    demo.refuse(shelf.settings, "makes one clip after the other")
    if plan.profile_id != profile.id:
        raise Conflict("batch_of_another_store", "This was checked for another store.", "Check it for this one.")
    making = [entry.product.sku for entry in plan.entries if entry.does == "making"]
    if not plan.to_make and not making:
        raise InvalidInput(
            "nothing_to_make", "There is nothing to make.", "Every product has its clip, or misses something."
        )
    asked = {
        entry.product.sku: _asked(entry)
        for entry in plan.entries
        if entry.product.sku and entry.does not in ("made", "making")
    }
    for standing in shelf.feeds.products(profile.id):
        if standing.product.sku in asked and standing.job_id and standing.state in OPEN:
            jobs.cancel(shelf, profile.id, standing.job_id)
    batch = uuid.uuid4().hex
    shelf.feeds.keep(profile, batch, list(asked.values()))
    shelf.feeds.move(profile.id, batch, making)
    return batch


def _asked(entry: Entry) -> tuple[FeedProduct, str]:
    """A product as its row keeps it; what misses something is not to be made of anything."""
    if entry.does != "missing":
        return entry.product, ""
    return entry.product.model_copy(update={"files": ()}), entry.why


def retry(shelf: Library, profile: Profile, batch: str) -> int:
    """Try again what failed of a batch, and nothing else: how many products that are.

    Finished stages are not done again. What misses something in the feed or the folder is not tried: `plan` looks for
    it. Raises NotFound 404 `batch_not_found`.
    """
    found = shelf.feeds.batch(profile.id, batch)
    failed = [standing for standing in found if standing.failed and (standing.job_id or standing.product.files)]
    shelf.feeds.ask_again(profile.id, batch, [each.product.sku for each in failed if each.job_id is None])
    return sum(_tried_again(shelf, profile, each) for each in failed)


def _tried_again(shelf: Library, profile: Profile, failed: Standing) -> bool:
    if failed.job_id is None:
        return True
    try:
        jobs.retry(shelf, profile.id, failed.job_id)
    except EditaiError:  # somebody else retried it just now, or deleted its product: its row says which
        return False
    return True


def cancel(shelf: Library, profile: Profile, batch: str) -> None:
    """Take back what of a batch is not made yet. Raises NotFound 404 `batch_not_found`."""
    standings: Sequence[Standing] = shelf.feeds.batch(profile.id, batch)
    for each in standings:
        if each.job_id is None and not each.reason:
            shelf.feeds.refuse(profile.id, batch, each.product.sku, CANCELLED)
    for each in standings:
        if each.job_id is not None and each.state in OPEN:
            jobs.cancel(shelf, profile.id, each.job_id)
