"""`python app.py` as a newcomer starts it, and what can be looked at of it: its page, a clip of it, how it ends."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any

import imageio_ffmpeg
import psutil
from playwright.sync_api import Page, Request, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
BOX = ROOT / "editai" / "assets" / "sample" / "box.mp4"
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]


def start(home: Path) -> tuple[subprocess.Popen[str], str]:
    """The running app and its address, as it prints it."""
    environment = os.environ | {"EDITAI_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    app = subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert app.stdout is not None
    for line in app.stdout:
        print("app:", line.rstrip())
        if found := re.search(r"http://[\d.]+:\d+", line):
            threading.Thread(target=repeat, args=(app.stdout,), daemon=True).start()
            return app, found.group()
    raise SystemExit("the app ended before it said where it listens")


def repeat(said: IO[str]) -> None:
    """Print what the app goes on saying; a pipe that nobody reads would stop it when it is full."""
    for line in said:
        print("app:", line.rstrip())


def keep(clip: dict[str, Any], artifacts: Path) -> None:
    """Copy the clip's files and make a contact sheet; fails where it is not what a platform takes."""

    def path(item: Any) -> str:
        return str(item["path"] if isinstance(item, dict) else item)

    shutil.copyfile(path(clip["video"]), artifacts / "clip.mp4")
    shutil.copyfile(path(clip["poster"]), artifacts / "poster.jpg")
    report = json.loads(Path(path(clip["report"])).read_text("utf-8"))
    (artifacts / "report.json").write_text(json.dumps(report, indent=1), "utf-8")
    measured = report["measurement"]
    print(json.dumps(measured, indent=1))
    assert (measured["width_px"], measured["height_px"], measured["fps"]) == (1080, 1920, 30)
    assert abs(measured["loudness_lufs"] + 14) <= 0.5
    assert measured["peak_dbtp"] <= -1
    assert abs(measured["picture_end_ms"] - measured["sound_end_ms"]) <= 34
    sheet(artifacts / "clip.mp4", artifacts / "contact-sheet.png")


def sheet(clip: Path, target: Path) -> None:
    """A contact sheet of one frame a second."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-i", str(clip), "-frames:v", "1"]
    tiled = "fps=1,scale=216:384,tile=6x2:padding=6:color=white"
    subprocess.run([*command, "-vf", tiled, str(target)], check=True, timeout=120)


def tabs(url: str, artifacts: Path) -> None:
    """Screenshots of the three tabs, wide and phone-sized; fails where the page asks another machine for anything."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        for name, width, height, scheme in (("wide", 1280, 1000, "light"), ("phone", 390, 844, "dark")):
            page: Page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
            outside: list[str] = []

            def note(request: Request, outside: list[str] = outside) -> None:
                outside.append(request.url)

            page.on("request", note)
            page.goto(url)
            for tab in ("Profiles", "Publish", "Produce"):
                page.get_by_role("tab", name=tab).click()
                page.wait_for_timeout(2500)
                page.screenshot(path=artifacts / f"page-{tab.lower()}-{name}.png", full_page=True)
            strangers = [item for item in outside if not item.startswith((url, "data:", "blob:"))]
            if strangers:
                raise SystemExit(f"the page asks other machines: {strangers}")
            page.close()
        browser.close()


def end(app: subprocess.Popen[str]) -> None:
    """Press Ctrl-C; fails where a process is left behind."""
    family = psutil.Process(app.pid).children(recursive=True)
    app.send_signal(signal.SIGINT)
    app.wait(timeout=20)
    gone, alive = psutil.wait_procs(family, timeout=5)
    if alive:
        raise SystemExit(f"left behind after Ctrl-C: {alive}")
    print(f"Ctrl-C ended the app and its {len(gone)} processes")
