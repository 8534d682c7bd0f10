"""Who can be enrolled: the patients of a scope's clinics, and the episodes of one that are on no pathway."""

from datetime import date
from uuid import UUID

from sqlalchemy import and_, exists, func, select, true
from sqlalchemy.orm import Session

from care.access import Scope
from care.errors import NotFound
from care.models import Enrollment, Episode, Patient
from care.queries.names import named
from care.scoping import check_session, episodes_within
from care.status import EpisodeState
from care.verbs.enrollment import RUNNING

MOST_FOUND = 20


def find_patients(session: Session, scope: Scope, search: str) -> list[Patient]:
    """The first patients whose name or record number begins with the words, by name; none for an empty search."""
    check_session(session, scope)
    if not search.strip():
        return []
    found = select(Patient).where(_within(scope), named(search))
    return list(session.scalars(found.order_by(Patient.family_name, Patient.given_name, Patient.id).limit(MOST_FOUND)))


def same_person(session: Session, scope: Scope, given_name: str, family_name: str, born: date) -> list[Patient]:
    """Patients of the scope's clinics with this name, however it is written, and this date of birth."""
    check_session(session, scope)
    typed = (" ".join(given_name.split()).lower(), " ".join(family_name.split()).lower())
    return list(
        session.scalars(
            select(Patient)
            .where(
                _within(scope),
                Patient.birth_date == born,
                func.lower(Patient.given_name) == typed[0],
                func.lower(Patient.family_name) == typed[1],
            )
            .order_by(Patient.id)
        )
    )


def find_patient(session: Session, scope: Scope, patient_id: UUID) -> Patient:
    """The patient, if the scope reaches them; another clinic's or tenant's is not found."""
    check_session(session, scope)
    patient = session.scalar(select(Patient).where(Patient.id == patient_id, _within(scope)))
    if patient is None:
        raise NotFound("This patient is not in your clinics. Search by name or record number.")
    return patient


def idle_episodes(session: Session, scope: Scope, patient_id: UUID) -> list[Episode]:
    """The patient's open episodes that are on no pathway now, newest first."""
    check_session(session, scope)
    runs = exists().where(
        Enrollment.tenant_id == Episode.tenant_id, Enrollment.episode_id == Episode.id, Enrollment.state.in_(RUNNING)
    )
    idle = and_(Episode.patient_id == patient_id, Episode.state == EpisodeState.OPEN, ~runs, episodes_within(scope))
    return list(session.scalars(select(Episode).where(idle).order_by(Episode.index_date.desc(), Episode.id)))


def _within(scope: Scope):
    clinics = true() if scope.clinics is None else Patient.clinic_id.in_(sorted(scope.clinics))
    return and_(Patient.tenant_id == scope.tenant_id, Patient.erased_at.is_(None), clinics)
