"""Which products of the store's feeds have a clip that shows what is so."""

from __future__ import annotations

from editai import products
from editai.library import Library
from editai.models import Covered, Profile


def coverage(shelf: Library, profile: Profile) -> tuple[Covered, ...]:
    """Every product that a batch was asked to make, first those without a clip, then those with a stale one."""
    clips = shelf.media.clip_ids(profile.id)
    shown = shelf.feeds.shown(profile.id)
    found = []
    for standing in shelf.feeds.products(profile.id):
        product = standing.product
        known = {"sku": product.sku, "title": product.facts.title}
        clip_id, facts, script = shown.get(standing.project_id or "", ("", None, ""))
        if facts is None or clip_id not in clips:
            why = standing.why or ("Its clip was deleted." if facts else "It is being made.")
            found.append(Covered(**known, clip="none", why=why))
        elif changed := products.changes(facts, product.facts, script, product.script or script):
            why = f"Since then changed: {', '.join(changed)}. {standing.why}".strip()
            found.append(Covered(**known, clip="stale", why=why, clip_id=clip_id))
        else:
            found.append(Covered(**known, clip="fresh", clip_id=clip_id))
    return tuple(sorted(found, key=lambda each: ("none", "stale", "fresh").index(each.clip)))
