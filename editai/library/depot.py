"""The depot: where the app and its workers on other machines exchange files.

`EDITAI_MEDIA_URL` names it: a folder that all of them see, or what fsspec reaches (S3 and whatever speaks it, say). A
worker opens neither the app's database nor its disk: what a job needs is put here by the app, brought by the worker
into a folder of its own, and the other way round with what the worker made.

    <url>/profiles/<id>/blobs/<aa>/<sha256>     a file, named by what is in it; aa are the first two digits
    <url>/profiles/<id>/jobs/<job>/blobs/...    the same for what one job makes
    <url>/profiles/<id>/jobs/<job>/stages/...   the tree of a stage's result: see `depot_stages`
    <url>/incoming/<name>                       on its way, where a file can be seen before it is whole

    depot = Depot.open(settings.media_url)              # once in a process
    file = depot.put(profile_id, path)                  # the File goes to the worker with the task
    mine = depot.until(over)                            # for one job: Cancelled 499 between two parts, its own count
    mine.get(profile_id, file, to)                      # whole and undamaged, or not at all
    depot.forget(profile_id, [file])                    # when nobody needs it any more
    own = mine.own(job_id)                              # what this job makes; no other job is told of it
    tree = own.put_tree(profile_id, folder)             # a clip's folder, say: a `Tree` is typed and JSON
    own.get_tree(profile_id, tree, to)                  # whole or not at all
    own.delete(profile_id)                              # all of it, when nobody comes back for it
    depot.sweep(profile_id, keep)                       # now and then: what nobody came to forget
    mine.moved                                          # a `Moved`: files and bytes each way, milliseconds

What is there under a hash is what belongs there, so nothing is replaced and the same is never sent twice: to put again
what was put is safe, in any number of places at once. What jobs share, the videos of a product, the app alone puts and
forgets, for it knows which jobs need them. What is made for a job is no other's, though it may be the same: a job that
ends takes nothing from one that goes on. Two profiles share no blob, and deleting a profile deletes what is below its
prefix. A key for the place is looked for where its service looks for one (AWS_ACCESS_KEY_ID and the like),
on each machine; none is in the address, in a task or in a log.

Everything raises Unavailable 503 `media_away` where the place does not answer, refuses the key or lacks the bucket,
OutOfSpace 507 `media_full` where it is full, and Cancelled 499 `cancelled` where `until` said so.
"""

from __future__ import annotations

import os
import threading
import time
import uuid
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from editai.library import depot_faults as faults
from editai.library.depot_place import Place, or_disk_full
from editai.library.media import ID, SHA256, atomic, to_disk
from editai.library.store import profile_not_found
from editai.models import File, Moved, Tree

DAY_SECONDS = 86_400.0
TRIAL_BYTES = 1_000_000


