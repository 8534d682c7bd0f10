"""Patients of a running installation, enrolled by the verbs a provider's screens use, with the link they open."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from care.access import Viewer
from care.database import app_session
from care.links import make_link
from care.models.patient import IndexKind, IndexStatus, Side
from care.sign_in import authenticate, start_session, viewer_behind
from care.verbs.enrollment import NewPatient, add_episode, add_patient
from factories import make_response
from installation import Installation, inside
from pathways.enrolling import enroll

BORN = date(1956, 4, 30)
SINCE_SURGERY = 16  # days: the survey of day 14 is open, with a week to go
BEFORE = {"koos_jr@1": dict.fromkeys(
    ("stiffness", "twisting", "straightening", "stairs", "standing", "rising", "bending"), 2
), "nprs@1": {"intensity": 5}}  # fmt: skip


@dataclass(frozen=True)
class LivePatient:
    """``name`` as the panel writes it, ``link`` as it is printed for the patient."""

    name: str
    episode_id: UUID
    link: str


def provider_of(app: Installation) -> Viewer:
    """The demonstration's provider, signed in; only ``inside`` the installation."""
    now = datetime.now(UTC)
    return viewer_behind(start_session(authenticate(*app.accounts["provider"], now)[0], now), now)


def enroll_knee(app: Installation, given_name: str, family_name: str) -> LivePatient:
    """A patient 16 days after a knee replacement, usual before it, whose survey of day 14 is open."""
    now = datetime.now(UTC)
    with inside(app):
        viewer = provider_of(app)
        with app_session(viewer.tenant_id) as session:
            patient = add_patient(session, viewer, NewPatient(min(viewer.clinics), given_name, family_name, BORN), now)
            day_zero = now.astimezone(ZoneInfo(viewer.zone)).date() - timedelta(days=SINCE_SURGERY)
            surgery = (Side.LEFT, IndexKind.SURGERY, day_zero, IndexStatus.ACTUAL)
            episode = add_episode(session, viewer, patient, "knee_replacement", *surgery, now)
            for instrument, answers in BEFORE.items():
                make_response(
                    session, episode, answers, instrument=instrument, local_date=day_zero - timedelta(days=3),
                    completed_at=now - timedelta(days=SINCE_SURGERY + 3),
                )  # fmt: skip
            enroll(session, viewer, episode, "total_knee@1", now)
        token, _ = make_link(viewer, episode.id, now)
    return LivePatient(f"{family_name}, {given_name}", episode.id, f"{app.portal_url}/l/{token}")
