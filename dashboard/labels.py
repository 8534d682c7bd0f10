"""The one home of the words, shapes and colours of a status, and of the words for the store's codes."""

from dataclasses import dataclass

from care.models.event import Channel, ExerciseState
from care.models.patient import IndexKind, Side
from care.status import AlertOutcome, AlertState, EnrollmentState
from scoring.track import TrackStatus


@dataclass(frozen=True)
class StatusLabel:
    """
    How a track status is shown, the same everywhere.

    ``glyph``: ▼ is worse and ▲ better than expected, whatever the scale's direction; hollow = absence of data,
    filled = a judgement. ``colour``: Streamlit's colour name, of the shape only; the word is ink. ``asks``:
    whether somebody has something to do. ``group``: the panel's group line while it is open.
    """

    word: str
    glyph: str
    colour: str
    asks: bool
    group: str


TODAY, THIS_WEEK, NOTHING = "Today", "This week", "Nothing to do"

STATUS_LABELS = {
    TrackStatus.CALL_TODAY: StatusLabel("Call today", "■", "red", True, TODAY),
    TrackStatus.OFF_TRACK: StatusLabel("Off track", "▼", "red", True, TODAY),
    TrackStatus.WATCH: StatusLabel("Watch", "◆", "orange", True, THIS_WEEK),
    TrackStatus.SILENT: StatusLabel("Silent", "□", "violet", True, THIS_WEEK),
    TrackStatus.FEW_DATA: StatusLabel("Too few data", "○", "gray", False, NOTHING),
    TrackStatus.AHEAD: StatusLabel("Ahead", "▲", "blue", False, NOTHING),
    TrackStatus.ON_TRACK: StatusLabel("On track", "●", "green", False, NOTHING),
}

# An episode the ETL has not judged yet.
NOT_YET_KNOWN = StatusLabel("Not yet known", "○", "gray", False, NOTHING)


def status_label(status: str | None) -> StatusLabel:
    """Of a track's status; of an episode without a track (None) "Not yet known"."""
    return STATUS_LABELS[TrackStatus(status)] if status else NOT_YET_KNOWN


CONDITIONS = {
    "knee_replacement": "Knee replacement",
    "hip_replacement": "Hip replacement",
    "low_back_pain": "Low back pain",
}
SIDES = {Side.LEFT: "left", Side.RIGHT: "right", Side.BOTH: "both sides", Side.NONE: ""}
INDEX_EVENTS = {IndexKind.SURGERY: "surgery", IndexKind.FIRST_VISIT: "first visit", IndexKind.INJURY: "injury"}
SEXES = {"female": ("F", "female"), "male": ("M", "male"), "other": ("", ""), "unknown": ("", "")}

ALERT_OUTCOMES = {
    AlertOutcome.CALLED: "Called",
    AlertOutcome.MESSAGED: "Messaged",
    AlertOutcome.PLAN_CHANGED: "Plan changed",
    AlertOutcome.NO_ACTION_NEEDED: "No action needed",
    AlertOutcome.WRONG_FLAG: "Wrong flag",
}
ALERT_STATES = {
    AlertState.OPEN: "open",
    AlertState.ACKNOWLEDGED: "acknowledged",
    AlertState.SNOOZED: "snoozed",
    AlertState.RESOLVED: "resolved",
}
ENROLLMENT_STATES = {
    EnrollmentState.ACTIVE: "active",
    EnrollmentState.PAUSED: "paused",
    EnrollmentState.COMPLETED: "completed",
    EnrollmentState.WITHDRAWN: "withdrawn",
}
EXERCISE_STATES = {
    ExerciseState.DONE: "done",
    ExerciseState.PARTLY: "partly",
    ExerciseState.NOT_TODAY: "not done",
    None: "no report",
}
CHANNELS = {Channel.PORTAL: "portal", Channel.EMAIL: "e-mail", Channel.SMS: "text message", Channel.PRINT: "letter"}


def condition_label(condition: str) -> str:
    """Knee replacement; a tenant's own condition key is shown in words."""
    return CONDITIONS.get(condition) or condition.replace("_", " ").capitalize()


def stratum_label(condition: str, stratum: str) -> str:
    """Knee replacement, primary"""
    return ", ".join(filter(None, [condition_label(condition), stratum]))
