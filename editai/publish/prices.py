"""Whether the product's page still asks the price that the clip shows: looked at when a clip is checked, and when it
is sent.

A price in an advertisement that differs from the shop's page misleads, and TikTok refuses ads whose discount differs
(ads.tiktok.com/help/article/tiktok-ads-policy-misleading-and-false-content, 2025-09). Where it does, the owner corrects
the price, or says that the clip's is right and the page was read wrongly: that is said of what was read, and of nothing
that the page asks later.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from editai import facts
from editai.errors import Conflict, EditaiError
from editai.facts.fetch import PUBLIC
from editai.models import Brief, Finding, Post
from editai.publish.outcome import failed
from editai.script.known import price_of

SOURCE = "ads.tiktok.com/help/article/tiktok-ads-policy-misleading-and-false-content (2025-09)"
CHANGED = "price_changed"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Seen:
    """What a product's page says to the `price` of a clip: it asks `other`, as it is written there; or that could not
    be found out, and `unseen` is a sentence that says why. Neither: the two are the same, or there is none to compare.
    """

    price: str = ""
    other: str = ""
    unseen: str = ""


def look(brief: Brief | None, offline: bool) -> Seen:
    """What the page of the clip's product asks now. A clip without a price or a page has nobody asked."""
    if brief is None or not brief.facts.price.strip() or not brief.facts.url.strip():
        return Seen()
    ours = brief.facts.price.strip()
    if offline:
        return Seen(ours, unseen="EditAI is set to stay offline.")
    language = brief.language or "en"
    try:
        page = facts.from_page(brief.facts.url, PUBLIC).facts.price
        mine, theirs = price_of(ours, language), price_of(page, language)
    except EditaiError as error:
        return Seen(ours, unseen=error.message)
    except Exception:  # a page of any kind; the courier's other posts do not wait for it
        log.exception("the price on a product's page could not be read")
        return Seen(ours, unseen="The page cannot be read.")
    if mine is None or theirs is None:
        return Seen(ours, unseen="The page names no price that can be compared.")
    return Seen(ours) if mine.equals(theirs) else Seen(ours, other=page)


def finding(seen: Seen, is_right: bool) -> Finding | None:
    """What a check says of it: "refuse" where the page asks another price and nobody says that the clip's `is_right`,
    "warn" where it cannot be found out."""
    if seen.unseen:
        told = f"Whether the product's page still asks the clip's price could not be seen. {seen.unseen}"
        return Finding(severity="warn", slug="price_unchecked", message=told)
    if not seen.other:
        return None
    if is_right:
        told = f"The product's page seems to ask {seen.other}. You say that the clip's {seen.price} is right."
        return Finding(severity="warn", slug=CHANGED, message=told)
    told = (
        f"The clip says {seen.price}, and the product's page {seen.other}. Where the page is right, have the clip made "
        "again with its price. Where the page was read wrongly, say that the clip's price is right."
    )
    return Finding(severity="refuse", slug=CHANGED, message=told, source=SOURCE, sure="official")


def noted(post: Post, seen: Seen) -> Post:
    """The post with the other price of the page, unless that is the one of which its owner said that it is misread."""
    if not seen.other or (post.price_is_right and post.page_price == seen.other):
        return post
    return post.model_copy(update={"page_price": seen.other, "price_is_right": False})


def held_back(post: Post, seen: Seen) -> Post:
    """The same of a post that is about to be sent: it has failed then."""
    told = noted(post, seen)
    if told is post:
        return post
    return failed(
        told,
        Conflict(
            CHANGED,
            f"The clip says {seen.price}, and the product's page {seen.other} by now.",
            "Nothing was sent. Where the page is right, have the clip made again with its price and publish that one. "
            "Where the page was read wrongly, say that the clip's price is right.",
        ),
    )
