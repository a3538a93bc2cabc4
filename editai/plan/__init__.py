"""Footage and narration become a timeline: what is shown when, and how much of it; in whole frames, in an instant.

`beats` says when the picture changes, `variants` and `windows` what is shown, `framing` which part of it, `words` and
`inserts` what stands on it, `tracks` what is heard, `rules` what of the craft could not be kept.
Nothing here looks at a picture or runs a model: the same brief, footage and narration give the same plan.
"""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from editai import formats, platforms
from editai.errors import InvalidInput
from editai.models import (
    FPS,
    BrandKit,
    Brief,
    CaptionStyle,
    Crop,
    Cue,
    Degradation,
    Footage,
    Narration,
    Plan,
    Rhythm,
    Shot,
)
from editai.plan import beats, framing, inserts, joints, moments, poster, rules, tracks, variants, words
from editai.plan.windows import Window

NO_RHYTHM = Rhythm()

LEAD_IN_MS = 250
"""Before the first word (0.1 to 0.4 s hold attention)."""

TAIL, LONGEST_TAIL = 18, 30
"""Frames after the last word: 0.6 s, or up to 1 s where the narration goes on sounding."""


SHORTEST_CLIP = 4 * FPS
"""Pinterest takes no shorter one."""

MOST_UNSEEN = FPS // 2
"""Frames by which speech in a source may outlast its picture: a last word that ends over nothing."""

SOFT = 1.5
"""Enlarging a picture by more than this shows."""

SIZE_CHANGE = 4 * FPS
"""A shot of somebody speaking that lasts longer changes its size where a sentence begins."""


def make(
    brief: Brief,
    footage: Footage,
    narration: Narration,
    cues: tuple[Cue, ...],
    style: CaptionStyle,
    kit: BrandKit,
    rhythm: Rhythm = NO_RHYTHM,
) -> Plan:
    """The timeline of the clip; `cues` are in frames from the narration's beginning, `rhythm` is the music's.

    After the last word comes the end card, if there is one; what is beneath it need not be there in the source.

    A narration of origin "voice" gets the best of the footage; one of origin "source" keeps the picture that it was
    recorded with, in step. Raises InvalidInput: 422 `speech_without_picture` where that picture ends long before.
    """
    if narration.origin == "source":
        lead, frames, shown = _spoken_in_source(footage, narration)
        told = variants.in_step(brief.seed)
    else:
        lead, frames, shown, told = _spoken_over(brief, footage, narration, rhythm)
    ending = inserts.ending(brief, frames)
    shown[-1] = replace(shown[-1], frames=shown[-1].frames + ending)
    shape = platforms.shape(brief.format, brief.platforms)
    draft = Plan(
        width_px=shape.width_px,
        height_px=shape.height_px,
        frames=frames + ending,
        sources=footage.sources,
        shots=joints.joined(_shots(shown, footage, shape.aspect), brief.joint, footage),
        captions_burned=brief.captions_burned,
        clear=None if shape == formats.shape(brief.format) else shape.clear,
        style=style,
        quality=brief.quality,
        encoder=brief.encoder,
    )
    laid = inserts.inserts(brief, kit, narration, frames + ending, ending)
    made = draft.model_copy(
        update={
            "cues": words.place(cues, lead, frames, cuts(draft)),
            "inserts": laid,
            "tracks": tracks.tracks(brief, footage, narration, shown, lead, cuts(draft), rhythm),
            "speech": words.speech(narration, lead, frames),
            "language": narration.language,
        }
    )
    told += _degradations(draft, footage, shown) + inserts.said(brief, laid) + rules.broken(made, footage, narration)
    return made.model_copy(update={"poster_frame": poster.frame(made, footage), "degradations": told})


def with_captions(plan: Plan, cues: tuple[Cue, ...], style: CaptionStyle) -> Plan:
    """The same timeline with other captions; `cues` are in frames of the clip."""
    return plan.model_copy(update={"style": style, "cues": words.place(cues, 0, plan.frames, cuts(plan))})


def around_ms(brief: Brief) -> int:
    """What a clip of the length that the brief asks for is longer than its speech."""
    ending = inserts.ending(brief, round((brief.seconds or 0) * FPS * (1 - inserts.END_CARD_PART)))
    return LEAD_IN_MS + (TAIL + ending) * 1000 // FPS


def cuts(plan: Plan) -> list[int]:
    """The frames at which another shot begins."""
    at, found = 0, []
    for shot in plan.shots[:-1]:
        at += shot.frames
        found.append(at)
    return found


def _spoken_over(
    brief: Brief, footage: Footage, narration: Narration, rhythm: Rhythm
) -> tuple[int, int, list[Window], tuple[Degradation, ...]]:
    """The narration's first frame, the clip's length, the best of the footage, and what to say of it."""
    first, last = narration.words[0], narration.words[-1]
    lead = max(0, round((LEAD_IN_MS - first.start_ms) * FPS / 1000))
    said = beats.last_frame(last, lead)
    sounded = lead + ceil(narration.duration_ms * FPS / 1000)
    frames = max(SHORTEST_CLIP, said + max(TAIL, min(LONGEST_TAIL, sounded - said)))
    on = beats.of_music(rhythm, narration.words, lead, frames)

    def cut(longest: int, usual: int) -> list[int]:
        return beats.cut(narration.words, lead, frames, longest, usual, on)

    return lead, frames, *variants.choose(footage, brief.seed, cut)


