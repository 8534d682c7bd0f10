"""The surveys one patient was asked, and the answers that came."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from care.models import SurveyAssignment, SurveyResponse
from care.models.event import Completeness, EntryMode, Wording
from care.status import AssignmentState
from pathways.calendar import Entry, calendar
from pathways.demo.answers import AnswerSheet
from pathways.demo.chance import Chance
from pathways.demo.course import ALARM_BEFORE, ALARM_PAIN, Course
from pathways.demo.episode import Frame
from pathways.demo.rows import Rows
from pathways.local_time import local_date

SKIPPED_ITEM = 0.02  # share of responses with one item left out
MODES = [EntryMode.WEB] * 17 + [EntryMode.PHONE, EntryMode.PAPER, EntryMode.STAFF]


@dataclass(frozen=True)
class Asked:
    """One survey step that fell due, and when it was answered (None: not, or not yet)."""

    entry: Entry
    due_at: datetime
    overdue_at: datetime
    expires_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True)
class Answered:
    """One response of an instrument with a course: what was drawn, and the document that came of it."""

    instrument: str  # key@version
    course: Course
    response_id: UUID
    at: datetime
    day: int  # after the index date; 0 = before it
    wished: float
    answers: dict


def asked_surveys(frame: Frame, chance: Chance) -> list[Asked]:
    """Every survey step that fell due before now, in the order of time."""
    surveys: list[Asked] = []
    for entry, due_at, overdue_at, expires_at in _due(frame):
        missed_before = bool(surveys) and surveys[-1].answered_at is None
        answered_at = None
        if _answers(frame, entry.day, missed_before, chance):
            answered_at = _answered_at(frame, due_at, expires_at, chance)
        surveys.append(Asked(entry, due_at, overdue_at, expires_at, answered_at))
    return surveys


def _due(frame: Frame) -> Iterator[tuple[Entry, datetime, datetime, datetime]]:
    """A step that fell due before the enrollment is asked at the enrollment."""
    for entry in calendar(frame.pathway):
        window = entry.step.window
        if window is None:
            continue
        due, overdue, expires = (
            frame.at(entry.day + days, entry.time) for days in (window.due, window.overdue, window.expires)
        )
        due = max(due, frame.enrolled_at)
        if due < frame.asked_until and not frame.is_held(entry.day):
            yield entry, due, overdue, expires


def _answers(frame: Frame, day: int, missed_before: bool, chance: Chance) -> bool:
    """Nobody who still answers leaves out two surveys in a row: that is what silence looks like."""
    limit = frame.planned.shape.last_answered_day
    leaves_out = chance.yes(frame.planned.shape.misses) and not missed_before and day > 0
    return (limit is None or day <= limit) and not leaves_out


def _answered_at(frame: Frame, due_at: datetime, expires_at: datetime, chance: Chance) -> datetime | None:
    """Most answer within hours, of those who miss some a third after a reminder; what lies ahead has not happened."""
    prompt = chance.yes(0.7) or not frame.planned.shape.misses
    answered_at = chance.after(due_at, 0.2, 9.0) if prompt else chance.after(due_at, 26.0, 110.0)
    answered_at = min(answered_at, chance.after(expires_at, -8.0, -1.0))
    return answered_at if answered_at < frame.asked_until else None


def add_surveys(
    rows: Rows,
    frame: Frame,
    surveys: list[Asked],
    courses: dict[str, Course],
    sheets: dict[str, AnswerSheet],
    chance: Chance,
) -> list[Answered]:
    """``survey_assignment`` for each instrument with a course of each survey, ``survey_response`` for each answer."""
    alarm = _alarm_survey(frame, surveys)
    given = []
    for position, asked in enumerate(surveys):
        for instrument in filter(courses.__contains__, asked.entry.step.surveys):
            response_id = None
            if asked.answered_at:
                wished = courses[instrument].score(_day(frame, asked), chance)
                if alarm is not None and instrument.startswith("nprs@"):
                    wished = ALARM_PAIN if position == alarm else min(wished, ALARM_BEFORE)
                answers = sheets[instrument].fill_in(wished, chance)
                response_id = add_response(rows, frame, instrument, answers, asked.answered_at, chance)
                kept = rows.by_model[SurveyResponse][-1]["answers"]
                course, day = courses[instrument], _day(frame, asked)
                given.append(Answered(instrument, course, response_id, asked.answered_at, day, wished, kept))
            add_assignment(rows, frame, asked, instrument, response_id, chance)
    return given


def _alarm_survey(frame: Frame, surveys: list[Asked]) -> int | None:
    """The place of the survey that raises the pain alarm: the last one answered."""
    answered = [position for position, asked in enumerate(surveys) if asked.answered_at]
    return answered[-1] if frame.planned.shape.event == "pain_alarm" and answered else None


def _day(frame: Frame, asked: Asked) -> int:
    """The day of the answer after the index date; the baseline counts as before, whenever it was given."""
    if asked.entry.day <= 0:
        return 0
    return (local_date(asked.answered_at, frame.person.zone) - frame.index_date).days


def add_response(rows: Rows, frame: Frame, instrument: str, answers: dict, at: datetime, chance: Chance) -> UUID:
    """An item left out is named as skipped, as the portal does."""
    if len(answers) > 1 and chance.yes(SKIPPED_ITEM):
        answers = {**answers, chance.pick(sorted(answers)): "skipped"}
    return rows.add(
        SurveyResponse,
        id=chance.id_at(at),
        patient_id=frame.person.id,
        episode_id=frame.episode_id,
        instrument=instrument,
        answers=answers,
        completeness=Completeness.COMPLETE,
        completed_at=at,
        local_date=local_date(at, frame.person.zone),
        zone=frame.person.zone,
        entry_mode=chance.pick(MODES),
        is_proxy=chance.yes(0.03),
        wording=Wording.DEMO,
        language=frame.person.language,
        received_at=at,
    )


def add_assignment(
    rows: Rows, frame: Frame, asked: Asked, instrument: str, response_id: UUID | None, chance: Chance
) -> None:
    """One survey asked, in the state that it has at the instant of the story."""
    rows.add(
        SurveyAssignment,
        id=chance.id_at(asked.due_at),
        patient_id=frame.person.id,
        episode_id=frame.episode_id,
        enrollment_id=frame.enrollment_id,
        step=asked.entry.step.key,
        occurrence=asked.entry.occurrence,
        instrument=instrument,
        due_date=local_date(asked.due_at, frame.person.zone),
        sent_at=asked.due_at,
        due_at=asked.due_at,
        overdue_at=asked.overdue_at,
        expires_at=asked.expires_at,
        state=_state(frame, asked),
        response_id=response_id,
    )


def _state(frame: Frame, asked: Asked) -> AssignmentState:
    if asked.answered_at:
        return AssignmentState.ANSWERED
    if frame.ended_early and asked.expires_at > frame.asked_until:
        return AssignmentState.CANCELLED
    return AssignmentState.EXPIRED if asked.expires_at <= frame.as_of else AssignmentState.OPEN
