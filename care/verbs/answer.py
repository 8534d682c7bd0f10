"""A draft becomes the immutable response, exactly once: sent by the patient, or because its window has closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from care.ids import new_id
from care.instruments import find_instrument
from care.models import Episode, Patient, ResponseDraft, SurveyAssignment, SurveyResponse, Tenant
from care.models.event import Completeness, EntryMode, Wording
from care.queue import news
from care.raising import wake_snoozed
from care.safety import hand_over_to_response, raise_pain_alarm, raise_safety
from care.status import AssignmentState
from care.verbs.draft import AnswerRefused, Refusal, find_draft


@dataclass(frozen=True)
class Sending:
    """
    One questionnaire that is ready to be sent.

    ``assignment_ids``: the one that carries the draft first; further ones are answered with it, because the
    instrument is about the person and was due in another episode too. ``baseline_days``: the window in which an
    answer counts as "before", of the first one's pathway.
    """

    assignment_ids: tuple[UUID, ...]
    baseline_days: tuple[int, int]


def submit(session: Session, sendings: Sequence[Sending], now: datetime) -> list[UUID]:
    """
    Keep every draft as a response and link it to its assignments; returns the responses' ids.

    Sending again changes nothing and returns the same ids: two clicks, two devices, the back button.

    Raises
    ------
    AnswerRefused
        When a survey is unknown or has closed; then nothing at all is sent.
    """
    return [_submit(session, sending, now) for sending in sorted(sendings, key=lambda each: each.assignment_ids)]


def close_expired(session: Session, assignment: SurveyAssignment, baseline_days: tuple[int, int]) -> None:
    """
    The window has closed on an open assignment, locked by the caller: what was answered becomes a partial response.

    The response is dated by the last answer, so a late tick changes nothing.
    """
    draft = find_draft(session, assignment.id)
    if draft is None or not draft.answers:
        assignment.state = AssignmentState.EXPIRED
        news(session)
        return
    _keep(session, draft, [assignment], baseline_days, Completeness.PARTIAL, draft.saved_at)


def _submit(session: Session, sending: Sending, now: datetime) -> UUID:
    assignments = _locked(session, sending.assignment_ids)
    first = assignments[0]
    if first.state is AssignmentState.ANSWERED and first.response_id:
        return first.response_id
    if first.state is not AssignmentState.OPEN or first.expires_at <= now or first.due_at > now:
        raise AnswerRefused(Refusal.CLOSED)
    draft = find_draft(session, first.id)
    if draft is None or not draft.answers:
        raise AnswerRefused(Refusal.NO_SUCH_ANSWER)
    still_open = [each for each in assignments if each.state is AssignmentState.OPEN]
    return _keep(session, draft, still_open, sending.baseline_days, Completeness.COMPLETE, now)


def _locked(session: Session, ids: tuple[UUID, ...]) -> list[SurveyAssignment]:
    """In one order for everybody, so that two devices wait for each other instead of blocking each other."""
    rows = session.scalars(
        select(SurveyAssignment).where(SurveyAssignment.id.in_(ids)).order_by(SurveyAssignment.id).with_for_update()
    ).all()
    by_id = {row.id: row for row in rows}
    if set(by_id) != set(ids):
        raise AnswerRefused(Refusal.NO_SUCH_SURVEY)
    return [by_id[each] for each in ids]


def _keep(
    session: Session,
    draft: ResponseDraft,
    assignments: list[SurveyAssignment],
    baseline_days: tuple[int, int],
    completeness: Completeness,
    at: datetime,
) -> UUID:
    first = assignments[0]
    instrument = find_instrument(session, first.instrument)
    episode = session.get_one(Episode, first.episode_id)
    response = _response(session, draft, first, completeness, at)
    session.add(response)
    session.flush()
    for assignment in assignments:
        assignment.response_id = response.id
        assignment.state = (
            AssignmentState.ANSWERED if completeness is Completeness.COMPLETE else AssignmentState.PARTIAL
        )
    raise_safety(session, first, instrument, response.answers, at)
    hand_over_to_response(session, first, response.id)
    raise_pain_alarm(session, response, instrument, episode, baseline_days, at)
    wake_snoozed(session, episode, at)
    draft.answers, draft.saved_keys = {}, []
    news(session)
    return response.id


def _response(
    session: Session, draft: ResponseDraft, assignment: SurveyAssignment, completeness: Completeness, at: datetime
) -> SurveyResponse:
    patient = session.get_one(Patient, assignment.patient_id)
    zone = patient.zone or session.get_one(Tenant, assignment.tenant_id).zone
    return SurveyResponse(
        id=new_id(),
        tenant_id=assignment.tenant_id,
        patient_id=patient.id,
        episode_id=assignment.episode_id,
        instrument=assignment.instrument,
        answers=draft.answers,
        completeness=completeness,
        completed_at=at,
        local_date=at.astimezone(ZoneInfo(zone)).date(),
        zone=zone,
        entry_mode=EntryMode.WEB,
        wording=Wording.DEMO,  # our own short labels, until a licensee has imported the instrument's wording
        language=draft.language,
    )
