"""How the app reaches the scheduler: it may be away at the start, go away in the middle, and come back.

A thread of its own looks every second whether the scheduler answers, and what its workers offer, so that nobody who
asks has to wait for the network.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from distributed import Client

from editai.cluster import hand
from editai.cluster.loop import Loop
from editai.cluster.task import RENDERS, TOPIC, Part, Told, build
from editai.errors import Conflict, EditaiError, Unavailable

LOOK_SECONDS = 1.0
ANSWER_SECONDS = 5.0
"""For the scheduler to answer a call."""
PATIENCE_SECONDS = 60.0
"""One that is connected and answers nothing for so long is away. Less may be a machine that has much to do, and to let
go of the scheduler takes all work from its workers."""
SILENT_SECONDS = 30.0
"""A worker that says nothing for so long is taken for lost. It says something twice a second."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Heard:
    """What was heard last of a part, and when (`time.monotonic`)."""

    told: Told
    at: float

    @property
    def is_silent(self) -> bool:
        return time.monotonic() - self.at > SILENT_SECONDS


class Link:
    """The way to the scheduler at `address`; to be used as a context."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._client: Client | None = None
        self._offers: Mapping[str, Mapping[str, float]] = {}
        self._heard: dict[str, Heard | None] = {}
        self._silent: dict[str, float] = {}
        self._scheduler, self._answered = "", 0.0
        self._looked, self._ended = threading.Event(), threading.Event()
        self._loop = Loop()
        self._thread = threading.Thread(target=self._run, name="cluster", daemon=True)

    def __enter__(self) -> Link:
        self._loop.start()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join(ANSWER_SECONDS)
        self._let_go()
        self._loop.stop()

    def looked(self) -> None:
        """Wait until the cluster was looked for once."""
        self._looked.wait(3 * ANSWER_SECONDS)

    def places(self) -> int:
        """How many clips the cluster makes at a time."""
        return sum(build() in offers and RENDERS in offers for offers in self._offers.values())

    def offers(self, resource: str) -> bool:
        """Whether a worker of this EditAI offers a resource."""
        return any(build() in offers and resource in offers for offers in self._offers.values())

    def trouble(self) -> EditaiError | None:
        """What keeps the cluster from making a clip: 503 `cluster_away` or `cluster_empty`, 409 `cluster_version`; None
        as well where it was not looked for yet."""
        if not self._looked.is_set():
            return None
        if self._client is None:
            return Unavailable(
                "cluster_away",
                f"The cluster at {self.address} does not answer.",
                "Start its scheduler there (dask scheduler), or start EditAI without EDITAI_CLUSTER. What waits goes "
                "on by itself when the cluster is back.",
            )
        if self.places():
            return None
        others = {name for offers in self._offers.values() for name in offers if name.startswith("editai ")}
        if others:
            return Conflict(
                "cluster_version",
                f"The workers of the cluster at {self.address} run another EditAI ({', '.join(sorted(others))}) than "
                f"this one ({build()}).",
                "Bring them up to date and start them again; what waits goes on by itself then.",
            )
        return Unavailable(
            "cluster_empty",
            f"The cluster at {self.address} has no worker of EditAI's.",
            f"Start one on each machine that is to work: python -m editai worker {self.address}",
        )

    def is_known(self, worker: str) -> bool:
        """Whether a worker is still one of the cluster's; where it is not, Dask gives its part to another."""
        return worker in self._offers

    def submit(self, text: str, run: str, part: Part) -> Future[str] | None:
        """Hand a part to the cluster; None where it cannot take it now."""
        client, wanted = self._client, part.resources
        fit = [at for at, offers in self._offers.items() if all(offers.get(n, 0) >= wanted[n] for n in wanted)]
        heard_again = {at for at in self._silent if time.monotonic() - self._silent[at] > 2 * SILENT_SECONDS}
        self._silent = {at: since for at, since in self._silent.items() if at not in heard_again}
        speaking = [at for at in fit if at not in self._silent]
        if client is None or client.status != "running" or not speaking:
            return None
        choice = {"workers": speaking} if len(speaking) < len(fit) else {}
        try:
            self._heard[run] = None
            executor = client.get_executor(pure=False, resources=wanted, **choice)
            future: Future[str] = executor.submit(hand.work, text, run)
        except Exception as error:  # noqa: BLE001 the scheduler has just gone, however Dask says that
            log.warning("the cluster took no task: %s", error)
            self.forget(run)
            return None
        return future

    def heard(self, run: str) -> Heard | None:
        """What was heard last of a part."""
        return self._heard.get(run)

    def forget(self, run: str, *, silent: bool = False) -> None:
        """A part has ended; a worker that fell `silent` gets no other for a minute."""
        heard = self._heard.pop(run, None)
        if heard is not None and silent:
            self._silent[heard.told.worker] = time.monotonic()

    @property
    def is_away(self) -> bool:
        """Whether the scheduler cannot be reached."""
        return self._client is None

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self._look()
            except Exception as error:  # noqa: BLE001 whatever Dask raises, it is looked again in a second
                log.info("the cluster is away: %s", error)
                self._let_go()
            self._looked.set()
            self._ended.wait(LOOK_SECONDS)

    def _look(self) -> None:
        client = self._client
        if client is not None and client.status != "running":
            self._let_go()
            client = None
        if client is None:
            client = Client(self.address, loop=self._loop.io, timeout=ANSWER_SECONDS, set_as_default=False)
            client.subscribe_topic(TOPIC, self._hear)
        try:
            known = client.sync(client.scheduler.identity, n_workers=-1, callback_timeout=ANSWER_SECONDS)
        except TimeoutError:
            if self._client is client and time.monotonic() < self._answered + PATIENCE_SECONDS:
                return
            raise
        self._answered = time.monotonic()
        if self._client is client and known["id"] != self._scheduler:  # another one, of which it hears nothing
            raise ConnectionError("the scheduler was started again")
        self._scheduler = known["id"]
        self._offers = {at: worker["resources"] for at, worker in known["workers"].items()}
        self._client = client

    def _let_go(self) -> None:
        client, self._client, self._offers = self._client, None, {}
        if client is not None:
            with suppress(Exception):
                client.close(timeout=1)

    def _hear(self, event: tuple[float, Any]) -> None:
        told = Told.model_validate(event[1])
        if told.run in self._heard:  # another app's, or of a part that was taken back
            self._heard[told.run] = Heard(told, time.monotonic())
