"""Signing in: the password, the session behind the cookie, and when it ends."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import BoundedSemaphore
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from care import audit
from care.access import Role, Viewer
from care.database import app_session
from care.errors import CareError
from care.models import Account, SignInAttempt, SignInSession

IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=12)
FREE_FAILURES = 5
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)

NO_MATCH = "The e-mail address and the password do not match. Check both and try again."

_memory = BoundedSemaphore(4)  # one check takes 64 MiB
_hasher = PasswordHasher()  # Argon2id with the library's current defaults (RFC 9106, low-memory profile)
# Checked for an unknown address, so that the time taken does not tell which addresses exist.
_NOBODY = _hasher.hash(secrets.token_hex())


class SignInRefused(CareError):
    """The address and password do not sign anybody in; says nothing about which of them is wrong."""


class SessionEnded(CareError):
    """There is no live session behind the cookie; the message says why, for the sign-in form."""


@dataclass(frozen=True)
class Login:
    """One membership that an address and password open."""

    account_id: UUID
    membership_id: UUID
    role: Role
    tenant_id: UUID
    tenant_name: str


def authenticate(email: str, password: str, now: datetime) -> list[Login]:
    """
    The memberships of whoever knows this password, by tenant and role.

    Raises SignInRefused when they do not match, or too many tries came before.
    """
    email = email.strip().lower()
    if "\0" in email:  # PostgreSQL has no text with it
        raise SignInRefused(NO_MATCH)
    _take_a_try(email, now)
    with app_session(None) as session:
        found = session.execute(text("SELECT * FROM find_login(:email)"), {"email": email}).all()
    if not (_password_matches(found[0].password_hash if found else _NOBODY, password) and found):
        raise SignInRefused(NO_MATCH)
    with app_session(None) as session:
        session.add(SignInAttempt(email_hash=_email_hash(email), at=now, succeeded=True))
    return [Login(row.account_id, row.membership_id, Role(row.role), row.tenant_id, row.tenant_name) for row in found]


def _password_matches(password_hash: str, password: str) -> bool:
    with _memory:
        try:
            return _hasher.verify(password_hash, password)
        except (Argon2Error, InvalidHashError):
            return False


def _email_hash(email: str) -> bytes:
    return hashlib.sha256(email.encode()).digest()


def _take_a_try(email: str, now: datetime) -> None:
    """
    Count this try as a failure until it has succeeded; refuse it when too many came before.

    Counted before the password is looked at, one at a time per address: of 40 tries at once none may slip through.
    """
    hashed = _email_hash(email)
    with app_session(None) as session:
        session.execute(select(func.pg_advisory_xact_lock(int.from_bytes(hashed[:8], signed=True))))
        wait = _wait(session, hashed, now)
        if wait > timedelta(0):
            raise SignInRefused(f"Too many tries that did not match. Try again in {wait.seconds + 1} seconds.")
        session.add(SignInAttempt(email_hash=hashed, at=now, succeeded=False))


def _wait(session: Session, email_hash: bytes, now: datetime) -> timedelta:
    """After five failures in a row each further try has to wait, twice as long each time."""
    mine = SignInAttempt.email_hash == email_hash
    last_success = select(func.max(SignInAttempt.at)).where(mine, SignInAttempt.succeeded).scalar_subquery()
    since = func.coalesce(last_success, now - LONGEST)
    failures = select(func.count(), func.max(SignInAttempt.at)).where(
        mine, ~SignInAttempt.succeeded, SignInAttempt.at > since
    )
    count, last = session.execute(failures).one()
    if count < FREE_FAILURES:
        return timedelta(0)
    return last + min(FIRST_WAIT * 2 ** min(count - FREE_FAILURES, 10), LONGEST_WAIT) - now


def start_session(login: Login, now: datetime, until: datetime | None = None) -> str:
    """
    Open a session for one membership; returns the token for the cookie, of which only the hash is kept.

    ``until``: when it ends at the latest (12 hours by default); a change of role keeps the first session's end.
    """
    token = secrets.token_urlsafe(32)
    with app_session(login.tenant_id) as session:
        session.add(
            SignInSession(
                tenant_id=login.tenant_id,
                membership_id=login.membership_id,
                token_hash=_token_hash(token),
                created_at=now,
                last_seen_at=now,
                expires_at=until or now + LONGEST,
            )
        )
        audit.record(session, "sign_in", membership=str(login.membership_id))
    return token


def _token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def viewer_behind(token: str | None, now: datetime) -> Viewer:
    """
    Who is looking: one indexed read, on every run of every page.

    Raises SessionEnded, with the reason, when nobody is signed in behind the cookie.
    """
    if not token:
        raise SessionEnded("Please sign in.")
    with app_session(None) as session:
        row = session.execute(text("SELECT * FROM session_by_token(:hash)"), {"hash": _token_hash(token)}).first()
    _check_alive(row, now)
    return Viewer(
        session_id=row.session_id,
        tenant_id=row.tenant_id,
        tenant_name=row.tenant_name,
        is_demo=row.is_demo,
        zone=row.zone,
        account_id=row.account_id,
        membership_id=row.membership_id,
        name=row.display_name,
        role=Role(row.role),
        clinics=None if row.all_clinics else frozenset(row.clinics),
        expires_at=row.expires_at,
    )


def _check_alive(row, now: datetime) -> None:
    if row is None:
        raise SessionEnded("Please sign in.")
    if row.ended_at is not None:
        raise SessionEnded(f"{row.ended_reason} Please sign in again.")
    if not row.may_sign_in:
        raise SessionEnded("This access has been ended. Ask your clinic manager.")
    if now >= row.expires_at:
        raise SessionEnded("You were signed out after 12 hours. Please sign in again.")
    if now >= row.last_seen_at + IDLE:
        raise SessionEnded("You were signed out after 15 minutes without activity. Please sign in again.")


def seen(viewer: Viewer, now: datetime) -> None:
    """The person did something: the idle clock starts anew. Never called by an automatic refresh."""
    with app_session(viewer.tenant_id) as session:
        session.execute(
            update(SignInSession)
            .where(SignInSession.id == viewer.session_id, SignInSession.last_seen_at < now)
            .values(last_seen_at=now)
        )


def sign_out(viewer: Viewer, now: datetime) -> None:
    """End this session on every tab that carries its cookie."""
    with app_session(viewer.tenant_id) as session:
        session.execute(
            update(SignInSession)
            .where(SignInSession.id == viewer.session_id, SignInSession.ended_at.is_(None))
            .values(ended_at=now, ended_reason="You signed out.")
        )
        audit.record(session, "sign_out", viewer=viewer)


def other_logins(viewer: Viewer) -> list[Login]:
    """The same person's other memberships, for changing between them (a new session each)."""
    with app_session(viewer.tenant_id) as session:
        email = session.scalar(select(Account.email).where(Account.id == viewer.account_id))
        found = session.execute(text("SELECT * FROM find_login(:email)"), {"email": email}).all()
    return [
        Login(row.account_id, row.membership_id, Role(row.role), row.tenant_id, row.tenant_name)
        for row in found
        if row.membership_id != viewer.membership_id
    ]
