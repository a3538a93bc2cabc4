"""Music: what is some, which piece of a folder is played, and where its beat falls."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from editai import music
from editai.errors import InvalidInput
from editai.models import Piece, Rhythm, finished
from tests.conftest import MEDIA
from tests.sources import playlists

Ffmpeg = Callable[..., None]
TUNE = MEDIA / "happy_electronic.opus"
RATE = music.RATE


def refusal(path: Path) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        music.check(path)
    return caught.value


def written(path: Path, sound: npt.NDArray[np.float64], ffmpeg: Ffmpeg, *options: object) -> Path:
    raw = path.with_suffix(".raw")
    raw.write_bytes(sound.astype(np.float32).tobytes())
    ffmpeg("-f", "f32le", "-ar", RATE, "-ac", 1, "-i", raw, *options, path)
    return path


def clicks(bpm: float, seconds: float = 30, first: float = 0.4) -> npt.NDArray[np.float64]:
    """A click of 30 ms on every beat; the first at `first` seconds."""
    sound, click = np.zeros(int(seconds * RATE)), np.arange(int(0.03 * RATE)) / RATE
    click = np.sin(2 * np.pi * 1000 * click) * np.exp(-120 * click)
    for at in np.arange(first, seconds - 0.1, 60 / bpm):
        sound[round(at * RATE) : round(at * RATE) + len(click)] = click
    return sound


# ── what is music ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["a.mp3", "a.m4a", "a.ogg", "a.opus", "a.flac", "a.wav", "a.aac"])
def test_what_people_have_music_in_is_taken(name: str, tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    music.check(written(tmp_path / name, clicks(120, 5), ffmpeg))


def test_music_with_a_cover_is_taken(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    ffmpeg("-f", "lavfi", "-i", "color=red:s=300x300", "-frames:v", 1, tmp_path / "cover.png")
    cover = ("-i", tmp_path / "cover.png", "-map", 0, "-map", 1, "-c:v", "copy", "-disposition:v", "attached_pic")
    path = written(tmp_path / "a.mp3", clicks(120, 5), ffmpeg, *cover)

    music.check(path)

    assert finished(music.rhythm(path)).bpm == pytest.approx(120, rel=0.01)


@pytest.mark.parametrize("kind", ["text", "empty", "short", "silent film", "folder", "large", "missing"])
def test_what_cannot_be_played_is_refused(
    kind: str, tmp_path: Path, ffmpeg: Ffmpeg, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "song.mp3"
    if kind == "text":
        path.write_text("la la la\n" * 1000)
    elif kind == "empty":
        path.touch()
    elif kind == "short":
        written(path, clicks(120, 2), ffmpeg)
    elif kind == "silent film":
        ffmpeg("-f", "lavfi", "-i", "testsrc=s=64x64:d=4", "-f", "mp4", path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "large":
        monkeypatch.setattr(music, "MOST_BYTES", 1000)
        written(path, clicks(120, 5), ffmpeg)

    told = refusal(path)

    assert (told.status, told.slug) == (422, "music_unreadable")
    assert "song.mp3" in told.message
    assert told.hint


@pytest.mark.parametrize("kind", ["hls", "concat", "sdp", "dash"])
def test_a_playlist_is_no_music(kind: str, tmp_path: Path) -> None:
    shutil.copyfile(TUNE, tmp_path / "real.opus")
    listed = playlists(tmp_path, tmp_path / "real.opus")[kind].rename(tmp_path / "song.mp3")

    assert refusal(listed).slug == "music_unreadable"


@pytest.mark.parametrize("name", ["song.mp3", "song.ogg", "song.flac"])
def test_a_piece_says_its_licence_where_its_file_does(name: str, tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    plain = written(tmp_path / f"plain-{name}", clicks(120, 5), ffmpeg)
    tagged = tmp_path / name
    ffmpeg("-i", plain, "-c", "copy", "-metadata", "license=CC BY 4.0", "-metadata", "copyright=Somebody", tagged)
    assert music.piece(tagged, name) == Piece(name=name, licence="CC BY 4.0")
    assert music.piece(plain, name) == Piece(name=name)


# ── a folder of music ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three pieces, and what else lies in such a folder."""
    home = tmp_path / "music"
    (home / "old").mkdir(parents=True)
    for name in ("b.opus", "a.opus", "c.OPUS", "old/d.opus"):
        shutil.copyfile(TUNE, home / name)
    (home / "cover.jpg").write_bytes(b"\xff\xd8\xff")
    (home / "broken.mp3").write_bytes(b"nothing")
    (home / "list.m3u8").write_text("a.opus\n")
    return home


def test_each_seed_has_its_piece_and_the_next_another(folder: Path) -> None:
    first = [music.pick(str(folder), seed).name for seed in range(8)]

    assert first == [music.pick(str(folder), seed).name for seed in range(8)]
    assert set(first) == {"a.opus", "b.opus", "c.OPUS"}


