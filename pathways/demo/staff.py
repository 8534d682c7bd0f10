"""The synthetic staff, as the verbs of the store know them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from care.access import Role, Viewer
from care.models import Account, Tenant
from pathways.demo.cohort import Planned
from pathways.demo.content import DemoContent
from pathways.demo.tenant import Places

NOT_SIGNED_IN = UUID(int=0)  # nobody sat before a screen


def staff_viewers(session: Session, places: Places, content: DemoContent, as_of: datetime) -> dict[UUID, Viewer]:
    """The providers by membership; what they do needs the rights they have."""
    tenant = session.scalars(select(Tenant)).one()
    accounts = dict(session.execute(select(Account.email, Account.id)).all())
    return {
        places.memberships[member.email]: Viewer(
            session_id=NOT_SIGNED_IN,
            tenant_id=tenant.id,
            tenant_name=tenant.name,
            is_demo=tenant.is_demo,
            zone=tenant.zone,
            account_id=accounts[member.email],
            membership_id=places.memberships[member.email],
            name=member.name,
            role=Role.PROVIDER,
            clinics=None if member.clinics is None else frozenset(places.clinics[code] for code in member.clinics),
            expires_at=as_of,
        )
        for member in content.staff
        if member.role == Role.PROVIDER
    }


def colleagues_of(content: DemoContent, places: Places, planned: Planned) -> tuple[UUID, ...]:
    """The other providers of the patient's clinic."""
    return tuple(
        places.memberships[member.email]
        for member in content.staff
        if member.role == Role.PROVIDER and member != planned.provider and planned.clinic.code in (member.clinics or [])
    )
