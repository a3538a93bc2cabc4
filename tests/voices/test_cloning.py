"""A store's cloned voices: there or not there, named once, gone with everything they spoke."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import wave
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from editai import voices
from editai.errors import Conflict, EditaiError, InvalidInput, NotFound, TooLarge
from editai.hearing.speech import blocks
from editai.library.media import Media
from editai.models import Clone, File, ScriptWord, Sentence, Voice, finished
from editai.settings import Settings
from editai.voices import Studio, VoiceInfo
from editai.voices.base import clones_of, sample_of
from editai.voices.cloning import delete, find, keep, rename, stage_of
from editai.voices.sample import RATE
from editai.voices.sound import read_wav, write_wav
from tests.voices.studios import studio_in
from tests.voices.toy import Toy, offered

MEDIA = Path(__file__).parent.parent / "media"


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """About ten seconds of one person."""
    names = ("counting", "quick_brown_fox")
    parts = [np.concatenate(list(blocks(MEDIA / f"en_{name}.wav", rate=RATE))) for name in names]
    path = tmp_path_factory.mktemp("recording") / "it's me.wav"
    write_wav(path, np.concatenate([*parts, *parts]), RATE)
    return path


def kept(studio: Studio, path: Path, name: str = "Ada", **changes: Any) -> Clone:
    wishes = {"language": "en", "whose": "Ada Lovelace", "said_by": "Charles Babbage", **changes}
    return keep(studio, path, name, **wishes)


def files(studio: Studio) -> set[str]:
    """Everything in the room of the store's voices but the lock."""
    return {str(path.relative_to(studio.folder)) for path in studio.folder.rglob("*")} - {".lock"}


class Mimic(Toy):
    """An engine that clones."""

    def voices(self, studio: Studio) -> tuple[VoiceInfo, ...]:
        clones = clones_of(studio)
        return tuple(VoiceInfo(engine="toy", name=each.id, label=each.name, languages=("en",)) for each in clones)


class TestKeep:
    def test_a_voice_is_kept_as_mono_wav_of_24_khz_with_all_that_is_known_of_it(
        self, studio: Studio, recording: Path
    ) -> None:
        clone = kept(studio, recording, "  Ada   the first ", language="en")
        assert files(studio) == {clone.id, f"{clone.id}/clone.json", f"{clone.id}/sample.wav"}
        with wave.open(str(sample_of(studio, clone))) as file:
            assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 24_000)
        assert clone.sample == File.of(sample_of(studio, clone))
        assert (clone.name, clone.language) == ("Ada the first", "en")
        assert 9_000 < clone.speech_ms < 11_000

    def test_who_said_yes_and_when_is_kept_with_it(self, studio: Studio, recording: Path) -> None:
        kept(studio, recording, whose=" Ada\tLovelace ", said_by="Charles Babbage")
        (consent,) = (clone.consent for clone in clones_of(studio))
        assert (consent.whose, consent.said_by) == ("Ada Lovelace", "Charles Babbage")
        assert abs(datetime.now(UTC) - datetime.fromisoformat(consent.at)) < timedelta(minutes=1)

    def test_what_is_kept_is_the_recordings_own_sound(self, studio: Studio, recording: Path) -> None:
        sound, _ = read_wav(sample_of(studio, kept(studio, recording)))
        original, _ = read_wav(recording)
        shift = int(np.argmax(np.correlate(original[: RATE * 2], sound[:RATE], "valid")))
        part = original[shift : shift + RATE]
        assert np.corrcoef(part, sound[:RATE])[0, 1] > 0.999

    def test_a_voice_is_there_after_a_restart(self, tmp_path: Path, settings: Settings, recording: Path) -> None:
        clone = kept(studio_in(tmp_path, settings), recording)
        assert find(studio_in(tmp_path, settings), clone.id) == clone

    def test_two_stores_never_see_each_others_voices(self, tmp_path: Path, settings: Settings, recording: Path) -> None:
        one, other = (studio_in(tmp_path / name, settings) for name in ("one", "other"))
        clone = kept(one, recording)
        assert clones_of(other) == ()
        for use in (
            lambda: find(other, clone.id),
            lambda: delete(other, clone.id),
            lambda: rename(other, clone.id, "B"),
        ):
            with pytest.raises(NotFound):
                use()
        assert kept(other, recording).name == clone.name
        assert clones_of(one) == (clone,)


