"""A part of a job, done on a worker: `produce()` in a folder that belongs to the worker alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NoReturn

from editai import pipeline
from editai.cluster.replay import Replay
from editai.cluster.task import Made, Task
from editai.errors import Cancelled
from editai.library.depot import Depot
from editai.library.depot_stages import DepotStages
from editai.library.media import Media, remove
from editai.models import Clip, File, Progress
from editai.settings import Settings
from editai.stages import NotMade, StageCache
from editai.voices import Studio

Tell = Callable[[Progress, File | None, File | None], None]
"""How far it is, with the first picture and the small copy once they are in the depot."""

KEPT_SECONDS = 3600.0
BROUGHT = ("sources", "brand", "voices")
"""The rooms of a profile's folder in which lies what a task brings along."""


class Bench:
    """What a worker has: its settings, and a folder for what jobs bring and leave.

    Finished stages stay there for an hour, so that a job that comes again goes on from the last of them, and a job's
    files until another one's come.
    """

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._settings = settings
        self._media = Media(folder)
        self._depot: Depot | None = None
        self._changing = threading.Lock()
        self._needed: list[frozenset[Path]] = []

    def work(self, task: Task, over: threading.Event, tell: Tell) -> Made:
        """Do the part, saying how far it is. Raises EditaiError, and Cancelled 499 soon after `over` is set."""
        depot, media, whose = self._depot_of(over), self._media, task.profile.id
        own = depot.own(task.job_id)
        with self._brought(task, depot):
            stages = DepotStages(own, whose)
            cache = Replay(
                media.cache(whose), stages, frozenset(task.here), profile_id=whose, depot=own, behind=task.behind
            )
            steps = pipeline.produce(task.brief, task.profile, task.job_id, media, self._studio(task, cache))
            with closing(steps):
                clip = _as_far_as_it_goes(steps, over, _Shown(own, whose, tell))
            if clip is None:
                return Made(done=cache.to_depot(), known=tuple(stages.known), moved=depot.moved + own.moved)
            try:
                tree = own.put_tree(whose, clip.folder)
                return Made(clip=clip, tree=tree, known=tuple(stages.known), moved=depot.moved + own.moved)
            finally:
                media.delete_clip_media(whose, clip.id)

    def tidy(self) -> None:
        """Let go of finished stages that no job has come back for."""
        before = time.time() - KEPT_SECONDS
        for cache in (StageCache(folder) for folder in self._media.home.glob("profiles/*/cache")):
            for result in list(cache.results()):
                if result.used < before:
                    cache.evict(result, before)

    def _depot_of(self, over: threading.Event) -> Depot:
        if self._settings.media_url is None:
            raise ValueError("a worker needs EDITAI_MEDIA_URL")
        with self._changing:
            self._depot = self._depot or Depot.open(self._settings.media_url)
        return self._depot.until(over)

    def _studio(self, task: Task, cache: Replay) -> Studio:
        whose = task.profile.id
        return Studio(
            settings=task.settings(self._settings),
            folder=self._media.voices(whose),
            cache=cache,
            kit=self._media.kit(whose, task.profile.kit),
            key=lambda _secret: None,
            paid=_unpaid,
            afford=lambda _amount: None,
            language_model=lambda: task.writer,
        )

    @contextmanager
    def _brought(self, task: Task, depot: Depot) -> Iterator[None]:
        """What the part needs, where `produce()` looks for it; what no part needs goes."""
        home = self._media.folder(task.profile.id)
        needed = frozenset(home / file.name for file in task.files.files)
        with self._changing:
            self._needed.append(needed)
            kept = frozenset().union(*self._needed)
            for room in BROUGHT:
                for path in self._media.home.glob(f"profiles/*/{room}/**/*"):
                    if path.is_file() and path not in kept:
                        remove(path)
        try:
            self._media.require_space(task.files.bytes + self._settings.min_free_bytes)
            for file in task.files.files:
                path = home / file.name
                if path.name != file.sha256 and path.is_file() and File.of(path).sha256 != file.sha256:
                    remove(path)  # some have names of their own, whatever is in them
                depot.get(task.profile.id, file, path)
            yield
        finally:
            with self._changing:
                self._needed.remove(needed)


class _Shown:
    """Tells how far a part is, and puts what can be looked at into the depot, once."""

    def __init__(self, depot: Depot, profile_id: str, tell: Tell) -> None:
        self._depot, self._whose, self._tell = depot, profile_id, tell
        self._put: dict[Path, File] = {}

    def __call__(self, progress: Progress) -> None:
        self._tell(progress, self._file(progress.still), self._file(progress.preview))

    def _file(self, path: Path | None) -> File | None:
        if path is not None and path not in self._put:
            self._put[path] = self._depot.put(self._whose, path)
        return None if path is None else self._put[path]


def _as_far_as_it_goes(
    steps: Iterator[Progress], over: threading.Event, show: Callable[[Progress], None]
) -> Clip | None:
    """Go on to the clip, or to a stage that is not to be done here."""
    try:
        for progress in steps:
            if over.is_set():
                raise Cancelled("cancelled", "The job was cancelled.")
            if progress.clip is not None:
                return progress.clip
            show(progress)
    except NotMade:
        return None
    raise RuntimeError("the pipeline ended without a clip")


def _unpaid(*_: object) -> NoReturn:
    raise RuntimeError("a worker pays nothing: what costs something is done on the app's machine")
