"""Raising an alert at once, in the transaction of what it is about; the ETL raises the others when it delivers."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from care.deadlines import hours_to_act
from care.ids import new_id
from care.models import Alert, AlertEvent, CareTeamMember, Episode
from care.queue import news
from care.status import AlertState, EpisodeState

UNTIL_AN_ANSWER = (Alert.state == AlertState.SNOOZED, Alert.snoozed_until.is_(None))


def raise_alert(
    session: Session,
    episode: Episode,
    rule: str,
    trigger: str,
    status: str,
    reason: str,
    now: datetime,
    **about: object,
) -> UUID | None:
    """
    One alert per episode, rule and trigger, ever; returns its id, None where there is one already or care has ended.

    ``about`` are further columns: evidence, instrument, scale, response_id; owner_id, who otherwise leads the care.
    """
    if _has_ended(episode, now) or episode.is_historical:
        return None
    values = {
        "id": new_id(),
        "tenant_id": episode.tenant_id,
        "patient_id": episode.patient_id,
        "episode_id": episode.id,
        "rule": rule,
        "trigger": trigger,
        "status": status,
        "reason": reason,
        "evidence": {},
        "owner_id": about["owner_id"] if "owner_id" in about else _lead(session, episode.patient_id),
        "raised_at": now,
        "due_at": now + timedelta(hours=hours_to_act()[status]),
        "state": AlertState.OPEN,
    }
    raised = session.scalar(
        insert(Alert)
        .values(values | about)
        .on_conflict_do_nothing(index_elements=["tenant_id", "episode_id", "rule", "trigger"])
        .returning(Alert.id)
    )
    if raised is not None:
        _event(session, episode, raised, None, now)
    return raised


def _has_ended(episode: Episode, now: datetime) -> bool:
    return episode.state is not EpisodeState.OPEN and (episode.closed_at is None or episode.closed_at <= now)


def are_snoozed() -> ColumnElement[bool]:
    """Whether an episode has alerts put off "until the next answer"; for a query over ``Episode``."""
    return exists().where(Alert.episode_id == Episode.id, *UNTIL_AN_ANSWER)


def wake_snoozed(session: Session, episode: Episode, now: datetime) -> None:
    """Alerts put off "until the next answer" come back: it has come."""
    woken = session.scalars(
        update(Alert)
        .where(Alert.episode_id == episode.id, *UNTIL_AN_ANSWER)
        .values(state=AlertState.OPEN, state_changed_at=now, version=Alert.version + 1)
        .returning(Alert.id)
    ).all()
    for alert_id in woken:
        _event(session, episode, alert_id, AlertState.SNOOZED, now)


def _event(session: Session, episode: Episode, alert_id: UUID, before: AlertState | None, now: datetime) -> None:
    session.add(
        AlertEvent(
            tenant_id=episode.tenant_id,
            patient_id=episode.patient_id,
            alert_id=alert_id,
            from_state=before,
            to_state=AlertState.OPEN,
            at=now,
        )
    )
    news(session)


def _lead(session: Session, patient_id: UUID) -> UUID | None:
    """Who leads the patient's care; without one the alert is the whole team's."""
    return session.scalar(
        select(CareTeamMember.membership_id)
        .where(CareTeamMember.patient_id == patient_id, CareTeamMember.is_lead, CareTeamMember.ended_at.is_(None))
        .order_by(CareTeamMember.membership_id)
        .limit(1)
    )
