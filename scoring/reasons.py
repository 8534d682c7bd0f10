"""Why a course has its status: sentences that a clinician reads, and that do not go stale while they are stored."""

import re
from datetime import date
from math import isnan

import numpy as np
import pandas as pd

from scoring.reasons_words import in_range, number, plural, share_in_words, short_date, time_after_index, trend

FEWEST_TO_COUNT = 20  # earlier flags before their share that came true is said
PLACEHOLDER = re.compile(r"\{(days since|due) (\d{4}-\d{2}-\d{2})\}")


def as_read(text: str, today: date) -> str:
    """
    Fill in the durations of a stored sentence as of the day it is read.

    >>> as_read("No answer for {days since 2026-11-02}.", date(2026, 11, 25))
    'No answer for 23 days.'
    >>> as_read("Baseline only. First survey {due 2026-11-28}.", date(2026, 11, 25))
    'Baseline only. First survey due in 3 days.'
    """
    return PLACEHOLDER.sub(lambda found: duration(found[1], date.fromisoformat(found[2]), today), text)


def duration(kind: str, day: date, today: date) -> str:
    days = (today - day).days
    if kind == "days since":
        return plural(max(days, 0), "day")
    if days > 0:
        return f"was due {plural(days, 'day')} ago"
    return {0: "due today", -1: "due tomorrow"}.get(days, f"due in {-days} days")


def sentences(frame: pd.DataFrame, leading: np.ndarray) -> pd.Series:
    """Length-n reason of each row's leading rule; `frame` has the columns of ``scoring.track.judge``."""
    reason = pd.Series("", index=frame.index, dtype=object)
    for rule, sentence in SENTENCES.items():
        rows = leading == rule
        if not rows.any():
            continue  # a frame of no rows costs as much as one of some: 12 ms each, for a single answer 0.1 s
        reason[rows] = [sentence(row, row.today.date()) for row in frame[rows].itertuples()]
    return reason


def explanations(frame: pd.DataFrame, leading: np.ndarray, reason: pd.Series) -> pd.Series:
    """Length-n explanation for the record: the score against its band, after the reason where that is another one."""
    against = [against_band(row) for row in frame.itertuples()]
    about_score = np.isin(leading, ("off_expected", "ahead", "on_track"))
    return pd.Series(
        [
            text if text and same else " ".join(filter(None, [why, text]))
            for text, why, same in zip(against, reason, about_score, strict=True)
        ],
        index=frame.index,
        dtype=object,
    )


def against_band(row) -> str:
    """KOOS JR 41 at week 6. 80 % of 214 similar patients are at 48–70; lower than 96 of 100."""
    if isnan(row.score) or isnan(row.p50):
        return ""
    title = scale_name(row)
    similar = "similar patients" if isnan(row.n_similar) else f"{row.n_similar:,.0f} similar patients"
    parts = [
        f"{title} {number(row.score, row.decimals)} {time_after_index(row.day)}.",
        f"80\u202f% of {similar} are at {in_range(row)}{'; ' * bool(compared(row))}{compared(row)}.",
        f"{trend(row).capitalize()}." if trend(row) else "",
        sudden_change(row) if row.sudden else "",
    ]
    return " ".join(filter(None, parts))


def compared(row) -> str:
    """
    lower than 96 of 100: against the end of the scale the patient is nearer to.

    Where a high score is bad the words are worse and better: nobody has to remember which way a scale runs.
    """
    if isnan(row.below):
        return ""
    words = ("lower", "higher") if row.higher_is_better else ("better", "worse")
    word, share = (words[0], 1 - row.below) if row.below < 0.5 else (words[1], row.below)
    return f"{word} than {share_in_words(share)}"


def scale_name(row) -> str:
    return f"{row.instrument_title} {row.scale_title}".strip()


def safety(row, today: date) -> str:
    return f"Safety question answered yes{on_date(row.last_answer_date, today)}: {row.safety_item}."


def pain(row, today: date) -> str:
    before = row.pain_baseline if isnan(row.pain_before) else row.pain_before
    since = "baseline" if isnan(row.pain_before) else "the survey before"
    return f"Pain {row.pain:.0f} of 10{on_date(row.last_answer_date, today)}, up {row.pain - before:.0f} since {since}."


def off_expected(row, today: date) -> str:
    if row.sudden:
        return sudden_change(row)
    lead = f"{scale_name(row)} {trend(row) or f'{number(row.score, row.decimals)}, expected {in_range(row)}'}"
    said = f"{lead}; {compared(row)} similar patients." if compared(row) else f"{lead}."
    return f"{slow_change(row)}: {said}" if slow_change(row) else said


