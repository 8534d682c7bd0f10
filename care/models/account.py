"""Who signs in: accounts, memberships, sign-in sessions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from care.access import Role
from care.ids import new_id
from care.models.base import Base, TenantOwned, choice, now_by_default, tenant_foreign_key


class Account(Base):
    """A person who signs in; belongs to no tenant. ``password_hash`` is readable by ``find_login`` alone."""

    __tablename__ = "account"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(unique=True)  # lower case
    display_name: Mapped[str]
    password_hash: Mapped[str]  # Argon2id
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = now_by_default()


class Membership(TenantOwned, Base):
    """An account in a tenant, in one role; the clinics it covers are rows of ``membership_clinic``."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("tenant_id", "id"), UniqueConstraint("tenant_id", "account_id", "role"))
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    role: Mapped[Role] = mapped_column(choice(Role))
    all_clinics: Mapped[bool] = mapped_column(default=False)
    ended_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = now_by_default()


class MembershipClinic(TenantOwned, Base):
    """A clinic that a membership covers."""

    __tablename__ = "membership_clinic"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "membership_id", "clinic_id"),
        tenant_foreign_key("membership_id", "membership"),
        tenant_foreign_key("clinic_id", "clinic"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    membership_id: Mapped[UUID]
    clinic_id: Mapped[UUID]
    ended_at: Mapped[datetime | None]


class SignInSession(TenantOwned, Base):
    """One membership signed in on one browser; the token itself is never stored."""

    __tablename__ = "sign_in_session"
    __table_args__ = (UniqueConstraint("tenant_id", "id"), tenant_foreign_key("membership_id", "membership"))
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    membership_id: Mapped[UUID]
    token_hash: Mapped[bytes] = mapped_column(unique=True)  # SHA-256 of the cookie's value
    created_at: Mapped[datetime] = now_by_default()
    last_seen_at: Mapped[datetime] = now_by_default()  # moved by the person's own actions only
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str | None]


class SignInAttempt(Base):
    """One try to sign in, by a hash of the address typed, known or not; slows guessing down."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index(None, "email_hash", "at"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email_hash: Mapped[bytes]
    at: Mapped[datetime] = now_by_default()
    succeeded: Mapped[bool]
