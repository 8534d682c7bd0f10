"""The alarms that wait for nobody: raised in the transaction that keeps the answer, with every worker stopped."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from types import SimpleNamespace
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

import settings
from care.models import Alert, Episode, SurveyAssignment, SurveyResponse
from care.raising import raise_alert
from scoring import reasons
from scoring.errors import ScoringError
from scoring.instrument import Instrument
from scoring.score import score_response
from scoring.track import TrackStatus
from scoring.track_holds import pain_alarm
from scoring.track_rules import TrackRules, parse_track_rules

SAFETY_ITEM, PAIN_ALARM = "safety_item", "pain_alarm"
CALL_TODAY = TrackStatus.CALL_TODAY.value
NAN = float("nan")


@cache
def track_rules() -> TrackRules:
    return parse_track_rules((settings.CONTENT / "recovery" / "rules.toml").read_text())


def raise_safety(
    session: Session, assignment: SurveyAssignment, instrument: Instrument, answers: Mapping[str, object], now: datetime
) -> None:
    """An alert for the first answer that a person must see today; asked when it is saved and when it is sent."""
    for item in instrument.items:
        answer = answers.get(item.id)
        if item.safety is None or not isinstance(answer, int | float) or not item.safety.holds(answer):
            continue
        row = SimpleNamespace(last_answer_date=now.date(), safety_item=item.safety.says)
        raise_alert(
            session,
            session.get_one(Episode, assignment.episode_id),
            SAFETY_ITEM,
            f"assignment:{assignment.id}",
            CALL_TODAY,
            reasons.safety(row, now.date()),
            now,
            instrument=assignment.instrument,
            evidence={"safety_item": item.safety.says},
        )
        return


def hand_over_to_response(session: Session, assignment: SurveyAssignment, response_id: UUID) -> None:
    """The alert of a draft's answer becomes the response's, so that the ETL finds it raised already."""
    session.execute(
        update(Alert)
        .where(
            Alert.episode_id == assignment.episode_id,
            Alert.rule == SAFETY_ITEM,
            Alert.trigger == f"assignment:{assignment.id}",
        )
        .values(trigger=f"response:{response_id}", response_id=response_id)
    )


def raise_pain_alarm(
    session: Session,
    response: SurveyResponse,
    instrument: Instrument,
    episode: Episode,
    baseline_days: tuple[int, int],
    now: datetime,
) -> None:
    """Severe pain and an important rise since the answer before, by the rule that the ETL judges with."""
    if instrument.key not in track_rules().pain_instruments:
        return
    earlier = session.scalars(
        select(SurveyResponse).where(
            SurveyResponse.episode_id == episode.id,
            SurveyResponse.instrument == response.instrument,
            SurveyResponse.id != response.id,
        )
    ).all()
    pain = _score(instrument, response)
    baseline, before = _baseline_and_before(earlier, response, instrument, episode.index_date, baseline_days)
    day = (response.local_date - episode.index_date).days
    is_follow_up = day > (baseline[0] if baseline else 0)
    known = [NAN if value is None else value for value in (pain, before, baseline[1] if baseline else None)]
    if is_follow_up and bool(pain_alarm(*known, track_rules())):
        row = SimpleNamespace(
            pain=known[0], pain_before=known[1], pain_baseline=known[2], last_answer_date=response.local_date
        )
        raise_alert(
            session,
            episode,
            PAIN_ALARM,
            f"response:{response.id}",
            CALL_TODAY,
            reasons.pain(row, now.date()),
            now,
            instrument=response.instrument,
            scale=instrument.scales[0].name,
            response_id=response.id,
            evidence={"score": pain, "day": day, "baseline": baseline[1] if baseline else None, "previous": before},
        )


def _baseline_and_before(
    earlier: list[SurveyResponse],
    response: SurveyResponse,
    instrument: Instrument,
    day_zero: date,
    baseline_days: tuple[int, int],
) -> tuple[tuple[int, float] | None, float | None]:
    """((day, score) of the answer nearest to day 0 inside the window, score of the answer before this one)."""
    replaced = {each.replaces_id for each in [*earlier, response]}
    scored = sorted(
        ((each.local_date - day_zero).days, each.completed_at, value)
        for each in earlier
        if each.id not in replaced
        and each.local_date != response.local_date  # of one day the last answer stands
        and (value := _score(instrument, each)) is not None
    )
    first, last = baseline_days
    inside = [(abs(day), day, value) for day, _, value in scored if first <= day <= last]
    baseline = min(inside)[1:] if inside else None
    later = [value for day, _, value in scored if day > (baseline[0] if baseline else 0)]
    return baseline, later[-1] if later else (baseline[1] if baseline else None)


def _score(instrument: Instrument, response: SurveyResponse) -> float | None:
    """None also for an imported answer outside the range: it must not keep a new one from being sent."""
    try:
        return score_response(instrument, response.answers)[0].value
    except ScoringError:
        return None
