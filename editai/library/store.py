"""The Store: a store's rows, whatever keeps them. Beyond one machine it is another class behind this.

Every question names who asks: an owner for profiles, a profile for everything that belongs to one. What belongs to
another profile is answered like what is not there.
"""

from __future__ import annotations

import itertools
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, Protocol

from pydantic import ValidationError

from editai.errors import Conflict, Forbidden, InvalidInput, NotFound, PaymentRequired, Unavailable
from editai.models import Clip, Cost, Model, Profile, Project
from editai.readable import dollars

LOCAL_OWNER = "local"
"""Who owns everything where nobody signs in."""

FIRST_PROFILE = "My store"
NAME_LENGTH = 50


class Store(Protocol):
    """Rows of profiles, their secrets, projects, clips and costs.

    Raises for an unknown profile NotFound 404 `profile_not_found`, for somebody else's Forbidden 403
    `profile_forbidden`.
    """

    def welcome(self, owner_id: str, changes: Mapping[str, Any] | None = None) -> None:
        """Give an owner without any profile a first one, which is the default; once, whoever asks at once.

        `changes` as for `update_profile`.
        """
        ...

    def profiles(self, owner_id: str) -> Sequence[Profile]:
        """The owner's profiles by name."""
        ...

    def profile(self, owner_id: str, profile_id: str) -> Profile:
        """One profile by its id."""
        ...

    def find_profile(self, owner_id: str, id_or_name: str) -> Profile:
        """One profile by its id, else by its name, in whatever case."""
        ...

    def default_profile(self, owner_id: str) -> Profile:
        """The owner's default profile. Raises Unavailable 503 `no_default_profile`."""
        ...

    def create_profile(self, owner_id: str, name: str, changes: Mapping[str, Any] | None = None) -> Profile:
        """A new profile, with `changes` as for `update_profile`; an owner's first is the default.

        Raises InvalidInput 422 `profile_name_invalid` or `profile_field_invalid`, Conflict 409 `profile_name_taken`.
        """
        ...

    def update_profile(self, owner_id: str, profile_id: str, changes: Mapping[str, Any]) -> Profile:
        """The profile with these fields changed (see `Profile.changed`), in one step; every other keeps its value.

        Raises like `create_profile`.
        """
        ...

    def set_default_profile(self, owner_id: str, profile_id: str) -> Profile:
        """Make it the default, in one step: at every moment the owner has exactly one."""
        ...

    def delete_profile(self, owner_id: str, profile_id: str) -> None:
        """Delete the profile with its secrets, projects, clips and posts; what it cost stays, with no profile.

        Raises Conflict 409 `default_profile_protected`.
        """
        ...

    # ── secrets: sealed before they come here, see `library.secrets` ────────────────────────────────────────────

    def keep_secret(self, profile_id: str, name: str, sealed: bytes, last_four: str) -> None:
        """Keep a secret, in the place of an earlier one of this name. Raises NotFound 404 `profile_not_found`."""
        ...

    def sealed_secret(self, profile_id: str, name: str) -> bytes | None:
        """A secret of this profile as it was sealed."""
        ...

    def secrets(self, profile_id: str) -> Mapping[str, str]:
        """The last four characters of each secret of this profile, by its name."""
        ...

    def forget_secret(self, profile_id: str, name: str) -> None:
        """Delete a secret; one that is not there is no error."""
        ...

    # ── projects ────────────────────────────────────────────────────────────────────────────────────────────────

    def keep_project(self, project: Project) -> None:
        """Insert a project, or replace the one with its id.

        Raises NotFound 404 `profile_not_found`, or `project_not_found` where that id is another profile's.
        """
        ...

    def projects(self, profile_id: str) -> Sequence[Project]:
        """The profile's projects, the one that was changed last first."""
        ...

    def count_projects(self, profile_id: str) -> tuple[int, str]:
        """How many projects this profile has, and when one was changed last (UTC, ISO 8601; "" for none)."""
        ...

    def project(self, profile_id: str, project_id: str) -> Project:
        """One project of this profile. Raises NotFound 404 `project_not_found`."""
        ...

    def delete_project(self, profile_id: str, project_id: str) -> None:
        """Delete a project's row with those of its clips. Raises NotFound 404 `project_not_found`."""
        ...

    # ── clips ───────────────────────────────────────────────────────────────────────────────────────────────────

    def add_clip(self, clip: Clip) -> None:
        """Keep a clip's row; the same clip twice is one row.

        Raises NotFound 404 `profile_not_found`, or `project_not_found` where its project is not this profile's.
        """
        ...

    def clips(self, profile_id: str, most: int | None = None) -> Sequence[Clip]:
        """The profile's clips, newest first, each with the folder of its files: all, or so many at `most` (1,000)."""
        ...

    def clip(self, profile_id: str, clip_id: str) -> Clip:
        """One clip of this profile. Raises NotFound 404 `clip_not_found`."""
        ...

    def delete_clip(self, profile_id: str, clip_id: str) -> None:
        """Delete the row of one clip of this profile. Raises NotFound 404 `clip_not_found`."""
        ...

    def count_clips(self, profile_id: str, since: str) -> int:
        """How many clips this profile made from `since` (UTC, ISO 8601) on."""
        ...

    # ── costs: amounts in micro-dollars ─────────────────────────────────────────────────────────────────────────

    def reserve_cost(self, cost: Cost, since: str) -> None:
        """Write down, for good, that `cost` is about to be spent. The same id again changes nothing.

        Raises PaymentRequired 402 `budget_exceeded` where it and what was reserved or settled from `since` on (the
        beginning of the month) are more than the profile's budget, NotFound 404 `profile_not_found`; then nothing
        was written.
        """
        ...

    def end_cost(self, cost_id: str, state: Literal["settled", "released"], amount: int) -> bool:
        """Settle a reserved cost at `amount`, or release it. False, and nothing changed: it was ended already."""
        ...

    def reserved_costs(self) -> Sequence[Cost]:
        """What was reserved and not ended, of all profiles, for who tidies up after a crash; never for who asks."""
        ...

    def costs(self, profile_id: str, since: str) -> Sequence[Cost]:
        """The profile's costs from `since` on, newest first."""
        ...

    def spent(self, profile_id: str, since: str) -> int:
        """What this profile reserved or settled from `since` on."""
        ...


