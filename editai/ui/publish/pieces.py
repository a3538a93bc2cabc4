"""Pieces of the Publish tab as HTML. Whatever came from outside is escaped here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from urllib.parse import urlsplit

from editai.errors import EditaiError
from editai.models import Channel, DryRun, Finding, ListedPost, Piece, PlannedPost, Post, Series
from editai.publish import moment as clock
from editai.publish.belonging import MIXED
from editai.publish.providers import Setting, provider
from editai.publish.texts import Texts
from editai.readable import count
from editai.ui import looks

ASKING = looks.note("Asking Postiz for this store's channels …")
CHECKING = looks.note("Checking what would be sent …")
NOTHING_CHOSEN = looks.note("Choose at least one channel above.")
NO_CHANNELS = """
<div class="card empty"><h3>Postiz has no channels for this store yet</h3>
<p>Open Postiz, add the store's TikTok, Instagram, YouTube or other accounts there, then press Look again.</p></div>
"""
MEND = "<p><b>Nothing was sent.</b> Change what is marked in red, then press Check again.</p>"
ALONE = "<p>To post a clip all the same, publish it by itself in the form above: there you can say so.</p>"
HEADLINE = '<h3 class="part">Publish this clip</h3>'
POSTS = '<h3 class="part">Posts</h3>'
BEFORE_RETRYING = looks.note(
    "Look at the account first: what ended as failed may have been published all the same. Sending it again then "
    "makes a second post."
)

FEW = 3
"""So many clips are named; more are counted."""

SURE = {
    "official": "the platform's own page",
    "copy": "the platform's page as others quote it",
    "hearsay": "not official: others report it",
    "house": "EditAI's own rule",
    "unknown": "not confirmed",
}
STATES = {
    "planned": ("queued", "Waiting"),
    "uploading": ("running", "Uploading"),
    "sending": ("running", "Sending"),
    "sent": ("queued", "Sent"),
    "published": ("done", "Published"),
    "failed": ("failed", "Failed"),
    "unknown": ("running", "Checking"),
    "cancelled": ("cancelled", "Cancelled"),
}


def not_connected(store: str) -> str:
    """What to do where the store has no Postiz account."""
    return f"""
<div class="card empty"><h3>{escape(store)} is not connected yet</h3>
<p>EditAI publishes through Postiz, which keeps your TikTok, Instagram, YouTube and other accounts. Each store has its
own Postiz account, so that a clip never goes to another store's channels.</p>
<ol>
  <li><b>Open Postiz</b><span>The hosted one, or your own. Add the store's channels there.</span></li>
  <li><b>Copy the key</b><span>In Postiz under Settings, Developers, Public API.</span></li>
  <li><b>Put address and key into this store's profile</b><span>You can also go on posting by hand, below.</span></li>
</ol></div>"""


def picture(channel: Channel, address: str) -> str:
    """The channel's picture, or the first letter of its platform."""
    if address:
        return f'<img class="face" src="{escape(address)}" alt="">'
    return f'<i class="face" aria-hidden="true">{escape(provider(channel.provider).label[0])}</i>'


def disabled(channel: Channel) -> str:
    """Why a channel cannot be chosen."""
    return looks.note(
        f"Switched off in Postiz. Open Postiz and connect {provider(channel.provider).label} again to use it."
    )


def wrote(made: Texts) -> str:
    """Who wrote the texts of posts, and what was not taken over."""
    who = f"{made.writer} has written them. Read them before you publish." if made.writer else ""
    return looks.note(" ".join(part for part in (who, *made.notes) if part))


def of_music(played: Piece | None) -> str:
    """What is asked about the music of a clip."""
    if played is None:
        return ""
    said = f"Its file says: {played.licence}" if played.licence else "Its file does not say it."
    return f"{played.name}. {said}"


def counter(length: int, limit: int) -> str:
    """How much of a text's room is used, as the server counts."""
    over = length > limit
    more = f", {length - limit:,} too many" if over else ""
    return f'<p class="counter{" over" if over else ""}">{length:,} / {limit:,}{more}</p>'


def moment(utc: str, zone: str) -> str:
    """A moment (UTC, ISO 8601) on the clock of the store, and on that of UTC where it differs."""
    local, world = clock.words(utc, zone), clock.words(utc, "UTC")
    return local if zone == "UTC" else f"{local}, that is {world}"


