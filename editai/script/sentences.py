"""A text as sentences of words: cleaned, split where people end a sentence, each word with its spoken form."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Sequence

from pydantic import TypeAdapter

from editai import spoken
from editai.bundled import ASSETS
from editai.errors import InvalidInput
from editai.models import Pronunciation, ScriptWord, Sentence
from editai.models.base import Model
from editai.spoken.language import known

_MARK = re.compile(r"^(?:[-*+•·‣▪►>–—✓✔✅☑]\ufe0f?|#{1,6})(?: |$)")
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


class _Stops(Model):
    """After which words a full stop does not end a sentence in a language; small letters, without the last stop.

    `always`: something must follow ("Dr.", "e.g."). `before_number` ("No. 5") and `before_small` ("etc. and more") hold
    only before a digit and a small letter. A capital alone is an initial ("J. Smith"), but not after `letters_after`
    ("size M."). `ordinals`: digits with a full stop count ("5. Mai") before a small letter, before a month's name, and
    behind one of `ordinals_after`. `unspaced`: sentences may follow one another without a space.
    """

    always: frozenset[str] = frozenset()
    before_number: frozenset[str] = frozenset()
    before_small: frozenset[str] = frozenset()
    letters_after: frozenset[str] = frozenset()
    ordinals: bool = False
    ordinals_after: frozenset[str] = frozenset()
    unspaced: bool = False
    months: frozenset[str] = frozenset()


@functools.cache
def _stops(language: str) -> _Stops:
    """What holds in this language, with what holds in every one."""
    table = TypeAdapter(dict[str, _Stops]).validate_json((ASSETS / "script" / "sentences.json").read_bytes())
    every, own = table["any"], table.get(language, _Stops())
    both = {name: getattr(every, name) | getattr(own, name) for name in ("always", "before_number", "before_small")}
    said = known(language) if own.ordinals else None
    return own.model_copy(update={**both, "months": frozenset(map(str.lower, said.dates.months if said else ()))})


_OPENED = "\"'“„‘«([{¿¡「『（《〈【"
_CLOSED = "\"'“”‘’»)]}」』）》〉】"
_ENDS = re.compile(rf"[.!?…।॥۔؟。｡！？]+[{re.escape(_CLOSED)}]*$")
_WITHOUT_SPACES = re.compile(
    rf"(?<=[。｡！？।॥])(?=[\w{re.escape(_OPENED)}])|(?<=[!?])(?=[\u3040-\u30ff\u3400-\u9fff「『（])"
)
"""Where a sentence ends inside what stands between two spaces; not inside a quotation."""


def split(text: str, language: str = "") -> list[list[str]]:
    """The displayed words of each sentence. A line's end ends a sentence; "3.5", "e.g." and "example.com" do not.

    `language` is ISO 639-1; where it is not known only what is short in most languages is.
    """
    stops = _stops(language)
    sentences: list[list[str]] = []
    for line in text.split("\n"):
        words = line.split()
        if stops.unspaced:
            words = [part for word in words for part in _WITHOUT_SPACES.split(word)]
        start = 0
        for index, word in enumerate(words):
            after = words[index + 1] if index + 1 < len(words) else ""
            before = words[index - 1] if index > start else ""
            if not after or _ends(word, before, after, stops):
                sentences.append(words[start : index + 1])
                start = index + 1
    return sentences


def _ends(word: str, before: str, after: str, stops: _Stops) -> bool:
    if not after.strip(_CLOSED):
        return False  # « Super ! »
    if not word.strip(_CLOSED):
        word = before + word
    found = _ENDS.search(word)
    if not found:
        return False
    shown = word[: found.start()].lstrip(_OPENED)
    signs = found[0].rstrip(_CLOSED)
    small = after.lstrip(_OPENED)[:1].islower()
    if signs != ".":
        return not (small and (signs != found[0] or signs.startswith(("..", "…"))))
    core = shown.lower()
    if core.isdigit():
        return not (before == "" or _is_ordinal(core, before, after, small, stops))
    if len(core) == 1 and core.isalpha():
        return _is_letter(shown, before, stops)
    return not (
        core in stops.always
        or (core in stops.before_number and after[:1].isdigit())
        or (small and (core in stops.before_small or _DOTTED.fullmatch(core)))
    )


_DOTTED = re.compile(r"(?:\w\.)+\w")
"""Letters with full stops between them: "p.m", "u.v.m"."""


def _is_ordinal(digits: str, before: str, after: str, small: bool, stops: _Stops) -> bool:
    """Whether digits with a full stop behind them count something: "am 5. Mai", "die 2. Auflage"."""
    if not stops.ordinals or len(digits) > 3:
        return False
    return small or before.lower() in stops.ordinals_after or after.lower().strip(".,!?:;…") in stops.months


def _is_letter(shown: str, before: str, stops: _Stops) -> bool:
    """Whether a letter with a full stop behind it is no initial: "size M.", "S, M, L.", and the English "I"."""
    return shown == "I" or (shown.isupper() and (before.endswith(",") or before.lower() in stops.letters_after))


def sentences(text: str, language: str, lexicon: Sequence[Pronunciation] = ()) -> tuple[Sentence, ...]:
    """The sentences with their spoken forms; one without a sound joins the sentence before it.

    Raises InvalidInput 422 `script_empty` where there is nothing to say.
    """
    found: list[tuple[ScriptWord, ...]] = []
    for words in split(text, language):
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
    first = next((at for at, character in enumerate(line) if character.isalnum()), 0)
    end = "" if _ENDS.search(line) else "."
    return f"{line[:first]}{line[first : first + 1].upper()}{line[first + 1 :]}{end}" if line else ""


def _heard(words: Iterable[ScriptWord]) -> bool:
    return any(spoken.sounds(word.spoken) for word in words)


def empty() -> InvalidInput:
    """There is nothing to say."""
    return InvalidInput(
        "script_empty",
        "There is nothing to say in the script.",
        "Write at least one word, or leave the script empty and give the product's name.",
    )
