"""The preview: the same plan through the same graph, a quarter of the size each way, and soon."""

from __future__ import annotations

from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from editai import captions, formats, render
from editai.models import (
    Crop,
    CropKey,
    Cue,
    CueWord,
    File,
    Films,
    Format,
    Insert,
    Picture,
    Plan,
    Preview,
    Shot,
    Transition,
    finished,
)
from tests.conftest import BOX
from tests.render.conftest import plan_of, source_of

LOOKED_AT = {
    "the title comes": (4, 33.0),
    "a caption": (20, 31.0),
    "a joint": (33, 31.0),
    "the price": (45, 29.0),
    "on blur": (58, 25.5),
    "the end card": (80, 36.0),
}
"""Frames, and how like the clip's, made as small, the preview's has to be (peak signal-to-noise ratio in dB).

Measured: with the captions gone or 4 of 480 pixels lower, or the inserts gone or 4 pixels aside, a frame that shows
them loses 2 to 20 dB more than there is room for here; with all of it a pixel aside each loses 3 to 12. On blur the
strips are laid on even pixels, which costs some dB."""


def made(shape: Format, work: Path) -> tuple[Plan, Picture, Preview]:
    """A plan with everything in it, drawn small and large."""
    source, size = source_of(BOX), formats.shape(shape)
    width = min(source.width_px, source.height_px * size.aspect)
    tall = [Crop(x=x, y=0, width=width, height=width / size.aspect) for x in (40.0, 100.0)]
    pan = tuple(CropKey(frame=29 * at, crop=crop.model_copy(update={"x": min(crop.x, source.width_px - width)}))
                for at, crop in enumerate(tall))  # fmt: skip
    whole = CropKey(frame=0, crop=Crop(x=0, y=0, width=source.width_px, height=source.height_px))
    shots = (
        Shot(source=0, source_in=60, frames=30, crops=pan),
        Shot(source=0, source_in=200, frames=20, crops=pan[:1], joint=Transition(kind="slide", frames=8)),
        Shot(source=0, source_in=300, frames=40, crops=(whole,), on_blur=True, joint=Transition(kind="fade", frames=6)),
    )
    words = tuple(CueWord(text=text, start=10 + 10 * at, end=20 + 10 * at) for at, text in enumerate(("Crisp", "tea")))
    logo = work / "logo.png"
    Image.effect_mandelbrot((400, 160), (-2, -1, 1, 1), 90).convert("RGBA").save(logo)
    inserts = (
        Insert(role="title", text="Twenty-four biscuits", start=0, end=24),
        Insert(role="badge", text="$12.90", start=36, end=66),
        Insert(role="end_card", text="Shop now", detail="Alpina box · $12.90", start=66, end=90, file=File.of(logo)),
        Insert(role="logo", start=0, end=66, file=File.of(logo), place="bottom_right"),
    )
    plan = plan_of([source], [(0, 0, 90)], tracks=()).model_copy(
        update={
            "width_px": size.width_px, "height_px": size.height_px, "shots": shots, "inserts": inserts,
            "cues": (Cue(lines=(words,), start=10, end=60),),
        }
    )  # fmt: skip
    files = {File.of(path).sha256: path for path in (BOX, logo)}
    folders = [work / name for name in ("sound", "inserts", "preview", "picture")]
    for folder in folders:
        folder.mkdir()
    mix = finished(render.mix(plan, files, folders[0]))
    films: Films = finished(render.draw_inserts(plan, files, folders[1]))
    words_drawn = captions.write(plan)
    small = finished(render.preview(plan, words_drawn, mix, films, files, folders[2]))
    return plan, finished(render.draw(plan, words_drawn, mix, films, files, folders[3])), small


@pytest.fixture(scope="module")
def upright(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, Picture, Preview]:
    return made("9:16", tmp_path_factory.mktemp("upright"))


def frames(path: Path) -> list[npt.NDArray[np.uint8]]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="bgr24").astype(np.uint8) for frame in container.decode(video=0)]


def alike_db(clip: npt.NDArray[np.uint8], small: npt.NDArray[np.uint8]) -> float:
    """The peak signal-to-noise ratio of a small frame against a large one made as small."""
    height, width = small.shape[:2]
    return float(cv2.PSNR(cv2.resize(clip, (width, height), interpolation=cv2.INTER_AREA), small))


@pytest.mark.slow
def test_a_frame_of_the_preview_is_the_clips_made_small(upright: tuple[Plan, Picture, Preview]) -> None:
    _, clip, small = upright
    large, little = frames(clip.path(clip.video)), frames(small.path(small.video))

    found = {what: (alike_db(large[at], little[at]), least) for what, (at, least) in LOOKED_AT.items()}

    assert len(little) == len(large)
    assert {what: round(db, 1) for what, (db, least) in found.items() if db < least} == {}


@pytest.mark.slow
def test_the_preview_is_small_and_has_the_clips_length_and_sound(upright: tuple[Plan, Picture, Preview]) -> None:
    _, clip, small = upright
    with av.open(str(small.path(small.video))) as little, av.open(str(clip.path(clip.video))) as large:
        picture = little.streams.video[0]
        assert (picture.width, picture.height, picture.codec_context.pix_fmt) == (270, 480, "yuv420p")
        assert (picture.frames, float(picture.average_rate or 0)) == (90, 30.0)
        sounds = [[bytes(packet) for packet in each.demux(audio=0)] for each in (little, large)]
    assert sounds[0] == sounds[1]
    assert small.video.bytes < clip.video.bytes / 4


@pytest.mark.slow
def test_nothing_but_the_preview_is_left(upright: tuple[Plan, Picture, Preview]) -> None:
    small = upright[2]
    assert [path.name for path in small.folder.iterdir()] == [small.video.name]


@pytest.mark.slow
def test_a_clip_whose_quarter_is_odd_has_a_preview_too(tmp_path: Path) -> None:
    _, clip, small = made("4:5", tmp_path)
    large, little = frames(clip.path(clip.video)), frames(small.path(small.video))
    assert little[0].shape == (338, 270, 3)  # of 1350
    assert alike_db(large[45], little[45]) > LOOKED_AT["the price"][1]
