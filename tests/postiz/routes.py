"""The routes of the public API, as an ASGI app over a `State`."""

from __future__ import annotations

import asyncio
import copy
import hashlib
import json
import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.postiz import rules
from tests.postiz.create import create
from tests.postiz.rules import Refused
from tests.postiz.state import Account, Media, Organisation, Row, State, iso, new_id

Handler = Callable[[Request, Organisation], Awaitable[Any]]
BODY_LIMIT = 100 * 1024
FRONT_END = "<!DOCTYPE html><html><head><title>Postiz</title></head><body><div id='__next'></div></body></html>"


def app(state: State, base: str, home: str) -> Starlette:
    """The server below `base` ("/api/public/v1"); `home` is where uploaded files lie.

    Beside a base that begins with /api everything else is the front end, which answers every path with its page.
    """
    handlers: list[tuple[str, str, Handler]] = [
        ("GET", "/is-connected", is_connected),
        ("GET", "/integrations", integrations),
        ("GET", "/groups", groups),
        ("GET", "/integration-settings/{id}", integration_settings),
        ("POST", "/integration-trigger/{id}", integration_trigger),
        ("POST", "/upload", upload),
        ("POST", "/posts", create_posts),
        ("GET", "/posts", list_posts),
        ("DELETE", "/posts/{id}", delete_post),
        ("PUT", "/posts/{id}/status", change_status),
        ("PUT", "/posts/{id}/settings", change_settings),
        ("GET", "/find-slot/{id}", find_slot),
        ("GET", "/analytics/{id}", channel_analytics),
        ("GET", "/analytics/post/{id}", post_analytics),
        ("GET", "/notifications", notifications),
    ]
    routes = [
        Route(base + path + slash, guarded(handler), methods=[method])
        for method, path, handler in handlers
        for slash in ("", "/")
    ]

    async def elsewhere(request: Request) -> Response:
        if base.startswith("/api") and not request.url.path.startswith("/api/"):
            return HTMLResponse(FRONT_END)
        message = f"Cannot {request.method} {request.url.path}"
        return JSONResponse({"message": message, "error": "Not Found", "statusCode": 404}, 404)

    anything = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    made = Starlette(routes=[*routes, Route("/{path:path}", elsewhere, methods=anything)])
    made.router.redirect_slashes = False
    made.state.postiz, made.state.home = state, home
    return made


