"""Edge: edge-tts itself, unchanged, against a WebSocket that checks what it sends and answers what Microsoft does."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import edge_tts.communicate
import edge_tts.drm
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies

from editai.errors import EditaiError, InvalidInput
from editai.models import ScriptWord, Sentence, Voice
from editai.settings import Settings
from editai.voices import Spoken, Studio
from editai.voices.edge import Edge
from tests.processes import HANGS_S
from tests.voices.studios import finished, studio_in
from tests.voices.vendors.edge import SECONDS, EdgeServer

AVA = "en-US-AvaNeural"
SENTENCE = "Five cups of coffee, they say."


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[EdgeServer]:
    with EdgeServer() as running:
        monkeypatch.setattr(edge_tts.communicate, "WSS_URL", running.url)
        monkeypatch.setattr(edge_tts.drm.DRM, "clock_skew_seconds", 0.0)
        yield running


@pytest.fixture
def studio(tmp_path: Path, settings: Settings) -> Studio:
    return studio_in(tmp_path / "store", settings)


def sentence(*words: str | tuple[str, str]) -> Sentence:
    """Words as they are displayed, or as they are displayed and as they are spoken."""
    pairs = [(word, word) if isinstance(word, str) else word for word in words]
    return Sentence(words=tuple(ScriptWord(displayed=displayed, spoken=spoken) for displayed, spoken in pairs))


def say(studio: Studio, said: Sentence | str = SENTENCE, speed: float = 1.0, silence_s: float = 5) -> Spoken:
    said = sentence(*said.split()) if isinstance(said, str) else said
    voice = Voice(engine="edge", name=AVA, speed=speed)
    return finished(finished(Edge(silence_s).load(voice, "en", studio)).say(said))


def refused(studio: Studio, silence_s: float = 5) -> EditaiError:
    with pytest.raises(EditaiError) as caught:
        say(studio, silence_s=silence_s)
    assert caught.value.hint
    return caught.value


class TestSpeaking:
    def test_it_asks_for_the_spoken_form_with_word_boundaries(self, server: EdgeServer, studio: Studio) -> None:
        say(studio, sentence("Only", ("$5.", "five dollars.")))
        [spoke] = server.spoke
        assert spoke.text == "Only five dollars."
        assert spoke.voice == "Microsoft Server Speech Text to Speech Voice (en-US, AvaNeural)"
        options = spoke.config["context"]["synthesis"]["audio"]["metadataoptions"]
        assert options["wordBoundaryEnabled"] == "true"

    def test_what_comes_back_is_sound(self, server: EdgeServer, studio: Studio) -> None:
        spoken = say(studio)
        assert spoken.rate == 24_000
        assert len(spoken.sound) / spoken.rate == pytest.approx(6 * 1.5 * SECONDS, abs=0.1)
        assert 0.3 < np.abs(spoken.sound).max() < 0.6

    def test_a_word_is_timed_where_it_is_heard(self, server: EdgeServer, studio: Studio) -> None:
        spoken = say(studio)
        assert spoken.times is not None
        seconds = [(start / spoken.rate, end / spoken.rate) for start, end in spoken.times]
        step = 1.5 * SECONDS
        assert np.allclose(seconds, [(index * step, index * step + SECONDS) for index in range(6)])
        loud = np.abs(spoken.sound) > 0.1
        delay = 1105  # of MP3's filters
        assert all(loud[round(start) + delay : round(end)].mean() > 0.7 for start, end in spoken.times)

    def test_a_word_that_is_spoken_as_several_has_the_time_of_all(self, server: EdgeServer, studio: Studio) -> None:
        spoken = say(studio, sentence("Only", ("$5", "five dollars"), "now"))
        assert spoken.times is not None
        seconds = [edge / spoken.rate for edge in spoken.times[1]]
        assert seconds == pytest.approx([1.5 * SECONDS, 4 * SECONDS])

    def test_words_that_are_reported_as_one_share_its_time(self, server: EdgeServer, studio: Studio) -> None:
        server.words_of = lambda text: ["New York", "now"]
        spoken = say(studio, "New York now")
        assert spoken.times is not None
        assert spoken.times[0][0] == 0
        assert 0 < spoken.times[0][1] < spoken.times[1][0] < spoken.times[1][1] == pytest.approx(SECONDS * spoken.rate)

    @pytest.mark.parametrize(
        "reported", [["Five", "cups"], ["Five", "cups", "off", "coffee"], ["cups", "of", "coffee"], [""]]
    )
    def test_where_other_words_are_reported_the_times_are_left_to_hearing(
        self, server: EdgeServer, studio: Studio, reported: list[str]
    ) -> None:
        server.words_of = lambda text: reported
        assert say(studio, "Five cups of coffee").times is None

    def test_a_word_of_which_only_a_part_is_reported_leaves_the_times_to_hearing(
        self, server: EdgeServer, studio: Studio
    ) -> None:
        server.words_of = lambda text: ["dollars", "now"]
        assert say(studio, sentence(("$5", "five dollars"), "now")).times is None

    @pytest.mark.parametrize(("speed", "rate"), [(1.0, "+0%"), (1.1, "+10%"), (0.5, "-50%"), (2.0, "+100%")])
    def test_a_speed_is_a_rate(self, server: EdgeServer, studio: Studio, speed: float, rate: str) -> None:
        say(studio, speed=speed)
        assert server.spoke[0].rate == rate

    def test_signs_of_the_markup_are_spoken_as_they_are(self, server: EdgeServer, studio: Studio) -> None:
        spoken = say(studio, 'A<b & "c" d>e')
        assert server.spoke[0].text == 'A<b & "c" d>e'
        assert spoken.times is not None

    def test_nothing_of_a_long_sentence_is_cut_off(self, server: EdgeServer, studio: Studio) -> None:
        words = [f"word{index:03}abcdefghijklmnopqrstuv" for index in range(180)]
        spoken = say(studio, sentence(*words))
        assert server.connections == 2
        assert " ".join(spoke.text for spoke in server.spoke) == " ".join(words)
        assert spoken.times is not None
        assert len(spoken.times) == 180
        assert len(spoken.sound) / spoken.rate == pytest.approx(180 * 1.5 * SECONDS, abs=0.2)
        last = spoken.times[-1][0] / spoken.rate
        assert last == pytest.approx(179 * 1.5 * SECONDS, abs=0.1)

    def test_what_has_nothing_to_speak_is_not_asked(self, server: EdgeServer, studio: Studio) -> None:
        with pytest.raises(InvalidInput) as caught:
            say(studio, "— 🎉")
        assert caught.value.slug == "script_empty"
        assert not server.connections

    def test_a_clock_that_is_wrong_is_allowed_for(self, server: EdgeServer, studio: Studio) -> None:
        server.clock = lambda: time.time() + 7200
        assert say(studio).times
        assert server.connections == 2


WORDS = strategies.text(
    strategies.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn", "Zs", "Zl", "Zp")),
    min_size=1,
    max_size=8,
).filter(lambda word: len(word.split()) == 1)
MORE = strategies.sampled_from(["“Café”", "l’été", "🎉", "—", "five dollars", "👩‍👩‍👧", "naïve,", '"so"', "R&D"])


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=strategies.lists(WORDS | MORE, min_size=1, max_size=8))
def test_every_displayed_word_gets_one_time_in_order(server: EdgeServer, studio: Studio, words: list[str]) -> None:
    spoken = say(studio, sentence(*words, "now"))
    assert spoken.times is not None
    assert len(spoken.times) == len(words) + 1
    edges = [edge for span in spoken.times for edge in span]
    assert edges == sorted(edges)
    assert all(start < end for start, end in spoken.times)


class TestFailing:
    @pytest.mark.parametrize(
        ("faults", "title"),
        [
            ([429], "429 voice_busy"),
            ([500], "503 voice_unavailable"),
            ([503], "503 voice_unavailable"),
            (["no sound", "no sound"], "503 voice_unavailable"),
            (["closed", "closed"], "503 voice_unavailable"),
            (["dropped"], "504 voice_no_answer"),
            (["unknown"], "504 voice_no_answer"),
            (["garbage"], "504 voice_no_answer"),
        ],
        ids=lambda case: "-".join(map(str, case)) if isinstance(case, list) else None,
    )
    def test_what_went_wrong_is_told(
        self, server: EdgeServer, studio: Studio, faults: list[int | str], title: str
    ) -> None:
        server.faults = faults
        assert refused(studio).title == title
        assert not server.faults

    @pytest.mark.parametrize("fault", [403, "no date"])
    def test_where_it_is_refused_the_clock_is_named(self, server: EdgeServer, studio: Studio, fault: int | str) -> None:
        server.faults = [fault, fault]
        told = refused(studio)
        assert told.title == "503 voice_unavailable"
        assert "clock" in told.hint

    @pytest.mark.parametrize("fault", ["no sound", "closed"])
    def test_where_no_sound_came_it_is_asked_once_more(self, server: EdgeServer, studio: Studio, fault: str) -> None:
        server.faults = [fault]
        assert say(studio).times
        assert server.connections == 2

    @pytest.mark.parametrize("fault", ["silent", "silent in mid-audio"])
    def test_a_silent_server_is_given_up(self, server: EdgeServer, studio: Studio, fault: str) -> None:
        server.faults = [fault]
        began = time.monotonic()
        told = refused(studio, silence_s=0.2)
        assert time.monotonic() - began < HANGS_S
        assert (told.title, "in time" in told.message) == ("504 voice_no_answer", True)

    def test_a_server_that_is_not_there_is_told(self, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
        with EdgeServer() as gone:
            monkeypatch.setattr(edge_tts.communicate, "WSS_URL", gone.url)
        assert refused(studio).title == "503 voice_unavailable"

    @pytest.mark.parametrize("fault", ["silent", "silent in mid-audio"])
    def test_closing_ends_it_while_the_server_is_silent(self, server: EdgeServer, studio: Studio, fault: str) -> None:
        server.faults = [fault]
        before = threading.active_count()
        work = finished(Edge().load(Voice(engine="edge", name=AVA), "en", studio)).say(sentence("Five", "cups"))
        while not server.spoke:
            next(work)
        began = time.monotonic()
        next(work)
        assert time.monotonic() - began < HANGS_S
        began = time.monotonic()
        work.close()
        assert time.monotonic() - began < HANGS_S
        while threading.active_count() > before and time.monotonic() - began < HANGS_S:
            time.sleep(0.01)
        assert threading.active_count() <= before


class TestWhatIsOffered:
    def test_every_language_that_the_app_names_has_a_voice(self, studio: Studio) -> None:
        from editai.script.language import NAMES

        assert {voice.language for voice in Edge().voices(studio)} == set(NAMES)

    def test_a_voice_belongs_to_the_language_of_its_name(self, studio: Studio) -> None:
        own = {"nb": "no"}
        for voice in Edge().voices(studio):
            assert voice.language == own.get(voice.name[:2], voice.name[:2])
            assert voice.name.endswith("Neural")

    def test_no_voice_is_offered_twice(self, studio: Studio) -> None:
        names = [voice.name for voice in Edge().voices(studio)]
        assert len(names) == len(set(names))

    def test_it_is_free_and_says_that_it_is_not_official(self) -> None:
        assert Edge.info.price_per_1000_chars is None
        assert not Edge.info.official
        assert not Edge.info.local
        assert "no permission" in Edge.info.licence_note

    def test_nothing_is_missing_where_the_package_is_installed(self, studio: Studio) -> None:
        assert Edge().missing(studio) == ""
