"""Taking in what waits: each product of a batch becomes a job, or gets the reason why it cannot.

One process does so at a time, whoever runs: `Intake` is the app's, `take_in` also the command line's. A product is
noted with its job in one step (`Journal.insert`), so that a kill in between loses nothing and makes nothing twice.

What is wrong with one product is that one's reason. What is wrong with the machine, such as a full disk, is said once
for all that wait (`Feeds.hold`), and they go on waiting.
"""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from editai import jobs, library
from editai.errors import EditaiError, InvalidInput, NotFound, OutOfSpace
from editai.library import Library
from editai.models import Profile, Standing
from editai.settings import Settings

POLL_SECONDS = 0.5
HELD_SECONDS = 5.0
"""How often it is looked whether what was in the way has passed."""
STOP_SECONDS = 0.2
"""How long a product that is being taken in may take to end by itself; then it ends with the app."""

log = logging.getLogger(__name__)


def take_in(shelf: Library, stopping: threading.Event | None = None) -> bool:
    """Take in everything that waits, the stores in turn.

    False where it did not come to the end: somebody else is at it, `stopping` was set, or the disk is full, which
    `Feeds.held` says then.
    """
    stopping = stopping or threading.Event()
    profile_id = ""
    try:
        with FileLock(shelf.settings.folder / "intake.lock", timeout=0):
            while found := shelf.feeds.waiting(after=profile_id):
                if stopping.is_set():
                    return False
                owner_id, profile_id, waiting = found
                _take_in(shelf, owner_id, profile_id, waiting)
                shelf.feeds.hold("")
            shelf.feeds.hold("")  # what was in the way may have been taken back
    except Timeout:
        return False
    except OutOfSpace as error:
        shelf.feeds.hold(f"{error} What waits is taken in by itself when there is room.")
        return False
    return True


def _take_in(shelf: Library, owner_id: str, profile_id: str, waiting: Standing) -> None:
    product = waiting.product
    try:
        profile = shelf.store.profile(owner_id, profile_id)
        known = _project(shelf, profile, waiting)
        with shelf.media.or_out_of_space():
            jobs.submit(
                shelf,
                profile,
                _sources(waiting, kept=known is not None),
                project=known,
                batch=waiting.batch,
                sku=product.sku,
                facts=product.facts,
                script=product.script or None,  # a text that the owner wrote for a product stays
            )
    except OutOfSpace:  # the next ones would not fit either
        raise
    except EditaiError as error:  # where it was taken in meanwhile, this changes nothing
        shelf.feeds.refuse(profile_id, waiting.batch, product.sku, str(error))
    except Exception as error:  # noqa: BLE001 one product that nobody expected does not hold up the others
        told = jobs.unexpected(error, f"batch-{waiting.batch}", shelf.settings)
        shelf.feeds.refuse(profile_id, waiting.batch, product.sku, str(told))


def _project(shelf: Library, profile: Profile, waiting: Standing) -> str | None:
    """The product that an earlier batch made of this row, if it is there still."""
    with suppress(NotFound):
        return shelf.store.project(profile.id, waiting.project_id).id if waiting.project_id else None
    return None


def _sources(waiting: Standing, *, kept: bool) -> list[Path]:
    """The files of the product; none where they are gone and those of its last clip are `kept`."""
    paths = [taken.path for taken in waiting.product.files]
    gone = [path.name for path in paths if not path.is_file()]
    if gone and not kept:
        raise InvalidInput(
            "batch_file_gone",
            f"{gone[0]} is no longer where it was.",
            "Check the feed again with its videos and photos.",
        )
    return [] if gone else paths


class Intake:
    """The app's: takes in what waits from `start()` to `stop()`, also what an earlier start left."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin. Raises what `library.open` raises."""
        shelf = library.open(self._settings)
        self._thread = threading.Thread(target=self._run, args=(shelf,), name="intake", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the product that is being taken in; what waits is taken in after the next start."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def _run(self, shelf: Library) -> None:
        with shelf:
            pause = POLL_SECONDS
            while not self._stopping.wait(pause):
                through = True
                try:
                    through = take_in(shelf, self._stopping) or not shelf.feeds.held()
                except Exception as error:  # noqa: BLE001 it is told and logged; a locked database passes
                    through = False
                    self._tell(shelf, error)
                pause = POLL_SECONDS if through else HELD_SECONDS

    def _tell(self, shelf: Library, error: Exception) -> None:
        """Let those who wait see what is in the way, as far as it can be written."""
        told = error if isinstance(error, EditaiError) else jobs.unexpected(error, "intake", self._settings)
        try:
            shelf.feeds.hold(f"{told} What waits is tried again by itself.")
        except Exception:
            log.exception("the intake goes on")
