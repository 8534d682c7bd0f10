"""
What would have been flagged in the past of one synthetic course, in the words it would have had then.

The demonstration knows what its patients were drawn from, so it can say how rare an answer was without a curve. What
stands now is left to the ETL, but for silence: nobody falls silent on the day a demonstration is made.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isnan, nan
from statistics import NormalDist
from types import SimpleNamespace
from uuid import UUID

from care.models.event import Direction
from care.safety import track_rules
from pathways.demo.answers import AnswerSheet
from pathways.demo.course import Course, between_points
from pathways.demo.episode import Frame
from pathways.demo.exercise import Week
from pathways.demo.surveys import Answered, Asked
from scoring import reasons
from scoring.score import score_response
from scoring.track import STATUS_OF_RULE
from scoring.track_holds import pain_alarm

OFF, UNLIKELY = -1.4, -0.84  # standard deviations from what is expected of such a patient: worse than 92 and 80 of 100
PAST = timedelta(days=90)  # what lies before it is raised no more
GOAL_IS_ASKED = (21, 63)  # days
NORMAL = NormalDist()


@dataclass(frozen=True)
class Flag:
    """
    One alert to be raised at an instant.

    ``still``: it holds to this day; ``replied_at``: when staff wrote back, of a patient's message.
    """

    frame: Frame
    rule: str
    trigger: str
    at: datetime
    reason: str
    about: dict  # further columns of the alert
    still: bool = False
    replied_at: datetime | None = None

    @property
    def status(self) -> str:
        return STATUS_OF_RULE.get(self.rule, "watch")


def answer_flags(frame: Frame, answered: list[Answered], sheets: dict[str, AnswerSheet]) -> Iterator[Flag]:
    """Pain alarms, answers far from what was expected, goals out of reach: one flag for each time of answering."""
    sittings: dict[datetime, list[Answered]] = {}
    for each in answered:
        sittings.setdefault(each.at, []).append(each)
    past = sorted(sittings)[: -1 if frame.planned.is_open else None]
    for at in (each for each in past if each > frame.as_of - PAST):
        found = (
            flag
            for each in sittings[at]
            if each.day > 0 and (flag := _answer_flag(frame, each, _before(answered, each), sheets[each.instrument]))
        )
        if flag := min(found, key=lambda each: _urgency(each.rule), default=None):
            yield flag


def _urgency(rule: str) -> int:
    return list(STATUS_OF_RULE).index(rule)


def _before(answered: list[Answered], now: Answered) -> list[Answered]:
    """The earlier answers of the same instrument, the latest first."""
    return [each for each in reversed(answered) if each.instrument == now.instrument and each.at < now.at]


def _answer_flag(frame: Frame, now: Answered, before: list[Answered], sheet: AnswerSheet) -> Flag | None:
    own = _own(now.course, now.day, now.wished)
    rule = _rule(frame, now, before, own, sheet)
    if rule is None:
        return None
    row = _row(now, before, own, sheet)
    if isnan(row.score):  # too much was left out
        return None
    today = now.at.date()
    sentence = {
        "pain_alarm": reasons.pain,
        "off_expected": reasons.off_expected,
        "unlikely_goal": reasons.unlikely_goal,
    }
    about = {"instrument": now.instrument, "scale": sheet.scale, "response_id": now.response_id}
    evidence = {"score": row.score, "day": now.day, "p10": row.p10, "p50": row.p50, "p90": row.p90, "below": row.below}
    return Flag(
        frame,
        rule,
        f"response:{now.response_id}",
        now.at + timedelta(seconds=4),
        sentence[rule](row, today),
        about | {"evidence": {key: round(value, 3) for key, value in evidence.items()}},
    )


def _rule(frame: Frame, now: Answered, before: list[Answered], own: float, sheet: AnswerSheet) -> str | None:
    if now.instrument.startswith("nprs@") and before and now.wished > track_rules().pain_level - 1:
        pain, last, first = (_score(each, sheet) for each in (now, before[0], before[-1]))
        if bool(pain_alarm(pain, last, first, track_rules())):
            return "pain_alarm"
    if own < OFF:
        return "off_expected"
    first, last = GOAL_IS_ASKED
    asks_goal = frame.planned.pathway == "low_back_pain" and first <= now.day <= last
    return "unlikely_goal" if asks_goal and own < UNLIKELY and not now.instrument.startswith("nprs@") else None


def _own(course: Course, day: int, score: float) -> float:
    """How far from what was expected of this patient, in standard deviations; plus = better."""
    mean, sd, correlation = (between_points(course.content.points, day, column) for column in (1, 2, 3))
    z = course.better * (score - mean) / sd
    return (z - correlation * course.before) / (1 - correlation**2) ** 0.5


def _expected(course: Course, day: int, share: float) -> float:
    """The score below which that share of such patients is."""
    mean, sd, correlation = (between_points(course.content.points, day, column) for column in (1, 2, 3))
    spread = (1 - correlation**2) ** 0.5 * NORMAL.inv_cdf(share)
    return mean + sd * (course.better * correlation * course.before + spread)


def _row(now: Answered, before: list[Answered], own: float, sheet: AnswerSheet) -> SimpleNamespace:
    """What the sentences of ``scoring.reasons`` ask of a judged course."""
    scale = sheet.instrument.scale(sheet.scale)
    earlier = [_score(each, sheet) for each in before[:2]] + [nan, nan]
    percentiles = {f"p{at}": _expected(now.course, now.day, at / 100) for at in (10, 50, 90)}
    better = sheet.better > 0
    return SimpleNamespace(
        score=_score(now, sheet), day=now.day, previous=earlier[0], before_previous=earlier[1], **percentiles,
        below=NORMAL.cdf(own) if better else 1 - NORMAL.cdf(own), n_similar=nan, higher_is_better=better,
        instrument_title=_title(sheet), scale_title="", decimals=scale.decimals, sudden=False, off_share=nan,
        shape=None, pain=_score(now, sheet), pain_before=earlier[0], pain_baseline=earlier[0],
        last_answer_date=now.at.date(), goal_title="an important gain", goal_day=84,
        goal_chance=NORMAL.cdf(own - 0.4), goal_flagged=nan, goal_missed=nan,
    )  # fmt: skip


def _title(sheet: AnswerSheet) -> str:
    """As the ETL names it: the scale where it is the only one."""
    instrument = sheet.instrument
    return instrument.scale(sheet.scale).label if len(instrument.scales) == 1 else instrument.title


def _score(answered: Answered, sheet: AnswerSheet) -> float:
    scored = score_response(sheet.instrument, answered.answers)
    value = next(each.value for each in scored if each.scale == sheet.scale)
    return nan if value is None else value


def silence_flags(
    frame: Frame, surveys: list[Asked], answered: list[Answered], last_ids: dict[datetime, UUID], sheet: AnswerSheet
) -> Iterator[Flag]:
    """
    Two surveys in a row that ran out.

    ``last_ids``: the last response of each time of answering; ``sheet``: of the instrument the panel shows.
    """
    unanswered, last_at, limit = 0, None, track_rules().silent_after
    for place, asked in enumerate(surveys):
        unanswered = 0 if asked.answered_at else unanswered + 1
        last_at = asked.answered_at or last_at
        if unanswered == limit and asked.expires_at < frame.asked_until:
            still = frame.planned.is_open and not any(each.answered_at for each in surveys[place:])
            trigger = f"since:{last_ids[last_at] if last_at else frame.enrollment_id}"
            at = asked.expires_at + timedelta(seconds=4)
            yield Flag(frame, "silent", trigger, at, _silence(last_at, answered, sheet, limit), {}, still)


def _silence(last_at: datetime | None, answered: list[Answered], sheet: AnswerSheet, surveys: int) -> str:
    shown = [each for each in answered if each.at == last_at and each.instrument == sheet.instrument.reference]
    row = SimpleNamespace(score=nan)
    if shown and shown[0].day > 0:
        row = _row(shown[0], [], _own(shown[0].course, shown[0].day, shown[0].wished), sheet)
    row.expired_in_row, row.typical_gap, row.last_answer_date = surveys, nan, last_at and last_at.date()
    return reasons.silent(row, row.last_answer_date)


def exercise_flag(frame: Frame, week: Week | None, last_ids: dict[datetime, UUID]) -> Iterator[Flag]:
    """A week with far less exercise than the one before."""
    if week is None:
        return
    rules, at = track_rules(), frame.midnight_after(week.end)
    if week.before >= rules.adherence_days_before and 0 < week.days <= week.before * rules.adherence_share_left:
        row = SimpleNamespace(exercise_days=week.days, exercise_days_before=float(week.before))
        earlier = [each for each in last_ids if each < at]
        trigger = f"since:{last_ids[max(earlier)] if earlier else frame.enrollment_id}"
        yield Flag(frame, "adherence_falling", trigger, at, reasons.adherence(row, week.end), {})


def message_flags(frame: Frame, thread: list[dict]) -> Iterator[Flag]:
    """What a patient wrote, once until staff wrote back; ``thread``: the rows of one conversation."""
    waits = False
    for place, row in enumerate(thread):
        if row["direction"] is Direction.TO_PATIENT:
            waits = False
        elif not waits:
            waits = True
            replies = (each["sent_at"] for each in thread[place:] if each["direction"] is Direction.TO_PATIENT)
            trigger, at = f"message:{row['id']}", row["sent_at"]
            yield Flag(frame, "patient_wrote", trigger, at, "Wrote a message.", {}, replied_at=next(replies, None))
