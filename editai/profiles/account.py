"""A store's own Postiz account: tried with what was typed, then kept."""

from __future__ import annotations

from editai.errors import InvalidInput
from editai.library import Library
from editai.models import Channel, Connection, Profile
from editai.publish.address import normalise
from editai.publish.postiz import Postiz


def test_connection(url: str, key: str) -> tuple[Channel, ...]:
    """The channels of the account that this address and this key open; nothing that was kept is used.

    Raises InvalidInput 422 `connection_incomplete`, and like `Postiz.check` and `Postiz.channels`.
    """
    with Postiz(_typed(url, key)) as server:
        server.check()
        return server.channels()


def connect(shelf: Library, profile: Profile, url: str, key: str) -> None:
    """Keep this address and this key, together, as the store's account, in the place of an earlier one.

    Raises InvalidInput 422 `connection_incomplete`, `postiz_address_wrong` or `secret_invalid`.
    """
    shelf.secrets.connect(profile.id, _typed(url, key))


def _typed(url: str, key: str) -> Connection:
    if not (url.strip() and key.strip()):
        raise InvalidInput(
            "connection_incomplete",
            "Both the address and the key are needed.",
            "Type the address of the store's Postiz and a key from its settings.",
        )
    return Connection(url=normalise(url), key=key.strip())
