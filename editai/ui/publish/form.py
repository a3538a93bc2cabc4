"""Publishing the chosen clip: the store's channels, what is said on each, when; a check, and one button that sends.

What was checked is what is sent. The button carries the check's result; where the form says something else by then,
nothing is sent and the check has to be made again.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import gradio as gr

from editai import publish
from editai.errors import Conflict, EditaiError
from editai.models import Channel, Clip, DryRun, Piece, PostWish, Profile, When
from editai.publish import moment, pictures
from editai.publish import text as text_rules
from editai.publish.belonging import MIXED
from editai.publish.music_rights import licences
from editai.publish.providers import Provider, Setting, provider
from editai.ui import clips, looks
from editai.ui.context import Desk, expected, told_on_page
from editai.ui.files import address, show
from editai.ui.publish import pieces
from editai.ui.tab import DRAWING, Update

FEW = 4
"""Settings that are all shown; of more, those with a default are folded away."""
WHEN: Mapping[str, When] = {"Now": "now", "At a time": "scheduled", "As a draft in Postiz": "draft"}
PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
TYPING: dict[str, Any] = {**PRIVATE, "queue": False, "trigger_mode": "multiple"}
"""For what follows typing: "once" would leave out the last letter, and "always_last" never ends in a drawn form."""


@dataclass(frozen=True)
class Found:
    """What Postiz said of a store's channels. `faces` are addresses of their pictures, `problem` is HTML; `described`
    are the platforms, by channel, that only the server knows."""

    profile: Profile | None = None
    channels: tuple[Channel, ...] = ()
    faces: Mapping[str, str] = field(default_factory=dict)
    connected: bool = True
    problem: str = ""
    described: Mapping[str, Provider] = field(default_factory=dict)

    def __hash__(self) -> int:
        """Gradio's way to see that a state has changed: the form is drawn again only where it would be another one."""
        return hash((self.profile and self.profile.model_dump_json(), self.channels, self.connected, self.problem))


@dataclass(frozen=True)
class Slot:
    """One channel in the form: whether it is chosen, its text and first comment, its settings by Postiz's names."""

    channel: Channel
    on: gr.Checkbox
    text: gr.Textbox
    comment: gr.Textbox
    settings: Mapping[str, gr.components.Component]

    def wish(self, values: Mapping[Any, Any]) -> PostWish:
        """What the form says now; a choice that was not made is left out."""
        chosen = {name: values[part] for name, part in self.settings.items()}
        return PostWish(
            channel_id=self.channel.id,
            text=values[self.text] or "",
            comment=values[self.comment] or "",
            settings={name: value for name, value in chosen.items() if value not in (None, "")},
        )


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
            return Found(profile, connected=known.slug != "postiz_not_connected", problem=looks.error_box(known))
        faces = {channel: address(show(self.desk.settings, path)) for channel, path in paths.items()}
        return Found(profile, channels, faces, described=described)

    def played(self, clip: Clip) -> Piece | None:
        """The music in a clip, as far as it is known."""
        try:
            return self.desk.library.media.report(clip).music
        except EditaiError:  # what is missing of a clip is said where it is opened
            return None

    def lister(self, channel: Channel, setting: Setting) -> Callable[..., Update]:
        """What asks a channel's platform what can be chosen for a setting, once the channel is chosen."""

        def choices(profile_id: str, chosen: bool, request: gr.Request) -> Update:
            if not chosen:
                return gr.skip()
            with told_on_page():
                profile = self.desk.profile(request, profile_id)
                found = publish.choices(self.desk.library, profile, channel.id, setting.name)
            return gr.Dropdown(choices=[(choice.label, choice.value) for choice in found])

        return choices

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

    def check(self, profile: Profile, clip_id: str, wishes: Sequence[PostWish], form: Mapping[str, Any]) -> DryRun:
        """The dry run of what the form says. Raises EditaiError for what cannot even be checked."""
        return publish.dry_run(self.desk.library, profile, clip_id, wishes, **form)

    def verdict(self, run: DryRun, faces: Mapping[str, str], wanted: object) -> list[Update]:
        """A dry run for the person: (checked, panel, post it again, button, post it although it is mixed)."""
        logo = None
        if run.logo is not None:
            logo = show(self.desk.settings, self.desk.library.media.logo(run.profile_id, run.logo))
        found = {item.slug for post in run.posts for item in post.findings}
        there = run.again or "already_posted" in found
        return [
            {"run": run, "wanted": wanted},
            pieces.dry_run(run, address(logo), faces),
            gr.Checkbox(value=run.again, visible=there),
            gr.Button(pieces.button(run), visible=not run.refused, interactive=True),
            gr.Checkbox(value=run.mixed, visible=run.mixed or bool(found & MIXED)),
        ]

    def send(self, profile: Profile, clip: Clip, checked: Mapping[str, Any] | None, wanted: object) -> int:
        """Publish what was checked; how many posts that is. Raises Conflict 409 `check_again` where it is not this."""
        if not checked or checked["run"].clip_id != clip.id or checked["wanted"] != wanted:
            raise Conflict(
                "check_again",
                "Something was changed after the check, so nothing was sent.",
                "Press Check and look at it again.",
            )
        return len(publish.publish(self.desk.library, profile, checked["run"]))


