"""The store's own cloned voices: kept, named, deleted; the same for every engine that clones.

A clone lies in `<studio.folder>/<id>/` as `clone.json` and `sample.wav` (24 kHz, mono, 16 bit). It is there or it is
not: it lands by one rename, and what a process that is gone left half-made is swept away with the media's.
"""

from __future__ import annotations

import os
import re
import shutil
import unicodedata
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from editai.errors import Conflict, InvalidInput, NotFound, OutOfSpace, is_full
from editai.models import Clone, CloneConsent, File, Voice
from editai.stages import name_in_making
from editai.voices.base import CLONE_FILE, SAMPLE_FILE, Studio, clones_of
from editai.voices.sample import RATE, Sample, examine
from editai.voices.sound import write_wav

__all__ = ["Sample", "delete", "examine", "find", "keep", "rename", "stage_of"]

_ID = re.compile(r"[0-9a-f]{32}")
_LONGEST_NAME, _LONGEST_CONSENT = 50, 200


def keep(studio: Studio, path: Path, name: str, language: str, whose: str, said_by: str) -> Clone:
    """Keep the voice of a recording under a name; nothing of it is kept where anything is wrong.

    `whose` voice it is and who says that it may be used (`said_by`) are kept with it, and when that was said.
    Raises InvalidInput 422: `consent_missing`, `voice_name_invalid`, `language_unknown`, `sample_unusable` with a
    sentence for each thing that is wrong; Conflict 409 `voice_name_taken`; TooLarge 413 `sample_too_large`; OutOfSpace
    507 `disk_full`.
    """
    consent = _consent(whose, said_by)
    name = _valid(name)
    if not re.fullmatch("[a-z]{2}", language):
        raise InvalidInput(
            "language_unknown", "The language of the voice is not known.", 'Choose it, or give its code ("en").'
        )
    _require_free(studio, name)
    sample = examine(path)
    if sample.problems:
        raise InvalidInput(
            "sample_unusable",
            f"A voice cannot be cloned from this recording. {' '.join(sample.problems)}",
            "Six to thirty seconds of one person who speaks freely in a quiet room are best.",
        )
    with _landing(studio) as (making, clone_id):
        write_wav(making / SAMPLE_FILE, sample.sound, RATE)
        clone = Clone(
            id=clone_id,
            name=name,
            language=language,
            sample=File.of(making / SAMPLE_FILE),
            speech_ms=round(sample.speech_seconds * 1000),
            consent=consent,
            created_at=_now(),
        )
        (making / CLONE_FILE).write_text(clone.model_dump_json(indent=1), "utf-8")
        for file in (SAMPLE_FILE, CLONE_FILE):
            _to_disk(making / file)
        with _alone(studio):
            _require_free(studio, name)
            making.rename(studio.folder / clone_id)
    return clone


def find(studio: Studio, clone_id: str) -> Clone:
    """The clone of that id; 404 `voice_not_found` where this store has none."""
    for clone in clones_of(studio):
        if clone.id == clone_id:
            return clone
    raise NotFound(
        "voice_not_found", "This store has no such voice.", "It may have been deleted; open the voices again."
    )


def rename(studio: Studio, clone_id: str, name: str) -> Clone:
    """The clone under another name. Raises NotFound 404, and for the name what `keep` raises."""
    name = _valid(name)
    with _alone(studio), _or_out_of_space():
        clone = find(studio, clone_id).model_copy(update={"name": name})
        _require_free(studio, name, besides=clone_id)
        making = studio.folder / name_in_making()
        try:
            making.write_text(clone.model_dump_json(indent=1), "utf-8")
            _to_disk(making)
            making.replace(studio.folder / clone_id / CLONE_FILE)
        finally:
            making.unlink(missing_ok=True)
    return clone


def delete(studio: Studio, clone_id: str) -> None:
    """Remove a clone, and from the store's cache what it has spoken. Raises NotFound 404.

    The clips in which it speaks are the owner's to keep or delete.
    """
    with _alone(studio):
        find(studio, clone_id)
        for spoken in studio.cache.folder.glob(f"*-{clone_id}"):
            shutil.rmtree(spoken)
        going = studio.folder / name_in_making()
        (studio.folder / clone_id).rename(going)
        shutil.rmtree(going)


def stage_of(name: str, voice: Voice) -> str:
    """The stage in which the cache keeps what `voice` spoke: a clone has its own, so that it can go with it."""
    return f"{name}-{voice.name}" if _ID.fullmatch(voice.name) else name


def still_there(voice: Voice, studio: Studio) -> bool:
    """Whether `voice` may go on speaking: any that is no clone, and a clone that was not deleted."""
    return not _ID.fullmatch(voice.name) or (studio.folder / voice.name / CLONE_FILE).is_file()


def _consent(whose: str, said_by: str) -> CloneConsent:
    whose, said_by = (" ".join(text.split()) for text in (whose, said_by))
    if not whose or not said_by or max(len(whose), len(said_by)) > _LONGEST_CONSENT:
        raise InvalidInput(
            "consent_missing",
            "It is not said whose voice this is and who says that it may be used.",
            f"Give both names, each in at most {_LONGEST_CONSENT} characters.",
        )
    return CloneConsent(whose=whose, said_by=said_by, at=_now())


def _valid(name: str) -> str:
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not 1 <= len(name) <= _LONGEST_NAME or not name.isprintable():
        raise InvalidInput(
            "voice_name_invalid", f"A voice's name has 1 to {_LONGEST_NAME} characters.", "Choose another name."
        )
    return name


def _require_free(studio: Studio, name: str, besides: str = "") -> None:
    if any(clone.name.casefold() == name.casefold() for clone in clones_of(studio) if clone.id != besides):
        raise Conflict("voice_name_taken", f"There is a voice called {name!r} already.", "Choose another name.")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


# ── the folder ───────────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def _landing(studio: Studio) -> Iterator[tuple[Path, str]]:
    """A folder to fill and to rename to the id that comes with it; whatever is still there at the end is removed."""
    with _or_out_of_space():
        making = studio.folder / name_in_making()
        making.mkdir(parents=True)
        try:
            yield making, uuid.uuid4().hex
        finally:
            shutil.rmtree(making, ignore_errors=True)


@contextmanager
def _alone(studio: Studio) -> Iterator[None]:
    """No other process names a voice of this store meanwhile."""
    studio.folder.mkdir(parents=True, exist_ok=True)
    with FileLock(studio.folder / ".lock"):
        yield


@contextmanager
def _or_out_of_space() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if not is_full(error):
            raise
        raise OutOfSpace(
            "disk_full", "The disk is full; the voice was not kept.", "Free some space and try again."
        ) from error


def _to_disk(path: Path) -> None:
    """Else a power cut could leave an empty file under a lasting name."""
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())
