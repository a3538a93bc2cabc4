"""The vocabulary: every noun that passes between stages, frozen, JSON in and JSON out.

    Brief ──script──▶ Script ──voices──▶ Narration ─┐
      └──footage──▶ Footage ─────────────────────────┴─plan──▶ Plan ──render──▶ Clip ──quality──▶ Report

Units are in the names: `_ms` is integer milliseconds of a source or a narration; inside a `Plan` every position is
a whole frame at the plan's own rate; `_px` is a pixel of the picture it belongs to; `_lu`/`_lufs`/`_dbtp` are the
loudness units of EBU R 128. No time is a float.

A noun that owns files is an `Artifact`: its JSON names the files and their content hashes, and `folder` says where
they lie today. `folder` is left out of the JSON, so an artifact means the same wherever the data folder is moved.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field


class Model(BaseModel):
    """A frozen value; unknown fields are refused, so that a misspelt name is not lost silently."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class File(Model):
    """A file known by its content: `name` inside its artifact's folder (or the owner's own name for a source)."""

    name: str
    sha256: str
    bytes: int

    @staticmethod
    def of(path: Path) -> File:
        """Read `path` once and name it by what is in it."""
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return File(name=path.name, sha256=digest, bytes=path.stat().st_size)


class Artifact(Model):
    """A noun with files of its own; `folder` is where they lie and is not part of its JSON."""

    folder: Path = Field(default=Path(), exclude=True, repr=False)

    def path(self, file: File) -> Path:
        """Where one of this artifact's files lies now."""
        return self.folder / file.name


class Degradation(Model):
    """Something that came out less good than asked for, said to the owner in the progress and in the report.

    `slug` names the kind ("upscaled", "source_reused"), `message` is a sentence for the page.
    """

    slug: str
    message: str


FPS = 30
"""The rate of every clip: constant 30 fps fits all platforms, and a frame of the clip is the unit of every plan."""


# ── who and what ─────────────────────────────────────────────────────────────────────────────────────────────────


class Profile(Model):
    """A store. Everything else belongs to exactly one profile; `created_at` is UTC, ISO 8601."""

    id: str
    owner_id: str
    name: str
    is_default: bool
    created_at: str


class Voice(Model):
    """A voice of an engine ("kokoro", "af_heart"); `speed` 1.0 is the voice's own pace, 0.5 to 2.0 is accepted."""

    engine: str
    name: str
    speed: float = Field(default=1.0, ge=0.5, le=2.0)

    def __str__(self) -> str:
        return f"{self.engine}:{self.name}"


class Facts(Model):
    """What is known to be true of the product; nothing else may be claimed. `price` as displayed ("$49.99")."""

    title: str = ""
    points: tuple[str, ...] = ()
    price: str = ""
    url: str = ""


Format = Literal["9:16"]


class Brief(Model):
    """What the owner asked for. `sources` were imported into the profile's media and are found there by hash."""

    sources: tuple[File, ...] = Field(min_length=1)
    facts: Facts = Facts()
    script: str = ""
    voice: Voice = Voice(engine="kokoro", name="af_heart")
    caption_style: str = "bold"
    format: Format = "9:16"
    hook_card: bool = True
    seed: int = 0


# ── what is said ─────────────────────────────────────────────────────────────────────────────────────────────────


class ScriptWord(Model):
    """One word as it is displayed ("$49.99,") and as it is spoken ("forty-nine dollars and ninety-nine cents,")."""

    displayed: str
    spoken: str


class Sentence(Model):
    """The words of one sentence, in order; punctuation stays attached to its word."""

    words: tuple[ScriptWord, ...] = Field(min_length=1)

    @property
    def displayed(self) -> str:
        return " ".join(word.displayed for word in self.words)

    @property
    def spoken(self) -> str:
        return " ".join(word.spoken for word in self.words)


class Script(Model):
    """What the clip says. `language` is ISO 639-1; `origin` tells who wrote it."""

    sentences: tuple[Sentence, ...] = Field(min_length=1)
    language: str
    origin: Literal["given", "template", "source"]

    @property
    def displayed(self) -> str:
        return " ".join(sentence.displayed for sentence in self.sentences)


class Word(Model):
    """A displayed word with its time in the narration; `sentence` counts from 0."""

    text: str
    start_ms: int
    end_ms: int
    sentence: int


