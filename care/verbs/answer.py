"""
A draft becomes the immutable response, exactly once: sent by the patient, or because its window has closed.

All questionnaires of a sitting are locked, read, kept and linked together: few round trips, since many send at once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, func, select, update
from sqlalchemy.orm import Session

from care.ids import new_id
from care.instruments import find_instrument
from care.models import Episode, Patient, ResponseDraft, SurveyAssignment, SurveyResponse, Tenant
from care.models.event import Completeness, EntryMode, Wording
from care.queue import news
from care.raising import are_snoozed, wake_snoozed
from care.safety import hand_over_to_response, raise_pain_alarm, raise_safety
from care.status import AssignmentState
from care.verbs.draft import AnswerRefused, Refusal, check_open, find_drafts


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


@dataclass(frozen=True)
class _Kept:
    """One questionnaire about to become a response: its draft, what it answers (the draft's own first), and of whom."""

    draft: ResponseDraft
    assignments: tuple[SurveyAssignment, ...]
    baseline_days: tuple[int, int]
    episode: Episode
    zone: str
    has_snoozed: bool  # alerts that wait for this answer


def submit(session: Session, sendings: Sequence[Sending], now: datetime) -> list[UUID]:
    """
    Keep every draft as a response and link it to its assignments; returns the responses' ids.

    Sending again changes nothing and returns the same ids: two clicks, two devices, the back button.

    Raises
    ------
    AnswerRefused
        When a survey is unknown or has closed; then nothing at all is sent.
    """
    ordered = sorted(sendings, key=lambda each: each.assignment_ids)
    locked = _locked(session, {each for sending in ordered for each in sending.assignment_ids})
    drafts = find_drafts(session, [sending.assignment_ids[0] for sending in ordered])
    sent: dict[UUID, UUID] = {}
    to_keep: list[_Kept] = []
    for sending in ordered:
        first, *of_patient = locked[sending.assignment_ids[0]]
        if first.state is AssignmentState.ANSWERED and first.response_id:
            sent[first.id] = first.response_id
            continue
        check_open(first, now)
        draft = drafts.get(first.id)
        if draft is None or not draft.answers:
            raise AnswerRefused(Refusal.NO_SUCH_ANSWER)
        answered = (locked[each][0] for each in sending.assignment_ids)
        still_open = tuple(each for each in answered if each.state is AssignmentState.OPEN)
        to_keep.append(_Kept(draft, still_open, sending.baseline_days, *of_patient))
    sent |= _keep(session, to_keep, Completeness.COMPLETE, now)
    return [sent[sending.assignment_ids[0]] for sending in ordered]


def close_expired(session: Session, assignment: SurveyAssignment, baseline_days: tuple[int, int]) -> None:
    """
    The window has closed on an open assignment, locked by the caller: what was answered becomes a partial response.

    The response is dated by the last answer, so a late tick changes nothing.
    """
    draft = find_drafts(session, [assignment.id]).get(assignment.id)
    if draft is None or not draft.answers:
        assignment.state = AssignmentState.EXPIRED
        news(session)
        return
    _, *of_patient = session.execute(_of_patients([assignment.id])).one()
    kept = _Kept(draft, (assignment,), baseline_days, *of_patient)
    _keep(session, [kept], Completeness.PARTIAL, draft.saved_at)


def _locked(session: Session, ids: set[UUID]) -> dict[UUID, Row]:
    """In one order for everybody, so that two devices wait for each other instead of blocking each other."""
    rows = session.execute(
        _of_patients(ids)
        .order_by(SurveyAssignment.id)
        .with_for_update(of=SurveyAssignment)
        .execution_options(populate_existing=True)
    ).all()
    if {assignment.id for assignment, *_ in rows} != ids:
        raise AnswerRefused(Refusal.NO_SUCH_SURVEY)
    return {row[0].id: row for row in rows}


def _of_patients(ids: Iterable[UUID]) -> Select:
    """Assignments, their episode, the zone that the patient's days are counted in, whether alerts are put off."""
    return (
        select(SurveyAssignment, Episode, func.coalesce(Patient.zone, Tenant.zone), are_snoozed())
        .join(Episode, Episode.id == SurveyAssignment.episode_id)
        .join(Patient, Patient.id == SurveyAssignment.patient_id)
        .join(Tenant, Tenant.id == SurveyAssignment.tenant_id)
        .where(SurveyAssignment.id.in_(ids))
    )


def _keep(session: Session, to_keep: list[_Kept], completeness: Completeness, at: datetime) -> dict[UUID, UUID]:
    """Assignment that carried the draft → the response it has become."""
    if not to_keep:
        return {}
    responses = [_response(kept, completeness, at) for kept in to_keep]
    session.add_all(responses)
    session.flush()
    state = AssignmentState.ANSWERED if completeness is Completeness.COMPLETE else AssignmentState.PARTIAL
    for kept, response in zip(to_keep, responses, strict=True):
        for assignment in kept.assignments:
            assignment.response_id, assignment.state = response.id, state
    session.flush()
    for kept, response in zip(to_keep, responses, strict=True):
        _raise_alarms(session, kept, response, at)
    for episode in {kept.episode.id: kept.episode for kept in to_keep if kept.has_snoozed}.values():
        wake_snoozed(session, episode, at)
    emptied = update(ResponseDraft).where(ResponseDraft.id.in_([kept.draft.id for kept in to_keep]))
    session.execute(emptied.values(answers={}, saved_keys=[]))
    news(session)
    return {kept.assignments[0].id: response.id for kept, response in zip(to_keep, responses, strict=True)}


def _raise_alarms(session: Session, kept: _Kept, response: SurveyResponse, at: datetime) -> None:
    instrument, first = find_instrument(session, response.instrument), kept.assignments[0]
    if any(item.safety for item in instrument.items):
        raise_safety(session, first, instrument, response.answers, at)
        hand_over_to_response(session, first, response.id)
    raise_pain_alarm(session, response, instrument, kept.episode, kept.baseline_days, at)


def _response(kept: _Kept, completeness: Completeness, at: datetime) -> SurveyResponse:
    first = kept.assignments[0]
    return SurveyResponse(
        id=new_id(),
        tenant_id=first.tenant_id,
        patient_id=first.patient_id,
        episode_id=first.episode_id,
        instrument=first.instrument,
        answers=kept.draft.answers,
        completeness=completeness,
        completed_at=at,
        local_date=at.astimezone(ZoneInfo(kept.zone)).date(),
        zone=kept.zone,
        entry_mode=EntryMode.WEB,
        wording=Wording.DEMO,  # our own short labels, until a licensee has imported the instrument's wording
        language=kept.draft.language,
    )
