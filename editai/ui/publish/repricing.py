"""Where the product's page asks another price than its clip shows: the price is corrected in one step, with the clip
made again. Only what shows or says the price is done anew; the rest is as it was and is not worked on.
"""

from __future__ import annotations

import gradio as gr

from editai import jobs, products
from editai.errors import Conflict
from editai.library import Library
from editai.models import Clip, Profile
from editai.ui.publish import pieces
from editai.ui.tab import Update


def label(price: str) -> str:
    """What the button says, with the new price."""
    return f"The page's price is right: make the clip again with {price}"


def button(clip: Clip, price: str) -> Update:
    """The button for a clip whose product's page asks `price`; unseen where that is "", or there is no product."""
    return gr.Button(label(price), visible=bool(price and clip.project_id))


def reprice(shelf: Library, profile: Profile, clip_id: str, price: str) -> str:
    """Give the clip's product the price of its page and queue it; what to say of that. The clip is out of date then.

    Raises NotFound 404 `clip_not_found`, Conflict 409 `check_again` where no other price was seen, and what
    `jobs.submit` raises: of words that name the old price otherwise, say.
    """
    clip = shelf.store.clip(profile.id, clip_id)
    if not price or clip.project_id is None:
        raise Conflict("check_again", "No other price of this product was seen.", "Check it again.")
    product = shelf.store.project(profile.id, clip.project_id)
    jobs.submit(shelf, profile, project=product.id, **products.repriced(product.brief, price))
    return pieces.repriced(clip.title, price)
