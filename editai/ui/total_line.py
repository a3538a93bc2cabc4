"""What is about to be made in one line: how many clips, for how much, in what time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from editai import voices
from editai.errors import EditaiError
from editai.models import Profile, Project, Voice
from editai.readable import at_most, count, dollars, length_of
from editai.ui.context import Desk
from editai.ui.estimated import Estimate, reckoned
from editai.ui.offered import price_of


def total_line(
    desk: Desk,
    profile: Profile,
    project: Project | None,
    wishes: Mapping[str, Any],
    more_formats: Sequence[str] = (),
    variants: int = 1,
) -> str:
    """The line for these wishes (fields of `Brief`) as HTML, and where something is wrong with them, what."""
    try:
        found = reckoned(desk, profile, wishes, project, more_formats=more_formats, variants=variants)
    except EditaiError as error:
        return f'<p class="total wrong">{escape(str(error))}</p>'
    made = count(found.clips, "clip")
    if found.clip_seconds:
        made += f" of about {length_of(found.clip_seconds)}"
    price = _price(found) if found.known else _usual(wishes.get("voice") or _before(profile, project))
    parts = [f"<b>{made}</b>", price, f"about {length_of(found.make_seconds)} to make"]
    if found.left is not None:
        parts.append(f"{dollars(found.left)} of this month's budget left")
    wrong = "".join(f'<p class="total wrong">{escape(str(item["message"]))}</p>' for item in found.missing)
    return f'<p class="total" role="status">{" · ".join(parts)}</p>{wrong}'


def _before(profile: Profile, project: Project | None) -> Voice:
    """Who speaks where nobody else is chosen."""
    return project.brief.voice if project else profile.kit.voice


def _usual(voice: Voice) -> str:
    """What a clip costs of which nobody knows yet what it says."""
    return price_of(voices.engine(voice.engine).info)


def _price(found: Estimate) -> str:
    """What all of it costs: a model is reckoned at the most, a voice by its letters."""
    model = found.writing + found.translation
    if model:
        return at_most(found.cost + model)
    return f"about {dollars(found.cost)}" if found.cost else "free"
