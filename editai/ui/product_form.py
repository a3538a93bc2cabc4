"""The form of the Produce tab: a new product in the store's own voice and looks, or one of its products as it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from editai import footage, render, voices
from editai.models import Brief, Facts, File, Profile, Project
from editai.ui import clip_form, looks, offered, words
from editai.ui.context import Desk
from editai.ui.files import address, show
from editai.ui.tab import Update
from editai.ui.total_line import total_line

NOTHING: dict[str, Any] = {"sentences": [], "claims": [], "language": ""}
"""The script has not been looked at."""
NEW = ""
"""The value of "New product" in the list of products."""
DROP, KEPT = "Product videos and photos", "The video of this product is kept; add one to replace it"
FEEDS = [".csv", ".tsv", ".txt", ".xml"]
SOURCE_TYPES = [
    ".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ts", ".mts", ".3gp", ".wmv", ".flv", ".jpg",
    ".jpeg", ".png", ".webp",
]  # fmt: skip


@dataclass(frozen=True)
class Form:
    """The form's components; `fields` is their order wherever the whole form is filled or read."""

    product: gr.Dropdown
    produce: gr.Button
    total: gr.HTML
    about: gr.HTML
    drop: gr.File
    title: gr.Textbox
    price: gr.Textbox
    url: gr.Textbox
    points: gr.Textbox
    lowest: gr.Textbox
    proofs: gr.Textbox
    script: gr.Textbox
    counter: gr.HTML
    voice: gr.Dropdown
    style: gr.Radio
    card: gr.Checkbox
    seconds: gr.Dropdown
    writer: gr.Dropdown
    sample: gr.Button
    read: gr.Button
    page_note: gr.HTML
    feed: gr.File
    currency: gr.Textbox
    feed_note: gr.HTML
    row: gr.Dropdown
    rows: gr.State
    write: gr.Button
    look: gr.Button
    note: gr.HTML
    sound: gr.Audio
    looked: gr.State
    turn: gr.State
    changed: gr.State
    sentences: gr.Column
    preview: gr.HTML
    written: gr.State
    kit: gr.State
    how: clip_form.ClipForm

    @property
    def facts(self) -> list[gr.components.Component]:
        """What is known of the product, as `facts_of` reads it."""
        return [self.title, self.price, self.url, self.points, self.lowest, self.proofs]

    @property
    def fields(self) -> list[gr.components.Component]:
        """What `filled` gives an update for."""
        return [
            self.product, self.about, self.drop, self.title, self.price, self.url, self.points, self.lowest,
            self.proofs, self.script, self.counter, self.voice, self.style, self.card, self.seconds, self.writer,
            self.written, self.kit, self.page_note, self.feed_note, self.row, self.note, self.sound, self.looked,
            self.total, *self.how.fields,
        ]  # fmt: skip

    @property
    def wishes(self) -> list[gr.components.Component]:
        """What is sent when a clip is asked for."""
        return [
            self.product, self.drop, self.title, self.price, self.url, self.points, self.lowest, self.proofs,
            self.script, self.voice, self.style, self.card, self.seconds, self.writer, self.written,
            *self.how.wishes,
        ]  # fmt: skip


def build(desk: Desk) -> Form:
    """Lay the form out: the video, its name and the button; below it what there is a good default for."""
    product = gr.Dropdown(
        [("New product", NEW)], value=NEW, label="Product", elem_id="product", interactive=True, visible=False
    )
    product.preprocess = lambda chosen: chosen or NEW  # the library is asked for it, as for the store
    about = gr.HTML("", visible=False, elem_id="product-about")
    drop = gr.File(label=DROP, file_count="multiple", file_types=SOURCE_TYPES, height=150, elem_id="drop")
    with gr.Row(elem_id="intake"):
        gr.HTML(looks.note(words.limits(desk.settings)))
        sample = gr.Button(
            "Try the sample", size="sm", scale=0, min_width=140, elem_id="sample-button", interactive=False
        )
    preview = gr.HTML("", visible=False)
    with gr.Row():
        title = gr.Textbox(label="Product's name", placeholder="Aurora desk lamp", scale=3, max_length=200)
        price = gr.Textbox(label="Price", placeholder="$49.99", scale=1, min_width=110, max_length=40)
    produce = gr.Button("Produce", variant="primary", size="lg", elem_id="produce-button", interactive=False)
    total = gr.HTML(elem_id="total")
    with gr.Column(elem_id="choices"):
        gr.HTML(looks.CHOICES)
        facts = _facts()
        said = _script()
        voice, seconds, writer = _voice(desk)
        how = clip_form.build()
    return Form(
        product, produce, total, about, drop, title, price, **facts, **said, voice=voice, style=how.style,
        card=how.card, seconds=seconds, writer=writer, sample=sample, rows=gr.State([]), looked=gr.State(NOTHING),
        turn=gr.State(0), changed=gr.State(""), preview=preview, written=gr.State({}), kit=gr.State({}), how=how,
    )  # fmt: skip


