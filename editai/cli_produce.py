"""`python -m editai produce`: a job like those of the page, claimed at once and run in a thread of this process.

Where that process is killed, the same command goes on with the job, and so do the workers of an app that is started or
of a batch: whoever is there first.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
import uuid
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, get_args

import psutil
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from editai import bundled, library
from editai.cli_files import hand_out, out_folder
from editai.errors import Conflict, EditaiError, InvalidInput
from editai.library import Library
from editai.models import FINAL_STATES, Brief, Clip, Facts, Format, Job, Joint, Quality, SourceSound
from editai.settings import Settings

INTERRUPTED = 130
"""The usual exit status of a program that Ctrl-C ended."""
CANCEL_SECONDS = 5.0
LOOK_SECONDS = 0.2
SCRIPT_FILE_BYTES = 1_000_000

WISHES = (
    "caption_style", "captions_burned", "emphasise", "hook_card", "seed", "joint", "music", "without_music",
    "source_sound", "tighten", "price_badge", "end_card", "logo", "quality", "encoder", "platforms", "translate_to",
    "burned_language",
)  # fmt: skip
"""What of the command line goes into the brief as it is."""


def add(commands: Any, owner: str) -> None:
    """Add the command's arguments; `owner` is what `--owner` says of itself everywhere."""
    produce = commands.add_parser("produce", help="make a clip of one or more videos")
    what = produce.add_argument_group("what it is made of")
    what.add_argument("videos", nargs="*", type=Path, metavar="VIDEO")
    what.add_argument("--sample", action="store_true", help="use the video and the script that come along")
    script = what.add_mutually_exclusive_group()
    script.add_argument("--script", metavar="TEXT", help="what is said")
    script.add_argument("--script-file", type=Path, metavar="FILE", help="a UTF-8 text file with what is said")
    what.add_argument("--title", help="the product's name")
    what.add_argument("--point", action="append", dest="points", help="something true of the product; repeatable")
    what.add_argument("--price", help='as it is displayed, "$12.90"')
    what.add_argument("--url", help="the product's page; a script that is written for you ends with it")
    how = produce.add_argument_group("how it looks and sounds", "What is not said here is as the store has it.")
    how.add_argument("--voice", default="", metavar="ENGINE:NAME", help='"kokoro:af_heart"; see doctor for all')
    how.add_argument("--caption-style", metavar="NAME")
    how.add_argument(
        "--no-captions",
        dest="captions_burned",
        action="store_false",
        default=None,
        help="not in the picture, only as files",
    )
    how.add_argument(
        "--translate-to",
        action="append",
        metavar="LANG",
        help='captions in another language as well, "it", by the store\'s language model; repeatable',
    )
    how.add_argument(
        "--burn-language", dest="burned_language", metavar="LANG", help="the language of the captions in the picture"
    )
    how.add_argument(
        "--emphasise",
        action="append",
        metavar="PHRASE",
        help="stands out in the captions, as prices do by themselves; repeatable",
    )
    how.add_argument(
        "--format", choices=get_args(Format), action="append", dest="formats", help="width to height; repeatable"
    )
    how.add_argument("--variants", type=int, default=1, metavar="N", help="1 to 10 of each format")
    how.add_argument("--no-hook-card", dest="hook_card", action="store_false", default=None, help="no title card")
    how.add_argument("--joint", choices=get_args(Joint), help="how one shot follows another")
    how.add_argument("--music", type=Path, metavar="FILE", help="music that you may use")
    how.add_argument("--no-music", dest="without_music", action="store_true", help="not even from the store's folder")
    how.add_argument("--source-sound", choices=get_args(SourceSound), help="the videos' own sound")
    how.add_argument("--tighten", action="store_true", default=None, help="shorten long pauses of the speech")
    how.add_argument("--no-price-badge", dest="price_badge", action="store_false", default=None)
    how.add_argument("--no-end-card", dest="end_card", action="store_false", default=None)
    how.add_argument("--logo", action="store_true", default=None, help="show the store's logo")
    how.add_argument("--quality", choices=get_args(Quality))
    how.add_argument("--encoder", metavar="NAME", help='"x264", or one that doctor names')
    how.add_argument("--platform", action="append", dest="platforms", metavar="NAME", help="what it is for; repeatable")
    how.add_argument("--seed", type=int, help="another number, another variant")
    where = produce.add_argument_group("for whom and where to")
    where.add_argument("--profile", metavar="NAME", help="the store (without it, the default store)")
    where.add_argument("--owner", metavar="EMAIL", help=owner)
    where.add_argument(
        "--clean", action="store_true", help="also the clip without captions, clean.mp4, drawn afterwards"
    )
    where.add_argument("--out", type=Path, metavar="DIR", help="the folder (without it, a new one named by the title)")


def run(wanted: argparse.Namespace, settings: Settings, asked: threading.Event) -> int:
    """Run it until its clips are in their folders; Ctrl-C (`asked` to end) cancels what is not."""
    from editai import housekeeping, jobs, products  # the stages take a moment to import; `--help` does not wait

    sample = json.loads(bundled.SAMPLE_BRIEF.read_text("utf-8")) if wanted.sample else {}
    facts = Facts(
        title=wanted.title or sample.get("title", ""),
        points=tuple(wanted.points or sample.get("points", ())),
        price=wanted.price or sample.get("price", ""),
        url=wanted.url or "",
    )
    given = wanted.script if wanted.script is not None else sample.get("script", "")
    script = _script_of(wanted.script_file) if wanted.script_file else given
    shape, *more = wanted.formats or [None]
    with out_folder(wanted.out), library.open(settings) as shelf:
        housekeeping.clear_away(shelf)
        token = uuid.uuid4().hex
        profile = library.context(shelf.store, shelf.owners.meant(wanted.owner), wanted.profile)
        queued = jobs.submit_each(
            shelf,
            profile,
            [bundled.SAMPLE_VIDEO] if wanted.sample else wanted.videos,
            script=script,
            facts=facts,
            voice=products.voice(profile, wanted.voice),
            format=shape,
            more_formats=more,
            variants=wanted.variants,
            claimed_by=token,
            **{name: getattr(wanted, name) for name in WISHES},
        )
        try:
            for job in queued:
                clip = _made(shelf, job, settings, token, asked)
                out = _folder_of(job.brief, wanted.out, alone=len(queued) == 1)
                for path in hand_out(clip, out, _clean(shelf, clip) if wanted.clean else None):
                    sys.stdout.write(f"{path}\n")
        finally:
            for job in queued:  # after an error or Ctrl-C the others are not wanted either; what has ended stays
                shelf.journal.cancel(job.profile_id or "", job.id)
    return 0


