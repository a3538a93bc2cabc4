"""What the engines on torch do alike: a model is loaded once, speaks one sentence at a time, and can be stopped."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from typing import Any, TypeVar

from editai import loaded
from editai.beside import beside
from editai.models import Step, Work

T = TypeVar("T")

INSTALL = "pip install torch==2.13.0 && pip install -r requirements-voices.txt"
PYTHONS = "3.11 and 3.12"

_STEP_SECONDS = 0.4

_speaking = threading.Lock()
"""torch has one source of chance for the whole process, and a stop is for one sentence: they take turns."""


class _Stopped(Exception):
    """The sentence is no longer wanted."""


@dataclass(frozen=True)
class _Loading:
    """A model that is being loaded or was; `identity` tells it from another one of the same name."""

    identity: object
    model: Future[Any]


_loading: dict[str, _Loading] = {}
_looking = threading.Lock()


def load(name: str, identity: object, make: Callable[[], T]) -> Work[T]:
    """What `make()` loads; it stays loaded until another `identity` is asked for by this name, or it is given back.

    Closing this leaves at once: what cannot be interrupted goes on in a thread of its own and is there the next time.
    """
    loaded.use()
    with _looking:
        known = _loading.get(name)
        if known is None or known.identity != identity or (known.model.done() and known.model.exception()):
            known = _loading[name] = _Loading(identity, Future())
            threading.Thread(target=_fulfil, args=(known.model, make), name=f"load-{name}", daemon=True).start()
    while not wait((known.model,), _STEP_SECONDS).done:
        yield Step(0.0)
    model: T = known.model.result()
    return model


def _forget() -> None:
    with _looking:
        for name in [name for name, known in _loading.items() if known.model.done()]:
            del _loading[name]


loaded.given_back_by(_forget)


def _fulfil(promise: Future[Any], make: Callable[[], Any]) -> None:
    try:
        import torch

        torch.set_num_threads(min(4, os.cpu_count() or 1))
        promise.set_result(make())
    except BaseException as error:  # noqa: BLE001 it is raised again by whoever waits
        promise.set_exception(error)


def infer(model: Any, seed: object, call: Callable[[], T]) -> Work[T]:
    """What `call()` makes with `model`, the same for the same `seed`. Closing this ends it before the next layer."""
    import torch

    while not _speaking.acquire(timeout=_STEP_SECONDS):
        yield Step(0.0)
    stop = threading.Event()

    def go_on(*_: Any) -> None:
        if stop.is_set():
            raise _Stopped

    def seeded() -> T:
        torch.manual_seed(int.from_bytes(hashlib.sha256(repr(seed).encode()).digest()[:8]))
        return call()

    hooks = [layer.register_forward_pre_hook(go_on) for layer in model.modules()]
    try:
        return (yield from beside(seeded, stop.set))
    finally:
        for hook in hooks:
            hook.remove()
        _speaking.release()


def device() -> str:
    """Where models run: on a graphics card where torch sees one."""
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"
