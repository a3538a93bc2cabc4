"""Time zones by their IANA names, and the one of this machine."""

from __future__ import annotations

import functools
import zoneinfo

import tzlocal

UTC = "UTC"


@functools.cache
def known() -> frozenset[str]:
    """Every time zone that this machine knows, by its IANA name."""
    return frozenset(zoneinfo.available_timezones())


def here() -> str:
    """This machine's time zone; "UTC" where that cannot be known."""
    try:
        name = tzlocal.get_localzone_name()
    except (LookupError, ValueError, OSError):  # an odd TZ, or none set up
        return UTC
    if name == "Etc/UTC":  # what servers call it
        return UTC
    return name if name in known() else UTC