def _facts() -> dict[str, Any]:
    """What is known of the product besides its name, typed or read, by the names of `Form`."""
    with gr.Accordion("More about the product", open=False):
        with gr.Row(elem_classes="acts"):
            url = gr.Textbox(
                "", label="The product's page (optional)", placeholder="example.com/lamp", max_length=2000, scale=3
            )
            read = gr.Button("Read it", size="sm", scale=0, min_width=90, elem_id="read-page")
        page_note = gr.HTML()
        points = gr.Textbox(
            "",
            label="What is true of it (optional)",
            placeholder="Three light colours\nCharges a phone\n(one fact on each line)",
            lines=3,
            max_lines=6,
        )
        with gr.Accordion("Reductions and claims (optional)", open=False):
            lowest = gr.Textbox(
                "",
                label="Lowest price of the last 30 days",
                info="A reduction may be announced only with it; how much it is, is computed for you.",
                placeholder="$59.99",
                max_length=50,
            )
            proofs = gr.Textbox(
                "",
                label="What you can prove",
                info="“Best”, “eco-friendly”, “5 stars” are said only where they stand here, with their proof.",
                placeholder="Best desk lamp of 2026, Light Awards\n(one on each line)",
                lines=2,
                max_lines=5,
            )
        with gr.Accordion("From a product feed (optional)", open=False):
            feed = gr.File(
                label="Google Merchant, Shopify or WooCommerce", file_types=FEEDS, height=110, elem_id="feed"
            )
            currency = gr.Textbox(
                label="Currency of its prices",
                placeholder="USD",
                max_length=3,
                info="Shopify and WooCommerce do not say it.",
            )
            feed_note = gr.HTML()
            row = gr.Dropdown(label="Product of the feed", visible=False)
            row.preprocess = lambda chosen: chosen  # the list is the feed's own
    return {
        "url": url, "read": read, "page_note": page_note, "points": points, "lowest": lowest, "proofs": proofs,
        "feed": feed, "currency": currency, "feed_note": feed_note, "row": row,
    }  # fmt: skip


def _script() -> dict[str, Any]:
    """What the clip says, by the names of `Form`."""
    with gr.Accordion("Script", open=False):
        script = gr.Textbox(
            "",
            label="Script (optional)",
            placeholder="Leave this empty to have one written from the name and the facts, or to keep what is said in "
            "the video.",
            lines=4,
            max_lines=12,
        )
        counter = gr.HTML(looks.note(words.script_length("")))
        with gr.Row(elem_classes="acts"):
            write = gr.Button("Write it for me", size="sm", scale=0, min_width=140)
            look = gr.Button("Check and hear it", size="sm", scale=0, min_width=150)
        note, sound = gr.HTML(), gr.Audio(label="How it sounds", visible=False, interactive=False)
        sentences = gr.Column(elem_id="sentences")
    return {
        "script": script, "counter": counter, "write": write, "look": look, "note": note, "sound": sound,
        "sentences": sentences,
    }  # fmt: skip


def _voice(desk: Desk) -> tuple[gr.Dropdown, gr.Dropdown, gr.Dropdown]:
    """Who speaks, for how long, and who writes: (voice, seconds, writer)."""
    with gr.Accordion("Voice and length", open=False):
        listed = choices(desk)
        voice = gr.Dropdown(listed, value=listed[0][1], label="Voice")
        voice.preprocess = lambda chosen: chosen or ""  # a clone is in no list of the page's own
        seconds = gr.Dropdown(offered.LENGTHS, value=0, label="Length")
        seconds.preprocess = lambda chosen: chosen or 0  # what cannot be is refused in our own words
        writer = gr.Dropdown(offered.WRITERS, value="template", label="Who writes where you give no script")
        writer.preprocess = lambda chosen: chosen or ""
    return voice, seconds, writer


def filled(
    desk: Desk,
    profile: Profile,
    project: Project | None = None,
    *,
    facts: Facts | None = None,
    script: str = "",
    video: str | None = None,
) -> list[Update]:
    """The form for one of the store's products, or for a new one: an update for each of `Form.fields`."""
    kit, brief = profile.kit, project.brief if project else None
    facts, script = (brief.facts, brief.script) if brief else (facts or Facts(), script)
    account = desk.studio(profile).language_model()
    return [
        chosen(desk, profile, project),
        about(desk, project),
        gr.File(value=[video] if video else None, label=KEPT if brief else DROP),
        facts.title,
        facts.price,
        facts.url,
        "\n".join(facts.points),
        facts.lowest_price_30d,
        "\n".join(facts.proofs),
        script,
        looks.note(words.script_length(script)),
        gr.Dropdown(choices=choices(desk, profile), value=str(brief.voice if brief else kit.voice)),
        brief.caption_style if brief else kit.caption_style,
        brief.hook_card if brief else Brief.model_fields["hook_card"].default,
        (brief.seconds if brief else kit.seconds) or 0,
        gr.Dropdown(choices=offered.writers(kit, account), value=brief.writer if brief else kit.writer),
        written(brief),
        defaults(profile),
        "",
        "",
        gr.Dropdown(choices=[], value=None, visible=False),
        "",
        gr.Audio(value=None, visible=False),
        NOTHING,
        total_line(desk, profile, project, {"facts": facts, "script": script}),
        *clip_form.filled(profile, brief, account),
    ]


