"""Is this patient recovering as expected? One judgement per episode and scale, in the design's one order."""

from datetime import datetime
from enum import StrEnum

import numpy as np
import pandas as pd

from scoring.errors import ScoringError
from scoring.reasons import explanations, sentences
from scoring.track_holds import off_expected, rules_holding
from scoring.track_rules import TrackRules


class TrackStatus(StrEnum):
    """The most urgent first; `rank` is the position."""

    CALL_TODAY = "call_today"
    OFF_TRACK = "off_track"
    WATCH = "watch"
    SILENT = "silent"
    FEW_DATA = "few_data"
    AHEAD = "ahead"
    ON_TRACK = "on_track"


STATUS_OF_RULE = {
    "safety_item": TrackStatus.CALL_TODAY,
    "pain_alarm": TrackStatus.CALL_TODAY,
    "off_expected": TrackStatus.OFF_TRACK,
    "unlikely_goal": TrackStatus.WATCH,
    "adherence_falling": TrackStatus.WATCH,
    "silent": TrackStatus.SILENT,
    "few_data": TrackStatus.FEW_DATA,
    "ahead": TrackStatus.AHEAD,
    "on_track": TrackStatus.ON_TRACK,
}
RANK = {status: position for position, status in enumerate(TrackStatus)}

# Which response an alert of the rule is about. Rules not named here are about what did not come, or raise none.
ANSWER_OF_RULE = {
    "safety_item": "safety_response_id",
    "pain_alarm": "pain_response_id",
    "off_expected": "response_id",
    "unlikely_goal": "response_id",
}
ABSENCE_RULES = ("adherence_falling", "silent")

REQUIRED = (
    "higher_is_better",
    "instrument_title",
    "is_open",
    "baseline",
    "score",
    "day",
    "p10",
    "p25",
    "p50",
    "p75",
    "p90",
)
OPTIONAL = {
    **dict.fromkeys(("mdc", "previous", "before_previous", "below", "n_similar"), np.nan),
    **dict.fromkeys(("pain", "pain_before", "pain_baseline", "exercise_days", "exercise_days_before"), np.nan),
    **dict.fromkeys(("goal_chance", "goal_day", "goal_missed", "goal_flagged"), np.nan),
    **dict.fromkeys(("below_next", "expected_next", "off_share", "typical_gap"), np.nan),
    **dict.fromkeys(
        ("score_date", "last_answer_date", "next_due_date", "next_expiry_at", "exercise_changes_at", "silent_from"),
        pd.NaT,
    ),
    **dict.fromkeys(
        ("response_id", "last_response_id", "enrollment_id", "safety_response_id", "pain_response_id"), None
    ),
    **dict.fromkeys(("safety_item", "goal_title", "shape"), None),
    "today": pd.NaT,
    "scale_title": "",
    "decimals": 0,
    "expired_in_row": 0,
}
NUMBERS = (
    *("baseline", "score", "day", "p10", "p25", "p50", "p75", "p90"),
    *(name for name, default in OPTIONAL.items() if isinstance(default, float | int)),
)


