"""Jobs: the only way to have a clip made. Submit one, follow its row; whoever claimed it calls `run_job`.

    submit ──▶ queued ──claim──▶ running ──▶ done | failed | cancelled
                  ▲                 │
                  └── hand back ────┘   the worker was stopped, died, or fell silent

The page, the API and the command line submit and follow; none of them has a pipeline of its own.
"""

from __future__ import annotations

import logging
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, get_args

from editai import captions, demo, footage, library, pipeline, products, profiles, recaption, space
from editai import music as pieces
from editai.errors import EditaiError, Forbidden, InvalidInput, NotFound, OutOfSpace, is_full
from editai.housekeeping import clear_away, make_room
from editai.library import Library, Media
from editai.library.feeds import NO_ROOM
from editai.logs import about
from editai.models import (
    FINAL_STATES,
    Brief,
    CaptionEdit,
    File,
    Format,
    Job,
    Profile,
    Progress,
    Source,
)
from editai.pulse import Pulse
from editai.settings import Settings
from editai.slots import POLL_SECONDS, WAITING, Slot
from editai.voices import Studio

ROOM_SECONDS = 2.0
"""How often a job that waits for room on the disk looks again."""
KEPT_LOGS = 50

MOST_VARIANTS = 10
"""More variants of a clip than this nobody looks through."""

Maker = Callable[[Brief, Profile, str, Media, Studio], Generator[Progress, None, None]]
"""What makes a clip: `pipeline.produce`, or who has it made elsewhere."""

log = logging.getLogger(__name__)


def submit(
    shelf: Library,
    profile: Profile,
    sources: Sequence[Path] = (),
    *,
    project: str | None = None,
    claimed_by: str | None = None,
    music: Path | None = None,
    without_music: bool = False,
    batch: str | None = None,
    sku: str | None = None,
    **wishes: Any,
) -> Job:
    """Check what can be checked at once, import the sources, keep the product, and queue the job.

    `wishes` are fields of `Brief`. Without `project` it is a new product of the profile, and what is not given, or is
    None, is the brand kit's. With one, its brief is replaced: what is not given, the sources too, stays as it is there.
    Music is `music`, or what the product has, or a piece of the store's folder, by the seed; or none at all.

    With `claimed_by` the job runs under that token at once, and the caller runs it: `run_job(job.id, settings, token)`.
    Where the same is asked for already, as by a command that was killed and is given again, it is that job, which may
    still be in another's hands.
    The product `sku` of a `batch` is submitted once: Conflict 409 `taken_in`.

    Raises EditaiError (see `footage.check`, `products.check`), InvalidInput 422 `no_video`, `nothing_to_say`,
    `music_unreadable`, `music_folder_empty` or `choice_unknown`, NotFound 404 `project_not_found` or
    `source_not_found`, OutOfSpace 507 `disk_full`; then there is no job, and no product that was not there before.
    """
    demo.admit(shelf, profile)
    kept = shelf.store.project(profile.id, project) if project else None
    if sources:
        paths, files = tuple(sources), tuple(_pending(path) for path in sources)
    elif kept:
        files = kept.brief.sources
        paths = tuple(shelf.media.source(profile.id, file) for file in files)
    else:
        raise InvalidInput("no_video", "There is no video to work with.", "Add at least one product video.")
    brief = products.brief_of(profile, kept, files, wishes)
    music = _music(shelf.settings, profile, brief, music) if not without_music else None
    brief = brief.model_copy(update={"music": _pending(music) if music else None if without_music else brief.music})
    products.require_spoken(wishes.get("language"), brief, profiles.studio(shelf, profile))
    taken_in = sum(file.bytes for file in files if sources) + (music.stat().st_size if music else 0)
    must_be_free = shelf.settings.min_free_bytes + taken_in
    make_room(shelf, must_be_free)
    seen = check(brief, paths, profiles.studio(shelf, profile))
    make_room(shelf, must_be_free + space.needed_bytes(brief, seen, shelf.settings))
    if sources:
        files = tuple(shelf.media.import_source(profile.id, path) for path in paths)
        brief = brief.model_copy(update={"sources": files})
    if music:
        brief = brief.model_copy(update={"music": shelf.media.import_source(profile.id, music)})
    if claimed_by and (left := _left_open(shelf, profile, brief, claimed_by)):
        return left
    product = products.keep(shelf, profile, brief, kept)
    return shelf.journal.insert(profile, brief, claimed_by, project_id=product.id, batch=batch, sku=sku)


