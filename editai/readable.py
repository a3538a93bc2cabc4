"""Sizes, money and names as people read them, the same on the page, in files and at the command line."""

from __future__ import annotations

import re
import unicodedata

LONGEST_NAME = 60
TITLE_WORDS = 8


def human_bytes(count: int) -> str:
    """A size as people read it: "1.4 GB"."""
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} bytes"


def dollars(micro: int) -> str:
    """Micro-dollars as people read them: "$1.25", and "$0.0042" below a cent."""
    return f"${micro / 10**6:.6f}".rstrip("0") if 0 < micro < 10_000 else f"${micro / 10**6:,.2f}"


def at_most(micro: int) -> str:
    """Micro-dollars as a bound that holds: "at most $0.02" for 12,000."""
    return f"at most {dollars(micro if micro < 10_000 else -(-micro // 10_000) * 10_000)}"


def title(name: str, text: str) -> str:
    """What to call something in a list: its name, else how its text begins; "" where there is neither."""
    words = text.split()
    begins = " ".join(words[:TITLE_WORDS])
    return " ".join(name.split()) or (begins if len(words) <= TITLE_WORDS else f"{begins} …")


def safe_name(title: str) -> str:
    """A title as part of a file name on any system: letters, digits and hyphens, 60 characters at the most."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFC", title))
    return "-".join(words)[:LONGEST_NAME].strip("-") or "clip"


def count(number: int, noun: str) -> str:
    """ "1 clip", "2 clips"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def length_of(seconds: float) -> str:
    """How long something takes, as exactly as it can be known: "40 seconds", "12 minutes", "3 hours"."""
    if seconds < 60:
        return count(max(1, round(seconds)), "second")
    if seconds < 5400:
        return count(round(seconds / 60), "minute")
    return count(round(seconds / 3600), "hour")
