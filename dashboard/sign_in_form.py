"""The sign-in form and the choice of role: ordinary HTML, so that a password never passes a Streamlit widget."""

import secrets
from datetime import datetime
from pathlib import Path

import streamlit as st
from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

import settings
from care.access import Viewer
from care.sign_in import (
    LONGEST,
    Login,
    SessionEnded,
    SignInRefused,
    authenticate,
    other_logins,
    sign_out,
    start_session,
    viewer_behind,
)
from dashboard.clock import now
from dashboard.session import COOKIE

FORM_COOKIE = "po_form"  # double-submit token: a page of another site can neither read nor set it
# The font that Streamlit bundles and every other page shows; its file name carries a hash of its content.
FONT = next(Path(st.__file__).parent.glob("static/static/media/SourceSansVF-Upright*.woff2")).name
SECURE = settings.STAFF_URL.startswith("https:")
_templates = Environment(
    loader=FileSystemLoader(settings.ROOT / "dashboard" / "templates"), autoescape=select_autoescape()
)


def show_sign_in(request: Request) -> Response:
    """GET /sign-in"""
    return _form(request, "sign_in.html", reason="")


def take_sign_in(request: Request, form: dict[str, str]) -> Response:
    """POST /sign-in: a session and its cookie, or the form again with the reason."""
    email = form.get("email", "")
    if not _is_our_own(request, form):
        return _form(request, "sign_in.html", reason="The form was too old. Please try again.", email=email, status=403)
    try:
        logins = authenticate(email, form.get("password", ""), now())
    except SignInRefused as refused:
        return _form(request, "sign_in.html", reason=str(refused), email=email, status=401)
    return _enter(logins[0])


def show_roles(request: Request) -> Response:
    """GET /roles: the same person's other memberships."""
    viewer = _viewer(request)
    if viewer is None:
        return RedirectResponse("/sign-in", 303)
    return _form(request, "roles.html", viewer=viewer, logins=other_logins(viewer))


def take_role(request: Request, form: dict[str, str]) -> Response:
    """POST /roles: changing membership is a new session; the old one ends."""
    viewer = _viewer(request)
    if viewer is None or not _is_our_own(request, form):
        return RedirectResponse("/sign-in", 303)
    for login in other_logins(viewer):
        if str(login.membership_id) == form.get("membership"):
            sign_out(viewer, now())
            return _enter(login, until=viewer.expires_at)
    return RedirectResponse("/roles", 303)


def _viewer(request: Request) -> Viewer | None:
    try:
        return viewer_behind(request.cookies.get(COOKIE), now())
    except SessionEnded:
        return None


def _enter(login: Login, until: datetime | None = None) -> Response:
    response = RedirectResponse("/", 303)
    session_token = start_session(login, now(), until)
    response.set_cookie(
        COOKIE, session_token, int(LONGEST.total_seconds()), httponly=True, samesite="lax", secure=SECURE
    )
    return response


def _is_our_own(request: Request, form: dict[str, str]) -> bool:
    """Streamlit's XSRF check does not cover our routes: the browser's own word and a token that only we could set."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    expected = request.cookies.get(FORM_COOKIE, "")
    return bool(expected) and secrets.compare_digest(expected.encode(), form.get("token", "").encode())


def _form(request: Request, template: str, *, status: int = 200, **words: object) -> Response:
    form_token = request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(16)
    page = _templates.get_template(template).render(
        token=form_token, font=FONT, light=_colours("light"), dark=_colours("dark"), **words
    )
    response = HTMLResponse(page, status)
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self'; font-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers["Cache-Control"] = "no-store"
    response.set_cookie(FORM_COOKIE, form_token, httponly=True, samesite="strict", secure=SECURE)
    return response


def _colours(theme: str) -> dict[str, str]:
    """The palette's one home is .streamlit/config.toml."""
    names = ("backgroundColor", "secondaryBackgroundColor", "textColor", "grayTextColor", "borderColor", "primaryColor",
             "redTextColor", "redBackgroundColor")  # fmt: skip
    return {name: st.get_option(f"theme.{theme}.{name}") for name in names}
