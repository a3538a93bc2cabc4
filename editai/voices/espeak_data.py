"""espeak's data folder under a name that espeak can take."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
from pathlib import Path

from editai.errors import Unavailable

_LONGEST = 150
"""espeak ends the whole process when the name of its data folder has 160 bytes or more."""


def espeakng_data(home: Path) -> Path:
    """The data of the package espeakng-loader; `home` is where a copy may be kept. Errors as `data_folder`."""
    import espeakng_loader

    version = importlib.metadata.version("espeakng-loader")
    return data_folder(Path(espeakng_loader.get_data_path()), f"espeak-{version}", home)


def data_folder(own: Path, name: str, home: Path) -> Path:
    """The folder `own` itself where espeak can take its name, else a copy of it called `name`, made once in `home`.

    Raises Unavailable 503 `voice_unavailable` where no such copy would have a shorter name.
    """
    own = own.resolve()
    shared = [Path(os.environ.get("PROGRAMDATA", "C:/ProgramData")) / "EditAI" / name] if os.name == "nt" else []
    for folder in (own, home.resolve() / name, *shared):
        if _espeak_takes(folder):
            break
    else:
        raise Unavailable(
            "voice_unavailable",
            "The voice cannot work in folders with such long names.",
            "Set EDITAI_HOME to a folder with a shorter name and start again.",
        )
    if not folder.is_dir():
        making = folder.with_name(f".{name}.{os.getpid()}")
        shutil.copytree(own, making, dirs_exist_ok=True)
        try:
            making.rename(folder)
        except OSError:  # another process has just made it
            shutil.rmtree(making)
    return folder


def _espeak_takes(folder: Path) -> bool:
    name = str(folder)
    return len(name.encode()) < _LONGEST and (os.name != "nt" or name.isascii())
