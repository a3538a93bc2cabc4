"""Servers that give one answer to everything, word for word, and remember what they were asked."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from io import BufferedIOBase
from typing import Any, ClassVar

from editai.models import Connection

Answer = Callable[[BufferedIOBase], object]
KEY = "0123456789abcdef" * 4


def reply(body: Any, status: int = 200, kind: str = "application/json; charset=utf-8", **headers: str) -> Answer:
    """An answer in good HTTP; what is no text is sent as JSON."""
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    told = {"content-type": kind, "content-length": str(len(content)), "connection": "close"}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    whole = f"HTTP/1.1 {status} Some\r\n{head}\r\n".encode() + content
    return lambda out: out.write(whole)


class Canned:
    """A server on loopback; `requests` are the methods, paths and keys that arrived."""

    running: ClassVar[list[Canned]] = []

    def __init__(self, answer: Answer) -> None:
        self.requests: list[tuple[str, str, str | None]] = []
        arrived = self.requests

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                arrived.append((self.command, self.path, self.headers.get("Authorization")))
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.close_connection = True
                answer(self.wfile)

            do_GET = do_POST = do_CONNECT = handle_any  # noqa: N815 names that the library gives

            def log_message(self, *args: object) -> None:
                """Nothing."""

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

            def handle_error(self, *args: object) -> None:
                """The client hung up, as it should."""

        self._server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        Canned.running.append(self)

    @property
    def home(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def connection(self) -> Connection:
        return Connection(url=self.home, key=KEY)

    @classmethod
    def stop_all(cls) -> None:
        """End all of them."""
        while cls.running:
            server = cls.running.pop()._server
            server.shutdown()
            server.server_close()
