"""The conversation of a patient and the care team, the password before it, and the exercise log."""

from datetime import date, datetime, timedelta
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from care import audit
from care.access import Permission, Viewer, check_may
from care.database import app_session
from care.errors import CareError
from care.ids import new_id
from care.links import Visitor
from care.models import (
    Account,
    Alert,
    Episode,
    ExercisePrescription,
    ExerciseSession,
    Membership,
    Message,
    PatientPassword,
    SurveyLink,
)
from care.models.event import Channel, Direction, ExerciseState, MessageKind
from care.queue import news
from care.raising import raise_alert
from care.status import AlertState
from care.verbs.enrollment import find_episode

LONGEST_MESSAGE = 4000
WROTE = "patient_wrote"  # the rule of the alert that a patient's message raises
SHORTEST_PASSWORD = 8
FREE_FAILURES, WAIT = 5, timedelta(minutes=15)

_hasher = PasswordHasher()


def has_password(session: Session, visitor: Visitor) -> bool:
    """Whether the patient has set a password that staff has not reset."""
    kept = _password(session, visitor.patient_id)
    return kept is not None and kept.password_hash is not None


def set_password(session: Session, visitor: Visitor, password: str, now: datetime) -> bool:
    """Set the first password, or the first after a reset; False where it is too short or one stands already."""
    if len(password) < SHORTEST_PASSWORD or has_password(session, visitor):
        return False
    values = {"password_hash": _hasher.hash(password), "failures": 0}
    session.execute(
        insert(PatientPassword)
        .values(id=new_id(), tenant_id=visitor.tenant_id, patient_id=visitor.patient_id, **values)
        .on_conflict_do_update(index_elements=["tenant_id", "patient_id"], set_=values)
    )
    _open_thread(session, visitor, now)
    audit.record(session, "set_patient_password", patients=[visitor.patient_id])
    return True


def check_password(session: Session, visitor: Visitor, password: str, now: datetime) -> bool:
    """Open the thread for this session; after five wrong ones in a row every try has to wait for 15 minutes."""
    kept = _password(session, visitor.patient_id)
    if kept is None or kept.password_hash is None:
        return False
    if kept.failures >= FREE_FAILURES and now < kept.failed_at + WAIT:
        return False
    try:
        _hasher.verify(kept.password_hash, password)
    except Argon2Error:
        kept.failures, kept.failed_at = kept.failures + 1, now
        return False
    kept.failures = 0
    _open_thread(session, visitor, now)
    return True


def reset_password(session: Session, viewer: Viewer, episode_id: UUID) -> None:
    """Staff: the patient sets a new one at the next visit; open threads are shut."""
    episode = find_episode(session, viewer, episode_id)
    for model, shut in ((PatientPassword, {"password_hash": None}), (SurveyLink, {"thread_opened_at": None})):
        session.execute(update(model).where(model.patient_id == episode.patient_id).values(**shut))
    audit.record(session, "reset_patient_password", viewer=viewer, patients=[episode.patient_id])


def write_to_team(session: Session, visitor: Visitor, body: str, now: datetime) -> Message:
    """A patient's message; every character is kept as it came, but for those that no text may hold."""
    message = _message(visitor.tenant_id, visitor.patient_id, visitor.episode_id, Direction.FROM_PATIENT, body, now)
    session.add(message)
    _ask_for_an_answer(session, message, now)
    news(session)
    return message


def write_to_patient(viewer: Viewer, episode_id: UUID, body: str, now: datetime) -> None:
    """A staff member's message; the patient reads it in the portal."""
    check_may(viewer.role, Permission.HANDLE_ALERT)
    with app_session(viewer.tenant_id) as session:
        episode = find_episode(session, viewer, episode_id)
        message = _message(viewer.tenant_id, episode.patient_id, episode.id, Direction.TO_PATIENT, body, now)
        message.author_id = viewer.membership_id
        session.add(message)
        audit.record(session, "write", viewer=viewer, patients=[episode.patient_id], episode=str(episode.id))
        news(session)


