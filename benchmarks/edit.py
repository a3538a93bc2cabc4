"""The edit that is measured: its media, made from files of this repository, its plan, and how we make it."""

from __future__ import annotations

import itertools
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import imageio_ffmpeg
from PIL import Image, ImageDraw

from editai import captions, footage, formats, quality, render
from editai.bundled import SAMPLE_VIDEO
from editai.captions.styles import style
from editai.models import (
    FPS,
    Crop,
    CropKey,
    Cue,
    CueWord,
    File,
    Films,
    Format,
    Insert,
    Mix,
    Picture,
    Plan,
    Preview,
    Shot,
    Source,
    Span,
    Track,
    Transition,
    finished,
)
from editai.render import encodings

REPOSITORY = Path(__file__).resolve().parents[1]
SPEECH = REPOSITORY / "tests" / "media" / "en_quick_brown_fox.wav"
MUSIC = REPOSITORY / "tests" / "media" / "happy_electronic.opus"

TEXT = "Meet the Alpina biscuit box with 24 golden butter biscuits in a printed tin that is worth keeping"
WORD_FRAMES, WORDS_AT_ONCE = 11, 3
JOINT_FRAMES, END_CARD_FRAMES = 12, 45

SIZES = {"hd": (1920, 1080, "17M"), "uhd": (3840, 2160, "24M")}
"""Width, height and bit rate, as phones film (4K in HEVC; those that write H.264 need up to twice as many bits, which
take twice as long to decode)."""

LOSSLESS = ["-c:v", "libx264", "-preset", "ultrafast", "-qp", "0"]


@dataclass(frozen=True)
class Media:
    """Everything that the edits are made of, and where it lies by its hash."""

    sources: Mapping[str, Source]
    voice: File
    music: File
    logo: File
    paths: Mapping[str, Path]

    def path(self, name: str) -> Path:
        """Where the source of that name lies."""
        return self.paths[self.sources[name].file.sha256]


def ffmpeg(*arguments: object) -> None:
    """Run the bundled ffmpeg, to make media and to compare with."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y", *map(str, arguments)]
    subprocess.run(command, check=True)


def make_media(folder: Path, seconds: float) -> Media:
    """Sources of so many seconds; what lies in `folder` already is used again.

    The sample video is scaled up, its picture wanders slowly, as from a hand, and has a sensor's grain; a key frame
    every second, as from a phone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = {"voice": folder / "voice.wav", "logo": folder / "logo.png"}
    for name, (width, height, rate) in SIZES.items():
        made[name] = folder / f"{name}-{seconds:g}.mp4"
        if made[name].exists():
            continue
        wide = round(width * 1.04 / 2) * 2
        looks = (
            f"scale={wide}:-2:flags=lanczos,unsharp=5:5:0.8,crop={width}:{height}"
            f":x='(iw-ow)/2*(1+sin(t))':y='(ih-oh)/2*(1+cos(t*0.7))',noise=c0s=5:c0f=t,fps={FPS},format=yuv420p,setsar=1"
        )
        encoder = ["-c:v", "libx264", "-preset", "veryfast", "-b:v", rate, "-g", FPS, "-c:a", "aac", "-ac", 2]
        ffmpeg("-stream_loop", -1, "-i", SAMPLE_VIDEO, "-t", seconds, "-vf", looks, *encoder, made[name])
    ffmpeg("-stream_loop", -1, "-i", SPEECH, "-t", 60, "-ac", 1, made["voice"])
    logo = Image.new("RGBA", (360, 120), (0, 0, 0, 0))
    ImageDraw.Draw(logo).rounded_rectangle((0, 0, 359, 119), 40, fill=(200, 40, 60, 220))
    logo.save(made["logo"])
    files = {name: File.of(path) for name, path in made.items()} | {"music": File.of(MUSIC)}
    return Media(
        sources={name: footage.probe(made[name], files[name]) for name in SIZES},
        voice=files["voice"],
        music=files["music"],
        logo=files["logo"],
        paths={files[name].sha256: path for name, path in (made | {"music": MUSIC}).items()},
    )


