"""The kinds of product feeds, and what a record of each says about a product."""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from editai.facts import wording
from editai.facts.wording import Money
from editai.models import Facts, Model

MOST_PROBLEMS = 200
"""So many are told."""


KindName = Literal["google", "shopify", "woocommerce", "plain"]


class Row(Model):
    """A product of a feed. Links are as given; `group` is what the variants of one product have in common.

    `id` is its stock-keeping unit, or the shop's handle for it, and `variants` are the units of its variants. It begins
    on `line`; `unread` says in sentences what of it is wrong, so that it should not be made as it is. `script` is what
    a clip of it shall say, where the feed tells.
    """

    id: str
    facts: Facts
    images: tuple[str, ...] = ()
    videos: tuple[str, ...] = ()
    group: str = ""
    variants: tuple[str, ...] = ()
    script: str = ""
    line: int = 0
    unread: tuple[str, ...] = ()


class Feed(Model):
    """The rows of a feed that can be used. `problems` are sentences on the others, and on what was left out; `lost`
    those of them that took a whole row."""

    kind: KindName
    rows: tuple[Row, ...]
    problems: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


class Record(NamedTuple):
    """What a feed says of a product: the line it begins on, and by a column's name what is in it, empty ones left
    out."""

    line: int
    fields: Mapping[str, Sequence[str]]

    def get(self, name: str) -> str:
        return next(iter(self.fields.get(name, ())), "")

    def list(self, name: str) -> list[str]:
        """The values of a column that may have several: repeated, or between commas."""
        said = self.fields.get(name, ())
        several = (each for value in said for each in next(csv.reader([value], skipinitialspace=True), []))
        return [each.strip() for each in (said if len(said) > 1 else several) if each.strip()]


@dataclass
class Shop:
    """How the feed's shop writes its prices, and what has to be said about its rows."""

    language: str = "en"
    currency: str = ""
    problems: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    unread: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def report(self, problem: str) -> None:
        if len(self.problems) < MOST_PROBLEMS and problem not in self.problems:
            self.problems.append(problem)

    def lose(self, problem: str) -> None:
        """Report what took a whole row."""
        self.report(problem)
        self.lost.append(problem)

    def money(self, line: int, said: str) -> Money | None:
        """A price; one that is none, or that has no currency, is reported."""
        if not said:
            return None
        price = wording.money(said, self.currency, self.language)
        if price is None:
            problem = f"Line {line}: {said[:30]!r} is no price."
            self.report(problem)
            self.unread[line] = (*self.unread.get(line, ()), problem)
        elif not price.shown:
            self.report("The prices have no currency, so they were not taken. Say which currency it is.")
        return price if price and price.shown else None


@dataclass(frozen=True)
class Kind:
    """A kind of feed: what it is called, the columns that tell it, and how its records become rows."""

    name: KindName
    label: str
    needs: frozenset[str]
    rows: Callable[[Iterable[Record], Shop], Iterator[Row]]


# ── Google Merchant ──────────────────────────────────────────────────────────────────────────────────────────────


def _google(records: Iterable[Record], shop: Shop) -> Iterator[Row]:
    """`sale_price` is what is paid, while it holds; `price` then is the regular one, of which nothing is claimed."""
    for record in records:
        if title := _titled(record, "title", shop):
            yield _listed(record, record.get("id"), title, shop)


def _listed(record: Record, sku: str, title: str, shop: Shop) -> Row:
    on_sale = record.get("sale_price") and _holds(record.get("sale_price_effective_date"))
    price = shop.money(record.line, record.get("sale_price" if on_sale else "price"))
    points = [
        *wording.sentences(record.get("description")),
        *map(wording.line, record.list("product_highlight")),
        *(wording.labelled(name, wording.line(record.get(name)), shop.language) for name in wording.properties()),
        *(_detail(each) for each in record.list("product_detail")),
    ]
    return Row(
        id=sku,
        facts=wording.facts(title, points, price.shown if price else "", record.get("link") or record.get("url")),
        images=(*record.fields.get("image_link", ())[:1], *record.list("additional_image_link")),
        videos=(*record.list("video"), *record.list("video_link")),
        group=record.get("item_group_id"),
        script=record.get("script"),
        line=record.line,
        unread=shop.unread.get(record.line, ()),
    )


def _detail(text: str) -> str:
    """ "Section:Name:Value" as "Name: Value"."""
    parts = [part.strip() for part in wording.line(text).split(":")]
    return f"{parts[-2]}: {parts[-1]}" if len(parts) in (2, 3) and all(parts[-2:]) else ""


def _holds(span: str) -> bool:
    """Whether a time like "2026-11-01T00:00+0100/2026-11-30T23:59+0100" is now; one that cannot be read is not."""
    if not span:
        return True
    try:
        start, end = (_moment(text) for text in span.split("/"))
    except ValueError:
        return False
    return start <= datetime.now(UTC) <= end


