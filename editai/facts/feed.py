"""A shop's product feed as rows to make clips of: Google Merchant (TSV, CSV, XML), Shopify CSV, WooCommerce CSV, or a
table of one's own with the columns `sku` and `title`.

What kind it is shows in its columns (`kinds`). A row that cannot be used is reported by its line, and the others are
read.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from editai.errors import InvalidInput, TooLarge
from editai.facts.kinds import GOOGLE, KINDS, Feed, Kind, Record, Row, Shop

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["MOST_BYTES", "MOST_ROWS", "Feed", "Row", "read"]

MOST_BYTES = 20_000_000
MOST_ROWS = 50_000
_DELIMITERS = "\t,;|"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GOOGLE = "{http://base.google.com/ns/1.0}"
_ATOM = "{http://www.w3.org/2005/Atom}"
_EXPORT = "Export it again as CSV, TSV or XML for Google Merchant, Shopify or WooCommerce."


def read(source: Path | bytes, filename: str = "", language: str = "en", currency: str = "") -> Feed:
    """The rows of a feed, called `filename` in errors.

    Prices are written as people of `language` do; `currency` (ISO 4217) is that of a file that names none, as those
    of Shopify and WooCommerce do not.

    Errors: 422 `feed_unreadable` for what is no table and no XML, 422 `feed_unknown` for other columns; 413
    `feed_too_large` for more than 20 MB or 50,000 rows.
    """
    content = _content(source)
    text = _text(content)
    shop = Shop(language, currency)
    if text.lstrip().startswith("<"):
        kind, records = GOOGLE, _xml(content)
    else:
        kind, records = _table(text, shop)
    rows = tuple(kind.rows(_counted(records), shop))
    if not rows and not shop.problems:
        raise _unreadable(f"There is no product in {filename or 'this file'}.")
    return Feed(kind=kind.name, rows=rows, problems=tuple(shop.problems), lost=tuple(shop.lost))


def _content(source: Path | bytes) -> bytes:
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    if size > MOST_BYTES:
        raise TooLarge(
            "feed_too_large",
            f"This feed is {size / 1e6:.0f} MB; the most is {MOST_BYTES / 1e6:.0f} MB.",
            "Export fewer products at a time.",
        )
    return source if isinstance(source, bytes) else source.read_bytes()


def _counted(records: Iterator[Record]) -> Iterator[Record]:
    for number, record in enumerate(records):
        if number >= MOST_ROWS:
            raise TooLarge(
                "feed_too_large",
                f"This feed has more than {MOST_ROWS:,} rows.",
                "Export fewer products at a time.",
            )
        yield record


def _text(content: bytes) -> str:
    """The text by its byte order mark, else as UTF-8, else as Windows writes it in the west."""
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise _unreadable("This is a workbook of Excel, not a feed.")
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    if 2 * content[1:200:2].count(0) > len(content[1:200:2]):
        return content.decode("utf-16-le", "replace")
    if b"\0" in content:
        raise _unreadable("This file is no text.")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _unreadable(message: str) -> InvalidInput:
    return InvalidInput("feed_unreadable", message, _EXPORT)


# ── tables ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _table(text: str, shop: Shop) -> tuple[Kind, Iterator[Record]]:
    """What kind of table it is, with the sign between its columns that makes them known ones, and its records."""
    seen: list[str] = []
    for delimiter in _DELIMITERS:
        names = [_name(cell) for cell in next(_cells(text, delimiter, Shop()), (1, []))[1]]
        for kind in KINDS:
            if kind.needs <= set(names):
                return kind, _records(text, delimiter, names, shop)
        seen = max(seen, names, key=len)
    if not any(seen):
        raise _unreadable("This file is empty.")
    wanted = "; ".join(f"{kind.label}: {', '.join(sorted(kind.needs))}" for kind in KINDS)
    begins = ", ".join(name[:30] for name in seen[:8])
    raise InvalidInput(
        "feed_unknown",
        f"This is no feed that is known here. Its first line begins with: {begins}.",
        f"These columns were looked for. {wanted}.",
    )


def _name(cell: str) -> str:
    """The name of a column: "g:Image Link" is "image_link"."""
    return "_".join(cell.strip().lower().removeprefix("g:").split())


def _records(text: str, delimiter: str, names: list[str], shop: Shop) -> Iterator[Record]:
    rows = _cells(text, delimiter, shop)
    next(rows)
    for line, cells in rows:
        if len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
            shop.lose(f"Line {line} has {len(cells)} columns where the first line has {len(names)}.")
            continue
        fields: dict[str, list[str]] = {}
        for name, cell in zip(names, cells, strict=False):  # the last ones may be left out where they are empty
            if cell.strip():
                fields.setdefault(name, []).append(cell.strip())
        if fields:
            yield Record(line, fields)


def _cells(text: str, delimiter: str, shop: Shop) -> Iterator[tuple[int, list[str]]]:
    """The cells of each row with the line that it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error:
            shop.lose(f"Line {line} cannot be read: a quotation mark in it is never closed.")


# ── XML ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _xml(content: bytes) -> Iterator[Record]:
    """The items of RSS 2.0 or Atom. Nothing that the file names elsewhere is fetched, and no entity is defined."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise _unreadable(f"This XML is broken in line {error.lineno}.") from None
    if root.getroottree().docinfo.doctype:
        raise _unreadable("This XML has a document type of its own, which a feed has not.")
    items = [*root.iter("item", f"{_ATOM}entry")]
    if not any(each.tag.startswith(_GOOGLE) or each.tag == "price" for item in items[:1] for each in item):
        raise InvalidInput(
            "feed_unknown",
            f"This XML begins with <{etree.QName(root).localname[:40]}> and has no products of Google Merchant in it.",
            "Looked for were <item> (RSS 2.0) or <entry> (Atom) with <g:id>, <g:title> and <g:price>.",
        )
    for item in items:
        yield Record(item.sourceline or 0, _fields(item))


def _fields(item: _Element) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for each in item.iterchildren(tag="*"):
        name = str(each.tag).removeprefix(_GOOGLE).removeprefix(_ATOM)
        if parts := [str(part.text or "").strip() for part in each.iterchildren(f"{_GOOGLE}*")]:
            value = ": ".join(parts[-2:])  # a detail: its section, its name, its value
        else:
            value = "".join(each.itertext()).strip() or str(each.get("href", ""))
        if value:
            fields.setdefault(name, []).append(value)
    return fields
