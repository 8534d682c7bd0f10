"""What the enrollment page shows: pathways to choose from, their calendar in dates, the episodes that run."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import pandas as pd
from sqlalchemy import select

from care.access import Viewer
from care.database import app_session
from care.models import Clinic, Enrollment, Episode, Patient
from care.scoping import episodes_within
from care.status import EpisodeState
from care.verbs.enrollment import RUNNING
from dashboard.labels import CONDITIONS, ENROLLMENT_STATES, SIDES
from dashboard.words import joined, person
from pathways.calendar import calendar
from pathways.pathway import Pathway
from pathways.published import newest_pathways

MOST_CASES = 500
KINDS = {"survey": "Questions", "exercise": "Exercises", "video": "Film", "message": "Message"}


@dataclass(frozen=True)
class Case:
    """One running enrollment, to be steered."""

    enrollment: Enrollment
    episode: Episode
    patient_id: UUID
    name: str
    line: str


def choices(viewer: Viewer) -> tuple[dict[str, Pathway], dict[UUID, str]]:
    """(pathways by reference, the viewer's clinics by id)"""
    with app_session(viewer.tenant_id) as session:
        clinics = {each.id: each.name for each in session.scalars(select(Clinic).order_by(Clinic.name))}
        pathways = newest_pathways(session)
    return pathways, {key: name for key, name in clinics.items() if viewer.clinics is None or key in viewer.clinics}


def calendar_rows(pathway: Pathway, day_zero: date) -> pd.DataFrame:
    """One row per planned contact: date, what, open until."""
    rows = [
        {
            "Date": f"{day_zero + timedelta(days=entry.day):%d %b %Y}",
            "Day": str(entry.day),
            "What": KINDS[entry.step.kind],
            "Open until": "" if entry.closes_day is None else f"{day_zero + timedelta(days=entry.closes_day):%d %b %Y}",
        }
        for entry in calendar(pathway)
    ]
    return pd.DataFrame(rows)


def running_cases(viewer: Viewer) -> list[Case]:
    """The enrollments that run in the viewer's clinics, by name."""
    with app_session(viewer.tenant_id) as session:
        rows = session.execute(
            select(Enrollment, Episode, Patient)
            .join(Episode, (Episode.tenant_id == Enrollment.tenant_id) & (Episode.id == Enrollment.episode_id))
            .join(Patient, (Patient.tenant_id == Episode.tenant_id) & (Patient.id == Episode.patient_id))
            .where(
                Enrollment.state.in_(RUNNING),
                Episode.state == EpisodeState.OPEN,
                episodes_within(viewer.scope),
            )
            .order_by(Patient.family_name, Patient.given_name, Enrollment.id)
            .limit(MOST_CASES)
        ).all()
    return [_case(*row) for row in rows]


def _case(enrollment: Enrollment, episode: Episode, patient: Patient) -> Case:
    line = joined(
        CONDITIONS.get(episode.condition, episode.condition),
        SIDES[episode.side],
        f"day 0 {episode.index_date:%d %b %Y}, {episode.index_status}",
        ENROLLMENT_STATES[enrollment.state],
    )
    return Case(
        enrollment, episode, patient.id, person(patient.family_name, patient.given_name, patient.lake_key), line
    )
