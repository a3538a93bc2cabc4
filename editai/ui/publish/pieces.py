"""Pieces of the Publish tab as HTML. Whatever came from outside is escaped here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from urllib.parse import urlsplit

from editai.errors import EditaiError
from editai.models import Channel, DryRun, Finding, ListedPost, PlannedPost, Post, Series
from editai.publish import moment as clock
from editai.publish.handing_over import PER_HOUR
from editai.publish.outcome import parse
from editai.publish.providers import Provider, provider, takes_cover
from editai.publish.schemas import label_of
from editai.publish.texts import Texts
from editai.publish.values import names_of
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
OF_EACH_CLIP = looks.note(
    "Text, title, tags and what has to be disclosed are each clip's own. What you choose here is the same for all."
)
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


def differs(here: Provider) -> str:
    """What the store's Postiz wants otherwise than it is known of a platform."""
    return looks.note(" ".join(here.differs))


def cover(address: str) -> str:
    """The picture that is the clip's cover."""
    return f'<img class="frame" src="{escape(address)}" alt="The cover">'


def wrote(made: Texts) -> str:
    """Who wrote the texts of posts, and what was not taken over."""
    who = f"{made.writer} has written them. Read them before you publish." if made.writer else ""
    return looks.note(" ".join(part for part in (who, *made.notes) if part))


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


def series(plan: Series, faces: Mapping[str, str]) -> str:
    """When each clip of a series goes out, exactly what is posted, and what stands against it; what is the same for all
    is said once. `faces` are addresses of pictures by channel id."""
    rows = "".join(
        f"<tr><td>{escape(run.local_time)}</td><td><b>{escape(run.clip_title)}</b></td>"
        f"<td>{escape(', '.join(post.channel.name for post in run.posts))}</td></tr>"
        for run in plan.runs
    )
    said: dict[Finding, list[tuple[str, str]]] = {}
    for run in plan.runs:
        for post in run.posts:
            for finding in post.findings:
                said.setdefault(finding, []).append((post.channel.name, run.clip_title))
    told = "".join(
        f"<li class='{finding.severity}'><b>{'Cannot be published' if finding.severity == 'refuse' else 'Mind'}</b> "
        f"{escape(finding.message)} {_whose(whose, len(plan.runs))}</li>"
        for finding, whose in said.items()
    )
    firsts = {run.clip_id: run for run in reversed(plan.runs)}  # a clip that is repeated is posted alike each time
    details = "".join(_details(run, faces) for run in plan.runs if firsts[run.clip_id] is run)
    findings = f'<ul class="findings">{told}</ul>' if told else ""
    mend = MEND if plan.refused else ""
    handed = handing_over(plan)
    return f"""
<div class="card check"><table class="series"><thead><tr><th>When</th><th>Clip</th><th>Where</th></tr></thead>
<tbody>{rows}</tbody></table>{looks.note(handed)}{findings}{mend}{details}</div>"""


def _details(run: DryRun, faces: Mapping[str, str]) -> str:
    """Exactly what is posted of a clip, folded; what was found is said above."""
    plain = [post.model_copy(update={"findings": ()}) for post in run.posts]
    posts = "".join(_planned(post, faces.get(post.channel.id, "")) for post in plain)
    return f"<details><summary>What is posted of {escape(run.clip_title)}</summary>{posts}</details>"


def handing_over(plan: Series) -> str:
    """How long it takes until Postiz has all of a plan, and when it has the last of it."""
    last = clock.words(to_the_minute(plan.handed_over_by), plan.runs[0].time_zone)
    hours = round((parse(plan.handed_over_by) - parse(plan.runs[0].checked_at)).total_seconds() / 3600)
    if not hours:
        return f"All of it is handed over to Postiz within minutes of {last}."
    return (
        f"A Postiz may take as few as {PER_HOUR} clips an hour, so handing all of it over takes up to "
        f"{count(hours, 'hour')} in which EditAI has to run: Postiz has the last of it by {last}."
    )


def _whose(found: Sequence[tuple[str, str]], clips: int) -> str:
    """On which channels, and of which clips, something was found."""
    channels = ", ".join(dict.fromkeys(channel for channel, _ in found))
    named = list(dict.fromkeys(title for _, title in found))
    many = len(named) >= clips or len(named) > FEW
    return f"({escape(channels)}: {count(len(named), 'clip') if many else escape(', '.join(named))})"


def _quoted(text: str) -> str:
    return f'<blockquote translate="no">{escape(text)}</blockquote>'


