"""The text of a post: as it is typed, as Postiz takes it, and as long as Postiz counts it.

Postiz reads a post as HTML and publishes plain text. Lossless are paragraphs: one `<p>` a line, with only `&`, `<`
and `>` escaped. Two things are read once too often there, and are kept apart by a word joiner, which nobody sees: an
entity that the person typed ("&lt;" would come out as "<"), and on X and Telegram, where the text is read as HTML
twice, also a "<" before a letter ("x <y" would lose its end).
"""

from __future__ import annotations

import re
import unicodedata
from html import unescape

from editai.publish.providers import provider as _provider

WORD_JOINER = "\u2060"
READ_TWICE = frozenset({"x", "telegram"})
"""Providers whose editor in Postiz is "html": what was decoded is parsed again."""

_LINE_ENDS = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")
_DECODED_TOO_OFTEN = re.compile(r"&(?=(?:lt|gt|nbsp|quot|#39);)", re.IGNORECASE)
_ENTITY = re.compile(r"&#?[A-Za-z0-9]+;?")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_DECODED = {"&nbsp;": "\u00a0", "&quot;": '"', "&#39;": "'", "&amp;": "&", "&lt;": "<", "&gt;": ">"}
"""In this order. The first three are how an HTML sanitizer may write what was sent as it is."""
_PARAGRAPH = re.compile(r"<p(?:\s[^<>]*)?>", re.IGNORECASE)
_ANY_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_IN_A_NAME = re.compile(r"[\w.@#-]")
_NAME_AT_END = re.compile(r"(?<![\w.])[@#][\w.@-]*$")
_KEPT_APART = re.compile(f"(?<=[&<]){WORD_JOINER}")


def clean(text: str) -> str:
    """The text as it is kept and sent: line ends are "\\n", a tab is a space, other control characters and halves of
    surrogate pairs are gone. Letters stay composed as they were typed."""
    lines = _LINE_ENDS.sub("\n", text).replace("\t", " ")
    return "".join(character for character in lines if character == "\n" or not _unsendable(character))


def encode(text: str, provider: str = "") -> str:
    """The text as `content` of a post: what Postiz publishes of it looks as it was typed."""
    return "".join(f"<p>{_escaped(line)}</p>" for line in _guarded(text, provider).split("\n"))


def decode(content: str) -> str:
    """The plain text of a `content` that a server holds, by the rule by which Postiz publishes it.

    `decode(encode(text)) == clean(text)`: this is how a post that was sent is found again.
    """
    first = _PARAGRAPH.search(content)
    if first is None:
        return content
    lines = _PARAGRAPH.sub("\n", content)
    if first.start() == 0:
        lines = lines[1:]
    plain = _ANY_TAG.sub("", lines)
    for entity, character in _DECODED.items():
        plain = plain.replace(entity, character)
    return _KEPT_APART.sub("", plain)


def length(text: str, provider: str = "") -> int:
    """How long the server finds the text: UTF-16 units, a line break is 1, an emoji 2 or more.

    On X it is that or X's own count, whichever is more.
    """
    sent = _guarded(text, provider)
    return max(units(sent), weight(sent)) if provider == "x" else units(sent)


def limit(provider: str) -> int:
    """The longest text that the provider takes, as `length` counts."""
    return _provider(provider).max_text


def units(text: str) -> int:
    """The UTF-16 units of a text."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, most: int) -> str:
    """A text of at most `most` characters: where it is longer, its beginning with "…" after it. A name after "@" is
    kept whole or left out, because half of one is somebody else's; "" where nothing is left."""
    if len(text) <= most:
        return text
    kept = text[: most - 1]
    if _IN_A_NAME.match(text, most - 1):
        kept = _NAME_AT_END.sub("", kept)
    kept = kept.rstrip()
    return f"{kept}…" if kept else ""


def _unsendable(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs"}


def _guarded(text: str, provider: str) -> str:
    kept = clean(text)
    if provider in READ_TWICE:
        return _TAG.sub(f"<{WORD_JOINER}", _ENTITY.sub(_kept_apart, kept))
    return _DECODED_TOO_OFTEN.sub(f"&{WORD_JOINER}", kept)


def _kept_apart(entity: re.Match[str]) -> str:
    typed = entity.group()
    return typed if unescape(typed) == typed else f"&{WORD_JOINER}{typed[1:]}"


def _escaped(line: str) -> str:
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


# ── how X counts: docs.x.com/fundamentals/counting-characters, and twitter-text's configuration v3 ──────────────────

URL_WEIGHT = 23
_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
"""Code points that count 1; every other counts 2."""

_URL = re.compile(
    r"(?<![a-z0-9@#$])"
    r"(?:https?://(?:[\w-]+\.)+[a-z]{2,24}|(?<![_/.-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24})"
    r"(?![a-z0-9_@-])(?::\d+)?"
    r"(?:/(?:[a-z0-9!*';:=+,.$/%#\[\]_~@|&\u00c0-\u024f\u0400-\u04ff-]*[a-z0-9=_#/+\u00c0-\u024f\u0400-\u04ff-])?)?"
    r"(?:\?[a-z0-9!?*'@;:&=+$/%#\[\]_.,~|-]*[a-z0-9_&=#/-])?",
    re.IGNORECASE,
)
"""Whatever could be an address. X knows the real endings (".com", not ".tomorrow"); to count one too many does no
harm but near the limit, to count one too few has the server refuse the post."""

_SHOWN = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u25a0-\u27bf\u2900-\u297f"
    "\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
_DRESSED = f"{_SHOWN}[\ufe0f\U0001f3fb-\U0001f3ff]*"
_EMOJI = re.compile(
    f"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_DRESSED}(?:\u200d{_DRESSED})*[\U000e0020-\U000e007f]*"
)


def weight(text: str) -> int:
    """The length of a text as X counts it: an address 23, an emoji 2 however it is put together, CJK 2."""
    composed = unicodedata.normalize("NFC", text)
    rest, addresses = _URL.subn("", composed)
    rest, emoji = _EMOJI.subn("", rest)
    return URL_WEIGHT * addresses + 2 * emoji + sum(1 if _is_light(character) else 2 for character in rest)


def _is_light(character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in _LIGHT)


def addresses(text: str) -> tuple[str, ...]:
    """The web addresses in a text, with or without "https://"."""
    return tuple(found.group() for found in _URL.finditer(text))
