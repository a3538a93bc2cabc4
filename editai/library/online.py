"""Finished clips and brand kits that an owner wants in the Supabase project too, and other computers get from there.

Off unless a store's kit says `files_online`. A thread sends what is new and takes away what was deleted, under the
token of its owner (see `online_round`); a clip's files come back when it is opened on a computer that has them not.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from editai.errors import EditaiError, NotSignedIn, RateLimited
from editai.library.media import Media
from editai.library.store import Store
from editai.models import Clip, File

if TYPE_CHECKING:
    from editai.library.supabase_session import Session

log = logging.getLogger(__name__)

PAUSE_S = 60.0
"""Between two looks at what is to be sent."""
STOP_S = 5.0
"""For the thread to end; an upload that takes longer ends with the process, and leaves nothing in the bucket."""

NOT_ONLINE = frozenset({"not_in_bucket", "bucket_missing"})
"""The errors that say no more than that a file is not in the project."""

UNFORESEEN = EditaiError(
    "internal_error", "Something went wrong that was not foreseen.", "It is tried again every minute; report it."
)


class Sessions(Protocol):
    """Who is signed in."""

    def of_owner(self, owner_id: str) -> Session | None:
        """A live session of this owner."""
        ...


@dataclass
class State:
    """How it stands with one owner's files: what kept the last round from its end, and what stays on this computer.

    `stays` has a sentence for each file that the project does not take, by its path there.
    """

    error: EditaiError | None = None
    stays: dict[str, str] = field(default_factory=dict)
    not_before: float = 0.0


class Online:
    """The files of whoever is signed in at this app; without `start()` nobody is, and nothing is asked."""

    def __init__(self, store: Store, media: Media) -> None:
        self._store, self._media = store, media
        self._sessions: Sessions | None = None
        self._states: dict[str, State] = {}
        self._woken, self._ended = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, sessions: Sessions) -> None:
        """Begin to carry files in a thread of its own."""
        self._sessions = sessions
        self._ended.clear()
        self._thread = threading.Thread(target=self._run, name="online", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End; what was not sent yet is sent the next time."""
        self._ended.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join(STOP_S)
        self._sessions = self._thread = None

    def wake(self, owner_id: str) -> None:
        """Somebody signed in, or has something new: look at once, and every minute from now on."""
        self._states.setdefault(owner_id, State())
        self._woken.set()

    def state(self, owner_id: str) -> State:
        """How it stands with this owner's files."""
        return self._states.get(owner_id, State())

    def bring(self, clip: Clip) -> None:
        """Get the files of a clip that are not on this computer, where its owner is signed in and has them online.

        Raises OutOfSpace 507 `disk_full`, and what `Bucket` raises but for a file that is not there.
        """
        clip = self._media.placed(clip)
        missing = [file for file in files_of(clip) if not clip.path(file).is_file()]
        session = self._session_for(clip.profile_id) if missing else None
        if session is None:
            return
        self._media.require_space(sum(file.bytes for file in missing))
        from editai.library.online_round import get_clip  # what it takes to ask a project is imported when it is asked
        from editai.library.supabase_bucket import Bucket

        try:
            with closing(Bucket(session)) as bucket, self._media.or_out_of_space():
                get_clip(bucket, clip, missing)
        except EditaiError as error:
            if error.slug not in NOT_ONLINE:
                raise

    def _session_for(self, profile_id: str) -> Session | None:
        if self._sessions is not None:
            for owner_id in list(self._states):
                if any(each.id == profile_id for each in self._store.profiles(owner_id)):
                    return self._sessions.of_owner(owner_id)
        return None

    def _is_wanted(self, owner_id: str) -> bool:
        return any(profile.kit.files_online for profile in self._store.profiles(owner_id))

    def _run(self) -> None:
        while not self._ended.is_set():
            self._woken.clear()
            for owner_id, state in list(self._states.items()):
                session = self._sessions.of_owner(owner_id) if self._sessions else None
                if session is not None and time.monotonic() >= state.not_before and not self._ended.is_set():
                    self._round(session, state)
            self._woken.wait(PAUSE_S)

    def _round(self, session: Session, state: State) -> None:
        from editai.library.online_round import carry

        is_wanted = True
        try:
            is_wanted = self._is_wanted(session.user_id)
            carry(session, self._media, state.stays, self._ended)
            state.error = None
        except EditaiError as error:
            if isinstance(error, RateLimited):
                state.not_before = time.monotonic() + error.retry_after_s
            state.error = error if is_wanted else None
            if is_wanted and not isinstance(error, NotSignedIn):  # that one is said on the page already
                log.warning("files stay on this computer for now: %s", error)
        except Exception:  # the thread has other owners to look after; what nobody foresaw is said on the page too
            log.exception("files stay on this computer for now")
            state.error = UNFORESEEN


def files_of(clip: Clip) -> list[File]:
    """Every file of a clip, those of its translations too."""
    named = (clip.video, clip.poster, clip.srt, clip.vtt, clip.ass, clip.transcript, clip.plan, clip.report)
    translated = (file for each in clip.translations for file in (each.srt, each.vtt, each.transcript))
    return [file for file in (*named, *translated) if file is not None]
