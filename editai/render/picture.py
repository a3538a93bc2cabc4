"""The picture: one ffmpeg run draws every frame of the plan and lays the finished sound beside it."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from PIL import ImageFont

from editai import bundled
from editai.errors import EditaiError
from editai.models import (
    Degradation,
    Disclosure,
    File,
    Film,
    Films,
    Mix,
    Picture,
    Plan,
    Preview,
    Step,
    Subtitles,
    Work,
    part_of,
)
from editai.render import disclosed, encodings, feed, ffmpeg, graph

NOTHING = Disclosure()

STILL_SHARE = 0.04
"""How far the stage is once the still picture is there; the rest is the encode."""

SMALLER = 4
"""A preview has so many times fewer pixels across and down."""

USUAL_GOP_S = 5
"""So long before a shot a source may have to be read, to its last key frame: encoders' defaults are 1 to 10 s."""

MOST_FPS = 240
"""What a camera gives at most, for sources that say more."""

SMALL_ENCODER = shlex.split(
    "-c:v libx264 -preset ultrafast -profile:v main -crf 24 -pix_fmt yuv420p -g 60 -flags:v +bitexact "
    "-color_primaries bt709 -color_trc bt709 -colorspace bt709 -color_range tv"
)
"""A preview is seen once, and soon."""

MUXER = shlex.split(
    "-c:a copy -map_metadata -1 -map_chapters -1 -fflags +bitexact -flags:a +bitexact "
    "-use_editlist 0 -movflags +faststart+negative_cts_offsets+use_metadata_tags -brand isom -f mp4"
)
"""The index first, no edit list (Instagram and YouTube ask for that), nothing about this machine.

The brand is said: ffmpeg would write "iso4" because of the offsets, and servers that tell a file's type by its first
bytes know "isom"."""

CAPTIONS = "subtitles=captions.ass:fontsdir=fonts:wrap_unicode=1"


def draw(
    plan: Plan,
    subtitles: Subtitles,
    mix: Mix,
    films: Films,
    files: Mapping[str, Path],
    work: Path,
    disclosure: Disclosure = NOTHING,
) -> Work[Picture]:
    """Render `plan` into `work`: clip.mp4 and poster.jpg (and still.jpg for the progress).

    `films` are the plan's inserts, `files` finds the sources by sha256; the file itself says what is to be disclosed.
    The same plan gives the same bytes with the same ffmpeg. The still is in `work` for as long as that folder keeps its
    name; afterwards the poster is what there is to look at.

    Raises OutOfSpace: 507 `disk_full`. EditaiError: 500 `render_failed`, `render_timeout`, `font_replaced`,
    `frames_missing`.
    """
    ffmpeg.check()
    _lay_out(subtitles, work)
    shutil.copyfile(mix.path(mix.audio), work / "sound.m4a")
    yield Step(0.0, "Drawing the first picture")
    sources = graph.opened(plan, files)
    log = yield from _stills(plan, sources, work)
    _check_fonts(log, work)
    yield Step(STILL_SHARE, "Rendering the picture", work / "still.jpg")

    encoder, told = encodings.options(plan)
    run = _encode(plan, films, sources, work, [*encoder, *disclosed.options(disclosure)])
    log = yield from part_of(run, STILL_SHARE, 1.0, "Rendering the picture")
    _check_fonts(log, work)
    _check_frames(log, plan.frames)

    shutil.rmtree(work / "fonts")
    for name in ("captions.ass", "graph.txt", "sound.m4a", *_names(films)):
        (work / name).unlink(missing_ok=True)
    video, poster = (File.of(work / name) for name in ("clip.mp4", "poster.jpg"))
    return Picture(folder=work, video=video, poster=poster, degradations=told + _missing_glyphs(log))


def preview(
    plan: Plan, subtitles: Subtitles, mix: Mix, films: Films, files: Mapping[str, Path], work: Path
) -> Work[Preview]:
    """Render `plan` into `work`/preview.mp4, `SMALLER` times smaller each way, through the same graph as `draw`.

    Raises as `draw`.
    """
    ffmpeg.check()
    _lay_out(subtitles, work)
    shutil.copyfile(mix.path(mix.audio), work / "sound.m4a")
    small = plan.model_copy(update={"width_px": _small(plan.width_px), "height_px": _small(plan.height_px)})
    run = _encode(small, films, graph.opened(plan, files), work, SMALL_ENCODER, SMALLER)
    yield from part_of(run, 0.0, 1.0, "Drawing a small copy")
    (work / "clip.mp4").replace(work / "preview.mp4")
    shutil.rmtree(work / "fonts")
    for name in ("captions.ass", "graph.txt", "sound.m4a", *_names(films)):
        (work / name).unlink(missing_ok=True)
    return Preview(folder=work, video=File.of(work / "preview.mp4"))


