"""Which rules hold for each course, one column of truth per rule."""

import numpy as np
import pandas as pd

from scoring.track_rules import TrackRules


def rules_holding(frame: pd.DataFrame, rules: TrackRules) -> pd.DataFrame:
    """
    n × rules booleans, columns in the design's one order; at least one is true in every row.

    `frame` has the columns of ``scoring.track.judge``. A closed or historical episode is judged by its own scores
    only: nothing about today (safety, pain, exercise, silence) can hold for it.
    """
    is_open = frame["is_open"].to_numpy(bool)
    off, ahead, known = against_band(frame, rules)
    holds = {
        "safety_item": is_open & frame["safety_item"].notna().to_numpy(),
        "pain_alarm": is_open & pain_alarm(frame["pain"], frame["pain_before"], frame["pain_baseline"], rules),
        "off_expected": off,
        "unlikely_goal": is_open & (frame["goal_chance"].to_numpy(float) <= rules.goal_chance),
        "adherence_falling": is_open & adherence_falling(frame, rules),
        "silent": is_open & (frame["expired_in_row"].to_numpy(float) >= rules.silent_after),
        "few_data": ~known,
        "ahead": ahead,
        "on_track": known & ~off & ~ahead,
    }
    return pd.DataFrame(holds, index=frame.index)


def against_band(frame: pd.DataFrame, rules: TrackRules) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """
    (off expected, ahead, anything known) per row.

    Worse is lower or higher by the scale's direction. A difference from the median inside the measurement error
    (MDC) is not "off" for one person; where no MDC is cited the band decides alone. Missing is never off.
    """
    score, median = frame["score"].to_numpy(float), frame["p50"].to_numpy(float)
    higher = frame["higher_is_better"].to_numpy(bool)
    sign = np.where(higher, 1.0, -1.0)
    worse_end, better_end = band_ends(frame, higher, rules.off_percentile, rules.ahead_percentile)
    shortfall = sign * (median - score)
    within_error = shortfall < frame["mdc"].fillna(0.0).to_numpy(float) if rules.beyond_mdc else False
    off = (sign * (score - worse_end) < 0) & ~within_error
    return off, sign * (score - better_end) > 0, ~np.isnan(shortfall)


def band_ends(frame: pd.DataFrame, higher: np.ndarray, off: int, ahead: int) -> tuple[np.ndarray, np.ndarray]:
    """The band's worse and better end: of a scale where lower is better, the 10th percentile of patients is p90."""
    worse = np.where(higher, frame[f"p{off}"], frame[f"p{100 - off}"])
    better = np.where(higher, frame[f"p{ahead}"], frame[f"p{100 - ahead}"])
    return worse.astype(float), better.astype(float)


def pain_alarm(pain, before, baseline, rules: TrackRules) -> np.ndarray:
    """
    Severe pain and an important rise since the answer before; for one patient or whole columns.

    Parameters
    ----------
    pain, before, baseline : points of 0–10; `before` is the answer before this one, and where there is none, the
        baseline. What rise is important depends on the baseline (of an unknown one, on the answer before).

    Returns
    -------
    Boolean, same shape; false where pain or what came before is unknown
    """
    pain, before, baseline = (np.asarray(values, float) for values in (pain, before, baseline))
    before = np.where(np.isnan(before), baseline, before)
    start = np.where(np.isnan(baseline), before, baseline)
    starts, rises = (np.array(values) for values in zip(*rules.pain_rises, strict=True))
    important = rises[np.clip(np.searchsorted(starts, start, side="right") - 1, 0, len(rises) - 1)]
    return (pain >= rules.pain_level) & (pain - before >= important)


def adherence_falling(frame: pd.DataFrame, rules: TrackRules) -> np.ndarray:
    """Far fewer exercise days in the last week than in the week before; a week without any report is not zero days."""
    last = frame["exercise_days"].to_numpy(float)
    before = frame["exercise_days_before"].to_numpy(float)
    return (before >= rules.adherence_days_before) & (last <= before * rules.adherence_share_left)
