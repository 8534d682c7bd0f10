"""The demonstration's tenant, clinics and staff accounts."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from care.access import Role
from care.database import app_session
from care.models import Account, Clinic, Membership, Tenant
from care.tenants import add_account, add_clinic, add_tenant, all_tenants
from pathways.demo.content import DemoContent, demo_content
from pathways.errors import PathwayError


@dataclass(frozen=True)
class Places:
    """What hangs rows on the tenant: ids of clinics by code, of memberships by e-mail."""

    tenant_id: UUID
    clinics: dict[str, UUID]
    memberships: dict[str, UUID]


def demo_accounts() -> list[tuple[Role, str, str]]:
    """(role, e-mail, password) of everyone in the demonstration; the password is public, see data/demo/clinics.toml."""
    content = demo_content()
    return [(Role(member.role), member.email, content.password) for member in content.staff]


def make_places(content: DemoContent, tenant_name: str) -> Places:
    """
    The tenant with its clinics and accounts; what is there already stays.

    Raises PathwayError when the tenant exists and is not marked as a demonstration.
    """
    tenant_id = _tenant(content, tenant_name)
    clinics, memberships = _known(tenant_id)
    for clinic in content.clinics:
        if clinic.code not in clinics:
            clinics[clinic.code] = add_clinic(tenant_name, clinic.code, clinic.name)
    for member in content.staff:
        if member.email not in memberships:
            memberships[member.email] = add_account(
                member.email, tenant_name, Role(member.role), content.password, member.name, member.clinics
            )
    return Places(tenant_id, clinics, memberships)


def known_places(tenant_id: UUID) -> Places:
    """What the tenant has of them."""
    return Places(tenant_id, *_known(tenant_id))


def _tenant(content: DemoContent, name: str) -> UUID:
    known = {tenant.name: tenant for tenant in all_tenants()}
    if name not in known:
        return add_tenant(name, demo=True, zone=content.zone)
    tenant: Tenant = known[name]
    if not tenant.is_demo:
        raise PathwayError(
            f"“{name}” is not marked as a demonstration; synthetic patients never go into a real tenant. "
            "Name another one, or leave the name out."
        )
    return tenant.id


def _known(tenant_id: UUID) -> tuple[dict[str, UUID], dict[str, UUID]]:
    with app_session(tenant_id) as session:
        clinics = dict(session.execute(select(Clinic.code, Clinic.id)).all())
        staff = select(Account.email, Membership.id).join(Membership, Membership.account_id == Account.id)
        return clinics, dict(session.execute(staff).all())
