"""Putting a patient on a pathway and steering it: enroll, pause, resume, move day 0, discharge."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from care import audit
from care.access import Permission, Viewer, check_may
from care.errors import CareError, NotFound
from care.ids import new_id
from care.models import (
    CareTeamMember,
    Clinic,
    Enrollment,
    EnrollmentEvent,
    Episode,
    ExercisePrescription,
    Patient,
    SurveyAssignment,
)
from care.models.patient import IndexKind, IndexPrecision, IndexStatus, Sex, Side
from care.queue import news
from care.scoping import episodes_within
from care.status import ENROLLMENT_CHANGES, AssignmentState, EnrollmentState, EpisodeState, check_change

RUNNING = (EnrollmentState.ACTIVE, EnrollmentState.PAUSED)
LONGEST_NAME, LONGEST_NUMBER, LONGEST_REASON = 100, 40, 500
WITH_SIDE = ("knee_replacement", "hip_replacement")


@dataclass(frozen=True)
class NewPatient:
    """What staff types about a person; the date of birth is what opens the person's links."""

    clinic_id: UUID
    given_name: str
    family_name: str
    birth_date: date
    sex: Sex = Sex.UNKNOWN
    language: str = "en"
    mrn: str | None = None
    phone: str | None = None
    email: str | None = None


def add_patient(session: Session, viewer: Viewer, new: NewPatient, now: datetime) -> Patient:
    """A new person in one of the viewer's clinics, who leads the care."""
    check_may(viewer.role, Permission.ENROLL)
    _check_clinic(session, viewer, new.clinic_id)
    names = [_line(new.given_name), _line(new.family_name)]
    if not all(names) or max(map(len, names)) > LONGEST_NAME:
        raise CareError(f"The patient was not added: both names are needed, up to {LONGEST_NAME} characters each.")
    if not date(1900, 1, 1) <= new.birth_date <= now.date():
        raise CareError("The patient was not added: the date of birth lies in the future or before 1900. Check it.")
    numbers = [_line(each or "") for each in (new.mrn, new.phone)]
    if max(map(len, numbers)) > LONGEST_NUMBER:
        raise CareError(f"The patient was not added: record number and phone have up to {LONGEST_NUMBER} characters.")
    patient = Patient(
        id=new_id(),
        tenant_id=viewer.tenant_id,
        clinic_id=new.clinic_id,
        given_name=names[0],
        family_name=names[1],
        birth_date=new.birth_date,
        sex=new.sex,
        language=new.language,
        mrn=numbers[0] or None,
        phone=numbers[1] or None,
        email=new.email or None,
    )
    session.add(patient)
    session.flush()
    session.add(
        CareTeamMember(
            tenant_id=viewer.tenant_id, patient_id=patient.id, membership_id=viewer.membership_id, is_lead=True
        )
    )
    _trace(session, viewer, "add_patient", patient.id)
    return patient


def add_episode(
    session: Session,
    viewer: Viewer,
    patient: Patient,
    condition: str,
    side: Side,
    index_kind: IndexKind,
    index_date: date,
    index_status: IndexStatus,
    now: datetime,
    precision: IndexPrecision = IndexPrecision.DAY,
) -> Episode:
    """A new course of care; day 0 is ``index_date``, known to ``precision``."""
    check_may(viewer.role, Permission.ENROLL)
    _check_clinic(session, viewer, patient.clinic_id)
    _check_day_zero(index_date, index_status, precision, now)
    if side is Side.NONE and condition in WITH_SIDE:
        raise CareError("The episode was not added: a joint needs its side. Choose left, right or both.")
    episode = Episode(
        id=new_id(),
        tenant_id=viewer.tenant_id,
        patient_id=patient.id,
        clinic_id=patient.clinic_id,
        condition=condition,
        stratum="primary" if condition.endswith("_replacement") else "",
        side=side,
        index_kind=index_kind,
        index_date=index_date,
        index_precision=precision,
        index_status=index_status,
        opened_at=now,
    )
    session.add(episode)
    session.flush()
    _trace(session, viewer, "add_episode", patient.id, episode=str(episode.id))
    return episode


