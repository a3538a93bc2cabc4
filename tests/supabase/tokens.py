"""The keys and tokens of the test's project: JWTs of one secret, as Supabase makes them."""

from __future__ import annotations

import time
import uuid
from typing import Any

import jwt

SECRET = "a secret of at least thirty-two bytes, of a test and nobody else"
ALGORITHM = "HS256"


class Refused(Exception):
    """A token that is none, in PostgREST's words."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def key(role: str) -> str:
    """The project's key for "anon" or "service_role"."""
    return jwt.encode({"iss": "supabase", "role": role, "exp": int(time.time()) + 10**8}, SECRET, ALGORITHM)


def access_token(user_id: str, lifetime_s: float = 3600, secret: str = SECRET) -> str:
    """What somebody who signed in shows."""
    claims = {"sub": user_id, "role": "authenticated", "aud": "authenticated", "session_id": str(uuid.uuid4())}
    return jwt.encode({**claims, "exp": int(time.time() + lifetime_s)}, secret, ALGORITHM)


def that_hold_no_longer(user_id: str) -> dict[str, str]:
    """What somebody may show who is not, or no longer, signed in as this user."""
    unsigned = {"sub": user_id, "role": "authenticated", "aud": "authenticated", "exp": int(time.time() + 3600)}
    return {
        "expired": access_token(user_id, lifetime_s=-1),
        "signed by somebody else": access_token(user_id, secret="another secret of at least thirty-two bytes"),
        "unsigned": jwt.encode(unsigned, "", algorithm="none"),
        "no token": "x",
    }


def claims_of(authorization: str) -> dict[str, Any]:
    """Who asks; nobody's name is "anon". Raises Refused."""
    scheme, _, token = authorization.partition(" ")
    if not token:
        return {"role": "anon"}
    try:
        claims: dict[str, Any] = jwt.decode(token, SECRET, [ALGORITHM], options={"verify_aud": False})
    except jwt.ExpiredSignatureError:
        raise Refused("PGRST303", "JWT expired") from None
    except jwt.InvalidTokenError as error:
        raise Refused("PGRST301", str(error)) from None
    if scheme.lower() != "bearer" or claims.get("role") not in {"anon", "authenticated", "service_role"}:
        raise Refused("PGRST301", "no such role")
    return claims
