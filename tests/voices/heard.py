"""What is heard in a sound: how much of it is speech, how loud it is where."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from editai.hearing.speech import RATE, talks_in

Sound = NDArray[np.float32]


def at_16_khz(sound: Sound, rate: int) -> Sound:
    """The sound as transcribers and voice activity want it."""
    even: Sound = np.interp(np.arange(0, len(sound), rate / RATE), np.arange(len(sound)), sound).astype(np.float32)
    return even


def speech_share(sound: Sound, rate: int) -> float:
    """How much of the sound is somebody speaking, 0 to 1; half a second of silence is put around it."""
    heard = np.pad(at_16_khz(sound, rate), RATE // 2)
    return sum(talk.end - talk.start for talk in talks_in(heard)) * rate / len(sound)


def loudness(sound: Sound, rate: int) -> Sound:
    """Of every 5 ms, in dB below the loudest."""
    window = rate // 200
    level = np.sqrt((sound[: len(sound) // window * window].reshape(-1, window) ** 2).mean(axis=1))
    loud: Sound = 20 * np.log10(level / level.max() + 1e-6)
    return loud