class Narration(Artifact):
    """One mono WAV and every displayed word with its start and end, monotonic, each word once.

    `origin` "voice": `audio` was synthesised and starts with the first sentence.
    `origin` "source": somebody speaks in the source; `audio` is that stretch of the source's own sound, cut out of
    source 0 at `source_start_ms`, and the clip keeps it in step with its picture.
    """

    audio: File
    duration_ms: int
    words: tuple[Word, ...] = Field(min_length=1)
    language: str
    origin: Literal["voice", "source"]
    source_start_ms: int = 0
    degradations: tuple[Degradation, ...] = ()

    def sentences(self) -> list[list[Word]]:
        """The words, grouped by sentence, in order."""
        grouped: dict[int, list[Word]] = {}
        for word in self.words:
            grouped.setdefault(word.sentence, []).append(word)
        return [grouped[index] for index in sorted(grouped)]


# ── what is seen ─────────────────────────────────────────────────────────────────────────────────────────────────


class Source(Model):
    """A source video as it is meant to be seen.

    `width_px` and `height_px` are of the displayed picture: rotation obeyed, pixels made square. `fps` is the
    average rate; `duration_ms` is of the picture, measured where the container says nothing. `stream` is the index
    of the picture among all streams (a cover image is not a picture).
    """

    file: File
    stream: int
    duration_ms: int
    width_px: int
    height_px: int
    rotation: int
    fps: float
    codec: str
    hdr: bool = False
    has_sound: bool


class SourceShot(Model):
    """A stretch of one source without a cut inside."""

    source: int
    start_ms: int
    end_ms: int


class Moment(Model):
    """A short stretch of a source (about half a second) and what can be seen in it.

    `sharpness`, `motion` and `exposure` are 0 to 1, comparable inside one job (1 is best lit for exposure);
    `focus_x`, `focus_y` say where the subject is, 0 to 1 of the displayed picture from the left and the top.
    """

    source: int
    start_ms: int
    end_ms: int
    sharpness: float
    motion: float
    exposure: float
    focus_x: float
    focus_y: float


class Footage(Model):
    """What is in the sources: streams, shots, and for each moment how good it is and where the subject is."""

    sources: tuple[Source, ...]
    shots: tuple[SourceShot, ...]
    moments: tuple[Moment, ...]
    degradations: tuple[Degradation, ...] = ()


# ── the plan ─────────────────────────────────────────────────────────────────────────────────────────────────────


class Crop(Model):
    """A rectangle of the displayed source picture, in its pixels."""

    x: float
    y: float
    width: float
    height: float


class CropKey(Model):
    """Where the crop is at a frame of its shot (0 is the shot's first); between two keys it moves evenly."""

    frame: int
    crop: Crop


class Shot(Model):
    """`frames` frames of the clip, taken from a source.

    `source_in` counts frames at the plan's rate from the source's beginning (so source time is
    `source_in / plan.fps`); at `speed` below 1 the source is slowed: the shot consumes `frames * speed` of it.
    `crops` has one key (a fixed crop) or two (a slow pan or push-in). All crops have the plan's aspect ratio.
    """

    source: int
    source_in: int
    frames: int = Field(gt=0)
    speed: float = 1.0
    crops: tuple[CropKey, ...] = Field(min_length=1)


class CueWord(Model):
    """A word on screen; from `start` up to `end` (frames) it is the one being spoken."""

    text: str
    start: int
    end: int


class Cue(Model):
    """Words that stand on screen together, in lines, from frame `start` up to but not including `end`."""

    lines: tuple[tuple[CueWord, ...], ...] = Field(min_length=1)
    start: int
    end: int

    @property
    def words(self) -> tuple[CueWord, ...]:
        return tuple(word for line in self.lines for word in line)

    @property
    def text(self) -> str:
        return "\n".join(" ".join(word.text for word in line) for line in self.lines)


class CaptionStyle(Model):
    """How captions look; pixels are of a 1080x1920 picture. Colours are "#RRGGBB".

    `font` is the family name inside `font_file` (a file of the bundled fonts folder). `centre_y_px` is the middle
    of the block; `max_words` and `max_lines` bound a cue (one word more where a phrase would be parted).
    """

    name: str
    label: str
    font: str
    font_file: str
    size_px: int
    colour: str
    highlight: str
    outline_colour: str
    outline_px: float
    box_opacity: float = 0.0
    uppercase: bool = False
    max_words: int = 4
    max_lines: int = 2
    centre_y_px: int = 1130


class Card(Model):
    """The hook title: a few words over the first seconds of the moving picture, drawn from `start` up to `end`."""

    text: str
    start: int
    end: int


class Track(Model):
    """A sound in the mix.

    role "voice": `file` starts at frame `start`. role "source": the shots' own sound, which follows every cut.
    `gain_lu` is its loudness against the voice (or, where there is no voice, against the target); while a word of
    `Plan.speech` is spoken it is `duck_lu` instead.
    """

    role: Literal["voice", "source"]
    file: File | None = None
    start: int = 0
    gain_lu: float = 0.0
    duck_lu: float = 0.0


