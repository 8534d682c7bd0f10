"""Work past its due time, by clinic and owner: numbers for the managers, no patient in sight."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from care.access import Scope
from care.models import Account, Alert, Clinic, Episode, Membership
from care.scoping import check_session, episodes_within
from care.status import AlertState, EpisodeState


@dataclass(frozen=True)
class Overdue:
    """Alerts of open episodes past due that one person has (None: the care team), and the oldest due time."""

    clinic: str
    owner: str | None
    alerts: int
    oldest_due_at: datetime


def find_overdue(session: Session, scope: Scope, as_of: datetime) -> list[Overdue]:
    """Live, by clinic and owner; who has put an alert off has decided, so snoozed ones do not count."""
    check_session(session, scope)
    counted = (
        select(Clinic.name, Account.display_name, func.count(Alert.id), func.min(Alert.due_at))
        .join(Episode, (Episode.tenant_id == Alert.tenant_id) & (Episode.id == Alert.episode_id))
        .join(Clinic, (Clinic.tenant_id == Episode.tenant_id) & (Clinic.id == Episode.clinic_id))
        .join(Membership, (Membership.tenant_id == Alert.tenant_id) & (Membership.id == Alert.owner_id), isouter=True)
        .join(Account, Account.id == Membership.account_id, isouter=True)
        .where(
            episodes_within(scope),
            Episode.state == EpisodeState.OPEN,
            Alert.state.in_([AlertState.OPEN, AlertState.ACKNOWLEDGED]),
            Alert.due_at <= as_of,
        )
        .group_by(Clinic.name, Account.display_name)
        .order_by(Clinic.name, Account.display_name)
    )
    return [Overdue(*row) for row in session.execute(counted)]
