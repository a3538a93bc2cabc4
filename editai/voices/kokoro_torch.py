"""Kokoro-82M through torch: four bytes a weight instead of one, and a graphics card where there is one.

Only the model is another one; phonemes, styles and word times are those of `voices/kokoro.py`.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from editai import weights
from editai.models import Work
from editai.settings import Settings
from editai.voices import on_torch
from editai.voices.base import Samples

PACKAGES = ("torch", "kokoro")


@dataclass(frozen=True)
class Runtime:
    """The loaded model."""

    model: Any

    def run(self, tokens: list[int], style: Samples, speed: float) -> Work[tuple[Samples, NDArray[np.int64]]]:
        """The sound of `tokens` and how many frames each has, a frame before and after them included.

        `style` is one row of a voice, (1, 256). Yields while the model works; closing this stops it.
        """
        import torch

        def call() -> tuple[Samples, NDArray[np.int64]]:
            place = self.model.device
            numbers = torch.tensor([[0, *tokens, 0]], dtype=torch.long, device=place)
            sound, frames = self.model.forward_with_tokens(numbers, torch.from_numpy(style).to(place), speed)
            return sound.cpu().numpy().ravel(), frames.cpu().numpy().ravel()

        return (yield from on_torch.infer(self.model, (tokens, style.sum(), speed), call))


def missing(settings: Settings) -> str:
    """What keeps the model from running here and what to do about it, or ""."""
    for package in PACKAGES:
        if importlib.util.find_spec(package) is None:
            return (
                f"EDITAI_KOKORO_RUNTIME is torch, and the package {package} is not installed. "
                f"Run: {on_torch.INSTALL} (Python {on_torch.PYTHONS}), or remove that setting."
            )
    return weights.absent(weights.KOKORO_TORCH, settings)


def load(found: weights.Found) -> Work[Runtime]:
    """The model over checked weights; kept for the life of the process."""

    def make() -> Runtime:
        from kokoro import KModel

        files = {pin.basename: str(pieces[0]) for pin, pieces in found.files}
        model = KModel(repo_id=found.weights.repo, config=files["config.json"], model=files["kokoro-v1_0.pth"])
        return Runtime(model.to(on_torch.device()).eval())

    return (yield from on_torch.load("kokoro", found.sha256, make))
