"""Sources that several tests look at, made or watched once."""

from __future__ import annotations

from pathlib import Path

import pytest

from editai.footage import look
from editai.models import File, Footage, Step
from tests.conftest import BOX


def watch(*paths: Path) -> tuple[Footage, list[Step]]:
    """What `look` returns for these files, and the steps on the way."""
    files = tuple(File.of(path) for path in paths)
    work = look(files, {file.sha256: path for file, path in zip(files, paths, strict=True)})
    steps = []
    while True:
        try:
            steps.append(next(work))
        except StopIteration as done:
            footage: Footage = done.value
            return footage, steps


@pytest.fixture(scope="session")
def watched_box() -> tuple[Footage, list[Step]]:
    """The tea box, watched once."""
    return watch(BOX)


@pytest.fixture(scope="session")
def seen_box(watched_box: tuple[Footage, list[Step]]) -> Footage:
    return watched_box[0]
