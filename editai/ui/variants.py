"""The variants of a product side by side: those that are made and those that are being made, each with what makes it
different, and with what can be done with it. One of them is the chosen one: it is shown below in full.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import zip_longest
from typing import Any

import gradio as gr

from editai import captions, formats, products
from editai.errors import EditaiError, NotFound
from editai.library import Media
from editai.models import Brief, Clip, Job, Plan, Profile, Report
from editai.publish.check import outdated
from editai.readable import count
from editai.script.language import NAMES
from editai.script.sentences import clean, split
from editai.ui import clips, words
from editai.ui.context import Desk, told_on_page
from editai.ui.files import address, show
from editai.ui.follow import watch
from editai.ui.tab import PRIVATE, Update

MOST = 12
"""So many variants stand side by side, the newest."""
LOOKED_AT = 60
"""Jobs of a product among which its variants are looked for."""
LONGEST_HOOK = 90
REMEMBERED = 8 * MOST
"""Of so many clips what their plan and report say is remembered."""

HEADING = "<h3>Variants side by side</h3>"
MARK = '<article data-card="{}"'
MARKED = len(MARK.format("0" * 16))
"""A card begins with a mark that follows from what it shows: so long, it tells whether the browser has this one."""
SEEN = f"""
(profile, watched, ...values) => {{
  const cards = values.slice(0, {MOST})
  return [profile, watched, ...cards.map(card => String(card ?? "").slice(0, {MARKED}))]
}}
"""
"""What the page sends of its cards to ask which are others by now: the mark of each."""

ACTS = """
element.addEventListener("click", event => {
  const button = event.target.closest("button[data-act]")
  if (!button) return
  const told = { index: button.dataset.job, value: button.dataset.act }
  if (told.value === "publish") return trigger("publish", told)
  trigger("select", told)
  const come = (id, tries) => {
    const there = document.getElementById(id)
    if (there) there.scrollIntoView({ block: "start" })
    else if (tries) setTimeout(come, 200, id, tries - 1)
  }
  come(told.value === "edit" ? "caption-editor" : "panel", 30)
})
"""
"""What the buttons inside a piece of HTML do: `select` tells the job and "choose" or "edit", `publish` the job."""


@dataclass(frozen=True)
class Variant:
    """A job of the product, and once it is done its clip with its plan and its report.

    `stale` says what of the product is another by now, so that the clip cannot be published any more.
    """

    job: Job
    stale: tuple[str, ...] = ()
    clip: Clip | None = None
    plan: Plan | None = None
    report: Report | None = None


def side_by_side(desk: Desk, profile: Profile, watched: str) -> list[Variant]:
    """What there is of the watched job's product that says the same as it, oldest first; nothing where it is alone.

    What was made twice is there once, what was cancelled is not, and what failed only where nothing came of it later.
    """
    journal = desk.library.journal
    try:
        job = journal.job(profile.id, watched)
        if job.project_id is None:
            return []
        product = desk.library.store.project(profile.id, job.project_id).brief
    except NotFound:
        return []
    rows = journal.of_project(profile.id, job.project_id, LOOKED_AT)
    alike = [row for row in rows if row.state != "cancelled" and _says_the_same(row.brief, job.brief)]
    asked: list[Brief] = []
    kept: list[Job] = []
    for row in sorted(alike, key=lambda row: row.state == "failed"):  # of each kind the newest comes first
        brief = row.brief.model_copy(update={"preview": False})  # a small copy on the way makes no other clip
        if brief not in asked:
            asked.append(brief)
            kept.append(row)
    newest = sorted(kept, key=rows.index)[:MOST]
    if len(newest) < 2:
        return []
    return [_read(desk, row, outdated(row.brief, product)) for row in reversed(newest)]


def _says_the_same(one: Brief, other: Brief) -> bool:
    return not products.changes(one.facts, other.facts, one.script, other.script)


def _read(desk: Desk, job: Job, stale: tuple[str, ...]) -> Variant:
    """A job with its clip as far as it is on this computer: nothing is fetched to be looked at in passing."""
    if job.state != "done" or job.profile_id is None or job.clip_id is None:
        return Variant(job, stale)
    shelf = desk.library
    try:
        clip = shelf.media.placed(shelf.store.clip(job.profile_id, job.clip_id))
        clips.shown(desk, clip, "video")
        return Variant(job, stale, clip, *_told(shelf.media, clip))
    except EditaiError:  # it was made elsewhere, or a file of it is gone: chosen, it says so
        return Variant(job, stale)


@lru_cache(REMEMBERED)
def _told(media: Media, clip: Clip) -> tuple[Plan, Report]:
    """A clip's plan and report, which never change: it is looked at every few seconds while another one is made."""
    return media.plan(clip), media.report(clip)


# ── what makes it different ──────────────────────────────────────────────────────────────────────────────────────


