"""The plan: the timeline of a clip in whole frames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from editai.models.base import FPS, Artifact, Degradation, Encoder, File, Model, Quality
from editai.models.footage import Source

LogoPlace = Literal["top_left", "top_right", "bottom_left", "bottom_right"]


class Box(Model):
    """A rectangle of the clip's picture in its pixels; `right` and `bottom` lie just outside of it."""

    left: int
    top: int
    right: int
    bottom: int


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


class Transition(Model):
    """For the first `frames` frames of a shot the one before it goes on beneath, and is faded over or pushed out."""

    kind: Literal["fade", "slide"]
    frames: int = Field(gt=0)


class Shot(Model):
    """`frames` frames of the clip, taken from a source.

    `source_in` counts frames at the plan's rate from the source's beginning (so source time is
    `source_in / plan.fps`); at `speed` below 1 the source is slowed: the shot consumes `frames * speed` of it.
    `crops` has one key (a fixed crop) or more, in order, between which it moves evenly (a pan, a push-in, a zoom). All
    crops have the plan's aspect ratio, unless `on_blur`: then what they show stands whole on a blurred copy of itself.
    `joint` is how the shot begins; None is a cut.
    """

    source: int
    source_in: int
    frames: int = Field(gt=0)
    speed: float = 1.0
    crops: tuple[CropKey, ...] = Field(min_length=1)
    on_blur: bool = False
    joint: Transition | None = None

    def crop_at(self, frame: int) -> Crop:
        """What is shown at a frame of the shot (0 is its first)."""
        before = max(
            (key for key in self.crops if key.frame <= frame), key=lambda key: key.frame, default=self.crops[0]
        )
        after = min((key for key in self.crops if key.frame > frame), key=lambda key: key.frame, default=before)
        if after.frame == before.frame:
            return before.crop
        part = (frame - before.frame) / (after.frame - before.frame)
        one, other = before.crop.model_dump(), after.crop.model_dump()
        return Crop(**{name: value + (other[name] - value) * part for name, value in one.items()})


class CueWord(Model):
    """A word on screen; from `start` up to `end` (frames) it is the one being spoken.

    `glued`: no space before it (in Chinese, Japanese and Thai words follow one another without). `emphasised`: it
    stands out also while it is not spoken. One that was hidden by hand has no text.
    """

    text: str
    start: int
    end: int
    glued: bool = False
    emphasised: bool = False


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
        return "\n".join(joined(line) for line in self.lines)


def joined(words: Sequence[CueWord]) -> str:
    """The words of a line as one text, without those that are hidden."""
    seen = [word for word in words if word.text]
    return "".join(("" if word.glued or not number else " ") + word.text for number, word in enumerate(seen))


class Translation(Model):
    """Captions in another `language` (ISO 639-1), cue by cue: what each of them `said` when it was translated, in one
    line, and that in the language; a cue that shows nothing has no text in either. `phrases` are those that may stand
    out in it, the weightiest first."""

    language: str
    said: tuple[str, ...]
    texts: tuple[str, ...]
    phrases: tuple[str, ...] = ()


class UploadedFont(Artifact):
    """A font of a store's own. `name` is what it is called on the page, no other font of the store has it.

    Inside the file it has another name, by its content, so that it is never mixed up with one that comes along.
    """

    name: str = Field(min_length=1, max_length=60)
    file: File


