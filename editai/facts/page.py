"""The facts on a product's page, as its shop states them for search engines: schema.org, or else OpenGraph.

Only what describes the one product that the page is about is taken; nothing on the page is run, followed or believed
beyond that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from editai.errors import InvalidInput
from editai.facts import wording
from editai.facts.wording import Money
from editai.models import Facts, Model

Thing = Mapping[str, Any]
"""An item of schema.org: its properties by name."""

_PRODUCT = frozenset({"Product", "ProductGroup", "IndividualProduct", "ProductModel", "Vehicle", "Car"})
_NOT_THE_PRICE = re.compile(r"list|strike|srp|regular|invoice|minimumadvertised", re.IGNORECASE)
"""Kinds of prices beside the one that is paid (schema.org/PriceTypeEnumeration)."""


class Found(Model):
    """The facts of a page. `sources` says of each where it was found ("title": "JSON-LD"); `notes` are sentences on
    what the page says and was not taken."""

    facts: Facts
    sources: dict[str, str]
    notes: tuple[str, ...] = ()


@dataclass
class _Gathered:
    """What has been found so far; the first to say something is believed."""

    language: str
    title: str = ""
    points: list[str] = field(default_factory=list)
    price: str = ""
    priced: bool = False
    sources: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, where: str, title: str, points: Sequence[str], prices: Sequence[Money]) -> None:
        if title and not self.title:
            self.title, self.sources["title"] = title, where
        if points and not self.points:
            self.points, self.sources["points"] = list(points), where
        if not self.priced:
            self._add_price(where, sorted({price for price in prices if price.shown}))
        if prices and not self.priced:
            self.notes.append("The page does not say in what currency its price is, so it was not taken.")

    def _add_price(self, where: str, prices: Sequence[Money]) -> None:
        """The price, where there is exactly one; what costs from this to that has none."""
        self.priced = bool(prices)
        if len(prices) > 1:
            self.notes.append(f"It costs from {prices[0].shown} to {prices[-1].shown}, so no price was taken.")
        elif prices:
            self.price, self.sources["price"] = prices[0].shown, where


def read(html: str, url: str) -> Found:
    """The facts of the product that the page at `url` is about.

    Raises InvalidInput 422 `page_without_product` where it is about none, or about several.
    """
    import extruct
    from extruct.utils import parse_html
    from lxml.etree import ParserError

    try:
        tree = parse_html(html.replace("\0", "").encode("utf-8", "replace"), encoding="utf-8")
    except ParserError:
        raise _without("There is nothing on this page.") from None
    opengraph = _opengraph(extruct.OpenGraphExtractor().extract_items(tree))
    gathered = _Gathered(_language(tree, opengraph))
    syntaxes: tuple[tuple[str, Callable[[], list[Thing]]], ...] = (
        ("JSON-LD", lambda: _json_ld(tree)),
        ("microdata", lambda: _microdata(tree, url)),
    )
    for name, items in syntaxes:
        if product := _the_product(items(), url):
            points = _points(product, gathered.language)
            gathered.add(name, wording.line(_one(product, "name")), points, _prices(product, url, gathered.language))
            break
    gathered.add("OpenGraph", *_from_opengraph(opengraph, gathered.language))
    if not gathered.title:
        raise _without("Nothing on this page says what product it is about.")
    facts = wording.facts(gathered.title, gathered.points, gathered.price, url)
    return Found(facts=facts, sources=gathered.sources, notes=tuple(dict.fromkeys(gathered.notes)))


def _without(message: str) -> InvalidInput:
    return InvalidInput(
        "page_without_product",
        message,
        "Give the address of the product's own page, or type its facts yourself.",
    )


# ── what is on the page ──────────────────────────────────────────────────────────────────────────────────────────


def _json_ld(tree: Any) -> list[Thing]:
    """The items of all blocks, references between them followed; a block that is no JSON is passed over."""
    import extruct

    blocks: list[Any] = []
    for script in tree.xpath('//script[@type="application/ld+json"]'):
        try:
            blocks += extruct.JsonLdExtractor().extract_items(script)
        except (ValueError, RecursionError):
            continue
    items = list(_items(blocks))
    known = {str(item["@id"]): item for item in items if len(item) > 1 and "@id" in item}
    products = [_joined(item, known) for item in items if _types(item) & _PRODUCT]
    groups = [item for item in products if "ProductGroup" in _types(item)]
    variants = {each.get("@id") for group in groups for each in _things(group, "hasVariant")} - {None}
    return [
        item
        for item in products
        if item in groups or not (groups and ("isVariantOf" in item or item.get("@id") in variants))
    ]


def _items(node: Any, depth: int = 0) -> Iterator[Thing]:
    """What a block is about: its items, those of its graph, and what a page of it is about. Not what they mention."""
    if depth > 8:
        return
    if isinstance(node, list):
        for each in node:
            yield from _items(each, depth + 1)
    elif isinstance(node, dict):
        yield node
        for name in ("@graph", "mainEntity"):
            yield from _items(node.get(name), depth + 1)


def _joined(item: Thing, known: Mapping[str, Thing]) -> Thing:
    """The item with the offers and variants that it only names put in their place."""
    variants = [{**each, "offers": _named(each, "offers", known)} for each in _named(item, "hasVariant", known)]
    return {**item, "offers": _named(item, "offers", known), "hasVariant": variants}


def _named(item: Thing, name: str, known: Mapping[str, Thing]) -> list[Thing]:
    return [known.get(str(each.get("@id")), each) if len(each) == 1 else each for each in _things(item, name)]


def _microdata(tree: Any, url: str) -> list[Thing]:
    import extruct
    from extruct.uniform import _umicrodata_microformat

    try:
        found = extruct.MicrodataExtractor().extract_items(tree, base_url=url)
        items = _umicrodata_microformat(found, schema_context="http://schema.org")
    except (ValueError, RecursionError):
        return []
    return [item for item in _items(items) if _types(item) & _PRODUCT]


def _opengraph(items: Any) -> dict[str, str]:
    """The first of each property that says anything."""
    found: dict[str, str] = {}
    for item in items:
        for name, value in item["properties"]:
            if value.strip():
                found.setdefault(name.lower(), value)
    return found


def _language(tree: Any, opengraph: Mapping[str, str]) -> str:
    named = [*tree.xpath("/html/@lang"), opengraph.get("og:locale", "")]
    return next((str(each).strip() for each in named if each.strip()), "en")


# ── which product ────────────────────────────────────────────────────────────────────────────────────────────────


def _the_product(products: list[Thing], url: str) -> Thing | None:
    """The one that the page is about: the only one, or the only one whose address is the page's."""
    named = [product for product in products if wording.line(_one(product, "name"))]
    here = [product for product in named if _path(_one(product, "url") or product.get("@id")) == _path(url)]
    names = {wording.line(_one(product, "name")) for product in here or named}
    if len(names) > 1:
        raise _without(f"This page shows {len(names)} products.")
    groups = [product for product in here or named if "ProductGroup" in _types(product)]
    return next(iter([*groups, *here, *named]), None)


