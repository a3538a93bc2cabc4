"""A stage cache that replays what is behind a job.

A key is made of everything that changes a result, the versions of packages and weights among it, so machines may give
the same stage other keys. What was done for this job holds all the same: results, and errors that a clip is made in
spite of (a voice that failed and was stood in for), go along with it and are met in the order in which they came.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from editai.cluster.task import Done
from editai.errors import EditaiError
from editai.job_run import STAGES
from editai.library.depot import Depot
from editai.models import Work
from editai.stages import StageCache, key_of

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, kw_only=True)
class Replay(StageCache):
    """The results of a profile's stages, those `behind` the job first: each comes from the depot when it is its turn.

    `found` notes what was done, or found, besides: the folder of a result, or an error.
    """

    profile_id: str
    depot: Depot
    behind: tuple[Done, ...]
    found: list[tuple[str, Path | EditaiError]] = field(default_factory=list)
    _turns: dict[str, Iterator[Done]] = field(default_factory=dict)

    def run(
        self,
        name: str,
        version: int,
        inputs: Mapping[str, object],
        work: Callable[[Path], Work[M]],
        result: type[M],
    ) -> Work[M]:
        """As `StageCache.run`; a stage whose turn was noted is not done."""
        if name.partition("-")[0] not in STAGES:  # a sentence of a narration, say: the whole is what goes along
            return (yield from super().run(name, version, inputs, work, result))
        turns = self._turns.setdefault(name, iter([done for done in self.behind if done.stage == name]))
        if done := next(turns, None):
            return self._brought(done, result)
        try:
            made = yield from super().run(name, version, inputs, work, result)
        except EditaiError as error:
            self.found.append((name, error))
            raise
        self.found.append((name, self.folder / name / key_of(name, version, inputs)))
        return made

    def to_depot(self) -> tuple[Done, ...]:
        """Put the results that were found, so that the next part has them."""
        return tuple(
            Done(stage=name, error=each.as_dict())
            if isinstance(each, EditaiError)
            else Done(stage=name, tree=self.depot.put_tree(self.profile_id, each))
            for name, each in self.found
        )

    def _brought(self, done: Done, result: type[M]) -> M:
        if done.error is not None:
            raise EditaiError.from_dict(done.error)
        if done.tree is None:
            raise ValueError(f"stage {done.stage} ended with nothing")
        key = hashlib.sha256(done.tree.model_dump_json().encode()).hexdigest()[:32]
        alone = StageCache(self.folder)  # what came along is not left for others under this key
        made = alone.find(done.stage, key, result)
        if made is None:
            self.depot.get_tree(self.profile_id, done.tree, alone.folder / done.stage / key)
            made = alone.find(done.stage, key, result)
        if made is None:
            raise RuntimeError(f"the result of stage {done.stage} that came along cannot be read")
        return made
