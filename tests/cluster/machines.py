"""A cluster of real processes: a scheduler, and machines that work, each with a data folder of its own.

`sitecustomize` is imported by every Python process that finds it; here it notes whenever a machine's process touches
a path below the app's data folder, or names one to a program that it starts.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.processes import is_gone, renderers, wait_for

WATCH = """
import os, sys

FORBIDDEN, NOTES = os.environ["EDITAI_TEST_FORBIDDEN"], os.environ["EDITAI_TEST_NOTES"]

def watch(event, arguments):
    if event in ("open", "os.listdir", "os.scandir", "os.mkdir", "os.rename", "sqlite3.connect", "subprocess.Popen"):
        told = repr(arguments[1] if event == "subprocess.Popen" else arguments[:2])
        if FORBIDDEN in told:
            os.write(notes, f"{event} {told}\\n".encode())

notes = os.open(NOTES, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
os.write(notes, b"watching\\n")
sys.addaudithook(watch)
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@dataclass
class Scheduler:
    """`dask scheduler`, always at the same port."""

    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1"]
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port), "--no-dashboard", "--dashboard-address", ":0"],
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        wait_for(lambda: answers(self.port), what="the scheduler")

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()


class Machine:
    """`python -m editai worker` with an EDITAI_HOME of its own, which must not touch the app's."""

    def __init__(self, folder: Path, address: str, media_url: str, app_home: Path, **environment: str) -> None:
        self.home, self.notes = folder / "home", folder / "notes"
        hook = folder / "hook"
        hook.mkdir(parents=True)
        (hook / "sitecustomize.py").write_text(WATCH, "utf-8")
        package = str(Path(__file__).parents[2])
        self._command = [sys.executable, "-m", "editai", "worker", address]
        self._environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join((str(hook), package)),
            "EDITAI_HOME": str(self.home),
            "EDITAI_MEDIA_URL": media_url,
            "EDITAI_OFFLINE": "1",
            "EDITAI_TEST_FORBIDDEN": str(app_home),
            "EDITAI_TEST_NOTES": str(self.notes),
            **environment,
        }
        self._folder = folder
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(self._command, env=self._environment, cwd=self._folder, start_new_session=True)

    def worker(self) -> psutil.Process:
        """The process in which Dask works."""
        assert self.process is not None
        parent = psutil.Process(self.process.pid)
        return wait_for(lambda: next(iter(parent.children()), None), what="the worker's process")

    def renderers(self) -> list[psutil.Process]:
        return renderers(self.home)

    def forget(self, *stages: str) -> None:
        """As if these stages had never been done there."""
        for stage in stages:
            for folder in self.home.glob(f"cluster-*/profiles/*/cache/{stage}"):
                shutil.rmtree(folder)

    def touched(self) -> list[str]:
        """What of the app's folder its processes touched; that they were watched is checked as well."""
        told = self.notes.read_text("utf-8").splitlines()
        assert "watching" in told
        return [line for line in told if line != "watching"]

    def stop(self) -> int:
        """End it as Ctrl-C does; the exit status. Nothing of the stores stays, and no process."""
        assert self.process is not None
        below = psutil.Process(self.process.pid).children(recursive=True)
        self.process.send_signal(signal.SIGINT)
        status = self.process.wait(30)
        assert [child for child in below if not is_gone(child.pid)] == []
        assert [path.name for path in self.home.iterdir() if path.name.startswith("cluster")] == []
        return status