def guarded(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """A route behind what every request passes: size and syntax of the body, the key, the rate limit."""

    async def handle(request: Request) -> Response:
        try:
            return await passed(request, handler)
        except Refused as refused:
            return JSONResponse(refused.body, refused.status)
        except (AttributeError, KeyError, TypeError):
            return JSONResponse(rules.broken().body, 500)

    return handle


async def passed(request: Request, handler: Handler) -> Response:
    state: State = request.app.state.postiz
    if request.method in {"POST", "PUT"} and not request.headers.get("content-type", "").startswith("multipart/"):
        await read_json(request)
    key = request.headers.get("authorization", "")
    if key == "internal-failure":
        return Response(status_code=401)
    if not key:
        return JSONResponse({"msg": "No API Key found"}, 401)
    organisation = state.organisations.get(key)
    if organisation is None:
        return JSONResponse({"msg": "Invalid OAuth token" if key.startswith("pos_") else "Invalid API key"}, 401)
    route = request.url.path.rpartition("/public/v1")[2]
    headers: dict[str, str] = {"Keep-Alive": "timeout=5"}
    with state.lock:
        organisation.requests.append(f"{request.method} {route}")
        organisation.connections.add(request.client.port if request.client else 0)
        if request.method == "POST" and route.startswith("/posts"):
            may, told = organisation.count(state.clock())
            headers |= told
            if not may:
                body = {"statusCode": 429, "message": "ThrottlerException: Too Many Requests"}
                return JSONResponse(body, 429, headers)
    try:
        answer = await handler(request, organisation)
    except Refused as refused:
        return JSONResponse(refused.body, refused.status, headers)
    return JSONResponse(answer, 201 if request.method == "POST" else 200, headers)


async def read_json(request: Request) -> None:
    """The body as `request.state.body`; too large and unparseable ones end here, before anything is counted."""
    content = await request.body()
    if len(content) > BODY_LIMIT:
        raise Refused(413, {"statusCode": 413, "message": "request entity too large"})
    try:
        request.state.body = json.loads(content or b"{}")
    except ValueError:
        message = "Expected property name or '}' in JSON at position 1"
        raise rules.sentence(message) from None


async def is_connected(request: Request, organisation: Organisation) -> Any:
    return {"connected": True}


async def integrations(request: Request, organisation: Organisation) -> Any:
    return [
        {
            "id": channel.id,
            "name": channel.name,
            "identifier": channel.provider,
            "picture": channel.picture or None,
            "disabled": channel.disabled,
            "profile": channel.handle or None,
        }
        for channel in organisation.channels.values()
        if not channel.deleted
    ]


async def groups(request: Request, organisation: Organisation) -> Any:
    return organisation.customers


async def integration_settings(request: Request, organisation: Organisation) -> Any:
    channel = organisation.channels.get(request.path_params["id"])
    if channel is None or channel.deleted:
        raise Refused(404, {"msg": "Integration not found"})
    tools = rules.KNOWN.get(channel.provider, {}).get("tools", [])
    said = {"rules": "Prose.", "maxLength": rules.longest(channel), "settings": rules.schema_of(channel)}
    return {"output": {**said, "tools": tools}}


async def integration_trigger(request: Request, organisation: Organisation) -> Any:
    channel = organisation.channels.get(request.path_params["id"])
    if channel is None or channel.deleted:
        raise Refused(404, {"msg": "Integration not found"})
    tools = rules.KNOWN.get(channel.provider, {}).get("tools", [])
    if request.state.body.get("methodName") not in {tool["methodName"] for tool in tools}:
        raise Refused(404, {"msg": "Tool not found"})
    if channel.needs_reconnect:
        raise Refused(401, {"msg": "Channel disconnected due to expired token"})
    if channel.refuses:
        raise Refused(500, {"msg": "Unexpected error"})
    name, asked = request.state.body["methodName"], request.state.body.get("data")
    channel.asked.append((name, asked))
    return {"output": channel.lists[name] if isinstance(channel.lists, dict) else channel.lists}


async def upload(request: Request, organisation: Organisation) -> Any:
    async with request.form() as form:
        if other := [name for name, part in form.multi_items() if isinstance(part, UploadFile) and name != "file"]:
            raise rules.sentence(f"Unexpected field - {other[0]}")
        part = form.get("file")
        if not isinstance(part, UploadFile):
            raise Refused(400, {"msg": "No file provided"})
        state: State = request.app.state.postiz
        kind = sniffed(part.file.read(32))
        if kind is None:
            raise rules.sentence("Unsupported file type.")
        size, limit = part.size or 0, state.max_video_bytes if kind == "mp4" else state.max_image_bytes
        if size > limit:
            raise rules.sentence(f"File size exceeds the maximum allowed size of {limit} bytes.")
        part.file.seek(0)
        sha256 = hashlib.file_digest(part.file, "sha256").hexdigest()  # type: ignore[arg-type]
        name = f"{uuid.uuid4().hex}.{kind}"
        path = f"{request.app.state.home}/uploads/2027/02/01/{name}"
        declared = (part.filename or "", part.content_type or "")
    made = Media(str(uuid.uuid4()), path, size, sha256, *declared)
    with state.lock:
        organisation.media.append(made)
    return {"id": made.id, "name": name, "originalName": None, "path": path, "thumbnail": None, "alt": None}


def sniffed(head: bytes) -> str | None:
    """The extension of a file by its first bytes, whatever it is called and declared as."""
    if head[4:8] == b"ftyp":
        brands = {b"isom", b"iso5", b"mp41", b"mp42", b"avc1", b"dash", b"MSNV"}
        return "mp4" if head[8:12] in brands else "avif" if head[8:12] == b"avif" else None
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    magic = {b"\xff\xd8\xff": "jpeg", b"\x89PNG": "png", b"GIF8": "gif", b"BM": "bmp", b"II*\0": "tiff"}
    return next((kind for begin, kind in magic.items() if head.startswith(begin)), None)


async def create_posts(request: Request, organisation: Organisation) -> Any:
    state: State = request.app.state.postiz
    if organisation.plan_refusal:
        url = f"{request.app.state.home}/billing"
        raise Refused(402, {"statusCode": 402, "message": organisation.plan_refusal, "url": url})
    with state.lock:
        organisation.bodies.append(copy.deepcopy(request.state.body))
        return create(organisation, request.state.body, state.clock(), state.upload_domain)


async def list_posts(request: Request, organisation: Organisation) -> Any:
    query, wrong = request.query_params, []
    for name in ("startDate", "endDate"):
        if not rules.ISO_DATE.fullmatch(query.get(name, "")):
            wrong.append(f"{name} must be a valid ISO 8601 date string")
    if wrong:
        raise rules.fields(wrong)
    start, end = rules.moment(query["startDate"]), rules.moment(query["endDate"])
    found = []
    state: State = request.app.state.postiz
    with state.lock:
        for row in organisation.rows.values():
            channel = organisation.channels[row.channel_id]
            at = row.publish_at
            while not (row.deleted or channel.deleted) and at <= end:
                if at >= start:
                    found.append(shown(row, channel) | {"publishDate": iso(at)})
                if not row.interval:
                    break
                at += timedelta(days=row.interval)  # a repeat that does not exist yet, with the same id
    return {"posts": found}


def shown(row: Row, channel: Account) -> dict[str, Any]:
    tags = [{"tag": {"id": new_id(), "name": tag, "color": "#612bd3"}} for tag in row.tags]
    where = {"id": channel.id, "providerIdentifier": channel.provider, "name": channel.name}
    return {
        "id": row.id,
        "content": row.content,
        "publishDate": iso(row.publish_at),
        "releaseURL": row.release_url,
        "releaseId": row.release_id,
        "state": row.state,
        "intervalInDays": row.interval,
        "group": row.group,
        "creationMethod": row.method,
        "settings": json.dumps(row.settings),
        "tags": tags,
        "integration": where | {"picture": channel.picture or None},
    }


def row_of(request: Request, organisation: Organisation) -> Row | None:
    row = organisation.rows.get(request.path_params["id"])
    return None if row is None or row.deleted else row


async def delete_post(request: Request, organisation: Organisation) -> Any:
    row = row_of(request, organisation)
    if row is None:
        raise rules.broken()
    with request.app.state.postiz.lock:
        for other in organisation.rows.values():
            other.deleted = other.deleted or other.group == row.group
    return {"error": True}  # this is what success looks like


async def change_status(request: Request, organisation: Organisation) -> Any:
    status, row = request.state.body.get("status"), row_of(request, organisation)
    if status not in {"draft", "schedule"}:
        raise rules.fields(["status must be one of the following values: draft, schedule"])
    if row is None:
        raise rules.sentence("Post not found")
    with request.app.state.postiz.lock:  # no guard: what is published is published again
        row.state = "DRAFT" if status == "draft" else "QUEUE"
        row.timer = None if status == "draft" else row.publish_at
    return {"id": row.id, "state": row.state}


async def change_settings(request: Request, organisation: Organisation) -> Any:
    row, state = row_of(request, organisation), request.app.state.postiz
    if row is None:
        raise Refused(404, {"message": "Post not found", "error": "Not Found", "statusCode": 404})
    if row.state != "DRAFT" and not (row.state == "QUEUE" and row.publish_at > state.clock()):
        raise rules.sentence("Only scheduled posts that were not published yet (or drafts) can be updated")
    channel = organisation.channels[row.channel_id]
    merged = row.settings | rules.coerced(request.state.body.get("settings"), rules.schema_of(channel))
    if wrong := rules.settings_errors(channel, merged):
        raise rules.sentence(f"{channel.name}: {wrong[0]}")
    with state.lock:
        row.settings = merged
    return {"postId": row.id, "publishDate": row.publish_at.strftime("%Y-%m-%dT%H:%M:%S")}


async def find_slot(request: Request, organisation: Organisation) -> Any:
    channel = organisation.channels.get(request.path_params["id"])
    if channel is None or channel.disabled or channel.deleted:
        await asyncio.sleep(3600)  # the real one looks for ever
    state: State = request.app.state.postiz
    now = state.clock()
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    taken = {row.publish_at for row in organisation.rows.values() if not row.deleted}
    slots = (today + timedelta(days=day, minutes=minutes) for day in range(3650) for minutes in (120, 400, 700))
    free = next(slot for slot in slots if slot > now and slot not in taken)
    return {"date": free.strftime("%Y-%m-%dT%H:%M:%S")}


async def channel_analytics(request: Request, organisation: Organisation) -> Any:
    channel = organisation.channels.get(request.path_params["id"])
    if channel is None or channel.deleted:
        raise rules.broken()
    return analytics(request, channel.figures)


async def post_analytics(request: Request, organisation: Organisation) -> Any:
    row = row_of(request, organisation)
    if row is not None and row.release_id == "missing":
        return {"missing": True}
    return analytics(request, row.figures if row else {})


def analytics(request: Request, figures: dict[str, dict[str, str]]) -> Any:
    """Figures of the days that were asked for."""
    days = request.query_params.get("date")
    if days not in {"7", "30", "90"}:
        raise rules.sentence("date must be one of 7, 30, 90")
    since = (request.app.state.postiz.clock() - timedelta(days=int(days))).date().isoformat()
    return [
        {
            "label": label,
            "data": [{"total": total, "date": day} for day, total in by_day.items() if day >= since],
            "percentageChange": 0,
        }
        for label, by_day in figures.items()
    ]


async def notifications(request: Request, organisation: Organisation) -> Any:
    page = int(request.query_params.get("page", "0"))
    some = organisation.notices[page * 100 : page * 100 + 100]
    told = [{"id": x.id, "content": x.content, "link": x.link, "createdAt": iso(x.created_at)} for x in some]
    total = len(organisation.notices)
    return {"notifications": told, "total": total, "page": page, "limit": 100, "hasMore": total > page * 100 + 100}
