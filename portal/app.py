"""The portal's addresses. Started with ``python -m portal``."""

import logging

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

import settings
from portal import daily, entry, history, survey
from portal.guard import Guard
from portal.rendering import language_of, page

LARGEST_FORM = 100_000  # bytes; a message of 4,000 characters, each percent-encoded

log = logging.getLogger(__name__)


def _posted(take):
    async def endpoint(request: Request) -> Response:
        if int(request.headers.get("content-length") or LARGEST_FORM + 1) > LARGEST_FORM:
            return PlainTextResponse("This is too long. / Es demasiado largo.", 413)
        async with request.form(max_files=0, max_fields=20) as form:
            fields = {key: value for key, value in form.items() if isinstance(value, str)}
        return await run_in_threadpool(take, request, fields)

    return endpoint


def healthz(_request: Request) -> Response:
    """200 once it serves; says nothing about anybody."""
    return PlainTextResponse("ready")


def not_found(request: Request, _error: Exception) -> Response:
    return page(request, "message.html", language_of(request), 404, says="unknown")


def failed(request: Request, _error: Exception) -> Response:
    return page(request, "message.html", language_of(request), 500, says="failed")


def _both(path: str, show, take) -> list[Route]:
    return [Route(path, show, methods=["GET"]), Route(path, _posted(take), methods=["POST"])]


app = Starlette(
    routes=[
        Route("/", survey.show_home),
        *_both("/l/{token}", entry.show_link, entry.take_link),
        Route("/l/{token}/ask", _posted(entry.take_ask), methods=["POST"]),
        Route("/again", _posted(entry.take_again), methods=["POST"]),
        Route("/language", _posted(entry.take_language), methods=["POST"]),
        Route("/leave", _posted(entry.take_leave), methods=["POST"]),
        Route("/q", survey.show_question),
        *_both("/q/{number:int}", survey.show_question, survey.take_answer),
        Route("/save", _posted(survey.take_saved), methods=["POST"]),
        Route("/ready", survey.show_ready),
        Route("/send", _posted(survey.take_send), methods=["POST"]),
        Route("/thanks", survey.show_thanks),
        *_both("/exercises", daily.show_exercises, daily.take_exercise),
        *_both("/thread", daily.show_thread, daily.take_message),
        Route("/thread/password", _posted(daily.take_password), methods=["POST"]),
        Route("/history", history.show_history),
        Route("/history/{response:uuid}", history.show_sent),
        Route("/healthz", healthz),
        Mount("/static", StaticFiles(directory=settings.ROOT / "portal" / "static")),
    ],
    middleware=[Middleware(Guard)],
    exception_handlers={404: not_found, 405: not_found, 500: failed},
)
