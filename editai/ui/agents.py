"""Agents (MCP): what one is told when it connects, and whose call it is where people sign in.

Gradio hands a call on to its queue by a client of its own, one for all agents and without a ticket, which the door
turns away. So each ticket has a client here that carries it: the door and the desk see whose call it is, and an upload
or a running job of one agent is never in the visit of another's.
"""

from __future__ import annotations

import threading
from typing import Any

from gradio_client import Client

from editai.errors import NotSignedIn
from editai.library.sessions import Sessions
from editai.ui import tickets
from editai.ui.files import Page

INSTRUCTIONS = """
EditAI turns a shop's product videos and photos into short upright clips with a voice, captions and music, and publishes
them to the accounts of the right store. The whole way:

1. `profiles` shows the stores. Every tool takes `profile`, the id or name of one; without it the default store is
   meant. Say to the person which store you work for.
2. A file comes in by upload: POST it as the form field "files" to /gradio_api/upload of this server, or use the tool
   `upload_file_to_gradio` where there is one. What comes back, a path or an address, is what tools take as a file,
   such as `video`. Other paths and addresses are refused.
3. `read_page` reads what a product's page says of it. `write_script` and `check_script` show the words, and what in
   them cannot be shown to be true; `voices` and `preview_voice` who could say them.
4. `estimate` says what a clip will cost, how long it takes, how long it will be and what is still missing, and starts
   nothing. Where it costs money, ask the person first.
5. `produce` makes the clip. That takes a minute or more; where the call is cut off, the job goes on: `jobs` and `job`
   show it. The answer has the clip's id, its files and the report of what was measured; tell the person its notes.
6. `captions` and `edit_captions` change words in the picture, `render` its quality; both are new jobs.
7. `channels` shows the store's accounts, `suggest_post` a text for each. `publish` without `confirm` is a dry run: show
   the person what goes where, with everything under `findings`. `posts` shows what became of it.

What deletes, or reaches other people, does nothing until `confirm` is true, and says before what it would do. Set it
only where the person has seen that and said yes.
""".strip()


FILE = {"type": "string"}
NAMED = "By the path or the address that its upload answered."


def instruct(page: Page) -> None:
    """Have the page's MCP server say this to whoever connects, and take files by what their upload answered.

    Gradio by itself wants an address for some of them, and an object of its own for others.
    """
    server = page.mcp_server_obj
    server.mcp_server.instructions = INSTRUCTIONS
    as_gradio_has_it = server.get_input_schema

    def get_input_schema(tool: str, parameters: dict[str, str] | None = None) -> tuple[dict[str, Any], list[Any]]:
        schema, _ = as_gradio_has_it(tool, parameters)
        properties = {name: _as_text(kind) for name, kind in schema["properties"].items()}
        return {**schema, "properties": properties}, []

    server.get_input_schema = get_input_schema


def _as_text(kind: dict[str, Any]) -> dict[str, Any]:
    """The schema of an argument, in which a file is a text."""
    if "gradio.FileData" not in str(kind) and "Gradio File Input" not in str(kind):
        return kind
    several = any(one.get("type") == "array" for one in (kind, *kind.get("anyOf", ()), *kind.get("oneOf", ())))
    told = f"{kind.get('description', '')} {NAMED}".strip()
    return {"type": "array", "items": FILE, "description": told} if several else {**FILE, "description": told}


# ── where people sign in ─────────────────────────────────────────────────────────────────────────────────────────

PATIENCE_S = 60.0
"""The page asks itself; while it renders, that may take longer than a client waits by itself."""


def sign_in(page: Page, sessions: Sessions) -> None:
    """Have the calls of agents carry the tickets of their requests, on a page that is being served."""
    served = page.mcp_server_obj
    served._get_or_create_client = _Clients(page.local_url, served.mcp_server, sessions).of_request


class _Clients:
    """The clients by their tickets; one whose ticket has ended is forgotten when the next agent asks."""

    def __init__(self, url: str, agents: Any, sessions: Sessions) -> None:
        self._url, self._agents, self._sessions = url, agents, sessions
        self._lock = threading.Lock()
        self._clients: dict[str, Client] = {}

    def of_request(self) -> Client:
        """The client for the call that is under way."""
        ticket = tickets.ticket(self._agents.request_context.request.headers)
        with self._lock:
            self._clients = {each: client for each, client in self._clients.items() if self._holds(each)}
            if ticket not in self._clients:
                self._clients[ticket] = Client(
                    self._url,
                    headers={"x-gradio-user": "mcp", **tickets.header(ticket)},
                    download_files=False,
                    verbose=False,
                    analytics_enabled=False,
                    httpx_kwargs={"timeout": PATIENCE_S},
                    _skip_components=False,
                )
            return self._clients[ticket]

    def _holds(self, ticket: str) -> bool:
        try:
            self._sessions.of(ticket)
        except NotSignedIn:
            return False
        return True
