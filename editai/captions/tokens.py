"""What was said as what is cued and marked: words, and in writing without spaces the phrases of which they are made.

A narration's word is what stands between two spaces. In Chinese and Japanese that is a whole sentence, in Thai a part
of one. ICU's dictionaries know their words, BudouX the phrases of Japanese (a noun with its particles); a number keeps
its counter and a particle the word that it belongs to.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

import regex

from editai.captions import writing
from editai.captions.phrases import Words, table
from editai.models import Narration, Word

if TYPE_CHECKING:
    from budoux import Parser

_NUMBER = regex.compile(r"(?<![\p{Latin}\d.,-])\d[\d.,]*$")
"""A number at the end, and not that of a name ("iPhone15")."""

_JAPANESE = regex.compile(r"[\p{Hiragana}\p{Katakana}]")

_HAN, _ONE_HAN = regex.compile(r"\p{Han}+"), regex.compile(r"\p{Han}\P{L}*")
_MARKS = "\"'“”‘’「」『』（）《》〈〉【】、，；：。！？…—,;:.!?()"


def tokens(narration: Narration) -> tuple[Word, ...]:
    """The narration's words, those of writing without spaces in phrases (`glued` where no space was before one).

    Joined they are what was typed. The time of a word is shared out by what there is to say in its phrases; what is
    glued already was taken apart before and stays as it is.
    """
    words = narration.words
    found: list[Word] = []
    for index, word in enumerate(words):
        before = words[index - 1] if index else None
        if before is not None and not word.glued and _runs_on(before, word):
            word = word.model_copy(update={"glued": True})
        elif word.glued or (index + 1 < len(words) and words[index + 1].glued):
            found.append(word)
            continue
        found += _parts(word, narration.language)
    return tuple(found)


def pieces(text: str, language: str) -> tuple[str, ...]:
    """A text without spaces as phrases; joined they are the text. Only writing without spaces is taken apart."""
    ends = [0, *sorted(_ends(text, language)), len(text)]
    return tuple(_joined([text[start:end] for start, end in pairwise(ends)], table(language)))


def _runs_on(before: Word, word: Word) -> bool:
    """Whether a sentence follows the one before it without a space, as it does after a full stop as wide as a letter.

    A narration does not say whether one was typed there: sentences are taken apart before they are spoken.
    """
    return before.sentence != word.sentence and writing.is_wide_mark(before.text[-1:] or " ")


def _parts(word: Word, language: str) -> Iterator[Word]:
    parts = pieces(word.text, language)
    lengths = [writing.said(part, language) for part in parts[:-1]]
    lengths.append(writing.said(parts[-1].rstrip(_MARKS), language))  # the pause after a word is no part of its time
    ends = [word.start_ms + round((word.end_ms - word.start_ms) * at / sum(lengths)) for at in accumulate(lengths)]
    for number, (part, start, end) in enumerate(zip(parts, [word.start_ms, *ends], ends, strict=False)):
        glued = word.glued or number > 0
        yield word.model_copy(update={"text": part, "start_ms": start, "end_ms": end, "glued": glued})


def _ends(text: str, language: str) -> frozenset[int]:
    if not writing.is_unspaced(text):
        return frozenset()
    if language == "ja" or _JAPANESE.search(text):
        ends, at = set(), 0
        for phrase in _parser().parse(text):
            at += len(phrase)
            ends.add(at)
    else:
        ends = set(writing.word_ends(text))
    ends &= writing.line_ends(text)
    return frozenset(at for at in ends if 0 < at < len(text) and _may_part(text[at - 1], text[at]))


def _may_part(left: str, right: str) -> bool:
    """Whether a phrase may end between two characters: not inside of a word of another writing, nor before a mark that
    is written over a letter."""
    return not unicodedata.category(right).startswith("M") and (writing.is_wide(left) or writing.is_wide(right))


@functools.cache
def _parser() -> Parser:
    from budoux import load_default_japanese_parser

    return load_default_japanese_parser()


def _joined(parts: Sequence[str], words: Words) -> list[str]:
    """The parts, those that belong together as one."""
    found: list[str] = []
    for part, after in zip(parts, [*parts[1:], ""], strict=True):
        if found and _belong(found[-1], part, after, words):
            found[-1] += part
        else:
            found.append(part)
    return found


def _belong(left: str, right: str, after: str, words: Words) -> bool:
    """Whether two parts are one phrase: a number and its counter, a particle and what is before it, what the table of
    the language keeps together, Chinese characters that stand alone."""
    if left[-1] in _MARKS:
        return False
    if _NUMBER.search(left):
        return writing.is_unspaced(right[0])
    if left[-1] in words.numbers and right.startswith(tuple(words.units)):
        return True
    plain = right.strip(_MARKS)
    return plain in words.closers or (left, plain) in words.pairs or _is_one_word(left, right, after, words)


def _is_one_word(left: str, right: str, after: str, words: Words) -> bool:
    """Whether a Chinese character belongs to what is before it: to another one, since two are the usual length of a
    word, or to a longer word, as its last part, unless it pairs with what follows or is a word of grammar."""
    if not _ONE_HAN.fullmatch(right) or not _HAN.fullmatch(left):
        return False
    return len(left) == 1 or not (_ONE_HAN.fullmatch(after) or right.strip(_MARKS) in words.small)
