"""What stages have made, in the depot: so that what one machine has finished is not done again on another.

A result is the tree of its folder, noted under the stage's name and key once all of its files are there. One of which
a file is gone or damaged counts as none, and its note goes. Results are a job's own, and go with it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from editai.errors import Cancelled, EditaiError, NoAnswer, NotFound, OutOfSpace
from editai.library.depot import Depot
from editai.models import Tree

log = logging.getLogger(__name__)


@dataclass
class DepotStages:
    """The results of one job in its own depot (a `stages.Elsewhere`).

    `known` are the stages and keys that the job has found here or there, or made: what whoever asked for it may bring
    home.
    """

    depot: Depot
    profile_id: str
    known: set[tuple[str, str]] = field(default_factory=set)

    def bring(self, name: str, key: str, to: Path) -> bool:
        """Bring a result to the folder `to`, whole or not at all; whether there was one.

        Raises OutOfSpace 507 and Cancelled 499; whatever else is wrong with the depot costs only time.
        """
        try:
            tree = self._noted(name, key)
            if tree is None:
                return False
            self.depot.get_tree(self.profile_id, tree, to)
        except (OutOfSpace, Cancelled):
            raise
        except (NotFound, NoAnswer) as error:
            log.warning("the result of stage %s is not whole in the depot: %s", name, error)
            self.depot.place.remove(self._note(name, key))
            return False
        except EditaiError as error:
            log.warning("the result of stage %s was not looked for in the depot: %s", name, error)
            return False
        self.known.add((name, key))
        return True

    def leave(self, name: str, key: str, folder: Path) -> None:
        """See to it that the result in `folder` is there as well. Raises Cancelled 499."""
        if (name, key) in self.known:
            return
        self.known.add((name, key))
        try:
            if self._noted(name, key) is None:
                tree = self.depot.put_tree(self.profile_id, folder)
                self.depot.place.write(self._note(name, key), tree.model_dump_json().encode())
        except Cancelled:
            raise
        except EditaiError as error:
            log.warning("the result of stage %s was not left in the depot: %s", name, error)

    def _noted(self, name: str, key: str) -> Tree | None:
        text = self.depot.place.read(self._note(name, key))
        try:
            return None if text is None else Tree.model_validate_json(text)
        except ValidationError:
            return None

    def _note(self, name: str, key: str) -> str:
        return f"{self.depot.home(self.profile_id)}/stages/{name}/{key}"
