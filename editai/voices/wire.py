"""What voices of other people's computers share: waiting for an answer, its sound, and when each word is heard."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar

import numpy as np

from editai.models import Step, Work
from editai.voices import words
from editai.voices.base import Samples
from editai.voices.sound import Span

T = TypeVar("T")
STEP_S = 0.4


def waited(asking: Coroutine[Any, Any, T]) -> Work[T]:
    """What `asking` comes to, with a step now and then; closing this cancels it, however silent the other side is.

    It runs in a thread with a loop of its own, because only a coroutine can be cancelled while it waits for a socket.
    """
    loop = asyncio.new_event_loop()
    task = loop.create_task(asking)
    task.add_done_callback(lambda _: loop.stop())

    def run() -> None:
        loop.run_forever()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    thread = threading.Thread(target=run, name="asking a voice", daemon=True)
    thread.start()
    try:
        while True:
            thread.join(STEP_S)
            if not thread.is_alive():
                return task.result()
            yield Step(0.0)
    finally:
        with suppress(RuntimeError):  # the loop is closed: it has come to its end by itself
            loop.call_soon_threadsafe(task.cancel)
        thread.join()


def decoded(mp3: bytes) -> tuple[Samples, int]:
    """MP3 as mono sound, and its rate. ValueError where it is none, or holds no sound."""
    import av

    parts: list[Samples] = []
    try:
        with av.open(io.BytesIO(mp3), "r", format="mp3") as container:
            rate = container.streams.audio[0].rate
            mono = av.AudioResampler(format="flt", layout="mono", rate=rate)
            for frame in (*container.decode(audio=0), None):
                parts += [part.to_ndarray().reshape(-1).astype(np.float32) for part in mono.resample(frame)]
    except (av.error.FFmpegError, IndexError) as error:
        raise ValueError("this is no MP3") from error
    if not parts:
        raise ValueError("this MP3 holds no sound")
    return np.concatenate(parts), rate


class Heard(NamedTuple):
    """Characters `first` to `last` (exclusive) of a spoken text are heard from `start` to `end`, in samples."""

    first: int
    last: int
    start: float
    end: float

    def at(self, character: int) -> float:
        """When a character inside begins."""
        return self.start + (self.end - self.start) * (character - self.first) / (self.last - self.first)


def word_times(spoken: Sequence[str], heard: Sequence[Heard]) -> tuple[Span, ...] | None:
    """Start and end of each word of `" ".join(spoken)`; None where one with something to hear in it was not heard.

    `heard` is in the order of the text. What has nothing to hear in it (a dash) gets a share of its neighbour's time.
    """
    spans: list[Span | None] = []
    first = 0
    for word in spoken:
        last = first + len(word)
        own = [piece for piece in heard if piece.first < last and piece.last > first]
        if own:
            spans.append((own[0].at(max(first, own[0].first)), own[-1].at(min(last, own[-1].last))))
        elif sounds(word):
            return None
        else:
            spans.append(None)
        first = last + 1
    return tuple(words.timed(spans, lambda at: at)) if any(spans) else None


def sounds(text: str) -> bool:
    """Whether there is anything to hear in a spoken text."""
    return any(character.isalnum() for character in text)
