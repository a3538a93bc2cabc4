"""A stand-in until the mirror is here: gives an owner the first profile, and has nothing that waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from editai import zones
from editai.errors import EditaiError
from editai.library.sessions import Sessions
from editai.library.supabase_session import Session

if TYPE_CHECKING:
    from editai.library import Library


@dataclass(frozen=True)
class State:
    """What waits to be carried to the project."""

    waiting: int = 0
    since: str | None = None
    error: EditaiError | None = None


class Mirror:
    """The interface that sign-in uses."""

    def __init__(self, shelf: Library, sessions: Sessions) -> None:
        self._shelf = shelf
        del sessions

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def wake(self, owner_id: str) -> None: ...

    def welcome(self, session: Session) -> None:
        self._shelf.store.welcome(session.user_id, {"time_zone": zones.here()})

    def state(self, owner_id: str) -> State:
        del owner_id
        return State()
