"""A store as one JSON document, to take to another machine or to begin a second store with.

    {"editai": "store", "version": 1, "name": …, "description": …, "monthly_budget_usd": …, "kit": {…}, "logo": …,
     "fonts": [{"name": …, "file": …}]}

It holds no keys, no ids and no address of a server: those belong to the store that is there already. It leaves out the
music folder too, which is a place on one machine, and the licences, which were accepted for that store alone. `logo` is
a PNG as base64, and so is the `file` of a font.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from editai import captions
from editai.errors import Conflict, EditaiError, InvalidInput
from editai.library import Library
from editai.library.store import NAME_LENGTH, clean_name
from editai.models import BrandKit, Model, Profile, UploadedFont
from editai.models.profile import MOST_FONTS
from editai.profiles import checks, font_file, logo
from editai.profiles.fonts import require_room
from editai.profiles.studio import studio_of_new

VERSION = 1
MOST_BYTES = 80_000_000
NOT_TAKEN = ("logo", "fonts", "music_folder", "licences")
NAMES = 1000
"""Further stores of one name that are tried: "Lamps 2" to "Lamps 1000"."""


class FontDocument(Model):
    """A font of an exported store: what it is called there, and its file as base64."""

    name: str
    file: str


class Document(Model):
    """What an exported store looks like; the fields of `kit` are those of `BrandKit`."""

    editai: Literal["store"]
    version: int
    name: str
    description: str = ""
    monthly_budget_usd: str | None = None
    kit: dict[str, Any] = Field(default_factory=dict)
    logo: str | None = None
    fonts: tuple[FontDocument, ...] = Field(default=(), max_length=MOST_FONTS)


def export(shelf: Library, profile: Profile) -> dict[str, Any]:
    """The store as a document. Raises NotFound 404 `logo_not_found`, `font_not_found` where such a file is gone."""
    picture = profile.kit.logo
    document = Document(
        editai="store",
        version=VERSION,
        name=profile.name,
        description=profile.description,
        monthly_budget_usd=None if profile.monthly_budget is None else checks.usd(profile.monthly_budget),
        kit=profile.kit.model_dump(mode="json", exclude=set(NOT_TAKEN)),
        logo=picture and _text(shelf.media.logo(profile.id, picture)),
        fonts=tuple(
            FontDocument(name=each.name, file=_text(shelf.media.font(profile.id, each.file)))
            for each in profile.kit.fonts
        ),
    )
    return document.model_dump(mode="json")


def import_(shelf: Library, owner: str, document: object) -> Profile:
    """A new store from a document; where its name is taken it becomes "Name 2".

    Raises InvalidInput 422 `import_invalid`, naming the field, or `import_version`; then there is no new store.
    """
    read = _read(document)
    for field in read.kit:
        if field not in BrandKit.model_fields or field in NOT_TAKEN:
            raise _invalid(f"kit.{checks.printable(field)}", "There is no such field.")
    wishes = {**read.kit, "description": read.description, "monthly_budget_usd": read.monthly_budget_usd}
    try:
        name = clean_name(read.name)
        picture = None if read.logo is None else logo.clean(_bytes("logo", read.logo))
        fonts = _fonts(read.fonts)
        chosen = {"font": wishes.pop("font")} if wishes.get("font") in [*fonts] else {}
        changes = checks.checked(BrandKit(), wishes, studio_of_new(shelf, owner))
    except EditaiError as error:
        raise error if error.slug == "import_invalid" else _invalid(_field(error.slug), error.message) from error
    profile = _create(shelf, owner, name, changes)
    try:
        if picture is not None:
            chosen["logo"] = shelf.media.import_logo(profile.id, picture).model_dump()
        if fonts:
            kept = [UploadedFont(name=name, file=shelf.media.import_font(profile.id, fonts[name])) for name in fonts]
            require_room(kept)
            chosen["fonts"] = [font.model_dump() for font in kept]
        return shelf.store.update_profile(owner, profile.id, chosen) if chosen else profile
    except BaseException:
        shelf.delete_profile(owner, profile.id)  # whole or not at all
        raise


def read_document(path: Path) -> object:
    """What is in an exported file. Raises InvalidInput 422 `import_invalid` where that is no JSON, or too much."""
    with path.open("rb") as stream:
        data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise _invalid("the file", f"It has more than {MOST_BYTES // 1_000_000} MB.")
    try:
        read: object = json.loads(data)
    except (ValueError, RecursionError) as error:  # no JSON, no UTF-8, a number without end, brackets without end
        raise _invalid("the file", "It is no JSON.") from error
    return read


def _read(document: object) -> Document:
    try:
        read = Document.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = ".".join(checks.printable(str(part)) for part in first["loc"]) or "the file"
        raise _invalid(field, f"{first['msg']}.") from error
    if read.version != VERSION:
        raise InvalidInput(
            "import_version",
            f"This file was written by another version of EditAI (its format is {read.version}, this reads {VERSION}).",
            "Update EditAI, or export the store again.",
        )
    return read


def _fonts(given: Sequence[FontDocument]) -> dict[str, bytes]:
    """The fonts of a document by their names."""
    fonts: dict[str, bytes] = {}
    for font in given:
        name = font_file.called(font.name)
        if not name or name in captions.families() or name in fonts:
            raise _invalid("fonts", f"Two fonts are called “{checks.printable(name)}”, or one has no name.")
        fonts[name] = font_file.clean(_bytes("fonts", font.file))[1]
    return fonts


def _text(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode("ascii")


def _bytes(field: str, text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise _invalid(field, "It is no base64.") from error


def _create(shelf: Library, owner: str, name: str, changes: dict[str, Any]) -> Profile:
    for number in range(1, NAMES + 1):
        try:
            return shelf.store.create_profile(owner, _numbered(name, number), changes)
        except Conflict as error:
            if error.slug != "profile_name_taken" or number == NAMES:
                raise
    raise AssertionError("the last try returns or raises")


def _numbered(name: str, number: int) -> str:
    """ "Lamps", "Lamps 2", …; a long name gives way to the number."""
    if number == 1:
        return name
    end = f" {number}"
    return name[: NAME_LENGTH - len(end)].rstrip() + end


def _field(slug: str) -> str:
    """The field that a refusal is about: "voice" of `voice_not_found`."""
    return re.sub(r"^profile_|_(invalid|not_found|unusable)$", "", slug)


def _invalid(field: str, message: str) -> InvalidInput:
    return InvalidInput(
        "import_invalid",
        f"This file cannot be imported. {field}: {message}",
        "Choose a file that “Export” has made.",
    )
