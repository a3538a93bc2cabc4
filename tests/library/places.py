"""Places for a depot to lie in: a folder, fsspec's memory, and a bucket of S3, by moto's server on this machine."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

KINDS = ("folder", "file", "memory", "s3")


@dataclass(frozen=True)
class S3:
    """A running server. `key` is what it lets in where it was told to look (`closed`); else it lets in everybody."""

    url: str
    key: str = "tests"

    @property
    def environment(self) -> dict[str, str]:
        """What the app and every worker are told of it, as their owner would."""
        return {
            "AWS_ACCESS_KEY_ID": self.key,
            "AWS_SECRET_ACCESS_KEY": self.key,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": self.url,
        }

    def new_bucket(self) -> str:
        """A new bucket, and an address in it."""
        name = f"editai-{uuid.uuid4().hex}"
        self.client().call_s3("create_bucket", Bucket=name)
        return f"s3://{name}/media"

    def client(self) -> Any:
        """s3fs with nothing of ours in between, the same for all tests."""
        import s3fs

        return s3fs.S3FileSystem(key=self.key, secret=self.key, endpoint_url=self.url, use_listings_cache=False)


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3]:
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield S3(f"http://{host}:{port}")
    server.stop()


@pytest.fixture
def s3(s3_server: S3, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> S3:
    """The server, as this process is told of it."""
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):  # whoever runs the tests may have their own
        monkeypatch.setenv(name, str(tmp_path / "none"))
    return s3_server


def new_place(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """An address of each of KINDS, with nothing in it."""
    if kind == "s3":
        server: S3 = request.getfixturevalue("s3")
        return server.new_bucket()
    if kind == "memory":
        return f"memory://{uuid.uuid4().hex}"
    folder = tmp_path / "shared folder"
    folder.mkdir()
    return str(folder) if kind == "folder" else f"file://{folder}"