def judge(frame: pd.DataFrame, rules: TrackRules, as_of: datetime) -> pd.DataFrame:
    """
    Judge every course as of one instant.

    Parameters
    ----------
    frame : one row per (episode, instrument, scale), any index; a column not marked * may be absent, which means
        unknown for everybody. Dates are the patients' local dates (datetime64 or date), instants are UTC.

        =====================  ==========================================================================
        today                  the patient's local date at `as_of`; NaT: that of `as_of` in UTC
        higher_is_better *     bool, direction of the scale
        instrument_title *     "KOOS JR"; scale_title: "" unless the instrument has several
        decimals               int, of this instrument's scores (0)
        mdc                    smallest detectable change of one person, points; NaN where none is cited
        is_open *              bool; false for closed and historical episodes: judged by their own last
                               score, never silent, no call, no alert
        enrollment_id          the running enrollment, None without one
        baseline *             score; NaN if none
        score, day *           latest scored follow-up and its day after the index date; NaN if none
        score_date             its local date
        response_id            its response
        previous,              the two scores before it, the baseline counted as the earliest; NaN if none
          before_previous
        p10 p25 p50 p75 p90 *  band from baseline on that day; NaN where nothing is expected
        below, n_similar       share (0–1, ties half) and number of similar patients behind the band
        below_next,            share below, and the score expected, among patients with the same earlier answers;
          expected_next          NaN without one
        off_share              an answer as rare as this among the worse ones is off expected (calibrated); NaN:
                               outside the band is (a registry's rows)
        shape                  of the course in words (``recovery_shape``), None where none fits
        last_answer_date,      latest response of any instrument in this episode, the baseline included
          last_response_id
        expired_in_row         surveys that ran out (expiry ≤ as_of) unanswered since the last answer
        silent_from            instant at which one unanswered survey breaks the patient's own rhythm; NaT: it
                               cannot; typical_gap: usual days between two answers
        next_due_date          local date of the next survey; NaT if none is planned
        next_expiry_at         instant at which the next unanswered survey runs out; NaT if none
        safety_item,           short label of a safety item answered yes in the latest response, else None;
          safety_response_id     and that response
        pain, pain_before,     latest, one before and baseline of an instrument with a pain alarm, 0–10
          pain_baseline,
          pain_response_id
        exercise_days,         local days with an exercise reported done in the last 7 days up to as_of and
          exercise_days_before   in the 7 before; NaN for a week without any report or prescription
        exercise_changes_at    the patient's next local midnight as an instant, while exercise is prescribed
        goal_chance, goal_day, chance (0–1) of reaching the goal by that day, and the goal in words
          goal_title
        goal_missed,           share of earlier low chances here that came true, and of how many
          goal_flagged
        =====================  ==========================================================================

    rules : see ``scoring.track_rules``
    as_of : aware instant of the judgement

    Returns
    -------
    DataFrame with the index of `frame`
        status : TrackStatus value; rank : 0 (call today) … 6 (on track)
        reasons : list of all rules that hold, the leading one first
        reason : one plain sentence for a list; explanation : the longer one for the record.
            Both may hold ``{days since 2026-11-02}`` or ``{due 2026-11-27}``, filled by
            ``scoring.reasons.as_read(text, today)`` when read, so that no stored sentence goes stale
        off_tests : "sudden", "slow", "sudden and slow" or None: which test of off expected fired
        rule, trigger : of the alert to raise; None where none is (few data, ahead, on track, not open).
            trigger = ``response:<id>`` of an answer, ``since:<last response, else enrollment id>`` of an absence
        since : date of what the status rests on
        valid_until : next instant at which this function could say otherwise without a new row; NaT: never.
            It may be early, never late.

    Raises
    ------
    ScoringError
        If a required column is missing or `as_of` has no time zone.
    """
    frame, holds, leading = _weighed(frame, rules, as_of)
    sudden, slow = frame["sudden"].to_numpy(bool), frame["slow"].to_numpy(bool)
    judged = pd.DataFrame({"status": [STATUS_OF_RULE[rule].value for rule in leading]}, index=frame.index)
    judged["rank"] = [RANK[STATUS_OF_RULE[rule]] for rule in leading]
    judged["reasons"] = listed_reasons(holds)
    judged["reason"] = sentences(frame, leading)
    judged["explanation"] = explanations(frame, leading, judged["reason"])
    judged["off_tests"] = np.array([None, "sudden", "slow", "sudden and slow"], dtype=object)[sudden + 2 * slow]
    judged["trigger"] = triggers(frame, leading)
    judged["rule"] = pd.Series(leading, frame.index, dtype=object).where(judged["trigger"].notna(), None)
    judged["since"] = resting_on(frame, leading)
    judged["valid_until"] = valid_until(frame, as_of)
    return judged


def raised(frame: pd.DataFrame, rules: TrackRules, as_of: datetime) -> pd.DataFrame:
    """
    ``rule`` and ``trigger`` of ``judge`` and nothing else, same index: what would be raised, without a sentence.

    Two thirds of a judgement's time are its sentences, and a replay of months needs none.
    """
    frame, _, leading = _weighed(frame, rules, as_of)
    trigger = triggers(frame, leading)
    rule = pd.Series(leading, frame.index, dtype=object).where(trigger.notna(), None)
    return pd.DataFrame({"rule": rule, "trigger": trigger})


