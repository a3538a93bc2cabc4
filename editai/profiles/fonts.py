"""The fonts of a store's own: for its captions, and for letters that no font has which comes along."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from editai import captions
from editai.errors import Conflict, NotFound
from editai.library import Library
from editai.models import Profile, UploadedFont
from editai.models.profile import MOST_FONTS
from editai.profiles import font_file

MOST_BYTES = 40_000_000
"""Of all fonts of a store together: they go along when it is exported."""


def add_font(shelf: Library, owner: str, profile_id: str, path: Path) -> tuple[UploadedFont, Profile]:
    """Keep the font in the file `path` (see `font_file.read`): the font, and the store with it.

    A font of a name that another one has gets a number; the same font twice is kept once. Raises InvalidInput 422
    `font_unusable`, Conflict 409 `fonts_too_many`, OutOfSpace 507 `disk_full`; then the store is as it was.
    """
    profile = shelf.store.profile(owner, profile_id)
    name, data = font_file.read(path)
    file = shelf.media.import_font(profile.id, data)
    kept = UploadedFont(name=_free(name, captions.font_names(profile.kit)), file=file)
    for font in profile.kit.fonts:
        if font.file == kept.file:
            return font, profile
    try:
        require_room((*profile.kit.fonts, kept))
        fonts = [each.model_dump() for each in (*profile.kit.fonts, kept)]
        return kept, shelf.store.update_profile(owner, profile.id, {"fonts": fonts})
    except BaseException:
        shelf.media.delete_font(profile.id, kept.file)
        raise


def remove_font(shelf: Library, owner: str, profile_id: str, name: str) -> Profile:
    """The store without this font. Clips that were made stay as they are.

    Raises NotFound 404 `font_not_found`, Conflict 409 `font_in_use` where the brand kit is written in it, or a clip is
    being made, which may be.
    """
    profile = shelf.store.profile(owner, profile_id)
    gone = next((each for each in profile.kit.fonts if each.name == name), None)
    if gone is None:
        raise NotFound("font_not_found", "This store has no such font.", "Choose one of those that it uploaded.")
    if profile.kit.font == gone.name:
        raise Conflict(
            "font_in_use",
            f"“{gone.name}” is the font of this store.",
            "Choose another font in the brand kit and save it, then remove this one.",
        )
    if shelf.journal.unended(profile.id, 1):
        raise Conflict(
            "font_in_use", "A clip of this store is being made, or waits to be.", "Remove the font when it is done."
        )
    fonts = [each.model_dump() for each in profile.kit.fonts if each != gone]
    after = shelf.store.update_profile(owner, profile.id, {"fonts": fonts})
    shelf.media.delete_font(profile.id, gone.file)
    return after


def require_room(fonts: Sequence[UploadedFont]) -> None:
    """Raise Conflict 409 `fonts_too_many` where a store may not have all of these."""
    if len(fonts) > MOST_FONTS or sum(each.file.bytes for each in fonts) > MOST_BYTES:
        raise Conflict(
            "fonts_too_many",
            f"A store has at most {MOST_FONTS} fonts of its own, {MOST_BYTES // 1_000_000} MB together.",
            "Remove one that is not needed first.",
        )


def _free(name: str, taken: Sequence[str]) -> str:
    """ "Lora", "Lora 2", …: a name that is not taken."""
    number = 1
    while (numbered := name if number == 1 else f"{name[: font_file.NAME_LENGTH - 4]} {number}") in taken:
        number += 1
    return numbered
