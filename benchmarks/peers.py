"""The same edit as other projects write it: MoviePy composes every frame, with a text clip for every word."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from moviepy import (
    AudioFileClip,
    ColorClip,
    CompositeAudioClip,
    CompositeVideoClip,
    ImageClip,
    TextClip,
    VideoFileClip,
    afx,
    concatenate_videoclips,
    vfx,
)

from editai import bundled
from editai.models import Insert, Plan, Shot

HOW: dict[str, Any] = {
    "codec": "libx264",
    "preset": "veryfast",
    "ffmpeg_params": ["-crf", "21", "-pix_fmt", "yuv420p"],
    "audio_codec": "aac",
    "threads": 2,
    "logger": None,
}


def peers_edit(plan: Plan, paths: Mapping[str, Path], target: Path) -> None:
    """The plan's shots, cross-faded, with its words, cards and logo, over voice and music, by `write_videofile`."""
    source = str(paths[plan.sources[0].file.sha256])
    shots = [_shot(plan, shot, source, _joint_s(plan, number + 1)) for number, shot in enumerate(plan.shots)]
    picture = shots[0]
    for number, shot in enumerate(shots[1:], 1):
        joint_s = _joint_s(plan, number)
        faded = shot.with_effects([vfx.CrossFadeIn(joint_s)]) if joint_s else shot
        picture = concatenate_videoclips([picture, faded], method="compose", padding=-joint_s)
    layers = [picture, *(_word(plan, word) for cue in plan.cues for word in cue.words)]
    for insert in plan.inserts:
        layers += _insert(plan, insert, paths)
    length = plan.frames / plan.fps
    whole = CompositeVideoClip(layers, size=(plan.width_px, plan.height_px)).with_duration(length)
    sounds = [picture.audio.with_effects([afx.MultiplyVolume(0.15)])]
    for track in plan.tracks:
        if track.file is not None:
            sound = AudioFileClip(str(paths[track.file.sha256]))
            loudness = 1.0 if track.role == "voice" else 0.15
            sounds.append(sound.subclipped(0, min(sound.duration, length)).with_effects([afx.MultiplyVolume(loudness)]))
    whole = whole.with_audio(CompositeAudioClip(sounds).with_duration(length))
    whole.write_videofile(str(target), fps=plan.fps, temp_audiofile=str(target.with_suffix(".m4a")), **HOW)
    whole.close()


def moviepy_alone(finished: Path, target: Path) -> None:
    """A finished clip read into numpy and written again: what MoviePy costs before anything is edited."""
    clip = VideoFileClip(str(finished))
    clip.write_videofile(str(target), temp_audiofile=str(target.with_suffix(".m4a")), **HOW)
    clip.close()


def _shot(plan: Plan, shot: Shot, source: str, beyond_s: float) -> VideoFileClip:
    start, crop = shot.source_in / plan.fps, shot.crops[0].crop
    clip = VideoFileClip(source).subclipped(start, start + shot.frames / plan.fps + beyond_s)
    framed = clip.cropped(x1=crop.x, y1=crop.y, width=crop.width, height=crop.height)
    return framed.resized((plan.width_px, plan.height_px))


def _joint_s(plan: Plan, number: int) -> float:
    joint = plan.shots[number].joint if number < len(plan.shots) else None
    return joint.frames / plan.fps if joint else 0.0


def _text(plan: Plan, text: str, size: int, colour: str, outline: float = 0.0) -> TextClip:
    font = str(bundled.FONTS / plan.style.font_file)
    return TextClip(
        font=font, text=text, font_size=size, color=colour, stroke_color=plan.style.outline_colour,
        stroke_width=round(outline), margin=(12, 24),
    )  # fmt: skip


def _word(plan: Plan, word: Any) -> TextClip:
    clip = _text(plan, word.text, plan.style.size_px, plan.style.highlight, plan.style.outline_px)
    begins, ends = word.start / plan.fps, word.end / plan.fps
    return clip.with_start(begins).with_end(ends).with_position(("center", plan.style.centre_y_px))


def _insert(plan: Plan, insert: Insert, paths: Mapping[str, Path]) -> list[Any]:
    times = (insert.start / plan.fps, insert.end / plan.fps)
    parts: list[tuple[Any, Any]]
    if insert.role == "logo" and insert.file is not None:
        parts = [(ImageClip(str(paths[insert.file.sha256])), (120, 300))]
    elif insert.role == "end_card":
        size = (plan.width_px, plan.height_px)
        parts = [(ColorClip(size, color=(255, 207, 51)), (0, 0)), (_text(plan, insert.text, 110, "black"), "center")]
    else:
        parts = [(_text(plan, insert.text, 84, "black"), ("center", 400))]
    return [clip.with_start(times[0]).with_end(times[1]).with_position(place) for clip, place in parts]