def nothing_checked(panel: str = "") -> list[Update]:
    """What `verdict` gives before a check, or after something was changed."""
    unsaid = gr.Checkbox(value=False, visible=False)
    return [None, panel, unsaid, gr.Button(visible=False), unsaid]


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
    slots = [_slot(does, owner, clip, channel, seen, profile) for channel in seen.channels]
    with gr.Row(elem_classes="texts"):
        write = gr.Button("Have the texts written", size="sm", scale=0, min_width=200)
        wrote = gr.HTML("")  # without a value the one of the clip before would stay, here and below
    with gr.Group(elem_classes="when"):
        when = gr.Radio(list(WHEN), value=next(iter(WHEN)), label="When", interactive=True)
        with gr.Row(visible=False) as later:
            at = gr.DateTime(
                soon(owner.kit.time_zone), type="string", label=f"Time in {owner.kit.time_zone}", interactive=True
            )
            same = gr.HTML(_same_moment(soon(owner.kit.time_zone), owner.kit.time_zone))
    played = does.played(clip)
    licence = gr.Dropdown(
        [("Not said", ""), *((each.label, each.name) for each in licences())], value="", visible=played is not None,
        label="Licence of the music", info=pieces.of_music(played), interactive=True,
    )  # fmt: skip
    check = gr.Button("Check", size="lg", elem_id="check-button")
    panel = gr.HTML("", elem_id="verdict")
    again = gr.Checkbox(label="Post it again although it is there already", visible=False, interactive=True)
    mixed = gr.Checkbox(label="Post it although something in it is another store's", visible=False, interactive=True)
    button = gr.Button(variant="primary", size="lg", visible=False, elem_id="publish-button")

    def said(values: Mapping[Any, Any]) -> tuple[list[PostWish], dict[str, Any]]:
        """What the form says: the wishes, and when."""
        wishes = [slot.wish(values) for slot in slots if values[slot.on]]
        chosen = WHEN[values[when]]
        return wishes, {
            "when": chosen,
            "at": (values[at] or "") if chosen == "scheduled" else "",
            "again": bool(values[again]),
            "mixed": bool(values[mixed]),
            "music_licence": values[licence] or "",
        }

    def look(values: dict[Any, Any], request: gr.Request) -> Iterator[list[Update]]:
        wanted = said(values)
        if not wanted[0]:
            yield nothing_checked(pieces.NOTHING_CHOSEN)
            return
        yield nothing_checked(pieces.CHECKING)
        try:
            run = does.check(does.desk.profile(request, values[profile]), clip.id, *wanted)
            yield does.verdict(run, seen.faces, wanted)
        except Exception as error:  # noqa: BLE001 shown in the panel, logged where nobody expected it
            yield nothing_checked(looks.error_box(expected(error)))

    def compare(values: dict[Any, Any]) -> list[Update]:
        """Nothing is checked any more where the form says something else than what was."""
        old = values[checked]
        return nothing_checked() if old and old["wanted"] != said(values) else [gr.skip()] * len(verdict)

    def send(values: dict[Any, Any], request: gr.Request) -> Iterator[list[Update]]:
        yield [gr.skip(), gr.skip(), gr.skip(), gr.Button(interactive=False), gr.skip(), gr.skip()]
        try:
            count = does.send(does.desk.profile(request, values[profile]), clip, values[checked], said(values))
            yield [*nothing_checked(pieces.published(count, owner.name)), uuid.uuid4().hex]
        except Exception as error:  # noqa: BLE001 shown in the panel, logged where nobody expected it
            yield [*nothing_checked(looks.error_box(expected(error))), gr.skip()]

    parts = [part for slot in slots for part in (slot.on, slot.text, slot.comment, *slot.settings.values())] + [
        when,
        at,
        licence,
    ]
    verdict = [checked, panel, again, button, mixed]
    everything = {profile, checked, again, mixed, *parts}
    gr.on([part.change for part in parts], compare, everything, verdict, queue=False, trigger_mode="once", **PRIVATE)
    when.change(lambda word: gr.Row(visible=WHEN[word] == "scheduled"), when, later, **TYPING)
    at.change(lambda local: _same_moment(local, owner.kit.time_zone), at, same, **TYPING)
    texts = [slot.text for slot in slots]
    write.click(
        does.texts_writer(clip.id, slots, profile), {profile, *(slot.on for slot in slots)}, [wrote, *texts], **PRIVATE
    )
    gr.on([check.click, again.input, mixed.input], look, everything, verdict, **PRIVATE)
    button.click(send, everything, [*verdict, sent], **PRIVATE)