def _weighed(frame: pd.DataFrame, rules: TrackRules, as_of: datetime) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
    """The frame with what the tests say, which rules hold, and the one that leads each row."""
    frame = complete(frame, as_of)
    sudden, slow = off_expected(frame, rules)
    frame = frame.assign(sudden=sudden, slow=slow, is_silent=is_silent(frame, rules, as_of))
    holds = rules_holding(frame, rules)
    return frame, holds, np.array(holds.columns)[holds.to_numpy().argmax(axis=1)]


def is_silent(frame: pd.DataFrame, rules: TrackRules, as_of: datetime) -> np.ndarray:
    """Too many surveys in a row without an answer, or one that breaks the patient's own rhythm."""
    broken = (pd.to_datetime(frame["silent_from"], utc=True) <= pd.Timestamp(as_of)).to_numpy(bool)
    return (frame["expired_in_row"].to_numpy(float) >= rules.silent_after) | broken


def complete(frame: pd.DataFrame, as_of: datetime) -> pd.DataFrame:
    """The frame with every optional column present, and NaN (never None) for a number that is not known."""
    if as_of.tzinfo is None:
        raise ScoringError("The instant of judgement has no time zone; pass an aware datetime.")
    missing = [name for name in REQUIRED if name not in frame]
    if missing:
        raise ScoringError(f"Cannot judge courses without the column {missing[0]!r}; see scoring.track.judge.")
    absent = {name: default for name, default in OPTIONAL.items() if name not in frame}
    frame = frame.assign(**absent).astype(dict.fromkeys(NUMBERS, float))
    return frame.assign(today=pd.to_datetime(frame["today"]).fillna(pd.Timestamp(as_of.date())))


def listed_reasons(holds: pd.DataFrame) -> list[list[str]]:
    """Every rule that holds, in order; the reasons 'ahead' or 'on track' only where nothing more urgent holds."""
    names = np.array(holds.columns)
    urgent = holds.copy()
    nothing = ~holds.iloc[:, :-2].any(axis=1)
    urgent["on_track"] &= nothing
    codes = urgent.to_numpy() @ (1 << np.arange(len(names)))
    lists = {code: names[(code >> np.arange(len(names))) & 1 == 1].tolist() for code in np.unique(codes)}
    return [list(lists[code]) for code in codes]


def triggers(frame: pd.DataFrame, leading: np.ndarray) -> pd.Series:
    """What the alert of the leading rule is about; the same trigger never raises a second alert."""
    trigger = pd.Series(np.full(len(frame), None, dtype=object), index=frame.index)
    is_open = frame["is_open"].to_numpy(bool)
    for rule, column in ANSWER_OF_RULE.items():
        rows = is_open & (leading == rule)
        trigger[rows] = [f"response:{answer}" for answer in frame.loc[rows, column]]
    rows = is_open & np.isin(leading, ABSENCE_RULES)
    last = frame["last_response_id"].where(frame["last_response_id"].notna(), frame["enrollment_id"])
    trigger[rows] = [f"since:{answer}" for answer in last[rows]]
    return trigger


def resting_on(frame: pd.DataFrame, leading: np.ndarray) -> pd.Series:
    """The judged score's date; of silence, safety and pain the last answer's; of exercise the day of judgement."""
    last, scored = (pd.to_datetime(frame[name]) for name in ("last_answer_date", "score_date"))
    by_score = np.isin(leading, ("off_expected", "unlikely_goal", "ahead", "on_track"))
    since = scored.where(by_score & scored.notna().to_numpy(), last)
    return since.where(leading != "adherence_falling", frame["today"]).fillna(frame["today"]).dt.date


def valid_until(frame: pd.DataFrame, as_of: datetime) -> pd.Series:
    """The earliest of: a survey expires or a rhythm breaks while not yet silent; the week of exercise moves on."""
    now = pd.Timestamp(as_of)
    expiry, broken, midnight = (
        pd.to_datetime(frame[name], utc=True) for name in ("next_expiry_at", "silent_from", "exercise_changes_at")
    )
    still_speaking = ~frame["is_silent"].to_numpy(bool)
    moving = (frame[["exercise_days", "exercise_days_before"]].fillna(0).to_numpy(float) > 0).any(axis=1)
    changes = [expiry.where(still_speaking), broken.where(still_speaking), midnight.where(moving)]
    until = pd.concat(changes, axis=1).min(axis=1)
    return until.where(frame["is_open"].to_numpy(bool) & (until > now).to_numpy())
