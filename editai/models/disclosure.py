"""What of a clip has to be told to those who see it."""

from __future__ import annotations

from editai.models.base import Model


class Disclosure(Model):
    """The facts of a clip that a platform or a law may want disclosed.

    `ai_voice`: a computer speaks; `ai_voice_cloned`: with the voice of a person, who has agreed where
    `ai_voice_consent`. `ai_visual`: pictures in it were made by a computer; `ai_script`: a language model wrote what is
    said. `own_brand`: it shows a product of the store's own; `paid_partnership`: somebody else pays for it.
    """

    ai_voice: bool = False
    ai_voice_cloned: bool = False
    ai_voice_consent: bool = False
    ai_visual: bool = False
    ai_script: bool = False
    own_brand: bool = False
    paid_partnership: bool = False


class Piece(Model):
    """A piece of music in a clip: what its file is called, and what it says of its licence, "" for nothing."""

    name: str
    licence: str = ""