def _path(address: object) -> tuple[str, str]:
    """Server and path, without what shops add to count visitors."""
    try:
        parts = urlsplit(address if isinstance(address, str) else "")
    except ValueError:
        return "", ""
    return parts.netloc.lower().removeprefix("www."), parts.path.rstrip("/")


# ── what is said of it ───────────────────────────────────────────────────────────────────────────────────────────


def _points(product: Thing, language: str) -> list[str]:
    points = wording.sentences(_one(product, "description"))
    points += [wording.labelled(name, _value(_one(product, name)), language) for name in wording.properties()]
    for extra in _things(product, "additionalProperty"):
        name, value = wording.line(_one(extra, "name")), _value(extra)
        points.append(f"{name}: {value}" if name and value else "")
    return [point for point in points if point]


def _value(said: Any) -> str:
    """A property as text: a word, a number, a thing with a name, or an amount with its unit."""
    if isinstance(said, bool):
        return ""
    if isinstance(said, int | float):
        return f"{said:g}"
    if not isinstance(said, dict):
        return wording.line(said)
    value = _one(said, "value")
    if value is None or isinstance(value, dict):
        return wording.line(_one(said, "name"))
    unit = wording.line(_one(said, "unitText")) or wording.unit(wording.line(_one(said, "unitCode")))
    return f"{_value(value)} {unit}".strip()


