"""One variant of a clip after the other: each knows those before it, and shows something else where it can."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from editai.models import Degradation, Footage
from editai.plan import beats
from editai.plan.windows import SAME, Material, Window, opens_like, shared

VARIANTS = 10
"""So many have something of their own; any other seed is another tenth one."""

USUALS = (beats.USUAL, 54, 42, 33, 25)
"""The lengths that shots aim at: quicker cuts only where more sources have to be shown."""

Cut = Callable[[int, int], list[int]]
"""The lengths of the clip's shots, none longer than the first figure, each about as long as the second."""


def choose(footage: Footage, seed: int, cut: Cut) -> tuple[list[Window], tuple[Degradation, ...]]:
    """What the variant shows, and what to say where another one shows as good as the same."""
    chosen: list[list[Window]] = []
    for number in (*range(min(abs(seed), VARIANTS - 1)), seed):
        material = Material(footage, number, chosen)
        chosen.append(material.choose(*_shots(material, cut)))
    *others, mine = chosen
    if all(shared(mine, other) < SAME and not opens_like(mine, other) for other in others):
        return mine, ()
    message = (
        "There is too little video for variants that differ more: this one has its opening or half of its shots in "
        "common with another."
    )
    return mine, (Degradation(slug="variant_alike", message=message),)


def in_step(seed: int) -> tuple[Degradation, ...]:
    """What to say of a variant of a clip that keeps the picture in step with what is said in it."""
    if not seed:
        return ()
    message = "Somebody speaks in this video, and the picture stays with the words: every variant shows the same."
    return (Degradation(slug="variant_alike", message=message),)


def _shots(material: Material, cut: Cut) -> tuple[list[int], list[int]]:
    """The lengths of the shots, and which source each is of."""
    for usual in USUALS:
        lengths = cut(material.longest_shot, usual)
        owners = share(lengths, material)
        if len(set(owners)) == material.sources:
            break
    return lengths, owners


# ── whose turn it is ─────────────────────────────────────────────────────────────────────────────────────────────


def share(lengths: Sequence[int], material: Material) -> list[int]:
    """The source of each shot: the strongest for the hook, then each in turn, by how much there is of it.

    A photo comes again only after all others, and not beside itself. A source that comes with no shot was too short
    for any, or there are more sources than shots.
    """
    hook = material.strongest(lengths[0])
    rest = len(lengths) - 1
    order = [(source + material.turn) % material.sources for source in range(material.sources)]
    quota = [0 if source == hook else 1 for source in range(material.sources)]
    opened = [float(material.is_still(source) and source == hook) for source in range(material.sources)]
    while sum(quota) < rest:
        quota[max(order, key=lambda source: material.usable(source) / (quota[source] + opened[source] + 0.5))] += 1
    owners = [hook, *_rounds(order, quota, hook, material)][: len(lengths)]
    for number, source in enumerate(owners):
        if not material.fits(lengths[number], source):
            _exchange(number, lengths, owners, material)
    for source in set(range(material.sources)) - set(owners):
        for number in range(len(owners) - 1, 0, -1):
            if owners.count(owners[number]) > 1 and material.fits(lengths[number], source):
                owners[number] = source
                break
    _part(lengths, owners, material)
    return owners


def _rounds(order: Sequence[int], quota: Sequence[int], hook: int, material: Material) -> list[int]:
    """All of a video at once, but photos one after the other; one that opens the clip comes again as the last."""
    turns, left = list[int](), list(quota)
    order = sorted(order, key=lambda source: material.is_still(source) and source == hook)
    while any(left):
        for source in order:
            now = min(left[source], 1) if material.is_still(source) else left[source]
            turns += [source] * now
            left[source] -= now
    return turns


def _exchange(number: int, lengths: Sequence[int], owners: list[int], material: Material) -> None:
    """Give a shot that is too long for its source to another one: in exchange, or else to the roomiest."""
    mine = owners[number]
    for other in range(1, len(owners)):
        if number and material.fits(lengths[other], mine) and material.fits(lengths[number], owners[other]):
            owners[number], owners[other] = owners[other], mine
            return
    owners[number] = max(range(material.sources), key=material.longest)


def _part(lengths: Sequence[int], owners: list[int], material: Material) -> None:
    """Put something between two shots of the same photo, where there is something."""

    def beside(at: int) -> bool:
        around = owners[max(0, at - 1) : at] + owners[at + 1 : at + 2]
        return material.is_still(owners[at]) and owners[at] in around

    for number in range(1, len(owners)):
        if owners[number] != owners[number - 1] or not material.is_still(owners[number]):
            continue
        for other in range(1, len(owners)):
            owners[number], owners[other] = owners[other], owners[number]
            fitting = all(material.fits(lengths[at], owners[at]) for at in (number, other))
            if fitting and not beside(number) and not beside(other):
                break
            owners[number], owners[other] = owners[other], owners[number]
