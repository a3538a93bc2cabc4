"""The finished clip, what it was made of, and what was measured on it."""

from __future__ import annotations

from typing import Literal

from editai.models.base import Artifact, Degradation, File, Model
from editai.models.brief import Brief, PostText
from editai.models.disclosure import Disclosure, Piece
from editai.models.narration import ScriptOrigin


class Mix(Artifact):
    """The finished sound as AAC, ready to lie beside the picture. None of loudness: there is nothing to hear."""

    audio: File
    loudness_lufs: float | None
    peak_dbtp: float | None
    degradations: tuple[Degradation, ...] = ()


class TranslatedSubtitles(Model):
    """A translation of a plan's captions as the texts of its files."""

    language: str
    srt: str
    vtt: str
    transcript: str


class Subtitles(Model):
    """The captions of a plan as the texts of their files; `ass` is what is burned in, in these `fonts` (files in the
    bundled fonts' folder, or elsewhere by their whole path); `transcript` has no times."""

    ass: str
    srt: str
    vtt: str
    transcript: str = ""
    translations: tuple[TranslatedSubtitles, ...] = ()
    fonts: tuple[str, ...] = ()
    degradations: tuple[Degradation, ...] = ()


class Film(Model):
    """A short film with transparency that is laid over the clip at x, y from frame `start` up to `end`.

    What it has no frame for any more, its last one is held for.
    """

    file: File
    x: int
    y: int
    start: int
    end: int


class Films(Artifact):
    """The films of a plan's inserts."""

    films: tuple[Film, ...] = ()
    degradations: tuple[Degradation, ...] = ()


class Preview(Artifact):
    """A small copy of a clip, through the same plan."""

    video: File


class Picture(Artifact):
    """What the render made: the MP4 with its sound, and the poster."""

    video: File
    poster: File
    degradations: tuple[Degradation, ...] = ()


class Still(Artifact):
    """One frame of a clip with the captions that stand on it, as a JPEG."""

    picture: File


class Run(Model):
    """A stretch of the finished clip."""

    start_ms: int
    end_ms: int

    @property
    def ms(self) -> int:
        return self.end_ms - self.start_ms


class Seen(Model):
    """Captions as they are seen in the finished picture.

    `found` of the `looked` cues were seen, their letters inside this rectangle of the picture's pixels (0 for none);
    `right` and `bottom` lie just outside of it. Most of them lie so much further to the right (`off_x`) and further
    down (`off_y`) than their plan wants them, in pixels.
    """

    looked: int
    found: int
    left: int = 0
    top: int = 0
    right: int = 0
    bottom: int = 0
    off_x: int = 0
    off_y: int = 0


class Measurement(Model):
    """What was measured on the finished file alone.

    `frames` were counted by decoding, and are evenly spaced where `steady`; `damaged` is how many packets could not be
    decoded. `picture_start_ms`, `picture_end_ms`, `sound_start_ms`, `sound_end_ms` are of the first and the last frame
    and sample. Without a sound `audio_codec` is "". `loudness_lufs` and `peak_dbtp` are None where there is nothing to
    hear. `faststart`: the index lies before the media; `edit_list`: the file asks players to skip or shift something.

    `clipped` counts the places where the sound stays at full scale. `black`, `frozen` (nothing in the picture moves but
    captions) and `silent` are the runs of these. `captions` is None where none were looked for. `sound_sha256` is of
    the sound as it lies in the file: where it is the same, so is what is heard.
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
    steady: bool = True
    damaged: int = 0
    picture_start_ms: int = 0
    sound_start_ms: int = 0
    clipped: int = 0
    black: tuple[Run, ...] = ()
    frozen: tuple[Run, ...] = ()
    silent: tuple[Run, ...] = ()
    captions: Seen | None = None
    sound_sha256: str = ""


Verdict = Literal["pass", "warn", "fail", "unchecked"]
"""Of a check; "unchecked": it could not be looked at here, which says nothing for or against the clip."""


class Check(Model):
    """One thing that was looked at on the finished file, and what came of it in a sentence for the page.

    `slug` names what was looked at ("loudness", "frozen", "limits_tiktok"); `source` is who asks for it, where somebody
    does.
    """

    slug: str
    verdict: Verdict
    message: str
    source: str = ""


class Report(Disclosure):
    """The measurements, what the clip says, and everything that came out less good than asked for.

    `checks` are what was found on the finished file, each with its verdict; `verdict` is the worst of them.

    `words` is the number of caption words, `captions_burned` whether they are in the picture; `translations` are the
    languages (ISO 639-1) into which a language model translated them, `burned_language` the one of these that the
    picture shows ("" for that of the speech). `voice` is "engine:name", or "source" where the source's own speech is
    heard. `posts` is what a writer wrote to go beside the clip, `music` the piece that is played in it.
    """

    measurement: Measurement
    script: str
    script_origin: ScriptOrigin
    words: int
    captions_burned: bool = True
    translations: tuple[str, ...] = ()
    burned_language: str = ""
    voice: str
    music: Piece | None = None
    posts: tuple[PostText, ...] = ()
    checks: tuple[Check, ...] = ()
    degradations: tuple[Degradation, ...] = ()

    @property
    def disclosure(self) -> Disclosure:
        """These facts alone."""
        return Disclosure(**{name: getattr(self, name) for name in Disclosure.model_fields})

    @property
    def verdict(self) -> Verdict:
        """ "fail" where a check failed, "warn" where one warned or something was degraded, else "pass"."""
        found = {check.verdict for check in self.checks}
        if "fail" in found:
            return "fail"
        return "warn" if "warn" in found or self.degradations else "pass"


class TranslatedFiles(Model):
    """The files of a clip's captions in another language (ISO 639-1)."""

    language: str
    srt: File
    vtt: File
    transcript: File


class Clip(Artifact):
    """A finished clip of a profile: everything that the owner downloads. `title` is for lists and the post.

    `brief` is what it was made from; `project_id` is the product, which takes its clips along when it is deleted.
    Clips that were made before there were projects have neither. `ass` and `transcript` are None in clips that were
    made before they were kept.
    """

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
    ass: File | None = None
    transcript: File | None = None
    translations: tuple[TranslatedFiles, ...] = ()
    project_id: str | None = None
    brief: Brief | None = None
