"""What the clip says: the owner's own text, or a few sentences made from the product's facts.

`check()` finds everything that is wrong with a script before any work starts; `write()` makes the `Script`.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Any

from editai import spoken
from editai.errors import InvalidInput
from editai.models import Brief, Facts, Script, ScriptWord, Sentence
from editai.settings import Settings

LETTERS_PER_SECOND = 14
"""Characters a second, spaces included, at a voice's own pace: reading aloud takes 65 to 71 ms a character in 14
alphabetic languages (Trauzettel-Klosinski and Dietz, 2012, doi.org/10.1167/iovs.11-8284)."""

TEMPLATE_LETTERS = 170
"""Characters of a script made from facts: a clip of 15 s less 1.8 s for its ends, with 8 % in reserve."""

_LONGEST_WORD = 400
"""Characters of a word as it is spoken; a voice takes so much in one breath and nothing may be cut off."""


def check(brief: Brief, settings: Settings, language: str) -> None:
    """Raise what is wrong with the script of `brief` for a voice that speaks `language`; quick, no model runs long.

    Errors, all 422: `script_empty`, `script_too_long`, `script_language`, `script_unspeakable`, `script_needed`,
    `facts_too_long`.
    """
    _check_facts(brief.facts)
    limit = round(settings.max_clip_seconds * LETTERS_PER_SECOND * brief.voice.speed)
    if len(brief.script) > limit:
        _check_length(clean(brief.script), limit, settings)
    script = write(brief, language)
    if script is None:
        return
    words = [word for sentence in script.sentences for word in sentence.words]
    for word in words:
        if len(word.spoken) > _LONGEST_WORD:
            raise InvalidInput(
                "script_unspeakable",
                f"The word {word.displayed[:30]!r}... is too long to be spoken.",
                "Put spaces into it, or leave it out.",
            )
    _check_length(" ".join(word.spoken for word in words), limit, settings)
    _check_language(brief, language)


def write(brief: Brief, language: str) -> Script | None:
    """The script: the given text in sentences, else one from the facts, else None where neither was given.

    Errors: 422 `script_empty` for a text with nothing to say, 422 `script_needed` where facts alone do not do.
    """
    text = clean(brief.script)
    if text:
        return Script(sentences=_sentences(text, language), language=language, origin="given")
    if brief.script:
        raise _empty()
    if text := _from_facts(_cleaned(brief.facts), _as_sentence(brief.call_to_action), brief.seed, language):
        return Script(sentences=_sentences(text, language), language=language, origin="template")
    return None


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


# ── sentences ────────────────────────────────────────────────────────────────────────────────────────────────────

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


def _sentences(text: str, language: str) -> tuple[Sentence, ...]:
    """The sentences with their spoken forms; one without a sound joins the sentence before it."""
    sentences: list[tuple[ScriptWord, ...]] = []
    for words in split(text):
        said = spoken.speak(words, language)
        if sentences and not (_heard(said) and _heard(sentences[-1])):
            said = sentences.pop() + said
        sentences.append(said)
    if not _heard(sentences[0]):
        raise _empty()
    return tuple(Sentence(words=said) for said in sentences)


def _heard(words: Iterable[ScriptWord]) -> bool:
    return any(spoken.sounds(word.spoken) for word in words)


def _empty() -> InvalidInput:
    return InvalidInput(
        "script_empty",
        "There is nothing to say in the script.",
        "Write at least one word, or leave the script empty and give the product's name.",
    )


def _check_length(text: str, limit: int, settings: Settings) -> None:
    if len(text) <= limit:
        return
    words = len(text.split())
    over = max(1, round(words * (len(text) - limit) / len(text)))
    raise InvalidInput(
        "script_too_long",
        f"The script is too long for a clip of at most {settings.max_clip_seconds} seconds, by about {over} words.",
        f"Shorten it to about {max(1, words - over)} words.",
    )


# ── from facts ───────────────────────────────────────────────────────────────────────────────────────────────────

_HOOKS = ("Meet {title}.", "This is {title}.", "Take a look at {title}.", "Have you seen {title}?")
_OFFERS = ("It costs {price}.", "The price is {price}.", "Yours for {price}.")
_CALLS = ("Order yours now.", "Take a closer look.", "See it in the shop.")
_CALLS_AT = ("Order yours at {url}.", "Find it at {url}.", "See more at {url}.")
_LONGEST_TITLE = 70


def _check_facts(facts: Facts) -> None:
    """Facts are kept in rows and shown in lists; what is longer than these belongs into the script."""
    for what, value, most in (
        ("name", facts.title, 200),
        ("price", facts.price, 50),
        ("address", facts.url, 2000),
        *(("fact", point, 500) for point in facts.points[:51]),
    ):
        if len(value) > most:
            raise InvalidInput(
                "facts_too_long",
                f"The product's {what} has {len(value)} characters; the most is {most}.",
                "Shorten it; a longer text goes into the script.",
            )
    if len(facts.points) > 50:
        raise InvalidInput(
            "facts_too_long", f"There are {len(facts.points)} facts; the most is 50.", "Keep the most important ones."
        )


def _cleaned(facts: Facts) -> Facts:
    points = (clean(point).replace("\n", " ").strip(" -•*·").rstrip(" .;,") for point in facts.points)
    return Facts(
        title=_short(clean(facts.title).replace("\n", " ").rstrip(" .;,")),
        points=tuple(point for point in points if point),
        price=clean(facts.price).replace("\n", " "),
        url=re.sub(r"^https?://(www\.)?|[?#].*$", "", clean(facts.url)).rstrip("/"),
    )


def _short(title: str) -> str:
    """A shop's long title up to its first separator, or the words that fit."""
    if len(title) <= _LONGEST_TITLE:
        return title
    title = re.split(r"\s[-–—|/]\s|\s*[|,;(]\s*", title)[0]
    words = title.split()
    while len(words) > 1 and len(" ".join(words)) > _LONGEST_TITLE:
        words.pop()
    return " ".join(words)


