"""The picture: exactly the frames that the plan names, framed as it says, in a file that every platform takes."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import psutil
import pytest
from PIL import Image

from editai import quality
from editai.errors import EditaiError
from editai.models import Crop, CropKey, File, Films, Insert, Picture, Plan, Step
from editai.models import finished as run  # here `finished` is a finished picture
from editai.render import draw_inserts, feed, picture, sound
from tests import sources
from tests.render.conftest import (
    Render,
    claps,
    lumas,
    numbered,
    numbers,
    plan_of,
    samples,
    source_of,
    subtitles,
)

Ffmpeg = Callable[..., None]
GREY_PQ, WHITE_PQ = 437, 573
"""ST 2084 at 43 and at 203 candela per square metre, as 10-bit video: the middle grey and the white of a page."""

HOSTILE = "it's 100% [my] vidéos: {x}"


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds of numbered frames at 30 fps."""
    return numbered(tmp_path_factory.mktemp("counted") / "counted.mp4", 120)


# ── which frames ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_shot_shows_the_frames_that_the_plan_names(counted: Path, render: Render) -> None:
    plan = plan_of([source_of(counted)], [(0, 80, 13), (0, 0, 20), (0, 37, 1), (0, 61, 26)])

    clip = render(plan, counted)

    assert numbers(clip.path(clip.video)) == [*range(80, 93), *range(20), 37, *range(61, 87)]


@pytest.mark.parametrize("fps", [Fraction(15), Fraction(25), Fraction(30000, 1001), Fraction(60)])
def test_a_frame_of_the_clip_shows_what_the_source_shows_at_that_time(
    tmp_path: Path, render: Render, fps: Fraction
) -> None:
    path = numbered(tmp_path / "a.mp4", 60, fps)

    clip = render(plan_of([source_of(path)], [(0, 4, 20), (0, 11, 9)], tracks=()), path)

    wanted = [start + frame for start, count in ((4, 20), (11, 9)) for frame in range(count)]
    shown = numbers(clip.path(clip.video))
    assert all(abs(number - frame * fps / 30) <= 1 for number, frame in zip(shown, wanted, strict=True))


def test_a_slowed_shot_uses_less_of_the_source(counted: Path, render: Render) -> None:
    clip = render(plan_of([source_of(counted)], [(0, 20, 40, 0.5)], tracks=()), counted)

    shown = numbers(clip.path(clip.video))
    assert len(shown) == 40
    assert all(abs(number - (20 + frame / 2)) <= 0.5 for frame, number in enumerate(shown))


def test_a_shot_that_is_a_few_frames_short_repeats_its_last_one(counted: Path, render: Render) -> None:
    clip = render(plan_of([source_of(counted)], [(0, 110, 14), (0, 5, 5)], tracks=()), counted)

    assert numbers(clip.path(clip.video)) == [*range(110, 120), 119, 119, 119, 119, *range(5, 10)]


def test_a_source_that_ends_long_before_it_says_is_an_error(counted: Path, render: Render) -> None:
    plan = plan_of([source_of(counted)], [(0, 100, 60)], tracks=())

    with pytest.raises(EditaiError, match="ends earlier") as caught:
        render(plan, counted)

    assert caught.value.slug == "frames_missing"


@pytest.mark.parametrize("container", ["mkv", "avi", "ts", "mpg", "flv"])
def test_any_container_gives_the_named_frames(
    tmp_path: Path, counted: Path, ffmpeg: Ffmpeg, render: Render, container: str
) -> None:
    path = tmp_path / f"a.{container}"
    codec = {"avi": ("mpeg4", "-q:v", "3"), "mpg": ("mpeg2video", "-q:v", "3")}.get(container, ("copy",))
    ffmpeg("-i", counted, "-c:v", *codec, path)

    clip = render(plan_of([source_of(path, fps=30.0)], [(0, 90, 8), (0, 3, 8), (0, 44, 8)], tracks=()), path)

    assert numbers(clip.path(clip.video)) == [*range(90, 98), *range(3, 11), *range(44, 52)]


def test_variable_rate_footage_keeps_its_times(tmp_path: Path, counted: Path, ffmpeg: Ffmpeg, render: Render) -> None:
    path = sources.variable_rate(ffmpeg, counted, tmp_path / "variable.mp4")

    clip = render(plan_of([source_of(path)], [(0, 0, 30), (0, 65, 30)], tracks=()), path)

    wanted = [*range(30), *range(65, 95)]
    shown = numbers(clip.path(clip.video))
    assert all(abs(number - frame) <= 2 for number, frame in zip(shown, wanted, strict=True))


