"""The sound: as long as the picture, as loud as it shall be after AAC, the bed under the voice, no clicks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest

from editai.models import Crop, CropKey, File, Mix, Plan, Source, Span, Track, finished
from editai.render import loudness, sound
from editai.render.loudness import RATE
from editai.stages import canonical
from tests.conftest import BOX, MEDIA
from tests.render.conftest import plan_of, samples, source_of

Ffmpeg = Callable[..., None]
FOX = MEDIA / "en_quick_brown_fox.wav"
TUNE = MEDIA / "happy_electronic.opus"
BED = Track(role="source", gain_lu=-8, duck_lu=-15)


def voice(path: Path = FOX, start: int = 6) -> Track:
    return Track(role="voice", file=File.of(path), start=start)


def music(path: Path = TUNE, **changes: Any) -> Track:
    return Track(role="music", file=File.of(path), **{"gain_lu": -7, "duck_lu": -15, "fade_out": 30} | changes)


def mixed(plan: Plan, work: Path, *paths: Path) -> Mix:
    return finished(sound.mix(plan, {File.of(path).sha256: path for path in paths}, work))


def length(mix: Mix) -> float:
    return float(samples(mix.path(mix.audio)).shape[1]) / RATE


def film(ffmpeg: Ffmpeg, target: Path, *audio: object) -> Path:
    """Six seconds of picture with the sound that the arguments make."""
    ffmpeg(
        *("-f", "lavfi", "-i", "testsrc2=s=480x270:r=30:d=6", *audio),
        *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", target),
    )
    return target


def tone(text: str) -> tuple[str, ...]:
    return ("-f", "lavfi", "-i", text)


# ── loud enough, long enough ─────────────────────────────────────────────────────────────────────────────────────


def loudness_of(heard: npt.NDArray[np.float64]) -> float:
    """Integrated loudness by ITU-R BS.1770-5 itself, written down here: another meter than the mix uses."""
    z = np.exp(2j * np.pi * np.fft.rfftfreq(heard.shape[1], 1 / RATE) / RATE)
    shelf = (1.53512485958697 - 2.69169618940638 / z + 1.19839281085285 / z**2) / (
        1 - 1.69065929318241 / z + 0.73248077421585 / z**2
    )
    high = (1 - 2 / z + 1 / z**2) / (1 - 1.99004745483398 / z + 0.99007225036621 / z**2)
    weighted = np.fft.irfft(np.fft.rfft(heard, axis=1) * shelf * high, heard.shape[1], axis=1)
    block, hop = int(0.4 * RATE), int(0.1 * RATE)
    starts = range(0, weighted.shape[1] - block + 1, hop)
    power = np.array([(weighted[:, at : at + block] ** 2).mean(axis=1).sum() for at in starts]) + 1e-12
    power = power[-0.691 + 10 * np.log10(power) > -70]
    gate = -0.691 + 10 * np.log10(power.mean()) - 10
    return float(-0.691 + 10 * np.log10(power[-0.691 + 10 * np.log10(power) > gate].mean()))


def peak_of(heard: npt.NDArray[np.float64]) -> float:
    """The true peak in dB, with the samples in between found by oversampling eight times."""
    spectrum = np.fft.rfft(heard, axis=1)
    between = np.fft.irfft(spectrum, heard.shape[1] * 8, axis=1) * 8
    return float(20 * np.log10(np.abs(between).max()))


def of_another_level(ffmpeg: Ffmpeg, target: Path, decibels: float) -> Path:
    """The speech, so much louder; what goes over full scale is clipped."""
    ffmpeg("-i", FOX, "-af", f"volume={decibels}dB", "-c:a", "pcm_s16le", target)
    return target


def hard(ffmpeg: Ffmpeg, target: Path) -> Path:
    """Music of a soft tone with a loud crack every half second: 40 dB between its loudness and its peaks."""
    ffmpeg(*tone("aevalsrc='0.9*lt(mod(t,0.5),0.004)*sin(2*PI*1800*t)+0.004*sin(2*PI*220*t)':d=12"), target)
    return target


CASES = (
    "five seconds of bare speech", "very quiet speech", "very loud speech", "speech over sound", "sound alone",
    "too loud", "speech over music", "music alone", "speech over hard peaks", "hard peaks alone",
)  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_loudness_is_right_after_aac(case: str, tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    source = source_of(BOX)
    quiet = of_another_level(ffmpeg, tmp_path / "quiet.wav", -30)
    loud = of_another_level(ffmpeg, tmp_path / "loud.wav", 24)
    cracks = hard(ffmpeg, tmp_path / "cracks.wav")
    cuts, parted = [(0, 0, 150)], [(0, 0, 90), (0, 200, 90)]
    plan = {
        "five seconds of bare speech": plan_of([source], cuts, tracks=[voice()]),
        "very quiet speech": plan_of([source], cuts, tracks=[voice(quiet)]),
        "very loud speech": plan_of([source], cuts, tracks=[voice(loud)]),
        "speech over sound": plan_of([source], parted, tracks=[voice(), BED], speech=[(6, 140)]),
        "sound alone": plan_of([source], [(0, 60, 150)]),
        "too loud": plan_of([source], cuts),  # clipped and knocking, from its first frame
        "speech over music": plan_of([source], parted, tracks=[voice(), music()], speech=[(6, 140)]),
        "music alone": plan_of([source], parted, tracks=[music()]),
        "speech over hard peaks": plan_of([source], parted, tracks=[voice(), music(cracks)], speech=[(6, 140)]),
        "hard peaks alone": plan_of([source], parted, tracks=[music(cracks)]),
    }[case]

    mix = mixed(plan, tmp_path, BOX, FOX, TUNE, quiet, loud, cracks)

    heard = samples(mix.path(mix.audio))
    lufs = loudness_of(heard)
    assert lufs == pytest.approx(-14, abs=0.3)
    assert peak_of(heard) <= -1.0
    assert mix.loudness_lufs == pytest.approx(lufs, abs=0.1)
    assert mix.degradations == ()


@pytest.mark.slow
def test_a_minute_with_music_is_as_loud_as_five_seconds(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    long = tmp_path / "long.wav"
    ffmpeg("-stream_loop", "20", "-i", FOX, "-t", "58", "-c:a", "pcm_s16le", long)
    plan = plan_of([source_of(BOX)], [(0, 0, 450)] * 4, tracks=[voice(long), BED, music()], speech=[(6, 1740)])

    mix = mixed(plan, tmp_path, BOX, long, TUNE)

    heard = samples(mix.path(mix.audio))
    assert loudness_of(heard) == pytest.approx(-14, abs=0.3)
    assert peak_of(heard) <= -1.0
    assert length(mix) == pytest.approx(60, abs=1 / 30)


@pytest.mark.parametrize("lost", [0.0, 1.5], ids=["as reckoned", "as loud as never before"])
def test_what_cannot_be_made_loud_enough_is_told(lost: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loudness, "TRIES", 1)
    plan = plan_of([source_of(BOX)], [(0, 0, 150)], tracks=[voice()], loudness_lufs=-14 + 10 * lost)

    mix = mixed(plan, tmp_path, BOX, FOX)

    assert [item.slug for item in mix.degradations] == (["loudness_missed"] if lost else [])


def test_it_is_aac_at_48_khz_in_stereo(tmp_path: Path) -> None:
    mix = mixed(plan_of([source_of(BOX)], [(0, 0, 30)]), tmp_path, BOX)

    with av.open(str(mix.path(mix.audio))) as container:
        codec = container.streams.audio[0].codec_context
        assert (codec.name, codec.profile, codec.sample_rate, codec.channels) == ("aac", "LC", 48000, 2)


SOUNDS: dict[str, Sequence[str]] = {
    "5.1": (*tone("sine=f=300:d=6"), "-ac", "6"),
    "mono at 22 kHz": (*tone("sine=f=300:d=6:r=22050"), "-ac", "1"),
    "shorter than the picture": tone("sine=f=300:d=2"),
}


@pytest.mark.parametrize("kind", SOUNDS)
def test_any_sound_of_a_source_is_heard_as_long_as_the_picture(kind: str, tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    path = film(ffmpeg, tmp_path / "film.mp4", *SOUNDS[kind])

    mix = mixed(plan_of([source_of(path)], [(0, 0, 90), (0, 90, 30)]), tmp_path, path)

    assert mix.loudness_lufs == pytest.approx(-14, abs=0.5)
    assert length(mix) == pytest.approx(4, abs=1 / 30)


@pytest.mark.parametrize("audio", [(), tone("anullsrc=d=6")], ids=["no sound", "silent sound"])
def test_where_there_is_nothing_to_hear_that_is_told(audio: Sequence[str], tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    path = film(ffmpeg, tmp_path / "film.mp4", *audio)

    mix = mixed(plan_of([source_of(path)], [(0, 0, 60)]), tmp_path, path)

    assert (mix.loudness_lufs, mix.peak_dbtp) == (None, None)
    assert [item.slug for item in mix.degradations] == ["silent"]
    assert length(mix) == pytest.approx(2, abs=1 / 30)


def test_a_voice_over_a_silent_source_needs_no_bed(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    path = film(ffmpeg, tmp_path / "film.mp4", *tone("anullsrc=d=6"))

    mix = mixed(plan_of([source_of(path)], [(0, 0, 150)], tracks=[voice(), BED], speech=[(6, 90)]), tmp_path, path, FOX)

    assert mix.loudness_lufs == pytest.approx(-14, abs=0.5)
    assert mix.degradations == ()


# ── the voice and its bed ────────────────────────────────────────────────────────────────────────────────────────


def rms_db(part: npt.NDArray[np.float64]) -> float:
    return float(10 * np.log10(np.mean(part**2) + 1e-12))


def at_pitch(part: npt.NDArray[np.float64], hertz: float) -> float:
    """The level of one pitch in dB."""
    window = np.hanning(part.size)
    spectrum = np.abs(np.fft.rfft(part * window)) / window.sum() * 2
    return float(20 * np.log10(spectrum[round(hertz * part.size / RATE)] + 1e-9))


def test_the_voice_begins_at_its_frame(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    beep = tmp_path / "beep.wav"
    ffmpeg("-f", "lavfi", "-i", "sine=f=1000:d=1:r=24000", beep)

    mix = mixed(plan_of([source_of(BOX)], [(0, 0, 90)], tracks=[voice(beep, 30)]), tmp_path, BOX, beep)

    heard = np.abs(samples(mix.path(mix.audio))).max(axis=0)
    first = np.flatnonzero(heard > heard.max() / 4)[0]
    assert first / RATE == pytest.approx(1.0, abs=0.005)


def test_the_bed_is_low_under_the_voice_and_higher_in_its_pauses(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    path = film(ffmpeg, tmp_path / "film.mp4", *tone("sine=f=500:d=6"))
    beep = tmp_path / "beep.wav"
    ffmpeg("-f", "lavfi", "-i", "aevalsrc='0.3*sin(2*PI*1000*t)*lt(t,2)':d=4", beep)
    plan = plan_of([source_of(path)], [(0, 0, 150)], tracks=[voice(beep, 15), BED], speech=[(15, 75)])

    mix = mixed(plan, tmp_path, path, beep)

    heard = samples(mix.path(mix.audio))[0]
    speaking, silent = heard[RATE : 2 * RATE], heard[4 * RATE : 5 * RATE]
    assert at_pitch(speaking, 1000) - at_pitch(speaking, 500) == pytest.approx(15, abs=1.5)
    assert at_pitch(silent, 500) - at_pitch(speaking, 500) == pytest.approx(7, abs=1)


def test_the_bed_is_never_raised_by_more_than_six_decibels(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    path = film(ffmpeg, tmp_path / "film.mp4", *tone("aevalsrc='0.002*sin(2*PI*500*t)':d=6"))
    beep = tmp_path / "beep.wav"
    ffmpeg("-f", "lavfi", "-i", "sine=f=1000:d=2", beep)
    plan = plan_of([source_of(path)], [(0, 0, 150)], tracks=[voice(beep), BED], speech=[(6, 66)])

    mix = mixed(plan, tmp_path, path, beep)

    rest = samples(mix.path(mix.audio))[0][4 * RATE : 5 * RATE]
    assert at_pitch(rest, 500) <= 20 * np.log10(0.002) + 6.5


def test_the_bed_goes_down_before_a_word_and_up_after_the_last_of_a_run() -> None:
    speech = [Span(start=30, end=60), Span(start=70, end=90), Span(start=150, end=180)]  # pauses of 0.33 s and of 2 s

    times, levels = sound.ramps(speech, 30, -8, -15)

    seconds = [round(time / RATE, 2) for time in times]
    assert list(zip(seconds, levels, strict=True)) == [
        (0.0, -8),
        *((0.8, -8), (1.0, -15), (3.0, -15), (3.4, -8)),
        *((4.8, -8), (5.0, -15), (6.0, -15), (6.4, -8)),
    ]


def test_speech_from_the_first_frame_is_ducked_from_the_first_sample() -> None:
    times, levels = sound.ramps([Span(start=0, end=30)], 30, -8, -15)

    assert (times[0], levels[0]) == (0.0, -15)


# ── music ────────────────────────────────────────────────────────────────────────────────────────────────────────


def tune(ffmpeg: Ffmpeg, target: Path, text: str = "0.3*sin(2*PI*(500+400*gte(t,1))*t)", length_s: float = 8) -> Path:
    """A second at 500 Hz, then 900 Hz."""
    ffmpeg(*tone(f"aevalsrc='{text}':d={length_s}:s=44100"), target)
    return target


def film_of(ffmpeg: Ffmpeg, target: Path) -> tuple[Path, Plan]:
    """A silent film, and a plan of five seconds of it without a track."""
    path = film(ffmpeg, target, *tone("anullsrc=d=6"))
    return path, plan_of([source_of(path)], [(0, 0, 150)], tracks=())


def test_music_is_low_under_the_voice_and_higher_in_its_pauses(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    path, plan = film_of(ffmpeg, tmp_path / "film.mp4")
    beep, song = tmp_path / "beep.wav", tune(ffmpeg, tmp_path / "song.wav", "0.05*sin(2*PI*500*t)")
    ffmpeg("-f", "lavfi", "-i", "aevalsrc='0.3*sin(2*PI*1000*t)*lt(t,2)':d=4", beep)
    tracks, speech = (voice(beep, 15), music(song)), (Span(start=15, end=75),)

    mix = mixed(plan.model_copy(update={"tracks": tracks, "speech": speech}), tmp_path, path, beep, song)

    heard = samples(mix.path(mix.audio))[0]
    speaking, silent = heard[RATE : 2 * RATE], heard[3 * RATE : 4 * RATE]
    assert at_pitch(speaking, 1000) - at_pitch(speaking, 500) == pytest.approx(15, abs=1.5)
    assert at_pitch(silent, 500) - at_pitch(speaking, 500) == pytest.approx(8, abs=0.5)


@pytest.mark.parametrize("kind", ["wav", "mp3", "m4a", "ogg", "opus", "flac"])
@pytest.mark.parametrize("begins_ms", [0, 517])
def test_music_begins_at_its_millisecond(kind: str, begins_ms: int, tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    path, plan = film_of(ffmpeg, tmp_path / "film.mp4")
    song = tune(ffmpeg, tmp_path / f"song.{kind}", "0.5*sin(2*PI*500*t)*gte(t,1)", 8)

    mix = mixed(plan.model_copy(update={"tracks": (music(song, file_in_ms=begins_ms),)}), tmp_path, path, song)

    heard = np.abs(samples(mix.path(mix.audio))[0])
    first = int(np.flatnonzero(heard > heard.max() / 4)[0])
    assert first / RATE == pytest.approx(1 - begins_ms / 1000, abs=0.003)


def test_music_that_is_too_short_begins_again_and_that_is_hardly_heard(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    path, plan = film_of(ffmpeg, tmp_path / "film.mp4")
    song = tune(ffmpeg, tmp_path / "song.wav", "0.3*sin(2*PI*225*t)", 1.3)

    mix = mixed(plan.model_copy(update={"tracks": (music(song, fade_out=0),)}), tmp_path, path, song)

    heard = samples(mix.path(mix.audio))[0]
    levels = [rms_db(heard[at : at + RATE // 20]) for at in range(RATE // 10, len(heard) - RATE // 10, RATE // 40)]
    assert max(levels) - min(levels) <= 3.5
    assert np.abs(np.diff(heard)).max() <= 1.5 * 2 * np.pi * 225 / RATE * np.abs(heard).max()


def test_the_seam_lies_where_the_music_ends(tmp_path: Path) -> None:
    sound_of_it = np.repeat(np.arange(10_000, dtype=np.float32)[:, None], 2, axis=1)
    sound_of_it.tofile(tmp_path / "track.f32")
    seam = sound.SEAM_MS * RATE // 1000

    heard = sound._repeated(tmp_path / "track.f32", 10_000, 0, 25_000)[:, 0]

    assert np.array_equal(heard[: 10_000 - seam], sound_of_it[: 10_000 - seam, 0])
    coming = np.arange(seam) / seam  # as much power comes as goes
    both = sound_of_it[-seam:, 0] * np.sqrt(1 - coming) + sound_of_it[:seam, 0] * np.sqrt(coming)
    assert np.allclose(heard[10_000 - seam : 10_000], both, rtol=1e-5)
    assert np.array_equal(heard[10_000 : 2 * (10_000 - seam)], sound_of_it[seam : 10_000 - seam, 0])
    assert np.array_equal(heard[12_345:13_000], sound._repeated(tmp_path / "track.f32", 10_000, 12_345, 655)[:, 0])


def test_music_comes_and_goes_with_the_clip(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    path, plan = film_of(ffmpeg, tmp_path / "film.mp4")
    song = tune(ffmpeg, tmp_path / "song.wav", "0.3*sin(2*PI*500*t)")

    mix = mixed(plan.model_copy(update={"tracks": (music(song, fade_in=15, fade_out=30),)}), tmp_path, path, song)

    heard = samples(mix.path(mix.audio))[0]
    whole = rms_db(heard[2 * RATE : 3 * RATE])
    assert rms_db(heard[int(0.24 * RATE) : int(0.26 * RATE)]) == pytest.approx(whole - 6, abs=0.5)
    assert rms_db(heard[int(4.49 * RATE) : int(4.51 * RATE)]) == pytest.approx(whole - 6, abs=0.5)
    assert rms_db(heard[int(4.95 * RATE) :]) <= whole - 25


def test_music_that_is_damaged_further_on_is_played_as_far_as_it_goes(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    path, plan = film_of(ffmpeg, tmp_path / "film.mp4")
    song = tune(ffmpeg, tmp_path / "song.mp3", "0.3*sin(2*PI*500*t)", 8)
    song.write_bytes(song.read_bytes()[: song.stat().st_size // 2] + b"\x00" * 3000)

    mix = mixed(plan.model_copy(update={"tracks": (music(song),)}), tmp_path, path, song)

    assert mix.loudness_lufs == pytest.approx(-14, abs=0.3)
    assert length(mix) == pytest.approx(5, abs=1 / 30)


def test_music_from_beyond_its_end_is_silence(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    path, plan = film_of(ffmpeg, tmp_path / "film.mp4")
    song = tune(ffmpeg, tmp_path / "song.wav", "0.3*sin(2*PI*500*t)", 3)

    mix = mixed(plan.model_copy(update={"tracks": (music(song, file_in_ms=9000),)}), tmp_path, path, song)

    assert [item.slug for item in mix.degradations] == ["silent"]


# ── what is silenced ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_muted_span_is_silent_and_nothing_beside_it_is(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    path = film(ffmpeg, tmp_path / "film.mp4", *tone("aevalsrc='0.3*sin(2*PI*500*t)':d=6"))
    track = Track(role="source", muted=(Span(start=60, end=90),))

    mix = mixed(plan_of([source_of(path)], [(0, 0, 150)], tracks=[track]), tmp_path, path)

    heard = samples(mix.path(mix.audio))[0]
    whole = rms_db(heard[RATE // 2 : RATE])
    assert rms_db(heard[2 * RATE : 3 * RATE]) <= whole - 50
    assert rms_db(heard[int(1.9 * RATE) : int(1.95 * RATE)]) == pytest.approx(whole, abs=0.5)
    assert rms_db(heard[int(3.05 * RATE) : int(3.1 * RATE)]) == pytest.approx(whole, abs=0.5)
    assert np.abs(np.diff(heard)).max() <= 1.2 * 2 * np.pi * 500 / RATE * np.abs(heard).max()


# ── the cuts ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_there_is_no_click_at_a_cut(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    path = film(ffmpeg, tmp_path / "film.mp4", *tone("sine=f=200:d=6"))

    mix = mixed(plan_of([source_of(path)], [(0, 0, 31), (0, 77, 40), (0, 20, 31)]), tmp_path, path)

    heard = samples(mix.path(mix.audio))[0]
    peak = np.abs(heard).max()
    steepest = 2 * np.pi * 200 / RATE * peak
    assert np.abs(np.diff(heard)).max() <= 1.5 * steepest


@pytest.mark.parametrize("speed", [1.0, 0.9])
def test_there_is_no_hole_in_the_rooms_tone_at_a_cut(speed: float, tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    path = film(ffmpeg, tmp_path / "film.mp4", *tone("anoisesrc=d=6:a=0.1:seed=1"))
    cuts = [(0, 90, 30, speed), (0, 0, 30, speed), (0, 140, 30, speed), (0, 50, 30, speed)]

    mix = mixed(plan_of([source_of(path)], cuts), tmp_path, path)

    heard = samples(mix.path(mix.audio))[0]
    hop = RATE // 100
    levels = np.array([rms_db(heard[at : at + hop]) for at in range(RATE // 5, len(heard) - RATE // 5, hop // 4)])
    assert length(mix) == pytest.approx(4, abs=1 / 30)
    assert levels.min() >= np.median(levels) - 4
    assert levels.max() <= np.median(levels) + 4


def test_a_cut_that_goes_on_in_the_source_is_not_heard(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    path = film(ffmpeg, tmp_path / "film.mp4", *tone("sine=f=200:d=6"))

    mix = mixed(plan_of([source_of(path)], [(0, 0, 30), (0, 30, 30)]), tmp_path, path)

    heard = samples(mix.path(mix.audio))[0]
    cut = heard[RATE - 960 : RATE + 960]
    assert rms_db(cut) == pytest.approx(rms_db(heard[RATE // 2 : RATE // 2 + 1920]), abs=0.3)


def test_a_slowed_shot_keeps_its_pitch(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    path = film(ffmpeg, tmp_path / "film.mp4", *tone("sine=f=500:d=6"))

    mix = mixed(plan_of([source_of(path)], [(0, 0, 90, 0.8)]), tmp_path, path)

    part = samples(mix.path(mix.audio))[0][RATE : 2 * RATE]
    assert at_pitch(part, 500) - at_pitch(part, 400) > 30


def test_many_shots_sound_as_if_they_were_few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_of([source_of(BOX)], [(0, 50 * number % 300, 12) for number in range(13)])
    few, many = tmp_path / "few", tmp_path / "many"
    few.mkdir()
    many.mkdir()

    grouped = mixed(plan, many, BOX)
    monkeypatch.setattr(sound, "MOST_INPUTS", 100)

    assert grouped.audio.sha256 == mixed(plan, few, BOX).audio.sha256


def test_a_long_clip_is_mixed_in_parts_that_nobody_hears(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tracks = [voice(), BED.model_copy(update={"muted": (Span(start=40, end=70),)}), music(file_in_ms=12_000)]
    plan = plan_of([source_of(BOX)], [(0, 0, 90), (0, 200, 90)], tracks=tracks, speech=[(6, 60), (100, 140)])
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    whole.mkdir()
    parts.mkdir()

    at_once = mixed(plan, whole, BOX, FOX, TUNE)
    monkeypatch.setattr(sound, "BLOCK", 7919)

    assert mixed(plan, parts, BOX, FOX, TUNE).audio.sha256 == at_once.audio.sha256


# ── what changes the sound ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def source() -> Source:
    return source_of(BOX)


def key(plan: Plan) -> object:
    return canonical(sound.heard(plan))


def test_what_is_only_seen_does_not_change_the_sound(source: Source) -> None:
    plan = plan_of([source], [(0, 0, 30), (0, 60, 30)], tracks=[voice(), BED])
    elsewhere = (CropKey(frame=0, crop=Crop(x=0, y=0, width=270, height=480)),)
    shots = tuple(shot.model_copy(update={"crops": elsewhere}) for shot in plan.shots)
    style = plan.style.model_copy(update={"size_px": 99})
    seen = plan.model_copy(update={"shots": shots, "style": style, "poster_frame": 9, "threads": 1})

    assert key(seen) == key(plan)


def test_without_the_sources_sound_the_cuts_do_not_change_it(source: Source) -> None:
    plan = plan_of([source], [(0, 0, 60)], tracks=[voice()])

    assert key(plan_of([source], [(0, 9, 30), (0, 90, 30)], tracks=[voice()])) == key(plan)


def test_everything_that_is_heard_changes_the_sound(source: Source) -> None:
    plan = plan_of([source], [(0, 0, 60)], tracks=[voice(), BED], speech=[(6, 30)])
    other = source.model_copy(update={"file": File(name="x", sha256="0" * 64, bytes=1)})
    changed = [
        plan_of([source], [(0, 1, 60)], tracks=[voice(), BED], speech=[(6, 30)]),
        plan_of([source], [(0, 0, 60, 0.9)], tracks=[voice(), BED], speech=[(6, 30)]),
        plan_of([source], [(0, 0, 61)], tracks=[voice(), BED], speech=[(6, 30)]),
        plan_of([other], [(0, 0, 60)], tracks=[voice(), BED], speech=[(6, 30)]),
        plan_of([source], [(0, 0, 60)], tracks=[voice(start=7), BED], speech=[(6, 30)]),
        plan_of([source], [(0, 0, 60)], tracks=[voice(), BED], speech=[(6, 31)]),
        plan.model_copy(update={"loudness_lufs": -16.0}),
        plan.model_copy(update={"peak_dbtp": -2.0}),
    ]

    keys = [str(key(item)) for item in (plan, *changed)]
    assert len(set(keys)) == len(keys)
