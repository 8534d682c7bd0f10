"""Good news: who is ahead of the expected course, by name."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from care.access import Scope
from care.models import Account, CareTeamMember, Clinic, Episode, Membership, Patient, Track
from care.scoping import check_session, episodes_within
from care.status import EpisodeState
from scoring.track import TrackStatus

MOST = 50


@dataclass(frozen=True)
class Ahead:
    """A patient under care whose shown scale is above its expected range; ``lead``: who leads the care, if anyone."""

    patient: Patient
    episode: Episode
    track: Track
    clinic: str
    lead: str | None


def find_ahead(session: Session, scope: Scope, most: int = MOST) -> list[Ahead]:
    """Live, the newest first; at most ``most``."""
    check_session(session, scope)
    leads = (
        select(Account.display_name)
        .join(Membership, Membership.account_id == Account.id)
        .join(
            CareTeamMember,
            (CareTeamMember.tenant_id == Membership.tenant_id) & (CareTeamMember.membership_id == Membership.id),
        )
        .where(
            CareTeamMember.tenant_id == Episode.tenant_id,
            CareTeamMember.patient_id == Episode.patient_id,
            CareTeamMember.is_lead,
            CareTeamMember.ended_at.is_(None),
        )
        .order_by(Account.display_name)
        .limit(1)
        .scalar_subquery()
    )
    found = (
        select(Patient, Episode, Track, Clinic.name, leads)
        .join(Episode, (Episode.tenant_id == Track.tenant_id) & (Episode.id == Track.episode_id))
        .join(Patient, (Patient.tenant_id == Episode.tenant_id) & (Patient.id == Episode.patient_id))
        .join(Clinic, (Clinic.tenant_id == Episode.tenant_id) & (Clinic.id == Episode.clinic_id))
        .where(
            episodes_within(scope),
            Episode.state == EpisodeState.OPEN,
            Track.headline,
            Track.status == TrackStatus.AHEAD,
        )
        .order_by(Track.since.desc(), Patient.family_name, Patient.given_name, Episode.id)
        .limit(most)
    )
    return [Ahead(*row) for row in session.execute(found)]
