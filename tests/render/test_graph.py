"""The filter graph: where the window lies at every frame, and what is shown around a crop of another shape."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from editai.models import CropKey, File, Plan, finished
from editai.render import ffmpeg, framing, graph
from tests import sources
from tests.render.conftest import drawn, keys, plan_of, source_of, with_shots

Ffmpeg = Callable[..., None]
Keys = tuple[CropKey, ...]
Luma = npt.NDArray[np.uint8]

SPOT = (240.5, 120.5)
"""The middle of the spot in the pictures here, which are 480x270."""

PAN = keys((0, 130, 0, 151.875, 270), (39, 190, 0, 151.875, 270))
CREEP = keys((0, 164, 0, 151.875, 270), (39, 169, 0, 151.875, 270))
PUSH = keys((0, 164, 0, 151.875, 270), (39, 172, 14, 136.125, 242))
WALK = keys((3, 120, 0, 144, 256), (10, 150, 4, 144, 256), (22, 190, 14, 120, 213.33), (23, 188, 13, 121, 215.11),
            (34, 160, 2, 150, 266.67))  # fmt: skip
HALF = keys((0, 100, 0, 240, 270), (39, 160, 0, 240, 270))


@pytest.fixture(scope="module")
def spot(tmp_path_factory: pytest.TempPathFactory, ffmpeg: Ffmpeg) -> Path:
    """Two seconds of a soft bright spot on grey that stands still."""
    path = tmp_path_factory.mktemp("spot") / "spot.mp4"
    form = f"60+150*exp(-((X-{SPOT[0] - 0.5})^2+(Y-{SPOT[1] - 0.5})^2)/128)"
    ffmpeg(
        *("-f", "lavfi", "-i", "color=gray:s=480x270:r=30:d=0.03", "-vf"),
        f"geq=lum='{form}':cb=128:cr=128,loop=59:size=1,setpts=N/30/TB,"
        "setparams=colorspace=bt709:range=tv,format=yuv420p",
        *("-r", "30", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "6", path),
    )
    return path


def moved(path: Path, crops: Keys, frames: int = 40, **changes: Any) -> Plan:
    """One shot of the spot, seen through this window."""
    plan = plan_of([source_of(path)], [(0, 5, frames)], tracks=(), **changes)
    return with_shots(plan, {"crops": crops})


def spots(frames: Luma) -> npt.NDArray[np.float64]:
    """The middle of the spot in every frame, to a fraction of a pixel."""
    weights = np.clip(frames.astype(np.float64) - 80, 0, None)
    rows, columns = np.mgrid[: frames.shape[1], : frames.shape[2]] + 0.5
    total = weights.sum(axis=(1, 2))
    return np.stack([(weights * columns).sum(axis=(1, 2)) / total, (weights * rows).sum(axis=(1, 2)) / total], axis=1)


def wanted(crops: Keys, frames: int, size: tuple[float, float]) -> npt.NDArray[np.float64]:
    """Where the spot must be by the plan: the window lies evenly between the keys on either side of the frame."""
    at = [key.frame for key in crops]
    x, y, width, height = (
        np.interp(np.arange(frames), at, [getattr(key.crop, side) for key in crops])
        for side in ("x", "y", "width", "height")
    )
    return np.stack([(SPOT[0] - x) / width * size[0], (SPOT[1] - y) / height * size[1]], axis=1)


# ── the window ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("crops", [PAN, CREEP, PUSH, WALK], ids=["pan", "creep", "push-in", "five keys"])
def test_the_window_is_where_the_keys_on_either_side_of_the_frame_put_it(
    tmp_path: Path, spot: Path, crops: Keys
) -> None:
    seen = spots(drawn(moved(spot, crops), tmp_path, spot))

    assert len(seen) == 40
    assert seen == pytest.approx(wanted(crops, 40, (270, 480)), abs=0.6)


@pytest.mark.parametrize("crops", [CREEP, PUSH], ids=["pan", "push-in"])
def test_a_slow_window_moves_by_less_than_a_pixel_and_without_steps(tmp_path: Path, spot: Path, crops: Keys) -> None:
    seen = spots(drawn(moved(spot, crops), tmp_path, spot))

    steps, meant = np.diff(seen, axis=0), np.diff(wanted(crops, 40, (270, 480)), axis=0)
    assert np.abs(steps - meant).max() < 0.4


def test_a_window_may_have_a_key_at_every_frame(tmp_path: Path, spot: Path) -> None:
    way = [150 + 20 * np.sin(frame / 7) for frame in range(300)]
    crops = keys(*((frame, float(x), 0, 151.875, 270) for frame, x in enumerate(way)))
    plan = plan_of([source_of(spot)], [(0, 0, 300, 0.1)], tracks=())

    seen = spots(drawn(with_shots(plan, {"crops": crops}), tmp_path, spot))

    assert seen == pytest.approx(wanted(crops, 300, (270, 480)), abs=0.6)


def test_a_window_rests_before_its_first_key_and_after_its_last(tmp_path: Path, spot: Path) -> None:
    crops = keys((5, 150, 0, 144, 256), (9, 170, 14, 120, 213.33))

    clip = drawn(moved(spot, crops, 15), tmp_path, spot)

    assert all(np.array_equal(frame, clip[5]) for frame in clip[:5])
    assert all(np.array_equal(frame, clip[9]) for frame in clip[10:])


def test_a_window_moves_alike_over_pixels_that_are_not_square(tmp_path: Path, spot: Path, ffmpeg: Ffmpeg) -> None:
    path = tmp_path / "narrow.mp4"
    ffmpeg("-i", spot, "-vf", "scale=360:270,setsar=4/3", "-c:v", "libx264", "-crf", "6", path)
    plan = moved(path, WALK)
    source = plan.sources[0].model_copy(update={"width_px": 480})

    seen = spots(drawn(plan.model_copy(update={"sources": (source,)}), tmp_path, path))

    assert seen == pytest.approx(wanted(WALK, 40, (270, 480)), abs=0.8)


def test_a_window_moves_alike_over_a_picture_with_a_rotation_flag(tmp_path: Path, spot: Path, ffmpeg: Ffmpeg) -> None:
    lying = tmp_path / "lying.mp4"
    ffmpeg("-i", spot, "-vf", "transpose=clock", "-c:v", "libx264", "-crf", "6", lying)  # 90 is counter-clockwise
    path = sources.rotated(ffmpeg, lying, tmp_path / "upright.mp4", 90)
    plan = moved(path, WALK)
    source = plan.sources[0].model_copy(update={"width_px": 480, "height_px": 270, "rotation": 90})

    seen = spots(drawn(plan.model_copy(update={"sources": (source,)}), tmp_path, path))

    assert seen == pytest.approx(wanted(WALK, 40, (270, 480)), abs=0.8)


def test_a_small_copy_of_the_plan_is_framed_alike(tmp_path: Path, spot: Path) -> None:
    small = spots(drawn(moved(spot, WALK, width_px=68, height_px=120), tmp_path, spot))

    assert small == pytest.approx(wanted(WALK, 40, (68, 120)), abs=0.6)


@pytest.mark.parametrize("crops", [PAN, PUSH, WALK], ids=["pan", "push-in", "five keys"])
@pytest.mark.parametrize("on_blur", [False, True], ids=["filling", "on blur"])
def test_a_single_frame_is_the_same_picture_as_in_the_clip(
    tmp_path: Path, spot: Path, crops: Keys, on_blur: bool
) -> None:
    plan = with_shots(moved(spot, crops, height_px=360), {"on_blur": on_blur})

    clip = drawn(plan, tmp_path, spot)

    assert all(np.array_equal(alone(plan, frame, tmp_path, spot), clip[frame]) for frame in (0, 17, 39))


def alone(plan: Plan, frame: int, work: Path, path: Path) -> Luma:
    """One frame of the clip, drawn by itself."""
    opened, cuts = graph.opened(plan, {File.of(path).sha256: path}), [graph.take_at(plan, frame)]
    arguments = [*graph.inputs(plan, cuts, opened), *graph.written(graph.chains(plan, cuts, opened), work)]
    finished(ffmpeg.run([*arguments, "-map", "[s0]", "-f", "rawvideo", "one.yuv"], work, limit_s=60))
    data = np.fromfile(work / "one.yuv", np.uint8)
    assert len(data) == plan.width_px * plan.height_px * 3 // 2
    return data[: plan.width_px * plan.height_px].reshape(plan.height_px, plan.width_px)


# ── a crop of another shape ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("crops", [keys((0, 100, 0, 240, 270)), HALF], ids=["resting", "moving"])
def test_a_crop_on_blur_stands_whole_in_the_middle(tmp_path: Path, spot: Path, crops: Keys) -> None:
    plan = with_shots(moved(spot, crops), {"on_blur": True})

    clip = drawn(plan, tmp_path, spot)

    height = 270 / 240 * 270  # as wide as the clip
    top = (480 - height) / 2
    inside = clip[:, int(top) + 2 : int(top + height) - 2]
    assert clip.shape == (40, 480, 270)
    assert spots(inside) == pytest.approx(wanted(crops, 40, (270, height)) - [0, 2 + top % 1], abs=1.2)


@pytest.mark.parametrize("size", [(270, 480), (480, 270)], ids=["above and below", "left and right"])
def test_what_is_around_a_crop_is_a_darker_blurred_copy_of_it_and_no_black_bar(
    tmp_path: Path, ffmpeg: Ffmpeg, size: tuple[int, int]
) -> None:
    path = tmp_path / "stripes.mp4"
    stripes = "geq=lum='if(lt(mod(X+Y,8),4),160,80)':cb=100:cr=140"
    ffmpeg("-f", "lavfi", "-i", "color=gray:s=400x400:r=30:d=0.2", "-vf", stripes, "-c:v", "libx264", "-crf", "6", path)
    plan = moved(path, keys((0, 0, 0, 400, 400)), 3, width_px=size[0], height_px=size[1])

    frame = drawn(with_shots(plan, {"on_blur": True}), tmp_path, path)[1].astype(np.float64)

    upright = frame if size[0] < size[1] else frame.T
    above, middle, below = upright[:100], upright[110:370], upright[380:]
    assert middle.std() > 20
    for around in (above, below):
        assert around.std() < 4
        assert 60 < around.mean() < middle.mean() - 10


def test_a_crop_on_blur_that_has_the_clips_shape_is_all_there_is(tmp_path: Path, spot: Path) -> None:
    plan = moved(spot, keys((0, 164, 0, 151.875, 270)), 2)

    filled = drawn(with_shots(plan, {"on_blur": True}), tmp_path, spot)

    assert np.array_equal(filled, drawn(plan, tmp_path, spot))


def test_crops_of_several_shapes_on_blur_are_all_shown_whole() -> None:
    crops = keys((0, 0, 0, 480, 270), (4, 400, 100, 40, 80))

    widened, _ = framing.whole(crops, (480, 270), (270, 480))

    assert all(
        window.x <= crop.x + 1e-6
        and window.y <= crop.y + 1e-6
        and window.x + window.width >= crop.x + crop.width - 1e-6
        and window.y + window.height >= crop.y + crop.height - 1e-6
        for window, crop in zip(framing.path(widened), framing.path(crops), strict=True)
    )


# ── two half pictures ────────────────────────────────────────────────────────────────────────────────────────────


def test_half_pictures_are_made_whole_before_they_are_shown(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    path = tmp_path / "combed.mp4"
    bar = "geq=lum='if(between(mod(X-N*6,480),100,160),220,40)':cb=128:cr=128"
    ffmpeg(
        *("-f", "lavfi", "-i", "color=gray:s=480x272:r=60:d=1", "-vf", f"{bar},interlace=lowpass=off"),
        *("-c:v", "libx264", "-crf", "6", "-flags", "+ilme+ildct", path),
    )
    plan = moved(path, keys((0, 60, 0, 151.875, 270)), 10)

    combed = drawn(plan, tmp_path, path)
    source = plan.sources[0].model_copy(update={"interlaced": True})
    clean = drawn(plan.model_copy(update={"sources": (source,)}), tmp_path, path)

    assert len(clean) == 10
    assert teeth(combed) > 3 * teeth(clean)


def teeth(frames: Luma) -> float:
    """How much a row differs from the mean of its neighbours."""
    rows = frames.astype(np.float64)
    return float(np.abs(rows[:, 1:-1] - (rows[:, :-2] + rows[:, 2:]) / 2).mean())
