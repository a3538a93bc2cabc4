"""What was typed is what is published, and it is as long here as there."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from editai.publish import text
from tests.postiz import publishing

READ_TOO_OFTEN = re.compile(r"&(lt|gt|nbsp|quot|#39);", re.IGNORECASE)
JOINER = "\u2060"

pieces = st.one_of(
    st.text(max_size=4),
    st.text(st.characters(categories=("Cc", "Cs", "Zl", "Zp", "Zs", "Mn", "So")), max_size=3),
    st.sampled_from(
        (
            *("\r\n", "\n\n", "&", "<", ">", "&lt;", "&GT;", "&amp;", "&amp;lt;", "&#39;", "&copy;", "&nbsp;"),
            *("<b>x</b>", "<p>", "</p>", "x <y", "<!--", "😀", "👨‍👩‍👧", "e\u0301", "\u00a0", "\u2028", "#tag"),
            "https://shop.example/?a=1&lt=2",
        )
    ),
)
typed_texts = st.lists(pieces, max_size=8).map("".join)


def published(content: str) -> str:
    """What Postiz publishes of a content: a paragraph is a line, `&amp;` is decoded, then `&lt;` and `&gt;`."""
    lines = re.findall(r"<p>(.*?)</p>", content, re.DOTALL)
    assert "".join(f"<p>{line}</p>" for line in lines) == content, "only paragraphs are lossless"
    assert not any("<" in line or ">" in line for line in lines), "a line holds no tag"
    return "\n".join(line.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">") for line in lines)


def looks_like(shown: str) -> str:
    """What a reader sees: a word joiner has no width."""
    return shown.replace(JOINER, "")


@settings(max_examples=400, deadline=None)
@given(typed_texts.filter(lambda typed: not READ_TOO_OFTEN.search(typed)))
@example("A & B <3\n\nx <y > z\r\nend ")
def test_what_was_typed_is_published(typed: str) -> None:
    assert published(text.encode(typed)) == text.clean(typed)


@settings(max_examples=400, deadline=None)
@given(typed_texts)
def test_what_is_published_looks_as_it_was_typed(typed: str) -> None:
    assert looks_like(published(text.encode(typed))) == looks_like(text.clean(typed))


@settings(max_examples=400, deadline=None)
@given(typed_texts)
def test_7_7_the_test_server_publishes_what_looks_as_it_was_typed(typed: str) -> None:
    shown = publishing.plain(publishing.sanitised(text.encode(typed)))
    assert looks_like(shown) == looks_like(text.clean(typed))


@settings(max_examples=400, deadline=None)
@given(typed_texts, st.sampled_from(["tiktok", "x", "telegram"]))
def test_a_post_is_found_again_by_the_text_that_was_sent(typed: str, provider: str) -> None:
    assert looks_like(text.decode(text.encode(typed, provider))) == looks_like(text.clean(typed))


@pytest.mark.parametrize("typed", ["&lt;", "&GT;", "&lt;b&gt; is bold", "&quot;", "&nbsp;", "&#39;"])
def test_an_entity_that_was_typed_is_kept_from_being_decoded(typed: str) -> None:
    shown = published(text.encode(typed))
    assert looks_like(shown) == typed
    assert not READ_TOO_OFTEN.search(shown)
    assert text.decode(text.encode(typed)) == typed


@pytest.mark.parametrize("typed", ["AT&T", "a & b", "&amp;", "&copy;", "R&D;", "https://shop.example/?a=1&b=2"])
def test_nothing_is_put_into_what_comes_through_as_it_is(typed: str) -> None:
    assert published(text.encode(typed)) == typed
    assert JOINER not in text.encode(typed)


class Reader(HTMLParser):
    """The text that a browser would show of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.shown = ""
        self.feed(html)
        self.close()

    def handle_data(self, data: str) -> None:
        self.shown += data


@pytest.mark.parametrize("provider", ["x", "telegram"])
@pytest.mark.parametrize(
    "typed", ["x <y and more", "<script>alert(1)</script>", "a </p> b", "&copy; 2027", "&lt;", "AT&T <3", "?a=1&lt=2"]
)
def test_where_a_text_is_read_twice_it_comes_through_as_well(typed: str, provider: str) -> None:
    once = published(text.encode(typed, provider))
    assert looks_like(Reader(once).shown) == typed


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\u2028b\u2029c\vd\fe\x85f", "a\nb\nc\nd\ne\nf"),
        ("a\tb", "a b"),
        ("a\x00\x07\x1b[31m\x7fb", "a[31mb"),
        ("half \ud83d a pair", "half  a pair"),
        ("e\u0301 and é", "e\u0301 and é"),
        ("👨‍👩‍👧 \u202eright\u202c", "👨‍👩‍👧 \u202eright\u202c"),
    ],
)
def test_a_text_is_kept_with_line_breaks_and_without_what_cannot_be_sent(typed: str, kept: str) -> None:
    assert text.clean(typed) == kept


