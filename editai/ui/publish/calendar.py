"""The calendar as HTML: a grid of days, on a phone a list of them. A post is a button that says which one it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

from editai.models import ListedPost
from editai.publish import moment
from editai.publish.calendar import Day, Entry, Free, Span
from editai.publish.providers import provider
from editai.ui import looks
from editai.ui.publish.pieces import state_of

FEW = 4
"""Entries of a day that a month shows; the week shows all."""
CLICKED = """
element.addEventListener('click', (event) => {
  const on = event.target.closest('button[data-post], button[data-day]');
  if (!on || on.ariaPressed) return;
  element.querySelector('[aria-pressed]')?.removeAttribute('aria-pressed');
  if (on.dataset.post) on.ariaPressed = 'true';
  element.querySelector('.calendar').classList.add('picking');
  trigger('click', {post: on.dataset.post || '', day: on.dataset.day || ''});
});
"""
"""What tells the page which post, or which day, was clicked. The buttons of the post that was picked before cannot be
pressed until the calendar is drawn anew, which takes the mark away: whoever picks one and presses "Cancel it" before
its own buttons are there means that one."""


def title(span: Span, shown: Sequence[Day], day: date) -> str:
    """ "February 2027", or "23 Nov to 29 Nov 2026"."""
    if span == "month":
        return f"{day:%B %Y}"
    first, last = shown[0].day, shown[-1].day
    return f"{first.day} {first:%b} to {last.day} {last:%b %Y}"


def grid(span: Span, shown: Sequence[Day], day: date, today: date, picked: str) -> str:
    """The days from Monday to Sunday; `day` is in the month that is meant, `picked` the post that is chosen."""
    names = "".join(f"<b>{item.day:%a}</b>" for item in shown[:7])
    cells = "".join(_cell(span, item, day, today, picked) for item in shown)
    return f'<div class="calendar {span}"><div class="names" aria-hidden="true">{names}</div>{cells}</div>'


def _cell(span: Span, item: Day, day: date, today: date, picked: str) -> str:
    css = ["day"]
    if item.day == today:
        css.append("today")
    if span == "month" and item.day.month != day.month:
        css.append("beside")
    if not item.entries:
        css.append("nothing")
    some = item.entries if span == "week" or len(item.entries) <= FEW else item.entries[: FEW - 1]
    more = len(item.entries) - len(some)
    rest = f'<button class="more" data-day="{item.day}">{more} more</button>'
    entries = "".join(_entry(entry, picked) for entry in some) + (rest if more else "")
    name = f"<h4><span>{item.day:%a} </span>{item.day.day}<span> {item.day:%b}</span></h4>"
    return f'<section class="{" ".join(css)}">{name}{_clock_set(item.set_forward)}{entries}</section>'


def _clock_set(minutes: int) -> str:
    if not minutes:
        return ""
    by = "1 hour" if abs(minutes) == 60 else f"{abs(minutes)} minutes"
    return f'<p class="clock">The clock is set {"forward" if minutes > 0 else "back"} by {by}.</p>'


def _entry(entry: Entry, picked: str) -> str:
    if entry.free is not None:
        return f'<span class="entry free"><b>{entry.time}</b> free on {escape(entry.free.channel.name)}</span>'
    assert entry.post is not None  # noqa: S101 an entry is one of the two
    listed, post = entry.post, entry.post.post
    css, word = state_of(post)
    needs = " needs" if post.needs_owner or (listed.stale and listed.to_do and post.state != "published") else ""
    where = provider(post.channel.provider).label
    told = f"{word}: {listed.clip_title}, {post.channel.name} on {where}"
    chosen = ' aria-pressed="true"' if post.id == picked else ""
    return (
        f'<button class="entry {css}{needs}" data-post="{escape(post.id)}" title="{escape(told)}"{chosen}>'
        f"<b>{entry.time}</b> {escape(listed.clip_title)}<i>{escape(where)}</i></button>"
    )


def below(zone: str, found: Sequence[ListedPost], total: int, free: Sequence[Free], without: Sequence[str]) -> str:
    """What is to be said of the days above."""
    told = [f"Times are those of {zone}. Click a post to give it another time, or to cancel it."]
    if not found:
        told.insert(0, "No post in these days.")
    if total > len(found):
        told.append(f"There are {total:,} posts in these days, of which the newest {len(found):,} are shown.")
    if free:
        said = ", ".join(f"{slot.channel.name}: {moment.words(slot.at, zone)}" for slot in free)
        told.append(f"Next free times in Postiz: {said}.")
    if without:
        told.append(f"Postiz gave no free time for {', '.join(without)}.")
    return looks.note(" ".join(told))
