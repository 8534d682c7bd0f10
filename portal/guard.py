"""What stands before every page: security headers, a limit to how fast one visitor can post, whose form it is."""

import secrets
import time
from collections import defaultdict, deque

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

import settings

COOKIE = "po_portal"
FORM_COOKIE = "po_portal_form"  # double-submit token: a page of another site can neither read nor set it
SECURE = settings.PORTAL_URL.startswith("https:")
POSTS_A_MINUTE = {True: 240, False: 30}  # with a session, by its cookie; without one, by address
HEADERS = [
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; "
        b"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
]


class Guard:
    """ASGI middleware; forgets a visitor's posts after a minute."""

    def __init__(self, app: ASGIApp):
        self.app = app
        self.posts: dict[str, deque[float]] = defaultdict(deque)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def send_with_headers(message):
            if message["type"] == "http.response.start":
                present = {name for name, _ in message.get("headers", [])}
                message["headers"] = [*message.get("headers", []), *(h for h in HEADERS if h[0] not in present)]
            await send(message)

        if scope["method"] == "POST" and self._too_fast(Request(scope)):
            too_fast = PlainTextResponse("Too many tries. Please wait a minute. / Espere un minuto, por favor.", 429)
            return await too_fast(scope, receive, send_with_headers)
        return await self.app(scope, receive, send_with_headers)

    def _too_fast(self, request: Request) -> bool:
        cookie = request.cookies.get(COOKIE)
        who = cookie or (request.client.host if request.client else "")
        now, posts = time.monotonic(), self.posts[who]
        while posts and posts[0] < now - 60:
            posts.popleft()
        posts.append(now)
        if len(self.posts) > 20_000:
            self.posts.clear()
        return len(posts) > POSTS_A_MINUTE[cookie is not None]


def form_token(request: Request) -> str:
    return request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(16)


def is_our_own(request: Request, form: dict[str, str]) -> bool:
    """The browser's own word, and a token that only we could set."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    expected = request.cookies.get(FORM_COOKIE, "")
    return bool(expected) and secrets.compare_digest(expected.encode(), form.get("token", "").encode())
