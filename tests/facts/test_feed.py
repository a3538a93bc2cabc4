"""Product feeds as Google Merchant, Shopify and WooCommerce have them."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from editai.errors import EditaiError
from editai.facts import Feed, read_feed
from editai.facts import feed as feed_module

GOOGLE = ["id", "title", "description", "link", "image_link", "additional_image_link", "price", "sale_price"]
LAMP = ["A1", "Aurora desk lamp", "Three colours. It dims.", "https://shop.example/a1", "https://shop.example/1.jpg"]


def table(*rows: list[str], delimiter: str = ",") -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter).writerows(rows)
    return written.getvalue()


def read(text: str, **options: Any) -> Feed:
    return read_feed(text.encode(), "feed", **options)


def refused(content: bytes) -> EditaiError:
    with pytest.raises(EditaiError) as caught:
        read_feed(content, "feed.csv")
    return caught.value


# ── Google Merchant ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_row_gives_its_facts_and_its_links_as_given() -> None:
    (row,) = read(table(GOOGLE, [*LAMP, "https://shop.example/2.jpg,https://shop.example/3.jpg", "49.99 USD"])).rows
    assert (row.id, row.facts.title, row.facts.price) == ("A1", "Aurora desk lamp", "$49.99")
    assert row.facts.points == ("Three colours.", "It dims.")
    assert row.facts.url == "https://shop.example/a1"
    assert row.images == tuple(f"https://shop.example/{number}.jpg" for number in (1, 2, 3))
    assert (row.videos, row.group) == ((), "")


def test_the_sale_price_is_the_price_and_nothing_is_claimed_of_the_other() -> None:
    (row,) = read(table(GOOGLE, [*LAMP, "", "49.99 USD", "39.99 USD"])).rows
    assert row.facts.price == "$39.99"
    assert row.facts.lowest_price_30d == ""
    assert "49.99" not in row.facts.model_dump_json()


@pytest.mark.parametrize(
    ("span", "price"),
    [
        ("2020-01-01T00:00+0100/2020-02-01T00:00+0100", "$49.99"),
        ("2020-01-01T00:00+0100/2999-02-01T00:00+0100", "$39.99"),
        ("2998-01-01/2999-01-01", "$49.99"),
        ("soon", "$49.99"),
    ],
)
def test_a_sale_price_holds_in_its_time_only(span: str, price: str) -> None:
    names = [*GOOGLE, "sale_price_effective_date"]
    (row,) = read(table(names, [*LAMP, "", "49.99 USD", "39.99 USD", span])).rows
    assert row.facts.price == price


def test_highlights_details_and_properties_are_points() -> None:
    names = ["id", "title", "product_highlight", "product_detail", "color", "material", "item_group_id", "video_link"]
    row = ["A1", "Lampe", '"Dimmt, ohne Flackern","Hält lange"', "Licht:Farbe:2700 K", "Weiß", "Eiche", "G1", "x.mp4"]
    (read_row,) = read(table(names, row), language="de").rows
    assert read_row.facts.points == (
        "Dimmt, ohne Flackern", "Hält lange", "Material: Eiche", "Farbe: Weiß", "Farbe: 2700 K",
    )  # fmt: skip
    assert (read_row.group, read_row.videos) == ("G1", ("x.mp4",))


@pytest.mark.parametrize("delimiter", ["\t", ",", ";", "|"])
def test_the_sign_between_columns_is_found(delimiter: str) -> None:
    (row,) = read(table(GOOGLE, [*LAMP, "", "49.99 USD"], delimiter=delimiter)).rows
    assert row.facts.price == "$49.99"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "utf-32"])
def test_the_encoding_is_found(encoding: str) -> None:
    text = table(["id", "title", "price"], ["1", "Größe „M“", "20,00 EUR"])
    (row,) = read_feed(text.encode(encoding), "feed.csv", language="de").rows
    assert (row.facts.title, row.facts.price) == ("Größe „M“", "20 €")


def test_names_of_columns_are_found_however_they_are_written() -> None:
    (row,) = read(table(["g:ID", " Title ", "Image Link"], ["1", "Lamp", "x.jpg"])).rows
    assert (row.id, row.images) == ("1", ("x.jpg",))


def test_a_table_of_ones_own_has_its_sku_its_video_and_its_script() -> None:
    text = table(["sku", "title", "price", "video", "script"], ["A1", "Lamp", "$5", "a.mp4, b.jpg", "Meet it."])
    feed = read(text)
    (row,) = feed.rows
    assert (feed.kind, row.id, row.videos, row.script, row.line) == ("plain", "A1", ("a.mp4", "b.jpg"), "Meet it.", 2)
    assert (row.facts.title, row.facts.price) == ("Lamp", "$5")


def test_a_price_that_is_none_is_said_of_its_row_and_a_row_without_a_title_is_lost() -> None:
    feed = read(table(["sku", "title", "price"], ["A1", "Lamp", "cheap"], ["A2", ""], ["A3", "Chair", "$5"]))
    assert [row.unread for row in feed.rows] == [("Line 2: 'cheap' is no price.",), ()]
    assert feed.lost == ("Line 3 has no title.",)
    assert feed.problems == ("Line 2: 'cheap' is no price.", "Line 3 has no title.")


def test_the_skus_of_variants_are_those_of_their_product() -> None:
    names = ["Handle", "Title", "Variant SKU", "Variant Price"]
    (row,) = read(table(names, ["lamp", "Lamp", "'L-1", ""], ["lamp", "", "L-2", ""])).rows
    assert (row.id, row.variants, row.line) == ("lamp", ("L-1", "L-2"), 2)


RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss xmlns:g="http://base.google.com/ns/1.0" version="2.0"><channel><title>Shop</title>
<item><g:id>A1</g:id><g:title>Aurora desk lamp</g:title><link>https://shop.example/a1</link>
<g:description><![CDATA[<p>Three colours &amp; more.</p>]]></g:description>
<g:image_link>1.jpg</g:image_link><g:additional_image_link>2.jpg</g:additional_image_link>
<g:additional_image_link>3,4.jpg</g:additional_image_link><g:price>49.99 USD</g:price>
<g:product_detail><g:section_name>Light</g:section_name><g:attribute_name>Colour</g:attribute_name>
<g:attribute_value>2700 K</g:attribute_value></g:product_detail>
<g:shipping><g:country>US</g:country><g:price>5 USD</g:price></g:shipping></item>
<item><g:id>A2</g:id></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0"><entry>
<g:id>A1</g:id><title>Aurora desk lamp</title><link href="https://shop.example/a1"/><g:price>49.99 USD</g:price>
</entry></feed>"""