def enroll(session: Session, viewer: Viewer, episode: Episode, pathway: str, now: datetime) -> Enrollment:
    """Put an episode on a pathway version; an episode runs one pathway at a time."""
    find_episode(session, viewer, episode.id)
    if session.scalar(select(Enrollment.id).where(Enrollment.episode_id == episode.id, Enrollment.state.in_(RUNNING))):
        raise CareError("The patient was not enrolled: this episode is on a pathway already. Discharge from it first.")
    enrollment = Enrollment(
        id=new_id(),
        tenant_id=viewer.tenant_id,
        patient_id=episode.patient_id,
        episode_id=episode.id,
        pathway=pathway,
        state=EnrollmentState.ACTIVE,
        enrolled_at=now,
        state_changed_at=now,
    )
    session.add(enrollment)
    session.flush()
    _event(session, viewer, enrollment, None, now, None)
    return enrollment


def pause(session: Session, viewer: Viewer, enrollment_id: UUID, reason: str, now: datetime) -> Enrollment:
    """Hold a pathway: nothing falls due until it is resumed."""
    return _change(session, viewer, enrollment_id, EnrollmentState.PAUSED, reason, now)


def resume(session: Session, viewer: Viewer, enrollment_id: UUID, now: datetime) -> Enrollment:
    """Let a paused pathway go on; what is still open falls due now."""
    return _change(session, viewer, enrollment_id, EnrollmentState.ACTIVE, "", now)


def discharge(session: Session, viewer: Viewer, enrollment_id: UUID, reason: str, now: datetime) -> Enrollment:
    """End a pathway early and close the episode; what was asked and not answered is cancelled."""
    enrollment = _change(session, viewer, enrollment_id, EnrollmentState.WITHDRAWN, reason, now)
    session.execute(
        update(SurveyAssignment)
        .where(SurveyAssignment.enrollment_id == enrollment.id, SurveyAssignment.state == AssignmentState.OPEN)
        .values(state=AssignmentState.CANCELLED)
    )
    episode = session.get_one(Episode, enrollment.episode_id)
    episode.state, episode.closed_at = EpisodeState.CLOSED, now
    _end_prescriptions(session, episode, now.date())
    return enrollment


def close_episode(session: Session, viewer: Viewer, episode_id: UUID, now: datetime) -> Episode:
    """End the care of an episode whose pathway is over; refused while one runs (that is a discharge)."""
    episode = find_episode(session, viewer, episode_id)
    if session.scalar(select(Enrollment.id).where(Enrollment.episode_id == episode.id, Enrollment.state.in_(RUNNING))):
        raise CareError("The episode was not closed: it is on a pathway. Discharge the patient from it first.")
    episode.state, episode.closed_at = EpisodeState.CLOSED, now
    _end_prescriptions(session, episode, now.date())
    _trace(session, viewer, "close_episode", episode.patient_id, episode=str(episode.id))
    return episode


def move_index(
    session: Session, viewer: Viewer, episode_id: UUID, index_date: date, index_status: IndexStatus, now: datetime
) -> Episode:
    """Move day 0, or confirm that it took place; what has not happened yet moves with it, and the day is known now."""
    episode = find_episode(session, viewer, episode_id)
    _check_day_zero(index_date, index_status, IndexPrecision.DAY, now)
    was = episode.index_date
    episode.index_date, episode.index_status, episode.index_set_at = index_date, index_status, now
    episode.index_precision = IndexPrecision.DAY
    if index_date != was:
        _end_prescriptions(session, episode, now.date())
    session.execute(update(Enrollment).where(Enrollment.episode_id == episode.id).values(wake_at=None))
    days = (index_date - was).days
    _trace(session, viewer, "move_index", episode.patient_id, episode=str(episode.id), days=days, status=index_status)
    return episode


