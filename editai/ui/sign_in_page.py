"""The pages on which somebody signs in, as plain HTML: they work without JavaScript, by keyboard, on any screen."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from html import escape

from editai.bundled import ASSETS
from editai.errors import EditaiError

FONTS = tuple(f"/static/fonts/IBMPlexSans/IBMPlexSans-{weight}.woff2" for weight in ("Regular", "Bold"))
"""What the pages load besides themselves."""

MARK = """<svg viewBox="0 0 40 40" width="52" height="52" aria-hidden="true">
<rect width="40" height="40" rx="11" fill="#147863"/>
<rect x="12" y="7" width="16" height="26" rx="4" fill="none" stroke="#fff" stroke-width="2.4"/>
<path d="M18 15.2v7.6l6-3.8z" fill="#fff"/><path d="M15.8 28h8.4" stroke="#fff" stroke-width="2.4"/></svg>"""


@dataclass(frozen=True)
class Form:
    """One of the pages: where it is sent, what it says, whether it asks for a password and how a browser fills it."""

    path: str
    heading: str
    lead: str
    button: str
    links: tuple[tuple[str, str], ...]
    """(path, text)."""
    password: str = ""
    """The browser's name for what is typed there; "" where none is asked for."""
    email: bool = True


SIGN_IN = Form(
    "/sign-in",
    "Sign in",
    "Your stores are the same on every computer where you sign in.",
    "Sign in",
    (("/sign-up", "Create an account"), ("/reset-password", "Forgot your password?")),
    "current-password",
)
SIGN_UP = Form(
    "/sign-up",
    "Create an account",
    "It is kept in your Supabase project, and nowhere else.",
    "Create the account",
    (("/sign-in", "I have an account"),),
    "new-password",
)
RESET = Form(
    "/reset-password",
    "Forgot your password?",
    "Type your e-mail address, and you get a link to choose a new password.",
    "Send the link",
    (("/sign-in", "Back to sign in"),),
)
NEW_PASSWORD = Form(
    "/new-password",
    "Choose a new password",
    "Then sign in with it.",
    "Keep it",
    (("/reset-password", "Send another link"), ("/sign-in", "Back to sign in")),
    "new-password",
    email=False,
)
FORMS = {form.path: form for form in (SIGN_IN, SIGN_UP, RESET, NEW_PASSWORD)}

FROM_LINK = """<script>
const link = new URLSearchParams(location.hash.slice(1)), field = document.getElementById("token")
if (field) { field.value ||= link.get("access_token") ?? ""; history.replaceState(null, "", location.pathname) }
else if (link.get("type") === "recovery") location.replace("/new-password" + location.hash)
</script>"""
"""The link of an e-mail leads here by way of the project, which puts the token where only a script can read it."""


def draw(form: Form, email: str = "", error: EditaiError | None = None, said: str = "", token: str = "") -> str:
    """The page: with what was typed before, what went wrong, or what was done. `token` is that of a link."""
    told = ""
    if error is not None:
        told = f'<div class="told error" role="alert"><b>{escape(error.message)}</b> {escape(error.hint)}</div>'
    elif said:
        told = f'<div class="told" role="status">{escape(said)}</div>'
    fields = _email(email, focused=not email) if form.email else ""
    fields += _password(form.password, focused=bool(email)) if form.password else ""
    if form is NEW_PASSWORD:
        fields += f'<input id="token" name="token" type="hidden" value="{escape(token)}">'
    links = "".join(f'<a href="{path}">{escape(text)}</a>' for path, text in form.links)
    return _whole(
        form.heading,
        f"{told}<form method='post' action='{form.path}'>{fields}<button>{escape(form.button)}</button></form>"
        f"<nav>{links}</nav>{FROM_LINK if form in (SIGN_IN, NEW_PASSWORD) else ''}",
        form.lead,
    )


def again() -> str:
    """A page that asks for itself once more: this time the request is our own, and the browser sends the ticket."""
    return (
        "<!doctype html><title>EditAI</title><script>location.replace('/' + location.hash)</script>"
        '<noscript><meta http-equiv="refresh" content="0; url=/"></noscript><a href="/">EditAI</a>'
    )


def _email(value: str, focused: bool) -> str:
    return (
        f'<label for="email">E-mail</label><input id="email" name="email" type="email" required maxlength="320" '
        f'autocomplete="username" inputmode="email" autocapitalize="none" spellcheck="false" '
        f'value="{escape(value)}"{" autofocus" * focused}>'
    )


def _password(kind: str, focused: bool) -> str:
    return (
        '<label for="password">Password</label>'
        f'<input id="password" name="password" type="password" required maxlength="1000" autocomplete="{kind}"'
        f"{' autofocus' * focused}>"
    )


def _whole(heading: str, body: str, lead: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(heading)} · EditAI</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><link rel="icon" href="/favicon.ico">'
        f"<style>{_style()}</style></head><body><main><header>{MARK}<p>EditAI</p></header>"
        f'<section><h1>{escape(heading)}</h1><p class="lead">{escape(lead)}</p>{body}</section>'
        "</main></body></html>"
    )


@cache
def _style() -> str:
    return (ASSETS / "sign_in.css").read_text("utf-8")
