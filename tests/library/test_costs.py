"""Costs: reserved before the money is spent, ended once, whatever happens in between."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from editai import housekeeping, library
from editai.errors import EditaiError
from editai.library import LOCAL_OWNER, Costs, Library
from editai.models import Cost, Profile
from editai.settings import Settings

ESTIMATE = 300_000
CALL = ("a job", "elevenlabs", "speak", 1200, ESTIMATE)


@pytest.fixture
def profile(shelf: Library) -> Profile:
    owned = shelf.store.default_profile(LOCAL_OWNER)
    return shelf.store.update_profile(LOCAL_OWNER, owned.id, {"monthly_budget": 1_000_000})


def only_cost(shelf: Library, profile: Profile) -> Cost:
    [cost] = shelf.costs.list(profile)
    return cost


def notes(settings: Settings) -> list[Path]:
    return list((settings.home / "paid").glob("*.lock"))


# ── one call ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_estimate_is_reserved_while_the_call_is_under_way(shelf: Library, profile: Profile) -> None:
    with shelf.costs.paid(profile, *CALL):
        reserved = only_cost(shelf, profile)
        assert shelf.costs.spent(profile) == ESTIMATE
    known = (reserved.state, reserved.profile_id, reserved.job_id, reserved.service, reserved.operation, reserved.units)
    assert known == ("reserved", profile.id, "a job", "elevenlabs", "speak", 1200)


def test_a_call_is_settled_with_what_it_cost(shelf: Library, profile: Profile, settings: Settings) -> None:
    with shelf.costs.paid(profile, *CALL) as call:
        call.cost(123_456)
    ended = only_cost(shelf, profile)
    assert (ended.state, ended.amount, shelf.costs.spent(profile)) == ("settled", 123_456, 123_456)
    assert notes(settings) == []


def test_a_call_that_charged_nothing_is_released(shelf: Library, profile: Profile) -> None:
    with shelf.costs.paid(profile, *CALL) as call:
        call.free()
    assert (only_cost(shelf, profile).state, shelf.costs.spent(profile)) == ("released", 0)


def test_a_call_that_says_nothing_is_settled_at_its_estimate(shelf: Library, profile: Profile) -> None:
    with shelf.costs.paid(profile, *CALL):
        pass
    assert (only_cost(shelf, profile).state, shelf.costs.spent(profile)) == ("settled", ESTIMATE)


def test_a_call_that_fails_is_settled_at_its_estimate(shelf: Library, profile: Profile, settings: Settings) -> None:
    with pytest.raises(ConnectionError), shelf.costs.paid(profile, *CALL):
        raise ConnectionError("no answer came")
    assert (only_cost(shelf, profile).state, shelf.costs.spent(profile)) == ("settled", ESTIMATE)
    assert notes(settings) == []


def test_a_call_that_was_refused_without_a_charge_is_released_although_it_failed(
    shelf: Library, profile: Profile
) -> None:
    def refused() -> None:
        with shelf.costs.paid(profile, *CALL) as call:
            call.free()
            raise ConnectionRefusedError

    with pytest.raises(ConnectionRefusedError):
        refused()
    assert (only_cost(shelf, profile).state, shelf.costs.spent(profile)) == ("released", 0)


def test_over_the_budget_nothing_is_called(shelf: Library, profile: Profile, settings: Settings) -> None:
    called = []
    with pytest.raises(EditaiError) as caught, shelf.costs.paid(profile, *CALL[:-1], 1_000_001):
        called.append("the service")
    assert caught.value.title == "402 budget_exceeded"
    assert (called, shelf.costs.list(profile), notes(settings)) == ([], (), [])


def test_a_call_that_would_cost_less_than_nothing_is_a_mistake(shelf: Library, profile: Profile) -> None:
    with pytest.raises(ValueError, match="-1"), shelf.costs.paid(profile, *CALL) as call:
        call.cost(-1)
    assert shelf.costs.spent(profile) == ESTIMATE


def test_the_money_of_another_store_is_not_seen(shelf: Library, profile: Profile) -> None:
    other = shelf.store.create_profile(LOCAL_OWNER, "Other")
    with shelf.costs.paid(other, *CALL):
        pass
    assert (shelf.costs.spent(profile), shelf.costs.list(profile)) == (0, ())


# ── the month ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("zone", "now", "began"),
    [
        ("UTC", "2026-03-15T12:00:00+00:00", "2026-03-01T00:00:00.000000+00:00"),
        ("America/New_York", "2026-03-01T03:00:00+00:00", "2026-02-01T05:00:00.000000+00:00"),
        ("America/New_York", "2026-03-20T03:00:00+00:00", "2026-03-01T05:00:00.000000+00:00"),  # summer time since
        ("Asia/Tokyo", "2026-01-31T15:00:00+00:00", "2026-01-31T15:00:00.000000+00:00"),
        ("Pacific/Kiritimati", "2026-12-31T10:00:00+00:00", "2026-12-31T10:00:00.000000+00:00"),
        ("Asia/Kolkata", "2026-07-01T00:00:00+05:30", "2026-06-30T18:30:00.000000+00:00"),
    ],
)
def test_a_month_begins_where_the_store_is(profile: Profile, zone: str, now: str, began: str) -> None:
    there = profile.model_copy(update={"kit": profile.kit.model_copy(update={"time_zone": zone})})
    assert Costs.month_of(there, datetime.fromisoformat(now)) == began


@pytest.mark.parametrize(
    "zone", ["", "Mars/Olympus", "../../etc/passwd", "UTC\0", "/etc/localtime", "\ud800"], ids=ascii
)
def test_a_time_zone_that_is_none_is_said(profile: Profile, zone: str) -> None:
    nowhere = profile.model_copy(update={"kit": profile.kit.model_copy(update={"time_zone": zone})})
    with pytest.raises(EditaiError) as caught:
        Costs.month_of(nowhere)
    assert caught.value.title == "422 time_zone_unknown"


# ── what a dead process left ─────────────────────────────────────────────────────────────────────────────────────

PAYING = """
import sys
from pathlib import Path
from editai import library
from editai.settings import Settings
shelf = library.open(Settings(_env_file=None, home=Path(sys.argv[1])))
with shelf.costs.paid(shelf.store.default_profile("local"), "a job", "elevenlabs", "speak", 1200, 300_000) as call:
    print("reserved", flush=True)
    sys.stdin.read()
    call.cost(123)
