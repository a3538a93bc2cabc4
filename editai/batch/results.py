"""What became of a batch, as a table for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from editai.library import Library
from editai.models import Profile, Standing
from editai.models.batch import CANCELLED

COLUMNS = ("sku", "title", "price", "state", "reason", "clip", "seconds", "line")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def results(shelf: Library, profile: Profile, batch: str, lost: Iterable[str] = ()) -> bytes:
    """A batch as CSV (UTF-8 with its mark, so that Excel reads it), a line a product in the feed's order.

    `lost` are of rows of the feed that could not be used at all, a line each. Raises NotFound 404 `batch_not_found`.
    """
    written = io.StringIO(newline="")
    table = csv.writer(written)
    table.writerow(COLUMNS)
    for standing in shelf.feeds.batch(profile.id, batch):
        table.writerow(_safe(_line(standing)))
    for problem in lost:
        table.writerow(_safe(["", "", "", "unread", problem, "", "", ""]))
    return written.getvalue().encode("utf-8-sig")


def state_of(standing: Standing) -> str:
    """What became of a product in one word: its job's state; without a job "waiting", "missing" or "cancelled"."""
    if standing.state is not None:
        return standing.state
    if standing.reason == CANCELLED:
        return "cancelled"
    return "missing" if standing.reason else "waiting"


def _line(standing: Standing) -> list[str]:
    product = standing.product
    seconds = "" if standing.seconds is None else f"{standing.seconds:.0f}"
    facts = [product.sku, product.facts.title, product.facts.price]
    return [*facts, state_of(standing), standing.why, standing.clip_id or "", seconds, str(product.line)]


def _safe(cells: Iterable[str]) -> list[str]:
    """A feed is not trusted: what a spreadsheet would reckon is marked as a text (OWASP, "CSV Injection")."""
    return [f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells]
