"""Something slow in a thread of its own, while the stage that waits for it tells that it is alive."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

from editai.models import Step, Work

T = TypeVar("T")

_STEP_SECONDS = 0.4


def beside(call: Callable[[], T], stop: Callable[[], None]) -> Work[T]:
    """What `call()` returns or raises, with a step now and then.

    However this ends, `stop()` is called, and `call` has come to its end.
    """
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(call)
        try:
            while not wait((running,), _STEP_SECONDS).done:
                yield Step(0.0)
        finally:
            stop()
    return running.result()