def _small(side: int) -> int:
    """A side of the preview: even, as H.264 wants it."""
    return 2 * round(side / SMALLER / 2)


def still(plan: Plan, subtitles: Subtitles, files: Mapping[str, Path], work: Path) -> Work[Path]:
    """The poster's frame of `plan` with the captions that stand on it, as `draw` would render it: a JPEG in `work`.

    Raises EditaiError: 500 `render_failed`, `render_timeout`, `font_replaced`.
    """
    ffmpeg.check()
    _lay_out(subtitles, work)
    log = yield from _stills(plan, graph.opened(plan, files), work)
    _check_fonts(log, work)
    return work / "still.jpg"


def _lay_out(subtitles: Subtitles, work: Path) -> None:
    """Put the captions and their fonts into the work folder, under plain names."""
    (work / "fonts").mkdir()
    for number, font in enumerate(subtitles.fonts):
        path = bundled.FONTS / font
        shutil.copyfile(path, work / "fonts" / f"{number}{path.suffix}")
    (work / "captions.ass").write_text(subtitles.ass, "utf-8", newline="\n")


def _stills(plan: Plan, sources: Sequence[graph.Opened], work: Path) -> Work[str]:
    """The poster's frame twice: as it is (poster.jpg) and with its captions (still.jpg)."""
    frame = min(plan.poster_frame, plan.frames - 1)
    cuts = [graph.take_at(plan, frame)]
    jpeg = "scale=in_color_matrix=bt709:out_color_matrix=bt601:out_range=pc,format=yuvj420p"
    parts = [
        *graph.chains(plan, cuts, sources),
        "[s0]split[plain][words]",
        f"[plain]{jpeg}[poster]",
        f"[words]setpts='PTS+{frame}/{plan.fps}/TB',{CAPTIONS},{jpeg}[still]",
    ]
    picture = ["-frames:v", "1", "-c:v", "mjpeg", "-q:v", "2", "-flags:v", "+bitexact", "-update", "1", "-f", "image2"]
    arguments = [*graph.inputs(plan, cuts, sources), *graph.written(parts, work)]
    arguments += ["-map", "[poster]", *picture, "poster.jpg", "-map", "[still]", *picture, "still.jpg"]
    run = ffmpeg.run(arguments, work, limit_s=_limit_s(plan, cuts, sources))
    return (yield from part_of(run, 0.0, STILL_SHARE, "Drawing the first picture"))


def _encode(
    plan: Plan, films: Films, sources: Sequence[graph.Opened], work: Path, encoder: Sequence[str], smaller: int = 1
) -> Work[str]:
    """The run that makes clip.mp4; what it logged. The plan is so many times smaller than the films were drawn for."""
    length_ms = plan.frames * 1000 // plan.fps
    limit_s = _limit_s(plan, graph.takes(plan), sources)
    if len(feed.groups(plan)) == 1:
        cuts = graph.takes(plan)
        shots = (graph.inputs(plan, cuts, sources), graph.joined(plan, cuts, sources))
        arguments = [*_finishing(plan, films, *shots, work, smaller), *_written(plan, encoder)]
        return (yield from ffmpeg.run(arguments, work, limit_s=limit_s, length_ms=length_ms))
    with feed.feeding(plan, sources, work, limit_s=limit_s) as frames:
        shots = (feed.options(plan), ["[0:v]setsar=1[shots]"])
        arguments = [*_finishing(plan, films, *shots, work, smaller), *_written(plan, encoder)]
        log = yield from ffmpeg.run(arguments, work, limit_s=limit_s, length_ms=length_ms, stdin=frames.pipe)
        frames.check()
        return log


