"""`python -m editai batch FEED --media DIR`: a clip of each product of a feed.

First it is said what will be made and what is missing. Then the batch is in rows, and this process takes its products
in and keeps workers for them, beside those of an app that runs. Ctrl-C leaves the batch where it is: the same command,
or the app, goes on with it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from editai import library
from editai.cli_files import hand_out
from editai.errors import InvalidInput
from editai.library import Library
from editai.models import BatchPlan, BatchProgress, Profile
from editai.readable import count, dollars, length_of, safe_name
from editai.settings import Settings

LOOK_SECONDS = 0.5
RESULTS = Path("editai-batch.csv")


def add(commands: Any, owner: str) -> None:
    """Add the command's arguments; `owner` is what `--owner` says of itself everywhere."""
    batch = commands.add_parser("batch", help="make a clip of each product of a feed")
    batch.add_argument(
        "feed",
        type=Path,
        metavar="FEED",
        help="Google Merchant (TSV, CSV, XML), Shopify or WooCommerce CSV, or a table with sku, title ...",
    )
    batch.add_argument(
        "--media",
        type=Path,
        metavar="DIR",
        required=True,
        help="a folder of videos and photos named by SKU: SKU.mp4, SKU-1.jpg, SKU/...",
    )
    batch.add_argument("--profile", metavar="NAME", help="the store (without it, the default store)")
    batch.add_argument("--owner", metavar="EMAIL", help=owner)
    batch.add_argument("--currency", default="", metavar="USD", help="of the prices, where the feed does not say it")
    batch.add_argument("--dry-run", action="store_true", help="say what would be made, and make nothing")
    batch.add_argument(
        "--results", type=Path, default=RESULTS, metavar="FILE", help=f"a CSV of what became of each ({RESULTS})"
    )
    batch.add_argument("--out", type=Path, metavar="DIR", help="a folder for the clips' files, one folder a product")


def run(wanted: argparse.Namespace, settings: Settings) -> int:
    """Run it; the status is 0 where every product of the feed has its clip, else 1."""
    from editai import (  # the stages behind them take a moment to import; `--help` does not wait
        batch,
        facts,
        housekeeping,
        workers,
    )

    if not wanted.feed.is_file():
        raise InvalidInput("feed_unreadable", f"{wanted.feed} is no file.", "Give the path of the feed.")
    if wanted.results.is_dir() or not wanted.results.absolute().parent.is_dir():
        raise InvalidInput("out_not_writable", f"{wanted.results} cannot be written.", "Give another --results FILE.")
    with library.open(settings) as shelf:
        profile = library.context(shelf.store, shelf.owners.meant(wanted.owner), wanted.profile)
        feed = facts.read_feed(wanted.feed, wanted.feed.name, profile.kit.language, wanted.currency.strip().upper())
        plan = batch.plan(shelf, profile, feed, batch.folder_of(wanted.media))
        say = sys.stdout if wanted.dry_run else sys.stderr
        say.writelines(f"{_printable(line)}\n" for line in told(plan, everything=wanted.dry_run))
        if wanted.dry_run or not plan.count("new", "changed", "again", "making"):
            return 1 if plan.unmade else 0
        batch_id = batch.start(shelf, profile, plan)
        housekeeping.clear_away(shelf)
        supervisor, intake = workers.Supervisor(settings), batch.Intake(settings)
        supervisor.start()
        try:
            intake.start()
            _follow(shelf, profile, batch_id)
        finally:
            intake.stop()
            supervisor.stop()
        wanted.results.write_bytes(batch.results(shelf, profile, batch_id, plan.lost))
        sys.stdout.write(f"{wanted.results}\n")
        return _ended(shelf, profile, batch_id, wanted.out, len(plan.lost))


def told(plan: BatchPlan, *, everything: bool) -> Iterator[str]:
    """What a batch will do as lines; without `everything` only what it will not make, and the sums."""
    yield from (*plan.lost, *plan.notes, *plan.ambiguous)
    for entry in plan.entries:
        if everything or entry.does == "missing":
            product = entry.product
            yield f"{product.sku or '-'}\t{entry.does}\t{entry.why or product.facts.title}"
    if plan.unmatched:
        yield f"Belonging to no product: {count(len(plan.unmatched), 'file')}, such as {plan.unmatched[0]}."
    yield summary(plan)


def summary(plan: BatchPlan) -> str:
    """A batch in a sentence or two: how many, how long, what it costs."""
    number = len(plan.to_make)
    others = {"being made": plan.count("making"), "made before": plan.count("made"), "that cannot be made": plan.unmade}
    said = [f"{count(number, 'clip')} to make", *(f"{many:,} {what}" for what, many in others.items() if many)]
    parts = [", ".join(said) + "."]
    if number:
        basis = "as long as this store's last clips took" if plan.measured else "by what a clip usually takes"
        parts.append(f"About {length_of(plan.seconds)}, {basis}.")
        parts.append(f"About {dollars(plan.cost)} to speak." if plan.cost else "Free to speak.")
        if plan.left is not None and plan.cost > plan.left:
            parts.append(f"The store's budget allows {dollars(plan.left)} more this month: the rest will fail.")
    return " ".join(parts)


def _follow(shelf: Library, profile: Profile, batch_id: str) -> None:
    """Show how far the batch is: a bar on a terminal, elsewhere a line whenever one more has ended.

    Until it is over, or until all is made that was taken in and the rest cannot be.
    """
    console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )
    task, said, held = bar.add_task("Starting", total=100), "", False
    with bar:
        while True:
            now = shelf.feeds.progress(profile.id, batch_id)
            if now.held and not held:
                console.print(now.held)
            held = bool(now.held)
            line = standing(now)
            bar.update(task, completed=now.percent, description=line)
            if not console.is_terminal and line != said:
                said = line
                console.print(f"{now.percent:3.0f} %  {line}")
            if now.over or (held and not now.queued and not now.running):
                return
            time.sleep(LOOK_SECONDS)


def standing(now: BatchProgress) -> str:
    """How far a batch is, in numbers."""
    failed = f", {now.failed:,} failed or missing" if now.failed else ""
    return f"{now.done:,} of {now.products:,} made{failed}"


def _ended(shelf: Library, profile: Profile, batch_id: str, out: Path | None, lost: int) -> int:
    failed, waiting = lost, 0
    for each in shelf.feeds.batch(profile.id, batch_id):
        waiting += each.job_id is None and not each.failed
        if each.failed:
            failed += 1
            sys.stderr.write(f"{_printable(each.product.sku)}: {_printable(each.why)}\n")
        elif out is not None and each.clip_id:
            folder = out / safe_name(each.product.sku)
            folder.mkdir(parents=True, exist_ok=True)
            hand_out(shelf.media.placed(shelf.store.clip(profile.id, each.clip_id)), folder)
    if failed:
        sys.stderr.write(f"{count(failed, 'product')} could not be made. Mend that and run the same command again.\n")
    if waiting:
        waits = f"{count(waiting, 'product')} not taken in yet"
        sys.stderr.write(f"{waits}: run the same command again, or start the app.\n")
    return 1 if failed or waiting else 0


def _printable(line: str) -> str:
    """A feed's text cannot write to the terminal but as text."""
    return "".join(sign if sign.isprintable() or sign == "\t" else "?" for sign in line)