class TestRefusals:
    @pytest.mark.parametrize("consent", [{"whose": ""}, {"said_by": " \n "}, {"whose": "x" * 201}])
    def test_nothing_is_kept_without_a_consent(self, consent: dict[str, str], studio: Studio, recording: Path) -> None:
        with pytest.raises(InvalidInput) as refused:
            kept(studio, recording, **consent)
        assert refused.value.title == "422 consent_missing"
        assert files(studio) == set()

    def test_a_recording_that_cannot_be_used_is_refused_with_every_reason(
        self, studio: Studio, recording: Path, tmp_path: Path
    ) -> None:
        sound, rate = read_wav(recording)
        noise = np.random.default_rng(1).normal(0, 0.02, 3 * rate)
        write_wav(tmp_path / "bad.wav", (sound[: 3 * rate] + noise).astype(np.float32), rate)
        with pytest.raises(InvalidInput) as refused:
            kept(studio, tmp_path / "bad.wav")
        assert refused.value.title == "422 sample_unusable"
        assert "seconds of speech" in refused.value.message
        assert "noise" in refused.value.message
        assert files(studio) == set()

    def test_a_file_that_is_too_large_is_refused(self, studio: Studio, tmp_path: Path) -> None:
        (tmp_path / "large.wav").write_bytes(bytes(10_000_001))
        with pytest.raises(TooLarge):
            kept(studio, tmp_path / "large.wav")
        assert files(studio) == set()

    @pytest.mark.parametrize("name", ["", "  ", "x" * 51, "a\x00b", "Ada\u202egnp"])
    def test_a_name_that_is_none_is_refused(self, name: str, studio: Studio, recording: Path) -> None:
        with pytest.raises(InvalidInput) as refused:
            kept(studio, recording, name)
        assert refused.value.title == "422 voice_name_invalid"

    @pytest.mark.parametrize("name", ["../../x", "'; DROP TABLE", "<b>Ada</b>", "声", "A" * 50])
    def test_a_name_is_only_a_name(self, name: str, studio: Studio, recording: Path) -> None:
        clone = kept(studio, recording, name)
        assert clone.name == name
        assert (studio.folder / clone.id).is_dir()

    @pytest.mark.parametrize("name", ["ada", "ADA ", " Ada"])
    def test_a_name_is_given_once_in_a_store_without_regard_to_case(
        self, name: str, studio: Studio, recording: Path
    ) -> None:
        kept(studio, recording, "Ada")
        with pytest.raises(Conflict) as refused:
            kept(studio, recording, name)
        assert refused.value.title == "409 voice_name_taken"
        assert len(clones_of(studio)) == 1

    @pytest.mark.parametrize("language", ["", "English", "../x"])
    def test_a_language_that_is_none_is_refused(self, language: str, studio: Studio, recording: Path) -> None:
        with pytest.raises(InvalidInput) as refused:
            kept(studio, recording, language=language)
        assert refused.value.title == "422 language_unknown"

    @pytest.mark.parametrize("clone_id", ["", ".", "..", "../voices", "0" * 32, "*"])
    def test_an_id_that_is_none_is_not_found(self, clone_id: str, studio: Studio, recording: Path) -> None:
        clone = kept(studio, recording)
        for use in (find, delete):
            with pytest.raises(NotFound) as refused:
                use(studio, clone_id)
            assert refused.value.title == "404 voice_not_found"
        assert clones_of(studio) == (clone,)


class TestRename:
    def test_a_voice_keeps_everything_but_its_name(self, studio: Studio, recording: Path) -> None:
        clone = kept(studio, recording)
        renamed = rename(studio, clone.id, "Countess")
        assert renamed == clone.model_copy(update={"name": "Countess"})
        assert clones_of(studio) == (renamed,)
        assert files(studio) == {clone.id, f"{clone.id}/clone.json", f"{clone.id}/sample.wav"}

    def test_it_may_change_the_case_of_its_own_name(self, studio: Studio, recording: Path) -> None:
        clone = kept(studio, recording, "Ada")
        assert rename(studio, clone.id, "ADA").name == "ADA"

    def test_it_may_not_take_the_name_of_another(self, studio: Studio, recording: Path) -> None:
        kept(studio, recording, "Ada")
        other = kept(studio, recording, "Grace")
        with pytest.raises(Conflict):
            rename(studio, other.id, "ada")
        assert find(studio, other.id).name == "Grace"


