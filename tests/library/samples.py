"""A plan and a report as small as they may be."""

from __future__ import annotations

from editai.models import CaptionStyle, Crop, CropKey, File, Measurement, Plan, Report, Shot, Source

PICTURE_FILES = {"video": "picture.mp4", "poster": "still.jpg", "srt": "c.srt", "vtt": "c.vtt"}


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
