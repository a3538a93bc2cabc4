"""Where the time of a render goes: its graph with one thing more each time, up to the whole of it."""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.edit import Media, bare_encode, finished_frames, picture_of, plan_for, whole_edit
from benchmarks.usage import used
from editai import captions
from editai.models import FPS, Films, Mix, Plan, finished
from editai.render import ffmpeg, graph, picture

NOWHERE = ("-f", "null", "-")


def profile(media: Media, seconds: float, folder: Path, rounds: int) -> None:
    """Print the CPU seconds of each step and what it adds, for a 1080p and for a 4K source, and as parts of bare."""
    for name, source in media.sources.items():
        plan = plan_for(media, source, round(seconds * FPS), 4)
        made = whole_edit(plan, media.paths, folder / name)
        raw = finished_frames(plan, media.paths, made, folder / "exact")
        uncut, bald = (plan_for(media, source, plan.frames, 4, without=frozenset(each)) for each in (
            ("joints", "captions"), ("captions",)
        ))  # fmt: skip
        steps: dict[str, tuple[Any, ...]] = {
            "decode": (_decoded, plan, media.paths, folder),
            "+ crop, scale": (_drawn, uncut, media.paths, Films(), made.mix, folder),
            "+ joints": (_drawn, bald, media.paths, Films(), made.mix, folder),
            "+ captions": (_drawn, plan, media.paths, Films(), made.mix, folder),
            "+ inserts": (_drawn, plan, media.paths, made.films, made.mix, folder),
            "+ encode, stills": (picture_of, plan, media.paths, made.mix, made.films, folder / "again"),
            "+ sound, inserts drawn": (whole_edit, plan, media.paths, folder / "whole"),
            "bare encode": (bare_encode, raw, folder),
        }
        cost: dict[str, list[float]] = {step: [] for step in steps}
        for _ in range(rounds):
            for step, (work, *arguments) in steps.items():
                cost[step].append(used(work, *arguments).cpu)
        bare = statistics.median(cost["bare encode"])
        print(f"\n{seconds:g} s from {name:<14}{'CPU s':>8}{'more':>8}{'x bare':>8}")
        before = 0.0
        for step, found in cost.items():
            now = statistics.median(found)
            print(f"{step:<24}{now:>8.2f}{now - before if step != 'bare encode' else 0:>8.2f}{now / bare:>8.2f}")
            before = now
        raw.unlink()


def _decoded(plan: Plan, paths: Mapping[str, Path], folder: Path) -> None:
    """The inputs of all shots, each to nowhere."""
    cuts = graph.takes(plan)
    sources = graph.opened(plan, paths)
    outputs = [
        option for number, cut in enumerate(cuts)
        for option in ("-map", f"{number}:{sources[cut.source].source.stream}", *NOWHERE)
    ]  # fmt: skip
    finished(ffmpeg.run([*graph.inputs(plan, cuts, sources), *outputs], folder, limit_s=600))


def _drawn(plan: Plan, paths: Mapping[str, Path], films: Films, mix: Mix, folder: Path) -> None:
    """The finished frames to nowhere."""
    work = folder / "drawn"
    work.mkdir()
    picture._lay_out(captions.write(plan), work)
    (work / "sound.m4a").write_bytes(mix.path(mix.audio).read_bytes())
    cuts, sources = graph.takes(plan), graph.opened(plan, paths)
    shots = (graph.inputs(plan, cuts, sources), graph.joined(plan, cuts, sources))
    finished(ffmpeg.run([*picture._finishing(plan, films, *shots, work, 1), *NOWHERE], work, limit_s=600))
    shutil.rmtree(work)