def _music(settings: Settings, profile: Profile, brief: Brief, given: Path | None) -> Path | None:
    """The file that is to be taken in as the clip's music; None where it has none, or the product's own."""
    if given is not None:
        pieces.check(given)
        return given
    if profile.kit.music_folder and not brief.music and settings.is_public:
        raise Forbidden(
            "music_folder_closed",
            "The store's music folder is on this computer, whose EditAI others use too.",
            "Upload the music of this clip, or produce it without music.",
        )
    return pieces.pick(profile.kit.music_folder, brief.seed) if profile.kit.music_folder and not brief.music else None


def submit_each(
    shelf: Library,
    profile: Profile,
    sources: Sequence[Path] = (),
    *,
    more_formats: Sequence[Format] = (),
    variants: int = 1,
    claimed_by: str | None = None,
    **wishes: Any,
) -> list[Job]:
    """As `submit`, a job for the brief's format and each of `more_formats`, in 1 to 10 `variants` by the next seeds.

    They share every stage that is the same in them: the voice is heard once, the videos are looked at once. Only the
    first runs under `claimed_by`. Raises as `submit`, and InvalidInput 422 `variants_invalid` or `choice_unknown`.
    """
    require_offered(more_formats, variants)
    demo.admit(shelf, profile, (1 + len(set(more_formats))) * variants)
    first = submit(shelf, profile, sources, claimed_by=claimed_by, **wishes)
    others = [
        first.brief.model_copy(update={"format": shape, "seed": first.brief.seed + variant})
        for shape in dict.fromkeys((first.brief.format, *more_formats))
        for variant in range(variants)
    ][1:]
    return [
        first,
        *(
            (claimed_by and _left_open(shelf, profile, brief, claimed_by))
            or shelf.journal.insert(profile, brief, project_id=first.project_id)
            for brief in others
        ),
    ]


def require_offered(more_formats: Sequence[str], variants: int) -> None:
    """Raise InvalidInput 422 `variants_invalid` or `choice_unknown` for what `submit_each` does not make."""
    if not isinstance(variants, int) or not 1 <= variants <= MOST_VARIANTS:
        raise InvalidInput(
            "variants_invalid", f"There are 1 to {MOST_VARIANTS} variants of a clip.", "Choose how many you want."
        )
    if unknown := ", ".join(str(shape) for shape in more_formats if shape not in get_args(Format)):
        raise InvalidInput(
            "choice_unknown", f"There is no format {unknown[:60]}.", f"Choose of these: {', '.join(get_args(Format))}."
        )


def _left_open(shelf: Library, profile: Profile, brief: Brief, token: str) -> Job | None:
    """The job of somebody else that makes just this already, for the store as it is now.

    What belongs to a batch is the batch's.
    """
    journal = shelf.journal
    for job in journal.unended(profile.id):
        alike = job.brief == brief and job.batch is None and journal.started_for(job.id) == profile
        if alike and not journal.held(job.id, token):
            return job
    return None


def submit_edited(
    shelf: Library, profile: Profile, clip_id: str, edits: Sequence[CaptionEdit], *, claimed_by: str | None = None
) -> Job:
    """Queue a clip of the profile once more with its captions edited; the clip itself stays, and so does its product.

    `edits` are all of them, of the captions as they were before any. Raises NotFound 404 `clip_not_found`, and what
    `recaption.brief_with` raises.
    """
    demo.admit(shelf, profile)
    clip = shelf.store.clip(profile.id, clip_id)
    brief = recaption.brief_with(shelf, clip, edits)
    return shelf.journal.insert(profile, brief, claimed_by, project_id=clip.project_id)


def submit_again(shelf: Library, profile: Profile, clip_id: str, **wishes: Any) -> Job:
    """Queue a clip of the profile once more with another `quality`, `encoder` or `captions_burned`; it stays itself.

    Nothing but its picture is made anew. Raises NotFound 404 `clip_not_found`, and what `recaption.brief_again` raises.
    """
    demo.admit(shelf, profile)
    clip = shelf.store.clip(profile.id, clip_id)
    return shelf.journal.insert(profile, recaption.brief_again(shelf, clip, wishes), project_id=clip.project_id)


