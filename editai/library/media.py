"""Media: each profile's files in a folder of its own.

`profiles/<id>/{sources,cache,clips,proxies,brand,pictures,voices,results}/`

A source is kept by its content as `sources/<sha256>`, so an owner's file name never enters the pipeline and the same
video is kept once; a logo likewise as `brand/<sha256>.png`, a font as `brand/<sha256>.ttf`. A clip is kept as
`clips/<id>/` with fixed names. All land by one rename: they are there or not.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from editai.errors import EditaiError, NotFound, OutOfSpace, is_full
from editai.library.database import now
from editai.library.store import clip_file_missing, clip_not_found, profile_not_found
from editai.models import BrandKit, Brief, Clip, File, Picture, Plan, Report, Subtitles, TranslatedFiles, UploadedFont
from editai.readable import human_bytes, title
from editai.stages import StageCache, is_abandoned, name_in_making

BLOCK = 1 << 20
ID = re.compile(r"[0-9a-f]{32}")
SHA256 = re.compile(r"[0-9a-f]{64}")
ROOMS = ("sources", "clips", "proxies", "brand", "pictures", "voices", "results")
"""The folders of a profile in which files are made under another name first; the cache looks after itself."""
CLIP_FILES = {
    "video": "clip.mp4",
    "poster": "poster.jpg",
    "srt": "captions.srt",
    "vtt": "captions.vtt",
    "ass": "captions.ass",
    "transcript": "transcript.txt",
    "plan": "plan.json",
    "report": "report.json",
}
"""The files of a clip by the field of `Clip` that names them."""
TRANSLATED_FILES = {"srt": "captions.{}.srt", "vtt": "captions.{}.vtt", "transcript": "transcript.{}.txt"}
"""Those of each of its translations, by the field of `TranslatedFiles` and with the language in their names."""


@dataclass(frozen=True)
class Media:
    """The files below the data folder `home`. Profile and clip ids that are none are NotFound 404."""

    home: Path

    def folder(self, profile_id: str) -> Path:
        """Everything that belongs to one profile; two profiles share no file."""
        if not ID.fullmatch(profile_id):
            raise profile_not_found()
        return self.home / "profiles" / profile_id

    def cache(self, profile_id: str) -> Path:
        """The folder of the profile's `StageCache`."""
        return self.folder(profile_id) / "cache"

    def proxies(self, profile_id: str) -> Path:
        """The folder of small copies for the browser."""
        return self.folder(profile_id) / "proxies"

    def pictures(self, profile_id: str) -> Path:
        """The folder of small copies of the pictures of the profile's channels."""
        return self.folder(profile_id) / "pictures"

    def keep_results(self, profile_id: str, table: bytes) -> Path:
        """Keep what became of the profile's last batch, as a table to take along, in the place of an earlier one."""
        home = self.folder(profile_id) / "results"
        with self.or_out_of_space():
            home.mkdir(parents=True, exist_ok=True)
            with atomic(home) as making:
                making.write_bytes(table)
                return making.replace(home / "batch.csv")

    def voices(self, profile_id: str) -> Path:
        """The folder of the profile's own voices: its clones, and the lists of voices that were fetched."""
        return self.folder(profile_id) / "voices"

    def clip_folder(self, profile_id: str, clip_id: str) -> Path:
        """Where the files of a clip lie."""
        if not ID.fullmatch(clip_id):
            raise clip_not_found()
        return self.folder(profile_id) / "clips" / clip_id

    def clip_ids(self, profile_id: str) -> set[str]:
        """The clips of the profile of which there are files."""
        home = self.folder(profile_id) / "clips"
        return {path.name for path in home.iterdir() if ID.fullmatch(path.name)} if home.is_dir() else set()

    def placed(self, clip: Clip) -> Clip:
        """The clip with its folder, so that `clip.path(clip.video)` is where the file lies."""
        return clip.model_copy(update={"folder": self.clip_folder(clip.profile_id, clip.id)})

    def report(self, clip: Clip) -> Report:
        """What was measured on the clip. Raises NotFound 404 `clip_file_missing` where that file is gone,
        EditaiError 500 `clip_report_unreadable` where it is damaged."""
        clip = self.placed(clip)
        try:
            return Report.model_validate_json(clip.path(clip.report).read_text("utf-8"))
        except FileNotFoundError as error:
            raise clip_file_missing() from error
        except ValidationError as error:
            raise EditaiError(
                "clip_report_unreadable", "The report of this clip cannot be read.", "Produce the clip again."
            ) from error

    def plan(self, clip: Clip) -> Plan:
        """The clip's plan. Raises NotFound 404 `clip_file_missing` where it is gone, or of an older EditAI."""
        clip = self.placed(clip)
        try:
            plan = Plan.model_validate_json(clip.path(clip.plan).read_text("utf-8"))
        except (OSError, ValidationError) as error:
            raise NotFound(
                "clip_file_missing",
                "The plan of this clip is not there, or of an older EditAI.",
                "Produce the clip again.",
            ) from error
        placed = {"fonts": self._placed(clip.profile_id, plan.style.fonts)}
        return plan.model_copy(update={"style": plan.style.model_copy(update=placed)})

    def contains(self, profile_id: str, path: Path) -> bool:
        """Whether `path`, with links and ".." followed, lies inside the profile's folder."""
        return path.resolve().is_relative_to(self.folder(profile_id).resolve())

    def used_bytes(self, profile_id: str) -> int:
        """What the profile's files take on the disk."""
        return sum(_bytes(path) or 0 for path in self.folder(profile_id).rglob("*") if path.is_file())

    def free_bytes(self) -> int:
        """What is free on the data folder's disk, also before that folder is there."""
        there = next(folder for folder in (self.home, *self.home.absolute().parents) if folder.exists())
        return shutil.disk_usage(there).free

    def require_space(self, needed: int) -> None:
        """Raises OutOfSpace 507 `disk_full` where the data folder's disk has less than `needed` bytes free."""
        free = self.free_bytes()
        if free < needed:
            raise OutOfSpace(
                "disk_full",
                f"The disk that holds {self.home} has {human_bytes(free)} free; this needs {human_bytes(needed)}.",
                "Free some space, or set EDITAI_HOME to a folder on another disk.",
            )

    # ── sources ──────────────────────────────────────────────────────────────────────────────────────────────────

    def import_source(self, profile_id: str, path: Path) -> File:
        """Copy a video into the profile's sources, named by its content; one that is there is not copied again.

        Raises OutOfSpace 507 `disk_full` with nothing left behind, NotFound 404 `file_not_found`.
        """
        home = self.folder(profile_id) / "sources"
        try:
            stream = path.open("rb")
        except OSError as error:
            raise NotFound("file_not_found", "The video cannot be opened.", "Choose the file again.") from error
        with stream, self.or_out_of_space():
            home.mkdir(parents=True, exist_ok=True)
            size = os.fstat(stream.fileno()).st_size
            if any(there.stat().st_size == size for there in home.iterdir() if SHA256.fullmatch(there.name)):
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
                if _bytes(home / digest) == size:
                    return File(name=digest, sha256=digest, bytes=size)
                stream.seek(0)
            self.require_space(size)
            with atomic(home) as making:
                hashed = hashlib.sha256()
                with making.open("wb") as copy:
                    while block := stream.read(BLOCK):
                        hashed.update(block)
                        copy.write(block)
                    copied = copy.tell()
                    copy.flush()
                    os.fsync(copy.fileno())  # else a power cut could leave a short file under a lasting name
                digest = hashed.hexdigest()
                making.replace(home / digest)
        return File(name=digest, sha256=digest, bytes=copied)

    def source(self, profile_id: str, file: File) -> Path:
        """Where an imported source lies. Raises NotFound 404 `source_not_found`."""
        path = self.folder(profile_id) / "sources" / file.sha256
        if not SHA256.fullmatch(file.sha256) or not self.contains(profile_id, path) or _bytes(path) != file.bytes:
            raise NotFound("source_not_found", "The video of this job is not on this computer.", "Add the video again.")
        return path

    # ── the logo ─────────────────────────────────────────────────────────────────────────────────────────────────

    def import_logo(self, profile_id: str, png: bytes) -> File:
        """Keep a logo, named by its content. Raises OutOfSpace 507 `disk_full` with nothing left behind."""
        return self._import_brand(profile_id, png, ".png")

    def logo(self, profile_id: str, file: File) -> Path:
        """Where the logo of this profile lies. Raises NotFound 404 `logo_not_found`."""
        path = self._brand(profile_id, file, ".png")
        if path is None:
            raise NotFound("logo_not_found", "The logo of this store is no longer there.", "Upload the logo again.")
        return path

    def delete_logo(self, profile_id: str, file: File) -> None:
        """Remove a logo; one that is not there is no error."""
        if SHA256.fullmatch(file.sha256):
            remove(self.folder(profile_id) / "brand" / f"{file.sha256}.png")

    # ── fonts ────────────────────────────────────────────────────────────────────────────────────────────────────

    def import_font(self, profile_id: str, data: bytes) -> File:
        """Keep a font, named by its content. Raises OutOfSpace 507 `disk_full` with nothing left behind."""
        return self._import_brand(profile_id, data, ".ttf")

    def font(self, profile_id: str, file: File) -> Path:
        """Where a font of this profile lies. Raises NotFound 404 `font_not_found`."""
        path = self._brand(profile_id, file, ".ttf")
        if path is None:
            raise NotFound("font_not_found", "This font of the store is no longer there.", "Upload the font again.")
        return path

    def delete_font(self, profile_id: str, file: File) -> None:
        """Remove a font; one that is not there is no error."""
        if SHA256.fullmatch(file.sha256):
            remove(self.folder(profile_id) / "brand" / f"{file.sha256}.ttf")

    def kit(self, profile_id: str, kit: BrandKit) -> BrandKit:
        """The kit of the profile with its fonts placed, so that `font.path(font.file)` is where one lies; without those
        whose file is gone."""
        return kit.model_copy(update={"fonts": self._placed(profile_id, kit.fonts)}) if kit.fonts else kit

    def _placed(self, profile_id: str, fonts: tuple[UploadedFont, ...]) -> tuple[UploadedFont, ...]:
        found = ((each, self._brand(profile_id, each.file, ".ttf")) for each in fonts)
        return tuple(each.model_copy(update={"folder": path.parent}) for each, path in found if path is not None)

    def _import_brand(self, profile_id: str, data: bytes, suffix: str) -> File:
        digest = hashlib.sha256(data).hexdigest()
        home = self.folder(profile_id) / "brand"
        with self.or_out_of_space():
            home.mkdir(parents=True, exist_ok=True)
            with atomic(home) as making:
                making.write_bytes(data)
                to_disk(making)
                making.replace(home / f"{digest}{suffix}")
        return File(name=f"{digest}{suffix}", sha256=digest, bytes=len(data))

    def _brand(self, profile_id: str, file: File, suffix: str) -> Path | None:
        """Where a file of the profile's brand lies; None where it does not."""
        path = self.folder(profile_id) / "brand" / f"{file.sha256}{suffix}"
        if not SHA256.fullmatch(file.sha256) or file.name != path.name or not self.contains(profile_id, path):
            return None
        return path if _bytes(path) == file.bytes else None

    # ── clips ────────────────────────────────────────────────────────────────────────────────────────────────────

    def keep_clip(
        self,
        profile_id: str,
        job_id: str,
        brief: Brief,
        timeline: Plan,
        picture: Picture,
        subtitles: Subtitles,
        report: Report,
    ) -> Clip:
        """Keep what a job made. The clip's id follows from the job's, so a retry keeps the same clip once.

        Raises OutOfSpace 507 `disk_full` with nothing left behind.
        """
        clip_id = uuid.uuid5(uuid.NAMESPACE_OID, job_id).hex
        folder = self.clip_folder(profile_id, clip_id)
        if not folder.is_dir():
            with self.or_out_of_space():
                folder.parent.mkdir(parents=True, exist_ok=True)
                with atomic(folder.parent) as making:
                    making.mkdir()
                    for field in ("video", "poster"):
                        link(picture.path(getattr(picture, field)), making / CLIP_FILES[field])
                    for field in ("srt", "vtt", "ass", "transcript"):
                        text = getattr(subtitles, field)
                        (making / CLIP_FILES[field]).write_text(text, "utf-8", newline="\n")
                    for field, told in (("plan", timeline), ("report", report)):
                        (making / CLIP_FILES[field]).write_text(told.model_dump_json(indent=1), "utf-8")
                    for each in subtitles.translations:
                        for field, name in TRANSLATED_FILES.items():
                            text = getattr(each, field)
                            (making / name.format(each.language)).write_text(text, "utf-8", newline="\n")
                    for path in making.iterdir():
                        to_disk(path)  # else a power cut could leave empty files under lasting names
                    try:
                        making.rename(folder)
                    except OSError:
                        if not folder.is_dir():  # else a worker that was given up for dead has just kept the same
                            raise
        files = {field: File.of(folder / name) for field, name in CLIP_FILES.items()}
        translations = tuple(
            TranslatedFiles(
                language=each.language,
                **{field: File.of(folder / name.format(each.language)) for field, name in TRANSLATED_FILES.items()},
            )
            for each in subtitles.translations
        )
        return Clip(
            id=clip_id,
            profile_id=profile_id,
            job_id=job_id,
            title=title(brief.facts.title, report.script),
            created_at=now(),
            folder=folder,
            brief=brief,
            translations=translations,
            **files,
        )

    def delete_clip_media(self, profile_id: str, clip_id: str) -> None:
        """Remove the files of a clip."""
        remove(self.clip_folder(profile_id, clip_id))

    def delete_profile_media(self, profile_id: str) -> None:
        """Remove everything that belongs to the profile."""
        remove(self.folder(profile_id))

    def abandoned(self) -> Iterator[Path]:
        """What processes that are gone left half-made, in every profile."""
        for profile in (self.home / "profiles").glob("*"):
            yield from StageCache(profile / "cache").abandoned()
            for making in (each for room in ROOMS for each in profile.glob(f"{room}/.*.*")):
                if is_abandoned(making):
                    yield making

    def sweep(self) -> None:
        """Remove what processes that are gone left half-made."""
        for making in self.abandoned():
            remove(making)

    @contextmanager
    def or_out_of_space(self) -> Iterator[None]:
        """Raises OutOfSpace 507 `disk_full` where the disk is full in the middle of it."""
        try:
            yield
        except OSError as error:
            if not is_full(error):
                raise
            raise OutOfSpace(
                "disk_full",
                f"The disk that holds {self.home} is full.",
                "Free some space, or set EDITAI_HOME to a folder on another disk.",
            ) from error


@contextmanager
def atomic(folder: Path) -> Iterator[Path]:
    """A path beside the final one; whatever is still there at the end is removed."""
    making = folder / name_in_making()
    try:
        yield making
    finally:
        remove(making)


def remove(path: Path) -> None:
    """Remove a file, or a folder with all in it; what is not there is no error."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def link(source: Path, target: Path) -> None:
    """The same bytes under a second name; a copy where the file system has no links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def to_disk(path: Path) -> None:
    """Wait until the file would outlast a power cut."""
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


def _bytes(path: Path) -> int | None:
    with suppress(OSError):
        return path.stat().st_size
    return None
