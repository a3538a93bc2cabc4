"""Work that may hang, done aside: whoever waits for it can leave, and so can the program."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


def aside(work: Callable[[], T], name: str) -> Future[T]:
    """`work` under way in a thread of its own, which nobody waits for when the program ends."""
    result: Future[T] = Future()

    def run() -> None:
        try:
            result.set_result(work())
        except BaseException as error:  # noqa: BLE001 handed on to whoever asks for the result
            result.set_exception(error)

    threading.Thread(target=run, name=name, daemon=True).start()
    return result
