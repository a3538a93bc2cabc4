"""What can be set from outside: environment variables `EDITAI_…` or a `.env` file, typed, with working defaults."""

from __future__ import annotations

import base64
import ipaddress
import json
import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

import platformdirs
from pydantic import AfterValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from editai.errors import InvalidInput

Transcriber = Literal["tiny.en", "base", "small", "medium", "large-v3-turbo", "large-v3"]

Folder = Annotated[Path, AfterValidator(lambda path: path.expanduser().absolute())]


def _seals(key: SecretStr | None) -> SecretStr | None:
    """Refuse what Fernet would refuse, here, where it was set."""
    try:
        if key is None or len(base64.urlsafe_b64decode(key.get_secret_value())) == 32:
            return key
    except ValueError:
        pass
    raise PydanticCustomError(
        "secret_key",
        "this is not 32 bytes in URL-safe base64; "
        "`python -c 'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())'` makes such a key",
    )


def _address(url: str | None) -> str | None:
    """The address of a Supabase project, without what the dashboard shows behind it."""
    if url is None:
        return None
    kept = re.sub(r"/(rest|auth|storage)/v1/?$", "", url.strip()).rstrip("/")
    if re.fullmatch(r"https://[^/?#@\s]+|http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?", kept):
        return kept
    raise PydanticCustomError("supabase_url", "this is not a project's address, such as https://abcdefgh.supabase.co")


def _is_public(key: SecretStr | None) -> SecretStr | None:
    """Refuse every key but the one that is made to be given away: with any other, nothing would keep owners apart."""
    if key is None or (text := key.get_secret_value()).startswith("sb_publishable_"):
        return key
    role = "service_role" if text.startswith("sb_secret_") else _role(text)
    if role == "anon":
        return key
    if role == "service_role":
        raise PydanticCustomError(
            "supabase_key",
            "this key passes by row-level security, so that every owner could read every other's rows; set the anon "
            "(publishable) key of the same page instead",
        )
    raise PydanticCustomError("supabase_key", "this is not the anon (publishable) key of a Supabase project")


def _role(token: str) -> str:
    """Whose token it says it is; "" where it is none."""
    try:
        payload = token.split(".")[1]
        return str(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["role"])
    except (ValueError, LookupError, TypeError):
        return ""


def _place(url: str | None) -> str | None:
    """Where files are exchanged: a folder, or an address without a password in it, for it is shown and handed on."""
    if url is None or "://" not in url:
        return url and str(Path(url).expanduser().absolute())
    if urlsplit(url).password is not None:
        raise PydanticCustomError(
            "media_url", "an address with a password in it is shown to others; set it where that service looks for it"
        )
    if "::" in url or not re.fullmatch(r"[a-z0-9+.-]+://\S+", url):
        raise PydanticCustomError("media_url", "this is neither a folder nor an address such as s3://bucket/folder")
    return url.rstrip("/")


SCHEDULER = re.compile(r"(tcp|tls)://[^/?#@\s]+:\d+")
"""The address of a Dask scheduler."""


def _scheduler(address: str | None) -> str | None:
    if address is None or SCHEDULER.fullmatch(address):
        return address
    raise PydanticCustomError("cluster", "this is not the address of a scheduler, such as tcp://render-box:8786")


