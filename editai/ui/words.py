"""Facts in plain words, for people: lengths, sizes, dates, the report's sentences."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from editai.models import Job, Report, Voice
from editai.readable import count, human_bytes
from editai.script import LETTERS_PER_SECOND
from editai.script.language import NAMES
from editai.settings import Settings


def length(milliseconds: float) -> str:
    """ "21.4 seconds", or "1:05 minutes" from one minute on."""
    seconds = milliseconds / 1000
    if seconds < 60:
        return f"{seconds:.1f} seconds"
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d} minutes"


def left(seconds: int | None) -> str:
    """What is left of a job, as exactly as it can be known."""
    if seconds is None:
        return ""
    if seconds < 5:
        return "a few seconds left"
    if seconds < 60:
        return f"about {5 * math.ceil(seconds / 5)} seconds left"
    return f"about {math.ceil(seconds / 60)} {'minute' if seconds <= 60 else 'minutes'} left"


def when(moment: str) -> str:
    """A time of a row (UTC, ISO 8601) in this machine's own time: "22 Nov, 14:05"."""
    read = datetime.fromisoformat(moment)
    local = (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone()
    return f"{local.day} {local:%b}, {local:%H:%M}"


def ago(moment: str, now: datetime | None = None) -> str:
    """How long ago a time of a row (UTC, ISO 8601) is: "just now", "5 minutes ago", "yesterday", "3 months ago"."""
    read = datetime.fromisoformat(moment)
    seconds = ((now or datetime.now(UTC)) - (read if read.tzinfo else read.replace(tzinfo=UTC))).total_seconds()
    if seconds < 60:
        return "just now"
    for size, noun, below in ((60, "minute", 60), (3600, "hour", 24), (86_400, "day", 30), (2_629_800, "month", 12)):
        number = int(seconds // size)
        if number < below:
            return "yesterday" if (number, noun) == (1, "day") else f"{count(max(1, number), noun)} ago"
    return f"{count(max(1, int(seconds // 31_557_600)), 'year')} ago"


def waiting(job: Job) -> str:
    """Why a queued job does not begin."""
    return "Waiting, because the queue is paused" if job.paused else "Waiting for its turn"


def script_length(script: str) -> str:
    """How long a script will take to say, under the box in which it is typed."""
    count = len(script.strip())
    if not count:
        return "No script yet: one is written from the name and the facts."
    return f"{count} characters, about {math.ceil(count / LETTERS_PER_SECOND)} seconds when spoken."


def job_title(job: Job) -> str:
    """What a job is called in lists: the product, else how its script begins."""
    words = (job.brief.facts.title or job.brief.script).split()
    return " ".join(words[:8]) or "The video's own words"


def report_lines(report: Report) -> list[tuple[str, str]]:
    """The report as pairs of a short name and a plain sentence."""
    seen = report.measurement
    lines = [
        ("Length", f"{length(seen.duration_ms)}, {seen.width_px} × {seen.height_px} at {seen.fps:g} frames a second"),
        (
            "File",
            f"{human_bytes(seen.bytes)}, {codec(seen.video_codec)} {seen.video_profile} with {codec(seen.audio_codec)}",
        ),
    ]
    if seen.loudness_lufs is None:
        lines.append(("Sound", "There is nothing to hear in this clip."))
    else:
        peak = "" if seen.peak_dbtp is None else f", peaks at {seen.peak_dbtp:.1f} dBTP (at most -1)"
        lines.append(("Sound", f"{seen.loudness_lufs:.1f} LUFS (the target is -14){peak}"))
    burned = f" in {NAMES[report.burned_language]}" if report.burned_language else ""
    where = f"on the picture{burned} and in files" if report.captions_burned else "in files alone"
    lines.append(("Captions", f"{report.words} words, {where}"))
    if report.translations:
        named = ", ".join(NAMES[language] for language in report.translations)
        lines.append(("Translated", f"Into {named}, by the store's language model; read it before you post it"))
    lines.append(("Voice", voice_line(report)))
    origin = {
        "given": "yours",
        "template": "written from the name and the facts",
        "model": "written by the store's language model",
        "source": "what is said in the video",
    }
    lines.append(("Script", f"{origin[report.script_origin][0].upper()}{origin[report.script_origin][1:]}"))
    return lines


def codec(name: str) -> str:
    """ "h264" as people write it."""
    return {"h264": "H.264"}.get(name, name.upper())


def voice_line(report: Report) -> str:
    """Who speaks, and what the platforms want to know of it."""
    if report.voice == "source":
        return "The video's own sound"
    return f"{voice_name(report.voice)}. It is made by a computer: say so where a platform asks."


def voice_name(voice: str) -> str:
    """ "kokoro:af_heart" as people read it: "Heart (Kokoro)"."""
    read = Voice.parse(voice)
    return f"{read.name.rpartition('_')[2].capitalize()} ({read.engine.capitalize()})"


def limits(settings: Settings) -> str:
    """What a source video may be."""
    return f"Up to {settings.max_source_minutes:g} minutes and {settings.max_source_bytes / 1e9:g} GB a video."
