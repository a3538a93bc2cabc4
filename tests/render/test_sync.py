"""A clap in the source stays on its flash: at every usual rate, also a varying one, over 1, 10 and 50 shots."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from editai.models import FPS
from tests.render.conftest import Render, claps, plan_of, source_of

RATES = {
    "24": Fraction(24), "25": Fraction(25), "29.97": Fraction(30_000, 1001), "30": Fraction(30), "50": Fraction(50),
    "59.94": Fraction(60_000, 1001), "varying": Fraction(0),
}  # fmt: skip
SECONDS, EVERY, FLASH = 30, Fraction(1), Fraction(1, 10)
"""A flash of a tenth of a second about each half second past a whole one; the clap begins with its first frame."""


def times(rate: Fraction) -> list[Fraction]:
    """When the frames of a source are shown; the varying one goes from 15 to 60 a second and back."""
    if rate:
        return [number / rate for number in range(int(SECONDS * rate))]
    found, at = [], Fraction(0)
    while at < SECONDS:
        found.append(at)
        at += Fraction(1, 15 + 45 * (len(found) % 40) // 40)
    return found


@pytest.fixture(scope="module", params=RATES)
def source(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small film of flashes and claps at one of the rates, in Matroska, which keeps any times."""
    path = tmp_path_factory.mktemp("sync") / "sync.mkv"
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=60)
        video.width, video.height, video.pix_fmt = 96, 160, "yuv420p"
        video.codec_context.time_base = video.time_base = Fraction(1, 60_000)
        video.options = {"preset": "ultrafast", "bf": "2", "g": "50"}
        audio = container.add_stream("pcm_s16le", rate=48_000, layout="mono")
        begins: list[Fraction] = []
        for at in times(RATES[request.param]):
            lit = (at - EVERY / 2) % EVERY < FLASH and at >= EVERY / 2
            if lit and (not begins or at - begins[-1] > EVERY / 2):
                begins.append(at)
            frame = av.VideoFrame.from_ndarray(np.full((160, 96, 3), 235 if lit else 16, np.uint8), format="rgb24")
            frame.pts, frame.time_base = round(at * 60_000), Fraction(1, 60_000)
            container.mux(video.encode(frame))
        container.mux(video.encode())
        sound = np.zeros(SECONDS * 48_000, np.int16)
        for start in (round(at * 48_000) for at in begins):
            sound[start : start + 960] = (20_000 * np.sin(np.arange(960) * 0.26)).astype(np.int16)
        for start in range(0, len(sound), 960):
            heard = av.AudioFrame.from_ndarray(sound[start : start + 960].reshape(1, -1), format="s16", layout="mono")
            heard.sample_rate, heard.pts, heard.time_base = 48_000, start, Fraction(1, 48_000)
            container.mux(audio.encode(heard))
        container.mux(audio.encode())
    return path


def spread(shots: int) -> list[tuple[int, int, int]]:
    """Cuts of so many shots, each with one flash in it, from all over the source and not in its order."""
    if shots == 1:
        return [(0, 5, 20 * FPS)]
    length = 15
    seconds = [(7 * number) % (SECONDS - 1) for number in range(shots)]
    return [(0, second * FPS + 7 + number % 3, length) for number, second in enumerate(seconds)]


@pytest.mark.slow
@pytest.mark.parametrize("shots", [1, 10, 50])
def test_every_clap_is_within_a_frame_of_its_flash(source: Path, shots: int, render: Render) -> None:
    cuts = spread(shots)
    plan = plan_of([source_of(source, duration_ms=SECONDS * 1000)], cuts, width_px=54, height_px=96)
    clip = render(plan, source)
    lit, sounds = claps(clip.path(clip.video))
    flashes = [at for number, at in enumerate(lit) if not number or at - lit[number - 1] > 1.5 / FPS]
    assert len(flashes) == len(sounds) == (20 if shots == 1 else shots)
    assert max(abs(flash - sound) for flash, sound in zip(flashes, sounds, strict=True)) <= 1 / FPS
