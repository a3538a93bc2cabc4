"""The address of a Postiz, as people type and copy it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editai.errors import InvalidInput
from editai.publish.address import CLOUD, normalise

SELF_HOSTED = "https://postiz.shop.example/api/public/v1"


@pytest.mark.parametrize(
    "typed",
    [
        "https://postiz.com",
        "https://platform.postiz.com/launches",
        "app.postiz.com",
        "https://api.postiz.com",
        "https://api.postiz.com/public/v1",
        "https://api.postiz.com/public/v1/",
        "http://api.postiz.com/public/v1/integrations",
        "HTTPS://API.POSTIZ.COM",
        "https://api.postiz.com/mcp/0123456789abcdef",
    ],
)
def test_every_address_of_the_cloud_is_its_api(typed: str) -> None:
    assert normalise(typed) == CLOUD


@pytest.mark.parametrize(
    "typed",
    [
        "https://postiz.shop.example",
        "https://postiz.shop.example/",
        " https://postiz.shop.example\n",
        "<https://postiz.shop.example/>",
        "postiz.shop.example",
        "//postiz.shop.example",
        "https://POSTIZ.shop.example:443",
        "https://postiz.shop.example/api",
        "https://postiz.shop.example/api/",
        "https://postiz.shop.example//api//public//v1//",
        "https://postiz.shop.example/api/public/v1",
        "https://postiz.shop.example/api/public/v1/posts?startDate=2027",
        "https://postiz.shop.example/settings?tab=api#key",
        "https://postiz.shop.example/launches",
        "https://postiz.shop.example/api/mcp/0123456789abcdef",
    ],
)
def test_8_2_a_server_of_ones_own_has_its_api_below_api(typed: str) -> None:
    assert normalise(typed) == SELF_HOSTED


@pytest.mark.parametrize(
    ("typed", "base"),
    [
        ("http://localhost:3000", "http://localhost:3000/public/v1"),
        ("http://localhost:3000/api", "http://localhost:3000/api/public/v1"),
        ("https://backend.shop.example/public/v1", "https://backend.shop.example/public/v1"),
        ("http://localhost:4007", "http://localhost:4007/api/public/v1"),
        ("http://192.168.1.20:5000/launches", "http://192.168.1.20:5000/api/public/v1"),
        ("http://[::1]:4007", "http://[::1]:4007/api/public/v1"),
        ("http://shop.example:80", "http://shop.example/api/public/v1"),
        ("http://shop.example:443", "http://shop.example:443/api/public/v1"),
        ("https://shop.example/tools/postiz/api/public/v1", "https://shop.example/tools/postiz/api/public/v1"),
        ("https://büro.example", "https://xn--bro-hoa.example/api/public/v1"),
    ],
)
def test_ports_schemes_and_paths_to_the_api_are_kept(typed: str, base: str) -> None:
    assert normalise(typed) == base


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "https://",
        "ftp://postiz.shop.example",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "my shop",
        "https://shop.example/a b",
        "https://shop.example\\@evil.example",
        "https://shop.example:0",
        "https://shop.example:99999",
        "https://shop.example:port",
        "https://[::1",
        "https://[fe80::1%25eth0]",
        "https://exa%6dple.example",
        f"https://{'a' * 64}.example",
        "https://-shop.example",
        "https://shop..example",
        "https://shop.example/../api",
        "https://shop.example/%2e%2e/api",
        "https://shop.example\r\nX-Evil: 1",
    ],
)
def test_what_is_no_address_of_a_postiz_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        normalise(typed)
    assert caught.value.title == "422 postiz_address_wrong"


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(InvalidInput) as caught:
        normalise("https://owner:hunter2@postiz.shop.example")
    assert "hunter2" not in repr(caught.value) + str(caught.value)


@given(st.text(max_size=40) | st.from_regex(r"(https?://)?[a-z.:/@?#\[\]0-9%-]{1,40}", fullmatch=True))
def test_an_address_is_refused_or_settled_once_and_for_all(typed: str) -> None:
    try:
        base = normalise(typed)
    except InvalidInput:
        return
    assert normalise(base) == base
    assert base.endswith("/public/v1")
    assert "//" not in base.partition("://")[2]