def _moment(text: str) -> datetime:
    read = datetime.fromisoformat(text.strip())
    return read if read.tzinfo else read.replace(tzinfo=UTC)


# ── a table of one's own ─────────────────────────────────────────────────────────────────────────────────────────────


def _plain(records: Iterable[Record], shop: Shop) -> Iterator[Row]:
    """Google's columns, with `sku` for the id, and `video` and `script` for what only a person knows."""
    for record in records:
        if title := _titled(record, "title", shop):
            yield _listed(record, record.get("sku"), title, shop)


# ── Shopify ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _shopify(records: Iterable[Record], shop: Shop) -> Iterator[Row]:
    """Rows of one handle are one product: the first has its texts, each a variant or another picture."""
    for handle, group in itertools.groupby(records, key=lambda record: record.get("handle")):
        first, *others = same = list(group)
        if not handle:
            shop.lose(f"Line {first.line} has no handle.")
            continue
        title = _titled(first, "title", shop)
        if not title:
            continue
        points = [*wording.sentences(first.get("body_(html)")), *_options(first, others)]
        prices = (shop.money(record.line, record.get("variant_price")) for record in same)
        pictures = (record.get(name) for record in same for name in ("image_src", "variant_image"))
        skus = (record.get("variant_sku").removeprefix("'") for record in same)  # Excel's sign for a text
        yield Row(
            id=handle,
            facts=wording.facts(title, points, _only(first.line, prices, shop), ""),
            images=tuple(dict.fromkeys(picture for picture in pictures if picture)),
            group=handle,
            variants=tuple(dict.fromkeys(sku for sku in skus if sku)),
            line=first.line,
            unread=tuple(problem for record in same for problem in shop.unread.get(record.line, ())),
        )


def _options(first: Record, others: Sequence[Record]) -> Iterator[str]:
    """What can be chosen: "Colour: black, white"."""
    for number in (1, 2, 3):
        name = wording.line(first.get(f"option{number}_name"))
        values = dict.fromkeys(wording.line(record.get(f"option{number}_value")) for record in (first, *others))
        chosen = [value for value in values if value and value != "Default Title"]
        if name and chosen:
            yield f"{name}: {', '.join(chosen)}"


def _only(line: int, prices: Iterable[Money | None], shop: Shop) -> str:
    known = sorted({price for price in prices if price})
    if len(known) > 1:
        low, high = known[0].shown, known[-1].shown
        shop.report(f"Line {line}: the product costs from {low} to {high}, so no price was taken.")
    return known[0].shown if len(known) == 1 else ""


# ── WooCommerce ──────────────────────────────────────────────────────────────────────────────────────────────────

_MEASURE = re.compile(r"(weight|length|width|height)_\((\w+)\)")


def _woocommerce(records: Iterable[Record], shop: Shop) -> Iterator[Row]:
    for record in records:
        title = _titled(record, "name", shop)
        if not title:
            continue
        ends, starts = record.get("date_sale_price_ends"), record.get("date_sale_price_starts")
        on_sale = record.get("sale_price") and _holds(f"{starts or '0001-01-01'}/{ends or '9999-12-31'}")
        price = shop.money(record.line, record.get("sale_price" if on_sale else "regular_price"))
        points = [
            *_sentences(record.get("short_description")),
            *_sentences(record.get("description")),
            *_attributes(record, shop.language),
        ]
        sku = record.get("sku") or record.get("id")
        yield Row(
            id=sku,
            facts=wording.facts(title, points, price.shown if price else "", ""),
            images=tuple(record.list("images")),
            group=record.get("parent").removeprefix("id:") or sku,
            line=record.line,
            unread=shop.unread.get(record.line, ()),
        )


def _sentences(text: str) -> list[str]:
    """WooCommerce writes the end of a line as two signs, a backslash and an n."""
    return wording.sentences(text.replace("\\n", "\n"))


def _attributes(record: Record, language: str) -> Iterator[str]:
    for number in itertools.count(1):
        name = wording.line(record.get(f"attribute_{number}_name"))
        if not name:
            break
        values = ", ".join(map(wording.line, record.list(f"attribute_{number}_value(s)")))
        yield f"{name}: {values}" if values else ""
    for column in record.fields:
        if found := _MEASURE.fullmatch(column):
            yield wording.labelled(found[1], f"{record.get(column)} {found[2]}", language)


# ── all kinds ────────────────────────────────────────────────────────────────────────────────────────────────────


def _titled(record: Record, column: str, shop: Shop) -> str:
    title = wording.line(record.get(column))
    if not title:
        shop.lose(f"Line {record.line} has no {column}.")
    return title


GOOGLE = Kind("google", "Google Merchant", frozenset({"id", "title"}), _google)
KINDS = (
    Kind("shopify", "Shopify", frozenset({"handle", "title"}), _shopify),
    Kind("woocommerce", "WooCommerce", frozenset({"name", "regular_price"}), _woocommerce),
    GOOGLE,
    Kind("plain", "A table of your own", frozenset({"sku", "title"}), _plain),
)