def to_the_minute(utc: str) -> str:
    """A moment without its seconds, which nobody chose."""
    return f"{utc[:16]}:00Z"


def dry_run(run: DryRun, logo: str, faces: Mapping[str, str]) -> str:
    """Exactly what goes where and when. `logo` and `faces` are addresses of pictures, `faces` by channel id."""
    shown = f'<img class="logo" src="{escape(logo)}" alt="">' if logo else ""
    when = {
        "now": f"At once. It is {moment(to_the_minute(run.publish_at), run.time_zone)}.",
        "scheduled": f"{moment(run.publish_at, run.time_zone)}.",
        "draft": "Saved in Postiz as a draft. Nothing is published until you do so there.",
    }
    posts = "".join(_planned(post, faces.get(post.channel.id, "")) for post in run.posts)
    return f"""
<div class="card check">
  <div class="store">{shown}<div><h3>{escape(run.profile_name)}</h3>
  <p class="note">through the Postiz at {escape(urlsplit(run.server).netloc)}</p></div></div>
  <dl><dt>Clip</dt><dd>{escape(run.clip_title)}</dd><dt>When</dt><dd>{escape(when[run.when])}</dd></dl>
  {posts}
  {MEND if run.refused else ""}
</div>"""


def series(plan: Series) -> str:
    """When each clip of a series goes out, and what stands against it; what is the same for all is said once."""
    rows = "".join(
        f"<tr><td>{escape(run.local_time)}</td><td><b>{escape(run.clip_title)}</b></td>"
        f"<td>{escape(', '.join(post.channel.name for post in run.posts))}</td></tr>"
        for run in plan.runs
    )
    said: dict[Finding, list[str]] = {}
    for run in plan.runs:
        for post in run.posts:
            for finding in post.findings:
                said.setdefault(finding, []).append(run.clip_title)
    told = "".join(
        f"<li class='{finding.severity}'><b>{'Cannot be published' if finding.severity == 'refuse' else 'Mind'}</b> "
        f"{escape(finding.message)} {_whose(titles, len(plan.runs))}</li>"
        for finding, titles in said.items()
    )
    findings = f'<ul class="findings">{told}</ul>' if told else ""
    alone = any(item.severity == "refuse" and item.slug in MIXED | {"already_posted"} for item in said)
    mend = (MEND + ALONE * alone) if plan.refused else ""
    handed = f"Postiz has all of them by {moment(to_the_minute(plan.handed_over_by), plan.runs[0].time_zone)}."
    return f"""
<div class="card check"><table class="series"><thead><tr><th>When</th><th>Clip</th><th>Where</th></tr></thead>
<tbody>{rows}</tbody></table>{looks.note(handed)}{findings}{mend}</div>"""


def _whose(titles: Sequence[str], clips: int) -> str:
    """Of which clips something was found."""
    named = list(dict.fromkeys(titles))
    if len(named) >= clips or len(named) > FEW:
        return f"({count(len(named), 'clip')})"
    return f"({escape(', '.join(named))})"


def _planned(post: PlannedPost, face: str) -> str:
    chosen = "".join(
        f"<span>{escape(setting.label)}: <b>{escape(_said(setting, post.settings[setting.name]))}</b></span>"
        for setting in provider(post.channel.provider).settings
        if setting.name in post.settings
    )
    text = f"<blockquote>{escape(post.text)}</blockquote>" if post.text else looks.note("Without a text.")
    if post.comment:
        text += f"{looks.note('And as the first comment:')}<blockquote>{escape(post.comment)}</blockquote>"
    return f"""
<section class="planned">
  <div class="account">{picture(post.channel, face)}<div><b>{escape(post.channel.name)}</b>
  <span>{escape(provider(post.channel.provider).label)}</span></div>{counter(post.length, post.limit)}</div>
  {text}
  {f'<p class="settings">{chosen}</p>' if chosen else ""}
  {_findings(post.findings)}
</section>"""