def _spoken_in_source(footage: Footage, narration: Narration) -> tuple[int, int, list[Window]]:
    """The stretch of source 0 in which somebody speaks, cut where the source is cut, and at sentences in between.

    Nothing is left out and nothing is moved, so the lips stay with the sound.
    """
    start = round(narration.source_start_ms * FPS / 1000)
    room = footage.sources[0].duration_ms * FPS // 1000 - moments.END_MARGIN - start
    room -= sum(skip.frames for skip in narration.skipped)
    said = beats.last_frame(narration.words[-1], 0)
    if said - room > MOST_UNSEEN:
        raise InvalidInput(
            "speech_without_picture",
            f"The picture of this video ends {(said - room) / FPS:.1f} seconds before what is said in it.",
            "Export the video again, or write a script or give the product's name; a voice will speak instead.",
        )
    wanted = max(SHORTEST_CLIP, said + TAIL, min(ceil(narration.duration_ms * FPS / 1000), said + LONGEST_TAIL))
    frames = max(1, min(wanted, room))
    own = [round(shot.start_ms * FPS / 1000) - start for shot in footage.shots if shot.source == 0]
    shown: list[Window] = []
    for begin, end, gone in _kept(narration, frames):
        marks = [begin]
        for at in (each - gone for each in own):
            if at - marks[-1] >= beats.SHORTEST and end - at >= beats.SHORTEST:
                marks.append(at)
        for first, beyond in zip(marks, [*marks[1:], end], strict=True):
            at, take = first, sum(cut <= first + gone for cut in own)
            for length in _sentences(narration, first, beyond):
                shown.append(Window(0, start + gone + at, length, 1.0, take))
                at += length
    return 0, frames, shown


def _kept(narration: Narration, frames: int) -> list[tuple[int, int, int]]:
    """The stretches of the clip between the skips: first frame, the one beyond, and how many were left out before."""
    found, begin, gone = [], 0, 0
    for skip in narration.skipped:
        end = skip.at - gone
        if end >= frames:
            break
        found.append((begin, end, gone))
        begin, gone = end, gone + skip.frames
    return [*found, (begin, frames, gone)]


def _sentences(narration: Narration, begin: int, end: int) -> list[int]:
    """The lengths of a take's parts: one, or more where it is long and a sentence begins inside."""
    if end - begin <= SIZE_CHANGE:
        return [end - begin]
    marks = [begin]
    for sentence in narration.sentences()[1:]:
        at = beats.first_frame(sentence[0], 0)
        if at - marks[-1] >= 2 * FPS and end - at >= FPS:
            marks.append(at)
    return [later - earlier for earlier, later in zip(marks, [*marks[1:], end], strict=True)]


def _shots(shown: list[Window], footage: Footage, aspect: float) -> tuple[Shot, ...]:
    shots = []
    for window, closer in zip(shown, framing.sizes(shown), strict=True):
        frame = framing.framed(window, footage, closer, aspect)
        shots.append(
            Shot(
                source=window.source,
                source_in=window.source_in,
                frames=window.frames,
                speed=window.speed,
                crops=frame.crops,
                on_blur=frame.on_blur,
            )
        )
    return tuple(shots)


def _degradations(plan: Plan, footage: Footage, shown: list[Window]) -> tuple[Degradation, ...]:
    said = []
    owners = [window.source for window in shown]
    photos = [number for number, source in enumerate(footage.sources) if source.still]
    filmed = sum(source.duration_ms for source in footage.sources if not source.still) / 1000
    unused = len(footage.sources) - len(set(owners))
    needed = plan.frames / FPS
    slowest = min(window.speed for window in shown)
    repeated = sum(window.repeated for window in shown) / FPS
    again = max((owners.count(photo) for photo in photos), default=0)
    if unused:
        what = "videos and photos" if photos else "videos"
        said.append(Degradation(slug="source_unused", message=f"{unused} of the {what} found no place in this clip."))
    if slowest < 1:
        said.append(
            Degradation(
                slug="source_slowed",
                message=f"The clip lasts {needed:.1f} seconds and there are {filmed:.1f} seconds of video, "
                f"so some of it runs at {slowest:.0%} of its speed.",
            )
        )
    if repeated >= 0.2:
        said.append(
            Degradation(
                slug="source_reused",
                message=f"The video is too short for the clip: {repeated:.1f} seconds of it are shown twice.",
            )
        )
    if again > 1:
        only = "There is only one photo" if len(photos) == 1 else f"There are only {len(photos)} photos"
        times = "twice" if again == 2 else f"{again} times"
        said.append(
            Degradation(
                slug="photo_reused",
                message=f"{only} for a clip of {needed:.1f} seconds, so one is shown {times}; more are livelier.",
            )
        )
    enlarged, source = max((_enlarged(plan, shot, key.crop), shot.source) for shot in plan.shots for key in shot.crops)
    if enlarged > SOFT:
        kind = "photo" if footage.sources[source].still else "video"
        size = f"{footage.sources[source].width_px}x{footage.sources[source].height_px}"
        said.append(
            Degradation(
                slug="upscaled",
                message=f"The {kind} is {size} pixels; for a clip of {plan.width_px}x{plan.height_px} its picture is "
                f"enlarged up to {enlarged:.1f} times and looks softer.",
            )
        )
    return tuple(said)


def _enlarged(plan: Plan, shot: Shot, crop: Crop) -> float:
    """By how much the picture is enlarged; one that stands whole on a blurred fill need not cover the clip."""
    ways = plan.width_px / crop.width, plan.height_px / crop.height
    return min(ways) if shot.on_blur else max(ways)
