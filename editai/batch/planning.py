"""What a batch will do: of each product of a feed whether a clip will be made, why not, what it costs, how long it
takes. Nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from editai import products, voices
from editai.batch.matching import Folder, Match, match
from editai.errors import InvalidInput
from editai.facts import Feed, Row
from editai.job_run import STAGES
from editai.library import Library
from editai.models import TO_MAKE, BatchPlan, Entry, FeedProduct, File, Profile, Standing, Taken
from editai.profiles.studio import studio
from editai.script import SECONDS

USUAL_SECONDS = 60
"""What the clip of a store that has made none takes: 15 seconds of speech on two cores."""
KEPT_STAGES = ("footage", "speech", "music")
"""What is not done again for a product of which only what is said has changed."""


@dataclass(frozen=True)
class UsualWork:
    """How many seconds a clip of a store usually takes: `whole`, and the `part` of it that is left where the videos
    were looked at before. `measured` on the store's own last clips; else it is what is usual anywhere."""

    whole: float
    part: float
    measured: bool


def usual_work(shelf: Library, profile: Profile) -> UsualWork:
    """What a clip of this store usually takes, by the last ones that were made."""
    earlier = shelf.feeds.earlier(profile.id)
    whole = median(earlier) if earlier else USUAL_SECONDS
    left = 1 - sum(STAGES[name][1] for name in KEPT_STAGES) / 100
    return UsualWork(whole, whole * left, measured=bool(earlier))


def plan(shelf: Library, profile: Profile, feed: Feed, folder: Folder) -> BatchPlan:
    """What a batch of this feed and these files would do for the store.

    Raises InvalidInput 422 `feed_empty` where no row of the feed can be used, and what `voices.info` raises.
    """
    if not feed.rows:
        raise InvalidInput("feed_empty", f"No product of this feed can be used. {' '.join(feed.problems[:3])}".strip())
    rows = tuple({(row.id, row.facts, row.script, row.videos): row for row in reversed(feed.rows)}.values())[::-1]
    found = match(rows, folder)
    twice = _twice(rows)
    known = {standing.product.sku: standing for standing in shelf.feeds.products(profile.id)}
    clips = shelf.media.clip_ids(profile.id)
    usual = usual_work(shelf, profile)
    price = _Price(shelf, profile)
    entries = []
    for place, row in enumerate(rows):
        entry = _entry(row, place, found, twice, known.get(row.id), clips)
        if entry.does in TO_MAKE:
            seconds = usual.part if entry.does == "changed" else usual.whole
            entry = entry.model_copy(update={"cost": price.of(row), "seconds": round(seconds)})
        entries.append(entry)
    budget = profile.monthly_budget
    told = {*feed.lost, *(problem for row in rows for problem in row.unread)}
    return BatchPlan(
        profile_id=profile.id,
        kind=feed.kind,
        entries=tuple(entries),
        lost=feed.lost,
        notes=tuple(problem for problem in feed.problems if problem not in told),
        unmatched=found.unmatched,
        ambiguous=found.ambiguous,
        cost=sum(entry.cost for entry in entries),
        seconds=round(sum(entry.seconds for entry in entries) / shelf.settings.workers),
        measured=usual.measured,
        left=None if budget is None else max(0, budget - shelf.costs.spent(profile)),
    )


def _entry(
    row: Row, place: int, found: Match, twice: Mapping[int, str], kept: Standing | None, clips: set[str]
) -> Entry:
    """A row with what is to be done with it."""
    paths = found.files.get(place, ())
    product = FeedProduct(
        sku=row.id,
        line=row.line,
        facts=row.facts,
        script=row.script,
        files=tuple(Taken.of(path) for path in paths),
    )
    if place in twice:
        return Entry(product=product, does="missing", why=twice[place])
    if not row.id:
        return Entry(product=product, does="missing", why=f"Line {row.line} has no SKU.")
    if row.unread:
        return Entry(product=product, does="missing", why=" ".join(row.unread))
    changed = _changed(product, kept) if kept else ()
    if kept and kept.job_id and not changed and not kept.failed:
        if kept.state != "done":
            return Entry(product=product, does="making", why="It is being made already.")
        if kept.clip_id in clips:
            return Entry(product=product, does="made")
    if place in found.missing and not (kept and kept.sources):
        return Entry(product=product, does="missing", why=found.missing[place])
    if kept is None:
        return Entry(product=product, does="new")
    if kept.failed and not (changed and kept.job_id):
        return Entry(product=product, does="again", why=f"Last time: {kept.why}")
    if changed:
        return Entry(product=product, does="changed", why=f"Changed: {', '.join(changed)}.")
    if kept.job_id is None:
        return Entry(product=product, does="making", why="It is being taken in already.")
    return Entry(product=product, does="again", why="Its clip was deleted.")


def _changed(now: FeedProduct, kept: Standing) -> tuple[str, ...]:
    """What is another than when a clip was asked for; files that are not there now are those of that time."""
    then = kept.product
    changed = products.changes(then.facts, now.facts, then.script, now.script)
    return (*changed, "the video") if now.files and not _same_files(now.files, kept) else changed


def _same_files(now: Sequence[Taken], kept: Standing) -> bool:
    """Whether these are the files that the product was made of: as they lie there, or else by their content."""
    then = kept.product.files
    if len(now) != len(then) or any(one.bytes != other.bytes for one, other in zip(now, then, strict=True)):
        return False
    touched = [
        (one.path, place)
        for place, (one, other) in enumerate(zip(now, then, strict=True))
        if (one.path, one.modified_ns) != (other.path, other.modified_ns)
    ]
    if not touched:
        return True
    return len(kept.sources) == len(now) and all(File.of(path).sha256 == kept.sources[place] for path, place in touched)


def _twice(rows: Sequence[Row]) -> dict[int, str]:
    """By their places the rows that share a SKU and say different things, with what is said of them."""
    places: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        if row.id:
            places.setdefault(row.id, []).append(place)
    told: dict[int, str] = {}
    for sku, same in places.items():
        if len(same) > 1:
            lines = " and ".join(str(rows[place].line) for place in same[:4])
            told |= dict.fromkeys(same, f"Lines {lines} have the same SKU {sku}.")
    return told


class _Price:
    """About what the store's voice takes for a clip, in micro-dollars."""

    def __init__(self, shelf: Library, profile: Profile) -> None:
        here, kit = studio(shelf, profile), profile.kit
        self._engine = voices.engine(kit.voice.engine).info
        letters = (kit.seconds or SECONDS) * voices.pace(kit.voice, here) * kit.voice.speed
        self._usual = voices.price(self._engine, round(letters))

    def of(self, row: Row) -> int:
        return voices.price(self._engine, len(row.script)) if row.script else self._usual
