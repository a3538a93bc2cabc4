"""What is laid over the shots, and when: the hook title, the price, the end card, the logo.

Times are of the craft of short clips; where no platform says a figure they are rules of the house.
"""

from __future__ import annotations

from math import ceil

from editai.contrast import readable
from editai.models import FPS, BrandKit, Brief, Colours, Degradation, Insert, Narration

TITLE_FRAMES, TITLE_PART = 66, 0.4
"""The hook title stands for 2.2 s, but not for more than this part of the clip."""

TITLE_CHARACTERS, TITLE_WORDS = 28, 6

HANGING = frozenset(
    {"a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "our", "the", "to", "with", "your", "&"}
)
"""Words that a shortened title does not end with."""

BADGE_FROM, BADGE_BY = 45, 0.6
"""The price comes after 1.5 s, when the product was recognised, and by this part of the clip."""

BADGE_GAP = 6
"""Frames between the title's going and the price's coming."""

BADGE_LEAST, BADGE_A_WORD = 2.0, 0.33
"""It stands for two seconds, or for a second and a third of one for each word (BBC subtitle guidelines: a second more
for labels)."""

END_CARD, END_CARD_PART = 54, 0.15
"""An end card stands for 1.8 s, at most for this part of the clip, and never less than 1.5 s."""

END_CARD_LEAST = 45
CALL_WORDS = 6
"""A call to action has one verb and one object; more is not read in two seconds."""

_CLOSING = " ,;:.-\N{EN DASH}\N{EM DASH}"


def ending(brief: Brief, frames: int) -> int:
    """How many frames an end card adds to a clip of so many; 0 where there is none."""
    if not brief.end_card or not _call(brief):
        return 0
    return max(END_CARD_LEAST, min(END_CARD, round(frames * END_CARD_PART / (1 - END_CARD_PART))))


def inserts(brief: Brief, kit: BrandKit, narration: Narration, frames: int, last: int) -> tuple[Insert, ...]:
    """The clip's inserts, in the order in which they are laid over it; the end card has the `last` of the `frames`."""
    colours, before = kit.colours, frames - last
    found = [title(brief, narration, before, colours)]
    found.append(_badge(brief, found[0], before, colours))
    if brief.logo and kit.logo:
        logo = {"file": kit.logo, "place": kit.logo_place, "margin_px": kit.logo_margin_px}
        found.append(Insert(role="logo", start=0, end=before, **logo))
    if last:
        detail = "\n".join((_short(brief.facts.title.split()), _price(brief))).rstrip("\n")
        look = {"panel": colours.background, "ink": _ink(colours.background, colours), "accent": colours.highlight}
        file = kit.logo if brief.logo else None
        call = _call(brief)
        found.append(Insert(role="end_card", start=before, end=frames, text=call, detail=detail, file=file, **look))
    return tuple(insert for insert in found if insert is not None)


def title(brief: Brief, narration: Narration, frames: int, colours: Colours) -> Insert | None:
    """The hook title: its own words, else the product's name, else how the first sentence begins; None where it is not
    wanted."""
    first = " ".join(word.text for word in narration.sentences()[0][:TITLE_WORDS])
    text = _short((brief.on_screen or brief.facts.title or first).split())
    if not brief.hook_card or not text:
        return None
    end = max(1, min(TITLE_FRAMES, int(frames * TITLE_PART)))
    return Insert(
        role="title", text=text, start=0, end=end, panel=colours.highlight, ink=_ink(colours.highlight, colours)
    )


def said(brief: Brief, shown: tuple[Insert, ...]) -> tuple[Degradation, ...]:
    """What to say where an insert leaves out a part of the words that it should show, or the price has no place."""
    told = []
    by_role = {insert.role: insert for insert in shown}
    hook, card = by_role.get("title"), by_role.get("end_card")
    whole = " ".join((brief.on_screen or brief.facts.title).split()).rstrip(_CLOSING)
    if hook and whole and hook.text != whole:
        message = f"The title card shows only “{hook.text}”."
        told.append(Degradation(slug="title_shortened", message=message))
    product = " ".join(brief.facts.title.split()).rstrip(_CLOSING)
    if card and card.detail.split("\n")[0] != product:
        message = f"The end card shows only “{_short(product.split())}”."
        told.append(Degradation(slug="end_card_shortened", message=message))
    if card and len(brief.call_to_action.split()) > CALL_WORDS:
        message = f"The end card shows only the first words of the call to action: “{card.text}”."
        told.append(Degradation(slug="call_shortened", message=message))
    if _wants_badge(brief, hook) and "badge" not in by_role:
        message = "The clip is too short for the price to stand in it for long enough to be read."
        told.append(Degradation(slug="badge_left_out", message=message))
    return tuple(told)


def _wants_badge(brief: Brief, title: Insert | None) -> bool:
    """Whether there is a price to be laid over the shots that the title does not show already."""
    price = _price(brief)
    return bool(brief.price_badge and price) and not (title and price in title.text)


def _badge(brief: Brief, title: Insert | None, until: int, colours: Colours) -> Insert | None:
    """The price, where it can stand for long enough."""
    if not _wants_badge(brief, title):
        return None
    price = _price(brief)
    start = max(BADGE_FROM, title.end + BADGE_GAP if title else 0)
    long = ceil(max(BADGE_LEAST, BADGE_A_WORD * len(price.split()) + 1) * FPS)
    if start > BADGE_BY * until or start + long > until:
        return None
    look = {"panel": colours.highlight, "ink": _ink(colours.highlight, colours)}
    return Insert(role="badge", text=price, start=start, end=min(until, start + 2 * long), **look)


def _price(brief: Brief) -> str:
    return " ".join(brief.facts.price.split())


def _call(brief: Brief) -> str:
    """The call to action, in words that can be read while it stands."""
    words = brief.call_to_action.split()
    return _whole(words[:CALL_WORDS], words)


def _ink(ground: str, colours: Colours) -> str:
    return readable(ground, colours.background, colours.text, colours.highlight)


def _short(words: list[str]) -> str:
    """As many words as a title has room for."""
    kept: list[str] = []
    for word in words:
        if kept and len(" ".join([*kept, word])) > TITLE_CHARACTERS:
            break
        kept.append(word)
    return _whole(kept, words)[:TITLE_CHARACTERS].rstrip(_CLOSING)


def _whole(kept: list[str], words: list[str]) -> str:
    """The words that were kept of all of them, without those at the end that lead to one that is gone."""
    while 1 < len(kept) < len(words) and kept[-1].lower() in HANGING:
        kept = kept[:-1]
    return " ".join(kept).rstrip(_CLOSING)
