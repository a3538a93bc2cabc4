"""What a cluster does: clips per hour by one Dask worker and by two, and what it costs to move their media.

    python -m benchmarks.batch [--jobs 6] [--quick]

Everything is as its owner runs it, in processes of their own on this machine: a scheduler, workers
(`python -m editai worker`), each with an EDITAI_HOME of its own and watched for touching the app's, and moto's S3
(`tests/requirements.txt`), through which all media go. The jobs are real and small: each a video of its own, of 2 s and
360x640, and one sentence that was spoken before, drawn in draft quality. They run in four rounds, by one worker, by
two, by two and by one again, so that a noisy machine disturbs both; a worker that has just begun makes a clip first
that does not count.

Moved is what the app and the workers put into the bucket and got from there; the seconds are all that those who moved
waited for it, and their share is that of the time for which the jobs were under way. On two cores two workers can
gain little over one, whose ffmpeg uses both; what a bucket costs on the way to another place is not measured here.

The rows are appended to `benchmarks/results/batch.jsonl`. `--quick` is a rehearsal, and not kept: two jobs in a round.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg

from benchmarks.queue import SENTENCE
from benchmarks.render import Row, commit, machine, show
from editai import jobs, library
from editai.bundled import SAMPLE_VIDEO
from editai.cluster.carrier import Carrier
from editai.cluster.link import Link
from editai.library import LOCAL_OWNER, Library
from editai.library.depot import Depot
from editai.models import Facts, Job, Moved, Profile
from editai.settings import Settings
from tests.cluster.machines import Machine, Scheduler, answers, free_port
from tests.library.places import S3
from tests.processes import wait_for

RESULTS = Path(__file__).parent / "results" / "batch.jsonl"
ROUNDS = (1, 2, 2, 1)
"""How many workers there are, round by round."""
SECONDS, SAMPLE_S, APART_S = 2, 15.2, 0.37
"""How long a video is; it is cut out of the sample, which is so long, so far behind the one before."""


@dataclass(frozen=True)
class Round:
    """A round of clips: by how many workers, its wall seconds, those of each job, and what was moved."""

    workers: int
    wall: float
    jobs: tuple[float, ...]
    moved: Moved

    def figures(self) -> dict[str, object]:
        """What is kept of it."""
        each = [round(seconds, 1) for seconds in self.jobs]
        return {"workers": self.workers, "wall": round(self.wall, 1), "jobs": each, "moved": self.moved.model_dump()}


@contextmanager
def s3() -> Iterator[S3]:
    """moto's server in a process of its own."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(lambda: answers(port), 120, "moto's server")
            yield S3(f"http://127.0.0.1:{port}")
        finally:
            process.terminate()


class Batch:
    """The app's side: its store, its carrier, and small jobs that differ in nothing but their video."""

    def __init__(self, shelf: Library, link: Link, folder: Path) -> None:
        self._shelf, self._link = shelf, link
        self._carrier = Carrier(shelf.settings, link)
        self._store: Profile = shelf.store.default_profile(LOCAL_OWNER)
        self._video, self._number = folder / "small.mp4", 0

    def run(self, clips: int, workers: int) -> Round:
        """Have so many clips made by so many workers. Ends the benchmark where one of them fails."""
        wait_for(lambda: self._link.places() == workers, 120, f"{workers} workers")
        before, queued = self._carrier.moved, [self._submit() for _ in range(clips)]
        began = time.monotonic()
        with ThreadPoolExecutor(workers) as carrying:
            ended = list(carrying.map(self._carried, queued))
        seconds = time.monotonic() - began
        if failed := [job.error for job in ended if job.state != "done"]:
            raise SystemExit(f"a job failed: {failed[0]}")
        moved = self._carrier.moved
        since = {name: getattr(moved, name) - getattr(before, name) for name in Moved.model_fields}
        return Round(workers, seconds, tuple(map(_seconds, ended)), Moved(**since))

    def _carried(self, job: Job) -> Job:
        return self._carrier.run(job.id)

    def _submit(self) -> Job:
        self._number += 1
        start = self._number * APART_S % (SAMPLE_S - SECONDS)
        cut = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-ss", f"{start:.2f}", "-i", str(SAMPLE_VIDEO)]
        crop = ["-t", str(SECONDS), "-vf", "crop=ih*9/16:ih,scale=360:640"]
        subprocess.run([*cut, *crop, str(self._video)], check=True)
        facts = Facts(title="Box")
        return jobs.submit(
            self._shelf, self._store, [self._video], script=SENTENCE, facts=facts, quality="draft", hook_card=False,
            end_card=False, seed=0, batch="benchmark",
        )  # fmt: skip


