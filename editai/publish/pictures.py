"""Pictures of channels: fetched here, because the page's browser loads nothing from other machines.

The addresses come from the store's Postiz and lead anywhere, so little is trusted: a time limit, a size limit, no
address inside a private network unless it is the store's own Postiz, no redirect, and what arrives has to be a picture
that Pillow reads. It is drawn anew, small, and kept in the profile's media.
"""

from __future__ import annotations

import hashlib
import io
import logging
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import httpx
from PIL import Image

from editai import web
from editai.library.media import Media
from editai.models import Channel
from editai.stages import name_in_making

SIDE_PX = 96
MOST_BYTES = 2_000_000
MOST_PIXELS = 16_000_000
SECONDS = 4.0
"""For one picture, from the first look-up to the last byte."""
AT_A_TIME = 8
AGAIN_SECONDS = 3600.0
"""After this long a picture that could not be had is tried again."""
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")

log = logging.getLogger(__name__)


def fetch(media: Media, profile_id: str, channels: Sequence[Channel], server: str) -> Mapping[str, Path]:
    """The pictures of these channels by channel id; a channel whose picture cannot be had is left out.

    `server` is the address of the store's Postiz. Nothing is fetched that is kept already.
    """
    home = media.pictures(profile_id)
    pool = ThreadPoolExecutor(AT_A_TIME, "pictures")
    asked = {channel.id: pool.submit(_kept, home, channel.picture, server) for channel in channels}
    done, _ = wait(asked.values(), timeout=2 * SECONDS)
    pool.shutdown(wait=False, cancel_futures=True)  # looking up a name knows no time limit
    return {channel_id: path for channel_id, work in asked.items() if work in done and (path := work.result())}


def _kept(home: Path, address: str, server: str) -> Path | None:
    """Where this picture is kept, fetched first if it never was. An empty file stands for one that cannot be had."""
    if not address.startswith(("https://", "http://")):
        return None
    kept = home / f"{hashlib.sha256(address.encode('utf-8', 'replace')).hexdigest()}.png"
    try:
        if kept.exists() and (kept.stat().st_size or time.time() - kept.stat().st_mtime < AGAIN_SECONDS):
            return kept if kept.stat().st_size else None
        home.mkdir(parents=True, exist_ok=True)
        kept.touch()
        drawn = _small(_load(address, _host(server)))
        making = home / name_in_making()
        making.write_bytes(drawn)
        making.replace(kept)
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        log.info("the picture of a channel could not be had: %s", type(error).__name__)
        return None
    return kept


def _load(address: str, own: str) -> bytes:
    """The bytes at `address`. Raises ValueError for what is too large, too slow, or leads where it must not."""
    url = httpx.URL(address)
    reach = web.Reach(SECONDS, MOST_BYTES, lambda found: url.host == own or web.is_public(found), any_port=True)
    with web.client(reach) as asking:
        answer = web.read(asking, url, reach, time.monotonic() + SECONDS)
    if answer.status != 200:
        raise ValueError(f"the answer was {answer.status}")
    return answer.body


def _small(content: bytes) -> bytes:
    """A picture as a small PNG. Raises ValueError for what is none, or has too many pixels."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise ValueError("too many pixels")
            picture.thumbnail((SIDE_PX, SIDE_PX))
            drawn = io.BytesIO()
            picture.convert("RGBA").save(drawn, "PNG")
    except Exception as error:  # what a decoder stumbles over has many names
        raise ValueError("no picture that can be read") from error
    return drawn.getvalue()


def _host(server: str) -> str:
    try:
        return httpx.URL(server).host
    except httpx.InvalidURL:
        return ""
