"""Jobs on a Dask cluster: where `EDITAI_CLUSTER` is set, clips are made on other machines.

    the app's machine                                          a machine that works
    ─────────────────                                          ────────────────────
    app ─ carrier: takes jobs from the journal                 python -m editai worker tcp://…
            │  what the job needs ──────▶ depot ──────────────▶ a folder of its own
            │  Task (brief, store, files by hash) ─▶ scheduler ─▶ pipeline.produce()
            │  how far it is ◀────────────────────── events ◀──── a word every half second
            ▼  the clip's files ◀─────── depot ◀──────────────── what was made
          journal: done, once

Whatever decides about a job stays in the app's journal: who is next, cancel, tries, and that it ends once. A worker
opens neither the app's database nor its disk and is told no key: what needs one (a paid voice, a language model) is
done by the carrier, and its results go along. Workers may be lost, and so may the scheduler: the job goes on.

`carrier` and `carried` run on the app's machine, `bench`, `hand` and `machine` on the others; `task` is what they say
to each other, `link` how the app reaches the scheduler. Only `link` and `hand` import `distributed`.
"""

from __future__ import annotations

import importlib.util

from editai.errors import InvalidInput, Unavailable
from editai.settings import Settings

INSTALL = "pip install -r requirements-cluster.txt"


def require(settings: Settings) -> None:
    """Raises where a cluster cannot be used from here: Unavailable 503 `dask_missing`, InvalidInput 422
    `media_url_missing`."""
    if importlib.util.find_spec("distributed") is None:
        raise Unavailable("dask_missing", "The package that a Dask cluster needs is not installed.", f"Run: {INSTALL}")
    if settings.media_url is None:
        raise InvalidInput(
            "media_url_missing",
            "With a cluster, EDITAI_MEDIA_URL has to say where this machine and the others exchange files.",
            "Set it to a folder that all of them see, or to an address such as s3://bucket/folder, on all of them.",
        )
