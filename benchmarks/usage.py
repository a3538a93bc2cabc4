"""What a piece of work costs: it runs in a process of its own, which is watched from outside until it ends."""

from __future__ import annotations

import multiprocessing
import os
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import psutil

LOOK_S = 0.1


@dataclass(frozen=True)
class Usage:
    """Wall and CPU seconds (user + system, of the whole process tree), peak memory of the tree, and the result."""

    wall: float
    cpu: float
    peak_mb: float
    result: Any = None

    def figures(self) -> dict[str, float]:
        """What is kept of it."""
        return {"wall": round(self.wall, 2), "cpu": round(self.cpu, 2), "peak_mb": round(self.peak_mb)}


def memory_mb(root: int | None = None) -> float:
    """Summed PSS of a process (this one) and everything below it, in MB (resident size where PSS is not known)."""
    total = 0
    try:
        top = psutil.Process(root)
        processes = [top, *top.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    for process in processes:
        try:
            info = process.memory_full_info()
            total += getattr(info, "pss", info.rss)
        except psutil.Error:
            continue  # it ended between the listing and the look
    return total / 1e6


def cpu_seconds() -> float:
    """User and system seconds of this process and of its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def used(work: Callable[..., Any], *arguments: Any, **named: Any) -> Usage:
    """Do `work` in a fresh process, so that nothing of what ran before counts; importing it does not count either."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_child, args=(theirs, work, arguments, named))
    process.start()
    theirs.close()
    peak = 0.0
    while not ours.poll(LOOK_S) and process.is_alive():
        peak = max(peak, memory_mb(process.pid))
    failed, wall, cpu, result = ours.recv() if ours.poll() else ("it was killed", 0.0, 0.0, None)
    process.join()
    if failed:
        raise SystemExit(f"{work.__name__}: {failed}")
    return Usage(wall, cpu, peak, result)


def _child(pipe: Connection, work: Callable[..., Any], arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
    began, cpu = time.monotonic(), cpu_seconds()
    try:
        result = work(*arguments, **named)
        pipe.send(("", time.monotonic() - began, cpu_seconds() - cpu, result))
    except BaseException:  # noqa: BLE001 - told by the process that waits
        pipe.send((traceback.format_exc(), 0.0, 0.0, None))
