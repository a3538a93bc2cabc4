"""What the voices of a store work with: its clones, its keys, its money, what it has spoken before."""

from __future__ import annotations

import uuid
from functools import partial

from editai.library import Library
from editai.library.secrets import SERVICES
from editai.library.store import require_budget
from editai.models import Profile
from editai.stages import StageCache
from editai.voices import Studio


def studio_of_new(shelf: Library, owner: str) -> Studio:
    """The studio of a store that is not there yet: it has no clones, no keys, and has spoken nothing."""
    return studio(shelf, Profile(id=uuid.uuid4().hex, owner_id=owner, name="New", is_default=False, created_at=""))


def studio(shelf: Library, profile: Profile, job_id: str | None = None) -> Studio:
    """The studio of `profile`; what it pays for is noted for `job_id`."""

    def key(secret: str) -> str | None:
        return next((shelf.secrets.reveal(profile.id, name) for name in SERVICES if name == secret), None)

    def afford(amount: int) -> None:
        if amount and profile.monthly_budget is not None:
            require_budget(profile.monthly_budget, shelf.costs.spent(profile), amount)

    return Studio(
        settings=shelf.settings,
        folder=shelf.media.voices(profile.id),
        cache=StageCache(shelf.media.cache(profile.id)),
        kit=shelf.media.kit(profile.id, profile.kit),
        key=key,
        paid=partial(shelf.costs.paid, profile, job_id),
        afford=afford,
        language_model=partial(shelf.secrets.language_model, profile.id),
    )