def slow_change(row) -> str:
    """Slow decline, or the shape of the course; empty for a first answer and for a registry's rows."""
    if isnan(row.off_share):
        return ""
    if trend(row).endswith("surveys"):
        return "Slow decline" if row.higher_is_better else "Slow rise"
    return row.shape.capitalize() if isinstance(row.shape, str) else ""


def sudden_change(row) -> str:
    """Sudden fall: KOOS JR 41, 58 expected after the earlier answers; lower than 98 of 100 similar patients."""
    way = "fall" if row.higher_is_better else "rise"
    now, before = (number(value, row.decimals) for value in (row.score, row.expected_next))
    word = "lower" if row.higher_is_better else "worse"
    rare = share_in_words(1 - row.below_next if row.higher_is_better else row.below_next)
    return (
        f"Sudden {way}: {scale_name(row)} {now}, {before} expected after the earlier answers; "
        f"{word} than {rare} with the same answers."
    )


def unlikely_goal(row, today: date) -> str:
    goal = row.goal_title or "the goal"
    by = "" if isnan(row.goal_day) else f" {time_after_index(row.goal_day, 'by')}"
    said = f"Unlikely to reach {goal}{by}: {share_in_words(row.goal_chance)} similar patients do."
    if row.goal_flagged >= FEWEST_TO_COUNT:
        said += f" Of {row.goal_flagged:,.0f} like this before, {row.goal_missed * row.goal_flagged:,.0f} missed it."
    return said


def adherence(row, today: date) -> str:
    last, before = plural(int(row.exercise_days), "day"), f"{row.exercise_days_before:.0f}"
    return f"Exercised on {last} in the week to {short_date(today, today)}, on {before} in the week before."


def silent(row, today: date) -> str:
    unanswered = f"{plural(int(row.expired_in_row), 'survey')} unanswered"
    if row.expired_in_row < 2 and not isnan(row.typical_gap):
        unanswered += f", usually one every {plural(round(row.typical_gap), 'day')}"
    if pd.isna(row.last_answer_date):
        return f"No answer yet, {unanswered}."
    known = "" if isnan(row.score) else f" Last score {number(row.score, row.decimals)}{standing(row)}."
    return f"No answer for {{days since {iso(row.last_answer_date)}}}, {unanswered}.{known or ' Baseline only.'}"


def standing(row) -> str:
    if isnan(row.p50):
        return ""
    return " was in range" if row.p10 <= row.score <= row.p90 else f", expected {in_range(row)}"


def few_data(row, today: date) -> str:
    if not isnan(row.score):
        return no_expectation(row)
    if isnan(row.baseline):
        return f"No baseline answer yet.{next_survey(row, 'Next')}"
    if not row.is_open:
        return "Baseline only; no follow-up was answered."
    return f"Baseline only.{next_survey(row, 'First')}"


def no_expectation(row) -> str:
    latest = f"{row.instrument_title} {number(row.score, row.decimals)}"
    if isnan(row.baseline):
        return f"{latest}, without a baseline to compare with."
    return f"{latest}, {number(row.baseline, row.decimals)} at baseline. No curve yet for similar patients on this day."


def next_survey(row, which: str) -> str:
    return "" if pd.isna(row.next_due_date) or not row.is_open else f" {which} survey {{due {iso(row.next_due_date)}}}."


def ahead(row, today: date) -> str:
    better = row.below if row.higher_is_better else 1 - row.below
    score = f"{number(row.score, row.decimals)}, expected {in_range(row)}"
    return f"{score}." if isnan(better) else f"{score}; better than {share_in_words(better)} similar patients."


def on_track(row, today: date) -> str:
    score, expected = number(row.score, row.decimals), in_range(row)
    if row.p10 <= row.score <= row.p90:
        return f"{score}, in the expected range {expected}."
    if abs(row.score - row.p50) < row.mdc:
        return f"{score}, expected {expected}; the distance from the middle is within measurement error."
    return f"{score}, expected {expected}; that far happens now and then in courses that go well."


def on_date(day, today: date) -> str:
    return "" if pd.isna(day) else f" on {short_date(pd.Timestamp(day).date(), today)}"


def iso(day) -> str:
    return pd.Timestamp(day).date().isoformat()


SENTENCES = {
    "safety_item": safety,
    "pain_alarm": pain,
    "off_expected": off_expected,
    "unlikely_goal": unlikely_goal,
    "adherence_falling": adherence,
    "silent": silent,
    "few_data": few_data,
    "ahead": ahead,
    "on_track": on_track,
}
