"""Whether the product's page still asks the price that the clip shows: looked at when a clip is checked, and when it
is sent.

A price in an advertisement that differs from the shop's page misleads, and TikTok refuses ads whose discount differs
(ads.tiktok.com/help/article/tiktok-ads-policy-misleading-and-false-content, 2025-09).
"""

from __future__ import annotations

import logging

from editai import facts
from editai.errors import Conflict, EditaiError
from editai.facts.fetch import PUBLIC
from editai.models import Brief, Finding
from editai.script.known import price_of

SOURCE = "ads.tiktok.com/help/article/tiktok-ads-policy-misleading-and-false-content (2025-09)"


log = logging.getLogger(__name__)


def look(brief: Brief | None, offline: bool) -> Finding | None:
    """What the page of the clip's product says against its price: "refuse" where it is another one, "warn" where that
    cannot be found out; None where it is the same, or the clip has no price or no page."""
    if brief is None or not brief.facts.price.strip() or not brief.facts.url.strip():
        return None
    if offline:
        return _unchecked("EditAI is set to stay offline.")
    language = brief.language or "en"
    try:
        page = facts.from_page(brief.facts.url, PUBLIC).facts.price
        ours, theirs = price_of(brief.facts.price, language), price_of(page, language)
    except EditaiError as error:
        return _unchecked(error.message)
    except Exception:  # a page of any kind; the courier's other posts do not wait for it
        log.exception("the price on a product's page could not be read")
        return _unchecked("The page cannot be read.")
    if ours is None or theirs is None:
        return _unchecked("The page names no price that can be compared.")
    if ours.equals(theirs):
        return None
    told = (
        f"The clip is out of date: it says {brief.facts.price}, and the product's page {page}. Change the price of the "
        "product, and produce the clip again."
    )
    return Finding(severity="refuse", slug="price_changed", message=told, source=SOURCE, sure="official")


def require_same(brief: Brief | None, offline: bool) -> None:
    """Raises Conflict 409 `price_changed` where the page asks another price than the clip shows."""
    found = look(brief, offline)
    if found is not None and found.severity == "refuse":
        raise Conflict(found.slug, found.message, "Nothing was sent.")


def _unchecked(why: str) -> Finding:
    told = f"Whether the product's page still asks the clip's price could not be seen. {why}"
    return Finding(severity="warn", slug="price_unchecked", message=told)
