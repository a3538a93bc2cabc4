"""A process that delivers and kills itself at one step of it, as a power cut would."""

from __future__ import annotations

import importlib
import os
import signal
from pathlib import Path
from typing import Any, Literal

from editai import library, publish
from editai.settings import Settings

When = Literal["before", "after"]


def deliver(home: Path, profile_id: str, where: str = "", when: When = "before") -> None:
    """Deliver for a store, and die before or after the first call of `where` ("module:Class.method")."""
    if where:
        _kill_at(where, when)
    with library.open(Settings(_env_file=None, home=home, models_dir=None, offline=True)) as shelf:
        publish.deliver(shelf, profile_id)


def _kill_at(where: str, when: When) -> None:
    module, _, path = where.partition(":")
    owner, _, name = path.rpartition(".")
    place = getattr(importlib.import_module(module), owner)
    original = getattr(place, name)

    def fatal(*arguments: Any, **named: Any) -> Any:
        if when == "after":
            original(*arguments, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(place, name, fatal)