def test_many_shots_of_several_sources_give_every_frame(tmp_path: Path, counted: Path, render: Render) -> None:
    other = numbered(tmp_path / "other.mp4", 60)
    cuts = [(index % 2, (index * 7) % 50, 3) for index in range(30)]

    clip = render(plan_of([source_of(counted), source_of(other)], cuts, tracks=()), counted, other)

    assert numbers(clip.path(clip.video)) == [start + frame for _, start, _ in cuts for frame in range(3)]


def test_few_at_a_time_are_the_same_frames_as_all_at_once(
    counted: Path, render: Render, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_of([source_of(counted)], [(0, 90 - 9 * index, 4) for index in range(9)], tracks=())

    fed = render(plan, counted)
    monkeypatch.setattr(feed, "AT_ONCE", 9)
    whole = render(plan, counted)

    assert fed.video == whole.video


def test_a_source_that_breaks_off_is_told_among_many_shots_too(counted: Path, render: Render) -> None:
    plan = plan_of([source_of(counted)], [(0, 0, 5)] * 9 + [(0, 100, 60)], tracks=())

    with pytest.raises(EditaiError, match="ends earlier"):
        render(plan, counted)


# ── framing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def corners(ffmpeg: Ffmpeg, target: Path, *options: object, size: str = "480x270") -> Path:
    """A grey picture with a white square of 60 pixels, its corner at (210, 90)."""
    ffmpeg(
        *("-f", "lavfi", "-i", f"color=0x606060:s={size}:r=30:d=1,drawbox=210:90:60:60:white:fill"),
        *(*options, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", target),
    )
    return target


def square_of(clip: Picture, frame: int = 0) -> tuple[int, int, int, int]:
    """Left, top, width and height of the white square in a frame."""
    rows, columns = np.nonzero(lumas(clip.path(clip.video))[frame] > 180)
    return (
        int(columns.min()),
        int(rows.min()),
        int(columns.max() - columns.min() + 1),
        int(rows.max() - rows.min() + 1),
    )


def framed(plan: Plan, *keys: tuple[int, Crop]) -> Plan:
    """The plan with these crops in its first shot."""
    shot = plan.shots[0].model_copy(update={"crops": tuple(CropKey(frame=at, crop=crop) for at, crop in keys)})
    return plan.model_copy(update={"shots": (shot,)})


def test_a_crop_is_in_pixels_of_the_displayed_picture(tmp_path: Path, ffmpeg: Ffmpeg, render: Render) -> None:
    path = corners(ffmpeg, tmp_path / "a.mp4")
    plan = framed(plan_of([source_of(path)], [(0, 0, 3)], tracks=()), (0, Crop(x=180, y=30, width=135, height=240)))

    clip = render(plan, path)

    assert square_of(clip) == pytest.approx((60, 120, 120, 120), abs=2)


def test_a_rotation_flag_is_obeyed(tmp_path: Path, ffmpeg: Ffmpeg, render: Render) -> None:
    lying = corners(ffmpeg, tmp_path / "lying.mp4")
    path = sources.rotated(ffmpeg, lying, tmp_path / "upright.mp4", 90)
    source = source_of(path, width_px=270, height_px=480, rotation=90)
    plan = framed(plan_of([source], [(0, 0, 3)], tracks=()), (0, Crop(x=0, y=0, width=270, height=480)))

    clip = render(plan, path)

    assert square_of(clip) == pytest.approx((90, 480 - 270, 60, 60), abs=3)


def test_pixels_that_are_not_square_are_made_square(tmp_path: Path, ffmpeg: Ffmpeg, render: Render) -> None:
    path = corners(ffmpeg, tmp_path / "narrow.mp4", "-vf", "scale=360:270,setsar=4/3")
    source = source_of(path, width_px=480, height_px=270)
    plan = framed(plan_of([source], [(0, 0, 3)], tracks=()), (0, Crop(x=180, y=30, width=135, height=240)))

    clip = render(plan, path)

    assert square_of(clip) == pytest.approx((60, 120, 120, 120), abs=4)


def test_a_push_in_ends_at_its_last_crop_and_never_jumps(tmp_path: Path, ffmpeg: Ffmpeg, render: Render) -> None:
    path = corners(ffmpeg, tmp_path / "a.mp4")
    wide, tight = Crop(x=150, y=0, width=151.875, height=270), Crop(x=180, y=60, width=101.25, height=180)
    plan = framed(plan_of([source_of(path)], [(0, 0, 30)], tracks=()), (0, wide), (29, tight))

    clip = render(plan, path)

    seen = [square_of(clip, frame) for frame in range(30)]
    assert seen[0] == pytest.approx((107, 160, 107, 107), abs=2)
    assert seen[-1] == pytest.approx((80, 80, 160, 160), abs=2)
    changes = np.diff(np.array(seen), n=2, axis=0)
    assert np.abs(changes[:, :2]).max() <= 2


def test_a_pan_moves_evenly(tmp_path: Path, ffmpeg: Ffmpeg, render: Render) -> None:
    path = corners(ffmpeg, tmp_path / "a.mp4")
    start, end = Crop(x=120, y=0, width=151.875, height=270), Crop(x=180, y=0, width=151.875, height=270)
    plan = framed(plan_of([source_of(path)], [(0, 0, 30)], tracks=()), (0, start), (29, end))

    clip = render(plan, path)

    lefts = [square_of(clip, frame)[0] for frame in range(30)]
    assert lefts[0] == pytest.approx(160, abs=2)
    assert lefts[-1] == pytest.approx(53, abs=2)
    assert np.diff(lefts) == pytest.approx(np.full(29, -107 / 29), abs=1.5)


# ── colours ──────────────────────────────────────────────────────────────────────────────────────────────────────


def middle(path: Path) -> list[int]:
    """Red, green and blue in the middle of the first frame, by the file's own tags."""
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
        pixels = frame.reformat(format="rgb24", src_colorspace="ITU709", dst_colorspace="ITU709").to_ndarray()
    height, width = pixels.shape[:2]
    return [int(value) for value in pixels[height // 2, width // 2]]


@pytest.mark.parametrize(("matrix", "tags"), [("bt601", "smpte170m"), ("bt601", ""), ("bt709", "bt709")])
def test_colours_come_out_as_they_were_meant(
    tmp_path: Path, ffmpeg: Ffmpeg, render: Render, matrix: str, tags: str
) -> None:
    path = tmp_path / "green.mp4"
    told = ("-colorspace", tags, "-color_primaries", tags, "-color_trc", tags) if tags else ()
    convert = (
        f"format=gbrp,scale=out_color_matrix={matrix}:out_range=tv,format=yuv420p,setparams=colorspace={tags or 2}"
    )
    ffmpeg("-f", "lavfi", "-i", "color=0x20C040:s=480x270:r=30:d=0.5", "-vf", convert, "-c:v", "libx264", *told, path)

    clip = render(plan_of([source_of(path)], [(0, 0, 3)], tracks=()), path)

    assert middle(clip.path(clip.video)) == pytest.approx([0x20, 0xC0, 0x40], abs=4)


@pytest.mark.parametrize(
    ("curve", "grey", "white"),
    [("smpte2084", GREY_PQ, WHITE_PQ), ("arib-std-b67", 397, 721)],  # of 1023; HLG: BT.2408, 38 % and 75 %
)
def test_hdr_is_mapped_to_the_brightness_of_a_page(
    tmp_path: Path, ffmpeg: Ffmpeg, render: Render, curve: str, grey: int, white: int
) -> None:
    shown = []
    for level in (grey, white):
        path = tmp_path / f"{level}.mp4"
        tags = f"setparams=color_primaries=bt2020:color_trc={curve}:colorspace=bt2020nc:range=tv"
        ffmpeg(
            *("-f", "lavfi", "-i", "color=gray:s=480x270:r=30:d=0.2"),
            *("-vf", f"format=yuv420p10le,geq=lum={level}:cb=512:cr=512,{tags}"),
            *("-c:v", "libx265", "-x265-params", "log-level=error", path),
        )
        clip = render(plan_of([source_of(path, hdr=True)], [(0, 0, 3)], tracks=()), path)
        shown.append(middle(clip.path(clip.video)))

    (grey_red, grey_green, grey_blue), (_, white_green, _) = shown
    assert max(grey_red, grey_green, grey_blue) - min(grey_red, grey_green, grey_blue) <= 4
    assert 100 <= grey_green <= 150
    assert 200 <= white_green <= 245


def test_hdr_keeps_its_colours_while_the_crop_moves(tmp_path: Path, ffmpeg: Ffmpeg, render: Render) -> None:
    path = tmp_path / "hdr.mp4"
    tags = "setparams=color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc:range=tv"
    ffmpeg(
        *("-f", "lavfi", "-i", "color=gray:s=480x270:r=30:d=0.5"),
        *("-vf", f"format=yuv420p10le,geq=lum={GREY_PQ}:cb=512:cr=512,{tags}"),
        *("-c:v", "libx265", "-x265-params", "log-level=error", path),
    )
    plan = plan_of([source_of(path, hdr=True)], [(0, 0, 12)], tracks=())
    ways = (Crop(x=100, y=0, width=151.875, height=270), Crop(x=112, y=0, width=151.875, height=270))
    keys = tuple(CropKey(frame=frame, crop=crop) for frame, crop in zip((0, 11), ways, strict=True))
    clip = render(plan.model_copy(update={"shots": (plan.shots[0].model_copy(update={"crops": keys}),)}), path)

    with av.open(str(clip.path(clip.video))) as container:
        frames = [frame.to_ndarray(format="rgb24").astype(int) for frame in container.decode(video=0)]
    assert len(frames) == 12
    assert all(np.ptp(frame, axis=2).max() <= 6 for frame in frames)  # a grey stays grey


# ── words and card ───────────────────────────────────────────────────────────────────────────────────────────────


def test_captions_are_burned_in_for_their_time(tmp_path: Path, ffmpeg: Ffmpeg, render: Render) -> None:
    path = sources.black(ffmpeg, tmp_path / "black.mp4", size="480x270")
    words = subtitles(("0:00:00.38", "0:00:00.78", "HELLO"))

    clip = render(plan_of([source_of(path)], [(0, 0, 40)], tracks=()), path, captions=words)

    lit = [number for number, luma in enumerate(lumas(clip.path(clip.video))) if luma.max() > 128]
    assert lit == list(range(12, 24))


def test_a_font_that_is_not_ours_is_an_error(tmp_path: Path, ffmpeg: Ffmpeg, render: Render) -> None:
    path = sources.black(ffmpeg, tmp_path / "black.mp4", size="480x270")
    words = subtitles(("0:00:00.00", "0:00:01.00", "HELLO"), font="DejaVu Sans")

    with pytest.raises(EditaiError) as caught:
        render(plan_of([source_of(path)], [(0, 0, 5)], tracks=()), path, captions=words)

    assert caught.value.slug == "font_replaced"


def test_characters_that_the_font_lacks_are_told(tmp_path: Path, ffmpeg: Ffmpeg, render: Render) -> None:
    path = sources.black(ffmpeg, tmp_path / "black.mp4", size="480x270")
    words = subtitles(("0:00:00.00", "0:00:01.00", "HELLO 日"))

    clip = render(plan_of([source_of(path)], [(0, 0, 5)], tracks=()), path, captions=words)

    assert [(item.slug, "日" in item.message) for item in clip.degradations] == [("glyphs_missing", True)]


# ── the file ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def finished(clapper: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, Picture, list[Step], Picture]:
    """A plan at full size with a card, drawn twice; the steps are of the first time."""
    plan = plan_of(
        [source_of(clapper)],
        [(0, 0, 40), (0, 67, 40), (0, 127, 40)],
        width_px=1080,
        height_px=1920,
        poster_frame=15,
        inserts=(Insert(role="title", text="A clap and a flash", start=0, end=30),),
    )
    files = {File.of(clapper).sha256: clapper}
    drawn, steps = [], []
    for turn in range(2):
        home = tmp_path_factory.mktemp(f"{HOSTILE}{turn}")
        (home / "sound").mkdir()
        (home / "picture").mkdir()
        (home / "inserts").mkdir()
        mix = run(sound.mix(plan, files, home / "sound"))
        films = run(draw_inserts(plan, files, home / "inserts"))
        captions = subtitles(("0:00:00.00", "0:00:04.00", "CLAP"))
        work = picture.draw(plan, captions, mix, films, files, home / "picture")
        while True:
            try:
                step = next(work)
            except StopIteration as done:
                drawn.append(done.value)
                break
            if turn == 0:
                steps.append(step)
                assert step.still is None or size_of(step.still) == (1080, 1920)
    return plan, drawn[0], steps, drawn[1]


def size_of(path: Path) -> tuple[int, int]:
    with Image.open(path) as image:
        return (image.width, image.height)


Finished = tuple[Plan, Picture, list[Step], Picture]


@pytest.mark.slow
def test_the_file_is_what_every_platform_takes(finished: Finished) -> None:
    measured = run(quality.measure(finished[1]))

    assert (measured.width_px, measured.height_px, measured.fps, measured.frames) == (1080, 1920, 30.0, 120)
    assert (measured.video_codec, measured.video_profile, measured.pixel_format) == ("h264", "High", "yuv420p")
    assert (measured.audio_codec, measured.audio_rate_hz, measured.audio_channels) == ("aac", 48000, 2)
    assert measured.colour == "bt709 tv"
    assert measured.longest_gop <= 60
    assert measured.faststart
    assert not measured.edit_list
    assert measured.picture_end_ms == 4000
    assert abs(measured.sound_end_ms - measured.picture_end_ms) <= 33


@pytest.mark.slow
def test_the_file_says_that_it_is_an_mp4_as_every_server_reads_it(finished: Finished) -> None:
    clip = finished[1]
    assert clip.path(clip.video).read_bytes()[4:12] == b"ftypisom"


@pytest.mark.slow
def test_the_first_frame_is_at_zero(finished: Finished) -> None:
    clip = finished[1]
    with av.open(str(clip.path(clip.video))) as container:
        assert next(container.decode(video=0)).pts == 0


@pytest.mark.slow
def test_claps_stay_on_their_flashes_over_cuts(finished: Finished) -> None:
    clip = finished[1]

    flashes, sounds = claps(clip.path(clip.video))

    assert len(flashes) == len(sounds) == 5
    assert flashes == pytest.approx(sounds, abs=1 / 30)


@pytest.mark.slow
def test_the_same_plan_gives_the_same_bytes_wherever_it_is_made(finished: Finished) -> None:
    _, first, _, second = finished

    assert first.folder != second.folder
    assert (first.video, first.poster) == (second.video, second.poster)


@pytest.mark.slow
def test_the_file_tells_nothing_about_where_it_was_made(finished: Finished) -> None:
    clip = finished[1]
    data = clip.path(clip.video).read_bytes()

    assert not any(part.encode() in data for part in (HOSTILE, str(Path.home()), clip.folder.name, "clapper"))
    with av.open(str(clip.path(clip.video))) as container:
        assert set(container.metadata) <= {"major_brand", "minor_version", "compatible_brands"}


@pytest.mark.slow
def test_a_first_picture_is_there_before_the_encode(finished: Finished) -> None:
    steps = finished[2]
    first = next(step for step in steps if step.still)

    assert first.fraction < 0.1
    assert [step.fraction for step in steps] == sorted(step.fraction for step in steps)


@pytest.mark.slow
def test_the_poster_is_the_plans_frame_without_words(finished: Finished) -> None:
    _, clip, _, _ = finished
    with Image.open(clip.path(clip.poster)) as image:
        poster = np.asarray(image.convert("L"))

    assert poster.shape == (1920, 1080)
    assert poster.min() > 200  # frame 15 is a flash


@pytest.mark.slow
def test_nothing_of_the_making_is_left(finished: Finished) -> None:
    names = {path.name for path in finished[1].folder.iterdir()}

    assert names == {"clip.mp4", "poster.jpg", "still.jpg"}


def test_sound_and_picture_end_together_over_many_shots(clapper: Path, render: Render) -> None:
    cuts = [(0, (index * 13) % 150, 7, 0.9 if index % 3 else 1.0) for index in range(50)]

    clip = render(plan_of([source_of(clapper)], cuts), clapper)

    heard = samples(clip.path(clip.video)).shape[1] / 48000
    assert abs(heard - 350 / 30) <= 1 / 30
    assert len(lumas(clip.path(clip.video))) == 350


def test_a_playlist_that_poses_as_a_video_is_not_followed(tmp_path: Path, counted: Path, render: Render) -> None:
    posing = tmp_path / "video.mp4"
    posing.write_text(f"ffconcat version 1.0\nfile '{counted}'\n", "utf-8")
    source = source_of(counted).model_copy(update={"file": File.of(posing)})

    with pytest.raises(EditaiError):
        render(plan_of([source], [(0, 0, 5)], tracks=()), posing)


@pytest.mark.parametrize("shots", [1, 12], ids=["one run", "fed"])
def test_closing_the_stage_ends_ffmpeg(tmp_path: Path, clapper: Path, shots: int) -> None:
    plan = plan_of([source_of(clapper)], [(0, 0, 120 // shots)] * shots, width_px=1080, height_px=1920)
    files = {File.of(clapper).sha256: clapper}
    (tmp_path / "sound").mkdir()
    (tmp_path / "picture").mkdir()
    mix = run(sound.mix(plan, files, tmp_path / "sound"))
    work = picture.draw(plan, subtitles(), mix, Films(), files, tmp_path / "picture")
    while next(work).fraction < picture.STILL_SHARE + 0.01:
        pass
    running = [child for child in psutil.Process().children(recursive=True) if "ffmpeg" in child.name()]

    work.close()

    assert len(running) >= 1
    assert not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in running)
    assert not list(tmp_path.rglob("ffmpeg.pid"))
