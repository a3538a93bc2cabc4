"""Ten advertising lines as shops write them, and what a listener made of them."""

from __future__ import annotations

import re

from editai import spoken

LINES = (
    "Meet the Lumora desk lamp, with three levels of warm light.",
    "Only $49.99 this week, and shipping is free over €20.",
    "Save 20% on the Veltrix X200 vacuum cleaner!",
    "Each bottle holds 500 ml and keeps tea hot for 12 hours.",
    "Find it at example.com, open 24/7.",
    "Tired of tangled cables? So were we.",
    "It folds flat, fits in a bag, and weighs just 1.2 kg.",
    "The 2nd generation is made of oak & steel — and nothing else.",
    "Over 1,200 pieces in one box, from the makers of Brikkado.",
    "Order today, and it is on your table by Friday.",
)
BRANDS = frozenset({"lumora", "veltrix", "brikkado"})


def plain(text: str) -> list[str]:
    """The words of a text as they are said, so that "20%" and "twenty percent" are the same."""
    said = " ".join(word.spoken for word in spoken.speak(text.split(), "en")).lower()
    return re.sub(r"[^a-z0-9']+", " ", said).split()
