"""What the worker does with a post that is due: its text as plain text, its state, and the word about it."""

from __future__ import annotations

import html
import re
from datetime import datetime

from tests.postiz.state import Account, Delivery, Organisation, Row

ALLOWED = {"p", "br", "strong", "u", "a", "ul", "li", "h1", "h2", "h3", "span"}
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^>]*)>|<!--.*?-->", re.DOTALL)
"""A tag ends at the next ">", as for the parser of the real server: one that was typed and never closed takes the tag
after it along."""
BOLD = {ord(plain): chr(0x1D5D4 + i) for i, plain in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")}
BOLD |= {ord(plain): chr(0x1D7EC + i) for i, plain in enumerate("0123456789")}
INBOX = "https://www.tiktok.com/messages?lang=en"


def sanitised(content: str) -> str:
    """The content as it is stored: text without any `<` as it came, everything else through an HTML sanitizer."""
    if "<" not in content:
        return content
    kept, at = [], 0
    for tag in TAG.finditer(content):
        kept.append(escaped(content[at : tag.start()]))
        if tag[2] and tag[2].lower() in ALLOWED:
            kept.append("<br />" if tag[2].lower() == "br" else f"<{tag[1]}{tag[2].lower()}>")
        at = tag.end()
    rest = content[at:]
    if unclosed := re.search(r"<[a-zA-Z/!]", rest):  # a tag that never ends takes everything after it along
        rest = rest[: unclosed.start()]
    return "".join(kept) + escaped(rest)


def escaped(text: str) -> str:
    return html.escape(html.unescape(text), quote=False)


def plain(stored: str) -> str:
    """What is published of a stored content: paragraphs become lines, a few entities their characters."""
    if "<p>" not in stored:
        return stored.replace("<br />", "<br>")
    text = re.sub(r"<strong>(.*?)</strong>", lambda found: found[1].translate(BOLD), stored, flags=re.DOTALL)
    text = re.sub(r"<u>(.*?)</u>", lambda found: "".join(letter + "\u0332" for letter in found[1]), text, flags=re.S)
    text = text.removeprefix("<p>").replace("<p>", "\n")
    text = re.sub(r"</?[a-z][a-z0-9]*(?: /)?>", "", text)
    return text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")


def publish_due(organisation: Organisation, now: datetime) -> list[Row]:
    """Publish what is due, in the order of its time. The posts that were handled."""
    due = [row for row in organisation.rows.values() if row.state == "QUEUE" and row.timer and row.timer <= now]
    for row in sorted(due, key=lambda row: (row.publish_at, row.created_at)):
        row.timer = None
        if row.deleted:
            continue
        publish(organisation, row, organisation.channels[row.channel_id], now)
    return due


def publish(organisation: Organisation, row: Row, channel: Account, now: datetime) -> None:
    """Publish one post, or have it end in ERROR with a notification."""
    where = channel.provider
    if channel.deleted or channel.disabled or channel.needs_reconnect:
        row.state = "ERROR"
        reason = "it's disabled" if channel.disabled else "you need to reconnect it"
        organisation.notify(f"We couldn't post to {where} for {channel.name} because {reason}")
        return
    if channel.refuses:
        row.state = "ERROR"
        organisation.notify(f"An error occurred while posting on {where}: {channel.refuses}")
        return
    media = tuple(str(image["path"]) for image in row.images)
    organisation.deliveries.append(Delivery(row.id, channel.id, plain(row.content), media, now))
    if channel.unconfirmed:
        row.state = "ERROR"
        organisation.notify(f"Your post was sent to {where} but could not be confirmed, please check the account")
        return
    row.state = "PUBLISHED"
    if row.settings.get("content_posting_method") == "UPLOAD":
        row.release_id, row.release_url = "missing", INBOX
    else:
        row.release_id = str(7_400_000_000_000_000_000 + len(organisation.deliveries))
        row.release_url = f"https://{where}.example/{channel.id}/{row.release_id}"
    organisation.notify(f"Your post has been published on {where.title()} at {row.release_url}", row.release_url)
