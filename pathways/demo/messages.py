"""What the pathway sent, and what patients and staff wrote to each other."""

from datetime import datetime, timedelta
from uuid import UUID

from care.models import Message
from care.models.event import Channel, Direction, MessageKind
from pathways.calendar import calendar
from pathways.demo.chance import Chance
from pathways.demo.content import DemoContent, Thread
from pathways.demo.episode import Frame
from pathways.demo.rows import Rows
from pathways.demo.surveys import Asked
from pathways.pathway import StepKind

KINDS = {
    StepKind.SURVEY: MessageKind.SURVEY,
    StepKind.MESSAGE: MessageKind.TEXT,
    StepKind.EXERCISE: MessageKind.EXERCISE,
    StepKind.VIDEO: MessageKind.VIDEO,
}
LINK = "https://portal.demo.example"
ANYBODY = 0.3  # share of patients without a story of their own who write


def add_pathway_messages(rows: Rows, frame: Frame, surveys: list[Asked], chance: Chance) -> None:
    """One message for each step that fell due, and the reminders of what was not answered in time."""
    channel = chance.pick([Channel.SMS, Channel.SMS, Channel.EMAIL, Channel.PORTAL])
    surveyed = {(asked.entry.step.key, asked.entry.occurrence): asked for asked in surveys}
    for entry in calendar(frame.pathway):
        asked = surveyed.get((entry.step.key, entry.occurrence))
        at = asked.due_at if asked else frame.at(entry.day, entry.time)
        if entry.step.kind is StepKind.SURVEY and asked is None:
            continue
        if frame.enrolled_at <= at < frame.asked_until and not frame.is_held(entry.day):
            _send(rows, frame, KINDS[entry.step.kind], entry.step.text, at, channel, chance)
        if asked and entry.step.reminders:
            _remind(rows, frame, asked, channel, chance)


def _remind(rows: Rows, frame: Frame, asked: Asked, channel: Channel, chance: Chance) -> None:
    reminders = asked.entry.step.reminders
    for days in reminders.after:
        at = asked.due_at + timedelta(days=days)
        answered = asked.answered_at is not None and asked.answered_at <= at
        if not answered and at < min(frame.asked_until, asked.expires_at):
            _send(rows, frame, MessageKind.REMINDER, reminders.text, at, channel, chance)


def _send(
    rows: Rows, frame: Frame, kind: MessageKind, text: str, at: datetime, channel: Channel, chance: Chance
) -> None:
    words = frame.pathway.texts[frame.person.language][text]
    body = words.format(given_name=frame.person.given_name, clinic=frame.planned.clinic.name, link=LINK)
    _message(rows, frame, Direction.TO_PATIENT, kind, channel, body, at, None, None, chance)


def add_thread(rows: Rows, frame: Frame, content: DemoContent, chance: Chance) -> list[dict]:
    """At most one conversation: the one of this patient's story, or an everyday one. Returns its rows."""
    fitting = [thread for thread in content.threads if _fits(thread, frame)]
    own = [thread for thread in fitting if frame.planned.shape.key in thread.shapes]
    everyday = [thread for thread in fitting if "any" in thread.shapes]
    if own and frame.planned.is_open:
        thread = chance.pick(own)
        last = chance.after(frame.as_of, -50.0, -3.0)
    elif everyday and chance.yes(ANYBODY) and frame.planned.shape.answers == "all":
        thread = chance.pick(everyday)
        last = frame.enrolled_at + (frame.asked_until - frame.enrolled_at) * chance.between(0.4, 0.95)
    else:
        return []
    before = len(rows.by_model[Message])
    _write(rows, frame, thread, last, chance)
    return rows.by_model[Message][before:]


def _fits(thread: Thread, frame: Frame) -> bool:
    return thread.language == frame.person.language and frame.planned.pathway in thread.pathways


def _write(rows: Rows, frame: Frame, thread: Thread, last: datetime, chance: Chance) -> None:
    """The lines, ending at ``last`` or where time has come to; a line to which somebody replied has been read."""
    at = max(last - timedelta(hours=sum(line[1] for line in thread.lines)), frame.enrolled_at)
    replies_to = None
    for position, (who, hours, words) in enumerate(thread.lines):
        at += timedelta(hours=hours)
        if at >= frame.as_of:
            return
        answered = position + 1 < len(thread.lines)
        from_staff = who == "staff"
        direction = Direction.TO_PATIENT if from_staff else Direction.FROM_PATIENT
        author = frame.lead if from_staff else None
        replies_to = _message(
            rows, frame, direction, MessageKind.TEXT, Channel.PORTAL, words, at, author, replies_to, chance, answered
        )


def _message(
    rows: Rows,
    frame: Frame,
    direction: Direction,
    kind: MessageKind,
    channel: Channel,
    body: str,
    at: datetime,
    author: UUID | None,
    replies_to: UUID | None,
    chance: Chance,
    answered: bool = False,
) -> UUID:
    """One row; what was answered was read, of the rest what the patient was sent is mostly read by now."""
    read_at = chance.after(at, 0.02, 0.9)
    is_read = answered or (direction is Direction.TO_PATIENT and chance.yes(0.8))
    return rows.add(
        Message,
        id=chance.id_at(at),
        patient_id=frame.person.id,
        episode_id=frame.episode_id,
        direction=direction,
        kind=kind,
        channel=channel,
        body=body,
        author_id=author,
        replies_to_id=replies_to,
        sent_at=at,
        delivered_at=at + timedelta(seconds=chance.whole(1, 40)),
        read_at=read_at if is_read and read_at < frame.as_of else None,
    )
