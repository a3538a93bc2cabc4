"""From text to the phonemes that Kokoro was trained on: espeak's in most languages, misaki's in Japanese and Chinese.

A voice's accent is the first letter of its name.
"""

from __future__ import annotations

import functools
import importlib.util
import logging
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from editai.voices.espeak_data import espeakng_data

LANGUAGES = {"a": "en", "b": "en", "e": "es", "f": "fr", "i": "it", "p": "pt", "h": "hi", "j": "ja", "z": "zh"}
"""The language of each accent, ISO 639-1."""

PACKAGES = {
    "ja": ("misaki", "fugashi", "jaconv", "mojimoji", "unidic-lite"),
    "zh": ("misaki", "jieba", "pypinyin", "cn2an", "ordered-set"),
}
"""What the phonemes of a language come from beside espeak."""

INSTALL = {
    "ja": "pip install misaki==0.9.4 fugashi jaconv mojimoji unidic-lite",
    "zh": "pip install misaki==0.9.4 jieba pypinyin cn2an ordered-set",
}
"""What brings them; misaki is for Python 3.11 and 3.12. `misaki[ja]` would bring a dictionary that pip cannot fill."""

_ESPEAK = {
    "a": "en-us", "b": "en-gb", "e": "es", "f": "fr-fr", "i": "it", "p": "pt-br", "h": "hi",
}  # fmt: skip

_AS_TRAINED = (
    ("a^ɪ", "I"), ("a^ʊ", "W"), ("d^z", "ʣ"), ("d^ʒ", "ʤ"), ("e^ɪ", "A"), ("o^ʊ", "O"), ("s^s", "S"), ("t^s", "ʦ"),
    ("t^ʃ", "ʧ"), ("ɔ^ɪ", "Y"), ("ə^ʊ", "Q"), ("^", ""), ("-", ""),
)  # fmt: skip
"""How other languages than English were written in training (misaki's `EspeakG2P`): one letter for two tied ones."""

_LATIN = re.compile(r"([A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’-]*)")
_lock = threading.Lock()
"""espeak and the analysers keep their state in global variables."""


def speaks(language: str) -> bool:
    """Whether what gives the phonemes of a language is installed."""
    return all(importlib.util.find_spec(package.replace("-", "_")) for package in PACKAGES.get(language, ()))


@functools.cache
def phonemiser(accent: str, home: Path) -> Callable[[str], str]:
    """What turns a text into phonemes of the model's vocabulary; what is not in it is left out.

    `home` is where a copy of espeak's data may be kept. Raises Unavailable 503 `voice_unavailable`.
    """
    from kokoro_onnx.config import DEFAULT_VOCAB

    with _lock:
        pronounce = _analyser(LANGUAGES[accent], home) or _espeak(accent, home)

    @functools.lru_cache(maxsize=4096)
    def phonemes(text: str) -> str:
        with _lock:
            said = pronounce(text)
        return "".join(filter(DEFAULT_VOCAB.__contains__, said)).strip()

    return phonemes


def _espeak(accent: str, home: Path) -> Callable[[str], str]:
    import espeakng_loader
    from phonemizer.backend import EspeakBackend
    from phonemizer.backend.espeak.wrapper import EspeakWrapper

    EspeakWrapper.set_library(espeakng_loader.get_library_path())
    EspeakWrapper.set_data_path(str(espeakng_data(home)))
    english = LANGUAGES[accent] == "en"
    quiet = logging.getLogger(f"{__name__}.phonemizer")
    quiet.setLevel(logging.ERROR)  # it warns of every English word in another language
    backend: Any = EspeakBackend(
        _ESPEAK[accent],
        preserve_punctuation=True,
        with_stress=True,
        tie=False if english else "^",
        language_switch="remove-flags",  # else an English word in French is spoken with "en" before and "fr" after it
        logger=quiet,
    )

    def pronounce(text: str) -> str:
        said = "".join(backend.phonemize([text]))
        for tied, letter in () if english else _AS_TRAINED:
            said = said.replace(tied, letter)
        return said

    return pronounce


def _analyser(language: str, home: Path) -> Callable[[str], str] | None:
    """What pronounces Japanese or Chinese, names in Latin letters as English ones; None for other languages."""
    match language:
        case "ja":
            from misaki.cutlet import Cutlet

            own: Callable[[str], tuple[str, Any]] = Cutlet()
        case "zh":
            import jieba
            from misaki.zh import ZHG2P

            home.mkdir(parents=True, exist_ok=True)
            jieba.setLogLevel("WARNING")
            jieba.dt.tmp_dir = str(home)  # not the folder for everybody's temporary files: it trusts what lies there
            own = ZHG2P()
        case _:
            return None
    english = _espeak("a", home)

    def pronounce(text: str) -> str:
        runs = [run for run in _LATIN.split(text) if run.strip()]
        said = " ".join((english(run) if _LATIN.match(run) else own(run)[0]).strip() for run in runs)
        return re.sub(r" +([,.;:!?])", r"\1", said)

    return pronounce
