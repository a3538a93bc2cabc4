"""A finished clip, for the page and for scripts: its files behind addresses that nobody can guess, and its report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from editai import timelines
from editai.errors import NotFound
from editai.library.store import clip_file_missing
from editai.models import Clip, TranslatedFiles
from editai.readable import human_bytes, safe_name
from editai.script.language import NAMES
from editai.ui import looks, words
from editai.ui.context import Desk
from editai.ui.files import address, show

FILES = {
    "video": ("Video", ".mp4"),
    "poster": ("Poster", ".jpg"),
    "srt": ("Captions SRT", ".srt"),
    "vtt": ("Captions VTT", ".vtt"),
    "ass": ("Captions ASS", ".ass"),
    "transcript": ("Transcript", ".txt"),
    "plan": ("Plan", "-plan.json"),
    "report": ("Report", "-report.json"),
}
"""What a clip gives to download: the field of `Clip`, its label and the end of its file name."""


TRANSLATED = ("srt", "vtt", "transcript")
"""Those of them that there are in each language into which its captions were translated."""

TIMELINE = ("For editors (OTIO)", ".otio")
"""The same of the timeline, which is written when it is asked for: it links to where the media lie now."""


def _timeline(desk: Desk, clip: Clip) -> Path | None:
    """The clip's timeline; None where a video of it is no longer there."""
    try:
        return timelines.write(desk.library, clip)
    except NotFound:
        return None


def find(desk: Desk, profile_id: str, clip_id: str) -> Clip:
    """A clip of this profile with its files. Raises like `Library.opened`."""
    return desk.library.opened(profile_id, clip_id)


def newest(desk: Desk, profile_id: str) -> list[Clip]:
    """The profile's clips with their folders, newest first."""
    return [desk.library.media.placed(clip) for clip in desk.library.store.clips(profile_id)]


def made_elsewhere(desk: Desk, profile_id: str) -> int:
    """How many clips the store has that were made on another computer and have not been opened on this one."""
    here = desk.library.media.clip_ids(profile_id)
    return sum(clip.id not in here for clip in desk.library.store.clips(profile_id))


def shown(desk: Desk, clip: Clip, field: str) -> str:
    """One file of the clip under a name that people recognise. Raises NotFound 404 `clip_file_missing`."""
    return _served(desk, clip, clip.path(getattr(clip, field)), _name(clip, field))


def shown_translation(desk: Desk, clip: Clip, files: TranslatedFiles) -> dict[str, str]:
    """The files of a translation by their fields, as `shown` gives one of the clip."""
    named = f"{safe_name(clip.title)}-{files.language}"
    return {
        field: _served(desk, clip, clip.path(getattr(files, field)), named + FILES[field][1]) for field in TRANSLATED
    }


def shown_master(desk: Desk, clip: Clip, path: Path) -> str:
    """The clip's clean master under a name that people recognise. Raises NotFound 404 `clip_file_missing`."""
    return _served(desk, clip, path, master_name(clip))


def _served(desk: Desk, clip: Clip, path: Path, name: str) -> str:
    mine = desk.library.media.contains(clip.profile_id, path)
    shown_as = show(desk.settings, path, name) if mine else None
    if shown_as is None:
        raise clip_file_missing()
    return shown_as


def master_name(clip: Clip) -> str:
    """What the clip's clean master is called when it is taken along."""
    return f"{safe_name(clip.title)}-clean.mp4"


def named(clip: Clip, field: str) -> tuple[str, str]:
    """What one file of the clip is called when it is taken along, and how large it is."""
    return _name(clip, field), human_bytes(getattr(clip, field).bytes)


def card(desk: Desk, clip: Clip, acts: str = "") -> str:
    """The clip as HTML: player, downloads, report in plain words; `acts` are buttons, as HTML."""
    files = []
    for field in _kept(clip):
        name, size = named(clip, field)
        files.append((FILES[field][0], size, address(shown(desk, clip, field)), name))
    for each in clip.translations:
        for field, path in shown_translation(desk, clip, each).items():
            label, size = f"{FILES[field][0]}, {NAMES[each.language]}", human_bytes(getattr(each, field).bytes)
            files.append((label, size, address(path), Path(path).name))
    if edited := _timeline(desk, clip):
        size = human_bytes(edited.stat().st_size)
        name = safe_name(clip.title) + TIMELINE[1]
        files.append((TIMELINE[0], size, address(show(desk.settings, edited, name)), name))
    made = f"Made {words.when(clip.created_at)}"
    return looks.clip(clip.title, made, files, desk.library.media.report(clip), acts)


def as_data(desk: Desk, clip: Clip) -> dict[str, Any]:
    """The clip for a script: its files, which `gradio_client` downloads, and the report's figures."""
    measured = desk.library.media.report(clip)
    return {
        **summary(clip),
        **dict.fromkeys(FILES),
        **{field: gr.FileData(path=shown(desk, clip, field)).model_dump() for field in _kept(clip)},
        "translations": [
            {"language": each.language}
            | {
                field: gr.FileData(path=path).model_dump()
                for field, path in shown_translation(desk, clip, each).items()
            }
            for each in clip.translations
        ],
        "timeline": gr.FileData(path=show(desk.settings, edited, safe_name(clip.title) + TIMELINE[1])).model_dump()
        if (edited := _timeline(desk, clip))
        else None,
        "verdict": measured.verdict,
        "checks": [check.model_dump() for check in measured.checks],
        "figures": measured.measurement.model_dump(mode="json"),
        "script": measured.script,
        "voice": measured.voice,
        "degradations": [item.model_dump() for item in measured.degradations],
    }


def summary(clip: Clip) -> dict[str, Any]:
    """The clip in a list."""
    return {
        "id": clip.id,
        "title": clip.title,
        "created_at": clip.created_at,
        "job": clip.job_id,
        "bytes": clip.video.bytes,
    }


def _kept(clip: Clip) -> list[str]:
    """The fields of `FILES` that this clip has: one of an older EditAI has fewer."""
    return [field for field in FILES if getattr(clip, field) is not None]


def _name(clip: Clip, field: str) -> str:
    return safe_name(clip.title) + FILES[field][1]
