"""A still is the frame of the clip, also in the middle of what moves: that is what previews of captions are made of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from editai import captions, render
from editai.models import Films, finished
from tests.captions.drawing import cue
from tests.conftest import BOX
from tests.render.conftest import plan_of, source_of
from tests.render.test_preview import frames

ROWS = slice(460, 680)
"""Where captions stand in a picture of 540x960."""

AT = (4, 8, 13, 22)
"""Frames: while the first word comes, before it is over, while the next one comes, and when all are said."""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["karaoke", "pop", "typewriter", "highlighter", "minimal"])
def test_a_still_is_the_clips_frame_also_while_captions_move(name: str, tmp_path: Path) -> None:
    lines = cue("hot 🔥", "شاي tea", each=6)
    plan = plan_of(
        [source_of(BOX)], [(0, 60, 30)], width_px=540, height_px=960, style=captions.style(name), cues=(lines,),
        quality="high",
    )  # fmt: skip
    files = {plan.sources[0].file.sha256: BOX}
    folders = [tmp_path / each for each in ("sound", "picture", *map(str, AT))]
    for folder in folders:
        folder.mkdir()
    words = captions.write(plan)
    mix = finished(render.mix(plan, files, folders[0]))
    clip = finished(render.draw(plan, words, mix, Films(films=()), files, folders[1]))
    drawn = [frame[ROWS, :, ::-1].astype(np.int16) for frame in frames(clip.path(clip.video))]
    for at, folder in zip(AT, folders[2:], strict=True):
        path = finished(render.still(plan.model_copy(update={"poster_frame": at}), words, files, folder))
        still = pixels(path)[ROWS]
        apart = [np.abs(frame - still).mean() for frame in drawn]
        assert apart[at] < min(3.0, min(apart) + 0.2), name
        letters = np.abs(drawn[at] - drawn[27]).max(axis=2) > 100  # afterwards there are none
        assert letters.sum() > 200
        assert np.abs(drawn[at] - still)[letters].mean() * 4 < np.abs(drawn[27] - still)[letters].mean()


def pixels(path: Path) -> npt.NDArray[np.int16]:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"), np.int16)
