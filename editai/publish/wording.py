"""The text that is proposed for a post: what the clip says of the product, as long as the platform takes it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from editai.models import Facts, PostText
from editai.publish import text
from editai.publish.providers import provider

MOST_HASHTAGS = 5
SEPARATOR = " · "
SMALL_WORDS = frozenset({"and", "the", "with", "for", "from", "your", "our", "this", "that", "its"})


def post_text(
    channel_provider: str,
    facts: Facts,
    script: str,
    *,
    call_to_action: str,
    hashtags: Sequence[str],
    disclosed: Sequence[str],
) -> str:
    """Title and price, the first sentence of the script, the call to action and hashtags, within the length that the
    provider takes. What has to go first is the sentence, then the call, then the hashtags; the title is cut last.

    `hashtags` are the store's own; those of the title follow them. `disclosed` is what has to be said in any case.
    """
    here = provider(channel_provider)
    head = " · ".join(part for part in (" ".join(facts.title.split()), facts.price.strip()) if part)
    first = re.split(r"(?<=[.!?…。！？])\s", script.strip(), maxsplit=1)[0]
    tags = " ".join(hashtags_of(facts.title, hashtags, here.hashtags))
    said = SEPARATOR.join(disclosed)
    for parts in _shorter_and_shorter(head, first, call_to_action.strip(), said, tags):
        whole = "\n\n".join(part for part in parts if part)
        if text.length(whole, here.name) <= here.max_text:
            return whole
    return said


def written_for(channel_provider: str, posts: Sequence[PostText]) -> PostText | None:
    """What a writer wrote for this platform ("instagram" for "instagram-standalone"), else for wherever it is."""
    platform = channel_provider.partition("-")[0]
    named = {post.platform: post for post in posts}
    return named.get(platform) or named.get("")


def as_written(channel_provider: str, post: PostText, *, hashtags: Sequence[str], disclosed: Sequence[str]) -> str:
    """A writer's text with the store's hashtags and its own, within the length that the provider takes; what has to
    go first are the hashtags."""
    here = provider(channel_provider)
    tags = " ".join(list(dict.fromkeys((*hashtags, *post.hashtags)))[: min(here.hashtags, MOST_HASHTAGS)])
    said = SEPARATOR.join(part for part in disclosed if part.casefold() not in post.text.casefold())
    for parts in _shorter_and_shorter(post.text.strip(), "", "", said, tags):
        whole = "\n\n".join(part for part in parts if part)
        if text.length(whole, here.name) <= here.max_text:
            return whole
    return said


def hashtags_of(title: str, own: Sequence[str] = (), most: int = 3) -> tuple[str, ...]:
    """Hashtags with their "#": the store's own, then the longest words of the title in their order; at most `most`
    of them and never more than five."""
    words = [word for word in re.findall(r"\w+", title) if len(word) > 2 and word.casefold() not in SMALL_WORDS]
    names = dict.fromkeys(word.casefold() for word in words if not word.isdigit())
    mine = dict.fromkeys(tag.strip() for tag in own if tag.strip("# "))
    room = min(most, MOST_HASHTAGS)
    fresh = [name for name in names if name not in {tag.lstrip("#").casefold() for tag in mine}]
    kept = sorted(fresh, key=len, reverse=True)[: max(room - len(mine), 0)]
    return (*tuple(mine)[:room], *(f"#{name}" for name in fresh if name in kept))


def _shorter_and_shorter(head: str, first: str, call: str, said: str, tags: str) -> Iterator[tuple[str, ...]]:
    yield head, first, call, said, tags
    yield head, call, said, tags
    yield head, said, tags
    yield head, said
    words = head.split()
    for count in range(len(words) - 1, 0, -1):
        yield f"{' '.join(words[:count])} …", said
    for count in range(len(head), 0, -1):  # one word, or a writing without spaces
        yield text.cut(head, count), said
