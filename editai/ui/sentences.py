"""Before a voice speaks: facts read off a page or a feed, the script written, read and heard sentence by sentence."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from html import escape
from typing import Any

import gradio as gr

from editai import facts as known
from editai.errors import InvalidInput
from editai.models import Claim, Facts, Utterance
from editai.readable import at_most, count, dollars
from editai.ui import looks
from editai.ui import product_form as form
from editai.ui.context import Desk, expected, told_on_page
from editai.ui.files import uploaded
from editai.ui.heard import hear, playable
from editai.ui.tab import DRAWING, PRIVATE, Update
from editai.ui.written import Written, brief_of, look, replaced, script_of, write

MOST_ROWS = 1000
"""Products of a feed that the page's list holds; scripts get all of them."""


class Sentences:
    """The functions of this part of the form."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    # ── facts ────────────────────────────────────────────────────────────────────────────────────────────────────

    def read_page(self, url: str) -> list[Update]:
        """What a product's page says of it: (note, title, price, url, points)."""
        try:
            found = known.from_page(url)
        except Exception as error:  # noqa: BLE001 shown below the box, logged where nobody expected it
            return [looks.error_box(expected(error)), *[gr.skip()] * 4]
        read = [name for name in ("title", "price", "points") if getattr(found.facts, name)]
        told = " ".join((f"Read from the page: {', '.join(read)}. Look at them before you go on.", *found.notes))
        return [looks.note(told), *_typed(found.facts)]

    def read_feed(self, profile_id: str, path: str | None, currency: str, request: gr.Request) -> list[Update]:
        """The products of a feed to choose from: (note, list, rows)."""
        nothing = [gr.Dropdown(choices=[], value=None, visible=False), []]
        try:
            language = self.desk.profile(request, profile_id).kit.language
            if not path:
                return ["", *nothing]
            feed = known.read_feed(uploaded(self.desk.settings, path), "", language, currency.strip().upper())
        except Exception as error:  # noqa: BLE001 shown below the box, logged where nobody expected it
            return [looks.error_box(expected(error)), *nothing]
        rows = [row.facts for row in feed.rows[:MOST_ROWS]]
        more = f" The first {MOST_ROWS} are listed." if len(feed.rows) > MOST_ROWS else ""
        told = f"{count(len(feed.rows), 'product')} in this feed.{more} {' '.join(feed.problems[:5])}"
        choices = [(f"{row.title} · {row.price}" if row.price else row.title, index) for index, row in enumerate(rows)]
        listed = gr.Dropdown(choices=choices, value=None, visible=True)
        return [looks.note(told), listed, [row.model_dump(mode="json") for row in rows]]

    def choose_row(self, rows: list[dict[str, Any]], index: int | None) -> list[Update]:
        """A product of the feed: (title, price, url, points)."""
        with told_on_page():
            if not isinstance(index, int) or not 0 <= index < len(rows):
                raise InvalidInput("no_row", "This product is not in the feed.", "Choose one of those that are listed.")
            return _typed(Facts.model_validate(rows[index]))

    # ── the script ───────────────────────────────────────────────────────────────────────────────────────────────

    def write(
        self,
        profile_id: str,
        given: list[str] | None,
        turn: int,
        title: str,
        price: str,
        url: str,
        points: str,
        lowest: str,
        proofs: str,
        voice: str,
        seconds: int,
        writer: str,
        translate_to: list[str],
        burned_language: str,
        request: gr.Request,
    ) -> Iterator[list[Update]]:
        """Have it written, another time in other words: (note, turn, script, written, looked)."""
        try:
            profile = self.desk.profile(request, profile_id)
            yield [looks.note("Writing …"), *[gr.skip()] * 4]
            facts = form.facts_of(title, price, url, points, lowest, proofs)
            wishes: dict[str, Any] = {"seconds": seconds, "writer": writer or None, "seed": turn}
            wishes |= {"translate_to": tuple(translate_to), "burned_language": burned_language}
            brief = brief_of(profile, facts, voice, **wishes)
            videos = [uploaded(self.desk.settings, path) for path in given or ()]
            for step in write(self.desk, profile, brief, videos):
                if isinstance(step, Written):
                    held = step.draft.model_dump(mode="json", include={"on_screen", "posts"})
                    held["ai_script"] = step.draft.origin == "model"
                    yield [_summary(step), turn + 1, step.draft.text, held, _looked(step)]
                elif step.message:
                    yield [looks.note(f"{step.message} …"), *[gr.skip()] * 4]
        except Exception as error:  # noqa: BLE001 shown below the script, logged where nobody expected it
            yield [looks.error_box(expected(error)), *[gr.skip()] * 4]

    def read_script(
        self,
        profile_id: str,
        script: str,
        title: str,
        price: str,
        url: str,
        points: str,
        lowest: str,
        proofs: str,
        voice: str,
        translate_to: list[str],
        burned_language: str,
        request: gr.Request,
    ) -> list[Update]:
        """Read the script as it will be spoken: (note, looked)."""
        try:
            profile = self.desk.profile(request, profile_id)
            if not script.strip():
                raise InvalidInput("script_empty", "There is no script yet.", "Type one, or have it written.")
            facts = form.facts_of(title, price, url, points, lowest, proofs)
            wanted = {"translate_to": tuple(translate_to), "burned_language": burned_language}
            brief = brief_of(profile, facts, voice, script=script, **wanted)
            written = look(self.desk, profile, brief, script_of(self.desk, profile, brief))
        except Exception as error:  # noqa: BLE001 shown below the script, logged where nobody expected it
            return [looks.error_box(expected(error)), form.NOTHING]
        return [_summary(written), _looked(written)]

    def changer(self, number: int, was: str, language: str) -> Callable[..., list[Update]]:
        """What leaving a sentence's box does, where it was changed: (script, a sign to look at it again)."""

        def change(script: str, sentence: str) -> list[Update]:
            if sentence.split() == was.split():
                return [gr.skip(), gr.skip()]
            with told_on_page():
                return [replaced(script, number, was, sentence, language), uuid.uuid4().hex]

        return change

    def hear(self, profile_id: str, voice: str, sentence: str, request: gr.Request) -> Iterator[list[Update]]:
        """One sentence, spoken: (note, sound)."""
        try:
            profile = self.desk.profile(request, profile_id)
            yield [looks.note("Getting ready …"), gr.skip()]
            for step in hear(self.desk, profile, voice, sentence):
                if isinstance(step, Utterance):
                    yield ["", gr.Audio(value=playable(self.desk, step), visible=True, autoplay=True)]
                elif step.message:
                    yield [looks.note(f"{step.message} …"), gr.skip()]
        except Exception as error:  # noqa: BLE001 shown below the script, logged where nobody expected it
            yield [looks.error_box(expected(error)), gr.Audio(value=None, visible=False)]


