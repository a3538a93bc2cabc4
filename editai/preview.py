"""How captions would look: one frame of a clip, drawn from its plan and its own sources.

For the brand kit it is the store's last clip, for captions that are edited the clip that they are of. Words are cut
into cues and burned in by the same functions as in the pipeline. The finished clip is not touched: its captions are
part of its picture.
"""

from __future__ import annotations

import shutil
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from pathlib import Path

from PIL import Image

from editai import captions, covered, footage, formats, plan, recaption, render, script
from editai.bundled import SAMPLE_VIDEO
from editai.errors import InvalidInput, NotFound
from editai.library import Library
from editai.models import (
    FPS,
    BrandKit,
    CaptionEdit,
    CaptionStyle,
    Clip,
    Crop,
    CropKey,
    Cue,
    File,
    Footage,
    Narration,
    Plan,
    Profile,
    Shot,
    Step,
    Still,
    Subtitles,
    Word,
    Work,
    finished,
    joined,
)
from editai.platforms import Preset
from editai.stages import StageCache

SMALLER = 2
"""A preview has so many times fewer pixels each way than the clip."""

SAMPLE_AT, WORD_MS = 4 * FPS, 400
"""Where the sample video shows its product well, and how long each word is spoken over it."""

TRIED = 50
"""So many of the store's last clips are tried; where none of them can be drawn again, the sample is."""

CUTTING = {"font_file", "size_px", "outline_px", "box_opacity", "uppercase", "max_words", "max_lines"} | {
    "plate", "halo_px", "entrance",
}  # fmt: skip
"""What of a style decides which words stand together."""


def preview_caption(shelf: Library, profile: Profile, kit: BrandKit) -> Path:
    """A JPEG of 540x960 pixels: a caption in the style of `kit` on a frame of the profile's last clip.

    Where there is no clip whose videos are still there, it is the sample video with the store's name. The same kit
    gives the same file, which lies in the profile's cache. Raises InvalidInput: 422 `caption_style_not_found`,
    `font_not_found`, `no_font_for_script`. EditaiError: see `render.still`.
    """
    style = captions.style(kit.caption_style, shelf.media.kit(profile.id, kit))
    return _drawn(shelf, profile.id, *(_last_clip(shelf, profile, style, kit.emphasise) or _sample(profile, style)))


