"""Costs: no paid call without a reservation, and each reservation ends once, also when its process is killed."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from filelock import FileLock, Timeout

from editai.errors import InvalidInput
from editai.library.database import now as timestamp
from editai.library.store import Store
from editai.models import Cost, Profile


class PaidCall:
    """A paid call under way. What says nothing more is settled at its estimate: the money may be spent."""

    def __init__(self) -> None:
        self.state: Literal["settled", "released"] = "released"
        self.amount = 0

    def cost(self, amount: int) -> None:
        """What the service charged, in micro-dollars."""
        if amount < 0:
            raise ValueError(f"a call cannot cost {amount} micro-dollars")
        self.state, self.amount = "settled", amount

    def free(self) -> None:
        """Nothing was charged, for certain."""
        self.state, self.amount = "released", 0


class Costs:
    """The money of all stores, in micro-dollars; `folder` holds a locked note for each call under way here."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store = store
        self._folder = folder

    @contextmanager
    def paid(
        self, profile: Profile, job_id: str | None, service: str, operation: str, units: int, estimate_microusd: int
    ) -> Iterator[PaidCall]:
        """Around a paid call: reserves its estimate before, settles or releases it after, however the body ends.

        Raises PaymentRequired 402 `budget_exceeded` before the body where the budget is too small for the estimate.
        """
        cost = Cost(
            id=uuid.uuid4().hex,
            profile_id=profile.id,
            job_id=job_id,
            service=service,
            operation=operation,
            units=units,
            amount=estimate_microusd,
            state="reserved",
            created_at=timestamp(),
        )
        note = self._folder / f"{cost.id}.lock"
        lock = FileLock(note, thread_local=False)
        with self._guard():
            lock.acquire()
        call = PaidCall()
        try:
            self._store.reserve_cost(cost, self.month_of(profile))
            call.cost(estimate_microusd)
            yield call
        finally:
            try:
                self._store.end_cost(cost.id, call.state, call.amount)
            except BaseException:
                lock.release()  # the note stays, for `tidy_up`
                raise
            lock.release()
            note.unlink(missing_ok=True)

    def tidy_up(self) -> None:
        """Settle at its estimate what processes of this machine reserved that are gone."""
        if not self._folder.is_dir():
            return
        with self._guard():
            dead = [note for note in self._folder.glob("*.lock") if _is_free(note)]
            reserved = {cost.id: cost for cost in self._store.reserved_costs()} if dead else {}
            for note in dead:
                if cost := reserved.get(note.stem):
                    self._store.end_cost(cost.id, "settled", cost.amount)
                note.unlink(missing_ok=True)

    def spent(self, profile: Profile) -> int:
        """What this profile reserved or settled this month."""
        return self._store.spent(profile.id, self.month_of(profile))

    def list(self, profile: Profile) -> Sequence[Cost]:
        """The profile's costs of this month, newest first."""
        return self._store.costs(profile.id, self.month_of(profile))

    @staticmethod
    def month_of(profile: Profile, now: datetime | None = None) -> str:
        """When the calendar month of `now` began in the profile's time zone; UTC, ISO 8601, as rows have it.

        Raises InvalidInput 422 `time_zone_unknown`.
        """
        try:
            zone = ZoneInfo(profile.kit.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise InvalidInput(
                "time_zone_unknown",
                f'This machine knows no time zone "{profile.kit.time_zone}".',
                "Choose the store's time zone again in its settings.",
            ) from error
        local = (now or datetime.now(UTC)).astimezone(zone)
        began = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        return began.astimezone(UTC).isoformat(timespec="microseconds")

    def _guard(self) -> FileLock:
        """Held while a note is begun or cleared away, so that nobody clears away what is just beginning."""
        self._folder.mkdir(parents=True, exist_ok=True)
        return FileLock(self._folder / "guard")


def _is_free(note: Path) -> bool:
    """Whether no living process holds the note; the system lets go of it with the process."""
    try:
        with FileLock(note, timeout=0):
            return True
    except Timeout:
        return False
