"""The plan as an OpenTimelineIO file: opened again by that library, it says the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import opentimelineio as otio
import pytest

from editai import plan
from editai.models import FPS, BrandKit, File, Plan, Rhythm
from editai.plan.timeline import timeline
from tests.plan.conftest import STYLE, brief, cues, footage, narration, source

SPOKEN = narration()


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """The media, under names with spaces and signs as people have them."""
    found = {}
    for sha, name in (("0", "my lamp #1.mp4"), ("1", "zweites%20Vidéo.mov"), ("voice", "voice.wav"), ("m", "song.mp3")):
        found[sha] = tmp_path / name
        found[sha].write_bytes(b"x")
    return found


@pytest.fixture
def made() -> Plan:
    seen = footage(source(0, seconds=30), source(1, seconds=6))
    music = File(name="m", sha256="m", bytes=1)
    asked = brief(seen, joint="fade", music=music)
    return plan.make(asked, seen, SPOKEN, cues(SPOKEN), STYLE, BrandKit(), Rhythm())


@pytest.fixture
def opened(made: Plan, files: dict[str, Path], tmp_path: Path) -> Any:
    path = tmp_path / "clip.otio"
    path.write_text(timeline(made, files, "Lamp"), "utf-8")
    return otio.adapters.read_from_file(str(path))


def clips(track: Any) -> list[Any]:
    return [item for item in track if isinstance(item, otio.schema.Clip)]


def test_it_is_as_long_as_the_clip(made: Plan, opened: Any) -> None:
    (picture,) = opened.video_tracks()
    assert picture.duration() == otio.opentime.RationalTime(made.frames, FPS)


def test_every_shot_is_a_clip_with_its_range(made: Plan, opened: Any) -> None:
    (picture,) = opened.video_tracks()
    ranges = [(clip.source_range.start_time.value, clip.source_range.duration.value) for clip in clips(picture)]
    assert ranges == [(shot.source_in, shot.frames) for shot in made.shots]


def test_a_slowed_shot_says_so(made: Plan, opened: Any) -> None:
    (picture,) = opened.video_tracks()
    for clip, shot in zip(clips(picture), made.shots, strict=True):
        warps = [effect.time_scalar for effect in clip.effects if isinstance(effect, otio.schema.LinearTimeWarp)]
        assert warps == ([] if shot.speed == 1 else [shot.speed])


def test_a_fade_is_a_dissolve_of_its_length(made: Plan, opened: Any) -> None:
    (picture,) = opened.video_tracks()
    found = [item.out_offset.value for item in picture if isinstance(item, otio.schema.Transition)]
    assert found == [shot.joint.frames for shot in made.shots if shot.joint]
    assert found


def test_the_media_are_linked_where_they_lie(opened: Any, files: dict[str, Path]) -> None:
    targets = {
        Path(unquote(urlparse(clip.media_reference.target_url).path))
        for track in opened.tracks
        for clip in clips(track)
    }
    assert targets == set(files.values())


def test_every_sound_has_a_track(made: Plan, opened: Any) -> None:
    assert [track.name for track in opened.audio_tracks()] == [track.role.capitalize() for track in made.tracks]


def test_the_voice_begins_where_it_does_in_the_clip(made: Plan, opened: Any) -> None:
    voice = next(track for track in opened.audio_tracks() if track.name == "Voice")
    start = next(track.start for track in made.tracks if track.role == "voice")
    assert voice.range_of_child(clips(voice)[0]).start_time.value == start


def test_captions_are_markers(made: Plan, opened: Any) -> None:
    (picture,) = opened.video_tracks()
    assert [marker.marked_range.start_time.value for marker in picture.markers] == [cue.start for cue in made.cues]


def test_the_crops_come_along(made: Plan, opened: Any) -> None:
    (picture,) = opened.video_tracks()
    first = clips(picture)[0].metadata["editai"]["crops"][0]["crop"]
    assert first["width"] == pytest.approx(made.shots[0].crops[0].crop.width)


def test_written_again_it_is_the_same(made: Plan, files: dict[str, Path], opened: Any) -> None:
    assert opened.to_json_string() == otio.adapters.read_from_string(timeline(made, files, "Lamp")).to_json_string()
