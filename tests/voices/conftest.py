"""What the tests of the voices may ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

from editai.settings import Settings
from editai.voices import Studio
from tests.voices.studios import studio_in


@pytest.fixture
def studio(tmp_path: Path, settings: Settings) -> Studio:
    """A studio with nothing in it, under this test's own folder."""
    return studio_in(tmp_path / "store", settings)
