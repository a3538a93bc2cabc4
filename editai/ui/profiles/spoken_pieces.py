"""Pieces of the section Voices as HTML. Whatever came from outside is escaped here."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from editai import audition
from editai.models import Clone, LicenceAccepted
from editai.script.language import NAMES
from editai.ui import words
from editai.ui.offered import price_of
from editai.voices import EngineInfo


def sentence_in(language: str) -> str:
    """A sentence to try a voice with; English where there is none in its language."""
    return (audition.lines(language) or audition.lines("en"))[0]


def engines(found: Sequence[tuple[EngineInfo, str]]) -> str:
    """The engines: where they speak, what they cost, what their licence means, what is missing."""
    cards = "".join(
        f"<li><b>{escape(info.label)}</b>{_marks(info)}"
        f'<i class="state {"" if missing else "done"}">{"Not here" if missing else "Ready"}</i>'
        f"<p>{escape(price_of(info)[0].upper() + price_of(info)[1:])}. {escape(info.licence)}. "
        f"{escape(info.licence_note)}</p>{f'<p><b>To have it:</b> {escape(missing)}</p>' if missing else ''}</li>"
        for info, missing in found
    )
    return f'<ul class="engines">{cards}</ul>'


def _marks(info: EngineInfo) -> str:
    marks = [
        "on this computer" if info.local else "over the internet",
        *(["clones a voice"] if info.clones else []),
        *([] if info.official else ["unofficial"]),
    ]
    return f"<span>{escape(', '.join(marks))}</span>"


def clones(found: Sequence[Clone]) -> str:
    """The store's own voices, each with its consent line."""
    if not found:
        return ""
    rows = "".join(
        f"<li><b>{escape(clone.name)}</b><span>{escape(NAMES.get(clone.language, clone.language))}, "
        f"{clone.speech_ms / 1000:.0f} seconds of speech. It is the voice of {escape(clone.consent.whose)}; "
        f"{escape(clone.consent.said_by)} said on {escape(words.when(clone.consent.at))} that it may be used."
        "</span></li>"
        for clone in found
    )
    return f'<ul class="clones">{rows}</ul>'


def licences(found: Sequence[tuple[EngineInfo, LicenceAccepted | None]], commercial: bool) -> str:
    """What the owner has to read, and what was accepted for this store."""
    rows = []
    for info, accepted in found:
        state = "Not accepted: it does not speak for this store."
        if accepted is not None:
            state = f"Accepted on {words.when(accepted.accepted_at)}."
            state += f" Licence of your own: {accepted.stated}." if accepted.stated else ""
            if commercial and not accepted.stated:
                state += " This store sells something and states no licence of its own, so it does not speak for it."
        rows.append(
            f"<li><b>{escape(info.label)}</b><span>{escape(info.licence)}. {escape(info.licence_note)}</span>"
            f"<span>{escape(state)}</span></li>"
        )
    return f'<ul class="clones">{"".join(rows)}</ul>'
