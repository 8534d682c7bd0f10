"""Who of a clinic's staff can be given something."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from care.access import Role
from care.models import Account, Membership, MembershipClinic


@dataclass(frozen=True)
class Colleague:
    membership_id: UUID
    name: str


def find_colleagues(session: Session, clinic_id: UUID) -> list[Colleague]:
    """The providers who cover a clinic, by name."""
    providers = _members(Role.PROVIDER, clinic_id).order_by(Account.display_name, Membership.id)
    return [Colleague(*row) for row in session.execute(providers)]


def managers_of(session: Session, clinic_id: UUID) -> list[UUID]:
    """The memberships of a clinic's managers, those of this clinic before those of the whole tenant."""
    return list(session.scalars(_members(Role.MANAGER, clinic_id).order_by(Membership.all_clinics, Membership.id)))


def _members(role: Role, clinic_id: UUID) -> Select:
    return (
        select(Membership.id, Account.display_name)
        .join(Account, Account.id == Membership.account_id)
        .where(
            Membership.role == role,
            Membership.ended_at.is_(None),
            Account.disabled_at.is_(None),
            or_(Membership.all_clinics, _covers(clinic_id)),
        )
    )


def _covers(clinic_id: UUID) -> ColumnElement[bool]:
    return exists().where(
        and_(
            MembershipClinic.tenant_id == Membership.tenant_id,
            MembershipClinic.membership_id == Membership.id,
            MembershipClinic.clinic_id == clinic_id,
            MembershipClinic.ended_at.is_(None),
        )
    )
