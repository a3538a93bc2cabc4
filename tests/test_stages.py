"""Stages are cached by content: what changes the result changes the key, and nothing else does."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from contextlib import suppress
from pathlib import Path

import pytest

from editai.models import Artifact, Brief, Facts, File, Model, Step, Voice, Work, finished
from editai.stages import StageCache, canonical, key_of

SHA = "ab" * 32


class Sound(Artifact):
    audio: File
    seconds: int


class Number(Model):
    value: int


def number(value: int) -> Work[Number]:
    yield Step(1.0)
    return Number(value=value)


class Counting:
    """A cache with a stage that counts how often it worked."""

    def __init__(self, folder: Path) -> None:
        self.cache = StageCache(folder)
        self.worked = 0

    def work(self, folder: Path) -> Work[Sound]:
        self.worked += 1
        yield Step(0.5, "half")
        (folder / "a.wav").write_bytes(b"RIFF" * 10)
        return Sound(audio=File.of(folder / "a.wav"), seconds=7)

    def run(self, **inputs: object) -> Sound:
        return finished(self.cache.run("sound", 1, inputs, self.work, Sound))

    def left_behind(self) -> list[str]:
        return [path.name for path in self.cache.folder.glob("*/.*")]


@pytest.fixture
def stage(tmp_path: Path) -> Counting:
    return Counting(tmp_path / "cache")


def test_the_same_inputs_work_once(stage: Counting) -> None:
    first, second = stage.run(text="hello"), stage.run(text="hello")
    assert stage.worked == 1
    assert first == second
    assert second.path(second.audio).read_bytes() == b"RIFF" * 10


def test_other_inputs_work_again(stage: Counting) -> None:
    stage.run(text="hello")
    stage.run(text="hullo")
    assert stage.worked == 2


def test_a_result_is_kept_in_its_own_folder_wherever_the_cache_is_moved(stage: Counting, tmp_path: Path) -> None:
    stage.run(text="hello")
    stage.cache.folder.rename(tmp_path / "moved")
    moved = Counting(tmp_path / "moved")
    sound = moved.run(text="hello")
    assert moved.worked == 0
    assert sound.path(sound.audio).is_relative_to(tmp_path / "moved")


def _sources(name: str = "a.mp4") -> tuple[File, ...]:
    return (File(name=name, sha256=SHA, bytes=3),)


BRIEF = Brief(sources=_sources())


@pytest.mark.parametrize(
    "change",
    [
        {"sources": (File(name="a.mp4", sha256="cd" * 32, bytes=3),)},
        {"facts": Facts(title="Tea")},
        {"facts": Facts(points=("a",))},
        {"facts": Facts(price="$1")},
        {"script": "Hello."},
        {"voice": Voice(engine="kokoro", name="am_adam")},
        {"voice": Voice(engine="kokoro", name="af_heart", speed=1.1)},
        {"caption_style": "clean"},
        {"hook_card": False},
        {"seed": 1},
    ],
    ids=str,
)
def test_every_parameter_changes_the_key(change: dict[str, object]) -> None:
    changed = BRIEF.model_copy(update=change)
    assert key_of("stage", 1, {"brief": changed}) != key_of("stage", 1, {"brief": BRIEF})


def test_name_and_version_change_the_key() -> None:
    keys = {key_of("sound", 1, {}), key_of("sound", 2, {}), key_of("picture", 1, {})}
    assert len(keys) == 3


def test_a_file_name_does_not_change_the_key() -> None:
    other = BRIEF.model_copy(update={"sources": _sources("another name.mov")})
    assert key_of("stage", 1, {"brief": other}) == key_of("stage", 1, {"brief": BRIEF})


def test_where_an_artifact_lies_does_not_change_the_key() -> None:
    here = Sound(folder=Path("here"), audio=_sources()[0], seconds=1)
    there = here.model_copy(update={"folder": Path("there")})
    assert canonical(here) == canonical(there)


def test_the_order_of_named_inputs_does_not_change_the_key() -> None:
    assert key_of("stage", 1, {"a": 1, "b": 2}) == key_of("stage", 1, {"b": 2, "a": 1})


@pytest.mark.parametrize(
    "value",
    [{"a", "b"}, Path("x"), object(), b"x", (n for n in range(3))],
    ids=lambda value: type(value).__name__,  # their texts differ from run to run
)
def test_what_has_no_lasting_text_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        key_of("stage", 1, {"value": value})


def test_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        key_of("stage", 1, {"value": float("nan")})


def test_the_key_is_the_same_in_every_process() -> None:
    program = (
        "from editai.models import *; from editai.stages import key_of; "
        f"brief = Brief(sources=(File(name='x', sha256='{SHA}', bytes=3),)); "
        "print(key_of('stage', 1, {'brief': brief, 'more': {'b': 1.5, 'a': 'ä'}}))"
    )
    keys = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert keys == {key_of("stage", 1, {"brief": BRIEF, "more": {"a": "ä", "b": 1.5}})}


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "a.wav").unlink(),
        lambda folder: (folder / "a.wav").write_bytes(b"RI"),
        lambda folder: (folder / "result.json").write_bytes(b""),
        lambda folder: (folder / "result.json").write_text('{"audio": 1}'),
        lambda folder: (folder / "result.json").write_bytes(b"\xff\xfe{"),
        lambda folder: (folder / "result.json").unlink(),
    ],
    ids=["file gone", "file cut", "result empty", "result of another kind", "result not text", "result gone"],
)
def test_a_damaged_result_is_made_again(stage: Counting, damage: object) -> None:
    damage(stage.run(text="hello").folder)  # type: ignore[operator]
    again = stage.run(text="hello")
    assert stage.worked == 2
    assert again.path(again.audio).read_bytes() == b"RIFF" * 10


def test_a_stage_that_fails_leaves_nothing(stage: Counting) -> None:
    def fails(folder: Path) -> Work[Sound]:
        (folder / "half.wav").write_bytes(b"x")
        yield Step(0.5)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        finished(stage.cache.run("sound", 1, {}, fails, Sound))
    assert list((stage.cache.folder / "sound").iterdir()) == []


def test_a_stage_that_is_closed_cleans_up_and_leaves_nothing(stage: Counting) -> None:
    ended = []

    def waits(folder: Path) -> Work[Sound]:
        try:
            yield Step(0.1)
            yield Step(0.2)
        finally:
            ended.append(folder.is_dir())  # its work folder is still there while it cleans up
        raise AssertionError("it went on after it was closed")

    running = stage.cache.run("sound", 1, {}, waits, Sound)
    next(running)
    running.close()
    assert ended == [True]
    assert list((stage.cache.folder / "sound").iterdir()) == []


def test_two_jobs_that_make_the_same_at_once_keep_one_result(stage: Counting) -> None:
    slow, fast = (stage.cache.run("sound", 1, {}, stage.work, Sound) for _ in range(2))
    next(slow)
    next(fast)
    assert finished(fast) == finished(slow)
    assert len(list((stage.cache.folder / "sound").iterdir())) == 1


def test_a_value_without_files_is_cached_too(stage: Counting) -> None:
    first = finished(stage.cache.run("number", 1, {}, lambda _: number(1), Number))
    again = finished(stage.cache.run("number", 1, {}, lambda _: number(2), Number))
    assert (first.value, again.value) == (1, 1)


def test_what_dead_processes_left_is_abandoned_and_nothing_else_is(stage: Counting) -> None:
    kept = stage.run(text="hello")
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    for pid in (dead.pid, os.getpid()):
        (kept.folder.parent / f".{pid}.{uuid.uuid4().hex}").mkdir()
    assert [each.name.split(".")[1] for each in stage.cache.abandoned()] == [str(dead.pid)]


# ── what was not used for long can be evicted ────────────────────────────────────────────────────────────────────


def last_used(artifact: Artifact, seconds_ago: float) -> None:
    """As if the result had been used last so long ago."""
    then = time.time() - seconds_ago
    os.utime(artifact.folder, (then, then))


def test_a_result_tells_when_it_was_used_last(stage: Counting) -> None:
    last_used(stage.run(text="hello"), 5000)
    (before,) = stage.cache.results()
    stage.run(text="hello")
    (after,) = stage.cache.results()
    assert after.used - before.used > 4000


def test_bytes_that_have_another_name_are_not_the_results_own(stage: Counting, tmp_path: Path) -> None:
    made = stage.run(text="hello")
    (alone,) = stage.cache.results()
    os.link(made.path(made.audio), tmp_path / "kept.wav")
    (shared,) = stage.cache.results()
    assert alone.bytes - shared.bytes == made.audio.bytes


def test_a_result_that_was_used_meanwhile_is_not_evicted(stage: Counting) -> None:
    made = stage.run(text="hello")
    last_used(made, 5000)
    (found,) = stage.cache.results()
    stage.run(text="hello")
    assert not stage.cache.evict(found, time.time() - 1000)
    assert made.path(made.audio).is_file()


def test_an_evicted_result_is_made_again(stage: Counting) -> None:
    last_used(stage.run(text="hello"), 5000)
    (found,) = stage.cache.results()
    assert stage.cache.evict(found, time.time() - 1000)
    assert stage.left_behind() == []
    stage.run(text="hello")
    assert stage.worked == 2


EVICTOR = """
import sys, time
from pathlib import Path
from editai.stages import StageCache
cache = StageCache(Path(sys.argv[1]))
print("evicting", flush=True)
while True:
    for result in cache.results():
        cache.evict(result, time.time() - 1000)
"""


def test_what_was_found_stays_while_another_process_evicts_all_that_it_can(stage: Counting) -> None:
    """What is found was noted as used first, so that who looked at its age before that has to look again."""
    stage.run(text="hello")
    program = [sys.executable, "-c", EVICTOR, str(stage.cache.folder)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, start_new_session=True) as evictor:
        assert evictor.stdout is not None
        evictor.stdout.readline()
        try:
            for _ in range(300):
                made = stage.run(text="hello")
                assert made.path(made.audio).read_bytes() == b"RIFF" * 10
                with suppress(FileNotFoundError):
                    last_used(made, 5000)
        finally:
            evictor.kill()
    assert stage.worked > 1
