"""Stages are done once, on whatever machine: the others find what one has finished, whole or not at all."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from editai.errors import EditaiError
from editai.library.depot import Depot
from editai.library.depot_stages import DepotStages
from editai.models import Artifact, File, Step, Work, finished
from editai.stages import NotMade, StageCache, key_of

PROFILE, OTHER, CLONE, JOB = "a" * 32, "b" * 32, "c" * 32, "d" * 32


class Sound(Artifact):
    audio: File


class Machine:
    """A machine with a cache of its own, which counts how often it worked."""

    def __init__(self, folder: Path, depot: Depot, profile_id: str = PROFILE, job_id: str = JOB) -> None:
        self.stages = DepotStages(depot.own(job_id), profile_id)
        self.cache = StageCache(folder / "cache", self.stages)
        self.worked = 0

    def run(self, stage: str = "sound", text: str = "hello", cache: StageCache | None = None) -> Sound:
        def work(folder: Path) -> Work[Sound]:
            self.worked += 1
            yield Step(0.5)
            (folder / "parts").mkdir()
            for name in ("sound.wav", "parts/0.wav"):
                (folder / name).write_text(f"{name} of {stage}: {text}" * 100)
            return Sound(audio=File.of(folder / "sound.wav"))

        return finished((cache or self.cache).run(stage, 1, {"text": text}, work, Sound))


@pytest.fixture
def depot(tmp_path: Path) -> Depot:
    (tmp_path / "shared").mkdir()
    return Depot.open(str(tmp_path / "shared"))


@pytest.fixture
def one(tmp_path: Path, depot: Depot) -> Machine:
    return Machine(tmp_path / "one", depot)


@pytest.fixture
def two(tmp_path: Path, depot: Depot) -> Machine:
    return Machine(tmp_path / "two", depot)


def below(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_one_machine_has_finished_the_other_finds(one: Machine, two: Machine) -> None:
    made, found = one.run(), two.run()
    assert (one.worked, two.worked) == (1, 0)
    assert below(made.folder) == below(found.folder)
    assert found.folder.is_relative_to(two.cache.folder)


def test_nothing_but_the_results_themselves_is_in_the_others_cache(one: Machine, two: Machine) -> None:
    one.run()
    one.run(text="not asked for")
    found = two.run()
    assert [each.folder for each in two.cache.results()] == [found.folder]


def test_what_is_there_is_neither_left_nor_brought_again(one: Machine, two: Machine) -> None:
    one.run()
    sent = one.stages.depot.moved
    one.run()
    two.run()
    got = two.stages.depot.moved
    two.run()
    assert one.stages.depot.moved == sent
    assert two.stages.depot.moved == got
    assert (got.got_files, got.sent_files) == (3, 0)


def test_what_was_finished_before_there_was_a_depot_is_left_there_once_it_is_found(one: Machine, two: Machine) -> None:
    one.run(cache=StageCache(one.cache.folder))
    one.run()
    assert one.worked == 1
    two.run()
    assert two.worked == 0


@pytest.mark.parametrize(("profile_id", "job_id"), [(OTHER, JOB), (PROFILE, OTHER)])
def test_another_profile_and_another_job_find_nothing_of_it(
    tmp_path: Path, depot: Depot, one: Machine, profile_id: str, job_id: str
) -> None:
    one.run()
    other = Machine(tmp_path / "other", depot, profile_id, job_id)
    other.run()
    assert other.worked == 1


def test_a_job_that_ends_takes_nothing_from_one_that_made_the_same(tmp_path: Path, depot: Depot, one: Machine) -> None:
    other = Machine(tmp_path / "other", depot, job_id=OTHER)
    one.run()
    other.run()
    one.stages.depot.delete(PROFILE)
    assert depot.job_ids(PROFILE) == {OTHER}
    again = Machine(tmp_path / "again", depot, job_id=OTHER)
    again.run()
    assert again.worked == 0


@pytest.mark.parametrize("damage", ["gone", "cut", "other", "note"])
def test_a_result_that_is_not_whole_is_made_again_and_left_again(
    one: Machine, two: Machine, depot: Depot, tmp_path: Path, damage: str
) -> None:
    made = one.run()
    home = f"profiles/{PROFILE}/jobs/{JOB}"
    blob = f"{home}/blobs/{made.audio.sha256[:2]}/{made.audio.sha256}"
    match damage:
        case "gone":
            depot.own(JOB).forget(PROFILE, [made.audio])
        case "cut":
            depot.place.write(blob, b"half")
        case "other":
            depot.place.write(blob, bytes(made.audio.bytes))
        case "note":
            depot.place.write(f"{home}/stages/sound/{made.folder.name}", b'{"files": [{"name": "../x"')
    again = two.run()
    assert two.worked == 1
    assert below(again.folder) == below(made.folder)
    assert [path.name for path in again.folder.parent.iterdir()] == [again.folder.name]
    three = Machine(tmp_path / "three", depot)
    three.run()
    assert three.worked == 0


def test_without_the_depot_the_work_goes_on(one: Machine, depot: Depot, caplog: pytest.LogCaptureFixture) -> None:
    Path(depot.place.url).rename(f"{depot.place.url} away")
    assert one.run().audio.bytes > 0
    assert "not left in the depot" in caplog.text


def test_a_job_that_is_over_leaves_and_brings_nothing_more(tmp_path: Path, depot: Depot, one: Machine) -> None:
    one.run()
    over = threading.Event()
    over.set()
    late = StageCache(tmp_path / "late" / "cache", DepotStages(depot.until(over).own(JOB), PROFILE))
    with pytest.raises(EditaiError) as caught:
        one.run(cache=late)
    assert caught.value.title == "499 cancelled"
    assert below(tmp_path / "late") == {}


def test_a_stage_that_is_not_to_be_worked_on_here_says_so(tmp_path: Path, one: Machine, depot: Depot) -> None:
    one.run()
    app = StageCache(tmp_path / "app", DepotStages(depot.own(JOB), PROFILE), here=frozenset({"script"}))
    one.run(cache=app)
    one.run(f"script-{CLONE}", cache=app)
    with pytest.raises(NotMade):
        one.run(text="another", cache=app)
    assert one.worked == 2
    assert not list((tmp_path / "app").glob("*/.*.*"))


def test_a_job_knows_what_it_used(one: Machine, two: Machine) -> None:
    one.run()
    two.run()
    two.run(text="more")
    assert two.stages.known == {("sound", key_of("sound", 1, {"text": text})) for text in ("hello", "more")}