def _as_sentence(text: str) -> str:
    """A line as it was typed, with a capital and a full stop; "" for nothing."""
    line = clean(text).replace("\n", " ").rstrip(" ,;")
    return f"{line[0].upper()}{line[1:]}{'' if line.endswith(('.', '!', '?', '…')) else '.'}" if line else ""


def _from_facts(facts: Facts, call_to_action: str, seed: int, language: str) -> str:
    """Sentences that are true of any product: its name, its points in the owner's words, its price, what to do.

    What is not known is left out and nothing is put in its place. `seed` chooses among the wordings. The store's own
    call to action is the last sentence where it has one.
    """
    if not (facts.title or facts.points or facts.price):
        return ""
    if language != "en":
        raise InvalidInput(
            "script_needed",
            "From facts alone a script can be written in English only.",
            "Write the script yourself, or choose an English voice.",
        )
    hook = [_choose(_HOOKS, seed).format(title=facts.title)] if facts.title else []
    offer = [_choose(_OFFERS, seed // 4).format(price=facts.price)] if facts.price else []
    at = facts.url if 0 < len(facts.url) <= 40 else ""
    call = [_choose(_CALLS_AT, seed // 12).format(url=at)] if at else []
    call += [call_to_action] if call_to_action else [] if at else [_choose(_CALLS, seed // 12)]
    points: list[str] = []
    for point in facts.points[:3]:
        sentence = _as_sentence(point)
        if len(" ".join([*hook, *points, sentence, *offer, *call])) <= TEMPLATE_LETTERS:
            points.append(sentence)
    return "\n".join([*hook, *points, *offer, *call])


def _choose(wordings: tuple[str, ...], seed: int) -> str:
    return wordings[seed % len(wordings)]


# ── language ─────────────────────────────────────────────────────────────────────────────────────────────────────

_NAMES = {
    "ar": "Arabic", "bg": "Bulgarian", "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek",
    "en": "English", "es": "Spanish", "et": "Estonian", "fi": "Finnish", "fr": "French", "hi": "Hindi",
    "hr": "Croatian", "hu": "Hungarian", "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ko": "Korean",
    "lt": "Lithuanian", "lv": "Latvian", "ms": "Malay", "nl": "Dutch", "no": "Norwegian", "pl": "Polish",
    "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovene", "sr": "Serbian",
    "sv": "Swedish", "tr": "Turkish", "uk": "Ukrainian", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
_NEAR = {"en": ("en", "pcm")}
"""Nigerian Pidgin, by the detector's reckoning, is what English without grammar looks like."""

_OWN = {
    "en": frozenset(
        ("the", "and", "with", "your", "you", "from", "by", "this", "that", "it", "our", "are", "all", "one")
    )
}
"""Small words that no other language has: where every fifth is one of them, the rest are names of things."""

_LEAST_WORDS = 5
_UNLIKELY = 0.02
_CERTAIN = 0.6


def _check_language(brief: Brief, language: str) -> None:
    """422 `script_language`, only where it is sure: foreign letters, or foreign words and next to no chance else."""
    text = clean(brief.script) or "\n".join((brief.facts.title, *brief.facts.points))
    if found := _foreign_letters(text) or _foreign_words(text, language):
        raise InvalidInput(
            "script_language",
            f"The script seems to be {found}, and the voice {brief.voice} speaks {_NAMES.get(language, language)}.",
            f"Write the script in {_NAMES.get(language, language)}, or choose a voice that speaks its language.",
        )


def _foreign_letters(text: str) -> str:
    """The writing that makes up a good part of the text, where it is not the Latin one; all voices here read that."""
    scripts = Counter(unicodedata.name(letter, "LATIN").split()[0] for letter in text if letter.isalpha())
    foreign = {name: count for name, count in scripts.items() if name not in ("LATIN", "FULLWIDTH", "MICRO")}
    if sum(foreign.values()) <= 0.3 * scripts.total():
        return ""
    name = max(foreign, key=lambda script: foreign[script])
    return f"written in {'Chinese' if name == 'CJK' else name.title()} letters"


def _foreign_words(text: str, language: str) -> str:
    words = _ordinary(text)
    own = sum(word in _OWN.get(language, ()) for word in words)
    if len(words) < _LEAST_WORDS or own >= 0.2 * len(words):
        return ""
    ranked = _identifier().rank(" ".join(words))
    likely = sum(share for code, share in ranked if code in _NEAR.get(language, (language,)))
    if likely >= _UNLIKELY or ranked[0][1] + ranked[1][1] < _CERTAIN:
        return ""
    return f"in {_NAMES.get(ranked[0][0], 'another language')}"


def _ordinary(text: str) -> list[str]:
    """The words in small letters, without addresses, numbers, and the names that stand inside sentences."""
    words = []
    for sentence in split(text):
        shouted = " ".join(sentence).isupper()
        for index, word in enumerate(sentence):
            core = word.strip(".,!?:;…'\"“”‘’()[]")
            if re.search(r"[@/#\d]|\w\.\w", core) or not core:
                continue
            if shouted or index == 0 or not core[0].isupper():
                words.append(core.lower())
    return words


@functools.cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
