"""What the pipeline is before it has anything to do; what it makes is in `test_one_click`."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("onnxruntime", "kokoro_onnx", "faster_whisper", "ctranslate2", "moviepy", "torch", "gradio")


def test_importing_it_loads_no_model_library_and_starts_no_program() -> None:
    script = f"""
import sys
started = []
sys.addaudithook(lambda event, _: started.append(event) if event == "subprocess.Popen" else None)
import editai.pipeline
print([name for name in {HEAVY} if name in sys.modules], started)
"""
    seen = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert seen.stdout.strip() == "[] []"