def _slot(does: Form, owner: Profile, clip: Clip, channel: Channel, seen: Found, profile: gr.Dropdown) -> Slot:
    """One channel: its picture and name with a box to choose it, and below what is posted there."""
    here, face = seen.described.get(channel.id) or provider(channel.provider), seen.faces.get(channel.id, "")
    wish = publish.suggest(does.desk.library, owner, clip, channel)
    with gr.Group(elem_classes=["channel", "off"] if channel.disabled else ["channel"]):
        with gr.Row(elem_classes="account"):
            gr.HTML(pieces.picture(channel, face), elem_classes="face")
            on = gr.Checkbox(label=f"{channel.name} · {here.label}", container=False, interactive=not channel.disabled)
            if channel.disabled:
                gr.HTML(pieces.disabled(channel))
        with gr.Column(visible=False, elem_classes="said") as body:
            text = gr.Textbox(wish.text, label="Text", lines=4, max_lines=12, interactive=True)
            counter = gr.HTML(_count(wish.text, channel.provider))
            settings = _settings(here.settings, wish.settings)
            comment = gr.Textbox(
                label="First comment", info="Written below the post by your own account. May be left out.",
                lines=1, max_lines=4, interactive=True, visible=here.comments,
            )  # fmt: skip
    on.change(lambda chosen: gr.Column(visible=chosen), on, body, **TYPING)
    for item in here.settings:
        if item.kind == "listed":
            on.change(does.lister(channel, item), [profile, on], settings[item.name], **PRIVATE)
    text.change(lambda typed: _count(typed, channel.provider), text, counter, **TYPING)
    return Slot(channel, on, text, comment, settings)


def _settings(settings: Sequence[Setting], preset: Mapping[str, Any]) -> dict[str, gr.components.Component]:
    """The platform's settings; where there are many, those that hardly anybody changes are folded away."""
    folded = [item for item in settings if item.default is not None] if len(settings) > FEW else []
    parts = {item.name: setting_part(item, preset.get(item.name)) for item in settings if item not in folded}
    if folded:
        with gr.Accordion("More settings", open=False):
            parts |= {item.name: setting_part(item, preset.get(item.name)) for item in folded}
    return parts


def setting_part(item: Setting, value: Any) -> gr.components.Component:
    """What a setting is chosen with."""
    told: dict[str, Any] = {"label": item.label, "info": item.hint or None, "interactive": True}
    match item.kind:
        case "yes_no":
            return gr.Checkbox(bool(value), **told)
        case "listed":
            return gr.Dropdown([], value=value, allow_custom_value=True, **told)
        case "text" | "address":
            return gr.Textbox(value or "", max_length=item.longest or None, max_lines=1, **told)
    return gr.Radio([(choice.label, choice.value) for choice in item.choices], value=value, **told)


def _count(text: str, name: str) -> str:
    return pieces.counter(text_rules.length(text, name), text_rules.limit(name))


def soon(zone: str) -> str:
    """The next full hour but one, as a clock on the store's wall shows it."""
    soon = datetime.now(ZoneInfo(zone)) + timedelta(hours=2)
    return soon.strftime("%Y-%m-%d %H:00:00")


def _same_moment(local: str | None, zone: str) -> str:
    """The chosen time in UTC as well, or why it is none."""
    try:
        return looks.note(pieces.moment(moment.asked_for(local or "", zone, datetime.now(UTC)).utc, zone))
    except EditaiError as error:
        return looks.note(str(error))
