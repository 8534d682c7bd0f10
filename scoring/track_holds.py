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
    ahead, known = against_band(frame, rules)
    off = frame["sudden"].to_numpy(bool) | frame["slow"].to_numpy(bool)
    holds = {
        "safety_item": is_open & frame["safety_item"].notna().to_numpy(),
        "pain_alarm": is_open & pain_alarm(frame["pain"], frame["pain_before"], frame["pain_baseline"], rules),
        "off_expected": off,
        "unlikely_goal": is_open & (frame["goal_chance"].to_numpy(float) <= rules.goal_chance),
        "adherence_falling": is_open & adherence_falling(frame, rules),
        "silent": is_open & frame["is_silent"].to_numpy(bool),
        "few_data": ~known,
        "ahead": ahead,
        "on_track": known & ~off & ~ahead,
    }
    return pd.DataFrame(holds, index=frame.index)


def off_expected(frame: pd.DataFrame, rules: TrackRules) -> tuple[np.ndarray, np.ndarray]:
    """
    (sudden, slow) per row: off against what the earlier answers let expect, and against the band from baseline.

    Rarer than the calibrated share is off; a registry's rows, which have none, are off outside their band. Worse is
    lower or higher by the scale's direction. A difference from the middle inside the measurement error (MDC) is not
    "off" for one person; where no MDC is cited rarity decides alone. Missing is never off.
    """
    score, share = frame["score"].to_numpy(float), frame["off_share"].to_numpy(float)
    higher = frame["higher_is_better"].to_numpy(bool)
    sign = np.where(higher, 1.0, -1.0)
    worse_end, _ = band_ends(frame, higher, rules.off_percentile, rules.ahead_percentile)
    outside = np.isnan(share) & (sign * (score - worse_end) < 0)
    worse, worse_next = (
        np.where(higher, frame[name], 1.0 - frame[name]).astype(float) for name in ("below", "below_next")
    )
    mdc = frame["mdc"].fillna(0.0).to_numpy(float) if rules.beyond_mdc else 0.0
    large, large_next = (sign * (frame[name].to_numpy(float) - score) >= mdc for name in ("p50", "expected_next"))
    return (worse_next <= share) & large_next, ((worse <= share) | outside) & large


def against_band(frame: pd.DataFrame, rules: TrackRules) -> tuple[np.ndarray, np.ndarray]:
    """(ahead, anything known) per row: above the better end of the band from baseline, and whether there is one."""
    score = frame["score"].to_numpy(float)
    higher = frame["higher_is_better"].to_numpy(bool)
    _, better_end = band_ends(frame, higher, rules.off_percentile, rules.ahead_percentile)
    ahead = np.where(higher, score > better_end, score < better_end)
    return ahead & ~(frame["sudden"] | frame["slow"]).to_numpy(bool), ~np.isnan(score - frame["p50"].to_numpy(float))


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