@pytest.mark.parametrize("text", [RSS, ATOM], ids=["rss", "atom"])
def test_xml_gives_the_same_facts(text: str) -> None:
    row = read(text).rows[0]
    assert (row.id, row.facts.title, row.facts.price) == ("A1", "Aurora desk lamp", "$49.99")
    assert row.facts.url == "https://shop.example/a1"


def test_what_is_repeated_and_what_is_nested_in_xml_is_read() -> None:
    feed = read(RSS)
    assert feed.rows[0].images == ("1.jpg", "2.jpg", "3,4.jpg")
    assert feed.rows[0].facts.points == ("Three colours & more.", "Colour: 2700 K")
    assert feed.problems == ("Line 10 has no title.",)


BOMB = "".join(
    f'<!ENTITY {name} "{f"&{inner};" * 10}">' for name, inner in [("b", "a"), ("c", "b"), ("d", "c"), ("e", "d")]
)


@pytest.mark.parametrize(
    "doctype",
    [f'<!DOCTYPE rss [<!ENTITY a "{"x" * 1000}">{BOMB}]>', '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>'],
    ids=["bomb", "file"],
)
def test_xml_that_defines_entities_is_refused(doctype: str) -> None:
    text = RSS.replace("<rss", f"{doctype}<rss", 1).replace("Aurora desk lamp", "&a;" if "file" in doctype else "&e;")
    assert refused(text.encode()).title == "422 feed_unreadable"


