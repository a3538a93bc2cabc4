"""What holds attention, as rules with numbers and grounds, and which of them a finished plan could not keep.

`assets/plan/rules.json` holds a rule a line: its bound, where it is from, and how sure that is. Nothing is refused for
a rule: what could not be kept is said in the report.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from pydantic import TypeAdapter

from editai.bundled import ASSETS
from editai.models import FPS, CropKey, Degradation, Footage, Model, Moment, Narration, Plan, Shot
from editai.models.post import Sureness
from editai.plan.moments import LIVELY

NEAR = 0.35
"""The part of the picture's height from which on a product is seen from near (a figure of the house)."""

EARLY = 5 * FPS

LONG_SPEECH_MS = 3000
"""Less speech than this has no rate that says anything."""


class Rule(Model):
    """A bound on something measured in a plan; `message` says what was `found` against it, `ground` why it holds."""

    slug: str
    least: float | None = None
    most: float | None = None
    unit: str
    ground: str
    source: str
    sure: Sureness
    message: str

    def holds(self, found: float) -> bool:
        """Whether a measured value keeps the rule."""
        return (self.least is None or found >= self.least) and (self.most is None or found <= self.most)

    def broken(self, found: float) -> Degradation:
        """What is said where it does not hold."""
        told = self.message.format(found=found, least=self.least, most=self.most)
        return Degradation(slug=f"rule_{self.slug}", message=f"{told} ({self.ground}).")


@dataclass(frozen=True, slots=True)
class _Case:
    plan: Plan
    footage: Footage
    narration: Narration


@functools.cache
def rules() -> tuple[Rule, ...]:
    """Every rule."""
    return TypeAdapter(tuple[Rule, ...]).validate_json((ASSETS / "plan" / "rules.json").read_bytes())


def broken(plan: Plan, footage: Footage, narration: Narration) -> tuple[Degradation, ...]:
    """The rules that this plan could not keep."""
    case = _Case(plan, footage, narration)
    found = ((rule, MEASURES[rule.slug](case)) for rule in rules())
    return tuple(rule.broken(value) for rule, value in found if value is not None and not rule.holds(value))


# ── what is measured ─────────────────────────────────────────────────────────────────────────────────────────────


def _first_frame(case: _Case) -> float | None:
    """0 where something moves in the first frame or the product is near in it, else 1."""
    shot = case.plan.shots[0]
    moment = _moment(case, shot, 0)
    if moment is None or case.footage.sources[shot.source].still:  # a photo moves
        return None
    return float(moment.motion < LIVELY and not _is_near(case, shot, moment))


def _product_by(case: _Case) -> float | None:
    """Seconds until the product is seen from near; None where nobody knows how far it reaches, or it never is."""
    if all(moment.subject is None for moment in case.footage.moments):
        return None
    begin = 0
    for shot in case.plan.shots:
        for at in range(0, shot.frames, FPS // 2):
            moment = _moment(case, shot, at)
            if moment is not None and _is_near(case, shot, moment):
                return (begin + at) / FPS
        begin += shot.frames
    return None


def _shots_early(case: _Case) -> float | None:
    if case.plan.frames < EARLY:
        return None
    begins, at = [], 0
    for shot in case.plan.shots:
        begins.append(at)
        at += shot.frames
    return float(sum(begin < EARLY for begin in begins))


def _shown_frames(case: _Case) -> list[int]:
    """The lengths of the shots as they are seen: what an end card covers is none of it."""
    lengths = [shot.frames for shot in case.plan.shots]
    lengths[-1] -= _end_card_frames(case)
    return lengths


def _mean_shot(case: _Case) -> float | None:
    lengths = _shown_frames(case)
    return sum(lengths) / len(lengths) / FPS if sum(lengths) >= EARLY else None


def _shortest_shot(case: _Case) -> float:
    return min(_shown_frames(case)) / FPS if len(case.plan.shots) > 1 else float(EARLY)


def _still_shot(case: _Case) -> float:
    """Seconds of the longest shot in which neither the picture moves nor anything in it."""
    longest = 0
    for shot, frames in zip(case.plan.shots, _shown_frames(case), strict=True):
        moments = [_moment(case, shot, at) for at in range(0, frames, FPS // 2)]
        rests = all(key.crop == shot.crops[0].crop for key in shot.crops)
        if rests and all(moment is not None and moment.frozen for moment in moments):
            longest = max(longest, frames)
    return longest / FPS


def _pan_speed(case: _Case) -> float:
    """Widths of the crop that it moves in a second, at the fastest half second of a shot; zooms count nothing."""
    fastest = 0.0
    for shot in case.plan.shots:
        for before, after in pairwise(shot.crops):
            if abs(before.crop.width - after.crop.width) > 0.01 * before.crop.width:
                continue
            fastest = max(fastest, _moved(before, after) / max(after.frame - before.frame, FPS // 2))
    return fastest * FPS


def _moved(before: CropKey, after: CropKey) -> float:
    return max(abs(after.crop.x - before.crop.x), abs(after.crop.y - before.crop.y)) / before.crop.width


def _first_word(case: _Case) -> float | None:
    return case.plan.speech[0].start / FPS if case.plan.speech else None


def _last_word(case: _Case) -> float | None:
    """Seconds between the last word and the end; a clip that keeps a source's own speech ends where that does."""
    if not case.plan.speech or case.narration.origin == "source":
        return None
    return (case.plan.frames - case.plan.speech[-1].end) / FPS


def _end_card(case: _Case) -> float:
    return _end_card_frames(case) / case.plan.frames if case.plan.frames >= 10 * FPS else 0.0


def _end_card_frames(case: _Case) -> int:
    return sum(insert.end - insert.start for insert in case.plan.inserts if insert.role == "end_card")


def _speech_rate(case: _Case) -> float | None:
    words = case.narration.words
    spoken_ms = words[-1].end_ms - words[0].start_ms  # with its pauses, as the figures of reading aloud are
    if spoken_ms < LONG_SPEECH_MS or case.narration.language in UNSPACED:
        return None
    return (sum(len(word.text) + 1 for word in words) - 1) * 1000 / spoken_ms


UNSPACED = frozenset({"zh", "ja", "ko", "th"})
"""Languages in which a character is a syllable or a word."""


MEASURES: Mapping[str, Callable[[_Case], float | None]] = {
    "first_frame": _first_frame,
    "product_by": _product_by,
    "shots_early": _shots_early,
    "mean_shot": _mean_shot,
    "shortest_shot": _shortest_shot,
    "still_shot": _still_shot,
    "pan_speed": _pan_speed,
    "first_word": _first_word,
    "last_word": _last_word,
    "end_card": _end_card,
    "speech_rate": _speech_rate,
}
"""How each rule's value is measured; None where there is nothing to measure."""


def _moment(case: _Case, shot: Shot, at: int) -> Moment | None:
    """The moment that is shown at a frame of a shot."""
    ms = (shot.source_in + at * shot.speed) * 1000 / FPS
    own = [moment for moment in case.footage.moments if moment.source == shot.source]
    there = (moment for moment in own if moment.start_ms <= ms < moment.end_ms)
    return next(there, min(own, key=lambda moment: abs((moment.start_ms + moment.end_ms) / 2 - ms), default=None))


def _is_near(case: _Case, shot: Shot, moment: Moment) -> bool:
    """Whether a face is in it, or the product has a good part of the height that is shown."""
    if moment.face or moment.subject is None:
        return moment.face > 0
    height = (moment.subject.bottom - moment.subject.top) * case.footage.sources[shot.source].height_px
    return height >= NEAR * shot.crops[0].crop.height
