"""The staff web server: Streamlit plus our own few routes. Started with ``streamlit run dashboard/server.py``."""

import logging

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

import settings
from dashboard import sign_in_form
from dashboard.gatekeeper import Gatekeeper
from dashboard.health import not_ready

LARGEST_FORM = 10_000  # bytes; an address, a password and a token

log = logging.getLogger(__name__)


def _page(show):
    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(show, request)

    return endpoint


def _posted(take):
    async def endpoint(request: Request) -> Response:
        if int(request.headers.get("content-length") or LARGEST_FORM + 1) > LARGEST_FORM:
            return PlainTextResponse("This form is too large.", 413)
        async with request.form(max_files=0, max_fields=10) as form:
            fields = {key: value for key, value in form.items() if isinstance(value, str)}
        return await run_in_threadpool(take, request, fields)

    return endpoint


async def healthz(_request: Request) -> Response:
    """200 once web, database, migrations and the first ETL are ready; says nothing about anybody."""
    reason = await run_in_threadpool(not_ready)
    return PlainTextResponse(reason or "ready", 503 if reason else 200)


def report(error: Exception) -> bool:
    """An error's trace is for the log; the person sees a sentence and none of the values in it."""
    log.error("A page failed", exc_info=error)
    st.error(
        "This page could not be shown: something failed on our side. Nothing you saved is lost. "
        "Reload the page; if it happens again, tell your administrator the time."
    )
    return True


app = st.App(
    settings.ROOT / "dashboard" / "app.py",
    routes=[
        Route("/sign-in", _page(sign_in_form.show_sign_in), methods=["GET"]),
        Route("/sign-in", _posted(sign_in_form.take_sign_in), methods=["POST"]),
        Route("/roles", _page(sign_in_form.show_roles), methods=["GET"]),
        Route("/roles", _posted(sign_in_form.take_role), methods=["POST"]),
        Route("/healthz", healthz, methods=["GET"]),
    ],
    middleware=[Middleware(Gatekeeper)],
    on_script_error=report,
)
