"""What GoTrue does for supabase-py, as far as EditAI asks for it: sign up, sign in, refresh, sign out; and a test's own
way to make and delete accounts."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import psycopg
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.supabase.postgres import Database
from tests.supabase.tokens import Refused, access_token, claims_of


@dataclass
class Auth:
    """`lifetime_s` is for how long a token holds; a refresh token is good for once, and until its account signs out.

    `confirms`: a new account gets an e-mail, and signs in when its address was confirmed. `mailed` are the addresses
    that got one.
    """

    database: Database
    lifetime_s: float = 3600
    confirms: bool = False
    refreshes: int = 0
    mailed: list[str] = field(default_factory=list)
    _refresh_tokens: dict[str, str] = field(default_factory=dict)
    _unconfirmed: set[str] = field(default_factory=set)

    def answer(self, request: Request, body: bytes) -> Response:
        """One request below /auth/v1/."""
        _, _, path = request.url.path.partition("/auth/v1/")
        given = json.loads(body) if body else {}
        match request.method, path.split("/"):
            case "POST", ["signup"]:
                return self._sign_up(given)
            case "POST", ["recover"]:
                self.mailed.append(given["email"])
                return JSONResponse({})
            case "POST", ["token"]:
                return self._token(request.query_params.get("grant_type", ""), given)
            case _, ["user" | "logout" | "admin", *more]:
                try:
                    claims = claims_of(request.headers.get("authorization", ""))
                except Refused as refused:
                    return _refuse(403, "bad_jwt", str(refused))
                return self._known(claims, request.method, path, more, given)
        return JSONResponse({"message": f"this test server knows no {request.method} {path}"}, 501)

    def _known(
        self, claims: dict[str, Any], method: str, path: str, more: list[str], given: dict[str, Any]
    ) -> Response:
        if method == "GET" and path == "user":
            return JSONResponse(self._user(claims["sub"]))
        if method == "PUT" and path == "user":
            if len(given["password"]) < 6:
                return _refuse(422, "weak_password", "Password should be at least 6 characters.")
            self.database.ask(
                "update auth.users set encrypted_password = %s where id = %s", _hashed(given["password"]), claims["sub"]
            )
            return JSONResponse(self._user(claims["sub"]))
        if method == "POST" and path == "logout":
            self.forget(claims["sub"])
            return Response(status_code=204)
        if claims["role"] == "service_role" and method == "POST" and path == "admin/users":
            return JSONResponse(self._user(self._insert(given)))
        if claims["role"] == "service_role" and method == "DELETE" and more[:1] == ["users"]:
            self.database.ask("delete from auth.users where id = %s", more[1])
            self.forget(more[1])
            return JSONResponse({})
        return JSONResponse({"message": f"this test server knows no {method} {path}"}, 501)

    def forget(self, user_id: str) -> None:
        """The account's refresh tokens hold no longer."""
        self._refresh_tokens = {token: whose for token, whose in self._refresh_tokens.items() if whose != user_id}

    def end(self, refresh_token: str) -> None:
        """One sign-in of an account holds no longer; its others do."""
        del self._refresh_tokens[refresh_token]

    def _sign_up(self, given: dict[str, Any]) -> Response:
        if len(given["password"]) < 6:
            return _refuse(422, "weak_password", "Password should be at least 6 characters.")
        try:
            made = self._insert(given)
            if self.confirms:
                self.mailed.append(given["email"])
                self._unconfirmed.add(made)
                return JSONResponse(self._user(made))
            return JSONResponse(self._session(made))
        except psycopg.errors.UniqueViolation:
            return _refuse(422, "user_already_exists", "User already registered")

    def _token(self, grant: str, given: dict[str, Any]) -> Response:
        if grant == "refresh_token":
            self.refreshes += 1
            whose = self._refresh_tokens.pop(given["refresh_token"], None)
            if whose is None:
                return _refuse(400, "refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found")
            return JSONResponse(self._session(whose))
        found = self.database.ask(
            "select id from auth.users where email = %s and encrypted_password = %s",
            given["email"],
            _hashed(given["password"]),
        )
        if grant != "password" or not found:
            return _refuse(400, "invalid_credentials", "Invalid login credentials")
        if str(found[0]["id"]) in self._unconfirmed:
            return _refuse(400, "email_not_confirmed", "Email not confirmed")
        return JSONResponse(self._session(str(found[0]["id"])))

    def _insert(self, given: dict[str, Any]) -> str:
        made = str(uuid.uuid4())
        values = (made, given["email"], _hashed(given["password"]))
        self.database.ask("insert into auth.users (id, email, encrypted_password) values (%s, %s, %s)", *values)
        return made

    def _session(self, user_id: str) -> dict[str, Any]:
        refresh = secrets.token_urlsafe(12)
        self._refresh_tokens[refresh] = user_id
        return {
            "access_token": access_token(user_id, self.lifetime_s),
            "token_type": "bearer",
            "expires_in": int(self.lifetime_s),
            "expires_at": int(time.time() + self.lifetime_s),
            "refresh_token": refresh,
            "user": self._user(user_id),
        }

    def _user(self, user_id: str) -> dict[str, Any]:
        [found] = self.database.ask("select email, created_at from auth.users where id = %s", user_id)
        known = {"aud": "authenticated", "role": "authenticated", "app_metadata": {}, "user_metadata": {}}
        return {"id": user_id, "email": found["email"], "created_at": found["created_at"].isoformat(), **known}


def _hashed(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()


def _refuse(status: int, code: str, message: str) -> Response:
    told: dict[str, Any] = {"code": code, "message": message}
    if code == "weak_password":
        told["weak_password"] = {"reasons": ["length"]}
    return JSONResponse(told, status, {"X-Supabase-Api-Version": "2024-01-01"})
