"""Against guessing passwords: who was wrong some times has to wait, twice as long after each time.

A try counts before it is known to be wrong, so that many at once are no way around it; one that was not wrong is
forgiven.
"""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass

from editai.errors import RateLimited

FREE = {"email": 5, "address": 30}
"""Tries before there is a wait. Everybody at one computer, or behind one proxy, has one address."""
LONGEST_S = 300.0
FORGOTTEN_S = 900.0
"""Without a try for as long, nobody remembers."""


@dataclass
class _Tried:
    times: int = 0
    last: float = 0.0
    not_before: float = 0.0


class Guesses:
    """The tries of the last minutes, by the e-mail address that was tried and by the network address it came from."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tried: dict[tuple[str, str], _Tried] = {}

    def attempt(self, email: str, address: str) -> None:
        """Count a try. Raises RateLimited 429 `too_many_tries`; then it does not count."""
        now = time.monotonic()
        with self._lock:
            for key in [key for key, one in self._tried.items() if now - one.last > FORGOTTEN_S]:
                del self._tried[key]
            mine = [
                (kind, self._tried.setdefault((kind, key), _Tried(last=now))) for kind, key in _keys(email, address)
            ]
            if (wait := max(one.not_before for _, one in mine) - now) > 0:
                raise _too_many(math.ceil(wait))
            for kind, one in mine:
                one.times, one.last = one.times + 1, now
                if one.times >= FREE[kind]:
                    one.not_before = now + min(2.0 ** min(one.times - FREE[kind], 30), LONGEST_S)

    def forgive(self, email: str, address: str, *, all_of_it: bool) -> None:
        """That try was not wrong, so it does not count; `all_of_it`: it was right, and no other of this e-mail
        address counts any longer."""
        with self._lock:
            for key in _keys(email, address):
                if one := self._tried.get(key):
                    one.times, one.not_before = one.times - 1, 0.0
            if all_of_it:
                self._tried.pop(("email", email), None)


def _keys(email: str, address: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("email", email), ("address", address)


def _too_many(seconds: int) -> RateLimited:
    wait = "a second" if seconds == 1 else f"{seconds} seconds"
    return RateLimited(
        "too_many_tries", "That was tried too often.", f"Wait {wait}, then try again.", retry_after_s=seconds
    )
