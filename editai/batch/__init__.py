"""Many products in one go: a feed and a folder of videos go in, a clip of each product comes out.

    feed ──read──▶ rows ─┐
    folder ──matching────┴─plan──▶ BatchPlan ──start──▶ rows that wait ──intake──▶ jobs ──▶ results
                                                            ▲
                                                            └── retry, restart

Nothing is made before `start`. From then on the batch is in rows: whoever runs (the app, the command line) takes its
products in, one job each, and the workers make them like any other. The same feed again makes only what is new, what
has changed, and what failed.
"""

from __future__ import annotations

from editai.batch.coverage import coverage
from editai.batch.intake import Intake, take_in
from editai.batch.matching import Folder, folder_of, of_files
from editai.batch.planning import plan, usual_work
from editai.batch.results import results, state_of
from editai.batch.running import cancel, retry, start

__all__ = [
    "Folder", "Intake", "cancel", "coverage", "folder_of", "of_files", "plan", "results", "retry", "start", "state_of",
    "take_in", "usual_work",
]  # fmt: skip
