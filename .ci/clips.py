"""Make seven clips of seven different sources by the command line, and keep what can be looked at of each.

    python .ci/clips.py ARTIFACTS

Leaves in ARTIFACTS/clips for each: NAME.png (a contact sheet, two frames a second, over the waveform of its sound) and
NAME.json (its report). Fails where a report says that something is wrong.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg

ROOT = Path(__file__).resolve().parent.parent
BOX = ROOT / "editai" / "assets" / "sample" / "box.mp4"
BUNNY = ROOT / "tests" / "media" / "bigbuckbunny.mp4"
SPEECH = ROOT / "tests" / "media" / "en_counting.wav"
MORE = ROOT / "tests" / "media" / "en_quick_brown_fox.wav"
MUSIC = next((ROOT / "tests" / "media").glob("*.opus"))
FFMPEG = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y"]
X264 = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "18", "-pix_fmt", "yuv420p"]
SHOP = "Meet the Alpina biscuit box. Inside are 24 butter biscuits, in a printed box worth keeping. Bring one home."
TALE = "He wakes up in a meadow. He stretches, he yawns, and the day is his. Watch the whole tale tonight."


@dataclass(frozen=True)
class Wanted:
    """A clip: its name, how ffmpeg makes its sources ({} is the folder) and what the command line is told."""

    name: str
    sources: tuple[str, ...]
    making: tuple[tuple[str, ...], ...]
    told: tuple[str, ...]


CLIPS = (
    Wanted(
        "sample-zoom-badge",
        (str(BOX),),
        (),
        ("--script", SHOP, "--title", "Alpina Biscuit Box", "--price", "$12.90", "--joint", "zoom"),
    ),
    Wanted(
        "cartoon-5.1-fade-music",
        (str(BUNNY),),
        (),
        ("--script", TALE, "--title", "A Day in the Meadow", "--joint", "fade", "--music", str(MUSIC)),
    ),
    Wanted(
        "phone-upright-square-slide",
        ("{}/phone.mp4",),
        (("-i", str(BOX), "-vf", "transpose=2,scale=720:-2", *X264, "{}/stored.mp4"),
         ("-display_rotation", "-90", "-i", "{}/stored.mp4", "-c", "copy", "{}/phone.mp4")),
        ("--script", SHOP, "--format", "1:1", "--joint", "slide", "--caption-style", "clean"),
    ),
    Wanted(
        "4k-50fps-portrait",
        ("{}/large.mp4",),
        (("-i", str(BOX), "-t", "8", "-vf", "scale=3840:2880,crop=3840:2160,fps=50", *X264, "{}/large.mp4"),),
        ("--script", SHOP, "--format", "4:5", "--title", "Alpina", "--price", "$12.90"),
    ),
    Wanted(
        "photos-music",
        ("{}/a.jpg", "{}/b.jpg", "{}/c.jpg"),
        (("-ss", "4", "-i", str(BOX), "-frames:v", "1", "-vf", "scale=1600:-2", "{}/a.jpg"),
         ("-ss", "8", "-i", str(BOX), "-frames:v", "1", "-vf", "scale=1600:-2", "{}/b.jpg"),
         ("-ss", "12", "-i", str(BOX), "-frames:v", "1", "-vf", "scale=1600:-2", "{}/c.jpg")),
        ("--script", SHOP, "--title", "Alpina Biscuit Box", "--music", str(MUSIC), "--caption-style", "pop"),
    ),
    Wanted(
        "own-speech-wide-tight",
        ("{}/speech.mp4",),
        (("-i", str(BOX), "-i", str(SPEECH), "-i", str(MORE), "-filter_complex",
          "[1:a]apad=pad_dur=1.5[first];[first][2:a]concat=n=2:v=0:a=1,apad=pad_dur=1[said]",
          "-map", "0:v", "-map", "[said]", "-shortest", *X264, "{}/speech.mp4"),),
        ("--format", "16:9", "--tighten"),
    ),
    Wanted(
        "two-videos-and-a-photo",
        (str(BOX), str(BUNNY), "{}/photo.png"),
        (("-ss", "2", "-i", str(BUNNY), "-frames:v", "1", "{}/photo.png"),),
        ("--script", SHOP, "--title", "Alpina Biscuit Box", "--price", "$12.90", "--joint", "fade", "--seed", "3"),
    ),
)  # fmt: skip


def make(wanted: Wanted, home: Path, folder: Path) -> Path:
    """The folder with the clip's files."""
    folder.mkdir()
    for options in wanted.making:
        subprocess.run([*FFMPEG, *(part.replace("{}", str(folder)) for part in options)], check=True, timeout=120)
    sources = [source.replace("{}", str(folder)) for source in wanted.sources]
    command = [sys.executable, "-m", "editai", "produce", *sources, *wanted.told, "--out", str(folder / "clip")]
    subprocess.run(
        command,
        check=True,
        cwd=ROOT,
        env=os.environ | {"EDITAI_HOME": str(home)},
        timeout=400,
        stdout=subprocess.DEVNULL,
    )
    return folder / "clip"


def keep(made: Path, name: str, target: Path) -> bool:
    """The contact sheet with the waveform below it, and the report; whether nothing in it failed."""
    (video,) = made.glob("*.mp4")
    graph = (
        "[0:v]fps=2,scale=-2:300,tile=10x3:padding=6:color=white[sheet];"
        "[0:a]aformat=channel_layouts=mono,showwavespic=s=1800x220:colors=0x2f6f5e[wave];"
        "[sheet]scale=1800:-2[wide];[wide][wave]vstack"
    )
    command = [*FFMPEG, "-i", str(video), "-filter_complex", graph, "-frames:v", "1", str(target / f"{name}.png")]
    subprocess.run(command, check=True, timeout=120)
    (told,) = made.glob("*report.json")
    report = json.loads(told.read_text("utf-8"))
    (target / f"{name}.json").write_text(json.dumps(report, indent=1), "utf-8")
    for check in report["checks"]:
        if check["verdict"] != "pass":
            print(f"    {check['verdict']}: {check['message']}")
    for item in report["degradations"]:
        print(f"    note: {item['message']}")
    return all(check["verdict"] != "fail" for check in report["checks"])


def main(artifacts: Path) -> None:
    """All of them, in one data folder."""
    target = artifacts / "clips"
    target.mkdir(parents=True, exist_ok=True)
    bad = []
    with tempfile.TemporaryDirectory() as folder:
        for wanted in CLIPS:
            began = time.monotonic()
            made = make(wanted, Path(folder) / "home", Path(folder) / wanted.name)
            print(f"{time.monotonic() - began:6.1f} s  {wanted.name}", flush=True)
            if not keep(made, wanted.name, target):
                bad.append(wanted.name)
    if bad:
        raise SystemExit(f"something is wrong with: {', '.join(bad)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
