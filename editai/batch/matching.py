"""Which videos and photos of a folder belong to which product: by name, and never by a guess.

A file belongs to a product where its name is the product's SKU (`AB-12.mp4`), or that with a number of one or two
digits (`AB-12-1.jpg`, `ab_12 (2).mov`), or where it lies in a folder of that name (`AB-12/front.jpg`). Upper and lower
case are one, and so is every sign between letters and digits. A feed may also name its files (`video`), inside the
folder. What could belong to two products is given to none, and said.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from editai.errors import InvalidInput
from editai.facts import Row

PHOTOS = frozenset({".jpg", ".jpeg", ".png", ".webp"})
VIDEOS = frozenset(
    {".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ts", ".mts", ".3gp", ".wmv", ".flv"}
)
MOST_FILES = 200_000

_SIGNS = re.compile(r"[\W_]+")
_NUMBERED = re.compile(r"(.+)-(\d{1,2})")
_LINK = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


@dataclass(frozen=True)
class Folder:
    """Files to choose from. By the path that each has inside of `root`, with "/", it says where the file lies."""

    root: Path
    files: Mapping[str, Path]


@dataclass(frozen=True)
class Match:
    """What was found: by a row's place in the feed its files in their order, or why it has none.

    `unmatched` and `ambiguous` are as in `BatchPlan`.
    """

    files: Mapping[int, tuple[Path, ...]]
    missing: Mapping[int, str]
    unmatched: tuple[str, ...]
    ambiguous: tuple[str, ...]


def folder_of(root: Path) -> Folder:
    """The videos and photos below a folder; what a link in it leads out to is left out, and so is what is hidden.

    Raises InvalidInput 422 `media_folder_unreadable`.
    """
    if not root.is_dir():
        raise InvalidInput(
            "media_folder_unreadable", f"{root} is no folder.", "Name the folder that holds the videos and photos."
        )
    home = root.resolve()
    return Folder(home, dict(_below(home)))


def of_files(paths: Iterable[Path]) -> Folder:
    """Single files as a folder, by their names; two of one name lie in folders of their own."""
    files: dict[str, Path] = {}
    for path in paths:
        name, number = path.name, 2
        while name in files:
            name, number = f"{number}/{path.name}", number + 1
        files[name] = path
    return Folder(Path(), files)


def _below(home: Path) -> Iterator[tuple[str, Path]]:
    count = 0
    for where, folders, names in os.walk(home):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(where, name)
            if name.startswith(".") or path.suffix.lower() not in PHOTOS | VIDEOS:
                continue
            if path.is_symlink() and not path.resolve().is_relative_to(home):
                continue
            count += 1
            if count > MOST_FILES:
                raise InvalidInput(
                    "media_folder_unreadable",
                    f"There are more than {MOST_FILES:,} videos and photos in {home}.",
                    "Name the folder that holds those of the feed alone.",
                )
            yield path.relative_to(home).as_posix(), path


def match(rows: Sequence[Row], folder: Folder) -> Match:
    """Give the files of `folder` to the rows of a feed."""
    named: dict[int, tuple[Path, ...]] = {}
    missing: dict[int, str] = {}
    given: set[Path] = set()
    for place, row in enumerate(rows):
        wanted = [name for name in row.videos if not _LINK.match(name)]
        if not wanted:
            continue
        found = [_inside(folder, name) for name in wanted]
        if absent := [name for name, path in zip(wanted, found, strict=True) if path is None]:
            missing[place] = f"{_listed(absent)} {_is(absent)} not in the folder."
            continue
        named[place] = tuple(path for path in found if path is not None)
        given |= set(named[place])
    by_key: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        if place not in named and place not in missing:
            for key in dict.fromkeys(key_of(sku) for sku in (row.id, *row.variants) if key_of(sku)):
                by_key.setdefault(key, []).append(place)
    found_for, unmatched, ambiguous = _by_name(rows, folder, by_key, given)
    for place, said in ambiguous:
        missing.setdefault(place, said)
    for place, row in enumerate(rows):
        if place not in named and place not in missing and place not in found_for:
            links = [name for name in row.videos if _LINK.match(name)]
            of_links = " The feed has links, which are not fetched." if links or row.images else ""
            missing[place] = f"There is no video or photo named {row.id or row.facts.title}.{of_links}"
    return Match(
        files=named | {place: paths for place, paths in found_for.items() if place not in missing},
        missing=missing,
        unmatched=tuple(unmatched),
        ambiguous=tuple(dict.fromkeys(said for _, said in ambiguous)),
    )


def key_of(name: str) -> str:
    """A SKU, or a file's name without its ending, as they are compared."""
    return _SIGNS.sub("-", unicodedata.normalize("NFKC", name).casefold()).strip("-")


def _by_name(
    rows: Sequence[Row], folder: Folder, by_key: Mapping[str, list[int]], given: set[Path]
) -> tuple[dict[int, tuple[Path, ...]], list[str], list[tuple[int, str]]]:
    """(the files of each row, those of nobody, for each row that has to do with a file of several what is so)."""
    found: dict[int, list[tuple[tuple[int, str], Path]]] = {}
    unmatched: list[str] = []
    ambiguous: list[tuple[int, str]] = []
    for name, path in folder.files.items():
        if path in given:
            continue
        places, number = _owners(PurePosixPath(name), by_key)
        if not places:
            unmatched.append(name)
        elif len(places) == 1:
            order = (number, name.casefold())
            found.setdefault(places[0], []).append((order, path))
        else:
            several = " and ".join(rows[place].id for place in places[:3])
            ambiguous += [(place, f"{name} may belong to {several}.") for place in places]
    return {place: tuple(path for _, path in sorted(files)) for place, files in found.items()}, unmatched, ambiguous


def _owners(name: PurePosixPath, by_key: Mapping[str, list[int]]) -> tuple[list[int], int]:
    """The rows that a file may belong to, and the number in its name (0 for none)."""
    key = key_of(name.stem)
    numbered = _NUMBERED.fullmatch(key)
    number = int(numbered[2]) if numbered else int(key) if key.isdecimal() and len(key) < 3 else 0
    folders = (by_key[part] for part in map(key_of, reversed(name.parts[:-1])) if part in by_key)
    if around := next(folders, None):
        own = by_key.get(key, []) if not key.isdecimal() else []  # "1.jpg" in a folder is its first picture
        return list(dict.fromkeys((*around, *own))), number
    if key in by_key:
        return by_key[key], 0
    return (by_key.get(numbered[1], []), number) if numbered else ([], 0)


def _inside(folder: Folder, name: str) -> Path | None:
    """A file that a feed names, where it is one of the folder's own: nothing else can be named."""
    wanted = PurePosixPath(name.replace("\\", "/"))
    return folder.files.get(str(wanted)) if ".." not in wanted.parts else None


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(name[:80] for name in names[:3]) + more


def _is(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"