def test_a_damaged_piece_is_passed_over(folder: Path) -> None:
    assert music.pick(str(folder), 2).name == "c.OPUS"  # the third by name is broken.mp3


@pytest.mark.parametrize("kind", ["missing", "without music", "a file"])
def test_a_folder_without_music_is_said(kind: str, tmp_path: Path) -> None:
    home = tmp_path / "music"
    if kind == "without music":
        home.mkdir()
        (home / "notes.txt").write_text("none yet")
    elif kind == "a file":
        home.write_text("no folder")

    with pytest.raises(InvalidInput) as caught:
        music.pick(str(home), 0)

    assert (caught.value.status, caught.value.slug) == (422, "music_folder_empty")


# ── the beat ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("bpm", [72, 90, 120, 128, 140])
def test_the_tempo_of_clicks_is_found_within_one_percent(bpm: float, tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    found = finished(music.rhythm(written(tmp_path / "a.wav", clicks(bpm), ffmpeg)))

    assert found.bpm == pytest.approx(bpm, rel=0.01)


@pytest.mark.parametrize("kind", ["wav", "mp3", "m4a", "opus"])
def test_beats_are_where_the_clicks_are(kind: str, tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    found = finished(music.rhythm(written(tmp_path / f"a.{kind}", clicks(120), ffmpeg)))

    away = [abs((beat - 400 + 250) % 500 - 250) for beat in found.beats_ms]
    assert max(away) <= 20
    assert len(found.beats_ms) >= 50


def test_the_tempo_of_a_real_piece_is_found() -> None:
    found = finished(music.rhythm(TUNE))

    assert found.bpm == pytest.approx(124, rel=0.01)


def played(onsets: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """A click at each of these seconds."""
    sound, click = np.zeros(32 * RATE), clicks(60, 0.5, 0.0)[: RATE // 30]
    for at in onsets[onsets < 31]:
        sound[round(at * RATE) : round(at * RATE) + len(click)] += click
    return sound


def test_a_dotted_rhythm_over_the_beat_is_not_taken_for_it(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    beat = 60 / 84
    dotted = np.arange(0, 31, 2 * beat)[:, None] + beat * np.array([0, 0.75, 1.5])
    sound = played(np.arange(0, 31, beat)) + 0.8 * played(dotted.ravel())

    found = finished(music.rhythm(written(tmp_path / "a.wav", sound, ffmpeg)))

    assert found.bpm is not None
    assert min(abs(found.bpm / 84 / octave - 1) for octave in (1, 2)) <= 0.01


def test_a_tempo_that_is_not_kept_is_none(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    swaying = np.cumsum(60 / (110 + 4 * np.sin(2 * np.pi * np.arange(60) / 40)))

    assert finished(music.rhythm(written(tmp_path / "a.wav", played(swaying), ffmpeg))) == Rhythm()


def still(kind: str) -> npt.NDArray[np.float64]:
    time, chance = np.arange(30 * RATE) / RATE, np.random.default_rng(1)
    return {
        "noise": 0.1 * chance.standard_normal(len(time)),
        "a hum": np.sin(2 * np.pi * 440 * time) + 0.1 * np.sin(2 * np.pi * 50 * time),
        "knocks at any time": np.where(chance.random(len(time)) < 1e-4, 0.9, 0.0),
        "silence": 0 * time,
    }[kind]


@pytest.mark.parametrize("kind", ["noise", "a hum", "knocks at any time", "silence"])
def test_what_has_no_beat_has_no_tempo(kind: str, tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    assert finished(music.rhythm(written(tmp_path / "a.wav", still(kind), ffmpeg))) == Rhythm()


def test_speech_has_no_tempo(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    names = ("en_counting", "en_quick_brown_fox", "en_quick_brown_fox", "en_counting", "en_quick_brown_fox")
    inputs = [part for name in names for part in ("-i", MEDIA / f"{name}.wav")]
    pauses = "".join(f"[{n}]apad=pad_dur={0.4 + 0.37 * (n % 3)}[p{n}];" for n in range(len(names)))
    joined = "".join(f"[p{n}]" for n in range(len(names)))
    ffmpeg(*inputs, "-filter_complex", f"{pauses}{joined}concat=n={len(names)}:v=0:a=1", tmp_path / "a.wav")

    assert finished(music.rhythm(tmp_path / "a.wav")) == Rhythm()


def test_a_piece_that_is_damaged_further_on_is_listened_to_as_far_as_it_goes(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    whole = written(tmp_path / "a.mp3", clicks(120, 40), ffmpeg)
    data = whole.read_bytes()
    whole.write_bytes(data[: len(data) // 2] + b"\x00" * 5000)

    assert finished(music.rhythm(whole)).bpm == pytest.approx(120, rel=0.01)
