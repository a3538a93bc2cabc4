"""What an owner does with voices: licences store by store, and a cloned voice that is deleted."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from editai import jobs, profiles
from editai.errors import Conflict, EditaiError, InvalidInput
from editai.library import LOCAL_OWNER, Library
from editai.models import Clone, CloneConsent, File, Profile, Voice
from editai.voices import Studio
from editai.voices.base import CLONE_FILE, SAMPLE_FILE, clones_of
from tests.conftest import BOX
from tests.voices.toy import Toy, offered

CLONE = "c" * 32


def kept(studio: Studio) -> Clone:
    """A cloned voice of this store, as `cloning.keep` leaves it."""
    folder = studio.folder / CLONE
    folder.mkdir(parents=True)
    with wave.open(str(folder / SAMPLE_FILE), "wb") as sample:
        sample.setparams((1, 2, 24_000, 0, "NONE", "not compressed"))
        sample.writeframes(np.zeros(24_000, dtype="<i2").tobytes())
    consent = CloneConsent(whose="Mia", said_by="Mia", at="2026-11-25T10:00:00+00:00")
    clone = Clone(
        id=CLONE,
        name="Mia",
        language="en",
        sample=File.of(folder / SAMPLE_FILE),
        speech_ms=8000,
        consent=consent,
        created_at="2026-11-25T10:00:00+00:00",
    )
    (folder / CLONE_FILE).write_text(clone.model_dump_json(), "utf-8")
    return clone


@pytest.fixture
def clone(shelf: Library, store: Profile) -> Clone:
    return kept(profiles.studio(shelf, store))


def test_a_deleted_voice_is_gone(shelf: Library, store: Profile, clone: Clone) -> None:
    gone, _ = profiles.delete_clone(shelf, store, clone.id)
    assert gone == clone
    assert clones_of(profiles.studio(shelf, store)) == ()


def test_a_store_whose_own_voice_is_deleted_speaks_with_the_default_voice_of_its_language(
    shelf: Library, store: Profile, clone: Clone
) -> None:
    mine = {"voice": Voice(engine="xtts", name=clone.id, speed=1.1).model_dump(), "language": "es"}
    store = shelf.store.update_profile(LOCAL_OWNER, store.id, mine)
    _, after = profiles.delete_clone(shelf, store, clone.id)
    assert (after.kit.voice.engine, after.kit.voice.speed, after.kit.language) == ("kokoro", 1.1, "es")
    assert profiles.update(shelf, LOCAL_OWNER, store.id, {"speed": 1.2}).kit.voice.speed == 1.2


class Cloning(Toy):
    """A toy that speaks with the store's clones too."""

    def voices(self, studio: Studio):  # type: ignore[no-untyped-def]
        beep = super().voices(studio)[0]
        return (beep, *(beep.model_copy(update={"name": one.id, "cloned": True}) for one in clones_of(studio)))


def test_a_voice_that_a_waiting_job_needs_is_not_deleted(shelf: Library, store: Profile, clone: Clone) -> None:
    with offered(Cloning()):
        job = jobs.submit(shelf, store, [BOX], script="Hello there.", voice=Voice(engine="toy", name=clone.id))
    with pytest.raises(Conflict) as refused:
        profiles.delete_clone(shelf, store, clone.id)
    assert refused.value.slug == "voice_in_use"
    jobs.cancel(shelf, store.id, job.id)
    assert profiles.delete_clone(shelf, store, clone.id)[0] == clone


# ── licences ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_licence_is_noted_with_its_time_and_the_licence_that_the_owner_states(shelf: Library, store: Profile) -> None:
    after = profiles.accept_licence(shelf, store, "xtts", "  Agreement   no. 114 ")
    [accepted] = after.kit.licences
    assert (accepted.engine, accepted.stated) == ("xtts", "Agreement no. 114")
    assert accepted.accepted_at.startswith("20")


def test_accepting_again_replaces_what_was_stated(shelf: Library, store: Profile) -> None:
    first = profiles.accept_licence(shelf, store, "xtts", "one")
    [accepted] = profiles.accept_licence(shelf, first, "xtts", "two").kit.licences
    assert accepted.stated == "two"


def test_what_is_stated_is_one_line(shelf: Library, store: Profile) -> None:
    with pytest.raises(InvalidInput) as refused:
        profiles.accept_licence(shelf, store, "xtts", "x" * 301)
    assert refused.value.slug == "licence_invalid"


def test_a_store_without_the_licence_is_refused_when_the_job_is_submitted(shelf: Library, store: Profile) -> None:
    with offered(Toy(about={"non_commercial": True})), pytest.raises(EditaiError) as refused:
        jobs.submit(shelf, store, [BOX], script="Hello there.", voice=Voice(engine="toy", name="beep"))
    assert refused.value.title == "409 licence_not_accepted"
    assert shelf.journal.jobs(store.id) == ()


def test_a_licence_that_was_withdrawn_meanwhile_counts_when_the_job_runs(shelf: Library, store: Profile) -> None:
    with offered(Toy(about={"non_commercial": True})) as engine:
        allowed = profiles.accept_licence(shelf, store, "toy", "Agreement")
        job = jobs.submit(shelf, allowed, [BOX], script="Hello there.", voice=Voice(engine="toy", name="beep"))
        profiles.withdraw_licence(shelf, allowed, "toy")
        ended = jobs.run_job(job.id, shelf.settings)
    assert ended.error is not None
    assert (ended.error["slug"], engine.loads) == ("licence_not_accepted", 0)


def test_an_engine_that_cannot_speak_here_is_said_when_the_job_is_submitted(
    shelf: Library, store: Profile, tmp_path: Path
) -> None:
    allowed = profiles.accept_licence(shelf, store, "xtts", "Agreement")
    voice = next(each for each in profiles_voices(shelf, allowed) if each.engine == "xtts")
    with pytest.raises(EditaiError) as refused:
        jobs.submit(shelf, allowed, [BOX], script="Hello there.", voice=voice)
    assert refused.value.title == "503 voice_unavailable"


def profiles_voices(shelf: Library, store: Profile) -> list[Voice]:
    from editai import voices

    return [Voice(engine=each.engine, name=each.name) for each in voices.catalogue(profiles.studio(shelf, store))]
