"""A text as sentences of words: cleaned, split where people end a sentence, each word with its spoken form."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from editai import spoken
from editai.errors import InvalidInput
from editai.models import Pronunciation, ScriptWord, Sentence

_MARK = re.compile(r"^(?:[-*+•·‣▪>–—]|#{1,6})(?: |$)")
"""What a line of a list, a heading or a quotation begins with in notes: nobody says it and nobody wants to read it."""


def clean(text: str) -> str:
    """The text without what cannot be seen (control characters, zero-width and direction marks) and list marks.

    Lines are kept.
    """
    kept = []
    for character in unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")):
        match unicodedata.category(character):
            case "Zl" | "Zp":
                kept.append("\n")
            case "Zs" | "Cc" if character != "\n":
                kept.append(" " if character.isspace() else "")
            case "Cf" if character == "\u200d" and kept and unicodedata.category(kept[-1]) in ("So", "Sk", "Mn"):
                kept.append(character)  # joins the parts of one emoji
            case "Cf" | "Cs" | "Co":
                continue
            case _:
                kept.append(character)
    lines = (_MARK.sub("", " ".join(line.split())) for line in "".join(kept).split("\n"))
    return "\n".join(line for line in lines if line)


_TITLES = frozenset(("dr", "mr", "mrs", "ms", "prof", "st", "vs", "e.g", "i.e"))
_COUNTED = frozenset(("no", "nr", "vol", "fig"))
_SHORTENED = frozenset(("approx", "etc", "incl", "excl", "max", "min", "est", "a.m", "p.m", "inc", "ltd", "co", "u.s"))
"""Before a name, before a number, before a small letter: a full stop after these does not end the sentence."""

_ENDS = re.compile(r"[.!?…]+[\"'“”‘’»)\]}]*$")


def split(text: str) -> list[list[str]]:
    """The displayed words of each sentence. A line's end ends a sentence; "3.5", "e.g." and "example.com" do not."""
    sentences: list[list[str]] = []
    for line in text.split("\n"):
        words = line.split()
        start = 0
        for index, word in enumerate(words):
            after = words[index + 1] if index + 1 < len(words) else ""
            if not after or _ends(word, after, first=index == start):
                sentences.append(words[start : index + 1])
                start = index + 1
    return sentences


def _ends(word: str, after: str, first: bool) -> bool:
    found = _ENDS.search(word)
    if not found:
        return False
    core = word[: found.start()].lstrip("\"'“‘«([{").lower()
    signs = found[0].rstrip("\"'“”‘’»)]}")
    small = after.lstrip("\"'“‘«([{")[:1].islower()
    if signs != ".":
        return not (small and (signs != found[0] or signs.startswith(("..", "…"))))
    initial = len(core) == 1 and core.isalpha() and core != "i"
    numbering = first and core.isdigit()
    kept = core in _TITLES or (core in _COUNTED and after[:1].isdigit()) or (small and core in _SHORTENED)
    return not (kept or initial or numbering)


def sentences(text: str, language: str, lexicon: Sequence[Pronunciation] = ()) -> tuple[Sentence, ...]:
    """The sentences with their spoken forms; one without a sound joins the sentence before it.

    Raises InvalidInput 422 `script_empty` where there is nothing to say.
    """
    found: list[tuple[ScriptWord, ...]] = []
    for words in split(text):
        said = spoken.speak(words, language, lexicon)
        if found and not (_heard(said) and _heard(found[-1])):
            said = found.pop() + said
        found.append(said)
    if not _heard(found[0]):
        raise empty()
    return tuple(Sentence(words=said) for said in found)


def displayed(text: str, language: str) -> list[str]:
    """The sentences of a text as they are displayed; one without a sound belongs to the sentence before it."""
    if not any(character.isalnum() for character in text):
        return [text] if text.strip() else []
    return [sentence.displayed for sentence in sentences(text, language)]


def as_sentence(text: str) -> str:
    """A line as it was typed, with a capital and a full stop; "" for nothing."""
    line = clean(text).replace("\n", " ").rstrip(" ,;")
    return f"{line[0].upper()}{line[1:]}{'' if line.endswith(('.', '!', '?', '…')) else '.'}" if line else ""


def _heard(words: Iterable[ScriptWord]) -> bool:
    return any(spoken.sounds(word.spoken) for word in words)


def empty() -> InvalidInput:
    """There is nothing to say."""
    return InvalidInput(
        "script_empty",
        "There is nothing to say in the script.",
        "Write at least one word, or leave the script empty and give the product's name.",
    )
