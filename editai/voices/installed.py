"""Which packages are installed here."""

from __future__ import annotations

import contextlib
import importlib.metadata


def versions(*packages: str) -> dict[str, str]:
    """Of those of the packages that are installed; part of the key of what they make."""
    found: dict[str, str] = {}
    for package in packages:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[package] = importlib.metadata.version(package)
    return found
