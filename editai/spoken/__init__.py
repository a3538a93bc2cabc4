"""From what is displayed to what is said: "$49.99," is spoken "forty-nine dollars and ninety-nine cents,".

One displayed word (what stands between spaces) always gives one spoken form, so that captions can show the one while
the other is heard. Punctuation stays, because the voice takes its melody from it. A store's lexicon comes first, then
the rules of `rules.py` with the language's table (`assets/spoken/<language>.json`); a language without a table has its
whole numbers in words, and every other word as it is displayed, without its signs.
"""

from __future__ import annotations

from collections.abc import Sequence

from editai.models import Pronunciation, ScriptWord
from editai.spoken import lexicon as lexicons
from editai.spoken import numbers, rules
from editai.spoken.language import Language, known
from editai.spoken.plain import CLOSING, OPENING, melody, plain, sounds

__all__ = ["sounds", "speak"]


def speak(displayed: Sequence[str], language: str, lexicon: Sequence[Pronunciation] = ()) -> tuple[ScriptWord, ...]:
    """The words of one sentence with their spoken forms; one for one, in order. `language` is ISO 639-1."""
    table = known(language)
    said = lexicons.apply(displayed, language, lexicon)
    start = 0
    while start < len(said):
        end = start
        while end < len(said) and said[end] is None:
            end += 1
        between = displayed[start:end]
        said[start:end] = _ruled(between, table) if table else [_simple(word, language) for word in between]
        start = end + 1
    return tuple(ScriptWord(displayed=word, spoken=spoken or "") for word, spoken in zip(displayed, said, strict=True))


def _ruled(displayed: Sequence[str], language: Language) -> list[str]:
    """By the rules; what an unbreakable space holds together ("1 299 €") is one displayed word and several to them."""
    parts = [word.split() for word in displayed]
    said = iter(rules.say([part for word in parts for part in word], language))
    return [" ".join(filter(None, (next(said) for _ in word))) for word in parts]


def _simple(word: str, language: str) -> str:
    core = word.strip(OPENING + CLOSING)
    if not core.isdecimal() or len(core) > numbers.LONGEST:
        return plain(word)
    lead, _, trail = word.partition(core)
    return melody(lead) + numbers.said(int(core), language) + melody(trail)
