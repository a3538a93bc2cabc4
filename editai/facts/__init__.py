"""Where a product's facts come from, besides the owner's keyboard: its page, or a row of a feed.

What a page or a feed says is data: it is cleaned, shortened by whole sentences, and never followed.
"""

from __future__ import annotations

from editai.facts.feed import Feed, Row
from editai.facts.feed import read as read_feed
from editai.facts.fetch import PUBLIC, Page, fetch
from editai.facts.page import Found
from editai.facts.page import read as read_page
from editai.web import Reach

__all__ = ["Feed", "Found", "Page", "Reach", "Row", "fetch", "from_page", "read_feed", "read_page"]


def from_page(url: str, reach: Reach = PUBLIC) -> Found:
    """The facts of the product that the page at `url` is about. Errors as `fetch` and `read_page`."""
    page = fetch(url, reach)
    return read_page(page.html, page.url)
