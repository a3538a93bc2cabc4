"""What is in the footage: cuts, good moments, and where the subject is; from one small decode."""

from __future__ import annotations

import itertools
from pathlib import Path
from statistics import mean

import cv2
import numpy as np
import pytest

from editai.containers import open_container
from editai.errors import InvalidInput
from editai.footage import fingerprint, look
from editai.models import File, Footage, Step
from tests import sources
from tests.footage.conftest import watch
from tests.sources import Ffmpeg


def test_cuts_are_found_to_the_frame(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    footage, _ = watch(sources.scenes(ffmpeg, tmp_path / "a.mp4", ["red", "green", "blue"], seconds=1.2))
    assert [(shot.start_ms, shot.end_ms) for shot in footage.shots] == [(0, 1200), (1200, 2400), (2400, 3600)]


def test_a_take_without_a_cut_is_one_shot(seen_box: Footage) -> None:
    assert [(shot.start_ms, shot.end_ms) for shot in seen_box.shots] == [(0, 15_184)]


def test_a_fade_through_black_belongs_to_no_shot(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    bright = sources.scenes(ffmpeg, tmp_path / "a.mp4", ["yellow", "cyan"], seconds=4)
    fades = "fade=out:st=3.6:d=0.4:enable='lt(t,4)',fade=in:st=4:d=0.4:enable='gte(t,4)'"
    ffmpeg("-i", bright, "-vf", fades, *sources.H264, tmp_path / "b.mp4")
    footage, _ = watch(tmp_path / "b.mp4")
    assert all(shot.end_ms <= 4000 or shot.start_ms >= 4000 for shot in footage.shots)
    assert not any(shot.start_ms <= 3900 < shot.end_ms for shot in footage.shots)


def test_the_moments_of_a_shot_follow_one_another_without_a_gap(seen_box: Footage) -> None:
    moments = seen_box.moments
    assert moments[0].start_ms == 0
    assert moments[-1].end_ms == 15_184
    assert all(a.end_ms == b.start_ms for a, b in itertools.pairwise(moments))
    assert all(400 <= moment.end_ms - moment.start_ms <= 600 for moment in moments)


def test_no_moment_lies_across_a_cut(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    footage, _ = watch(sources.scenes(ffmpeg, tmp_path / "a.mp4", ["red", "green", "blue"], seconds=1.2))
    assert not any(moment.start_ms < cut < moment.end_ms for moment in footage.moments for cut in (1200, 2400))


def test_every_value_is_between_nothing_and_all(seen_box: Footage) -> None:
    for moment in seen_box.moments:
        for value in (moment.sharpness, moment.motion, moment.exposure, moment.focus_x, moment.focus_y):
            assert 0 <= value <= 1


def test_what_is_in_focus_is_sharper(ffmpeg: Ffmpeg, box: Path, tmp_path: Path) -> None:
    ffmpeg("-i", box, "-t", 6, "-vf", "gblur=sigma=6:enable='gte(t,3)'", *sources.H264, tmp_path / "a.mp4")
    moments = watch(tmp_path / "a.mp4")[0].moments
    assert min(m.sharpness for m in moments if m.end_ms <= 2900) > 2 * max(
        m.sharpness for m in moments if m.start_ms >= 3100
    )


def test_black_is_not_exposed(ffmpeg: Ffmpeg, box: Path, tmp_path: Path) -> None:
    ffmpeg("-i", box, "-t", 6, "-vf", "drawbox=c=black:t=fill:enable='gte(t,3)'", *sources.H264, tmp_path / "a.mp4")
    moments = watch(tmp_path / "a.mp4")[0].moments
    assert all(moment.exposure > 0.8 for moment in moments if moment.end_ms <= 3000)
    assert all(moment.exposure == 0 for moment in moments if moment.start_ms >= 3000)


def test_blown_out_is_not_exposed(ffmpeg: Ffmpeg, box: Path, tmp_path: Path) -> None:
    ffmpeg("-i", box, "-t", 2, "-vf", "eq=brightness=0.9", *sources.H264, tmp_path / "a.mp4")
    assert all(moment.exposure < 0.3 for moment in watch(tmp_path / "a.mp4")[0].moments)


def test_the_bright_end_of_a_fade_is_not_well_lit(ffmpeg: Ffmpeg, box: Path, tmp_path: Path) -> None:
    ffmpeg("-i", box, "-t", 4, "-vf", "fade=in:d=1.5", *sources.H264, tmp_path / "a.mp4")
    footage, _ = watch(tmp_path / "a.mp4")
    fading = [moment.exposure for moment in footage.moments if 900 <= moment.start_ms < 1100]
    steady = [moment.exposure for moment in footage.moments if moment.start_ms >= 2000]
    assert fading
    assert max(fading) < min(steady) / 2


def test_a_black_video_is_watched_without_complaint(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    footage, _ = watch(sources.black(ffmpeg, tmp_path / "a.mp4"))
    assert all(moment.exposure == 0 for moment in footage.moments)


def test_hands_that_move_are_livelier_than_hands_that_rest(seen_box: Footage) -> None:
    turning = [moment.motion for moment in seen_box.moments if 3000 <= moment.start_ms < 6000]
    resting = [moment.motion for moment in seen_box.moments if moment.start_ms < 1500]
    assert min(turning) > max(resting)


def test_a_shaken_camera_is_not_lively(ffmpeg: Ffmpeg, box: Path, tmp_path: Path) -> None:
    shaken = "crop=480:360:80+60*sin(n*1.3):60+50*sin(n*1.9)"
    ffmpeg("-ss", 3, "-t", 3, "-i", box, "-vf", shaken, *sources.H264, "-an", tmp_path / "a.mp4")
    ffmpeg("-ss", 3, "-t", 3, "-i", box, "-vf", "crop=480:360:80:60", *sources.H264, "-an", tmp_path / "b.mp4")
    moments = watch(tmp_path / "a.mp4", tmp_path / "b.mp4")[0].moments
    assert mean(m.motion for m in moments if m.source == 0) < 0.5 * mean(m.motion for m in moments if m.source == 1)


def test_the_crop_keeps_the_product_wherever_it_goes(box: Path, seen_box: Footage) -> None:
    kept, possible = [], []
    with open_container(box) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number % 15:
                continue
            at_ms = float(frame.time or 0) * 1000
            colours = cv2.cvtColor(frame.to_ndarray(format="bgr24"), cv2.COLOR_BGR2HSV)
            yellow = np.asarray(cv2.inRange(colours, (18, 120, 120), (35, 255, 255))).sum(axis=0, dtype=float)
            moment = min(seen_box.moments, key=lambda each: abs((each.start_ms + each.end_ms) / 2 - at_ms))
            left = int(min(max(moment.focus_x * 640 - 135, 0), 370))
            kept.append(float(yellow[left : left + 270].sum()))
            possible.append(max(float(yellow[at : at + 270].sum()) for at in range(0, 371, 10)))
    assert sum(kept) > 0.93 * sum(possible)
    assert all(has > 0.75 * could for has, could in zip(kept, possible, strict=True))


@pytest.mark.parametrize("x", [60, 340])
def test_a_still_product_on_one_side_is_found(ffmpeg: Ffmpeg, tmp_path: Path, x: int) -> None:
    moments = watch(sources.moving_patch(ffmpeg, tmp_path / "a.mp4", str(x)))[0].moments
    assert all(abs(moment.focus_x - (x + 40) / 480) < 0.1 for moment in moments)


def test_a_moving_product_is_followed_without_jitter(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    moments = watch(sources.moving_patch(ffmpeg, tmp_path / "a.mp4", "20+360*t/6", seconds=6))[0].moments
    way = [moment.focus_x for moment in moments]
    assert way[-1] - way[0] > 0.4
    assert all(later >= earlier for earlier, later in itertools.pairwise(way))


@pytest.mark.parametrize(("degrees", "inside"), [(90, (0.0, 0.4)), (-90, (0.6, 1.0))])
def test_rotation_is_obeyed_when_looking(
    ffmpeg: Ffmpeg, tmp_path: Path, degrees: int, inside: tuple[float, float]
) -> None:
    """The patch lies to the right of the stored picture: turned counter-clockwise, that is the top."""
    stored = sources.moving_patch(ffmpeg, tmp_path / "a.mp4", "380")
    moments = watch(sources.rotated(ffmpeg, stored, tmp_path / "b.mp4", degrees))[0].moments
    assert all(inside[0] <= moment.focus_y <= inside[1] for moment in moments)


def test_variable_rate_is_watched_to_its_end(ffmpeg: Ffmpeg, box: Path, tmp_path: Path) -> None:
    footage, _ = watch(sources.variable_rate(ffmpeg, box, tmp_path / "a.mp4"))
    assert footage.moments[-1].end_ms == footage.sources[0].duration_ms
    assert abs(footage.sources[0].duration_ms - 15_184) <= 100


@pytest.mark.parametrize("make", [sources.odd_size, sources.anamorphic, sources.hdr])
def test_unusual_pictures_are_watched(ffmpeg: Ffmpeg, box: Path, tmp_path: Path, make: object) -> None:
    assert callable(make)
    footage, _ = watch(make(ffmpeg, box, tmp_path / "a.mp4"))
    assert len(footage.moments) == 4


def test_several_sources_are_watched_in_order(ffmpeg: Ffmpeg, box: Path, tmp_path: Path) -> None:
    first = sources.scenes(ffmpeg, tmp_path / "a.mp4", ["red"], seconds=2)
    footage, _ = watch(first, sources.odd_size(ffmpeg, box, tmp_path / "b.mp4"))
    assert [source.width_px for source in footage.sources] == [320, 637]
    assert [moment.source for moment in footage.moments] == sorted(moment.source for moment in footage.moments)
    assert {moment.source for moment in footage.moments} == {0, 1}


def test_a_damaged_stretch_is_said(ffmpeg: Ffmpeg, box: Path, tmp_path: Path) -> None:
    path = sources.cut_off(ffmpeg, box, tmp_path / "a.mp4", part=1.0)
    data = bytearray(path.read_bytes())
    data[len(data) // 3 : len(data) // 2] = bytes(len(data) // 2 - len(data) // 3)
    path.write_bytes(data)
    footage, _ = watch(path)
    assert [degradation.slug for degradation in footage.degradations] == ["damaged"]


def test_a_lost_end_is_said_and_not_used(ffmpeg: Ffmpeg, box: Path, tmp_path: Path) -> None:
    path = sources.cut_off(ffmpeg, box, tmp_path / "a.mp4", part=1.0)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3] + bytes(len(data) - len(data) * 2 // 3))
    footage, _ = watch(path)
    assert [degradation.slug for degradation in footage.degradations] == ["damaged"]
    assert footage.sources[0].duration_ms < 12_000
    assert footage.moments[-1].end_ms == footage.sources[0].duration_ms


def test_what_became_unreadable_since_is_refused(ffmpeg: Ffmpeg, box: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        watch(sources.cut_off(ffmpeg, box, tmp_path / "a.mp4"))
    assert caught.value.slug == "truncated_video"


def test_progress_rises_to_the_end(watched_box: tuple[Footage, list[Step]]) -> None:
    fractions = [step.fraction for step in watched_box[1]]
    assert fractions == sorted(fractions)
    assert len(fractions) >= 3
    assert 0 <= fractions[0] < fractions[-1] <= 1


def test_looking_can_be_stopped(box: Path) -> None:
    file = File.of(box)
    work = look((file,), {file.sha256: box})
    next(work)
    next(work)
    work.close()
    assert list(work) == []


def test_the_same_video_looks_the_same_twice(box: Path, seen_box: Footage) -> None:
    assert watch(box)[0] == seen_box


def test_the_fingerprint_names_what_looks() -> None:
    assert {"look", "av", "cv2", "scenedetect"} <= set(fingerprint())
