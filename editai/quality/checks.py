"""What was measured on the finished file against what was planned: a verdict on each, in a sentence for the owner."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from editai.models import Brief, Check, Measurement, Plan, Run, Shot, Verdict
from editai.quality import places
from editai.quality.case import Case, Checks, check, for_example, graded, ok, when
from editai.quality.heard import Heard, compare
from editai.quality.watch import FROZEN_MS, SILENT_MS
from editai.settings import Settings

LOUDNESS_LU, LOUDNESS_FAR_LU = 1.0, 3.0
NO_TARGET = "No platform publishes a target; -14 LUFS and at most -1 dBTP are what most agree on (house)"
GOP_S, GOP_FAR_S = 2.0, 5.0
WORDS_WRONG, WORDS_OTHER = 0.15, 0.5
"""Parts of the words: the transcriber mishears a few of its own; where most are others it is another text."""
LATE_MS, LATE_FAR_MS = 250, 500
"""A transcriber's own times are off by about 0.1 s (measured: 87 ms on a clip that is in step)."""
BLACK_FAR_MS = 1000
MOVES = 0.01
"""Parts of its width by which a crop moves that is to be seen moving."""
CLIPPED_A_SECOND = 1.0


def judge(found: Measurement, heard: Heard | None, plan: Plan, brief: Brief, settings: Settings) -> tuple[Check, ...]:
    """Every check of a finished clip, in the order in which somebody would look. `heard` None: nobody speaks in it."""
    case = Case(found, heard, plan, brief, settings)
    return tuple(check for look in CHECKS for check in look(case))


# ── what is in the file ──────────────────────────────────────────────────────────────────────────────────────────


def _whole(case: Case) -> Checks:
    found = case.found
    if found.damaged or not found.frames:
        yield check("whole", "fail", f"Parts of the file cannot be played ({found.damaged or 'all'} of its pieces).")
    else:
        yield ok("whole", "The file plays to its end.")


def _picture_kind(case: Case) -> Checks:
    found = case.found
    if found.video_codec != "h264" or found.pixel_format != "yuv420p":
        kind = " ".join(filter(None, (found.video_codec, found.pixel_format))) or "missing"
        message = f"The picture is {kind}; not every player shows it. All platforms take H.264 in 8 bits (yuv420p)."
        yield check("picture_kind", "fail", message)
    elif found.video_profile != "High":
        message = f"The picture is H.264 in the profile {found.video_profile}, where High is asked for."
        yield check("picture_kind", "warn", message, "YouTube and X: H.264 High")
    else:
        yield ok("picture_kind", "The picture is H.264, which every platform takes.")
    if found.colour != "bt709 tv":
        message = f"The colours are marked as {found.colour or 'nothing'}; players may show them paler or darker."
        yield check("colour", "warn", message, "YouTube: BT.709")
    else:
        yield ok("colour", "The colours are marked as every player expects them (BT.709).")


def _sound_kind(case: Case) -> Checks:
    found = case.found
    if not found.audio_codec:
        yield check("sound_kind", "fail", "The clip has no sound track.")
    elif found.audio_codec != "aac":
        yield check("sound_kind", "fail", f"The sound is {found.audio_codec}; Instagram, Facebook and X take AAC only.")
    elif (found.audio_rate_hz, found.audio_channels) != (48_000, 2):
        channels = {1: "mono", 2: "stereo"}.get(found.audio_channels, f"{found.audio_channels} channels")
        message = f"The sound is {channels} at {found.audio_rate_hz / 1000:g} kHz, where stereo at 48 kHz is asked for."
        yield check("sound_kind", "warn", message, "Facebook and YouTube: AAC, stereo, 48 kHz")
    else:
        yield ok("sound_kind", "The sound is AAC, stereo, 48 kHz, which every platform takes.")


def _size(case: Case) -> Checks:
    found, plan = case.found, case.plan
    made = f"{found.width_px} × {found.height_px}"
    if (found.width_px, found.height_px) != (plan.width_px, plan.height_px):
        yield check(
            "size", "fail", f"The picture has {made} pixels where {plan.width_px} × {plan.height_px} were meant."
        )
    else:
        yield ok("size", f"The picture has {made} pixels, as planned.")


def _frames(case: Case) -> Checks:
    found, plan = case.found, case.plan
    if found.frames != plan.frames:
        yield check("frames", "fail", f"The clip has {found.frames} pictures where {plan.frames} were planned.")
    else:
        yield ok("frames", f"All {plan.frames} pictures that were planned are there.")
    if abs(found.fps - plan.fps) > 0.01:
        message = f"The clip runs at {found.fps:g} pictures a second where {plan.fps} were planned."
        yield check("rate", "fail", message)
    elif not found.steady:
        message = "The pictures do not follow one another evenly (a variable frame rate), so the clip may stutter."
        yield check("rate", "fail", message, "Facebook: a constant frame rate")
    else:
        yield ok("rate", f"The pictures follow one another evenly, {plan.fps} a second.")