def differences(variants: Sequence[Variant]) -> list[list[str]]:
    """What is different in each of them, in words; what is the same in all is not told."""
    known = [_traits(each) for each in variants]
    if len({each.job.brief.seed for each in variants}) == 1:
        known = [traits | {"cut": ""} for traits in known]  # it was not asked for another one
    told = [name for name in _traits(variants[0]) if len({traits[name] for traits in known}) > 1] if variants else []
    return [[traits[name] for name in told if traits[name]] for traits in known]


def _traits(variant: Variant) -> dict[str, str]:
    """Everything about a clip that may be different in another one of its product."""
    brief, report = variant.job.brief, variant.report
    return {
        "hook": _hook(report.script if report else brief.script, brief.language),
        "voice": _voice(report.voice if report else str(brief.voice)),
        "cut": _cut(variant),
        "style": f"Captions: {captions.style(brief.caption_style).label.partition(':')[0]}",
        "shape": formats.shape(brief.format).label,
        "edited": "Captions edited by hand" if brief.captions else "",
        "language": f"Captions in {NAMES[brief.burned_language]}" if brief.burned_language in NAMES else "",
        "bare": "" if brief.captions_burned else "No captions in the picture",
        "music": "With music" if brief.music else "Without music",
        "quality": "" if brief.quality == "standard" else f"{brief.quality.capitalize()} quality",
    }


def _hook(script: str, language: str) -> str:
    """How a script begins: its first sentence."""
    first = " ".join(next(iter(split(clean(script), language)), []))
    short = first if len(first) <= LONGEST_HOOK else f"{first[:LONGEST_HOOK].rsplit(' ', 1)[0]} …"
    return f"“{short}”" if short else ""


def _voice(voice: str) -> str:
    return "The video's own sound" if voice == "source" else f"Voice: {words.voice_name(voice)}"


def _cut(variant: Variant) -> str:
    """Where the clip opens; before it is made that it will open elsewhere."""
    if variant.plan is None:
        return "Another opening, other shots" if variant.job.brief.seed else "The first cut"
    first = variant.plan.shots[0]
    seconds = round(first.source_in / variant.plan.fps)
    several = len(variant.plan.sources) > 1
    if variant.plan.sources[first.source].still:
        return f"Opens with photo {first.source + 1}" if several else "Opens with the photo"
    where = f"video {first.source + 1}" if several else "the video"
    return f"Opens {count(seconds, 'second')} into {where}" if seconds else f"Opens at the start of {where}"


# ── on the page ──────────────────────────────────────────────────────────────────────────────────────────────────


def cards(desk: Desk, variants: Sequence[Variant], chosen: str) -> list[str]:
    """Each of them as HTML, the chosen job marked."""
    told = zip(variants, differences(variants), strict=True)
    return [_card(desk, number, each, differs, chosen) for number, (each, differs) in enumerate(told, 1)]


def changed(drawn: Sequence[str], seen: Sequence[object]) -> list[Update]:
    """What is sent for each of the `MOST` places: the card that is drawn there now, where the browser has another one.

    `seen` is what the browser said of each (see `SEEN`); where it said nothing, all are sent.
    """
    now = [*drawn, *[""] * (MOST - len(drawn))]
    return [gr.skip() if has == card[:MARKED] else card for card, has in zip_longest(now, seen[:MOST])]


def _card(desk: Desk, number: int, variant: Variant, told: Sequence[str], chosen: str) -> str:
    mine = variant.job.id == chosen
    badge = '<i class="state done">Chosen</i>' if mine else ""
    listed = "".join(f"<li>{escape(each)}</li>" for each in told)
    shown = (
        f' data-store="{variant.job.profile_id or ""}" class="variant{" chosen" if mine else ""}">'
        f'<div class="look">{_picture(desk, variant, number)}</div>'
        f'<div class="about"><h4>Variant {number} {badge}</h4><ul class="differs">{listed}</ul>'
        f"{_below(desk, variant, mine)}</div></article>"
    )
    return MARK.format(hashlib.blake2b(shown.encode(), digest_size=8).hexdigest()) + shown


def _picture(desk: Desk, variant: Variant, number: int) -> str:
    """Its player, or what there is of its picture so far."""
    if variant.clip is not None and variant.report is not None:
        seen = variant.report.measurement
        return (
            f'<video controls playsinline preload="none" poster="{_at(desk, variant.clip, "poster")}" '
            f'src="{_at(desk, variant.clip, "video")}" style="aspect-ratio:{seen.width_px}/{seen.height_px}" '
            f'aria-label="Variant {number}"></video>'
        )
    still = variant.job.progress.still if variant.job.progress and variant.job.state == "running" else None
    where = address(show(desk.settings, still)) if still else ""
    return f'<img src="{escape(where)}" alt="">' if where else '<div class="blank"></div>'


def _at(desk: Desk, clip: Clip, field: str) -> str:
    try:
        return escape(address(clips.shown(desk, clip, field)))
    except NotFound:  # the file was removed by hand; chosen, the clip says so
        return ""


