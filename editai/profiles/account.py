"""A store's own accounts: its Postiz, tried with what was typed and then kept, and the language model that writes."""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import ValidationError

from editai import demo
from editai.errors import Forbidden, InvalidInput
from editai.library import Library
from editai.library.secrets import in_the_house, model_address
from editai.models import Channel, Connection, LanguageModel, Profile
from editai.publish.address import normalise
from editai.publish.postiz import Postiz
from editai.settings import Settings


def test_connection(settings: Settings, url: str, key: str) -> tuple[Channel, ...]:
    """The channels of the account that this address and this key open; nothing that was kept is used.

    Raises InvalidInput 422 `connection_incomplete`, Forbidden 403 `not_in_demo`, and like `Postiz.check` and
    `Postiz.channels`.
    """
    demo.refuse(settings, "asks no account")
    with Postiz(_typed(url, key)) as server:
        server.check()
        return server.channels()


def connect(shelf: Library, profile: Profile, url: str, key: str) -> None:
    """Keep this address and this key, together, as the store's account, in the place of an earlier one.

    Raises InvalidInput 422 `connection_incomplete`, `postiz_address_wrong` or `secret_invalid`, and what
    `require_outside` raises.
    """
    wanted = _typed(url, key)
    require_outside(shelf.settings, wanted.url)
    shelf.secrets.connect(profile.id, wanted)


def connect_model(
    shelf: Library,
    profile: Profile,
    url: str,
    model: str,
    key: str = "",
    sees: bool = False,
    usd_in: float = 0,
    usd_out: float = 0,
) -> None:
    """Keep the language model that writes for this store; without a `key` one that was kept for this address stays.

    Prices are in US dollars for a million tokens. Raises InvalidInput 422 `model_incomplete`, `model_price_invalid`,
    `model_address_invalid` or `secret_invalid`, and what `require_outside` raises.
    """
    require_outside(shelf.settings, url)
    if not (url.strip() and model.strip()):
        raise InvalidInput(
            "model_incomplete",
            "Both the address and the name of the model are needed.",
            "Type them as the service or program that runs the model names them.",
        )
    kept = shelf.secrets.language_model(profile.id) if not key.strip() else None
    if kept is not None and kept.url == model_address(url):
        key = kept.key
    try:
        wanted = LanguageModel(
            url=url.strip(), model=model.strip(), key=key.strip(), sees=sees, usd_in=usd_in, usd_out=usd_out
        )
    except ValidationError as error:
        raise InvalidInput(
            "model_price_invalid", "A price is a number of US dollars, 0 or more.", "Type 0 where it costs nothing."
        ) from error
    shelf.secrets.connect_model(profile.id, wanted)


def require_outside(settings: Settings, url: str) -> None:
    """Raise Forbidden 403 `address_inside` for an address in this house, where people from elsewhere use this EditAI:
    they could have it ask what only this network is meant to reach."""
    try:
        host = urlsplit(url.strip()).hostname or ""
    except ValueError:
        return  # it is no address, which is for others to say
    if settings.is_public and in_the_house(host):
        raise Forbidden(
            "address_inside",
            "This address is inside the network that EditAI runs in, which others use too.",
            "Give an address in the internet, or start EditAI for this computer alone.",
        )


def _typed(url: str, key: str) -> Connection:
    if not (url.strip() and key.strip()):
        raise InvalidInput(
            "connection_incomplete",
            "Both the address and the key are needed.",
            "Type the address of the store's Postiz and a key from its settings.",
        )
    return Connection(url=normalise(url), key=key.strip())