"""


@contextmanager
def somebody_pays(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """A process in the middle of a paid call; it ends the call when its input ends."""
    command = [sys.executable, "-c", PAYING, str(settings.home)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as payer:
        assert payer.stdout is not None
        assert payer.stdout.readline() == b"reserved\n"
        yield payer
        payer.kill()


def test_a_kill_between_reserving_and_settling_is_settled_once(
    shelf: Library, profile: Profile, settings: Settings
) -> None:
    with somebody_pays(settings) as payer:
        payer.send_signal(signal.SIGKILL)
        payer.wait()
    assert only_cost(shelf, profile).state == "reserved"
    housekeeping.clear_away(shelf)
    settled = only_cost(shelf, profile)
    assert (settled.state, settled.amount) == ("settled", ESTIMATE)
    assert not shelf.store.end_cost(settled.id, "released", 0)
    shelf.costs.tidy_up()
    assert only_cost(shelf, profile) == settled
    assert notes(settings) == []


def test_tidying_up_leaves_a_call_alone_that_runs_in_another_process(
    shelf: Library, profile: Profile, settings: Settings
) -> None:
    with somebody_pays(settings) as payer:
        shelf.costs.tidy_up()
        assert only_cost(shelf, profile).state == "reserved"
        payer.communicate()
    assert (only_cost(shelf, profile).state, only_cost(shelf, profile).amount) == ("settled", 123)


def test_tidying_up_leaves_a_call_alone_that_runs_here(shelf: Library, profile: Profile) -> None:
    with shelf.costs.paid(profile, *CALL) as call:
        shelf.costs.tidy_up()
        assert only_cost(shelf, profile).state == "reserved"
        call.cost(5)
    assert shelf.costs.spent(profile) == 5


def test_what_was_reserved_on_another_machine_is_left_alone(shelf: Library, profile: Profile) -> None:
    there = Cost(
        id="a" * 32,
        profile_id=profile.id,
        job_id=None,
        service="elevenlabs",
        operation="speak",
        units=1,
        amount=1,
        state="reserved",
        created_at="2026-01-01T00:00:00.000000+00:00",
    )
    shelf.store.reserve_cost(there, "")
    shelf.costs.tidy_up()
    assert shelf.store.reserved_costs() == (there,)


def test_an_end_that_could_not_be_written_is_written_when_it_is_tidied_up(
    shelf: Library, profile: Profile, settings: Settings
) -> None:
    def sql(statement: str) -> None:
        with shelf.database.transaction() as rows:
            rows.execute(statement)

    with pytest.raises(Exception, match="api_costs"), shelf.costs.paid(profile, *CALL):
        sql("ALTER TABLE api_costs RENAME TO elsewhere")
    sql("ALTER TABLE elsewhere RENAME TO api_costs")
    assert only_cost(shelf, profile).state == "reserved"
    shelf.costs.tidy_up()
    assert (only_cost(shelf, profile).state, notes(settings)) == ("settled", [])


def _pay_and_tidy(settings: Settings) -> None:
    with library.open(settings) as opened:
        profile = opened.store.default_profile(LOCAL_OWNER)
        for _ in range(3):
            with opened.costs.paid(profile, *CALL[:-1], 10_000) as call:
                opened.costs.tidy_up()
                call.cost(1)


def test_paying_and_tidying_up_from_many_processes_settles_each_call_with_what_it_cost(
    shelf: Library, profile: Profile, settings: Settings, processes: ProcessPoolExecutor
) -> None:
    list(processes.map(_pay_and_tidy, [settings] * 4))
    costs = shelf.costs.list(profile)
    assert [(cost.state, cost.amount) for cost in costs] == [("settled", 1)] * 12
    assert notes(settings) == []
