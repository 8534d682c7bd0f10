"""Answers in progress: one draft per assignment, merged item by item, each answer taken once."""

import re
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from care.errors import CareError
from care.ids import new_id
from care.instruments import find_instrument
from care.models import ResponseDraft, SurveyAssignment
from care.safety import raise_safety
from care.status import AssignmentState
from scoring.errors import ScoringError
from scoring.instrument import Instrument

KEY = re.compile(r"[ -~]{1,64}")  # of an idempotency key: it goes into the store as it came
KEYS_KEPT = 400  # of one draft; the longest instrument has 42 items


class Refusal(StrEnum):
    """Why an answer was not taken; the portal has words for each in the patient's language."""

    NO_SUCH_SURVEY = "no such survey"
    ANSWERED = "already sent"
    CLOSED = "closed"
    NO_SUCH_QUESTION = "not a question of this survey"
    NO_SUCH_ANSWER = "not one of the answers"


class AnswerRefused(CareError):
    """An answer that was not taken; nothing was changed."""

    def __init__(self, why: Refusal):
        super().__init__(f"The answer was not taken: {why}.")
        self.why = why


def save_answer(
    session: Session, assignment_id: UUID, item_id: str, given: float | str, key: str, language: str, now: datetime
) -> bool:
    """
    Take one answer into the draft; a number, or "skipped".

    Returns False, and changes nothing, where the idempotency ``key`` was taken before: a repeated request. The newest
    answer to an item wins, whichever device it came from; other items are left alone. A red-flag answer raises its
    alert in this transaction.

    Raises
    ------
    AnswerRefused
        In the words of ``Refusal``.
    """
    if not KEY.fullmatch(key):
        raise AnswerRefused(Refusal.NO_SUCH_ANSWER)
    assignment = open_assignment(session, assignment_id, now)
    instrument = find_instrument(session, assignment.instrument)
    answer = _checked(instrument, item_id, given)
    draft = _draft(session, assignment, language, now)
    if key in draft.saved_keys:
        return False
    draft.answers = draft.answers | {item_id: answer}
    draft.saved_keys = [*draft.saved_keys, key][-KEYS_KEPT:]
    draft.language, draft.saved_at = language, now
    raise_safety(session, assignment, instrument, {item_id: answer}, now)
    return True


def open_assignment(session: Session, assignment_id: UUID, now: datetime) -> SurveyAssignment:
    """The assignment, locked, if it can still be answered."""
    assignment = session.scalar(select(SurveyAssignment).where(SurveyAssignment.id == assignment_id).with_for_update())
    if assignment is None:
        raise AnswerRefused(Refusal.NO_SUCH_SURVEY)
    if assignment.state is AssignmentState.ANSWERED:
        raise AnswerRefused(Refusal.ANSWERED)
    check_open(assignment, now)
    return assignment


def check_open(assignment: SurveyAssignment, now: datetime) -> None:
    """Refuse what is closed, or not due yet."""
    if assignment.state is not AssignmentState.OPEN or assignment.expires_at <= now or assignment.due_at > now:
        raise AnswerRefused(Refusal.CLOSED)


def find_draft(session: Session, assignment_id: UUID) -> ResponseDraft | None:
    """The draft of an assignment, if an answer was ever saved."""
    return find_drafts(session, [assignment_id]).get(assignment_id)


def find_drafts(session: Session, assignment_ids: Iterable[UUID]) -> dict[UUID, ResponseDraft]:
    """Assignment → its draft as it stands now, also where the session has seen an older one."""
    drafts = session.scalars(
        select(ResponseDraft)
        .where(ResponseDraft.assignment_id.in_(assignment_ids))
        .execution_options(populate_existing=True)
    )
    return {draft.assignment_id: draft for draft in drafts}


def _checked(instrument: Instrument, item_id: str, given: float | str) -> float | int | str:
    try:
        item = instrument.item(item_id)
    except ScoringError:
        raise AnswerRefused(Refusal.NO_SUCH_QUESTION) from None
    if given == "skipped":
        return given
    if isinstance(given, str | bool) or not item.allows(given):
        raise AnswerRefused(Refusal.NO_SUCH_ANSWER)
    return int(given) if given == int(given) else given


def _draft(session: Session, assignment: SurveyAssignment, language: str, now: datetime) -> ResponseDraft:
    """The one draft, made by whoever comes first; the assignment's lock keeps the second waiting."""
    session.execute(
        insert(ResponseDraft)
        .values(
            id=new_id(),
            tenant_id=assignment.tenant_id,
            patient_id=assignment.patient_id,
            assignment_id=assignment.id,
            answers={},
            saved_keys=[],
            language=language,
            started_at=now,
            saved_at=now,
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "assignment_id"])
    )
    return find_draft(session, assignment.id)