class CaptionStyle(Model):
    """How captions look; pixels are of a 1080x1920 picture. Colours are "#RRGGBB".

    `font` is the family name inside `font_file`, which is a file of the bundled fonts folder or that of one of `fonts`:
    the store's own, in which letters are looked for that the style's font and the bundled ones lack. `centre_y_px` is
    the middle of the block; `max_words` and `max_lines` bound a cue (one word more where a phrase would be parted).

    `mark` says which words have the colour `highlight`: the one that is "spoken"; what was "said" so far, the spoken
    one too; every second "line"; or "none". Marked words stand on a `plate` of that colour, if there is one; with
    `sweep` the spoken word is filled as it is read. `entrance`: how a word comes, in its time: it "pop"s, a little
    larger at first; "type": letter by letter, and is not there before; "rise": the whole cue comes from below.
    `halo_px` is a soft dark edge. `emphasis` is the colour of words that are emphasised, while they are not spoken
    or, in a style that fills words, once they are; none are emphasised where it is empty.
    """

    name: str
    label: str
    font: str
    font_file: str
    fonts: tuple[UploadedFont, ...] = ()
    size_px: int
    colour: str
    highlight: str
    outline_colour: str
    outline_px: float
    halo_px: float = 0.0
    box_opacity: float = 0.0
    mark: Literal["spoken", "said", "line", "none"] = "spoken"
    plate: str = ""
    sweep: bool = False
    entrance: Literal["", "pop", "type", "rise"] = ""
    emphasis: str = ""
    uppercase: bool = False
    max_words: int = 4
    max_lines: int = 2
    centre_y_px: int = 1130

    @property
    def faces(self) -> tuple[str, ...]:
        """The files that draw it, the style's own first and then the store's: a bundled one by its path below the
        fonts' folder, an uploaded one by its whole path."""
        own = {each.file.name: str(each.path(each.file)) for each in self.fonts}
        return tuple(dict.fromkeys((own.get(self.font_file, self.font_file), *own.values())))


class Insert(Model):
    """What is laid over the shots from frame `start` up to `end`, in the brand's colours ("#RRGGBB"): `ink` on `panel`,
    and a button in `accent`.

    role "title": the hook, a few words over the first seconds; "badge": the price; "end_card": the whole picture, with
    the call to action in `text`, product and price in `detail`, and the logo if there is one; "logo": `file` alone, in
    the corner that `place` names, `margin_px` from the edges of what platforms leave clear (and above the captions).
    """

    role: Literal["title", "badge", "end_card", "logo"]
    start: int
    end: int
    text: str = ""
    detail: str = ""
    file: File | None = None
    place: LogoPlace = "top_left"
    margin_px: int = 0
    panel: str = "#FFCF33"
    ink: str = "#15110D"
    accent: str = "#FFFFFF"


class Span(Model):
    """From frame `start` up to but not including `end`."""

    start: int
    end: int


class Track(Model):
    """A sound in the mix.

    role "voice": `file` starts at frame `start`. role "source": the shots' own sound, which follows every cut. role
    "music": `file` from its millisecond `file_in_ms` on, begun again where it is too short.
    `gain_lu` is its loudness against the voice (or, where there is no voice, against the target); while a word of
    `Plan.speech` is spoken it is `duck_lu` instead. It fades in and out over so many frames at the clip's ends, and is
    silent in the spans `muted`.
    """

    role: Literal["voice", "source", "music"]
    file: File | None = None
    file_in_ms: int = 0
    start: int = 0
    gain_lu: float = 0.0
    duck_lu: float = 0.0
    fade_in: int = 0
    fade_out: int = 0
    muted: tuple[Span, ...] = ()


class Plan(Model):
    """The timeline in whole frames: everything that the renderer needs, and no model to run.

    `sources` are found by hash, like the voice's file in `tracks`; the shots follow one another without a gap and
    their frames add up to `frames`. Without `captions_burned` the cues are in the subtitle files and not in the
    picture; with a `burned_language` the picture shows them as that one of the `translations` has them. `clear` is
    where captions and inserts stay, in pixels of the format's full size, where the platforms that the clip is meant
    for leave less than the format does. The same plan gives the same bytes with the same ffmpeg and `threads`.
    """

    width_px: int = 1080
    height_px: int = 1920
    fps: int = FPS
    frames: int = Field(gt=0)
    sources: tuple[Source, ...]
    shots: tuple[Shot, ...] = Field(min_length=1)
    cues: tuple[Cue, ...] = ()
    captions_burned: bool = True
    translations: tuple[Translation, ...] = ()
    burned_language: str = ""
    clear: Box | None = None
    style: CaptionStyle
    inserts: tuple[Insert, ...] = ()
    tracks: tuple[Track, ...] = ()
    speech: tuple[Span, ...] = ()
    loudness_lufs: float = -14.0
    peak_dbtp: float = -1.0
    poster_frame: int = 0
    quality: Quality = "standard"
    encoder: Encoder = "x264"
    threads: int = 2
    language: str = "en"
    degradations: tuple[Degradation, ...] = ()