@pytest.mark.parametrize(
    ("typed", "content"),
    [
        ("", "<p></p>"),
        ("one", "<p>one</p>"),
        ("one\n\ntwo", "<p>one</p><p></p><p>two</p>"),
        ("<&>", "<p>&lt;&amp;&gt;</p>"),
    ],
)
def test_each_line_is_a_paragraph(typed: str, content: str) -> None:
    assert text.encode(typed) == content


@pytest.mark.parametrize(
    ("content", "plain"),
    [
        ("no paragraphs & a <3", "no paragraphs & a <3"),
        ('<p class="a">one</p><p>two</p>', "one\ntwo"),
        ("<p><strong>bold</strong> and <u>more</u></p>", "bold and more"),
        ("one<p>two</p>", "one\ntwo"),
        ("<p>a&nbsp;b &quot;c&quot; d&#39;s &amp;amp;</p>", 'a\u00a0b "c" d\'s &amp;'),
    ],
)
def test_what_others_wrote_is_read_too(content: str, plain: str) -> None:
    assert text.decode(content) == plain


@pytest.mark.parametrize(
    ("typed", "length"),
    [
        ("", 0),
        ("abc", 3),
        ("a\r\nb", 3),
        ("😀", 2),
        ("👨‍👩‍👧", 8),
        ("日本", 2),
        ("&lt;", 5),
        ("<p>", 3),
        ("e\u0301", 2),
        ("\x00", 0),
    ],
)
def test_a_text_is_counted_in_utf_16_units(typed: str, length: int) -> None:
    assert text.length(typed, "tiktok") == length


@pytest.mark.parametrize(
    ("typed", "length"),
    [
        ("abc", 3),
        ("日本", 4),
        ("日本 👨‍👩‍👧", 11),
        ("☎", 2),
        ("1️⃣", 3),
        ("…", 2),
        ("“q” – z", 7),
        ("see https://a.co now", 31),
        ("see a.co.", 28),
        ("https://shop.example/a/long/address/of/a/product?with=a&query=too", 65),
        ("https://a.co/日本", 27),
        ("me@shop.example", 15),
    ],
)
def test_on_x_an_address_counts_23_and_what_is_wide_counts_2(typed: str, length: int) -> None:
    assert text.length(typed, "x") == length


def test_the_signs_that_are_put_in_are_counted_with_the_text() -> None:
    assert text.length("x <y", "x") == 6


@settings(max_examples=200, deadline=None)
@given(typed_texts, st.sampled_from(["tiktok", "x", "telegram"]))
def test_no_text_is_longer_there_than_here(typed: str, provider: str) -> None:
    sent = published(text.encode(typed, provider))
    assert len(sent.encode("utf-16-le")) // 2 <= text.length(typed, provider)


def test_the_longest_text_is_the_providers() -> None:
    assert {name: text.limit(name) for name in ("tiktok", "x", "threads", "facebook")} == {
        "tiktok": 2000,
        "x": 280,
        "threads": 500,
        "facebook": 63206,
    }


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Buy at shop.example/lamp.", ("shop.example/lamp",)),
        ("(https://shop.example)", ("https://shop.example",)),
        ("It costs $19.99, e.g. today", ()),
        ("Mail me@shop.example", ()),
    ],
)
def test_addresses_are_found_with_or_without_https(typed: str, found: tuple[str, ...]) -> None:
    assert text.addresses(typed) == found


@pytest.mark.parametrize(
    ("whole", "most", "kept"),
    [
        ("Meet @anna.smith", 16, "Meet @anna.smith"),
        ("Meet @anna.smith", 15, "Meet…"),
        ("Meet @anna.smith today", 18, "Meet @anna.smith…"),
        ("A lamp #homedecor", 12, "A lamp…"),
        ("post@anna.example", 10, "post@anna…"),
        ("@anna", 4, ""),
        ("Aurora lamp", 7, "Aurora…"),
    ],
)
def test_a_text_is_cut_so_that_no_name_in_it_becomes_another(whole: str, most: int, kept: str) -> None:
    assert text.cut(whole, most) == kept
    assert len(kept) <= most
