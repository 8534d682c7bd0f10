"""One question at a time, saved as it is answered, sent once."""

import secrets
from uuid import UUID

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from care.links import Visitor, visiting
from care.verbs.answer import submit
from care.verbs.draft import AnswerRefused, Refusal, save_answer
from pathways.asking import Question, open_surveys, questions
from portal.chart import own_chart
from portal.entry import now, visited
from portal.guard import COOKIE, is_our_own
from portal.rendering import language_of, page


@visited
def show_home(request: Request, session: Session, visitor: Visitor) -> Response:
    """GET /: what is due, and the way to everything else."""
    asked = _questions(session, visitor)
    answered = sum(each.answer is not None for each in asked)
    chart = own_chart(session, visitor.episode_id)
    words = {"visitor": visitor, "asked": len(asked), "answered": answered, "chart": chart}
    return page(request, "home.html", language_of(request, visitor.language), **words)


@visited
def show_question(request: Request, session: Session, visitor: Visitor) -> Response:
    """GET /q/<number>; /q leads to the first one without an answer."""
    asked = _questions(session, visitor)
    number = request.path_params.get("number")
    if not asked:
        return RedirectResponse("/", 303)
    if number is None:
        return RedirectResponse(f"/q/{_first_open(asked)}", 303)
    if number > len(asked) or number < 1:
        return RedirectResponse("/ready", 303)
    return _question(request, visitor, asked, number)


@visited
def take_answer(request: Request, session: Session, visitor: Visitor, form: dict[str, str]) -> Response:
    """POST /q/<number>: save, then the next question. ``go`` = next, skip, or stop."""
    number = request.path_params["number"]
    if not is_our_own(request, form):
        return RedirectResponse(f"/q/{number}", 303)
    go = form.get("go", "next")
    given = form.get("answer") if go != "skip" else "skipped"
    if given is not None:
        _save(request, session, visitor, form, given)
    if go == "stop":
        return RedirectResponse("/", 303)
    if given is None:
        asked = _questions(session, visitor)
        if 1 <= number <= len(asked):
            return _question(request, visitor, asked, number, missing=True)
    return RedirectResponse(f"/q/{number + 1}", 303)


def take_saved(request: Request, form: dict[str, str]) -> Response:
    """POST /save: the same answer as it is chosen, from the small script; 204, 409 if it was refused."""
    try:
        with visiting(request.cookies.get(COOKIE), now()) as (_way, session, visitor):
            if visitor is None or not is_our_own(request, form):
                return Response(status_code=403)
            _save(request, session, visitor, form, form.get("answer", ""))
    except AnswerRefused:
        return Response(status_code=409)
    return Response(status_code=204)


@visited
def show_ready(request: Request, session: Session, visitor: Visitor) -> Response:
    """GET /ready: the last look before sending."""
    asked = _questions(session, visitor)
    if not asked:
        return RedirectResponse("/", 303)
    language = language_of(request, visitor.language)
    unanswered = sum(each.answer is None for each in asked)
    return page(request, "ready.html", language, open=unanswered, last=len(asked), warning=any(map(_warns, asked)))


@visited
def take_send(request: Request, session: Session, visitor: Visitor, form: dict[str, str]) -> Response:
    """POST /send: every draft with an answer becomes a response, once; sending again changes nothing."""
    if is_our_own(request, form):
        surveys = open_surveys(session, visitor.patient_id, now())
        answered = [survey.sending for survey in surveys if survey.answers]
        if surveys and not answered:
            return RedirectResponse("/ready", 303)
        submit(session, answered, now())
    return RedirectResponse("/thanks", 303)


@visited
def show_thanks(request: Request, session: Session, visitor: Visitor) -> Response:
    """GET /thanks: the sentence, the picture, the emergency line. No promise that nobody has made."""
    chart = own_chart(session, visitor.episode_id)
    return page(request, "thanks.html", language_of(request, visitor.language), visitor=visitor, chart=chart)


def _question(
    request: Request, visitor: Visitor, asked: list[Question], number: int, missing: bool = False
) -> Response:
    question = asked[number - 1]
    item = question.item
    span = range(int(item.low), int(item.high) + 1)
    choices = item.answers or tuple((float(value), str(value)) for value in span)
    return page(
        request,
        "question.html",
        language_of(request, visitor.language),
        422 if missing else 200,
        number=number,
        total=len(asked),
        question=question,
        choices=choices,
        is_scale=not item.answers,
        ends=_ends(question) if not item.answers else None,
        key=secrets.token_urlsafe(12),
        missing=missing,
        visitor=visitor,
    )


def _warns(question: Question) -> bool:
    """Whether the answer is one that a person must see today."""
    safety, answer = question.item.safety, question.answer
    return safety is not None and isinstance(answer, int | float) and safety.holds(answer)


def _ends(question: Question) -> tuple[str, str]:
    """What the two ends of a row of numbers mean; without a best end, the plain words."""
    if question.survey.instrument.key == "nprs":
        return "no pain", "worst pain"
    return {"low": ("best", "worst"), "high": ("worst", "best")}.get(question.item.best, ("least", "most"))


def _save(request: Request, session: Session, visitor: Visitor, form: dict[str, str], given: str) -> None:
    try:
        survey = UUID(form.get("survey", ""))
        value = given if given == "skipped" else float(given)
    except ValueError:
        raise AnswerRefused(Refusal.NO_SUCH_ANSWER) from None
    key = f"{form.get('key', '')}:{given}"
    save_answer(session, survey, form.get("item", ""), value, key, language_of(request, visitor.language), now())


def _questions(session: Session, visitor: Visitor) -> list[Question]:
    return questions(open_surveys(session, visitor.patient_id, now()))


def _first_open(asked: list[Question]) -> int:
    return next((place for place, each in enumerate(asked, 1) if each.answer is None), len(asked) + 1)
