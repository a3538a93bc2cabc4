"""The real voice, spoken once for the whole module, measured on its sound."""

from __future__ import annotations

import shutil
import subprocess
import sys
import wave
from collections.abc import Callable
from pathlib import Path

import espeakng_loader
import jiwer
import numpy as np
import pytest
from faster_whisper import WhisperModel
from numpy.typing import NDArray

from editai import script, voices, weights
from editai.errors import InvalidInput, Unavailable
from editai.models import Brief, File, Narration, Script, ScriptWord, Sentence, Step, Voice, Work
from editai.settings import Settings
from editai.voices import kokoro
from editai.voices.base import PAUSE_MS
from tests.voices.lines import BRANDS, LINES, plain

HEART = Voice(engine="kokoro", name="af_heart")


def finished(work: Work[Narration]) -> tuple[Narration, list[Step]]:
    """The result of a stage, and the steps it took."""
    steps = []
    try:
        while True:
            steps.append(next(work))
    except StopIteration as done:
        return done.value, steps


def script_of(text: str) -> Script:
    made = script.write(Brief(sources=(File(name="a", sha256="a", bytes=1),), script=text), "en")
    assert made is not None
    return made


def samples(narration: Narration) -> NDArray[np.float32]:
    with wave.open(str(narration.path(narration.audio))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 24_000)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / np.float32(32767)


