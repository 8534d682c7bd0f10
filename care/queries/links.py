"""Where a patient's link stands, for staff."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from care.models import Alert, PatientPassword, SurveyLink
from care.status import AlertState


class LinkStanding(StrEnum):
    """Of the newest link of an episode."""

    NONE = "none"
    NOT_OPENED = "not opened"
    TRIED = "tried"  # a wrong date of birth, up to now
    USED = "used"
    KILLED = "killed"
    EXPIRED = "expired"


@dataclass(frozen=True)
class LinkState:
    """``at``: when it was made, first opened, killed or ended; ``wanted``: the patient asks for a new one."""

    standing: LinkStanding
    at: datetime | None = None
    until: datetime | None = None
    seen_at: datetime | None = None
    wanted: bool = False
    has_password: bool = False


def link_state(session: Session, episode_id: UUID, patient_id: UUID, now: datetime) -> LinkState:
    """The state of the newest link; the caller has found the episode inside the viewer's scope."""
    password = select(PatientPassword.password_hash).where(PatientPassword.patient_id == patient_id)
    has_password = session.scalar(password) is not None
    link = session.scalar(
        select(SurveyLink).where(SurveyLink.episode_id == episode_id).order_by(SurveyLink.made_at.desc()).limit(1)
    )
    if link is None:
        return LinkState(LinkStanding.NONE, has_password=has_password)
    wanted = exists().where(
        Alert.episode_id == episode_id,
        Alert.rule == "link_wanted",
        Alert.state != AlertState.RESOLVED,
        Alert.raised_at >= link.made_at,
    )
    standing, at = _standing(link, now)
    return LinkState(standing, at, link.expires_at, link.seen_at, bool(session.scalar(select(wanted))), has_password)


def _standing(link: SurveyLink, now: datetime) -> tuple[LinkStanding, datetime]:
    if link.killed_at is not None:
        return LinkStanding.KILLED, link.killed_at
    if now >= link.expires_at:
        return LinkStanding.EXPIRED, link.expires_at
    if link.used_at is not None:
        return LinkStanding.USED, link.used_at
    return (LinkStanding.TRIED if link.wrong_dates else LinkStanding.NOT_OPENED), link.made_at
