"""Photos in a clip: drawn once, shown for as long as the shot lasts, and the window moves over them without a step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from editai.models import File, Plan, Source, Transition, finished
from editai.render import ffmpeg, graph
from tests.render.conftest import drawn, keys, numbered, plan_of, source_of, with_shots

WIDTH, HEIGHT = 1200, 900
SPOT = (640.5, 430.5)

REST = keys((0, 350, 0, 506.25, 900))
PUSH = keys((0, 350, 0, 506.25, 900), (39, 375, 36, 468, 832))
PAN = keys((0, 350, 0, 506.25, 900), (39, 370, 0, 506.25, 900))


def spotted() -> Image.Image:
    """A soft bright spot on grey."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    luma = 60 + 150 * np.exp(-((columns - SPOT[0]) ** 2 + (rows - SPOT[1]) ** 2) / 800)
    return Image.fromarray(luma.round().astype(np.uint8)).convert("RGB")


def photo(path: Path, **changes: Any) -> Source:
    """What the footage stage would say of it."""
    with Image.open(path) as image:
        width, height = image.size
    told: dict[str, Any] = {
        "file": File.of(path), "stream": 0, "duration_ms": 8000, "width_px": width, "height_px": height, "rotation": 0,
        "fps": 25.0, "codec": "", "has_sound": False, "still": True,
    }  # fmt: skip
    return Source(**told | changes)


def shown(source: Source, crops: Any, frames: int = 40) -> Plan:
    return with_shots(plan_of([source], [(0, 0, frames)], tracks=()), {"crops": crops})


@pytest.fixture
def spot(tmp_path: Path) -> Path:
    path = tmp_path / "spot.jpg"
    spotted().save(path, quality=95)
    return path


def spots(frames: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """The middle of the spot in every frame, to a fraction of a pixel."""
    weights = np.clip(frames.astype(np.float64) - 90, 0, None)
    rows, columns = np.mgrid[: frames.shape[1], : frames.shape[2]] + 0.5
    total = weights.sum(axis=(1, 2))
    return np.stack([(weights * columns).sum(axis=(1, 2)) / total, (weights * rows).sum(axis=(1, 2)) / total], axis=1)


def test_a_photo_stands_still_for_as_long_as_its_shot(tmp_path: Path, spot: Path) -> None:
    clip = drawn(shown(photo(spot), REST, 90), tmp_path, spot)

    assert clip.shape == (90, 480, 270)
    assert all(np.array_equal(frame, clip[0]) for frame in clip)


@pytest.mark.parametrize("crops", [PUSH, PAN], ids=["push-in", "pan"])
def test_a_window_moves_over_a_photo_without_steps(tmp_path: Path, spot: Path, crops: Any) -> None:
    seen = spots(drawn(shown(photo(spot), crops), tmp_path, spot))

    x, y, width, height = (
        np.interp(np.arange(40), [0, 39], [getattr(key.crop, side) for key in crops])
        for side in ("x", "y", "width", "height")
    )
    meant = np.stack([(SPOT[0] - x) / width * 270, (SPOT[1] - y) / height * 480], axis=1)
    assert seen == pytest.approx(meant, abs=0.6)
    assert np.abs(np.diff(seen, axis=0) - np.diff(meant, axis=0)).max() < 0.3


def test_a_photo_is_decoded_once(tmp_path: Path, spot: Path) -> None:
    plan = shown(photo(spot), PUSH)
    sources, cuts = graph.opened(plan, {File.of(spot).sha256: spot}), graph.takes(plan)
    arguments = [*graph.inputs(plan, cuts, sources), *graph.written(graph.joined(plan, cuts, sources), tmp_path)]

    log = finished(ffmpeg.run([*arguments, "-map", "[shots]", "-f", "null", "-"], tmp_path, limit_s=60))

    assert "; 1 frames decoded" in log


def test_a_frame_of_a_photo_is_the_same_by_itself(tmp_path: Path, spot: Path) -> None:
    plan = shown(photo(spot), PUSH)
    sources, cuts = graph.opened(plan, {File.of(spot).sha256: spot}), [graph.take_at(plan, 17)]
    arguments = [*graph.inputs(plan, cuts, sources), *graph.written(graph.chains(plan, cuts, sources), tmp_path)]
    finished(ffmpeg.run([*arguments, "-map", "[s0]", "-f", "rawvideo", "one.yuv"], tmp_path, limit_s=60))

    alone = np.fromfile(tmp_path / "one.yuv", np.uint8)[: 270 * 480].reshape(480, 270)

    assert np.array_equal(alone, drawn(plan, tmp_path, spot)[17])


@pytest.mark.parametrize(("name", "mode"), [("a.png", "RGBA"), ("b.png", "P"), ("c.png", "LA"), ("d.webp", "RGBA")])
def test_what_is_see_through_is_white(tmp_path: Path, name: str, mode: str) -> None:
    image = Image.new("RGBA", (480, 270), (0, 0, 0, 0))
    image.paste((40, 40, 40, 255), (200, 100, 280, 180))
    image.convert(mode).save(tmp_path / name)
    source = photo(tmp_path / name)

    (frame,) = drawn(shown(source, keys((0, 164, 0, 151.875, 270)), 1), tmp_path, tmp_path / name)

    assert frame[100].min() >= 233
    assert frame[240, 135] < 60


def test_a_photo_that_was_taken_upright_stands_upright(tmp_path: Path) -> None:
    image, exif = Image.new("RGB", (480, 270), (40, 40, 40)), Image.Exif()
    image.paste((230, 230, 230), (0, 0, 480, 60))  # at the top as stored: at the right when turned clockwise
    exif[0x0112] = 6
    image.save(tmp_path / "upright.jpg", exif=exif)
    source = photo(tmp_path / "upright.jpg", width_px=270, height_px=480, rotation=270)

    (frame,) = drawn(shown(source, keys((0, 0, 0, 270, 480)), 1), tmp_path, tmp_path / "upright.jpg")

    assert frame[:, 220:].min() > 180
    assert frame[:, :200].max() < 80


def test_colours_of_a_photo_come_out_as_they_were(tmp_path: Path) -> None:
    for name in ("green.jpg", "green.png", "green.webp"):
        Image.new("RGB", (480, 270), (0x20, 0xC0, 0x40)).save(tmp_path / name)
        plan = shown(photo(tmp_path / name), keys((0, 164, 0, 151.875, 270)), 1)

        (frame,) = drawn(plan, tmp_path, tmp_path / name)

        luma = 16 + 219 * (0.2126 * 0x20 + 0.7152 * 0xC0 + 0.0722 * 0x40) / 255
        assert frame.mean() == pytest.approx(luma, abs=3)


def test_a_name_like_a_numbered_series_is_one_photo(tmp_path: Path, spot: Path) -> None:
    path = spot.rename(tmp_path / "it's IMG%03d: [1].jpg")
    (tmp_path / "it's IMG001: [1].jpg").write_bytes(b"another")

    clip = drawn(shown(photo(path), REST, 3), tmp_path, path)

    assert len(clip) == 3


def test_photos_and_videos_are_joined_alike(tmp_path: Path, spot: Path) -> None:
    counted = numbered(tmp_path / "counted.mp4", 60)
    plan = plan_of([photo(spot), source_of(counted)], [(0, 0, 20), (1, 5, 20), (0, 0, 20)], tracks=())
    fade = {"joint": Transition(kind="fade", frames=6)}

    clip = drawn(with_shots(plan, {"crops": PUSH}, fade, fade | {"crops": PAN}), tmp_path, spot, counted)

    assert len(clip) == 60
