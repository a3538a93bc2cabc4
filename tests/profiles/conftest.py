"""A library with two stores, and pictures as shops have them."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from editai.library import LOCAL_OWNER, Library
from editai.models import Profile

Picture = Callable[..., Path]


@pytest.fixture
def store(shelf: Library) -> Profile:
    return shelf.store.create_profile(LOCAL_OWNER, "Aurora Lamps")


@pytest.fixture
def picture(tmp_path: Path) -> Picture:
    """Writes a picture to a file: `picture("WEBP", size=(10, 20), exif=…)`."""

    def write(
        format: str = "PNG", mode: str = "RGB", size: tuple[int, int] = (8, 6), colour: Any = "#147863", **more: Any
    ) -> Path:
        path = tmp_path / f"picture.{format.lower()}"
        made = io.BytesIO()
        Image.new(mode, size, colour).save(made, format, **more)
        path.write_bytes(made.getvalue())
        return path

    return write
