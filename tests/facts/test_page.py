"""Pages as shops write them, and the facts that are taken from each."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from editai.errors import EditaiError
from editai.facts import Found, from_page, read_page
from tests.facts.site import Reply, Site, here

URL = "https://shop.example/products/aurora"
LAMP: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "Product",
    "name": "Aurora desk lamp",
    "description": "Three colours of light. It dims to a candle.",
    "offers": {"@type": "Offer", "price": "49.99", "priceCurrency": "USD"},
}


def written(block: Any) -> str:
    return json.dumps(block).replace("<", "\\u003c")


def page(*blocks: Any, head: str = "", body: str = "", lang: str = "en") -> str:
    """A page with these blocks of JSON-LD; a block that is text is written as it is."""
    scripts = "".join(
        f'<script type="application/ld+json">{block if isinstance(block, str) else written(block)}</script>'
        for block in blocks
    )
    return f'<!DOCTYPE html><html lang="{lang}"><head>{head}{scripts}</head><body>{body}</body></html>'


def lamp(**changes: Any) -> dict[str, Any]:
    return {**LAMP, **changes}


def price(offers: Any, lang: str = "en", url: str = URL, **more: Any) -> str:
    return read_page(page(lamp(offers=offers, **more), lang=lang), url).facts.price


def offer(amount: Any, currency: str = "EUR", **more: Any) -> dict[str, Any]:
    return {"@type": "Offer", "price": amount, "priceCurrency": currency, **more}


# ── JSON-LD ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_product_gives_its_name_its_sentences_its_price_and_where_they_were_found() -> None:
    found = read_page(page(LAMP), URL)
    assert found.facts.title == "Aurora desk lamp"
    assert found.facts.points == ("Three colours of light.", "It dims to a candle.")
    assert (found.facts.price, found.facts.url) == ("$49.99", URL)
    assert found.sources == {"title": "JSON-LD", "points": "JSON-LD", "price": "JSON-LD"}
    assert found.notes == ()


def test_nothing_is_said_that_the_page_does_not_say() -> None:
    facts = read_page(page({"@type": "Product", "name": "Lamp"}), URL).facts
    assert (facts.points, facts.price, facts.lowest_price_30d, facts.proofs) == ((), "", "", ())


@pytest.mark.parametrize(
    "block",
    [
        [{"@type": "WebSite", "name": "Shop"}, LAMP],
        {"@context": "https://schema.org", "@graph": [{"@type": "Organization", "name": "Shop"}, LAMP]},
        {"@type": "WebPage", "mainEntity": LAMP},
        {"@type": "ItemPage", "mainEntity": [LAMP]},
        lamp(**{"@type": ["Product", "Thing"]}),
        lamp(**{"@type": "http://schema.org/Product"}),
        lamp(name={"@value": "Aurora desk lamp", "@language": "en"}),
    ],
    ids=["array", "graph", "main entity", "list of main entities", "two types", "whole type", "text with language"],
)
def test_a_product_is_found_wherever_the_block_has_it(block: Any) -> None:
    assert read_page(page(block), URL).facts.title == "Aurora desk lamp"


def test_an_offer_that_is_only_named_is_looked_up_in_the_graph() -> None:
    graph = [lamp(offers={"@id": "#offer"}), {"@id": "#offer", "@type": "Offer", "price": 20, "priceCurrency": "USD"}]
    assert read_page(page({"@graph": graph}), URL).facts.price == "$20"


@pytest.mark.parametrize(
    "broken",
    ['{"@type": "Product", "name": ', "", "null", "[[[[", '"just a text"', "[" * 20_000, '{"@graph": 7}'],
    ids=["cut off", "empty", "null", "brackets", "text", "deep", "no graph"],
)
def test_a_block_that_cannot_be_read_does_not_hide_another(broken: str) -> None:
    assert read_page(page(broken, LAMP), URL).facts.title == "Aurora desk lamp"


def test_comments_and_line_breaks_in_a_block_are_no_trouble() -> None:
    block = '// product\n{"@type": "Product", "name": "Lamp", "description": "Line one\nline two"}'
    assert read_page(page(block), URL).facts.points == ("Line one", "line two")


def test_tags_and_entities_are_gone_and_list_items_are_points() -> None:
    described = "<p>Warm &amp; bright light.</p><ul><li>Oak foot</li><li>Steel arm</li></ul>"
    described = described.replace("<", "&lt;").replace(">", "&gt;")
    facts = read_page(page(lamp(name="Lamp &quot;Aurora&quot;", description=described)), URL).facts
    assert facts.title == 'Lamp "Aurora"'
    assert facts.points == ("Warm & bright light.", "Oak foot", "Steel arm")


def test_scripts_in_a_description_are_not_text() -> None:
    described = "<p>Oak.</p><script>alert('x')</script><style>p{}</style><img src=x onerror=alert(1)>"
    assert read_page(page(lamp(description=described)), URL).facts.points == ("Oak.",)


def test_properties_are_points_in_the_language_of_the_page() -> None:
    product = lamp(
        description="",
        brand={"@type": "Brand", "name": "Aurora"},
        material="Eiche",
        color=["Schwarz", "Weiß"],
        weight={"@type": "QuantitativeValue", "value": 1.5, "unitCode": "KGM"},
        width="20 cm",
        additionalProperty=[
            {"@type": "PropertyValue", "name": "Lichtfarbe", "value": 2700, "unitText": "K"},
            {"@type": "PropertyValue", "name": "", "value": "leer"},
        ],
    )
    assert read_page(page(product, lang="de-DE"), URL).facts.points == (
        "Marke: Aurora",
        "Material: Eiche",
        "Farbe: Schwarz",
        "Gewicht: 1.5 kg",
        "Breite: 20 cm",
        "Lichtfarbe: 2700 K",
    )


def test_lengths_are_those_that_a_script_takes() -> None:
    many = [{"@type": "PropertyValue", "name": f"Part {number}", "value": "steel"} for number in range(80)]
    long = "A" + "a" * 600 + ". Short one here."
    facts = read_page(page(lamp(name="Lamp " * 60, description=long, additionalProperty=many)), URL).facts
    assert len(facts.title) <= 200
    assert facts.points[0] == "Short one here."
    assert len(facts.points) == 50


# ── prices ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("amount", "currency", "lang", "shown"),
    [
        ("49.99", "USD", "en", "$49.99"),
        (49.9, "USD", "en-US", "$49.90"),
        ("1299", "EUR", "de", "1.299 €"),
        ("1299.50", "EUR", "de-DE", "1.299,50 €"),
        ("1299.00", "EUR", "fr", "1 299 €"),
        ("1299.00", "GBP", "en-GB", "£1,299"),
        ("199", "BRL", "pt-BR", "R$ 199"),
        ("19.90", "CHF", "de-CH", "CHF 19.90"),
        ("1.299,00", "EUR", "it", "1.299 €"),
        ("1200", "JPY", "ja", "￥1,200"),
        ("$49.99", "", "en", "$49.99"),
        ("49,99 EUR", "", "de", "49,99 €"),
        ("49.99", "usd", "xx", "$49.99"),
    ],
)
def test_a_price_is_written_as_people_of_the_language_write_it(
    amount: Any, currency: str, lang: str, shown: str
) -> None:
    assert price(offer(amount, currency), lang) == shown


@pytest.mark.parametrize("amount", ["0", 0, "", "on request", "from $5", "-5", "1e9999", None, True, "9" * 40, {}])
def test_what_is_no_price_is_none(amount: Any) -> None:
    assert price(offer(amount, "USD")) == ""


def test_a_price_without_a_currency_is_not_taken_and_that_is_said() -> None:
    found = read_page(page(lamp(offers={"@type": "Offer", "price": "49.99"})), URL)
    assert found.facts.price == ""
    assert "currency" in found.notes[0]


@pytest.mark.parametrize(
    "offers",
    [
        [offer("20"), offer("20.00")],
        {"@type": "AggregateOffer", "lowPrice": "20", "highPrice": "20", "priceCurrency": "EUR"},
        {"@type": "AggregateOffer", "priceCurrency": "EUR", "offers": [{"@type": "Offer", "price": "20"}]},
        {"@type": "Offer", "priceSpecification": {"price": 20, "priceCurrency": "EUR"}},
        {"@type": "Offer", "priceCurrency": "EUR", "priceSpecification": [{"price": 20}]},
    ],
    ids=["two sellers", "aggregate", "offers of an aggregate", "specification", "currency beside it"],
)
def test_a_price_is_found_wherever_the_offer_has_it(offers: Any) -> None:
    assert price(offers, "de") == "20 €"


@pytest.mark.parametrize(
    "other",
    [
        {"priceType": "https://schema.org/StrikethroughPrice"},
        {"priceType": "https://schema.org/ListPrice"},
        {"referenceQuantity": {"value": 1, "unitCode": "LTR"}},
        {"validForMemberTier": {"@type": "MemberProgramTier"}},
    ],
    ids=["crossed out", "list price", "per litre", "members"],
)
def test_a_price_beside_the_one_that_is_paid_is_not_it(other: dict[str, Any]) -> None:
    specifications = [{"price": 30, **other}, {"price": 20}]
    assert price({"@type": "Offer", "priceCurrency": "EUR", "priceSpecification": specifications}, "de") == "20 €"


@pytest.mark.parametrize(
    "offers",
    [
        [offer("20"), offer("35")],
        {"@type": "AggregateOffer", "lowPrice": "20", "highPrice": "35", "priceCurrency": "EUR"},
    ],
    ids=["two", "aggregate"],
)
def test_what_costs_from_this_to_that_has_no_price_and_that_is_said(offers: Any) -> None:
    head = '<meta property="og:price:amount" content="20"><meta property="og:price:currency" content="EUR">'
    found = read_page(page(lamp(offers=offers), head=head, lang="de"), URL)
    assert found.facts.price == ""
    assert found.notes == ("It costs from 20 € to 35 €, so no price was taken.",)


VARIANTS = {
    "@type": "ProductGroup",
    "name": "Aurora desk lamp",
    "hasVariant": [
        {"@type": "Product", "name": f"Aurora {colour}", "offers": offer(cost, url=f"{URL}?variant={number}")}
        for number, (colour, cost) in enumerate([("black", "20"), ("white", "35")])
    ],
}


def test_a_group_of_variants_is_one_product() -> None:
    assert read_page(page(VARIANTS), URL).facts.title == "Aurora desk lamp"


def test_the_variant_that_the_address_names_has_the_price() -> None:
    assert read_page(page(VARIANTS), f"{URL}?variant=1").facts.price == "€35"
    assert read_page(page(VARIANTS), URL).facts.price == ""


def test_variants_beside_their_group_are_no_products_of_their_own() -> None:
    variant = {"@type": "Product", "@id": "#black", "name": "Aurora black", "offers": offer("20")}
    group = {"@type": "ProductGroup", "name": "Aurora desk lamp", "hasVariant": [{"@id": "#black"}]}
    facts = read_page(page({"@graph": [group, variant]}), URL).facts
    assert (facts.title, facts.price) == ("Aurora desk lamp", "€20")


# ── which product ────────────────────────────────────────────────────────────────────────────────────────────────


def without(html: str, url: str = URL) -> EditaiError:
    with pytest.raises(EditaiError) as caught:
        read_page(html, url)
    return caught.value


def test_products_that_are_only_mentioned_are_not_the_one() -> None:
    related = [lamp(name="Another lamp"), lamp(name="A third lamp")]
    assert read_page(page(lamp(isRelatedTo=related)), URL).facts.title == "Aurora desk lamp"


def test_among_several_the_one_at_this_address_is_the_one() -> None:
    several = [lamp(name="Other", url="https://shop.example/products/other"), lamp(url=f"{URL}/?ref=ad")]
    assert read_page(page(several), f"{URL}#top").facts.title == "Aurora desk lamp"


def test_a_page_of_several_products_is_refused() -> None:
    error = without(page([lamp(name="One"), lamp(name="Two")]))
    assert error.title == "422 page_without_product"
    assert "2 products" in error.message


@pytest.mark.parametrize(
    "html", ["", "   ", "<p>Hello</p>", page({"@type": "Recipe", "name": "Soup"}), "<!-- -->", "\0"]
)
def test_a_page_without_a_product_is_refused(html: str) -> None:
    assert without(html).title == "422 page_without_product"


# ── microdata, OpenGraph ─────────────────────────────────────────────────────────────────────────────────────────

MICRODATA = """
<div itemscope itemtype="https://schema.org/Product"><h1 itemprop="name">Aurora desk lamp</h1>
<div itemprop="description"><p>Three colours of light.</p><p>It dims.</p></div>
<div itemprop="offers" itemscope itemtype="https://schema.org/Offer">
<span itemprop="price" content="49.99">49,99</span><meta itemprop="priceCurrency" content="EUR"></div>
<span itemprop="brand" itemscope itemtype="https://schema.org/Brand"><b itemprop="name">Aurora</b></span></div>
"""


def test_microdata_gives_the_same_facts() -> None:
    found = read_page(page(body=MICRODATA, lang="de"), URL)
    assert found.facts.title == "Aurora desk lamp"
    assert found.facts.points == ("Three colours of light.", "It dims.", "Marke: Aurora")
    assert found.facts.price == "49,99 €"
    assert found.sources["price"] == "microdata"


def graph(**properties: str) -> str:
    return "".join(
        f'<meta property="{name.replace("__", ":")}" content="{value}">' for name, value in properties.items()
    )


OPEN_GRAPH = graph(
    og__title="Aurora desk lamp – Lights &amp; Co",
    og__site_name="Lights &amp; Co",
    og__description="Three colours of light. It dims.",
    product__price__amount="49.99",
    product__price__currency="USD",
)


def test_opengraph_gives_what_nothing_else_does_without_the_shops_name() -> None:
    found = read_page(page(head=OPEN_GRAPH), URL)
    assert found.facts.title == "Aurora desk lamp"
    assert found.facts.points == ("Three colours of light.", "It dims.")
    assert found.facts.price == "$49.99"
    assert found.sources == dict.fromkeys(("title", "points", "price"), "OpenGraph")


def test_opengraph_fills_what_schema_org_leaves_open() -> None:
    found = read_page(page({"@type": "Product", "name": "Lamp", "description": "Oak."}, head=OPEN_GRAPH), URL)
    assert (found.facts.title, found.facts.points, found.facts.price) == ("Lamp", ("Oak.",), "$49.99")
    assert found.sources == {"title": "JSON-LD", "points": "JSON-LD", "price": "OpenGraph"}


# ── whatever comes ───────────────────────────────────────────────────────────────────────────────────────────────

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["@type", "@id", "@graph", "@value", "name", "offers", "price", "priceCurrency", "description", "value",
                 "hasVariant", "brand", "additionalProperty", "priceSpecification", "weight", "url", "mainEntity"]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(JSON, JSON)
def test_whatever_a_block_says_there_are_facts_or_an_error_of_ours(said: Any, offers: Any) -> None:
    for block in (said, {"@type": "Product", "name": "Lamp", "offers": offers, "description": said, "brand": said}):
        with suppress(EditaiError):
            assert isinstance(read_page(page(written(block)), URL), Found)


def test_from_its_address_to_its_facts(site: Site) -> None:
    site.replies["/old"] = Reply(status=301, headers={"Location": "/lamp"})
    site.replies["/lamp"] = Reply(page(LAMP).encode())
    found = from_page(site.url("/old"), here())
    assert (found.facts.title, found.facts.url) == ("Aurora desk lamp", site.url("/lamp"))
