"""Pieces of the page as HTML. Whatever came from outside is escaped here."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from editai.errors import EditaiError
from editai.job_run import STAGES
from editai.library.mirror import MirrorState
from editai.models import Degradation, Job, Progress, Report
from editai.readable import count as counted
from editai.ui import words
from editai.ui.context import headline

HEADER = """
<header class="brand">
  <svg viewBox="0 0 40 40" width="40" height="40" aria-hidden="true">
    <rect width="40" height="40" rx="11" style="fill: var(--primary-600)"/>
    <rect x="12" y="7" width="16" height="26" rx="4" fill="none" stroke="#fff" stroke-width="2.4"/>
    <path d="M18 15.2v7.6l6-3.8z" fill="#fff"/><path d="M15.8 28h8.4" stroke="#fff" stroke-width="2.4"/>
  </svg>
  <div><h1>EditAI</h1><p>From a product video to a clip that is ready to post.</p></div>
</header>
"""

EMPTY = """
<div class="card empty">
  <h3>Your clip will be here</h3>
  <ol>
    <li><b>Drop a product video</b><span>As your phone made it. Any shape, with or without sound.</span></li>
    <li><b>Say what it is</b><span>A name is enough. A price, facts or a script of your own make it better.</span></li>
    <li><b>Press Produce</b><span>You get an upright clip with a voice, captions and good sound.</span></li>
  </ol>
</div>
"""

CHOICES = """
<h3 class="choices">Make it yours</h3>
<p class="note">Everything here is chosen already, as your store has it.</p>
"""

NO_CLIPS = """
<div class="card empty"><h3>No clips in this store yet</h3>
<p>Make one on the Produce tab. It will be here, ready to download and post.</p></div>
"""


def signed_in(email: str, state: MirrorState, offline: str) -> str:
    """Who is signed in, with a way out, and what keeps this computer and the project from being the same; `offline` is
    why files that are wanted there stay on this computer, "" where none do."""
    waits, why = "", str(state.error) if state.error else "They are being carried there."
    if state.waiting:
        waits = _waits(f"{counted(state.waiting, 'change')} not in Supabase yet", why)
    elif state.error:
        waits = _waits("Not up to date with Supabase", why)
    if offline:
        waits += _waits("Files not in Supabase yet", offline)
    return (
        f'<form method="post" action="/sign-out">{waits}<span class="whose" title="{escape(email)}">{escape(email)}'
        "</span><button>Sign out</button></form>"
    )


def _waits(said: str, why: str) -> str:
    """What is behind, and on a click why; a finger cannot point without one."""
    return f'<details class="waits"><summary>{escape(said)}</summary><p>{escape(why)}</p></details>'


def visit(seconds_left: float) -> str:
    """What a visitor of a demo has to know."""
    left = counted(max(1, round(seconds_left / 60)), "minute")
    return (
        f'<p class="visit"><b>This is a demo.</b> What you make here is yours alone, and gone in {left}: download it. '
        "It publishes nothing and keeps no keys; EditAI on your own computer does.</p>"
    )


def of_store(profile_id: str, html: str) -> str:
    """What is of one store: the page hides it while another is chosen, however late it comes; "" stays ""."""
    return f'<div data-store="{escape(profile_id)}">{html}</div>' if html else ""


def error_box(error: EditaiError) -> str:
    """What happened and what to do."""
    hint = f"<p><b>What to do:</b> {escape(error.hint)}</p>" if error.hint else ""
    return (
        f'<div class="card error" role="alert"><h3>{escape(headline(error))}</h3>'
        f"<p>{escape(error.message)}</p>{hint}</div>"
    )


def part(name: str) -> str:
    """The heading of a tab: it is the tab's own name, so whoever sees has read it, and a screen reader leads by it."""
    return f"<h2>{escape(name)}</h2>"


