"""ElevenLabs against a server that checks each request: speaking, the times of its words, its voices, its quota."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies

from editai.errors import EditaiError, InvalidInput, NoAnswer
from editai.models import ScriptWord, Sentence, Voice
from editai.voices import Studio
from editai.voices.elevenlabs import LANGUAGES, ElevenLabs, Quota
from tests.voices.studios import finished
from tests.voices.vendors.elevenlabs import CLONE, KEY, SECONDS, TALIA, ElevenLabsServer, answer, error, page
from tests.voices.vendors.elevenlabs_store import *  # noqa: F403
from tests.voices.vendors.elevenlabs_store import SENTENCE, say, sentence


class TestSpeaking:
    def test_it_asks_for_the_spoken_form_with_times(
        self, engine: ElevenLabs, server: ElevenLabsServer, studio: Studio
    ) -> None:
        say(engine, studio, sentence("Only $5.", **{"$5": "five dollars"}))
        [asked] = server.asked
        assert (asked.method, asked.path) == ("POST", f"/v1/text-to-speech/{TALIA}/with-timestamps")
        assert asked.body == {"text": "Only five dollars", "model_id": "eleven_multilingual_v2"}
        assert asked.query == {"output_format": "mp3_44100_128"}

    def test_the_key_is_in_its_header_and_nowhere_else(
        self, engine: ElevenLabs, server: ElevenLabsServer, studio: Studio, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(1)
        say(engine, studio)
        speaker = finished(engine.load(Voice(engine="elevenlabs", name=TALIA), "en", studio))
        [asked] = server.asked
        assert asked.headers.pop("xi-api-key") == KEY
        assert KEY not in f"{asked}{caplog.text}{engine!r}{speaker!r}"

    def test_what_comes_back_is_sound(self, engine: ElevenLabs, studio: Studio) -> None:
        spoken = say(engine, studio)
        assert spoken.rate == 44_100
        assert len(spoken.sound) / spoken.rate == pytest.approx(len(SENTENCE) * SECONDS, abs=0.1)
        assert 0.3 < np.abs(spoken.sound).max() < 0.6

    def test_a_word_is_timed_where_it_is_heard(self, engine: ElevenLabs, studio: Studio) -> None:
        spoken = say(engine, studio)
        assert spoken.times is not None
        loud = np.abs(spoken.sound) > 0.1
        for start, end in spoken.times:
            middle = loud[round(start + 0.02 * 44_100) : round(end - 0.02 * 44_100)]
            assert middle.mean() > 0.7
        for (_, end), (start, _) in zip(spoken.times, spoken.times[1:], strict=False):
            assert loud[round(end) + 1000 : round(start)].mean() < 0.7

    def test_a_word_that_is_spoken_as_several_has_the_time_of_all(self, engine: ElevenLabs, studio: Studio) -> None:
        spoken = say(engine, studio, sentence("Only $5 now", **{"$5": "five dollars"}))
        assert spoken.times is not None
        characters = [(start / spoken.rate / SECONDS, end / spoken.rate / SECONDS) for start, end in spoken.times]
        assert np.allclose(characters, [(0, 4), (5, 17), (18, 21)])

    def test_a_speed_of_the_voices_own_is_not_sent(
        self, engine: ElevenLabs, server: ElevenLabsServer, studio: Studio
    ) -> None:
        say(engine, studio)
        say(engine, studio, speed=1.15)
        assert [asked.body.get("voice_settings") for asked in server.asked] == [None, {"speed": 1.15}]

    @pytest.mark.parametrize("speed", [0.5, 0.69, 1.21, 2.0])
    def test_a_speed_that_it_does_not_have_is_refused_before_it_is_asked(
        self, engine: ElevenLabs, server: ElevenLabsServer, studio: Studio, speed: float
    ) -> None:
        with pytest.raises(InvalidInput, match=r"0\.7 to 1\.2") as caught:
            say(engine, studio, speed=speed)
        assert caught.value.slug == "voice_speed"
        assert not server.asked

    @pytest.mark.parametrize(("text", "slug"), [("— …", "script_empty"), ("word " * 2001, "script_unspeakable")])
    def test_what_it_cannot_speak_is_not_sent(
        self, engine: ElevenLabs, server: ElevenLabsServer, studio: Studio, text: str, slug: str
    ) -> None:
        with pytest.raises(InvalidInput) as caught:
            say(engine, studio, text)
        assert caught.value.slug == slug
        assert not server.asked

    def test_its_voices_speak_every_language_of_the_model(self, engine: ElevenLabs, studio: Studio) -> None:
        assert {"en", "de", "fr", "es", "it", "pt"} < set(engine.voices(studio)[0].languages)


@pytest.mark.parametrize(
    "alignment",
    [
        None,
        "aligned",
        {"characters": list(SENTENCE)},
        {
            "characters": list(SENTENCE[:-1]),
            "character_start_times_seconds": [0.0] * (len(SENTENCE) - 1),
            "character_end_times_seconds": [0.1] * (len(SENTENCE) - 1),
        },
        {
            "characters": list(SENTENCE),
            "character_start_times_seconds": [None] * len(SENTENCE),
            "character_end_times_seconds": [0.1] * len(SENTENCE),
        },
    ],
    ids=["null", "text", "no times", "another number of characters", "null times"],
)
def test_without_a_time_for_every_character_the_times_are_left_to_hearing(
    engine: ElevenLabs, server: ElevenLabsServer, studio: Studio, alignment: object
) -> None:
    server.change = lambda spoken: spoken | {"alignment": alignment}
    assert say(engine, studio).times is None


WORDS = strategies.text(
    strategies.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=1, max_size=8
).filter(lambda word: bool(word.strip()) and len(word.split()) == 1)
MORE = strategies.sampled_from(["“Café”", "l’été", "🎉", "—", "$5", "👩‍👩‍👧", "naïve,", '"so"', "ß"])


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(displayed=strategies.lists(WORDS | MORE, min_size=1, max_size=8), mute=strategies.booleans())
def test_every_displayed_word_gets_one_time_in_order(
    engine: ElevenLabs, studio: Studio, displayed: list[str], mute: bool
) -> None:
    words = [ScriptWord(displayed=word, spoken="" if mute and word == "🎉" else word) for word in displayed]
    words.append(ScriptWord(displayed="now", spoken="now"))
    spoken = say(engine, studio, Sentence(words=tuple(words)))
    assert spoken.times is not None
    assert len(spoken.times) == len(words)
    edges = [edge for span in spoken.times for edge in span]
    assert edges == sorted(edges)
    assert all(start < end for start, end in spoken.times)


LENA = {
    "voice_id": CLONE,
    "name": "Lena",
    "category": "cloned",
    "labels": {"accent": "british", "gender": "female", "language": "en"},
    "verified_languages": [],
}
HANS = {
    "voice_id": "hAnS5678901234567890",
    "name": "Hans",
    "category": "professional",
    "labels": {"language": "de", "gender": "male", "accent": "standard"},
    "verified_languages": [
        {"language": "fr", "model_id": "eleven_flash_v2_5"},
        {"language": "de", "model_id": "eleven_multilingual_v2"},
    ],
}
BARE = {"voice_id": "bArE5678901234567890", "name": "Bare - Plain", "category": "premade", "labels": None}


class TestVoices:
    def test_before_any_fetch_there_are_voices_that_every_account_has(
        self, engine: ElevenLabs, server: ElevenLabsServer, studio: Studio
    ) -> None:
        assert TALIA in [voice.name for voice in engine.voices(studio)]
        assert not server.asked

    def test_all_pages_of_the_accounts_voices_are_fetched_and_kept(
        self, engine: ElevenLabs, server: ElevenLabsServer, studio: Studio
    ) -> None:
        server.voices = [LENA, HANS, BARE]
        assert engine.fetch_voices(studio) == 3
        assert [asked.query.get("next_page_token") for asked in server.asked] == [None, "2"]
        names = [voice.name for voice in ElevenLabs().voices(studio)]
        assert names[:3] == [LENA["voice_id"], HANS["voice_id"], BARE["voice_id"]]
        assert TALIA in names
        assert len(server.asked) == 2

    def test_a_voice_is_told_with_its_person_its_own_language_and_whether_it_is_cloned(
        self, engine: ElevenLabs, server: ElevenLabsServer, studio: Studio
    ) -> None:
        server.voices = [LENA, HANS, BARE]
        engine.fetch_voices(studio)
        lena, hans, bare = engine.voices(studio)[:3]
        assert [voice.label for voice in (lena, hans, bare)] == [
            "Lena, British woman",
            "Hans, Standard man",
            "Bare - Plain",
        ]
        assert [voice.language for voice in (lena, hans, bare)] == ["en", "de", "en"]
        assert [voice.cloned for voice in (lena, hans, bare)] == [True, True, False]
        assert set(hans.languages) == set(LANGUAGES)

    def test_a_voice_that_is_fetched_twice_is_there_once(
        self, engine: ElevenLabs, server: ElevenLabsServer, studio: Studio
    ) -> None:
        server.voices = [LENA, LENA, {**BARE, "voice_id": TALIA}]
        engine.fetch_voices(studio)
        names = [voice.name for voice in engine.voices(studio)]
        assert len(names) == len(set(names))

    @pytest.mark.parametrize(
        "given_answer",
        [answer(200, {}), answer(200, {"voices": [{}], "has_more": False}), page, error(401, status="invalid_api_key")],
    )
    def test_a_fetch_that_fails_leaves_the_list_as_it_was(
        self, engine: ElevenLabs, server: ElevenLabsServer, studio: Studio, given_answer: Any
    ) -> None:
        server.voices = [LENA]
        engine.fetch_voices(studio)
        server.next_answers = [given_answer]
        with pytest.raises(EditaiError):
            engine.fetch_voices(studio)
        assert engine.voices(studio)[0].name == LENA["voice_id"]
        assert [path.name for path in studio.folder.iterdir()] == ["elevenlabs.json"]

    def test_a_damaged_list_is_as_good_as_none(self, engine: ElevenLabs, studio: Studio) -> None:
        (studio.folder / "elevenlabs.json").write_text('[{"engine": "el')
        assert TALIA in [voice.name for voice in engine.voices(studio)]

    def test_lists_that_never_end_are_ended(self, engine: ElevenLabs, server: ElevenLabsServer, studio: Studio) -> None:
        endless = {"voices": [LENA], "has_more": True, "next_page_token": "again"}
        server.next_answers = [answer(200, endless)] * 200
        assert engine.fetch_voices(studio) == 1
        assert len(server.asked) == 100


class TestQuota:
    def test_it_is_what_the_account_has_left(
        self, engine: ElevenLabs, server: ElevenLabsServer, studio: Studio
    ) -> None:
        quota = engine.quota(studio)
        assert quota == Quota(used=17_700, limit=30_000, renewed_at="2026-12-01T00:00:00+00:00")
        assert str(quota) == "12,300 of 30,000 characters left until 1 December"

    def test_one_that_is_never_renewed_has_no_day(
        self, engine: ElevenLabs, server: ElevenLabsServer, studio: Studio
    ) -> None:
        server.next_answers = [answer(200, {"character_count": 12, "character_limit": 10})]
        assert str(engine.quota(studio)) == "0 of 10 characters left"

    def test_an_answer_that_is_none_is_told(self, engine: ElevenLabs, server: ElevenLabsServer, studio: Studio) -> None:
        server.next_answers = [answer(200, {"tier": "free"})]
        with pytest.raises(NoAnswer):
            engine.quota(studio)

    def test_it_can_be_asked_where_a_loop_is_running(self, engine: ElevenLabs, studio: Studio) -> None:
        async def asking() -> int:
            return engine.quota(studio).left

        assert asyncio.run(asking()) == 12_300
