"""What the enrollment page shows: pathways, clinics, patients to choose from, the episodes that run."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from care.access import Viewer
from care.database import app_session
from care.models import Clinic, Enrollment, Episode, Patient
from care.models.patient import IndexStatus
from care.queries.names import named
from care.queries.patients import find_patients, idle_episodes
from care.scoping import episodes_within
from care.status import EpisodeState
from care.verbs.enrollment import RUNNING
from dashboard.labels import ENROLLMENT_STATES, SIDES, condition_label
from dashboard.views.people import index_in_words, local_today, name_of
from dashboard.words import joined
from pathways.course import Course, read_courses
from pathways.pathway import Pathway
from pathways.published import newest_pathways

MOST_CASES = 50


@dataclass(frozen=True)
class Case:
    """One running enrollment, to be steered."""

    enrollment: Enrollment
    episode: Episode
    patient: Patient
    name: str
    line: str


@dataclass(frozen=True)
class Known:
    """A patient who is in the books already, in one line, with the open episodes that are on no pathway."""

    patient: Patient
    line: str
    episodes: list[Episode]


def choices(viewer: Viewer) -> tuple[dict[str, Pathway], dict[UUID, str]]:
    """(pathways by reference, the viewer's clinics by id)"""
    with app_session(viewer.tenant_id) as session:
        clinics = {each.id: each.name for each in session.scalars(select(Clinic).order_by(Clinic.name))}
        pathways = newest_pathways(session)
    return pathways, {key: name for key, name in clinics.items() if viewer.clinics is None or key in viewer.clinics}


def known_patients(viewer: Viewer, search: str) -> list[Known]:
    """The patients of the viewer's clinics that a search finds."""
    scope = viewer.scope.widened()
    with app_session(viewer.tenant_id) as session:
        return [
            Known(each, who_in_words(each), idle_episodes(session, scope, each.id))
            for each in find_patients(session, scope, search)
        ]


def who_in_words(patient: Patient) -> str:
    """Whitfield, James · born 1 May 1946 · MRN 50418"""
    birth = patient.birth_date
    born = f"born {birth.day} {birth:%b %Y}" if birth else "date of birth unknown"
    return joined(name_of(patient), born, patient.mrn and f"MRN {patient.mrn}")


def running_cases(viewer: Viewer, search: str, episode_id: UUID | None, as_of: datetime) -> list[Case]:
    """The enrollments that run in the viewer's clinics, by name; of one episode, where an address names it."""
    asked = (
        select(Enrollment, Episode, Patient)
        .join(Episode, (Episode.tenant_id == Enrollment.tenant_id) & (Episode.id == Enrollment.episode_id))
        .join(Patient, (Patient.tenant_id == Episode.tenant_id) & (Patient.id == Episode.patient_id))
        .where(
            Enrollment.state.in_(RUNNING),
            Episode.state == EpisodeState.OPEN,
            episodes_within(viewer.scope.widened()),
            Episode.id == episode_id if episode_id else named(search),
        )
        .order_by(Patient.family_name, Patient.given_name, Enrollment.id)
        .limit(MOST_CASES)
    )
    with app_session(viewer.tenant_id) as session:
        return [_case(viewer, *row, as_of) for row in session.execute(asked).all()]


def course_of(viewer: Viewer, case: Case) -> Course:
    """The enrollment as the schedule sees it."""
    with app_session(viewer.tenant_id) as session:
        return read_courses(session, [case.enrollment])[0]


def _case(viewer: Viewer, enrollment: Enrollment, episode: Episode, patient: Patient, as_of: datetime) -> Case:
    today = local_today(viewer, patient, as_of)
    return Case(enrollment, episode, patient, name_of(patient), episode_line(enrollment, episode, today))


def episode_line(enrollment: Enrollment | None, episode: Episode, today) -> str:
    """Knee replacement · left · surgery 12 Oct, planned · paused"""
    return joined(
        condition_label(episode.condition),
        SIDES[episode.side],
        f"{index_in_words(episode, today)}{', planned' if episode.index_status is IndexStatus.PLANNED else ''}",
        enrollment and ENROLLMENT_STATES[enrollment.state],
    )
