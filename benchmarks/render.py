"""What rendering costs against the bare encoder and against MoviePy: every row with its target, in one run.

    python -m benchmarks.render [--quick] [--rounds 3] [--profile] [--folder FOLDER]

CPU is user + system seconds of a process and everything that it started; memory is the peak of their summed PSS, read
ten times a second. Each case runs in a process of its own, and the cases take turns, round by round, so that a noisy
machine disturbs all of them; a ratio is the median of the rounds' ratios. Bare is x264 with the settings of the
standard quality, fed with the very frames that the renderer gave to its encoder, from raw video; the floor that no
renderer with this encoder can pass. After a job the frames are those of its clip, decoded.

The rows and what is run are appended to `benchmarks/results/render.jsonl` with a description of the machine. `--quick`
is a rehearsal, and not kept: clips of 3 s, in which all that is done once weighs more than it should. `--profile` says
where the time goes instead.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from benchmarks import edit, exact, jobs_run, peers, pieces
from benchmarks.usage import Usage, used
from editai.models import FPS
from editai.render import ffmpeg

RESULTS = Path(__file__).parent / "results" / "render.jsonl"
LONGER, MANY_SHOTS = 6, 50


@dataclass(frozen=True)
class Row:
    """A line of the table: what was measured, and the most it shall be (None: nothing was promised)."""

    what: str
    value: float
    target: float | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        return None if self.target is None else self.value <= self.target


@dataclass
class Bench:
    """The cases of all rounds, by name."""

    media: edit.Media
    seconds: float
    folder: Path
    rounds: dict[str, list[Usage]] = field(default_factory=lambda: defaultdict(list))

    def run(self, name: str, work: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """One turn of a case; what it returned."""
        usage = used(work, *arguments, **named)
        self.rounds[name].append(usage)
        print(f"  {name:<22}{usage.wall:>8.1f}{usage.cpu:>8.1f}{usage.peak_mb:>8.0f}", flush=True)
        return usage.result

    def ratio(self, over: str, under: str, by: Callable[[Usage], float] = lambda usage: usage.cpu) -> float:
        """The median of the rounds' ratios."""
        pairs = zip(self.rounds[over], self.rounds[under], strict=True)
        return statistics.median(by(a) / by(b) for a, b in pairs)

    def peak(self, name: str) -> float:
        return max(usage.peak_mb for usage in self.rounds[name])

    def turn(self, number: int) -> None:
        """Every case once."""
        print(f"round {number}{'':<17}{'wall s':>8}{'CPU s':>8}{'peak MB':>8}")
        media, frames = self.media, round(self.seconds * FPS)
        for name in edit.SIZES:
            plan = edit.plan_for(media, media.sources[name], frames, 4)
            made = self.run(f"edit {name}", edit.whole_edit, plan, media.paths, self.folder / name)
            with self._frames(edit.finished_frames, plan, media.paths, made, self.folder / "exact") as raw:
                self.run(f"bare {name}", edit.bare_encode, raw, self.folder)
            self.run(f"preview {name}", edit.preview_of, plan, media.paths, made, self.folder / name)
            self.run(f"decode {name}", edit.decode, media.path(name))
            self.run(f"key frames {name}", edit.decode_key_frames, media.path(name))
            self.run(f"look {name}", edit.look, media.path(name))
        plan = edit.plan_for(media, media.sources["hd"], frames, 4)
        self.run("moviepy edit", peers.peers_edit, plan, media.paths, self.folder / "peers.mp4")
        clip = next((self.folder / "hd" / "picture").glob("clip.mp4"))
        self.run("moviepy alone", peers.moviepy_alone, clip, self.folder / "alone.mp4")
        for name, length, shots in (("long", frames * LONGER, 4 * LONGER), ("many shots", frames * 3, MANY_SHOTS)):
            plan = edit.plan_for(media, media.sources["hd"], length, shots)
            self.run(name, edit.whole_edit, plan, media.paths, self.folder / "other")
        self._jobs(media.path("hd"))

    def _jobs(self, source: Path) -> None:
        """Whole jobs: three formats, then another look of the captions, then one with a preview."""
        wishes: dict[str, Any] = {"music": edit.MUSIC, "joint": "fade", "logo": False}
        homes = [self.folder / "home", self.folder / "home of a preview"]
        three = self.run("three formats", jobs_run.run_jobs, homes[0], [source], ("1:1", "16:9"), **wishes)
        [again] = self.run("captions again", jobs_run.run_jobs, homes[0], [], same_product=True, caption_style="clean")
        with self._frames(edit.frames_of, again.video, self.folder) as raw:
            self.run("bare of the job", edit.bare_encode, raw, self.folder)
        self.run("with a preview", jobs_run.run_jobs, homes[1], [source], preview=True, **wishes)
        unwanted = {*again.stages} - {"picture", "report", "inserts"}
        if unwanted:
            raise SystemExit(f"after an edit of the captions these stages ran again: {', '.join(sorted(unwanted))}")
        assert len(three) == 3
        for home in homes:
            shutil.rmtree(home)

    @contextmanager
    def _frames(self, make: Callable[..., Path], *arguments: Any) -> Iterator[Path]:
        path = make(*arguments)
        try:
            yield path
        finally:
            path.unlink()

    def rows(self) -> Iterator[Row]:
        """The table of what is to be reached."""
        yield Row("whole edit, 1080p source, against bare", self.ratio("edit hd", "bare hd"), 2.0, "first step 2.2")
        yield Row("whole edit, 4K source, against bare", self.ratio("edit uhd", "bare uhd"), 2.2)
        yield Row("against the same edit in MoviePy", self.ratio("edit hd", "moviepy edit"), 0.35)
        yield Row("MoviePy's edit, against bare", self.ratio("moviepy edit", "bare hd"))
        yield Row("MoviePy without an edit, against bare", self.ratio("moviepy alone", "bare hd"))
        jobs = self.rounds["three formats"]
        three = statistics.median(sum(job.cpu for job in usage.result) / usage.result[0].cpu for usage in jobs)
        yield Row("three formats in one run, against one", three, 2.5)
        again = self.rounds["captions again"]
        stages = "only " + " and ".join(sorted(again[0].result[0].stages)) + " ran"
        pairs = zip(again, self.rounds["bare of the job"], strict=True)
        yield Row(
            "again after a caption edit, against bare",
            statistics.median(usage.result[0].cpu / bare.cpu for usage, bare in pairs), 1.6, stages,
        )  # fmt: skip
        per_second = self.ratio("long", "edit hd") / LONGER
        yield Row(f"CPU per second, {LONGER * self.seconds:g} s against {self.seconds:g} s", per_second, 1.1)
        yield Row("peak memory, 4 shots of 1080p, GB", self.peak("edit hd") / 1000, 1.0)
        yield Row("peak memory, 4 shots of 4K, GB", self.peak("edit uhd") / 1000, 1.0)
        yield Row(f"peak memory, {MANY_SHOTS} shots, GB", self.peak("many shots") / 1000, 1.0)
        yield Row("peak memory of MoviePy, GB", self.peak("moviepy edit") / 1000)
        for name in edit.SIZES:
            yield Row(f"analysis against decoding once, {name}", self.ratio(f"look {name}", f"decode {name}"), 1.2)
            coarse = self.ratio(f"key frames {name}", f"decode {name}")
            yield Row(f"key frames alone, {name}", coarse, 0.15, "what a coarse pass would cost")
        seen = [usage.result[0] for usage in self.rounds["with a preview"]]
        small = statistics.median(job.stages["preview"] / job.cpu for job in seen)
        yield Row("preview against the whole job, CPU", small, 0.25)
        until = statistics.median(job.preview_s / job.wall for job in seen)
        yield Row(
            "until the preview is there, against the job, wall", until, None, "voice, analysis and sound before it"
        )


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    name = platform.processor()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        name = names[0] if names else name
    return {
        "cpu": name,
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "ffmpeg": ffmpeg.version(),
        "load": [round(load, 1) for load in psutil.getloadavg()],
    }


