"""Letters and digits together, as in names of products: "X200", "WH1000XM5"."""

from __future__ import annotations

import re
import unicodedata

from editai.spoken import numbers
from editai.spoken.language import Language
from editai.spoken.plain import letters


def mixed(name: str, language: Language) -> str:
    """The letters as they are, the digits as a number; English says four digits in pairs ("forty ninety")."""
    name = "".join(str(unicodedata.digit(sign)) if _is_raised(sign) else sign for sign in name)
    runs = (_run(run, language) if run.isdecimal() else letters(run) for run in re.findall(r"\d+|\D+", name))
    return " ".join(filter(None, runs))


def _is_raised(sign: str) -> bool:
    return sign.isdigit() and not sign.isdecimal()


def _run(run: str, language: Language) -> str:
    if len(run) > 4:
        return numbers.digits(run, language)
    if not language.zero_between or len(run) < 4 or int(run[0]) == 0 or int(run) % 100 == 0:
        return numbers.whole(run, language)
    pair = f"{language.zero_between} {numbers.whole(run[3], language)}" if int(run[2]) == 0 else ""
    return f"{numbers.whole(run[:2], language)} {pair or numbers.whole(run[2:], language)}"
