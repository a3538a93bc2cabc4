"""Taking in what waits: each product of a batch becomes a job, or gets the reason why it cannot.

One process does so at a time, whoever runs: `Intake` is the app's, `take_in` also the command line's. A product is
noted with its job in one step (`Journal.insert`), so that a kill in between loses nothing and makes nothing twice.
"""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from editai import jobs, library
from editai.errors import EditaiError, InvalidInput, NotFound
from editai.library import Library
from editai.models import Profile, Standing
from editai.settings import Settings

POLL_SECONDS = 0.5
STOP_SECONDS = 0.2
"""How long a product that is being taken in may take to end by itself; then it ends with the app."""

log = logging.getLogger(__name__)


def take_in(shelf: Library, stopping: threading.Event | None = None) -> bool:
    """Take in everything that waits, the stores in turn; False where somebody else is at it, or `stopping` was set."""
    stopping = stopping or threading.Event()
    profile_id = ""
    try:
        with FileLock(shelf.settings.folder / "intake.lock", timeout=0):
            while found := shelf.feeds.waiting(after=profile_id):
                if stopping.is_set():
                    return False
                owner_id, profile_id, waiting = found
                _take_in(shelf, owner_id, profile_id, waiting)
    except Timeout:
        return False
    return True


def _take_in(shelf: Library, owner_id: str, profile_id: str, waiting: Standing) -> None:
    product = waiting.product
    try:
        profile = shelf.store.profile(owner_id, profile_id)
        known = _project(shelf, profile, waiting)
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
        self._thread = threading.Thread(target=self._run, name="intake", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the product that is being taken in; what waits is taken in after the next start."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        with library.open(self._settings) as shelf:
            while not self._stopping.wait(POLL_SECONDS):
                try:
                    take_in(shelf, self._stopping)
                except Exception:  # a full disk or a locked database passes
                    log.exception("the intake goes on")
