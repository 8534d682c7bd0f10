"""What a patient is asked now: the open surveys as one list of questions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from care.instruments import find_instrument
from care.models import Enrollment, Episode, ResponseDraft, SurveyAssignment
from care.status import AssignmentState
from care.verbs.answer import Sending
from pathways.pathway import Pathway
from pathways.published import find_pathway
from scoring.instrument import Instrument, Item

USUAL_BASELINE = (-90, 0)  # of an assignment that no pathway has made


@dataclass(frozen=True)
class OpenSurvey:
    """One questionnaire to answer; the first assignment carries the draft, the others are answered with it."""

    instrument: Instrument
    assignments: tuple[SurveyAssignment, ...]
    baseline_days: tuple[int, int]
    answers: dict  # of the draft

    @property
    def id(self) -> UUID:
        return self.assignments[0].id

    @property
    def sending(self) -> Sending:
        return Sending(tuple(each.id for each in self.assignments), self.baseline_days)


@dataclass(frozen=True)
class Question:
    """One item of one open survey."""

    survey: OpenSurvey
    item: Item

    @property
    def answer(self) -> float | str | None:
        return self.survey.answers.get(self.item.id)


def open_surveys(session: Session, patient_id: UUID, now: datetime) -> list[OpenSurvey]:
    """
    The questionnaires a patient can answer now, in the order in which they are asked.

    An instrument about the person that is due in two episodes is asked once.
    """
    found = session.execute(
        select(SurveyAssignment, ResponseDraft)
        .outerjoin(ResponseDraft, ResponseDraft.assignment_id == SurveyAssignment.id)
        .where(
            SurveyAssignment.patient_id == patient_id,
            SurveyAssignment.state == AssignmentState.OPEN,
            SurveyAssignment.due_at <= now,
            SurveyAssignment.expires_at > now,
        )
        .order_by(SurveyAssignment.due_at, SurveyAssignment.id)
    ).all()
    rows, drafts = [row for row, _ in found], {row.id: draft for row, draft in found if draft}
    pathways = _pathways(session, rows)
    groups: dict[tuple, list[SurveyAssignment]] = {}
    for row in sorted(rows, key=lambda row: (row.due_at, _place(pathways, row), row.id)):
        instrument = find_instrument(session, row.instrument)
        about = None if instrument.about == "person" else row.episode_id
        groups.setdefault((row.instrument, about), []).append(row)
    return [_open_survey(session, group, pathways, drafts) for group in groups.values()]


def questions(surveys: list[OpenSurvey]) -> list[Question]:
    """Every question of the sitting, in order."""
    return [Question(survey, item) for survey in surveys for item in survey.instrument.items]


def _open_survey(
    session: Session, group: list[SurveyAssignment], pathways: dict[UUID, Pathway], drafts: dict[UUID, ResponseDraft]
) -> OpenSurvey:
    draft = drafts.get(group[0].id)
    pathway = pathways.get(group[0].enrollment_id)
    return OpenSurvey(
        instrument=find_instrument(session, group[0].instrument),
        assignments=tuple(group),
        baseline_days=pathway.baseline_days if pathway else USUAL_BASELINE,
        answers=dict(draft.answers) if draft else {},
    )


def _place(pathways: dict[UUID, Pathway], row: SurveyAssignment) -> int:
    """The instrument's place in its step; assignments of one survey are made in the same millisecond."""
    pathway = pathways.get(row.enrollment_id)
    return pathway.instruments.index(row.instrument) if pathway and row.instrument in pathway.instruments else 0


def _pathways(session: Session, rows: Sequence[SurveyAssignment]) -> dict[UUID, Pathway]:
    """Enrollment → the pathway it is on, of the rows that a pathway has made."""
    ids = {row.enrollment_id for row in rows if row.enrollment_id}
    if not ids:
        return {}
    enrolled = session.execute(select(Enrollment.id, Enrollment.pathway).where(Enrollment.id.in_(ids))).all()
    return {enrollment_id: find_pathway(session, reference) for enrollment_id, reference in enrolled}


def episode_of(session: Session, survey: OpenSurvey) -> Episode:
    return session.get_one(Episode, survey.assignments[0].episode_id)
