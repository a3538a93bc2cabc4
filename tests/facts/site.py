"""A shop's web server on this machine: it sends what a test put there and remembers each request."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from editai.web import Address, Reach


@dataclass
class Reply:
    """What is answered; `drip_s` is the pause after each hundredth of the body, `head_drip_s` after each header."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "text/html; charset=utf-8"})
    drip_s: float = 0
    head_drip_s: float = 0


@dataclass
class Site:
    """The server: `replies` by path, and the path and headers of each request that came."""

    port: int = 0
    replies: dict[str, Reply] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"


def is_here(address: Address) -> bool:
    return address == ipaddress.ip_address("127.0.0.1")


def here(seconds: float = 5, most_bytes: int = 100_000) -> Reach:
    """A reach that ends on this machine, as the real one ends at the open internet."""
    return Reach(seconds, most_bytes, is_here, any_port=True)


@contextmanager
def running() -> Iterator[Site]:
    site = Site()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            site.headers.append({name.lower(): value for name, value in self.headers.items()})
            reply = site.replies.get(self.path, Reply(b"nothing", 404))
            with suppress(OSError):  # whoever asked has had enough
                self.wfile.write(f"HTTP/1.1 {reply.status} Some\r\n".encode())
                for name, value in reply.headers.items():
                    self.wfile.write(f"{name}: {value}\r\n".encode())
                    time.sleep(reply.head_drip_s)
                self.wfile.write(b"\r\n")
                step = max(1, len(reply.body) // 100)
                for at in range(0, len(reply.body), step):
                    self.wfile.write(reply.body[at : at + step])
                    time.sleep(reply.drip_s)
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.daemon_threads = True
    site.port = server.server_port
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield site
    server.shutdown()
    server.server_close()