def find_episode(session: Session, viewer: Viewer, episode_id: UUID) -> Episode:
    """The episode, locked, if the viewer may enroll it: any open one of their clinics."""
    check_may(viewer.role, Permission.ENROLL)
    episode = session.scalar(
        select(Episode)
        .where(Episode.id == episode_id, Episode.state == EpisodeState.OPEN, episodes_within(viewer.scope.widened()))
        .with_for_update()
    )
    if episode is None:
        raise NotFound("This patient is not on your list, or the episode is closed. Reload the page.")
    return episode


def _change(
    session: Session, viewer: Viewer, enrollment_id: UUID, state: EnrollmentState, reason: str, now: datetime
) -> Enrollment:
    check_may(viewer.role, Permission.ENROLL)
    if len(reason) > LONGEST_REASON:
        raise CareError(f"The reason has {len(reason)} characters; up to {LONGEST_REASON} are kept. Shorten it.")
    enrollment = session.scalar(
        select(Enrollment)
        .join(Episode, (Episode.tenant_id == Enrollment.tenant_id) & (Episode.id == Enrollment.episode_id))
        .where(Enrollment.id == enrollment_id, episodes_within(viewer.scope.widened()))
        .with_for_update(of=Enrollment)
    )
    if enrollment is None:
        raise NotFound("This patient is not on your list. Reload the page.")
    check_change(ENROLLMENT_CHANGES, enrollment.state, state)
    before, enrollment.state = enrollment.state, state
    enrollment.state_changed_at, enrollment.wake_at = now, None
    _event(session, viewer, enrollment, before, now, reason.strip() or None)
    return enrollment


def _event(
    session: Session,
    viewer: Viewer,
    enrollment: Enrollment,
    before: EnrollmentState | None,
    now: datetime,
    reason: str | None,
) -> None:
    session.add(
        EnrollmentEvent(
            tenant_id=enrollment.tenant_id,
            patient_id=enrollment.patient_id,
            enrollment_id=enrollment.id,
            from_state=before,
            to_state=enrollment.state,
            at=now,
            membership_id=viewer.membership_id,
            reason=reason,
        )
    )
    action = "enroll" if before is None else f"enrollment_{enrollment.state}"
    _trace(session, viewer, action, enrollment.patient_id, enrollment=str(enrollment.id))
    session.flush()


def _trace(session: Session, viewer: Viewer, action: str, patient_id: UUID, **detail: object) -> None:
    audit.record(session, action, viewer=viewer, patients=[patient_id], **detail)
    news(session)


def _end_prescriptions(session: Session, episode: Episode, today: date) -> None:
    session.execute(
        update(ExercisePrescription)
        .where(ExercisePrescription.episode_id == episode.id, ExercisePrescription.end_date >= today)
        .values(end_date=today - timedelta(days=1))
    )


def _check_clinic(session: Session, viewer: Viewer, clinic_id: UUID) -> None:
    if session.get(Clinic, clinic_id) is None or (viewer.clinics is not None and clinic_id not in viewer.clinics):
        raise NotFound("This clinic is not one of yours. Choose one of the list.")


def _check_day_zero(index_date: date, status: IndexStatus, precision: IndexPrecision, now: datetime) -> None:
    if abs((index_date - now.date()).days) > 730:
        raise CareError("Day 0 lies more than two years away. Check the year.")
    if status is IndexStatus.ACTUAL and index_date > now.date() + timedelta(days=1):
        raise CareError("A day that lies ahead cannot have taken place. Mark it as planned, or correct the date.")
    if status is IndexStatus.ACTUAL and precision is not IndexPrecision.DAY:
        raise CareError("The calendar counts days, and the day is not known. Ask for it, or mark it as planned.")


def _line(text: str) -> str:
    """Typed text as one line that the store can hold."""
    return " ".join(text.replace("\0", "").encode("utf-8", "replace").decode().split())
