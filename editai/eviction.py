"""Keeping the stage caches of all stores below a size: what was not used for longest goes first.

What stays whatever the size:

- what a running job may be using: everything that was used since the oldest of them began, in whatever process; and
  what was used a moment ago, because the page uses results without a job;
- what a kept clip needs to be rendered again with other captions: the speech that its plan names, since a voice over
  the internet would not say it the same way twice, nor for nothing; and what a language model wrote, for the same
  reason. All else is made again from the clip's own videos, the same to the last bit.

A clip's files are second names of those in the cache. They take no room of their own there, and evicting them from the
cache takes nothing from the clip.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from editai.stages import Result, StageCache

WRITTEN = ("script", "translation")
"""Stages in which a language model wrote; a few kilobytes each."""
SPOKEN = ("narration", "pauses")
"""Stages whose sound a plan names; those of a cloned voice have its id behind."""
RECENTLY_SECONDS = 600.0
COARSE_SECONDS = 60.0
"""By how much the times that a file system keeps may be off from the clock that jobs are noted with."""

_HASH = re.compile(r"\b[0-9a-f]{64}\b")


@dataclass(frozen=True)
class Evicted:
    """What went, or would go, and what all results take after that, in bytes."""

    results: int
    bytes: int
    left: int


def evict(home: Path, limit: int, running_since: float | None, *, dry_run: bool = False) -> Evicted:
    """Bring the caches of all stores below `home` down to `limit` bytes, as far as what has to stay allows.

    `running_since` is when the oldest running job began (`time.time()`), None where none runs. It has to be looked up
    just before this is called: a job that begins later uses nothing that goes.
    """
    before = time.time() - RECENTLY_SECONDS
    if running_since is not None:
        before = min(before, running_since - COARSE_SECONDS)
    caches = [StageCache(folder) for folder in home.glob("profiles/*/cache")]
    found = [(cache, list(cache.results())) for cache in caches]
    left = sum(result.bytes for _, results in found for result in results)
    gone = freed = 0
    if left <= limit:
        return Evicted(0, 0, left)
    may_go = [(cache, result) for cache, results in found for result in _dispensable(cache, results, before)]
    for cache, result in sorted(may_go, key=lambda each: each[1].used):
        if left <= limit:
            break
        if dry_run or cache.evict(result, before):
            gone, freed, left = gone + 1, freed + result.bytes, left - result.bytes
    return Evicted(gone, freed, left)


def _dispensable(cache: StageCache, results: list[Result], before: float) -> Iterator[Result]:
    """Those results of one store that nobody used since `before`, and no clip needs."""
    needed = _needed(cache.folder.parent / "clips", results)
    for result in results:
        stage = result.folder.parent.name.split("-")[0]
        if result.used < before and stage not in WRITTEN and result.folder not in needed:
            yield result


def _needed(clips: Path, results: list[Result]) -> set[Path]:
    """The folders of the speech that the plans of the kept clips name.

    Where one names speech whose pauses were shortened, all other speech is needed as well: from which it was made is
    not written down.
    """
    named = {each for plan in clips.glob("*/plan.json") for each in _HASH.findall(_text(plan))}
    spoken = [each.folder for each in results if each.folder.parent.name.split("-")[0] in SPOKEN]
    needed = {folder for folder in spoken if not named.isdisjoint(_HASH.findall(_text(folder / "result.json")))}
    return set(spoken) if any(folder.parent.name.startswith("pauses") for folder in needed) else needed


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):  # it has just gone, or is damaged and will be made again
        return ""
