"""What the tests of the torch engines say, and how."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from editai import voices
from editai.models import Clone, CloneConsent, File, Narration, Script, ScriptWord, Sentence, Voice, Word
from editai.voices import Studio
from editai.voices.base import CLONE_FILE, SAMPLE_FILE, sample_of
from tests.torch_voices import checkpoints
from tests.voices.studios import finished

LAMP = "Meet the lamp.\nIt folds flat, and fits in a bag."
RAINBOW = " ".join(["all the colours of the rainbow, from red to violet,"] * 6) + " in one box."
"""More than the 250 letters that a model speaks at a time, fewer than the 402 signs that XTTS refuses."""


def script_of(text: str, language: str = "en") -> Script:
    """A sentence a line, every word spoken as it is displayed."""
    lines = ([ScriptWord(displayed=word, spoken=word) for word in line.split()] for line in text.split("\n"))
    return Script(sentences=tuple(Sentence(words=tuple(words)) for words in lines), language=language, origin="given")


def spoken(text: str, voice: Voice, studio: Studio, work: Path, language: str = "en") -> Narration:
    folder = work / f"narration-{len(list(work.glob('narration-*')))}"
    folder.mkdir(parents=True)
    made = finished(voices.speak(script_of(text, language), voice, studio, folder))
    return made.model_copy(update={"folder": folder})


def in_order(words: tuple[Word, ...]) -> bool:
    """Whether every word takes time, and none begins before the one before it ends."""
    ends = 0
    for word in words:
        if not ends <= word.start_ms < word.end_ms:
            return False
        ends = word.end_ms
    return True


def clone(studio: Studio, id: str, seed: int) -> Voice:
    """A clone of this store, as the page keeps one, whose sample is six seconds of noise."""
    folder = studio.folder / id
    folder.mkdir()
    checkpoints.speech(folder / SAMPLE_FILE, 6, seed)
    kept = Clone(
        id=id,
        name="Ana",
        language="de",
        sample=File.of(folder / SAMPLE_FILE),
        speech_ms=6000,
        consent=CloneConsent(whose="Ana", said_by="Ana", at="2026-01-01T00:00:00Z"),
        created_at="2026-01-01T00:00:00Z",
    )
    assert sample_of(studio, kept).is_file()
    (folder / CLONE_FILE).write_text(kept.model_dump_json(), "utf-8")
    return Voice(engine="xtts", name=id)


@contextmanager
def watched(owner: type, name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[Any, ...]]]:
    """The arguments of every call of a method of a library's class that came to its end, the object first."""
    calls: list[tuple[Any, ...]] = []
    real = getattr(owner, name)

    def watching(*arguments: Any, **named: Any) -> Any:
        made = real(*arguments, **named)
        calls.append(arguments)
        return made

    with monkeypatch.context() as patched:
        patched.setattr(owner, name, watching)
        yield calls
