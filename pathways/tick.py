"""
Writing what has fallen due: assignments, prescriptions, expiries, partial responses, the end of a pathway.

What is due is computed, never stored; that it fell due is a fact and is stored, once: the rows are locked while they
are looked at, and a unique key stands behind that. A second tick at the same moment finds nothing left to do.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from care.database import app_session
from care.ids import new_id
from care.models import Enrollment, EnrollmentEvent, ExercisePrescription, SurveyAssignment
from care.queue import news
from care.status import ENROLLMENT_CHANGES, AssignmentState, EnrollmentState, check_change
from care.verbs.answer import close_expired
from pathways.course import Course, read_courses
from pathways.local_time import day_instant
from pathways.schedule import due_surveys, is_over, next_change, plans_begun

BATCH = 200  # enrollments or assignments in one transaction: short locks, few round trips


@dataclass(frozen=True)
class Ticked:
    """How many assignments a tick inserted, and how many it closed because their window had."""

    asked: int
    closed: int


def tenants_to_tick(as_of: datetime) -> list[UUID]:
    """Tenants where something may have fallen due or expired; the others cost nothing."""
    with app_session(None) as session:
        return list(session.scalars(text("SELECT tenant_id FROM tenants_to_tick(:as_of)"), {"as_of": as_of}))


def tick(tenant_id: UUID, as_of: datetime) -> Ticked:
    """Bring one tenant's assignments to what the schedule says at an instant; again changes nothing."""
    closed = 0
    while batch := _close_some(tenant_id, as_of):
        closed += batch
    asked = 0
    while (looked := _ask_some(tenant_id, as_of))[0]:
        asked += looked[1]
    return Ticked(asked, closed)


def advance(session: Session, course: Course, as_of: datetime) -> int:
    """
    Write what has fallen due on one enrollment, locked by the caller, and when to look at it again.

    Returns the number of assignments inserted.
    """
    occurrences = course.timeline(as_of)
    asked = sum(
        _ask(session, course, due, instrument) for due in due_surveys(occurrences) for instrument in due.step.surveys
    )
    _prescribe(session, course, as_of)
    changes = [next_change(occurrences, as_of), _next_plan(course, as_of)]
    # Nothing ahead: look again when the pathway is over, or daily at one that only staff can move on.
    course.enrollment.wake_at = min(filter(None, changes), default=max(_end(course), as_of + timedelta(days=1)))
    if is_over(course.pathway, course.index, occurrences, course.zone, as_of):
        _complete(session, course.enrollment, as_of)
    if asked:
        news(session)
    return asked


def _close_some(tenant_id: UUID, as_of: datetime) -> int:
    with app_session(tenant_id) as session:
        expired = session.scalars(
            select(SurveyAssignment)
            .where(SurveyAssignment.state == AssignmentState.OPEN, SurveyAssignment.expires_at <= as_of)
            .order_by(SurveyAssignment.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        ).all()
        windows = _baseline_windows(session, expired)
        for assignment in expired:
            close_expired(session, assignment, windows[assignment.enrollment_id])
        return len(expired)


def _baseline_windows(session: Session, assignments: list[SurveyAssignment]) -> dict[UUID | None, tuple[int, int]]:
    ids = {each.enrollment_id for each in assignments} - {None}
    enrollments = session.scalars(select(Enrollment).where(Enrollment.id.in_(ids))).all()
    windows = {each.enrollment.id: each.pathway.baseline_days for each in read_courses(session, enrollments)}
    return {None: (-90, 0)} | windows


def _ask_some(tenant_id: UUID, as_of: datetime) -> tuple[int, int]:
    """(enrollments looked at, assignments inserted)"""
    with app_session(tenant_id) as session:
        enrollments = session.scalars(
            select(Enrollment)
            .where(
                Enrollment.state == EnrollmentState.ACTIVE,
                or_(Enrollment.wake_at.is_(None), Enrollment.wake_at <= as_of),
            )
            .order_by(Enrollment.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        ).all()
        return len(enrollments), sum(advance(session, each, as_of) for each in read_courses(session, enrollments))


def _ask(session: Session, course: Course, due, instrument: str) -> int:
    inserted = session.execute(
        insert(SurveyAssignment)
        .values(
            id=new_id(),
            tenant_id=course.enrollment.tenant_id,
            patient_id=course.enrollment.patient_id,
            episode_id=course.episode.id,
            enrollment_id=course.enrollment.id,
            step=due.step.key,
            occurrence=due.number,
            instrument=instrument,
            due_date=due.due_date,
            due_at=due.due_at,
            overdue_at=due.overdue_at,
            expires_at=due.expires_at,
            state=AssignmentState.OPEN,
        )
        .on_conflict_do_nothing(constraint="uq_survey_assignment_once")
    )
    return inserted.rowcount


def _prescribe(session: Session, course: Course, as_of: datetime) -> None:
    """One prescription for each exercise plan that runs today; the enrollment's lock keeps a second tick out."""
    begun = plans_begun(course.pathway, course.index, course.history, course.zone, as_of)
    if not begun:
        return
    known = set(
        session.execute(
            select(ExercisePrescription.exercise, ExercisePrescription.start_date).where(
                ExercisePrescription.episode_id == course.episode.id
            )
        ).all()
    )
    for exercise, plan, first, last in begun:
        if (exercise, first) not in known:
            session.add(
                ExercisePrescription(
                    tenant_id=course.enrollment.tenant_id,
                    patient_id=course.enrollment.patient_id,
                    episode_id=course.episode.id,
                    exercise=exercise,
                    weekdays=plan.weekday_bits,
                    start_date=first,
                    end_date=last,
                )
            )
            news(session)


def _next_plan(course: Course, as_of: datetime) -> datetime | None:
    """When the next exercise plan begins: midnight of its first day."""
    begins = (
        day_instant(course.index.day_zero, plan.from_day, time(), course.zone)
        for exercise in course.pathway.exercises
        for plan in exercise.plans
    )
    return min((each for each in begins if each > as_of), default=None)


def _end(course: Course) -> datetime:
    expiries = [each.expires_at for each in course.timeline(course.history.enrolled_at)]
    return max([*expiries, day_instant(course.index.day_zero, course.pathway.length_days + 1, time(), course.zone)])


def _complete(session: Session, enrollment: Enrollment, as_of: datetime) -> None:
    check_change(ENROLLMENT_CHANGES, enrollment.state, EnrollmentState.COMPLETED)
    session.add(
        EnrollmentEvent(
            tenant_id=enrollment.tenant_id,
            patient_id=enrollment.patient_id,
            enrollment_id=enrollment.id,
            from_state=enrollment.state,
            to_state=EnrollmentState.COMPLETED,
            at=as_of,
        )
    )
    enrollment.state, enrollment.state_changed_at = EnrollmentState.COMPLETED, as_of
    news(session)