def made_elsewhere(number: int) -> str:
    """Where the clips are of which this computer has the rows alone."""
    were = "was" if number == 1 else "were"
    return note(f"{counted(number, 'clip')} of this store {were} made on another computer. See the Publish tab.")


def note(text: str) -> str:
    """A calm sentence."""
    return f'<p class="note">{escape(text)}</p>'


def taking_in() -> str:
    """Between the click and the job's row."""
    return '<div class="card"><h3>Taking in the video</h3><p>It is checked and copied into your data folder.</p></div>'


def progress(job: Job, still: str) -> str:
    """How far a job is: bar, time left, stages, the first picture (`still` is its address), what came out less good."""
    now = job.progress
    percent = now.percent if now else 0.0
    message = (now.message if now else "") or "Getting ready"
    if job.state == "queued":
        message = words.waiting(job)
    time_left = words.left(now.seconds_left if now else None)
    picture = f'<img src="{escape(still)}" alt="A first picture of the clip">' if still else '<div class="blank"></div>'
    return f"""
<div class="card progress">
  <div class="still">{picture}</div>
  <div class="doing">
    {_called("h3", job)}
    <p class="said" role="status">{escape(message)}</p>
    <div class="bar" role="progressbar" aria-label="Progress" aria-valuemin="0" aria-valuemax="100"
         aria-valuenow="{percent:.0f}"><i style="width:{percent:.1f}%"></i></div>
    <p class="figures"><span>{percent:.0f} %</span><span>{escape(time_left)}</span></p>
    <ol class="stages">{_stages(now)}</ol>
    {degradations(now.degradations if now else ())}
  </div>
</div>"""


def ended(job: Job) -> str:
    """A job that ended without a clip."""
    if job.error:
        return error_box(EditaiError.from_dict(job.error))
    return '<div class="card"><h3>Cancelled</h3><p>Press Retry in the list below, or Produce to start anew.</p></div>'


def degradations(items: Sequence[Degradation], all_well: str = "") -> str:
    """What came out less good than asked for, as sentences."""
    if not items:
        return f'<p class="well">{escape(all_well)}</p>' if all_well else ""
    sentences = "".join(f"<li>{escape(item.message)}</li>" for item in items)
    return f'<div class="less"><b>Less good than asked for</b><ul>{sentences}</ul></div>'


def clip(title: str, made: str, files: Sequence[tuple[str, str, str, str]], report: Report, acts: str = "") -> str:
    """A finished clip: player, downloads, report.

    `files` are (label, size, address, name of the download), the video first and then the poster; `acts` is HTML.
    """
    video, poster = files[0], files[1]
    downloads = "".join(_link(*file) for file in files)
    buttons = f'<div class="acts">{acts}</div>' if acts else ""
    lines = "".join(f"<dt>{escape(name)}</dt><dd>{escape(line)}</dd>" for name, line in words.report_lines(report))
    return f"""
<div class="card clip">
  <video translate="no" controls playsinline preload="metadata" poster="{escape(poster[2])}" src="{escape(video[2])}"
         style="aspect-ratio:{report.measurement.width_px}/{report.measurement.height_px}"
         aria-label="{escape(title)}"></video>
  <div class="about">
    <h3 translate="no">{escape(title)}</h3><p class="when">{escape(made)}</p>
    {buttons}<div class="downloads">{downloads}</div>
    <dl>{lines}</dl>
    {degradations(report.degradations, "Everything came out as asked for." if report.verdict == "pass" else "")}
    {checks(report)}
  </div>
</div>"""


def download(label: str, large: str, where: str, name: str) -> str:
    """One file to take along."""
    return f'<div class="downloads alone">{_link(label, large, where, name)}</div>'


def _link(label: str, large: str, where: str, name: str) -> str:
    return f'<a href="{escape(where)}" download="{escape(name)}"><b>{escape(label)}</b><span>{escape(large)}</span></a>'