def _typed(facts: Facts) -> list[Update]:
    return [facts.title, facts.price, facts.url, "\n".join(facts.points)]


def _looked(written: Written) -> dict[str, Any]:
    return {
        "sentences": [sentence.displayed for sentence in written.sentences],
        "claims": [claim.model_dump(mode="json") for claim in written.claims],
        "language": written.language,
    }


def _summary(written: Written) -> str:
    """How long it is, what it costs, and what is said about it as a whole."""
    price = f", {dollars(written.cost)} to speak" if written.cost else ", free to speak"
    price += f", {at_most(written.translation)} to translate the captions" if written.translation else ""
    lines = looks.note(f"About {written.seconds:.0f} seconds{price}.")
    others = [claim for claim in written.claims if claim.sentence is None]
    return lines + "".join(_claim(claim) for claim in others)


def _claim(claim: Claim) -> str:
    mood = "note" if claim.kept else "less"
    where = "" if claim.where == "script" else f"<b>In the {escape(claim.where)}:</b> "
    return f'<div class="{mood} claim">{where}{escape(claim.message)} {escape(claim.hint)}</div>'


# ── on the page ──────────────────────────────────────────────────────────────────────────────────────────────────


def connect(desk: Desk, profile: gr.Dropdown, asks: form.Form) -> None:
    """Connect what the form lays out for this."""
    does = Sentences(desk)
    typed = [asks.title, asks.price, asks.url, asks.points]
    asks.read.click(does.read_page, asks.url, [asks.page_note, *typed], concurrency_limit=2, **PRIVATE)
    feeds = [profile, asks.feed, asks.currency]
    gr.on(
        [asks.feed.change, asks.currency.blur], does.read_feed, feeds, [asks.feed_note, asks.row, asks.rows], **PRIVATE
    )
    asks.row.input(does.choose_row, [asks.rows, asks.row], typed, **PRIVATE)
    languages = [asks.how.translate_to, asks.how.burned_language]
    asks.write.click(
        does.write,
        [profile, asks.drop, asks.turn, *asks.facts, asks.voice, asks.seconds, asks.writer, *languages],
        [asks.note, asks.turn, asks.script, asks.written, asks.looked],
        concurrency_limit=2,
        **PRIVATE,
    )
    reads = [profile, asks.script, *asks.facts, asks.voice, *languages]
    asks.look.click(does.read_script, reads, [asks.note, asks.looked], **PRIVATE)

    asks.changed.change(does.read_script, reads, [asks.note, asks.looked], **PRIVATE)
    with asks.sentences:
        _drawn(does, profile, asks)


def _drawn(does: Sentences, profile: gr.Dropdown, asks: form.Form) -> None:
    """A box for each sentence, with what is claimed in it, and a button to hear it."""

    @gr.render(inputs=[profile, asks.looked], triggers=[asks.looked.change], **DRAWING)  # type: ignore[untyped-decorator]
    def sentences(profile_id: str, looked: dict[str, Any], request: gr.Request) -> None:
        with told_on_page():
            does.desk.profile(request, profile_id)
        claims = [Claim.model_validate(item) for item in looked["claims"]]
        for number, sentence in enumerate(looked["sentences"]):
            with gr.Row(elem_classes="sentence"):
                box = gr.Textbox(
                    sentence, label=f"Sentence {number + 1}", lines=1, max_lines=4, scale=5, interactive=True
                )
                listen = gr.Button("Hear it", size="sm", scale=0, min_width=90)
            mine = "".join(_claim(claim) for claim in claims if claim.sentence == number)
            if mine:
                gr.HTML(mine)
            change = does.changer(number, sentence, looked["language"])
            box.blur(change, [asks.script, box], [asks.script, asks.changed], **PRIVATE)
            listen.click(
                does.hear,
                [profile, asks.voice, box],
                [asks.note, asks.sound],
                concurrency_limit=1,
                concurrency_id="hear",
                **PRIVATE,
            )
