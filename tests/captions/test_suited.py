"""Captions that suit the picture, measured in the frames that the renderer draws, and in footage as it was seen."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import cv2
import numpy as np
import pytest
from PIL import Image

from editai import captions, footage, formats, plan, render
from editai.behind import overlap
from editai.captions.layout import block
from editai.contrast import CHANNELS, ENOUGH, linear
from editai.models import BrandKit, CaptionStyle, File, Footage, Format, Plan, finished
from tests.conftest import BOX, MEDIA
from tests.plan.conftest import brief, narration

from .drawing import Pixels

Ffmpeg = Callable[..., None]
MINIMAL, BOLD = captions.style("minimal"), captions.style("bold")
STROKE = 8
"""Pixels of a 1080x1920 picture that a stroke of the smallest letters is wide."""

LIGHT = np.array([linear(level / 255) for level in range(256)])


def seen_in(*paths: Path) -> Footage:
    files = tuple(File.of(path) for path in paths)
    return finished(footage.look(files, {file.sha256: path for file, path in zip(files, paths, strict=True)}))


def planned(seen: Footage, style: CaptionStyle, format_: Format = "9:16", **wishes: object) -> Plan:
    said = narration()
    cues = captions.make_cues(said, style, formats.shape(format_))
    wanted = brief(seen).model_copy(update={"format": format_, "price_badge": False, "hook_card": False} | wishes)
    return plan.make(wanted, seen, said, cues, style, BrandKit())


def frame(timeline: Plan, path: Path, work: Path) -> Pixels:
    """The frame in the middle of the third cue, as the renderer draws it."""
    cue = timeline.cues[2]
    shown = timeline.model_copy(update={"poster_frame": (cue.start + cue.end) // 2})
    folder = work / f"{len(list(work.iterdir()))}"
    folder.mkdir()
    still = finished(render.still(shown, captions.write(shown), {shown.sources[0].file.sha256: path}, folder))
    with Image.open(still) as picture:
        return np.asarray(picture.convert("RGB"))


def contrast_around(letters: Pixels, picture: Pixels) -> float:
    """The contrast of the letters with what is within a stroke's width of them, where it is least: of the median letter
    with the twentieth of its surroundings that is most like it."""
    near = cv2.distanceTransform((~letters).astype(np.uint8), cv2.DIST_L2, 5)
    light = LIGHT[picture] @ np.array(CHANNELS)
    around = (near > 2) & (near <= STROKE)
    ink = float(np.median(light[letters]))
    nearest = float(np.percentile(light[around], 95 if ink > 0.5 else 5))
    return (max(ink, nearest) + 0.05) / (min(ink, nearest) + 0.05)


@dataclass(frozen=True)
class Scene:
    path: Path
    seen: Footage


@pytest.fixture(scope="module")
def scenes(ffmpeg: Ffmpeg, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Scene]:
    """A film and a photo of a shop window that is all white, and of one that is all dark; the films have grain."""
    folder = tmp_path_factory.mktemp("scenes")
    made: dict[str, Scene] = {}
    for name, colour in {"white": "#fafafa", "dark": "#202428"}.items():
        film, photo = folder / f"{name}.mp4", folder / f"{name}.png"
        grain = f"color=c=0x{colour[1:]}:s=270x480:r=30:d=6,noise=alls=6:allf=t:all_seed=3"
        ffmpeg("-f", "lavfi", "-i", grain, "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "ultrafast", film)
        Image.new("RGB", (540, 960), colour).save(photo)
        made |= {name: Scene(film, seen_in(film)), f"{name} photo": Scene(photo, seen_in(photo))}
    return made


@pytest.mark.parametrize("name", ["white", "white photo"])
def test_minimal_captions_on_a_white_scene_can_be_read_in_the_picture(
    name: str, scenes: dict[str, Scene], tmp_path: Path, measured: Callable[[str], None]
) -> None:
    scene, dark = scenes[name], scenes["dark"]
    style, told = captions.suited(planned(scene.seen, MINIMAL), scene.seen)
    found = []
    for each in (MINIMAL, style):
        letters = frame(planned(dark.seen, each), dark.path, tmp_path).min(axis=2) > 225
        found.append(contrast_around(letters, frame(planned(scene.seen, each), scene.path, tmp_path)))
    measured(f"minimal on a {name} scene: contrast {found[0]:.1f}:1 as it is, {found[1]:.1f}:1 with its box")
    assert [each.slug for each in told] == ["captions_boxed"]
    assert found[0] < ENOUGH <= found[1]


@pytest.mark.parametrize("name", ["dark", "dark photo"])
def test_minimal_captions_on_a_dark_scene_stay_as_they_are(name: str, scenes: dict[str, Scene]) -> None:
    assert captions.suited(planned(scenes[name].seen, MINIMAL), scenes[name].seen) == (MINIMAL, ())


def test_every_style_that_brings_its_own_outline_or_box_is_as_it_was_on_white(scenes: dict[str, Scene]) -> None:
    seen = scenes["white"].seen
    changed = [each.name for each in captions.styles() if captions.suited(planned(seen, each), seen)[0] != each]
    assert changed == ["minimal"]


def test_captions_that_are_not_in_the_picture_need_nothing(scenes: dict[str, Scene]) -> None:
    seen = scenes["white"].seen
    assert captions.suited(planned(seen, MINIMAL, captions_burned=False), seen) == (MINIMAL, ())


LABELLED = {"box": BOX, "bunny": MEDIA / "bigbuckbunny.mp4", "tree": MEDIA / "trailer_tree.mp4"}


def on_subject(timeline: Plan, name: str) -> float:
    """What part of the captions lies on the subject as it was drawn by eye, on the average of the frames that were
    drawn and have a caption."""
    path = Path(__file__).parents[1] / "footage" / "boxes" / f"{name}.json"
    rows = {at: sides for at, *sides in json.loads(path.read_text("utf-8"))["boxes"]}
    shape, begin, shares = formats.of_plan(timeline), 0, []
    for shot in timeline.shots:
        for at in range(0, shot.frames, 3):
            ms = (shot.source_in + at * shot.speed) * 1000 / timeline.fps
            near = min(rows, key=lambda each: abs(each - ms))
            cue = next((cue for cue in timeline.cues if cue.start <= begin + at < cue.end), None)
            laid = block(cue, timeline.style, shape) if cue else None
            if laid is None or abs(near - ms) > 300:
                continue
            source, crop = timeline.sources[shot.source], shot.crop_at(at)
            scales = timeline.width_px / crop.width, timeline.height_px / crop.height
            scale = min(scales) if shot.on_blur else max(scales)  # on a fill the crop stands whole, in the middle
            middle = crop.x + crop.width / 2, crop.y + crop.height / 2
            left, right = (
                (side * source.width_px - middle[0]) * scale + timeline.width_px / 2 for side in rows[near][::2]
            )
            top, bottom = (
                (side * source.height_px - middle[1]) * scale + timeline.height_px / 2 for side in rows[near][1::2]
            )
            subject = max(0.0, left), max(0.0, top), min(timeline.width_px, right), min(timeline.height_px, bottom)
            shares.append(overlap((laid.left, laid.top, laid.right, laid.bottom), subject))
        begin += shot.frames
    return mean(shares)


@pytest.mark.parametrize(("name", "format_"), [("tree", "9:16"), ("tree", "1:1"), ("box", "16:9"), ("bunny", "1:1")])
def test_captions_move_off_a_labelled_subject(name: str, format_: Format, measured: Callable[[str], None]) -> None:
    seen = seen_in(LABELLED[name])
    timeline = planned(seen, BOLD, format_)
    style, told = captions.suited(timeline, seen)
    before, after = on_subject(timeline, name), on_subject(timeline.model_copy(update={"style": style}), name)
    measured(f"{name} {format_}: {before:.0%} of the captions on the subject at their usual place, {after:.0%} moved")
    assert [each.slug for each in told] == ["captions_moved"]
    assert after < 0.7 * before
