"""What a worker is told, and what it is not; which stages are done where."""

from __future__ import annotations

from pathlib import Path

import pytest

from editai.cluster.carried import needed_files
from editai.cluster.task import Part, Task, build, parts
from editai.models import Brief, Facts, LanguageModel, Voice
from tests.conftest import BOX, MEDIA
from tests.shop import Shop

LOCAL, PAID = Voice.parse("kokoro:af_heart"), Voice.parse("elevenlabs:anybody")


def places(voice: Voice, *, graphics: bool = False) -> dict[str, Part]:
    return {part.place: part for part in parts(voice, graphics=graphics)}


def test_what_needs_the_stores_keys_is_done_on_the_apps_machine_alone() -> None:
    here, there = places(PAID)["here"], places(PAID)["renders"]
    assert {"script", "translation", "narration", "take", "sentence"} == set(here.stages)
    assert not set(here.stages) & set(there.stages)


def test_a_voice_of_its_own_speaks_on_a_worker() -> None:
    assert set(places(LOCAL)["here"].stages) == {"script", "translation"}
    assert "narration" in places(LOCAL)["renders"].stages


def test_a_worker_with_a_graphics_card_speaks_where_there_is_one() -> None:
    assert list(places(LOCAL)) == ["here", "renders"]
    speaks = places(LOCAL, graphics=True)["speaks"]
    assert "GPU" in speaks.resources
    assert "footage" not in speaks.stages
    assert "GPU" not in places(LOCAL, graphics=True)["renders"].resources


def test_a_worker_of_another_editai_is_asked_for_nothing() -> None:
    assert all(build() in part.resources for part in parts(LOCAL, graphics=True))
    assert build() == build()


@pytest.fixture
def brief(shop: Shop) -> Brief:
    source, music = (
        shop.shelf.media.import_source(shop.profile.id, path) for path in (BOX, MEDIA / "happy_electronic.opus")
    )
    return Brief(sources=(source,), music=music, facts=Facts(title="Box"))


def test_only_what_the_job_needs_is_sent(shop: Shop, brief: Brief) -> None:
    shop.shelf.media.import_source(shop.profile.id, MEDIA / "trailer_tree.mp4")
    voices = shop.shelf.media.voices(shop.profile.id)
    for clone in ("a" * 32, "b" * 32):
        (voices / clone).mkdir(parents=True)
        (voices / clone / "sample.wav").write_bytes(clone.encode())
    spoken = brief.model_copy(update={"voice": Voice(engine="xtts", name="a" * 32)})
    named = {file.name: file.sha256 for file in needed_files(spoken, shop.profile, shop.shelf.media).files}
    assert brief.music is not None
    assert set(named) == {
        f"sources/{brief.sources[0].sha256}",
        f"sources/{brief.music.sha256}",
        f"voices/{'a' * 32}/sample.wav",
    }


def test_a_task_names_no_path_and_no_key_of_the_app(shop: Shop, brief: Brief, tmp_path: Path) -> None:
    from editai import profiles
    from editai.cluster.carried import Carried
    from editai.cluster.link import Link
    from editai.library.depot import Depot

    account = LanguageModel(url="http://127.0.0.1:1/v1", model="writer", key="sk-very-secret-key")
    shop.shelf.secrets.connect_model(shop.profile.id, account)
    changed = shop.with_kit(music_folder=str(tmp_path / "music")).profile
    studio = profiles.studio(shop.shelf, changed)
    (tmp_path / "media").mkdir()
    depot = Depot.open(str(tmp_path / "media"))
    carried = Carried(
        Link("tcp://127.0.0.1:1"), depot, changed, "f" * 32, shop.shelf.media, studio, lambda _files: None
    )
    task = carried._task(brief, needed_files(brief, changed, shop.shelf.media))
    told = task.model_dump_json()
    assert "very-secret" not in told
    assert str(tmp_path) not in told
    assert Task.model_validate_json(told) == task