def choices(desk: Desk, profile: Profile | None = None) -> list[tuple[str, str]]:
    """The store's voices, those of its own language first."""
    studio = desk.studio(profile)
    found = voices.catalogue(studio)
    return [
        (offered.label_of(each), str(each))
        for each in sorted(found, key=lambda each: studio.kit.language not in each.languages)
    ]


def written(brief: Brief | None) -> dict[str, Any]:
    """What a writer wrote besides the script, as the page holds it: {on_screen, posts, ai_script}."""
    if brief is None:
        return {"on_screen": "", "posts": [], "ai_script": False}
    return brief.model_dump(mode="json", include={"on_screen", "posts", "ai_script"})


def facts_of(title: str, price: str, url: str, points: str, lowest: str, proofs: str) -> Facts:
    """What was typed of the product (see `Form.facts`)."""
    return Facts(
        title=title.strip(),
        price=price.strip(),
        url=url.strip(),
        points=lines(points),
        lowest_price_30d=lowest.strip(),
        proofs=lines(proofs),
    )


def defaults(profile: Profile) -> dict[str, str]:
    """The store's own voice and caption style, as the form has them."""
    return {"voice": str(profile.kit.voice), "style": profile.kit.caption_style}


def followed(profile: Profile, product: str, kit: dict[str, str]) -> list[Update]:
    """What was changed in the brand kit since the form was filled with `kit`, for a new product: (voice, style, kit).

    The rest stays as it is: it may have been chosen for this clip.
    """
    now = defaults(profile)
    changed = [value if product == NEW and value != kit.get(name) else gr.skip() for name, value in now.items()]
    return [*changed, now]


def chosen(desk: Desk, profile: Profile, project: Project | None) -> Update:
    """The store's products to choose from, the one that was worked on last first, and which of them it is; nothing
    where there is none to choose."""
    found = desk.library.store.projects(profile.id)
    named = [(f"{each.title} · {words.when(each.updated_at)}", each.id) for each in found]
    value = project.id if project else NEW
    return gr.Dropdown(choices=[("New product", NEW), *named], value=value, visible=bool(named))


def about(desk: Desk, project: Project | None) -> Update:
    """What producing does to an opened product, quietly."""
    if project is None:
        return gr.HTML("", visible=False)
    count = sum(clip.project_id == project.id for clip in desk.library.store.clips(project.profile_id))
    if not count:
        return gr.HTML(looks.note("Producing again changes this product."), visible=True)
    made = "1 clip was made of it" if count == 1 else f"{count} clips were made of it"
    told = (
        f"{made}. Producing again changes this product: where the script, the facts or the captions are others then, "
        "its earlier clips are out of date and are not published any more."
    )
    return gr.HTML(looks.note(told), visible=True)


def small_copy(desk: Desk, profile: Profile, path: Path, file: File, name: str, more: int) -> Iterator[Update]:
    """A video as a small copy that every browser plays; `more` are the videos beside it."""
    yield gr.HTML(looks.note("Making a preview …"), visible=True)
    source = footage.check(path, desk.settings)
    folder = desk.library.media.proxies(profile.id)
    folder.mkdir(parents=True, exist_ok=True)
    proxy = folder / f"{file.sha256}.mp4"
    if not proxy.exists():
        with closing(render.proxy(path, proxy)) as work:
            for step in work:
                yield gr.HTML(looks.note(f"Making a preview … {step.fraction:.0%}"), visible=True)
    beside = f" and {more} more" if more else ""
    told = looks.preview(address(show(desk.settings, proxy)), name, f"{beside}, {words.length(source.duration_ms)}")
    yield gr.HTML(told, visible=True)


def listed(given: list[str] | str | None) -> tuple[str, ...]:
    """A list that a script gave, or the lines of one text."""
    return lines(given) if isinstance(given, str) else tuple(given or ())


def lines(text: str) -> tuple[str, ...]:
    """The lines of a text box that say something, without list marks."""
    return tuple(line for line in (line.strip().lstrip("-•*").strip() for line in text.splitlines()) if line)
