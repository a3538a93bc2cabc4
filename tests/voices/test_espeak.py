"""The draft voice, which is espeak itself."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest

from editai.errors import InvalidInput
from editai.models import ScriptWord, Sentence, Voice
from editai.voices import Spoken, Studio
from editai.voices.espeak import Espeak
from editai.voices.phonemes import phonemiser
from tests.processes import HANGS_S
from tests.voices.heard import loudness, speech_share
from tests.voices.studios import finished

PRICE = ScriptWord(displayed="$49.99,", spoken="forty-nine dollars and ninety-nine cents,")


def words(text: str) -> tuple[ScriptWord, ...]:
    return tuple(ScriptWord(displayed=word, spoken=word) for word in text.split())


def said(said: str | Sequence[ScriptWord], studio: Studio, name: str = "en-us", speed: float = 1.0) -> Spoken:
    voice = Voice(engine="espeak", name=name, speed=speed)
    sentence = Sentence(words=words(said) if isinstance(said, str) else tuple(said))
    return finished(finished(Espeak().load(voice, "en", studio)).say(sentence))


def spans(spoken: Spoken) -> list[tuple[int, int]]:
    """The time of each word, in ms."""
    assert spoken.times is not None
    return [(round(start * 1000 / spoken.rate), round(end * 1000 / spoken.rate)) for start, end in spoken.times]


def test_there_is_a_voice_for_every_language_that_the_app_names_but_japanese(studio: Studio) -> None:
    from editai.script.language import NAMES

    assert set(NAMES) - {voice.language for voice in Espeak().voices(studio)} == {"ja"}


def test_every_voice_speaks_in_its_own_way(studio: Studio) -> None:
    names = [voice.name for voice in Espeak().voices(studio)]
    sounds = {said("12 345", studio, name).sound.tobytes() for name in names}
    assert len(sounds) == len(names)


def test_what_it_makes_is_speech(studio: Studio) -> None:
    spoken = said("The lamp folds flat, and it fits in a bag.", studio)
    assert speech_share(spoken.sound, spoken.rate) > 0.8


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("en-us", "One of the best — in the café, from the makers of iPhones & x-rays. And R2!"),
        ("fr", "L'idée : qu'est-ce que c'est ? Aujourd'hui, « chez vous » il n'y en a plus…"),
        ("de", "Über 20 schöne Lampen für 3,5 Euro im Büro."),
        ("ar", "المصباح الجديد مضيء جدا."),
        ("hi", "यह दीपक गर्म रोशनी देता है।"),
        ("zh", "我们的台灯 很亮， 现在就买。"),
        ("en-us", "🔥 Hot new 👍🏽 lamp e\u0301clair \U0001d400 now"),
    ],
)
def test_every_word_has_its_time_once_and_in_order(studio: Studio, name: str, text: str) -> None:
    times = spans(said(text, studio, name))
    assert len(times) == len(text.split())
    assert all(start < end for start, end in times)
    assert all(one[1] <= other[0] for one, other in pairwise(times))


def test_a_word_that_is_spoken_as_several_lasts_as_long_as_they_do(studio: Studio) -> None:
    at = spans(said([*words("It costs"), PRICE, *words("and more")], studio))
    apart = spans(said("It costs forty-nine dollars and ninety-nine cents, and more", studio))
    assert at[2] == pytest.approx((apart[2][0], apart[6][1]), abs=10)


def test_words_that_are_said_as_one_share_its_time(studio: Studio) -> None:
    before, of, the, after = spans(said("one of the best", studio))
    assert before[1] <= of[0] < of[1] <= the[0] < the[1] <= after[0]
    assert the[1] - of[0] < 400


def test_a_word_begins_where_its_sound_begins(studio: Studio) -> None:
    spoken = said("Tea, cake, tea, cake, tea", studio)
    loud = loudness(spoken.sound, spoken.rate)
    for start, _ in spans(spoken)[1:]:
        quiet, heard = loud[start // 5 - 8 : start // 5 - 2], loud[start // 5 : start // 5 + 30]
        assert quiet.max() < -40 < -15 < heard.max()


def test_the_pause_after_a_comma_belongs_to_no_word(studio: Studio) -> None:
    first, second = spans(said("Lamps, lamps", studio))
    assert second[0] - first[1] > 80


def test_speed_is_in_proportion(studio: Studio) -> None:
    slow, fast = (said("It folds flat and it fits in a bag", studio, speed=speed) for speed in (0.7, 1.4))
    assert len(slow.sound) / len(fast.sound) == pytest.approx(2, rel=0.15)


def test_nothing_of_a_long_sentence_is_cut_off(studio: Studio) -> None:
    text = " ".join(["all the colours of the rainbow, from red to violet,"] * 60) + " in one box."
    spoken = said(text, studio)
    times = spans(spoken)
    assert len(times) == len(text.split())
    for start, end in times[-3:]:
        assert loudness(spoken.sound, spoken.rate)[start // 5 : end // 5].max() > -20


def test_a_sentence_without_a_sound_is_refused(studio: Studio) -> None:
    with pytest.raises(InvalidInput, match="nothing to speak"):
        said([ScriptWord(displayed="—", spoken="")], studio)


# ── one library for everybody ────────────────────────────────────────────────────────────────────────────────────


def test_closing_stops_it_and_it_can_speak_again(studio: Studio) -> None:
    speaker = finished(Espeak().load(Voice(engine="espeak", name="en-us", speed=0.5), "en", studio))
    whole = finished(speaker.say(Sentence(words=words("Shop now."))))
    long = speaker.say(Sentence(words=words("all the colours of the rainbow, " * 4000)))
    next(long)
    began = time.monotonic()
    long.close()
    assert time.monotonic() - began < HANGS_S
    again = finished(speaker.say(Sentence(words=words("Shop now."))))
    assert len(again.sound) == pytest.approx(len(whole.sound), rel=0.01)
    assert spans(again) == [pytest.approx(span, abs=10) for span in spans(whole)]


def test_it_speaks_while_kokoro_asks_for_phonemes(studio: Studio) -> None:
    """Both use espeak, whose state is global, and both change its voice all the time."""
    asked = [
        ("a", "One of the best lamps. " * 40),
        ("a", "R2 iPhones, 20 cafés; " * 40),
        ("f", "Chez vous. " * 40),
    ] * 10
    spoken = [("en-us", "One of the best lamps"), ("de", "Über 20 Lampen"), ("fr", "Aujourd'hui")] * 10

    def phonemes(asked: tuple[str, str]) -> str:
        # asked of the phonemiser itself: what it remembers would need no espeak
        return phonemiser(asked[0], studio.settings.home).__wrapped__(asked[1])  # type: ignore[attr-defined, no-any-return]

    def times(spoken: tuple[str, str]) -> list[tuple[int, int]]:
        return spans(said(spoken[1], studio, spoken[0]))

    phonemes_alone, times_alone = [phonemes(one) for one in asked[:3]], [times(one) for one in spoken[:3]]
    with ThreadPoolExecutor(4) as pool:
        together = [(pool.submit(phonemes, asked[at]), pool.submit(times, spoken[at])) for at in range(30)]
        for at, (asking, speaking) in enumerate(together):
            assert asking.result() == phonemes_alone[at % 3]
            assert speaking.result() == [pytest.approx(span, abs=10) for span in times_alone[at % 3]]


BOTH = """
import sys
from pathlib import Path
from threading import Event
from editai.voices.espeak_library import library
from editai.voices.phonemes import phonemiser
home = Path(sys.argv[1])
speak = lambda: print(len(library(home).say("hello", "gmw/en-US", 175, Event())[0]))
ask = lambda: print(phonemiser("a", home)("hello"))
for step in sys.argv[2]:
    {"s": speak, "p": ask}[step]()
"""


@pytest.mark.parametrize("order", ["sp", "ps"])
def test_it_comes_up_before_and_after_kokoros_phonemes(studio: Studio, tmp_path: Path, order: str) -> None:
    command = [sys.executable, "-c", BOTH, str(tmp_path), order]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert len(ran.stdout.split()) == 2, ran.stderr
    heard = dict(zip(order, ran.stdout.split(), strict=True))
    assert heard["p"] == "həlˈoʊ"
    assert int(heard["s"]) == pytest.approx(len(said("hello", studio).sound), rel=0.01)