def first_look(address: str, bands: str = "") -> str:
    """The clip as a small copy, while the large one is still being drawn; `bands` is a drawing of what is covered."""
    ask = '<label><input type="checkbox">Show what TikTok, Reels and Shorts cover</label>'
    return f"""
<div class="card first">{ask if bands else ""}<div class="screen"><video autoplay muted loop playsinline controls
 src="{escape(address)}" aria-label="A small copy of the clip"></video>{bands}</div>
<p class="note">A small copy, to look at meanwhile.</p></div>"""


def caption(address: str, about: str = "", sources: Sequence[str] = ()) -> str:
    """A frame of the clip with a caption on it, what is drawn over it, and where that is from."""
    picture = f'<img src="{escape(address)}" alt="The chosen caption in the clip">'
    listed = "".join(f"<p>{escape(source)}</p>" for source in sources)
    folded = f'<details class="note"><summary>Where this is from</summary>{listed}</details>' if listed else ""
    return f'<div class="card frame">{picture}{note(about) if about else ""}{folded}</div>'


def checks(report: Report) -> str:
    """What was found on the finished file: what is wrong, what nobody could look at, and what is right folded away."""
    if not report.checks:
        return ""
    mark = {"fail": "\N{MULTIPLICATION X}", "warn": "!", "unchecked": "?", "pass": "\N{CHECK MARK}"}

    def rows(verdicts: tuple[str, ...]) -> str:
        return "".join(
            f'<li class="{check.verdict}"><i aria-label="{check.verdict}">{mark[check.verdict]}</i>'
            f"{escape(check.message)}</li>"
            for verdict in verdicts
            for check in report.checks
            if check.verdict == verdict
        )

    wrong, right = rows(("fail", "warn", "unchecked")), rows(("pass",))
    count = sum(check.verdict == "pass" for check in report.checks)
    folded = f"<details><summary>{count} checks passed</summary><ul>{right}</ul></details>" if right else ""
    return f'<div class="checks {report.verdict}">{f"<ul>{wrong}</ul>" if wrong else ""}{folded}</div>'


def preview(address: str, name: str, seconds: str) -> str:
    """The owner's own video, small."""
    return f"""
<div class="card preview"><video controls playsinline muted preload="metadata" src="{escape(address)}"
 aria-label="Your video"></video><p class="note">{escape(name)}{escape(seconds)}</p></div>"""


def job_row(job: Job, *, live: bool = False) -> str:
    """A job in a list; how far it is only in one that goes on telling it."""
    state = {"queued": "Waiting", "running": "Running", "done": "Done", "failed": "Failed", "cancelled": "Cancelled"}
    detail = words.when(job.created_at)
    if job.state == "failed" and job.error:
        detail = f"{job.error['message']} · {detail}"
    if live and job.state == "running" and (now := job.progress):
        detail = " · ".join(filter(None, (f"{now.percent:.0f} %", now.message, words.left(now.seconds_left))))
    return (
        f'<div class="job"><i class="state {job.state}">{state[job.state]}</i>'
        f"{_called('b', job)}<span>{escape(detail)}</span></div>"
    )


def _called(tag: str, job: Job) -> str:
    """What a job is called; the owner's own words stay in their language."""
    own = ' translate="no"' if job.brief.facts.title or job.brief.script else ""
    return f"<{tag}{own}>{escape(words.job_title(job))}</{tag}>"


def _stages(now: Progress | None) -> str:
    current = now.stage if now else ""
    names = [name for name, (_, share) in STAGES.items() if share or name == current]  # the others are seldom needed
    at = len(names) if now and now.stage == "done" else names.index(now.stage) if now and now.stage in names else -1
    items = []
    for index, label in enumerate(STAGES[name][0] for name in names):
        state = "done" if index < at else "now" if index == at else "next"
        items.append(f'<li class="{state}"{" aria-current=step" if state == "now" else ""}>{escape(label)}</li>')
    return "".join(items)