def _made(shelf: Library, job: Job, settings: Settings, token: str, asked: threading.Event) -> Clip:
    """The clip of a job, which is run here; one that somebody else has taken is waited for."""
    job = _run(shelf, job, settings, token, asked)
    if job.error is not None:
        raise EditaiError.from_dict(job.error)
    if job.clip_id is None or job.profile_id is None:
        raise EditaiError("cancelled", "The job was cancelled.", "Run the command again to go on.")
    return shelf.store.clip(job.profile_id, job.clip_id)


def _clean(shelf: Library, clip: Clip) -> Path:
    """The clip's clean master. Ctrl-C ends its ffmpeg; the clip itself is there and stays."""
    from editai import masters
    from editai.models import finished

    sys.stderr.write("Drawing the clip without captions\n")
    with closing(masters.clean(shelf, clip)) as work:
        return finished(work)


def _folder_of(brief: Brief, out: Path | None, *, alone: bool) -> Path | None:
    """Where a clip's files go: of several each has a folder of its own inside of `out`, "9x16-0" by format and seed."""
    if out is None or alone:
        return out
    folder = out / f"{brief.format.replace(':', 'x')}-{brief.seed}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _script_of(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            data = stream.read(SCRIPT_FILE_BYTES + 1)  # a pipe has no size, and /dev/zero no end
        if len(data) > SCRIPT_FILE_BYTES:
            raise InvalidInput("script_too_long", f"{path} is far too long for a script.", "Give a shorter text.")
        return data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(
            "script_file_unreadable", f"{path} cannot be read as a UTF-8 text.", "Give the path of a text file."
        ) from error


# ── one job, run here ────────────────────────────────────────────────────────────────────────────────────────────


def _run(shelf: Library, job: Job, settings: Settings, token: str, asked: threading.Event) -> Job:
    """Run the job in a thread and show how far it is; Ctrl-C (`asked` to end) cancels it and ends its ffmpeg."""
    from editai import jobs

    raised: list[BaseException] = []
    ended = threading.Event()  # Thread.join() takes a thread for ended when Ctrl-C interrupts it (Python 3.11, 3.12)

    def work() -> None:
        try:
            while shelf.journal.whosever(job.id).state not in FINAL_STATES:
                if _is_ours(shelf, job, token):
                    jobs.run_job(job.id, settings, token)
                else:
                    time.sleep(LOOK_SECONDS)
        except BaseException as error:  # noqa: BLE001 it is raised again in the main thread
            raised.append(error)
        finally:
            ended.set()

    threading.Thread(target=work, name="job", daemon=True).start()
    try:
        with _Display() as display:
            while not ended.wait(LOOK_SECONDS):
                if asked.is_set():
                    raise KeyboardInterrupt
                display.show(shelf.journal.whosever(job.id))
            display.show(shelf.journal.whosever(job.id))
        if asked.is_set():  # dropped at the last look: a Ctrl-C that was sent in time is not answered with a clip
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        shelf.journal.cancel(job.profile_id or "", job.id)
        _wind_up(ended)
        raise
    if raised:
        raise raised[0]
    return shelf.journal.whosever(job.id)


def _is_ours(shelf: Library, job: Job, token: str) -> bool:
    """Whether the job is held under our token. One that is free is taken; whoever held it may have been killed."""
    shelf.journal.requeue_expired()
    with suppress(Conflict):
        shelf.journal.claim(job.id, token)
    return shelf.journal.held(job.id, token) is not None


def _wind_up(ended: threading.Event) -> None:
    """Give the cancelled work time to clean up; what cannot be interrupted ends with this process."""
    try:
        ended.wait(CANCEL_SECONDS)
    finally:
        if not ended.is_set():
            for child in psutil.Process().children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    child.kill()
            os._exit(INTERRUPTED)


class _Display:
    """A progress bar on a terminal; a line per stage elsewhere. Everything goes to stderr."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[left]}"),
            console=self._console,
            disable=not self._console.is_terminal,
            transient=True,
        )
        self._task = self._bar.add_task("Starting", total=100, left="")
        self._stage = ""
        self._said = 0

    def __enter__(self) -> _Display:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def show(self, job: Job) -> None:
        """How far the job is, and each degradation once."""
        if job.progress is None:
            return
        seconds = job.progress.seconds_left
        left = "" if seconds is None else f"about {seconds // 60}:{seconds % 60:02d} left"
        self._bar.update(self._task, completed=job.progress.percent, description=job.progress.message, left=left)
        if not self._console.is_terminal and job.progress.stage != self._stage:
            self._stage = job.progress.stage
            self._console.print(f"{job.progress.percent:3.0f} %  {job.progress.message}")
        for item in job.progress.degradations[self._said :]:
            self._console.print(f"note: {item.message}")
        self._said = len(job.progress.degradations)