def read_thread(session: Session, visitor: Visitor, now: datetime) -> list[tuple[Message, str | None]]:
    """The newest hundred lines, oldest first, with the staff author's name; showing them marks them read."""
    session.execute(
        update(Message)
        .where(
            Message.patient_id == visitor.patient_id,
            Message.direction == Direction.TO_PATIENT,
            Message.read_at.is_(None),
        )
        .values(read_at=now)
    )
    news(session)
    rows = session.execute(
        select(Message, Account.display_name)
        .join(
            Membership,
            (Membership.tenant_id == Message.tenant_id) & (Membership.id == Message.author_id),
            isouter=True,
        )
        .join(Account, Account.id == Membership.account_id, isouter=True)
        .where(Message.patient_id == visitor.patient_id)
        .order_by(Message.sent_at.desc(), Message.id.desc())
        .limit(100)
    ).all()
    return [(row[0], row[1]) for row in reversed(rows)]


def exercises_of(session: Session, visitor: Visitor, today: date) -> list[ExercisePrescription]:
    """What is prescribed for a local day, each exercise once."""
    running = session.scalars(
        select(ExercisePrescription)
        .where(
            ExercisePrescription.patient_id == visitor.patient_id,
            ExercisePrescription.start_date <= today,
            ExercisePrescription.end_date >= today,
        )
        .order_by(ExercisePrescription.start_date, ExercisePrescription.exercise)
    )
    return [each for each in running if each.weekdays >> today.weekday() & 1]


def report_exercise(
    session: Session,
    visitor: Visitor,
    prescription: ExercisePrescription,
    today: date,
    state: ExerciseState,
    reason: str | None,
    pain: int | None,
    now: datetime,
) -> None:
    """One report per exercise and local day; a second one of the day replaces the first."""
    if pain is not None and not 0 <= pain <= 10:
        raise CareError("The report was not kept: pain is a number from 0 to 10.")
    said = {"state": state, "reason": reason if state is ExerciseState.NOT_TODAY else None, "pain": pain}
    session.execute(
        insert(ExerciseSession)
        .values(
            id=new_id(),
            tenant_id=visitor.tenant_id,
            patient_id=visitor.patient_id,
            episode_id=prescription.episode_id,
            exercise=prescription.exercise,
            local_date=today,
            zone=visitor.zone,
            reported_at=now,
            **said,
        )
        .on_conflict_do_update(
            index_elements=["tenant_id", "episode_id", "exercise", "local_date"], set_=said | {"reported_at": now}
        )
    )
    news(session)


def _message(
    tenant_id: UUID, patient_id: UUID, episode_id: UUID, direction: Direction, body: str, now: datetime
) -> Message:
    body = body.replace("\0", "").encode("utf-8", "replace").decode().strip()
    if not body or len(body) > LONGEST_MESSAGE:
        raise CareError(f"The message was not sent: it needs 1 to {LONGEST_MESSAGE} characters. Shorten it.")
    return Message(
        id=new_id(),
        tenant_id=tenant_id,
        patient_id=patient_id,
        episode_id=episode_id,
        direction=direction,
        kind=MessageKind.TEXT,
        channel=Channel.PORTAL,
        body=body,
        sent_at=now,
        delivered_at=now,
    )


def _ask_for_an_answer(session: Session, message: Message, now: datetime) -> None:
    """Staff see on the panel that a patient wrote; further messages join the alert that waits already."""
    waits = select(Alert.id).where(
        Alert.episode_id == message.episode_id, Alert.rule == WROTE, Alert.state != AlertState.RESOLVED
    )
    if session.scalar(waits.limit(1)) is None:
        episode = session.get_one(Episode, message.episode_id)
        raise_alert(session, episode, WROTE, f"message:{message.id}", "watch", "Wrote a message.", now)


def _password(session: Session, patient_id: UUID) -> PatientPassword | None:
    return session.scalar(select(PatientPassword).where(PatientPassword.patient_id == patient_id).with_for_update())


def _open_thread(session: Session, visitor: Visitor, now: datetime) -> None:
    session.get_one(SurveyLink, visitor.link_id).thread_opened_at = now
