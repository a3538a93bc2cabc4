"""The command line: `python -m editai produce | batch | worker | doctor | library | clean`.

`produce` and `batch` are in `cli_produce` and `cli_batch`.
"""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

from editai import cli_batch, cli_produce
from editai.cli_produce import INTERRUPTED
from editai.errors import EditaiError
from editai.settings import read_settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the status is 0, 1 for an error (one line on stderr), 2 for a wrong call, 130 for Ctrl-C."""
    parser = _parser()
    wanted = parser.parse_args(arguments)
    if wanted.command == "produce" and bool(wanted.videos) == wanted.sample:
        parser.error("give one VIDEO or more, or --sample")
    logging.getLogger("editai").addHandler(logging.NullHandler())  # what is for the person is said in sentences
    try:
        match wanted.command:
            case "worker":
                from editai import workers

                if wanted.scheduler:
                    from editai.cluster import machine

                    return machine.keep(wanted.scheduler, read_settings())
                return workers.serve()
            case "doctor":
                from editai import doctor

                if wanted.speak:
                    return doctor.audition(read_settings(), wanted.speak, wanted.profile, wanted.owner)
                return doctor.main(read_settings())
            case "library":
                from editai import library_copy

                return library_copy.run(read_settings(), wanted.to, wanted.email)
            case "clean":
                from editai import housekeeping

                return housekeeping.main(read_settings(), dry_run=wanted.dry_run)
            case "batch":
                with _interruptible():
                    return cli_batch.run(wanted, read_settings())
            case _:
                with _interruptible() as asked:
                    return cli_produce.run(wanted, read_settings(), asked)
    except EditaiError as error:
        return _fail(error)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 one line for the person at the terminal; the traceback goes to the log
        from editai import jobs

        return _fail(jobs.unexpected(error, "command-line", read_settings()))


OWNER = "whose store it is, where several people have signed in on this computer"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m editai", description="A product video goes in, a clip for TikTok, Reels and Shorts comes out."
    )
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="{produce,batch,worker,doctor,library,clean}"
    )
    cli_produce.add(commands, OWNER)
    cli_batch.add(commands, OWNER)
    doctor = commands.add_parser("doctor", help="say what works on this machine, and what to do about the rest")
    doctor.add_argument(
        "--speak",
        metavar="ENGINE",
        help='let an engine ("piper") or a voice ("piper:NAME") speak ten lines, and say what a listener understands; '
        "a paid one costs what it costs",
    )
    doctor.add_argument("--profile", metavar="NAME", help="the store whose keys and budget count (the default store)")
    doctor.add_argument("--owner", metavar="EMAIL", help=OWNER)
    shelf = commands.add_parser("library", help="copy everything that you have to a Supabase project, or back")
    copy = shelf.add_subparsers(required=True, metavar="{copy}").add_parser(
        "copy",
        help="copy stores, products, clips, posts and files; what is there already stays as it is",
        description="Copies the whole library, with the same ids, and compares both sides at the end. Nothing is "
        "overwritten or deleted; a copy that was interrupted goes on when the command is run again.",
    )
    copy.add_argument(
        "--to", choices=("supabase", "local"), required=True, help="from this computer alone to your project, or back"
    )
    copy.add_argument(
        "--email", metavar="ADDRESS", help="who signs in; the password is asked for, or in EDITAI_SUPABASE_PASSWORD"
    )
    clean = commands.add_parser("clean", help="remove what is of no use any more from the data folder, and say what")
    clean.add_argument("--dry-run", action="store_true", help="only say what would be removed")
    worker = commands.add_parser("worker", help="make clips for an app on another machine, over a Dask cluster")
    worker.add_argument(
        "scheduler",
        nargs="?",
        metavar="ADDRESS",
        help="the cluster's scheduler, tcp://host:8786 (the app itself gives none)",
    )
    return parser


@contextmanager
def _interruptible() -> Iterator[threading.Event]:
    """Ctrl-C and SIGTERM raise KeyboardInterrupt, and set what is yielded.

    Also where a shell started this in the background, for which it has SIGINT ignored: who sends it, means it. Python
    drops an exception that is raised while it tidies up (`__del__`, a callback of the garbage collector), and with it
    the Ctrl-C; so whoever works for long looks at the event as well.
    """
    asked = threading.Event()

    def interrupt(*_: object) -> NoReturn:
        asked.set()
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    before = {each: signal.signal(each, interrupt) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _fail(error: EditaiError) -> int:
    line = " ".join(f"{error.title}: {error}".split())
    sys.stderr.write(line.encode("utf-8", "backslashreplace").decode("utf-8") + "\n")
    return 1
