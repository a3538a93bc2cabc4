"""What a full queue does: 200 small jobs of two stores, all once, turn by turn, and the page answers meanwhile.

    python -m benchmarks.queue [--jobs 200]

The app runs as its owner runs it. The jobs are real: a video of 2 s and 360x640, one sentence that was spoken before,
another cut in each, drawn in draft quality. Aims: every job done once with one clip; while both stores wait, neither
gets more than 10 % above its half of any stretch of 20 turns; 95 of 100 light requests of the page (the page itself,
its stores, its caption styles, in turns) take at most 4 times what they take while nothing runs.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

import httpx
import imageio_ffmpeg
from gradio_client import Client

from benchmarks.jobs_run import SCRIPT
from editai import jobs, library
from editai.bundled import SAMPLE_VIDEO
from editai.library import LOCAL_OWNER, Library
from editai.models import FINAL_STATES, Facts, Job, Profile
from editai.settings import Settings

STRETCH, UNFAIR, SLOWER = 20, 0.10, 4.0
SENTENCE = SCRIPT.split(".")[0] + "."
IDLE_REQUESTS = 150
ROOT = Path(__file__).parents[1]


@contextmanager
def app(settings: Settings) -> Iterator[str]:
    """The running app; yields its address."""
    known = os.environ | {"EDITAI_HOME": str(settings.home), "EDITAI_PORT": "0", "CI": "1", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [sys.executable, "app.py"], cwd=ROOT, env=known, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            for line in process.stdout or ():
                if found := re.search(r"http://[\d.]+:\d+", line):
                    yield found.group()
                    break
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
        began = time.perf_counter()
        ask()
        yield time.perf_counter() - began


def submit(shelf: Library, stores: list[Profile], count: int, video: Path) -> None:
    """So many jobs, first all of one store and then all of the other; what they say was spoken before."""
    for store in stores:
        first = jobs.submit(
            shelf, store, [video], script=SENTENCE, facts=Facts(title="Box"), quality="draft", hook_card=False,
            end_card=False, seed=0,
        )  # fmt: skip
        for seed in range(1, count // len(stores)):
            shelf.journal.insert(store, first.brief.model_copy(update={"seed": seed}), project_id=first.project_id)


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


def main() -> None:
    """Measure, print, say what misses its aim."""
    parser = argparse.ArgumentParser(description="what a full queue does")
    parser.add_argument("--jobs", type=int, default=200, help="jobs in all, half of them of each store")
    count = parser.parse_args().jobs
    with tempfile.TemporaryDirectory() as name:
        settings = Settings(home=Path(name) / "home")
        video = Path(name) / "small.mp4"
        crop = "crop=ih*9/16:ih,scale=360:640"
        cut = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-ss", "4", "-i", str(SAMPLE_VIDEO), "-t", "2"]
        subprocess.run([*cut, "-vf", crop, str(video)], check=True)
        with library.open(settings) as shelf, app(settings) as url:
            stores = [shelf.store.default_profile(LOCAL_OWNER), shelf.store.create_profile(LOCAL_OWNER, "Other")]
            asking = light_requests(url)
            idle = [next(asking) for _ in range(IDLE_REQUESTS)]
            began, busy = time.monotonic(), list[float]()
            shelf.journal.pause()
            submit(shelf, stores, count, video)
            shelf.journal.resume()
            while sum(shelf.journal.counts().values()):
                busy.append(next(asking))
            seconds = time.monotonic() - began
            ended = [job for store in stores for job in shelf.journal.jobs(store.id)]
            clips = [clip for store in stores for clip in shelf.store.clips(store.id)]
    once = [job for job in ended if job.state == "done" and job.tries == 1]
    assert all(job.state in FINAL_STATES for job in ended)
    kept = {clip.job_id for clip in clips} == {job.id for job in once} and len(clips) == len(once)
    print(f"{len(ended)} jobs in {seconds:.0f} s: {len(once)} done at the first try, {len(clips)} clips")
    print(
        f"95 of 100 light requests: {1000 * p95(idle):.0f} ms while nothing runs, {1000 * p95(busy):.0f} ms meanwhile"
    )
    for what, value, aim in (
        ("jobs not done exactly once", float(count - len(once) if kept else count), 0.0),
        (f"above its half in {STRETCH} turns", most_unfair(ended, stores), UNFAIR),
        ("light requests, times idle", p95(busy) / p95(idle), SLOWER),
    ):
        print(f"{what:<34}{value:>9.2f}   aim {aim:g}: {'reached' if value <= aim else 'MISSED'}")


if __name__ == "__main__":
    main()
