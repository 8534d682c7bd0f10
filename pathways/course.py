"""One enrollment as the schedule sees it: its pathway, day 0, history and zone, read from the store."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from care.models import Enrollment, EnrollmentEvent, Episode, Patient, SurveyAssignment, Tenant
from care.models.patient import IndexStatus
from care.status import EnrollmentState
from pathways.pathway import Pathway
from pathways.published import find_pathway
from pathways.schedule import History, Index, Occurrence, Pause, timeline


@dataclass(frozen=True)
class Course:
    """All that ``pathways.schedule`` asks about one enrollment."""

    enrollment: Enrollment
    episode: Episode
    pathway: Pathway
    index: Index
    history: History
    zone: str

    def timeline(self, as_of: datetime) -> list[Occurrence]:
        return timeline(self.pathway, self.index, self.history, self.zone, as_of)


def read_courses(session: Session, enrollments: Sequence[Enrollment]) -> list[Course]:
    """The courses of some enrollments, in their order; three questions for all of them."""
    ids = [each.id for each in enrollments]
    events = _by_enrollment(session, EnrollmentEvent, ids, EnrollmentEvent.at, EnrollmentEvent.id)
    asked = _by_enrollment(session, SurveyAssignment, ids, SurveyAssignment.due_at)
    homes = session.execute(
        select(Enrollment.id, Episode, Patient.zone)
        .join(Episode, (Episode.tenant_id == Enrollment.tenant_id) & (Episode.id == Enrollment.episode_id))
        .join(Patient, (Patient.tenant_id == Enrollment.tenant_id) & (Patient.id == Enrollment.patient_id))
        .where(Enrollment.id.in_(ids))
    ).all()
    home = {enrollment_id: (episode, zone) for enrollment_id, episode, zone in homes}
    usual = session.scalar(select(Tenant.zone))
    return [
        Course(
            enrollment=each,
            episode=home[each.id][0],
            pathway=find_pathway(session, each.pathway),
            index=index_of(home[each.id][0]),
            history=_history(each, events[each.id], asked[each.id]),
            zone=home[each.id][1] or usual,
        )
        for each in enrollments
    ]


def index_of(episode: Episode) -> Index:
    return Index(episode.index_date, episode.index_status is IndexStatus.ACTUAL, episode.index_set_at)


def _by_enrollment(session: Session, model: type, ids: list, *order) -> dict:
    rows = {each: [] for each in ids}
    for row in session.scalars(select(model).where(model.enrollment_id.in_(ids)).order_by(*order)):
        rows[row.enrollment_id].append(row)
    return rows


def _history(enrollment: Enrollment, events: list[EnrollmentEvent], asked: list[SurveyAssignment]) -> History:
    pauses: list[Pause] = []
    ended_at = None
    for event in events:
        if event.from_state is EnrollmentState.PAUSED and pauses:
            pauses[-1] = Pause(pauses[-1].begins, event.at)
        if event.to_state is EnrollmentState.PAUSED:
            pauses.append(Pause(event.at, None))
        if event.to_state in (EnrollmentState.COMPLETED, EnrollmentState.WITHDRAWN):
            ended_at = event.at
    happened = frozenset((each.step, each.occurrence) for each in asked)
    return History(enrollment.enrolled_at, tuple(pauses), ended_at, happened)
