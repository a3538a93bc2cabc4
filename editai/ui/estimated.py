"""What clips will take, told before anything is started: money, time, how long they will be, and what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from editai import batch, captions, footage, jobs, plan, products, script, voices
from editai.errors import EditaiError, InvalidInput
from editai.library.store import require_budget
from editai.models import Brief, Model, Profile, Project
from editai.ui.context import Desk
from editai.ui.written import NO_VIDEO, look, script_of
from editai.voices import Studio

USUAL_CLIP_SECONDS = 18.0
"""The clip of which `batch.usual_work` speaks where the store has made none: 15 seconds of speech and its ends."""
LETTERS_A_WORD = 5


class Estimate(Model):
    """Money is in micro-dollars. `cost` is what the voice takes for what it has not spoken before, `writing` and
    `translation` what the store's language model takes at the most, `left` what is left of the month's budget, None
    without one. `clip_seconds` is None where the clip keeps what is said in the video, which nobody has listened to
    yet. `measured`: `make_seconds` is reckoned from what earlier clips of the store took. `missing` are the errors
    that a job would meet now, as `EditaiError.as_dict()`. `known`: so is what is said, and with it the money.
    """

    clips: int
    clip_seconds: float | None
    make_seconds: int
    measured: bool
    cost: int
    writing: int
    translation: int
    left: int | None
    known: bool
    missing: tuple[dict[str, str | int], ...]


@dataclass(frozen=True)
class _Said:
    """What is said in a clip: about how long it takes, and what it costs in micro-dollars."""

    seconds: float
    cost: int
    translation: int
    writing: int = 0


def estimate(
    desk: Desk,
    profile: Profile,
    videos: Sequence[Path],
    wishes: Mapping[str, Any],
    *,
    project: str = "",
    more_formats: Sequence[str] = (),
    variants: int = 1,
) -> Estimate:
    """What `jobs.submit_each` with the same arguments will take; `wishes` are fields of `Brief`, None is no wish.

    Raises NotFound 404 `project_not_found`, InvalidInput 422 `variants_invalid`, `choice_unknown`; all else that is
    wrong is in `missing`.
    """
    shelf, studio = desk.library, desk.studio(profile)
    kept = shelf.store.project(profile.id, project) if project else None
    brief = products.brief_of(profile, kept, kept.brief.sources if kept else (NO_VIDEO,), wishes)
    taken = _taken(desk, profile, brief, kept is not None, more_formats, variants)
    missing: list[EditaiError] = []
    if kept and not videos:
        missing += _refusals(lambda: [shelf.media.source(profile.id, file) for file in brief.sources])
        if not missing:
            videos = [shelf.media.source(profile.id, file) for file in brief.sources]
    missing += _missing(brief, videos, studio) if not missing else []
    return taken.model_copy(update={"missing": (*(error.as_dict() for error in missing), *taken.missing)})


def reckoned(
    desk: Desk,
    profile: Profile,
    wishes: Mapping[str, Any],
    project: Project | None = None,
    *,
    more_formats: Sequence[str] = (),
    variants: int = 1,
) -> Estimate:
    """The same of the choices alone, at once: no video is looked at, and nothing but money can be in `missing`."""
    brief = products.brief_of(profile, project, project.brief.sources if project else (NO_VIDEO,), wishes)
    return _taken(desk, profile, brief, project is not None, more_formats, variants)


def _taken(
    desk: Desk, profile: Profile, brief: Brief, again: bool, more_formats: Sequence[str], variants: int
) -> Estimate:
    """Money, time and length; `again`: its videos were looked at before."""
    jobs.require_offered(more_formats, variants)
    shelf, studio = desk.library, desk.studio(profile)
    missing: list[EditaiError] = []
    said = _by_model(brief, studio) if script.is_for_model(brief) else _by_text(desk, profile, brief, variants)
    cost, writing, translation = (sum(getattr(each, of) for each in said) for of in ("cost", "writing", "translation"))
    budget, spent = profile.monthly_budget, shelf.costs.spent(profile)
    if budget is not None:
        missing += _refusals(lambda: require_budget(budget, spent, cost + writing + translation))
    seconds = float(brief.seconds) if brief.seconds else _length(brief, said[0].seconds) if said else None
    usual = batch.usual_work(shelf, profile)
    longer = 1.0 if usual.measured else max(1.0, (seconds or USUAL_CLIP_SECONDS) / USUAL_CLIP_SECONDS)
    first = longer * (usual.part if again else usual.whole)
    clips = len({brief.format, *more_formats}) * variants
    every = first + longer * usual.part * (clips - 1)
    return Estimate(
        clips=clips,
        clip_seconds=seconds,
        make_seconds=round(max(first, every / shelf.settings.workers)),
        measured=usual.measured,
        cost=cost,
        writing=writing,
        translation=translation,
        left=None if budget is None else max(0, budget - spent),
        known=bool(said),
        missing=tuple(error.as_dict() for error in missing),
    )


def _missing(brief: Brief, videos: Sequence[Path], studio: Studio) -> list[EditaiError]:
    """Everything that a job would be refused for, as far as it can be known at once."""
    wrong = _refusals(lambda: products.check(brief, studio))
    for path in videos:
        wrong += _refusals(lambda path=path: footage.check(path, studio.settings))  # type: ignore[misc]
    if not videos:
        wrong.append(InvalidInput("no_video", "There is no video to work with.", "Add at least one product video."))
    elif not wrong:
        wrong += _refusals(lambda: jobs.check(brief, videos, studio))  # what only the two together show
    return wrong


def _by_text(desk: Desk, profile: Profile, brief: Brief, variants: int) -> list[_Said]:
    """What each variant says that says something else: those that say the same share their voice. Nothing where the
    text cannot be read, or what is said in the video is kept."""
    said: dict[str, _Said] = {}
    for seed in range(brief.seed, brief.seed + variants):
        with suppress(EditaiError):
            draft = script_of(desk, profile, brief.model_copy(update={"seed": seed}))
            if draft.text not in said:
                seen = look(desk, profile, brief, draft)
                said[draft.text] = _Said(seen.seconds, seen.cost, seen.translation)
    return [*said.values()]


def _by_model(brief: Brief, studio: Studio) -> list[_Said]:
    """About what a script takes that nobody has written yet. Nothing where there is no model, or no such voice."""
    account = studio.language_model()
    if account is None:
        return []
    with suppress(EditaiError):
        language, pace = voices.language_of(brief.voice, studio, brief.language), voices.pace(brief.voice, studio)
        seconds = brief.seconds or studio.kit.seconds or script.SECONDS
        letters = round(seconds * pace * brief.voice.speed)
        wanted = captions.languages(brief)
        words = ["word"] * (letters // LETTERS_A_WORD)
        translated = captions.translation_price(words, language, wanted, account) if wanted else 0
        spoken = voices.price(voices.engine(brief.voice.engine).info, letters)
        written = script.model_price(brief, studio.kit, language, pace, account)
        return [_Said(seconds, spoken, translated, written)]
    return []


def _length(brief: Brief, speech: float) -> float:
    """About how long a clip is, in seconds, that says what takes so long."""
    around = plan.around_ms(brief.model_copy(update={"seconds": round(speech)}))
    return round(speech + around / 1000, 1)


def _refusals(act: Callable[[], object]) -> list[EditaiError]:
    try:
        act()
    except EditaiError as error:
        return [error]
    return []
