"""One job's way through the stages: what each is called and takes, what its results are kept under, how far it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from editai import voices
from editai.library import Media
from editai.models import Clip, Degradation, Narration, Picture, Progress, Script, Voice, Work
from editai.voices import Studio

M = TypeVar("M", bound=BaseModel)

STAGES: dict[str, tuple[str, float]] = {
    "script": ("Writing the script", 1),
    "narration": ("Speaking the script", 22),
    "pauses": ("Shortening the pauses", 0),
    "footage": ("Looking at the video", 6),
    "speech": ("Listening to the videos", 0),
    "music": ("Listening to the music", 1),
    "plan": ("Planning the cut", 1),
    "translation": ("Translating the captions", 0),
    "sound": ("Mixing the sound", 5),
    "inserts": ("Drawing title, price and end card", 2),
    "preview": ("Drawing a small copy", 6),
    "picture": ("Rendering the picture", 46),
    "report": ("Checking the clip", 6),
    "heard": ("Listening to the clip", 4),
}
"""Each stage as the page says it, and its usual share of the whole in percent (measured on two cores)."""

HEARD = ("narration", "pauses", "sound", "preview", "picture")
"""The stages whose results hold the voice; those of a cloned voice are kept apart, so that they can go with it."""

LOOK_SECONDS = 2.0
"""How often the disk is looked at while a stage works."""


class JobRun:
    """One job's way through the stages: its cache, its progress, its degradations."""

    def __init__(self, media: Media, studio: Studio) -> None:
        self.cache = studio.cache
        self.media = media
        self.studio = studio
        self.voice: Voice | None = None  # who is heard
        self.degradations: list[Degradation] = []
        self.still: Path | None = None
        self.preview: Path | None = None
        self.before = 0.0  # percent of the stages that are behind us
        self.worked = 0.0  # of these and of the current one, percent that took work and not a cache
        self.seconds = 0.0  # and the seconds that it took
        self.looked = 0.0  # when the disk was looked at last (time.monotonic)
        self.told = 0.0  # the highest percent so far: a stage that begins again does not take it back

    def stage(
        self, name: str, result: type[M], work: Callable[[Path], Work[M]], *key: object
    ) -> Generator[Progress, None, M]:
        """Run a stage or find its result, as progress; `key` is everything that changes the result."""
        self._look_at_disk()
        label, share = STAGES[name]
        began = time.monotonic()
        kept = voices.stage_of(name, self.voice) if self.voice and name in HEARD else name
        steps = self.cache.run(kept, 1, {"key": key}, work, result)
        fraction = 0.0
        try:
            yield self._progress(name, label, 0.0, 0.0)
            while True:
                try:
                    step = next(steps)
                except StopIteration as done:
                    made: M = done.value
                    break
                if time.monotonic() > self.looked + LOOK_SECONDS:
                    self._look_at_disk()
                fraction = max(fraction, min(step.fraction, 1.0))
                self.still = step.still or self.still
                yield self._progress(name, step.message or label, fraction * share, time.monotonic() - began)
        finally:
            steps.close()
        if fraction:
            self.worked += share
            self.seconds += time.monotonic() - began
        if isinstance(made, Picture):  # the first still went with the stage's work folder
            self.still = made.path(made.poster)
        self.before += share
        yield self.note(name, getattr(made, "degradations", ()))
        return made

    def narration(
        self, text: Script, voice: Voice, target_ms: int | None, exact: bool
    ) -> Generator[Progress, None, Narration]:
        """The stage in which a voice speaks the script."""
        self.voice = voice
        return self.stage(
            "narration",
            Narration,
            lambda work: voices.speak(text, voice, self.studio, work, target_ms, exact),
            text,
            voice,
            target_ms,
            exact,
            voices.fingerprint(voice, self.studio),
        )

    def note(self, name: str, degradations: tuple[Degradation, ...]) -> Progress:
        """The progress at the end of a stage, with what came out less good than asked for."""
        self.degradations += [item for item in degradations if item not in self.degradations]
        return self._progress(name, STAGES[name][0], 0.0, 0.0)

    def passed(self, name: str, degradations: tuple[Degradation, ...] = ()) -> Progress:
        """As `note`, at the end of what is too quick to be a stage."""
        self.before += STAGES[name][1]
        return self.note(name, degradations)

    def finished(self, clip: Clip) -> Progress:
        """The last progress."""
        return Progress(
            stage="done",
            percent=100,
            seconds_left=0,
            message="The clip is ready",
            still=clip.path(clip.poster),
            degradations=tuple(self.degradations),
            clip=clip,
        )

    def _look_at_disk(self) -> None:
        """Raises OutOfSpace 507 `disk_full` before the disk is full for everybody."""
        self.media.require_space(self.studio.settings.min_free_bytes)
        self.looked = time.monotonic()

    def _progress(self, name: str, message: str, share_done: float, seconds: float) -> Progress:
        self.told = percent = max(self.told, self.before + share_done)
        worked, spent = self.worked + share_done, self.seconds + seconds
        return Progress(
            stage=name,
            percent=round(percent, 1),
            seconds_left=round(spent / worked * (100 - percent)) if worked >= 5 else None,
            message=message,
            still=self.still,
            preview=self.preview,
            degradations=tuple(self.degradations),
        )
