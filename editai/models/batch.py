"""A batch: the products of a feed, what is made of them in one go, and what became of each."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from editai.models.base import Model
from editai.models.brief import Facts
from editai.models.work import JobState

Does = Literal["new", "changed", "again", "made", "making", "missing"]
"""What a batch does with a product: makes its first clip, makes another of what changed, tries once more what failed;
or nothing, because its clip is there, is on its way, or cannot be made."""

TO_MAKE: frozenset[Does] = frozenset({"new", "changed", "again"})


class Taken(Model):
    """A video or photo as it lay in the owner's folder: where, its bytes, and when it was changed (nanoseconds)."""

    path: Path
    bytes: int
    modified_ns: int

    @staticmethod
    def of(path: Path) -> Taken:
        """The file as it lies there now."""
        seen = path.stat()
        return Taken(path=path, bytes=seen.st_size, modified_ns=seen.st_mtime_ns)


class FeedProduct(Model):
    """A product as its feed had it when a clip of it was last asked for, and the files that were found for it."""

    sku: str
    line: int
    facts: Facts
    script: str = ""
    files: tuple[Taken, ...] = ()


CANCELLED = "It was cancelled."
"""Why there is no clip of a product that somebody took back."""


class Standing(Model):
    """What became of a feed's product, as its rows tell it.

    `batch` is the one that it was last in. Without a job it still waits to be taken in, or was refused for `reason`.
    `error` is what the job failed with. `sources` are the content hashes of what its product is made of.
    """

    product: FeedProduct
    batch: str
    project_id: str | None
    job_id: str | None
    reason: str
    sources: tuple[str, ...]
    state: JobState | None
    percent: float
    error: str
    clip_id: str | None
    seconds: float | None

    @property
    def failed(self) -> bool:
        """Whether there is no clip of what was asked for, and will be none unless somebody asks again."""
        return bool(self.reason) or self.state in {"failed", "cancelled"}

    @property
    def why(self) -> str:
        """Why it failed, for the person; "" where it did not."""
        return self.reason or self.error or (CANCELLED if self.state == "cancelled" else "")


class Entry(Model):
    """A product of a feed before its batch: what will be done with it, and `why` nothing, or why once more.

    `cost` is about what a paid voice takes for it, in micro-dollars; `seconds` about how long one machine's renderer
    works on it.
    """

    product: FeedProduct
    does: Does
    why: str = ""
    cost: int = 0
    seconds: int = 0


class BatchPlan(Model):
    """What a batch will do, before it does anything.

    `lost` are sentences on rows of the feed that could not be used at all, `notes` on what else was left out of it;
    `unmatched` the files of the folder that
    belong to no product of it, and `ambiguous` sentences on those that may belong to several. `cost` (micro-dollars)
    and `seconds` (until all are made, with this machine's renderers) are about right; `measured`: by jobs that this
    store had made before. `left` is what its budget allows this month, None for no limit.
    """

    profile_id: str
    kind: str
    entries: tuple[Entry, ...]
    lost: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unmatched: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()
    cost: int = 0
    seconds: int = 0
    measured: bool = False
    left: int | None = None

    def count(self, *does: Does) -> int:
        """How many products have one of these done."""
        return sum(entry.does in does for entry in self.entries)

    @property
    def unmade(self) -> int:
        """How many products cannot be made as the feed and the folder are."""
        return self.count("missing") + len(self.lost)

    @property
    def to_make(self) -> tuple[Entry, ...]:
        """The products of which a clip will be made."""
        return tuple(entry for entry in self.entries if entry.does in TO_MAKE)


class BatchProgress(Model):
    """How far a batch is: how many of its products are in each state, `percent` of all, and when the rest is made.

    `waiting` are to be taken in still, and `held` says why nothing goes on for now ("": nothing is in the way).
    `seconds_left` is None where nothing was finished yet to reckon with.
    """

    batch: str
    products: int
    waiting: int
    queued: int
    running: int
    done: int
    failed: int
    percent: float
    seconds_left: int | None
    started_at: str
    held: str = ""

    @property
    def over(self) -> bool:
        """Whether nothing more happens by itself."""
        return not (self.waiting or self.queued or self.running)


class Covered(Model):
    """Whether a product of the feed has a clip: "fresh", "stale" where it shows what is no longer so, "none".

    `why` says what has changed, or why there is none; `clip_id` is the newest clip.
    """

    sku: str
    title: str
    clip: Literal["fresh", "stale", "none"]
    why: str = ""
    clip_id: str | None = None
