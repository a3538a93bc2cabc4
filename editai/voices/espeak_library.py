"""The espeak-ng library that the package espeakng-loader brings, through ctypes (its `speak_lib.h`).

The library keeps its state in global variables: one sentence at a time, whoever asks. phonemizer, which Kokoro's
phonemes come from, works on copies of the library that it makes for itself, so the two do not meet.
"""

from __future__ import annotations

import ctypes
import functools
import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from editai.errors import Unavailable
from editai.voices.base import Samples
from editai.voices.espeak_data import espeakng_data

_SYNCHRONOUS = 2
_DONT_EXIT = 0x8000
_RATE, _CHARACTERS, _UTF8 = 1, 1, 1
_LIST_TERMINATED, _WORD = 0, 1
"""Numbers of `speak_lib.h`: AUDIO_OUTPUT_SYNCHRONOUS, espeakINITIALIZE_DONT_EXIT, espeakRATE, POS_CHARACTER,
espeakCHARS_UTF8, espeakEVENT_LIST_TERMINATED, espeakEVENT_WORD."""


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    """`espeak_EVENT`; `text_position` counts characters from 1, `sample` from the beginning of the sound."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


_lock = threading.Lock()


@dataclass(frozen=True)
class Mark:
    """That the word at a character of the text (from 0) begins at a sample of the sound."""

    character: int
    sample: int


@dataclass(frozen=True)
class Library:
    """The library, initialised. `rate` is in samples a second."""

    handle: ctypes.CDLL
    rate: int

    def say(self, text: str, voice: str, words_per_minute: int, stop: threading.Event) -> tuple[Samples, list[Mark]]:
        """The sound of `text` and a mark for every word in it, up to where `stop` was set.

        `voice` is a file among espeak's voices ("gmw/de"). Raises Unavailable 503 `voice_unavailable`.
        """
        blocks: list[Samples] = []
        marks: list[Mark] = []

        def made(wave: ctypes._Pointer[ctypes.c_short], count: int, events: ctypes._Pointer[_Event]) -> int:
            if wave and count:
                blocks.append(np.ctypeslib.as_array(wave, (count,)).astype(np.float32) / np.float32(32768))
            index = 0
            while events[index].type != _LIST_TERMINATED:
                if events[index].type == _WORD:
                    marks.append(Mark(events[index].text_position - 1, events[index].sample))
                index += 1
            return int(stop.is_set())

        callback = _Callback(made)
        encoded = text.encode()
        with _lock:
            if self.handle.espeak_SetVoiceByName(voice.encode()):
                raise _unavailable(f"the voice {voice}")
            self.handle.espeak_SetParameter(_RATE, words_per_minute, 0)
            self.handle.espeak_SetSynthCallback(callback)
            failed = self.handle.espeak_Synth(encoded, len(encoded) + 1, 0, _CHARACTERS, 0, _UTF8, None, None)
            self.handle.espeak_SetSynthCallback(_Callback())
        if failed:
            raise _unavailable(f"a sentence with the voice {voice}")
        return np.concatenate([np.zeros(0, np.float32), *blocks]), marks


def library(home: Path) -> Library:
    """The library, for the life of the process; `home` is where a copy of its data may be kept.

    Raises Unavailable 503 `voice_unavailable`.
    """
    data = espeakng_data(home)
    with _lock:
        return _initialised(data)


@functools.cache
def _initialised(data: Path) -> Library:
    import espeakng_loader

    handle = ctypes.CDLL(espeakng_loader.get_library_path())
    handle.espeak_SetVoiceByName.argtypes = (ctypes.c_char_p,)
    handle.espeak_Synth.argtypes = (
        ctypes.c_char_p,
        ctypes.c_size_t,
        ctypes.c_uint,
        ctypes.c_int,
        ctypes.c_uint,
        ctypes.c_uint,
        ctypes.POINTER(ctypes.c_uint),
        ctypes.c_void_p,
    )
    rate = handle.espeak_Initialize(_SYNCHRONOUS, 0, str(data).encode(), _DONT_EXIT)
    if rate <= 0:
        raise _unavailable("its data")
    return Library(handle, rate)


def _unavailable(what: str) -> Unavailable:
    return Unavailable(
        "voice_unavailable",
        f"espeak could not use {what}.",
        "Run: pip install --force-reinstall espeakng-loader (or choose another voice).",
    )
