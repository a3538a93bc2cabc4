"""Where the captions lie in the finished picture, and what each platform that the clip is meant for has against it.

A platform that was chosen by its name and refuses the file makes the check fail; where none was chosen the clip is for
all of them, and one that refuses it is only said.
"""

from __future__ import annotations

from collections.abc import Callable

from editai import formats, platforms
from editai.models import Box, Check, Format, Seen, Verdict
from editai.quality.case import Case, Checks, check, ok

FEW_SEEN, TOO_FEW_SEEN = 0.8, 0.5
"""Parts of the captions that have to be seen."""

SOFT_PX = 2
"""At the size of 1080x1920: what is drawn has soft edges."""

OFF_PX = 48
"""By how much captions may seem to be elsewhere, at the size of 1080x1920: of some cues not all letters are seen."""

UPRIGHT: Format = "9:16"
"""The only format that apps show in the whole screen, so that their buttons lie on it."""


def _captions(case: Case) -> Checks:
    """Whether the captions are in the picture, and inside what is clear in this format."""
    plan, seen = case.plan, case.found.captions
    if not plan.cues or not plan.captions_burned:
        return
    if seen is None:
        message = "Where the captions are was not measured: they cannot be told from what is behind and beside them."
        yield check("captions", "unchecked", message)
        return
    part = seen.found / seen.looked
    if part < FEW_SEEN:
        message = f"Of {seen.looked} captions that were looked for in the picture, {seen.found} are seen."
        yield check("captions", "fail" if part < TOO_FEW_SEEN else "warn", message)
    else:
        yield ok("captions", "The captions are seen in the picture.")
    if not seen.found:
        return
    shape = formats.of_plan(plan)
    sides = _over(_scaled(seen, shape.width_px / plan.width_px), shape.clear)
    if off := _off(seen, shape.width_px / plan.width_px):
        yield check("captions_place", "fail", f"The captions lie {off} than they were laid out.")
    elif sides:
        message = f"The captions reach too far {_listed(sides)}, where platforms put buttons and texts."
        yield check("captions_place", "warn", message, shape.source)
    else:
        yield ok("captions_place", "The captions lie where no platform puts buttons or texts.", shape.source)


def _covered(case: Case) -> Checks:
    """Whether a platform covers the captions. A zone of which it is not known whether it is true counts where the
    platform was chosen by its name."""
    plan, seen = case.plan, case.found.captions
    shape = formats.of_size(plan.width_px, plan.height_px)
    if seen is None or not seen.found or shape.name != UPRIGHT:
        return
    words = _scaled(seen, shape.width_px / plan.width_px)
    hidden: dict[str, tuple[str, ...]] = {}
    source = ""
    for preset in platforms.meant(case.brief.platforms):
        zone = preset.covered
        if zone.sure == "unknown" and not case.brief.platforms:
            continue
        if sides := _over(words, zone.clear(shape)):
            hidden[preset.label] = sides
            source = source or platforms.source(zone.source)
    if hidden:
        where = "; ".join(f"{label} ({_listed(sides)})" for label, sides in hidden.items())
        yield check("covered", "warn", f"Buttons or texts may cover a part of the captions on {where}.", source)
    else:
        yield ok("covered", "No platform that the clip is for is known to cover the captions.")


def _limits(case: Case) -> Checks:
    """What each platform has against the file that it gets."""
    found, names = case.found, case.brief.platforms
    smaller = platforms.renditions((), found.width_px, found.height_px) if found.width_px else {}
    for preset in platforms.meant(case.brief.platforms):
        width, height = smaller.get(preset.name, (found.width_px, found.height_px))
        if not width:
            return
        file = found.model_copy(update={"width_px": width, "height_px": height})
        yield _limit(preset, platforms.figures(file), chosen=bool(names))


def _limit(preset: platforms.Preset, figures: platforms.Figures, chosen: bool) -> Check:
    slug = f"limits_{preset.name}"
    findings = platforms.against(figures, preset.placement, platforms.everywhere())
    if not findings:
        return ok(slug, f"The file keeps the limits of {preset.label}.")
    worst = sorted(findings, key=lambda finding: finding.severity != "refuse")
    verdict: Verdict = "fail" if chosen and worst[0].severity == "refuse" else "warn"
    return check(slug, verdict, " ".join(finding.message for finding in worst), worst[0].source)


def _scaled(seen: Seen, factor: float) -> Box:
    """Where the captions are in a picture that is `factor` as large."""
    return Box(
        left=round(seen.left * factor),
        top=round(seen.top * factor),
        right=round(seen.right * factor),
        bottom=round(seen.bottom * factor),
    )


def _off(seen: Seen, factor: float) -> str:
    """How far the captions are from where they were laid out; "" where that is next to nothing."""
    down, right = seen.off_y * factor, seen.off_x * factor
    told = []
    if abs(down) > OFF_PX:
        told.append(f"{abs(down):.0f} pixels {'lower' if down > 0 else 'higher'}")
    if abs(right) > OFF_PX:
        told.append(f"{abs(right):.0f} pixels further to the {'right' if right > 0 else 'left'}")
    return " and ".join(told)


def _over(words: Box, clear: Box) -> tuple[str, ...]:
    """The sides on which the words reach over what is clear."""
    over = {
        "up": clear.top - words.top,
        "down": words.bottom - clear.bottom,
        "to the left": clear.left - words.left,
        "to the right": words.right - clear.right,
    }
    return tuple(side for side, pixels in over.items() if pixels > SOFT_PX)


def _listed(sides: tuple[str, ...]) -> str:
    return " and ".join(sides)


CAPTIONS: tuple[Callable[[Case], Checks], ...] = (_captions, _covered)
PLATFORMS: tuple[Callable[[Case], Checks], ...] = (_limits,)
