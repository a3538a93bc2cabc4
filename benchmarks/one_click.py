"""What one click costs: wall, CPU and memory per stage for a narration of 15 s, and the render against a bare encode.

    python -m benchmarks.one_click [--rounds 3]

CPU is user + system seconds of this process and everything it started; memory is the summed PSS of all of them, and
once more for the whole app (`python app.py`: the page's process, the worker, ffmpeg) while it makes the same clip. The
bare encode is x264 with the renderer's own settings, fed with the finished frames from raw video: the floor that no
renderer with this encoder can pass. Renders and bare encodes take turns, so that a noisy machine disturbs both; the
ratios are medians. Aims: at most 4 s of wall per second of clip on two quiet cores, 2.5 GB at peak, a render at most
2.2 times the bare encode.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import imageio_ffmpeg
from gradio_client import Client, handle_file

from benchmarks.usage import cpu_seconds, memory_mb
from editai import jobs, library
from editai.bundled import SAMPLE_VIDEO
from editai.models import Clip, Job
from editai.render import encodings
from editai.settings import Settings

SCRIPT = (
    "Meet the Alpina biscuit box. Inside are 24 butter biscuits, baked until they are golden and crisp. "
    "The printed box is worth keeping, long after the last one is gone. Bring one home today for just $12.90."
)
SECONDS_PER_SECOND, PEAK_MB, TIMES_BARE = 4.0, 2500.0, 2.2


@dataclass
class Usage:
    """What a stretch of work cost, up to now."""

    wall: float = 0.0
    cpu: float = 0.0
    peak_mb: float = 0.0


@dataclass
class Meter:
    """Samples the memory of this process and all that it started, and books time to the stage that runs."""

    stages: dict[str, Usage] = field(default_factory=dict)
    stage: str = "start"

    def sample(self) -> None:
        usage = self.stages.setdefault(self.stage, Usage())
        usage.peak_mb = max(usage.peak_mb, memory_mb())

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Sample every 0.2 s while the body runs."""
        done = threading.Event()

        def loop() -> None:
            while not done.wait(0.2):
                self.sample()

        thread = threading.Thread(target=loop, daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


def run(shelf: library.Library, settings: Settings, meter: Meter) -> tuple[Clip, Usage]:
    """One job, with its cost booked to its stages as its row names them."""
    profile = library.context(shelf.store, "local", None, None)
    began, cpu = time.monotonic(), cpu_seconds()
    job = jobs.submit(shelf, profile, [SAMPLE_VIDEO], script=SCRIPT, claimed_by="benchmark")
    worker = threading.Thread(target=jobs.run_job, args=(job.id, settings, "benchmark"))
    last_wall, last_cpu = began, cpu

    def book(stage: str) -> None:
        nonlocal last_wall, last_cpu
        now, used = time.monotonic(), cpu_seconds()
        usage = meter.stages.setdefault(meter.stage, Usage())
        usage.wall += now - last_wall
        usage.cpu += used - last_cpu
        last_wall, last_cpu, meter.stage = now, used, stage

    with meter.watch():
        worker.start()
        row: Job = job
        for row in jobs.follow(shelf, profile.id, job.id, poll_s=0.05):
            if row.progress is not None and row.progress.stage != meter.stage:
                book(row.progress.stage)
        worker.join()
        book("end")
    if row.state != "done" or row.clip_id is None:
        raise SystemExit(f"the job ended as {row.state}: {row.error}")
    total = Usage(time.monotonic() - began, cpu_seconds() - cpu, max(item.peak_mb for item in meter.stages.values()))
    return shelf.store.clip(profile.id, row.clip_id), total


def app_peak_mb(home: Path) -> float:
    """The peak of the whole app while somebody makes the clip through its API."""
    root = Path(__file__).resolve().parents[1]
    environment = os.environ | {"EDITAI_HOME": str(home), "EDITAI_PORT": "0", "PYTHONUNBUFFERED": "1", "CI": "true"}
    app = subprocess.Popen(
        [sys.executable, "app.py"], cwd=root, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert app.stdout is not None
        url = next(found.group() for line in app.stdout if (found := re.search(r"http://[\d.]+:\d+", line)))
        job = Client(url, verbose=False).submit(handle_file(str(SAMPLE_VIDEO)), script=SCRIPT, api_name="/produce")
        peak = 0.0
        while not job.done():
            peak = max(peak, memory_mb(app.pid))
            time.sleep(0.2)
        job.result()  # raises what went wrong
        return peak
    finally:
        app.send_signal(signal.SIGINT)
        app.wait(timeout=20)


def bare_encode(raw: Path, folder: Path) -> Usage:
    """Encode the raw frames with the renderer's own settings and nothing else."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y", "-i", str(raw)]
    began, cpu = time.monotonic(), cpu_seconds()
    subprocess.run([*command, *encodings.standard(), "-threads", "2", str(folder / "bare.mp4")], check=True)
    return Usage(time.monotonic() - began, cpu_seconds() - cpu)


def main() -> None:
    """Measure, print the table, say what misses its aim."""
    parser = argparse.ArgumentParser(description="what one click costs, per stage")
    parser.add_argument("--rounds", type=int, default=3, help="renders and bare encodes, taking turns")
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(home=folder / "home")
        shelf = library.open(settings)
        first = Meter()
        clip, total = run(shelf, settings, first)
        seconds = shelf.media.report(clip).measurement.duration_ms / 1000

        print(f"clip {seconds:.2f} s, {os.cpu_count()} cores\n\n{'stage':<12}{'wall s':>8}{'CPU s':>8}{'peak MB':>9}")
        for stage, usage in first.stages.items():
            print(f"{stage:<12}{usage.wall:>8.1f}{usage.cpu:>8.1f}{usage.peak_mb:>9.0f}")
        print(f"{'all':<12}{total.wall:>8.1f}{total.cpu:>8.1f}{total.peak_mb:>9.0f}\n")

        raw = folder / "finished.y4m"
        decode = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-i", str(clip.path(clip.video)), "-an"]
        subprocess.run([*decode, "-pix_fmt", "yuv420p", str(raw)], check=True)
        renders, bares = [first], [bare_encode(raw, folder)]
        for _ in range(rounds - 1):
            for stage in ("sound", "picture", "report"):
                shutil.rmtree(shelf.media.cache(clip.profile_id) / stage)
            renders.append(Meter())
            run(shelf, settings, renders[-1])
            bares.append(bare_encode(raw, folder))
        again = Meter()
        _, repeated = run(shelf, settings, again)
        app_peak = app_peak_mb(folder / "app")

    render = statistics.median(sum(meter.stages[name].cpu for name in ("sound", "picture")) for meter in renders)
    bare = statistics.median(usage.cpu for usage in bares)
    for what, value, aim in (
        ("wall per second of clip", total.wall / seconds, SECONDS_PER_SECOND),
        ("peak memory of one job, MB", total.peak_mb, PEAK_MB),
        ("peak memory of the whole app, MB", app_peak, PEAK_MB),
        ("render against bare encode, CPU", render / bare, TIMES_BARE),
    ):
        print(f"{what:<34}{value:>9.2f}   aim {aim:g}: {'reached' if value <= aim else 'MISSED'}")
    print(f"{'the same job again, s':<34}{repeated.wall:>9.2f}")


if __name__ == "__main__":
    main()