def run_job(
    job_id: str,
    settings: Settings,
    token: str | None = None,
    stopping: threading.Event | None = None,
    maker: Maker | None = None,
) -> Job:
    """Make the clip of a job and return the job's row as it is at the end, whatever came in between.

    Without a token, or with one that does not hold the job yet, it is claimed first (Conflict 409 `job_taken`). When
    `stopping` is set, the job goes back to the queue. With a `maker` it is made elsewhere, and takes no render slot.
    """
    token = token or uuid.uuid4().hex
    with library.open(settings) as shelf:
        journal = shelf.journal
        job = journal.held(job_id, token) or journal.claim(job_id, token)
        log.info("begun", extra=about(job.profile_id, job_id))
        told: EditaiError | None = None
        try:
            with Pulse(journal, job_id, token, stopping or threading.Event()) as pulse:
                try:
                    if job.tries > 1:
                        clear_away(shelf)  # the last try's worker may still have been ending when it was missed
                    _work(shelf, settings, job, token, pulse, maker)
                except Exception as error:  # noqa: BLE001 whatever it is, the job has to end with it
                    told = in_words(error, f"job-{job_id}", settings)
                    journal.fail(job_id, token, told)
        except Exception:
            journal.lost(token, told)  # the end could not be written: as if this worker had died, so that it counts
            raise
        finally:
            journal.hand_back(token)  # what still runs now was asked to stop
        job = journal.whosever(job_id)
        log.info("%s", _ended(job), extra=about(job.profile_id, job_id))
        if job.profile_id is None:  # deleted meanwhile; what was written since goes after it
            shelf.media.delete_profile_media(journal.started_for(job_id).id)
        return job


def cancel(shelf: Library, profile_id: str, job_id: str) -> Job:
    """Cancel a job; whoever works on it ends ffmpeg within 2 seconds. Raises NotFound 404 `job_not_found`."""
    return shelf.journal.cancel(profile_id, job_id)


def retry(shelf: Library, profile_id: str, job_id: str) -> Job:
    """Queue a failed or cancelled job again; stages that were finished are not done again.

    Raises NotFound 404 `job_not_found`, or `project_not_found` where its product was deleted, Conflict 409
    `job_not_ended` or `job_done`.
    """
    product = shelf.journal.job(profile_id, job_id).project_id
    demo.admit(shelf, shelf.journal.started_for(job_id))
    if product is not None:
        shelf.store.project(profile_id, product)
    return shelf.journal.retry(profile_id, job_id)


def follow(shelf: Library, profile_id: str, job_id: str, poll_s: float = 0.25) -> Iterator[Job]:
    """The job's row, now and whenever it has changed, until its last state. Raises NotFound 404 `job_not_found`."""
    seen = shelf.journal.job(profile_id, job_id)
    yield seen
    while seen.state not in FINAL_STATES:
        time.sleep(poll_s)
        job = shelf.journal.job(profile_id, job_id)
        if job != seen:
            seen = job
            yield seen


def check(brief: Brief, paths: Sequence[Path], studio: Studio) -> list[Source]:
    """Everything about a brief and its source videos that can be known before long work; what the videos are."""
    says = products.check(brief, studio)
    seen = [footage.check(path, studio.settings) for path in paths]
    if not says and not (seen[0].has_sound and captions.has_speech(paths[0])):
        raise InvalidInput(
            "nothing_to_say",
            "There is nothing to say: no script, no product title, and nobody speaks in the video.",
            "Write a script of two or three sentences, or give the product's title.",
        )
    return seen


def _pending(path: Path) -> File:
    """A source before it is imported: known by its size alone."""
    return File(name="", sha256="", bytes=path.stat().st_size if path.is_file() else 0)


