"""Tenants, clinics, accounts: made by the owner role, from the command line or the demo."""

import re
from uuid import UUID

from argon2 import PasswordHasher
from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

import settings
from care.access import Role
from care.database import APP, owner_engine
from care.errors import CareError
from care.ids import new_id
from care.migrate import make_role
from care.models import Account, Clinic, Membership, MembershipClinic, Tenant, TenantLake

SHORTEST_PASSWORD = 12


def add_tenant(name: str, demo: bool = False, zone: str = "America/New_York") -> UUID:
    """
    A new tenant with its own lake: a role, a catalog schema and a folder that no other tenant's role reaches.

    Raises CareError when the name is taken.
    """
    engine = owner_engine()
    try:
        with Session(engine) as session, session.begin():
            if session.scalar(select(Tenant.id).where(Tenant.name == name)):
                raise CareError(f"There is a tenant named “{name}” already. Choose another name.")
            tenant = Tenant(id=new_id(), name=name, is_demo=demo, zone=zone)
            session.add(tenant)
            session.flush()
            session.add(_lake(session.connection(), tenant.id))
            return tenant.id
    finally:
        engine.dispose()


def _lake(connection: Connection, tenant_id: UUID) -> TenantLake:
    lake = TenantLake(
        tenant_id=tenant_id,
        role=f"po_lake_{tenant_id.hex}",
        catalog_schema=f"lake_{tenant_id.hex}",
        data_path=f"{settings.LAKE_ROOT}/{tenant_id.hex}/",
    )
    make_lake_role(connection, lake)
    return lake


def make_lake_role(connection: Connection, lake: TenantLake) -> None:
    """The tenant's catalog role and schema; also after a restore into a server that does not know the role."""
    make_role(connection, lake.role)
    connection.execute(text(f"GRANT {lake.role} TO CURRENT_USER"))
    connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {lake.catalog_schema} AUTHORIZATION {lake.role}"))
    connection.execute(text(f"REVOKE ALL ON SCHEMA {lake.catalog_schema} FROM PUBLIC, {APP}"))


def find_tenant(session: Session, name: str) -> Tenant:
    """The tenant of that name or id, asked as the owner; refuses an unknown one with the names there are."""
    known = {tenant.name: tenant for tenant in session.scalars(select(Tenant).order_by(Tenant.name))}
    for tenant in known.values():
        if name in (tenant.name, str(tenant.id)):
            return tenant
    listed = ", ".join(f"“{each}”" for each in known) or "none yet"
    raise CareError(f"There is no tenant “{name}”. Tenants: {listed}. Add one with: python -m care tenant add NAME")


def tenant_named(name: str) -> Tenant:
    """Like ``find_tenant``, with a connection of its own."""
    engine = owner_engine()
    try:
        with Session(engine, expire_on_commit=False) as session:
            return find_tenant(session, name)
    finally:
        engine.dispose()


def all_tenants() -> list[Tenant]:
    """Every tenant, by name."""
    engine = owner_engine()
    try:
        with Session(engine, expire_on_commit=False) as session:
            return list(session.scalars(select(Tenant).order_by(Tenant.name)))
    finally:
        engine.dispose()


def add_clinic(tenant_name: str, code: str, name: str) -> UUID:
    """A new clinic of a tenant; its code is short, stable and unique in the tenant."""
    engine = owner_engine()
    try:
        with Session(engine) as session, session.begin():
            tenant = find_tenant(session, tenant_name)
            if session.scalar(select(Clinic.id).where(Clinic.tenant_id == tenant.id, Clinic.code == code)):
                raise CareError(f"“{tenant.name}” has a clinic with the code {code} already. Choose another code.")
            clinic = Clinic(id=new_id(), tenant_id=tenant.id, code=code, name=name)
            session.add(clinic)
            return clinic.id
    finally:
        engine.dispose()


def add_account(
    email: str,
    tenant_name: str,
    role: Role,
    password: str,
    display_name: str = "",
    clinic_codes: list[str] | None = None,
) -> UUID:
    """
    A person's membership in a tenant; the account is made when the address is new.

    ``clinic_codes`` None = every clinic of the tenant. An existing account keeps its password. Returns the
    membership's id.
    """
    email = email.strip().lower()
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", email):
        raise CareError(f"“{email}” is not an e-mail address. Write it as name@example.org.")
    engine = owner_engine()
    try:
        with Session(engine) as session, session.begin():
            tenant = find_tenant(session, tenant_name)
            account = session.scalar(select(Account).where(Account.email == email))
            account = account or _new_account(session, email, password, display_name)
            return _new_membership(session, tenant, account, role, clinic_codes)
    finally:
        engine.dispose()


def _new_account(session: Session, email: str, password: str, display_name: str) -> Account:
    if len(password) < SHORTEST_PASSWORD:
        raise CareError(f"The password has {len(password)} characters; {SHORTEST_PASSWORD} or more are needed.")
    name = display_name or email.partition("@")[0]
    account = Account(id=new_id(), email=email, display_name=name, password_hash=PasswordHasher().hash(password))
    session.add(account)
    session.flush()
    return account


def _new_membership(
    session: Session, tenant: Tenant, account: Account, role: Role, clinic_codes: list[str] | None
) -> UUID:
    known = select(Membership.id).where(
        Membership.tenant_id == tenant.id, Membership.account_id == account.id, Membership.role == role
    )
    if session.scalar(known):
        raise CareError(f"{account.email} is a {role} of “{tenant.name}” already.")
    membership = Membership(
        id=new_id(), tenant_id=tenant.id, account_id=account.id, role=role, all_clinics=clinic_codes is None
    )
    session.add(membership)
    session.flush()
    for clinic_id in _clinic_ids(session, tenant, clinic_codes or []):
        session.add(MembershipClinic(tenant_id=tenant.id, membership_id=membership.id, clinic_id=clinic_id))
    return membership.id


def _clinic_ids(session: Session, tenant: Tenant, codes: list[str]) -> list[UUID]:
    known = dict(session.execute(select(Clinic.code, Clinic.id).where(Clinic.tenant_id == tenant.id)).all())
    unknown = [code for code in codes if code not in known]
    if unknown:
        listed = ", ".join(sorted(known)) or "none yet"
        raise CareError(f"“{tenant.name}” has no clinic {', '.join(unknown)}. Clinics: {listed}.")
    return [known[code] for code in codes]