def loudness(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of every 5 ms, in dB below the loudest."""
    level = np.sqrt((sound[: len(sound) // 120 * 120].reshape(-1, 120) ** 2).mean(axis=1))
    loud: NDArray[np.float32] = 20 * np.log10(level / level.max() + 1e-6)
    return loud


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(_env_file=None, home=tmp_path_factory.mktemp("home"), models_dir=None, offline=True)


@pytest.fixture(scope="module")
def spoken(home: Settings, tmp_path_factory: pytest.TempPathFactory) -> tuple[Narration, list[Step]]:
    """The ten lines in one narration."""
    return finished(voices.speak(script_of("\n".join(LINES)), HEART, home, tmp_path_factory.mktemp("spoken")))


@pytest.fixture(scope="module")
def narration(spoken: tuple[Narration, list[Step]]) -> Narration:
    return spoken[0]


@pytest.mark.slow
class TestTenAdvertisingLines:
    def test_every_displayed_word_is_there_once_in_order(self, narration: Narration) -> None:
        assert [word.text for word in narration.words] == " ".join(LINES).split()

    def test_words_follow_one_another_and_none_is_empty(self, narration: Narration) -> None:
        ends = 0
        for word in narration.words:
            assert ends <= word.start_ms < word.end_ms
            ends = word.end_ms
        assert ends <= narration.duration_ms

    def test_every_word_knows_its_sentence(self, narration: Narration) -> None:
        lines = [" ".join(word.text for word in words) for words in narration.sentences()]
        assert " ".join(lines) == " ".join(LINES)
        assert len(lines) == len(LINES) + 1  # "Tired of tangled cables? So were we." is two

    def test_the_first_word_starts_at_once(self, narration: Narration) -> None:
        assert narration.words[0].start_ms <= 20

    def test_the_sound_is_as_long_as_it_says(self, narration: Narration) -> None:
        assert narration.duration_ms == pytest.approx(len(samples(narration)) / 24, abs=1)

    def test_the_pauses_between_sentences_are_ours(self, narration: Narration) -> None:
        loud = loudness(samples(narration))
        for before, after in zip(narration.sentences(), narration.sentences()[1:], strict=False):
            assert after[0].start_ms - before[-1].end_ms == pytest.approx(PAUSE_MS, abs=2)
            quiet = loud[before[-1].end_ms // 5 + 12 : after[0].start_ms // 5 - 3]
            assert quiet.max() < -60

    def test_speech_begins_where_the_first_word_of_a_sentence_begins(self, narration: Narration) -> None:
        loud = loudness(samples(narration))
        for words in narration.sentences():
            heard = np.flatnonzero(loud[words[0].start_ms // 5 - 2 :] > -45)[0] * 5 - 10
            assert abs(heard) <= 60

    def test_no_join_clicks(self, narration: Narration) -> None:
        sound = samples(narration)
        inside = np.abs(np.diff(sound)).max()
        for before, after in zip(narration.sentences(), narration.sentences()[1:], strict=False):
            around = sound[(before[-1].end_ms + 30) * 24 : (after[0].start_ms + 2) * 24]
            assert np.abs(np.diff(around)).max() < 0.1 * inside

    def test_progress_goes_up_and_names_the_sentence(self, spoken: tuple[Narration, list[Step]]) -> None:
        fractions = [step.fraction for step in spoken[1]]
        assert fractions == sorted(fractions)
        assert 0 <= fractions[0] < fractions[-1] <= 1
        assert {f"Speaking sentence {number} of 11" for number in range(1, 12)} <= {step.message for step in spoken[1]}

    def test_a_listener_hears_the_script(
        self, narration: Narration, home: Settings, measured: Callable[[str], None]
    ) -> None:
        found = next_value(weights.obtain(weights.WHISPER, home))
        model = WhisperModel(str(found.folder), device="cpu", compute_type="int8", cpu_threads=2)
        heard: list[str] = []
        rate, sound = 24_000, samples(narration)
        for words in narration.sentences():
            part = sound[max(0, words[0].start_ms - 100) * 24 : (words[-1].end_ms + 200) * rate // 1000]
            even = np.interp(np.arange(0, len(part), 1.5), np.arange(len(part)), part).astype(np.float32)
            heard.append(" ".join(segment.text for segment in model.transcribe(even, language="en", beam_size=1)[0]))
        said = [" ".join(word.text for word in words) for words in narration.sentences()]

        errors, total, brands = compared([plain(line) for line in said], [plain(line) for line in heard])

        print("\n".join(f"  said  {one}\n  heard {other}" for one, other in zip(said, heard, strict=True)))
        measured(f"ten advertising lines: word error rate {errors / total:.3f} over {total} words")
        measured(f"invented names, counted apart, were heard as {brands}")
        assert errors / total <= 0.1


def next_value(work: Work[weights.Found]) -> weights.Found:
    try:
        while True:
            next(work)
    except StopIteration as done:
        found: weights.Found = done.value
        return found


def compared(said: list[list[str]], heard: list[list[str]]) -> tuple[int, int, dict[str, str]]:
    """Word errors and words, invented names left out, and what became of those."""
    errors = total = 0
    brands: dict[str, str] = {}
    for one, other in zip(said, heard, strict=True):
        total += sum(word not in BRANDS for word in one)
        for chunk in jiwer.process_words(" ".join(one), " ".join(other)).alignments[0]:
            reference = one[chunk.ref_start_idx : chunk.ref_end_idx]
            hypothesis = other[chunk.hyp_start_idx : chunk.hyp_end_idx]
            same = chunk.type == "equal"
            brands |= {word: word if same else " ".join(hypothesis) for word in reference if word in BRANDS}
            if not same:
                errors += max(sum(word not in BRANDS for word in reference), 0 if reference else len(hypothesis))
    return errors, total, brands


@pytest.mark.slow
class TestOneSentence:
    def test_speed_shortens_the_sound(self, home: Settings, tmp_path: Path) -> None:
        text = script_of("It folds flat and fits in a bag.")
        lengths = []
        for speed in (0.8, 1.4):
            work = tmp_path / str(speed)
            work.mkdir()
            lengths.append(finished(voices.speak(text, HEART.model_copy(update={"speed": speed}), home, work))[0])
        assert lengths[0].duration_ms > 1.4 * lengths[1].duration_ms

    def test_every_voice_speaks(self, home: Settings, tmp_path: Path) -> None:
        sounds = set()
        for info in voices.catalogue():
            work = tmp_path / info.name
            work.mkdir()
            made, _ = finished(
                voices.speak(script_of("Shop now."), Voice(engine=info.engine, name=info.name), home, work)
            )
            sounds.add(made.audio.sha256)
        assert len(sounds) == len(voices.catalogue()) >= 4

    def test_the_same_script_gives_the_same_bytes(self, home: Settings, tmp_path: Path) -> None:
        made = []
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            made.append(finished(voices.speak(script_of("Shop now."), HEART, home, tmp_path / name))[0])
        assert (made[0].audio, made[0].words) == (made[1].audio, made[1].words)

    def test_words_without_a_sound_are_there_too(self, home: Settings, tmp_path: Path) -> None:
        made, _ = finished(voices.speak(script_of("🔥 Hot — and new 👍🏽 !"), HEART, home, tmp_path))
        assert [word.text for word in made.words] == ["🔥", "Hot", "—", "and", "new", "👍🏽", "!"]
        assert all(word.start_ms < word.end_ms for word in made.words)
        assert all(one.end_ms <= other.start_ms for one, other in zip(made.words, made.words[1:], strict=False))

    def test_nothing_of_a_sentence_beyond_the_models_limit_is_cut_off(self, home: Settings, tmp_path: Path) -> None:
        text = " ".join(["all the colours of the rainbow, from red to violet,"] * 11) + " in one box."
        made, _ = finished(voices.speak(script_of(text), HEART.model_copy(update={"speed": 2.0}), home, tmp_path))
        assert [word.text for word in made.words] == text.split()
        assert made.duration_ms > 11 * 1300
        assert loudness(samples(made))[made.words[-1].start_ms // 5 : made.words[-1].end_ms // 5].max() > -20

    def test_closing_the_stage_stops_the_model_and_the_voice_can_speak_again(
        self, home: Settings, tmp_path: Path
    ) -> None:
        long = script_of(" ".join(["all the colours of the rainbow, from red to violet,"] * 8))
        work = voices.speak(long, HEART, home, tmp_path)
        while not next(work).message.startswith("Speaking"):
            pass
        next(work)
        work.close()
        assert not list(tmp_path.iterdir())
        made, _ = finished(voices.speak(script_of("Shop now."), HEART, home, tmp_path))
        assert made.duration_ms > 500


def test_a_sentence_without_a_sound_is_refused(settings: Settings, tmp_path: Path) -> None:
    silent = Script(
        sentences=(Sentence(words=(ScriptWord(displayed="—", spoken="—"),)),), language="en", origin="given"
    )
    with pytest.raises(InvalidInput, match="nothing to speak"):
        finished(voices.speak(silent, HEART, settings, tmp_path))


def test_the_fingerprint_knows_weights_voices_and_packages(settings: Settings) -> None:
    known = voices.fingerprint(HEART, settings)
    assert known["weights"] == weights.KOKORO.packaged[0].sha256
    assert set(known) == {"engine", "revision", "pause_ms", "weights", "voices", "packages"}


SPEAK = """
import sys
from pathlib import Path
import espeakng_loader
data, home = Path(sys.argv[1]), Path(sys.argv[2])
espeakng_loader.get_data_path = lambda: str(data)
from editai.voices import kokoro
folder = kokoro._espeak_data(home)
from kokoro_onnx.config import EspeakConfig
from kokoro_onnx.tokenizer import Tokenizer
print(Tokenizer(EspeakConfig(data_path=str(folder))).phonemize("hello"))
"""


def phonemized(program: str, data: Path, home: Path) -> subprocess.CompletedProcess[str]:
    """espeak in a process of its own, with its data in `data`."""
    shutil.copytree(espeakng_loader.get_data_path(), data)
    home.mkdir(exist_ok=True)
    command = [sys.executable, "-c", program, str(data), str(home)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(("name", "copied"), [("x" * 200, True), ("Prodotti à €5 数据 'x'", False), ("plain", False)])
def test_espeak_lives_through_any_path_of_its_data(tmp_path: Path, name: str, copied: bool) -> None:
    ran = phonemized(SPEAK, tmp_path / name / "espeak-ng-data", tmp_path / "home")

    assert ran.stdout == "həlˈoʊ\n", ran.stderr
    assert bool(list((tmp_path / "home").glob("espeak-*"))) == copied


def test_espeak_ends_the_process_where_the_path_is_too_long(tmp_path: Path) -> None:
    """The reason for the copy; where this fails, espeak was mended and the copy can go."""
    straight = SPEAK.replace("kokoro._espeak_data(home)", "data")

    ran = phonemized(straight, tmp_path / ("x" * 200) / "espeak-ng-data", tmp_path / "home")

    assert ran.returncode != 0
    assert "Traceback" not in ran.stderr


def test_a_data_folder_with_a_long_name_is_refused_before_espeak_ends_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(espeakng_loader, "get_data_path", lambda: str(tmp_path / ("x" * 200)))

    with pytest.raises(Unavailable) as refused:
        kokoro._espeak_data(tmp_path / ("h" * 200))

    assert refused.value.slug == "voice_unavailable"