def test_broken_xml_is_refused_by_its_line() -> None:
    error = refused(RSS.replace("</g:title>", "").encode())
    assert error.title == "422 feed_unreadable"
    assert "line " in error.message


def test_xml_of_something_else_is_refused() -> None:
    blog = "<rss><channel><item><title>News</title><link>x</link></item></channel></rss>"
    assert refused(blog.encode()).title == "422 feed_unknown"


# ── Shopify ──────────────────────────────────────────────────────────────────────────────────────────────────────

SHOPIFY = [
    "Handle", "Title", "Body (HTML)", "Vendor", "Option1 Name", "Option1 Value", "Variant Price",
    "Variant Compare At Price", "Image Src", "Variant Image",
]  # fmt: skip


def shopify(*rows: list[str]) -> Feed:
    return read(table(SHOPIFY, *rows), currency="USD")


def test_the_rows_of_one_handle_are_one_product() -> None:
    feed = shopify(
        ["lamp", "Aurora", "<p>Oak.</p>", "Co", "Colour", "black", "20.00", "30.00", "1.jpg", "b.jpg"],
        ["lamp", "", "", "", "", "white", "20.00", "", "2.jpg", ""],
        ["mug", "Mug", "", "", "Title", "Default Title", "9", "", "", ""],
    )
    lamp, mug = feed.rows
    assert (lamp.id, lamp.group, lamp.facts.title, lamp.facts.price) == ("lamp", "lamp", "Aurora", "$20")
    assert lamp.facts.points == ("Oak.", "Colour: black, white")
    assert lamp.images == ("1.jpg", "b.jpg", "2.jpg")
    assert (mug.facts.points, mug.facts.price) == ((), "$9")
    assert feed.problems == ()


def test_the_price_that_a_shop_compares_with_is_not_a_fact() -> None:
    (row,) = shopify(["lamp", "Aurora", "", "", "", "", "20.00", "33.50", "", ""]).rows
    assert "33" not in row.facts.model_dump_json()


def test_variants_that_cost_differently_have_no_price_and_that_is_said() -> None:
    feed = shopify(
        ["lamp", "Aurora", "", "", "Size", "S", "20", "", "", ""], ["lamp", "", "", "", "", "L", "35", "", "", ""]
    )
    assert feed.rows[0].facts.price == ""
    assert feed.problems == ("Line 2: the product costs from $20 to $35, so no price was taken.",)


def test_prices_without_a_currency_are_not_taken_and_that_is_said_once() -> None:
    rows = [[f"lamp-{number}", "Lamp", "", "", "", "", "20.00", "", "", ""] for number in range(3)]
    feed = read(table(SHOPIFY, *rows))
    assert [row.facts.price for row in feed.rows] == ["", "", ""]
    assert len(feed.problems) == 1
    assert "currency" in feed.problems[0]


# ── WooCommerce ──────────────────────────────────────────────────────────────────────────────────────────────────

WOO = [
    "ID", "Type", "SKU", "Name", "Short description", "Description", "Date sale price starts", "Date sale price ends",
    "Sale price", "Regular price", "Weight (kg)", "Images", "Parent", "Attribute 1 name", "Attribute 1 value(s)",
]  # fmt: skip


def woocommerce(*rows: list[str]) -> Feed:
    return read(table(WOO, *rows), currency="EUR", language="de")


def test_a_product_of_woocommerce_gives_its_facts() -> None:
    short, images = "<ul>\\n<li>Eiche</li>\\n<li>Stahl</li>\\n</ul>", "https://s.example/1.jpg, https://s.example/2.jpg"
    (row,) = woocommerce(
        [
            "7",
            "simple",
            "L-7",
            "Lampe",
            short,
            "Sie dimmt.",
            "",
            "",
            "15",
            "20",
            "1.5",
            images,
            "",
            "Farbe",
            "rot, blau",
        ]
    ).rows
    assert (row.id, row.facts.title, row.facts.price) == ("L-7", "Lampe", "15 €")
    assert row.facts.points == ("Eiche", "Stahl", "Sie dimmt.", "Farbe: rot, blau", "Gewicht: 1.5 kg")
    assert row.images == ("https://s.example/1.jpg", "https://s.example/2.jpg")
    assert row.facts.lowest_price_30d == ""