def _planned(post: PlannedPost, face: str) -> str:
    told = {_label(post, name): _said(post, name, value) for name, value in post.settings.items()} | _seen(post)
    chosen = "".join(f"<span>{escape(label)}: <b>{escape(said)}</b></span>" for label, said in told.items())
    text = _quoted(post.text) if post.text else looks.note("Without a text.")
    for number, comment in enumerate(post.comments, 1):
        which = "And as the first comment:" if number == 1 else f"And as comment {number}, below that:"
        text += f"{looks.note(which + _waited(post.comment_delay_min))}{_quoted(comment)}"
    return f"""
<section class="planned">
  <div class="account">{picture(post.channel, face)}<div><b>{escape(post.channel.name)}</b>
  <span>{escape(provider(post.channel.provider).label)}</span></div>{counter(post.length, post.limit)}</div>
  {text}
  {f'<p class="settings">{chosen}</p>' if chosen else ""}
  {_findings(post.findings)}
</section>"""


def _waited(minutes: int) -> str:
    return f" ({count(minutes, 'minute')} later)" if minutes else ""


def _label(post: PlannedPost, name: str) -> str:
    setting = provider(post.channel.provider).setting(name)
    return setting.label if setting else label_of(name)


def _said(post: PlannedPost, name: str, value: object) -> str:
    """A setting's value as the form calls it."""
    match value:
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(names_of(value))
        case dict():
            return str(value.get("name") or value.get("title") or value.get("id"))
    setting = provider(post.channel.provider).setting(name)
    return next((choice.label for choice in (setting.choices if setting else ()) if choice.value == value), str(value))


def _seen(post: PlannedPost) -> dict[str, str]:
    """The cover, where one is sent, and what is said of what is seen."""
    told = {}
    if post.cover_ms is not None and (post.cover_ms or takes_cover(post.channel.provider, post.settings)):
        told["Cover"] = f"the picture at {post.cover_ms / 1000:.1f} s"
    elif takes_cover(post.channel.provider, post.settings):
        told["Cover"] = "the poster"
    return told | ({"What is seen": post.alt} if post.alt else {})


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


def button(run: DryRun | Series) -> str:
    """What the one button says."""
    if isinstance(run, Series):
        posts = sum(len(each.posts) for each in run.runs)
        return f"Plan {count(posts, 'post')} of {run.runs[0].profile_name}"
    channels = count(len(run.posts), "channel")
    match run.when:
        case "now":
            return f"Publish to {channels} of {run.profile_name}"
        case "scheduled":
            return f"Schedule for {channels} of {run.profile_name}"
        case "draft":
            drafts = "a draft" if len(run.posts) == 1 else f"{len(run.posts)} drafts"
            return f"Save as {drafts} of {run.profile_name}"


def published(count: int, store: str) -> str:
    """After the button was pressed."""
    posts = "One post of" if count == 1 else f"{count} posts of"
    return (
        f'<div class="card"><h3>On the way</h3><p>{posts} {escape(store)} will be sent now. The list below shows '
        "what becomes of them; you may close this page.</p></div>"
    )


def repriced(title: str, price: str) -> str:
    """After a price was corrected."""
    return (
        f'<div class="card"><h3>The price is {escape(price)} now</h3><p>{escape(title)} is being made again, as far as '
        "it shows or says the price; you see it under Produce. When it is done, open this tab again and publish the "
        "new clip. The one above is out of date and is not published any more.</p></div>"
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
    told = [escape(sentence) for sentence in (_stage(item), _late(item, zone), item.note) if sentence]
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
{_which(listed, zone)}{"".join(f"<span>{sentence}</span>" for sentence in told)}{stale}{to_do}
{f"<span>{link}</span>" if link else ""}</div>"""


def changing(listed: ListedPost, zone: str) -> str:
    """The post that is being changed."""
    return f'<div class="which">{_which(listed, zone)}</div>'


def _which(listed: ListedPost, zone: str) -> str:
    """Which clip is where, and when."""
    item = listed.post
    where = f"{escape(item.channel.name)} · {escape(provider(item.channel.provider).label)}"
    return f"<b>{escape(listed.clip_title)} → {where}</b>\n<span>{escape(_time(item, zone))}</span>"


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


def _late(item: Post, zone: str) -> str:
    """That it goes out, or went, at another time than it was planned for."""
    if not item.meant_for:
        return ""
    late = "went out late" if item.state == "published" else "is late"
    meant = clock.words(to_the_minute(item.meant_for), zone)
    return f"It {late}: it was planned for {meant}, when Postiz could not take it."


def _time(item: Post, zone: str) -> str:
    if item.when == "draft":
        return f"Draft of {moment(to_the_minute(item.created_at), zone)}"
    return moment(to_the_minute(item.publish_at), zone)
