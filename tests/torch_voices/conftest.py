"""The models that the tests speak with: random, made once in every run, removed at its end."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from editai import weights
from editai.models import BrandKit, File, LicenceAccepted
from editai.settings import Settings
from editai.voices import Studio
from editai.weights import Pin, Weights
from tests.torch_voices import checkpoints
from tests.voices.studios import studio_in


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of models; empty until a test asks for one of them."""
    folder = tmp_path_factory.mktemp("models")
    yield folder
    shutil.rmtree(folder)


def _published(wanted: Weights, models: Path, make: Callable[[Path], None]) -> Weights:
    """The weights with the random files in the place of the published ones."""
    folder = models / wanted.folder
    make(folder)
    files = [File.of(folder / pin.name) for pin in wanted.published]
    return replace(wanted, published=tuple(Pin(file.name, file.bytes, file.sha256) for file in files))


@pytest.fixture(scope="session")
def xtts(models: Path) -> Iterator[Weights]:
    """XTTS v2, as if the random one were the published one."""
    with pytest.MonkeyPatch.context() as patched:
        made = _published(weights.XTTS, models, checkpoints.xtts)
        patched.setattr(weights, "XTTS", made)
        yield made


@pytest.fixture(scope="session")
def kokoro(models: Path) -> Iterator[Weights]:
    """Kokoro for torch, as if the random one were the published one."""
    with pytest.MonkeyPatch.context() as patched:
        made = _published(weights.KOKORO_TORCH, models, checkpoints.kokoro)
        patched.setattr(weights, "KOKORO_TORCH", made)
        yield made


@pytest.fixture(scope="session")
def vits(models: Path) -> Path:
    """A VITS of the owner's own, the voice `coqui:tiny`."""
    checkpoints.vits(models / "coqui" / "tiny")
    return models / "coqui" / "tiny"


@pytest.fixture
def settings(tmp_path: Path, models: Path) -> Settings:
    """Settings with that folder of models, an empty data folder, and Kokoro on torch."""
    return Settings(
        _env_file=None, home=tmp_path / "home", models_dir=models, offline=True, secret_key=None, kokoro_runtime="torch"
    )


@pytest.fixture
def studio(tmp_path: Path, settings: Settings) -> Studio:
    """A store that sells nothing and has accepted XTTS's licence."""
    accepted = LicenceAccepted(engine="xtts", accepted_at="2026-01-01T00:00:00Z")
    return studio_in(tmp_path / "store", settings, kit=BrandKit(commercial=False, licences=(accepted,)))
