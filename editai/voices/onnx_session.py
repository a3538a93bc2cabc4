"""How the voices run an ONNX model: on the processor, on a few cores, telling nobody."""

from __future__ import annotations

import os
from typing import Any


def onnx_session(model: bytes | str) -> Any:
    """A session over the bytes of a model, or over its file. Raises what onnxruntime raises."""
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = min(4, os.cpu_count() or 1)
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # waiting threads leave the cores alone
    return onnxruntime.InferenceSession(model, sess_options=options, providers=["CPUExecutionProvider"])