@pytest.mark.parametrize(
    ("starts", "ends", "price"), [("", "2020-01-31", "20 €"), ("2999-01-01", "", "20 €"), ("2020-01-01", "", "15 €")]
)
def test_a_sale_of_woocommerce_holds_in_its_time_only(starts: str, ends: str, price: str) -> None:
    (row,) = woocommerce(["7", "simple", "L", "Lampe", "", "", starts, ends, "15", "20", "", "", "", "", ""]).rows
    assert row.facts.price == price


def test_variations_have_their_parents_group() -> None:
    feed = woocommerce(
        ["7", "variable", "L", "Lampe", "", "", "", "", "", "", "", "", "", "", ""],
        ["8", "variation", "L-S", "Lampe S", "", "", "", "", "", "20", "", "", "L", "", ""],
    )
    assert [row.group for row in feed.rows] == ["L", "L"]


# ── what is wrong ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_row_that_cannot_be_used_is_reported_by_its_line_and_the_others_are_read() -> None:
    text = (
        'id,title,price\n1,Lamp,20 USD\n2,,20 USD\n\n3,"Two\nlines",20 USD\n4,Mug,cheap\n5,Cup,9 USD,x\n6,Pen,1 USD\n'
    )
    feed = read(text)
    assert [row.id for row in feed.rows] == ["1", "3", "4", "6"]
    assert feed.problems == (
        "Line 3 has no title.",
        "Line 7: 'cheap' is no price.",
        "Line 8 has 4 columns where the first line has 3.",
    )


def test_a_quotation_mark_that_is_never_closed_is_reported() -> None:
    feed = read('id,title\n1,Lamp\n2,"24 inch\n' + "3,Mug\n" * 22_000)
    assert [row.id for row in feed.rows][:1] == ["1"]
    assert "Line 3 cannot be read" in feed.problems[0]


def test_a_feed_with_other_columns_is_refused_with_those_that_were_looked_for() -> None:
    error = refused(b"sku,product name,cost\n1,Lamp,20\n")
    assert error.title == "422 feed_unknown"
    assert "sku, product_name, cost" in error.message
    for column in ("handle", "regular_price", "title"):
        assert column in error.hint


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n", b"id,title\n", b"PK\x03\x04rest", b"\x00\x01\x02\x03" * 10, b"<", b"<rss", b"\xff\xfe"],
    ids=["empty", "blank", "no rows", "workbook", "binary", "sign", "cut off", "mark alone"],
)
def test_what_is_no_feed_is_refused(content: bytes) -> None:
    assert refused(content).title == "422 feed_unreadable"


def test_too_large_a_feed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(b"id,title\n" + bytes(20_000_000)).title == "413 feed_too_large"
    monkeypatch.setattr(feed_module, "MOST_ROWS", 3)
    assert refused(b"id,title\n" + b"1,Lamp\n" * 4).title == "413 feed_too_large"


def test_a_feed_is_read_from_the_disk_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "products.tsv").write_text("id\ttitle\n1\tLamp\n")
    assert [row.id for row in read_feed(tmp_path / "products.tsv").rows] == ["1"]


def test_a_thousand_rows_are_read(measured: Callable[[str], None]) -> None:
    body = "<p>Three colours &amp; a dimmer. It stands on oak.</p>"
    rows = [[str(number), f"Lamp {number}", body, "x", "1.jpg", "", f"{number + 1}.99 USD"] for number in range(1000)]
    text = table(GOOGLE, *rows)
    began = time.monotonic()
    assert len(read(text).rows) == 1000
    measured(f"a feed of 1,000 rows: {time.monotonic() - began:.1f} s")


@settings(max_examples=80, deadline=None)
@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"id,title,price\n", b"Handle\tTitle\n", b"<rss>", b"name;regular price\n"]),
)
def test_whatever_a_file_holds_there_are_rows_or_an_error_of_ours(content: bytes, begins: bytes) -> None:
    with suppress(EditaiError):
        assert isinstance(read_feed(begins + content, "feed"), Feed)
