"""Publishing the chosen clip, once or again and again: the store's channels, what is said on each, when; a check, and
one button that sends.

What was checked is what is sent. The button carries the check's result; where the form says something else by then,
nothing is sent and the check has to be made again.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import gradio as gr

from editai import publish
from editai.errors import Conflict
from editai.models import Channel, Clip, DryRun, PostWish, Profile, Series
from editai.publish import pictures
from editai.publish.providers import Provider
from editai.ui import clips, looks
from editai.ui.context import Desk, expected, told_on_page
from editai.ui.files import address, show
from editai.ui.publish import cover_form, fields, pieces, repricing, times, yeses
from editai.ui.publish.fields import Slot
from editai.ui.tab import DRAWING, PRIVATE, Update


@dataclass(frozen=True)
class Found:
    """What Postiz said of a store's channels. `faces` are addresses of their pictures, `problem` is HTML; `described`
    are their platforms, by channel, as the server describes them."""

    profile: Profile | None = None
    channels: tuple[Channel, ...] = ()
    faces: Mapping[str, str] = field(default_factory=dict)
    connected: bool = True
    problem: str = ""
    described: Mapping[str, Provider] = field(default_factory=dict)

    def __hash__(self) -> int:
        """Gradio's way to see that a state has changed: the form is drawn again only where it would be another one."""
        described = tuple(here.model_dump_json() for here in self.described.values())
        profile = self.profile and self.profile.model_dump_json()
        return hash((profile, self.channels, self.connected, self.problem, described))


class Form:
    """The form's functions; each says what it returns for which outputs."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def ask(self, profile_id: str, request: gr.Request) -> Found:
        """The store's channels as Postiz has them now, with their pictures."""
        with told_on_page():
            profile = self.desk.profile(request, profile_id)
        try:
            channels = publish.channels(self.desk.library, profile)
            server = self.desk.library.secrets.connection(profile.id).url
            described = publish.described(self.desk.library, profile, channels)
            paths = pictures.fetch(self.desk.library.media, profile.id, channels, server)
        except Exception as error:  # noqa: BLE001 shown in the form, logged where nobody expected it
            known = expected(error)
            return Found(
                profile,
                connected=known.slug not in {"postiz_not_connected", "not_in_demo"},
                problem=looks.error_box(known),
            )
        faces = {channel: address(show(self.desk.settings, path)) for channel, path in paths.items()}
        return Found(profile, channels, faces, described=described)

    def texts_writer(
        self, clip_id: str, slots: Sequence[Slot], shown: gr.Dropdown
    ) -> Callable[..., Iterator[list[Update]]]:
        """What has the texts of the chosen channels written: (a note, the text of each channel)."""

        def write_texts(values: dict[Any, Any], request: gr.Request) -> Iterator[list[Update]]:
            left = [gr.skip()] * len(slots)
            chosen = [slot.channel for slot in slots if values[slot.on]]
            if not chosen:
                yield [pieces.NOTHING_CHOSEN, *left]
                return
            yield [looks.note("Writing …"), *left]
            try:
                profile = self.desk.profile(request, values[shown])
                clip = clips.find(self.desk, profile.id, clip_id)
                made = publish.write_texts(self.desk.library, profile, clip, chosen)
                yield [pieces.wrote(made), *(made.texts.get(slot.channel.id, gr.skip()) for slot in slots)]
            except Exception as error:  # noqa: BLE001 shown beside the button, logged where nobody expected it
                yield [looks.error_box(expected(error)), *left]

        return write_texts

    def check(
        self,
        profile: Profile,
        clip_id: str,
        wishes: Sequence[PostWish],
        when: Mapping[str, Any],
        yes: Mapping[str, Any],
    ) -> DryRun | Series:
        """The dry run of what the form says. Raises EditaiError for what cannot even be checked."""
        if "count" in when:  # which is the yes to posting it again
            others = {name: said for name, said in yes.items() if name != "again"}
            return publish.repeat(self.desk.library, profile, clip_id, wishes, **when, **others)
        return publish.dry_run(self.desk.library, profile, clip_id, wishes, **when, **yes)

    def verdict(self, run: DryRun | Series, faces: Mapping[str, str], wanted: object) -> list[Update]:
        """A dry run for the person: (checked, panel, button)."""
        return [
            {"run": run, "wanted": wanted},
            pieces.series(run, faces) if isinstance(run, Series) else pieces.dry_run(run, self._logo(run), faces),
            gr.Button(pieces.button(run), visible=not run.refused, interactive=True),
        ]

    def send(self, profile: Profile, clip: Clip, checked: Mapping[str, Any] | None, wanted: object) -> str:
        """Publish what was checked; what to say of it. Raises Conflict 409 `check_again` where it is not this."""
        if not checked or runs_of(checked["run"])[0].clip_id != clip.id or checked["wanted"] != wanted:
            raise Conflict(
                "check_again",
                "Something was changed after the check, so nothing was sent.",
                "Press Check and look at it again.",
            )
        run = checked["run"]
        if isinstance(run, Series):
            return pieces.planned(len(publish.publish_repeat(self.desk.library, profile, run)), profile.name)
        return pieces.published(len(publish.publish(self.desk.library, profile, run)), profile.name)

    def _logo(self, run: DryRun) -> str:
        """The address of the store's logo."""
        if run.logo is None:
            return ""
        return address(show(self.desk.settings, self.desk.library.media.logo(run.profile_id, run.logo)))


