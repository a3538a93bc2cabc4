"""Microsoft's online voices as its Edge browser reads pages aloud, through edge-tts: unofficial, free, many languages.

Microsoft offers this to its own browser alone. It may change or end on any day, which is why it is never a default.
"""

from __future__ import annotations

import asyncio
import functools
import importlib.util
import json
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from editai.bundled import VOICES
from editai.errors import EditaiError, InvalidInput, NoAnswer, RateLimited, Unavailable
from editai.models import Sentence, Step, Voice, Work
from editai.voices.base import EngineInfo, Spoken, Studio, VoiceInfo
from editai.voices.wire import Heard, decoded, sounds, waited, word_times

TICKS_PER_SECOND = 10_000_000
SILENCE_S = 20
"""So long nothing comes before the voice is given up."""
_REVISION = 1
"""Raised when this module makes other sound from the same input."""
_LATER = "Try again later, or choose another voice."
_NEWER = "Try again later, install a newer edge-tts (pip install --upgrade edge-tts), or choose another voice."


@dataclass(frozen=True)
class Edge:
    """The engine."""

    silence_s: float = SILENCE_S
    info = EngineInfo(
        name="edge",
        label="Edge (Microsoft, unofficial)",
        shown="It was run against a local server that answers as the vendor does, and not against the vendor.",
        licence="None known",
        licence_note="An unofficial way to Microsoft's online voices: no permission of Microsoft to use or sell what "
        "they speak is known, and it can end on any day. What is spoken is sent to Microsoft. The program that asks, "
        "edge-tts, is under the LGPL-3.0.",
        local=False,
        official=False,
    )

    def voices(self, studio: Studio) -> tuple[VoiceInfo, ...]:
        del studio
        return _offered()

    def missing(self, studio: Studio) -> str:
        del studio
        if importlib.util.find_spec("edge_tts") is None:
            return f"The package edge-tts is not installed. Run: {self.info.install}"
        return ""

    def fingerprint(self, voice: Voice, studio: Studio) -> dict[str, object]:
        del voice, studio
        return {"engine": self.info.name, "revision": _REVISION}

    def load(self, voice: Voice, language: str, studio: Studio) -> Work[_Speaker]:
        del language, studio
        yield Step(0.0)
        return _Speaker(voice, self.silence_s)


@functools.cache
def _offered() -> tuple[VoiceInfo, ...]:
    """A few good ones of each language, from Microsoft's list."""
    return tuple(
        VoiceInfo(engine=Edge.info.name, name=item["name"], label=item["label"], languages=(item["language"],))
        for item in json.loads((VOICES / "edge.json").read_text("utf-8"))
    )


@dataclass(frozen=True)
class _Speaker:
    """One voice."""

    voice: Voice
    silence_s: float

    def say(self, sentence: Sentence) -> Work[Spoken]:
        text = sentence.spoken
        if not sounds(text):
            raise InvalidInput(
                "script_empty",
                f"There is nothing to speak in {text[:60]!r}.",
                "Write at least one word there, or leave it out.",
            )
        stream = yield from waited(_asked(text, self.voice, self.silence_s))
        try:
            sound, rate = decoded(bytes(stream.mp3))
        except ValueError:
            raise _unreadable() from None
        heard = _heard(stream.boundaries, text, rate)
        times = None if heard is None else word_times([word.spoken for word in sentence.words], heard)
        return Spoken(sound, rate, times)


@dataclass
class _Stream:
    """What came: the sound, and each word with its offset and duration in ticks."""

    mp3: bytearray = field(default_factory=bytearray)
    boundaries: list[tuple[str, float, float]] = field(default_factory=list)


async def _asked(text: str, voice: Voice, silence_s: float) -> _Stream:
    """The whole of what Microsoft speaks; asked twice where it speaks nothing, which it does now and then."""
    import aiohttp
    from edge_tts import exceptions

    try:
        try:
            return await _streamed(text, voice, silence_s)
        except exceptions.NoAudioReceived:
            return await _streamed(text, voice, silence_s)
    except exceptions.NoAudioReceived:
        raise Unavailable("voice_unavailable", "Microsoft's voice came back without a sound.", _LATER) from None
    except TimeoutError:
        raise NoAnswer("voice_no_answer", "Microsoft's voice did not answer in time.", _LATER) from None
    except aiohttp.ClientConnectorError:
        raise Unavailable(
            "voice_unavailable",
            "Microsoft's voices cannot be reached.",
            "Check this computer's connection to the internet, or choose a voice of this computer.",
        ) from None
    except aiohttp.ClientResponseError as error:
        raise _refusal(error.status) from None
    except exceptions.SkewAdjustmentError:
        raise _refusal(403) from None
    except (aiohttp.ClientError, exceptions.WebSocketError, ConnectionError):
        raise _broken() from None
    except (exceptions.EdgeTTSException, ValueError, KeyError, TypeError):
        raise _unreadable() from None


async def _streamed(text: str, voice: Voice, silence_s: float) -> _Stream:
    """Raises TimeoutError, NoAnswer where it ended early, and what edge-tts and aiohttp raise."""
    import edge_tts

    speaking = edge_tts.Communicate(
        text, voice.name, rate=f"{round((voice.speed - 1) * 100):+d}%", boundary="WordBoundary"
    )
    stream = _Stream()
    async with aclosing(speaking.stream()) as chunks:
        while True:
            async with asyncio.timeout(silence_s):  # edge-tts waits for ever once it is connected
                chunk = await anext(chunks, None)
            if chunk is None:
                break
            if chunk["type"] == "audio":
                stream.mp3 += chunk["data"]
            else:
                stream.boundaries.append((chunk["text"], chunk["offset"], chunk["duration"]))
    if speaking.state["cumulative_audio_bytes"] != len(stream.mp3):  # it counts what a "turn.end" has completed
        raise _broken()
    return stream


def _heard(boundaries: Sequence[tuple[str, float, float]], text: str, rate: int) -> list[Heard] | None:
    """Where in `text` each word stands that was reported; None where they are other words than those of the text."""
    heard: list[Heard] = []
    at = 0
    for word, offset, duration in boundaries:
        first = text.find(word, at)
        if not word or first < 0 or sounds(text[at:first]):
            return None
        at = first + len(word)
        start = offset * rate / TICKS_PER_SECOND
        heard.append(Heard(first, at, start, start + duration * rate / TICKS_PER_SECOND))
    return heard


def _refusal(status: int) -> EditaiError:
    if status == 429:
        return RateLimited("voice_busy", "Microsoft's voices were asked too much for now.", _LATER)
    if status in (401, 403):
        return Unavailable(
            "voice_unavailable",
            "Microsoft refused to let its voice be used.",
            f"See that this computer's clock is right. {_NEWER}",
        )
    return Unavailable("voice_unavailable", f"Microsoft's voices are not available for now ({status}).", _NEWER)


def _broken() -> NoAnswer:
    return NoAnswer("voice_no_answer", "The connection to Microsoft's voice broke in the middle of a sentence.", _LATER)


def _unreadable() -> NoAnswer:
    return NoAnswer("voice_no_answer", "Microsoft's voice answered something that cannot be read.", _NEWER)
