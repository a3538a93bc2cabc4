"""Whether the music in a clip may be heard where the clip is published: licences as data, `assets/publish/music.json`.

A licence is known from the piece's own file, else from what the person says of it. A licence of a platform's library
ends at that platform: baked into a file, the music does not take it along.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pydantic import TypeAdapter

from editai.bundled import ASSETS
from editai.errors import InvalidInput
from editai.models import Finding, Model, Piece
from editai.models.post import Sureness

LICENCES = ASSETS / "publish" / "music.json"


class Licence(Model):
    """A licence of music. `says` finds it in what a file says (a regular expression, whatever the case).

    `commerce`: it may sell something; `with_pictures`: it may be laid under pictures; `share_alike`: what is made with
    it has to be given away under the same licence; `credit`: its author is to be named; `only`: the platforms where it
    may be heard, by the first part of their names, () for all.
    """

    name: str
    label: str
    says: str
    commerce: bool = True
    with_pictures: bool = True
    share_alike: bool = False
    credit: bool = False
    only: tuple[str, ...] = ()
    source: str
    sure: Sureness


@cache
def licences() -> tuple[Licence, ...]:
    """Every licence; the first that a file names counts, the stricter ones first."""
    return TypeAdapter(tuple[Licence, ...]).validate_json(LICENCES.read_bytes())


def licence_of(piece: Piece, stated: str) -> Licence | None:
    """The licence of a piece: what its file says, else what the person states; None where nobody says anything known.

    Raises InvalidInput 422 `licence_unknown` for a stated one that is none of the table.
    """
    named = {licence.name: licence for licence in licences()}
    if stated and stated not in named:
        raise InvalidInput(
            "licence_unknown", f"There is no licence of music called {stated[:40]!r}.", f"Choose of {', '.join(named)}."
        )
    found = (each for each in licences() if each.says and re.search(each.says, piece.licence, re.IGNORECASE))
    return next(found, None) or named.get(stated)


def against(
    piece: Piece | None, licence: Licence | None, provider: str, commercial: bool, words: str
) -> Iterator[Finding]:
    """What stands against hearing the piece on a platform; `words` are those of the post, which may name its author."""
    if piece is None:
        return
    if licence is None:
        says = f" Its file says: {piece.licence}." if piece.licence else ""
        told = f"Nothing is known of the licence of the music “{piece.name}”.{says}"
        told += " Say which it is, or see to it yourself."
        yield Finding(severity="warn", slug="music_licence_unknown", message=told)
        return
    name = f"The music “{piece.name}” ({licence.label})"
    place = {"slug": "music_licence", "source": licence.source, "sure": licence.sure}
    for broken in _broken(licence, provider, commercial):
        yield Finding.model_validate({**place, "severity": "refuse", "message": f"{name} {broken}"})
    if licence.share_alike:
        told = f"{name} has whoever uses it give away what is made with it under the same licence."
        yield Finding.model_validate({**place, "severity": "warn", "message": told})
    if licence.credit and not re.search(r"\bcc[ -]by\b", words, re.IGNORECASE):
        told = f"{name} wants its author named: add “Music: its name, its author, CC BY” to the text."
        yield Finding.model_validate({**place, "severity": "warn", "message": told})


def _broken(licence: Licence, provider: str, commercial: bool) -> Iterator[str]:
    """What of a licence keeps the clip from being published there, as the end of a sentence about the music."""
    if commercial and not licence.commerce:
        yield "may not be used to sell something. Produce the clip with other music."
    if not licence.with_pictures:
        yield "may not be laid under pictures. Produce the clip with other music."
    if licence.only and provider.partition("-")[0] not in licence.only:
        places = " and ".join(name.capitalize() for name in licence.only)
        yield f"may be heard on {places} alone. Leave this channel out, or use other music."
