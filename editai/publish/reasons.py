"""Why Postiz could not publish a post, as far as it says so, and what to do about it where the reason is a known one.

The known ones are data in `assets/publish/reasons.json`, each with whose rule it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from pydantic import TypeAdapter

from editai.bundled import ASSETS
from editai.errors import Unavailable
from editai.models import Model, Post
from editai.publish.answers import Notification

REASONS = ASSETS / "publish" / "reasons.json"
LOOK = "Look at the account before you try again: it may be there although Postiz reports an error."
LONGEST = 300


class Reason(Model):
    """A reason that is known by its words (a regular expression, whatever the case)."""

    says: str
    hint: str
    source: str


@cache
def table() -> tuple[Reason, ...]:
    """Every known reason; the first that fits counts."""
    return TypeAdapter(tuple[Reason, ...]).validate_json(REASONS.read_bytes())


def post_failed(post: Post, said: str) -> Unavailable:
    """The post ended as an error in Postiz, for what was `said`, "" where nothing was.

    "Sent, but unconfirmed" ends so as well: an error is no proof that nothing was published.
    """
    known = next((reason.hint for reason in table() if re.search(reason.says, said, re.IGNORECASE)), "")
    why = f': "{said[:LONGEST].strip()}"' if said else ". Why is not known"
    hint = f"{known} {LOOK}".strip()
    return Unavailable("post_failed", f"Postiz could not publish this to {post.channel.name}{why}.", hint)


def notified(post: Post, notifications: Sequence[Notification]) -> str:
    """What the newest of these says that is about this post's account, or about its platform; none names its post."""
    told = [item.content for item in notifications if "has been published" not in item.content]
    platform = post.channel.provider.partition("-")[0]
    return next((item for name in (post.channel.name, platform) for item in told if _names(item, name)), "")


def _names(sentence: str, name: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", sentence, re.IGNORECASE))
