"""The way in: a link, the date of birth, the session's cookie."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import wraps

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from care.links import Way, ask_for_new_link, leave, open_link, visiting, visitor_behind, way_of_link
from care.verbs.draft import AnswerRefused
from portal.guard import COOKIE, SECURE, is_our_own
from portal.rendering import language_of, page
from portal.words import LANGUAGES

A_YEAR = 365 * 24 * 3600
OWN_PATH = re.compile(r"/(?:[\w-]+/?)*", re.ASCII)  # no “//” and no “/\\”: both lead to another site


def now() -> datetime:
    """The one place where the portal asks what time it is; a phone's clock is never asked."""
    return datetime.now(UTC)


def show_link(request: Request) -> Response:
    """GET /l/<secret>: a form, or why there is none; nothing is consumed."""
    token = request.path_params["token"]
    way = way_of_link(token, request.cookies.get(COOKIE), now())
    return RedirectResponse("/", 303) if way is Way.OPEN else _entry(request, way, f"/l/{token}")


def take_link(request: Request, form: dict[str, str]) -> Response:
    """POST /l/<secret>: the date of birth."""
    return _take(request, form, request.path_params["token"], f"/l/{request.path_params['token']}")


def take_again(request: Request, form: dict[str, str]) -> Response:
    """POST /again: the date once more on the same browser, after half an hour."""
    return _take(request, form, request.cookies.get(COOKIE, ""), "/again")


def take_ask(request: Request, form: dict[str, str]) -> Response:
    """POST /l/<secret>/ask: staff see that a new link is wanted."""
    if is_our_own(request, form):
        ask_for_new_link(request.path_params["token"], now())
    return page(request, "message.html", language_of(request), says="asked", back="/")


def take_language(request: Request, form: dict[str, str]) -> Response:
    """POST /language"""
    back = form.get("back", "")
    response = RedirectResponse(back if OWN_PATH.fullmatch(back) else "/", 303)
    if form.get("language") in LANGUAGES and is_our_own(request, form):
        response.set_cookie(
            "po_portal_language", form["language"], A_YEAR, httponly=True, samesite="lax", secure=SECURE
        )
    return response


def take_leave(request: Request, form: dict[str, str]) -> Response:
    """POST /leave"""
    _, visitor = visitor_behind(request.cookies.get(COOKIE), now())
    if visitor and is_our_own(request, form):
        leave(visitor, now())
    return page(request, "message.html", language_of(request), says="left", back="/")


def visited(show: Callable[..., Response]) -> Callable[..., Response]:
    """
    Hand a page (request, session, visitor, form of a POST) who is on this browser; without a visitor show the way in.

    The session is one transaction inside the visitor's wall, committed before the answer leaves; of an answer that is
    refused nothing is kept.
    """

    @wraps(show)
    def endpoint(request: Request, *form: dict[str, str]) -> Response:
        visitor = None
        try:
            with visiting(request.cookies.get(COOKIE), now()) as (way, session, visitor):
                return show(request, session, visitor, *form) if visitor else _entry(request, way, "/again")
        except AnswerRefused as refused:
            says = refused.why.name.lower()
            return page(request, "message.html", language_of(request, visitor.language), 409, says=says, back="/")

    return endpoint


def _take(request: Request, form: dict[str, str], secret: str, action: str) -> Response:
    if not is_our_own(request, form):
        return _entry(request, Way.ASK_DATE, action, wrong="form", status=403)
    way, cookie = open_link(secret, request.cookies.get(COOKIE), _date(form), now())
    if way is not Way.OPEN:
        return _entry(request, way, action, wrong="date")
    response = RedirectResponse("/", 303)
    response.set_cookie(COOKIE, cookie, httponly=True, samesite="lax", secure=SECURE)
    return response


def _date(form: dict[str, str]) -> date | None:
    try:
        return date(*(int(form.get(part, "")) for part in ("year", "month", "day")))
    except (ValueError, OverflowError):
        return None


def _entry(request: Request, way: Way, action: str, wrong: str = "", status: int = 200) -> Response:
    if way is Way.ASK_DATE:
        return page(
            request, "date.html", language_of(request), status, action=action, wrong=wrong, back=_without_again(action)
        )
    status = 404 if way is Way.UNKNOWN else 410
    ask = f"{action}/ask" if way in (Way.USED, Way.EXPIRED, Way.KILLED) and action.startswith("/l/") else ""
    words = {"says": way.name.lower(), "ask": ask, "back": _without_again(action)}
    return page(request, "message.html", language_of(request), status, **words)


def _without_again(action: str) -> str:
    """The page that shows the form of an action: ``/again`` is only ever posted to."""
    return "/" if action == "/again" else action
