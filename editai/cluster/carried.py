"""One job on its way through the cluster, as the app sees it: `Carried.produce` stands where `pipeline.produce` does.

It goes on until there is a clip: a part whose worker was lost goes to another, and one that was under way when the
scheduler went away waits until that is back. Only a job that has lost its worker three times fails.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from editai import pipeline
from editai.beside import beside
from editai.cluster.link import Link
from editai.cluster.replay import Replay
from editai.cluster.task import SPEAKS, Done, Made, Part, Task, Told, parts
from editai.errors import EditaiError
from editai.library.database import now
from editai.library.depot import Depot
from editai.library.depot_stages import DepotStages
from editai.library.journal_losses import LOST, TRIES
from editai.library.media import Media, remove
from editai.models import Brief, Clip, File, Moved, Profile, Progress, Tree
from editai.stages import NotMade, name_in_making
from editai.voices import Studio

POLL_SECONDS = 0.25
GONE = frozenset({"not_in_depot", "file_damaged"})
"""What a worker says where a file of the job is no longer in the depot: it is put again, once."""
KEPT = ("narration", "pauses", "footage")
SENDING, WAITING = "Sending the videos to the cluster", "Waiting for a worker of the cluster"

T = TypeVar("T")
Steps = Generator[Progress, None, T]

log = logging.getLogger(__name__)


class Carried:
    """A job that is made by the cluster: what of it is in the depot, how far it is, how often a worker was lost.

    `need` is told which files of the profile have to stay in the depot from now on, before they are looked for there.
    """

    def __init__(
        self,
        link: Link,
        depot: Depot,
        profile: Profile,
        job_id: str,
        media: Media,
        studio: Studio,
        need: Callable[[Iterable[File]], None],
    ) -> None:
        self._over = threading.Event()
        self._link, self._need, self._depot = link, need, depot.until(self._over)
        self._own = self._depot.own(job_id)
        self._profile, self._job_id, self._media, self._studio = profile, job_id, media, studio
        self._looks = media.cache(profile.id) / "cluster" / name_in_making()
        self._told = Progress(stage="script", percent=0, message=SENDING)
        self._lost = 0
        self._known: set[tuple[str, str]] = set()
        self._workers_moved = Moved()

    @property
    def moved(self) -> Moved:
        """What this job has moved so far, from here and from the workers."""
        return self._depot.moved + self._own.moved + self._workers_moved

    def produce(self, brief: Brief) -> Generator[Progress, None, None]:
        """As `pipeline.produce`; closing this ends the work wherever it is."""
        try:
            needed = yield from self._beside(lambda: needed_files(brief, self._profile, self._media))
            task = self._task(brief, needed)
            yield from self._beside(lambda: self._need(needed.files))
            yield from self._beside(lambda: self._put(needed))
            made = Made()
            while made.clip is None:
                made = yield from self._round(task)
                if made.clip is None and not made.done:
                    raise RuntimeError("the pipeline does not come to an end")
                task = task.model_copy(update={"behind": task.behind + made.done})
            yield from self._bring(made.clip, made.tree)
        finally:
            self._over.set()
            remove(self._looks)

    def _round(self, task: Task) -> Steps[Made]:
        """Each part once, up to the clip."""
        done: tuple[Done, ...] = ()
        for part in parts(task.brief.voice, graphics=self._link.offers(SPEAKS)):
            behind = task.behind + done
            if part.place == "speaks" and any(each.stage.startswith("narration") for each in behind):
                continue
            sent = task.model_copy(update={"behind": behind, "here": part.stages})
            made = yield from self._here(sent) if part.place == "here" else self._there(sent, part)
            if made.clip is not None:
                return made
            done += made.done
        return Made(done=done)

    def _task(self, brief: Brief, needed: Tree) -> Task:
        account, kit = self._studio.language_model(), self._profile.kit
        return Task(
            job_id=self._job_id,
            brief=brief,
            profile=self._profile.model_copy(update={"kit": kit.model_copy(update={"music_folder": ""})}),
            files=needed,
            writer=account and account.model_copy(update={"key": ""}),
            transcriber=self._studio.settings.transcriber,
            max_clip_seconds=self._studio.settings.max_clip_seconds,
        )

    # ── on this machine ──────────────────────────────────────────────────────────────────────────────────────────

    def _here(self, task: Task) -> Steps[Made]:
        """What is finished already, and what needs the store's keys or its money."""
        whose = self._profile.id
        cache = Replay(
            self._studio.cache.folder,
            here=frozenset(task.here),
            profile_id=whose,
            depot=self._own,
            behind=task.behind,
        )
        studio = replace(self._studio, cache=cache)
        steps = pipeline.produce(task.brief, self._profile, self._job_id, self._media, studio)
        with closing(steps), suppress(NotMade):
            for progress in steps:
                if progress.clip is not None:  # all of it was finished before
                    return Made(clip=progress.clip)
                yield self._further(progress)
        return Made(done=(yield from self._beside(cache.to_depot)))

    # ── on another ───────────────────────────────────────────────────────────────────────────────────────────────

    def _there(self, task: Task, part: Part) -> Steps[Made]:
        """A part, as often as it takes. Raises EditaiError: what it ended with, or 500 `worker_lost`."""
        put_again = False
        text = task.model_dump_json()
        while True:
            run = uuid.uuid4().hex
            future = self._link.submit(text, run, part)
            if future is None and part.place == "speaks" and not self._link.offers(SPEAKS):
                return Made()  # it went away: whoever renders speaks as well
            if future is None:
                yield self._waiting()
                time.sleep(POLL_SECONDS)
                continue
            made = yield from self._followed(future, run, part)
            if made is None or made.interrupted:
                continue
            self._workers_moved += made.moved
            if made.error is None:
                self._known |= set(made.known)
                return made
            if made.error["slug"] not in GONE or put_again:
                raise EditaiError.from_dict(made.error)
            put_again = True
            yield from self._beside(lambda: self._put(task.files))

    def _followed(self, future: Future[str], run: str, part: Part) -> Steps[Made | None]:
        """What came of a part; None where it was lost with the scheduler, or its worker fell silent."""
        silent, attempts = False, set[str]()
        try:
            while not future.done():
                heard = self._link.heard(run)
                if heard is not None and heard.told.attempt not in attempts:
                    attempts.add(heard.told.attempt)
                    if len(attempts) > 1:  # Dask gave it to another worker: the one that had it is gone
                        self._count_lost()
                waits = heard is None or not self._link.is_known(heard.told.worker)
                silent = heard is not None and heard.is_silent and not waits
                stranded = waits and part.place == "speaks" and not self._link.offers(SPEAKS)
                if self._link.is_away or silent or stranded:
                    break
                yield self._waiting() if waits or heard is None else self._shown(heard.told)
                time.sleep(POLL_SECONDS)
        finally:
            if not future.done():
                future.cancel()
            self._link.forget(run, silent=silent)
        if silent:
            self._count_lost()
        if future.cancelled():
            return None
        error = future.exception()
        if error is not None and type(error).__name__ == "KilledWorker":
            raise LOST
        if error is not None:
            raise error
        return Made.model_validate_json(future.result())

    def _count_lost(self) -> None:
        """Raises 500 `worker_lost` where that was once too often."""
        self._lost += 1
        if self._lost >= TRIES:
            raise LOST

    # ── what is shown ────────────────────────────────────────────────────────────────────────────────────────────

    def _waiting(self) -> Progress:
        trouble = self._link.trouble()
        message = str(trouble) if trouble else WAITING
        return self._told.model_copy(update={"message": message, "seconds_left": None})

    def _shown(self, told: Told) -> Progress:
        """How far a worker is; what can be looked at is brought once."""
        if not told.progress:
            return self._told
        looks = {"still": self._look(told.still, ".jpg"), "preview": self._look(told.preview, ".mp4")}
        return self._further(Progress.model_validate_json(told.progress).model_copy(update=looks))

    def _look(self, file: File | None, suffix: str) -> Path | None:
        if file is None:
            return None
        try:
            return self._own.get(self._profile.id, file, self._looks / f"{file.sha256[:32]}{suffix}")
        except EditaiError as error:  # the clip is made without it
            log.warning("a first picture was not brought: %s", error)
            return None

    def _further(self, progress: Progress) -> Progress:
        """Each part begins anew, and the job is no less far for that."""
        percent = max(self._told.percent, progress.percent)
        self._told = progress.model_copy(update={"percent": percent})
        return self._told

    # ── files ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _put(self, needed: Tree) -> None:
        home = self._media.folder(self._profile.id)
        for file in needed.files:
            self._depot.put(self._profile.id, home / file.name, file)

    def _bring(self, clip: Clip, tree: Tree | None) -> Steps[None]:
        """The clip's files come to where those of the profile lie, and the last progress with the clip.

        What was spoken and seen comes to the app's cache: it is needed to caption the clip anew, and shown.
        """
        whose = self._profile.id
        if (clip.job_id, clip.profile_id) != (self._job_id, whose):
            raise RuntimeError("the cluster made another job's clip")
        folder = self._media.clip_folder(whose, clip.id)

        def bring() -> None:
            if tree is not None:
                self._media.require_space(tree.bytes)
                self._own.get_tree(whose, tree, folder)
            left = DepotStages(self._own, whose, self._known)
            cache = replace(self._studio.cache, elsewhere=left)
            for name, key in sorted(self._known):
                if name.partition("-")[0] in KEPT:
                    cache.has(name, key)

        yield from self._beside(bring)
        yield self._further(_finished(clip.model_copy(update={"folder": folder, "created_at": now()}), self._told))

    def _beside(self, call: Callable[[], T]) -> Steps[T]:
        """What takes as long as the network does; meanwhile the job can be cancelled."""
        work = beside(call, self._over.set)
        with closing(work):
            while True:
                try:
                    next(work)
                except StopIteration as done:
                    result: T = done.value
                    return result
                yield self._told


def needed_files(brief: Brief, profile: Profile, media: Media) -> Tree:
    """What a worker needs of the profile's files, at their places below its folder, and nothing else.

    Raises NotFound 404 `source_not_found` or `logo_not_found`.
    """
    home, kit = media.folder(profile.id), media.kit(profile.id, profile.kit)
    known = [(media.source(profile.id, file), file) for file in (*brief.sources, *filter(None, [brief.music]))]
    if kit.logo is not None:
        known.append((media.logo(profile.id, kit.logo), kit.logo))
    known += [(font.path(font.file), font.file) for font in kit.fonts]
    voices = media.voices(profile.id)
    read = [*voices.glob("*.json"), *voices.glob(f"{brief.voice.name}/*")]
    known += [(path, File.of(path)) for path in read]
    named = {path: file.model_copy(update={"name": path.relative_to(home).as_posix()}) for path, file in known}
    return Tree(files=tuple(named.values()))


def _finished(clip: Clip, told: Progress) -> Progress:
    return Progress(
        stage="done",
        percent=100,
        seconds_left=0,
        message="The clip is ready",
        still=clip.path(clip.poster),
        degradations=told.degradations,
        clip=clip,
    )
