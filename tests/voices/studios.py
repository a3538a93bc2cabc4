"""A studio for the voices' tests: a cache of its own, the kit of a new store, no keys, and money that is only noted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from editai.models import BrandKit, finished
from editai.settings import Settings
from editai.stages import StageCache
from editai.voices import Studio

__all__ = ["Till", "TilledCall", "finished", "studio_in", "tilled"]


@dataclass
class TilledCall:
    """A paid call as it was noted: `amount` is the estimate until the call says otherwise; in micro-dollars."""

    service: str
    operation: str
    units: int
    estimate: int
    amount: int = 0
    open: bool = True

    def __post_init__(self) -> None:
        self.amount = self.estimate

    def cost(self, amount: int) -> None:
        self.amount = amount

    def free(self) -> None:
        self.amount = 0


@dataclass
class Till:
    """Notes what is paid, and pays nothing."""

    calls: list[TilledCall] = field(default_factory=list)

    @contextmanager
    def __call__(self, service: str, operation: str, units: int, estimate: int) -> Iterator[TilledCall]:
        call = TilledCall(service, operation, units, estimate)
        self.calls.append(call)
        try:
            yield call
        finally:
            call.open = False


def studio_in(folder: Path, settings: Settings, **changes: Any) -> Studio:
    """A studio whose files lie in `folder`; `changes` are fields of `Studio` (`key=`, `kit=`, `afford=` ...)."""
    made = Studio(
        settings=settings,
        folder=folder / "voices",
        cache=StageCache(folder / "cache"),
        kit=BrandKit(),
        key=lambda _: None,
        paid=Till(),
        afford=lambda _: None,
        language_model=lambda: None,
    )
    made.folder.mkdir(parents=True, exist_ok=True)
    return replace(made, **changes)


def tilled(studio: Studio) -> list[TilledCall]:
    """What was paid for in a studio that `studio_in` made, in order."""
    return cast(Till, studio.paid).calls
