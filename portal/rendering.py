"""A template in the visitor's language, with the cookies every page needs."""

import hashlib
from datetime import UTC, datetime
from functools import partial

from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

import settings
from portal.guard import FORM_COOKIE, SECURE, form_token
from portal.words import LANGUAGES, catalogue, short_date

_templates = Environment(
    loader=FileSystemLoader(settings.ROOT / "portal" / "templates"),
    autoescape=select_autoescape(),
    extensions=["jinja2.ext.i18n"],
    trim_blocks=True,
    lstrip_blocks=True,
)

_STATIC = settings.ROOT / "portal" / "static"
_version = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(_STATIC.iterdir()))).hexdigest()[:12]


def language_of(request: Request, usual: str | None = None) -> str:
    """The language chosen on this browser, else the patient's, else the browser's."""
    accepted = request.headers.get("accept-language", "")[:2]
    for wanted in (request.cookies.get("po_portal_language"), usual, accepted):
        if wanted in LANGUAGES:
            return wanted
    return "en"


def page(request: Request, template: str, language: str, status: int = 200, **words: object) -> Response:
    """HTML in a language; ``words`` are the template's."""
    token = form_token(request)
    texts = catalogue(language)
    html = _templates.get_template(template).render(
        _=texts.gettext,
        gettext=texts.gettext,
        short_date=partial(short_date, language=language, today=datetime.now(UTC).date()),
        language=language,
        languages=LANGUAGES,
        token=token,
        version=_version,
        **({"back": request.url.path} | words),  # where a change of language leads
    )
    response = HTMLResponse(html, status)
    response.set_cookie(FORM_COOKIE, token, httponly=True, samesite="strict", secure=SECURE)
    return response
