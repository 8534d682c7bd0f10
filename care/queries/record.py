"""One patient's record: the episode, what was asked and answered, said, done, and flagged."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from care.access import Scope
from care.errors import NotFound
from care.models import (
    Account,
    Alert,
    AlertEvent,
    CareTeamMember,
    Clinic,
    Enrollment,
    EnrollmentEvent,
    Episode,
    ExercisePrescription,
    ExerciseSession,
    Membership,
    Message,
    Patient,
    SurveyAssignment,
    SurveyResponse,
    Track,
)
from care.scoping import check_session, episodes_within

MESSAGES_SHOWN = 100


@dataclass(frozen=True)
class Record:
    """Who, what for, and where the episode stands."""

    episode: Episode
    patient: Patient
    clinic: str
    enrollment: Enrollment | None  # the newest
    team: list[str]  # names, the lead first
    tracks: list[Track]  # one per scale, the headline first
    other_episodes: list[Episode]  # of the same patient, newest first, inside the scope

    @property
    def pathway(self) -> str | None:
        """key@version"""
        return self.enrollment and self.enrollment.pathway


@dataclass(frozen=True)
class AlertWithEvents:
    """An alert, its history oldest first, and who did each step (None: the program)."""

    alert: Alert
    events: list[tuple[AlertEvent, str | None]]


def find_record(session: Session, scope: Scope, episode_id: UUID) -> Record:
    """
    The record behind an address, if the scope reaches it.

    Raises NotFound, the same for an episode of another clinic or tenant as for one that does not exist.
    """
    check_session(session, scope)
    episode = session.scalar(select(Episode).where(Episode.id == episode_id, episodes_within(scope)))
    if episode is None:
        raise NotFound("This patient is not on your panel. Go back to the panel and choose from the list.")
    others = select(Episode).where(
        Episode.patient_id == episode.patient_id, Episode.id != episode.id, episodes_within(scope)
    )
    return Record(
        episode=episode,
        patient=session.get_one(Patient, episode.patient_id),
        clinic=session.get_one(Clinic, episode.clinic_id).name,
        enrollment=session.scalar(
            select(Enrollment)
            .where(Enrollment.episode_id == episode.id)
            .order_by(Enrollment.enrolled_at.desc(), Enrollment.id.desc())
            .limit(1)
        ),
        team=_team(session, episode.patient_id),
        tracks=_of_episode(session, Track, episode.id, Track.headline.desc(), Track.instrument, Track.scale),
        other_episodes=list(session.scalars(others.order_by(Episode.index_date.desc(), Episode.id))),
    )


def find_assignments(session: Session, record: Record) -> list[SurveyAssignment]:
    """Every survey asked for the episode, oldest first."""
    return _of_episode(session, SurveyAssignment, record.episode.id, SurveyAssignment.due_at, SurveyAssignment.id)


def find_responses(session: Session, record: Record) -> list[SurveyResponse]:
    """Every answered questionnaire of the episode, newest first."""
    return _of_episode(
        session, SurveyResponse, record.episode.id, SurveyResponse.completed_at.desc(), SurveyResponse.id
    )


def find_messages(session: Session, record: Record) -> list[tuple[Message, str | None]]:
    """The newest messages of the patient, oldest first, with the staff author's name (None: patient or pathway)."""
    newest = (
        select(Message, Account.display_name)
        .join(
            Membership,
            and_(Membership.tenant_id == Message.tenant_id, Membership.id == Message.author_id),
            isouter=True,
        )
        .join(Account, Account.id == Membership.account_id, isouter=True)
        .where(Message.patient_id == record.patient.id)
        .order_by(Message.sent_at.desc(), Message.id.desc())
        .limit(MESSAGES_SHOWN)
    )
    return [(row[0], row[1]) for row in reversed(session.execute(newest).all())]


def find_alerts(session: Session, record: Record) -> list[AlertWithEvents]:
    """Every alert of the episode, newest first, each with its history."""
    alerts = _of_episode(session, Alert, record.episode.id, Alert.raised_at.desc(), Alert.id)
    happened = session.execute(
        select(AlertEvent, Account.display_name)
        .join(
            Membership,
            and_(Membership.tenant_id == AlertEvent.tenant_id, Membership.id == AlertEvent.membership_id),
            isouter=True,
        )
        .join(Account, Account.id == Membership.account_id, isouter=True)
        .where(AlertEvent.alert_id.in_([alert.id for alert in alerts]))
        .order_by(AlertEvent.at, AlertEvent.id)
    ).all()
    return [
        AlertWithEvents(alert, [(event, name) for event, name in happened if event.alert_id == alert.id])
        for alert in alerts
    ]


def find_enrollment_events(session: Session, record: Record) -> list[tuple[EnrollmentEvent, str | None]]:
    """Every change of the episode's enrollments, oldest first, with who made it (None: the pathway)."""
    happened = (
        select(EnrollmentEvent, Account.display_name)
        .join(
            Enrollment,
            and_(
                Enrollment.tenant_id == EnrollmentEvent.tenant_id,
                Enrollment.id == EnrollmentEvent.enrollment_id,
            ),
        )
        .join(
            Membership,
            and_(Membership.tenant_id == EnrollmentEvent.tenant_id, Membership.id == EnrollmentEvent.membership_id),
            isouter=True,
        )
        .join(Account, Account.id == Membership.account_id, isouter=True)
        .where(Enrollment.episode_id == record.episode.id)
        .order_by(EnrollmentEvent.at, EnrollmentEvent.id)
    )
    return [(row[0], row[1]) for row in session.execute(happened).all()]


def find_exercise(
    session: Session, record: Record, since: date
) -> tuple[list[ExercisePrescription], list[ExerciseSession]]:
    """What was prescribed for the episode, and the reports since a local date, oldest first."""
    prescribed = _of_episode(
        session, ExercisePrescription, record.episode.id, ExercisePrescription.start_date, ExercisePrescription.exercise
    )
    reports = session.scalars(
        select(ExerciseSession)
        .where(ExerciseSession.episode_id == record.episode.id, ExerciseSession.local_date >= since)
        .order_by(ExerciseSession.local_date, ExerciseSession.exercise)
    )
    return prescribed, list(reports)


def _of_episode(session: Session, model: type, episode_id: UUID, *order) -> list:
    return list(session.scalars(select(model).where(model.episode_id == episode_id).order_by(*order)))


def _team(session: Session, patient_id: UUID) -> list[str]:
    members = (
        select(Account.display_name)
        .join(Membership, Membership.account_id == Account.id)
        .join(
            CareTeamMember,
            and_(CareTeamMember.tenant_id == Membership.tenant_id, CareTeamMember.membership_id == Membership.id),
        )
        .where(CareTeamMember.patient_id == patient_id, CareTeamMember.ended_at.is_(None))
        .order_by(CareTeamMember.is_lead.desc(), Account.display_name)
    )
    return list(session.scalars(members))
