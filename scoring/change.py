"""How far a patient has come since the baseline, and what that change amounts to."""

import numpy as np
import pandas as pd

from scoring.errors import ScoringError

BASELINE_WINDOW = (-90, 0)  # surgery; conservative care passes (-14, 7): DESIGN 5


def change_from_baseline(scores: pd.DataFrame, window: tuple[int, int] = BASELINE_WINDOW) -> pd.DataFrame:
    """
    Add each score's change since the episode's baseline.

    Parameters
    ----------
    scores : n rows, unique on (episode_id, instrument, day)
        day : int, whole days since the index date; 0 or less is before it
        score : float, points of the instrument's published range; NaN = not scorable
    window : first and last day on which a score may be the baseline

    Returns
    -------
    DataFrame, the same n rows in the same order, with two more columns
        baseline : float, the score nearest to day 0 inside the window (of two, the earlier); NaN if none
        change : float, score − baseline, points. Positive is "higher", which is better or worse by the
            instrument's direction (see ``direction_of_change``)

    Raises
    ------
    ScoringError
        If one episode has two scores of one instrument on one day.

    Examples
    --------
    >>> scores = pd.DataFrame({"episode_id": 1, "instrument": "demo_knee",
    ...                        "day": [-3, 42, 90], "score": [40.0, 55.0, None]})
    >>> change_from_baseline(scores)["change"].tolist()
    [0.0, 15.0, nan]
    """
    keys = ["episode_id", "instrument"]
    twice = scores[scores.duplicated([*keys, "day"])]
    if len(twice):
        row = twice.iloc[0]
        raise ScoringError(
            f"Episode {row['episode_id']} has two scores of {row['instrument']} on day {row['day']};"
            " keep the later answer before asking for changes."
        )
    inside = scores[scores["day"].between(*window) & scores["score"].notna()]
    nearest = inside.assign(distance=inside["day"].abs()).sort_values([*keys, "distance", "day"], kind="stable")
    baseline = nearest.drop_duplicates(keys).set_index(keys)["score"].rename("baseline")
    joined = scores.join(baseline, on=keys)
    return joined.assign(change=joined["score"] - joined["baseline"])


def direction_of_change(change: np.ndarray, higher_is_better: np.ndarray | bool, at_least: float = 0.0) -> np.ndarray:
    """
    Length-n words 'improved', 'same' or 'worse'; None where the change is unknown.

    Improved is a change for the better by more than 0 points, or, with `at_least`, by that much or more.

    >>> direction_of_change(np.array([3.0, 0.0, -1.0]), True).tolist()
    ['improved', 'same', 'worse']
    >>> direction_of_change(np.array([-8.0, -7.0]), higher_is_better=False, at_least=8).tolist()
    ['improved', 'same']
    """
    gain = np.asarray(change, float) * np.where(higher_is_better, 1.0, -1.0)
    better, worse = (gain > 0, gain < 0) if at_least == 0 else (gain >= at_least, gain <= -at_least)
    words = np.where(better, "improved", np.where(worse, "worse", "same")).astype(object)
    words[np.isnan(gain)] = None
    return words


def threshold_reached(
    kind: np.ndarray, value: np.ndarray, change: np.ndarray, score: np.ndarray, higher_is_better: np.ndarray | bool
) -> np.ndarray:
    """
    Has each patient reached a cited threshold?

    Parameters
    ----------
    kind : length-n or one of 'MCID', 'MIC', 'SCB', 'MDC' (a change for the better of `value` points or more)
        and 'PASS' (a score as good as `value` or better)
    value : points; a threshold is one cited row, never a constant of the instrument
    change, score : length-n points

    Returns
    -------
    Length-n float: 1.0 reached, 0.0 not, NaN unknown; its mean is the share reaching it among the known

    >>> threshold_reached("MCID", 8, np.array([8.0, 7.5, np.nan]), np.array([40.0, 30.0, 20.0]), True).tolist()
    [1.0, 0.0, nan]
    """
    sign = np.where(higher_is_better, 1.0, -1.0)
    is_state = np.asarray(kind) == "PASS"
    reached = np.where(is_state, sign * np.asarray(score, float), sign * np.asarray(change, float))
    needed = np.where(is_state, sign * np.asarray(value, float), np.asarray(value, float))
    return np.where(np.isnan(reached), np.nan, (reached >= needed).astype(float))
