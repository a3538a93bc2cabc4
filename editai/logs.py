"""The log: one line for each event, in `logs/editai.log` of the data folder, with the store and the job it is about.

    2026-11-27T09:15:02.113Z INFO profile=4f0c… job=9a1e… editai.jobs: rendering the picture

A traceback follows its line, set in by a tab. The app alone writes the file, so that it can be turned over; a worker
writes the same lines to its standard error, and the app takes them over. No line holds a key, or what a clip says.
"""

from __future__ import annotations

import logging
import sys
import threading
from contextlib import suppress
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO, Any

from editai.settings import Settings

MOST_BYTES, KEPT = 2_000_000, 5
"""How large the log gets before another is begun, and how many are kept beside it."""
FORMAT = "%(asctime)s %(levelname)s profile=%(profile)s job=%(job)s %(name)s: %(message)s"
RELAYED = "editai.relayed"


class Lines(logging.Formatter):
    """A line for each record; what a worker wrote is such a line already."""

    def __init__(self) -> None:
        super().__init__(FORMAT, defaults={"profile": "-", "job": "-"})

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: ARG002, N802 logging's own
        """UTC, ISO 8601, in milliseconds."""
        moment = datetime.fromtimestamp(record.created, UTC)
        return f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"

    def format(self, record: logging.LogRecord) -> str:
        """The line, and what belongs to it set in."""
        line = record.getMessage() if record.name == RELAYED else super().format(record)
        return line.replace("\n", "\n\t")


def path(settings: Settings) -> Path:
    """Where the log lies."""
    return settings.folder / "logs" / "editai.log"


def keep(settings: Settings) -> None:
    """Keep what this process and its workers tell in the data folder's log, for as long as the process lives.

    A log that cannot be written keeps nobody from working: it is said once, on standard error.
    """
    try:
        path(settings).parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path(settings), maxBytes=MOST_BYTES, backupCount=KEPT, encoding="utf-8")
    except OSError as error:
        print(f"No log can be kept in {path(settings).parent}: {error}", file=sys.stderr)  # noqa: T201
        return
    _listen(handler)


def tell_app() -> None:
    """Write the lines of this worker to standard error, where the app reads them."""
    _listen(logging.StreamHandler())


def about(profile: str | None, job: str = "-") -> dict[str, Any]:
    """What a line is about, for `extra` of a logger."""
    return {"profile": profile or "-", "job": job}


def relay(lines: IO[bytes]) -> None:
    """Take over what a worker writes, from a thread of its own, until it ends."""
    threading.Thread(target=_relay, args=(lines,), name="relay", daemon=True).start()


def _relay(lines: IO[bytes]) -> None:
    log = logging.getLogger(RELAYED)
    with lines, suppress(ValueError):  # closed meanwhile
        for line in lines:
            said = line.decode("utf-8", "replace").rstrip()
            log.log(logging.INFO if " INFO " in said else logging.WARNING, "%s", said)


def _listen(handler: logging.Handler) -> None:
    handler.setFormatter(Lines())
    logging.getLogger().addHandler(handler)
    logging.getLogger("editai").setLevel(logging.INFO)
