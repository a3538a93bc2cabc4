"""From a script to a narration, whatever the engine: pauses, what is kept, money, a length that was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from editai import voices
from editai.errors import Conflict, EditaiError, InvalidInput, NoAnswer, PaymentRequired, RateLimited, Unavailable
from editai.models import BrandKit, LicenceAccepted, Narration, Script, Step, Voice, Work
from editai.script.sentences import sentences
from editai.voices import Studio
from editai.voices.narrate import PAUSE_MS
from editai.voices.sound import read_wav, stretched
from tests.voices.studios import finished, tilled
from tests.voices.toy import RATE, WORD_MS, Toy, offered

BEEP = Voice(engine="toy", name="beep")
TEXT = "This is the first one.\nHere is the second.\nAnd a third."


@pytest.fixture
def toy() -> Iterator[Toy]:
    with offered(Toy()) as engine:
        yield engine


@pytest.fixture
def paid() -> Iterator[Toy]:
    """It takes a dollar for 1,000 characters: 1,000 micro-dollars for each."""
    with offered(Toy(about={"price_per_1000_chars": 1.0, "local": False})) as engine:
        yield engine


def script_of(text: str) -> Script:
    return Script(sentences=sentences(text, "en"), language="en", origin="given")


def speak(text: str, studio: Studio, work: Path, target_ms: int | None = None, voice: Voice = BEEP) -> Narration:
    folder = work / str(len(list(work.iterdir())))
    folder.mkdir()
    return finished(voices.speak(script_of(text), voice, studio, folder, target_ms))


def refusal(text: str, studio: Studio, work: Path, target_ms: int | None = None) -> EditaiError:
    with pytest.raises(EditaiError) as caught:
        speak(text, studio, work, target_ms)
    return caught.value


# ── the sound and its words ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("toy")
def test_every_displayed_word_is_there_once_with_its_sentence(studio: Studio, tmp_path: Path) -> None:
    made = speak(TEXT, studio, tmp_path)
    assert [word.text for word in made.words] == TEXT.split()
    assert [word.sentence for word in made.words] == [0] * 5 + [1] * 4 + [2] * 3


@pytest.mark.usefixtures("toy")
def test_the_pauses_between_sentences_are_ours_whatever_silence_the_engine_leaves(
    studio: Studio, tmp_path: Path
) -> None:
    made = speak(TEXT, studio, tmp_path)
    for before, after in pairwise(made.sentences()):
        assert after[0].start_ms - before[-1].end_ms == pytest.approx(PAUSE_MS, abs=7)


@pytest.mark.usefixtures("toy")
def test_a_word_is_where_it_is_heard(studio: Studio, tmp_path: Path) -> None:
    made = speak(TEXT, studio, tmp_path)
    sound, rate = read_wav(made.path(made.audio))
    for word in made.words:
        assert word.end_ms - word.start_ms == pytest.approx(WORD_MS, abs=7)
        middle = (word.start_ms + word.end_ms) * rate // 2000
        assert np.abs(sound[middle - 40 : middle + 40]).max() > 0.4
    for before, after in pairwise(made.sentences()[0]):
        middle = (before.end_ms + after.start_ms) * rate // 2000
        assert np.abs(sound[middle - 40 : middle + 40]).max() < 0.01


def test_an_engine_without_word_times_gets_them_from_its_sound(studio: Studio, tmp_path: Path) -> None:
    with offered(Toy(times=False)):
        made = speak(TEXT, studio, tmp_path)
    assert [word.text for word in made.words] == TEXT.split()
    assert all(before.end_ms <= after.start_ms for before, after in pairwise(made.words))
    assert all(word.start_ms < word.end_ms for word in made.words)


def test_a_script_in_a_language_that_the_voice_does_not_speak_is_refused(
    toy: Toy, studio: Studio, tmp_path: Path
) -> None:
    with pytest.raises(InvalidInput) as caught:
        finished(voices.speak(script_of(TEXT).model_copy(update={"language": "es"}), BEEP, studio, tmp_path))
    assert (caught.value.slug, toy.loads) == ("script_language", 0)


# ── spoken once ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_spoken_before_is_not_spoken_again_and_loads_nothing(toy: Toy, studio: Studio, tmp_path: Path) -> None:
    first = speak(TEXT, studio, tmp_path)
    second = speak(TEXT, studio, tmp_path)
    assert (len(toy.said), toy.loads) == (3, 1)
    assert (first.audio.sha256, first.words) == (second.audio.sha256, second.words)


def test_only_the_sentence_that_was_changed_is_spoken(toy: Toy, studio: Studio, tmp_path: Path) -> None:
    speak(TEXT, studio, tmp_path)
    speak(TEXT.replace("second", "next"), studio, tmp_path)
    assert toy.said[3:] == ["Here is the next."]


def test_a_sentence_that_was_heard_alone_is_not_spoken_again(toy: Toy, studio: Studio, tmp_path: Path) -> None:
    sentence = script_of(TEXT).sentences[1]
    finished(voices.hear(sentence, "en", BEEP, studio))
    speak(TEXT, studio, tmp_path)
    assert sorted(toy.said) == sorted(TEXT.splitlines())


def test_another_pace_is_another_sound(toy: Toy, studio: Studio, tmp_path: Path) -> None:
    slow = speak("Hello there.", studio, tmp_path)
    fast = speak("Hello there.", studio, tmp_path, voice=BEEP.model_copy(update={"speed": 1.5}))
    assert len(toy.said) == 2
    assert fast.duration_ms < slow.duration_ms


def test_a_narration_that_is_stopped_keeps_the_sentences_that_were_spoken(
    toy: Toy, studio: Studio, tmp_path: Path
) -> None:
    (tmp_path / "stopped").mkdir()
    work = voices.speak(script_of(TEXT), BEEP, studio, tmp_path / "stopped")
    while len(toy.said) < 2:
        next(work)
    next(work)
    work.close()
    assert not list((tmp_path / "stopped").iterdir())
    speak(TEXT, studio, tmp_path)
    assert len(toy.said) == 3


# ── a length that was asked for ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("words", range(17, 24))
@pytest.mark.usefixtures("toy")
def test_a_length_is_met_within_5_percent(studio: Studio, tmp_path: Path, words: int) -> None:
    text = " ".join(["word"] * (words // 2)) + ".\n" + " ".join(["word"] * (words - words // 2)) + "."
    made = speak(text, studio, tmp_path, target_ms=7000)
    assert made.duration_ms == pytest.approx(7000, rel=0.05)
    sound, rate = read_wav(made.path(made.audio))
    assert made.duration_ms == pytest.approx(len(sound) * 1000 / rate, abs=1)
    assert made.words[-1].end_ms <= made.duration_ms


@pytest.mark.usefixtures("toy")
def test_words_move_along_with_a_length(studio: Studio, tmp_path: Path) -> None:
    text = " ".join(["word"] * 22) + "."
    natural, met = speak(text, studio, tmp_path), speak(text, studio, tmp_path, target_ms=7000)
    tempo = natural.duration_ms / met.duration_ms
    for one, other in zip(natural.words, met.words, strict=True):
        assert other.start_ms == pytest.approx(one.start_ms / tempo, abs=2)
    sound, rate = read_wav(met.path(met.audio))
    for word in met.words:
        middle = (word.start_ms + word.end_ms) * rate // 2000
        assert np.abs(sound[middle - 40 : middle + 40]).max() > 0.3


@pytest.mark.usefixtures("toy")
def test_another_length_speaks_nothing_anew(toy: Toy, studio: Studio, tmp_path: Path) -> None:
    text = " ".join(["word"] * 20) + "."
    for target in (None, 7000, 6000):
        speak(text, studio, tmp_path, target_ms=target)
    assert len(toy.said) == 1


@pytest.mark.usefixtures("toy")
@pytest.mark.parametrize(("words", "slug", "near"), [(40, "script_too_long", 17), (10, "script_too_short", 8)])
def test_a_script_that_cannot_meet_a_length_is_told_by_how_many_words(
    studio: Studio, tmp_path: Path, words: int, slug: str, near: int
) -> None:
    error = refusal(" ".join(["word"] * words) + ".", studio, tmp_path, target_ms=7000)
    assert error.title == f"422 {slug}"
    told = int(error.message.split("by about ")[1].split()[0])
    assert told == pytest.approx(near, abs=2)
    fixed = words - told if slug == "script_too_long" else words + told
    assert speak(" ".join(["word"] * fixed) + ".", studio, tmp_path, target_ms=7000).duration_ms == pytest.approx(
        7000, rel=0.05
    )


@pytest.mark.usefixtures("toy")
@pytest.mark.parametrize(("words", "how"), [(40, "longer"), (10, "shorter")])
def test_what_need_not_meet_a_length_comes_as_near_as_it_can_and_says_so(
    studio: Studio, tmp_path: Path, words: int, how: str
) -> None:
    text = script_of(" ".join(["word"] * words) + ".")
    made = finished(voices.speak(text, BEEP, studio, tmp_path, 7000, exact=False))
    [told] = made.degradations
    assert told.slug == "length_missed"
    assert f"seconds {how} than was asked for" in told.message


@pytest.mark.parametrize("tempo", [0.9, 0.95, 1.05, 1.15])
@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000, 44_100])
def test_stretching_moves_every_sound_to_where_it_belongs(rate: int, tempo: float) -> None:
    noise = np.random.default_rng(0).normal(size=rate // 10).astype(np.float32) * np.float32(0.3)
    sound = np.zeros(3 * rate, dtype=np.float32)
    begins = [rate // 2 * number for number in range(1, 5)]
    for at in begins:
        sound[at : at + len(noise)] = noise
    made = np.abs(stretched(sound, rate, tempo)) > 0.1
    for at in begins:
        around = round(at / tempo) - rate // 16
        heard = around + int(np.flatnonzero(made[around : around + rate // 8])[0])
        assert heard / rate == pytest.approx(at / tempo / rate, abs=0.02)


@pytest.mark.parametrize("tempo", [0.9, 0.95, 1.07, 1.15])
def test_stretching_changes_the_length_exactly_and_the_pitch_not(tempo: float) -> None:
    tone = np.sin(np.arange(RATE, dtype=np.float32) * 2 * np.pi * 440 / RATE).astype(np.float32)
    made = stretched(tone, RATE, tempo)
    assert len(made) == round(RATE / tempo)
    loudest = np.argmax(np.abs(np.fft.rfft(made))) * RATE / len(made)
    assert loudest == pytest.approx(440, abs=3)


# ── money ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_sentence_of_a_paid_voice_is_reserved_and_settled_by_its_length(
    paid: Toy, studio: Studio, tmp_path: Path
) -> None:
    speak(TEXT, studio, tmp_path)
    assert [(call.units, call.amount) for call in tilled(studio)] == [
        (len(line), 1000 * len(line)) for line in TEXT.splitlines()
    ]


def test_what_the_service_says_that_it_charged_counts(paid: Toy, studio: Studio, tmp_path: Path) -> None:
    paid.charged = 7
    speak("Hello there.", studio, tmp_path)
    assert [call.amount for call in tilled(studio)] == [7]


def test_the_price_of_a_script_counts_only_what_is_still_to_be_spoken(
    paid: Toy, studio: Studio, tmp_path: Path
) -> None:
    assert voices.estimate(script_of(TEXT), BEEP, studio) == 1000 * sum(map(len, TEXT.splitlines()))
    speak(TEXT.splitlines()[0], studio, tmp_path)
    assert voices.estimate(script_of(TEXT), BEEP, studio) == 1000 * sum(map(len, TEXT.splitlines()[1:]))


def test_a_script_beyond_the_budget_is_refused_before_anything_is_spent(
    paid: Toy, studio: Studio, tmp_path: Path
) -> None:
    def poor(amount: int) -> None:
        if amount > 20_000:
            raise PaymentRequired("budget_exceeded", "Too much.")

    assert refusal(TEXT, replace(studio, afford=poor), tmp_path).title == "402 budget_exceeded"
    assert (paid.said, tilled(studio)) == ([], [])


@pytest.mark.parametrize(
    ("error", "kept"),
    [
        (InvalidInput("script_unspeakable", "No."), False),
        (PaymentRequired("voice_quota", "No."), False),
        (RateLimited("voice_busy", "No."), False),
        (Unavailable("voice_unavailable", "No."), False),
        (NoAnswer("voice_no_answer", "No."), True),
        (RuntimeError("whatever"), True),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_refused_call_costs_nothing_and_an_uncertain_one_its_estimate(
    paid: Toy, studio: Studio, tmp_path: Path, error: Exception, kept: bool
) -> None:
    paid.fails = error
    with pytest.raises(type(error)):
        speak("Hello there.", studio, tmp_path)
    assert [call.amount for call in tilled(studio)] == [12_000 if kept else 0]


def test_a_line_that_stands_there_twice_is_paid_once(paid: Toy, studio: Studio, tmp_path: Path) -> None:
    twice = "Hello there.\nHello there."
    assert voices.estimate(script_of(twice), BEEP, studio) == 12_000
    speak(twice, studio, tmp_path)
    assert [call.amount for call in tilled(studio)] == [12_000]


def test_the_same_sentence_asked_for_twice_at_once_is_paid_once(paid: Toy, studio: Studio) -> None:
    [sentence] = script_of("Hello there.").sentences
    first, second = (voices.hear(sentence, "en", BEEP, studio) for _ in range(2))
    while not tilled(studio):
        next(first)
    assert "Waiting" in next(second).message
    assert finished(first).audio == finished(second).audio
    assert len(paid.said) == 1


def test_another_transcriber_does_not_have_paid_sound_spoken_anew(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with offered(Toy(times=False, about={"price_per_1000_chars": 1.0, "local": False})) as engine:
        speak("Hello there.", studio, tmp_path)
        monkeypatch.setattr("editai.hearing.fingerprint", lambda _: {"another": "one"})
        speak("Hello there.", studio, tmp_path)
        assert voices.estimate(script_of("Hello there."), BEEP, studio) == 0
    assert len(engine.said) == 1


def test_paid_sound_is_not_lost_where_the_transcriber_cannot_be_had(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(*_: object) -> Work[None]:
        yield Step(0.0)
        raise Unavailable("weights_missing", "It is not here.")

    with offered(Toy(times=False, about={"price_per_1000_chars": 1.0, "local": False})) as engine:
        monkeypatch.setattr("editai.hearing.align", absent)
        made = speak("Hello there.", studio, tmp_path)
        assert [told.slug for told in made.degradations] == ["word_times_estimated"]
        monkeypatch.undo()
        assert speak("Hello there.", studio, tmp_path).degradations == ()
    assert len(engine.said) == 1


# ── licences ─────────────────────────────────────────────────────────────────────────────────────────────────────


def accepted(stated: str = "") -> LicenceAccepted:
    return LicenceAccepted(engine="toy", accepted_at="2026-11-25T10:00:00+00:00", stated=stated)


@pytest.mark.parametrize(
    ("kit", "slug"),
    [
        (BrandKit(), "licence_not_accepted"),
        (BrandKit(commercial=False), "licence_not_accepted"),
        (BrandKit(licences=(accepted(),)), "licence_commercial"),
    ],
)
def test_a_voice_that_may_not_sell_does_not_speak_for_a_store_without_its_licence(
    studio: Studio, tmp_path: Path, kit: BrandKit, slug: str
) -> None:
    with offered(Toy(about={"non_commercial": True})) as engine, pytest.raises(Conflict) as caught:
        speak(TEXT, replace(studio, kit=kit), tmp_path)
    assert caught.value.title == f"409 {slug}"
    assert engine.loads == 0


@pytest.mark.parametrize(
    "kit",
    [BrandKit(licences=(accepted(),), commercial=False), BrandKit(licences=(accepted("Agreement no. 114"),))],
)
def test_it_speaks_for_a_store_that_sells_nothing_or_states_a_licence(
    studio: Studio, tmp_path: Path, kit: BrandKit
) -> None:
    with offered(Toy(about={"non_commercial": True})):
        assert speak("Hello there.", replace(studio, kit=kit), tmp_path).words