def context(store: Store, owner_id: str, profile: str | None = None, header: str | None = None) -> Profile:
    """The profile that is meant: the explicit argument, else the `X-Profile-Id` header, else the default.

    `profile` may be an id or a name; `header` is an id. An empty value counts as not given.
    """
    if profile and profile.strip():
        return store.find_profile(owner_id, profile.strip())
    if header and header.strip():
        return store.profile(owner_id, header.strip())
    return store.default_profile(owner_id)


def clean_name(name: str) -> str:
    """A profile's name as it is kept. Raises InvalidInput 422 `profile_name_invalid`."""
    kept = unicodedata.normalize("NFC", name).strip()
    kinds = {unicodedata.category(character) for character in kept}
    unseen = all(kind[0] in "CZ" for kind in kinds)
    if unseen or len(kept) > NAME_LENGTH or kinds & {"Cc", "Cs", "Zl", "Zp"}:
        raise InvalidInput(
            "profile_name_invalid",
            f"A store's name has 1 to {NAME_LENGTH} characters on one line.",
            "Choose a shorter name." if len(kept) > NAME_LENGTH else "Type the name of the store.",
        )
    return kept


def free_name(name: str, taken: Iterable[str]) -> str:
    """`name`, or where it is taken the next free "name (2)", no longer than a name may be."""
    keys = {name_key(each) for each in taken}
    for number in itertools.count(2):
        if name_key(name) not in keys:
            return name
        stem, tail = re.sub(r" \(\d+\)$", "", name), f" ({number})"
        name = stem[: NAME_LENGTH - len(tail)].rstrip() + tail
    raise AssertionError  # there are more numbers than names


def changed(profile: Profile, changes: Mapping[str, Any]) -> Profile:
    """The profile with these fields changed, its name as it is kept.

    Raises InvalidInput 422 `profile_name_invalid`, or `profile_field_invalid` naming the field.
    """
    if "name" in changes:
        changes = {**changes, "name": clean_name(changes["name"])}
    try:
        return profile.changed(changes)
    except ValidationError as error:
        wrong = ", ".join(dict.fromkeys(str(item["loc"][-1]) for item in error.errors()))
    except ValueError as error:
        wrong = str(error)
    raise InvalidInput(
        "profile_field_invalid", f"This cannot be kept for a store: {wrong}.", "Look at the field and try again."
    )


def name_key(name: str) -> str:
    """What two names have in common that differ only in case or in how their letters are composed."""
    return plain(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()))


def plain(text: str) -> str:
    """`text` as every database takes it: what UTF-8 cannot carry (half a surrogate pair) becomes "?"."""
    return text.encode("utf-8", "replace").decode("utf-8")


def as_json(model: Model, include: set[str] | None = None) -> str:
    """A noun as the text of its row, `plain`."""
    return plain(json.dumps(model.model_dump(mode="json", include=include), ensure_ascii=False))


def profile_not_found() -> NotFound:
    """No profile has this id or name."""
    return NotFound("profile_not_found", "There is no such store.", "Choose one of your stores.")


def profile_forbidden() -> Forbidden:
    """The profile is another owner's."""
    return Forbidden("profile_forbidden", "This store belongs to somebody else.", "Choose one of your own stores.")


def no_default_profile() -> Unavailable:
    """The owner has no default profile although one should exist."""
    return Unavailable(
        "no_default_profile", "None of your stores is the default one.", "Create a store, or make one the default."
    )


def profile_name_taken(name: str) -> Conflict:
    """The owner has a profile of this name, `name` as it is written there."""
    return Conflict("profile_name_taken", f'You already have a store named "{name}".', "Choose another name.")


def default_profile_protected() -> Conflict:
    """The default profile cannot be deleted."""
    return Conflict(
        "default_profile_protected", "The default store cannot be deleted.", "Make another store the default first."
    )


def require_budget(budget: int, spent: int, amount: int) -> None:
    """Raises PaymentRequired 402 `budget_exceeded` where `amount` on top of `spent` is more; all in micro-dollars."""
    if spent + amount > budget:
        raise PaymentRequired(
            "budget_exceeded",
            f"This would cost about {dollars(amount)}; of this store's monthly budget of {dollars(budget)}, "
            f"{dollars(max(0, budget - spent))} is left.",
            "Raise the store's budget, or wait for next month.",
        )


def project_not_found() -> NotFound:
    """No project of this profile has this id."""
    return NotFound("project_not_found", "There is no such product in this store.", "Choose one of this store's.")


def clip_not_found() -> NotFound:
    """No clip of this profile has this id."""
    return NotFound("clip_not_found", "There is no such clip in this store.", "Choose one of this store's clips.")


def clip_file_missing() -> NotFound:
    """The clip is there and one of its files is not."""
    return NotFound(
        "clip_file_missing",
        "A file of this clip is not on this computer.",
        "Produce the clip again, or open it on the computer that made it.",
    )
