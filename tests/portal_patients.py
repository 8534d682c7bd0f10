"""Patients as the portal meets them: six weeks after a knee replacement, with a course, exercises and a survey."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select

from care.database import app_session
from care.ids import new_id
from care.models import Enrollment, Episode, ExercisePrescription, SurveyAssignment, Track
from factories import make_assignment, make_episode, make_patient, make_response

BORN = date(1956, 4, 30)
BIRTHDAY_FIELDS = {"day": "30", "month": "4", "year": "1956"}
ITEMS = ("stiffness", "twisting", "straightening", "stairs", "standing", "rising", "bending")
DAY = 42
EVERY_DAY = 0b1111111
# [day, p10, p25, p50, p75, p90]: an ordinary course after a knee replacement
BAND = [[0, 38, 44, 50, 57, 63], [21, 44, 50, 56, 62, 68], [42, 52, 57, 63, 69, 75], [84, 58, 64, 70, 77, 84]]


def asked_patient(
    tenant_id: UUID, clinic_id: UUID, instruments: tuple[str, ...], pathway: str | None = None
) -> Episode:
    """A patient with one open survey of ``instruments``, due two hours ago; on a pathway if one is named."""
    now = datetime.now(UTC)
    with app_session(tenant_id) as session:
        patient = make_patient(session, clinic_id, birth_date=BORN, zone="UTC")
        episode = make_episode(session, patient, index_date=now.date() - timedelta(days=DAY))
        for place, instrument in enumerate(instruments):
            make_assignment(
                session,
                episode,
                step="day_42",
                instrument=instrument,
                due_date=now.date(),
                due_at=now - timedelta(hours=2) + timedelta(minutes=place),
                overdue_at=now + timedelta(days=2),
                expires_at=now + timedelta(days=6),
            )
        if pathway:
            session.add(
                Enrollment(
                    tenant_id=tenant_id,
                    patient_id=patient.id,
                    episode_id=episode.id,
                    pathway=pathway,
                    enrolled_at=now - timedelta(days=DAY),
                )
            )
    return episode


def give_course(episode: Episode) -> None:
    """Three answers before today, usual ones, and the band that the ETL has delivered."""
    with app_session(episode.tenant_id) as session:
        for day, level in ((-3, 3), (14, 2), (28, 2)):
            at = episode.index_date + timedelta(days=day)
            answers = dict.fromkeys(ITEMS, level) | {"bending": 1}
            noon = datetime.combine(at, time(12), UTC)
            make_response(session, episode, answers, local_date=at, completed_at=noon)
        session.add(
            Track(
                id=new_id(),
                tenant_id=episode.tenant_id,
                patient_id=episode.patient_id,
                episode_id=episode.id,
                instrument="koos_jr@1",
                scale="interval",
                headline=True,
                status="on_track",
                rank=6,
                reasons=["on_track"],
                reason="KOOS JR 55, expected 47–70.",
                since=episode.index_date + timedelta(days=28),
                expected={"p10": 47, "p90": 70, "n": 214},
                band=BAND,
                judged_as_of=datetime.now(UTC) - timedelta(days=1),
            )
        )


def prescribe(episode: Episode, *exercises: str) -> list[UUID]:
    """Every day, from day 0 for twelve weeks."""
    rows = [
        ExercisePrescription(
            id=new_id(),
            tenant_id=episode.tenant_id,
            patient_id=episode.patient_id,
            episode_id=episode.id,
            exercise=exercise,
            weekdays=EVERY_DAY,
            start_date=episode.index_date,
            end_date=episode.index_date + timedelta(days=84),
        )
        for exercise in exercises
    ]
    with app_session(episode.tenant_id) as session:
        session.add_all(rows)
    return [row.id for row in rows]


def surveys_of(episode: Episode) -> dict[str, UUID]:
    """Instrument → the id of its assignment."""
    with app_session(episode.tenant_id) as session:
        rows = session.scalars(select(SurveyAssignment).where(SurveyAssignment.episode_id == episode.id))
        return {row.instrument: row.id for row in rows}
