"""Between surveys: the exercise log, the conversation."""

from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from care.errors import CareError
from care.links import Visitor
from care.models import Enrollment, ExerciseSession
from care.models.event import Direction, ExerciseState
from care.verbs.thread import (
    check_password,
    exercises_of,
    has_password,
    read_thread,
    report_exercise,
    set_password,
    write_to_team,
)
from pathways.pathway import Pathway
from pathways.published import find_pathway
from portal.entry import now, visited
from portal.guard import is_our_own
from portal.rendering import language_of, page


@visited
def show_exercises(request: Request, session: Session, visitor: Visitor) -> Response:
    """GET /exercises: what today asks, each with done, partly, not today."""
    language, today = language_of(request, visitor.language), _today(visitor)
    pathway = pathway_of(session, visitor)
    names = {each.key: each for each in pathway.exercises} if pathway else {}
    said = {
        (each.episode_id, each.exercise): each
        for each in session.scalars(
            select(ExerciseSession).where(
                ExerciseSession.patient_id == visitor.patient_id, ExerciseSession.local_date == today
            )
        )
    }
    rows = [
        (each, names.get(each.exercise), said.get((each.episode_id, each.exercise)))
        for each in exercises_of(session, visitor, today)
    ]
    reasons = pathway.not_today_reasons if pathway else {}
    return page(request, "exercises.html", language, rows=rows, reasons=reasons, states=ExerciseState)


@visited
def take_exercise(request: Request, session: Session, visitor: Visitor, form: dict[str, str]) -> Response:
    """POST /exercises: one report; another patient's prescription is not found."""
    language, today = language_of(request, visitor.language), _today(visitor)
    pathway = pathway_of(session, visitor)
    asked = {str(each.id): each for each in exercises_of(session, visitor, today)}
    prescription = asked.get(form.get("prescription", ""))
    state, pain, reason = form.get("state"), form.get("pain", ""), form.get("reason")
    known = pathway and reason in pathway.not_today_reasons
    wrong = prescription is None or state not in list(ExerciseState) or (pain and not pain.isascii())
    if wrong or (pain and (not pain.isdecimal() or int(pain) > 10)):
        return page(request, "message.html", language, 404, says="no_such_answer")
    if is_our_own(request, form):
        level = int(pain) if pain else None
        report_exercise(
            session, visitor, prescription, today, ExerciseState(state), reason if known else None, level, now()
        )
    return RedirectResponse("/exercises", 303)


@visited
def show_thread(request: Request, session: Session, visitor: Visitor) -> Response:
    """GET /thread: behind the patient's own password."""
    return _thread(request, session, visitor)


@visited
def take_message(request: Request, session: Session, visitor: Visitor, form: dict[str, str]) -> Response:
    """POST /thread"""
    if visitor.thread_open and is_our_own(request, form):
        try:
            write_to_team(session, visitor, form.get("body", ""), now())
        except CareError:
            return _thread(request, session, visitor, wrong=True, text=form.get("body", "")[:20_000], status=422)
    return RedirectResponse("/thread", 303)


@visited
def take_password(request: Request, session: Session, visitor: Visitor, form: dict[str, str]) -> Response:
    """POST /thread/password: the first one is set, later ones are checked."""
    if not is_our_own(request, form):
        return RedirectResponse("/thread", 303)
    take = check_password if has_password(session, visitor) else set_password
    right = take(session, visitor, form.get("password", "")[:200], now())
    return RedirectResponse("/thread", 303) if right else _thread(request, session, visitor, wrong=True, status=422)


def _thread(
    request: Request, session: Session, visitor: Visitor, wrong: bool = False, text: str = "", status: int = 200
) -> Response:
    language = language_of(request, visitor.language)
    if not visitor.thread_open:
        is_set = has_password(session, visitor)
        return page(request, "password.html", language, status, is_set=is_set, wrong=wrong, back="/thread")
    lines = read_thread(session, visitor, now())
    zone = ZoneInfo(visitor.zone)
    words = {"lines": lines, "zone": zone, "mine": Direction.FROM_PATIENT, "wrong": wrong, "text": text}
    return page(request, "thread.html", language, status, **words)


def pathway_of(session: Session, visitor: Visitor) -> Pathway | None:
    """The pathway the patient was enrolled on last."""
    reference = session.scalar(
        select(Enrollment.pathway)
        .where(Enrollment.episode_id == visitor.episode_id)
        .order_by(Enrollment.enrolled_at.desc())
        .limit(1)
    )
    return find_pathway(session, reference) if reference else None


def _today(visitor: Visitor):
    return now().astimezone(ZoneInfo(visitor.zone)).date()
