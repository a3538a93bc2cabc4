"""Joints: what a fade and a slide show at each frame, and that not a frame is lost or won by them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest

from editai.models import Plan, Transition
from editai.render import feed, graph
from tests.render.conftest import Render, drawn, numbered, numbers, plan_of, source_of, with_shots

Ffmpeg = Callable[..., None]

DARK, BRIGHT = 60, 200


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, ffmpeg: Ffmpeg) -> tuple[Path, Path]:
    """Two seconds of dark grey, two of bright."""
    folder = tmp_path_factory.mktemp("plain")
    for luma in (DARK, BRIGHT):
        even = f"geq=lum={luma}:cb=128:cr=128,setparams=colorspace=bt709:range=tv,format=yuv420p"
        source = ("-f", "lavfi", "-i", "color=gray:s=480x270:r=30:d=2", "-vf", even)
        ffmpeg(*source, "-c:v", "libx264", "-preset", "ultrafast", "-crf", "4", folder / f"{luma}.mp4")
    return folder / f"{DARK}.mp4", folder / f"{BRIGHT}.mp4"


def joint(kind: Literal["fade", "slide"], frames: int) -> dict[str, Any]:
    return {"joint": Transition(kind=kind, frames=frames)}


def dark_then_bright(plain: tuple[Path, Path], bright: dict[str, Any], frames: tuple[int, int] = (20, 20)) -> Plan:
    plan = plan_of([source_of(path) for path in plain], [(0, 5, frames[0]), (1, 5, frames[1])], tracks=())
    return with_shots(plan, {}, bright)


def test_a_fade_mixes_evenly_over_its_frames(tmp_path: Path, plain: tuple[Path, Path]) -> None:
    clip = drawn(dark_then_bright(plain, joint("fade", 9)), tmp_path, *plain)

    mixes = [0.0] * 20 + [(frame + 1) / 10 for frame in range(9)] + [1.0] * 11
    assert clip.mean(axis=(1, 2)) == pytest.approx([DARK + (BRIGHT - DARK) * mix for mix in mixes], abs=2)
    assert clip.std(axis=(1, 2)).max() < 1


def test_a_slide_pushes_the_one_out_with_the_other(tmp_path: Path, plain: tuple[Path, Path]) -> None:
    clip = drawn(dark_then_bright(plain, joint("slide", 9)), tmp_path, *plain)

    ways = [(frame + 1) / 10 for frame in range(9)]
    lefts = [270] * 20 + [270 * (1 - way * way * (3 - 2 * way)) for way in ways] + [0] * 11
    seam = (clip < 130).all(axis=1).sum(axis=1)
    assert seam == pytest.approx(lefts, abs=2)
    assert all((frame[:, :left] < 130).all() for frame, left in zip(clip, seam, strict=True))


def test_what_goes_on_beneath_moves_on(tmp_path: Path, ffmpeg: Ffmpeg, plain: tuple[Path, Path]) -> None:
    counted = numbered(tmp_path / "counted.mp4", 60)
    cuts = [(0, 10, 12), (1, 0, 12)]
    plan = plan_of([source_of(counted), source_of(plain[1])], cuts, tracks=())

    with_fade = drawn(with_shots(plan, {}, joint("fade", 5)), tmp_path, counted, plain[1]).astype(np.float64)
    beneath = drawn(plan_of([source_of(counted)], [(0, 22, 5)], tracks=()), tmp_path, counted)

    for frame in range(5):
        mix = (frame + 1) / 6
        assert np.abs(with_fade[12 + frame] - (beneath[frame] * (1 - mix) + BRIGHT * mix)).mean() < 2


def test_where_the_source_ends_at_the_joint_its_last_frame_goes_on(tmp_path: Path, plain: tuple[Path, Path]) -> None:
    plan = plan_of([source_of(path) for path in plain], [(0, 40, 20), (1, 0, 20)], tracks=())

    clip = drawn(with_shots(plan, {}, joint("fade", 9)), tmp_path, *plain)

    assert len(clip) == 40
    assert clip[25].mean() == pytest.approx(DARK + (BRIGHT - DARK) * 6 / 10, abs=2)


def test_a_joint_is_never_longer_than_its_shot(tmp_path: Path, plain: tuple[Path, Path]) -> None:
    clip = drawn(dark_then_bright(plain, joint("fade", 9), (20, 4)), tmp_path, *plain)

    mixes = [(frame + 1) / 5 for frame in range(4)]
    assert clip.mean(axis=(1, 2))[20:] == pytest.approx([DARK + (BRIGHT - DARK) * mix for mix in mixes], abs=2)


def test_a_joint_of_the_first_shot_is_a_cut(tmp_path: Path, plain: tuple[Path, Path]) -> None:
    plan = with_shots(dark_then_bright(plain, {}), joint("fade", 9), {})

    assert np.array_equal(drawn(plan, tmp_path, *plain), drawn(dark_then_bright(plain, {}), tmp_path, *plain))


def in_a_row(path: Path, shots: int, frames: int = 7) -> Plan:
    """So many shots of a numbered source, every second one cut, the others faded or pushed."""
    plan = plan_of([source_of(path)], [(0, (index * 7) % 40, frames) for index in range(shots)], tracks=())
    ways: list[dict[str, Any]] = [{}, joint("fade", 3), {}, joint("slide", 4)]
    return with_shots(plan, *(ways[index % 4] for index in range(shots)))


@pytest.mark.parametrize("shots", [1, 9, 20, 50])
def test_joints_change_no_frame_outside_of_themselves(tmp_path: Path, shots: int) -> None:
    path = numbered(tmp_path / "counted.mp4", 60)
    plan = in_a_row(path, shots)

    clip = drawn(plan, tmp_path, path)

    cut = drawn(with_shots(plan, *({"joint": None} for _ in range(shots))), tmp_path, path)
    lengths = [graph.takes(plan, 0, shots)[index].joining for index in range(shots)]
    untouched = [7 * index + frame for index in range(shots) for frame in range(lengths[index], 7)]
    assert len(clip) == 7 * shots
    assert np.array_equal(clip[untouched], cut[untouched])


def test_one_frame_between_two_joints_is_not_lost(tmp_path: Path) -> None:
    path = numbered(tmp_path / "counted.mp4", 60)
    plan = plan_of([source_of(path)], [(0, 4 * index, 5) for index in range(12)], tracks=())

    assert len(drawn(with_shots(plan, *[joint("fade", 4)] * 12), tmp_path, path)) == 60


def test_a_joint_between_two_groups_is_like_any_other(
    tmp_path: Path, plain: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = dark_then_bright(plain, joint("fade", 9))
    together = drawn(plan, tmp_path, *plain)

    monkeypatch.setattr(feed, "AT_ONCE", 1)

    assert np.array_equal(drawn(plan, tmp_path, *plain), together)


def test_never_more_than_ten_inputs_are_open(tmp_path: Path) -> None:
    plan = in_a_row(numbered(tmp_path / "counted.mp4", 60), 50)
    plan = with_shots(plan, *(joint("fade", 3) for _ in plan.shots))

    groups = [graph.takes(plan, first, last) for first, last in feed.groups(plan)]

    assert max(len(group) for group in groups) == feed.AT_ONCE + 1 <= 10
    assert sum(take.frames for group in groups for take in group if not take.hidden) == plan.frames


@pytest.mark.parametrize(("pixels", "still", "most"), [(3840 * 2160, False, 3), (4000 * 3000, True, feed.AT_ONCE)])
def test_of_large_sources_fewer_are_open(tmp_path: Path, pixels: int, still: bool, most: int) -> None:
    source = source_of(numbered(tmp_path / "counted.mp4", 60), width_px=pixels // 2000, height_px=2000, still=still)
    plan = plan_of([source], [(0, 0, 5)] * 20, tracks=())

    groups = feed.groups(plan)

    assert max(last - first for first, last in groups) == most
    assert [number for first, last in groups for number in range(first, last)] == [*range(20)]


@pytest.mark.slow
def test_a_clip_with_joints_has_the_plans_frames_and_the_same_bytes_again(tmp_path: Path, render: Render) -> None:
    path = numbered(tmp_path / "counted.mp4", 60)
    plan = in_a_row(path, 20)

    first, second = render(plan, path), render(plan, path)

    assert len(numbers(first.path(first.video))) == 140
    assert first.video == second.video
