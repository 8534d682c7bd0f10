"""Whom a replay is about: how many providers for a manager, which patients for those who treat them."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from care.access import Scope
from care.models import CareTeamMember, Episode, Patient
from care.scoping import check_session, episodes_within


def count_leads(session: Session, scope: Scope, episodes: Iterable[UUID]) -> int:
    """Memberships that lead the care of at least one of the episodes' patients now; no name leaves this."""
    check_session(session, scope)
    leading = select(func.count(func.distinct(CareTeamMember.membership_id))).join(
        Episode,
        (Episode.tenant_id == CareTeamMember.tenant_id) & (Episode.patient_id == CareTeamMember.patient_id),
    )
    return session.scalar(
        leading.where(
            episodes_within(scope),
            Episode.id.in_(sorted(set(episodes))),
            CareTeamMember.is_lead,
            CareTeamMember.ended_at.is_(None),
        )
    )


def find_replayed(session: Session, scope: Scope, episodes: Iterable[UUID]) -> list[tuple[Episode, Patient]]:
    """Those of the episodes that lie in the scope, with their patients, by name."""
    check_session(session, scope)
    asked = (
        select(Episode, Patient)
        .join(Patient, (Patient.tenant_id == Episode.tenant_id) & (Patient.id == Episode.patient_id))
        .where(episodes_within(scope), Episode.id.in_(sorted(set(episodes))))
        .order_by(Patient.family_name, Patient.given_name, Episode.id)
    )
    return [(episode, patient) for episode, patient in session.execute(asked)]