class Depot:
    """The files of all profiles at one place; safe to share between threads. Ids that are none are NotFound 404."""

    def __init__(self, place: Place, over: threading.Event | None = None, job_id: str = "") -> None:
        self.place = place
        self.moved = Moved()
        self._over, self._job_id = over, job_id
        self._counting = threading.Lock()

    @staticmethod
    def open(url: str) -> Depot:
        """The depot at an address or in a folder, which has to be there; how it is shows at the first use."""
        return Depot(Place(url))

    def until(self, over: threading.Event) -> Depot:
        """The same depot for one job: it counts for itself, and gives up once `over` is set."""
        return Depot(self.place, over, self._job_id)

    def own(self, job_id: str) -> Depot:
        """What is made for this job, and is no other's: a depot of its own, which counts for itself.

        Raises ValueError for an id that is none.
        """
        if not ID.fullmatch(job_id):
            raise ValueError(f"{job_id!r} is no job's id")
        return Depot(self.place, self._over, job_id)

    def home(self, profile_id: str) -> str:
        """What every path of a profile, or of the job in it, begins with. Raises NotFound 404 `profile_not_found`."""
        if not ID.fullmatch(profile_id):
            raise profile_not_found()
        return f"profiles/{profile_id}" + (f"/jobs/{self._job_id}" if self._job_id else "")

    # ── files ────────────────────────────────────────────────────────────────────────────────────────────────────

    def put(self, profile_id: str, path: Path, known: File | None = None) -> File:
        """See to it that the file is there, and say what it is; one that is there with its size is not sent again.

        `known` is what `path` is known to be, which saves reading it. Raises NotFound 404 `file_changed`.
        """
        file = known or File.of(path)
        blob = self._blob(profile_id, file)
        if not path.is_file() or path.stat().st_size != file.bytes:
            raise faults.changed(path.name)
        began, moved = time.monotonic(), Moved()
        if self.place.size(blob) != file.bytes:
            self.place.send(path, blob, file.bytes, self._over)
            moved = Moved(sent_files=1, sent_bytes=file.bytes)
        self._count(moved, began)  # to ask costs time as well
        return file

    def has(self, profile_id: str, file: File) -> bool:
        """Whether all of the file is there; whether it is undamaged shows when it is brought."""
        return self.place.size(self._blob(profile_id, file)) == file.bytes

    def get(self, profile_id: str, file: File, to: Path) -> Path:
        """Bring a file to `to`, whole and undamaged or not at all; one that lies there with its size is left.

        Raises NotFound 404 `not_in_depot`, NoAnswer 504 `file_damaged` (it is removed, so that it can be put again),
        OutOfSpace 507 `disk_full`.
        """
        blob = self._blob(profile_id, file)
        if to.is_file() and to.stat().st_size == file.bytes:
            return to
        began = time.monotonic()
        with or_disk_full(to), atomic(_made(to.parent)) as making:
            self.place.bring(blob, making, file.name, self._over)
            if File.of(making).sha256 != file.sha256:
                self.place.remove(blob)
                raise faults.damaged(file.name)
            to_disk(making)  # else a power cut could leave a short file under a lasting name
            making.replace(to)
        self._count(Moved(got_files=1, got_bytes=file.bytes), began)
        return to

    def forget(self, profile_id: str, files: Iterable[File]) -> None:
        """Remove files that nobody needs any more; what is not there is no error."""
        for blob in {self._blob(profile_id, file) for file in files}:
            self.place.remove(blob)

    # ── folders ──────────────────────────────────────────────────────────────────────────────────────────────────

    def put_tree(self, profile_id: str, folder: Path) -> Tree:
        """Put every file of a folder, and say what it is. Raises ValueError where there is a link in it."""
        tree = Tree.of(folder)
        for file in tree.files:
            self.put(profile_id, folder / file.name, file)
        return tree

    def get_tree(self, profile_id: str, tree: Tree, to: Path) -> Path:
        """Bring a folder to `to`, whole or not at all; one that is there already is left. Raises what `get` raises."""
        if to.is_dir():
            return to
        with or_disk_full(to), atomic(_made(to.parent)) as making:
            making.mkdir()
            for file in tree.files:
                self.get(profile_id, file, making / file.name)
            try:
                making.rename(to)
            except OSError:
                if not to.is_dir():  # else somebody else has just brought the same
                    raise
        return to

    # ── nothing is left behind ───────────────────────────────────────────────────────────────────────────────────

    def sweep(self, profile_id: str, keep: Collection[str], older_than_s: float = DAY_SECONDS) -> int:
        """Remove what is older and not named in `keep` (SHA-256), and what was sent by halves; how many went.

        `keep` are the files of jobs that have not ended. The age spares what is being put for one that begins now.
        """
        home, before = self.home(profile_id), datetime.now(UTC) - timedelta(seconds=older_than_s)
        gone = 0
        for below in (home, "incoming"):
            for path, written in self.place.files(below):
                if written < before and path.rpartition("/")[2] not in keep:
                    self.place.remove(path)
                    gone += 1
        return gone + self.place.end_halves(home, before)

    def delete(self, profile_id: str) -> None:
        """Remove everything of a profile, or of the job in it."""
        home = self.home(profile_id)
        self.place.remove_all(home)
        self.place.end_halves(home, datetime.now(UTC))

    def profile_ids(self) -> set[str]:
        """The profiles of which something is there."""
        return {name for name in self.place.folders("profiles") if ID.fullmatch(name)}

    def job_ids(self, profile_id: str) -> set[str]:
        """The jobs of a profile for which something was made that is there yet."""
        return {name for name in self.place.folders(f"{self.home(profile_id)}/jobs") if ID.fullmatch(name)}

    def trial(self) -> float:
        """Write a megabyte, read it and remove it: the seconds that took."""
        sent, began = os.urandom(TRIAL_BYTES), time.monotonic()
        path = f"incoming/trial-{uuid.uuid4().hex}"
        self.place.write(path, sent)
        read = self.place.read(path)
        self.place.remove(path)
        if read != sent:
            raise faults.damaged("What was written as a trial")
        return time.monotonic() - began

    def _count(self, moved: Moved, began: float) -> None:
        with self._counting:
            self.moved += moved.model_copy(update={"ms": round(1000 * (time.monotonic() - began))})

    def _blob(self, profile_id: str, file: File) -> str:
        if not SHA256.fullmatch(file.sha256):
            raise faults.not_there(file.name)
        return f"{self.home(profile_id)}/blobs/{file.sha256[:2]}/{file.sha256}"


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
