"""Sizes, money and names as people read them."""

from __future__ import annotations

import pytest

from editai.readable import at_most, dollars, human_bytes, safe_name


@pytest.mark.parametrize(
    ("count", "said"),
    [(999, "999 bytes"), (1000, "1.0 kB"), (8_200_000, "8.2 MB"), (1_400_000_000, "1.4 GB")],
)
def test_a_size(count: int, said: str) -> None:
    assert human_bytes(count) == said


@pytest.mark.parametrize(
    ("micro", "said"),
    [
        (0, "$0.00"),
        (1, "$0.000001"),
        (4_200, "$0.0042"),
        (10_000, "$0.01"),
        (1_250_000, "$1.25"),
        (10**10, "$10,000.00"),
    ],
)
def test_money(micro: int, said: str) -> None:
    assert dollars(micro) == said


@pytest.mark.parametrize(("micro", "said"), [(4_200, "$0.0042"), (10_000, "$0.01"), (12_000, "$0.02")])
def test_a_bound_of_money_is_never_rounded_down(micro: int, said: str) -> None:
    assert at_most(micro) == f"at most {said}"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Alpina Biscuit Box", "Alpina-Biscuit-Box"),
        ("../../etc/passwd", "etc-passwd"),
        ("C:\\Windows: *?", "C-Windows"),
        ("Größe 茶 🍵", "Größe-茶"),
        ("Cre\u0300me", "Crème"),
        ("كتاب", "كتاب"),
        ("-rf", "rf"),
        ("\x00\n", "clip"),
        ("", "clip"),
        ("x" * 300, "x" * 60),
    ],
)
def test_a_name_is_safe_whatever_the_title(title: str, name: str) -> None:
    assert safe_name(title) == name
