"""What cannot be taken back, or reaches other people, is done for a script only where it says that this is meant.

A person on the page sees what a button does before pressing it. A script, or an agent that reads a list of tools, is
told by the refusal.
"""

from __future__ import annotations

from editai.errors import InvalidInput


def require(confirm: object, would: str, how: str = "confirm=true") -> None:
    """Raise InvalidInput 422 `not_confirmed`, which says what `would` happen, unless `confirm` is true itself: a text
    that says "false" is no yes."""
    if confirm is not True:
        raise InvalidInput("not_confirmed", f"Nothing was done yet. {would}", f"If that is meant, say so with {how}.")