def _prices(product: Thing, url: str, language: str) -> list[Money]:
    """What the product may cost; a variant whose own address this is speaks for the product."""
    variants = _things(product, "hasVariant")
    asked = urlsplit(url).query
    if asked and (chosen := [each for each in variants if asked in _addresses(each)]):
        variants = chosen
    sellers = variants or [product]
    found = [price for seller in sellers for offer in _things(seller, "offers") for price in _offer(offer, language)]
    return found or [price for offer in _things(product, "offers") for price in _offer(offer, language)]


def _addresses(variant: Thing) -> str:
    offered = [_one(offer, "url") for offer in _things(variant, "offers")]
    return " ".join(address for address in (_one(variant, "url"), *offered) if isinstance(address, str))


def _offer(offer: Thing, language: str) -> Iterator[Money]:
    currency = _one(offer, "priceCurrency")
    if nested := _things(offer, "offers"):
        for each in nested:
            yield from _offer({"priceCurrency": currency, **each}, language)
        return
    said = [(_one(offer, name), currency) for name in ("price", "lowPrice", "highPrice")]
    if not any(value is not None for value, _ in said):
        said = [
            (_one(each, "price"), _one(each, "priceCurrency") or currency)
            for each in _things(offer, "priceSpecification")
            if not _is_another_price(each)
        ]
    for value, of in said:
        if value is not None and (price := wording.money(value, of, language)):
            yield price


def _is_another_price(specification: Thing) -> bool:
    """A price that is not paid for the product: crossed out, a member's, or for a litre or a metre of it.

    With a `valueReference` the amount that the price is for is the product's own.
    """
    amount = _one(specification, "referenceQuantity")
    return (
        bool(_NOT_THE_PRICE.search(str(_one(specification, "priceType"))))
        or "validForMemberTier" in specification
        or (isinstance(amount, dict) and "valueReference" not in amount)
    )


def _from_opengraph(properties: Mapping[str, str], language: str) -> tuple[str, list[str], list[Money]]:
    title = wording.line(properties.get("og:title"))
    if shop := wording.line(properties.get("og:site_name")):
        title = re.sub(rf"\s*[|–—:·-]\s*{re.escape(shop)}$", "", title) or title
    prices = []
    for name in ("product:sale_price", "product:price", "og:price"):
        if amount := properties.get(f"{name}:amount"):
            price = wording.money(amount, properties.get(f"{name}:currency"), language)
            prices = [price] if price else []
            break
    return title, wording.sentences(properties.get("og:description")), prices


# ── reading schema.org ───────────────────────────────────────────────────────────────────────────────────────────


def _types(item: Thing) -> set[str]:
    said = item.get("@type")
    return {str(name).rpartition("/")[2] for name in (said if isinstance(said, list) else [said])}


def _one(item: Thing, name: str) -> Any:
    """The first value of a property, or None; a text in several languages counts as its first."""
    said = item.get(name)
    while isinstance(said, list):
        said = said[0] if said else None
    return said["@value"] if isinstance(said, dict) and "@value" in said else said


def _things(item: Thing, name: str) -> list[Thing]:
    said = item.get(name)
    return [each for each in (said if isinstance(said, list) else [said]) if isinstance(each, dict)]