def commit() -> str:
    """The commit that was measured, with a + where something is not committed."""
    git = ["git", "-C", str(edit.REPOSITORY)]
    try:
        name = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True)
        changed = subprocess.run([*git, "status", "--porcelain"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return name.stdout.strip() + ("+" if changed.stdout else "")


def show(rows: list[Row]) -> None:
    """Print the table."""
    print(f"\n{'':<52}{'':>8}  target")
    for row in rows:
        aim = "" if row.target is None else f"{row.target:g}: {'met' if row.met else 'MISSED'}"
        print(f"{row.what:<52}{row.value:>8.2f}  {aim:<14}{row.note}")


def keep(rows: list[Row], bench: Bench, started: str) -> None:
    """Append the run to the results."""
    cases = {name: [each.figures() for each in found] for name, found in bench.rounds.items()}
    told = {
        "date": started,
        "commit": commit(),
        "machine": machine(),
        "seconds": bench.seconds,
        "rows": [
            {"what": row.what, "value": round(row.value, 3), "target": row.target, "met": row.met} for row in rows
        ],
        "cases": cases,
    }
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(told, ensure_ascii=False) + "\n")


def main() -> int:
    """Measure, print the table, keep it; 1 where a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.render", description="what rendering costs")
    parser.add_argument("--quick", action="store_true", help="clips of 3 s, one round: a rehearsal")
    parser.add_argument("--rounds", type=int, default=0, help="3, or with --quick 1")
    parser.add_argument("--profile", action="store_true", help="where the time goes, and nothing else")
    parser.add_argument("--folder", type=Path, help="to work in, and to keep the sources for the next time")
    given = parser.parse_args()
    seconds, rounds = (3.0, given.rounds or 1) if given.quick else (10.0, given.rounds or 3)
    started = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    if given.folder:
        given.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        media = edit.make_media(given.folder or Path(name) / "media", seconds + 5)
        if given.profile:
            pieces.profile(media, seconds, Path(name), rounds)
            return 0
        bench = Bench(media, seconds, Path(name))
        for number in range(1, rounds + 1):
            bench.turn(number)
        rows = [*bench.rows(), *(Row(*told) for told in exact.rows(media, Path(name), given.quick))]
    show(rows)
    if not given.quick:
        keep(rows, bench, started)
    return int(any(row.met is False for row in rows))


if __name__ == "__main__":
    sys.exit(main())