def runs_of(run: DryRun | Series) -> tuple[DryRun, ...]:
    """The dry runs of what was checked."""
    return run.runs if isinstance(run, Series) else (run,)


def nothing_checked(panel: str = "") -> list[Update]:
    """What `verdict` gives before a check, or after something was changed."""
    return [None, panel, gr.Button(visible=False)]


def build(
    desk: Desk, profile: gr.Dropdown, tab: gr.Tab, chosen: gr.State, sent: gr.State
) -> tuple[Form, gr.State, gr.State]:
    """Lay the form out and connect it; it is drawn for the clip in `chosen`, and `sent` changes when posts were sent.

    Returns its functions, what was found, and the state that makes it ask Postiz when it changes.
    """
    does = Form(desk)
    store = gr.State("")
    found = gr.State(Found())
    checked = gr.State(None)

    @gr.render(inputs=[profile, found, chosen], triggers=[found.change, chosen.change], **DRAWING)  # type: ignore[untyped-decorator]
    def form(profile_id: str, seen: Found, clip_id: str, request: gr.Request) -> None:
        with told_on_page():
            owner = does.desk.profile(request, profile_id)
            if not clip_id:
                return
            clip = clips.find(does.desk, owner.id, clip_id)
        gr.HTML(pieces.HEADLINE)
        if seen.profile is None or seen.profile.id != owner.id:
            gr.HTML(pieces.ASKING)
        elif seen.problem or not seen.channels:
            _nothing_to_choose(owner, seen, store, tab)
        else:
            _draw(does, owner, clip, seen, profile, checked, sent)

    store.change(does.ask, profile, found, concurrency_limit=None, **PRIVATE)
    return does, found, store


def _nothing_to_choose(owner: Profile, seen: Found, store: gr.State, tab: gr.Tab) -> None:
    """Why there is no channel, with the button that leads on."""
    if not seen.connected:
        gr.HTML(pieces.not_connected(owner.name))
        gr.Button(f"Connect {owner.name}", variant="primary", elem_classes="onward").click(
            lambda: gr.Tabs(selected="profiles"), None, tab.parent, **PRIVATE
        )
        return
    gr.HTML(seen.problem or pieces.NO_CHANNELS)
    gr.Button("Look again", elem_classes="onward").click(lambda: uuid.uuid4().hex, None, store, **PRIVATE)


