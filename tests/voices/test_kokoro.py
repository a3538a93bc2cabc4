"""The default voice: real speech, measured on its sound, in every language that it speaks here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from faster_whisper import WhisperModel
from numpy.typing import NDArray

from editai import voices, weights
from editai.errors import InvalidInput
from editai.models import Narration, Script, ScriptWord, Sentence, Step, Voice, Work
from editai.script.sentences import sentences
from editai.settings import Settings
from editai.voices import Spoken, Studio
from editai.voices.kokoro import Kokoro
from editai.voices.kokoro_speech import LONGEST, Speaker
from editai.voices.narrate import PAUSE_MS
from editai.voices.phonemes import LANGUAGES, phonemiser, speaks
from editai.voices.sound import read_wav
from tests.voices.heard import at_16_khz, loudness, speech_share
from tests.voices.lines import LINES, MOST_WRONG, compared
from tests.voices.studios import finished, studio_in

HEART = Voice(engine="kokoro", name="af_heart")
SHORT = {
    "en": ("af_heart", "Tired of cables? Take the lamp, today."),
    "es": ("ef_dora", "¿Cansado de cables? Llévate la lámpara, hoy."),
    "fr": ("ff_siwis", "L'idée : prenez la lampe, aujourd'hui."),
    "it": ("if_sara", "Prendi la lampada, oggi, all'ufficio."),
    "pt": ("pf_dora", "Leve a luminária, hoje, para a mesa."),
    "hi": ("hf_alpha", "यह दीपक गर्म है, आज खरीदें।"),
    "ja": ("jf_alpha", "このランプは とても 明るいです。"),
    "zh": ("zf_xiaoxiao", "我们的台灯 很亮， 现在就买。"),
}
HERE = [language for language in SHORT if speaks(language)]


def heard_with(work: Work[Narration]) -> tuple[Narration, list[Step]]:
    """The result of a stage, and the steps it took."""
    steps = []
    try:
        while True:
            steps.append(next(work))
    except StopIteration as done:
        return done.value, steps


def script_of(text: str) -> Script:
    return Script(sentences=sentences(text, "en"), language="en", origin="given")


def sentence_of(text: str) -> Sentence:
    return Sentence(words=tuple(ScriptWord(displayed=word, spoken=word) for word in text.split()))


def samples(narration: Narration) -> NDArray[np.float32]:
    sound, rate = read_wav(narration.path(narration.audio))
    assert rate == 24_000
    return sound


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    folder = tmp_path_factory.mktemp("kokoro")
    return studio_in(folder, Settings(_env_file=None, home=folder / "home", models_dir=None, offline=True))


# ── ten advertising lines in English ─────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def spoken(home: Studio, tmp_path_factory: pytest.TempPathFactory) -> tuple[Narration, list[Step]]:
    """The ten lines in one narration."""
    return heard_with(voices.speak(script_of("\n".join(LINES)), HEART, home, tmp_path_factory.mktemp("spoken")))


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
        loud = loudness(samples(narration), 24_000)
        for before, after in zip(narration.sentences(), narration.sentences()[1:], strict=False):
            assert after[0].start_ms - before[-1].end_ms == pytest.approx(PAUSE_MS, abs=2)
            quiet = loud[before[-1].end_ms // 5 + 12 : after[0].start_ms // 5 - 3]
            assert quiet.max() < -60

    def test_speech_begins_where_the_first_word_of_a_sentence_begins(self, narration: Narration) -> None:
        loud = loudness(samples(narration), 24_000)
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
        self, narration: Narration, home: Studio, measured: Callable[[str], None]
    ) -> None:
        found = finished(weights.obtain(weights.WHISPER, home.settings))
        model = WhisperModel(str(found.folder), device="cpu", compute_type="int8", cpu_threads=2)
        heard: list[str] = []
        sound = samples(narration)
        for words in narration.sentences():
            part = at_16_khz(sound[max(0, words[0].start_ms - 100) * 24 : (words[-1].end_ms + 200) * 24], 24_000)
            heard.append(" ".join(segment.text for segment in model.transcribe(part, language="en", beam_size=1)[0]))
        said = [" ".join(word.text for word in words) for words in narration.sentences()]

        errors, total, brands = compared(said, heard)

        print("\n".join(f"  said  {one}\n  heard {other}" for one, other in zip(said, heard, strict=True)))
        measured(f"ten advertising lines: word error rate {errors / total:.3f} over {total} words")
        measured(f"invented names, counted apart, were heard as {brands}")
        assert errors / total <= MOST_WRONG


# ── one sentence ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
class TestOneSentence:
    def test_speed_shortens_the_sound(self, home: Studio, tmp_path: Path) -> None:
        lengths = []
        for speed in (0.8, 1.4):
            work = tmp_path / str(speed)
            work.mkdir()
            voice = HEART.model_copy(update={"speed": speed})
            lengths.append(finished(voices.speak(script_of("It fits in a bag."), voice, home, work)).duration_ms)
        assert lengths[0] > 1.4 * lengths[1]

    def test_the_same_sentence_gives_the_same_sound(self, home: Studio) -> None:
        speaker = finished(Kokoro().load(HEART, "en", home))
        one, two = (finished(speaker.say(sentence_of("Shop now."))) for _ in range(2))
        assert np.array_equal(one.sound, two.sound)
        assert one.times == two.times

    def test_words_without_a_sound_are_there_too(self, home: Studio, tmp_path: Path) -> None:
        made = finished(voices.speak(script_of("🔥 Hot — and new 👍🏽 !"), HEART, home, tmp_path))
        assert [word.text for word in made.words] == ["🔥", "Hot", "—", "and", "new", "👍🏽", "!"]
        assert all(word.start_ms < word.end_ms for word in made.words)
        assert all(one.end_ms <= other.start_ms for one, other in pairwise(made.words))

    def test_nothing_of_a_sentence_beyond_the_models_limit_is_cut_off(self, home: Studio, tmp_path: Path) -> None:
        text = " ".join(["all the colours of the rainbow, from red to violet,"] * 11) + " in one box."
        made = finished(voices.speak(script_of(text), HEART.model_copy(update={"speed": 2.0}), home, tmp_path))
        assert [word.text for word in made.words] == text.split()
        assert made.duration_ms > 11 * 1300
        last = made.words[-1]
        assert loudness(samples(made), 24_000)[last.start_ms // 5 : last.end_ms // 5].max() > -20

    def test_closing_stops_the_model_and_the_voice_can_speak_again(self, home: Studio, tmp_path: Path) -> None:
        long = script_of(" ".join(["all the colours of the rainbow, from red to violet,"] * 8))
        work = voices.speak(long, HEART, home, tmp_path)
        while not next(work).message.startswith("Speaking"):
            pass
        next(work)
        work.close()
        assert not list(tmp_path.iterdir())
        made = finished(voices.speak(script_of("Shop now."), HEART, home, tmp_path))
        assert made.duration_ms > 500


def test_a_sentence_without_a_sound_is_refused(studio: Studio, tmp_path: Path) -> None:
    silent = Script(sentences=(sentence_of("—"),), language="en", origin="given")
    with pytest.raises(InvalidInput, match="nothing to speak"):
        finished(voices.speak(silent, HEART, studio, tmp_path))


# ── every language ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module", params=HERE)
def said(request: pytest.FixtureRequest, home: Studio) -> tuple[Sentence, Spoken]:
    """A short sentence in each language, from its first voice."""
    name, text = SHORT[request.param]
    speaker = finished(Kokoro().load(Voice(engine="kokoro", name=name), request.param, home))
    return sentence_of(text), finished(speaker.say(sentence_of(text)))


@pytest.mark.slow
class TestEveryLanguage:
    def test_what_it_makes_is_speech(self, said: tuple[Sentence, Spoken]) -> None:
        assert speech_share(said[1].sound, said[1].rate) > 0.7

    def test_every_displayed_word_has_its_time_once_and_in_order(self, said: tuple[Sentence, Spoken]) -> None:
        sentence, spoken = said
        assert spoken.times is not None
        assert len(spoken.times) == len(sentence.words)
        assert all(start < end for start, end in spoken.times)
        assert all(one[1] <= other[0] for one, other in pairwise(spoken.times))
        assert spoken.times[0][0] >= 0
        assert spoken.times[-1][1] <= len(spoken.sound)

    def test_every_word_is_loud_in_its_time(self, said: tuple[Sentence, Spoken]) -> None:
        sentence, spoken = said
        loud = loudness(spoken.sound, spoken.rate)
        for word, (start, end) in zip(sentence.words, spoken.times or (), strict=True):
            if any(map(str.isalnum, word.spoken)):
                assert loud[int(start) // 120 : int(end) // 120 + 1].max() > -20


def test_every_voice_has_a_style_of_its_own(studio: Studio) -> None:
    offered = Kokoro().voices(studio)
    styles = set()
    for voice in offered:
        speaker = finished(Kokoro().load(Voice(engine="kokoro", name=voice.name), voice.language, studio))
        assert speaker.style.shape == (LONGEST, 1, 256)
        styles.add(speaker.style.tobytes())
    assert len(styles) == len(offered)


def test_a_voice_speaks_the_language_of_its_first_letter(studio: Studio) -> None:
    offered = Kokoro().voices(studio)
    assert all(voice.languages == (LANGUAGES[voice.name[0]],) for voice in offered)
    assert {voice.language for voice in offered} == set(HERE)


def test_the_pace_of_every_voice_was_measured(studio: Studio) -> None:
    paces = {voice.name: voice.letters_per_second for voice in Kokoro().voices(studio)}
    for name, pace in paces.items():
        assert pace is not None, name
        assert (3 if name[0] in "jz" else 8) < pace < 22


# ── sentences that are too long for the model, without the model ─────────────────────────────────────────────────


class Beeps:
    """A runtime that makes a tone, four frames of 100 samples for each phoneme, and notes how many it was given."""

    def __init__(self) -> None:
        self.lengths: list[int] = []

    def run(
        self, tokens: Sequence[int], style: NDArray[np.float32], speed: float
    ) -> Work[tuple[NDArray[np.float32], NDArray[np.int64]]]:
        self.lengths.append(len(tokens))
        frames = np.full(len(tokens) + 2, 4)
        yield Step(0.0)
        return np.sin(np.arange(frames.sum() * 100) / 5).astype(np.float32), frames


def beeped(accent: str, sentence: Sentence, folder: Path) -> tuple[Spoken, list[int]]:
    """What a speaker makes, and the lengths that it gave to the model; whatever it makes, each word has its time."""
    from kokoro_onnx.config import DEFAULT_VOCAB

    beeps = Beeps()
    style = np.zeros((LONGEST, 1, 256), np.float32)
    spoken = finished(Speaker(beeps, phonemiser(accent, folder), DEFAULT_VOCAB, style, 1.0).say(sentence))
    assert spoken.times is not None
    assert len(spoken.times) == len(sentence.words)
    assert all(start < end for start, end in spoken.times)
    assert all(one[1] <= other[0] for one, other in pairwise(spoken.times))
    return spoken, beeps.lengths


@pytest.mark.parametrize("language", HERE)
def test_a_sentence_that_is_too_long_is_spoken_whole_in_parts(language: str, tmp_path: Path) -> None:
    name, text = SHORT[language]
    sentence = sentence_of(" ".join([text] * 25))
    _, lengths = beeped(name[0], sentence, tmp_path)
    assert len(lengths) > 1
    assert max(lengths) <= LONGEST
    phonemes = phonemiser(name[0], tmp_path)
    assert sum(lengths) >= 0.95 * sum(len(phonemes(word.spoken)) for word in sentence.words)


@pytest.mark.parametrize("dashes", [0, 600])
@pytest.mark.parametrize("spoken", ["one hundred " * 90, "abra,cadabra," * 90, ", , , " + "one hundred " * 90])
def test_a_word_that_is_too_long_is_spoken_whole_in_parts(spoken: str, dashes: int, tmp_path: Path) -> None:
    long = ScriptWord(displayed="100", spoken=spoken)
    _, lengths = beeped("a", Sentence(words=(*[ScriptWord(displayed="—", spoken="—")] * dashes, long)), tmp_path)
    assert max(lengths) <= LONGEST
    assert sum(lengths) > 900


def test_a_word_among_more_marks_than_the_model_takes_is_spoken(tmp_path: Path) -> None:
    _, lengths = beeped("a", sentence_of("— " * 600 + "." * 600 + "now" + "." * 600), tmp_path)
    assert max(lengths) <= LONGEST


def test_it_is_parted_at_a_comma_near_the_middle(tmp_path: Path) -> None:
    first = "the colours of the rainbow " * 14 + "from red to violet,"
    _, lengths = beeped("a", sentence_of(first + " in one box and on one table" * 12), tmp_path)
    assert lengths[0] == len(phonemiser("a", tmp_path)(first))


# ── what is kept ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_fingerprint_knows_weights_voices_and_packages(studio: Studio) -> None:
    known = Kokoro().fingerprint(HEART, studio)
    assert known["weights"] == weights.KOKORO.packaged[0].sha256
    assert set(known) == {"engine", "revision", "weights", "voices", "packages"}


def test_a_voice_of_another_language_has_another_file(studio: Studio) -> None:
    heart, dora = (Kokoro().fingerprint(Voice(engine="kokoro", name=name), studio) for name in ("af_heart", "ef_dora"))
    assert heart["voices"] != dora["voices"]
