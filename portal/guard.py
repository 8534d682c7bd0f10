"""What stands before every page: security headers, a limit to how fast one visitor can post, whose form it is."""

import secrets
import time

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

import settings
from portal.pace import Pace

COOKIE = "po_portal"
FORM_COOKIE = "po_portal_form"  # double-submit token: a page of another site can neither read nor set it
SECURE = settings.PORTAL_URL.startswith("https:")
POSTS_A_MINUTE = 240  # of one session, by its cookie
# By address, whatever cookie comes along: a made-up cookie buys no further try. A waiting room shares one address.
ENTRY_POSTS_A_MINUTE = 60
ENTRY = ("/l/", "/again", "/thread/password")
HEADERS = [
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; "
        b"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
]
# A page may name a patient; style and script say nothing, and their address changes with their content.
CACHE = {True: (b"cache-control", b"public, max-age=31536000, immutable"), False: (b"cache-control", b"no-store")}


class Guard:
    """ASGI middleware around every page."""

    def __init__(self, app: ASGIApp):
        self.app = app
        self.pace = Pace()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def send_with_headers(message):
            if message["type"] == "http.response.start":
                present = {name for name, _ in message.get("headers", [])}
                ours = [*HEADERS, CACHE[message["status"] == 200 and scope["path"].startswith("/static/")]]
                message["headers"] = [*message.get("headers", []), *(each for each in ours if each[0] not in present)]
            await send(message)

        if scope["method"] == "POST" and self._too_fast(Request(scope)):
            too_fast = PlainTextResponse("Too many tries. Please wait a minute. / Espere un minuto, por favor.", 429)
            return await too_fast(scope, receive, send_with_headers)
        return await self.app(scope, receive, send_with_headers)

    def _too_fast(self, request: Request) -> bool:
        cookie = request.cookies.get(COOKIE)
        if cookie and not request.url.path.startswith(ENTRY):
            return self.pace.is_too_fast(f"session {cookie}", POSTS_A_MINUTE, time.monotonic())
        address = request.client.host if request.client else ""
        return self.pace.is_too_fast(f"address {address}", ENTRY_POSTS_A_MINUTE, time.monotonic())


def form_token(request: Request) -> str:
    return request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(16)


def is_our_own(request: Request, form: dict[str, str]) -> bool:
    """The browser's own word, and a token that only we could set."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    expected = request.cookies.get(FORM_COOKIE, "")
    return bool(expected) and secrets.compare_digest(expected.encode(), form.get("token", "").encode())
