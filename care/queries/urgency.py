"""
Worst first: the one order in which episodes stand on the panel.

An episode with an active alert stands by what the alert is about, before every episode without one, which stands
by its track. A snoozed alert is not active until its moment has come.
"""

from datetime import datetime

from sqlalchemy import Date, Select, and_, case, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from care.models import Alert, Episode, Track
from care.status import AlertState
from scoring.track import RANK, TrackStatus

WITHOUT_ALERT = len(RANK)  # added to the rank of a track that has no active alert
NOT_JUDGED = RANK[TrackStatus.FEW_DATA]  # an episode that no run has seen yet


def status_rank(status) -> case:
    """The rank of a status column; 0 is the most urgent."""
    return case(RANK, value=status)


def is_active(as_of: datetime):
    """Alerts that somebody has to act on now."""
    return or_(
        Alert.state.in_([AlertState.OPEN, AlertState.ACKNOWLEDGED]),
        and_(Alert.state == AlertState.SNOOZED, Alert.snoozed_until <= as_of),
    )


def most_urgent_alert(as_of: datetime):
    """Subquery, one row per episode with an active alert: its most urgent one, the earliest raised of equals."""
    rank = status_rank(Alert.status)
    return (
        select(Alert.tenant_id, Alert.episode_id, Alert.id, Alert.status, Alert.raised_at, rank.label("rank"))
        .where(is_active(as_of))
        .ext(distinct_on(Alert.episode_id))
        .order_by(Alert.episode_id, rank, Alert.raised_at, Alert.id)
        .subquery("urgent")
    )


def ranked_episodes(as_of: datetime) -> Select:
    """
    One row per episode: episode_id, urgency, since, status, alert_id.

    The caller adds its scope and filters; (urgency, since, episode_id) is a total order.
    """
    urgent = most_urgent_alert(as_of)
    headline = aliased(Track)
    return (
        select(
            Episode.id.label("episode_id"),
            Episode.patient_id,
            func.coalesce(urgent.c.rank, WITHOUT_ALERT + func.coalesce(headline.rank, NOT_JUDGED)).label("urgency"),
            func.coalesce(
                cast(func.timezone("UTC", urgent.c.raised_at), Date), headline.since, Episode.index_date
            ).label("since"),
            func.coalesce(urgent.c.status, headline.status, literal(TrackStatus.FEW_DATA.value)).label("status"),
            urgent.c.id.label("alert_id"),
            headline.id.label("track_id"),
        )
        .join(urgent, and_(urgent.c.tenant_id == Episode.tenant_id, urgent.c.episode_id == Episode.id), isouter=True)
        .join(
            headline,
            and_(headline.tenant_id == Episode.tenant_id, headline.episode_id == Episode.id, headline.headline),
            isouter=True,
        )
    )
