"""How work tells how far it is: a stage's steps, a job's progress, the job itself."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeVar

from editai.models.base import Degradation, Model
from editai.models.brief import Brief
from editai.models.clip import Clip


@dataclass(frozen=True, slots=True)
class Step:
    """How far a stage is (0 to 1), what it is doing, and a still picture once there is one to look at."""

    fraction: float
    message: str = ""
    still: Path | None = None


T = TypeVar("T")
Work = Generator[Step, None, T]
"""A stage at work: it yields steps at least twice a second where it can, and returns its result.

Closing the generator is how a stage is cancelled: it ends what it started (`finally`) and leaves.
"""


def finished(work: Work[T]) -> T:
    """The result of `work`, its steps passed over."""
    while True:
        try:
            next(work)
        except StopIteration as done:
            result: T = done.value
            return result


def part_of(work: Work[T], start: float, end: float, message: str = "") -> Work[T]:
    """`work` as the part of a longer one, from fraction `start` to `end`; `message` where a step has none."""
    try:
        while True:
            try:
                step = next(work)
            except StopIteration as done:
                result: T = done.value
                return result
            yield replace(step, fraction=start + (end - start) * step.fraction, message=step.message or message)
    finally:
        work.close()


class Progress(Model):
    """How far a job is: `percent` of the whole, `seconds_left` an estimate from the work done so far, or None.

    `still` is a first picture of the clip, `preview` a small copy of all of it, once there is one.
    """

    stage: str
    percent: float
    seconds_left: int | None = None
    message: str = ""
    still: Path | None = None
    preview: Path | None = None
    degradations: tuple[Degradation, ...] = ()
    clip: Clip | None = None


class Moved(Model):
    """What was moved to a depot and from there, and how long that took. What was there already was not moved."""

    sent_files: int = 0
    sent_bytes: int = 0
    got_files: int = 0
    got_bytes: int = 0
    ms: int = 0

    def __add__(self, other: Moved) -> Moved:
        return Moved(**{name: getattr(self, name) + getattr(other, name) for name in Moved.model_fields})


JobState = Literal["queued", "running", "done", "failed", "cancelled"]
FINAL_STATES: frozenset[JobState] = frozenset({"done", "failed", "cancelled"})


class Job(Model):
    """A piece of work as its row tells it; times are UTC, ISO 8601. `error` is `EditaiError.as_dict()` of one that
    failed.

    `batch` is what it was queued with, None where somebody waits for it alone. `paused`: it is queued, and so is all
    else, until the queue is resumed.
    """

    id: str
    profile_id: str | None
    project_id: str | None = None
    kind: Literal["produce"]
    state: JobState
    brief: Brief
    progress: Progress | None
    clip_id: str | None
    error: dict[str, str | int] | None
    tries: int
    batch: str | None = None
    paused: bool = False
    created_at: str
    started_at: str | None
    finished_at: str | None