class Span(Model):
    """From frame `start` up to but not including `end`."""

    start: int
    end: int


class Plan(Model):
    """The timeline in whole frames: everything that the renderer needs, and no model to run.

    `sources` are found by hash, like the voice's file in `tracks`; the shots follow one another without a gap and
    their frames add up to `frames`. The same plan gives the same bytes with the same ffmpeg and `threads`.
    """

    width_px: int = 1080
    height_px: int = 1920
    fps: int = FPS
    frames: int = Field(gt=0)
    sources: tuple[Source, ...]
    shots: tuple[Shot, ...] = Field(min_length=1)
    cues: tuple[Cue, ...] = ()
    style: CaptionStyle
    card: Card | None = None
    tracks: tuple[Track, ...] = ()
    speech: tuple[Span, ...] = ()
    loudness_lufs: float = -14.0
    peak_dbtp: float = -1.0
    poster_frame: int = 0
    threads: int = 2
    language: str = "en"
    degradations: tuple[Degradation, ...] = ()


# ── the finished clip ────────────────────────────────────────────────────────────────────────────────────────────


class Mix(Artifact):
    """The finished sound as AAC, ready to lie beside the picture. None of loudness: there is nothing to hear."""

    audio: File
    loudness_lufs: float | None
    peak_dbtp: float | None
    degradations: tuple[Degradation, ...] = ()


class Subtitles(Model):
    """The captions of a plan as the texts of their files; `ass` is what is burned in."""

    ass: str
    srt: str
    vtt: str
    degradations: tuple[Degradation, ...] = ()


class Picture(Artifact):
    """What the render made: the MP4 with its sound, the poster and the subtitle files."""

    video: File
    poster: File
    srt: File
    vtt: File
    degradations: tuple[Degradation, ...] = ()


class Measurement(Model):
    """What was measured on the finished file alone.

    `frames` were counted by decoding; `picture_end_ms` and `sound_end_ms` are the ends of the last frame and the last
    sample. `loudness_lufs` and `peak_dbtp` are None where there is nothing to hear. `faststart`: the index lies
    before the media; `edit_list`: the file asks players to skip or shift something.
    """

    frames: int
    duration_ms: int
    width_px: int
    height_px: int
    fps: float
    video_codec: str
    video_profile: str
    pixel_format: str
    colour: str
    longest_gop: int
    audio_codec: str
    audio_rate_hz: int
    audio_channels: int
    picture_end_ms: int
    sound_end_ms: int
    loudness_lufs: float | None
    peak_dbtp: float | None
    faststart: bool
    edit_list: bool
    bytes: int
    bit_rate_kbps: int


class Report(Model):
    """The measurements, what the clip says, and everything that came out less good than asked for.

    `words` is the number of caption words; `voice` is "engine:name", or "source" where the source's own speech is
    heard; `ai_voice` is what platforms want disclosed.
    """

    measurement: Measurement
    script: str
    script_origin: Literal["given", "template", "source"]
    words: int
    voice: str
    ai_voice: bool
    degradations: tuple[Degradation, ...] = ()


class Clip(Artifact):
    """A finished clip of a profile: everything that the owner downloads. `title` is for lists and the post."""

    id: str
    profile_id: str
    job_id: str
    title: str
    created_at: str
    video: File
    poster: File
    srt: File
    vtt: File
    plan: File
    report: File


# ── work ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Step:
    """How far a stage is (0 to 1), what it is doing, and a still picture once there is one to look at."""

    fraction: float
    message: str = ""
    still: Path | None = None


T = TypeVar("T")
Work = Generator[Step, None, T]
"""A stage at work: it yields steps at least twice a second where it can, and returns its result.

Closing the generator is how a stage is cancelled: it ends what it started (`finally`) and leaves.
"""


class Progress(Model):
    """How far a job is: `percent` of the whole, `seconds_left` an estimate from the work done so far, or None."""

    stage: str
    percent: float
    seconds_left: int | None = None
    message: str = ""
    still: Path | None = None
    degradations: tuple[Degradation, ...] = ()
    clip: Clip | None = None


JobState = Literal["queued", "running", "done", "failed", "cancelled"]
FINAL_STATES: frozenset[JobState] = frozenset({"done", "failed", "cancelled"})


class Job(Model):
    """A piece of work as its row tells it; times are UTC, ISO 8601. `error` is `EditaiError.as_dict()`."""

    id: str
    profile_id: str | None
    kind: Literal["produce"]
    state: JobState
    brief: Brief
    progress: Progress | None
    clip_id: str | None
    error: dict[str, str | int] | None
    tries: int
    created_at: str
    started_at: str | None
    finished_at: str | None