def _draw(
    does: Form, owner: Profile, clip: Clip, seen: Found, profile: gr.Dropdown, checked: gr.State, sent: gr.State
) -> None:
    """The channels, the time, the check and the button."""
    slots = [
        fields.slot(
            does.desk, owner, clip, channel, seen.described[channel.id], seen.faces.get(channel.id, ""), profile
        )
        for channel in seen.channels
    ]
    with gr.Row(elem_classes="texts"):
        write = gr.Button("Have the texts written", size="sm", scale=0, min_width=200)
        wrote = gr.HTML("")  # without a value the one of the clip before would stay, here and below
    when = times.draw(owner.kit.time_zone)
    cover = cover_form.draw(does.desk, clip, profile)
    check = gr.Button("Check", size="lg", elem_id="check-button")
    panel = gr.HTML("", elem_id="verdict")
    yes = yeses.build()
    reprice = gr.Button(visible=False, elem_classes="onward")
    button = gr.Button(variant="primary", size="lg", visible=False, elem_id="publish-button")

    def said(values: Mapping[Any, Any]) -> tuple[list[PostWish], dict[str, Any], dict[str, Any]]:
        """What the form says: the wishes, when, and what was said yes to."""
        wishes = [cover.on(slot.wish(values), values) for slot in slots if values[slot.on]]
        return wishes, when.said(values), yes.said(values)

    def look(values: dict[Any, Any], request: gr.Request) -> Iterator[list[Update]]:
        wanted = said(values)
        if not wanted[0]:
            yield [*nothing_checked(pieces.NOTHING_CHOSEN), *unasked()]
            return
        yield [*nothing_checked(pieces.CHECKING), *left]
        try:
            run = does.check(does.desk.profile(request, values[profile]), clip.id, *wanted)
            asked_for = [*yes.shown(runs_of(run)), repricing.button(clip, runs_of(run)[0].page_price)]
            yield [*does.verdict(run, seen.faces, wanted), *asked_for]
        except Exception as error:  # noqa: BLE001 shown in the panel, logged where nobody expected it
            yield [*nothing_checked(looks.error_box(expected(error))), *unasked()]

    def compare(values: dict[Any, Any]) -> list[Update]:
        """Nothing is checked any more where the form says something else than what was."""
        old = values[checked]
        changed = bool(old) and old["wanted"] != said(values)
        return [*nothing_checked(), *unasked()] if changed else [gr.skip()] * len(verdict)

    def send(values: dict[Any, Any], request: gr.Request) -> Iterator[list[Update]]:
        yield [gr.skip(), gr.skip(), gr.Button(interactive=False), *left, gr.skip()]
        try:
            told = does.send(does.desk.profile(request, values[profile]), clip, values[checked], said(values))
            yield [*nothing_checked(told), *unasked(), uuid.uuid4().hex]
        except Exception as error:  # noqa: BLE001 shown in the panel, logged where nobody expected it
            yield [*nothing_checked(looks.error_box(expected(error))), *unasked(), gr.skip()]

    def correct(values: dict[Any, Any], request: gr.Request) -> list[Update]:
        """Give the product the price of its page, and have its clip made again."""
        try:
            store = does.desk.profile(request, values[profile])
            run = (values[checked] or {}).get("run")
            price = runs_of(run)[0].page_price if run else ""
            told = repricing.reprice(does.desk.library, store, clip.id, price)
            return [*nothing_checked(told), *unasked()]
        except Exception as error:  # noqa: BLE001 shown in the panel, logged where nobody expected it
            return [*nothing_checked(looks.error_box(expected(error))), *unasked()]

    def unasked() -> list[Update]:
        return [*yes.unsaid(), gr.Button(visible=False)]

    parts = [*(part for slot in slots for part in slot.parts), *cover.parts, *when.parts]
    asks = [*yes.components, reprice]
    left = [gr.skip()] * len(asks)
    verdict = [checked, panel, button, *asks]
    everything = {profile, checked, *yes.components, *parts}
    gr.on([part.change for part in parts], compare, everything, verdict, queue=False, trigger_mode="once", **PRIVATE)
    texts = [slot.text for slot in slots]
    write.click(
        does.texts_writer(clip.id, slots, profile), {profile, *(slot.on for slot in slots)}, [wrote, *texts], **PRIVATE
    )
    gr.on([check.click, *yes.triggers], look, everything, verdict, **PRIVATE)
    reprice.click(correct, everything, verdict, **PRIVATE)
    button.click(send, everything, [*verdict, sent], **PRIVATE)
