"""The worker process of an app with a cluster: it makes no clips, it carries jobs there and clips back.

It claims as many jobs as the cluster makes at a time, each under a token of its own and in a thread of its own; from
there on a job is like any other (`jobs.run_job`): its heartbeat, cancel, tries and its one end are the journal's.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from itertools import count

from editai import housekeeping, jobs, library, loaded
from editai.cluster.carried import Carried
from editai.cluster.link import Link
from editai.errors import EditaiError
from editai.library import Media
from editai.library.depot import Depot
from editai.models import Brief, File, Job, Moved, Profile, Progress
from editai.settings import Settings
from editai.voices import Studio

POLL_SECONDS = 0.25

log = logging.getLogger(__name__)


class Carrier:
    """What the jobs that are under way share: the link, the depot, and who needs which file there."""

    def __init__(self, settings: Settings, link: Link) -> None:
        self._settings, self._link = settings, link
        self._depot: Depot | None = None
        self._changing = threading.Lock()
        self._uses: Counter[tuple[str, str]] = Counter()
        self.moved = Moved()
        """What all jobs that have ended have moved, from here and from the workers."""

    def run(self, job_id: str, token: str | None = None, stopping: threading.Event | None = None) -> Job:
        """As `jobs.run_job`, on the cluster. What was made for a job that nobody comes back to leaves the depot; of one
        that can be tried again, or was handed back, it stays, so that it goes on from there."""
        job = jobs.run_job(job_id, self._settings, token, stopping, self.produce)
        with _left_for_later():
            housekeeping.let_go(job, Media(self._settings.folder), self.depot())
        return job

    def produce(
        self, brief: Brief, profile: Profile, job_id: str, media: Media, studio: Studio
    ) -> Generator[Progress, None, None]:
        """As `pipeline.produce`, on the cluster; its videos leave the depot with the last job that needs them."""
        depot, needed = self.depot(), set[File]()

        def need(files: Iterable[File]) -> None:
            needed.update(files)
            self._count(profile.id, needed)

        carried = Carried(self._link, depot, profile, job_id, media, studio, need)
        steps = carried.produce(brief)
        try:
            yield from steps
        finally:
            steps.close()
            with self._changing:
                self.moved += carried.moved
            self._forget(profile.id, needed)

    def depot(self) -> Depot:
        """The depot, opened at its first use. Raises Unavailable 503 `media_away`."""
        with self._changing:
            self._depot = self._depot or Depot.open(self._settings.media_url or "")
            return self._depot

    def _count(self, profile_id: str, files: set[File]) -> None:
        with self._changing:
            self._uses.update((profile_id, file.sha256) for file in files)

    def _forget(self, profile_id: str, files: set[File]) -> None:
        """Remove those that no other job needs: nobody counts one as there while it is being removed."""
        depot = self.depot()
        with self._changing:
            self._uses.subtract((profile_id, file.sha256) for file in files)
            free = [file for file in files if self._uses[profile_id, file.sha256] <= 0]
            self._uses = +self._uses
            with _left_for_later():
                depot.forget(profile_id, free)


def serve(address: str, settings: Settings, token: str, idle_s: float, stopping: threading.Event) -> None:
    """Carry jobs until `stopping` is set, or there has been none for `idle_s` seconds."""
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # it is said in the job's progress
    with Link(address) as link, library.open(settings) as shelf:
        carrier, numbers = Carrier(settings, link), count(1)
        threads: list[threading.Thread] = []
        idle_since = time.monotonic()
        while not stopping.is_set():
            threads = [each for each in threads if each.is_alive()]
            if threads:
                idle_since = time.monotonic()
            own = f"{token}-{next(numbers)}"
            job = shelf.journal.claim_next(own) if len(threads) < max(1, link.places()) else None
            if job is not None:
                thread = threading.Thread(target=_run, args=(carrier, job.id, own, stopping), name=own)
                thread.start()
                threads.append(thread)
            elif not threads and (time.monotonic() - idle_since > idle_s or loaded.is_memory_short()):
                break
            else:
                stopping.wait(POLL_SECONDS)
        for thread in threads:
            thread.join()


def _run(carrier: Carrier, job_id: str, token: str, stopping: threading.Event) -> None:
    try:
        carrier.run(job_id, token, stopping)
    except Exception:  # the row could not be written: the job is lost and comes again, the others go on
        log.exception("job %s was given up", job_id)


@contextmanager
def _left_for_later() -> Iterator[None]:
    """What cannot be removed now goes with the next tidying (`housekeeping.tidy_depot`)."""
    try:
        yield
    except EditaiError as error:
        log.warning("files of a job stay in the depot for now: %s", error)
