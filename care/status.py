"""Every state a row can be in, who sets it, and which change is legal."""

from enum import StrEnum

from care.errors import CareError


class EpisodeState(StrEnum):
    OPEN = "open"  # under care; judged as of now
    CLOSED = "closed"  # care has ended, or the episode came from a registry; judged as of its last follow-up


class ReplayState(StrEnum):
    WAITING = "waiting"  # a manager has asked for it
    RUNNING = "running"  # the worker judges, day by day; one whose worker died begins anew
    DONE = "done"
    FAILED = "failed"  # the row says why


class EnrollmentState(StrEnum):
    ACTIVE = "active"  # the pathway sends
    PAUSED = "paused"  # staff holds it (admission, holiday, unconfirmed surgery)
    COMPLETED = "completed"  # the last step has passed
    WITHDRAWN = "withdrawn"  # staff or patient ended it early


class AssignmentState(StrEnum):
    OPEN = "open"  # asked, not answered yet
    ANSWERED = "answered"  # a complete response is linked
    PARTIAL = "partial"  # its window closed on a draft, which became a partial response
    EXPIRED = "expired"  # its window closed without an answer
    CANCELLED = "cancelled"  # the enrollment ended before it was answered


class AlertState(StrEnum):
    OPEN = "open"  # nobody has looked yet
    ACKNOWLEDGED = "acknowledged"  # somebody has taken it
    SNOOZED = "snoozed"  # put off until a date or the next answer
    RESOLVED = "resolved"  # closed with an outcome


class AlertOutcome(StrEnum):
    CALLED = "called"
    MESSAGED = "messaged"
    PLAN_CHANGED = "plan_changed"
    NO_ACTION_NEEDED = "no_action_needed"
    WRONG_FLAG = "wrong_flag"


ENROLLMENT_CHANGES = {
    EnrollmentState.ACTIVE: {EnrollmentState.PAUSED, EnrollmentState.COMPLETED, EnrollmentState.WITHDRAWN},
    EnrollmentState.PAUSED: {EnrollmentState.ACTIVE, EnrollmentState.WITHDRAWN},
    EnrollmentState.COMPLETED: set(),
    EnrollmentState.WITHDRAWN: set(),
}


class AlertAction(StrEnum):
    """What is done to an alert while its state stays as it is."""

    ASSIGN = "assign"  # a colleague of the clinic becomes its owner
    ESCALATE = "escalate"  # its due time has passed: the clinic's manager is told, once


# Who has put an alert off or closed it has decided: nothing to escalate.
ALERT_ACTIONS = {
    AlertState.OPEN: {AlertAction.ASSIGN, AlertAction.ESCALATE},
    AlertState.ACKNOWLEDGED: {AlertAction.ASSIGN, AlertAction.ESCALATE},
    AlertState.SNOOZED: {AlertAction.ASSIGN},
    AlertState.RESOLVED: set(),
}

# Resolved → open is "Undo": a slip of the thumb must not need a new answer to bring the patient back. Snoozed →
# snoozed puts an alert off again whose moment has come.
ALERT_CHANGES = {
    AlertState.OPEN: {AlertState.ACKNOWLEDGED, AlertState.SNOOZED, AlertState.RESOLVED},
    AlertState.ACKNOWLEDGED: {AlertState.SNOOZED, AlertState.RESOLVED, AlertState.OPEN},
    AlertState.SNOOZED: {AlertState.OPEN, AlertState.ACKNOWLEDGED, AlertState.SNOOZED, AlertState.RESOLVED},
    AlertState.RESOLVED: {AlertState.OPEN},
}


def check_change(changes: dict, old: StrEnum, new: StrEnum) -> None:
    """Refuse a change of state that is not in the table."""
    if new not in changes[old]:
        legal = ", ".join(sorted(changes[old])) or "nothing"
        raise CareError(f"This cannot go from {old} to {new}; from {old} it can go to {legal}. Reload the page.")
