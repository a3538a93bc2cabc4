"""A finished clip rendered again: with its captions edited by hand, or with its picture encoded in another way.

The edits belong to the clip. Its product stays as it is: a clip that is produced anew begins with the captions of its
script. Rendered again, a clip goes through every stage as before, and finds all but its picture done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from editai import captions
from editai.errors import Conflict, InvalidInput
from editai.library import Library
from editai.models import Brief, CaptionEdit, Clip, EditedCaptions, Plan
from editai.publish.check import require_fresh


def before_edits(shelf: Library, clip: Clip) -> Plan:
    """The clip's plan with its captions as they were before any edit. Raises NotFound 404 `clip_file_missing`."""
    plan = shelf.media.plan(clip)
    return plan.model_copy(update={"cues": clip.brief.captions.base}) if clip.brief and clip.brief.captions else plan


def edits_of(clip: Clip) -> tuple[CaptionEdit, ...]:
    """The edits that the clip was rendered with."""
    return clip.brief.captions.edits if clip.brief and clip.brief.captions else ()


def edited(shelf: Library, clip: Clip, edits: Sequence[CaptionEdit]) -> Plan:
    """The clip's plan with these edits and no others. Raises as `before_edits` and `captions.apply_edits`, NotFound 404
    `font_not_found` where the store removed the font of its captions."""
    return captions.apply_edits(before_edits(shelf, clip), edits)


def brief_again(shelf: Library, clip: Clip, wishes: Mapping[str, Any]) -> Brief:
    """The clip's brief with other wishes for its picture (`quality`, `encoder`, `captions_burned`; None is no wish),
    its captions as they were edited; no small copy is drawn first, as the clip is known.

    Raises Conflict 409 `clip_stale` where the product says something else by now, `render_unchanged` where nothing
    would be another; InvalidInput 422 `choice_unknown`.
    """
    brief = _brief_of(shelf, clip)
    require_fresh(shelf, clip)
    wished = {name: wish for name, wish in wishes.items() if wish is not None}
    try:
        wanted = Brief.model_validate({**brief.model_dump(), **wished, "preview": False})
    except ValidationError as error:
        wrong = ", ".join(str(item["loc"][0]) for item in error.errors())
        raise InvalidInput(
            "choice_unknown", f"This choice is not offered: {wrong}.", "Choose one of those that are listed."
        ) from error
    if wanted == brief.model_copy(update={"preview": False}):
        raise Conflict(
            "render_unchanged",
            "This clip is rendered like that already.",
            "Choose another quality or encoder, or other captions.",
        )
    return wanted


def _brief_of(shelf: Library, clip: Clip) -> Brief:
    return clip.brief or shelf.journal.job(clip.profile_id, clip.job_id).brief


def brief_with(shelf: Library, clip: Clip, edits: Sequence[CaptionEdit]) -> Brief:
    """The clip's brief with these edits and no others; no small copy is drawn first, as the clip is known.

    Raises as `edited`; Conflict 409 `clip_stale` where the product says something else by now, so that the edits would
    be of words that it has no more, `captions_unchanged` where the clip shows just these edits.
    """
    brief = _brief_of(shelf, clip)
    require_fresh(shelf, clip)
    if tuple(edits) == edits_of(clip):
        raise Conflict(
            "captions_unchanged", "Nothing was edited since this clip was rendered.", "Change a caption first."
        )
    edited(shelf, clip, edits)
    base, known = before_edits(shelf, clip).cues, shelf.media.plan(clip).translations
    wanted = EditedCaptions(base=base, edits=tuple(edits), translations=known) if edits else None
    return brief.model_copy(update={"captions": wanted, "preview": False})
