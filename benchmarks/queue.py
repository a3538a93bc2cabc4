"""What a full queue does: 200 small jobs of two stores, all once, turn by turn, and the page answers meanwhile.

    python -m benchmarks.queue [--jobs 200]

The app runs as its owner runs it, `python app.py`, and is asked over HTTP. The jobs are real: a video of 2 s and
360x640, one sentence that was spoken before, another picture in each, drawn square and in draft quality. Light requests
are the page itself, its stores and its caption styles, in turns, ten a second: first while nothing runs, then while the
queue does, then while nothing runs again.

Aims: every job done at its first try with one clip, whose picture was drawn for it; while both stores wait, neither
gets more than 10 % above its half of any stretch of 20 turns; 95 of 100 light requests take at most 4 times what they
take while nothing runs; nothing is left when the app has ended. The exit status is 1 where one is missed.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import imageio_ffmpeg
import psutil
from gradio_client import Client

from benchmarks.jobs_run import SCRIPT
from editai import jobs, library
from editai.bundled import SAMPLE_VIDEO
from editai.library import LOCAL_OWNER, Library
from editai.models import FINAL_STATES, Clip, Facts, Job, Profile
from editai.settings import Settings

STRETCH, UNFAIR, SLOWER = 20, 0.10, 4.0
SENTENCE = SCRIPT.split(".")[0] + "."
WARMING, IDLE_REQUESTS, PAUSE_SECONDS = 30, 150, 0.1
ROOT = Path(__file__).parents[1]


@dataclass
class App:
    """The running app: its address, and every process that it was seen to have."""

    process: subprocess.Popen[str]
    url: str
    family: set[psutil.Process] = field(default_factory=set)

    def look(self) -> None:
        """Note which processes it has now."""
        self.family.update(psutil.Process(self.process.pid).children(recursive=True))

    def left(self) -> int:
        """How many of them are there yet, and whether somebody still listens at its address."""
        where = urlsplit(self.url)
        with socket.socket() as probe:
            listens: bool = probe.connect_ex((str(where.hostname), where.port or 80)) == 0
        return len([one for one in self.family if one.is_running() and one.status() != "zombie"]) + listens


@contextmanager
def app(settings: Settings) -> Iterator[App]:
    """The app from its start to its end."""
    known = os.environ | {"EDITAI_HOME": str(settings.home), "EDITAI_PORT": "0", "CI": "1", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [sys.executable, "app.py"], cwd=ROOT, env=known, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            for line in process.stdout or ():
                if found := re.search(r"http://[\d.]+:\d+", line):
                    yield App(process, found.group())
                    break
            else:
                raise SystemExit("the app did not start")
        finally:
            process.send_signal(signal.SIGINT)


def light_requests(url: str) -> Iterator[float]:
    """The seconds that one light request after the other takes."""
    client = Client(url, verbose=False, httpx_kwargs={"timeout": 60})
    asking: tuple[Callable[[], object], ...] = (
        lambda: httpx.get(url, timeout=60).raise_for_status(),
        lambda: client.predict(api_name="/profiles"),
        lambda: client.predict(api_name="/caption_styles"),
    )
    for ask in cycle(asking):
        time.sleep(PAUSE_SECONDS)
        began = time.perf_counter()
        ask()
        yield time.perf_counter() - began


def submit(shelf: Library, stores: list[Profile], count: int, video: Path) -> None:
    """So many jobs, first all of one store and then all of the other; what they say was spoken before."""
    for store in stores:
        first = jobs.submit(
            shelf, store, [video], script=SENTENCE, facts=Facts(title="Box 0"), format="1:1", quality="draft",
            end_card=False,
        )  # fmt: skip
        for number in range(1, count // len(stores)):
            brief = first.brief.model_copy(update={"facts": Facts(title=f"Box {number}")})
            shelf.journal.insert(store, brief, project_id=first.project_id)


@dataclass(frozen=True)
class Ran:
    """What the queue did: its jobs and clips when it was through, and how many pictures were drawn for them."""

    seconds: float
    ended: list[Job]
    clips: list[Clip]
    pictures: int

    def not_once(self, count: int) -> int:
        """How many of `count` jobs were not done at their first try, with one clip and a picture of its own."""
        assert all(job.state in FINAL_STATES for job in self.ended)
        once = {job.id for job in self.ended if job.state == "done" and job.tries == 1}
        kept = [clip.job_id for clip in self.clips]
        good = sum(kept.count(job_id) == 1 for job_id in once)
        return max(count - good, count - self.pictures, len(kept) - count)


def run_queue(shelf: Library, stores: list[Profile], count: int, video: Path, meanwhile: Callable[[], object]) -> Ran:
    """Fill the queue, let it go, and do something again and again until it is empty."""
    shelf.journal.pause()
    submit(shelf, stores, count, video)
    began = time.monotonic()
    shelf.journal.resume()
    while sum(shelf.journal.counts().values()):
        meanwhile()
    return Ran(
        seconds=time.monotonic() - began,
        ended=[job for store in stores for job in shelf.journal.jobs(store.id)],
        clips=[clip for store in stores for clip in shelf.store.clips(store.id)],
        pictures=sum(1 for store in stores for _ in shelf.media.cache(store.id).glob("picture/*/result.json")),
    )


def most_unfair(done: list[Job], stores: list[Profile]) -> float:
    """By how much a store went above its half, in parts of that, in any stretch of turns while both were waiting."""
    turns = [job.profile_id for job in sorted(done, key=lambda job: job.started_at or "")]
    last = min(max(at for at, turn in enumerate(turns) if turn == store.id) for store in stores) + 1
    stretches = [turns[at : at + STRETCH] for at in range(max(1, last - STRETCH + 1))]
    half = len(stretches[0]) / len(stores)
    return max(stretch.count(store.id) / half - 1 for stretch in stretches for store in stores)


def p95(seconds: list[float]) -> float:
    """What 95 of 100 stay below."""
    return statistics.quantiles(seconds, n=20)[-1]


def main() -> int:
    """Measure, print, say what misses its aim."""
    parser = argparse.ArgumentParser(description="what a full queue does")
    parser.add_argument("--jobs", type=int, default=200, help="jobs in all, half of them of each store")
    count = parser.parse_args().jobs // 2 * 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the app is ended with it
    idle, busy = list[float](), list[float]()
    with tempfile.TemporaryDirectory() as name:
        settings, video = Settings(home=Path(name) / "home"), Path(name) / "small.mp4"
        crop = "crop=ih*9/16:ih,scale=360:640"
        cut = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-ss", "4", "-i", str(SAMPLE_VIDEO), "-t", "2"]
        subprocess.run([*cut, "-vf", crop, str(video)], check=True)
        with library.open(settings) as shelf:
            with app(settings) as running:
                stores = [shelf.store.default_profile(LOCAL_OWNER), shelf.store.create_profile(LOCAL_OWNER, "Other")]
                asking = light_requests(running.url)

                def meanwhile() -> None:
                    if len(busy) % 10 == 0:
                        running.look()
                    busy.append(next(asking))

                for _ in range(WARMING):
                    next(asking)
                idle += [next(asking) for _ in range(IDLE_REQUESTS)]
                ran = run_queue(shelf, stores, count, video, meanwhile)
                idle += [next(asking) for _ in range(IDLE_REQUESTS)]
            left = running.left() + sum(1 for _ in shelf.media.abandoned())
    print(f"{len(ran.ended)} jobs and {len(ran.clips)} clips in {ran.seconds:.0f} s, {ran.pictures} pictures drawn")
    print(
        f"95 of 100 light requests: {1000 * p95(idle):.0f} ms while nothing runs ({len(idle)}), "
        f"{1000 * p95(busy):.0f} ms meanwhile ({len(busy)})"
    )
    missed = False
    for what, value, aim in (
        ("jobs not done exactly once", ran.not_once(count), 0.0),
        (f"above its half in {STRETCH} turns", most_unfair(ran.ended, stores), UNFAIR),
        ("light requests, times idle", p95(busy) / p95(idle), SLOWER),
        ("processes, ports, files left", left, 0.0),
    ):
        missed |= value > aim
        print(f"{what:<34}{value:>9.2f}   aim {aim:g}: {'reached' if value <= aim else 'MISSED'}")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
