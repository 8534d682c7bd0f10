"""What the patient has sent so far: questionnaires with their answers, exercises done."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from care.instruments import find_instrument
from care.links import Visitor
from care.models import ExerciseSession, SurveyResponse
from care.models.event import ExerciseState
from portal.daily import pathway_of
from portal.entry import visited
from portal.rendering import language_of, page
from scoring.instrument import Instrument

NEWEST = 30  # of each list: a page stays small on a slow line
STATES = {ExerciseState.DONE: "Done", ExerciseState.PARTLY: "Partly", ExerciseState.NOT_TODAY: "Not today"}


@visited
def show_history(request: Request, session: Session, visitor: Visitor) -> Response:
    """GET /history: when which questionnaire was sent, which exercise was done."""
    language = language_of(request, visitor.language)
    responses = session.scalars(
        select(SurveyResponse)
        .where(SurveyResponse.patient_id == visitor.patient_id)
        .order_by(SurveyResponse.completed_at.desc(), SurveyResponse.id)
        .limit(NEWEST)
    ).all()
    sent = [(each.id, each.local_date, find_instrument(session, each.instrument).title) for each in responses]
    done = _exercises(session, visitor, language)
    return page(request, "history.html", language, sent=sent, done=done)


@visited
def show_sent(request: Request, session: Session, visitor: Visitor) -> Response:
    """GET /history/<response>: the answers as they were given; anybody else's response is not found."""
    language = language_of(request, visitor.language)
    response_id: UUID = request.path_params["response"]
    response = session.scalar(
        select(SurveyResponse).where(SurveyResponse.id == response_id, SurveyResponse.patient_id == visitor.patient_id)
    )
    if response is None:
        return page(request, "message.html", language, 404, says="no_such_survey")
    instrument = find_instrument(session, response.instrument)
    lines, day = _lines(instrument, response.answers), response.local_date
    return page(request, "sent.html", language, id=response_id, title=instrument.title, day=day, lines=lines)


def _lines(instrument: Instrument, answers: dict) -> list[tuple[str, str]]:
    """(question, answer) in our own words; an item without a number was skipped."""
    return [
        (item.question or item.label, _words(dict(item.answers), answers.get(item.id))) for item in instrument.items
    ]


def _words(offered: dict[float, str], answer: object) -> str:
    return offered.get(answer, f"{answer:g}") if isinstance(answer, int | float) else "No answer"


def _exercises(session: Session, visitor: Visitor, language: str) -> list[tuple]:
    """(day, exercise, state, why not, pain), newest first."""
    pathway = pathway_of(session, visitor)
    names = {each.key: each.label[language] for each in pathway.exercises} if pathway else {}
    reasons = {code: words[language] for code, words in pathway.not_today_reasons.items()} if pathway else {}
    rows = session.scalars(
        select(ExerciseSession)
        .where(ExerciseSession.patient_id == visitor.patient_id)
        .order_by(ExerciseSession.local_date.desc(), ExerciseSession.exercise)
        .limit(NEWEST)
    )
    return [
        (row.local_date, names.get(row.exercise, row.exercise), STATES[row.state], reasons.get(row.reason), row.pain)
        for row in rows
    ]
