"""A worker that is killed in a stage of one's choice: real worker processes, real kill -9, at the same place each time.

`sitecustomize` is imported by every Python process that finds it; here it makes a worker look, in the middle of each
stage, whether that stage is the next in a list, and kill itself if so.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

HOOK = '''
import os, sys

if "worker" in sys.orig_argv:
    import json
    import signal
    from pathlib import Path

    from editai.job_run import JobRun
    from editai.library import Media
    from editai.library.sqlite import SqliteStore
    from editai.stages import StageCache

    LIST = Path(os.environ["EDITAI_TEST_DIES_IN"])

    def look(stage):
        left = json.loads(LIST.read_text())
        if left[:1] == [stage]:
            LIST.write_text(json.dumps(left[1:]))
            os.kill(os.getpid(), signal.SIGKILL)

    def dying(cls, name, stage):
        """Die when this method is through."""
        whole = getattr(cls, name)

        def method(self, *args, **kwargs):
            made = whole(self, *args, **kwargs)
            look(stage or args[0])
            return made

        setattr(cls, name, method)

    run = StageCache.run

    def dying_run(self, name, version, inputs, work, result):
        def half(folder):
            steps = work(folder)
            try:
                while True:
                    try:
                        step = next(steps)
                    except StopIteration as done:
                        look(name)  # a stage of one step: before its result is kept
                        return done.value
                    yield step
                    look(name)
            finally:
                steps.close()

        return run(self, name, version, inputs, half, result)

    StageCache.run = dying_run
    dying(JobRun, "passed", None)
    dying(Media, "keep_clip", "clip")
    dying(SqliteStore, "add_clip", "row")
'''


@contextmanager
def dying_in(stages: Sequence[str], folder: Path) -> Iterator[Path]:
    """Workers that are started meanwhile die in each of these stages, one after the other; yields what is left."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(HOOK, "utf-8")
    left = folder / "left.json"
    left.write_text(json.dumps(list(stages)), "utf-8")
    before = {name: os.environ.get(name) for name in ("PYTHONPATH", "EDITAI_TEST_DIES_IN")}
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(folder), before["PYTHONPATH"])))
    os.environ["EDITAI_TEST_DIES_IN"] = str(left)
    try:
        yield left
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