class TestDelete:
    def test_no_file_of_the_voice_is_left(self, studio: Studio, recording: Path) -> None:
        clone = kept(studio, recording)
        delete(studio, clone.id)
        assert files(studio) == set()
        assert clones_of(studio) == ()

    def test_what_it_spoke_goes_with_it_and_nothing_else_does(self, studio: Studio, recording: Path) -> None:
        clone, other = kept(studio, recording, "Ada"), kept(studio, recording, "Grace")
        speakers = [Voice(engine="xtts", name=name) for name in (clone.id, other.id, "Ana Florence")]
        for stage in ("sentence", "narration"):
            for voice in speakers:
                folder = studio.cache.folder / stage_of(stage, voice) / "0123"
                folder.mkdir(parents=True)
                (folder / "result.json").write_text("{}")
        delete(studio, clone.id)
        left = {path.name for path in studio.cache.folder.iterdir()}
        assert left == {f"sentence-{other.id}", f"narration-{other.id}", "sentence", "narration"}

    def test_a_sentence_that_it_spoke_is_kept_for_the_next_time_and_goes_with_it(
        self, studio: Studio, recording: Path
    ) -> None:
        clone = kept(studio, recording)
        sentence = Sentence(words=(ScriptWord(displayed="Hello", spoken="Hello"),))
        with offered(Mimic()) as mimic:
            for _ in range(2):
                finished(voices.hear(sentence, "en", Voice(engine="toy", name=clone.id), studio))
        assert mimic.said == ["Hello"]
        assert len(list(studio.cache.folder.rglob("*.wav"))) == 1
        delete(studio, clone.id)
        assert list(studio.cache.folder.rglob("[!.]*")) == []

    def test_its_name_is_free_again(self, studio: Studio, recording: Path) -> None:
        delete(studio, kept(studio, recording, "Ada").id)
        assert kept(studio, recording, "Ada").name == "Ada"


KEEP = """
import functools, sys
from pathlib import Path
from editai.settings import Settings
from editai.voices import cloning
from tests.voices.studios import studio_in
studio = studio_in(Path(sys.argv[1]), Settings(_env_file=None, home=Path(sys.argv[1]) / "home", offline=True))
cloning.examine = functools.cache(cloning.examine)  # heard once, so that most of the time is spent on keeping
cloning.examine(Path(sys.argv[2]))
print("ready", flush=True)
for number in range(10_000):
    cloning.keep(studio, Path(sys.argv[2]), f"voice {number}", "en", "Ada", "Ada")
"""


@pytest.mark.slow
def test_a_voice_is_there_or_it_is_not_also_after_a_kill(settings: Settings, recording: Path) -> None:
    home = settings.home / "profiles" / ("0" * 32)
    home.mkdir(parents=True)
    for seconds in (0.1, 0.13, 0.17, 0.21):
        program = [sys.executable, "-c", KEEP, str(home), str(recording)]
        with subprocess.Popen(program, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as process:
            assert process.stdout is not None
            assert process.stdout.readline().strip() == b"ready"
            time.sleep(seconds)
            process.kill()
        studio = studio_in(home, settings)
        Media(settings.home).sweep()
        assert {path.name for path in studio.folder.iterdir()} - {".lock"} == {clone.id for clone in clones_of(studio)}
        for clone in clones_of(studio):
            assert File.of(sample_of(studio, clone)) == clone.sample
            assert json.loads((studio.folder / clone.id / "clone.json").read_text("utf-8"))["consent"]["whose"] == "Ada"
            delete(studio, clone.id)


def test_of_two_who_take_a_name_at_once_one_gets_it(studio: Studio, recording: Path) -> None:
    def take(_: int) -> Clone | EditaiError:
        try:
            return kept(studio, recording)
        except Conflict as taken:
            return taken

    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(take, range(3)))
    assert sum(isinstance(result, Clone) for result in results) == 1
    assert len(clones_of(studio)) == 1