def _work(shelf: Library, settings: Settings, job: Job, token: str, pulse: Pulse, maker: Maker | None = None) -> None:
    if job.profile_id is None:
        raise NotFound("profile_not_found", "The store of this job was deleted.", "Choose one of your stores.")
    profile = _as_it_is_now(shelf, shelf.journal.started_for(job.id))
    last: Progress | None = None
    make = maker or pipeline.produce
    steps = make(job.brief, profile, job.id, shelf.media, profiles.studio(shelf, profile, job.id))
    with closing(steps), Slot(settings) as slot:
        if not _has_room(shelf, settings, job, pulse, maker):
            return
        while maker is None and not slot.take():
            pulse.progress = Progress(stage="narration", percent=0, message=WAITING)
            if pulse.over.wait(POLL_SECONDS):
                return
        for last in steps:
            if pulse.progress is None or pulse.progress.stage != last.stage:
                log.info("stage %s", last.stage, extra=about(job.profile_id, job.id))
            pulse.progress = last
            if pulse.over.is_set():
                return
    if last is None or last.clip is None:
        raise RuntimeError("the pipeline ended without a clip")
    clip = last.clip.model_copy(update={"project_id": job.project_id})
    try:
        shelf.store.add_clip(clip)
        if not shelf.journal.finish(job.id, token, clip.id, last) and (
            shelf.journal.whosever(job.id).state == "cancelled"
        ):
            shelf.delete_clip(clip.profile_id, clip.id)
    except NotFound:  # its product was deleted meanwhile, and the clip's row with it
        shelf.media.delete_clip_media(clip.profile_id, clip.id)
        raise


def _has_room(shelf: Library, settings: Settings, job: Job, pulse: Pulse, maker: Maker | None) -> bool:
    """Wait until the disk has room for what the job writes here, as the intake does: one that is full is no fault of
    the job's, nor of any of those behind it. False where it is over before.

    The videos are not read for that: without a script they count as half a minute. A disk that fills up all the same
    while the job works ends it (see `JobRun`): it would begin again and again.
    """
    needed = settings.min_free_bytes + (0 if maker else space.needed_bytes(job.brief, (), settings))
    while True:
        try:
            make_room(shelf, needed)
        except OutOfSpace as lacking:
            message = f"{NO_ROOM}. {lacking} It goes on by itself then."
            pulse.progress = Progress(stage="script", percent=0, message=message)
            if pulse.over.wait(ROOM_SECONDS):
                return False
        else:
            return True


def _ended(job: Job) -> str:
    """How a job stands that nobody works on any more, as the log says it."""
    if job.error:
        return f"{job.state}: {job.error['status']} {job.error['slug']}"
    return f"{job.state}, clip {job.clip_id}" if job.clip_id else job.state


def _as_it_is_now(shelf: Library, profile: Profile) -> Profile:
    """The store as it was when the job was submitted, with what it may do and spend now: a licence that was withdrawn
    counts at once, and so does a budget that was raised for a retry."""
    now = shelf.store.profile(profile.owner_id, profile.id)
    allowed = now.kit.model_dump(include={"licences", "commercial"})
    return profile.changed({**allowed, "monthly_budget": now.monthly_budget})


def in_words(error: Exception, name: str, settings: Settings) -> EditaiError:
    """Whatever work ended with, as an error with a sentence for the owner; see `unexpected`."""
    if isinstance(error, OSError) and is_full(error):
        error = OutOfSpace(
            "disk_full", f"The disk that holds {settings.home} is full.", "Free some space and press Retry."
        )
    return error if isinstance(error, EditaiError) else unexpected(error, name, settings)


def unexpected(error: Exception, name: str, settings: Settings) -> EditaiError:
    """An error that nobody foresaw, as 500 `internal_error`; its traceback goes to `logs/<name>.log` alone."""
    log.error("%s failed", name, exc_info=error)
    logs = settings.folder / "logs"
    hint = "Try again. If it happens again, report it."
    try:
        logs.mkdir(parents=True, exist_ok=True)
        (logs / f"{name}.log").write_text("".join(traceback.format_exception(error)), "utf-8", "replace")
        for old in sorted(logs.glob("*.log"), key=lambda path: path.stat().st_mtime)[:-KEPT_LOGS]:
            old.unlink(missing_ok=True)
        hint = f"Try again. If it happens again, report it with the file {logs / name}.log."
    except OSError as refused:
        log.error("the log of %s could not be written: %s", name, refused)
    return EditaiError("internal_error", "Something went wrong that was not foreseen.", hint)
