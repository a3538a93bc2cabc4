"""Kokoro-82M through onnxruntime, on the processor alone, with the frames of every phoneme.

The published graphs have no output for durations. Protobuf merges messages that are concatenated, so a few bytes
appended to the model name an inner tensor (frames per phoneme, 600 samples each) as one more output.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from editai import loaded, weights
from editai.beside import beside
from editai.models import Work
from editai.settings import Settings
from editai.voices.base import Samples
from editai.voices.onnx_session import onnx_session

PACKAGES = ("onnxruntime",)


@dataclass(frozen=True)
class Runtime:
    """The loaded session."""

    session: Any

    def run(self, tokens: list[int], style: Samples, speed: float) -> Work[tuple[Samples, NDArray[np.int64]]]:
        """The sound of `tokens` and how many frames each has, a frame before and after them included.

        `style` is one row of a voice, (1, 256). Yields while the model works; closing this stops it.
        """
        import onnxruntime

        options = onnxruntime.RunOptions()
        feed = {
            self.session.get_inputs()[0].name: np.array([[0, *tokens, 0]], dtype=np.int64),
            "style": style,
            "speed": np.array([speed], dtype=np.float32),
        }
        sound, frames = yield from beside(
            lambda: self.session.run(None, feed, options), lambda: setattr(options, "terminate", True)
        )
        return sound.ravel(), frames.ravel()


def missing(settings: Settings) -> str:
    """What keeps the model from running here and what to do about it, or ""."""
    install = "pip install -r requirements.txt"
    for package in PACKAGES:
        if importlib.util.find_spec(package) is None:
            return f"The package {package} is not installed. Run: {install}"
    if weights.found(weights.KOKORO, settings) is None and settings.offline:
        return f"Its weights are not on this computer. Run: {install}"
    return ""


def load(found: weights.Found) -> Work[Runtime]:
    """The session over checked weights; it stays loaded."""
    return (yield from beside(lambda: _load(found), lambda: None))


@loaded.model()
def _load(found: weights.Found) -> Runtime:
    return Runtime(onnx_session(found.read() + _duration_output()))


def _duration_output() -> bytes:
    """The protobuf bytes that make the phonemes' durations a graph output when they are appended to the model.

    Field numbers: ModelProto.graph 7; GraphProto.node 1, output 12; NodeProto input 1, output 2, name 3, op_type 4;
    ValueInfoProto name 1, type 2; TypeProto.tensor_type 1 with elem_type 1 (INT64 is 7) and shape 2.
    """
    node = _field(1, b"/encoder/Cast_output_0") + _field(2, b"duration") + _field(3, b"times") + _field(4, b"Identity")
    shape = _field(1, _field(2, b"one")) + _field(1, _field(2, b"sequence_length"))
    tensor = b"\x08\x07" + _field(2, shape)
    return _field(7, _field(1, node) + _field(12, _field(1, b"duration") + _field(2, _field(1, tensor))))


def _field(number: int, payload: bytes) -> bytes:
    """A length-delimited protobuf field; everything here is shorter than 128 bytes but the outermost."""
    return _varint(number << 3 | 2) + _varint(len(payload)) + payload


def _varint(value: int) -> bytes:
    low, high = value & 127, value >> 7
    return bytes([low | 128]) + _varint(high) if high else bytes([low])
