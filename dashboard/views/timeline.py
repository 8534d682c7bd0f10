"""What happened to a patient, newest first: answers, messages, missed surveys, alerts and what came of them."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from care.access import Viewer
from care.models import EnrollmentEvent, SurveyResponse
from care.models.event import Direction
from care.models.patient import IndexPrecision
from care.status import AlertState, AssignmentState, EnrollmentState
from dashboard.definitions import instrument
from dashboard.labels import ALERT_OUTCOMES, INDEX_EVENTS, status_label
from dashboard.views.record import RecordView
from dashboard.words import short_date
from scoring.reasons import as_read

LONGEST_QUOTE = 60  # characters of a message


@dataclass(frozen=True)
class Happened:
    """One line: when, and what in words."""

    at: datetime
    day: date
    words: str


def timeline(viewer: Viewer, view: RecordView) -> list[Happened]:
    """Newest first; of one instant in the order answer, alert, message."""
    zone = view.record.patient.zone or viewer.zone
    lines = [*_answers(viewer, view), *_alerts(view, zone), *_messages(view, zone), *_missed(view),
             *_enrollment(view, zone), *_index(view, zone)]  # fmt: skip
    return sorted(lines, key=lambda line: line.at, reverse=True)


def table_of(lines: list[Happened], today: date) -> dict[str, list[str]]:
    return {
        "When": [short_date(line.day, today).replace(" ", "\u00a0") for line in lines],
        "What happened": [line.words for line in lines],
    }


def _answers(viewer: Viewer, view: RecordView) -> list[Happened]:
    scores = {
        (course.track.instrument, answer.local_date): f"{course.name} {course.points(answer.value)}"
        for course in view.courses
        for answer in course.answers
    }
    return [
        Happened(
            response.completed_at,
            response.local_date,
            scores.get((response.instrument, response.local_date)) or _without_score(viewer, response),
        )
        for response in view.responses
    ]


def _without_score(viewer: Viewer, response: SurveyResponse) -> str:
    return f"{instrument(viewer, response.instrument).title} answered, not scored"


def _alerts(view: RecordView, zone: str) -> list[Happened]:
    lines = []
    for case in view.alerts:
        word = status_label(case.alert.status).word
        for event, name in case.events:
            day = event.at.astimezone(ZoneInfo(zone)).date()
            said = _alert_words(event, word, as_read(case.alert.reason, day))
            lines.append(Happened(event.at, day, f"{said}, {name}" if name else said))
    return lines


def _alert_words(event, word: str, reason: str) -> str:
    if event.from_state is None:
        return f"{word}: {reason}"
    note = f": {event.note}" if event.note else ""
    if event.to_state is AlertState.RESOLVED:
        return f"{word} resolved, {ALERT_OUTCOMES[event.outcome].lower()}{note}"
    return {
        AlertState.ACKNOWLEDGED: f"{word} acknowledged",
        AlertState.SNOOZED: f"{word} snoozed",
        AlertState.OPEN: f"{word} back on the list",
    }[event.to_state]


def _messages(view: RecordView, zone: str) -> list[Happened]:
    return [
        Happened(
            message.sent_at, message.sent_at.astimezone(ZoneInfo(zone)).date(), f"Message: “{_quoted(message.body)}”"
        )
        for message, _ in view.messages
        if message.direction is Direction.FROM_PATIENT
    ]


def _quoted(body: str) -> str:
    line = " ".join(body.split())
    return line if len(line) <= LONGEST_QUOTE else f"{line[:LONGEST_QUOTE].rsplit(' ', 1)[0]} …"


def _missed(view: RecordView) -> list[Happened]:
    """One line per day: a step may ask several questionnaires at once."""
    expired = {each.due_date: each for each in view.assignments if each.state is AssignmentState.EXPIRED}
    return [
        Happened(each.expires_at, day, f"Survey due {short_date(day, view.today)} not answered")
        for day, each in expired.items()
    ]


def _enrollment(view: RecordView, zone: str) -> list[Happened]:
    return [
        Happened(event.at, event.at.astimezone(ZoneInfo(zone)).date(), _enrollment_words(event, name))
        for event, name in view.enrollment_events
    ]


def _enrollment_words(event: EnrollmentEvent, name: str | None) -> str:
    said = {
        EnrollmentState.ACTIVE: "Enrolled" if event.from_state is None else "Pathway resumed",
        EnrollmentState.PAUSED: "Pathway paused",
        EnrollmentState.COMPLETED: "Pathway completed",
        EnrollmentState.WITHDRAWN: "Discharged",
    }[event.to_state]
    who = f", {name}" if name else ""
    return f"{said}{who}: {event.reason}" if event.reason else f"{said}{who}"


def _index(view: RecordView, zone: str) -> list[Happened]:
    episode = view.record.episode
    if episode.index_precision is not IndexPrecision.DAY or episode.index_date > view.today:
        return []
    at = datetime.combine(episode.index_date, time(), ZoneInfo(zone)) + timedelta(hours=12)
    return [Happened(at, episode.index_date, INDEX_EVENTS[episode.index_kind].capitalize())]
