"""Models that stay loaded in this process from one use to the next, and are given back when nobody uses them.

They are large (Kokoro 300 MB, the larger transcribers gigabytes) and slow to load. A worker that has nothing to do
leaves, and they go with it; the app stays, and gives them back. Whoever is using one keeps it until they are through.
"""

from __future__ import annotations

import ctypes
import functools
import gc
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import ParamSpec, TypeVar

import psutil

P = ParamSpec("P")
T = TypeVar("T")

IDLE_SECONDS = 300.0
"""How long models stay loaded that nobody uses."""
SCARCE = 0.05
"""Of the machine's memory; where less is left, models that nobody uses go at once."""

_forgetting: list[Callable[[], None]] = []
_used = time.monotonic()


def model(most: int | None = 1) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """A function that loads a model: the `most` that were asked for last stay loaded until they are given back.

    Two that ask at the same time do not load it twice. Its arguments are what tells one model from another.
    """

    def keeping(load: Callable[P, T]) -> Callable[P, T]:
        kept = functools.lru_cache(maxsize=most)(load)
        loading = threading.Lock()

        @functools.wraps(load)
        def loaded(*args: P.args, **kwargs: P.kwargs) -> T:
            use()
            with loading:
                return kept(*args, **kwargs)  # type: ignore[arg-type]

        given_back_by(kept.cache_clear)
        return loaded

    return keeping


def given_back_by(forget: Callable[[], None]) -> None:
    """Have `forget()` called when models are given back; it lets go of what nobody is loading."""
    _forgetting.append(forget)


def use() -> None:
    """Note that a model is used now."""
    global _used  # noqa: PLW0603 one moment for the process
    _used = time.monotonic()


def give_back(unused_s: float = IDLE_SECONDS) -> None:
    """Let go of every model, where none was asked for in the last `unused_s` seconds."""
    if time.monotonic() - _used < unused_s:
        return
    for forget in _forgetting:
        forget()
    use()
    gc.collect()
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # glibc keeps for itself what was freed; others have no such call
            ctypes.CDLL(None).malloc_trim(0)


def is_memory_short() -> bool:
    """Whether the machine has hardly any memory left for what it does."""
    memory = psutil.virtual_memory()
    return bool(memory.available < SCARCE * memory.total)
