"""Footage and narrations made up by rule, so that a plan can be asked for in any case."""

from __future__ import annotations

import random
from itertools import pairwise

from editai.models import (
    FPS,
    Brief,
    CaptionStyle,
    Cue,
    CueWord,
    Facts,
    File,
    Footage,
    Moment,
    Narration,
    Source,
    SourceShot,
    Word,
)

STYLE = CaptionStyle(
    name="bold",
    label="Bold",
    font="Anton",
    font_file="Anton_400Regular.ttf",
    size_px=64,
    colour="#FFFFFF",
    highlight="#FFE000",
    outline_colour="#000000",
    outline_px=4,
)

SCRIPT = (
    "Meet the Alpina biscuit box. Inside are 24 butter biscuits, in a printed box that is worth keeping. "
    "Bring one home today for just $12.90."
)


def source(
    number: int = 0, seconds: float = 20, width: int = 1920, height: int = 1080, has_sound: bool = True
) -> Source:
    return Source(
        file=File(name=f"{number}", sha256=f"{number}", bytes=1),
        stream=0,
        duration_ms=round(seconds * 1000),
        width_px=width,
        height_px=height,
        rotation=0,
        fps=29.97,
        codec="h264",
        has_sound=has_sound,
    )


def footage(*sources: Source, cuts: dict[int, list[int]] | None = None, seed: int = 1, **fixed: float) -> Footage:
    """Moments of half a second with values by chance, except those that are `fixed`; `cuts` in ms by source."""
    chance = random.Random(seed)
    shots, moments = [], []
    for number, each in enumerate(sources):
        edges = [0, *(cuts or {}).get(number, []), each.duration_ms]
        for start, end in pairwise(edges):
            shots.append(SourceShot(source=number, start_ms=start, end_ms=end))
            count = max(1, round((end - start) / 500))
            for part in range(count):
                values = {name: chance.random() for name in ("sharpness", "motion", "exposure", "focus_x", "focus_y")}
                moments.append(
                    Moment(
                        source=number,
                        start_ms=start + (end - start) * part // count,
                        end_ms=start + (end - start) * (part + 1) // count,
                        **(values | fixed),
                    )
                )
    return Footage(sources=sources, shots=tuple(shots), moments=tuple(moments))


def narration(text: str = SCRIPT, rate: float = 14, start_ms: int = 60, pause_ms: int = 280) -> Narration:
    """`text` spoken at `rate` characters a second, with a pause after each sentence."""
    words, at, sentence = [], start_ms, 0
    for text_of in text.split():
        length = round(len(text_of) * 1000 / rate)
        words.append(Word(text=text_of, start_ms=at, end_ms=at + length, sentence=sentence))
        at += length + 30
        if text_of[-1] in ".!?":
            sentence, at = sentence + 1, at + pause_ms
    audio = File(name="voice.wav", sha256="voice", bytes=1)
    return Narration(audio=audio, duration_ms=at, words=tuple(words), language="en", origin="voice")


def spoken_in_source(start_ms: int, text: str = SCRIPT) -> Narration:
    return narration(text).model_copy(update={"origin": "source", "source_start_ms": start_ms})


def cues(spoken: Narration, size: int = 3) -> tuple[Cue, ...]:
    """A cue for every few words, from the narration's first frame; each stands until the next or 0.2 s longer."""
    groups = [spoken.words[at : at + size] for at in range(0, len(spoken.words), size)]
    found = []
    for number, group in enumerate(groups):
        starts = [word.start_ms * FPS // 1000 for word in group]
        end = max(starts[-1] + 1, group[-1].end_ms * FPS // 1000 + 6)
        if number + 1 < len(groups):
            end = min(end, groups[number + 1][0].start_ms * FPS // 1000)
        words = [
            CueWord(text=word.text, start=start, end=until)
            for word, start, until in zip(group, starts, [*starts[1:], end], strict=True)
        ]
        found.append(Cue(lines=(tuple(words),), start=starts[0], end=end))
    return tuple(found)


def brief(seen: Footage, title: str = "Alpina Biscuit Box", **more: object) -> Brief:
    files = tuple(each.file for each in seen.sources)
    return Brief.model_validate({"sources": files, "facts": Facts(title=title), **more})
