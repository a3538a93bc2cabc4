"""When a post goes out: what the clock of the store shows, and the same moment in UTC as Postiz takes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from editai.errors import InvalidInput
from editai.publish.text import clean
from editai.zones import known

FURTHEST = timedelta(days=366)
CHOOSE = "Choose a day and a time, for example 2027-02-01 10:00."


@dataclass(frozen=True)
class Moment:
    """A moment in UTC ("2027-02-01T10:00:00.000Z"); `twice`: the store's clock shows that time twice, and the first
    of the two is meant."""

    utc: str
    twice: bool = False


def written(moment: datetime) -> str:
    """A moment as Postiz takes it: UTC, whole seconds."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat()}.000Z"


def asked_for(at: str, zone: str, now: datetime) -> Moment:
    """What `at` means: "2027-02-01T10:00" on the clock of `zone`; with an offset ("...+02:00", "...Z") as it says.

    Raises InvalidInput 422 `time_unreadable`, `time_does_not_exist` (the clock is set forward over it),
    `time_in_past`, `time_too_far` (more than a year ahead) or `time_zone_unknown`.
    """
    typed = clean(at).strip()
    try:
        read = datetime.fromisoformat(typed)
        if ":" not in typed:  # a day alone is not midnight
            raise ValueError(typed)
        local = read if read.tzinfo else read.replace(tzinfo=_zone(zone))
        moment = local.astimezone(UTC)
        back = moment.astimezone(local.tzinfo)
        second = local.replace(fold=1).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidInput("time_unreadable", f'"{typed[:40]}" is no time.', CHOOSE) from error
    if back.replace(tzinfo=None) != local.replace(tzinfo=None):
        raise InvalidInput(
            "time_does_not_exist",
            f"{clock(local)} does not exist in {zone}: the clock is set forward over it.",
            f"Choose {clock(back)} or later.",
        )
    if moment <= now:
        raise InvalidInput("time_in_past", f"{words(written(moment), zone)} is over.", "Choose a later time, or now.")
    if moment > now + FURTHEST:
        raise InvalidInput(
            "time_too_far", f"{words(written(moment), zone)} is more than a year ahead.", "Choose an earlier time."
        )
    return Moment(written(moment), twice=second != moment)


def words(utc: str, zone: str) -> str:
    """A moment (UTC, ISO 8601) for people, on the clock of `zone`: "Mon 1 Feb 2027, 12:00 (Europe/Bucharest)"."""
    read = datetime.fromisoformat(utc)
    local = (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(_zone(zone))
    return f"{local:%a} {local.day} {local:%b} {local.year}, {clock(local)} ({zone})"


def clock(moment: datetime) -> str:
    """ "09:05", with seconds where there are any."""
    return f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"


def _zone(name: str) -> ZoneInfo:
    if name not in known():
        raise InvalidInput(
            "time_zone_unknown",
            f'This machine knows no time zone named "{name[:40]}".',
            "Choose the time zone in the store's settings.",
        )
    return ZoneInfo(name)
