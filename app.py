"""The app: `python app.py` starts workers and courier, serves the page, opens it, and ends all on Ctrl-C.

Started once more for the same data folder, it opens the one that runs.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence

import psutil

from editai import batch, browser, demo, library, logs, publish, seat, workers
from editai.errors import EditaiError
from editai.library import accounts, guests
from editai.settings import Settings, read_settings

log = logging.getLogger("editai.app")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until Ctrl-C or SIGTERM; the exit status."""
    wanted = vars(_parser().parse_args(arguments))
    try:
        settings = demo.limited(read_settings(**{name: value for name, value in wanted.items() if value is not None}))
        stay_home(settings)
        with library.open(settings) as shelf, seat.seated(settings) as place:
            if isinstance(place, str):
                print(f"EditAI is running already, at {place}.")  # noqa: T201
                browser.open_page(place)
                return 0
            logs.keep(settings)
            with accounts.opened(shelf) as people, guests.opened(shelf) as visitors:
                run(shelf, people, visitors, place)
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python app.py", description="Start EditAI and open its page.")
    parser.add_argument("--host", help="the address to listen at; others than 127.0.0.1 need a sign-in")
    parser.add_argument("--port", type=int, help="the port; the next free one is taken where it is busy")
    parser.add_argument(
        "--share", action="store_true", default=None, help="an address in the internet, through Gradio's relay"
    )
    parser.add_argument(
        "--demo", action="store_true", default=None, help="anybody may visit, for an hour, with stores of their own"
    )
    return parser


def run(
    shelf: library.Library, people: accounts.Accounts | None, visitors: guests.Guests | None, place: seat.Seat
) -> None:
    """Serve and work until somebody ends it; then nothing of it is left running."""
    from editai.ui import server  # imports Gradio

    settings = shelf.settings
    ended = threading.Event()
    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: ended.set())
    supervisor, courier, intake = workers.Supervisor(settings), publish.Courier(settings), batch.Intake(settings)
    supervisor.start()
    try:
        courier.start()
        intake.start()
        page = server.start(settings, shelf, people, guests=visitors)
        url = page.local_url.rstrip("/")
        log.info("started at %s", url)
        place.tell(url)
        browser.open_page(url)
        while not ended.wait(0.5):  # Windows delivers a signal only between two short waits
            pass
        server.stop(page)
        log.info("ended")
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
