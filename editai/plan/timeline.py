"""The plan as an OpenTimelineIO timeline, so that a human editor can go on in their own tool.

One picture track with the shots, their speeds and joints, and a sound track for each track of the plan. The media are
linked where they lie on this computer. What OpenTimelineIO has no word for (crops, captions, inserts, gains) is in the
metadata under "editai", and the captions are markers too.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from editai.models import Plan, Shot, Track

NAME = "editai"
"""What our metadata stand under."""


def timeline(plan: Plan, files: Mapping[str, Path], title: str = "") -> str:
    """The timeline as the text of an .otio file; `files` finds sources, voice and music by their sha256.

    A shot's range counts frames of the clip's rate from the source's beginning, whatever rate the source has.
    """
    import opentimelineio as otio

    whole = otio.schema.Timeline(name=title or "EditAI clip", global_start_time=_time(otio, 0, plan))
    whole.metadata[NAME] = {
        "width_px": plan.width_px,
        "height_px": plan.height_px,
        "inserts": [insert.model_dump(mode="json") for insert in plan.inserts],
        "poster_frame": plan.poster_frame,
    }
    whole.tracks.append(_picture(otio, plan, files))
    for track in plan.tracks:
        whole.tracks.append(_sound(otio, plan, track, files))
    return str(whole.to_json_string())


def _picture(otio: Any, plan: Plan, files: Mapping[str, Path]) -> Any:
    track = otio.schema.Track(name="Picture", kind=otio.schema.TrackKind.Video)
    for number, shot in enumerate(plan.shots):
        if shot.joint and number:
            track.append(
                otio.schema.Transition(
                    name=shot.joint.kind,
                    transition_type=otio.schema.TransitionTypes.SMPTE_Dissolve
                    if shot.joint.kind == "fade"
                    else otio.schema.TransitionTypes.Custom,
                    in_offset=_time(otio, 0, plan),
                    out_offset=_time(otio, shot.joint.frames, plan),
                )
            )
        clip = _clip(otio, plan, shot, files, f"Shot {number + 1}")
        clip.metadata[NAME] = {
            "crops": [key.model_dump(mode="json") for key in shot.crops],
            "on_blur": shot.on_blur,
        }
        track.append(clip)
    for cue in plan.cues:
        marker = otio.schema.Marker(
            name=cue.text.replace("\n", " "), marked_range=_range(otio, cue.start, cue.end, plan)
        )
        marker.metadata[NAME] = cue.model_dump(mode="json")
        track.markers.append(marker)
    return track


def _sound(otio: Any, plan: Plan, sound: Track, files: Mapping[str, Path]) -> Any:
    track = otio.schema.Track(name=sound.role.capitalize(), kind=otio.schema.TrackKind.Audio)
    track.metadata[NAME] = sound.model_dump(mode="json", exclude={"file"})
    if sound.role == "source":
        for number, shot in enumerate(plan.shots):
            track.append(
                _clip(otio, plan, shot, files, f"Sound of shot {number + 1}")
                if plan.sources[shot.source].has_sound
                else otio.schema.Gap(duration=_time(otio, shot.frames, plan))
            )
    elif sound.file is not None:
        if sound.start:
            track.append(otio.schema.Gap(duration=_time(otio, sound.start, plan)))
        begin = Fraction(sound.file_in_ms * plan.fps, 1000)
        piece = otio.schema.Clip(
            name=sound.role.capitalize(),
            media_reference=_media(otio, files[sound.file.sha256]),
            source_range=otio.opentime.TimeRange(
                _time(otio, float(begin), plan), _time(otio, plan.frames - sound.start, plan)
            ),
        )
        track.append(piece)
    return track


def _clip(otio: Any, plan: Plan, shot: Shot, files: Mapping[str, Path], name: str) -> Any:
    """A shot; one that is slowed has the length that it has in the clip, and says by how much in a time warp."""
    source = plan.sources[shot.source]
    known = otio.opentime.TimeRange(_time(otio, 0, plan), _time(otio, source.duration_ms * plan.fps / 1000, plan))
    clip = otio.schema.Clip(
        name=name,
        media_reference=_media(otio, files[source.file.sha256], None if source.still else known),
        source_range=_range(otio, shot.source_in, shot.source_in + shot.frames, plan),
    )
    if source.still:
        clip.effects.append(otio.schema.FreezeFrame())
    elif shot.speed != 1:
        clip.effects.append(otio.schema.LinearTimeWarp(time_scalar=shot.speed))
    return clip


def _media(otio: Any, path: Path, known: Any = None) -> Any:
    return otio.schema.ExternalReference(target_url=path.resolve().as_uri(), available_range=known)


def _time(otio: Any, frames: float, plan: Plan) -> Any:
    return otio.opentime.RationalTime(frames, plan.fps)


def _range(otio: Any, start: int, end: int, plan: Plan) -> Any:
    return otio.opentime.TimeRange(_time(otio, start, plan), _time(otio, end - start, plan))