class Settings(BaseSettings):
    """Read once by `app`, `cli` or a worker and handed on as an argument; nothing reads the environment later."""

    model_config = SettingsConfigDict(
        env_prefix="EDITAI_",
        env_ignore_empty=True,  # an empty EDITAI_HOME means none, not the folder in which the app was started
        env_file=".env",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,  # a key that was refused is still a key
    )

    home: Folder = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("editai", appauthor=False)),
        description="The data folder: rows, media, caches, weights.",
    )
    models_dir: Folder | None = Field(default=None, description="Weights of the owner's own; looked at first.")
    offline: bool = Field(default=False, description="Never ask a model hub for weights.")
    kokoro_runtime: Literal["onnxruntime", "torch"] = Field(
        default="onnxruntime", description="What the voice Kokoro runs on; torch uses a graphics card."
    )
    transcriber: Transcriber = Field(
        default="tiny.en", description="Who writes down speech that came with a video: see `hearing.transcribers`."
    )
    host: str = "127.0.0.1"
    share: bool = Field(default=False, description="Have Gradio's relay give the app an address in the internet.")
    port: int = Field(default=7860, ge=0, le=65_535)
    workers: int = Field(
        default_factory=lambda: max(1, (os.cpu_count() or 2) // 4),
        ge=1,
        description="Renders at a time; one ffmpeg uses two cores well and four at most.",
    )
    max_source_minutes: float = Field(default=30, gt=0)
    max_source_bytes: int = Field(default=2_000_000_000, gt=0)
    max_clip_seconds: int = Field(default=180, ge=4, description="The longest narration; Shorts end at 3 minutes.")
    min_free_bytes: int = Field(default=500_000_000, ge=0, description="Free disk space that a job must leave.")
    max_cache_bytes: int | None = Field(
        default=None, ge=0, description="What finished stages may take; by itself 10 GB, or a tenth of a smaller disk."
    )

    demo: bool = Field(
        default_factory=lambda: bool(os.environ.get("SPACE_ID")),
        description="Everybody may visit, for an hour, each with stores of their own: see `editai.demo`.",
    )
    cluster: Annotated[str | None, AfterValidator(_scheduler)] = Field(
        default=None, description="The scheduler of a Dask cluster whose workers make the clips: see `cluster`."
    )
    media_url: Annotated[str | None, AfterValidator(_place)] = Field(
        default=None, description="Where the app and workers on other machines exchange files: see `library.depot`."
    )

    secret_key: Annotated[SecretStr | None, AfterValidator(_seals)] = Field(
        default=None, description="What seals the stores' keys; without it one is kept in the data folder's file."
    )
    supabase_url: Annotated[str | None, AfterValidator(_address)] = Field(
        default=None, description="The owner's Supabase project."
    )
    supabase_key: Annotated[SecretStr | None, AfterValidator(_is_public)] = Field(
        default=None, validate_default=True, description="The project's anon (publishable) key, and no other."
    )

    @field_validator("supabase_key")
    @classmethod
    def _with_its_address(cls, key: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        """Address and key are set together, or neither."""
        if "supabase_url" in info.data and (key is None) != (info.data["supabase_url"] is None):
            missing = "the key is missing" if key is None else "EDITAI_SUPABASE_URL is missing"
            raise PydanticCustomError("supabase_key", missing)
        return key

    @model_validator(mode="after")
    def _nobody_signs_in_to_a_demo(self) -> Self:
        if self.demo and self.supabase_url is not None:
            raise PydanticCustomError(
                "demo", "in a demo nobody signs in; leave EDITAI_SUPABASE_URL out, or EDITAI_DEMO"
            )
        return self

    @property
    def is_public(self) -> bool:
        """Whether others than whoever sits at this computer can reach the app."""
        return self.demo or self.share or not is_loopback(self.host)

    @property
    def folder(self) -> Path:
        """Where rows and files are: the data folder itself, or one in it for the Supabase project that is set, or for
        a demo.

        So what people who sign in or visit work with stays apart from what is on this computer alone. Weights, and the
        key that seals the stores' keys, are of the computer.
        """
        if self.demo:
            return self.home / "demo"
        if self.supabase_url is None:
            return self.home
        host = urlsplit(self.supabase_url).netloc.lower()
        return self.home / "supabase" / re.sub(r"[^a-z0-9.-]", "-", host)  # Windows takes no colon

    @property
    def database(self) -> Path:
        return self.folder / "editai.db"

    @property
    def key_file(self) -> Path:
        """What seals the stores' keys where no `secret_key` is set."""
        return self.home / "secret.key"

    @property
    def uploads(self) -> Path:
        """Where Gradio keeps what was uploaded and what it serves."""
        return self.folder / "uploads"

    @property
    def weights(self) -> Path:
        """Where downloaded weights are kept when the owner named no folder."""
        return self.models_dir or self.home / "models"


def is_loopback(host: str) -> bool:
    """Whether this name or address can only mean the machine itself."""
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def read_settings(**given: Any) -> Settings:
    """The settings of this environment, but for those that are `given`.

    Raises InvalidInput 422 `settings_invalid`, naming what is wrong.
    """
    try:
        return Settings(**given)
    except ValidationError as error:
        wrong = "; ".join(f"EDITAI_{_variable(item['loc'])}: {item['msg']}" for item in error.errors())
        raise InvalidInput("settings_invalid", f"A setting cannot be used. {wrong}.") from error


def _variable(where: tuple[int | str, ...]) -> str:
    return str(where[0]).upper() if where else "DEMO"