def _said(setting: Setting, value: object) -> str:
    """A setting's value as the form calls it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return next((choice.label for choice in setting.choices if choice.value == value), str(value))


def _findings(findings: Sequence[Finding]) -> str:
    items = "".join(
        f'<li class="{item.severity}"><b>{"Cannot be published" if item.severity == "refuse" else "Mind"}</b> '
        f"{escape(item.message)}{_source(item)}</li>"
        for item in findings
    )
    return f'<ul class="findings">{items}</ul>' if items else ""


def _source(item: Finding) -> str:
    known = "" if item.sure == "house" and not item.source else SURE[item.sure]
    told = ": ".join(part for part in (known, item.source) if part)
    return f' <span class="source">({escape(told)})</span>' if told else ""


def button(run: DryRun) -> str:
    """What the one button says."""
    count = len(run.posts)
    channels = "1 channel" if count == 1 else f"{count} channels"
    match run.when:
        case "now":
            return f"Publish to {channels} of {run.profile_name}"
        case "scheduled":
            return f"Schedule for {channels} of {run.profile_name}"
        case "draft":
            return f"Save as {'a draft' if count == 1 else f'{count} drafts'} of {run.profile_name}"


def published(count: int, store: str) -> str:
    """After the button was pressed."""
    posts = "One post of" if count == 1 else f"{count} posts of"
    return (
        f'<div class="card"><h3>On the way</h3><p>{posts} {escape(store)} will be sent now. The list below shows '
        "what becomes of them; you may close this page.</p></div>"
    )


def planned(number: int, store: str) -> str:
    """After a plan was made."""
    return (
        f'<div class="card"><h3>Planned</h3><p>{count(number, "post")} of {escape(store)} will go out at their times. '
        "Each is in the list and the calendar below, where it can be moved or cancelled.</p></div>"
    )


def state_of(item: Post) -> tuple[str, str]:
    """How a post's state is drawn, and the word for it."""
    css, word = STATES[item.state]
    if item.state == "sent":
        word = {"now": word, "scheduled": "Scheduled", "draft": "Draft"}[item.when]
    if item.inbox:
        css, word = "waiting", "In the inbox"
    return css, word


def post(listed: ListedPost, zone: str) -> str:
    """A post in the store's list."""
    item = listed.post
    css, word = state_of(item)
    link = ""
    if item.link and item.link.startswith(("https://", "http://")):
        link = (
            f'<a href="{escape(item.link)}" target="_blank" rel="noopener noreferrer">Open it</a> '
            '<span class="source">(link given by Postiz)</span>'
        )
    told = [escape(sentence) for sentence in (_stage(item), item.note) if sentence]
    if item.error:
        told.append(escape(str(EditaiError.from_dict(item.error).message)))
    stale = ""
    if listed.stale:
        stale = (
            f'<span class="flag">Out of date: {escape(_listed(listed.stale))} changed since the clip was made.</span>'
        )
    to_do = f'<span class="to-do"><b>What to do:</b> {escape(listed.to_do)}</span>' if listed.to_do else ""
    return f"""
<div class="job post"><i class="state {css}">{word}</i>
<b>{escape(listed.clip_title)} → {escape(item.channel.name)} · {escape(provider(item.channel.provider).label)}</b>
<span>{escape(_time(item, zone))}</span>{"".join(f"<span>{sentence}</span>" for sentence in told)}{stale}{to_do}
{f"<span>{link}</span>" if link else ""}</div>"""


def _listed(names: Sequence[str]) -> str:
    """ "the price, the points and the script"."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def no_posts(store: str) -> str:
    """Where the store has none at all."""
    return f"""
<div class="card empty"><h3>No posts of {escape(store)} yet</h3>
<p>Choose a clip and its channels above and publish it. What becomes of each post is shown here: where it stands, its
link, and what to do where something went wrong.</p></div>"""


NONE_FIT = """
<div class="card empty"><h3>No post fits these filters</h3>
<p>Choose "All posts" above, or other days.</p></div>
"""


def stays_published(channel: str) -> str:
    """What happens when a published post is taken off the list."""
    return looks.note(
        f"It stays published on {channel}: to remove it there, delete it in the account itself. EditAI follows it no "
        "longer and deletes its figures."
    )


def _stage(item: Post) -> str:
    """Where it stands, where the one word is not enough."""
    if item.state == "sent":
        return {
            "now": "Postiz has it and hands it to the platform; that takes a few minutes.",
            "scheduled": "Postiz has it and will publish it at its time.",
            "draft": "",
        }[item.when]
    if item.state == "unknown":
        return "No answer came. Postiz is asked whether it has it; nothing is sent a second time."
    return ""


def _time(item: Post, zone: str) -> str:
    if item.when == "draft":
        return f"Draft of {moment(to_the_minute(item.created_at), zone)}"
    return moment(to_the_minute(item.publish_at), zone)
