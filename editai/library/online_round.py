"""One round of what belongs in the bucket: what the rows of the project say, and nothing else.

The bucket is listed before the rows are read: a file goes there when its clip's row is there, so one without a row is
one whose row was deleted. The rows of this computer may be behind, and are not asked.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from editai.errors import NotFound, TooLarge
from editai.library.media import Media, atomic
from editai.library.online import files_of
from editai.library.supabase import SupabaseStore
from editai.library.supabase_bucket import Bucket
from editai.library.supabase_session import Session
from editai.models import Clip, File, Profile


@dataclass(frozen=True)
class _Kept:
    """A file that is to be in the bucket: its path there, and where it lies here."""

    path: str
    here: Path
    file: File


def carry(session: Session, media: Media, stays: dict[str, str], ended: threading.Event | None = None) -> None:
    """Make the owner's part of the bucket what the rows of the project say, once; where it is so, this sends nothing.

    What the project does not take is added to `stays` and not tried again. Raises what `Bucket` and `SupabaseStore`
    raise; asked again it goes on.
    """
    store = SupabaseStore(session, media.placed)
    with closing(Bucket(session)) as bucket:
        there = {profile_id: _there(bucket, profile_id) for profile_id in bucket.folders()}
        profiles = {profile.id: profile for profile in store.profiles(session.user_id)}
        for gone in there.keys() - profiles.keys():
            bucket.remove(sorted(there[gone]))
        for profile in profiles.values():
            found = there.get(profile.id, set())
            if not found and not profile.kit.files_online:
                continue
            wanted = {kept.path: kept for kept in _wanted(profile, store.clips(profile.id), media)}
            bucket.remove(sorted(found - wanted.keys()))
            if profile.kit.files_online:
                _send(bucket, [kept for path, kept in wanted.items() if path not in found | stays.keys()], stays, ended)
                _fetch_brand(bucket, [kept for path, kept in wanted.items() if path in found and "/brand/" in path])


def _there(bucket: Bucket, profile_id: str) -> set[str]:
    """The paths of a store's files in the bucket."""
    rooms = (f"{profile_id}/clips", f"{profile_id}/brand")
    return {f"{room}/{name}" for room in rooms for name in bucket.files(room)}


def _send(bucket: Bucket, files: list[_Kept], stays: dict[str, str], ended: threading.Event | None) -> None:
    for kept in files:
        if ended is not None and ended.is_set():
            return
        if not kept.here.is_file():
            continue  # another computer has it, and sends it
        try:
            bucket.put(kept.path, kept.here, kept.file)
        except (TooLarge, NotFound) as error:
            stays[kept.path] = str(error)


def _fetch_brand(bucket: Bucket, files: list[_Kept]) -> None:
    """A kit's files are small, and the next clip needs them."""
    for kept in files:
        if not kept.here.exists():
            kept.here.parent.mkdir(parents=True, exist_ok=True)
            bucket.get(kept.path, kept.here, kept.file)


def _wanted(profile: Profile, clips: Sequence[Clip], media: Media) -> Iterator[_Kept]:
    for clip in clips:
        for file in files_of(clip):
            yield _Kept(_path(clip, file), media.placed(clip).path(file), file)
    kit = profile.kit
    for file in (*([kit.logo] if kit.logo else []), *(font.file for font in kit.fonts)):
        here = media.folder(profile.id) / "brand" / Path(file.name).name
        yield _Kept(f"{profile.id}/brand/{here.name}", here, file)


def _path(clip: Clip, file: File) -> str:
    """Where a file of a clip is in the bucket; the folder is flat, because each folder is asked for by itself."""
    return f"{clip.profile_id}/clips/{clip.id}.{file.sha256}{Path(file.name).suffix}"


def get_clip(bucket: Bucket, clip: Clip, missing: Sequence[File]) -> None:
    """Get these files of a clip to where they belong; a folder that is not there lands whole, or not at all.

    Raises what `Bucket.get` raises.
    """
    clip.folder.parent.mkdir(parents=True, exist_ok=True)
    if clip.folder.is_dir():
        _get(bucket, clip, missing, clip.folder)
        return
    with atomic(clip.folder.parent) as making:
        making.mkdir()
        _get(bucket, clip, missing, making)
        with suppress(OSError):  # somebody else has just got the same
            making.rename(clip.folder)


def _get(bucket: Bucket, clip: Clip, files: Sequence[File], into: Path) -> None:
    for file in files:
        bucket.get(_path(clip, file), into / Path(file.name).name, file)
