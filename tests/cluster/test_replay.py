"""What is behind a job is met again in its order, whatever key a machine gives it; all else is worked on."""

from __future__ import annotations

from pathlib import Path

import pytest

from editai.cluster.replay import Replay
from editai.cluster.task import Done
from editai.errors import EditaiError, Unavailable
from editai.library.depot import Depot
from editai.models import Artifact, File, Step, Work, finished

PROFILE = "a" * 32
FAILED = Unavailable("voice_unavailable", "It does not speak.")


class Sound(Artifact):
    audio: File


class Machine:
    """A machine that replays, and counts how often it worked. `version` is of a package that only it has."""

    def __init__(self, folder: Path, depot: Depot, behind: tuple[Done, ...] = (), version: int = 1) -> None:
        self.cache = Replay(folder, profile_id=PROFILE, depot=depot, behind=behind)
        self.version, self.worked = version, 0

    def run(self, stage: str, text: str) -> str:
        def work(folder: Path) -> Work[Sound]:
            self.worked += 1
            yield Step(0.5)
            if text == "fails":
                raise FAILED
            (folder / "sound.wav").write_text(text)
            return Sound(audio=File.of(folder / "sound.wav"))

        made = finished(self.cache.run(stage, self.version, {"text": text}, work, Sound))
        return made.path(made.audio).read_text()


@pytest.fixture
def depot(tmp_path: Path) -> Depot:
    (tmp_path / "shared").mkdir()
    return Depot.open(str(tmp_path / "shared"))


def test_a_result_is_not_made_again_on_a_machine_with_other_packages(tmp_path: Path, depot: Depot) -> None:
    one = Machine(tmp_path / "one", depot)
    one.run("narration", "hello")
    two = Machine(tmp_path / "two", depot, one.cache.to_depot(), version=2)
    assert two.run("narration", "hello") == "hello"
    assert two.worked == 0


def test_results_and_errors_of_a_stage_come_in_their_order(tmp_path: Path, depot: Depot) -> None:
    one = Machine(tmp_path / "one", depot)
    with pytest.raises(EditaiError):
        one.run("narration", "fails")
    one.run("narration", "the stand-in")
    two = Machine(tmp_path / "two", depot, one.cache.to_depot(), version=2)
    with pytest.raises(EditaiError) as caught:
        two.run("narration", "fails")
    assert caught.value.as_dict() == FAILED.as_dict()
    assert two.run("narration", "the stand-in") == "the stand-in"
    assert two.worked == 0


def test_what_is_not_behind_is_worked_on_and_goes_along(tmp_path: Path, depot: Depot) -> None:
    one = Machine(tmp_path / "one", depot)
    one.run("narration", "hello")
    two = Machine(tmp_path / "two", depot, one.cache.to_depot())
    two.run("narration", "hello")
    two.run("sound", "mixed")
    two.run("narration", "once more")
    assert two.worked == 2
    assert [done.stage for done in two.cache.to_depot()] == ["sound", "narration"]


def test_a_sentence_does_not_go_along_alone(tmp_path: Path, depot: Depot) -> None:
    one = Machine(tmp_path / "one", depot)
    one.run("take", "hello")
    assert one.cache.to_depot() == ()
