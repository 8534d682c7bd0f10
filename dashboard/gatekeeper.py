"""Sends a browser without a live session to the sign-in form before any of the app is loaded."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from care.sign_in import SessionEnded, viewer_behind
from dashboard.clock import now
from dashboard.session import COOKIE

OPEN_PATHS = ("/sign-in", "/healthz", "/static/", "/_stcore/", "/component/", "/media/", "/favicon")
# Nothing of ours takes a file, and how busy the process is concerns nobody outside.
CLOSED_PATHS = ("/_stcore/upload_file", "/_stcore/metrics", "/_stcore/agent")
HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
]


class Gatekeeper:
    """
    ASGI middleware: page addresses need a session, and every answer carries the security headers.

    A convenience and a second wall, not the wall: each script run asks the store again.
    """

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def send_with_headers(message):
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *HEADERS]
            await send(message)

        if scope["path"].startswith(CLOSED_PATHS):
            return await PlainTextResponse("Nothing here.", 404)(scope, receive, send_with_headers)
        if await self._must_sign_in(Request(scope)):
            return await RedirectResponse("/sign-in", 303)(scope, receive, send_with_headers)
        return await self.app(scope, receive, send_with_headers)

    async def _must_sign_in(self, request: Request) -> bool:
        if request.method != "GET" or request.url.path.startswith(OPEN_PATHS):
            return False
        if "text/html" not in request.headers.get("accept", ""):
            return False
        try:
            await run_in_threadpool(viewer_behind, request.cookies.get(COOKIE), now())
        except SessionEnded:
            return True
        return False
