"""A small cluster inside the test's own process: Dask's scheduler and workers, each with what it offers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from distributed import Scheduler, SpecCluster, Worker

from editai.cluster.hand import Hand
from editai.settings import Settings


@contextmanager
def running(folder: Path, offers: Mapping[str, Mapping[str, float]], settings: Settings | None = None) -> Iterator[str]:
    """A scheduler's address; each worker works in `folder/<its name>`, where there are `settings` for it."""

    def options(name: str) -> dict[str, Any]:
        hands = (Hand(settings, folder / name),) if settings else ()
        return {
            "name": name,
            "nthreads": 1,
            "resources": dict(offers[name]),
            "plugins": hands,
            "memory_limit": 0,
            "local_directory": str(folder / "dask"),
            "host": "127.0.0.1",
        }

    workers = {name: {"cls": Worker, "options": options(name)} for name in offers}
    scheduler = {
        "cls": Scheduler,
        "options": {"host": "127.0.0.1", "port": 0, "dashboard": False, "dashboard_address": ":0"},
    }
    with SpecCluster(workers=workers, scheduler=scheduler) as cluster:
        yield str(cluster.scheduler_address)