def _seconds(job: Job) -> float:
    began, ended = (datetime.datetime.fromisoformat(each or "") for each in (job.started_at, job.finished_at))
    return (ended - began).total_seconds()


def measure(folder: Path, clips: int) -> list[Round]:
    """All rounds, one after the other."""
    scheduler = Scheduler()
    with s3() as server:
        os.environ.update(server.environment)
        media, home = server.new_bucket(), folder / "app"
        settings = Settings(home=home, media_url=media, cluster=scheduler.address, offline=True)
        scheduler.start()
        machines = [Machine(folder / name, scheduler.address, media, home) for name in ("one", "two")]
        found = []
        try:
            with library.open(settings) as shelf, Link(scheduler.address) as link:
                batch, running = Batch(shelf, link, folder), 0
                for workers in ROUNDS:
                    for begins in machines[running:workers]:
                        begins.start()
                        batch.run(max(2, workers), running := running + 1)
                    for ends in machines[workers:running]:
                        ends.stop()
                    running = workers
                    found.append(batch.run(clips, workers))
                    print(f"  {workers} of 2 workers: {clips} clips in {found[-1].wall:.1f} s", flush=True)
        finally:
            for each in machines:
                if each.process is not None and each.process.poll() is None:
                    each.stop()
            scheduler.kill()
        touched = [line for each in machines for line in each.touched()]
        left = Depot.open(media).place.files("profiles")
    if touched or left:
        raise SystemExit(f"a worker touched the app's folder, or something was left in the bucket: {touched} {left}")
    return found


def rows(found: Sequence[Round]) -> list[Row]:
    """The table."""
    one, two = ([each for each in found if each.workers == workers] for workers in (1, 2))
    hourly = [3600 * sum(len(each.jobs) for each in by) / sum(each.wall for each in by) for by in (one, two)]
    took = [seconds for each in found for seconds in each.jobs]
    clips, moved = len(took), sum((each.moved for each in found), Moved())
    return [
        Row("clips per hour, one worker", hourly[0]),
        Row("clips per hour, two workers", hourly[1]),
        Row("two workers against one", hourly[1] / hourly[0]),
        Row("sent to S3, MB per clip", moved.sent_bytes / clips / 1e6, note=f"{moved.sent_files / clips:.1f} files"),
        Row("got from S3, MB per clip", moved.got_bytes / clips / 1e6, note=f"{moved.got_files / clips:.1f} files"),
        Row("moving, seconds per clip", moved.ms / clips / 1000),
        Row("moving, share of the time of a job", moved.ms / 1000 / sum(took)),
    ]


def keep(told: Sequence[Row], found: Sequence[Round], started: str) -> None:
    """Append the run to the results."""
    kept = [{"what": row.what, "value": round(row.value, 3), "target": row.target, "met": row.met} for row in told]
    whole = {"date": started, "commit": commit(), "machine": machine(), "rows": kept}
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps({**whole, "rounds": [each.figures() for each in found]}, ensure_ascii=False) + "\n")


def main() -> None:
    """Measure, print the table, keep it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.batch", description="what a cluster does")
    parser.add_argument("--jobs", type=int, default=6, help="clips in a round")
    parser.add_argument("--quick", action="store_true", help="two clips in a round: a rehearsal")
    given = parser.parse_args()
    started = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    for each in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):  # whoever runs this may have their own
        os.environ[each] = os.devnull
    with tempfile.TemporaryDirectory() as name:
        found = measure(Path(name), 2 if given.quick else given.jobs)
    told = rows(found)
    show(told)
    if not given.quick:
        keep(told, found, started)


if __name__ == "__main__":
    main()
