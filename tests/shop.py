"""A shop to try jobs in: a data folder with one store, and what its stages have made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from editai import jobs, library
from editai.library import LOCAL_OWNER, Library
from editai.models import Job, Profile
from editai.settings import Settings
from tests.conftest import BOX

SCRIPT = "Meet the box."


@dataclass
class Shop:
    """What is submitted without a word of its own is the box with `SCRIPT`, as a draft without cards: soon drawn."""

    settings: Settings
    shelf: Library
    profile: Profile

    def submit(self, *sources: Path, **wishes: Any) -> Job:
        wishes = {"script": SCRIPT, "hook_card": False, "end_card": False, "quality": "draft", **wishes}
        return jobs.submit(self.shelf, self.profile, sources or (BOX,), **wishes)

    def with_kit(self, **kit: Any) -> Shop:
        """The same shop after its owner has changed the brand kit, for the jobs that are submitted through this."""
        profile = self.shelf.store.profile(LOCAL_OWNER, self.profile.id)
        return Shop(self.settings, self.shelf, profile.changed(kit))

    def job(self, job_id: str) -> Job:
        return self.shelf.journal.whosever(job_id)

    def results(self, stage: str) -> dict[Path, int]:
        folder = self.shelf.media.cache(self.profile.id) / stage
        return {path: path.stat().st_mtime_ns for path in folder.glob("*/result.json")}

    @contextmanager
    def without(self, stage: str) -> Iterator[None]:
        """As if the stage had never been done; what it had made is there again afterwards."""
        folder = self.shelf.media.cache(self.profile.id) / stage
        aside = folder.with_name("aside")
        if not folder.exists():
            yield
            return
        folder.rename(aside)
        try:
            yield
        finally:
            if folder.exists():
                folder.rmdir()  # empty: a stage that fails leaves nothing
            aside.rename(folder)


def a_shop(home: Path) -> Iterator[Shop]:
    settings = Settings(_env_file=None, home=home, models_dir=None, offline=True)
    with library.open(settings) as shelf:
        yield Shop(settings, shelf, shelf.store.default_profile(LOCAL_OWNER))


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """An empty shop."""
    yield from a_shop(tmp_path / "home")


@pytest.fixture(scope="session")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A shop in which the job of `SCRIPT` has been done, so that its stages are there."""
    for shop in a_shop(tmp_path_factory.mktemp("busy") / "home"):
        job = jobs.run_job(shop.submit().id, shop.settings)
        assert job.state == "done", job.error
        yield shop
