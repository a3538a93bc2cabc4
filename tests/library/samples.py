"""Nouns as small as they may be, and a brand kit with nothing in it as it comes."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from editai.models import (
    Brief,
    CaptionStyle,
    Clip,
    Colours,
    Cost,
    Crop,
    CropKey,
    Facts,
    File,
    Measurement,
    Plan,
    Project,
    Report,
    Shot,
    Source,
    Subtitles,
    Voice,
)

OWNER, STRANGER = "owner-a", "owner-b"
FILE = File(name="x", sha256="ab" * 32, bytes=1)
A_KIT: dict[str, Any] = {
    "logo": FILE,
    "colours": Colours(text="#000001", highlight="#000002", background="#000003"),
    "font": "Anton",
    "caption_style": "calm",
    "emphasise": ("fait main",),
    "voice": Voice(engine="kokoro", name="ff_siwis", speed=1.25),
    "language": "fr",
    "music_folder": "/music",
    "call_to_action": "Goûtez-le",
    "hashtags": ("#thé", "#茶"),
    "time_zone": "Europe/Paris",
    "when_voice_fails": "default_voice",
}
"""Every field of a brand kit that has a choice, each other than it comes."""

PICTURE_FILES = {"video": "picture.mp4", "poster": "still.jpg"}

SUBTITLES = Subtitles(ass="an ASS file", srt="an SRT file", vtt="a VTT file", transcript="Hello there.\n")


def a_plan() -> Plan:
    source = Source(
        file=File(name="x", sha256="ab" * 32, bytes=1),
        stream=0,
        duration_ms=1000,
        width_px=1080,
        height_px=1920,
        rotation=0,
        fps=30,
        codec="h264",
        has_sound=False,
    )
    crop = Crop(x=0, y=0, width=1080, height=1920)
    style = CaptionStyle(
        name="bold",
        label="Bold",
        font="Anton",
        font_file="Anton_400Regular.ttf",
        size_px=90,
        colour="#FFFFFF",
        highlight="#FFD400",
        outline_colour="#000000",
        outline_px=6,
    )
    shot = Shot(source=0, source_in=0, frames=30, crops=(CropKey(frame=0, crop=crop),))
    return Plan(frames=30, sources=(source,), shots=(shot,), style=style)


def a_report(script: str) -> Report:
    measurement = Measurement(
        frames=30,
        duration_ms=1000,
        width_px=1080,
        height_px=1920,
        fps=30,
        video_codec="h264",
        video_profile="High",
        pixel_format="yuv420p",
        colour="bt709",
        longest_gop=30,
        audio_codec="aac",
        audio_rate_hz=48_000,
        audio_channels=2,
        picture_end_ms=1000,
        sound_end_ms=1000,
        loudness_lufs=-14.0,
        peak_dbtp=-1.0,
        faststart=True,
        edit_list=False,
        bytes=1,
        bit_rate_kbps=1,
    )
    return Report(
        measurement=measurement,
        script=script,
        script_origin="given",
        words=len(script.split()),
        voice="kokoro:af_heart",
        ai_voice=True,
    )


def a_brief(title: str = "Tea") -> Brief:
    return Brief(sources=(FILE,), facts=Facts(title=title))


def a_project(profile_id: str, title: str = "Tea", changed_on_day: int = 1) -> Project:
    return Project(
        id=uuid.uuid4().hex,
        profile_id=profile_id,
        title=title,
        brief=a_brief(title),
        created_at="2026-01-01T00:00:00.000000+00:00",
        updated_at=f"2026-01-0{changed_on_day}T00:00:00.000000+00:00",
    )


def a_clip(profile_id: str, created_at: str = "2026-01-01T00:00:00.000000+00:00", **fields: Any) -> Clip:
    files = dict.fromkeys(("video", "poster", "srt", "vtt", "plan", "report"), FILE)
    known = {"id": uuid.uuid4().hex, "job_id": uuid.uuid4().hex, "title": "A clip", **files}
    return Clip(profile_id=profile_id, created_at=created_at, **{**known, **fields})


def a_cost(profile_id: str | None, amount: int = 1, created_at: str = "2026-01-02T00:00:00.000000+00:00") -> Cost:
    return Cost(
        id=uuid.uuid4().hex,
        profile_id=profile_id,
        job_id=uuid.uuid4().hex,
        service="elevenlabs",
        operation="speak",
        units=100,
        amount=amount,
        state="reserved",
        created_at=created_at,
    )


def at_the_same_time(tasks: Sequence[Callable[[], object]]) -> None:
    """Run each in a thread of its own, all let go at one moment; raises what the first of them raised."""
    barrier = threading.Barrier(len(tasks))
    failed: list[BaseException] = []

    def run(task: Callable[[], object]) -> None:
        barrier.wait()
        try:
            task()
        except BaseException as error:  # noqa: BLE001 the test's own thread raises it
            failed.append(error)

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