def preview_cue(
    shelf: Library, clip: Clip, edits: Sequence[CaptionEdit], cue: int, word: int = 0, on: Sequence[Preset] = ()
) -> Path:
    """A JPEG of half the clip's size: the frame in the middle of a word, with its cue as these edits make it.

    What the presets `on` cover is drawn over it. Positions are those after the edits. Raises NotFound 404
    `clip_file_missing`, `source_not_found`, InvalidInput 422 as `captions.apply_edits` and `covered.check`.
    EditaiError: see `render.still`.
    """
    timeline = recaption.edited(shelf, clip, edits)
    spoken = captions.word_at(timeline, cue, word)
    at = {"poster_frame": (spoken.start + spoken.end) // 2, "degradations": ()}
    files = {each.file.sha256: shelf.media.source(clip.profile_id, each.file) for each in timeline.sources}
    if on:
        covered.check(timeline.width_px, timeline.height_px)
    drawn = _drawn(shelf, clip.profile_id, timeline.model_copy(update=at), files)
    return _with_bands(shelf, clip.profile_id, drawn, timeline, on) if on else drawn


def _drawn(shelf: Library, profile_id: str, timeline: Plan, files: Mapping[str, Path]) -> Path:
    """The poster's frame of the timeline with its captions, in the profile's cache."""
    timeline = captions.in_picture(timeline)
    subtitles, looks = captions.write(timeline), captions.with_used_fonts(timeline)
    drawn: Still = finished(
        StageCache(shelf.media.cache(profile_id)).run(
            "preview",
            1,
            {
                "key": (
                    looks,
                    subtitles.ass,
                    render.fingerprint(),
                    render.pens(subtitles.fonts),
                )
            },
            lambda work: _draw(timeline, subtitles, files, work),
            Still,
        )
    )
    return drawn.path(drawn.picture)


def _with_bands(shelf: Library, profile_id: str, drawn: Path, timeline: Plan, on: Sequence[Preset]) -> Path:
    """The frame with what these presets cover, beside it in the profile's cache."""

    def draw(work: Path) -> Work[Still]:
        with Image.open(drawn) as frame:
            bands = covered.draw(frame, on, timeline.width_px, timeline.height_px)
        bands.save(work / "covered.jpg", quality=90)
        yield Step(1.0)
        return Still(folder=work, picture=File.of(work / "covered.jpg"))

    key = {"key": (File.of(drawn), tuple(on))}
    made: Still = finished(StageCache(shelf.media.cache(profile_id)).run("covered", 1, key, draw, Still))
    return made.path(made.picture)


def _last_clip(
    shelf: Library, profile: Profile, style: CaptionStyle, emphasised: Sequence[str]
) -> tuple[Plan, Mapping[str, Path]] | None:
    """The plan of the newest clip that can be drawn again, its captions in `style` with these phrases emphasised, and
    its sources by their hash."""
    for clip in shelf.store.clips(profile.id, TRIED):
        try:
            timeline = shelf.media.plan(clip)
            files = {each.file.sha256: shelf.media.source(profile.id, each.file) for each in timeline.sources}
        except NotFound:  # its files were removed, or an older EditAI made it
            continue
        if timeline.cues:
            told = {"poster_frame": _frame(timeline), "degradations": (), "burned_language": ""}
            styled = _in_style(timeline.model_copy(update=told), style)
            styled = _in_style(styled, _suited(shelf, profile, styled))
            if clip.brief and not clip.brief.captions:  # what was edited by hand stays as it is
                said = " ".join(word.text for cue in styled.cues for word in cue.words)
                phrases = script.standouts(said, clip.brief.facts, styled.language)
                styled = captions.emphasise(styled, emphasised, phrases)
            return styled, files
    return None


def _suited(shelf: Library, profile: Profile, timeline: Plan) -> CaptionStyle:
    """The timeline's style as it suits the clip's picture, as far as what was seen in its sources is still known."""
    sources = tuple(source.file for source in timeline.sources)
    key = {"key": (sources, footage.fingerprint())}  # as the pipeline's stage has it
    seen = StageCache(shelf.media.cache(profile.id)).known("footage", 1, key, Footage)
    blind = Footage(sources=timeline.sources, shots=(), moments=())
    return captions.suited(timeline, seen or blind)[0]


def _in_style(timeline: Plan, style: CaptionStyle) -> Plan:
    """The timeline with its captions in `style`; they are cut anew only where the style asks for it."""
    if timeline.style.model_dump(include=CUTTING) == style.model_dump(include=CUTTING):
        return timeline.model_copy(update={"style": style})
    said = [
        word for cue in timeline.cues for word in cue.words if word.text.strip()
    ]  # one may have been hidden by hand
    sentences = script.split(joined(said), timeline.language)
    ends = list(accumulate(sum(map(len, sentence)) for sentence in sentences))  # in letters: spaces do not count
    begins = accumulate((len("".join(word.text.split())) for word in said), initial=0)
    words = tuple(
        Word(
            text=word.text,
            start_ms=-(-word.start * 1000 // FPS),
            end_ms=word.end * 1000 // FPS,
            sentence=bisect_right(ends, begin),
            glued=word.glued,
        )
        for word, begin in zip(said, begins, strict=False)
    )
    if not words:
        return timeline.model_copy(update={"style": style})
    return plan.with_captions(timeline, _cues(words, timeline.language, style, timeline), style)


def _sample(profile: Profile, style: CaptionStyle) -> tuple[Plan, Mapping[str, Path]]:
    """The sample video, cut upright, with a sentence about this store."""
    try:
        captions.check_text(profile.name, style)
        name = profile.name
    except InvalidInput:  # in letters that no font here has
        name = "your store"
    words = tuple(
        Word(text=text, start_ms=number * WORD_MS, end_ms=(number + 1) * WORD_MS, sentence=0)
        for number, text in enumerate(f"New from {name}.".split())
    )
    file = File.of(SAMPLE_VIDEO)
    source = footage.probe(SAMPLE_VIDEO, file)
    width = source.height_px * 9 / 16
    crop = Crop(x=(source.width_px - width) / 2, y=0, width=width, height=source.height_px)
    frames = (len(words) + 1) * WORD_MS * FPS // 1000
    shot = Shot(source=0, source_in=SAMPLE_AT, frames=frames, crops=(CropKey(frame=0, crop=crop),))
    timeline = Plan(frames=frames, sources=(source,), shots=(shot,), style=style)
    style = captions.suited(timeline, Footage(sources=(source,), shots=(), moments=()))[0]
    return plan.with_captions(timeline, _cues(words, "en", style, timeline), style), {file.sha256: SAMPLE_VIDEO}


def _cues(words: tuple[Word, ...], language: str, style: CaptionStyle, timeline: Plan) -> tuple[Cue, ...]:
    silent = File(name="", sha256="", bytes=0)
    said = Narration(audio=silent, duration_ms=words[-1].end_ms, words=words, language=language, origin="voice")
    return captions.make_cues(said, style, formats.of_plan(timeline))


def _frame(timeline: Plan) -> int:
    """A frame in which a word is said, as near as can be to the poster's, which shows the product well.

    It is the same in every style, so that nothing but the captions changes while styles are tried.
    """
    at = timeline.poster_frame
    title_ends = max((each.end for each in timeline.inserts if each.role == "title"), default=0)
    frames = [(cue, min(max(at, word.start), word.end - 1)) for cue in timeline.cues for word in cue.words]
    return min(frames, key=lambda each: (each[1] < title_ends, len(each[0].words) < 2, abs(each[1] - at)))[1]


def _draw(timeline: Plan, subtitles: Subtitles, files: Mapping[str, Path], work: Path) -> Work[Still]:
    scratch = work / "drawing"
    scratch.mkdir()
    drawn = yield from render.still(timeline, subtitles, files, scratch)
    with Image.open(drawn) as whole:
        size = timeline.width_px // SMALLER, timeline.height_px // SMALLER
        whole.resize(size, Image.Resampling.LANCZOS).save(work / "preview.jpg", quality=90)
    shutil.rmtree(scratch)
    return Still(folder=work, picture=File.of(work / "preview.jpg"))
