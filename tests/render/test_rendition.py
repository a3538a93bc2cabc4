"""The smaller copy of a clip: as good a file as the clip, in fewer pixels."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from editai import platforms, quality
from editai.errors import InvalidInput
from editai.models import Disclosure, File, Films, Measurement, Picture, finished
from editai.render import disclosed, picture, rendition, sound
from tests.library.samples import a_report
from tests.render.conftest import claps, plan_of, source_of, subtitles


def measured(path: Path) -> Measurement:
    file = File.of(path)
    return finished(quality.measure(Picture(folder=path.parent, video=file, poster=file)))


def rendered(clapper: Path, work: Path, told: Disclosure = picture.NOTHING) -> Path:
    """A rendered clip of two seconds with two claps, 270x480."""
    plan = plan_of([source_of(clapper)], [(0, 30, 60)])
    files = {File.of(clapper).sha256: clapper}
    (work / "sound").mkdir()
    mix = finished(sound.mix(plan, files, work / "sound"))
    made = finished(picture.draw(plan, subtitles(), mix, Films(films=()), files, work, told))
    return made.path(made.video)


@pytest.fixture(scope="module")
def clip(clapper: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rendered(clapper, tmp_path_factory.mktemp("clip"))


def small(clip: Path, folder: Path, name: str = "small.mp4") -> Path:
    return finished(rendition(clip, (180, 320), folder / name, measured(clip)))


def test_it_is_the_clip_in_fewer_pixels(clip: Path, tmp_path: Path) -> None:
    one, other = measured(clip), measured(small(clip, tmp_path))
    assert (other.width_px, other.height_px) == (180, 320)
    same = one.model_dump(exclude={"width_px", "height_px", "bytes", "bit_rate_kbps", "black"})
    assert other.model_dump(include=set(same)) == same


def test_it_keeps_what_is_asked_of_a_clip(clip: Path, tmp_path: Path) -> None:
    found = measured(small(clip, tmp_path))
    assert (found.video_codec, found.video_profile, found.pixel_format) == ("h264", "High", "yuv420p")
    assert (found.faststart, found.edit_list, found.steady, found.colour) == (True, False, True, "bt709 tv")


def test_a_clap_stays_on_its_flash(clip: Path, tmp_path: Path) -> None:
    flashes, sounds = claps(small(clip, tmp_path))
    assert len(flashes) == len(sounds) == 2
    assert np.abs(np.subtract(flashes, sounds)).max() <= 1 / 30


def test_the_same_clip_gives_the_same_bytes(clip: Path, tmp_path: Path) -> None:
    assert small(clip, tmp_path, "a.mp4").read_bytes() == small(clip, tmp_path, "b.mp4").read_bytes()


def test_nothing_is_left_beside_it(clip: Path, tmp_path: Path) -> None:
    (tmp_path / "copies").mkdir()
    made = small(clip, tmp_path / "copies")
    assert list((tmp_path / "copies").iterdir()) == [made]


def test_closing_it_leaves_nothing(clip: Path, tmp_path: Path) -> None:
    work = rendition(clip, (180, 320), tmp_path / "copies" / "small.mp4", measured(clip))
    next(work)
    next(work)
    work.close()
    assert list((tmp_path / "copies").iterdir()) == []


def test_what_is_not_a_video_is_refused(clip: Path, tmp_path: Path) -> None:
    text = tmp_path / "text.mp4"
    text.write_text("Not a video.", "utf-8")
    with pytest.raises(InvalidInput):
        finished(rendition(text, (180, 320), tmp_path / "small.mp4", measured(clip)))


def test_x_gets_the_size_that_it_advises_of_the_clip_that_all_others_take() -> None:
    found = measured_like(1080, 1920)
    size = platforms.renditions((), 1080, 1920)["x"]
    x = next(each for each in platforms.presets() if each.name == "x").placement
    assert [finding.slug for finding in platforms.against(platforms.figures(found), x)] == ["limit_long_side_px"]
    assert platforms.against(platforms.figures(measured_like(*size)), x) == ()


def measured_like(width: int, height: int) -> Measurement:
    changes = {"width_px": width, "height_px": height, "duration_ms": 15_000, "bit_rate_kbps": 5000}
    return a_report("").measurement.model_copy(update=changes)


def test_the_picture_is_the_clips(clip: Path, tmp_path: Path) -> None:
    """Frame for frame about as bright; a frame that was left out would show a flash somewhere else."""

    def brightness(path: Path) -> list[float]:
        with av.open(str(path)) as container:
            return [float(frame.to_ndarray(format="gray").mean()) for frame in container.decode(video=0)]

    assert np.abs(np.subtract(brightness(clip), brightness(small(clip, tmp_path)))).max() < 3


def test_a_clip_says_what_it_discloses_and_so_does_its_smaller_copy(
    clapper: Path, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    told = Disclosure(ai_voice=True, own_brand=True)
    made = rendered(clapper, tmp_path_factory.mktemp("told"), told)
    assert disclosed.read(made) == told
    assert disclosed.read(small(made, tmp_path)) == told
    with av.open(str(made)) as container:
        assert container.metadata["disclosure_ai_voice"] == "yes"


def test_a_clip_with_nothing_to_disclose_says_nothing(clip: Path) -> None:
    assert disclosed.read(clip) == Disclosure()