def _ends(case: Case) -> Checks:
    found = case.found
    if not found.audio_codec:
        return
    begins, ends = found.sound_start_ms - found.picture_start_ms, found.sound_end_ms - found.picture_end_ms
    if abs(begins) > case.frame_ms:
        side = "after" if begins > 0 else "before"
        yield check("sound_end", "fail", f"The sound begins {abs(begins) / 1000:.2f} seconds {side} the picture.")
    elif abs(ends) > case.frame_ms:
        side = "after" if ends > 0 else "before"
        yield check("sound_end", "fail", f"The sound ends {abs(ends) / 1000:.2f} seconds {side} the picture.")
    else:
        yield ok("sound_end", "Sound and picture begin and end together.")


def _container(case: Case) -> Checks:
    found = case.found
    source = "Instagram and YouTube: moov first, no edit lists"
    if found.faststart:
        yield ok("index", "The file's index comes first, so it plays while it loads.", source)
    else:
        message = "The file's index comes last: players wait for the whole file, and Instagram refuses it."
        yield check("index", "fail", message, source)
    if found.edit_list:
        message = "The file asks players to skip a part of it (an edit list), which Instagram refuses."
        yield check("edit_list", "fail", message, source)
    else:
        yield ok("edit_list", "The file asks no player to skip anything.", source)
    gop_s = found.longest_gop / (found.fps or case.plan.fps)
    verdict = graded(gop_s, GOP_S + 0.001, GOP_FAR_S)
    many = f"Whole pictures, from which a player can begin, come every {gop_s:.1f} seconds"
    message = f"{many}." if verdict == "pass" else f"{many}; at most {GOP_S:.0f} are wanted."
    yield check("gop", verdict, message, "Facebook: closed GOP of 2 to 5 s")


# ── what is heard ────────────────────────────────────────────────────────────────────────────────────────────────


def _loudness(case: Case) -> Checks:
    found, plan = case.found, case.plan
    if found.loudness_lufs is None or found.peak_dbtp is None:
        return
    off = found.loudness_lufs - plan.loudness_lufs
    verdict = graded(abs(off), LOUDNESS_LU, LOUDNESS_FAR_LU)
    wrong = "" if verdict == "pass" else " It is too loud." if off > 0 else " It is too quiet."
    message = f"The sound is at {found.loudness_lufs:.1f} LUFS; {plan.loudness_lufs:.0f} is wanted.{wrong}"
    yield check("loudness", verdict, message, NO_TARGET)
    verdict = graded(found.peak_dbtp, plan.peak_dbtp, 0.0)
    wrong = "" if verdict == "pass" else " Phones may distort them."
    message = f"The loudest peaks are at {found.peak_dbtp:.1f} dBTP; at most {plan.peak_dbtp:.0f} is wanted.{wrong}"
    yield check("peak", verdict, message, NO_TARGET)


def _clipping(case: Case) -> Checks:
    found = case.found
    if not found.audio_codec:
        return
    if found.clipped:
        verdict: Verdict = "fail" if found.clipped * 1000 > CLIPPED_A_SECOND * found.duration_ms else "warn"
        yield check("clipping", verdict, f"The sound is cut off at full scale in {found.clipped} places and crackles.")
    else:
        yield ok("clipping", "The sound is nowhere cut off at full scale.")


def _silence(case: Case) -> Checks:
    """Whether something is heard all the time but on the end card; words that are swallowed are worse than a pause."""
    found, plan = case.found, case.plan
    if not found.audio_codec:
        return
    if found.loudness_lufs is None:
        verdict: Verdict = "fail" if plan.cues or plan.speech else "warn"
        yield check("silence", verdict, "There is nothing to hear in this clip.")
        return
    said = False
    for run in found.silent:
        lost = [
            word.text
            for cue in plan.cues
            for word in cue.words
            if run.start_ms <= word.start * case.frame_ms and word.end * case.frame_ms <= run.end_ms
        ]
        if lost:
            words = " ".join(lost[:6])
            yield check("silence", "fail", f"Nothing is heard {when(run)}, where “{words}” should be.")
        elif _unaccounted_ms(plan, run, _end_cards(plan)) > SILENT_MS:
            yield check("silence", "warn", f"Nothing is heard {when(run)}.", "Voice or music always (house)")
        else:
            continue
        said = True
    if not said:
        yield ok("silence", "Something is heard all the time.")


