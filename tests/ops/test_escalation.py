"""The worker of a running installation tells the manager of what nobody has finished in time."""

import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from care.access import Role
from care.database import app_session
from care.models import Account, Alert, AlertEvent, Membership
from care.status import AlertState
from installation import inside
from live_patients import provider_of

ONCE_A_MINUTE = 75  # seconds: the worker looks every minute, and the machine may be busy


def test_the_worker_escalates_an_alert_past_its_due_time_to_the_manager_once(running_app):
    running_app.wait_until_ready(30)
    with inside(running_app):
        tenant_id = provider_of(running_app).tenant_id
        with app_session(tenant_id) as session:
            waits = select(Alert).where(Alert.state == AlertState.OPEN, Alert.escalated_at.is_(None))
            alert = session.scalars(waits.order_by(Alert.due_at.desc()).limit(1)).one()
            alert.due_at = datetime.now(UTC) - timedelta(minutes=1)
            alert_id, version = alert.id, alert.version
        deadline = time.monotonic() + ONCE_A_MINUTE
        while (told := escalated(tenant_id, alert_id)) is None and time.monotonic() < deadline:
            time.sleep(1)
        assert told is not None, "nobody was told of an alert past its due time"
        assert told == (version + 1, running_app.accounts[Role.MANAGER][0], 1)


def escalated(tenant_id, alert_id) -> tuple[int, str, int] | None:
    """(the alert's version, whose it became, how often the program told somebody)"""
    with app_session(tenant_id) as session:
        alert = session.get_one(Alert, alert_id)
        if alert.escalated_at is None:
            return None
        email = select(Account.email).join(Membership, Membership.account_id == Account.id)
        told = session.scalars(
            select(AlertEvent.assigned_to).where(
                AlertEvent.alert_id == alert_id,
                AlertEvent.membership_id.is_(None),
                AlertEvent.from_state == AlertEvent.to_state,
            )
        ).all()
        return alert.version, session.scalar(email.where(Membership.id == alert.escalated_to)), len(told)
