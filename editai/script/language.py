"""Whether a script is in the language that its voice speaks."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import Counter
from typing import Any

from editai.errors import InvalidInput
from editai.models import Brief
from editai.script.sentences import clean, split

NAMES = {
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

_WRITINGS = {
    "ar": ("ARABIC",), "bg": ("CYRILLIC",), "el": ("GREEK",), "hi": ("DEVANAGARI",),
    "ja": ("HIRAGANA", "KATAKANA", "CJK"), "ko": ("HANGUL", "CJK"), "ru": ("CYRILLIC",), "sr": ("CYRILLIC",),
    "ta": ("TAMIL",), "uk": ("CYRILLIC",), "zh": ("CJK",),
}  # fmt: skip
"""What a language is written in besides Latin letters, by the first word of the letters' Unicode names."""

_LEAST_WORDS = 5
_UNLIKELY = 0.02
_CERTAIN = 0.6


def foreign(text: str, language: str) -> str:
    """In what else a text is than in `language` ("in French", "written in Greek letters"); "" where that is not sure.

    Sure are foreign letters, or foreign words and next to no chance else.
    """
    return _foreign_letters(text, language) or _foreign_words(text, language)


def check_language(brief: Brief, language: str) -> None:
    """422 `script_language`, only where `foreign` is sure."""
    text = clean(brief.script) or "\n".join((brief.facts.title, *brief.facts.points))
    if found := foreign(text, language):
        raise InvalidInput(
            "script_language",
            f"The script seems to be {found}, and the voice {brief.voice} speaks {NAMES.get(language, language)}.",
            f"Write the script in {NAMES.get(language, language)}, or choose a voice that speaks its language.",
        )


def _foreign_letters(text: str, language: str) -> str:
    """The writing of a good part of the text, where the language is not written so; all voices read Latin letters."""
    scripts = Counter(unicodedata.name(letter, "LATIN").split()[0] for letter in text if letter.isalpha())
    own = ("LATIN", "FULLWIDTH", "MICRO", *_WRITINGS.get(language, ()))
    foreign = {name: count for name, count in scripts.items() if name not in own}
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
    return f"in {NAMES.get(ranked[0][0], 'another language')}"


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
