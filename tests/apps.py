"""`python app.py` with a data folder of its own, as its owner starts it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

ROOT = Path(__file__).parent.parent


@dataclass
class App:
    """A running app: its process, where it listens, and every line that it said."""

    process: subprocess.Popen[str]
    url: str = ""
    said: list[str] = field(default_factory=list)

    def end(self, how: signal.Signals = signal.SIGINT) -> tuple[int, list[psutil.Process]]:
        """End it; its exit status, and which of its processes are still there after that."""
        family = psutil.Process(self.process.pid).children(recursive=True)
        self.process.send_signal(how)
        status = self.process.wait(timeout=30)
        return status, psutil.wait_procs(family, timeout=0.5)[1]


@contextmanager
def started(home: Path, *arguments: str, **environment: str) -> Iterator[App]:
    """The app, until it said where it listens or ended."""
    known = os.environ | {"EDITAI_HOME": str(home), "EDITAI_PORT": "0", "EDITAI_OFFLINE": "1", "CI": "1"}
    process = subprocess.Popen(
        [sys.executable, "-u", "app.py", *arguments],
        cwd=ROOT,
        env=known | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    app = App(process)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            app.said.append(line.rstrip())
            if found := re.search(r"http://[\d.]+:\d+", line):
                app.url = found.group()
                break
        yield app
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(timeout=30)
        if process.stdout is not None:
            process.stdout.close()
