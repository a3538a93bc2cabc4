"""Endpoints for the owner's stores: what they are, their brand kits, their accounts and their money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr

from editai import profiles
from editai.errors import InvalidInput
from editai.models import Channel, Format, Joint, LogoPlace, Market, Profile, SourceSound, Writer
from editai.ui.api.confirming import require
from editai.ui.context import Desk, told_to_scripts
from editai.ui.files import forget, show, uploaded

ENDPOINTS = (
    "profiles",
    "profile",
    "create_profile",
    "update_profile",
    "set_default_profile",
    "delete_profile",
    "export_profile",
    "import_profile",
    "set_logo",
    "remove_logo",
    "test_connection",
    "connect_postiz",
    "disconnect_postiz",
    "keep_voice_key",
    "forget_voice_key",
    "costs",
)


class Stores:
    """One method for each endpoint. Gradio gives the request; scripts see the other parameters only."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def profiles(self, request: gr.Request) -> list[dict[str, Any]]:
        """Your stores by name."""
        with told_to_scripts():
            return [_store(item) for item in self._desk.library.store.profiles(self._desk.owner(request))]

    def profile(self, request: gr.Request, profile: str = "") -> dict[str, Any]:
        """One store: its brand kit, what it has done, what it may spend. Keys are told by their last four characters.

        Args:
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            return self._whole(self._desk.profile(request, profile))

    def create_profile(self, request: gr.Request, name: str) -> dict[str, Any]:
        """Create a store in this machine's time zone; `/update_profile` gives it a brand kit.

        Args:
            name: 1 to 50 characters, no other store of yours has it.
        """
        with told_to_scripts():
            return _store(profiles.create(self._desk.library, self._desk.owner(request), name))

    def update_profile(
        self,
        request: gr.Request,
        profile: str,
        name: str | None = None,
        description: str | None = None,
        colours: dict[str, str] | None = None,
        font: str | None = None,
        caption_style: str | None = None,
        emphasise: list[str] | None = None,
        voice: str | None = None,
        speed: float | None = None,
        language: str | None = None,
        format: Format | None = None,
        call_to_action: str | None = None,
        hashtags: list[str] | None = None,
        time_zone: str | None = None,
        when_voice_fails: str | None = None,
        music_folder: str | None = None,
        monthly_budget_usd: str | None = None,
        seconds: int | None = None,
        writer: Writer | None = None,
        market: Market | None = None,
        when_claim_fails: str | None = None,
        lexicon: list[dict[str, str]] | None = None,
        commercial: bool | None = None,
        joint: Joint | None = None,
        source_sound: SourceSound | None = None,
        price_badge: bool | None = None,
        end_card: bool | None = None,
        logo_in_clips: bool | None = None,
        logo_place: LogoPlace | None = None,
        logo_margin_px: int | None = None,
        files_online: bool | None = None,
    ) -> dict[str, Any]:
        """Change a store. What is not given stays as it is, keys too; the answer is the whole store.

        Args:
            profile: id or name of the store.
            name: 1 to 50 characters, no other store of yours has it.
            description: up to 500 characters, for yourself.
            colours: any of "text", "highlight" and "background", each like "#FFCF33".
            font: the font of the caption style "brand", one of `/fonts`.
            caption_style: one of `/caption_styles`.
            emphasise: words and phrases that stand out in captions, up to 30, besides prices and other amounts.
            voice: "engine:name", one of `/voices`.
            speed: the voice's speed from 0.5 to 2; 1 is its own pace.
            language: the language that the voice speaks, such as "en".
            format: the shape of the clips.
            call_to_action: what a clip ends with, up to 60 characters.
            hashtags: up to five, such as ["#lamps", "#home"].
            time_zone: an IANA name, such as "Europe/Berlin".
            when_voice_fails: "stop"; or to go on and say so: "default_voice", or a free voice of `/voices`.
            music_folder: the path of a folder on this computer, or "" for none.
            monthly_budget_usd: what paid services may cost in a month, such as "12.50", or "" for no limit.
            seconds: how long narrations shall be, 4 to 600, or 0 for as long as it takes.
            writer: who writes where no script is given: "template", or "model" for the store's language model.
            market: whose rules for claims hold: "eu", "us", or "all".
            when_claim_fails: what cannot be shown to be true is taken out ("remove") or stops the clip ("stop").
            lexicon: [{"language": "en", "displayed": "Lumora", "spoken": "loo-MOR-ah"}, ...], the whole of it.
            commercial: whether the store sells something; some voices may not be used for that.
            joint: how one shot follows another.
            source_sound: the videos' own sound: as loud as the voice, under it, off, or under it without its speech.
            price_badge: whether the price is shown.
            end_card: whether a clip ends with a card that carries the call to action.
            logo_in_clips: whether the logo is seen in the clips; TikTok may remove videos that carry one.
            logo_place: the corner of the logo.
            logo_margin_px: its distance from the edges of what platforms leave clear, 0 to 200.
            files_online: whether finished clips and the kit's files are kept in your Supabase project too.
        """
        with told_to_scripts():
            found = self._desk.profile(request, profile)
            wishes = {
                "name": name,
                "description": description,
                "colours": colours,
                "font": font,
                "caption_style": caption_style,
                "emphasise": emphasise,
                "voice": voice,
                "speed": speed,
                "language": language,
                "format": format,
                "call_to_action": call_to_action,
                "hashtags": hashtags,
                "time_zone": time_zone,
                "when_voice_fails": when_voice_fails,
                "music_folder": music_folder,
                "monthly_budget_usd": monthly_budget_usd,
                "seconds": seconds,
                "writer": writer,
                "market": market,
                "when_claim_fails": when_claim_fails,
                "lexicon": lexicon,
                "commercial": commercial,
                "joint": joint,
                "source_sound": source_sound,
                "price_badge": price_badge,
                "end_card": end_card,
                "logo_in_clips": logo_in_clips,
                "logo_place": logo_place,
                "logo_margin_px": logo_margin_px,
                "files_online": files_online,
            }
            given = {field: wish for field, wish in wishes.items() if wish is not None}
            return self._whole(profiles.update(self._desk.library, found.owner_id, found.id, given))

    def set_default_profile(self, request: gr.Request, profile: str) -> dict[str, Any]:
        """Make a store the one that is meant where nothing is said.

        Args:
            profile: id or name of the store.
        """
        with told_to_scripts():
            found = self._desk.profile(request, profile)
            return _store(self._desk.library.store.set_default_profile(found.owner_id, found.id))

    def delete_profile(self, request: gr.Request, profile: str, confirm_name: str = "") -> dict[str, Any]:
        """Delete a store with its products, clips, videos and keys. The default store cannot be deleted.

        Args:
            profile: id or name of the store.
            confirm_name: the store's name, exactly, as a sign that this is meant; without it nothing is done, and the
                refusal says what would be.

        Returns:
            {id, name, gone}; gone is what went with it, as sentences.
        """
        with told_to_scripts():
            found = self._desk.profile(request, profile)
            gone = profiles.what_goes(self._desk.library, found)
            if not confirm_name:
                would = f'It would delete the store "{found.name}". {" ".join(gone)}'
                require(False, would, "the store's name in confirm_name")
            profiles.delete(self._desk.library, found.owner_id, found.id, confirm_name)
            forget(self._desk.settings)
            return {"id": found.id, "name": found.name, "gone": list(gone)}

    # ── taking it along ──────────────────────────────────────────────────────────────────────────────────────────

    def export_profile(self, request: gr.Request, profile: str = "") -> dict[str, Any]:
        """A store as a document for `/import_profile`: with logo and fonts, without keys, clips and its music folder.

        Args:
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            return profiles.export(self._desk.library, self._desk.profile(request, profile))

    def import_profile(self, request: gr.Request, document: gr.FileData) -> dict[str, Any]:
        """Create a store from an exported document; where its name is taken it becomes "Name 2".

        Args:
            document: the JSON file, uploaded (in Python: `handle_file("store.json")`).
        """
        with told_to_scripts():
            read = profiles.read_document(uploaded(self._desk.settings, given(document)))
            return self._whole(profiles.import_(self._desk.library, self._desk.owner(request), read))

    def set_logo(self, request: gr.Request, logo: gr.FileData, profile: str = "") -> dict[str, Any]:
        """Give a store a logo; it is kept as a PNG of at most 1024 pixels a side.

        Args:
            logo: a PNG, JPEG or WebP picture of at most 10 MB, uploaded (in Python: `handle_file("logo.png")`).
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            found = self._desk.profile(request, profile)
            path = uploaded(self._desk.settings, given(logo))
            after = profiles.set_logo(self._desk.library, found.owner_id, found.id, path)
            forget(self._desk.settings)
            return self._whole(after)

    def remove_logo(self, request: gr.Request, confirm: bool = False, profile: str = "") -> dict[str, Any]:
        """Take a store's logo away.

        Args:
            confirm: true removes it; without it nothing is done, and the refusal says what would be.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            found = self._desk.profile(request, profile)
            require(confirm, f'It would delete the logo of the store "{found.name}".')
            after = profiles.remove_logo(self._desk.library, found.owner_id, found.id)
            forget(self._desk.settings)
            return self._whole(after)

    # ── accounts and money ───────────────────────────────────────────────────────────────────────────────────────

    def test_connection(self, url: str, key: str) -> list[dict[str, Any]]:
        """Try a Postiz account with this address and this key alone; nothing is kept. The answer is its channels.

        Args:
            url: the address of the Postiz, such as "https://api.postiz.com" or "https://postiz.example.com/api".
            key: a key from Settings, Public API of that Postiz.
        """
        with told_to_scripts():
            profiles.require_outside(self._desk.settings, url)
            return [_channel(channel) for channel in profiles.test_connection(self._desk.settings, url, key)]

    def connect_postiz(self, request: gr.Request, url: str, key: str, profile: str = "") -> dict[str, Any]:
        """Keep a Postiz account as the store's own, sealed. `/test_connection` tries one first.

        Args:
            url: the address of the Postiz, such as "https://api.postiz.com" or "https://postiz.example.com/api".
            key: a key from Settings, Public API of that Postiz.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            found = self._desk.profile(request, profile)
            profiles.connect(self._desk.library, found, url, key)
            return self._whole(found)

    def disconnect_postiz(self, request: gr.Request, confirm: bool = False, profile: str = "") -> dict[str, Any]:
        """Forget the store's Postiz account. What was published stays published.

        Args:
            confirm: true forgets it; without it nothing is done, and the refusal says what would be.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            found = self._desk.profile(request, profile)
            require(confirm, f'It would forget the address and the key of the Postiz of "{found.name}".')
            self._desk.library.secrets.disconnect(found.id)
            return self._whole(found)

    def keep_voice_key(self, request: gr.Request, key: str, profile: str = "") -> dict[str, Any]:
        """Keep the store's key for ElevenLabs, sealed.

        Args:
            key: an API key from the settings of ElevenLabs.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            found = self._desk.profile(request, profile)
            self._desk.library.secrets.keep(found.id, "elevenlabs", key)
            return self._whole(found)

    def forget_voice_key(self, request: gr.Request, confirm: bool = False, profile: str = "") -> dict[str, Any]:
        """Forget the store's key for ElevenLabs.

        Args:
            confirm: true forgets it; without it nothing is done, and the refusal says what would be.
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.
        """
        with told_to_scripts():
            found = self._desk.profile(request, profile)
            require(confirm, f'It would forget the key for ElevenLabs of the store "{found.name}".')
            self._desk.library.secrets.forget(found.id, "elevenlabs")
            return self._whole(found)

    def costs(self, request: gr.Request, profile: str = "") -> dict[str, Any]:
        """What the store spent on paid services this month (in its own time zone), call by call, newest first.

        Args:
            profile: id or name of the store; empty for the one of the X-Profile-Id header, or the default store.

        Returns:
            {month, spent_usd, budget_usd, costs}; month is when it began (UTC), amounts are decimal texts.
        """
        with told_to_scripts():
            found, costs = self._desk.profile(request, profile), self._desk.library.costs
            return {
                "month": costs.month_of(found),
                "spent_usd": profiles.usd(costs.spent(found)),
                "budget_usd": _budget(found),
                "costs": [
                    {**cost.model_dump(exclude={"amount", "profile_id"}), "amount_usd": profiles.usd(cost.amount)}
                    for cost in costs.list(found)
                ],
            }

    # ── what they share ──────────────────────────────────────────────────────────────────────────────────────────

    def _whole(self, profile: Profile) -> dict[str, Any]:
        library = self._desk.library
        seen = profiles.overview(library, profile).model_dump(exclude={"spent", "budget"})
        logo = profile.kit.logo and show(
            self._desk.settings, library.media.logo(profile.id, profile.kit.logo), "logo.png"
        )
        return {
            **_store(profile),
            "description": profile.description,
            "kit": profile.kit.model_dump(mode="json", exclude={"logo", "fonts"}),
            "logo": gr.FileData(path=logo).model_dump() if logo else None,
            "monthly_budget_usd": _budget(profile),
            "spent_usd": profiles.usd(library.costs.spent(profile)),
            "keys": dict(library.secrets.shown(profile.id)),
            "overview": seen,
        }


def _store(profile: Profile) -> dict[str, Any]:
    return profile.model_dump(mode="json", include={"id", "name", "is_default", "created_at"})


def _channel(channel: Channel) -> dict[str, Any]:
    return channel.model_dump(mode="json")


def _budget(profile: Profile) -> str | None:
    return None if profile.monthly_budget is None else profiles.usd(profile.monthly_budget)


def given(file: object) -> object:
    """A file that a script sent. Raises InvalidInput 422 `no_file` where it sent none."""
    if not (isinstance(file, Mapping) and file.get("path")):
        raise InvalidInput("no_file", "No file was uploaded.", "Choose a file.")
    return file