def plan_for(
    media: Media, source: Source, frames: int, shots: int, shape: Format = "9:16", without: frozenset[str] = frozenset()
) -> Plan:
    """A clip as the planner makes them, without some of "joints", "captions" and "inserts" where that is said.

    Every other shot follows its subject, and three of four begin with a joint.
    """
    size = formats.shape(shape)
    lengths = [frames * (number + 1) // shots - frames * number // shots for number in range(shots)]
    room = source.duration_ms * FPS // 1000 - max(lengths) - JOINT_FRAMES - 1
    cut = [
        Shot(
            source=0,
            source_in=number * 97 % room,
            frames=length,
            crops=_crops(source, size.aspect, number, length),
            joint=None if not number % 4 or "joints" in without else _joint(number, length),
        )
        for number, length in enumerate(lengths)
    ]
    end_card = frames - min(END_CARD_FRAMES, frames // 4)
    inserts = (
        Insert(role="title", text="A tin worth keeping", start=0, end=min(60, frames // 3)),
        Insert(role="badge", text="$12.90", start=min(60, frames // 3), end=end_card),
        Insert(role="logo", file=media.logo, start=0, end=end_card),
        Insert(role="end_card", text="Shop now", detail="Alpina · $12.90", file=media.logo, start=end_card, end=frames),
    )
    spoken = [Span(start=at, end=min(at + 90, frames)) for at in range(10, frames, 110)]
    return Plan(
        width_px=size.width_px,
        height_px=size.height_px,
        frames=frames,
        sources=(source,),
        shots=tuple(cut),
        cues=() if "captions" in without else _cues(end_card),
        style=style("bold"),
        inserts=() if "inserts" in without else inserts,
        tracks=(
            Track(role="voice", file=media.voice, start=10),
            Track(role="source", gain_lu=-8, duck_lu=-15),
            Track(role="music", file=media.music, gain_lu=-8, duck_lu=-15, fade_out=15),
        ),
        speech=tuple(spoken),
        poster_frame=frames // 3,
    )


def _crops(source: Source, aspect: float, number: int, frames: int) -> tuple[CropKey, ...]:
    height = min(source.height_px, source.width_px / aspect) * (1.0 if number % 2 else 0.9)
    width = height * aspect
    spare_x, spare_y = source.width_px - width, source.height_px - height
    start = Crop(x=spare_x * 0.45, y=spare_y / 2, width=width, height=height)
    if number % 2:
        return (CropKey(frame=0, crop=start),)
    end = start.model_copy(update={"x": min(spare_x * 0.55, spare_x)})
    return (CropKey(frame=0, crop=start), CropKey(frame=frames - 1, crop=end))


def _joint(number: int, frames: int) -> Transition:
    return Transition(kind="fade" if number % 2 else "slide", frames=min(JOINT_FRAMES, frames))


def _cues(end: int) -> tuple[Cue, ...]:
    """A word every `WORD_FRAMES`, a few at a time, up to the end card."""
    words = [
        CueWord(text=text, start=start, end=start + WORD_FRAMES)
        for text, start in zip(itertools.cycle(TEXT.split()), range(10, end - WORD_FRAMES, WORD_FRAMES), strict=False)
    ]
    groups = [tuple(words[at : at + WORDS_AT_ONCE]) for at in range(0, len(words), WORDS_AT_ONCE)]
    return tuple(Cue(lines=(group,), start=group[0].start, end=group[-1].end) for group in groups)


# ── what is measured, each in a process of its own ───────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Made:
    """A clip and what it was made with; the plan's films and sound can be used again."""

    mix: Mix
    films: Films
    picture: Picture


def whole_edit(plan: Plan, paths: Mapping[str, Path], folder: Path) -> Made:
    """Sound, inserts and picture, as the pipeline makes them."""
    mix = finished(render.mix(plan, paths, _fresh(folder / "sound")))
    films = finished(render.draw_inserts(plan, paths, _fresh(folder / "inserts")))
    return Made(mix, films, picture_of(plan, paths, mix, films, folder))


def picture_of(plan: Plan, paths: Mapping[str, Path], mix: Mix, films: Films, folder: Path) -> Picture:
    """The picture alone: what is left to do after an edit of a caption."""
    return finished(render.draw(plan, captions.write(plan), mix, films, paths, _fresh(folder / "picture")))


def preview_of(plan: Plan, paths: Mapping[str, Path], made: Made, folder: Path) -> Preview:
    """The small copy."""
    drawn = render.preview(plan, captions.write(plan), made.mix, made.films, paths, _fresh(folder / "preview"))
    return finished(drawn)


def finished_frames(plan: Plan, paths: Mapping[str, Path], made: Made, folder: Path) -> Path:
    """The very frames that the encoder is given, as raw video."""
    with mock.patch.object(encodings, "options", return_value=(LOSSLESS, ())):
        exact = picture_of(plan, paths, made.mix, made.films, folder)
    raw = frames_of(exact.path(exact.video), folder)
    exact.path(exact.video).unlink()
    return raw


def frames_of(clip: Path, folder: Path) -> Path:
    """The frames of a finished clip, as raw video."""
    ffmpeg("-i", clip, "-an", "-pix_fmt", "yuv420p", folder / "finished.y4m")
    return folder / "finished.y4m"


def bare_encode(frames: Path, folder: Path) -> None:
    """The raw frames through the encoder, and nothing else."""
    ffmpeg("-i", frames, *encodings.standard(), "-threads:v", 2, folder / "bare.mp4")


def decode(path: Path) -> None:
    """Every picture of a source once, for nobody."""
    ffmpeg("-i", path, "-map", "0:v:0", "-f", "null", "-")


def decode_key_frames(path: Path) -> None:
    """The key frames of a source at the size of the analysis: what a first, coarse look would cost."""
    ffmpeg("-skip_frame", "nokey", "-i", path, "-map", "0:v:0", "-vf", "scale=320:-2", "-f", "null", "-")


def look(path: Path) -> None:
    """The analysis of a source."""
    file = File.of(path)
    finished(footage.look((file,), {file.sha256: path}))


def checked(made: Made) -> Any:
    """What the finished file is measured at."""
    return finished(quality.measure(made.picture))


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
