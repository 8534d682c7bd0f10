"""What has come in since somebody last looked."""

from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from care.access import Scope
from care.models import Alert, Episode
from care.scoping import check_session, episodes_within
from care.status import AlertState


def count_opened_since(session: Session, scope: Scope, since: datetime) -> int:
    """How many alerts in the scope were raised, woken or reopened after ``since`` and wait untouched."""
    check_session(session, scope)
    return session.scalar(
        select(func.count())
        .select_from(Alert)
        .join(Episode, and_(Episode.tenant_id == Alert.tenant_id, Episode.id == Alert.episode_id))
        .where(Alert.state == AlertState.OPEN, Alert.state_changed_at > since, episodes_within(scope))
    )
