"""What PostgREST does for supabase-py, as far as EditAI asks for it; anything else is answered with 501.

A request is one transaction under the role and the claims of its token. Statuses and codes are PostgREST's (its
documentation, "Errors").
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

import psycopg
from psycopg import sql
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.supabase.postgres import Database, Rows
from tests.supabase.tokens import Refused, claims_of

STATUSES = {"23503": 409, "23505": 409, "42883": 404, "42P01": 404, "25006": 405, "P0001": 400, "53400": 500}
CLASSES = {"08": 503, "0L": 403, "0P": 403, "28": 403, "53": 503, "25": 500, "40": 500, "54": 500, "55": 500, "57": 500}
Query = tuple[sql.Composed, list[Any]]


class NotHere(Exception):
    """Something of PostgREST that EditAI does not use."""


@dataclass
class Seen:
    """A request as the database got it."""

    claims: Mapping[str, Any]
    statement: str
    values: list[Any]


@dataclass
class Rest:
    """`seen` is what was asked, in order, for a test to look at; connections are kept for the next request."""

    database: Database
    seen: list[Seen] = field(default_factory=list)
    _idle: SimpleQueue[Rows] = field(default_factory=SimpleQueue)

    def answer(self, request: Request, body: bytes) -> Response:
        """One request below /rest/v1/."""
        try:
            claims = claims_of(request.headers.get("authorization", ""))
        except Refused as refused:
            return refusal(401, refused.code, str(refused))
        role = claims["role"]
        try:
            with self.transaction(role, claims) as rows:
                query, values = self._query(rows, request, body)
                self.seen.append(Seen(claims, query.as_string(rows), values))
                found = rows.execute(query, values).fetchone()
                assert found is not None
                return JSONResponse(found["answer"], 201 if request.method == "POST" else 200)
        except NotHere as error:
            return JSONResponse({"message": f"this test server knows no {error}"}, 501)
        except LookupError as error:
            return refusal(404, "PGRST202" if "/rpc/" in request.url.path else "PGRST205", str(error))
        except psycopg.Error as error:
            return _told(error, anonymous=role == "anon")

    @contextmanager
    def transaction(self, role: str, claims: Mapping[str, Any]) -> Iterator[Rows]:
        """A transaction under this role and these claims."""
        try:
            rows = self._idle.get_nowait()
        except Empty:
            rows = self.database.connect("authenticator")
        try:
            with rows.transaction():
                rows.execute(sql.SQL("set local role {}").format(sql.Identifier(role)))
                rows.execute("select set_config('request.jwt.claims', %s, true)", [json.dumps(claims)])
                yield rows
        finally:
            self._idle.put(rows)

    def _query(self, rows: Rows, request: Request, body: bytes) -> Query:
        _, _, path = request.url.path.partition("/rest/v1/")
        given = list(request.query_params.multi_items())
        if path.startswith("rpc/"):
            if request.method != "POST" or given:
                raise NotHere(f"{request.method} {request.url}")
            return _call(rows, path.removeprefix("rpc/"), body)
        if not rows.execute("select to_regclass(%s) as it", [f'public."{path}"']).fetchone()["it"]:  # type: ignore[index]
            raise LookupError(f"Could not find the table 'public.{path}' in the schema cache")
        return _touch(path, request.method, given, body)

    def close(self) -> None:
        while not self._idle.empty():
            self._idle.get().close()


def refusal(status: int, code: str, message: str, details: str | None = None) -> Response:
    """An error as PostgREST words it."""
    return JSONResponse({"code": code, "message": message, "details": details, "hint": None}, status)


def _told(error: psycopg.Error, anonymous: bool) -> Response:
    code = error.sqlstate or "XX000"
    if code == "42501":
        status = 401 if anonymous else 403
    elif raised := re.fullmatch(r"PT(\d{3})", code):
        status = int(raised[1])
    else:
        status = STATUSES.get(code) or CLASSES.get(code[:2], 400)
    return refusal(status, code, error.diag.message_primary or str(error), error.diag.message_detail)


def _call(rows: Rows, name: str, body: bytes) -> Query:
    """A function with its arguments by name."""
    found = rows.execute(
        "select proargnames, proretset, array(select format_type(t, null) from unnest(proargtypes) as t) as types "
        "from pg_proc where proname = %s and pronamespace = 'public'::regnamespace",
        [name],
    ).fetchone()
    given = json.loads(body)
    if found is None or set(given) != set(found["proargnames"] or []):
        raise LookupError(f"Could not find the function public.{name}({', '.join(given)}) in the schema cache")
    types = dict(zip(found["proargnames"], found["types"], strict=True))
    columns = sql.SQL(", ").join(
        sql.SQL("{} " + types[argument]).format(sql.Identifier(argument)) for argument in given
    )
    passed = sql.SQL(", ").join(sql.SQL("{0} => args.{0}").format(sql.Identifier(argument)) for argument in given)
    told = "coalesce(json_agg(done), '[]')" if found["proretset"] else "to_json(done)"
    query = sql.SQL(
        "select {told} as answer from json_to_record(%s) as args ({columns}), lateral public.{name}({passed}) as done"
    )
    named = {"told": sql.SQL(told), "name": sql.Identifier(name)}
    return query.format(columns=columns, passed=passed, **named), [body.decode()]


def _touch(table: str, method: str, given: list[tuple[str, str]], body: bytes) -> Query:
    """A select, insert, update or delete of a table."""
    rest = dict(given)
    if len(rest) != len(given):
        raise NotHere(f"two filters on one column: {given}")
    columns, order, limit = rest.pop("select", "*"), rest.pop("order", ""), rest.pop("limit", "")
    if method == "POST":
        rest.pop("columns", "")  # which the rows of a bulk insert have; all of them have these
    where, values = _where(table, rest)
    told = sql.SQL("select coalesce(json_agg(done), '[]') as answer from done")
    names = {"table": sql.Identifier(table), "where": where, "told": told}
    if method == "GET":
        names |= {"columns": _columns(columns), "order": _order(order), "limit": _limit(limit)}
        query = sql.SQL("with done as (select {columns} from public.{table}{where}{order}{limit}) {told}")
        return query.format(**names), values
    if columns != "*" or order or limit:
        raise NotHere(f"{method} with {given}")
    if method == "DELETE":
        return sql.SQL("with done as (delete from public.{table}{where} returning *) {told}").format(**names), values
    given_rows = json.loads(body)
    several = isinstance(given_rows, list)
    first = given_rows[0] if several else given_rows
    if several and (method != "POST" or any(row.keys() != first.keys() for row in given_rows)):
        raise NotHere("bulk with unequal rows, or no insert")
    fields = [sql.Identifier(name) for name in first]
    populate = sql.SQL("json_populate_recordset" if several else "json_populate_record")
    names["row"] = sql.SQL("{0}(null::public.{1}, %s) as given").format(populate, names["table"])
    if method == "POST" and not rest:
        names["fields"] = sql.SQL(", ").join(fields)
        query = sql.SQL(
            "with done as (insert into public.{table} ({fields}) select {fields} from {row} returning *) {told}"
        )
        return query.format(**names), [body.decode()]
    if method == "PATCH":
        names["changes"] = sql.SQL(", ").join(sql.SQL("{0} = given.{0}").format(field) for field in fields)
        query = sql.SQL(
            "with done as (update public.{table} set {changes} from {row}{where} returning public.{table}.*) {told}"
        )
        return query.format(**names), [body.decode(), *values]
    raise NotHere(method)


def _where(table: str, filters: Mapping[str, str]) -> Query:
    parts, values = [], []
    for column, condition in filters.items():
        named = sql.Identifier("public", table, column)
        operator, _, value = condition.partition(".")
        if operator == "eq":
            parts.append(sql.SQL("{} = %s").format(named))
            values.append(value)
        elif operator == "gt":
            parts.append(sql.SQL("{} > %s").format(named))
            values.append(value)
        elif operator == "in" and re.fullmatch(r'\([^"]*\)', value):
            several = value[1:-1].split(",")
            parts.append(sql.SQL("{} in ({})").format(named, sql.SQL(", ").join([sql.SQL("%s")] * len(several))))
            values += several
        else:
            raise NotHere(f"filter {column}={condition}")
    return sql.SQL(" where " if parts else "") + sql.SQL(" and ").join(parts), values


def _columns(text: str) -> sql.Composable:
    if text == "*":
        return sql.SQL("*")
    if not re.fullmatch(r"\w+(,\w+)*", text):
        raise NotHere(f"select={text}")
    return sql.SQL(", ").join(map(sql.Identifier, text.split(",")))


def _order(text: str) -> sql.Composable:
    if not text:
        return sql.SQL("")
    if not re.fullmatch(r"\w+\.(asc|desc)(,\w+\.(asc|desc))*", text):
        raise NotHere(f"order={text}")
    parts = [part.split(".") for part in text.split(",")]
    return sql.SQL(" order by ") + sql.SQL(", ").join(
        sql.Identifier(column) + sql.SQL(" desc" if way == "desc" else "") for column, way in parts
    )


def _limit(text: str) -> sql.Composable:
    if text and not text.isdigit():
        raise NotHere(f"limit={text}")
    return sql.SQL(" limit ") + sql.Literal(int(text)) if text else sql.SQL("")
