"""`python -m editai doctor`: what works on this machine, found by trying it, and what to do about the rest.

What is optional and absent is a sentence; the exit status is 1 only where no clip can be made.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import platform
import socket
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, NoReturn

from rich.console import Console
from rich.table import Table

import editai
from editai import audition as auditions
from editai import captions, cluster, library, profiles, voices, weights
from editai.errors import EditaiError, InvalidInput, Unavailable
from editai.hearing import transcribers
from editai.library import supabase_project
from editai.library.depot import Depot
from editai.library.media import Media
from editai.library.mirror import Mirror, MirrorState
from editai.library.sessions import Sessions
from editai.models import BrandKit, Brief, Narration, Script, ScriptWord, Sentence, Voice, finished
from editai.readable import count, human_bytes
from editai.render import encodings, ffmpeg
from editai.settings import Settings
from editai.stages import StageCache
from editai.weights import KOKORO, Weights

State = Literal["ok", "not here", "broken"]
COLOURS: dict[State, str] = {"ok": "green", "not here": "yellow", "broken": "bold red"}
PYTHONS = ((3, 11), (3, 12), (3, 13))
MODULES = {
    "gradio": "gradio",
    "pydantic": "pydantic",
    "moviepy": "moviepy",
    "av": "av",
    "opencv-python-headless": "cv2",
    "onnxruntime": "onnxruntime",
    "kokoro-onnx": "kokoro_onnx",
    "faster-whisper": "faster_whisper",
    "pysubs2": "pysubs2",
}
"""The packages of `requirements.txt` that a clip depends on most, by the module that proves that they work."""
SENTENCE = "This sentence was spoken on your own computer."
INSTALL_CORE = "pip install -r requirements.txt"
INSTALL_CLUSTER = "pip install -r requirements-cluster.txt"


@dataclass(frozen=True)
class Extra:
    """Something optional: the module that proves it, what it adds, and how it is installed."""

    module: str
    adds: str
    install: str
    before: tuple[int, int] = (3, 14)


EXTRAS = {
    "Dask": Extra("distributed", "jobs on several machines", INSTALL_CLUSTER),
}


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, how it is, what was seen, and what to do. `core`: no clip without it."""

    what: str
    state: State
    seen: str
    remedy: str = ""
    core: bool = False


