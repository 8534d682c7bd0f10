"""Rows with sensible defaults, written through the production models; a test names only what it is about."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from care.ids import new_id
from care.models import Alert, CareTeamMember, Episode, Patient, SurveyAssignment, SurveyResponse
from care.models.event import EntryMode, Wording
from care.models.patient import IndexKind

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def make_patient(session: Session, clinic_id: UUID, **columns: object) -> Patient:
    return _add(session, Patient, clinic_id=clinic_id, given_name="Rosa", family_name="Example", **columns)


def make_episode(session: Session, patient: Patient, **columns: object) -> Episode:
    defaults = {
        "patient_id": patient.id,
        "clinic_id": patient.clinic_id,
        "condition": "knee_replacement",
        "stratum": "primary",
        "index_kind": IndexKind.SURGERY,
        "index_date": date(2026, 1, 12),
    }
    return _add(session, Episode, **(defaults | columns))


def make_response(session: Session, episode: Episode, answers: dict, **columns: object) -> SurveyResponse:
    defaults = {
        "patient_id": episode.patient_id,
        "episode_id": episode.id,
        "instrument": "koos_jr@1",
        "answers": answers,
        "completed_at": NOON,
        "local_date": NOON.date(),
        "zone": "UTC",
        "entry_mode": EntryMode.WEB,
        "wording": Wording.OFFICIAL,
    }
    return _add(session, SurveyResponse, **(defaults | columns))


def make_assignment(session: Session, episode: Episode, **columns: object) -> SurveyAssignment:
    defaults = {
        "patient_id": episode.patient_id,
        "episode_id": episode.id,
        "step": "week 6",
        "instrument": "koos_jr@1",
        "due_date": NOON.date(),
        "due_at": NOON,
        "overdue_at": NOON + timedelta(days=3),
        "expires_at": NOON + timedelta(days=7),
    }
    return _add(session, SurveyAssignment, **(defaults | columns))


def make_alert(session: Session, episode: Episode, **columns: object) -> Alert:
    defaults = {
        "patient_id": episode.patient_id,
        "episode_id": episode.id,
        "rule": "off_track",
        "trigger": f"since:{new_id()}",
        "status": "off_track",
        "reason": "Lower than 96 of 100 similar patients.",
        "evidence": {},
        "due_at": NOON + timedelta(days=1),
    }
    return _add(session, Alert, **(defaults | columns))


def make_care_team_member(session: Session, patient: Patient, membership_id: UUID) -> CareTeamMember:
    return _add(session, CareTeamMember, patient_id=patient.id, membership_id=membership_id, is_lead=True)


def _add(session: Session, model: type, **columns: object):
    row = model(**{"id": new_id(), "tenant_id": UUID(session.info["app.tenant_id"])} | columns)
    session.add(row)
    session.flush()
    return row
