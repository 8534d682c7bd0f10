"""
A patient's way in: a link that says nothing about health, opened by the date of birth, bound to one browser.

The link's GET asks for the date, its POST consumes it: mail scanners open links. Nothing here is a sentence for the
screen; the portal has words for each ``Way`` in the patient's language.
"""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import bindparam, func, select, text, update
from sqlalchemy.orm import Session

from care import audit
from care.access import Permission, Viewer, check_may
from care.database import TenantSession, app_session
from care.errors import CareError
from care.models import Alert, Episode, Patient, SurveyAssignment, SurveyLink, Tenant
from care.queue import news
from care.raising import raise_alert
from care.scoping import episodes_within
from care.status import AlertOutcome, AlertState, AssignmentState, EpisodeState
from care.verbs.handling import Handling

IDLE = timedelta(minutes=30)
WRONG_DATES = 5
WANTED = "link_wanted"  # the rule of the alert by which a patient asks for a new link
WITHOUT_SURVEY = timedelta(days=14)  # how long a link is good for while no survey is open

# Both in one statement, because every page of the portal begins with it.
ENTER = text("""
    SELECT
        link_id, tenant_id, patient_id, is_session,
        set_config('app.tenant_id', tenant_id::text, true), set_config('app.patient_id', patient_id::text, true)
    FROM find_link(:hash)
""")
OF_LINK = (
    select(SurveyLink, Patient, Tenant)
    .join(Patient, Patient.id == SurveyLink.patient_id)
    .join(Tenant, Tenant.id == SurveyLink.tenant_id)
    .where(SurveyLink.id == bindparam("link_id"))
)


class Way(StrEnum):
    """What a link or a session leads to."""

    ASK_DATE = "ask the date of birth"
    OPEN = "open"
    USED = "used on another browser"
    EXPIRED = "the window has closed"
    KILLED = "too many wrong dates"
    UNKNOWN = "no such link"


@dataclass(frozen=True)
class Visitor:
    """A patient's session on one browser; everything is read inside this person's wall."""

    link_id: UUID
    tenant_id: UUID
    patient_id: UUID
    episode_id: UUID
    tenant_name: str
    is_demo: bool
    given_name: str
    language: str
    zone: str
    thread_open: bool


def make_link(viewer: Viewer, episode_id: UUID, now: datetime) -> tuple[str, datetime]:
    """
    A new link for staff to copy or print: (its secret, when it ends); only the secret's hash is kept.

    It ends when the open survey's window closes, without one after two weeks. Older ones that nobody has opened end
    now, and who asked for a new one has it.
    """
    check_may(viewer.role, Permission.ENROLL)
    with app_session(viewer.tenant_id) as session:
        episode = session.scalar(
            select(Episode).where(
                Episode.id == episode_id, Episode.state == EpisodeState.OPEN, episodes_within(viewer.scope.widened())
            )
        )
        if episode is None:
            raise CareError("This patient is not on your list, or the episode is closed. Reload the page.")
        if session.get_one(Patient, episode.patient_id).birth_date is None:
            raise CareError("No link was made: the date of birth opens it, and it is not known. Add it first.")
        _supersede(session, viewer, episode.id, now)
        token = secrets.token_urlsafe(24)
        link = SurveyLink(
            tenant_id=viewer.tenant_id,
            patient_id=episode.patient_id,
            episode_id=episode.id,
            token_hash=_hash(token),
            made_by_id=viewer.membership_id,
            made_at=now,
            expires_at=_ends(session, episode, now),
        )
        session.add(link)
        session.flush()
        audit.record(session, "make_link", viewer=viewer, patients=[episode.patient_id], link=str(link.id))
        return token, link.expires_at


def _supersede(session: Session, viewer: Viewer, episode_id: UUID, now: datetime) -> None:
    session.execute(
        update(SurveyLink)
        .where(SurveyLink.episode_id == episode_id, SurveyLink.used_at.is_(None), SurveyLink.expires_at > now)
        .values(expires_at=now)
    )
    wanted = select(Alert.id).where(
        Alert.episode_id == episode_id, Alert.rule == WANTED, Alert.state != AlertState.RESOLVED
    )
    for alert_id in session.scalars(wanted).all():
        Handling(session, viewer, now).resolve(alert_id, AlertOutcome.MESSAGED, "A new link was made.")


def way_of_link(token: str, cookie: str | None, now: datetime) -> Way:
    """Where a link leads from this browser; opens nothing."""
    found = _find(token)
    if found is None or found.is_session:
        return Way.UNKNOWN
    with app_session(found.tenant_id, found.patient_id) as session:
        return _way(session.get_one(SurveyLink, found.link_id), cookie, now)


