"""What has come in since a list was drawn."""

from sqlalchemy import String, and_, bindparam, cast, func, select
from sqlalchemy.orm import Session
from sqlalchemy.types import UserDefinedType

from care.access import Scope
from care.models import Alert, AlertEvent, Episode
from care.scoping import check_session, episodes_within
from care.status import AlertState


class PgSnapshot(UserDefinedType):
    """PostgreSQL's own note of which transactions have ended."""

    cache_ok = True

    def get_col_spec(self) -> str:
        return "pg_snapshot"


def mark_of_now(session: Session) -> str:
    """What can be seen now; taken before a list is read, it tells later what the list cannot have had."""
    return session.scalar(select(cast(func.pg_current_snapshot(), String)))


def count_opened_since(session: Session, scope: Scope, mark: str) -> int:
    """
    How many alerts in the scope were raised, woken or reopened after ``mark`` and wait untouched.

    Asked by transactions and not by the clock: an update of the judgements takes seconds, and what it raises carries
    the time at which it began. A list drawn in between would never be told.
    """
    check_session(session, scope)
    then = cast(bindparam("mark", mark), PgSnapshot)
    opened = AlertEvent.changed_xact
    return session.scalar(
        select(func.count(Alert.id.distinct()))
        .join(Episode, and_(Episode.tenant_id == Alert.tenant_id, Episode.id == Alert.episode_id))
        .join(AlertEvent, and_(AlertEvent.tenant_id == Alert.tenant_id, AlertEvent.alert_id == Alert.id))
        .where(
            Alert.state == AlertState.OPEN,
            AlertEvent.to_state == AlertState.OPEN,
            opened >= func.pg_snapshot_xmin(then),
            ~func.pg_visible_in_snapshot(opened, then),
            episodes_within(scope),
        )
    )
