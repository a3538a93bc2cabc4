"""What Supabase Storage does for supabase-py, as far as EditAI asks for it, and what user B may try besides.

A request is one transaction under the role and the claims of its token, on the real table with the real policies; the
bytes are kept here. Like the real one it answers a refusal with status 400 and the actual status in the body.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import jwt
import psycopg
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.supabase.postgres import Rows
from tests.supabase.rest import Rest
from tests.supabase.tokens import ALGORITHM, SECRET, Refused, claims_of


class _No(Exception):
    """A refusal: status, name, message."""


@dataclass
class Storage:
    """`largest` is how many bytes a file may have; `sent` are the paths of the files that arrived, in order."""

    rest: Rest
    largest: int = 10**9
    sent: list[str] = field(default_factory=list)
    contents: dict[tuple[str, str], bytes] = field(default_factory=dict)

    def answer(self, request: Request, body: bytes) -> Response:
        """One request below /storage/v1/."""
        _, _, path = request.url.path.partition("/storage/v1/")
        parts = unquote(path).split("/")
        try:
            if request.method == "GET" and parts[:2] == ["object", "sign"]:
                return self._by_address(request.query_params.get("token", ""), "/".join(parts[2:]))
            claims = claims_of(request.headers.get("authorization", ""))
            with self.rest.transaction(claims["role"], claims) as rows:
                return self._act(rows, claims, request, parts, body)
        except Refused:
            return _refusal("403", "Unauthorized", '"exp" claim timestamp check failed')
        except _No as no:
            return _refusal(*no.args)
        except psycopg.errors.UniqueViolation:
            return _refusal("409", "Duplicate", "The resource already exists")
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ForeignKeyViolation):
            return _refusal("403", "Unauthorized", "new row violates row-level security policy")

    def _act(self, rows: Rows, claims: Mapping[str, Any], request: Request, parts: list[str], body: bytes) -> Response:
        match request.method, parts:
            case "POST", ["object", "list", bucket]:
                return JSONResponse(_listed(rows, bucket, json.loads(body)))
            case "POST", ["object", "sign", bucket, *path]:
                return self._sign(rows, bucket, "/".join(path), json.loads(body))
            case "POST", ["object", "move"]:
                return self._move(rows, json.loads(body))
            case "DELETE", ["object", bucket]:
                return self._remove(rows, bucket, json.loads(body)["prefixes"])
            case "GET", ["object", bucket, *path]:
                _require(rows, bucket, "/".join(path))
                return Response(self.contents[bucket, "/".join(path)])
            case "POST" | "PUT", ["object", bucket, *path]:
                return self._keep(rows, claims, request, bucket, "/".join(path), body)
        return JSONResponse({"message": f"this test server knows no {request.method} {request.url.path}"}, 501)

    def _keep(
        self, rows: Rows, claims: Mapping[str, Any], request: Request, bucket: str, path: str, body: bytes
    ) -> Response:
        content = _file_of(request.headers["content-type"], body)
        if len(content) > self.largest:
            raise _No("413", "Payload too large", "The object exceeded the maximum allowed size")
        if request.headers.get("x-upsert") == "true":
            return JSONResponse({"message": "this test server knows no upsert"}, 501)
        told = json.dumps({"size": len(content)})
        if request.method == "PUT":
            found = rows.execute(
                "update storage.objects set metadata = %s where bucket_id = %s and name = %s", [told, bucket, path]
            )
            if not found.rowcount:
                raise _No("404", "not_found", "Object not found")
        else:
            rows.execute(
                "insert into storage.objects (bucket_id, name, owner_id, metadata) values (%s, %s, %s, %s)",
                [bucket, path, claims.get("sub"), told],
            )
        self.contents[bucket, path] = content
        self.sent.append(path)
        return JSONResponse({"Key": f"{bucket}/{path}", "Id": str(uuid.uuid4())})

    def _sign(self, rows: Rows, bucket: str, path: str, given: Mapping[str, Any]) -> Response:
        _require(rows, bucket, path)
        until = int(time.time()) + int(given["expiresIn"])
        token = jwt.encode({"url": f"{bucket}/{path}", "exp": until}, SECRET, ALGORITHM)
        return JSONResponse({"signedURL": f"/object/sign/{bucket}/{path}?token={token}"})

    def _by_address(self, token: str, path: str) -> Response:
        try:
            claims = jwt.decode(token, SECRET, [ALGORITHM])
        except jwt.InvalidTokenError:
            raise _No("400", "InvalidJWT", "jwt malformed") from None
        bucket, _, name = path.partition("/")
        if claims["url"] != path or (bucket, name) not in self.contents:
            raise _No("404", "not_found", "Object not found")
        return Response(self.contents[bucket, name])

    def _move(self, rows: Rows, given: Mapping[str, str]) -> Response:
        where = given["bucketId"], given["sourceKey"]
        moved = rows.execute(
            "update storage.objects set name = %s where bucket_id = %s and name = %s", [given["destinationKey"], *where]
        )
        if not moved.rowcount:
            raise _No("404", "not_found", "Object not found")
        self.contents[where[0], given["destinationKey"]] = self.contents.pop(where)
        return JSONResponse({"message": "Successfully moved"})

    def _remove(self, rows: Rows, bucket: str, names: list[str]) -> Response:
        gone = rows.execute(
            "delete from storage.objects where bucket_id = %s and name = any(%s) returning name", [bucket, names]
        ).fetchall()
        for row in gone:
            self.contents.pop((bucket, row["name"]), None)
        return JSONResponse(gone)


def _require(rows: Rows, bucket: str, path: str) -> None:
    if not rows.execute("select 1 from storage.objects where bucket_id = %s and name = %s", [bucket, path]).fetchone():
        raise _No("404", "not_found", "Object not found")


def _listed(rows: Rows, bucket: str, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What lies in a folder: files, and folders without an id."""
    begin = f"{given['prefix']}/" if given["prefix"] else ""
    found = rows.execute(
        "select id, name, metadata from storage.objects where bucket_id = %s and starts_with(name, %s) order by name",
        [bucket, begin],
    ).fetchall()
    entries: dict[str, dict[str, Any]] = {}
    for row in found:
        name, _, more = row["name"][len(begin) :].partition("/")
        entries.setdefault(name, {"name": name, "id": None if more else str(row["id"]), "metadata": row["metadata"]})
    return list(entries.values())[given["offset"] : given["offset"] + given["limit"]]


def _file_of(content_type: str, body: bytes) -> bytes:
    """The file of a form."""
    boundary = content_type.partition("boundary=")[2].encode()
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary):
        head, _, content = part.partition(b"\r\n\r\n")
        if b'name="file"' in head:
            return content
    raise _No("400", "InvalidRequest", "no file")


def _refusal(status: str, error: str, message: str) -> Response:
    return JSONResponse({"statusCode": status, "error": error, "message": message}, 413 if status == "413" else 400)