def _below(desk: Desk, variant: Variant, mine: bool) -> str:
    """How far it is, or how it came out and what can be done with it."""
    job = variant.job
    if job.state == "failed":
        return f'<p class="verdict fail">{escape(str(job.error["message"] if job.error else "It failed."))}</p>'
    if job.state in {"queued", "running"}:
        return _under_way(job)
    choose = "" if mine else _button("choose", job, "Choose this one", first=True)
    if variant.clip is None or variant.report is None:
        return f'<p class="verdict warn">A file of it is not on this computer.</p><div class="acts">{choose}</div>'
    name, large = clips.named(variant.clip, "video")
    where = _at(desk, variant.clip, "video")
    download = f'<a class="act" href="{where}" download="{escape(name)}">Download <span>{large}</span></a>'
    if variant.stale:
        told = f'<p class="verdict warn">Out of date: {escape(", ".join(variant.stale))} changed.</p>'
        return f'{told}<div class="acts">{choose}{download}</div>'
    publish, edit = _button("publish", job, "Publish", first=mine), _button("edit", job, "Edit captions")
    return f'{_verdict(variant.report)}<div class="acts">{choose}{publish}{download}{edit}</div>'


def _button(act: str, job: Job, label: str, *, first: bool = False) -> str:
    """`first`: it is what one would press next."""
    look = "act first" if first else "act"
    return f'<button type="button" class="{look}" data-act="{act}" data-job="{escape(job.id)}">{label}</button>'


def _under_way(job: Job) -> str:
    now = job.progress if job.state == "running" else None
    percent = now.percent if now else 0.0
    said = words.waiting(job) if job.state == "queued" else (now.message if now else "") or "Getting ready"
    left = words.left(now.seconds_left if now else None)
    return (
        f'<p class="said">{escape(said)}</p>'
        '<div class="bar" role="progressbar" aria-label="Progress" aria-valuemin="0" aria-valuemax="100" '
        f'aria-valuenow="{percent:.0f}"><i style="width:{percent:.1f}%"></i></div>'
        f'<p class="figures"><span>{percent:.0f} %</span><span>{escape(left)}</span></p>'
    )


def _verdict(report: Report) -> str:
    """What its report comes to, in a sentence."""
    found = [check.verdict for check in report.checks]
    length = words.length(report.measurement.duration_ms)
    wrong, doubtful = found.count("fail"), found.count("warn") + len(report.degradations)
    said: Mapping[str, tuple[str, str]] = {
        "fail": ("\N{MULTIPLICATION X}", f"{count(wrong, 'check')} failed"),
        "warn": ("!", f"{count(doubtful, 'thing')} to look at"),
        "pass": ("\N{CHECK MARK}", "All checks passed"),
    }
    mark, verdict = said[report.verdict]
    return f'<p class="verdict {report.verdict}"><i aria-hidden="true">{mark}</i> {verdict} · {length}</p>'


def publish_button(job: Job) -> str:
    """The button that takes a finished job's clip to the Publish tab; see `ACTS`."""
    return _button("publish", job, "Publish", first=True)


class Choosing:
    """What the buttons of the variants do; each says what it returns for which outputs."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def choose_variant(self, profile_id: str, event: gr.SelectData, request: gr.Request) -> list[Update]:
        """Show this one in full, its captions unfolded where they are to be edited: (watched, caption editor)."""
        with told_on_page():
            job = self._job(profile_id, event, request)
            return [watch(job), gr.Accordion(open=True) if event.value == "edit" else gr.skip()]

    def take_to_publish(self, profile_id: str, event: gr.SelectData, request: gr.Request) -> dict[str, str]:
        """What the Publish tab is asked to open: a job whose clip is there."""
        with told_on_page():
            job = self._job(profile_id, event, request)
            return {**watch(job), "clip": job.clip_id or ""}

    def _job(self, profile_id: str, event: gr.SelectData, request: gr.Request) -> Job:
        profile = self.desk.profile(request, profile_id)
        return self.desk.library.journal.job(profile.id, str(event.index))


def build() -> tuple[gr.HTML, list[gr.HTML]]:
    """Where they are shown, and in it a place for each: so one can be drawn anew without the others."""
    outer = gr.HTML(HEADING, html_template="${value}@children", elem_id="variants", js_on_load=ACTS)
    with outer, gr.Column():
        places = [gr.HTML("", js_on_load=None) for _ in range(MOST)]
    return outer, places


def connect(
    desk: Desk,
    profile: gr.Dropdown,
    shown: gr.HTML,
    panel: gr.HTML,
    watched: gr.State,
    editor: Any,
    follower: Any,
    wanted: gr.State,
) -> None:
    """Connect the buttons of the variants and of the panel, which has one that publishes.

    `follower` is the event that follows the job in `watched`, `editor` the section of the captions, `wanted` what the
    Publish tab is asked to open.
    """
    does = Choosing(desk)
    shown.select(None, cancels=[follower], **PRIVATE)
    shown.select(does.choose_variant, profile, [watched, editor], **PRIVATE)
    for part in (shown, panel):
        part.publish(does.take_to_publish, profile, wanted, **PRIVATE)
