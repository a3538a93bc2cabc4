"""What the app and a worker say to each other: JSON of frozen models, no path of the app's machine, no key.

A job goes through the cluster in parts: what needs the store's keys is done on the app's machine, and a voice speaks
faster where there is a graphics card. Each part runs `produce()` from its beginning, up to the first stage that is not
to be done there; the stages that are behind the job are replayed from what the parts before noted (see `replay`).
"""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import editai
from editai import voices
from editai.job_run import STAGES
from editai.models import Brief, Clip, File, LanguageModel, Model, Moved, Profile, Tree, Voice
from editai.settings import Settings, Transcriber

TOPIC = "editai"
"""Under which workers tell how far they are."""
RENDERS, SPEAKS = "render", "GPU"
"""What a worker offers as a Dask resource: to make a clip, one at a time; a graphics card, for voices."""

WRITTEN = ("script", "translation")
"""The stages that need the store's language model."""
SPEAKING = ("narration", "take", "sentence")
"""Those in which a voice speaks, as a whole and each sentence."""


class Done(Model):
    """A stage that is behind the job, as the one who did it tells it: its result, or the error that it ended with."""

    stage: str
    tree: Tree | None = None
    error: dict[str, str | int] | None = None


class Task(Model):
    """A part of a job: all that a worker is told. It ends with a clip, or at the first stage that is not in `here`.

    `files` lie in the depot under their hashes and belong at these places below the profile's folder; `writer` is the
    store's language model without its key, for what it wrote is known by it.
    """

    job_id: str
    brief: Brief
    profile: Profile
    files: Tree
    writer: LanguageModel | None
    transcriber: Transcriber
    max_clip_seconds: int
    behind: tuple[Done, ...] = ()
    here: tuple[str, ...] = ()

    def settings(self, own: Settings) -> Settings:
        """The worker's own settings, with what the app's change about the clip."""
        return own.model_copy(update={"transcriber": self.transcriber, "max_clip_seconds": self.max_clip_seconds})


class Made(Model):
    """What became of a part: the stages that it did, the clip with its files where it came so far, or an error.

    `known` are the results that it found in the depot or left there, by stage and key. `interrupted`: the worker was
    stopped in the middle of it, and somebody else is to do it.
    """

    done: tuple[Done, ...] = ()
    clip: Clip | None = None
    tree: Tree | None = None
    known: tuple[tuple[str, str], ...] = ()
    error: dict[str, str | int] | None = None
    interrupted: bool = False
    moved: Moved = Moved()


class Told(Model):
    """A worker's word about a part (`run`): that it lives, how far it is, a first picture and a small copy.

    `attempt` is new where the part was begun again, because a worker was lost. `progress` is JSON of a `Progress`
    without files, "" before the first.
    """

    run: str
    attempt: str
    worker: str
    progress: str = ""
    still: File | None = None
    preview: File | None = None


Place = Literal["here", "speaks", "renders"]


@dataclass(frozen=True)
class Part:
    """A part of a job: where it runs (`here` is the app's machine), and the stages that are done there."""

    place: Place
    stages: tuple[str, ...]

    @property
    def resources(self) -> dict[str, float]:
        """What a worker has to offer for it: the same EditAI, and room."""
        return {build(): 1, SPEAKS if self.place == "speaks" else RENDERS: 1}


def parts(voice: Voice, *, graphics: bool) -> tuple[Part, ...]:
    """A round of a job's parts; after the last there is a clip, or another round is needed: a translation comes after
    the plan. `graphics`: a worker offers a graphics card.

    The listening at the end stays with the clip: it is short, and the clip would have to be moved.
    """
    about = voices.engine(voice.engine).info
    keyed = {*WRITTEN, *(SPEAKING if about.secret or about.price_per_1000_chars or not about.local else ())}
    places: dict[Place, set[str]] = {
        "here": keyed,
        **({"speaks": {*SPEAKING, "pauses"} - keyed} if graphics else {}),
        "renders": {*STAGES, *SPEAKING} - keyed,
    }
    return tuple(Part(place, tuple(sorted(stages))) for place, stages in places.items())


@functools.cache
def build() -> str:
    """Which EditAI this is, "editai 0.1.0 3f9a12cd": the version, and what is in the package, alike on any system.

    A worker offers it as a resource, so that no other EditAI ever gets the app's tasks.
    """
    package, digest = Path(editai.__file__).parent, hashlib.sha256()
    files = (path for path in package.rglob("*") if path.suffix in {".py", ".json"})
    for name, path in sorted((path.relative_to(package).as_posix(), path) for path in files):
        digest.update(name.encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return f"editai {editai.__version__} {digest.hexdigest()[:8]}"