def main(settings: Settings) -> int:
    """Print what was found; 1 where something that every clip needs does not work, else 0."""
    console = Console()
    table = Table("", "", "", box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    broken = False
    with console.status("Trying what is installed …"):
        for finding in examine(settings):
            broken = broken or (finding.core and finding.state != "ok")
            text = f"{finding.seen} {finding.remedy}".strip()
            table.add_row(finding.what, f"[{COLOURS[finding.state]}]{finding.state}[/]", _plain(text))
    console.print(table)
    console.print()
    if broken:
        console.print("Something that every clip needs does not work: see the lines above.", style="bold red")
    else:
        console.print("Ready: python app.py opens the page, python -m editai produce --sample makes a clip.")
    return int(broken)


def audition(settings: Settings, named: str, profile: str | None = None, owner: str | None = None) -> int:
    """Let an engine or one of its voices speak ten lines, and print what is understood; 1 where that is too little.

    `profile` is the store whose keys and budget count, `owner` whose it is (see `Owners.meant`). Raises EditaiError,
    see `audition.hold`.
    """
    console = Console(highlight=False)
    with tempfile.TemporaryDirectory() as folder, library.open(settings) as shelf:
        store = library.context(shelf.store, shelf.owners.meant(owner), profile)
        studio = replace(profiles.studio(shelf, store), cache=StageCache(Path(folder) / "cache"))
        voice = _voice_meant(named, studio)
        with console.status(f"{voice} speaks …"):
            heard = finished(auditions.hold(voice, studio, Path(folder)))
    for said, understood in zip(auditions.lines("en"), heard.heard, strict=False):
        console.print(f"  said   {said}\n  heard  {understood}", markup=False)
    factor = heard.wall_ms / heard.sound_ms
    console.print(
        f"{voice}: word error rate {heard.word_error_rate:.3f} over {heard.words} words (up to "
        f"{auditions.MOST_WRONG} is understood), {factor:.2f} seconds of work for a second of speech.",
        markup=False,
    )
    return int(heard.word_error_rate > auditions.MOST_WRONG)


def _voice_meant(named: str, studio: voices.Studio) -> Voice:
    """A voice by its name, or the first English one of an engine. Raises InvalidInput 422 `voice_not_found`."""
    meant = Voice.parse(named)
    if meant.name:
        return meant
    engine = voices.engine(meant.engine)
    if missing := engine.missing(studio):
        raise Unavailable("voice_unavailable", f"{engine.info.label} cannot speak here.", missing)
    offered = engine.voices(studio)
    english = next((voice for voice in offered if "en" in voice.languages), None)
    if english is None:
        raise InvalidInput(
            "voice_not_found", f"{engine.info.label} has no English voice here.", "Add one, or name one."
        )
    return Voice(engine=english.engine, name=english.name)


def examine(settings: Settings) -> Iterator[Finding]:
    """Try everything, one finding after the other."""
    yield _python()
    yield from (_package(name, module) for name, module in MODULES.items())
    yield from _encoders()
    yield _weights(KOKORO, settings, core=True)
    yield from _models(settings)
    yield from (_extra(name, extra) for name, extra in EXTRAS.items())
    if settings.cluster is not None:
        yield _cluster(settings)
    yield _data_folder(settings)
    yield _keys(settings)
    if settings.supabase_url is not None:
        yield _supabase(settings)
        yield _accounts(settings)
    if settings.media_url is not None:
        yield _depot(settings.media_url)
    yield _disk(settings)
    yield _port(settings)


def _plain(text: str) -> str:
    return text.replace("[", r"\[")


def _python() -> Finding:
    fits = sys.version_info[:2] in PYTHONS
    seen = f"{platform.python_version()} on {platform.platform(terse=True)}; EditAI {editai.__version__}."
    return Finding("Python", "ok" if fits else "broken", seen, "" if fits else "Use Python 3.11, 3.12 or 3.13.", True)


def _package(name: str, module: str) -> Finding:
    try:
        importlib.import_module(module)
        return Finding(name, "ok", importlib.metadata.version(name), core=True)
    except importlib.metadata.PackageNotFoundError:
        return Finding(name, "ok", "here, installed by other means than pip", core=True)
    except ModuleNotFoundError as error:
        return Finding(name, "broken", f"{error}.", f"Run: {INSTALL_CORE}", True)
    except Exception as error:  # noqa: BLE001 whatever an import raises is the finding
        return Finding(name, "broken", f"It is installed and fails: {error}.", f"Run: {INSTALL_CORE}", True)


def _encoders() -> Iterator[Finding]:
    try:
        found = ffmpeg.capabilities()
        ffmpeg.check()
    except EditaiError as error:
        yield Finding("ffmpeg", "broken", error.message, error.hint, True)
        return
    yield Finding("ffmpeg", "ok", f"{found.version} with every filter that a clip needs ({found.program}).", core=True)
    usual, *own = encodings.known()
    if encodings.works(usual):
        yield Finding(f"encoder {usual.name}", "ok", "A test encode worked.", core=True)
    else:
        yield Finding(f"encoder {usual.name}", "broken", "A test encode failed.", f"Run: {INSTALL_CORE}", True)
    working = [encoder for encoder in own if encoder in encodings.encoders()]
    for encoder in working:
        seen = f"{encoder.label}: a test encode worked. A clip can be made with it: --encoder {encoder.name}."
        yield Finding(f"encoder {encoder.name}", "ok", seen)
    if not working:
        names = ", ".join(encoder.name for encoder in own)
        seen = f"None of {names} works here; the processor encodes, and nothing is missing."
        yield Finding("hardware encoder", "not here", seen)


def _weights(wanted: Weights, settings: Settings, core: bool) -> Finding:
    what = f"weights: {wanted.folder}"
    if weights.found(wanted, settings) is None:
        size = human_bytes(sum(pin.bytes for pin in wanted.published))
        if settings.offline:
            state: State = "broken" if core else "not here"
            return Finding(what, state, "Not here, and EDITAI_OFFLINE is set.", f"Run: {INSTALL_CORE}", core)
        seen = f"Not here; {size} will be fetched from {wanted.repo} when they are first needed."
        return Finding(what, "ok", seen, f"To have them before: {INSTALL_CORE}", core)
    try:
        here = finished(weights.obtain(wanted, settings))
    except EditaiError as error:
        return Finding(what, "broken", error.message, error.hint, core)
    return Finding(what, "ok", f"Here ({here.origin}), and the sha256 is right.", core=core)


def _models(settings: Settings) -> Iterator[Finding]:
    """Each free engine of this computer speaks a sentence, the others are named; the transcriber listens."""
    with tempfile.TemporaryDirectory() as name:
        studio = _studio(settings, Path(name))
        heard = None
        for engine in voices.engines():
            work = Path(name) / engine.info.name
            work.mkdir()
            finding, narration = _engine(engine, studio, work)
            heard = heard or narration
            yield finding
        yield from _broken()
        yield _weights(transcribers.chosen(settings), settings, core=False)
        yield _transcriber(heard, settings, Path(name))


def _broken() -> Iterator[Finding]:
    """The engines of other packages that could not be loaded."""
    for name, error in voices.broken.items():
        seen = f"The package that brings it cannot be loaded: {error}."
        yield Finding(f"voice engine {name}", "broken", seen, "Install it again, or remove it.")


def _studio(settings: Settings, folder: Path) -> voices.Studio:
    """The studio of nobody: no clones, no keys, and nothing that was spoken before."""

    def unpaid(*_: object) -> NoReturn:
        raise RuntimeError("the doctor pays nothing")

    return voices.Studio(
        settings=settings,
        folder=folder / "voices",
        cache=StageCache(folder / "cache"),
        kit=BrandKit(),
        key=lambda _secret: None,
        paid=unpaid,
        afford=lambda _amount: None,
        language_model=lambda: None,
    )


def _engine(engine: voices.Engine, studio: voices.Studio, work: Path) -> tuple[Finding, Narration | None]:
    about, offered = engine.info, engine.voices(studio)
    what = f"voice engine {about.name}"
    default = about.name == Brief.model_fields["voice"].default.engine
    if missing := engine.missing(studio):
        return Finding(
            what, "broken" if default else "not here", f"{missing.rstrip('.')}. {about.shown}".strip(), core=default
        ), None
    if not voices.is_free_and_local(about) or not offered:
        how = f"To try it: python -m editai doctor --speak {about.name}"
        return Finding(
            what, "ok", f"{about.label}: {about.licence_note} It was not tried now. {about.shown}".strip(), how
        ), None
    voice = next((each for each in offered if each.language == "en"), offered[0])
    words = tuple(ScriptWord(displayed=word, spoken=word) for word in SENTENCE.split())
    script = Script(sentences=(Sentence(words=words),), language=voice.language, origin="given")
    speaks = Voice(engine=about.name, name=voice.name)
    try:
        narration = finished(voices.speak(script, speaks, studio, work)).model_copy(update={"folder": work})
    except Exception as error:  # noqa: BLE001 whatever a model raises is the finding
        return Finding(what, "broken", f"It cannot speak: {error}", core=default), None
    languages = ", ".join(sorted({language for each in offered for language in each.languages}))
    seen = f"It spoke a sentence. {count(len(offered), 'voice')} in {languages}; {about.licence}."
    return Finding(what, "ok", seen, core=default), narration


def _transcriber(narration: Narration | None, settings: Settings, work: Path) -> Finding:
    what, chosen = f"transcriber {settings.transcriber}", transcribers.chosen(settings)
    if narration is None or weights.found(chosen, settings) is None:
        return Finding(what, "not here", "It was not tried; a clip with a script needs none.")
    paths = {narration.audio.sha256: narration.path(narration.audio)}
    try:
        heard = finished(captions.listen(narration.audio, paths, settings, work))
    except Exception as error:  # noqa: BLE001 whatever a model raises is the finding
        return Finding(what, "broken", f"It cannot listen: {error}")
    knows = "English only" if transcribers.is_english(chosen) else "some 100 languages"
    seen = f'It knows {knows}, and understood "{" ".join(word.text for word in heard.words)}".'
    return Finding(what, "ok", seen, "EDITAI_TRANSCRIBER names another.")


def _extra(name: str, extra: Extra) -> Finding:
    try:
        here = importlib.util.find_spec(extra.module) is not None
    except (ImportError, ValueError):
        here = False
    if here:
        return Finding(name, "ok", f"Optional, installed: {extra.adds}.")
    if sys.version_info[:2] >= extra.before:
        newest = f"{extra.before[0]}.{extra.before[1] - 1}"
        return Finding(name, "not here", f"Optional: {extra.adds}. It needs Python {newest} or older.")
    return Finding(name, "not here", f"Optional: {extra.adds}. To add it: {extra.install}")


def _cluster(settings: Settings) -> Finding:
    """Whether the cluster that is set makes clips; without it the app makes none, the command line does."""
    try:
        cluster.require(settings)
        from editai.cluster.link import Link  # Dask is an extra

        with Link(settings.cluster or "") as link:
            link.looked()
            if trouble := link.trouble():
                raise trouble
            speaks = " and has a graphics card for voices" if link.offers("GPU") else ""
            seen = f"{settings.cluster} makes {count(link.places(), 'clip')} at a time{speaks}."
    except EditaiError as error:
        return Finding("cluster", "broken", error.message, error.hint)
    return Finding("cluster", "ok", seen)


def _data_folder(settings: Settings) -> Finding:
    try:
        with library.open(settings) as shelf:
            owners = [owner.id for owner in shelf.owners.here()]
            stores = sum(len(shelf.store.profiles(owner)) for owner in owners)
    except EditaiError as error:
        return Finding("data folder", "broken", error.message, error.hint, True)
    return Finding("data folder", "ok", f"{settings.folder} with {stores} store(s); EDITAI_HOME moves it.", core=True)


def _keys(settings: Settings) -> Finding:
    """Where the stores' keys for other services are sealed; no clip needs them."""
    try:
        with library.open(settings) as shelf:
            return Finding("the stores' keys", "ok", shelf.secrets.sealed_by())
    except EditaiError as error:
        return Finding("the stores' keys", "broken", error.message, error.hint)


def _supabase(settings: Settings) -> Finding:
    """Whether the project that is set answers, and which files of `migrations/` it lacks; no clip needs it."""
    try:
        lacking = supabase_project.missing(settings)
    except EditaiError as error:
        return Finding("Supabase", "broken", error.message, error.hint)
    needed = [f"{name}.sql" for name in lacking if name not in supabase_project.OPTIONAL]
    if needed:
        seen = f"{settings.supabase_url} answers, and lacks {', '.join(needed)}."
        return Finding("Supabase", "broken", seen, "Run them in its SQL editor; migrations/README.md says how.")
    optional = f" Optional, and not run: {', '.join(f'{name}.sql' for name in lacking)}." if lacking else ""
    seen = f"{settings.supabase_url} answers and is ready.{optional}"
    return Finding("Supabase", "ok", seen)


def _accounts(settings: Settings) -> Finding:
    """Who has signed in on this computer; only the app itself knows who is signed in at this moment."""
    try:
        with library.open(settings) as shelf:
            mirror = Mirror(shelf, Sessions(settings))
            known = [f"{owner.email} ({_waiting(mirror.state(owner.id))})" for owner in shelf.owners.here()]
    except EditaiError as error:
        return Finding("sign-in", "broken", error.message, error.hint)
    if not known:
        return Finding("sign-in", "not here", "Nobody has signed in on this computer yet: python app.py asks for it.")
    return Finding("sign-in", "ok", f"On this computer have signed in: {', '.join(known)}.")


def _waiting(state: MirrorState) -> str:
    if not state.waiting:
        return "everything is in Supabase"
    refused = f", of which it refuses {state.refused}" if state.refused else ""
    return f"{count(state.waiting, 'change')} not in Supabase yet{refused}"


def _depot(url: str) -> Finding:
    """Whether the place where files are exchanged with workers can be written; no clip of this computer needs it."""
    try:
        seconds = Depot.open(url).trial()
    except EditaiError as error:
        return Finding("media for workers", "broken", error.message, error.hint)
    seen = f"{url} can be written and read; a megabyte takes {seconds:.2f} seconds there and back."
    return Finding("media for workers", "ok", seen)


def _disk(settings: Settings) -> Finding:
    free = Media(settings.folder).free_bytes()
    enough = free >= settings.min_free_bytes
    remedy = "" if enough else f"A job must leave {human_bytes(settings.min_free_bytes)}: free some space."
    return Finding("disk", "ok" if enough else "broken", f"{human_bytes(free)} free.", remedy, True)


def _port(settings: Settings) -> Finding:
    with socket.socket() as probe:
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            seen = f"{settings.host}:{settings.port} cannot be used now ({error.strerror}); the app takes the next."
            return Finding("port", "not here", seen)
    return Finding("port", "ok", f"{settings.host}:{settings.port} is free.")