def open_link(token: str, cookie: str | None, birth_date: date | None, now: datetime) -> tuple[Way, str | None]:
    """
    Try a date of birth on a link, or (idle) on the session it opened: (way, new cookie).

    A wrong date, or none that can be read, counts; the fifth kills the link and tells staff.
    """
    found = _find(token)
    if found is None:
        return Way.UNKNOWN, None
    with app_session(found.tenant_id, found.patient_id) as session:
        link = session.scalar(select(SurveyLink).where(SurveyLink.id == found.link_id).with_for_update())
        way = _way(link, token if found.is_session else cookie, now)
        if way not in (Way.ASK_DATE, Way.OPEN):
            return way, None
        if session.get_one(Patient, link.patient_id).birth_date != birth_date:
            return _count_wrong_date(session, link, now), None
        fresh = secrets.token_urlsafe(32)
        link.used_at, link.seen_at = link.used_at or now, now
        link.session_hash, link.thread_opened_at, link.wrong_dates = _hash(fresh), None, 0
        audit.record(session, "open_link", patients=[link.patient_id], link=str(link.id))
        return Way.OPEN, fresh


def visitor_behind(cookie: str | None, now: datetime) -> tuple[Way, Visitor | None]:
    """Who is on this browser; being seen moves the idle clock."""
    with visiting(cookie, now) as (way, _session, visitor):
        return way, visitor


@contextmanager
def visiting(cookie: str | None, now: datetime) -> Iterator[tuple[Way, Session, Visitor | None]]:
    """
    Who is on this browser, and one transaction inside that person's wall for all that the page reads and writes.

    Without a visitor the transaction stands outside every wall, or inside one that nobody is told of.
    """
    with app_session(None) as session:
        way, visitor = _seen(session, cookie, now) if cookie else (Way.UNKNOWN, None)
        yield way, session, visitor


def _seen(session: TenantSession, cookie: str, now: datetime) -> tuple[Way, Visitor | None]:
    found = _enter(session, cookie)
    if found is None or not found.is_session:
        return Way.UNKNOWN, None
    link, patient, tenant = session.execute(OF_LINK, {"link_id": found.link_id}).one()
    way = _way(link, cookie, now)
    if way is not Way.OPEN:
        return way, None
    if now - link.seen_at > timedelta(minutes=1):
        link.seen_at = now
    return way, _visitor(link, patient, tenant)


def ask_for_new_link(token: str, now: datetime) -> None:
    """From another browser, or too late: staff see on the panel that this patient wants a new link."""
    found = _find(token)
    if found is not None:
        with app_session(found.tenant_id, found.patient_id) as session:
            link = session.get_one(SurveyLink, found.link_id)
            _tell_staff(session, link, WANTED, "Asks for a new link to the survey.", now)


def leave(visitor: Visitor, now: datetime) -> None:
    """End the session on this browser; the link asks for the date again there and nowhere else."""
    with app_session(visitor.tenant_id, visitor.patient_id) as session:
        link = session.get_one(SurveyLink, visitor.link_id)
        link.seen_at, link.thread_opened_at = now - IDLE, None


def _way(link: SurveyLink, cookie: str | None, now: datetime) -> Way:
    if link.killed_at is not None:
        return Way.KILLED
    if now >= link.expires_at:
        return Way.EXPIRED
    if link.used_at is None:
        return Way.ASK_DATE
    if cookie is None or link.session_hash != _hash(cookie):
        return Way.USED
    return Way.OPEN if now < link.seen_at + IDLE else Way.ASK_DATE


def _count_wrong_date(session: Session, link: SurveyLink, now: datetime) -> Way:
    link.wrong_dates += 1
    if link.wrong_dates < WRONG_DATES:
        return Way.ASK_DATE
    link.killed_at = now
    reason = "Five wrong dates of birth on the survey link: it no longer works. Check who has it, then make a new one."
    _tell_staff(session, link, "link_killed", reason, now)
    return Way.KILLED


def _tell_staff(session: Session, link: SurveyLink, rule: str, reason: str, now: datetime) -> None:
    episode = session.get_one(Episode, link.episode_id)
    raise_alert(session, episode, rule, f"link:{link.id}", "watch", reason, now)
    audit.record(session, rule, patients=[link.patient_id], link=str(link.id))
    news(session)


def _visitor(link: SurveyLink, patient: Patient, tenant: Tenant) -> Visitor:
    return Visitor(
        link_id=link.id,
        tenant_id=link.tenant_id,
        patient_id=link.patient_id,
        episode_id=link.episode_id,
        tenant_name=tenant.name,
        is_demo=tenant.is_demo,
        given_name=patient.given_name or "",
        language=patient.language,
        zone=patient.zone or tenant.zone,
        thread_open=link.thread_opened_at is not None,
    )


def _ends(session: Session, episode: Episode, now: datetime) -> datetime:
    closes = session.scalar(
        select(func.max(SurveyAssignment.expires_at)).where(
            SurveyAssignment.episode_id == episode.id,
            SurveyAssignment.state == AssignmentState.OPEN,
            SurveyAssignment.due_at <= now,
            SurveyAssignment.expires_at > now,
        )
    )
    return closes or now + WITHOUT_SURVEY


def _find(secret: str):
    with app_session(None) as session:
        return _enter(session, secret)


def _enter(session: TenantSession, secret: str):
    """Whose secret it is, None: nobody's; from here on the transaction stands inside that person's wall."""
    found = session.execute(ENTER, {"hash": _hash(secret)}).first()
    if found is not None:
        session.name(found.tenant_id, found.patient_id)
    return found


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
