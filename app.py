"""The app: `python app.py` starts workers and courier, serves the page on this machine, and ends all on Ctrl-C."""

from __future__ import annotations

import os
import signal
import sys
import threading

import psutil

from editai import batch, library, publish, workers
from editai.errors import EditaiError
from editai.library import accounts
from editai.settings import Settings, read_settings


def main() -> int:
    """Run until Ctrl-C or SIGTERM; the exit status."""
    try:
        settings = read_settings()
        stay_home(settings)
        with library.open(settings) as shelf, accounts.opened(shelf) as people:
            run(settings, shelf, people)
    except EditaiError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


def stay_home(settings: Settings) -> None:
    """Tell Gradio, before it is imported, to call nobody and to keep its files in the data folder."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["GRADIO_TEMP_DIR"] = str(settings.uploads)
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["DISABLE_TELEMETRY"] = "1"
    # After every event Gradio sums up all those before it, for a page of figures that is not served: not here.
    os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(sys.maxsize)
    for name in ("NO_PROXY", "no_proxy"):  # the page asks itself whether it is up; no proxy could know
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), "127.0.0.1", "localhost")))


def run(settings: Settings, shelf: library.Library, people: accounts.Accounts | None) -> None:
    """Serve and work until somebody ends it; then nothing of it is left running."""
    from editai.ui import server  # imports Gradio

    ended = threading.Event()
    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: ended.set())
    supervisor, courier, intake = workers.Supervisor(settings), publish.Courier(settings), batch.Intake(settings)
    supervisor.start()
    try:
        courier.start()
        intake.start()
        page = server.start(settings, shelf, people)
        server.open_browser(page.local_url)
        while not ended.wait(0.5):  # Windows delivers a signal only between two short waits
            pass
        server.stop(page)
    finally:
        intake.stop()
        courier.stop()
        supervisor.stop()
        end_children()


def end_children() -> None:
    """End whatever this process still has running: the ffmpeg of a preview has a process group of its own."""
    children = psutil.Process().children(recursive=True)
    for child in children:
        child.kill()
    psutil.wait_procs(children, timeout=2)


if __name__ == "__main__":
    sys.exit(main())
