"""A case in words: one line per alert, the most urgent first, with who has it and what has become of it."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from care.access import Viewer
from care.models import Alert
from care.status import AlertState
from dashboard.labels import status_label
from dashboard.words import literal, moment, plural, short_date
from scoring.reasons import as_read


def case_lines(viewer: Viewer, alerts: Iterable[Alert], names: dict[UUID, str], as_of: datetime) -> list[str]:
    """▼ **Off track** since 23 Nov, 2 days open, owner: you. Then the reason, on a line of its own."""
    today = as_of.astimezone(ZoneInfo(viewer.zone)).date()
    return [
        f"{status_words(alert)} :gray[{literal(standing(viewer, alert, names, as_of))}]  \n"
        f"{literal(as_read(alert.reason, today))}"
        for alert in alerts
    ]


def status_words(alert: Alert) -> str:
    label = status_label(alert.status)
    return f":{label.colour}[{label.glyph}] **{label.word}**"


def standing(viewer: Viewer, alert: Alert, names: dict[UUID, str], as_of: datetime) -> str:
    """since 23 Nov, 2 days open, past due since 24 Nov, 09:00, told to the manager, owner: you"""
    zone = ZoneInfo(viewer.zone)
    today, raised = as_of.astimezone(zone).date(), alert.raised_at.astimezone(zone).date()
    open_for = (as_of - alert.raised_at).days
    parts = [f"since {short_date(raised, today)}"]
    parts.append("new today" if open_for == 0 else f"{plural(open_for, 'day')} open")
    if alert.state is AlertState.SNOOZED:
        until = "the next answer" if alert.snoozed_until is None else moment(alert.snoozed_until, as_of, viewer.zone)
        parts.append(f"snoozed until {until}")
    elif alert.due_at <= as_of:
        parts.append(f"past due since {moment(alert.due_at, as_of, viewer.zone)}")
    if alert.escalated_to:
        parts.append("told to the manager")
    parts.append(f"owner: {_owner(viewer, alert, names)}")
    return ", ".join(parts)


def _owner(viewer: Viewer, alert: Alert, names: dict[UUID, str]) -> str:
    return "you" if alert.owner_id == viewer.membership_id else names.get(alert.owner_id, "the care team")