def _words(case: Case) -> Checks:
    plan, heard = case.plan, case.heard
    if heard is None or not plan.cues:
        return
    if heard.unchecked:
        yield check("heard", "unchecked", heard.unchecked)
        return
    told = compare(plan.cues, heard, plan.language, plan.fps, case.brief.facts, case.settings)
    late_ms = told.late_ms
    if edited := case.brief.captions:  # on purpose: it counts which of the two is nearer to what is said
        spoken = compare(edited.base, heard, plan.language, plan.fps, case.brief.facts, case.settings)
        told = min(told, spoken, key=lambda each: each.rate)
    if told.rate_without_names > WORDS_OTHER:
        yield check("heard", "fail", f"Something else is heard than the captions say{for_example(told.examples)}.")
    elif told.rate > WORDS_WRONG and told.wrong > 1:
        message = f"{told.wrong} of {told.words} words are heard otherwise than shown{for_example(told.examples)}. "
        yield check("heard", "warn", f"{message}Where that is only a name, nothing is wrong.")
    else:
        right = max(0.0, 1 - told.rate)
        yield ok("heard", f"What is heard is what the captions say ({right:.0%} of the words, heard again).")
    if late_ms is None:
        return
    verdict = graded(abs(late_ms), LATE_MS, LATE_FAR_MS)
    if verdict == "pass":
        yield ok("in_step", "The words are heard when they are shown.")
    else:
        side = "after" if late_ms > 0 else "before"
        yield check("in_step", verdict, f"The words are heard {abs(late_ms) / 1000:.1f} seconds {side} they are shown.")


# ── what is seen ─────────────────────────────────────────────────────────────────────────────────────────────────


def _black(case: Case) -> Checks:
    for run in case.found.black:
        yield check("black", "fail" if run.ms > BLACK_FAR_MS else "warn", f"The picture is black {when(run)}.")
    if not case.found.black:
        yield ok("black", "The picture is nowhere black.")


def _frozen(case: Case) -> Checks:
    """Whether the picture stands still where it should move. It may on an end card or a photo; a source may do so."""
    bad = [run for run in case.found.frozen if not _is_meant_still(case.plan, run)]
    for run in bad:
        verdict: Verdict = "fail" if _should_move(case.plan, run) else "warn"
        yield check("frozen", verdict, f"The picture stands still {when(run)}.")
    if not bad:
        yield ok("frozen", "The picture never stands still for long.")


def _is_meant_still(plan: Plan, run: Run) -> bool:
    """Whether photos that do not move and end cards account for a run but for what would not be noticed."""
    still = _end_cards(plan)
    for begin, shot in _shots(plan):
        if plan.sources[shot.source].still and not _moves(shot, 0, shot.frames):
            still.update(range(begin, begin + shot.frames))
    return _unaccounted_ms(plan, run, still) <= FROZEN_MS


def _end_cards(plan: Plan) -> set[int]:
    """The frames that an end card covers."""
    return {frame for card in plan.inserts if card.role == "end_card" for frame in range(card.start, card.end)}


def _unaccounted_ms(plan: Plan, run: Run, meant: set[int]) -> float:
    """How much of a run is in none of the frames in which it is meant to be so."""
    start, end = _in_frames(plan, run)
    return sum(frame not in meant for frame in range(start, end)) * 1000 / plan.fps


def _should_move(plan: Plan, run: Run) -> bool:
    """Whether a cut lies well inside the run, or a shot's crop moves in it."""
    start, end = _in_frames(plan, run)
    margin = plan.fps // 2
    for begin, shot in _shots(plan):
        if start + margin < begin < end - margin:
            return True
        first, last = max(start, begin), min(end, begin + shot.frames)
        if last - first > margin and _moves(shot, first - begin, last - begin):
            return True
    return False


def _in_frames(plan: Plan, run: Run) -> tuple[int, int]:
    return round(run.start_ms * plan.fps / 1000), round(run.end_ms * plan.fps / 1000)


def _shots(plan: Plan) -> Iterator[tuple[int, Shot]]:
    """Each shot with its first frame."""
    at = 0
    for shot in plan.shots:
        yield at, shot
        at += shot.frames


def _moves(shot: Shot, first: int, last: int) -> bool:
    """Whether the crop moves visibly between two frames of its shot."""
    one, other = shot.crop_at(first), shot.crop_at(last)
    change = max(abs(one.x - other.x), abs(one.y - other.y), abs(one.width - other.width))
    return change > MOVES * one.width


CHECKS: tuple[Callable[[Case], Checks], ...] = (
    _whole, _frames, _black, _frozen, *places.CAPTIONS, _words, _silence, _loudness, _clipping, _ends, _size,
    _picture_kind, _sound_kind, _container, *places.PLATFORMS,
)  # fmt: skip
"""Each yields what it has to say; what it cannot look at, another one has said already."""
