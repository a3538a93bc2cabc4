"""Deleting a cloned voice of a store, which its brand kit or a job may be using."""

from __future__ import annotations

from editai import voices
from editai.errors import Conflict
from editai.library import Library
from editai.models import Clone, Profile, Voice
from editai.profiles.studio import studio
from editai.voices import cloning


def delete_clone(shelf: Library, profile: Profile, clone_id: str) -> tuple[Clone, Profile]:
    """Delete a cloned voice with its recording and everything that it spoke; clips that were made stay.

    Where it is the store's own voice, the default voice of its language takes its place: the clone that is gone, and
    the store as it is now. Raises NotFound 404 `voice_not_found`, Conflict 409 `voice_in_use` while a job speaks or
    waits to speak with it.
    """
    mine = studio(shelf, profile)
    gone = cloning.find(mine, clone_id)
    for job in shelf.journal.unended(profile.id):
        if job.brief.voice.name == gone.id:
            raise Conflict(
                "voice_in_use",
                f"“{gone.name}” speaks in a clip that is being made, or waits to.",
                "Cancel that clip, or wait for it, and delete the voice then.",
            )
    after = profile
    if profile.kit.voice.name == gone.id:
        instead = next(
            Voice(engine=each.engine, name=each.name, speed=profile.kit.voice.speed)
            for each in sorted(voices.catalogue(mine), key=lambda each: profile.kit.language not in each.languages)
            if not each.cloned
        )
        known = voices.info(instead, mine)
        language = profile.kit.language if profile.kit.language in known.languages else known.language
        changes = {"voice": instead.model_dump(), "language": language}
        after = shelf.store.update_profile(profile.owner_id, profile.id, changes)
    cloning.delete(mine, gone.id)
    return gone, after