def _finishing(plan: Plan, films: Films, inputs: list[str], parts: list[str], work: Path, smaller: int) -> list[str]:
    """The arguments that take `[shots]`, lay films and captions over it, and have the finished sound beside it."""
    picture = "shots"
    for number, film in enumerate(films.films):
        count = inputs.count("-i")
        shutil.copyfile(films.path(film.file), work / film.file.name)
        inputs = [*inputs, "-i", film.file.name]
        x, y = (2 * round(at / smaller / 2) if smaller > 1 else at for at in (film.x, film.y))
        shrunk = f"scale=w='max(2,2*round(iw/{2 * smaller}))':h='max(2,2*round(ih/{2 * smaller}))':"
        parts = [
            *parts,
            f"[{count}:v]setpts='PTS+{film.start}/{plan.fps}/TB',{shrunk if smaller > 1 else 'scale='}"
            f"out_color_matrix=bt709:out_range=tv:flags=accurate_rnd,format=yuva420p[film{number}]",
            f"[{picture}][film{number}]overlay=x={x}:y={y}:eof_action=repeat"
            f":format=yuv420:enable='{_during(plan, film)}'[over{number}]",
        ]
        picture = f"over{number}"
    parts = [*parts, f"[{picture}]{CAPTIONS},format=yuv420p,{graph.TAGGED_BT709}[out]"]
    count = inputs.count("-i")
    return [*inputs, "-i", "sound.m4a", *graph.written(parts, work), "-map", "[out]", "-map", f"{count}:a"]


def _during(plan: Plan, film: Film) -> str:
    """The frames in which a film is seen, by times between two frames."""
    return f"gte(t,{(film.start - 0.5) / plan.fps:.6f})*lt(t,{(film.end - 0.5) / plan.fps:.6f})"


def _limit_s(plan: Plan, cuts: Sequence[graph.Take], sources: Sequence[graph.Opened]) -> float:
    """How long the run may take that draws these takes, by the frames that it decodes and draws."""
    decoded = 0.0
    for cut in cuts:
        source = sources[cut.source].source
        pixels, rate = source.width_px * source.height_px, min(source.fps, MOST_FPS)
        read_s = USUAL_GOP_S + float(sources[cut.source].lead) + cut.drawn * float(cut.speed) / plan.fps
        decoded += pixels * (1 if source.still else read_s * rate)
    drawn = plan.width_px * plan.height_px * sum(cut.drawn for cut in cuts)
    length_s = plan.frames / plan.fps
    return ffmpeg.limit_s(inputs=len(cuts), decoded_mp=decoded / 1e6, drawn_mp=drawn / 1e6, sound_s=length_s)


def _names(films: Films) -> list[str]:
    return [film.file.name for film in films.films]


def _written(plan: Plan, encoder: Sequence[str]) -> list[str]:
    return [*encoder, "-threads:v", str(plan.threads), *MUXER, "clip.mp4"]


# ── nothing fails silently ───────────────────────────────────────────────────────────────────────────────────────


def _check_fonts(log: str, work: Path) -> None:
    """Captions in another font than the style's are an error: libass takes the next best and does not say so."""
    ours = {_plain(ImageFont.truetype(str(font)).getname()[0] or "") for font in (work / "fonts").iterdir()}
    for family, drawn in re.findall(r"fontselect: \((.+?), \d+, \d+\) -> (.+?), -?\d+, ", log):
        if not any(_plain(drawn).startswith(name) for name in ours if _plain(family).startswith(name)):
            raise _font_error(family)
    failed = re.search(r"failed to find any fallback with glyph 0x0 for font: \((.+?), \d+, \d+\)", log)
    if failed:
        raise _font_error(failed[1])


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _font_error(family: str) -> EditaiError:
    return EditaiError(
        "font_replaced",
        f"The captions' font “{family}” was not found, so they would have looked different.",
        "Choose another caption style, or install EditAI again.",
    )


def _missing_glyphs(log: str) -> tuple[Degradation, ...]:
    codes = re.findall(r"failed to find any fallback with glyph 0x([0-9A-F]+)", log)
    letters = "".join(sorted({chr(int(code, 16)) for code in codes}))
    if not letters:
        return ()
    return (Degradation(slug="glyphs_missing", message=f"The captions' font cannot draw these characters: {letters}"),)


def _check_frames(log: str, frames: int) -> None:
    """Every frame of the plan was encoded, or a source had less to give than its header said."""
    counted = re.findall(r"(\d+) frames encoded", log)
    if not counted or int(counted[0]) != frames:
        raise EditaiError(
            "frames_missing",
            "A source video ends earlier than it says, so the clip came out too short.",
            "Copy the file from the camera or phone again, or export it as MP4 (H.264) and use that.",
        )
