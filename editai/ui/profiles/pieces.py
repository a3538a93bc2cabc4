"""Pieces of the Profiles tab, and the store above all tabs, as HTML. Whatever came from outside is escaped here."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from editai.models import Channel, Cost, Overview, Profile
from editai.publish.providers import provider
from editai.readable import count, dollars
from editai.ui import words

NEARLY = 0.8
"""From this part of the budget on the bar is no longer calm."""

WHERE_THE_KEY_IS = """
<details class="where"><summary>Where do I find these?</summary><ol>
<li>Open your Postiz and sign in to the workspace of <b>this</b> store.</li>
<li>Go to <b>Settings</b>, <b>Developers</b>, <b>Public API</b>, and copy the API key.</li>
<li>The address: for the Postiz cloud it is <code>https://api.postiz.com</code>. For a Postiz of your own it is what you
see in the browser with <code>/api</code> at its end, such as <code>https://postiz.example.com/api</code>.</li>
</ol><p class="note">Whoever has the key can post in this store's name. It is kept sealed on this computer, is never
shown again, and goes to this one address alone.</p></details>
"""

WRITER = """
<p class="note">Where the brand kit says so, this model writes the script, the title card and the post texts from your
facts; EditAI checks what it claims. Any OpenAI-compatible address works: a free one on this computer
(<b>Ollama</b>, <code>http://127.0.0.1:11434/v1</code>, no key), or a paid one, whose prices you enter so that your
budget holds.</p>
"""

VOICE_KEY = """
<p class="note">Only needed for voices of ElevenLabs, which cost money with every clip. The voices that come with EditAI
are free and need no key. You find yours at elevenlabs.io under your picture, <b>API keys</b>.</p>
"""


def mark(profile: Profile, logo: str) -> str:
    """The store above all tabs: its logo or its first letter, its name, in its own colour."""
    return (
        f'<div class="store-mark" data-store="{profile.id}" style="--store: {escape(profile.kit.colours.highlight)}">'
        f'{badge(profile, logo)}<b translate="no">{escape(profile.name)}</b></div>'
    )


def badge(profile: Profile, logo: str) -> str:
    """The logo, or the first letter of the name in the store's colours."""
    if logo:
        return f'<span class="badge"><img src="{escape(logo)}" alt="Logo of {escape(profile.name)}"></span>'
    colours = profile.kit.colours
    style = f"background: {escape(colours.highlight)}; color: {escape(ink_on(colours.highlight))}"
    return f'<span class="badge" style="{style}" aria-hidden="true">{escape(profile.name[0].upper())}</span>'


def about(profile: Profile, seen: Overview, logo: str) -> str:
    """The chosen store at a glance."""
    default = '<i class="state done">Default</i>' if profile.is_default else ""
    description = f'<p translate="no">{escape(profile.description)}</p>' if profile.description else ""
    running = f", {seen.running_jobs} being made" if seen.running_jobs else ""
    facts = (
        ("Clips this month", str(seen.clips_this_month), f"{seen.clips} in all{running}"),
        ("Products", str(seen.projects), count(seen.posts, "post")),
        ("Last activity", words.ago(seen.last_activity), words.when(seen.last_activity)),
    )
    tiles = "".join(
        f"<div><span>{escape(label)}</span><b>{escape(value)}</b><span>{escape(more)}</span></div>"
        for label, value, more in facts
    )
    return f"""
<div class="card store" style="--store: {escape(profile.kit.colours.highlight)}">
  <div class="who">{badge(profile, logo)}<div>
  <h3><span translate="no">{escape(profile.name)}</span> {default}</h3>{description}</div></div>
  <div class="tiles">{tiles}<div>{money(seen)}</div></div>
  <details class="where"><summary>For scripts</summary><p class="note">X-Profile-Id
  <code>{escape(profile.id)}</code></p></details>
</div>"""


def money(seen: Overview) -> str:
    """What was spent this month against the budget, as a bar."""
    spent = f"<span>Spent this month</span><b>{escape(dollars(seen.spent))}</b>"
    if seen.budget is None:
        return f"{spent}<span>no limit</span>"
    part = 1.0 if not seen.budget else min(1.0, seen.spent / seen.budget)
    over = " over" if part >= NEARLY and seen.spent else ""
    return (
        f'{spent}<div class="bar{over}" role="img" aria-label="{part:.0%} of the budget">'
        f'<i style="width: {part if seen.spent else 0:.1%}"></i></div>'
        f"<span>of {escape(dollars(seen.budget))}</span>"
    )


def spending(seen: Overview) -> str:
    """ "$1.20 of $5.00 spent this month"."""
    of = "" if seen.budget is None else f" of {dollars(seen.budget)}"
    return f"{dollars(seen.spent)}{of} spent this month" + (", no limit" if seen.budget is None else "")


def preview(address: str, unsaved: bool) -> str:
    """A caption in the store's style on a frame of its last clip."""
    tag = '<i class="state unsaved">Not saved yet</i>' if unsaved else ""
    return (
        f'<figure class="caption-preview">{tag}<img src="{escape(address)}" alt="A caption in this store\'s style">'
        "<figcaption>A frame of this store's last clip, or of the sample until there is one.</figcaption></figure>"
    )


def saved(changed: Sequence[str]) -> str:
    """Beside the Save button: what has been changed and not saved."""
    if not changed:
        return '<p class="note">Everything is saved.</p>'
    return f'<p class="note"><i class="state unsaved">Not saved yet</i> {escape(", ".join(changed))}</p>'


def logo_box(profile: Profile, logo: str) -> str:
    """The logo as large as the form allows."""
    if not logo:
        return '<div class="logo-box"><span>No logo yet. PNG, JPEG or WebP, best without a background.</span></div>'
    return f'<div class="logo-box"><img src="{escape(logo)}" alt="Logo of {escape(profile.name)}"></div>'


def well(text: str) -> str:
    """Something went as it should."""
    return f'<p class="well" role="status">{escape(text)}</p>'


def channels(found: Sequence[tuple[Channel, str]]) -> str:
    """What a connection test found: each channel with its picture (as data, "" for none) and its platform."""
    if not found:
        return (
            '<div class="less"><b>The connection works, and there are no channels yet.</b> Add the accounts of this '
            "store in Postiz under “Add Channel”, then test again.</div>"
        )
    rows = "".join(
        f"<li>{_face(channel, picture)}<b>{escape(channel.name)}</b>"
        f"<span>{escape(provider(channel.provider).label)}{', switched off in Postiz' if channel.disabled else ''}"
        "</span></li>"
        for channel, picture in found
    )
    number = count(len(found), "channel")
    return f'<div class="found">{well(f"The connection works. {number} found:")}<ul class="channels">{rows}</ul></div>'


def costs(items: Sequence[Cost]) -> str:
    """The month's paid calls, newest first."""
    if not items:
        return '<p class="note">No paid service was used this month.</p>'
    state = {"reserved": "under way", "settled": "", "released": "not charged"}
    rows = "".join(
        f"<tr><td>{escape(words.when(item.created_at))}</td><td>{escape(f'{item.service}: {item.operation}')}</td>"
        f"<td>{escape(dollars(item.amount))}</td><td>{state[item.state]}</td></tr>"
        for item in items
    )
    return f'<table class="costs"><tbody>{rows}</tbody></table>'


def goes(sentences: Sequence[str]) -> str:
    """What deleting a store takes with it."""
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return f'<div class="less"><b>This cannot be undone.</b><ul>{items}</ul></div>'


def download(address: str, name: str) -> str:
    """A file to take along."""
    return f'<p class="note">Ready: <a href="{escape(address)}" download="{escape(name)}">{escape(name)}</a></p>'


def ink_on(colour: str) -> str:
    """Black or white, whichever is read more easily on `colour` ("#RRGGBB"; WCAG's relative luminance)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return "#000000" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 else "#FFFFFF"


def _face(channel: Channel, picture: str) -> str:
    if picture:
        return f'<img class="face" src="{escape(picture)}" alt="">'
    letter = (channel.name or channel.provider or "?")[0].upper()
    return f'<i class="face" aria-hidden="true">{escape(letter)}</i>'
